import type { Interface, Tunnel } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import type { AddressObject } from '../../model/objects.js';
import type { AccessRule, Listener } from '../../model/policy.js';
import { parseIpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { InterfaceRow } from './interfaces.js';
import type { KeyReader } from './key-reader.js';
import type { RuleRow } from './rules.js';
import type { ServiceBook } from './service-objects.js';
import { integer, isOn } from './values.js';
import type { ZoneRow } from './zones.js';

const TCP = 6;
const UDP = 17;

/** What the listeners are worked out from. */
export interface ListenerContext {
  readonly reader: KeyReader;
  readonly services: ServiceBook;
  readonly addressObjects: readonly AddressObject[];
  readonly interfaces: readonly InterfaceRow[];
  readonly zones: readonly ZoneRow[];
  readonly rules: readonly RuleRow[];
  readonly tunnels: readonly Tunnel[];
}

/** A service with where it listens, before it is known on which interfaces. */
interface Offer {
  readonly services: ServiceSet;
  readonly location: Location;
  readonly approximate: readonly string[];
}

/**
 * The appliance's own services. They listen on every interface; whether anybody gets there is for
 * the access rules to say, and a rule made by a person or for GMS needs no ticked box.
 */
export function listenersOf(context: ListenerContext): readonly Listener[] {
  return [
    ...webListeners(context),
    everywhere('ssh-management', 'SSH Management', offer(context, 'SSH Management', 22)),
    ...snmpListener(context),
    ...sslVpnListener(context),
    ...ikeListener(context),
    everywhere('ping', 'Ping', {
      services: ServiceSet.of(1, PortSet.of(8)).union(ServiceSet.of(58, PortSet.of(128))),
      location: objectLocation(context, 'Ping') ?? context.reader.locate('buildNum'),
      approximate: [],
    }),
  ];
}

function objectLocation({ services }: Pick<ListenerContext, 'services'>, name: string): Location | undefined {
  return services.objects.find((object) => object.name === name)?.location;
}

/** The port of a management service is that of its service object; no other key holds it. */
function offer(
  { reader, services }: Pick<ListenerContext, 'reader' | 'services'>,
  object: string,
  factory: number,
): Offer {
  const found = services.managementObject(object);
  if (found !== null) return { ...found, approximate: [] };
  return {
    services: ServiceSet.of(TCP, PortSet.of(factory)),
    location: reader.locate('buildNum'),
    approximate: [`the file holds no service object "${object}": its factory port ${factory} is taken`],
  };
}

function everywhere(service: string, name: string, { services, location, approximate }: Offer): Listener {
  return { service, services, interfaces: null, addresses: null, sources: null, name, location, approximate };
}

/** What answers at the web ports of one interface. */
interface WebAnswer {
  readonly service: string;
  readonly approximate: readonly string[];
}

/**
 * Web management, or only what looks like it. HTTPS with nothing but user login ticked, and reached
 * by automatic rules alone, shows the login page of users. HTTP answers administrators only where it
 * is ticked and switched on for the whole appliance; elsewhere it redirects to HTTPS.
 */
function webListeners(context: ListenerContext): readonly Listener[] {
  const https = offer(context, 'HTTPS Management', 443);
  const http = offer(context, 'HTTP Management', 80);
  const inside = new Set(context.zones.filter(({ role }) => !strangersBehind(role)).map(({ name }) => name));
  const outside = (zone: string) => !inside.has(zone);
  const opened = byPeople(context, https.services, http.services, outside);
  const switchValue = isOn(context.reader.single('allowHttpMgmt'));
  return [
    ...grouped(context, 'HTTPS Management', https, (row) =>
      httpsAnswer(row, opened.https.has(row.interface.name)),
    ),
    ...grouped(context, 'HTTP Management', http, (row) =>
      httpAnswer(row, switchValue ?? true, opened.http.has(row.interface.name)),
    ),
    ...overOtherZones(context, https, http, switchValue ?? true),
  ];
}

/**
 * What a box of a tunnel, or a rule made by a person for what comes out of one or out of a DMZ, opens is
 * administration, whatever the boxes of the interface where it arrives.
 */
function overOtherZones(
  context: ListenerContext,
  https: Offer,
  http: Offer,
  plainAllowed: boolean,
): readonly Listener[] {
  const lessTrusted = context.zones.flatMap(({ name, role }) => (role.value === 'public' ? [name] : []));
  const zones = new Set([...lessTrusted, ...context.tunnels.flatMap(({ ingress }) => ingress?.from ?? [])]);
  const opened = new Map(
    [...zones].map((zone) => [
      zone,
      byPeople(context, https.services, http.services, (from) => from === zone),
    ]),
  );
  const isOpen = (zone: string | null, family: 'https' | 'http') =>
    (opened.get(zone ?? '')?.[family].size ?? 0) > 0;
  const via = (box: string, family: 'https' | 'http') => [
    ...context.tunnels.flatMap(({ management, ingress }) => {
      if (ingress === undefined) return [];
      const open = ingress.from.some((zone) => isOpen(zone, family));
      return management.includes(box) || open ? [ingress.interface] : [];
    }),
    ...context.interfaces.flatMap(({ interface: { name, zone } }) =>
      lessTrusted.includes(zone ?? '') && isOpen(zone, family) ? [name] : [],
    ),
  ];
  const secure = via('https-management', 'https');
  const plain = plainAllowed ? via('http-management', 'http') : [];
  return [
    ...(secure.length === 0
      ? []
      : [{ ...everywhere('https-management', 'HTTPS Management', https), via: secure }]),
    ...(plain.length === 0
      ? []
      : [{ ...everywhere('http-management', 'HTTP Management', http), via: plain }]),
  ];
}

function ticked(row: InterfaceRow, service: string): boolean {
  return row.flags.some((flag) => flag.service === service);
}

function httpsAnswer(row: InterfaceRow, openedByPeople: boolean): WebAnswer {
  const loginOnly = ticked(row, 'user-login') && !ticked(row, 'https-management') && !openedByPeople;
  return { service: loginOnly ? 'user-login' : 'https-management', approximate: [] };
}

function httpAnswer(row: InterfaceRow, allowed: boolean, openedByPeople: boolean): WebAnswer {
  if (allowed && ticked(row, 'http-management')) return { service: 'http-management', approximate: [] };
  if (!allowed || !openedByPeople) {
    const login = row.flags.some(({ service, plain }) => service === 'user-login' && plain);
    return { service: login ? 'user-login' : 'http-redirect', approximate: [] };
  }
  return {
    service: 'http-management',
    approximate: ['HTTP management is not ticked on the interface, and a rule made by a person admits it'],
  };
}

/** One listener for all interfaces that answer alike. */
function grouped(
  context: ListenerContext,
  name: string,
  { services, location, approximate }: Offer,
  answer: (row: InterfaceRow) => WebAnswer,
): readonly Listener[] {
  const groups = new Map<string, { answer: WebAnswer; interfaces: string[] }>();
  for (const row of context.interfaces) {
    const given = answer(row);
    const key = JSON.stringify(given);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { answer: given, interfaces: [row.interface.name] });
    else group.interfaces.push(row.interface.name);
  }
  return [...groups.values()].map(({ answer: given, interfaces }) => ({
    service: given.service,
    services,
    interfaces,
    addresses: null,
    sources: null,
    name,
    location,
    approximate: [...approximate, ...given.approximate],
  }));
}

