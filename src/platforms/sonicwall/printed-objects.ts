import type { Location } from '../../model/location.js';
import type { KeySink } from './key-sink.js';
import type { PrintedContext } from './printed-keys.js';
import { type Statement, startsWith, type Word } from './statement.js';

/** Zone types as the command line calls them, and as an export numbers them. */
const ZONE_TYPES: ReadonlyMap<string, string> = new Map([
  ['untrusted', '0'],
  ['trusted', '1'],
  ['public', '2'],
  ['wireless', '4'],
  ['encrypted', '5'],
  ['multicast', '6'],
  ['sslvpn', '8'],
  ['ssl-vpn', '8'],
  ['management', '9'],
]);

/** Zones that nobody can change; the printed text may leave them out. */
const FIXED_ZONES: readonly (readonly [string, string])[] = [
  ['VPN', '5'],
  ['SSLVPN', '8'],
  ['MULTICAST', '6'],
];

/** A block's own name: behind its keyword, or in its body. */
export function nameOf({ book }: PrintedContext, block: Statement, at: number): Word | undefined {
  const inside = book.word(block.body, 'name');
  const text = block.words[at];
  return text === undefined ? inside : { text, location: block.location };
}

/** Zones that SSL VPN is offered on: `access WAN`, or in an answer a block with its `zone` and whether it is on. */
function offeredOn({ book }: PrintedContext, { body }: Statement): readonly string[] {
  return [...book.all(body, 'access'), ...book.all(body, 'sslvpn-access')].flatMap((access) => {
    const zone = book.word(access.body, 'zone');
    const off = access.negated || book.flag(access.body, 'enable') === false;
    return off ? [] : [...access.words.slice(1), ...(zone === undefined ? [] : [zone.text])];
  });
}

export function putZones(context: PrintedContext): void {
  const { book, sink, top } = context;
  const servers = book.all(top, 'ssl-vpn', 'server');
  const offered = new Set(servers.flatMap((server) => offeredOn(context, server)));
  const seen = new Set<string>();
  for (const block of book.all(top, 'zone')) {
    const name = nameOf(context, block, 1);
    if (name === undefined) continue;
    seen.add(name.text);
    const index = sink.next('zone');
    const access = book.flag(block.body, 'sslvpn-access');
    const trust = book.flag(block.body, 'interface-trust');
    const type = book.word(block.body, 'security-type');
    sink.put('zoneObjId_N', index, name.text, block.location);
    if (type !== undefined) {
      sink.put('zoneObjZoneType_N', index, ZONE_TYPES.get(type.text) ?? type.text, type.location);
    }
    if (trust !== null) sink.put('zoneObjIntraZoneCom_N', index, trust ? '1' : '0', block.location);
    putGuestServices(context, block, index);
    const sslVpn = access ?? (servers.length > 0 ? false : null);
    if (sslVpn !== null || offered.has(name.text)) {
      sink.put(
        'zoneObjSslVpnProfile_N',
        index,
        sslVpn === true || offered.has(name.text) ? '1' : '0',
        block.location,
      );
    }
  }
  for (const [name, type] of FIXED_ZONES) {
    if (seen.has(name)) continue;
    const index = sink.next('zone');
    sink.put('zoneObjId_N', index, name, context.start);
    sink.put('zoneObjZoneType_N', index, type, context.start);
    sink.put('zoneObjSslVpnProfile_N', index, '0', context.start);
  }
}

/** `guest-services`, with a block of their own or not; an answer says `guest_services.enable` (the vendor's tests). */
function putGuestServices({ book, sink }: PrintedContext, { body }: Statement, index: number): void {
  const found = book.all(body, 'guest-services');
  const own = found.find(({ words }) => words.length === 1);
  const within = own === undefined ? null : book.flag(own.body, 'enable');
  const on = book.flag(body, 'guest-services', 'enable') ?? (own?.negated === true ? false : (within ?? own));
  const [first] = found;
  if (on === undefined || first === undefined) return;
  sink.put('zoneObjEnableGuestServices_N', index, on === false ? '0' : '1', first.location);
}

type AddressKind = 'host' | 'network' | 'range';
const TYPES = { host: '1', range: '2', network: '4' } as const;
const TYPES6 = { host: '512', range: '1024', network: '2048' } as const;

/** What an address object holds: `host A`, `network A M`, `range A B`, in one line or nested. */
export interface AddressValue {
  readonly kind: AddressKind;
  readonly first: string;
  readonly second: string;
  readonly location: Location;
}

