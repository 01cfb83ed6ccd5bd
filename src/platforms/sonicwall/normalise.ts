import type { Capture } from '../../model/capture.js';
import type { Coverage, Diagnostic, Limit } from '../../model/coverage.js';
import type { DefaultRow, FirewallConfig, Interface, Route } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import { parseIpSet } from '../../sets/ip-set.js';
import type { Parsed } from '../platform.js';
import { buildAddressBook, readAddressRows } from './address-objects.js';
import {
  readAdministrators,
  readManagers,
  readSecrets,
  readSettings,
  readTunnels,
} from './administration.js';
import type { DiagnosticLog } from './diagnostic-log.js';
import { createDiagnosticLog } from './diagnostic-log.js';
import type { ExpDocument } from './exp.js';
import { readExport } from './exp.js';
import { impliedRules } from './implied-rules.js';
import type { InterfaceRow } from './interfaces.js';
import { readInterfaces } from './interfaces.js';
import type { KeyReader } from './key-reader.js';
import { createKeyReader } from './key-reader.js';
import { coverageOf } from './keys.js';
import { listenersOf } from './listeners.js';
import { readNatRules } from './nat.js';
import { RULE_FIELDS } from './read-families.js';
import type { RuleRow } from './rules.js';
import { readRules, toPolicies } from './rules.js';
import { readServices } from './service-objects.js';
import type { ZoneRow } from './zones.js';
import { missingZone, readZones, rolesByEvidence } from './zones.js';

/** What no export can show, whatever it holds. */
const LIMITS: readonly Limit[] = [
  {
    id: 'sonicwall-exp-registration-not-in-file',
    message: 'An export does not say whose MySonicWall account the appliance is registered to.',
  },
  {
    id: 'sonicwall-exp-built-in-administrator-not-in-file',
    message: 'An export holds neither the name nor the password of the built-in administrator.',
  },
  {
    id: 'sonicwall-exp-tunnels-not-judged',
    message: 'Access from VPN and SSL VPN zones is read and not judged yet.',
  },
  {
    id: 'sonicwall-exp-policy-routes-not-read',
    message:
      'Policy routes are not read: what lies behind an interface is taken from its networks and gateways.',
  },
];

const SEVEN: Limit = {
  id: 'sonicwall-7-enumerations-unverified',
  message: 'SonicOS 7 exports are read with the numbers of SonicOS 6.5, which nobody has verified for it.',
};

/** Reads one export into one device, or says in one line why it cannot. Never throws. */
export function parseExport(capture: Capture): Parsed {
  if (capture.bytes.length === 0) return refused(capture, 'empty-input', 'the file is empty');
  const document = readExport(capture);
  if (document === null) {
    return refused(capture, 'unrecognised-input', 'this is neither a SonicWall export nor its decoded text');
  }
  const reader = createKeyReader(capture.file, document.entries);
  const reason = refusal(document, reader);
  if (reason !== null) return refused(capture, reason.code, reason.message);
  const log = createDiagnosticLog();
  noteContainer(document, reader, log);
  const device = normalise(reader, log);
  const coverage = coverageOf(capture.file, document.entries);
  const seven = majorVersion(device.firmware) >= 7;
  return {
    devices: [device],
    coverage: [coverage],
    diagnostics: [...log.list(), ...unclassified(coverage)],
    limits: seven ? [...LIMITS, SEVEN] : LIMITS,
  };
}

function refused(capture: Capture, code: Diagnostic['code'], message: string): Parsed {
  const location = { file: capture.file, line: 1 };
  return {
    devices: [],
    coverage: [],
    diagnostics: [{ code, message, location, incomplete: true }],
    limits: [],
  };
}

function refusal(
  document: ExpDocument,
  reader: KeyReader,
): { readonly code: Diagnostic['code']; readonly message: string } | null {
  if (reader.has('policyAction_N') || reader.has('policySrcZone_N')) return null;
  if (document.entries.some(({ family }) => family.startsWith('prefs_rule'))) {
    const message = 'this export is of SonicOS Standard, which has no zones and is not supported';
    return { code: 'unsupported-format', message };
  }
  if (majorVersion(reader.single('buildNum')?.text ?? null) >= 7) {
    const message = 'this export of SonicOS 7 holds no access rules; policy mode is not supported';
    return { code: 'unsupported-format', message };
  }
  const anything = (
    ['shortProdName', 'zoneObjId_N', 'iface_name_N', 'addrObjId_N', 'svcObjId_N'] as const
  ).some(reader.has);
  return anything
    ? null
    : { code: 'unrecognised-input', message: 'none of the keys is one of a SonicWall export' };
}

function majorVersion(firmware: string | null): number {
  return Number(/^(\d{1,3})\./.exec(firmware ?? '')?.[1] ?? 0);
}

