import { FwauditError } from '../model/error.js';
import { isPrintableAscii } from './ascii.js';

/** A place in a text that a person wrote; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong there. */
export interface Problem {
  readonly position: Position;
  readonly message: string;
}

const MOST_SHOWN = 20;
const LONGEST_QUOTE = 80;

/**
 * One error for everything that is wrong with a file, in document order. The message is the
 * first problem's own (its place is the error's location); each further one follows on a line of
 * its own, with its place: `fwaudit.yaml:12:7: …`.
 */
export function problemsError(
  code: FwauditError['code'],
  file: string,
  problems: readonly Problem[],
): FwauditError {
  const sorted = [...problems].sort((a, b) => comparePositions(a.position, b.position));
  const [first, ...others] = sorted;
  if (first === undefined) throw new RangeError('a file without problems is no error');
  const lines = [first.message];
  for (const { position, message } of others.slice(0, MOST_SHOWN - 1)) {
    lines.push(`${file}:${position.line}:${position.column}: ${message}`);
  }
  if (sorted.length > MOST_SHOWN) lines.push(`and ${sorted.length - MOST_SHOWN} more`);
  return new FwauditError(code, lines.join('\n'), {
    location: { file, line: first.position.line, column: first.position.column },
  });
}

/** Text of the user's in double quotes: shortened, and with nothing in it that a terminal obeys. */
export function quoted(text: string): string {
  const short = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return `"${escapeUnprintable(short)}"`;
}

/** Controls, bidirectional overrides and stray surrogates as `\uXXXX`, in JSON's and YAML's way. */
export function escapeUnprintable(text: string): string {
  if (isPrintableAscii(text)) return text;
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}
