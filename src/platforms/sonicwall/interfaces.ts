import type { Interface, InterfaceAddress, Role } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import { maskToPrefix, parseIpSet } from '../../sets/ip-set.js';
import type { AddressRow } from './address-objects.js';
import { isUnsetV6, v6Text } from './address-objects.js';
import { readBridges } from './bridges.js';
import type { DiagnosticLog } from './diagnostic-log.js';
import type { KeyReader, Value } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { integer, isOn } from './values.js';

/** An interface with what rules and NAT policies call it. */
export interface InterfaceRow {
  readonly interface: Interface;
  /** `iface_ifnum`, as other keys refer to it. */
  readonly number: number | null;
  readonly flags: readonly ManagementFlag[];
}

/** One ticked box. */
export interface ManagementFlag {
  readonly service: string;
  readonly family: 'ipv4' | 'ipv6';
  /** The box is for plain HTTP. */
  readonly plain: boolean;
  readonly location: Location;
}

const UNSET = '0.0.0.0';

/** Reads every slot that has a name or a number; slots may be missing in between. */
export function readInterfaces(
  reader: KeyReader,
  rows: readonly AddressRow[],
  log: DiagnosticLog,
): readonly InterfaceRow[] {
  const systemAddresses = systemAddressesOf(rows);
  const twins = ipv6Twins(reader);
  const zoneOf = zoneReader(reader);
  const peers = peerAddresses(reader);
  const portOf = readBridges(reader);
  const seen = new Set<string>();
  return reader.indices('iface_ifnum_N', 'iface_name_N').flatMap((index) => {
    const name = reader.at('iface_name_N', index);
    if (name === undefined || name.text === '' || seen.has(name.text)) {
      const trouble = seen.has(name?.text ?? '')
        ? 'two interfaces have one name'
        : 'an interface has no name';
      log.note('missing-value', trouble, name?.location ?? reader.locate('iface_name_N', index));
      return [];
    }
    seen.add(name.text);
    const twin = twins(index, name.text);
    const zone = zoneOf(index, twin);
    const flags = managementFlags(reader, index, twin);
    const system = systemAddresses(name.text);
    const number = reader.at('iface_ifnum_N', index);
    const port = portOf(index);
    const own = withPeers(ipv4Of(reader, index, system, log), peers.get(number?.text ?? '') ?? []);
    const built: Interface = {
      name: name.text,
      zone,
      ...(port === null ? {} : { bridge: port.bridge }),
      routingInstance: 'main',
      ipv4: port?.alone === true && own.kind === 'none' ? NO_OTHER_PORT : own,
      ipv6: ipv6Of(reader, twin, log),
      plane: 'data',
      enabled: zone !== null && isOn(reader.at('iface_port_disabled_N', index)) !== true,
      gateways: gatewaysOf(reader, index, twin, system),
      role: NO_ZONE,
      managementFlags: [...new Set(flags.map(({ service }) => service))],
      comment: reader.at('iface_comment_N', index)?.text || null,
      location: name.location,
    };
    return [{ interface: built, number: integer(number?.text), flags }];
  });
}

const NO_OTHER_PORT: InterfaceAddress = {
  kind: 'unknown',
  reason: 'it is bridged to an interface that the file does not hold',
};

const NO_ZONE: Role = { value: 'unknown', evidence: 'no zone: it takes no traffic' };

/** The zone, '' being none; an interface may have one for IPv6 alone. */
function zoneReader(reader: KeyReader): (index: number, twin: number | null) => string | null {
  const zones = new Set(reader.indices('zoneObjId_N').map((index) => reader.at('zoneObjId_N', index)?.text));
  return (index, twin) => {
    const zone = reader.at('interface_Zone_N', index)?.text || null;
    if (zone !== null || twin === null) return zone;
    const zone6 = reader.at('interface_Zone6_N', twin)?.text;
    return zone6 !== undefined && zones.has(zone6) ? zone6 : null;
  };
}

