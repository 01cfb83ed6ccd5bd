import type { Location } from '../../model/location.js';
import { BUILT_IN } from './address-objects.js';
import { BUILT_IN_ADDRESSES, BUILT_IN_SERVICE_GROUPS, BUILT_IN_SERVICES } from './built-in.js';
import { createKeySink, type KeySink } from './key-sink.js';
import type { ExpEntry } from './pair.js';
import { putAccounts, putL2tpServer, putTunnels } from './printed-accounts.js';
import { putInterfaces } from './printed-interfaces.js';
import {
  putAddressGroups,
  putAddressObjects,
  putDownloadedGroups,
  putService,
  putServices,
  putZones,
} from './printed-objects.js';
import { putAccessRules, putNatPolicies, referencesIn } from './printed-rules.js';
import { putSettings } from './printed-settings.js';
import type { ReadFamily } from './read-families.js';
import type { Statement, StatementBook } from './statement.js';

/** What the parts of a printed configuration are read with. */
export interface PrintedContext {
  readonly book: StatementBook;
  readonly sink: KeySink;
  readonly top: readonly Statement[];
  /** Where the configuration begins: the place of what it does not write out. */
  readonly start: Location;
  /** Zones that strangers stand behind. */
  readonly untrusted: ReadonlySet<string>;
  /** Whether the format holds the rules that the appliance made by itself. */
  readonly automatic: boolean;
  /** Objects that nobody wrote as such: built in, or addresses written into a rule. */
  readonly implied: Map<string, Location>;
}

/** The keys that an export of the same appliance would hold, and which objects are not in the file. */
export interface PrintedKeys {
  readonly entries: readonly ExpEntry[];
  readonly implied: ReadonlySet<string>;
}

/** Reads every block that decides who gets in. What is not read stays so in the book. */
export function keysOf(
  top: readonly Statement[],
  book: StatementBook,
  { start, automatic }: Pick<PrintedContext, 'start' | 'automatic'>,
): PrintedKeys {
  const sink = createKeySink();
  const implied = new Map<string, Location>();
  const untrusted = new Set(
    top
      .filter(({ words, body }) => words[0] === 'zone' && body.some(isUntrusted))
      .flatMap(
        ({ words, body }) => words[1] ?? body.find((each) => each.words[0] === 'name')?.words[1] ?? [],
      ),
  );
  const context: PrintedContext = { book, sink, top, start, untrusted, automatic, implied };
  putIdentity(context);
  putAdministration(context);
  putSettings(context);
  putZones(context);
  const interfaces = putInterfaces(context);
  putAddressObjects(context);
  putAddressGroups(context);
  putDownloadedGroups(context);
  putServices(context);
  putAccessRules(context);
  putNatPolicies(context, interfaces);
  putTunnels(context);
  putL2tpServer(context);
  putAccounts(context);
  putBuiltIn(context);
  return { entries: sink.entries(), implied: new Set(implied.keys()) };
}

function isUntrusted({ words }: Statement): boolean {
  return words[0] === 'security-type' && words[1] === 'untrusted';
}

function putIdentity({ book, sink, top }: PrintedContext): void {
  const firmware = book.word(top, 'firmware-version');
  if (firmware !== undefined) {
    const version = /(\d+\.\d+\S*)/.exec(firmware.text)?.[1] ?? firmware.text;
    sink.put('buildNum', null, version, firmware.location);
  }
  sink.putWord('shortProdName', null, book.word(top, 'model'));
  sink.putWord('serialNumber', null, book.word(top, 'serial-number'));
  const changed = book.word(top, 'last-modified-by');
  if (changed !== undefined && changed.text !== 'Unmodified since reboot') {
    sink.putWord('lastModifiedUser', null, changed);
  }
}

/** Switches of the administration block, and the key that an export has for each. */
const SWITCHES: readonly (readonly [readonly string[], ReadFamily])[] = [
  [['web-management', 'allow-http'], 'allowHttpMgmt'],
  [['sonicos-api'], 'sonicOsApi_enable'],
  [['user-lockout'], 'loginFailLockoutEnable'],
  [['multiple-admin-role'], 'multipleAdmin'],
  [['multiple-admin'], 'multipleAdmin'],
];

/** Words of the administration block that a text without indentation may show behind its end. */
const ADMINISTRATION: ReadonlySet<string> = new Set([
  'firewall-name',
  'gms-management',
  'http-port',
  'https-port',
  'idle-logout-time',
  'sonicos-api',
  'ssh',
  'user-lockout',
  'web-management',
]);

function administrationOf(book: StatementBook, top: readonly Statement[]): readonly Statement[] {
  const strayed = top.filter(({ words }) => ADMINISTRATION.has(words[0] ?? ''));
  return [...book.all(top, 'administration').flatMap((block) => block.body), ...strayed];
}

