import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { Location } from '../../model/location.js';
import { indexFrom, isKey } from './pair.js';
import { type KeyFamily, PairList, TextValues } from './pairs.js';

/** What a capture holds, before anybody asks what the keys mean. */
export interface ExpDocument {
  readonly pairs: PairList;
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
export function readExport({ file, bytes }: Capture): ExpDocument | null {
  const unpacked = unpack(bytes);
  if (unpacked === null) return null;
  const { text } = unpacked;
  const values = new TextValues(text);
  const pairs = new PairList(file, values);
  const reading: Reading = { pairs, values, stems: new Map() };
  const fragments: Location[] = [];
  eachElement(unpacked, (start, equals, end, line) => {
    const isPair = equals < end && addPair(reading, text.slice(start, equals), equals + 1, end, line);
    if (!isPair) fragments.push({ file, line });
  });
  if (pairs.size === 0) return null;
  return { pairs, fragments, cuts: cutsOf(unpacked, pairs) };
}

interface Reading {
  readonly pairs: PairList;
  readonly values: TextValues;
  /** Families by their stem, so that each is checked once. */
  readonly stems: Map<string, KeyFamily>;
}

/** False when the key is none. */
function addPair(reading: Reading, key: string, start: number, end: number, line: number): boolean {
  const { pairs, values, stems } = reading;
  const underscore = key.lastIndexOf('_');
  const index = indexFrom(key, underscore + 1);
  const stem = index === null ? key : key.slice(0, underscore);
  let family = index === null ? undefined : stems.get(stem);
  if (family === undefined) {
    if (!isKey(stem)) return false;
    family = pairs.family(index === null ? key : `${stem}_N`);
    if (index !== null) stems.set(stem, family);
  }
  pairs.add(family, index, end - start);
  values.add(start, end, line);
  return true;
}

/** Base64 first: a real export is nothing else. */
export function unpack(bytes: Uint8Array): Unpacked | null {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const text = whole.startsWith('\u00EF\u00BB\u00BF') ? whole.slice(3) : whole;
  const encoded = unpackLine(text) ?? unpackBase64(text.replace(/\s+/g, ''));
  if (encoded !== null) return encoded;
  const plain = text.trimStart();
  if (!looksLikePairs(plain)) return null;
  return { packing: 'text', text: plain, endMarker: plain.trimEnd().endsWith('&&'), damage: [] };
}

/**
 * Decodes an export on one line, as real ones are; null for any other. What is decoded is shorter where a
 * character is none of base64's, and an expression that looks for one would take longer than that.
 */
function unpackLine(text: string): Unpacked | null {
  const stops = [text.indexOf('='), text.indexOf('&'), text.length].filter((at) => at >= 0);
  const code = text.slice(0, Math.min(...stops));
  // A single character behind the last four adds nothing, and could be any. Node takes two more for base64.
  if (code.length % 4 === 1 || code.includes('-') || code.includes('_')) return null;
  const decoded = Buffer.from(code, 'base64');
  if (decoded.length !== Math.floor((code.length * 3) / 4)) return null;
  return unpacked(code, text.slice(code.length).replace(/\s+/g, ''), decoded);
}

/** Decodes up to the first character that is not base64: what stands there is lost, and said so. */
function unpackBase64(packed: string): Unpacked | null {
  const stop = packed.search(/[^A-Za-z0-9+/]/);
  const code = stop < 0 ? packed : packed.slice(0, stop);
  return unpacked(code, packed.slice(code.length), Buffer.from(code, 'base64'));
}

function unpacked(code: string, rest: string, decoded: Buffer): Unpacked | null {
  const text = decoded.toString('latin1');
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

/** Where an element begins, where its first equals sign is (at or behind its end: it has none), and where it ends. */
type VisitElement = (start: number, equals: number, end: number, line: number) => void;

/** The pairs still unparted, with their lines. Splitting comes before decoding: values hold `%26`. */
function eachElement({ packing, text }: Unpacked, visit: VisitElement): void {
  if (packing === 'base64') eachPacked(text, visit);
  else eachWritten(text, visit);
}

function eachPacked(text: string, visit: VisitElement): void {
  let equals = -1;
  let end = -1;
  for (let start = 0; start < text.length; start = end + 1) {
    end = text.indexOf('&', start);
    if (end < 0) end = text.length;
    // Looked for once, however many elements have none.
    if (equals < start) equals = text.indexOf('=', start);
    if (equals < 0) equals = text.length;
    if (end > start) visit(start, equals, end, 1);
  }
}

function eachWritten(text: string, visit: VisitElement): void {
  let start = 0;
  text.split(/(\r\n|\n|\r)/).forEach((whole, at) => {
    if (at % 2 === 1) {
      start += whole.length;
      return;
    }
    // On a line of its own, a value may hold a plain ampersand.
    const elements = whole.split(/&(?=[A-Za-z_][\w.-]*=|&|\s*$)/);
    elements.forEach((element, number) => {
      const end = start + element.length;
      const equals = element.includes('=') ? start + element.indexOf('=') : end;
      if (element.trim() !== '' && element !== '&') visit(start, equals, end, at / 2 + 1);
      start = end + (number + 1 < elements.length ? 1 : 0);
    });
  });
}

function cutsOf(unpacked: Unpacked, pairs: PairList): readonly string[] {
  const cuts: string[] = [];
  const last = pairs.last();
  if (!unpacked.endMarker && last?.family !== 'checksum') cuts.push('no end marker');
  cuts.push(...unpacked.damage);
  const tail = unpacked.text.slice(unpacked.text.lastIndexOf('&') + 1).trim();
  if (tail !== '' && !tail.includes('=')) cuts.push('the last key has no value');
  else if (/%[0-9a-fA-F]?$/.test(tail)) cuts.push('the last value stops in the middle of a character');
  return cuts;
}
