import { Buffer } from 'node:buffer';
import type { Location } from '../../model/location.js';
import type { PlatformConformance } from '../platform.js';
import { CORE_OPTIONS, MATCH_MODULES, TARGET_GRAMMARS } from './grammar.js';
import { REST_KEY } from './interfaces.js';
import { decodeText, splitLines } from './lines.js';

/** What the shared suite needs to take a saved ruleset apart and put it together again. */
export const conformance: PlatformConformance = {
  decode: (capture) => splitLines(decodeText(capture.bytes)),
  encode: (lines, like) => ({ file: like.file, bytes: Buffer.from(`${lines.join('\n')}\n`) }),
  keyword,
  countAccessRules,
  isWritten: (rule) => rule.continued !== true && rule.origin !== 'implied',
  textAt,
};

const OPTIONS: ReadonlySet<string> = new Set([
  ...CORE_OPTIONS.keys(),
  ...[...MATCH_MODULES.values(), ...TARGET_GRAMMARS.values()].flatMap(({ options }) => [...options.keys()]),
]);

/** An option of a rule, the last long one if there is one, that the line does not hold anywhere before. */
function keyword(line: string): string | null {
  if (line === 'COMMIT') return line;
  if (!/^(?:\[\d+:\d+\] )?-A /.test(line)) return null;
  const options = line
    .split(' ')
    .filter((word) => /^--?[a-z]/i.test(word) && OPTIONS.has(word.replace(/^-+/, '')));
  const byLength = [...options.filter(isShort), ...options.filter((word) => !isShort(word))].reverse();
  return byLength.find((word) => line.indexOf(word) === line.indexOf(` ${word} `) + 1) ?? '-A';
}

function isShort(word: string): boolean {
  return !word.startsWith('--');
}

/** Every `-A` line outside of the nat table. */
function countAccessRules(lines: readonly string[]): number {
  let table = '';
  let count = 0;
  for (const line of lines) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    else if (table !== 'nat' && /^(?:\[\d+:\d+\]\s*)?-A\s/.test(line)) count += 1;
  }
  return count;
}

/** The line, or the words that stand for every interface that no line names. */
function textAt(lines: readonly string[], location: Location): string {
  return location.key === REST_KEY ? REST_KEY : (lines[location.line - 1] ?? '');
}
