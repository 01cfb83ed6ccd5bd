import type { Location, Origin } from '../../model/location.js';
import type { AddressObject } from '../../model/objects.js';
import { parseIpSet } from '../../sets/ip-set.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { KeyReader, Value } from './key-reader.js';
import type { ReadFamily } from './read-families.js';

/** Bit 0 of a property mask is set on what the system made. */
export function originOf(properties: Value | string | undefined): Origin {
  const mask = integer(plain(properties));
  if (mask === null) return 'unknown';
  return mask % 2 === 1 ? 'automatic' : 'user';
}

/** A plain decimal number that is exact in this program; null for anything else. */
export function integer(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null;
  return Number(text);
}

/** Switches are written `on` and `off` in one place, `1` and `0` in another; null for anything else. */
export function isOn(value: Value | string | undefined): boolean | null {
  const text = plain(value);
  if (text === 'on' || text === '1') return true;
  if (text === 'off' || text === '0') return false;
  return null;
}

function plain(value: Value | string | undefined): string | undefined {
  return typeof value === 'object' ? value.text : value;
}

/** Whether a key names something: an address that is not 0.0.0.0, a name. */
export function isSet(value: Value | undefined): boolean {
  return value !== undefined && value.text !== '' && value.text !== '0.0.0.0';
}

/** Values that say something else than those before them: several keys may say the same. */
export function distinct(values: readonly (Value | undefined)[]): readonly Value[] {
  const found = new Map<string, Value>();
  for (const value of values) {
    if (value !== undefined && !found.has(value.text)) found.set(value.text, value);
  }
  return [...found.values()];
}

/** The one address that one of the values is or names; else the first of them that is set. */
export function resolved(
  values: readonly (Value | undefined)[],
  objects: readonly AddressObject[],
): Value | undefined {
  const set = values.filter((value) => isSet(value));
  for (const value of set) {
    if (value === undefined || parseIpSet(value.text) !== null) return value;
    const content = objects.find(({ name }) => name === value.text)?.content;
    const [cidr, ...more] = content?.kind === 'addresses' ? content.addresses.toCidrs() : [];
    if (cidr !== undefined && more.length === 0) return { ...value, text: cidr.replace(/\/(32|128)$/, '') };
  }
  return set[0];
}

/** Members by group, from the two parallel families that hold one membership at each index. */
export function groupMembers(
  reader: KeyReader,
  memberFamily: ReadFamily,
  groupFamily: ReadFamily,
  log: DiagnosticLog,
): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, Set<string>>();
  for (const index of reader.indices(memberFamily, groupFamily)) {
    const member = reader.at(memberFamily, index);
    const group = reader.at(groupFamily, index);
    if (member === undefined || group === undefined) {
      const location: Location = (member ?? group)?.location ?? reader.locate(memberFamily, index);
      log.note('missing-value', 'a group membership lacks its member or its group', location);
      continue;
    }
    const before = members.get(group.text);
    if (before === undefined) members.set(group.text, new Set([member.text]));
    else before.add(member.text);
  }
  return new Map([...members].map(([group, names]) => [group, [...names]]));
}
