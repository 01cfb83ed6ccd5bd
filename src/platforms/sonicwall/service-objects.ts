import type { Location, Origin } from '../../model/location.js';
import type { ServiceContent, ServiceObject } from '../../model/objects.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { KeyReader, Value } from './key-reader.js';
import { groupMembers, integer, originOf } from './values.js';

/** The service objects of the model. */
export interface ServiceBook {
  readonly objects: readonly ServiceObject[];
  /** Everything that an object or a group stands for; null when the file cannot tell. */
  setOf(name: string): ServiceSet | null;
  /** A service that the appliance itself offers, as the firmware marks it. */
  managementObject(name: string): { readonly services: ServiceSet; readonly location: Location } | null;
  /** Whether an object stands for a service that the appliance itself offers, or a group holds one. */
  isManagement(name: string): boolean;
}

interface ServiceRow {
  readonly id: string;
  readonly content: ServiceContent;
  readonly management: boolean;
  /** The firmware marks it as a service of the appliance's own. */
  readonly marked: boolean;
  readonly origin: Origin;
  /** Seconds since 1970; undefined: before 6.5 nothing says. */
  readonly updated: number | undefined;
  readonly location: Location;
}

/** Protocols whose two numbers are ports: TCP, UDP, DCCP, SCTP, UDP-Lite. */
const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);
const ICMP: ReadonlySet<number> = new Set([1, 58]);

export function readServices(reader: KeyReader, log: DiagnosticLog): ServiceBook {
  const members = groupMembers(reader, 'so_atomToGrp_N', 'so_grpToGrp_N', log);
  const rows = new Map<string, ServiceRow>();
  const own = new Map<string, ServiceRow>();
  for (const index of reader.indices('svcObjId_N', 'svcObjType_N')) {
    const row = readRow(reader, index, members, log);
    if (row === null) continue;
    if (row.management && row.origin !== 'user' && !own.has(row.id)) own.set(row.id, row);
    const before = rows.get(row.id);
    rows.set(
      row.id,
      before === undefined ? row : { ...before, content: NAMESAKES, management: false, marked: false },
    );
  }
  const objects = [...rows.values()].map(
    ({ id, content, origin, updated, location }): ServiceObject => ({
      name: id,
      label: id,
      content,
      origin,
      ...(updated === undefined ? {} : { updated }),
      location,
    }),
  );
  const setOf = setResolver(rows);
  return {
    objects,
    setOf,
    managementObject(name) {
      // A namesake that somebody made says nothing about what the appliance offers.
      const row = own.get(name);
      const services = row?.content.kind === 'services' ? row.content.services : null;
      return row === undefined || services === null || services.isEmpty()
        ? null
        : { services, location: row.location };
    },
    isManagement: (name) => leavesOf(rows, name).some(([leaf, row]) => isOwnService(leaf, row)),
  };
}

const NAMESAKES: ServiceContent = { kind: 'unknown', reason: 'several objects have this name' };

function readRow(
  reader: KeyReader,
  index: number,
  members: ReadonlyMap<string, readonly string[]>,
  log: DiagnosticLog,
): ServiceRow | null {
  const id = reader.at('svcObjId_N', index);
  if (id === undefined) {
    log.note('missing-value', 'a service object has no name', reader.locate('svcObjType_N', index));
    return null;
  }
  const type = reader.at('svcObjType_N', index);
  const management = reader.at('svcObjManagement_N', index);
  const row = {
    id: id.text,
    // Exports that carry no such mark at all are judged by the name alone.
    management: management === undefined ? !reader.has('svcObjManagement_N') : management.text === '1',
    marked: management?.text === '1',
    origin: originOf(reader.at('svcObjProperties_N', index)),
    updated: integer(reader.at('svcObjTimeUpdated_N', index)?.text) || undefined,
    location: id.location,
  };
  if (type?.text === '2') return { content: { kind: 'group', members: members.get(id.text) ?? [] }, ...row };
  const protocol = reader.at('svcObjIpType_N', index);
  const first = reader.at('svcObjPort1_N', index);
  const last = reader.at('svcObjPort2_N', index);
  if (type === undefined || protocol === undefined || first === undefined || last === undefined) {
    log.note('missing-value', 'a service object lacks its type, protocol or ports', id.location);
    return { content: { kind: 'unknown', reason: 'part of it is not in the file' }, ...row };
  }
  const services = type.text === '1' ? servicesOf(protocol, first, last) : null;
  if (services !== null) return { content: { kind: 'services', services }, ...row };
  log.note(
    'malformed-value',
    'a service object holds a protocol or port that cannot be read',
    protocol.location,
  );
  return { content: { kind: 'unknown', reason: 'its protocol or ports cannot be read' }, ...row };
}

/** Null when a number is not one, or the range is reversed. */
function servicesOf(protocolValue: Value, firstValue: Value, lastValue: Value): ServiceSet | null {
  const protocol = integer(protocolValue.text);
  const first = integer(firstValue.text);
  const last = integer(lastValue.text);
  if (protocol === null || protocol < 1 || protocol > 255) return null;
  if (!WITH_PORTS.has(protocol) && !ICMP.has(protocol)) return ServiceSet.of(protocol);
  if (first === null || last === null || first > 65_535 || last > 65_535) return null;
  if (ICMP.has(protocol)) return ServiceSet.of(protocol, messageTypes(first, last));
  return first > last ? null : ServiceSet.of(protocol, PortSet.of([first, last]));
}

/** A number above 255 is code × 256 + type; codes are not told apart. */
function messageTypes(first: number, last: number): PortSet {
  const types = [first % 256, last % 256];
  return PortSet.of([Math.min(...types), Math.max(...types)]);
}

/** What an object or a group comes down to, by name; undefined: the file does not hold it. */
function leavesOf(
  rows: ReadonlyMap<string, ServiceRow>,
  name: string,
): readonly (readonly [string, ServiceRow | undefined])[] {
  const seen = new Set([name]);
  const leaves: (readonly [string, ServiceRow | undefined])[] = [];
  for (const next of seen) {
    const row = rows.get(next);
    if (row?.content.kind === 'group') for (const member of row.content.members) seen.add(member);
    else leaves.push([next, row]);
  }
  return leaves;
}

/** SNMP never bears the mark, and some formats leave it out: the appliance's objects are known by name too. */
const OWN_SERVICES: ReadonlySet<string> = new Set([
  'HTTPS Management',
  'HTTP Management',
  'SSH Management',
  'SNMP',
]);

function isOwnService(name: string, row: ServiceRow | undefined): boolean {
  if (row === undefined) return true;
  return row.origin !== 'user' && (row.marked || OWN_SERVICES.has(name));
}

function setResolver(rows: ReadonlyMap<string, ServiceRow>): (name: string) => ServiceSet | null {
  const cache = new Map<string, ServiceSet | null>();
  return (name) => {
    const cached = cache.get(name);
    if (cached !== undefined) return cached;
    const found: ServiceSet[] = [];
    let known = true;
    for (const [, row] of leavesOf(rows, name)) {
      if (row?.content.kind === 'services') found.push(row.content.services);
      else known = false;
    }
    const result = known ? ServiceSet.unionOf(found) : null;
    cache.set(name, result);
    return result;
  };
}