/** The first of these statements that says addresses. */
export function addressIn(context: PrintedContext, body: readonly Statement[]): AddressValue | null {
  for (const kind of ['host', 'network', 'range'] as const) {
    const words = context.book.all(body, kind).filter(({ negated }) => !negated);
    const [first] = words;
    if (first === undefined) continue;
    const value = (...names: readonly string[]) =>
      names.map((name) => context.book.word(body, kind, name)?.text).find((text) => text !== undefined);
    const one = value('ip', 'subnet', 'begin') ?? first.words[1] ?? '';
    const two = value('mask', 'end', 'prefix') ?? first.words[2] ?? '';
    return { kind, first: one, second: two.replace(/^\//, ''), location: first.location };
  }
  return null;
}

export function putAddressObjects(context: PrintedContext): void {
  const { book, top } = context;
  for (const block of book.all(top, 'address-object')) {
    const [, family = ''] = block.words;
    const name = nameOf(context, block, 2);
    if (name === undefined) continue;
    const body = [...block.body, ...oneLine(context, block)];
    const zone = book.word(body, 'zone')?.text ?? '';
    if (family === 'fqdn') putFqdn(context, name, zone, book.word(body, 'domain'));
    else if (family === 'mac') putMac(context, name, zone, body);
    else putAddress(context.sink, family === 'ipv6', name, zone, addressIn(context, body));
  }
}

/** `address-object ipv4 N host A zone Z` holds in one line what newer versions print in a block. */
function oneLine({ book }: PrintedContext, { words, location }: Statement): readonly Statement[] {
  if (words.length <= 3) return [];
  const rest = words.slice(3);
  const at = rest.indexOf('zone');
  const parts = at < 0 ? [rest] : [rest.slice(0, at), rest.slice(at)];
  const made = parts
    .filter((part) => part.length > 0)
    .map((part): Statement => ({ words: part, negated: false, body: [], location }));
  book.all(made);
  return made;
}

export function putAddress(
  sink: KeySink,
  six: boolean,
  name: Word,
  zone: string,
  value: AddressValue | null,
): void {
  const index = sink.next(six ? 'addrObjV6' : 'addrObj');
  const { location } = name;
  if (six) {
    sink.put('addrObjV6Id_N', index, name.text, location);
    sink.put('addrObjV6Zone_N', index, zone, location);
    if (value === null) return;
    sink.put('addrObjV6Type_N', index, TYPES6[value.kind], location);
    sink.put('addrObjV6Ip1_N', index, value.first, value.location);
    const second = value.kind === 'network' ? 'addrObjV6PrefixLen_N' : 'addrObjV6Ip2_N';
    sink.put(second, index, value.second, value.location);
    return;
  }
  sink.put('addrObjId_N', index, name.text, location);
  sink.put('addrObjZone_N', index, zone, location);
  if (value === null) return;
  sink.put('addrObjType_N', index, TYPES[value.kind], location);
  sink.put('addrObjIp1_N', index, value.first, value.location);
  sink.put('addrObjIp2_N', index, value.kind === 'host' ? '255.255.255.255' : value.second, value.location);
}

function putFqdn({ sink }: PrintedContext, name: Word, zone: string, domain: Word | undefined): void {
  const index = sink.next('addrObjFqdn');
  sink.put('addrObjFqdnId_N', index, name.text, name.location);
  sink.put('addrObjFqdnZone_N', index, zone, name.location);
  sink.putWord('addrObjFqdn_N', index, domain);
}

function putMac({ sink, book }: PrintedContext, name: Word, zone: string, body: readonly Statement[]): void {
  const index = sink.next('addrObjMac');
  book.all(body, 'address');
  sink.put('addrObjMacId_N', index, name.text, name.location);
  sink.put('addrObjMacZone_N', index, zone, name.location);
}

export function putAddressGroups(context: PrintedContext): void {
  const { book, sink, top } = context;
  for (const block of book.all(top, 'address-group')) {
    const six = block.words[1] === 'ipv6';
    const name = nameOf(context, block, 2);
    if (name === undefined) continue;
    const index = sink.next(six ? 'addrObjV6' : 'addrObj');
    sink.put(six ? 'addrObjV6Id_N' : 'addrObjId_N', index, name.text, block.location);
    sink.put(six ? 'addrObjV6Type_N' : 'addrObjType_N', index, '8', block.location);
    putMembers(context, block, name.text, ['address-object', 'address-group']);
  }
}

/**
 * Groups that the appliance downloads: `dynamic-external-object NAME`, in an answer `dynamic_external_objects` (the vendor's
 * tests of both). Whether its group is printed among the others too is not known: where it is not, it is made here.
 */
export function putDownloadedGroups(context: PrintedContext): void {
  const { book, sink, top } = context;
  const printed = new Set(
    top
      .filter(({ words }) => words[0] === 'address-group')
      .map((block) => nameOf(context, block, 2)?.text ?? ''),
  );
  for (const block of book.all(top, 'dynamic-external-object')) {
    const name = nameOf(context, block, 1);
    if (block.negated || name === undefined) continue;
    sink.put('externalGroupName_N', sink.next('externalGroup'), name.text, block.location);
    if (printed.has(name.text)) continue;
    const index = sink.next('addrObj');
    sink.put('addrObjId_N', index, name.text, block.location);
    sink.put('addrObjType_N', index, '8', block.location);
  }
}

/** Members stand behind their kind and family: `address-object ipv4 M`, or `… name M`. */
function putMembers(
  { book, sink }: PrintedContext,
  { body }: Statement,
  group: string,
  kinds: readonly string[],
): void {
  const service = kinds.includes('service-object');
  for (const kind of kinds) {
    for (const { words, negated, location } of book.all(body, kind)) {
      if (negated || words.length < 2) continue;
      const index = sink.next(service ? 'so' : 'addro');
      sink.put(service ? 'so_atomToGrp_N' : 'addro_atomToGrp_N', index, words.at(-1) ?? '', location);
      sink.put(service ? 'so_grpToGrp_N' : 'addro_grpToGrp_N', index, group, location);
    }
  }
}

/** Protocols by the words of the command line. */
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['icmp', 1],
  ['igmp', 2],
  ['tcp', 6],
  ['udp', 17],
  ['6over4', 41],
  ['gre', 47],
  ['esp', 50],
  ['ipsec-esp', 50],
  ['ah', 51],
  ['icmpv6', 58],
  ['eigrp', 88],
  ['ospf', 89],
  ['pimsm', 103],
  ['ipcomp', 108],
  ['l2tp', 115],
  ['sctp', 132],
]);
const ICMP_TYPES: ReadonlyMap<string, number> = new Map([
  ['echo-reply', 0],
  ['destination-unreachable', 3],
  ['source-quench', 4],
  ['redirect', 5],
  ['echo', 8],
  ['echo-request', 8],
  ['router-advertisement', 9],
  ['router-solicitation', 10],
  ['time-exceeded', 11],
  ['parameter-problem', 12],
  ['timestamp', 13],
]);

