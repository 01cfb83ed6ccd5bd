import type { InterfaceAddress } from '../../model/firewall-config.js';
import { maskToPrefix, parseIpSet } from '../../sets/ip-set.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { AddressRow } from './address-objects.js';
import { isUnsetV6, v6Text } from './address-objects.js';
import { isClearTunnel } from './clear-tunnels.js';
import type { KeyReader, Value } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { integer, isOn, isSet } from './values.js';

const UNSET = '0.0.0.0';

/** What the system objects of an interface show: its address and gateway at the time of the export. */
export interface SystemAddresses {
  readonly address: string | null;
  readonly gateway: string | null;
}

export function systemAddressesOf(rows: readonly AddressRow[]): (name: string) => SystemAddresses {
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

export function ipv4Of(
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
  if (type === undefined || TYPE_SOURCES.has(type) || type === MODEM) return { kind: 'none' };
  return { kind: 'unknown', reason: 'the interface has a type that is not known' };
}

/** A modem, 3G, 4G or analogue: U0, U1, M0. */
const MODEM = '10';

function dynamicMethod(reader: KeyReader, index: number, type: string | undefined): string | null {
  if (type === '0') return null;
  // It dials when the other uplinks fail, and the carrier hands an address out. Without a zone it takes no traffic.
  if (type === MODEM && isSet(reader.at('interface_Zone_N', index))) return 'mobile network';
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

/** Where the addresses of the units of a failover pair stand, in each family. */
const UNITS = {
  ipv4: ['haIfNum_N', 'haIfIsMgmtAllowed_N', 'haPrimaryIp_N', 'haBackupIp_N'],
  ipv6: ['haIfNumV6_N', 'haIfIsMgmtAllowedV6_N', 'haPrimaryIpV6_N', 'haBackupIpV6_N'],
} as const satisfies Record<string, readonly [ReadFamily, ReadFamily, ReadFamily, ReadFamily]>;

/** In a failover pair, each unit may answer to administrators at an address of its own: these, by interface number. */
export function unitAddresses(
  reader: KeyReader,
  family: keyof typeof UNITS,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const [numbers, allowed, primary, backup] = UNITS[family];
  for (const index of reader.indices(numbers)) {
    if (isOn(reader.at(allowed, index)) !== true) continue;
    const cidrs = [reader.at(primary, index), reader.at(backup, index)].flatMap((value) =>
      unitCidr(value, family),
    );
    const number = reader.at(numbers, index)?.text ?? '';
    found.set(number, [...(found.get(number) ?? []), ...cidrs]);
  }
  return found;
}

/** An address with those of the units. Where the interface leases its own, theirs are covered by what is not known. */
export function withUnits(address: InterfaceAddress, units: readonly string[]): InterfaceAddress {
  if (units.length === 0) return address;
  if (address.kind === 'none') return { kind: 'static', cidrs: [...new Set(units)] };
  if (address.kind !== 'static') return address;
  return { kind: 'static', cidrs: [...new Set([...address.cidrs, ...units])] };
}

/** The management port of a failover pair may have an address for the unit that stands by. */
export function standbyAddress(reader: KeyReader, index: number): readonly string[] {
  const type = reader.at('iface_type_N', index)?.text ?? '';
  if (TYPE_SOURCES.get(type)?.includes('management') !== true) return [];
  return unitCidr(reader.at('iface_mgmt_backup_ip_N', index), 'ipv4');
}

function unitCidr(value: Value | undefined, family: keyof typeof UNITS): readonly string[] {
  const text = v6Text(value?.text ?? '');
  if (text === UNSET || isUnsetV6(text) || text.includes(':') !== (family === 'ipv6')) return [];
  const cidr = `${text}/${family === 'ipv6' ? 128 : 32}`;
  return parseIpSet(cidr) === null ? [] : [cidr];
}

export function gatewaysOf(
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
  const four = [...found].filter((gateway) => gateway !== UNSET && parseIpSet(gateway) !== null);
  return [...four, ...(twin === null ? [] : gateways6Of(reader, twin))];
}

/** The next hop of an IPv6 default route. */
export function gateways6Of(reader: KeyReader, slot: number): readonly string[] {
  const gateway = v6Text(reader.at('iface_static6_gateway_N', slot)?.text ?? '');
  return isUnsetV6(gateway) || parseIpSet(gateway) === null ? [] : [gateway];
}

export function ipv6Of(reader: KeyReader, twin: number | null, log: DiagnosticLog): InterfaceAddress {
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
  if (address === undefined || isUnsetV6(text)) return unstatedV6(reader, twin);
  const prefix = integer(reader.at('iface_static6_prefixlen_N', twin)?.text) ?? 128;
  if (text.includes(':') && parseIpSet(`${text}/${prefix}`) !== null) {
    return { kind: 'static', cidrs: [`${text}/${prefix}`] };
  }
  log.note('malformed-value', 'an interface has an IPv6 address that cannot be read', address.location);
  return { kind: 'unknown', reason: 'its IPv6 address cannot be read' };
}

/** Types that real exports hold: those of an interface whose address is written out, or that has none. */
const TYPES6: ReadonlySet<string> = new Set(['', '0', '2']);

/** An interface that writes no IPv6 address out has none, unless its type says that it gets one some other way. */
function unstatedV6(reader: KeyReader, slot: number): InterfaceAddress {
  // The switch for a leased address is on as from the factory; who dials has a name.
  const dials = isOn(reader.at('iface_pppoe6_dyn_ip_N', slot)) === true;
  if (dials && isSet(reader.at('iface_pppoe6_username_N', slot)))
    return { kind: 'dynamic', method: 'PPPoE', last: null };
  if (isClearTunnel(reader, slot))
    return { kind: 'unknown', reason: 'its IPv6 address comes with its tunnel' };
  const type = reader.at('iface_type6_N', slot)?.text ?? '';
  if (TYPES6.has(type)) return { kind: 'none' };
  return { kind: 'unknown', reason: 'the interface has an IPv6 type that is not known' };
}
