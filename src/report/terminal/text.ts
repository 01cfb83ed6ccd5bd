/** Marks that stand on the character before them. */
const MARK = /\p{Mn}|\p{Me}/u;
/** Characters that take two columns of a terminal (East Asian scripts, emoji). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Most of a report, with the page's own signs: a column a character. */
const PLAIN = /^[ -~·×…]*$/;

/** Columns that an uncoloured text takes. */
export function columns(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let total = 0;
  for (const character of text) {
    if (MARK.test(character)) continue;
    total += WIDE.test(character) ? 2 : 1;
  }
  return total;
}

/** Pads with spaces on the right to a number of columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** Most columns that one character takes. */
const WIDEST = 2;
const DEEPEST = 16;

/**
 * Breaks a text at spaces into lines of at most `width` columns; a longer word is cut. No line begins
 * with a separator, and every line is indented as the text is, as far as that leaves room for a character.
 */
export function wrap(text: string, width: number): readonly string[] {
  const spaces = /^ */.exec(text)?.[0] ?? '';
  const indent = spaces.slice(0, Math.max(0, Math.min(DEEPEST, width - WIDEST)));
  const room = width - indent.length;
  const lines: string[] = [];
  let line = '';
  let taken = 0;
  for (const word of words(text.slice(spaces.length)).flatMap((each) => cut(each, room))) {
    const width = columns(word);
    if (line !== '' && taken + 1 + width > room) {
      lines.push(line);
      line = word;
      taken = width;
    } else {
      taken += line === '' ? width : 1 + width;
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => (each === '' ? '' : `${indent}${each}`));
}

/**
 * A text that has to do with one line of `width` columns: cut between words, at the end of a clause where
 * that leaves two thirds of the line, and marked as cut.
 */
export function clip(text: string, width: number, ellipsis: string): string {
  if (columns(text) <= width) return text;
  const [first = ''] = wrap(text, width - columns(ellipsis) - 1);
  const clause = /^.*[:;,.](?= |$)/su.exec(first)?.[0] ?? '';
  const kept = columns(clause) * 3 > width * 2 ? clause : first;
  return `${kept.replace(/[:;,.]$/, '')} ${ellipsis}`;
}

/** What stands before the end of the first sentence, which another sentence follows. */
export function firstSentence(text: string): string {
  for (const { index, 0: end } of text.matchAll(/[.!?](?=\s+\S)/g)) {
    if (isCapital(text.slice(index + 1).trimStart())) return text.slice(0, index + end.length);
  }
  return text;
}

/** Whether a text begins with a capital letter. `\p{Lu}` would be looked up in all of Unicode, which takes a while. */
function isCapital(text: string): boolean {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0);
  return first !== first.toLowerCase();
}

function words(text: string): readonly string[] {
  const found: string[] = [];
  for (const word of text.split(' ')) {
    const before = found.at(-1);
    if (before !== undefined && (word === '·' || word === '-')) found.splice(-1, 1, `${before} ${word}`);
    else found.push(word);
  }
  return found;
}

function cut(word: string, width: number): readonly string[] {
  if (columns(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (columns(piece) + columns(character) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece];
}

/** `5868` → `5,868`, the same in every locale. */
export function thousands(count: number | bigint): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 door`, `2 doors`, `1,000 entries`. */
export function plural(count: number | bigint, one: string, many = `${one}s`): string {
  return `${thousands(count)} ${BigInt(count) === 1n ? one : many}`;
}
