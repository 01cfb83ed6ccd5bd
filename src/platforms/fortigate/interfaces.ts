import type { Interface, InterfaceAddress, Role, Zone } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import { IpSet } from '../../sets/index.js';
import { canonicalService } from './admin-services.js';
import { isTransparent } from './bridges.js';
import type { InterfaceRole } from './roles.js';
import { roleOf, worstRole } from './roles.js';
import type { DefaultRoutes, Uplink } from './routes.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, lineOf, valuesOf } from './tree.js';
import { cidrOf, hostOf, isOn, isZero } from './values.js';

/** `allowaccess` of one address, or of all addresses of one family, of an interface. */
export interface AccessFlags {
  readonly family: 'ipv4' | 'ipv6';
  /** The vendor's words: `https`, `fgfm`. */
  readonly words: readonly string[];
  /** Null: every address that the interface has in this family. */
  readonly addresses: IpSet | null;
  readonly location: Location;
}

/** An interface with what listeners are made from. */
export interface InterfaceRow {
  readonly interface: Interface;
  readonly flags: readonly AccessFlags[];
  readonly node: ConfigNode;
}

/** What zones and SD-WAN say about interfaces. */
export interface Membership {
  readonly zones: readonly ZoneRow[];
  /** Zone by interface. */
  readonly zoneOf: ReadonlyMap<string, string>;
}

export interface ZoneRow {
  readonly name: string;
  readonly members: readonly string[];
  readonly intrazone: 'permit' | 'deny';
  readonly line: number;
}

/** Interfaces of the virtual domain: its own tables first, then those that `config global` gives it. */
export function interfaceNodes(scope: DeviceScope): readonly ConfigNode[] {
  const nodes = new Map<string, ConfigNode>();
  for (const node of scope.allEntries('system interface')) {
    const vdom = firstValue(node, 'vdom');
    if (scope.vdom !== null && vdom !== undefined && vdom !== scope.vdom) continue;
    if (!nodes.has(node.name)) nodes.set(node.name, node);
  }
  return [...nodes.values()];
}

/** Zones and SD-WAN zones. An SD-WAN member without a zone is in `virtual-wan-link`. */
export function readMembership(scope: DeviceScope): Membership {
  const zones = new Map<string, ZoneRow>();
  for (const node of scope.allEntries('system zone')) {
    const intrazone = firstValue(node, 'intrazone') === 'allow' ? 'permit' : 'deny';
    zones.set(node.name, {
      name: node.name,
      members: valuesOf(node, 'interface'),
      intrazone,
      line: node.line,
    });
  }
  for (const path of ['system sdwan', 'system virtual-wan-link']) {
    const table = scope.node(path);
    if (table === undefined || firstValue(table, 'status') === 'disable') continue;
    for (const zone of entriesOf(table, 'zone')) {
      if (!zones.has(zone.name)) zones.set(zone.name, sdwanZone(zone.name, [], zone.line));
    }
    for (const member of entriesOf(table, 'members')) {
      const name = firstValue(member, 'zone') ?? 'virtual-wan-link';
      const before = zones.get(name);
      const members = [...(before?.members ?? []), ...valuesOf(member, 'interface')];
      zones.set(name, sdwanZone(name, members, before?.line ?? member.line));
    }
  }
  const rows = [...zones.values()];
  return {
    zones: rows,
    zoneOf: new Map(rows.flatMap(({ name, members }) => members.map((each) => [each, name]))),
  };
}

function sdwanZone(name: string, members: readonly string[], line: number): ZoneRow {
  return { name, members, intrazone: 'deny', line };
}

/** What an interface is judged with. */
export interface InterfaceContext {
  readonly scope: DeviceScope;
  readonly membership: Membership;
  readonly routes: DefaultRoutes;
  /** Interfaces that high availability sets aside for management. */
  readonly reserved: ReadonlySet<string>;
  /** Those of a cluster in a cloud. */
  readonly mapped: ReadonlySet<string>;
  /** The bridge that an interface is a port of. */
  readonly bridgeOf: (node: ConfigNode) => string | null;
  /** Whether a tunnel of the file ends in an interface, or the appliance keeps it for tunnels that are not set up. */
  readonly ends: (node: ConfigNode, uplink: Uplink) => boolean;
}

/** Interfaces that carry management only: of one unit of a cluster, or on models with a port for it. */
export function reservedInterfaces(scope: DeviceScope): ReadonlySet<string> {
  const cluster = scope.node('system ha');
  const set = isOn(firstValue(cluster, 'ha-mgmt-status')) === true;
  const listed = entriesOf(cluster, 'ha-mgmt-interfaces').flatMap((node) => valuesOf(node, 'interface'));
  const dedicated = scope.node('system dedicated-mgmt');
  return new Set([
    ...(set ? [...listed, ...valuesOf(cluster, 'ha-mgmt-interface')] : []),
    ...(isOn(firstValue(dedicated, 'status')) === true ? valuesOf(dedicated, 'interface') : []),
  ]);
}

