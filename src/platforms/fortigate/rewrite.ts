import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { ReadLine } from './syntax.js';
import { readConfiguration, withoutPagers } from './syntax.js';
import type { Command } from './tokens.js';
import { readCommand } from './tokens.js';

/** One command of a configuration, as it is offered for rewriting. */
export interface OfferedCommand extends ReadLine {
  readonly words: readonly string[];
  /** A quote was opened that nothing closes. */
  readonly unclosed: boolean;
  /** Its lines as they stand, without the last line end. */
  readonly text: string;
}

/** Gives new words for a command, or new text for what is no command; null leaves it as it is. */
export type RewriteCommand = (command: OfferedCommand) => readonly string[] | string | null;

/**
 * The same configuration with other words: the same commands on the same lines, in the same quotes.
 * Words that go on over several lines have to keep their number of lines.
 */
export function rewriteConfiguration({ file, bytes }: Capture, rewrite: RewriteCommand): Capture {
  const pieces = new TextDecoder('utf-8').decode(bytes).split(/(\r?\n)/);
  const raw = pieces.filter((_, at) => at % 2 === 0);
  const ends = pieces.filter((_, at) => at % 2 === 1);
  const read = raw.at(-1) === '' ? raw.slice(0, -1) : raw;
  const clean = withoutPagers(read);
  const lines = clean === read ? raw : [...clean, ...raw.slice(clean.length)];
  const out = [...lines];
  readConfiguration(read, (line) => {
    const changed = rewrite(offered(line, clean));
    if (changed === null) return;
    const before = clean.slice(line.at, line.at + line.count);
    const text = typeof changed === 'string' ? changed : writeCommand(changed, before, line, clean);
    for (const [offset, each] of withLines(text.split('\n'), line.count).entries())
      out[line.at + offset] = each;
  });
  const text = out.map((line, at) => `${line}${ends[at] ?? ''}`).join('');
  return { file, bytes: Buffer.from(text, 'utf8') };
}

function offered(line: ReadLine, lines: readonly string[]): OfferedCommand {
  const text = lines.slice(line.at, line.at + line.count).join('\n');
  const isCommand = line.kind === 'setting' || line.kind === 'structure' || line.kind === 'stray';
  const command: Command = isCommand
    ? readCommand(lines, line.at)
    : { words: [], next: line.at + line.count, unclosed: false };
  return { ...line, text, words: command.words, unclosed: command.unclosed };
}

/** Exactly so many lines: coverage and every place behind them depend on it. */
function withLines(lines: readonly string[], count: number): readonly string[] {
  if (lines.length === count) return lines;
  const kept = lines.slice(0, count);
  return [...kept, ...Array.from({ length: count - kept.length }, () => '')];
}

function writeCommand(
  words: readonly string[],
  before: readonly string[],
  line: ReadLine,
  lines: readonly string[],
): string {
  const [first = ''] = before;
  const indent = /^\s*/.exec(first)?.[0] ?? '';
  const { unclosed } = readCommand(lines, line.at);
  if (unclosed) return `${indent}${words.map(bareWord).join(' ')} "`;
  const quoted = /["'\\]/.test(before.join('\n'));
  const [verb = '', attribute, ...values] = words;
  const head =
    attribute === undefined ? [verb] : [verb, wordOf(attribute, quoted && line.kind !== 'setting')];
  const encoded = values[0] === 'ENC';
  return `${indent}${[...head, ...values.map((word) => wordOf(word, quoted && !encoded))].join(' ')}`;
}

/** In quotes where the command had some, or where the word needs them. */
function wordOf(word: string, quoted: boolean): string {
  if (!quoted && word !== '' && !/["'\\\s]/.test(word)) return word;
  return `"${word.replace(/["\\]/g, '\\$&')}"`;
}

function bareWord(word: string): string {
  return word.replace(/["'\\\s]+/g, '-');
}
