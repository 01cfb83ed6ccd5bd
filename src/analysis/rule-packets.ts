import type { AccessRule, NatRule } from '../model/policy.js';
import { PacketSet } from '../sets/packet-set.js';
import { familyAddresses } from './family.js';
import { isExact, type Resolver } from './resolve.js';

/** What the sides of a rule match, whatever else it asks for. */
export interface RulePackets {
  readonly may: PacketSet;
  readonly must: PacketSet;
  /** Whether all that its sides name is known. */
  readonly exact: boolean;
}

type Sides = Pick<AccessRule | NatRule, 'source' | 'destination' | 'service' | 'family' | 'location'>;

/** The packets that the sides of a rule match, perhaps and for certain. */
export function rulePackets(rule: Sides, resolver: Resolver): RulePackets {
  const family = familyAddresses(rule.family);
  const source = resolver.addresses(rule.source, rule.location);
  const destination = resolver.addresses(rule.destination, rule.location);
  const service = resolver.services(rule.service, rule.location);
  const packets = (part: 'may' | 'must') =>
    PacketSet.of(source[part].intersect(family), destination[part].intersect(family), service[part]);
  const exact = isExact(source) && isExact(destination) && isExact(service);
  const may = packets('may');
  return { may, must: exact ? may : packets('must'), exact };
}
