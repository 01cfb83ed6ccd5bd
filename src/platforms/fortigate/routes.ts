import type { Interface, Route } from '../../model/firewall-config.js';
import { parseIpSet } from '../../sets/index.js';
import type { AddressBook } from './address-objects.js';
import { hidingPolicies } from './hiding-policies.js';
import { interfaceNodes, type Membership } from './interfaces.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, valuesOf } from './tree.js';
import { isOn, isZero, networkOf, networksOf } from './values.js';

/** How an interface leads to everywhere, if it does. */
export interface Uplink {
  readonly gateways: readonly string[];
  /** In words; null when no default route leads out by it. */
  readonly evidence: string | null;
  /** A lease brings the route, and may bring none. */
  readonly leased: boolean;
}

/** Default routes by interface. */
export interface DefaultRoutes {
  of(node: ConfigNode): Uplink;
  /** Whether another interface leads everywhere. */
  leadElsewhere(node: ConfigNode): boolean;
  /** Whether SD-WAN, a policy route or a policy that hides everybody sends out by an interface. */
  sendOut(node: ConfigNode): boolean;
}

interface StaticRoute {
  readonly node: ConfigNode;
  readonly family: 'ipv4' | 'ipv6';
  /** Empty: the destination is no network of the file. */
  readonly destinations: readonly string[];
  /** Interfaces or zones. */
  readonly devices: readonly string[];
  readonly gateway: string | null;
}

/** Everywhere, or half of it: two such routes stand for a default one, and come before it. */
const HALVES: Readonly<Record<'ipv4' | 'ipv6', readonly string[]>> = {
  ipv4: ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1'],
  ipv6: ['::/0', '::/1', '8000::/1', '2000::/3'],
};

const EVERYWHERE = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

/** Static routes that are switched on. */
function staticRoutes(scope: DeviceScope, addresses: AddressBook): readonly StaticRoute[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) =>
    scope.allEntries(family === 'ipv4' ? 'router static' : 'router static6').flatMap((node) => {
      if (firstValue(node, 'status') === 'disable' || isOn(firstValue(node, 'blackhole')) === true) return [];
      const gateway = firstValue(node, 'gateway');
      return [
        {
          node,
          family,
          destinations: destinationsOf(node, family, addresses),
          devices: devicesOf(node),
          gateway: isZero(gateway) ? null : (gateway ?? null),
        },
      ];
    }),
  );
}

/** Without `dst` a route leads everywhere, unless it names an address object or an internet service. */
function destinationsOf(
  node: ConfigNode,
  family: 'ipv4' | 'ipv6',
  addresses: AddressBook,
): readonly string[] {
  const named = firstValue(node, 'dstaddr');
  if (named !== undefined && addresses.isAll(named, family)) return [EVERYWHERE[family]];
  if (named !== undefined) return addresses.exact(named, family)?.toCidrs() ?? [];
  if (
    firstValue(node, 'internet-service') !== undefined ||
    firstValue(node, 'internet-service-custom') !== undefined
  )
    return [];
  const values = valuesOf(node, 'dst');
  if (values.length === 0) return [EVERYWHERE[family]];
  return networkOf(values)?.toCidrs() ?? [];
}

function devicesOf(node: ConfigNode): readonly string[] {
  const zones = valuesOf(node, 'sdwan-zone');
  if (zones.length > 0) return zones;
  const overlay =
    isOn(firstValue(node, 'sdwan')) === true || isOn(firstValue(node, 'virtual-wan-link')) === true;
  return overlay ? ['virtual-wan-link'] : valuesOf(node, 'device');
}

/** Which interfaces lead everywhere: by a static route, as SD-WAN members, or by a lease. */
export function readDefaultRoutes(
  scope: DeviceScope,
  addresses: AddressBook,
  membership: Membership,
): DefaultRoutes {
  const found = new Map<string, { gateways: Set<string>; evidence: string }>();
  const add = (name: string, gateway: string | null, evidence: string): void => {
    const before = found.get(name) ?? { gateways: new Set<string>(), evidence };
    if (gateway !== null) before.gateways.add(gateway);
    found.set(name, before);
  };
  const overlay = overlayMembers(scope);
  const zones = new Map(membership.zones.map(({ name, members }) => [name, members]));
  for (const { family, destinations, devices, gateway, node } of staticRoutes(scope, addresses)) {
    if (!destinations.some((destination) => HALVES[family].includes(destination))) continue;
    for (const device of devices) {
      const members = zones.get(device) ?? (device === 'virtual-wan-link' ? [...overlay.keys()] : [device]);
      for (const name of members)
        add(name, gateway ?? overlay.get(name) ?? null, `static route ${node.name} leads everywhere by it`);
    }
  }
  const of = (node: ConfigNode): Uplink => {
    const known = found.get(node.name);
    if (known !== undefined)
      return { gateways: [...known.gateways], evidence: known.evidence, leased: false };
    if (leasesRoute(node))
      return { gateways: [], evidence: 'it takes its default route from its provider', leased: true };
    const gateway = overlay.get(node.name);
    if (gateway !== undefined)
      return { gateways: [gateway], evidence: 'it is an SD-WAN member with a gateway', leased: false };
    return { gateways: [], evidence: null, leased: false };
  };
  // A part of a configuration may hold one uplink, and not the static route by another.
  const nodes = scope.whole || found.size > 0 ? interfaceNodes(scope) : [];
  const uplinks = new Set([...found.keys(), ...nodes.filter(leasesRoute).map(({ name }) => name)]);
  const sendsOut = namedBySenders(scope, membership);
  return {
    of,
    leadElsewhere: ({ name }) => uplinks.size > (uplinks.has(name) ? 1 : 0),
    sendOut: ({ name }) => sendsOut(name),
  };
}