/** Interfaces at which a rule made by a person, or for GMS, lets those from some zones to the web ports. */
function byPeople(
  context: ListenerContext,
  https: ServiceSet,
  http: ServiceSet,
  comesFrom: (zone: string) => boolean,
): { readonly https: ReadonlySet<string>; readonly http: ReadonlySet<string> } {
  const means = destinationReader(context.addressObjects);
  const byZone = new Map<string | null, Interface[]>();
  for (const { interface: iface } of context.interfaces) {
    byZone.set(iface.zone, [...(byZone.get(iface.zone) ?? []), iface]);
  }
  const all = context.interfaces.map((row) => row.interface);
  const found = { https: new Set<string>(), http: new Set<string>() };
  for (const { rule, from, to } of context.rules) {
    if (!rule.enabled || rule.action.kind !== 'permit' || !needsNoFlag(rule) || rule.transitOnly) continue;
    if (from !== null && !comesFrom(from)) continue;
    const services = serviceSetOf(rule, context.services);
    const forHttps = services.overlaps(https);
    const forHttp = services.overlaps(http);
    if (!forHttps && !forHttp) continue;
    for (const iface of to === null ? all : (byZone.get(to) ?? [])) {
      if (!means(rule, iface)) continue;
      if (forHttps) found.https.add(iface.name);
      if (forHttp) found.http.add(iface.name);
    }
  }
  return found;
}

function strangersBehind(role: ZoneRow['role']): boolean {
  return role.value === 'untrusted' || role.value === 'unknown';
}

function needsNoFlag(rule: AccessRule): boolean {
  return rule.origin === 'user' || rule.origin === 'unknown' || rule.purpose === 'gms';
}

