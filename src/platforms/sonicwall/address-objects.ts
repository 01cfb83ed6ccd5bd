import type { Interface } from '../../model/firewall-config.js';
import type { Location, Origin } from '../../model/location.js';
import type { AddressContent, AddressObject } from '../../model/objects.js';
import { IpSet, maskToPrefix, parseIpSet } from '../../sets/ip-set.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { KeyReader, Value } from './key-reader.js';
import { groupMembers, integer, originOf } from './values.js';

/** An address object as the export writes it, before its meaning. */
export interface AddressRow {
  readonly id: string;
  readonly label: string;
  readonly zone: string | null;
  readonly family: 'ipv4' | 'ipv6' | 'fqdn' | 'mac';
  readonly kind: 'host' | 'range' | 'network' | 'group' | 'unknown';
  /** First address, or the network's; undefined when the key is absent. */
  readonly first: Value | undefined;
  /** Last address, or the mask, or (IPv6) the prefix length. */
  readonly second: Value | undefined;
  /** Why the content is not known, for kinds without addresses. */
  readonly reason: string;
  /** The domain name that it stands for; absent: none. */
  readonly domain?: string | undefined;
  readonly origin: Origin;
  /** Seconds since 1970; undefined: before 6.5 nothing says. */
  readonly updated?: number | undefined;
  readonly location: Location;
}

/** The address objects of the model, and what a name in a rule or group means. */
export interface AddressBook {
  readonly objects: readonly AddressObject[];
  /** Names of the objects that a reference means; the reference itself when it dangles. */
  resolve(reference: string, family: 'ipv4' | 'ipv6'): readonly string[];
}

/** Stands for the type of an object that the appliance has and a printed configuration leaves out. */
export const BUILT_IN = 'built-in';

const V4_KINDS: ReadonlyMap<string, AddressRow['kind']> = new Map([
  ['1', 'host'],
  ['2', 'range'],
  ['4', 'network'],
  ['8', 'group'],
]);

/** 512, 2048: every prefix length in real exports fits; 1024 follows from them. */
const V6_KINDS: ReadonlyMap<string, AddressRow['kind']> = new Map([
  ...V4_KINDS,
  ['512', 'host'],
  ['1024', 'range'],
  ['2048', 'network'],
]);

/** Reads the object families; nothing is resolved yet. */
export function readAddressRows(reader: KeyReader, log: DiagnosticLog): readonly AddressRow[] {
  const rows = [...v4Rows(reader, log), ...v6Rows(reader, log), ...namedRows(reader, log)];
  const downloaded = downloadedGroups(reader);
  return rows.map((row) =>
    row.kind === 'group' && downloaded.has(row.id)
      ? { ...row, kind: 'unknown', reason: 'a list that the appliance downloads' }
      : row,
  );
}

/** Dynamic external groups (6.5): members come from a server, and an export holds the group without them. */
function downloadedGroups(reader: KeyReader): ReadonlySet<string> {
  return new Set(
    reader
      .indices('externalGroupName_N')
      .flatMap((index) => reader.at('externalGroupName_N', index)?.text || []),
  );
}

/** What is spread stands last, where there are many: V8 gives every object that grows behind a spread a shape of its own. */
function v4Rows(reader: KeyReader, log: DiagnosticLog): readonly AddressRow[] {
  const ids = reader.column('addrObjId_N');
  const labels = reader.column('addrObjIdDisp_N');
  const types = reader.column('addrObjType_N');
  const zones = reader.column('addrObjZone_N');
  const first = reader.column('addrObjIp1_N');
  const second = reader.column('addrObjIp2_N');
  const properties = reader.column('addrObjProperties_N');
  const updated = reader.column('addrObjTimeUpdated_N');
  return reader.indices('addrObjId_N', 'addrObjType_N').flatMap((index) => {
    const id = ids.at(index);
    if (id === undefined) return unnamed(reader.locate('addrObjType_N', index), log);
    const kind = kindOf(types.at(index), V4_KINDS, id.location, log);
    return {
      id: id.text,
      label: labels.text(index) || id.text,
      zone: zones.text(index) || null,
      family: 'ipv4' as const,
      first: first.at(index),
      second: second.at(index),
      origin: originOf(properties.text(index)),
      updated: integer(updated.text(index)) || undefined,
      location: id.location,
      ...kind,
    };
  });
}

