import type { Location } from '../../model/location.js';
import type { Chain, RuleLine, TableDump } from './dump.js';
import { words } from './lines.js';

/** One command: `-A`, `INPUT` and what stands behind. */
export interface Command {
  readonly name: string;
  readonly chain: string | undefined;
  readonly text: string;
}

/** What became of one command line. */
export type EditOutcome =
  | { readonly kind: 'done' }
  /** Done, for a chain that had not been declared. */
  | { readonly kind: 'undeclared' }
  /** Changes nothing: it lists, or resets counters. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unknown'; readonly what: string };

const DONE: EditOutcome = { kind: 'done' };
const UNKNOWN: EditOutcome = { kind: 'unknown', what: 'a line that is no command' };
const NO_SUCH_RULE: EditOutcome = { kind: 'unknown', what: 'a change to a rule that is not there' };

/** Commands that move or look for rules, for one table; a dump has none. Bounds what input can cost. */
const MAX_EDITS = 500;

/** Carries out one command of iptables-restore on the chains of a table. */
export function editChains(dump: TableDump, command: Command, location: Location): EditOutcome {
  const { name, chain, text } = command;
  switch (name) {
    case '-A':
    case '--append':
      return append(dump, chain, { location, text });
    case '-L':
    case '--list':
    case '-S':
    case '--list-rules':
    case '-Z':
    case '--zero':
      return { kind: 'ignored' };
    case '-N':
    case '--new-chain':
    case '-P':
    case '--policy':
      return declare(dump, command, location);
    default:
      return rarely(dump, command, location);
  }
}

function append(dump: TableDump, name: string | undefined, rule: RuleLine): EditOutcome {
  if (name === undefined) return UNKNOWN;
  const chain = dump.chains.get(name);
  if (chain !== undefined) {
    chain.rules.push(rule);
    return DONE;
  }
  dump.chains.set(name, { name, policy: null, location: rule.location, rules: [rule] });
  return /^(?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/.test(name) ? DONE : { kind: 'undeclared' };
}

function declare(
  dump: TableDump,
  { name: command, chain: name, text: policy }: Command,
  location: Location,
): EditOutcome {
  if (name === undefined) return UNKNOWN;
  const chain = dump.chains.get(name) ?? { name, policy: null, location, rules: [] };
  dump.chains.set(name, chain);
  if (command === '-N' || command === '--new-chain') return DONE;
  if (policy !== 'ACCEPT' && policy !== 'DROP') return { kind: 'unknown', what: 'the policy of a chain' };
  chain.policy = policy;
  chain.location = location;
  return DONE;
}

/** What only files written by hand hold. */
function rarely(dump: TableDump, { name, chain, text }: Command, location: Location): EditOutcome {
  dump.edits += 1;
  if (dump.edits > MAX_EDITS) return { kind: 'unknown', what: 'one of too many changes to rules' };
  switch (name) {
    case '-I':
    case '--insert':
      return insert(dump, chain, text, location);
    case '-D':
    case '--delete':
      return remove(dump, chain, text);
    case '-R':
    case '--replace':
      return replace(dump, chain, text, location);
    case '-F':
    case '--flush':
      for (const each of matching(dump, chain)) each.rules = [];
      return DONE;
    case '-X':
    case '--delete-chain':
      for (const each of matching(dump, chain)) if (each.rules.length === 0) drop(dump, each);
      return DONE;
    case '-E':
    case '--rename-chain':
      return rename(dump, chain, words(text)[0]);
    default:
      return UNKNOWN;
  }
}

function matching({ chains }: TableDump, name: string | undefined): readonly Chain[] {
  return [...chains.values()].filter((chain) => name === undefined || chain.name === name);
}

function drop(dump: TableDump, { name, policy }: Chain): void {
  if (policy === null && !dump.declared.has(name)) dump.chains.delete(name);
}

/** A leading number and what stands behind it. */
function numbered(text: string): { readonly index: number | null; readonly rest: string } {
  const match = /^([1-9]\d{0,6})(?:\s+|$)/.exec(text);
  if (match === null) return { index: null, rest: text };
  return { index: Number(match[1]) - 1, rest: text.slice(match[0].length) };
}

function insert(dump: TableDump, name: string | undefined, text: string, location: Location): EditOutcome {
  const { index, rest } = numbered(text);
  const chain = dump.chains.get(name ?? '');
  if (chain === undefined) return append(dump, name, { location, text: rest });
  chain.rules.splice(index ?? 0, 0, { location, text: rest });
  return DONE;
}

/** By number, or by the words of the rule. */
function remove(dump: TableDump, name: string | undefined, text: string): EditOutcome {
  const chain = dump.chains.get(name ?? '');
  const { index, rest } = numbered(text);
  const same = withoutImplied(text);
  const at =
    index !== null && rest === ''
      ? index
      : chain?.rules.findIndex((rule) => rule.text === text || withoutImplied(rule.text) === same);
  if (chain === undefined || at === undefined || chain.rules[at] === undefined) return NO_SUCH_RULE;
  chain.rules.splice(at, 1);
  return DONE;
}

/** `-p tcp -m tcp --dport 22` is `-p tcp --dport 22`: the protocol brings its match along. */
function withoutImplied(text: string): string {
  const protocol = /(?:^| )-p (tcp|udp|udplite|sctp|dccp|icmp)(?= |$)/.exec(text)?.[1];
  return protocol === undefined ? text : text.replace(` -m ${protocol}`, '');
}

function replace(dump: TableDump, name: string | undefined, text: string, location: Location): EditOutcome {
  const chain = dump.chains.get(name ?? '');
  const { index, rest } = numbered(text);
  if (index === null || chain?.rules[index] === undefined) return NO_SUCH_RULE;
  chain.rules[index] = { location, text: rest };
  return DONE;
}

/** Jumps name chains, so they are renamed with them. */
function rename(dump: TableDump, from: string | undefined, to: string | undefined): EditOutcome {
  const chain = dump.chains.get(from ?? '');
  if (chain === undefined || to === undefined || dump.chains.has(to)) return UNKNOWN;
  dump.chains.delete(chain.name);
  dump.chains.set(to, { ...chain, name: to });
  for (const { rules } of dump.chains.values()) {
    for (const [at, rule] of rules.entries()) {
      if (rule.text.includes(chain.name))
        rules[at] = { ...rule, text: renameJumps(rule.text, chain.name, to) };
    }
  }
  return DONE;
}

function renameJumps(text: string, from: string, to: string): string {
  return text.replace(/(^|\s)(-[jg]|--jump|--goto)(\s+)(\S+)/g, (all, start, option, blanks, name) =>
    name === from ? `${start}${option}${blanks}${to}` : all,
  );
}