/** What the system objects of an interface show: its address and gateway at the time of the export. */
interface SystemAddresses {
  readonly address: string | null;
  readonly gateway: string | null;
}

function systemAddressesOf(rows: readonly AddressRow[]): (name: string) => SystemAddresses {
  const byName = new Map<string, string>();
  for (const row of rows) {
    if (row.origin === 'user' || row.family !== 'ipv4' || row.kind !== 'host') continue;
    const address = row.first?.text ?? UNSET;
    if (address === UNSET || parseIpSet(address) === null) continue;
    for (const name of [row.id, row.label]) if (!byName.has(name)) byName.set(name, address);
  }
  const primary = new Map([
    ['X1', 'WAN Primary IP'],
    ['X0', 'LAN Primary IP'],
  ]);
  return (name) => ({
    address: byName.get(`${name} IP`) ?? byName.get(primary.get(name) ?? '') ?? null,
    gateway: byName.get(`${name} Default Gateway`) ?? null,
  });
}

/** Where an address of its own kind stands, by the numbers of `iface_type`. */
const STATIC_SOURCES = {
  wan: ['iface_static_ip_N', 'iface_static_mask_N'],
  inner: ['iface_lan_ip_N', 'iface_lan_mask_N'],
  management: ['iface_mgmt_ip_N', 'iface_mgmt_netmask_N'],
} as const satisfies Record<string, readonly [ReadFamily, ReadFamily]>;

type StaticSource = keyof typeof STATIC_SOURCES;

const TYPE_SOURCES: ReadonlyMap<string, readonly StaticSource[]> = new Map([
  ['0', []],
  ['1', ['wan']],
  ['6', ['inner']],
  ['7', ['inner']],
  ['8', ['inner']],
  ['12', ['management', 'inner']],
  ['17', ['management', 'inner']],
]);

function ipv4Of(
  reader: KeyReader,
  index: number,
  system: SystemAddresses,
  log: DiagnosticLog,
): InterfaceAddress {
  const type = reader.at('iface_type_N', index)?.text;
  const method = dynamicMethod(reader, index, type);
  if (method === 'PPPoE' && isOn(reader.at('iface_pppoe_dyn_ip_N', index)) === false) {
    const fixed = reader.at('iface_pppoe_loc_ip_N', index)?.text ?? UNSET;
    if (fixed !== UNSET && parseIpSet(fixed) !== null) return { kind: 'static', cidrs: [`${fixed}/32`] };
  }
  if (method !== null) {
    const leased = method === 'DHCP' ? reader.at('iface_dhcp_ip_N', index)?.text : undefined;
    const last = system.address ?? (leased === UNSET ? null : (leased ?? null));
    return { kind: 'dynamic', method, last };
  }
  const sources = TYPE_SOURCES.get(type ?? '') ?? (['wan', 'inner', 'management'] as const);
  for (const source of sources) {
    const address = staticAddress(reader, index, STATIC_SOURCES[source], log);
    if (address !== null) return address;
  }
  if (type === '0') return { kind: 'none' };
  // The management port of some models has its address in its system object alone.
  const special = type === '12' || type === '17' || (type !== undefined && !TYPE_SOURCES.has(type));
  if (special && system.address !== null) return { kind: 'static', cidrs: [`${system.address}/32`] };
  if (type === undefined || TYPE_SOURCES.has(type) || type === '10') return { kind: 'none' };
  return { kind: 'unknown', reason: 'the interface has a type that is not known' };
}

function dynamicMethod(reader: KeyReader, index: number, type: string | undefined): string | null {
  if (type === '0') return null;
  if (isOn(reader.at('iface_l2tp_enable_N', index)) === true) return 'L2TP';
  if (isOn(reader.at('iface_pptp_enable_N', index)) === true) return 'PPTP';
  if (type === '5') return 'PPPoE';
  if (type === '2' || isOn(reader.at('iface_dhcp_enable_N', index)) === true) return 'DHCP';
  return null;
}