function v6Rows(reader: KeyReader, log: DiagnosticLog): readonly AddressRow[] {
  return reader.indices('addrObjV6Id_N', 'addrObjV6Type_N').flatMap((index) => {
    const id = reader.at('addrObjV6Id_N', index);
    if (id === undefined) return unnamed(reader.locate('addrObjV6Type_N', index), log);
    const kind = kindOf(reader.at('addrObjV6Type_N', index), V6_KINDS, id.location, log);
    return {
      id: id.text,
      label: reader.at('addrObjV6IdDisp_N', index)?.text || id.text,
      zone: reader.at('addrObjV6Zone_N', index)?.text || null,
      family: 'ipv6' as const,
      first: reader.at('addrObjV6Ip1_N', index),
      second: reader.at(kind.kind === 'network' ? 'addrObjV6PrefixLen_N' : 'addrObjV6Ip2_N', index),
      origin: originOf(reader.at('addrObjV6Properties_N', index)),
      location: id.location,
      ...kind,
    };
  });
}

/** Objects that stand for a domain name or a hardware address. */
function namedRows(reader: KeyReader, log: DiagnosticLog): readonly AddressRow[] {
  const fqdn = reader.indices('addrObjFqdnId_N', 'addrObjFqdn_N').flatMap((index) => {
    const id = reader.at('addrObjFqdnId_N', index);
    if (id === undefined) return unnamed(reader.locate('addrObjFqdn_N', index), log);
    const domain = reader.at('addrObjFqdn_N', index)?.text || undefined;
    const zone = reader.at('addrObjFqdnZone_N', index)?.text;
    const origin = originOf(reader.at('addrObjFqdnProperties_N', index));
    return { ...nameRow(id, 'fqdn', `domain name ${domain ?? ''}`.trimEnd(), zone, origin), domain };
  });
  const mac = reader.indices('addrObjMacId_N').flatMap((index) => {
    const id = reader.at('addrObjMacId_N', index);
    const zone = reader.at('addrObjMacZone_N', index)?.text;
    const origin = originOf(reader.at('addrObjMacProperties_N', index));
    return id === undefined ? [] : [nameRow(id, 'mac', 'hardware address', zone, origin)];
  });
  return [...fqdn, ...mac];
}

function nameRow(
  id: Value,
  family: 'fqdn' | 'mac',
  reason: string,
  zone: string | undefined,
  origin: Origin,
): AddressRow {
  return {
    id: id.text,
    label: id.text,
    zone: zone || null,
    family,
    kind: 'unknown',
    first: undefined,
    second: undefined,
    reason,
    origin,
    location: id.location,
  };
}

function unnamed(beside: Location, log: DiagnosticLog): readonly never[] {
  log.note('missing-value', 'an address object has no name', beside);
  return [];
}

function kindOf(
  type: Value | undefined,
  kinds: ReadonlyMap<string, AddressRow['kind']>,
  location: Location,
  log: DiagnosticLog,
): { readonly kind: AddressRow['kind']; readonly reason: string } {
  if (type === undefined) {
    log.note('missing-value', 'an address object has no type', location);
    return { kind: 'unknown', reason: 'its type is not in the file' };
  }
  if (type.text === BUILT_IN) return { kind: 'unknown', reason: 'built in, and not written out' };
  const kind = kinds.get(type.text);
  if (kind !== undefined) return { kind, reason: '' };
  log.note('malformed-value', 'an address object has a type that is not known', type.location);
  return { kind: 'unknown', reason: 'its type is not known' };
}

