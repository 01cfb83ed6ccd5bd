import type { IpSet } from '../../sets/ip-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import { everyAddress } from './addresses.js';
import type { ParsedChain, ParsedRule, ParsedTable } from './chains.js';
import { type Hook, isHook } from './dump.js';
import { ANY_SIDE, both, type PacketMatch, type Side } from './packet-match.js';
import type { TargetUse } from './rule-syntax.js';

/** One rule on one way to it, with what the jumps to it and itself match together. */
export interface FlatRule {
  readonly hook: FlatHook;
  readonly chain: ParsedChain;
  readonly rule: ParsedRule;
  readonly match: PacketMatch;
}

/** Where packets that come in meet chains that are flattened. */
export type FlatHook = Exclude<Hook, 'OUTPUT'>;

/** What is looked for below a built-in chain. */
export interface Flattening {
  readonly hook: FlatHook;
  readonly table: ParsedTable;
  /** The names of every interface there is. */
  readonly interfaces: readonly string[];
  /** What a rule matches, as one box. */
  readonly matchOf: (rule: ParsedRule, chain: string) => PacketMatch;
  /** The same in parts, for rules that are found. */
  readonly partsOf: (rule: ParsedRule, chain: string) => readonly PacketMatch[];
  /** Which rules are: those with such a target. */
  readonly wanted: (target: TargetUse) => boolean;
}

interface Walk extends Flattening {
  readonly found: FlatRule[];
  steps: number;
}

/** What a rule list may grow to when chains are jumped to from many places. */
const MAX_RULES = 20_000;
const MAX_STEPS = 200_000;
const MAX_DEPTH = 64;

const EVERYTHING: PacketMatch = {
  ...{ source: ANY_SIDE, destination: ANY_SIDE, services: null },
  ...{ inInterfaces: null, outInterfaces: null, exit: null, comment: null },
  ...{
    conditions: [],
    ordinary: [],
    beforeNat: null,
    approximate: [],
    unreadable: [],
    exempt: false,
    marked: null,
    unmarked: null,
  },
};

/**
 * The rules below one built-in chain that are wanted, in order.
 *
 * @returns `full`: there are more of them than are followed
 */
export function flatten(flattening: Flattening): {
  readonly found: readonly FlatRule[];
  readonly full: boolean;
} {
  const { table, hook } = flattening;
  const start = table.chains.get(hook);
  const walk: Walk = { ...flattening, found: [], steps: 0 };
  if (start !== undefined) walkChain(walk, start, EVERYTHING, [hook]);
  return { found: walk.found, full: isFull(walk) };
}

function isFull({ found, steps }: Walk): boolean {
  return found.length >= MAX_RULES || steps >= MAX_STEPS;
}

/** @param arriving what comes to this chain; what a `RETURN` takes out does not come to later rules */
function walkChain(walk: Walk, chain: ParsedChain, arriving: PacketMatch, path: readonly string[]): void {
  let left: PacketMatch | null = arriving;
  for (const rule of chain.rules) {
    walk.steps += 1;
    if (left === null || isFull(walk)) return;
    const own = walk.matchOf(rule, chain.name);
    const match = intersection(left, own);
    const { target } = rule.syntax;
    if (target === null || isNothing(match)) continue;
    const next = isHook(walk.table.table, target.name) ? undefined : walk.table.chains.get(target.name);
    if (next === undefined) {
      if (target.name === 'RETURN') left = without(left, own, walk);
      else if (walk.wanted(target)) find(walk, chain, rule, left);
      continue;
    }
    if (!path.includes(next.name) && path.length < MAX_DEPTH) {
      walkChain(walk, next, match, [...path, next.name]);
    }
    if (target.goto) left = without(left, own, walk);
  }
}

function find({ hook, partsOf, found }: Walk, chain: ParsedChain, rule: ParsedRule, left: PacketMatch): void {
  for (const part of partsOf(rule, chain.name)) {
    const match = intersection(left, part);
    if (!isNothing(match)) found.push({ hook, chain, rule, match });
  }
}