/**
 * Of these, the ones of a cluster in a cloud that have a gateway to everywhere. Providers pass no broadcasts, so that
 * the units of a cluster talk `unicast-hb`, and map public addresses to private ones, to each unit's port for management
 * as a rule (FortiGate public cloud guides, deploying active-passive HA).
 */
export function mappedInterfaces(scope: DeviceScope): ReadonlySet<string> {
  const cluster = scope.node('system ha');
  if (
    isOn(firstValue(cluster, 'ha-mgmt-status')) !== true ||
    isOn(firstValue(cluster, 'unicast-hb')) !== true
  )
    return new Set();
  const leading = entriesOf(cluster, 'ha-mgmt-interfaces').filter(
    (node) => !isZero(firstValue(node, 'gateway')) && isZero(firstValue(node, 'dst')),
  );
  const older = isZero(firstValue(cluster, 'ha-mgmt-interface-gateway'))
    ? []
    : valuesOf(cluster, 'ha-mgmt-interface');
  return new Set([...leading.flatMap((node) => valuesOf(node, 'interface')), ...older]);
}

export function readInterface(context: InterfaceContext, node: ConfigNode): InterfaceRow {
  const { scope, membership, routes, reserved, mapped, bridgeOf, ends } = context;
  const ipv4 = ipv4Of(scope, node);
  const ipv6 = ipv6Of(scope, node);
  const managed = firstValue(node, 'dedicated-to') === 'management' || reserved.has(node.name);
  const flags = flagsOf(scope, node);
  const uplink = routes.of(node);
  const bridge = managed ? null : bridgeOf(node);
  const bridged = bridge !== null && bridge !== node.name;
  const role: InterfaceRole = roleOf({
    node,
    ipv4,
    ipv6,
    managed,
    mapped: mapped.has(node.name),
    uplink,
    elsewhere: routes.leadElsewhere(node),
    sendsOut: routes.sendOut(node),
    bridged,
    ends: ends(node, uplink),
  });
  const vrf = firstValue(node, 'vrf');
  const built: Interface = {
    name: node.name,
    zone: membership.zoneOf.get(node.name) ?? null,
    ...(bridge === null ? {} : { bridge }),
    routingInstance: vrf === undefined || vrf === '0' ? 'main' : `vrf ${vrf}`,
    ipv4,
    ipv6,
    plane: managed ? 'management' : 'data',
    enabled: isUp(scope, node),
    gateways: uplink.gateways,
    role,
    managementFlags: [
      ...new Set(flags.flatMap(({ words }) => words.flatMap((word) => canonicalService(word) ?? []))),
    ],
    comment: firstValue(node, 'description') ?? firstValue(node, 'alias') ?? null,
    location: scope.locate(node.line),
  };
  return { interface: built, flags, node };
}

/** A VLAN is down with the port that carries it. */
function isUp(scope: DeviceScope, node: ConfigNode): boolean {
  const carrier = firstValue(node, 'interface');
  if (firstValue(node, 'status') === 'down') return false;
  if (carrier === undefined) return true;
  const carriers = scope.allEntries('system interface').filter(({ name }) => name === carrier);
  return !carriers.some((each) => firstValue(each, 'status') === 'down');
}

/** Zones with the role of their least trusted member: an entry must not be lost in a mixed zone. */
export function toZones(
  scope: DeviceScope,
  membership: Membership,
  rows: readonly InterfaceRow[],
): readonly Zone[] {
  const roles = new Map(rows.map((row) => [row.interface.name, row.interface.role]));
  return membership.zones.map(({ name, members, intrazone, line }) => {
    const inside = members.flatMap((member): readonly (readonly [string, Role])[] => {
      const role = roles.get(member);
      return role === undefined ? [] : [[member, role]];
    });
    return { name, role: worstRole(inside), intrazone, origin: 'user', location: scope.locate(line) };
  });
}

/** In a transparent domain every interface answers at the management address of the domain. */
function transparentAddress(scope: DeviceScope, attribute: 'manageip' | 'manageip6'): string | null {
  if (!isTransparent(scope)) return null;
  return cidrOf(
    valuesOf(scope.node('system settings'), attribute)
      .flatMap((value) => value.split('/'))
      .slice(0, 2),
  );
}

/** IPv6 addresses that other tables give an interface: the end of a 6in4 tunnel, a transparent domain. */
function ipv6Elsewhere(scope: DeviceScope, { name }: ConfigNode): readonly string[] {
  const tunnels = scope.allEntries('system sit-tunnel').filter((tunnel) => tunnel.name === name);
  const ends = tunnels.flatMap((tunnel) => valuesOf(tunnel, 'ip6').slice(0, 1));
  return [...ends, transparentAddress(scope, 'manageip6') ?? '::'];
}

