import type { Location } from '../../model/location.js';
import type { Family, Hook, TableName } from './dump.js';
import { isHook } from './dump.js';
import type { RuleSyntax } from './rule-syntax.js';

/** A rule of a chain with its words read. */
export interface ParsedRule {
  readonly location: Location;
  readonly syntax: RuleSyntax;
  /** From 1, as the kernel counts: a rule with lists of addresses counts once a pair. */
  readonly number: number;
}

export interface ParsedChain {
  readonly name: string;
  readonly policy: string | null;
  readonly location: Location;
  readonly rules: readonly ParsedRule[];
}

/** One table of one family with every rule read. */
export interface ParsedTable {
  readonly table: TableName;
  readonly family: Family;
  readonly chains: ReadonlyMap<string, ParsedChain>;
}

/** The chains that a chain's rules jump to, each once. */
function jumpsOf(table: ParsedTable, chain: ParsedChain): readonly ParsedChain[] {
  const found = new Set<ParsedChain>();
  for (const { syntax } of chain.rules) {
    const name = syntax.target?.name ?? '';
    const next = isHook(table.table, name) ? undefined : table.chains.get(name);
    if (next !== undefined) found.add(next);
  }
  return [...found];
}

/** For each chain, the built-in chains from which packets may come to it. */
export function reachedFrom(table: ParsedTable): ReadonlyMap<string, ReadonlySet<Hook>> {
  const reached = new Map<string, Set<Hook>>();
  const jumps = new Map<ParsedChain, readonly ParsedChain[]>();
  for (const chain of table.chains.values()) {
    reached.set(chain.name, new Set());
    jumps.set(chain, jumpsOf(table, chain));
  }
  for (const start of table.chains.values()) {
    const { name } = start;
    if (!isHook(table.table, name)) continue;
    const queue = [start];
    for (const chain of queue) {
      const hooks = reached.get(chain.name);
      if (hooks === undefined || hooks.has(name)) continue;
      hooks.add(name);
      for (const next of jumps.get(chain) ?? []) queue.push(next);
    }
  }
  return reached;
}

/** A chain that jumps back to itself, over others or not; the kernel refuses to load such a table. */
export function findCycle(table: ParsedTable): ParsedChain | null {
  const incoming = new Map<ParsedChain, number>();
  const jumps = new Map<ParsedChain, readonly ParsedChain[]>();
  for (const chain of table.chains.values()) {
    const next = jumpsOf(table, chain);
    jumps.set(chain, next);
    for (const each of next) incoming.set(each, (incoming.get(each) ?? 0) + 1);
  }
  // Take away chains that nothing jumps to, again and again: what stays lies on a cycle or behind one.
  const queue = [...jumps.keys()].filter((chain) => !incoming.has(chain));
  const gone = new Set(queue);
  for (const chain of queue) {
    for (const next of jumps.get(chain) ?? []) {
      const left = (incoming.get(next) ?? 0) - 1;
      incoming.set(next, left);
      if (left > 0) continue;
      gone.add(next);
      queue.push(next);
    }
  }
  return [...jumps.keys()].find((chain) => !gone.has(chain)) ?? null;
}
