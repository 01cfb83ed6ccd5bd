import type { Entry } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import type { AccessRule, Policy } from '../model/policy.js';
import { PacketSet } from '../sets/packet-set.js';
import { chainOf } from './candidates.js';
import type { FlowRule } from './flow.js';
import type { Ground } from './ground.js';
import { familyAddresses } from './nat.js';
import type { Exit } from './routing.js';

/** From where to where packets go; no exit: to the appliance itself. */
export interface Direction {
  readonly entry: Entry;
  readonly exit: Exit | null;
}

/** The policies that decide on packets of a direction, by stage. */
export function stagesOf(config: FirewallConfig, { entry, exit }: Direction): readonly (readonly Policy[])[] {
  const from = new Set([entry.name, ...entry.interfaces]);
  const to = new Set(exit === null ? [] : [...exit.interfaces, ...(exit.zone === null ? [] : [exit.zone])]);
  const other = exit === null ? 'transit' : 'self';
  const stages = new Map<number, Policy[]>();
  for (const policy of config.policies) {
    const { applies } = policy;
    if (applies === null || applies.covers === other) continue;
    if (!named(applies.from, from) || !named(applies.to, to)) continue;
    stages.set(policy.stage, [...(stages.get(policy.stage) ?? []), policy]);
  }
  return [...stages.entries()].sort(([a], [b]) => a - b).map(([, policies]) => policies);
}

function named(listed: readonly string[] | null, wanted: ReadonlySet<string>): boolean {
  return listed === null || listed.some((name) => wanted.has(name));
}

/** The enabled rules of a policy that can match packets of a direction, as packet sets, in order. */
export function flowRulesFor(policy: Policy, ground: Ground, direction: Direction): readonly FlowRule[] {
  return flowRulesOf(policy, ground, direction, []);
}

function flowRulesOf(
  policy: Policy,
  ground: Ground,
  direction: Direction,
  above: readonly string[],
): readonly FlowRule[] {
  return policy.rules.flatMap((rule) => {
    if (!rule.enabled || !passes(rule, direction)) return [];
    const next = chainOf(rule.action, ground.policies, [...above, policy.name]);
    return [
      {
        rule,
        policy,
        ...packetsOf(rule, ground),
        inner: next === null ? [] : flowRulesOf(next, ground, direction, [...above, policy.name]),
      },
    ];
  });
}

function passes(rule: AccessRule, { entry, exit }: Direction): boolean {
  if (rule.inInterfaces !== null && !rule.inInterfaces.some((name) => entry.interfaces.includes(name))) {
    return false;
  }
  if (rule.outInterfaces === null) return true;
  const { outInterfaces } = rule;
  return exit?.interfaces.some((name) => outInterfaces.includes(name)) ?? false;
}

function packetsOf(rule: AccessRule, { resolver }: Ground): Pick<FlowRule, 'may' | 'must'> {
  const family = familyAddresses(rule.family);
  const source = resolver.addresses(rule.source, rule.location);
  const destination = resolver.addresses(rule.destination, rule.location);
  const service = resolver.services(rule.service, rule.location);
  const certain = rule.conditions.length === 0 && rule.approximate.length === 0;
  return {
    may: PacketSet.of(source.may.intersect(family), destination.may.intersect(family), service.may),
    must: certain
      ? PacketSet.of(source.must.intersect(family), destination.must.intersect(family), service.must)
      : PacketSet.EMPTY,
  };
}
