import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import type { AccessRule, NatRule } from '../../model/policy.js';
import { IpSet, PortSet, parseIpSet, ServiceSet } from '../../sets/index.js';
import type { AddressBook, Family } from './address-objects.js';
import type { RuleContext } from './rule-sides.js';
import { type DeviceScope, isFrom, isPolicyBased } from './scope.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, lineOf, valuesOf } from './tree.js';
import { integer, isOn, isZero, portRange } from './values.js';

/** Destination NAT of one virtual domain. */
export interface DestinationNat {
  /** Virtual IPs take effect by themselves, and policies name what they lead to; always so in a policy-based domain. */
  readonly central: boolean;
  /** Names of virtual IPs and of groups of them, by family. */
  readonly names: ReadonlySet<string>;
  /** Those that lead somewhere else: of the others, what policies let through is not translated. */
  readonly translating: ReadonlySet<string>;
  /** Those whose outside address the file does not hold. */
  readonly nowhere: ReadonlySet<string>;
  /** What packets are for behind those that forward single ports, and behind groups of them. */
  readonly ports: ReadonlyMap<string, ServiceSet>;
  /** Everything that virtual IPs translate, by what it was addressed to; null when the file cannot tell. */
  readonly outside: IpSet | null;
  /** Interfaces by which translated packets come in; null: any. */
  readonly entrances: ReadonlySet<string> | null;
}

const TABLES = [
  { family: 'ipv4', vips: 'firewall vip', groups: 'firewall vipgrp' },
  { family: 'ipv6', vips: 'firewall vip6', groups: 'firewall vipgrp6' },
] as const;

export function readDestinationNat(
  scope: DeviceScope,
  addresses: AddressBook,
  expand: (name: string) => readonly string[],
): DestinationNat {
  const names = new Set<string>();
  const translating = new Set<string>();
  const unknown = new Set(
    addresses.objects.flatMap(({ name, content }) => (content.kind === 'unknown' ? [name] : [])),
  );
  const nowhere = new Set<string>();
  const ports = new Map<string, ServiceSet>();
  const sets: (IpSet | null)[] = [];
  const entrances = new Set<string>();
  let anywhere = false;
  for (const { family, vips, groups } of TABLES) {
    for (const node of scope.allEntries(vips)) {
      names.add(node.name);
      if (translates(node)) translating.add(node.name);
      if (unknown.has(node.name)) nowhere.add(node.name);
      const { from, to } = portsOf(node);
      const behind = from?.literal === undefined ? undefined : (to ?? from).literal;
      if (behind !== undefined) ports.set(node.name, behind);
      sets.push(addresses.exact(node.name, family));
      const by = entrancesOf(node, expand);
      if (by === null) anywhere = true;
      for (const name of by ?? []) entrances.add(name);
    }
    for (const node of scope.allEntries(groups)) {
      names.add(node.name);
      const members = valuesOf(node, 'member');
      if (members.every((name) => translating.has(name))) translating.add(node.name);
      if (members.some((name) => nowhere.has(name))) nowhere.add(node.name);
      const behind = members.flatMap((name) => ports.get(name) ?? []);
      if (behind.length === members.length) ports.set(node.name, ServiceSet.unionOf(behind));
    }
  }
  const known = sets.filter((set) => set !== null);
  return {
    central: isCentral(scope),
    names,
    translating,
    nowhere,
    ports,
    outside: known.length === sets.length ? IpSet.unionOf(known) : null,
    entrances: anywhere ? null : entrances,
  };
}

function isCentral(scope: DeviceScope): boolean {
  return isPolicyBased(scope) || isOn(firstValue(scope.node('system settings'), 'central-nat')) === true;
}

/**
 * Packets to a virtual IP are translated before policies are looked at, and then match policies that name
 * the virtual IP. A deny policy that names addresses does not stop them, unless it says `match-vip`
 * (Fortinet community 94794), so what virtual IPs translate is taken out of its destination. 7.2 put
 * `match-vip` on by default, in 7.2.3 by one source and in 7.2.4 by the other: before 7.2.4 the wider reading is taken. An accept policy is left as wide as it looks, and says so.
 */
