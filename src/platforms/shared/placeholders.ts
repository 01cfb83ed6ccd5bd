import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { SecretRef } from '../../model/firewall-config.js';

/** What placeholders are made with: whoever has it can tell whether two secrets are the same. */
export type RedactionKey = Uint8Array;

const MARK = 'redacted-';

/**
 * Values that a vendor ships or that everybody tries first. They stay, because what they tell, that
 * nobody changed them, is worth more than what they hide.
 */
const WELL_KNOWN: ReadonlySet<string> = new Set(
  'public private admin password fortinet pfsense sonicwall changeme default cisco root'.split(' '),
);

/** Whether a secret is one that everybody knows, and is left as it is. */
export function isWellKnown(value: string, protection: SecretRef['protection']): boolean {
  return (protection === 'clear' || protection === 'unknown') && WELL_KNOWN.has(value);
}

/** Sixteen hexadecimal digits for a value: the same for the same value and key, and nothing else. */
export function tokenOf(value: string, key: RedactionKey): string {
  return createHmac('sha256', key).update(`fwaudit placeholder\0${value}`).digest('hex').slice(0, 16);
}

/**
 * What stands where a secret stood. It is written as the secret was: encrypted ones keep their scheme,
 * hashes theirs, a PEM block its first and last line and its number of lines, base64 stays base64. Equal
 * secrets have equal placeholders under one key.
 */
export function placeholderFor(
  value: string,
  protection: SecretRef['protection'],
  key: RedactionKey,
): string {
  if (value === '' || isWellKnown(value, protection) || isPlaceholder(value)) return value;
  const mark = `${MARK}${tokenOf(value, key)}`;
  const scheme = /^\d,(?=[0-9a-fA-F]+$)/.exec(value)?.[0];
  if (scheme !== undefined) return `${scheme}${Buffer.from(mark).toString('hex')}`;
  const salted = /^\$(?:\d[a-z]?|g?y)\$(?:\d{1,2}\$)?/.exec(value)?.[0];
  if (salted !== undefined) return `${salted}${mark}`;
  if (/^\s*-----BEGIN /.test(value)) return pemPlaceholder(value, mark);
  const lines = '\n'.repeat(value.split('\n').length - 1);
  if (/^\s*LS0tLS/.test(value)) return `${Buffer.from(mark).toString('base64')}${lines}`;
  return `${mark}${lines}`;
}

/** Whether a value is a placeholder already: what was redacted once stays as it is. */
export function isPlaceholder(value: string): boolean {
  const lines = value.split('\n').filter((line) => line.trim() !== '' && !PEM_EDGE.test(line));
  return lines.length > 0 && lines.every(isPlaceholderLine);
}

function isPlaceholderLine(line: string): boolean {
  const code = line.trim().replace(/^\$(?:\d[a-z]?|g?y)\$(?:\d{1,2}\$)?|^\d,|^(?:AK1|SH1|SH2|PB2)/, '');
  return [
    code,
    Buffer.from(code, 'hex').toString('latin1'),
    Buffer.from(code, 'base64').toString('latin1'),
  ].some((each) => /^redacted-[0-9a-f]{16}$/.test(each));
}

/** The lines that say what a PEM block is. */
const PEM_EDGE = /^\s*-----(?:BEGIN|END) [A-Z0-9 ]{1,40}-----\s*$/;

/** What FortiOS writes behind `ENC`: base64, with a prefix that names the hash where it is one. */
export function encodedPlaceholder(value: string, key: RedactionKey): string {
  if (isPlaceholder(value)) return value;
  const prefix = /^(?:AK1|SH1|SH2|PB2)/.exec(value)?.[0] ?? '';
  return `${prefix}${Buffer.from(`${MARK}${tokenOf(value, key)}`).toString('base64')}`;
}

/** A PEM block line for line: only the lines that say what it is stay. */
function pemPlaceholder(value: string, mark: string): string {
  return value
    .split('\n')
    .map((line) => (PEM_EDGE.test(line) || line.trim() === '' ? line : mark))
    .join('\n');
}

/** The shortest secret that is also looked for in other places: shorter ones are parts of plain words. */
const TELLING = 8;

/**
 * Replaces secrets where they stand once more, in a comment or a name. Short ones are left, and so are
 * those that are an address, a number or a single plain word: what they would take with them is no secret.
 *
 * @param secrets values that are kept in the clear
 */
export function echoReplacer(
  secrets: Iterable<string>,
  key: RedactionKey,
): ((text: string) => string) | null {
  const telling = [...new Set(secrets)]
    .filter(isTelling)
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  if (telling.length === 0) return null;
  const known = new Set(telling);
  const pattern = new RegExp(
    telling.map((each) => each.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'),
    'g',
  );
  return (text) =>
    text.length < TELLING
      ? text
      : text.replace(pattern, (found) => (known.has(found) ? `${MARK}${tokenOf(found, key)}` : found));
}

function isTelling(value: string): boolean {
  return (
    value.length >= TELLING &&
    !isPlaceholder(value) &&
    !value.includes('\n') &&
    !/^(?:[a-z]+|[A-Z][a-z]+|[\d\s.:/,-]+)$/.test(value)
  );
}
