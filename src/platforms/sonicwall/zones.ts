import type { Interface, Role, Route, Zone } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { KeyReader } from './key-reader.js';
import { isOn, originOf } from './values.js';

/** A zone as the export writes it. */
export interface ZoneRow extends Zone {
  readonly type: string | undefined;
  /** Whether SSL VPN is offered on the zone; null when the export does not say. */
  readonly sslVpn: boolean | null;
}

/** By `zoneObjZoneType`, and never by name. */
const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['0', { value: 'untrusted', evidence: 'zone type 0' }],
  ['1', { value: 'trusted', evidence: 'zone type 1' }],
  ['2', { value: 'public', evidence: 'zone type 2' }],
  ['4', { value: 'public', evidence: 'zone type 4, wireless' }],
  ['5', { value: 'tunnel', evidence: 'zone type 5, encrypted' }],
  ['6', { value: 'trusted', evidence: 'zone type 6, multicast: no packet comes in from it' }],
  ['8', { value: 'tunnel', evidence: 'zone type 8, SSL VPN' }],
  ['9', { value: 'management', evidence: 'zone type 9' }],
]);

/** Types whose zones are made by the firmware and hold no interface that leads outside. */
const FIXED_TYPES: ReadonlySet<string> = new Set(['5', '6', '8', '9']);

export function readZones(reader: KeyReader, log: DiagnosticLog): readonly ZoneRow[] {
  const zones = new Map<string, ZoneRow>();
  const twice = typedTwice(reader);
  for (const index of reader.indices('zoneObjId_N', 'zoneObjZoneType_N')) {
    const id = reader.at('zoneObjId_N', index);
    const type = reader.at('zoneObjZoneType_N', index);
    const before = zones.get(id?.text ?? '');
    if (id === undefined || before !== undefined) {
      const trouble = id === undefined ? 'a zone has no name' : 'two zones have one name';
      log.note('missing-value', trouble, id?.location ?? reader.locate('zoneObjZoneType_N', index));
      if (before !== undefined && type !== undefined && before.type !== type.text)
        zones.set(before.name, { ...before, role: DISPUTED });
      continue;
    }
    if (type === undefined) log.note('missing-value', 'a zone has no type', id.location);
    const trust = isOn(reader.at('zoneObjIntraZoneCom_N', index));
    zones.set(id.text, {
      name: id.text,
      role: twice.has(index)
        ? DISPUTED
        : withGuests(roleOf(type?.text), isOn(reader.at('zoneObjEnableGuestServices_N', index)) === true),
      intrazone: trust === null ? null : trust ? 'permit' : 'deny',
      origin: originOf(reader.at('zoneObjProperties_N', index)),
      location: id.location,
      type: type?.text,
      sslVpn: isOn(reader.at('zoneObjSslVpnProfile_N', index)),
    });
  }
  return [...zones.values()];
}

/** Which of two types counts nobody can tell: strangers may stand behind such a zone. */
const DISPUTED: Role = { value: 'unknown', evidence: 'the file gives the zone two types' };

/** Indices at which the key of the type stands again with another value. */
function typedTwice(reader: KeyReader): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { location, differs } of reader.pairs.repeated()) {
    const index = /^zoneObjZoneType_(\d+)$/.exec(location.key ?? '')?.[1];
    if (differs && index !== undefined) found.add(Number(index));
  }
  return found;
}

function roleOf(type: string | undefined): Role {
  if (type === undefined) return { value: 'unknown', evidence: 'the zone has no type in the file' };
  return ROLES.get(type) ?? { value: 'unknown', evidence: 'the zone has a type that is not known' };
}

/** Guest services make guests of whoever is in a zone. */
function withGuests(role: Role, guests: boolean): Role {
  if (!guests || (role.value !== 'trusted' && role.value !== 'public')) return role;
  return { value: 'public', evidence: `${role.evidence}, with guest services` };
}

/** A zone that something refers to and the file does not hold: strangers may stand behind it. */
export function missingZone(name: string, location: Location): ZoneRow {
  return {
    name,
    role: { value: 'unknown', evidence: 'the zone is not in the file' },
    intrazone: null,
    origin: 'unknown',
    location,
    type: undefined,
    sslVpn: null,
  };
}

/** RFC 1918, 6598, loopback and link-local: nobody on the Internet has one of these. */
const PRIVATE = IpSet.of(
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
  '::1',
);

