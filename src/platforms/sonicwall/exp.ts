import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { Location } from '../../model/location.js';

/** One `key=value` pair of an export, in the order of the file. */
export interface ExpEntry {
  /** The key with its index replaced: `policyAction_N`; the key itself when it has none. */
  readonly family: string;
  readonly index: number | null;
  /** As it stands in the file, still percent-encoded; one character a byte. */
  readonly raw: string;
  /** 1-based; 1 throughout in an encoded export. */
  readonly line: number;
  /** Where it really stands, when the file is no list of keys. */
  readonly location?: Location;
}

/** The key of a pair, as the file has it. */
export function keyOf({ family, index }: Pick<ExpEntry, 'family' | 'index'>): string {
  return index === null ? family : `${family.slice(0, -1)}${index}`;
}

/** What a capture holds, before anybody asks what the keys mean. */
export interface ExpDocument {
  readonly entries: readonly ExpEntry[];
  /** Signs that the end of the file is missing, in words. */
  readonly cuts: readonly string[];
  /** Elements that are no `key=value` pair. */
  readonly fragments: readonly Location[];
}

/** How the pairs are packed. */
type Packing = 'base64' | 'text';

export interface Unpacked {
  readonly packing: Packing;
  /** The pairs, one character a byte. */
  readonly text: string;
  readonly endMarker: boolean;
  /** What is wrong with the encoding, in words. */
  readonly damage: readonly string[];
}

const KEY = /^[A-Za-z_][\w.-]*$/;
const PAIR_START = /^[A-Za-z_][\w.-]*=/;
/** Keys with which every export begins, and some that every export holds. */
const HEADER = /(?:^|[&\n])(?:checksumVersion|buildNum|shortProdName)=/;
const BODY = /(?:^|[&\n])(?:policyAction|zoneObjId|addrObjId|svcObjId|iface_ifnum|prefs_ruleAction)_\d+=/;
/** Enough to hold the header of an export, and to reach its first objects. */
const SAMPLE = 65_536;

/**
 * How sure it is that a capture is a SonicWall export, from its first bytes alone: 1 when it begins
 * as every export does, less when only some of its keys are there, 0 otherwise.
 */
export function exportConfidence(bytes: Uint8Array): number {
  const head = unpack(bytes.subarray(0, SAMPLE));
  if (head === null) return 0;
  if (head.text.startsWith('checksumVersion=')) return 1;
  const header = HEADER.test(head.text);
  const body = BODY.test(head.text);
  if (header && body) return 0.95;
  if (body) return 0.8;
  return header && /(?:^|[&\n])shortProdName=/.test(head.text) ? 0.9 : 0;
}

/** Reads the pairs of an export. Null when the bytes are neither base64 nor `key=value` text. */
export function readExport(capture: Capture): ExpDocument | null {
  const unpacked = unpack(capture.bytes);
  if (unpacked === null) return null;
  const entries: ExpEntry[] = [];
  const fragments: Location[] = [];
  eachPair(unpacked, (entry, line) => {
    if (entry !== null) entries.push(entry);
    else fragments.push({ file: capture.file, line });
  });
  if (entries.length === 0) return null;
  return { entries, fragments, cuts: cutsOf(unpacked, entries) };
}

/**
 * Decodes a percent-encoded value: bytes first, then UTF-8, or Latin-1 where the bytes are not
 * UTF-8. A plus sign stays one, and a percent sign that encodes nothing stays too.
 */
export function decodeValue(raw: string): string {
  if (!/[%\u0080-\uffff]/.test(raw)) return raw;
  return decodePlain(raw) ?? decodeBytes(raw);
}

/** What the standard decoder makes of plain ASCII; null where it gives up. */
function decodePlain(raw: string): string | null {
  if (/[\u0080-\uffff]/.test(raw)) return null;
  try {
    return decodeURIComponent(raw);
  } catch {
    return null;
  }
}

function decodeBytes(raw: string): string {
  const bytes = raw.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const buffer = Buffer.from(bytes, 'latin1');
  const text = buffer.toString('utf8');
  return text.includes('\uFFFD') && !Buffer.from(text, 'utf8').equals(buffer) ? bytes : text;
}

