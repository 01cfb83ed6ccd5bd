import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import type { BeforeNat, Condition } from '../../model/policy.js';
import { flatMap } from '../../sets/flat-map.js';
import { IpSet } from '../../sets/ip-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { Constraint, ListReference, RuleContext } from './constraints.js';
import { NEVER, packetConstraint, protocolsOf } from './constraints.js';
import { MATCH_MODULES, type ModuleGrammar } from './grammar.js';
import type { InterfaceNames } from './interfaces.js';
import type { MarkedNot, MarkedOnly } from './marks.js';
import { moduleConstraints } from './match-sets.js';
import type { OptionUse, RuleSyntax } from './rule-syntax.js';

/** One side of a rule: addresses written in it (null: any), and lists that the file does not hold. */
export interface Side {
  readonly addresses: IpSet | null;
  readonly lists: readonly ListReference[];
}

/** What a rule matches among the first packets of connections. */
export interface PacketMatch {
  readonly source: Side;
  readonly destination: Side;
  /** null: any. */
  readonly services: ServiceSet | null;
  /** Names of interface parts; null: any. */
  readonly inInterfaces: readonly string[] | null;
  readonly outInterfaces: readonly string[] | null;
  /** Interfaces that the rule itself names for leaving, not by negation. */
  readonly exit: readonly string[] | null;
  readonly conditions: readonly Condition[];
  /** Conditions that every packet meets unless somebody makes it so that it does not. */
  readonly ordinary: readonly Condition[];
  /** null: nothing. */
  readonly beforeNat: BeforeNat | null;
  readonly approximate: readonly string[];
  readonly comment: string | null;
  /** What it matches lies in packets that are exempt from connection tracking. */
  readonly exempt: boolean;
  /** What it matches was marked by other rules; null: it asks for no mark, or nobody can tell. */
  readonly marked: MarkedOnly | null;
  /** All but some that other rules marked surely meet one of the conditions; null: nobody can tell. */
  readonly unmarked: MarkedNot | null;
  /** Options whose value could not be read. */
  readonly unreadable: readonly string[];
}

/** Remembers what options and sets of options mean, for the rules of one family. */
export interface MatchCache {
  /** By the protocols that ports belong to. */
  readonly options: Map<string, Map<OptionUse, Constraint | null>>;
  readonly services: Map<string, ServiceSet>;
}

export function createMatchCache(): MatchCache {
  return { options: new Map(), services: new Map() };
}

/** Works out what the matches of a rule ask together. */
export function packetMatchOf(
  syntax: RuleSyntax,
  hooked: Omit<RuleContext, 'protocols'>,
  names: InterfaceNames,
  cache: MatchCache,
): PacketMatch {
  const { family, hooks, tracking, marks } = hooked;
  const context: RuleContext = { family, hooks, tracking, marks, protocols: protocolsOf(syntax.matches) };
  const known = optionsFor(context, cache);
  const asked: Asked[] = [];
  const rest: OptionUse[] = [];
  for (const use of syntax.matches) {
    const constraint = known.get(use) ?? learn(use, context, known);
    if (constraint === undefined) rest.push(use);
    else asked.push({ text: use.text, constraint });
  }
  if (rest.length > 0) asked.push(...interfaceConstraints(rest, context, names));
  if (syntax.modules.length + rest.length > 0) asked.push(...extensions(syntax.modules, rest, context));
  return combined(asked, context, cache, interfacesOf(rest, context, names), commentOf(syntax.matches));
}

interface Asked {
  /** Words that stand for the constraint on services; equal words, equal constraint. */
  readonly text: string;
  readonly constraint: Constraint | null;
}

function optionsFor({ protocols }: RuleContext, cache: MatchCache): Map<OptionUse, Constraint | null> {
  const key = protocols.join();
  const before = cache.options.get(key);
  if (before !== undefined) return before;
  const fresh = new Map<OptionUse, Constraint | null>();
  cache.options.set(key, fresh);
  return fresh;
}

