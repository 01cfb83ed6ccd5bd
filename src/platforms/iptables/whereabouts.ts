import type { AddressMatch } from '../../model/objects.js';
import type { AccessRule, NatRule, Policy } from '../../model/policy.js';
import { IpSet } from '../../sets/ip-set.js';

/**
 * Where hosts are, by what rules say of them: a saved ruleset holds no routes, but who writes `-o br0 -d HOST` knows
 * that the host is behind br0. Only of rules that let through: what stops may speak of addresses that should never be
 * there, such as private ones that come in from outside.
 */

/** What a rule that lets through, or that hides sources, says of two ends; null: any, or more than a network. */
interface Words {
  readonly source: IpSet | null;
  readonly destination: IpSet | null;
  readonly from: readonly string[] | null;
  readonly to: readonly string[] | null;
}

/** Larger than these is no network of somebody's: /8, and /32 of IPv6. */
const LARGEST = { ipv4: 2 ** 24, ipv6: 2n ** 96n };

/**
 * Addresses that rules show not to be behind each of some interfaces: they are behind another one, they are sent on to
 * it, or they are what packets from there are sent on to; and no rule has them there.
 */
export function addressesElsewhere(
  interfaces: Iterable<string>,
  policies: readonly Policy[],
  natRules: readonly NatRule[],
): ReadonlyMap<string, IpSet> {
  const said = [
    ...policies.flatMap(({ rules }) => rules.flatMap(wordsOfPermit)),
    ...natRules.flatMap(wordsOfTranslation),
  ].filter(({ from, to }) => from !== null || to !== null);
  return new Map([...interfaces].map((name) => [name, elsewhere(name, said)]));
}

function elsewhere(name: string, said: readonly Words[]): IpSet {
  const is = (names: readonly string[] | null) => names?.includes(name) === true;
  const isNot = (names: readonly string[] | null) => names?.includes(name) === false;
  const alone = (names: readonly string[] | null) => names?.length === 1 && is(names);
  const sources = (some: readonly Words[]) => unionOf(some.map(({ source }) => source));
  const destinations = (some: readonly Words[]) => unionOf(some.map(({ destination }) => destination));
  const there = destinations(said.filter(({ to }) => is(to))).union(
    sources(said.filter(({ from }) => is(from))),
  );
  // From one network to itself nobody needs a router; who publishes a host to its neighbours does it from elsewhere too.
  const ahead = destinations(said.filter(({ from }) => alone(from))).subtract(
    destinations(said.filter(({ from }) => isNot(from))),
  );
  return destinations(said.filter(({ to }) => isNot(to)))
    .union(sources(said.filter(({ from, to }) => isNot(from) || is(to))))
    .union(ahead)
    .subtract(there);
}

function unionOf(some: readonly (IpSet | null)[]): IpSet {
  return IpSet.unionOf(some.filter((each) => each !== null));
}

function wordsOfPermit(rule: AccessRule): readonly Words[] {
  if (rule.action.kind !== 'permit') return [];
  const { source, destination, inInterfaces: from, outInterfaces: to } = rule;
  return wordsOf({ source: networksOf(source), destination: networksOf(destination), from, to });
}

/** Where sources are hidden, packets are on their way to where they end. */
function wordsOfTranslation({
  source,
  destination,
  outInterfaces: to,
  translatedSource,
}: NatRule): readonly Words[] {
  if (translatedSource === null) return [];
  return wordsOf({ source: networksOf(source), destination: networksOf(destination), from: null, to });
}

function wordsOf(words: Words): readonly Words[] {
  return words.source === null && words.destination === null ? [] : [words];
}

function networksOf({ any, negated, literal }: AddressMatch): IpSet | null {
  if (any || negated || literal === undefined) return null;
  const { ipv4, ipv6 } = literal.size();
  return ipv4 <= LARGEST.ipv4 && ipv6 <= LARGEST.ipv6 ? literal : null;
}
