import type { Location } from '../../model/location.js';
import type { DeviceDump } from './captures.js';
import { findCycle, type ParsedChain, type ParsedRule, type ParsedTable } from './chains.js';
import type { Chain, TableName } from './dump.js';
import { sectionOf } from './dump.js';
import type { InterfaceUse } from './interfaces.js';
import type { LineLog } from './line-log.js';
import { words } from './lines.js';
import { parseRule, type RuleSyntax, type Vocabulary } from './rule-syntax.js';

/** Reads every rule of a device, and merges tables that come in several parts. */
export function parseTables({ tables }: DeviceDump, log: LineLog): readonly ParsedTable[] {
  const vocabulary: Vocabulary = new Map();
  const parsed = new Map<string, { table: ParsedTable; chains: Map<string, ParsedChain> }>();
  for (const { family, dump } of tables) {
    const key = `${family} ${dump.table}`;
    const chains = parsed.get(key)?.chains ?? new Map<string, ParsedChain>();
    parsed.set(key, { table: { table: dump.table, family, chains }, chains });
    for (const chain of dump.chains.values()) {
      chains.set(chain.name, mergeChain(chains.get(chain.name), chain, dump.table, vocabulary, log));
    }
  }
  const found = [...parsed.values()].map((each) => each.table);
  for (const table of found) noteCycle(table, log);
  return found;
}

function noteCycle(table: ParsedTable, log: LineLog): void {
  const cycle = findCycle(table);
  if (cycle !== null)
    log.note('reference-cycle', 'chains that jump to one another in a circle', cycle.location);
}

function mergeChain(
  before: ParsedChain | undefined,
  chain: Chain,
  table: TableName,
  vocabulary: Vocabulary,
  log: LineLog,
): ParsedChain {
  let number = before === undefined ? 1 : nextNumber(before);
  const rules = chain.rules.map(({ location, text }) => {
    const syntax = parseRule(words(text), vocabulary);
    account(location, syntax, table, chain.name, log);
    const rule: ParsedRule = { location, syntax, number };
    number += timesOf(syntax);
    return rule;
  });
  if (before === undefined) {
    const { name, policy, location } = chain;
    return { name, policy, location, rules };
  }
  return { ...before, policy: chain.policy ?? before.policy, rules: [...before.rules, ...rules] };
}

function nextNumber({ rules }: ParsedChain): number {
  const last = rules.at(-1);
  return last === undefined ? 1 : last.number + timesOf(last.syntax);
}

/** How many rules the kernel makes of one with lists of addresses: one a pair. */
function timesOf({ matches }: RuleSyntax): number {
  let times = 1;
  for (const { module, option, values } of matches) {
    if (module === 'core' && (option === 's' || option === 'd')) times *= (values[0] ?? '').split(',').length;
  }
  return times;
}

/** Says what became of the line: what the nat table does with the appliance's own packets opens nothing. */
function account(
  location: Location,
  { unknown }: RuleSyntax,
  table: TableName,
  chain: string,
  log: LineLog,
): void {
  const [family] = unknown;
  if (family !== undefined) {
    log.unknownLine(location, family, sectionOf(table));
    log.note('unclassified', 'an option or extension that is not known', location);
  } else if (table === 'nat' && (chain === 'OUTPUT' || chain === 'INPUT')) {
    log.ignoredLine(location);
  }
}

/** Every use of an interface in the rules, in the order of the file. */
export function interfaceUses(tables: readonly ParsedTable[]): readonly InterfaceUse[] {
  const uses: InterfaceUse[] = [];
  for (const { chains } of tables) {
    for (const { rules } of chains.values()) {
      for (const { location, syntax } of rules) {
        for (const { module, option, values } of syntax.matches) {
          if (module !== 'core' || (option !== 'i' && option !== 'o')) continue;
          uses.push({ pattern: values[0] ?? '', location });
        }
      }
    }
  }
  return uses;
}