function learn(
  use: OptionUse,
  context: RuleContext,
  known: Map<OptionUse, Constraint | null>,
): Constraint | null | undefined {
  const constraint = packetConstraint(use, context);
  if (constraint !== undefined) known.set(use, constraint);
  return constraint;
}

/** Extensions that ask for more than the packet's own addresses and ports. */
function extensions(
  modules: readonly ModuleGrammar[],
  rest: readonly OptionUse[],
  context: RuleContext,
): readonly Asked[] {
  const named = flatMap(modules, (module, at) => {
    const uses = rest.filter((use) => use.instance === at);
    return uses.length === 0 && PLAIN.has(module.name) ? [] : extension(module, uses, context);
  });
  // Options that the protocol brought along, without an `-m`.
  const implied = rest.filter((use) => use.instance < 0 && use.module !== 'core');
  const module = MATCH_MODULES.get(implied[0]?.module ?? '');
  return module === undefined ? named : [...named, ...extension(module, implied, context)];
}

function extension(
  module: ModuleGrammar,
  uses: readonly OptionUse[],
  context: RuleContext,
): readonly Asked[] {
  const text = uses.map((use) => use.text).join(' ');
  return moduleConstraints(module, uses, context).map((constraint, at) => ({
    text: `${text} ${at}`,
    constraint,
  }));
}