function leasesRoute(node: ConfigNode): boolean {
  const mode = firstValue(node, 'mode');
  return (mode === 'dhcp' || mode === 'pppoe') && isOn(firstValue(node, 'defaultgw')) !== false;
}

function namedBySenders(scope: DeviceScope, membership: Membership): (name: string) => boolean {
  const hiding = hidingPolicies(scope, membership);
  const senders = new Set([
    ...OVERLAYS.flatMap((path) => entriesOf(scope.node(path), 'members')).flatMap((member) =>
      valuesOf(member, 'interface'),
    ),
    ...policyRoutes(scope).flatMap(({ node }) => valuesOf(node, 'output-device')),
  ]);
  return (name) => senders.has(name) || hiding(name) !== null;
}

const OVERLAYS = ['system sdwan', 'system virtual-wan-link'] as const;

/** Gateways of SD-WAN members that have one. */
function overlayMembers(scope: DeviceScope): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  for (const path of OVERLAYS) {
    for (const node of entriesOf(scope.node(path), 'members')) {
      const name = firstValue(node, 'interface');
      const gateway = firstValue(node, 'gateway');
      if (name !== undefined && gateway !== undefined && !isZero(gateway)) members.set(name, gateway);
    }
  }
  return members;
}

/** Static routes and connected networks. What routing protocols learn is in no file. */
export function readRoutes(
  scope: DeviceScope,
  addresses: AddressBook,
  membership: Membership,
  interfaces: readonly Interface[],
): readonly Route[] {
  const zones = new Map(membership.zones.map(({ name, members }) => [name, members]));
  const instances = new Map(interfaces.map(({ name, routingInstance }) => [name, routingInstance]));
  const written = staticRoutes(scope, addresses).flatMap(({ destinations, devices, gateway, node }) =>
    devices
      .flatMap((device) => zones.get(device) ?? [device])
      .flatMap((name) =>
        destinations.map((destination) => ({
          destination,
          routingInstance: instances.get(name) ?? 'main',
          interface: name,
          gateway,
          location: scope.locate(node.line),
        })),
      ),
  );
  const expand = (name: string) => zones.get(name) ?? [name];
  const chosen = policyRoutes(scope).flatMap((route) => readPolicyRoute(scope, addresses, expand, route));
  return [...interfaces.flatMap(connectedRoutes), ...written, ...chosen];
}

interface PolicyRoute {
  readonly node: ConfigNode;
  readonly family: 'ipv4' | 'ipv6';
}

/** Policy routes that are switched on and lead somewhere: `action deny` leaves packets to the routing table [F 1]. */
function policyRoutes(scope: DeviceScope): readonly PolicyRoute[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) =>
    scope
      .allEntries(family === 'ipv4' ? 'router policy' : 'router policy6')
      .filter((node) => firstValue(node, 'status') !== 'disable' && firstValue(node, 'action') !== 'deny')
      .map((node) => ({ node, family })),
  );
}

/** Of a policy route, sources, services and negation are not looked at: it may lead somewhere, and then it counts. */
function readPolicyRoute(
  scope: DeviceScope,
  addresses: AddressBook,
  expand: (name: string) => readonly string[],
  { node, family }: PolicyRoute,
): readonly Route[] {
  const gateway = firstValue(node, 'gateway');
  const by = firstValue(node, 'output-device') ?? null;
  const from = valuesOf(node, 'input-device').flatMap(expand);
  const negated = isOn(firstValue(node, 'input-device-negate')) === true;
  return policyDestinations(node, family, addresses).map((destination) => ({
    destination,
    routingInstance: 'main',
    interface: by,
    gateway: isZero(gateway) ? null : (gateway ?? null),
    policy: { from: negated || from.length === 0 ? null : from },
    location: scope.locate(node.line),
  }));
}

function policyDestinations(
  node: ConfigNode,
  family: 'ipv4' | 'ipv6',
  addresses: AddressBook,
): readonly string[] {
  const networks = [
    ...valuesOf(node, 'dstaddr').map((name) => addresses.exact(name, family)),
    ...networksOf(valuesOf(node, 'dst')),
  ];
  const known = networks.flatMap((network) => network?.toCidrs() ?? []);
  const certain =
    isOn(firstValue(node, 'dst-negate')) !== true && known.length > 0 && !networks.includes(null);
  return certain ? known : [EVERYWHERE[family]];
}

function connectedRoutes(iface: Interface): readonly Route[] {
  if (!iface.enabled) return [];
  return [iface.ipv4, iface.ipv6].flatMap((address) =>
    address.kind !== 'static'
      ? []
      : address.cidrs.flatMap((cidr) =>
          (parseIpSet(cidr)?.toCidrs() ?? []).map((destination) => ({
            destination,
            routingInstance: iface.routingInstance,
            interface: iface.name,
            gateway: null,
            location: iface.location,
          })),
        ),
  );
}

/** What a routing protocol works with once somebody set it up; a full configuration prints the others too. */
const LEARNING: readonly (readonly [table: string, within: readonly string[]])[] = [
  ['router bgp', ['neighbor', 'neighbor-group', 'network']],
  ['router ospf', ['area', 'network', 'ospf-interface']],
  ['router ospf6', ['area', 'ospf6-interface']],
  ['router rip', ['network', 'neighbor', 'interface']],
  ['router ripng', ['neighbor', 'interface']],
  ['router isis', ['isis-interface', 'isis-net']],
];

/** Whether routes come by a protocol, so that the file does not hold all of them. */
export function learnsRoutes(scope: DeviceScope): boolean {
  return LEARNING.some(([path, within]) =>
    within.some((name) => entriesOf(scope.table(path), name).length > 0),
  );
}
