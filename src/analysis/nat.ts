import type { Entry } from '../model/exposure.js';
import type { NatRule } from '../model/policy.js';
import { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { familyAddresses } from './family.js';
import type { Ground } from './ground.js';
import { isDynamic, ownAddresses } from './resolve.js';
import { rulePackets, withStandIns } from './rule-packets.js';
import { packetsFrom } from './tunnel-entries.js';

/** Packets that one NAT rule sends elsewhere: as they come, and as they go on. */
export interface Translation {
  readonly rule: NatRule;
  readonly original: PacketSet;
  /** null: the destination stays. */
  readonly destinations: IpSet | null;
  /** They go to the appliance itself, whatever else has one of `destinations`. */
  readonly toSelf: boolean;
  /** null: the service stays. */
  readonly services: ServiceSet | null;
  readonly approximate: readonly string[];
}

/** Packets after NAT: what may be translated, by which rule, and what may go on as it is. */
export interface Translated {
  readonly translations: readonly Translation[];
  readonly untouched: PacketSet;
  /** Packets that a rule may have taken from those behind it, and why it may not. */
  readonly doubts: readonly Doubt[];
}

interface Doubt {
  readonly rule: NatRule;
  readonly packets: PacketSet;
  readonly why: readonly string[];
}

/** All that may come in: a packet has both its addresses in one family. */
const COMING_IN = PacketSet.unionOf(
  [IpSet.IPV4, IpSet.IPV6].map((addresses) => PacketSet.of(addresses, addresses, ServiceSet.ALL)),
);

/** First match over the NAT rules for all that may come in by an entry, worked out once. */
export function translateAll(ground: Ground, entry: Entry): Translated {
  let translated = ground.translated.get(entry);
  if (translated === undefined) {
    const alike = translateAlike(ground, entry);
    translated = entry.tunnel === undefined ? alike : only(alike, packetsFrom(entry));
    ground.translated.set(entry, translated);
  }
  return translated;
}

/** The same for anything that may come in where an entry is, whoever sends it. */
function translateAlike(ground: Ground, entry: Entry): Translated {
  const likeness = likenessOf(ground, entry);
  const known = likeness === null ? undefined : ground.translatedAlike.get(likeness);
  if (known !== undefined) return known;
  const translated = translate(ground, entry, COMING_IN);
  if (likeness !== null) ground.translatedAlike.set(likeness, translated);
  return translated;
}

/** What becomes of some packets alone. */
function only({ translations, untouched, doubts }: Translated, packets: PacketSet): Translated {
  return {
    translations: translations
      .map((each) => ({ ...each, original: each.original.intersect(packets) }))
      .filter(({ original }) => !original.isEmpty()),
    untouched: untouched.intersect(packets),
    doubts: doubts
      .map((each) => ({ ...each, packets: each.packets.intersect(packets) }))
      .filter((each) => !each.packets.isEmpty()),
  };
}

/** The same text for entries that every NAT rule treats alike; null: none is like this one. */
function likenessOf(ground: Ground, entry: Entry): string | null {
  const rules = natRulesFor(ground, entry);
  if (rules.some(({ rule }) => rule.toSelf === true)) return null;
  return rules.map(({ at, rule }) => `${at}${comesInForCertain(rule, entry) ? '' : '?'}`).join();
}

/** Whether any NAT rule may take packets for some addresses and services elsewhere. */
export function mayBeTaken(ground: Ground, entry: Entry, addresses: IpSet, services: ServiceSet): boolean {
  const { resolver, redirections, config } = ground;
  return redirections.some(
    (rule) =>
      comesIn(rule, entry) &&
      withStandIns(resolver.addresses(rule.destination, rule.location), config).may.overlaps(addresses) &&
      resolver.services(rule.service, rule.location).may.overlaps(services),
  );
}

/** First match over the NAT rules, for packets from an entry. */
export function translate(ground: Ground, entry: Entry, packets: PacketSet): Translated {
  const translations: Translation[] = [];
  let kept: readonly PacketSet[] = [];
  const taken: PacketSet[] = [];
  const doubts: Doubt[] = [];
  let left = packets;
  for (const { rule, changes, may, must } of natRulesFor(ground, entry)) {
    const matched = left.intersect(may);
    if (matched.isEmpty()) continue;
    if (changes) {
      const translation = { rule, original: matched, ...target(rule, ground, entry) };
      translations.push(...withDoubts(translation, doubts));
    }
    const certain = isCertain(rule) && comesInForCertain(rule, entry);
    const why = !changes && !certain ? [...(rule.approximate ?? []), KEPT] : (rule.approximate ?? []);
    if (why.length > 0) doubts.push({ rule, packets: matched, why });
    if (!changes) kept = [...kept, matched];
    if (!certain || ground.coarse) continue;
    // What may be kept is still among what is left, until a rule takes of it.
    taken.push(...kept.filter((packets) => packets.mayOverlap(must)));
    kept = kept.filter((packets) => !packets.mayOverlap(must));
    left = left.subtract(must);
  }
  return { translations, untouched: taken.length === 0 ? left : PacketSet.unionOf([left, ...taken]), doubts };
}

/** A NAT rule with the packets that it may match, and those that it certainly does. */
export interface NatMatch {
  readonly rule: NatRule;
  /** Its place among all NAT rules. */
  readonly at: number;
  /** Packets get another destination or service; false: they are kept as they are. */
  readonly changes: boolean;
  readonly may: PacketSet;
  readonly must: PacketSet;
}

/**
 * The rules that bear on destinations of what comes in by an entry. To keep packets as they are only means
 * something before a rule that would change them: appliances write dozens of such rules for themselves.
 */
export function natRulesFor(ground: Ground, entry: Entry): readonly NatMatch[] {
  let rules = ground.natRulesFor.get(entry);
  if (rules === undefined) {
    rules = bearingOn(ground, entry);
    ground.natRulesFor.set(entry, rules);
  }
  return rules;
}

function bearingOn(ground: Ground, entry: Entry): readonly NatMatch[] {
  const { natRules } = ground.config;
  const found: NatMatch[] = [];
  const changing: PacketSet[] = [];
  for (let at = natRules.length - 1; at >= 0; at -= 1) {
    const rule = natRules[at] as NatRule;
    const changes = changesDestination(rule);
    // A rule for sources alone may belong to a list of its own, behind the one for destinations.
    if (!rule.enabled || !comesIn(rule, entry) || !(changes || rule.translatedSource === null)) continue;
    const match = matchOf(ground, rule, at, changes);
    if (!changes && !changing.some((packets) => packets.mayOverlap(match.may))) continue;
    if (changes) changing.push(match.may);
    found.push(match);
  }
  return found.reverse();
}

function matchOf(ground: Ground, rule: NatRule, at: number, changes: boolean): NatMatch {
  const { natMatches } = ground;
  const known = natMatches.get(rule);
  if (known !== undefined) return known;
  const { may, must } = rulePackets(rule, ground);
  const match = { rule, at, changes, may, must };
  natMatches.set(rule, match);
  return match;
}

const KEPT = 'a NAT rule may leave them as they are';

/** A translation in two parts: what certainly comes to it, and what an earlier rule may have taken. */
function withDoubts(translation: Translation, doubts: readonly Doubt[]): readonly Translation[] {
  const { original, approximate } = translation;
  const earlier = doubts.filter(({ packets }) => packets.overlaps(original));
  if (earlier.length === 0) return [translation];
  const doubted = PacketSet.unionOf(earlier.map(({ packets }) => packets));
  const why = [...new Set([...approximate, ...earlier.flatMap((each) => each.why)])];
  return [
    { ...translation, original: original.subtract(doubted) },
    { ...translation, original: original.intersect(doubted), approximate: why },
  ].filter((part) => !part.original.isEmpty());
}

/** Whether packets get another destination or service by a rule. */
export function changesDestination(rule: NatRule): boolean {
  return rule.translatedDestination !== null || rule.translatedService !== null || rule.toSelf === true;
}

/** Whether no later rule can translate what a rule matches. */
function isCertain(rule: NatRule): boolean {
  return rule.outInterfaces === null && (rule.approximate ?? []).length === 0;
}

/** An entry with several interfaces may be come in by one that the rule is not for. */
function comesInForCertain({ inInterfaces }: NatRule, entry: Entry): boolean {
  return inInterfaces === null || entry.interfaces.every((name) => inInterfaces.includes(name));
}

function comesIn(rule: NatRule, entry: Entry): boolean {
  return rule.inInterfaces === null || rule.inInterfaces.some((name) => entry.interfaces.includes(name));
}

function target(
  rule: NatRule,
  ground: Ground,
  entry: Entry,
): Pick<Translation, 'destinations' | 'toSelf' | 'services' | 'approximate'> {
  const { resolver } = ground;
  const toSelf = rule.toSelf === true;
  const to = rule.translatedDestination;
  const destination = to === null ? null : resolver.addresses(to, rule.location);
  const service =
    rule.translatedService === null ? null : resolver.services(rule.translatedService, rule.location);
  return {
    destinations: toSelf ? addressesAt(ground, entry, rule) : (destination?.may ?? null),
    toSelf,
    services: service?.may ?? null,
    approximate: [
      ...(rule.approximate ?? []),
      ...(destination !== null &&
      several(resolver.addresses(rule.destination).may) &&
      several(destination.may)
        ? ['which of several addresses becomes which is not followed']
        : []),
      ...(destination?.approximate ?? []),
      ...(service?.approximate ?? []),
    ],
  };
}

function several(addresses: IpSet): boolean {
  const { ipv4, ipv6 } = addresses.size();
  return ipv4 + Number(ipv6) > 1;
}

/** The appliance's own addresses where packets come in; any of the family where the file holds none. */
function addressesAt({ config }: Ground, entry: Entry, rule: NatRule): IpSet {
  const here = config.interfaces.filter((iface) => entry.interfaces.includes(iface.name));
  const unknown = here.some((iface) => isDynamic(iface.ipv4) || isDynamic(iface.ipv6));
  const family = familyAddresses(rule.family);
  if (unknown || config.silence?.addresses === true) return family;
  return IpSet.unionOf(here.map(ownAddresses)).intersect(family);
}