/** Extensions that ask for nothing beyond options that are understood one by one. */
const PLAIN: ReadonlySet<string> = new Set([
  ...['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'icmp', 'icmp6', 'multiport', 'iprange', 'comment'],
  ...['esp', 'ah', 'conntrack', 'state', 'addrtype'],
]);

function combined(
  asked: readonly Asked[],
  context: RuleContext,
  cache: MatchCache,
  interfaces: Pick<PacketMatch, 'inInterfaces' | 'outInterfaces' | 'exit'>,
  comment: string | null,
): PacketMatch {
  const services = servicesOf(asked, context, cache);
  let [source, destination, { inInterfaces }] = [ANY_SIDE, ANY_SIDE, interfaces];
  let [conditions, ordinary]: [readonly Condition[], readonly Condition[]] = [NONE, NONE];
  let approximate: readonly string[] = NONE;
  let [exempt, tracked] = [false, false];
  let beforeNat: BeforeNat | null = null;
  let [marked, unmarked]: [MarkedOnly | null, MarkedNot | null] = [null, null];
  // Thousands of rules with some constraints each: one loop, and no list where nothing is added.
  for (const { constraint } of asked) {
    if (constraint === null) continue;
    source = narrowed(source, constraint.source, constraint.sourceList);
    destination = narrowed(destination, constraint.destination, constraint.destinationList);
    inInterfaces = both(inInterfaces, constraint.inInterfaces ?? null);
    conditions = joined(conditions, constraint.conditions);
    ordinary = joined(ordinary, constraint.ordinary);
    approximate = joined(approximate, constraint.approximate);
    if (constraint.beforeNat !== undefined) beforeNat = bothBefore(beforeNat, constraint.beforeNat);
    exempt ||= constraint.exempt === true;
    tracked ||= constraint.tracked === true;
    marked ??= constraint.marked ?? null;
    unmarked ??= constraint.unmarked ?? null;
  }
  return {
    source,
    destination,
    services,
    inInterfaces,
    outInterfaces: interfaces.outInterfaces,
    exit: interfaces.exit,
    conditions: tracked ? [...conditions, ...untrackedApart(services, beforeNat, context)] : conditions,
    ordinary,
    beforeNat,
    approximate,
    comment,
    exempt,
    marked,
    unmarked,
    unreadable: unreadableIn(asked),
  };
}

/** What several options ask of packets before NAT, together. */
export function bothBefore(a: BeforeNat | null, b: BeforeNat): BeforeNat {
  if (a === null) return b;
  const destination = a.destination?.intersect(b.destination ?? IpSet.ALL) ?? b.destination;
  const service = a.service?.intersect(b.service ?? ServiceSet.ALL) ?? b.service;
  const translated = a.translated ?? b.translated;
  const never = b.translated !== undefined && b.translated !== translated;
  return {
    ...(translated === undefined ? {} : { translated }),
    ...(destination === undefined ? {} : { destination }),
    ...(never ? { service: ServiceSet.EMPTY } : service === undefined ? {} : { service }),
  };
}

/** What a rule that asks of tracked packets does not match. */
function untrackedApart(
  services: ServiceSet | null,
  before: BeforeNat | null,
  { tracking: { untracked } }: RuleContext,
): readonly Condition[] {
  // What is translated is tracked; what is not has its service still.
  const matched = (services ?? ServiceSet.ALL).intersect(before?.service ?? ServiceSet.ALL);
  if (before?.translated === true || !untracked.overlaps(matched)) return NONE;
  return [{ kind: 'state', description: 'not for packets that are exempt from connection tracking' }];
}

/** Several lists one behind the other: one of them itself where the others are empty, as they mostly are. */
export function joined<T>(...lists: readonly (readonly T[] | undefined)[]): readonly T[] {
  let all: readonly T[] = NONE;
  for (const list of lists) {
    if (list !== undefined && list.length > 0) all = all.length === 0 ? list : [...all, ...list];
  }
  return all;
}

const NONE: readonly never[] = [];

function unreadableIn(asked: readonly Asked[]): readonly string[] {
  if (asked.every(({ constraint }) => constraint !== null)) return NONE;
  return asked.filter(({ constraint }) => constraint === null).map(({ text }) => optionIn(text));
}

/** The name of an option, without its values: those may be secret. */
function optionIn(text: string): string {
  return /(?:^|\s)(-{1,2}[A-Za-z][\w-]{0,40})/.exec(text)?.[1] ?? 'an option';
}

/** What a side is when a constraint asks for some addresses of it, or for those of a list. */
function narrowed(before: Side, addresses: IpSet | undefined, list: ListReference | undefined): Side {
  if (addresses === undefined && list === undefined) return before;
  return {
    addresses:
      addresses === undefined ? before.addresses : (before.addresses?.intersect(addresses) ?? addresses),
    lists: list === undefined ? before.lists : [...before.lists, list],
  };
}

export const ANY_SIDE: Side = { addresses: null, lists: [] };

function servicesOf(
  asked: readonly Asked[],
  { protocols }: RuleContext,
  cache: MatchCache,
): ServiceSet | null {
  const relevant = asked.filter(({ constraint }) => constraint?.services !== undefined);
  const [only] = relevant;
  if (only === undefined) return null;
  if (relevant.length === 1) return only.constraint?.services ?? null;
  const key = `${protocols.join()} ${relevant.map(({ text }) => text).join('\n')}`;
  const before = cache.services.get(key);
  if (before !== undefined) return before;
  const services = relevant
    .map(({ constraint }) => constraint?.services ?? ServiceSet.ALL)
    .reduce((left, right) => left.intersect(right));
  cache.services.set(key, services);
  return services;
}

/**
 * A packet that comes in, or is for the appliance itself, leaves by no interface: `-o` is never true of it, `! -o`
 * always. What is asked of packets both before and behind the choice of an interface is in doubt; whether they
 * leave at all, the policies of the model tell apart.
 */
function interfaceConstraints(
  rest: readonly OptionUse[],
  { hooks }: RuleContext,
  names: InterfaceNames,
): readonly Asked[] {
  const inward = hooks.has('INPUT') || hooks.has('PREROUTING');
  const outward = hooks.has('FORWARD') || hooks.has('POSTROUTING') || hooks.has('OUTPUT');
  return rest.flatMap((use): readonly Asked[] => {
    if (use.module !== 'core') return [];
    if (names.isBeyond(use.values[0] ?? '')) return [{ text: '', constraint: BEYOND }];
    if (use.option !== 'o' || !inward) return [];
    if (!outward) return use.negated ? [] : [{ text: 'no exit', constraint: NEVER }];
    if (use.negated) return [{ text: '', constraint: { approximate: [EVEN_WITHOUT_EXIT] } }];
    return hooks.has('PREROUTING') ? [{ text: '', constraint: { approximate: [ONLY_WITH_EXIT] } }] : [];
  });
}

const EVEN_WITHOUT_EXIT = 'packets that leave by no interface';
const ONLY_WITH_EXIT = 'not packets that leave by no interface';

const BEYOND: Constraint = { approximate: ['one of more interfaces than are told apart'] };

function interfacesOf(
  rest: readonly OptionUse[],
  { hooks }: RuleContext,
  names: InterfaceNames,
): Pick<PacketMatch, 'inInterfaces' | 'outInterfaces' | 'exit'> {
  let inInterfaces: readonly string[] | null = null;
  let outInterfaces: readonly string[] | null = null;
  let exit: readonly string[] | null = null;
  const inward = hooks.has('INPUT') || hooks.has('PREROUTING');
  for (const {
    module,
    option,
    negated,
    values: [pattern = ''],
  } of rest) {
    if (module !== 'core') continue;
    const expanded = names.expand(pattern, negated);
    if (option === 'i') inInterfaces = both(inInterfaces, expanded);
    if (option !== 'o' || (negated && inward)) continue;
    outInterfaces = both(outInterfaces, expanded);
    if (!negated) exit = expanded;
  }
  return { inInterfaces, outInterfaces, exit };
}

/** What is in both lists, where null is everything. */
export function both(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null) return b;
  if (b === null || a === b) return a;
  const wanted = new Set(b);
  return a.filter((name) => wanted.has(name));
}