/** Everything that the service side of a rule may mean. */
export function serviceSetOf(rule: Pick<AccessRule, 'service'>, services: ServiceBook): ServiceSet {
  if (rule.service.any) return ServiceSet.ALL;
  const named = rule.service.objects.map((name) => services.setOf(name) ?? ServiceSet.ALL);
  return ServiceSet.unionOf(rule.service.literal === undefined ? named : [...named, rule.service.literal]);
}

/** Whether the destination of a rule takes in an address of an interface; yes when in doubt. */
export function destinationReader(
  addressObjects: readonly AddressObject[],
): (rule: AccessRule, iface: Interface) => boolean {
  const objects = new Map(addressObjects.map((object) => [object.name, object]));
  const leaves = new Map<string, readonly (AddressObject | undefined)[]>();
  function leavesOf(name: string): readonly (AddressObject | undefined)[] {
    const known = leaves.get(name);
    if (known !== undefined) return known;
    const seen = new Set([name]);
    const found: (AddressObject | undefined)[] = [];
    for (const next of seen) {
      const object = objects.get(next);
      if (object?.content.kind === 'group') for (const member of object.content.members) seen.add(member);
      else found.push(object);
    }
    leaves.set(name, found);
    return found;
  }
  return (rule, iface) =>
    rule.destination.any ||
    rule.destination.objects.some((name) => leavesOf(name).some((leaf) => takesIn(leaf, iface)));
}

function takesIn(object: AddressObject | undefined, iface: Interface): boolean {
  if (object === undefined || object.content.kind === 'unknown') return true;
  if (object.content.kind === 'interface') return object.content.interface === iface.name;
  if (object.content.kind === 'group') return false;
  const { addresses } = object.content;
  return [iface.ipv4, iface.ipv6].some(
    (address) =>
      address.kind === 'static' &&
      address.cidrs.some((cidr) => addresses.overlaps(parseIpSet(cidr.replace(/\/.*/, '')) ?? addresses)),
  );
}

/** Port 161 is asked; port 162, in the same service object, is where traps are sent to. */
function snmpListener(context: ListenerContext): readonly Listener[] {
  const { reader } = context;
  const enabled = isOn(reader.single('snmp_Enable'));
  if (enabled === false) return [];
  return [
    everywhere('snmp', 'SNMP', {
      services: ServiceSet.of(UDP, PortSet.of(161)),
      location: objectLocation(context, 'SNMP') ?? reader.locate('snmp_Enable'),
      approximate: enabled === null ? ['the file does not say whether SNMP is on'] : [],
    }),
  ];
}

/** SSL VPN is offered zone by zone; up to 6.1 there is also one switch for the whole appliance. */
function sslVpnListener(context: ListenerContext): readonly Listener[] {
  const { reader, zones, interfaces } = context;
  const port = integer(reader.single('sslvpnSvcPort')?.text);
  const known = port !== null && port > 0 && port < 65_536;
  const services = ServiceSet.of(TCP, PortSet.of(known ? port : 4433));
  const guess = known ? [] : ['the file does not hold the SSL VPN port: its factory port 4433 is taken'];
  const location = objectLocation(context, 'SSLVPN') ?? reader.locate('sslvpnSvcPort');
  const base = { service: 'ssl-vpn', services, addresses: null, sources: null, name: 'SSLVPN', location };
  const offered = new Set(zones.filter(({ sslVpn }) => sslVpn === true).map(({ name }) => name));
  const silent = new Set(zones.filter(({ sslVpn }) => sslVpn === null).map(({ name }) => name));
  const general = isOn(reader.single('SSLVPNServerEnabled')) === true;
  const certain: string[] = [];
  const possible: string[] = [];
  for (const { interface: iface } of interfaces) {
    if (iface.zone !== null && offered.has(iface.zone)) certain.push(iface.name);
    else if (iface.zone !== null && (general || silent.has(iface.zone))) possible.push(iface.name);
  }
  const doubt = 'the file does not say that SSL VPN is offered on the zone';
  return [
    ...(certain.length === 0 ? [] : [{ ...base, interfaces: certain, approximate: guess }]),
    ...(possible.length === 0 ? [] : [{ ...base, interfaces: possible, approximate: [...guess, doubt] }]),
  ];
}

function ikeListener({ reader, services }: ListenerContext): readonly Listener[] {
  if (isOn(reader.single('ipsecEnable')) === false) return [];
  const ports = ServiceSet.of(UDP, PortSet.of(500, 4500));
  const group = services.objects.find(({ name }) => name === 'IKE');
  const named = group?.origin === 'automatic' ? services.setOf('IKE') : null;
  return [
    everywhere('ike', 'IKE', {
      services: named === null || named.isEmpty() ? ports : named,
      location: group?.location ?? reader.locate('ipsecEnable'),
      approximate: [],
    }),
  ];
}