export function putServices(context: PrintedContext): void {
  const { book, sink, top } = context;
  for (const block of book.all(top, 'service-object')) {
    const plain = startsWith(block.words, ['service-object', 'ipv4']) && block.words.length === 2;
    const name = nameOf(context, block, plain ? 2 : 1);
    if (name === undefined) continue;
    const inline = block.words.slice(2);
    putService(sink, name, inline.length > 0 ? inline : serviceWords(context, block.body));
  }
  for (const block of book.all(top, 'service-group')) {
    const name = nameOf(context, block, 1);
    if (name === undefined) continue;
    const index = sink.next('svcObj');
    sink.put('svcObjId_N', index, name.text, block.location);
    sink.put('svcObjType_N', index, '2', block.location);
    putMembers(context, block, name.text, ['service-object', 'service-group']);
  }
}

/** `tcp begin 80`, `tcp end 81` of a nested form as `TCP 80 81`. */
function serviceWords({ book }: PrintedContext, body: readonly Statement[]): readonly string[] {
  for (const { words, negated } of body) {
    const [head = ''] = words;
    if (negated || (!PROTOCOLS.has(head.toLowerCase()) && head !== 'custom')) continue;
    book.all(body, head);
    const begin = book.word(body, head, 'begin')?.text ?? words[1];
    const end = book.word(body, head, 'end')?.text ?? words[2] ?? begin;
    return [head, ...(begin === undefined ? [] : [begin]), ...(end === undefined ? [] : [end])];
  }
  return [];
}

/** @param words protocol and ports, or a message type: `TCP 80 80`, `ICMP echo-reply`, `ESP`. */
export function putService(sink: KeySink, name: Word, words: readonly string[]): void {
  const [head = '', first, last = first] = words;
  const custom = head.toLowerCase() === 'custom';
  const protocol = custom ? Number(first) : PROTOCOLS.get(head.toLowerCase());
  const index = sink.next('svcObj');
  sink.put('svcObjId_N', index, name.text, name.location);
  sink.put('svcObjType_N', index, '1', name.location);
  sink.put('svcObjIpType_N', index, protocol === undefined ? head : String(protocol), name.location);
  const [from, to] = portsOf(protocol, custom ? undefined : first, custom ? undefined : last);
  sink.put('svcObjPort1_N', index, from, name.location);
  sink.put('svcObjPort2_N', index, to, name.location);
}

function portsOf(
  protocol: number | undefined,
  first: string | undefined,
  last: string | undefined,
): readonly [string, string] {
  if (protocol === 1 || protocol === 58) {
    const type = ICMP_TYPES.get(first ?? '') ?? (/^\d+$/.test(first ?? '') ? Number(first) : undefined);
    return type === undefined || protocol === 58 ? ['0', '255'] : [String(type), String(type)];
  }
  return [first ?? '1', last ?? '1'];
}
