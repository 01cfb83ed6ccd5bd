import type { Capture } from '../../model/capture.js';
import type { DefaultRow, FirewallConfig } from '../../model/firewall-config.js';
import type { Parsed } from '../platform.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import { createDiagnosticLog } from '../shared/diagnostic-log.js';
import { refused } from '../shared/refused.js';
import { absentInterfaces } from './absent-interfaces.js';
import { type AddressBook, readAddresses } from './address-objects.js';
import { readAdministrators, readManagers } from './administration.js';
import { readBridges } from './bridges.js';
import { coverageOf, unclassified } from './coverage.js';
import { refusalOf } from './detect.js';
import {
  type InterfaceRow,
  interfaceNodes,
  type Membership,
  mappedInterfaces,
  readInterface,
  readMembership,
  reservedInterfaces,
  toZones,
} from './interfaces.js';
import { limitsOf } from './limits.js';
import { readListeners } from './listeners.js';
import { readLocalInPolicies } from './local-in.js';
import { readDestinationNat, readNatRules } from './nat.js';
import { readForwardPolicies } from './policies.js';
import { learnsRoutes, readDefaultRoutes, readRoutes } from './routes.js';
import type { DeviceScope } from './scope.js';
import { createScope } from './scope.js';
import { readSecrets } from './secrets.js';
import { readServices } from './service-objects.js';
import { readSettings } from './settings.js';
import type { ConfigDocument } from './syntax.js';
import { linesOf, readConfiguration } from './syntax.js';
import type { ConfigNode, ConfigScope } from './tree.js';
import { firstValue, lineOf } from './tree.js';
import { readTunnels, tunnelEnds } from './tunnels.js';
import { noteUnjudged } from './unjudged.js';
import type { BackupHeader } from './versions.js';
import { readHeader } from './versions.js';

/** Reads one file into one device a virtual domain, or says in one line why it cannot. Never throws. */
export function parseConfiguration(capture: Capture): Parsed {
  const refusal = refusalOf(capture);
  if (refusal !== null) return refused(capture.file, refusal.code, refusal.message);
  const document = readConfiguration(linesOf(capture));
  if (!holdsTables(document))
    return refused(capture.file, 'unrecognised-input', 'no table of a FortiGate stands in this file');
  const log = createDiagnosticLog();
  noteTroubles(capture.file, document, log);
  const header = document.header === null ? null : readHeader(document.header.text);
  const scopes = deviceScopes(capture.file, document, header, log);
  const devices = scopes.map(({ scope, secrets }) =>
    deviceOf(scope, secrets, header, document, scopes.length > 1),
  );
  const coverage = coverageOf(capture.file, document);
  return {
    devices,
    coverage: [coverage],
    diagnostics: [...log.list(), ...unclassified(coverage)],
    limits: limitsOf(
      document,
      scopes.map(({ scope }) => scope),
    ),
  };
}

function holdsTables({ root, global, vdoms }: ConfigDocument): boolean {
  return (
    root.tables.size > 0 ||
    (global?.tables.size ?? 0) > 0 ||
    [...vdoms.values()].some(({ tables }) => tables.size > 0)
  );
}

/** What is wrong with the text itself. */
function noteTroubles(
  file: string,
  { troubles, header, root, vdoms }: ConfigDocument,
  log: DiagnosticLog,
): void {
  for (const { kind, line } of troubles) {
    const location = { file, line };
    if (kind === 'end-of-file-in-table') log.note('truncated', 'the file ends inside a table', location);
    if (kind === 'unclosed-quote') log.note('truncated', 'a quote is opened and never closed', location);
    if (kind === 'unclosed-table')
      log.note('malformed-value', 'a table begins inside another that is not closed', location);
    if (kind === 'typed-command')
      log.note('unclassified', 'a command that was typed in the session is not followed', location);
    if (kind === 'missing-next')
      log.note('malformed-value', 'an entry begins before the one above has ended', location, false);
  }
  const policies = [root, ...vdoms.values()].some(({ tables }) =>
    ['firewall policy', 'firewall security-policy', 'firewall consolidated policy'].some((path) =>
      tables.has(path),
    ),
  );
  if (header !== null && !policies)
    log.note('missing-value', 'the backup holds no firewall policies', { file, line: header.line }, false);
}

interface DeviceSource {
  readonly scope: DeviceScope;
  readonly secrets: readonly ConfigScope[];
}

/** One device a virtual domain; one for a file whose tables stand in none. */
function deviceScopes(
  file: string,
  document: ConfigDocument,
  header: BackupHeader | null,
  log: DiagnosticLog,
): readonly DeviceSource[] {
  const { root, global, vdoms } = document;
  const common = {
    file,
    whole: header !== null,
    version: header?.version ?? null,
    patch: header?.patch ?? null,
    log,
  };
  const shared = [...(global === null ? [] : [global]), root];
  const divided = [...vdoms.values()].some(({ tables }) => tables.size > 0);
  const listed = [...vdoms.values()].filter(({ tables, name }) => tables.size > 0 || isNamed(shared, name));
  const domains = [...listed, ...unlistedDomains(shared, vdoms)];
  if (!divided) return [{ scope: createScope({ ...common, vdom: null, scopes: shared }), secrets: shared }];
  return domains.map((domain, index) => ({
    scope: createScope({ ...common, vdom: domain.name, scopes: [domain, ...shared] }),
    secrets: index === 0 ? [domain, ...shared] : [domain],
  }));
}

