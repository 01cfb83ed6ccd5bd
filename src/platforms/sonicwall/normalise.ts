import type { Coverage, Diagnostic } from '../../model/coverage.js';
import type { DefaultRow, FirewallConfig, Interface, Route } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import { buildAddressBook, readAddressRows } from './address-objects.js';
import { readAdministrators, readSettings } from './administration.js';
import { readClearTunnels, zonesOfTunnels } from './clear-tunnels.js';
import { readCloudEdge } from './cloud-edge.js';
import { type AutomaticRules, impliedRules, trustRules } from './implied-rules.js';
import type { InterfaceRow } from './interfaces.js';
import { readInterfaces } from './interfaces.js';
import type { KeyReader } from './key-reader.js';
import { listenersOf } from './listeners.js';
import { readManagers } from './managers.js';
import { readNatRules } from './nat.js';
import { readOwnership } from './ownership.js';
import { readRouting } from './routes.js';
import type { RuleRow } from './rules.js';
import { readRules, toPolicies } from './rules.js';
import { readSecrets } from './secrets.js';
import { readServers } from './servers.js';
import { readServices } from './service-objects.js';
import { noteSwitches } from './switches.js';
import { withTunnelRules } from './tunnel-rules.js';
import { readerOfSets, readTunnels } from './tunnels.js';
import { toGroups, withZoneRules } from './zone-rules.js';
import type { ZoneRow } from './zones.js';
import { missingZone, readZones, rolesByEvidence, uplinkRole } from './zones.js';

const UNITS = { keys: ['key', 'keys'], lines: ['line', 'lines'] } as const;

/** One diagnostic a section with keys or lines that nobody has classified. */
export function unclassified(coverage: Coverage): readonly Diagnostic[] {
  const sections = new Map<string, { keys: number; families: number; name: string; location: Location }>();
  for (const { section, count, name, location } of coverage.unknownFamilies) {
    if (section === 'other') continue;
    const before = sections.get(section);
    if (before === undefined) sections.set(section, { keys: count, families: 1, name, location });
    else sections.set(section, { ...before, keys: before.keys + count, families: before.families + 1 });
  }
  return [...sections].map(([section, { keys, families, name, location }]) => ({
    code: 'unclassified' as const,
    message: `${keys} ${UNITS[coverage.unit][keys === 1 ? 0 : 1]} among ${section} that nobody has classified yet (${families === 1 ? name : `${families} families, most of them ${name}`})`,
    location,
    incomplete: true,
  }));
}

/**
 * Turns the keys of one appliance into the model.
 *
 * @param automaticRules whether the format writes the rules that the appliance made by itself; `expected`:
 *   it does, and an export without any was edited
 */
export function normalise(
  reader: KeyReader,
  log: DiagnosticLog,
  automaticRules: AutomaticRules = 'expected',
): FirewallConfig {
  const parts = readParts(reader, log, automaticRules);
  const { zones, interfaces, services } = parts;
  const administrators = readAdministrators(reader, log);
  noteSwitches(reader, log);
  const sslVpnOffered = zones.some(
    ({ sslVpn: offered, name }) => offered === true && interfaces.some(({ zone }) => zone === name),
  );
  const taken = new Set(interfaces.map(({ name }) => name));
  const secured = readTunnels({ ...parts, reader, taken, sslVpnOffered });
  const { rules, objects } = withTunnelRules({ ...parts, reader, tunnels: secured, automaticRules });
  // Their own boxes, and the rules of their zones, say what comes in by these.
  const tunnels = [
    ...secured,
    ...readClearTunnels({ ...parts, reader }),
    ...readCloudEdge(parts.addressObjects),
  ];
  return {
    ...identityOf(reader),
    platform: 'sonicwall',
    firmware: firmwareOf(reader),
    zones: zones.map(({ type: _type, sslVpn: _sslVpn, ...zone }) => zone),
    interfaces,
    routes: parts.routing.routes,
    addressObjects: [...parts.addressObjects, ...objects],
    serviceObjects: services.objects,
    policies: toPolicies(rules),
    defaults: DEFAULTS,
    natRules: parts.natRules,
    listeners: listenersOf({ ...parts, reader, rules, tunnels, interfaces: parts.interfaceRows }),
    administrators,
    tunnels,
    managers: readManagers(reader, parts.addressObjects),
    settings: [
      ...readSettings(reader),
      ...readOwnership(reader, administrators),
      ...readServers(reader, parts.addressObjects),
    ],
    secrets: readSecrets(reader),
    natBeforeSelf: 'unknown',
    // Of what the command line and the API say, route policies are not read.
    ...(parts.routing.learned || automaticRules !== 'expected' ? { silence: { routes: true } } : {}),
  };
}

function firmwareOf(reader: KeyReader): string | null {
  return reader.single('buildNum')?.text || null;
}

