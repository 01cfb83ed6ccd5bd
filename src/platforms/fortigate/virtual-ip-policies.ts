import type { AccessRule } from '../../model/policy.js';
import { BoxList, IpSet, type PacketBox, ServiceSet } from '../../sets/index.js';
import type { AddressBook, Family } from './address-objects.js';
import type { DestinationNat, VirtualIp } from './nat.js';
import type { RuleContext } from './rule-sides.js';
import { isFrom } from './scope.js';
import type { ConfigNode } from './tree.js';
import { firstValue } from './tree.js';
import { isOn } from './values.js';

/**
 * Packets to a virtual IP are translated before policies are looked at, and then match policies that name
 * the virtual IP. A deny policy that names addresses does not stop them, unless it says `match-vip`
 * (Fortinet community 94794), so what virtual IPs translate is taken out of its destination. 7.2 put
 * `match-vip` on by default, in 7.2.3 by one source and in 7.2.4 by the other: before 7.2.4 the wider reading is taken. An accept policy is left as wide as it looks, and says so.
 */
export function withoutVirtualIps(
  context: VirtualIpContext,
  node: ConfigNode,
  rule: AccessRule,
): readonly AccessRule[] {
  const { nat } = context;
  if (nat.central || nat.names.size === 0) return [rule];
  if (!rule.destination.objects.some((name) => nat.names.has(name)))
    return [withoutThem(context, node, rule)];
  const parts = inParts(nat, rule);
  if (parts === null) return [forTranslated(nat, rule)];
  return [parts.translated, withoutThem(context, node, parts.others)];
}

type VirtualIpContext = RuleContext & { readonly nat: DestinationNat };

/** What tells the second rule of a policy that names virtual IPs and addresses. */
export const OTHERS = 'other destinations';

/** A deny policy that names both must not close what other virtual IPs translate; null: it does not. */
function inParts(
  nat: DestinationNat,
  rule: AccessRule,
): { readonly translated: AccessRule; readonly others: AccessRule } | null {
  const { literal, ...destination } = rule.destination;
  const objects = destination.objects.filter((name) => nat.names.has(name));
  const rest = destination.objects.filter((name) => !nat.names.has(name));
  if (rule.action.kind !== 'deny' || destination.negated || (rest.length === 0 && literal === undefined))
    return null;
  const translated = forTranslated(nat, { ...rule, destination: { ...destination, objects } });
  if (translated.beforeNat === undefined) return null;
  const others = { ...rule, name: `${rule.name}, ${OTHERS}`, purpose: OTHERS };
  return { translated, others: { ...others, destination: { ...rule.destination, objects: rest } } };
}

function withoutThem(
  { scope, addresses, nat }: VirtualIpContext,
  node: ConfigNode,
  rule: AccessRule,
): AccessRule {
  const { destination } = rule;
  const denies = rule.action.kind === 'deny';
  if (isOn(firstValue(node, 'match-vip')) ?? (denies && isFrom(scope, 702, 4))) return rule;
  const meets =
    nat.entrances === null ||
    rule.inInterfaces === null ||
    rule.inInterfaces.some((name) => nat.entrances?.has(name));
  if (!meets) return rule;
  const covered = exactly(addresses, rule);
  if (rule.action.kind === 'permit') {
    const overlaps = covered === null || nat.outside === null || covered.overlaps(nat.outside);
    const doubt = 'it names no virtual IP: packets that virtual IPs translate are taken to match it too';
    return overlaps ? { ...rule, approximate: [...rule.approximate, doubt] } : rule;
  }
  if (covered === null || nat.outside === null) {
    return { ...rule, approximate: [...rule.approximate, 'it may not stop what virtual IPs translate'] };
  }
  if (!covered.overlaps(nat.outside)) return rule;
  const literal = covered.subtract(nat.outside);
  return { ...rule, destination: { ...destination, any: false, objects: [], literal, negated: false } };
}

/**
 * A policy that names virtual IPs, and nothing else, is for what they translate (administration guide, Static virtual
 * IPs): with the service ALL, for the ports that they lead to. Where the file does not hold the outside address, that
 * is all that keeps it from being for everything; where it does, the address says so by itself, but for others at the
 * same address: the ports outside tell them apart.
 */