function intersection(a: PacketMatch, b: PacketMatch): PacketMatch {
  const services =
    a.services === null ? b.services : b.services === null ? a.services : a.services.intersect(b.services);
  return {
    source: sideOfBoth(a.source, b.source),
    destination: sideOfBoth(a.destination, b.destination),
    services,
    inInterfaces: both(a.inInterfaces, b.inInterfaces),
    outInterfaces: both(a.outInterfaces, b.outInterfaces),
    exit: both(a.exit, b.exit),
    conditions: joined(a.conditions, b.conditions),
    ordinary: joined(a.ordinary, b.ordinary),
    // What is asked of packets before translation stays out: behind it, more is found than there may be.
    beforeNat: null,
    approximate: joined(a.approximate, b.approximate),
    comment: b.comment,
    unreadable: joined(a.unreadable, b.unreadable),
    exempt: a.exempt || b.exempt,
    marked: null,
    unmarked: null,
  };
}

function joined<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  return a.length === 0 ? b : b.length === 0 ? a : [...new Set([...a, ...b])];
}

function sideOfBoth(a: Side, b: Side): Side {
  if (a === ANY_SIDE) return b;
  if (b === ANY_SIDE) return a;
  const addresses =
    a.addresses === null
      ? b.addresses
      : b.addresses === null
        ? a.addresses
        : a.addresses.intersect(b.addresses);
  return { addresses, lists: joined(a.lists, b.lists) };
}

function isNothing({ source, destination, services, inInterfaces, outInterfaces }: PacketMatch): boolean {
  return (
    source.addresses?.isEmpty() === true ||
    destination.addresses?.isEmpty() === true ||
    services?.isEmpty() === true ||
    inInterfaces?.length === 0 ||
    outInterfaces?.length === 0
  );
}

/**
 * What is left of `a` when `b` is taken out. Exact where `b` asks for nothing, or for one thing only;
 * else `a` stays whole and says so. Null: nothing is left.
 */
function without(a: PacketMatch, b: PacketMatch, { table, interfaces }: Walk): PacketMatch | null {
  const doubt = doubtsOf(b).length > 0 || b.beforeNat !== null;
  const asks = [b.source, b.destination, b.services, b.inInterfaces, b.outInterfaces];
  const asked = asks.filter((each) => each !== null && each !== ANY_SIDE).length;
  if (!doubt && asked === 0) return null;
  if (isNothing(intersection(a, b))) return a;
  if (!doubt && asked === 1) {
    const every = everyAddress(table.family);
    if (b.source.addresses !== null)
      return { ...a, source: sideWithout(a.source, b.source.addresses, every) };
    if (b.destination.addresses !== null) {
      return { ...a, destination: sideWithout(a.destination, b.destination.addresses, every) };
    }
    if (b.services !== null) return { ...a, services: (a.services ?? ServiceSet.ALL).subtract(b.services) };
    if (b.inInterfaces !== null) {
      const gone = new Set(b.inInterfaces);
      return { ...a, inInterfaces: (a.inInterfaces ?? interfaces).filter((name) => !gone.has(name)) };
    }
  }
  return { ...a, approximate: joined(a.approximate, ['an earlier rule may pass over this one']) };
}

function sideWithout(side: Side, addresses: IpSet, every: IpSet): Side {
  return { ...side, addresses: (side.addresses ?? every).subtract(addresses) };
}

/** What of a match is not known for certain, in words. */
export function doubtsOf({
  source,
  destination,
  conditions,
  ordinary,
  approximate,
  unreadable,
}: PacketMatch): readonly string[] {
  const lists = [...source.lists, ...destination.lists].map((list) => `${list.label}: ${list.reason}`);
  const values = unreadable.map((option) => `a value of ${option} that could not be read`);
  const asked = [...conditions, ...ordinary].map((each) => each.description);
  return [...lists, ...asked, ...approximate, ...values];
}