/** Whether an interface of the whole appliance is in a virtual domain. */
function isNamed(shared: readonly ConfigScope[], vdom: string): boolean {
  return interfacesIn(shared).some((node) => firstValue(node, 'vdom') === vdom);
}

/** Domains that interfaces name and the file holds no part of: their interfaces answer all the same. */
function unlistedDomains(
  shared: readonly ConfigScope[],
  vdoms: ReadonlyMap<string, ConfigScope>,
): readonly ConfigScope[] {
  const named = interfacesIn(shared).flatMap((node) => {
    const name = firstValue(node, 'vdom') ?? '';
    return name === '' || vdoms.has(name) ? [] : [{ name, line: lineOf(node, 'vdom'), tables: new Map() }];
  });
  return [...new Map(named.map((domain) => [domain.name, domain])).values()];
}

function interfacesIn(shared: readonly ConfigScope[]): readonly ConfigNode[] {
  return shared.flatMap(({ tables }) => [...(tables.get('system interface')?.entries.values() ?? [])]);
}

/** Between zones and to the appliance itself, what no policy admits is dropped. */
const DEFAULTS: readonly DefaultRow[] = [
  {
    from: '*',
    to: 'self',
    action: 'deny',
    source: 'an interface answers for what allowaccess names, and for nothing else',
  },
  { from: '*', to: 'same-zone', action: 'deny', source: 'config system zone, intrazone: deny by default' },
  { from: '*', to: '*', action: 'deny', source: 'the implicit deny, policy 0' },
];

function deviceOf(
  scope: DeviceScope,
  secrets: readonly ConfigScope[],
  header: BackupHeader | null,
  document: ConfigDocument,
  divided: boolean,
): FirewallConfig {
  const addresses = readAddresses(scope);
  const services = readServices(scope);
  const membership = readMembership(scope);
  const members = new Map(membership.zones.map(({ name, members: inside }) => [name, inside]));
  const expand = (name: string): readonly string[] => members.get(name) ?? [name];
  const reserved = reservedInterfaces(scope);
  const rows = interfaceRows(scope, addresses, membership, reserved);
  const interfaces = rows.map((row) => row.interface);
  noteUnjudged({ scope, interfaces, expand });
  const nat = readDestinationNat(scope, addresses, expand);
  const context = { scope, addresses, services, expand, nat, membership, interfaces: rows };
  const localIn = readLocalInPolicies(context, reserved);
  const policies = [...readForwardPolicies(context), ...localIn];
  const everything = (name: string) => (name === 'any' ? interfaces.map((each) => each.name) : expand(name));
  const listeners = readListeners({
    scope,
    services,
    interfaces: rows,
    localIn: localIn.flatMap(({ rules }) => rules),
    expand: everything,
  });
  return {
    ...identityOf(scope, header, document, divided),
    platform: 'fortigate',
    zones: toZones(scope, membership, rows),
    interfaces,
    routes: readRoutes(scope, addresses, membership, interfaces),
    addressObjects: addresses.objects,
    serviceObjects: services.objects(),
    policies,
    defaults: DEFAULTS,
    natRules: readNatRules(context),
    listeners,
    administrators: readAdministrators(scope),
    tunnels: readTunnels({ scope, addresses, interfaces: rows }),
    managers: readManagers(scope),
    settings: readSettings(scope),
    secrets: readSecrets(document, scope.file, secrets),
    ...(learnsRoutes(scope) ? { silence: { routes: true } } : {}),
  };
}

function interfaceRows(
  scope: DeviceScope,
  addresses: AddressBook,
  membership: Membership,
  reserved: ReadonlySet<string>,
): readonly InterfaceRow[] {
  const routes = readDefaultRoutes(scope, addresses, membership);
  const bridgeOf = readBridges(scope);
  const mapped = mappedInterfaces(scope);
  const context = { scope, membership, routes, reserved, mapped, bridgeOf, ends: tunnelEnds(scope) };
  const held = interfaceNodes(scope).map((node) => readInterface(context, node));
  return [...held, ...absentInterfaces(context, held)];
}

type Identity = Pick<FirewallConfig, 'id' | 'product' | 'firmware' | 'serial' | 'location'>;

/** `fw-paris-1`, or `fw-paris-1/guests` where the appliance is divided. */
function identityOf(
  scope: DeviceScope,
  header: BackupHeader | null,
  document: ConfigDocument,
  divided: boolean,
): Identity {
  const global = scope.node('system global');
  const hostname = firstValue(global, 'hostname') || scope.file;
  const line = global?.settings.get('hostname')?.line ?? document.header?.line ?? 1;
  return {
    id: scope.vdom !== null && divided ? `${hostname}/${scope.vdom}` : hostname,
    product: header?.product ?? null,
    firmware: header?.firmware ?? null,
    serial: null,
    location: scope.locate(line),
  };
}
