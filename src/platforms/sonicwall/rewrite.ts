import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import { type Unpacked, unpack } from './exp.js';
import { decodeValue, type ExpEntry, entryOf, keyOf } from './pair.js';

/** Gives the new value of a pair, decoded; the old one leaves it byte for byte as it is. */
export type RewriteValue = (entry: ExpEntry, value: string) => string;

/** Stands for what was no pair, and may have been a part of anything. */
const UNREADABLE = 'removed';

/**
 * The same export with other values: the same keys in the same order and container, so that a parser
 * finds the same places, and the same damage. What is no pair is taken out. Null when it is no export.
 */
export function rewriteExport(capture: Capture, rewrite: RewriteValue): Capture | null {
  const unpacked = unpack(capture.bytes);
  if (unpacked === null) return null;
  const element = (text: string, line: number) => rewriteElement(text, line, rewrite);
  if (unpacked.packing === 'text') return captureOf(capture, rewriteText(unpacked.text, element));
  const text = unpacked.text
    .split('&')
    .map((each) => (each === '' ? '' : element(each, 1)))
    .join('&');
  return captureOf(capture, packLike(capture, unpacked, text));
}

type RewriteElement = (text: string, line: number) => string;

function rewriteElement(text: string, line: number, rewrite: RewriteValue): string {
  const entry = entryOf(text, line);
  if (entry === null) return text.includes('=') ? `${UNREADABLE} =` : UNREADABLE;
  const value = decodeValue(entry.raw);
  const changed = rewrite(entry, value);
  if (changed === value) return text;
  // A value that is cut inside a character shows that the end of the file is missing.
  return `${keyOf(entry)}=${encodeValue(changed)}${/%[0-9a-fA-F]?$/.test(entry.raw) ? '%' : ''}`;
}

/** What stands between the pairs of decoded text stays: line ends, ampersands, blanks. */
function rewriteText(text: string, element: RewriteElement): string {
  return text
    .split(/(\r\n|\n|\r)/)
    .map((piece, at) => (at % 2 === 1 ? piece : rewriteLine(piece, at / 2 + 1, element)))
    .join('');
}

function rewriteLine(line: string, number: number, element: RewriteElement): string {
  return line
    .split(/(&(?=[A-Za-z_][\w.-]*=|&|\s*$))/)
    .map((piece, at) => {
      if (at % 2 === 1 || piece.trim() === '' || piece === '&') return piece;
      return element(piece, number);
    })
    .join('');
}

/** What an export encodes, and nothing else; hexadecimal digits are in lower case. */
function encodeValue(value: string): string {
  return Buffer.from(value, 'utf8')
    .toString('latin1')
    .replace(/[\s:+=&%?\x80-\xff]/g, (character) => {
      return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
    });
}

/** Base64 in lines of the same length, with the same end; damage that lost something stays damage. */
function packLike({ bytes }: Capture, { endMarker }: Unpacked, text: string): string {
  const before = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '');
  const packed = before.replace(/\s+/g, '');
  const code = /^[A-Za-z0-9+/]*/.exec(packed)?.[0] ?? '';
  const rest = packed.slice(code.length);
  const cutInside = code.length % 4 === 1;
  const body = Buffer.from(cutInside ? fillUp(text) : text, 'latin1').toString('base64');
  const padded = rest.startsWith('=') || code.length % 4 === 0;
  const damaged = !/^={0,2}&*$/.test(rest);
  const whole = `${padded ? body : body.replace(/=+$/, '')}${cutInside ? 'A' : ''}`;
  const marked = `${damaged ? `${whole.replace(/=+$/, '')}!` : whole}${endMarker ? '&&' : ''}`;
  return wrapLike(before, endMarker ? marked : withoutMarker(marked, rest));
}

/** A single ampersand at the end is no end marker, and stays one. */
function withoutMarker(text: string, rest: string): string {
  return rest.endsWith('&') ? `${text}&` : text;
}

/** Empty elements behind the first pair, so that base64 comes out without a remainder. */
function fillUp(text: string): string {
  const first = text.indexOf('&');
  return first < 0
    ? text
    : `${text.slice(0, first)}${'&'.repeat((3 - (text.length % 3)) % 3)}${text.slice(first)}`;
}

function wrapLike(before: string, packed: string): string {
  const lineEnd = /\r\n|\n|\r/.exec(before.trimStart());
  if (lineEnd === null) return packed;
  const end = /\s$/.test(before) ? lineEnd[0] : '';
  if (before.trim().search(/\s/) < 0) return `${packed}${end}`;
  const lines = packed.match(new RegExp(`.{1,${Math.min(lineEnd.index, 30_000)}}`, 'g')) ?? [];
  return `${lines.join(lineEnd[0])}${end}`;
}

function captureOf({ file }: Capture, text: string): Capture {
  return { file, bytes: Buffer.from(text, 'latin1') };
}