/** Gives every row its content, and every object a name of its own. */
export function buildAddressBook(
  reader: KeyReader,
  rows: readonly AddressRow[],
  interfaces: readonly Interface[],
  log: DiagnosticLog,
): AddressBook {
  const members = groupMembers(reader, 'addro_atomToGrp_N', 'addro_grpToGrp_N', log);
  const distinct = mergeNamesakes(rows);
  const names = uniqueNames(distinct);
  const byId = new Map<string, { row: AddressRow; name: string }[]>();
  for (const row of distinct) {
    const entry = { row, name: names.get(row) ?? row.id };
    const before = byId.get(row.id);
    if (before === undefined) byId.set(row.id, [entry]);
    else before.push(entry);
  }

  function meant(reference: string): readonly { row: AddressRow; name: string }[] {
    return byId.get(reference) ?? [];
  }

  const content = contentReader(interfaces, log);
  const objects = distinct.map((row): AddressObject => {
    const below = (members.get(row.id) ?? []).flatMap((reference) => {
      const found = meant(reference);
      return found.length === 0 ? [reference] : found.map(({ name }) => name);
    });
    return {
      name: names.get(row) ?? row.id,
      label: row.label,
      zone: row.zone,
      content: row.kind === 'group' ? { kind: 'group', members: below } : content(row),
      origin: row.origin,
      ...(row.updated === undefined ? {} : { updated: row.updated }),
      location: row.location,
    };
  });
  return {
    objects,
    resolve(reference, family) {
      const found = meant(reference);
      if (found.length === 1) return found.map(({ name }) => name);
      const same = found.filter(({ row }) => row.family === family);
      const chosen = same.length > 0 ? same : found;
      return chosen.length === 0 ? [reference] : chosen.map(({ name }) => name);
    },
  };
}

