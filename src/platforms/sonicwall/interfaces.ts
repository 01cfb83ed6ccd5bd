import type { Interface, InterfaceAddress, Role } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { AddressRow } from './address-objects.js';
import { readBridges } from './bridges.js';
import { isClearTunnel } from './clear-tunnels.js';
import {
  gateways6Of,
  gatewaysOf,
  ipv4Of,
  ipv6Of,
  type SystemAddresses,
  standbyAddress,
  systemAddressesOf,
  unitAddresses,
  withUnits,
} from './interface-addresses.js';
import type { KeyReader, Value } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { integer, isOn, isSet } from './values.js';

/** An interface with what rules and NAT policies call it. */
export interface InterfaceRow {
  readonly interface: Interface;
  /** `iface_ifnum`, as other keys refer to it. */
  readonly number: number | null;
  readonly flags: readonly ManagementFlag[];
  /** Where its IPv6 settings and those of a tunnel stand; null: nowhere. */
  readonly slot: number | null;
}

/** One ticked box. */
export interface ManagementFlag {
  readonly service: string;
  readonly family: 'ipv4' | 'ipv6';
  /** The box is for plain HTTP. */
  readonly plain: boolean;
  readonly location: Location;
}

/** What the rows of one export are read with. */
interface RowContext {
  readonly reader: KeyReader;
  readonly log: DiagnosticLog;
  readonly systemAddresses: (name: string) => SystemAddresses;
  readonly twins: (index: number, name: string) => number | null;
  readonly zoneOf: (index: number, twin: number | null) => string | null;
  readonly units: Readonly<Record<'ipv4' | 'ipv6', ReadonlyMap<string, readonly string[]>>>;
  readonly portOf: ReturnType<typeof readBridges>;
}

/**
 * Reads every slot that has a name or a number; slots may be missing in between. Tunnels that carry IPv6 over IPv4
 * have settings of IPv6 alone.
 */
export function readInterfaces(
  reader: KeyReader,
  rows: readonly AddressRow[],
  log: DiagnosticLog,
): readonly InterfaceRow[] {
  const context: RowContext = {
    reader,
    log,
    systemAddresses: systemAddressesOf(rows),
    twins: ipv6Twins(reader),
    zoneOf: zoneReader(reader),
    units: { ipv4: unitAddresses(reader, 'ipv4'), ipv6: unitAddresses(reader, 'ipv6') },
    portOf: readBridges(reader, log),
  };
  const seen = new Set<string>();
  const found = reader.indices('iface_ifnum_N', 'iface_name_N').flatMap((index) => {
    const name = freeName(context, reader.at('iface_name_N', index), seen);
    return name === null ? [] : [readRow(context, index, name)];
  });
  const taken = new Set(found.map(({ slot }) => slot));
  const six = reader
    .indices('iface_ifnum6_N', 'iface_name6_N')
    .filter((slot) => !taken.has(slot) && showsSomething(context, slot))
    .flatMap((slot) => {
      const name = freeName(context, reader.at('iface_name6_N', slot), seen);
      return name === null ? [] : [readSixRow(context, slot, name)];
    });
  noteSecondSubnets(reader, log);
  return [...found, ...six];
}

/** Which interface a second subnet is on, no real export shows: all ten hold 0.0.0.0. */
function noteSecondSubnets(reader: KeyReader, log: DiagnosticLog): void {
  const values = reader.indices('secSubnetIp_N').map((index) => reader.at('secSubnetIp_N', index));
  for (const value of values) {
    if (value === undefined || !isSet(value)) continue;
    log.note(
      'unclassified',
      'a second subnet is not read: it may have an address of the appliance',
      value.location,
    );
  }
}

/** The name of a row; null and a word about it where it has none, or the name of another. */
function freeName({ reader, log }: RowContext, name: Value | undefined, seen: Set<string>): Value | null {
  if (name !== undefined && name.text !== '' && !seen.has(name.text)) {
    seen.add(name.text);
    return name;
  }
  const trouble = seen.has(name?.text ?? '') ? 'two interfaces have one name' : 'an interface has no name';
  log.note('missing-value', trouble, name?.location ?? reader.locate('iface_name_N', 0));
  return null;
}

