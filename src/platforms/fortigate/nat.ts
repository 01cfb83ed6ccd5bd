import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import type { NatRule } from '../../model/policy.js';
import { IpSet, PortSet, parseIpSet, ServiceSet } from '../../sets/index.js';
import type { AddressBook, Family } from './address-objects.js';
import type { RuleContext } from './rule-sides.js';
import { type DeviceScope, isPolicyBased } from './scope.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, lineOf, valuesOf } from './tree.js';
import { integer, isOn, isZero, portRange } from './values.js';

/** What packets are for that a virtual IP translates. */
export interface VirtualIp {
  /** Its place among all of them. */
  readonly at: number;
  /** Null when the file cannot tell. */
  readonly outside: IpSet | null;
  /** Every service, unless it forwards single ports; null when services tell. */
  readonly from: ServiceSet | null;
  /** What packets are for behind it, where it forwards single ports. */
  readonly behind: ServiceSet | null;
  /** It translates whatever comes to its outside by these interfaces, null: by any; absent: not all of it, or nothing. */
  readonly takes?: { readonly entrances: readonly string[] | null };
}

/** Destination NAT of one virtual domain. */
export interface DestinationNat {
  /** Virtual IPs take effect by themselves, and policies name what they lead to; always so in a policy-based domain. */
  readonly central: boolean;
  /** Names of virtual IPs and of groups of them, by family. */
  readonly names: ReadonlySet<string>;
  /** Those whose outside address the file does not hold. */
  readonly nowhere: ReadonlySet<string>;
  /** Those that lead somewhere else: of the others, what policies let through is not translated. */
  readonly each: ReadonlyMap<string, VirtualIp>;
  /** Of groups. */
  readonly members: ReadonlyMap<string, readonly string[]>;
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
  const unknown = new Set(
    addresses.objects.flatMap(({ name, content }) => (content.kind === 'unknown' ? [name] : [])),
  );
  const nowhere = new Set<string>();
  const each = new Map<string, VirtualIp>();
  const groupsOf = new Map<string, readonly string[]>();
  const used = usedVirtualIps(scope);
  const takes = (node: ConfigNode): Pick<VirtualIp, 'takes'> =>
    takesAll(node, used) ? { takes: { entrances: entrancesOf(node, expand) } } : {};
  const sets: (IpSet | null)[] = [];
  const entrances = new Set<string>();
  let anywhere = false;
  for (const { family, vips, groups } of TABLES) {
    for (const node of scope.allEntries(vips)) {
      names.add(node.name);
      if (unknown.has(node.name)) nowhere.add(node.name);
      const outside = addresses.exact(node.name, family);
      sets.push(outside);
      if (translates(node))
        each.set(node.name, { at: each.size, ...virtualIp(node, outside), ...takes(node) });
      const by = entrancesOf(node, expand);
      if (by === null) anywhere = true;
      for (const name of by ?? []) entrances.add(name);
    }
    for (const node of scope.allEntries(groups)) {
      names.add(node.name);
      const members = valuesOf(node, 'member');
      groupsOf.set(node.name, members);
      if (members.some((name) => nowhere.has(name))) nowhere.add(node.name);
    }
  }
  const known = sets.filter((set) => set !== null);
  return {
    central: isCentral(scope),
    names,
    nowhere,
    each,
    members: groupsOf,
    outside: known.length === sets.length ? IpSet.unionOf(known) : null,
    entrances: anywhere ? null : entrances,
  };
}

function virtualIp(node: ConfigNode, outside: IpSet | null): Omit<VirtualIp, 'at'> {
  const { from, to } = portsOf(node);
  const named = from === null && valuesOf(node, 'service').length > 0;
  const behind = from?.literal === undefined ? undefined : (to ?? from).literal;
  return { outside, from: from?.literal ?? (named ? null : ServiceSet.ALL), behind: behind ?? null };
}

function takesAll(node: ConfigNode, used: ReadonlySet<string> | null): boolean {
  const enabled = isOn(firstValue(node, 'status')) !== false && (used === null || used.has(node.name));
  return enabled && valuesOf(node, 'src-filter').length === 0;
}

function isCentral(scope: DeviceScope): boolean {
  return isPolicyBased(scope) || isOn(firstValue(scope.node('system settings'), 'central-nat')) === true;
}

/** Virtual IPs in the order of the file, the first one that fits translates (Fortinet community 350101). */
export function readNatRules(context: RuleContext): readonly NatRule[] {
  const { scope } = context;
  const used = usedVirtualIps(scope);
  const rules = TABLES.flatMap(({ family, vips }) =>
    scope
      .allEntries(vips)
      .flatMap((node) => readVirtualIp(context, family, node, used === null || used.has(node.name))),
  );
  return rules.map((rule, index) => ({ ...rule, number: index + 1 }));
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