/** Objects of one family with one name cannot be told apart: together they are one that is not known. */
function mergeNamesakes(rows: readonly AddressRow[]): readonly AddressRow[] {
  const first = new Map<string, AddressRow>();
  for (const row of rows) {
    const key = `${row.family} ${row.id}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, row);
    else if (before.kind !== 'unknown') {
      first.set(key, { ...before, kind: 'unknown', reason: 'several objects have this name' });
    }
  }
  return [...first.values()];
}

const FAMILY_NAMES = { ipv4: 'IPv4', ipv6: 'IPv6', fqdn: 'FQDN', mac: 'MAC' } as const;

function uniqueNames(rows: readonly AddressRow[]): ReadonlyMap<AddressRow, string> {
  const names = new Map<AddressRow, string>();
  const taken = new Set(rows.filter((row) => row.family === 'ipv4').map((row) => row.id));
  for (const row of rows) {
    let name = row.id;
    if (row.family !== 'ipv4') while (taken.has(name)) name = `${name} (${FAMILY_NAMES[row.family]})`;
    taken.add(name);
    names.set(row, name);
  }
  return names;
}

const UNSET_V4 = '0.0.0.0';
/** No system object has a longer name; a longer one is not worth a regular expression. */
const LONGEST_NAME = 200;

/** Turns rows into content, knowing which system objects follow an interface. */
function contentReader(
  interfaces: readonly Interface[],
  log: DiagnosticLog,
): (row: AddressRow) => AddressContent {
  const byName = new Map(interfaces.map((iface) => [iface.name, iface]));
  return (row) => {
    if (row.kind === 'unknown') {
      const { reason, domain } = row;
      return { kind: 'unknown', reason, ...(domain === undefined ? {} : { domain }) };
    }
    const followed = row.origin === 'user' ? null : interfaceOf(row, byName);
    if (followed !== null) return followed;
    const addresses = row.family === 'ipv6' ? v6Addresses(row) : v4Addresses(row);
    if (addresses !== null) return { kind: 'addresses', addresses };
    const location = row.first?.location ?? row.location;
    log.note('malformed-value', 'an address object holds an address that cannot be read', location);
    return { kind: 'unknown', reason: 'its address cannot be read' };
  };
}

/**
 * The interface whose address or subnet a system object is. Its own name says (`X1 IP`), or its
 * display name; the primary addresses of older firmware are found by their address, else they are
 * those of X1 (WAN) and X0 (LAN).
 */
function interfaceOf(
  row: AddressRow,
  interfaces: ReadonlyMap<string, Interface>,
): (AddressContent & { readonly kind: 'interface' }) | null {
  for (const name of [row.id, row.label]) {
    if (name.length > LONGEST_NAME) continue;
    const match = /^(.+?)(?: IPv6 .*)? (IP|Address|Subnet)$/.exec(name);
    const iface = match?.[1];
    if (iface === undefined || !interfaces.has(iface)) continue;
    if (row.family === 'ipv6' && !isUnsetV6(row.first?.text ?? '')) continue;
    return { kind: 'interface', interface: iface, part: match?.[2] === 'Subnet' ? 'subnet' : 'address' };
  }
  const primary = /^(?:(WAN|LAN) Primary (IP|Subnet)|Default Active (WAN) (IP))$/.exec(row.id);
  if (primary === null || row.family !== 'ipv4') return null;
  const part = (primary[2] ?? primary[4]) === 'Subnet' ? 'subnet' : 'address';
  const usual = (primary[1] ?? primary[3]) === 'LAN' ? 'X0' : 'X1';
  const found = interfaceAt(row.first?.text ?? '', part, usual, interfaces);
  return found === null ? null : { kind: 'interface', interface: found, part };
}

function interfaceAt(
  address: string,
  part: 'address' | 'subnet',
  usual: string,
  interfaces: ReadonlyMap<string, Interface>,
): string | null {
  const set = address === UNSET_V4 ? null : parseIpSet(address);
  if (set !== null && part === 'address') {
    for (const iface of interfaces.values()) if (hasAddress(iface, address)) return iface.name;
  }
  return interfaces.has(usual) ? usual : null;
}

function hasAddress(iface: Interface, address: string): boolean {
  if (iface.ipv4.kind === 'dynamic') return iface.ipv4.last === address;
  return iface.ipv4.kind === 'static' && iface.ipv4.cidrs.some((cidr) => cidr.startsWith(`${address}/`));
}

/** Null when the row cannot be read. A system host without an address holds none. */
function v4Addresses(row: AddressRow): IpSet | null {
  const first = row.first?.text ?? '';
  const second = row.second?.text ?? '';
  if (!isV4(first)) return null;
  switch (row.kind) {
    case 'host':
      if (first !== UNSET_V4) return parseIpSet(first);
      return row.origin === 'automatic' ? IpSet.EMPTY : null;
    case 'range':
      return isV4(second) ? parseIpSet(`${first}-${second}`) : null;
    case 'network': {
      const prefix = maskToPrefix(second);
      return prefix === null ? null : parseIpSet(`${first}/${prefix}`);
    }
    default:
      return null;
  }
}

function isV4(text: string): boolean {
  return /^\d+(?:\.\d+){3}$/.test(text);
}

function v6Addresses(row: AddressRow): IpSet | null {
  const first = v6Text(row.first?.text ?? '');
  const second = row.second?.text ?? '';
  if (isUnsetV6(first) && row.origin === 'automatic') return IpSet.EMPTY;
  switch (row.kind) {
    case 'host':
      return isUnsetV6(first) || !isV6(first) ? null : parseIpSet(first);
    case 'range':
      return isV6(first) && isV6(v6Text(second)) ? parseIpSet(`${first}-${v6Text(second)}`) : null;
    case 'network':
      return isV6(first) && /^\d{1,3}$/.test(second) ? parseIpSet(`${first}/${Number(second)}`) : null;
    default:
      return null;
  }
}

function isV6(text: string): boolean {
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(text);
}

/** No address: nothing but zeros and colons. */
export function isUnsetV6(text: string): boolean {
  return /^[0:]*$/.test(text);
}

/** An address in the usual notation; sixteen bytes with colons between are written as eight words. */
export function v6Text(text: string): string {
  if (!/^(?:[0-9a-fA-F]{2}:){15}[0-9a-fA-F]{2}$/.test(text)) return text;
  const bytes = text.split(':');
  return Array.from({ length: 8 }, (_, word) => `${bytes[2 * word]}${bytes[2 * word + 1]}`).join(':');
}