export function withoutVirtualIps(
  { scope, addresses, nat }: RuleContext & { readonly nat: DestinationNat },
  node: ConfigNode,
  rule: AccessRule,
): AccessRule {
  if (nat.central || nat.names.size === 0) return rule;
  const denies = rule.action.kind === 'deny';
  if (isOn(firstValue(node, 'match-vip')) ?? (denies && isFrom(scope, 702, 4))) return rule;
  const { destination } = rule;
  if (destination.objects.some((name) => nat.names.has(name))) return forTranslated(nat, rule);
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
 * is all that keeps it from being for everything; where it does, the address says so by itself.
 */
function forTranslated(nat: DestinationNat, rule: AccessRule): AccessRule {
  const { objects, literal: written, negated } = rule.destination;
  if (negated || written !== undefined || !objects.every((name) => nat.translating.has(name))) return rule;
  const ports = objects.map((name) => nat.ports.get(name));
  const known = ports.filter((each) => each !== undefined);
  const all = rule.service.any && !rule.service.negated && known.length === ports.length;
  return {
    ...rule,
    ...(all ? { service: { ...rule.service, any: false, literal: ServiceSet.unionOf(known) } } : {}),
    ...(objects.some((name) => nat.nowhere.has(name)) ? { beforeNat: { translated: true } } : {}),
  };
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

/** Virtual IPs in the order of the file, those for single ports before those for a whole address. */
export function readNatRules(context: RuleContext): readonly NatRule[] {
  const { scope } = context;
  const used = usedVirtualIps(scope);
  const rules = TABLES.flatMap(({ family, vips }) =>
    scope
      .allEntries(vips)
      .flatMap((node) => readVirtualIp(context, family, node, used === null || used.has(node.name))),
  );
  const narrow = rules.filter(({ service }) => !service.any);
  return [...narrow, ...rules.filter(({ service }) => service.any)].map((rule, index) => ({
    ...rule,
    number: index + 1,
  }));
}

/**
 * Without central NAT a virtual IP translates once an enabled policy names it, itself or in a group
 * (Fortinet community 261055). Null: each does.
 */
export function usedVirtualIps(scope: DeviceScope): ReadonlySet<string> | null {
  if (isCentral(scope)) return null;
  const groups = new Map(
    TABLES.flatMap(({ groups: path }) =>
      scope.allEntries(path).map((node) => [node.name, valuesOf(node, 'member')]),
    ),
  );
  const used = new Set<string>();
  for (const path of [
    'firewall policy',
    'firewall policy6',
    'firewall consolidated policy',
    'firewall security-policy',
  ]) {
    for (const node of scope.allEntries(path)) {
      if (firstValue(node, 'status') === 'disable') continue;
      for (const attribute of ['dstaddr', 'dstaddr4', 'dstaddr6'])
        for (const name of valuesOf(node, attribute)) used.add(name);
    }
  }
  for (const name of used) for (const member of groups.get(name) ?? []) used.add(member);
  return used;
}

/** Types that end at the appliance, or translate names and not packets. */
const NO_TRANSLATION: ReadonlySet<string> = new Set(['dns-translation', 'access-proxy']);

function readVirtualIp(
  { scope, expand }: RuleContext,
  family: Family,
  node: ConfigNode,
  used: boolean,
): readonly NatRule[] {
  if (!translates(node)) return [];
  const target = isBalanced(node) ? realServers(node) : mappedHosts(scope, node);
  const ports = portsOf(node);
  if (ports.unread) {
    const trouble = 'the outside port of a virtual IP cannot be read: taken as any';
    scope.log.note('malformed-value', trouble, scope.locate(lineOf(node, 'extport')));
  }
  return [
    {
      name: `virtual IP "${node.name}"`,
      number: 0,
      enabled: used && isOn(firstValue(node, 'status')) !== false,
      family,
      inInterfaces: entrancesOf(node, expand),
      outInterfaces: null,
      source: sourceFilter(scope, node),
      destination: { any: false, objects: [node.name], negated: false, location: scope.locate(node.line) },
      service: ports.from ?? namedServices(node),
      translatedSource: null,
      translatedDestination: target,
      translatedService: ports.to,
      approximate: target.any ? ['where it leads to cannot be read'] : [],
      origin: 'user',
      comment: firstValue(node, 'comment') ?? null,
      location: scope.locate(node.line),
    },
  ];
}

/** From 7.0 a virtual IP may lead to the other family, which is not judged yet. */
function translates(node: ConfigNode): boolean {
  const changesFamily = isOn(firstValue(node, 'nat46')) === true || isOn(firstValue(node, 'nat64')) === true;
  return !changesFamily && !NO_TRANSLATION.has(firstValue(node, 'type') ?? 'static-nat');
}

/** `srcintf-filter` narrows by which interfaces packets may come in; else it is the external one. */
function entrancesOf(
  node: ConfigNode,
  expand: (name: string) => readonly string[],
): readonly string[] | null {
  const filter = valuesOf(node, 'srcintf-filter');
  if (filter.length > 0) return filter.flatMap((name) => expand(name));
  const outside = firstValue(node, 'extintf') ?? 'any';
  return outside === 'any' ? null : expand(outside);
}

const ANY_SERVICE: ServiceMatch = { any: true, objects: [], negated: false };

function namedServices(node: ConfigNode): ServiceMatch {
  const objects = valuesOf(node, 'service');
  return objects.length === 0 ? ANY_SERVICE : { any: false, objects, negated: false };
}

function sourceFilter(scope: DeviceScope, node: ConfigNode): AddressMatch {
  const texts = valuesOf(node, 'src-filter');
  if (texts.length === 0) return { any: true, objects: [], negated: false };
  const sets = texts.map(parseIpSet);
  const known = sets.filter((set) => set !== null);
  if (known.length < sets.length) {
    scope.log.note(
      'malformed-value',
      'the source filter of a virtual IP cannot be read: taken as any',
      scope.locate(lineOf(node, 'src-filter')),
    );
    return { any: true, objects: [], negated: false };
  }
  return { any: false, objects: [], literal: IpSet.unionOf(known), negated: false };
}

/** `mappedip` holds addresses and ranges; `mapped-addr` names an address object. */
function mappedHosts(scope: DeviceScope, node: ConfigNode): AddressMatch {
  const named = valuesOf(node, 'mapped-addr').filter((name) => name !== '');
  const texts = valuesOf(node, 'mappedip').filter((text) => !isZero(text));
  const sets = texts.map(parseIpSet);
  const known = sets.filter((set) => set !== null);
  const unread = known.length < sets.length || (known.length === 0 && named.length === 0);
  if (unread) {
    scope.log.note(
      'malformed-value',
      'where a virtual IP leads to cannot be read: taken as any',
      scope.locate(lineOf(node, 'mappedip')),
    );
    return { any: true, objects: [], negated: false };
  }
  const location = scope.locate(lineOf(node, 'mappedip'));
  return {
    any: false,
    objects: named,
    ...(known.length === 0 ? {} : { literal: IpSet.unionOf(known) }),
    negated: false,
    location,
  };
}

/** The servers behind a load balancer that take traffic. */
function serversOf(node: ConfigNode): readonly ConfigNode[] {
  return entriesOf(node, 'realservers').filter((server) => firstValue(server, 'status') !== 'disable');
}

function realServers(node: ConfigNode): AddressMatch {
  const servers = serversOf(node);
  const names = servers.flatMap((server) =>
    firstValue(server, 'type') === 'address' ? valuesOf(server, 'address') : [],
  );
  const sets = servers.flatMap((server) => parseIpSet(firstValue(server, 'ip') ?? '') ?? []);
  return { any: false, objects: names, literal: IpSet.unionOf(sets), negated: false };
}

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['tcp', 6],
  ['udp', 17],
  ['sctp', 132],
  ['icmp', 1],
  ['http', 6],
  ['https', 6],
  ['imaps', 6],
  ['pop3s', 6],
  ['smtps', 6],
  ['ssl', 6],
  ['ssh', 6],
]);