function commentOf(matches: readonly OptionUse[]): string | null {
  const comments = matches.filter((use) => use.module === 'comment').map((use) => use.values[0] ?? '');
  return comments.length === 0 ? null : comments.join(' ');
}

const ANY_ADDRESS: AddressMatch = { any: true, objects: [], negated: false };
const ANY_SERVICE: ServiceMatch = { any: true, objects: [], negated: false };
const addressMatches = new WeakMap<IpSet, AddressMatch>();
const serviceMatches = new WeakMap<ServiceSet, ServiceMatch>();

/**
 * A side as the model has it. One list alone is an address object; a list beside addresses leaves the
 * addresses, and words for what else is asked.
 */
export function toAddressMatch({ addresses, lists }: Side): {
  readonly match: AddressMatch;
  readonly approximate: readonly string[];
} {
  const [only, more] = lists;
  if (only !== undefined && more === undefined && addresses === null) {
    return { match: { any: false, objects: [only.name], negated: only.negated }, approximate: [] };
  }
  const approximate = lists.map((list) => `${list.negated ? 'not ' : ''}in ${list.label}: ${list.reason}`);
  return { match: addresses === null ? ANY_ADDRESS : literalAddresses(addresses), approximate };
}

/** Equal sets share one match, so that whoever resolves it does so once. */
export function literalAddresses(literal: IpSet): AddressMatch {
  const before = addressMatches.get(literal);
  if (before !== undefined) return before;
  const match: AddressMatch = { any: false, objects: [], literal, negated: false };
  addressMatches.set(literal, match);
  return match;
}

export function toServiceMatch(services: ServiceSet | null): ServiceMatch {
  if (services === null) return ANY_SERVICE;
  const before = serviceMatches.get(services);
  if (before !== undefined) return before;
  const match: ServiceMatch = { any: false, objects: [], literal: services, negated: false };
  serviceMatches.set(services, match);
  return match;
}
