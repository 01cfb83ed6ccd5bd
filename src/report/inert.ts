import { isPrintableAscii } from '../text/ascii.js';

/**
 * Characters that act on a terminal or on the order of a text instead of showing: controls (ESC, C1,
 * newlines), format characters (bidirectional overrides, zero-width ones, tags), line and paragraph
 * separators, private use, and halves of surrogate pairs.
 */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u;

/** Punctuation of ours and of the checks' texts that has a fair ASCII twin. */
const ASCII = new Map([
  ['·', '-'],
  ['…', '...'],
  ['–', '-'],
  ['—', '-'],
  ['→', '->'],
  ['×', 'x'],
  ['≤', '<='],
  ['≥', '>='],
  ['‘', "'"],
  ['’', "'"],
  ['“', '"'],
  ['”', '"'],
  ['\u00a0', ' '],
]);

export interface InertOptions {
  /** Characters after escaping; the rest is cut and the cut is shown. */
  readonly max?: number;
  /** False: only ASCII comes out. */
  readonly unicode?: boolean;
}

/**
 * Makes a text from a configuration harmless: what would act shows as an escape (`\x1b`, `\u{202e}`,
 * `\n`), and what is too long is cut. Every such text passes here before it is laid out.
 */
export function inert(text: string, { max = 120, unicode = true }: InertOptions = {}): string {
  if (text.length <= max && isPrintableAscii(text)) return text;
  const pieces: string[] = [];
  let length = 0;
  for (const character of text) {
    const piece = visible(character, unicode);
    length += piece.length;
    if (length > max) return `${pieces.join('')}${unicode ? '…' : '...'}`;
    pieces.push(piece);
  }
  return pieces.join('');
}

function visible(character: string, unicode: boolean): string {
  if (isPrintableAscii(character)) return character;
  const twin = ASCII.get(character);
  if (twin !== undefined) return unicode ? character : twin;
  return !unicode || ACTIVE.test(character) ? escaped(character) : character;
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
}

/** Active characters that `JSON.stringify` leaves as they are; with `g`, one match a code point. */
const ACTIVE_IN_JSON = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu;

/** Escapes active characters in JSON text, where they can only stand inside strings. */
export function inertJson(json: string): string {
  return json.replace(ACTIVE_IN_JSON, (character) =>
    character === '\n' ? character : jsonEscaped(character),
  );
}

function jsonEscaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
