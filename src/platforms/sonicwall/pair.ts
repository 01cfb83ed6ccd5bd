import { Buffer } from 'node:buffer';
import type { Location } from '../../model/location.js';

/** One `key=value` pair of an export. */
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

const KEY = /^[A-Za-z_][\w.-]*$/;

/** Whether a text can be a key. */
export function isKey(text: string): boolean {
  return KEY.test(text);
}

/** The key of a pair, as the file has it. */
export function keyOf({ family, index }: Pick<ExpEntry, 'family' | 'index'>): string {
  return index === null ? family : `${family.slice(0, -1)}${index}`;
}

/** The index in a key from some place on, a plain decimal number of up to nine digits; null when there is none. */
export function indexFrom(key: string, start: number): number | null {
  const digits = key.length - start;
  if (start < 2 || digits < 1 || digits > 9) return null;
  let index = 0;
  for (let at = start; at < key.length; at += 1) {
    const digit = key.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return null;
    index = 10 * index + digit;
  }
  return digits > 1 && key.charCodeAt(start) === 48 ? null : index;
}

/** Reads `key=value`; null when it is no such pair. */
export function entryOf(element: string, line: number): ExpEntry | null {
  const equals = element.indexOf('=');
  const key = element.slice(0, Math.max(0, equals));
  if (!isKey(key)) return null;
  const underscore = key.lastIndexOf('_');
  const index = indexFrom(key, underscore + 1);
  const family = index === null ? key : `${key.slice(0, underscore)}_N`;
  return { family, index, raw: element.slice(equals + 1), line };
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