function isBalanced(node: ConfigNode): boolean {
  return firstValue(node, 'type') === 'server-load-balance';
}

/** Ports before and after. */
interface Ports {
  readonly from: ServiceMatch | null;
  readonly to: ServiceMatch | null;
  readonly unread?: true;
}

/** Null: whatever they are, they stay. */
function portsOf(node: ConfigNode): Ports {
  const balanced = isBalanced(node);
  const protocol = PROTOCOLS.get(
    (balanced ? firstValue(node, 'server-type') : firstValue(node, 'protocol')) ?? 'tcp',
  );
  const forwarded = balanced ? protocol !== undefined : isOn(firstValue(node, 'portforward')) === true;
  if (!forwarded || protocol === undefined) return { from: null, to: null };
  if (protocol === 1) return { from: literal(ServiceSet.of(1)), to: null };
  const inside = balanced ? null : portSet(firstValue(node, 'mappedport'));
  const to = inside === null ? null : literal(ServiceSet.of(protocol, inside));
  // What comes in is then told by services.
  if (firstValue(node, 'extport') === undefined && valuesOf(node, 'service').length > 0)
    return { from: null, to };
  const outside = portSet(firstValue(node, 'extport'));
  if (outside === null) return { from: literal(ServiceSet.of(protocol)), to: null, unread: true };
  return {
    from: literal(ServiceSet.of(protocol, outside)),
    to: balanced ? literal(ServiceSet.of(protocol, serverPorts(node, outside))) : to,
  };
}

function literal(services: ServiceSet): ServiceMatch {
  return { any: false, objects: [], literal: services, negated: false };
}

/** Port 0 is every port. */
function portSet(text: string | undefined): PortSet | null {
  if (text === undefined) return null;
  const range = portRange(text);
  if (range === null) return null;
  return range[0] === 0 ? PortSet.ALL : PortSet.of(range);
}

/** A server without a port of its own is asked at the outside one. */
function serverPorts(node: ConfigNode, outside: PortSet): PortSet {
  const ports = serversOf(node).map((server) => integer(firstValue(server, 'port')) ?? 0);
  return PortSet.unionOf(ports.map((port) => (port > 0 && port < 65_536 ? PortSet.of(port) : outside)));
}