/** Where a zone leads, as far as its interfaces show. */
interface Outlook {
  readonly gateway: string | null;
  readonly publicAddress: string | null;
  readonly privateOnly: boolean;
}

/**
 * SonicOS 7 may number its zone types another way. When no zone of type 0 leads to the Internet and
 * another zone does, the numbers evidently do not hold: default routes and addresses decide then.
 */
export function rolesByEvidence(
  zones: readonly ZoneRow[],
  interfaces: readonly Interface[],
): readonly ZoneRow[] {
  const members = new Map<string, Interface[]>(zones.map((zone) => [zone.name, []]));
  for (const iface of interfaces) if (iface.zone !== null) members.get(iface.zone)?.push(iface);
  const outlooks = new Map([...members].map(([name, inside]) => [name, outlookOf(inside)]));
  const leads = (zone: ZoneRow): boolean => {
    const outlook = outlooks.get(zone.name);
    return outlook !== undefined && (outlook.gateway !== null || outlook.publicAddress !== null);
  };
  const holds = zones.some((zone) => zone.type === '0' && leads(zone));
  if (holds || !zones.some(leads)) return zones;
  return zones.map((zone) => {
    const outlook = outlooks.get(zone.name);
    if (outlook === undefined || FIXED_TYPES.has(zone.type ?? '') || zone.type === undefined) return zone;
    return { ...zone, role: evidentRole(outlook) };
  });
}

function evidentRole(outlook: Outlook): Role {
  const doubt = 'the zone types of this firmware are not verified';
  if (outlook.gateway !== null) {
    return { value: 'untrusted', evidence: `default route on ${outlook.gateway}; ${doubt}` };
  }
  if (outlook.publicAddress !== null) {
    return { value: 'untrusted', evidence: `public address on ${outlook.publicAddress}; ${doubt}` };
  }
  if (outlook.privateOnly) return { value: 'trusted', evidence: `only private addresses; ${doubt}` };
  return { value: 'unknown', evidence: `no interface with an address; ${doubt}` };
}

function outlookOf(members: readonly Interface[]): Outlook {
  const addresses = members.flatMap((iface) =>
    [iface.ipv4, iface.ipv6].flatMap((address) => (address.kind === 'static' ? address.cidrs : [])),
  );
  const isPublic = (cidr: string): boolean => {
    const set = parseIpSet(cidr.replace(/\/.*/, ''));
    return set !== null && !PRIVATE.contains(set);
  };
  const publicOn = members.find((iface) =>
    [iface.ipv4, iface.ipv6].some((address) => address.kind === 'static' && address.cidrs.some(isPublic)),
  );
  return {
    gateway: members.find((iface) => iface.gateways.length > 0)?.name ?? null,
    publicAddress: publicOn?.name ?? null,
    privateOnly: addresses.length > 0 && publicOn === undefined,
  };
}

/**
 * An interface of a trusted or a public zone that has a public address and a default route is an uplink all the same:
 * whoever is on the Internet comes in by it, whatever the type of the zone that somebody chose for it. So is one that
 * dials or leases its address: that is what interfaces of WAN do.
 */
export function uplinkRole(iface: Interface, zone: Role, routes: readonly Route[]): Role | null {
  const inner = zone.value === 'trusted' || zone.value === 'public';
  if (!inner) return null;
  if (iface.enabled && iface.ipv4.kind === 'dynamic') {
    const how = `address by ${iface.ipv4.method}, as uplinks have`;
    return { value: 'untrusted', evidence: `${how}, though zone ${iface.zone} is ${zone.value}` };
  }
  if (outlookOf([iface]).publicAddress === null) return null;
  const networks = IpSet.of(
    ...[iface.ipv4, iface.ipv6].flatMap((each) => (each.kind === 'static' ? each.cidrs : [])),
  );
  const leadsOut = routes.some(({ destination, interface: by, gateway }) => {
    const next = gateway === null ? null : parseIpSet(gateway);
    return (
      destination.endsWith('/0') &&
      (by === iface.name || (by === null && next !== null && networks.contains(next)))
    );
  });
  if (!leadsOut) return null;
  return {
    value: 'untrusted',
    evidence: `public address and default route, though zone ${iface.zone} is ${zone.value}`,
  };
}