/** Null when the keys hold no address: absent, or 0.0.0.0. */
function staticAddress(
  reader: KeyReader,
  index: number,
  [addressFamily, maskFamily]: readonly [ReadFamily, ReadFamily],
  log: DiagnosticLog,
): InterfaceAddress | null {
  const address = reader.at(addressFamily, index);
  if (address === undefined || address.text === UNSET || address.text === '') return null;
  const mask = reader.at(maskFamily, index);
  const prefix = mask === undefined ? null : maskToPrefix(mask.text);
  if (address.text.includes(':') || parseIpSet(`${address.text}/32`) === null) {
    log.note('malformed-value', 'an interface has an address that cannot be read', address.location);
    return { kind: 'unknown', reason: 'its address cannot be read' };
  }
  if (prefix !== null) return { kind: 'static', cidrs: [`${address.text}/${prefix}`] };
  const code = mask === undefined ? 'missing-value' : 'malformed-value';
  log.note(code, 'an interface has an address without a readable mask', address.location);
  return { kind: 'static', cidrs: [`${address.text}/32`] };
}

/** In a failover pair, each unit may answer to administrators at an address of its own. */
function peerAddresses(reader: KeyReader): ReadonlyMap<string, readonly string[]> {
  const peers = new Map<string, readonly string[]>();
  for (const index of reader.indices('haIfNum_N')) {
    if (isOn(reader.at('haIfIsMgmtAllowed_N', index)) !== true) continue;
    const cidrs = [reader.at('haPrimaryIp_N', index), reader.at('haBackupIp_N', index)].flatMap(peerCidr);
    const number = reader.at('haIfNum_N', index)?.text ?? '';
    peers.set(number, [...(peers.get(number) ?? []), ...cidrs]);
  }
  return peers;
}

function withPeers(address: InterfaceAddress, peers: readonly string[]): InterfaceAddress {
  if (address.kind !== 'static' || peers.length === 0) return address;
  return { kind: 'static', cidrs: [...new Set([...address.cidrs, ...peers])] };
}

function peerCidr(value: Value | undefined): readonly string[] {
  if (value === undefined || value.text === UNSET || value.text.includes(':')) return [];
  return parseIpSet(`${value.text}/32`) === null ? [] : [`${value.text}/32`];
}

function gatewaysOf(
  reader: KeyReader,
  index: number,
  twin: number | null,
  system: SystemAddresses,
): readonly string[] {
  const type = reader.at('iface_type_N', index)?.text;
  const method = dynamicMethod(reader, index, type);
  const found = new Set<string>();
  if (method !== null) {
    found.add(system.gateway ?? reader.at('iface_dhcp_gateway_N', index)?.text ?? UNSET);
  } else if (type === '1' || type === undefined) {
    found.add(reader.at('iface_static_gateway_N', index)?.text ?? UNSET);
  }
  if (twin !== null) found.add(v6Text(reader.at('iface_static6_gateway_N', twin)?.text ?? ''));
  return [...found].filter(
    (gateway) => !isUnsetV6(gateway) && gateway !== UNSET && parseIpSet(gateway) !== null,
  );
}

/** Slot of the IPv6 settings of an interface: by its name, else by its number, else by its slot. */
function ipv6Twins(reader: KeyReader): (index: number, name: string) => number | null {
  const slots = reader.indices('iface_ifnum6_N', 'iface_name6_N');
  const byName = new Map<string, number>();
  const byNumber = new Map<string, number | null>();
  for (const slot of slots) {
    const name = reader.at('iface_name6_N', slot)?.text;
    if (name !== undefined && !byName.has(name)) byName.set(name, slot);
    const number = reader.at('iface_ifnum6_N', slot)?.text;
    // A number that occurs twice names no interface.
    if (number !== undefined) byNumber.set(number, byNumber.has(number) ? null : slot);
  }
  const known = new Set(slots);
  return (index, name) => {
    const named = byName.get(name);
    if (named !== undefined) return named;
    const numbered = byNumber.get(reader.at('iface_ifnum_N', index)?.text ?? '');
    return numbered ?? (known.has(index) ? index : null);
  };
}

