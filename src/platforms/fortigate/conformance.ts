import { Buffer } from 'node:buffer';
import type { Location } from '../../model/location.js';
import type { PlatformConformance } from '../platform.js';
import { isReadAttribute } from './keywords.js';
import { INBOUND } from './policies.js';
import { linesOf } from './syntax.js';
import { OTHERS } from './virtual-ip-policies.js';

const SETTING = /^\s*(?:set|unset|append|select|unselect) (\S+)/;

/** What the shared suite needs to take a FortiGate configuration apart and put it together again. */
export const conformance: PlatformConformance = {
  decode: linesOf,
  encode: (lines, like) => ({ file: like.file, bytes: Buffer.from(`${lines.join('\n')}\n`, 'utf8') }),
  keyword(line) {
    const attribute = SETTING.exec(line)?.[1];
    return attribute !== undefined && isReadAttribute(attribute) ? attribute : null;
  },
  countAccessRules,
  isWritten: ({ origin, purpose }) => origin === 'user' && purpose !== INBOUND && purpose !== OTHERS,
  textAt: (lines: readonly string[], { line, key }: Location) => key ?? lines[line - 1] ?? '',
};

/** Tables of which every entry is a rule. */
const RULE_TABLE =
  /^\s*config firewall (?:local-in-policy6?|policy6?|security-policy|consolidated policy)\s*$/;

/** Entries by their indentation alone: a table's own stand one step deeper than its `config`. */
function countAccessRules(lines: readonly string[]): number {
  let count = 0;
  let inside: number | null = null;
  for (const line of lines) {
    const indent = line.length - line.trimStart().length;
    if (inside === null && RULE_TABLE.test(line)) inside = indent;
    else if (inside !== null && indent === inside && line.trim() === 'end') inside = null;
    else if (inside !== null && indent === inside + 4 && /^\s*edit /.test(line)) count += 1;
  }
  return count;
}
