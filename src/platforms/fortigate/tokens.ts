/** One command with the words behind it. */
export interface Command {
  readonly words: readonly string[];
  /** 0-based index of the line behind the command: a quoted value may go on over several lines. */
  readonly next: number;
  /** A quote was opened that nothing closes; the command is then taken to end with its own line. */
  readonly unclosed: boolean;
}

/**
 * Splits the command that begins at a line into words. Words are separated by blanks; double quotes
 * hold blanks and line ends, and in them and outside a backslash takes the next character as it is;
 * quoted and bare pieces without a blank in between are one word. Single quotes hold everything up to
 * the next one, on the same line only: a lone apostrophe is an apostrophe.
 */
export function readCommand(lines: readonly string[], at: number): Command {
  const line = lines[at] ?? '';
  if (!MARK.test(line)) return { words: splitBlanks(line), next: at + 1, unclosed: false };
  const words: Words = { done: [], open: null, quoted: false };
  for (let next = at; next < lines.length; next += 1) {
    if (next > at) words.open = `${words.open ?? ''}\n`;
    scanLine(lines[next] ?? '', words);
    if (words.quoted) continue;
    if (words.open !== null) words.done.push(words.open);
    return { words: words.done, next: next + 1, unclosed: false };
  }
  return { words: splitBlanks(line.replace(/["\\]/g, ' ')), next: at + 1, unclosed: true };
}

const MARK = /["'\\]/;

function splitBlanks(line: string): readonly string[] {
  const trimmed = line.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}

/** Words so far, and the one that is being read. */
interface Words {
  readonly done: string[];
  open: string | null;
  quoted: boolean;
}

/** Runs of characters that mean nothing by themselves. */
const PLAIN_QUOTED = /[^"\\]+/y;
const PLAIN_BARE = /[^"'\\\s]+/y;

function scanLine(line: string, words: Words): void {
  let column = 0;
  while (column < line.length) {
    const plain = words.quoted ? PLAIN_QUOTED : PLAIN_BARE;
    plain.lastIndex = column;
    const run = plain.exec(line)?.[0];
    if (run === undefined) column = scanMark(line, column, words);
    else {
      words.open = (words.open ?? '') + run;
      column += run.length;
    }
  }
}

/** Reads a quote, a backslash or a blank; gives the column behind it. */
function scanMark(line: string, column: number, words: Words): number {
  const character = line.charAt(column);
  if (character === '"') {
    words.open ??= '';
    words.quoted = !words.quoted;
    return column + 1;
  }
  if (character === '\\') {
    words.open = (words.open ?? '') + (line.charAt(column + 1) || '\\');
    return column + 2;
  }
  if (character === "'") {
    const closing = line.indexOf("'", column + 1);
    words.open = (words.open ?? '') + (closing < 0 ? "'" : line.slice(column + 1, closing));
    return closing < 0 ? column + 1 : closing + 1;
  }
  if (words.open !== null) words.done.push(words.open);
  words.open = null;
  return column + 1;
}
