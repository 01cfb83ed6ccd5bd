import type { Location } from '../../model/location.js';
import type { AddressContent, AddressObject } from '../../model/objects.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, locationOf, value } from './config-tree.js';
import type { Reading } from './reading.js';

/** One alias as it is written. */
interface AliasRow {
  readonly name: string;
  readonly type: string;
  /** Its members: addresses, networks, ranges, ports, names of hosts or of other aliases. */
  readonly members: readonly string[];
  readonly location: Location;
  /** Where the members stand. */
  readonly membersAt: Location;
}

/** What an alias of ports stands for; null: the file does not hold it, or it is no such alias. */
export interface PortAlias {
  readonly ports: PortSet | null;
  readonly location: Location;
}

export interface AliasBook {
  /** Aliases of addresses, and the hosts that are members of them by name. */
  readonly objects: readonly AddressObject[];
  readonly names: ReadonlySet<string>;
  /** Aliases of ports, by name. */
  readonly ports: ReadonlyMap<string, PortAlias>;
  /** Exactly the addresses of an alias, as far as the file holds them; null: it holds them not all. */
  addressesOf(name: string): IpSet | null;
}

const PORT_TYPES: ReadonlySet<string> = new Set(['port', 'url_ports', 'urltable_ports']);

/** Types whose addresses are in the file. Those of a table of a URL are fetched, and fetched again. */
const LITERAL_TYPES: ReadonlySet<string> = new Set(['host', 'network']);

/**
 * Whether the addresses of an alias are in the file. What a plain URL held is fetched once, when the alias is saved, and
 * kept as its addresses, which are loaded like those of hosts (`filter_generate_aliases`).
 */
function isLiteral({ type, members }: AliasRow): boolean {
  return LITERAL_TYPES.has(type) || (type === 'url' && members.length > 0);
}

export function readAliases({ root, file, log }: Reading): AliasBook {
  const rows = new Map<string, AliasRow>();
  for (const element of children(at(root, 'aliases'), 'alias')) {
    const row = rowOf(element, file);
    if (row.name === '') log.note('missing-value', 'an alias has no name', row.location);
    else if (rows.has(row.name)) log.note('duplicate-key', 'two aliases have one name', row.location);
    else rows.set(row.name, row);
  }
  const addressRows = [...rows.values()].filter((row) => !PORT_TYPES.has(row.type));
  const portRows = [...rows.values()].filter((row) => PORT_TYPES.has(row.type));
  const members = new Map<string, AddressObject>();
  const objects = addressRows.map((row) => addressObject(row, rows, members));
  return {
    objects: [...objects, ...members.values()],
    names: new Set(addressRows.map((row) => row.name)),
    ports: new Map(portRows.map((row) => [row.name, { ports: portsOf(row, rows), location: row.location }])),
    addressesOf: (name) => exactAddresses(name, rows),
  };
}

function rowOf(element: XmlElement, file: string): AliasRow {
  return {
    name: value(element, 'name'),
    type: value(element, 'type').toLowerCase(),
    members: value(element, 'address')
      .split(/\s+/)
      .filter((member) => member !== ''),
    location: locationOf(element, file),
    membersAt: locationOf(child(element, 'address') ?? element, file),
  };
}

/** An alias of addresses only holds a set; one that names hosts or aliases is a group of its members. */
function addressObject(
  row: AliasRow,
  rows: ReadonlyMap<string, AliasRow>,
  members: Map<string, AddressObject>,
): AddressObject {
  return {
    name: row.name,
    label: row.name,
    zone: null,
    content: contentOf(row, rows, members),
    origin: 'user',
    location: row.location,
  };
}

function contentOf(
  row: AliasRow,
  rows: ReadonlyMap<string, AliasRow>,
  members: Map<string, AddressObject>,
): AddressContent {
  if (!isLiteral(row)) {
    const fetched = row.type.startsWith('url');
    return {
      kind: 'unknown',
      reason: fetched ? 'a list that is fetched from a URL' : 'a kind that is not known',
    };
  }
  const sets = row.members.map(parseIpSet);
  if (sets.every((set) => set !== null)) return { kind: 'addresses', addresses: IpSet.unionOf(sets) };
  for (const [index, member] of row.members.entries()) {
    if (rows.has(member) || members.has(member)) continue;
    members.set(member, memberObject(member, sets[index] ?? null, row.membersAt));
  }
  return { kind: 'group', members: row.members };
}

/** A member of a mixed alias: an address, or a host whose address is looked up every few minutes. */
function memberObject(member: string, set: IpSet | null, location: Location): AddressObject {
  return {
    name: member,
    label: member,
    zone: null,
    content: memberContent(member, set),
    origin: 'user',
    location,
  };
}

function memberContent(member: string, set: IpSet | null): AddressContent {
  if (set !== null) return { kind: 'addresses', addresses: set };
  const reason = 'a name whose address is looked up';
  // Without a dot it may as well be an alias that is gone.
  return member.includes('.') ? { kind: 'unknown', reason, domain: member } : { kind: 'unknown', reason };
}

/** Every alias that a name stands for, itself included; a cycle ends where it began. */
function nested(name: string, rows: ReadonlyMap<string, AliasRow>): readonly AliasRow[] {
  const seen = new Set([name]);
  const found: AliasRow[] = [];
  for (const next of seen) {
    const row = rows.get(next);
    if (row === undefined) continue;
    found.push(row);
    for (const member of row.members) if (rows.has(member)) seen.add(member);
  }
  return found;
}

function exactAddresses(name: string, rows: ReadonlyMap<string, AliasRow>): IpSet | null {
  const literal = parseIpSet(name);
  if (literal !== null) return literal;
  const found = nested(name, rows);
  if (found.length === 0 || !found.every(isLiteral)) return null;
  const sets = found.flatMap((row) => row.members.filter((member) => !rows.has(member)).map(parseIpSet));
  return sets.every((set) => set !== null) ? IpSet.unionOf(sets) : null;
}

function portsOf(row: AliasRow, rows: ReadonlyMap<string, AliasRow>): PortSet | null {
  const found = nested(row.name, rows);
  if (found.some(({ type }) => type !== 'port')) return null;
  const sets = found.flatMap((each) => each.members.filter((member) => !rows.has(member)).map(parsePorts));
  return sets.every((set) => set !== null) ? PortSet.unionOf(sets) : null;
}

/** Names of ports that pfSense takes beside numbers, from the services file of FreeBSD. */
const PORT_NAMES: ReadonlyMap<string, number> = new Map([
  ['ftp', 21],
  ['ssh', 22],
  ['telnet', 23],
  ['smtp', 25],
  ['domain', 53],
  ['tftp', 69],
  ['http', 80],
  ['pop3', 110],
  ['ntp', 123],
  ['imap', 143],
  ['snmp', 161],
  ['ldap', 389],
  ['https', 443],
  ['isakmp', 500],
  ['imaps', 993],
]);

/** A port, its name, or a range written with a dash or a colon; null for anything else. */
export function parsePorts(text: string): PortSet | null {
  const [first = '', last = first, ...more] = text.split(/[-:]/);
  const low = portNumber(first);
  const high = portNumber(last);
  if (low === null || high === null || low > high || more.length > 0) return null;
  return PortSet.of([low, high]);
}

function portNumber(text: string): number | null {
  if (!/^\d{1,5}$/.test(text)) return PORT_NAMES.get(text.toLowerCase()) ?? null;
  const port = Number(text);
  return port < 65_536 ? port : null;
}