function putAdministration({ book, sink, top }: PrintedContext): void {
  const body = administrationOf(book, top);
  sink.putWord('firewallName', null, book.word(body, 'firewall-name'));
  sink.putWord('adminLoginTimeout', null, book.word(body, 'idle-logout-time'));
  sink.putWord('minPasswordLength', null, book.word(body, 'password', 'minimum-length'));
  for (const [words, family] of SWITCHES) {
    // An answer says `enable` below the name.
    const found = [...book.all(body, ...words, 'enable'), ...book.all(body, ...words)].find(
      (each) => each.words.length === words.length || each.words.at(-1) === 'enable',
    );
    if (found !== undefined) sink.put(family, null, found.negated ? 'off' : 'on', found.location);
  }
  putGms({ book, sink }, body);
  const assistance = book.flag([...top, ...body], 'diag', 'advanced', 'remote-assistance');
  const [diag] = top.filter(({ words }) => words[0] === 'diag');
  if (assistance !== null && diag !== undefined) {
    sink.put('enableRemoteAssistance', null, assistance ? 'on' : 'off', diag.location);
  }
  putSnmp({ book, sink, top });
  for (const server of book.all(top, 'ssl-vpn', 'server')) {
    sink.putWord('sslvpnSvcPort', null, book.word(server.body, 'port'));
    const web = book.flag(server.body, 'management', 'web');
    const ssh = book.flag(server.body, 'management', 'ssh');
    if (web !== null) sink.put('sslvpnWebMgmt', null, web ? '1' : '0', server.location);
    if (ssh !== null) sink.put('sslvpnSshMgmt', null, ssh ? '1' : '0', server.location);
  }
}

/** The community goes as far as the question whether it is one that every guesser knows. */
function putSnmp({ book, sink, top }: Pick<PrintedContext, 'book' | 'sink' | 'top'>): void {
  const snmp = book.all(top, 'snmp').find(({ words }) => words.length === 1);
  if (snmp === undefined) return;
  const off = snmp.negated || book.flag(snmp.body, 'enable') === false;
  sink.put('snmp_Enable', null, off ? 'off' : 'on', snmp.location);
  sink.putWord('snmp_GetCommunity', null, book.word(snmp.body, 'get-community-name'));
  const only3 = book.flag(snmp.body, 'mandatory-snmpv3') ?? book.flag(snmp.body, 'snmp3', 'mandatory');
  if (only3 !== null) sink.put('Snmp3_Mand_Required', null, only3 ? 'on' : 'off', snmp.location);
  for (const [at, family] of TRAP_HOSTS.entries()) {
    const rank = String(at + 1);
    sink.putWord(family, null, book.word(snmp.body, `host-${rank}`) ?? book.word(snmp.body, 'host', rank));
  }
}

/** Where traps go: `host-1` in an answer. */
const TRAP_HOSTS: readonly ReadFamily[] = ['snmp_HostIP0', 'snmp_HostIP1', 'snmp_HostIP2', 'snmp_HostIP3'];

/** Every mode but `no gms-management` lets GMS in; its address stands in the block where it is printed. */
function putGms({ book, sink }: Pick<PrintedContext, 'book' | 'sink'>, body: readonly Statement[]): void {
  const found = book.all(body, 'gms-management');
  const [first] = found;
  if (first === undefined) return;
  const on = found.some(({ negated }) => !negated);
  sink.put('paramGmsMode', null, on ? '3' : '0', first.location);
  const servers = [...found, ...found.flatMap((each) => each.body), ...book.all(body, 'server')];
  book.all(found.flatMap((each) => each.body));
  const inside = servers.flatMap(({ words, location }) =>
    words.flatMap((text) => (/^\d+(?:\.\d+){3}$/.test(text) ? [{ text, location }] : [])),
  );
  sink.putWord('snmp_HostIPGMS', null, inside[0]);
}

/** What rules may name though no block writes it out: the appliance's own services and addresses. */
function putBuiltIn(context: PrintedContext): void {
  const { sink, top, start } = context;
  const { services, addresses } = referencesIn(top);
  const written = writtenNames(sink.entries());
  const ports = managementPorts(context);
  for (const [name, words] of BUILT_IN_SERVICES) {
    if (written.services.has(name)) continue;
    context.implied.set(name, start);
    const port = ports.get(name);
    putService(sink, { text: name, location: start }, port === undefined ? words : ['TCP', port, port]);
  }
  for (const [name, members] of BUILT_IN_SERVICE_GROUPS) {
    if (written.services.has(name) || (!services.has(name) && name !== 'Ping' && name !== 'IKE')) continue;
    context.implied.set(name, start);
    const index = sink.next('svcObj');
    sink.put('svcObjId_N', index, name, start);
    sink.put('svcObjType_N', index, '2', start);
    for (const member of members) {
      const at = sink.next('so');
      sink.put('so_atomToGrp_N', at, member, start);
      sink.put('so_grpToGrp_N', at, name, start);
    }
  }
  putBuiltInAddresses(context, written.addresses);
  for (const [name, location] of addresses) {
    if (!BUILT_IN_ADDRESSES.has(name) || written.addresses.has(name)) continue;
    context.implied.set(name, location);
    const index = sink.next('addrObj');
    sink.put('addrObjId_N', index, name, location);
    sink.put('addrObjType_N', index, BUILT_IN, location);
  }
}