function forTranslated(nat: DestinationNat, rule: AccessRule): AccessRule {
  const { objects, literal: written, negated } = rule.destination;
  const names = new Set(objects.flatMap((name) => nat.members.get(name) ?? [name]));
  const own = [...names].flatMap((name) => nat.each.get(name) ?? []);
  if (negated || written !== undefined || own.length < names.size) return rule;
  const behind = own.flatMap((each) => each.behind ?? []);
  const all = rule.service.any && !rule.service.negated && behind.length === own.length;
  const asked = portsOutside(nat, names, own);
  const translated = asked !== null || objects.some((name) => nat.nowhere.has(name));
  const before = { translated: true, ...(asked === null ? {} : { service: asked }) };
  return {
    ...rule,
    ...(all ? { service: { ...rule.service, any: false, literal: ServiceSet.unionOf(behind) } } : {}),
    ...(translated ? { beforeNat: before } : {}),
  };
}

/**
 * The ports outside of the virtual IPs that a policy names, where others may be at their addresses: one address often
 * forwards to many hosts, each with a policy of its own, and of several the first in the file takes a packet (Fortinet
 * community 350101). Null: nothing to tell apart, or not by ports.
 */
function portsOutside(
  nat: DestinationNat,
  names: ReadonlySet<string>,
  own: readonly VirtualIp[],
): ServiceSet | null {
  if (own.some(({ from }) => from === null)) return null;
  if (own.every((each) => besideOf(nat, each).every(({ name }) => names.has(name)))) return null;
  const asked = ServiceSet.unionOf(
    own.map((each) => {
      const before = placedIn(nat)
        .all.overlapping(boxOf(each))
        .filter(({ name, vip }) => !names.has(name) && vip.at < each.at && takesAll(vip, each));
      return (each.from ?? ServiceSet.ALL).subtract(
        ServiceSet.unionOf(before.flatMap(({ vip }) => vip.from ?? [])),
      );
    }),
  );
  return asked.equals(ServiceSet.ALL) ? null : asked;
}

/** A virtual IP as a box of what it translates. */
interface Placed extends PacketBox {
  readonly name: string;
  readonly vip: VirtualIp;
}

/** Virtual IPs by where they are: thousands may be at one address, each with a policy of its own. */
interface Places {
  readonly all: BoxList<Placed>;
  /** Those that may meet an address, by its key. */
  readonly beside: Map<string, readonly Placed[]>;
}

const places = new WeakMap<DestinationNat, Places>();

function placedIn(nat: DestinationNat): Places {
  let found = places.get(nat);
  if (found === undefined) {
    const all = [...nat.each].map(([name, vip]) => ({ name, vip, ...boxOf(vip) }));
    found = { all: BoxList.of(all), beside: new Map() };
    places.set(nat, found);
  }
  return found;
}

function besideOf(nat: DestinationNat, { outside }: VirtualIp): readonly Placed[] {
  const { all, beside } = placedIn(nat);
  const destination = outside ?? IpSet.ALL;
  const found =
    beside.get(destination.key()) ??
    all.overlapping({ source: IpSet.ALL, destination, service: ServiceSet.ALL });
  beside.set(destination.key(), found);
  return found;
}

function boxOf({ outside, from }: VirtualIp): PacketBox {
  return { source: IpSet.ALL, destination: outside ?? IpSet.ALL, service: from ?? ServiceSet.ALL };
}

/** Whether one translates everything to another's outside, but for its ports. */
function takesAll({ outside, takes }: VirtualIp, other: VirtualIp): boolean {
  if (takes === undefined || outside === null || other.outside === null) return false;
  const by = takes.entrances;
  const within = by === null || (other.takes?.entrances?.every((name) => by.includes(name)) ?? false);
  return within && outside.contains(other.outside);
}

/** The destination of a rule as one set; null when the file cannot tell. */
function exactly(addresses: AddressBook, { destination, family }: AccessRule): IpSet | null {
  if (destination.any) return destination.negated ? IpSet.EMPTY : IpSet.ALL;
  const families: readonly Family[] = family === 'both' ? ['ipv4', 'ipv6'] : [family];
  const parts: IpSet[] = [destination.literal ?? IpSet.EMPTY];
  for (const name of destination.objects) {
    const sets = families.map((each) => addresses.exact(name, each)).filter((set) => set !== null);
    if (sets.length === 0) return null;
    parts.push(...sets);
  }
  const union = IpSet.unionOf(parts);
  return destination.negated ? union.complement() : union;
}
