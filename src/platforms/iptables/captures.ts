import { parseIpSet } from '../../sets/ip-set.js';
import type { Dump, Family, TableDump } from './dump.js';
import { words } from './lines.js';

/** Tables that make one device, in the order of the files. */
export interface DeviceDump {
  readonly name: string;
  readonly dumps: readonly Dump[];
  readonly tables: readonly FamilyTable[];
}

export interface FamilyTable {
  readonly family: Family;
  readonly dump: TableDump;
}

/** Which tables of which files make one device; the rules stand in README.md. */
export function toDevices(dumps: readonly Dump[]): readonly DeviceDump[] {
  const single = dumps.flatMap(splitDump);
  const twins = new Map<string, DeviceDump[]>();
  for (const device of single) {
    const [dump] = device.dumps;
    const alone = single.filter((each) => each.dumps[0] === dump).length === 1;
    const key = alone && dump !== undefined ? stemOf(dump.file) : `${device.name}\n${twins.size}`;
    twins.set(key, [...(twins.get(key) ?? []), device]);
  }
  return [...twins.values()].flatMap(joinTwins);
}

/** The devices of one file: a table that is dumped whole for a second time belongs to another one. */
function splitDump(dump: Dump): readonly DeviceDump[] {
  const families = familiesOf(dump);
  const devices: { host: string | null; tables: FamilyTable[] }[] = [];
  for (const [at, table] of dump.tables.entries()) {
    const family = families[at] ?? 'ipv4';
    const last = devices.at(-1);
    const again = last?.tables.some(
      (each) =>
        each.family === family && each.dump.table === table.table && isWhole(each.dump) && isWhole(table),
    );
    if (last === undefined || again === true || last.host !== table.host) {
      devices.push({ host: table.host, tables: [{ family, dump: table }] });
    } else {
      last.tables.push({ family, dump: table });
    }
  }
  const name = nameOf(dump.file);
  return devices.map(({ host, tables }, at) => ({
    name: host ?? (at === 0 ? name : `${name}-${at + 1}`),
    dumps: [dump],
    tables,
  }));
}

function isWhole(dump: TableDump): boolean {
  return dump.declared.size > 0;
}

/** The family of each table: as its comment says, else as it shows itself, the file's name, the others. */
function familiesOf({ file, tables }: Dump): readonly Family[] {
  const own = tables.map((table) => table.family ?? shownBy(table) ?? table.told ?? namedBy(file));
  const known = new Set(own.filter((family) => family !== null));
  const [only] = known;
  return own.map((family) => family ?? (known.size === 1 && only !== undefined ? only : 'ipv4'));
}

/** How many rules are asked before a table counts as not telling. */
const SAMPLE = 2_000;

function shownBy(table: TableDump): Family | null {
  let asked = 0;
  for (const { name, rules } of table.chains.values()) {
    // Chains of ufw; those for IPv4 begin in the same way as those of older versions for both.
    if (name.startsWith('ufw6-')) return 'ipv6';
    for (const { text } of rules) {
      asked += 1;
      if (asked > SAMPLE) return null;
      const family = words(text)
        .map(familyOfWord)
        .find((each) => each !== null);
      if (family !== undefined && family !== null) return family;
    }
  }
  return null;
}

function familyOfWord(word: string): Family | null {
  if (/^(?:icmp6|ipv6-icmp|icmpv6|--icmpv6-type|--hl-(?:eq|lt|gt))$|^icmp6-/.test(word)) return 'ipv6';
  // Times of day and MAC addresses look alike and are no addresses.
  if (word.includes('::') || (word.match(/:/g) ?? []).length === 7) {
    const [address = ''] = word.split('/');
    if (parseIpSet(address) !== null) return 'ipv6';
  }
  return /^\d{1,3}(?:\.\d{1,3}){3}(?:\/[\d.]+)?$/.test(word) || word === 'icmp' ? 'ipv4' : null;
}

function namedBy(file: string): Family | null {
  const name = baseName(file).toLowerCase();
  const folder = /(?:^|\/)(?:ipv?|v)([46])\/[^/]*$/i.exec(file)?.[1];
  if (folder !== undefined) return folder === '6' ? 'ipv6' : 'ipv4';
  if (/ip6|ipv6|(?:^|[^a-z0-9])v6(?:[^a-z0-9]|$)/.test(name)) return 'ipv6';
  if (/iptables|ip4|ipv4|(?:^|[^a-z0-9])v4(?:[^a-z0-9]|$)/.test(name)) return 'ipv4';
  const [, digit] = DIGIT.exec(name) ?? [];
  return digit === undefined ? null : digit === '6' ? 'ipv6' : 'ipv4';
}

/** `user6.rules`, `firewall4.txt`: not `fw16.rules`. */
const DIGIT = /[a-z]([46])(?=\.|$)/;

/** Two captures of one folder that differ in the family only, in name as in content. */
function joinTwins(devices: readonly DeviceDump[]): readonly DeviceDump[] {
  const [first, second, third] = devices;
  if (first === undefined || second === undefined || third !== undefined) return devices;
  const [one, two] = [onlyFamily(first), onlyFamily(second)];
  if (one === null || two === null || one === two) return devices;
  return [
    {
      name: first.name.replace(/([a-z])[46]$/i, '$1'),
      dumps: [...first.dumps, ...second.dumps],
      tables: [...first.tables, ...second.tables],
    },
  ];
}

function onlyFamily({ tables }: DeviceDump): Family | null {
  const families = new Set(tables.map((table) => table.family));
  const [only] = families;
  return families.size === 1 ? (only ?? null) : null;
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1);
}

/** A file's path without what only tells the family. */
function stemOf(file: string): string {
  const name = baseName(file)
    .toLowerCase()
    .replace(/ip6tables/g, 'iptables')
    .replace(/[-._]?(?:ipv?|v)[46]/g, '')
    .replace(/([a-z])[46](?=\.|$)/, '$1');
  return folderOf(file) + name;
}

/** Names that files of this format usually have, and that name no device. */
const USUAL = /^(?:config|rules|iptables|ip6tables|firewall|dump|save|saved|iptables-save|ip6tables-save)$/;

/** What a device is called when nothing in the file says: the file, or its folder when that says more. */
function nameOf(file: string): string {
  if (file === '-') return 'iptables';
  const name = baseName(file)
    .replace(/(?:\.(?:rules|txt|save|conf|cfg|v[46]))+$/i, '')
    .replace(/[-._]?(?:ipv?|v)[46]$/i, '');
  if (name !== '' && !USUAL.test(name.toLowerCase())) return name;
  return baseName(folderOf(file).slice(0, -1)) || name || 'iptables';
}
