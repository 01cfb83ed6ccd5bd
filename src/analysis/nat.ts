import type { Entry } from '../model/exposure.js';
import type { NatRule } from '../model/policy.js';
import { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import type { ServiceSet } from '../sets/service-set.js';
import type { Resolver } from './resolve.js';

/** Packets that one NAT rule sends elsewhere: as they come, and as they go on. */
export interface Translation {
  readonly rule: NatRule;
  readonly original: PacketSet;
  /** null: the destination stays. */
  readonly destinations: IpSet | null;
  /** null: the service stays. */
  readonly services: ServiceSet | null;
  readonly approximate: readonly string[];
}

/**
 * First match over the NAT rules, for packets from an entry.
 *
 * @returns what is translated, by which rule, and what is left as it is
 */
export function translate(
  rules: readonly NatRule[],
  resolver: Resolver,
  entry: Entry,
  packets: PacketSet,
): { readonly translations: readonly Translation[]; readonly untouched: PacketSet } {
  const translations: Translation[] = [];
  let left = packets;
  for (const rule of rules) {
    if (!rule.enabled || !comesIn(rule, entry)) continue;
    const source = resolver.addresses(rule.source, rule.location);
    const destination = resolver.addresses(rule.destination, rule.location);
    const service = resolver.services(rule.service, rule.location);
    const family = familyAddresses(rule.family);
    const matched = left.intersect(
      PacketSet.of(source.may.intersect(family), destination.may.intersect(family), service.may),
    );
    if (matched.isEmpty()) continue;
    const certain = rule.outInterfaces === null && (rule.approximate ?? []).length === 0;
    if (rule.translatedDestination !== null || rule.translatedService !== null) {
      translations.push({ ...target(rule, resolver), rule, original: matched });
    }
    if (certain) {
      left = left.subtract(
        PacketSet.of(source.must.intersect(family), destination.must.intersect(family), service.must),
      );
    }
  }
  return { translations, untouched: left };
}

function comesIn(rule: NatRule, entry: Entry): boolean {
  return rule.inInterfaces === null || rule.inInterfaces.some((name) => entry.interfaces.includes(name));
}

/** Every address of a family; of both where none is named. */
export function familyAddresses(family: 'ipv4' | 'ipv6' | 'both' | undefined): IpSet {
  if (family === undefined || family === 'both') return IpSet.ALL;
  return family === 'ipv4' ? IpSet.IPV4 : IpSet.IPV6;
}

function target(
  rule: NatRule,
  resolver: Resolver,
): Pick<Translation, 'destinations' | 'services' | 'approximate'> {
  const to = rule.translatedDestination;
  const destination = to === null ? null : resolver.addresses(to, rule.location);
  const service =
    rule.translatedService === null ? null : resolver.services(rule.translatedService, rule.location);
  return {
    destinations: destination?.may ?? null,
    services: service?.may ?? null,
    approximate: [
      ...(rule.approximate ?? []),
      ...(destination?.approximate ?? []),
      ...(service?.approximate ?? []),
    ],
  };
}