function ipv4Of(scope: DeviceScope, node: ConfigNode): InterfaceAddress {
  const mode = firstValue(node, 'mode') ?? 'static';
  if (mode === 'dhcp' || mode === 'pppoe') {
    const last = isZero(firstValue(node, 'ip')) ? null : (firstValue(node, 'ip') ?? null);
    return { kind: 'dynamic', method: mode === 'dhcp' ? 'DHCP' : 'PPPoE', last };
  }
  const cidrs: string[] = [];
  const add = (from: ConfigNode, attribute: string): boolean => {
    const values = valuesOf(from, attribute);
    if (isZero(values[0])) return true;
    const cidr = cidrOf(values);
    if (cidr !== null) cidrs.push(cidr);
    else
      scope.log.note(
        'malformed-value',
        'the address of an interface cannot be read',
        scope.locate(lineOf(from, attribute)),
      );
    return cidr !== null;
  };
  const transparent = transparentAddress(scope, 'manageip');
  if (transparent !== null) cidrs.push(transparent);
  const read = [add(node, 'ip'), add(node, 'management-ip')];
  for (const secondary of secondaryNodes(node)) read.push(add(secondary, 'ip'));
  for (const virtual of entriesOf(node, 'vrrp')) read.push(add(virtual, 'vrip'));
  if (read.includes(false)) return { kind: 'unknown', reason: 'its address cannot be read' };
  // The end of a client of SSL VPN: the server hands out its address.
  if (cidrs.length === 0 && firstValue(node, 'type') === 'ssl')
    return { kind: 'dynamic', method: 'SSL VPN', last: null };
  return cidrs.length === 0 ? { kind: 'none' } : { kind: 'static', cidrs: [...new Set(cidrs)] };
}

function secondaryNodes(node: ConfigNode): readonly ConfigNode[] {
  return isOn(firstValue(node, 'secondary-IP')) === false ? [] : entriesOf(node, 'secondaryip');
}

function ipv6Of(scope: DeviceScope, node: ConfigNode): InterfaceAddress {
  const ipv6 = node.tables.get('ipv6');
  const mode = firstValue(ipv6, 'ip6-mode') ?? 'static';
  if (mode !== 'static') return { kind: 'dynamic', method: mode === 'dhcp' ? 'DHCPv6' : mode, last: null };
  const texts = [
    ...valuesOf(ipv6, 'ip6-address').slice(0, 1),
    ...entriesOf(ipv6, 'ip6-extra-addr').map(({ name }) => name),
    ...ipv6Elsewhere(scope, node),
  ];
  const stated = texts.filter((text) => !isZero(text));
  const cidrs = stated.flatMap((text) => cidrOf([text]) ?? []);
  for (const virtual of entriesOf(ipv6, 'vrrp6'))
    cidrs.push(...valuesOf(virtual, 'vrip6').flatMap((text) => cidrOf([text]) ?? []));
  if (cidrs.length < stated.length) {
    scope.log.note(
      'malformed-value',
      'the address of an interface cannot be read',
      scope.locate(lineOf(ipv6 ?? node, 'ip6-address')),
    );
    return { kind: 'unknown', reason: 'its address cannot be read' };
  }
  if (cidrs.length > 0) return { kind: 'static', cidrs: [...new Set(cidrs)] };
  if (isOn(firstValue(ipv6, 'autoconf')) === true) return { kind: 'dynamic', method: 'SLAAC', last: null };
  return { kind: 'none' };
}

/** `allowaccess` of the interface, of each secondary address, and of IPv6. */
function flagsOf(scope: DeviceScope, node: ConfigNode): readonly AccessFlags[] {
  const found: AccessFlags[] = [];
  const add = (
    from: ConfigNode,
    attribute: string,
    family: AccessFlags['family'],
    addresses: IpSet | null,
  ): void => {
    const words = valuesOf(from, attribute);
    if (words.length > 0)
      found.push({ family, words, addresses, location: scope.locate(lineOf(from, attribute)) });
  };
  const secondary = secondaryNodes(node);
  const hosts = (attributes: readonly (readonly [ConfigNode, string])[]): IpSet =>
    IpSet.unionOf(attributes.map(([from, name]) => hostOf(cidrOf(valuesOf(from, name)) ?? '')));
  const virtual = entriesOf(node, 'vrrp').map((each) => [each, 'vrip'] as const);
  add(
    node,
    'allowaccess',
    'ipv4',
    secondary.length === 0 ? null : hosts([[node, 'ip'], [node, 'management-ip'], ...virtual]),
  );
  for (const each of secondary) add(each, 'allowaccess', 'ipv4', hosts([[each, 'ip']]));
  const ipv6 = node.tables.get('ipv6');
  if (ipv6 !== undefined) add(ipv6, 'ip6-allowaccess', 'ipv6', null);
  return found;
}