/** Base64 first: a real export is nothing else. */
export function unpack(bytes: Uint8Array): Unpacked | null {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const text = whole.startsWith('\u00EF\u00BB\u00BF') ? whole.slice(3) : whole;
  const encoded = unpackBase64(text.replace(/\s+/g, ''));
  if (encoded !== null) return encoded;
  const plain = text.trimStart();
  if (!looksLikePairs(plain)) return null;
  return { packing: 'text', text: plain, endMarker: plain.trimEnd().endsWith('&&'), damage: [] };
}

/** Decodes up to the first character that is not base64: what stands there is lost, and said so. */
function unpackBase64(packed: string): Unpacked | null {
  const stop = packed.search(/[^A-Za-z0-9+/]/);
  const code = stop < 0 ? packed : packed.slice(0, stop);
  const rest = stop < 0 ? '' : packed.slice(stop);
  const text = Buffer.from(code, 'base64').toString('latin1');
  if (!looksLikePairs(text)) return null;
  const damage: string[] = [];
  if (!/^={0,2}$/.test(withoutTrailing(rest, '&')))
    damage.push('the encoding is damaged, and nothing behind that is read');
  else if (code.length % 4 === 1) damage.push('the encoding stops in the middle of a character');
  return { packing: 'base64', text, endMarker: rest.endsWith('&&'), damage };
}

function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}

/** Text without binary characters that begins with a pair. */
function looksLikePairs(text: string): boolean {
  const head = text.slice(0, 512);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the test
  return PAIR_START.test(head) && !/[\x00-\x08\x0e-\x1f]/.test(head);
}

/** Every element with its line; null for one that is no pair. Splitting comes before decoding: values hold `%26`. */
function eachPair({ packing, text }: Unpacked, visit: (entry: ExpEntry | null, line: number) => void): void {
  const families = new Map<string, string>();
  if (packing === 'base64') {
    for (let start = 0; start < text.length; ) {
      const ampersand = text.indexOf('&', start);
      const end = ampersand < 0 ? text.length : ampersand;
      if (end > start) visit(entryOf(text.slice(start, end), 1, families), 1);
      start = end + 1;
    }
    return;
  }
  text.split(/\r\n|\n|\r/).forEach((whole, at) => {
    // On a line of its own, a value may hold a plain ampersand.
    for (const element of whole.split(/&(?=[A-Za-z_][\w.-]*=|&|\s*$)/)) {
      if (element.trim() !== '' && element !== '&') visit(entryOf(element, at + 1, families), at + 1);
    }
  });
}

/**
 * Reads `key=value`; null when it is no such pair.
 *
 * @param families names of families by their stem, so that each is one string and checked once
 */
export function entryOf(element: string, line: number, families: Map<string, string>): ExpEntry | null {
  const equals = element.indexOf('=');
  if (equals < 1) return null;
  const underscore = element.lastIndexOf('_', equals - 1);
  const index = underscore > 0 ? indexBetween(element, underscore + 1, equals) : null;
  const stem = element.slice(0, index === null ? equals : underscore);
  const raw = element.slice(equals + 1);
  if (index === null) return KEY.test(stem) ? { family: stem, index, raw, line } : null;
  let family = families.get(stem);
  if (family === undefined) {
    if (!KEY.test(stem)) return null;
    family = `${stem}_N`;
    families.set(stem, family);
  }
  return { family, index, raw, line };
}

/** Indices are plain decimal numbers of up to nine digits; anything else is part of the name. */
function indexBetween(text: string, start: number, end: number): number | null {
  if (end === start || end - start > 9) return null;
  let index = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return null;
    index = 10 * index + digit;
  }
  const leadingZero = text.charCodeAt(start) === 48 && end - start > 1;
  return leadingZero ? null : index;
}

function cutsOf(unpacked: Unpacked, entries: readonly ExpEntry[]): readonly string[] {
  const cuts: string[] = [];
  const last = entries.at(-1);
  if (!unpacked.endMarker && last?.family !== 'checksum') cuts.push('no end marker');
  cuts.push(...unpacked.damage);
  const tail = unpacked.text.slice(unpacked.text.lastIndexOf('&') + 1).trim();
  if (tail !== '' && !tail.includes('=')) cuts.push('the last key has no value');
  else if (/%[0-9a-fA-F]?$/.test(tail)) cuts.push('the last value stops in the middle of a character');
  return cuts;
}
