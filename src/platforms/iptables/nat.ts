import type { NatRule } from '../../model/policy.js';
import type { IpSet } from '../../sets/ip-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import { everyAddress } from './addresses.js';
import type { ParsedChain, ParsedRule, ParsedTable } from './chains.js';
import type { DiagnosticLog } from './diagnostic-log.js';
import { type Family, type Hook, isHook } from './dump.js';
import { TARGET_GRAMMARS } from './grammar.js';
import {
  ANY_SIDE,
  both,
  type PacketMatch,
  type Side,
  toAddressMatch,
  toServiceMatch,
} from './packet-match.js';
import { translationOf } from './translations.js';

/** One rule of the nat table on one way to it, with what the jumps to it and itself match together. */
export interface FlatRule {
  readonly hook: NatHook;
  readonly chain: ParsedChain;
  readonly rule: ParsedRule;
  readonly match: PacketMatch;
}

/** Where the nat table meets packets that come in. */
export type NatHook = Extract<Hook, 'PREROUTING' | 'POSTROUTING'>;

interface Walk {
  readonly hook: NatHook;
  readonly table: ParsedTable;
  /** Every interface there is. */
  readonly interfaces: readonly string[];
  readonly matchOf: (rule: ParsedRule) => PacketMatch;
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
  ...{ conditions: [], ordinary: [], beforeNat: null, approximate: [], unreadable: [], exempt: false },
};

/**
 * The rules below one built-in chain of the nat table that end its evaluation, in order.
 *
 * @param interfaces the names of every interface there is
 */
export function flattenNat(
  table: ParsedTable,
  hook: NatHook,
  matchOf: (rule: ParsedRule) => PacketMatch,
  interfaces: readonly string[],
  log: DiagnosticLog,
): readonly FlatRule[] {
  const start = table.chains.get(hook);
  if (start === undefined) return [];
  const walk: Walk = { hook, table, interfaces, matchOf, found: [], steps: 0 };
  walkChain(walk, start, EVERYTHING, [hook]);
  if (isFull(walk)) log.note('set-limit', 'too many NAT rules when jumps are followed', start.location);
  return walk.found;
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
    const own = walk.matchOf(rule);
    const match = intersection(left, own);
    const { target } = rule.syntax;
    if (target === null || isNothing(match)) continue;
    const next = isHook(walk.table.table, target.name) ? undefined : walk.table.chains.get(target.name);
    if (next === undefined) {
      if (target.name === 'RETURN') left = without(left, own, walk);
      else if (ends(target.name)) walk.found.push({ hook: walk.hook, chain, rule, match });
      continue;
    }
    if (!path.includes(next.name) && path.length < MAX_DEPTH) {
      walkChain(walk, next, match, [...path, next.name]);
    }
    if (target.goto) left = without(left, own, walk);
  }
}

/** Targets behind which no other rule of the table is asked. */
function ends(target: string): boolean {
  const kind = TARGET_GRAMMARS.get(target)?.kind;
  return kind === 'permit' || kind === 'deny' || kind === 'translate' || kind === 'program';
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
    // Nothing is translated yet where these rules are asked.
    beforeNat: null,
    approximate: joined(a.approximate, b.approximate),
    comment: b.comment,
    unreadable: joined(a.unreadable, b.unreadable),
    exempt: a.exempt || b.exempt,
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
  const doubt = doubtsOf(b).length > 0;
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

function doubtsOf({
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

/** A flattened rule as the model has it. @param number its place in the flattened list, from 1 */
export function toNatRule({ hook, chain, rule, match }: FlatRule, family: Family, number: number): NatRule {
  const { target } = rule.syntax;
  const translated = target === null ? null : translationOf(target, family, match.services);
  return {
    name: `nat${family === 'ipv6' ? '6' : ''}/${chain.name} ${rule.number}`,
    number,
    enabled: true,
    family,
    inInterfaces: match.inInterfaces,
    outInterfaces: match.outInterfaces,
    source: toAddressMatch(match.source).match,
    destination: toAddressMatch(match.destination).match,
    service: toServiceMatch(match.services),
    // Only NETMAP has both sides: what it changes depends on where it stands.
    translatedSource: hook === 'POSTROUTING' ? (translated?.source ?? null) : null,
    translatedDestination: hook === 'PREROUTING' ? (translated?.destination ?? null) : null,
    translatedService: hook === 'PREROUTING' ? (translated?.service ?? null) : null,
    toSelf: target?.name === 'REDIRECT',
    ...(hook === 'PREROUTING' && target?.name === 'REDIRECT' ? { toSelf: true } : {}),
    approximate: [...new Set([...doubtsOf(match), ...(translated?.approximate ?? [])])],
    origin: 'unknown',
    comment: match.comment,
    location: rule.location,
  };
}

/** The services that translations of destinations leave behind; null: there is none. */
export function translatedBy(flat: readonly FlatRule[], rules: readonly NatRule[]): ServiceSet | null {
  const changed = rules.filter((_, at) => DESTINATION_TARGETS.has(flat[at]?.rule.syntax.target?.name ?? ''));
  if (changed.length === 0) return null;
  return ServiceSet.unionOf(
    changed.map((rule) => rule.translatedService?.literal ?? rule.service.literal ?? ServiceSet.ALL),
  );
}

const DESTINATION_TARGETS: ReadonlySet<string> = new Set(['DNAT', 'REDIRECT', 'NETMAP']);
