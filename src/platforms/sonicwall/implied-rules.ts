import type { Interface, Role } from '../../model/firewall-config.js';
import type { Location, Origin } from '../../model/location.js';
import type { AddressMatch, AddressObject, ServiceMatch } from '../../model/objects.js';
import type { AccessRule } from '../../model/policy.js';
import { parseIpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { InterfaceRow, ManagementFlag } from './interfaces.js';
import type { KeyReader } from './key-reader.js';
import { destinationReader, serviceSetOf } from './listeners.js';
import type { RuleRow } from './rules.js';
import type { ServiceBook } from './service-objects.js';
import { integer, isOn } from './values.js';
import type { ZoneRow } from './zones.js';

/** Rules that the flags stand for, and the objects that these rules name. */
export interface ImpliedRules {
  readonly rules: readonly RuleRow[];
  readonly objects: readonly AddressObject[];
}

const NOT_A_PERSON: ReadonlySet<Origin> = new Set<Origin>(['automatic', 'unknown']);
const ANYBODY: ReadonlySet<Origin> = new Set<Origin>(['automatic', 'unknown', 'user', 'implied']);

const TCP = 6;

/** What the appliance writes into the rule of a ticked box, and its factory ports. */
const SERVICES: ReadonlyMap<string, readonly [string, ServiceSet]> = new Map([
  ['https-management', ['HTTPS Management', ServiceSet.of(TCP, PortSet.of(443))]],
  ['http-management', ['HTTP Management', ServiceSet.of(TCP, PortSet.of(80))]],
  ['http-redirect', ['HTTP Management', ServiceSet.of(TCP, PortSet.of(80))]],
  ['ssh-management', ['SSH Management', ServiceSet.of(TCP, PortSet.of(22))]],
  ['snmp', ['SNMP', ServiceSet.of(17, PortSet.of([161, 162]))]],
  ['ping', ['Ping', ServiceSet.of(1, PortSet.of(8)).union(ServiceSet.of(58, PortSet.of(128)))]],
]);

/**
 * Whether the rules that the appliance made by itself are in the file: `written` by the format, `left-out`
 * by it, or `expected`, where a file without any was edited.
 */
export type AutomaticRules = 'written' | 'left-out' | 'expected';

/** What the implied rules are worked out from. */
export interface ImpliedContext {
  readonly reader: KeyReader;
  readonly interfaces: readonly InterfaceRow[];
  readonly zones: readonly ZoneRow[];
  readonly rules: readonly RuleRow[];
  readonly addressObjects: readonly AddressObject[];
  readonly services: ServiceBook;
  readonly automaticRules: AutomaticRules;
}

/**
 * A whole export holds the rule that the appliance wrote for each ticked box, and that rule decides.
 * Where it holds no automatic rule at all, by its format or because somebody took them out, every box is
 * taken as open to everybody, unless the file shows a rule for it all the same. Where it holds others, so is
 * a box for administration, on an interface that others than those inside are behind.
 */
export function impliedRules(context: ImpliedContext): ImpliedRules {
  const { interfaces, rules, addressObjects, services, automaticRules } = context;
  // Answers do not say of every rule who made it: there, any rule for a box stands for it.
  const origins = automaticRules === 'written' ? ANYBODY : NOT_A_PERSON;
  const some = automaticRules === 'written' || rules.some(({ rule }) => rule.origin === 'automatic');
  const shown = shownRules(context, origins);
  const outside = outsideOf(context);
  const counts = some ? administers(outside) : () => true;
  const implied: RuleRow[] = [];
  const objects: AddressObject[] = [];
  for (const row of interfaces) {
    const { zone } = row.interface;
    if (zone === null) continue;
    const missing = row.flags.filter(
      (flag) => counts(row.interface, flag) && !shown(row.interface, zone, boxOf(flag, services)),
    );
    const made = serverRules(context, row, zone).filter(
      (server) =>
        automaticRules === 'left-out' ||
        (some &&
          server.purpose === 'ssl-vpn' &&
          outside(row.interface) &&
          !shown(row.interface, zone, server)),
    );
    if (missing.length === 0 && made.length === 0) continue;
    const object = interfaceAddress(row.interface, addressObjects);
    if (!addressObjects.includes(object)) objects.push(object);
    const place = { from: zone, to: zone, priority: -1 };
    for (const flag of missing) {
      implied.push({ rule: impliedRule(row, zone, flag, object, services, automaticRules), ...place });
    }
    for (const server of made) implied.push({ rule: serverRule(row, zone, server, object), ...place });
  }
  return { rules: implied, objects };
}

/**
 * The rule of interface trust, which stands below all others of a zone with itself, where the format leaves out what
 * the appliance made by itself: a zone of strangers may have it ticked too.
 */
export function trustRules({
  zones,
  automaticRules,
}: Pick<ImpliedContext, 'zones' | 'automaticRules'>): readonly RuleRow[] {
  if (automaticRules !== 'left-out') return [];
  const trusting = zones.filter(({ intrazone }) => intrazone === 'permit');
  return trusting.flatMap(({ name: zone, location }) =>
    (['ipv4', 'ipv6'] as const).map((family): RuleRow => {
      const rule: AccessRule = {
        ...bareRule(`${zone} to ${zone}, interface trust`, null, { any: true, objects: [], negated: false }),
        family,
        purpose: 'interface-trust',
        approximate: ['the automatic rule is not in the file: taken from the switch of the zone'],
        location,
      };
      return { rule, from: zone, to: zone, priority: Number.MAX_SAFE_INTEGER };
    }),
  );
}

const ADMINISTRATION: ReadonlySet<string> = new Set([
  'https-management',
  'http-management',
  'ssh-management',
  'snmp',
]);

/** Whether others than those inside come by an interface, to an address of it; of a family with rules. */
type Outside = (iface: Interface, family?: ManagementFlag['family']) => boolean;

/** Zones by which others than those inside come: a numbered interface of a tunnel is in one for tunnels. */
const OTHERS: ReadonlySet<Role['value']> = new Set<Role['value']>([
  'untrusted',
  'unknown',
  'public',
  'tunnel',
]);

function outsideOf({ zones, rules }: ImpliedContext): Outside {
  const families = new Set(rules.map(({ rule }) => rule.family));
  const names = new Set(zones.filter(({ role: { value } }) => OTHERS.has(value)).map(({ name }) => name));
  return (iface, family = 'ipv4') =>
    iface.enabled && iface[family].kind !== 'none' && families.has(family) && names.has(iface.zone ?? '');
}

/** Boxes by which others than those inside administer. */
function administers(outside: Outside): (iface: Interface, flag: ManagementFlag) => boolean {
  return (iface, { service, family }) => outside(iface, family) && ADMINISTRATION.has(service);
}

/** A rule that the appliance makes for a server of its own, not for a box of an interface. */
interface ImpliedServer {
  readonly name: string;
  readonly purpose: string;
  readonly service: ServiceMatch;
  readonly source: AddressMatch;
  readonly location: Location;
}

const ANY: AddressMatch = { any: true, objects: [], negated: false };

/** IKE and GMS where strangers stand, SSL VPN where its zone offers it. */
function serverRules(
  { reader, zones, services }: ImpliedContext,
  { interface: iface }: InterfaceRow,
  zone: string,
): readonly ImpliedServer[] {
  const row = zones.find(({ name }) => name === zone);
  const outside = row?.role.value === 'untrusted' || row?.role.value === 'unknown';
  const found: ImpliedServer[] = [];
  const { location } = iface;
  const named = (name: string): ServiceMatch => ({ any: false, objects: [name], negated: false });
  if (outside && services.setOf('IKE') !== null && isOn(reader.single('ipsecEnable')) !== false) {
    found.push({ name: 'IKE', purpose: 'ike', service: named('IKE'), source: ANY, location });
  }
  if (row?.sslVpn === true && services.setOf('SSLVPN') !== null) {
    const port = integer(reader.single('sslvpnSvcPort')?.text);
    const literal = port === null || port > 65_535 ? null : ServiceSet.of(TCP, PortSet.of(port));
    const service = literal === null ? named('SSLVPN') : { any: false, objects: [], literal, negated: false };
    found.push({ name: 'SSL VPN', purpose: 'ssl-vpn', service, source: ANY, location });
  }
  const gms = reader.single('paramGmsMode');
  if (outside && gms !== undefined && gms.text !== '0') {
    const host = parseIpSet(reader.single('snmp_HostIPGMS')?.text ?? '');
    const source = host === null ? ANY : { any: false, objects: [], literal: host, negated: false };
    const service = named('HTTPS Management');
    found.push({ name: 'GMS', purpose: 'gms', service, source, location: gms.location });
  }
  return found;
}

function serverRule(
  row: InterfaceRow,
  zone: string,
  server: ImpliedServer,
  object: AddressObject,
): AccessRule {
  return {
    ...bareRule(`${zone} to ${zone}, ${server.name} on ${row.interface.name}`, object, server.service),
    source: server.source,
    purpose: server.purpose,
    approximate: ['the automatic rule is not in the file: taken from what is switched on'],
    location: server.location,
  };
}

/**
 * The rules that stand for boxes, whatever source they are limited to, switched on or not. Without property
 * masks, automatic rules cannot be told by their mask; by what they say they can.
 */
function shownRules(
  { rules, addressObjects, services }: ImpliedContext,
  origins: ReadonlySet<Origin>,
): (iface: Interface, zone: string, wanted: Wanted) => boolean {
  const byZone = new Map<string, { rule: AccessRule; services: ServiceSet }[]>();
  for (const { rule, from, to } of rules) {
    if (!origins.has(rule.origin)) continue;
    if (rule.action.kind !== 'permit' || from === null || from !== to) continue;
    if (rule.destination.any || rule.service.any) continue;
    const entry = { rule, services: serviceSetOf(rule, services) };
    byZone.set(from, [...(byZone.get(from) ?? []), entry]);
  }
  const means = destinationReader(addressObjects);
  return (iface, zone, { service, family = 'ipv4' }) => {
    const wanted = serviceSetOf({ service }, services);
    return (byZone.get(zone) ?? []).some(
      (shown) => shown.rule.family === family && shown.services.overlaps(wanted) && means(shown.rule, iface),
    );
  };
}

/** What a rule has to be for; IPv4 where it does not say. */
interface Wanted {
  readonly service: ServiceMatch;
  readonly family?: ManagementFlag['family'];
}

function boxOf(flag: ManagementFlag, services: ServiceBook): Wanted {
  return { service: serviceOf(flag, services), family: flag.family };
}

function serviceOf(flag: ManagementFlag, services: ServiceBook): ServiceMatch {
  const login = flag.plain ? 'http-management' : 'https-management';
  return serviceFor(flag.service === 'user-login' ? login : flag.service, services);
}

/** What the rule of a box names as its service, by the box's canonical id. */
export function serviceFor(box: string, services: ServiceBook): ServiceMatch {
  const known = SERVICES.get(box);
  const [name, factory] = known ?? ['', ServiceSet.ALL];
  if (services.setOf(name) !== null) return { any: false, objects: [name], negated: false };
  return { any: false, objects: [], literal: factory, negated: false };
}

/** The object for the address of an interface: the appliance's own, or one made here. */
export function interfaceAddress(iface: Interface, addressObjects: readonly AddressObject[]): AddressObject {
  const existing = addressObjects.find(
    ({ content }) =>
      content.kind === 'interface' && content.interface === iface.name && content.part === 'address',
  );
  if (existing !== undefined) return existing;
  const taken = new Set(addressObjects.map(({ name }) => name));
  let name = `${iface.name} IP`;
  while (taken.has(name)) name = `${name} (interface)`;
  return {
    name,
    label: name,
    zone: iface.zone,
    content: { kind: 'interface', interface: iface.name, part: 'address' },
    origin: 'implied',
    location: iface.location,
  };
}

function impliedRule(
  row: InterfaceRow,
  zone: string,
  flag: ManagementFlag,
  object: AddressObject,
  services: ServiceBook,
  automaticRules: AutomaticRules,
): AccessRule {
  const name = `${zone} to ${zone}, ${flag.service} ticked on ${row.interface.name}`;
  const hidden = automaticRules === 'left-out' ? '; a source it is limited to would not be visible' : '';
  return {
    ...bareRule(name, object, serviceOf(flag, services)),
    family: flag.family,
    approximate: [`the automatic rule is not in the file: taken from the interface flag${hidden}`],
    location: flag.location,
  };
}

/** No export numbers a rule that it does not hold. */
const UNNUMBERED = -1;

/** A rule that the file does not hold; without an object it is for every destination. */
export function bareRule(
  name: string,
  object: AddressObject | null,
  service: ServiceMatch,
): Omit<AccessRule, 'approximate' | 'location'> {
  return {
    name,
    number: UNNUMBERED,
    enabled: true,
    action: { kind: 'permit' },
    family: 'ipv4',
    source: ANY,
    destination: object === null ? ANY : { any: false, objects: [object.name], negated: false },
    service,
    inInterfaces: null,
    outInterfaces: null,
    conditions: [],
    origin: 'implied',
    purpose: 'management',
    comment: null,
    logged: null,
    created: null,
    updated: null,
    lastUsed: null,
  };
}
