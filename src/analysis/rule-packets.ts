import type { FirewallConfig } from '../model/firewall-config.js';
import type { AccessRule, NatRule } from '../model/policy.js';
import { PacketSet } from '../sets/packet-set.js';
import { familyAddresses } from './family.js';
import type { Ground } from './ground.js';
import { isExact, type ResolvedAddresses } from './resolve.js';
import { standInsFor } from './stand-in.js';

/** What the sides of a rule match, whatever else it asks for. */
export interface RulePackets {
  readonly may: PacketSet;
  readonly must: PacketSet;
  /** Whether all that its sides name is known. */
  readonly exact: boolean;
}

type Sides = Pick<AccessRule | NatRule, 'source' | 'destination' | 'service' | 'family' | 'location'>;

/** The packets that the sides of a rule match, perhaps and for certain. */
export function rulePackets(
  rule: Sides,
  { config, resolver }: Pick<Ground, 'config' | 'resolver'>,
): RulePackets {
  const family = familyAddresses(rule.family);
  const source = resolver.addresses(rule.source, rule.location);
  const destination = withStandIns(resolver.addresses(rule.destination, rule.location), config);
  const service = resolver.services(rule.service, rule.location);
  const packets = (part: 'may' | 'must') =>
    PacketSet.of(source[part].intersect(family), destination[part].intersect(family), service[part]);
  const exact = isExact(source) && isExact(destination) && isExact(service);
  const may = packets('may');
  return { may, must: exact ? may : packets('must'), exact };
}

/** The same with what stands for addresses that the file does not hold. */
export function withStandIns(destination: ResolvedAddresses, config: FirewallConfig): ResolvedAddresses {
  const { dynamic, excluded } = destination;
  if (dynamic.size === 0 && excluded.size === 0) return destination;
  const [meant, spared] = [dynamic, excluded].map((names) => standInsFor(config, names));
  if (meant === undefined || spared === undefined) return destination;
  return {
    ...destination,
    may: destination.may.union(meant).subtract(spared),
    must: destination.must.union(meant).subtract(spared),
  };
}
