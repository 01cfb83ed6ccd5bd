import type { FirewallConfig } from '../model/firewall-config.js';
import type { AccessRule, Policy } from '../model/policy.js';
import { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import { ServiceSet } from '../sets/service-set.js';
import type { Outside } from './outside.js';

/** Beyond so many rules, or interfaces to ask them for, something is taken to be left. */
const MAX_RULES = 3_000;
const MAX_NAMES = 64;

type Family = 'ipv4' | 'ipv6';

interface Walk {
  readonly chains: ReadonlyMap<string, Policy>;
  readonly family: Family;
  /** The zone or interface that the packets come in by. */
  readonly name: string;
  rules: number;
}

/** Whether the rules of a policy together certainly deny all that comes from outside, or all that no rule before permits. */
export function deniesTogether(
  policy: Policy,
  { policies }: FirewallConfig,
  family: Family,
  outside: Outside,
): boolean {
  const names = [...outside].filter((name) => policy.applies?.from?.includes(name) ?? true);
  if (names.length === 0 || names.length > MAX_NAMES || policy.rules.length > MAX_RULES) return false;
  const chains = new Map(policies.map((each) => [each.name, each]));
  const addresses = family === 'ipv4' ? IpSet.IPV4 : IpSet.IPV6;
  const all = PacketSet.of(addresses, addresses, ServiceSet.ALL);
  const walk = { chains, family, rules: 0 };
  return names.every((name) => takenFrom(all, denied({ ...walk, name }, policy, all, [])).isEmpty());
}

function takenFrom(packets: PacketSet, gone: readonly PacketSet[]): PacketSet {
  return gone.reduce((left, each) => left.subtract(each), packets);
}

/** What of some packets rules of a policy certainly deny; less than that where it is not certain who comes back. */
function denied(
  walk: Walk,
  policy: Policy,
  packets: PacketSet,
  above: readonly string[],
): readonly PacketSet[] {
  const found: PacketSet[] = [];
  let left = packets;
  for (const rule of policy.rules) {
    walk.rules += 1;
    if (walk.rules > MAX_RULES) return found;
    const { action } = rule;
    const leaves = action.kind === 'return' || action.kind === 'goto';
    if (action.kind === 'continue' || action.kind === 'permit' || !mayMatch(rule, walk)) continue;
    const sure = surelyMatched(rule);
    if (sure === null && leaves) return found;
    if (sure === null) continue;
    const met = left.intersect(sure);
    if (action.kind === 'deny') found.push(met);
    const inner =
      action.kind === 'jump' || action.kind === 'goto' ? walk.chains.get(action.policy) : undefined;
    const below =
      inner === undefined || above.includes(inner.name)
        ? []
        : denied(walk, inner, met, [...above, policy.name]);
    found.push(...below);
    left = action.kind === 'jump' ? takenFrom(left, below) : left.subtract(sure);
  }
  return found;
}

function mayMatch({ enabled, family, inInterfaces }: AccessRule, walk: Walk): boolean {
  return (
    enabled &&
    (family === 'both' || family === walk.family) &&
    (inInterfaces === null || inInterfaces.includes(walk.name))
  );
}

/** What a rule matches for certain, of what comes in where it asks; null: nobody can tell. */
function surelyMatched(rule: AccessRule): PacketSet | null {
  const { source, destination, service, outInterfaces, conditions, approximate, beforeNat } = rule;
  const sides = [source, destination, service];
  if (sides.some(({ objects, negated }) => objects.length > 0 || negated)) return null;
  if (outInterfaces !== null || conditions.length > 0 || approximate.length > 0) return null;
  if (beforeNat !== undefined || rule.transitOnly === true) return null;
  return PacketSet.of(
    source.any ? IpSet.ALL : (source.literal ?? IpSet.EMPTY),
    destination.any ? IpSet.ALL : (destination.literal ?? IpSet.EMPTY),
    service.any ? ServiceSet.ALL : (service.literal ?? ServiceSet.EMPTY),
  );
}