/** What the container itself shows: a missing end, keys that repeat, parts that are no pair. */
function noteContainer(document: ExpDocument, reader: KeyReader, log: DiagnosticLog): void {
  const { file } = reader;
  const last = document.entries.at(-1);
  const end: Location = last === undefined ? { file, line: 1 } : { file, line: last.line, key: last.key };
  const ragged = lastRuleCut(reader);
  const cuts = ragged === null ? document.cuts : [...document.cuts, ragged];
  if (cuts.length > 0) log.note('truncated', `the export is cut off: ${cuts.join('; ')}`, end);
  for (const location of document.fragments)
    log.note('malformed-value', 'a part of the export is no key with a value', location);
  for (const { entry, differs } of reader.repeated) {
    const location = { file, line: entry.line, key: entry.key };
    if (differs)
      log.note('duplicate-key', 'a key occurs again with another value: the first is read', location);
    else log.note('duplicate-key', 'a key occurs again with the same value', location, false);
  }
  if (!reader.has('policyAction_N') && !reader.has('policyActionV6_N')) {
    log.note('missing-value', 'the export holds no access rules', end);
  }
}

/** The last access rule lacks keys that the first one has: the file stops inside it. */
function lastRuleCut(reader: KeyReader): string | null {
  for (const mark of ['', 'V6'] as const) {
    const families = RULE_FIELDS.map((field) => `policy${field}${mark}_N` as const);
    const indices = reader.indices(...families);
    const first = indices[0];
    const last = indices.at(-1);
    if (first === undefined || last === undefined || first === last) continue;
    if (
      families.some(
        (family) => reader.at(family, first) !== undefined && reader.at(family, last) === undefined,
      )
    ) {
      return `access rule ${last} lacks keys that the others have`;
    }
  }
  return null;
}

function unclassified(coverage: Coverage): readonly Diagnostic[] {
  const sections = new Map<string, { keys: number; families: number; name: string; location: Location }>();
  for (const { section, count, name, location } of coverage.unknownFamilies) {
    if (section === 'other') continue;
    const before = sections.get(section);
    if (before === undefined) sections.set(section, { keys: count, families: 1, name, location });
    else sections.set(section, { ...before, keys: before.keys + count, families: before.families + 1 });
  }
  return [...sections].map(([section, { keys, families, name, location }]) => ({
    code: 'unclassified' as const,
    message: `${keys} ${keys === 1 ? 'key' : 'keys'} among ${section} that nobody has classified yet (${families === 1 ? name : `${families} families, most of them ${name}`})`,
    location,
    incomplete: true,
  }));
}

/** Turns the keys of one export into the model. */
export function normalise(reader: KeyReader, log: DiagnosticLog): FirewallConfig {
  const firmware = reader.single('buildNum')?.text || null;
  const addressRows = readAddressRows(reader, log);
  const interfaceRows = readInterfaces(reader, addressRows, log);
  const bare = interfaceRows.map((row) => row.interface);
  const addresses = buildAddressBook(reader, addressRows, bare, log);
  const services = readServices(reader, log);
  const numbers = new Map(
    interfaceRows.flatMap((row) => (row.number === null ? [] : [[row.number, row.interface.name]])),
  );
  const context = { reader, addresses, services, interfaces: numbers, log };
  const written = readRules(context);
  const zones = rolesOf(completeZones(readZones(reader, log), interfaceRows, written, log), bare, firmware);
  const implied = impliedRules(interfaceRows, written, addresses.objects, services);
  const rules = [...implied.rules, ...written];
  const addressObjects = [...addresses.objects, ...implied.objects];
  const interfaces = withRoles(bare, zones);
  const sslVpn = zones.some(
    ({ sslVpn: offered, name }) => offered === true && bare.some(({ zone }) => zone === name),
  );
  return {
    ...identityOf(reader),
    platform: 'sonicwall',
    firmware,
    zones: zones.map(({ type: _type, sslVpn: _sslVpn, ...zone }) => zone),
    interfaces,
    routes: routesOf(interfaces),
    addressObjects,
    serviceObjects: services.objects,
    policies: toPolicies(rules),
    defaults: DEFAULTS,
    natRules: readNatRules(context),
    listeners: listenersOf({ reader, services, addressObjects, interfaces: interfaceRows, zones, rules }),
    administrators: readAdministrators(reader, log),
    tunnels: readTunnels(reader, sslVpn),
    managers: readManagers(reader),
    settings: readSettings(reader),
    secrets: readSecrets(reader),
    natBeforeSelf: 'unknown',
  };
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

function withRoles(interfaces: readonly Interface[], zones: readonly ZoneRow[]): readonly Interface[] {
  const roles = new Map(zones.map((zone) => [zone.name, zone.role]));
  return interfaces.map((iface) => {
    const role = iface.zone === null ? undefined : roles.get(iface.zone);
    if (role === undefined) return iface;
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

/** Connected networks, and a default route by each gateway of an uplink. Policy routes are not read. */
function routesOf(interfaces: readonly Interface[]): readonly Route[] {
  return interfaces.flatMap((iface) => {
    if (!iface.enabled) return [];
    const base = { routingInstance: iface.routingInstance, interface: iface.name, location: iface.location };
    const connected = [iface.ipv4, iface.ipv6].flatMap((address) =>
      address.kind === 'static'
        ? address.cidrs
            .flatMap((cidr) => parseIpSet(cidr)?.toCidrs() ?? [])
            .map((destination) => ({ ...base, destination, gateway: null }))
        : [],
    );
    const defaults = iface.gateways.map((gateway) => ({
      ...base,
      destination: gateway.includes(':') ? '::/0' : '0.0.0.0/0',
      gateway,
    }));
    return [...connected, ...defaults];
  });
}