/** What rules need to be understood, read once and in this order. */
function readParts(reader: KeyReader, log: DiagnosticLog, automaticRules: AutomaticRules) {
  const addressRows = readAddressRows(reader, log);
  const interfaceRows = readInterfaces(reader, addressRows, log);
  const bare = interfaceRows.map((row) => row.interface);
  const addresses = buildAddressBook(reader, addressRows, bare, log);
  const services = readServices(reader, log);
  const numbers = numbersOf(interfaceRows);
  const context = { reader, addresses, services, interfaces: numbers, log };
  const written = readRules(context);
  const named = completeZones(readZones(reader, log), interfaceRows, written, log);
  const zones = rolesOf(named, bare, firmwareOf(reader));
  const implied = impliedRules({
    reader,
    interfaces: interfaceRows,
    zones,
    rules: written,
    addressObjects: addresses.objects,
    services,
    automaticRules,
  });
  const routing = readRouting({
    reader,
    addresses,
    numbers,
    interfaces: bare,
    behind: readerOfSets({ addressObjects: addresses.objects, interfaces: bare }),
  });
  const interfaces = withRoles(bare, zones, routing.routes);
  return {
    interfaceRows,
    routing,
    interfaces,
    zones,
    services,
    rules: withZoneRules(
      toGroups([...implied.rules, ...written, ...trustRules({ zones, automaticRules })], zones),
      withoutUplinks(zones, interfaces),
      services,
      zonesOfTunnels(reader, interfaceRows),
    ),
    addressObjects: [...addresses.objects, ...implied.objects],
    natRules: readNatRules(context),
  };
}

/** Names of interfaces by the number that rules and routes call them. */
function numbersOf(rows: readonly InterfaceRow[]): ReadonlyMap<number, string> {
  return new Map(rows.flatMap((row) => (row.number === null ? [] : [[row.number, row.interface.name]])));
}

/** By the uplink of a zone that somebody made public come strangers, and no hosts of one's own. */
function withoutUplinks(zones: readonly ZoneRow[], interfaces: readonly Interface[]): readonly ZoneRow[] {
  const uplinks = new Set(interfaces.flatMap(({ role, zone }) => (role.value === 'untrusted' ? [zone] : [])));
  return zones.filter(({ name }) => !uplinks.has(name));
}

type Identity = Pick<FirewallConfig, 'id' | 'product' | 'serial' | 'location'>;

function identityOf(reader: KeyReader): Identity {
  const name = reader.single('firewallName');
  const serial = [reader.single('serialNumber'), reader.single('serial')].find((value) => value?.text);
  const product = reader.single('shortProdName');
  const chosen = name?.text ? name : serial;
  return {
    id: chosen?.text || reader.file,
    product: product?.text || null,
    serial: serial?.text || null,
    location: (chosen ?? product)?.location ?? reader.locate('shortProdName'),
  };
}

/** Zones that interfaces and rules name and the file does not hold are kept, as not known. */
function completeZones(
  zones: readonly ZoneRow[],
  interfaces: readonly InterfaceRow[],
  rules: readonly RuleRow[],
  log: DiagnosticLog,
): readonly ZoneRow[] {
  const complete = new Map(zones.map((zone) => [zone.name, zone]));
  const references = [
    ...interfaces.map((row) => [row.interface.zone, row.interface.location] as const),
    ...rules.flatMap(({ rule, from, to }) => [[from, rule.location] as const, [to, rule.location] as const]),
  ];
  for (const [name, location] of references) {
    if (name === null || complete.has(name)) continue;
    log.note('dangling-reference', 'a zone is named that the file does not hold', location);
    complete.set(name, missingZone(name, location));
  }
  return [...complete.values()];
}

function rolesOf(
  zones: readonly ZoneRow[],
  interfaces: readonly Interface[],
  firmware: string | null,
): readonly ZoneRow[] {
  return majorVersion(firmware) >= 7 ? rolesByEvidence(zones, interfaces) : zones;
}

function withRoles(
  interfaces: readonly Interface[],
  zones: readonly ZoneRow[],
  routes: readonly Route[],
): readonly Interface[] {
  const roles = new Map(zones.map((zone) => [zone.name, zone.role]));
  return interfaces.map((iface) => {
    const role = iface.zone === null ? undefined : roles.get(iface.zone);
    if (role === undefined) return iface;
    const uplink = uplinkRole(iface, role, routes);
    if (uplink !== null) return { ...iface, role: uplink };
    return { ...iface, role: { value: role.value, evidence: `zone ${iface.zone}: ${role.evidence}` } };
  });
}

const DEFAULTS: readonly DefaultRow[] = [
  {
    from: '*',
    to: 'self',
    action: 'deny',
    source: 'SonicOS answers on its own addresses only where an access rule admits it',
  },
  {
    from: '*',
    to: 'same-zone',
    action: 'deny',
    source: 'interface trust is written as an access rule of the zone with itself',
  },
  {
    from: '*',
    to: '*',
    action: 'deny',
    source: 'SonicOS drops what no access rule between two zones admits',
  },
];

/** The first number of a version; 0 without one. */
export function majorVersion(firmware: string | null): number {
  return Number(/^(\d{1,3})\./.exec(firmware ?? '')?.[1] ?? 0);
}