function readRow(context: RowContext, index: number, name: Value): InterfaceRow {
  const { reader, log, units } = context;
  const slot = context.twins(index, name.text);
  const zone = context.zoneOf(index, slot);
  const flags = managementFlags(reader, index, slot);
  const system = context.systemAddresses(name.text);
  const number = reader.at('iface_ifnum_N', index);
  const port = context.portOf(index);
  const [unit4, unit6] = [units.ipv4, units.ipv6].map((each) => each.get(number?.text ?? '') ?? []);
  const other = [...(unit4 ?? []), ...standbyAddress(reader, index)];
  const own = withUnits(ipv4Of(reader, index, system, log), other);
  const built: Interface = {
    ...BARE,
    name: name.text,
    zone,
    ...(port === null ? {} : { bridge: port.bridge }),
    ipv4: port?.alone === true && own.kind === 'none' ? NO_OTHER_PORT : own,
    ipv6: withUnits(ipv6Of(reader, slot, log), unit6 ?? []),
    enabled: zone !== null && isOn(reader.at('iface_port_disabled_N', index)) !== true,
    gateways: gatewaysOf(reader, index, slot, system),
    managementFlags: servicesOf(flags),
    comment: reader.at('iface_comment_N', index)?.text || null,
    location: name.location,
  };
  return { interface: built, number: integer(number?.text), flags, slot };
}

/** Whether a slot of IPv6 settings that belongs to no other row is an interface: a zone, an address, a tunnel's far end. */
function showsSomething({ reader, log }: RowContext, slot: number): boolean {
  return (
    zone6Of(reader, slot) !== null || ipv6Of(reader, slot, log).kind !== 'none' || isClearTunnel(reader, slot)
  );
}

function readSixRow({ reader, log }: RowContext, slot: number, name: Value): InterfaceRow {
  const zone = reader.at('interface_Zone6_N', slot)?.text || null;
  const flags = tickedFlags(reader, slot, 'ipv6', FLAGS_V6);
  const built: Interface = {
    ...BARE,
    name: name.text,
    zone,
    ipv4: { kind: 'none' },
    ipv6: ipv6Of(reader, slot, log),
    enabled: zone !== null,
    gateways: gateways6Of(reader, slot),
    managementFlags: servicesOf(flags),
    comment: null,
    location: name.location,
  };
  return { interface: built, number: integer(reader.at('iface_ifnum6_N', slot)?.text), flags, slot };
}

function servicesOf(flags: readonly ManagementFlag[]): readonly string[] {
  return [...new Set(flags.map(({ service }) => service))];
}

const NO_OTHER_PORT: InterfaceAddress = {
  kind: 'unknown',
  reason: 'it is bridged to an interface that the file does not hold',
};

const NO_ZONE: Role = { value: 'unknown', evidence: 'no zone: it takes no traffic' };

/** What every interface of this platform is. */
const BARE = { routingInstance: 'main', plane: 'data', role: NO_ZONE } as const;

/** The zone, '' being none; an interface may have one for IPv6 alone. */
function zoneReader(reader: KeyReader): RowContext['zoneOf'] {
  return (index, twin) => {
    const zone = reader.at('interface_Zone_N', index)?.text || null;
    return zone !== null || twin === null ? zone : zone6Of(reader, twin);
  };
}

/** The zone of IPv6 settings, where it is a zone of the file. */
function zone6Of(reader: KeyReader, slot: number): string | null {
  const zone = reader.at('interface_Zone6_N', slot)?.text;
  const zones = reader.indices('zoneObjId_N').map((index) => reader.at('zoneObjId_N', index)?.text);
  return zone !== undefined && zones.includes(zone) ? zone : null;
}

/**
 * Slot of the IPv6 settings of an interface: by its name, else by its number, else by its slot. A slot with a name
 * that nobody else has is somebody else's.
 */
function ipv6Twins(reader: KeyReader): (index: number, name: string) => number | null {
  const slots = reader.indices('iface_ifnum6_N', 'iface_name6_N');
  const byName = new Map<string, number>();
  const byNumber = new Map<string, number | null>();
  const shared = new Set<string>();
  for (const slot of slots) {
    const name = reader.at('iface_name6_N', slot)?.text;
    if (name !== undefined && byName.has(name)) shared.add(name);
    if (name !== undefined && !byName.has(name)) byName.set(name, slot);
    const number = reader.at('iface_ifnum6_N', slot)?.text;
    // A number that occurs twice names no interface.
    if (number !== undefined) byNumber.set(number, byNumber.has(number) ? null : slot);
  }
  const nameless = (slot: number) => {
    const name = reader.at('iface_name6_N', slot)?.text ?? '';
    return name === '' || shared.has(name);
  };
  const known = new Set(slots.filter(nameless));
  return (index, name) => {
    const named = byName.get(name);
    if (named !== undefined) return named;
    const numbered = byNumber.get(reader.at('iface_ifnum_N', index)?.text ?? '');
    return numbered ?? (known.has(index) ? index : null);
  };
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