/** Ports that the administration block gives to the appliance's own services. */
function managementPorts({ book, top }: PrintedContext): ReadonlyMap<string, string> {
  const body = administrationOf(book, top);
  const https = book.word(body, 'web-management', 'https-port') ?? book.word(body, 'https-port');
  const http = book.word(body, 'web-management', 'http-port') ?? book.word(body, 'http-port');
  const ssh = book.word(body, 'ssh', 'port');
  const found = new Map<string, string>();
  for (const [name, word] of [
    ['HTTPS Management', https],
    ['HTTP Management', http],
    ['SSH Management', ssh],
  ] as const) {
    if (word !== undefined && /^\d{1,5}$/.test(word.text)) found.set(name, word.text);
  }
  return found;
}

function writtenNames(entries: readonly ExpEntry[]): {
  readonly services: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
} {
  const of = (...families: readonly string[]) =>
    new Set(entries.filter(({ family }) => families.includes(family)).map(({ raw }) => raw));
  return {
    services: of('svcObjId_N'),
    addresses: of('addrObjId_N', 'addrObjV6Id_N', 'addrObjFqdnId_N', 'addrObjMacId_N'),
  };
}

/** The address and subnet of every interface, and the groups of them by zone. */
function putBuiltInAddresses({ sink, implied }: PrintedContext, written: ReadonlySet<string>): void {
  const entries = sink.entries();
  const zones = new Map(
    entries.filter(({ family }) => family === 'interface_Zone_N').map((e) => [e.index, e.raw]),
  );
  const types = new Map<string, string>();
  const zoneNames = new Map(
    entries.filter(({ family }) => family === 'zoneObjId_N').map((e) => [e.index, e.raw]),
  );
  for (const { family, index, raw } of entries) {
    if (family === 'zoneObjZoneType_N') types.set(zoneNames.get(index) ?? '', raw);
  }
  const groups = new Map<string, { location: Location; members: string[] }>();
  const join = (group: string, member: string, location: Location) => {
    const before = groups.get(group);
    if (before === undefined) groups.set(group, { location, members: [member] });
    else before.members.push(member);
  };
  const interfaces = entries.filter(({ family }) => family === 'iface_name_N');
  const seen = new Set<string>();
  for (const { index, raw: name, location = { file: '', line: 1 } } of interfaces) {
    if (seen.has(name)) continue;
    seen.add(name);
    const zone = zones.get(index) ?? '';
    putSystemObject(sink, implied, written, `${name} IP`, zone, location);
    putSystemObject(sink, implied, written, `${name} Subnet`, zone, location);
    join(`All ${name} Management IP`, `${name} IP`, location);
    join('All Interface IP', `${name} IP`, location);
    if (zone === '') continue;
    join(`${zone} Interface IP`, `${name} IP`, location);
    join(`${zone} Subnets`, `${name} Subnet`, location);
    const type = types.get(zone) ?? '';
    if (type === '0') join('All WAN IP', `${name} IP`, location);
    if (type === '0') join('Default Active WAN IP', `${name} IP`, location);
    if (['1', '2', '4'].includes(type)) join('Firewalled Subnets', `${name} Subnet`, location);
  }
  for (const [group, made] of groups) {
    if (!written.has(group)) putSystemGroup(sink, implied, group, made);
  }
}

function putSystemGroup(
  sink: KeySink,
  implied: Map<string, Location>,
  group: string,
  { location, members }: { readonly location: Location; readonly members: readonly string[] },
): void {
  implied.set(group, location);
  const at = sink.next('addrObj');
  sink.put('addrObjId_N', at, group, location);
  sink.put('addrObjType_N', at, '8', location);
  sink.put('addrObjProperties_N', at, '1', location);
  for (const member of members) {
    const row = sink.next('addro');
    sink.put('addro_atomToGrp_N', row, member, location);
    sink.put('addro_grpToGrp_N', row, group, location);
  }
}

/** `X1 IP` and `X1 Subnet` are known by their names; their addresses are those of the interface. */
function putSystemObject(
  sink: KeySink,
  implied: Map<string, Location>,
  written: ReadonlySet<string>,
  name: string,
  zone: string,
  location: Location,
): void {
  if (written.has(name)) return;
  implied.set(name, location);
  const index = sink.next('addrObj');
  sink.put('addrObjId_N', index, name, location);
  sink.put('addrObjZone_N', index, zone, location);
  sink.put('addrObjType_N', index, name.endsWith(' Subnet') ? '4' : '1', location);
  sink.put('addrObjIp1_N', index, '0.0.0.0', location);
  sink.put('addrObjIp2_N', index, '255.255.255.255', location);
  sink.put('addrObjProperties_N', index, '1', location);
}