function ipv6Of(reader: KeyReader, twin: number | null, log: DiagnosticLog): InterfaceAddress {
  if (twin === null) {
    // Firmware with IPv6 rules always writes the IPv6 settings too: here somebody took them out.
    const removed = reader.has('policyActionV6_N') && !reader.has('iface_ifnum6_N');
    return removed ? { kind: 'unknown', reason: 'IPv6 settings are not in the file' } : { kind: 'none' };
  }
  if (isOn(reader.at('iface_disable_v6traffic_N', twin)) === true) return { kind: 'none' };
  if (isOn(reader.single('GlobalDropV6Traffic')) === true) return { kind: 'none' };
  const address = reader.at('iface_static6_ip_N', twin);
  const text = v6Text(address?.text ?? '');
  const automatic =
    isOn(reader.at('iface_auto6_enable_N', twin)) === true ||
    isOn(reader.at('iface_statless_autocfg_N', twin)) === true;
  const leased = isOn(reader.at('iface_dhcpc6_enable_N', twin)) === true;
  if (leased || automatic)
    return { kind: 'dynamic', method: leased ? 'DHCPv6' : 'SLAAC', last: isUnsetV6(text) ? null : text };
  if (address === undefined || isUnsetV6(text)) return { kind: 'none' };
  const prefix = integer(reader.at('iface_static6_prefixlen_N', twin)?.text) ?? 128;
  if (text.includes(':') && parseIpSet(`${text}/${prefix}`) !== null) {
    return { kind: 'static', cidrs: [`${text}/${prefix}`] };
  }
  log.note('malformed-value', 'an interface has an IPv6 address that cannot be read', address.location);
  return { kind: 'unknown', reason: 'its IPv6 address cannot be read' };
}

const FLAGS_V4: readonly (readonly [string, ReadFamily])[] = [
  ['https-management', 'iface_https_mgmt_N'],
  ['http-management', 'iface_http_mgmt_N'],
  ['ssh-management', 'iface_ssh_mgmt_N'],
  ['snmp', 'iface_snmp_mgmt_N'],
  ['ping', 'iface_ping_mgmt_N'],
  ['user-login', 'iface_https_usrLogin_N'],
  ['user-login', 'iface_http_usrLogin_N'],
  ['http-redirect', 'iface_http_redirect_rule_N'],
];

const FLAGS_V6: readonly (readonly [string, ReadFamily])[] = [
  ['https-management', 'iface_https6_mgmt_N'],
  ['http-management', 'iface_http6_mgmt_N'],
  ['ssh-management', 'iface_ssh6_mgmt_N'],
  ['snmp', 'iface_snmp6_mgmt_N'],
  ['ping', 'iface_ping6_mgmt_N'],
  ['user-login', 'iface_https6_usrLogin_N'],
  ['user-login', 'iface_http6_usrLogin_N'],
  ['http-redirect', 'iface_http6_redirect_rule_N'],
];

function managementFlags(reader: KeyReader, index: number, twin: number | null): readonly ManagementFlag[] {
  return [
    ...tickedFlags(reader, index, 'ipv4', FLAGS_V4),
    ...(twin === null ? [] : tickedFlags(reader, twin, 'ipv6', FLAGS_V6)),
  ];
}

function tickedFlags(
  reader: KeyReader,
  index: number,
  family: 'ipv4' | 'ipv6',
  families: readonly (readonly [string, ReadFamily])[],
): readonly ManagementFlag[] {
  const ticked = families.flatMap(([service, name]) => {
    const value = reader.at(name, index);
    if (value === undefined || isOn(value) !== true) return [];
    return [{ service, family, plain: /^iface_http6?_/.test(name), location: value.location }];
  });
  // The redirect box counts only where there is something to redirect to.
  const web = ticked.some(({ service }) => service === 'https-management' || service === 'user-login');
  return ticked.filter(({ service }) => service !== 'http-redirect' || web);
}
