import type { Administrator, Setting } from '../../model/firewall-config.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { KeyReader, Value } from './key-reader.js';
import type { SettingKey } from './read-families.js';
import { SETTINGS } from './read-families.js';
import { groupMembers, integer, isOn, isSet, originOf } from './values.js';

/** Bits of a privilege mask that give rights over the appliance, with the vendor's words for them. */
const PRIVILEGES: readonly (readonly [number, string])[] = [
  [16, 'administrator'],
  [2, 'limited administrator'],
  [32, 'read-only administrator'],
  [4, 'guest administrator'],
  [16_384, 'system administrator'],
  [32_768, 'cryptographic administrator'],
  [65_536, 'audit administrator'],
];

interface AccountRow {
  readonly index: number;
  readonly name: string;
  readonly kind: 'user' | 'group';
  readonly mask: number;
  readonly properties: Value | undefined;
  readonly id: Value;
}

/** Users and groups with rights over the appliance. The built-in administrator is in no export. */
export function readAdministrators(reader: KeyReader, log: DiagnosticLog): readonly Administrator[] {
  const members = groupMembers(reader, 'uo_atomToGrp_N', 'uo_grpToGrp_N', log);
  const parents = parentsOf(members);
  const written = [...accountRows(reader, 'user', log), ...accountRows(reader, 'group', log)];
  const rows = [...written, ...namedOnly(reader, new Set(written.map(({ name }) => name)))];
  const masks = new Map<string, number>();
  for (const row of written) if (row.kind === 'group') masks.set(row.name, row.mask);
  return rows.flatMap((row) => {
    const groups = parents.get(row.name) ?? [];
    const places = row.kind === 'group' ? wholesale(reader, row, members) : [];
    const built = places.length === 0 ? 0 : (GROUP_MASKS.get(row.name) ?? 0);
    const mask = effectiveMask({ ...row, mask: row.mask === 0 ? built : row.mask }, parents, masks);
    const words = PRIVILEGES.filter(([bit]) => hasBit(mask, bit)).map(([, word]) => word);
    if (words.length === 0) return [];
    return [
      {
        name: row.name,
        kind: row.kind,
        groups: [...new Set([...groups, ...places.map(({ name }) => name)])],
        privilege: words.join(', '),
        enabled: true,
        origin: row.index < 0 && row.kind === 'group' ? 'automatic' : originOf(row.properties),
        marks: [
          ...(words.includes('administrator') ? (['full-rights'] as const) : []),
          ...(places.length === 0 ? [] : (['wildcard'] as const)),
          ...(places.some(({ remote }) => remote) ? (['remote'] as const) : []),
          ...(groups.some((group) => VPN_GROUPS.has(group)) ? (['vpn-user'] as const) : []),
        ],
        created: row.kind === 'user' && row.index >= 0 ? createdAt(reader, row.index) : null,
        location: row.id.location,
      },
    ];
  });
}

/** Whatever makes accounts members of a group without naming them. */
interface Wholesale {
  readonly name: string;
  /** A directory decides who they are. */
  readonly remote: boolean;
}

/** Built-in groups that accounts are in without anybody putting them there, or that everybody who dials in is in. */
const CATCH_ALL: ReadonlySet<string> = new Set([
  'Everyone',
  'Trusted Users',
  'SSLVPN Services',
  'Guest Services',
]);

/** Groups whose members are whoever an outside server knows: `All LDAP Users`, and such of the other protocols. */
const DIRECTORY_WIDE = /^All (?:LDAP|RADIUS|TACACS\+?) Users$/;

/** Whether a group is in itself a whole directory. */
export function isDirectoryWide(group: string): boolean {
  return DIRECTORY_WIDE.test(group);
}

function isCatchAll(group: string): boolean {
  return CATCH_ALL.has(group) || isDirectoryWide(group);
}

/** The part of a directory whose accounts are all members of a group, and such groups inside it, however deep. */
function wholesale(
  reader: KeyReader,
  { index, name, mask }: AccountRow,
  members: ReadonlyMap<string, readonly string[]>,
): readonly Wholesale[] {
  const place = index < 0 ? undefined : reader.at('userGroupObjLdapLocn_N', index);
  const inside = new Set(members.get(name) ?? []);
  for (const each of inside) for (const below of members.get(each) ?? []) inside.add(below);
  // A group that has its rights from another one is told by that one.
  if (isCatchAll(name) || (mask === 0 && !GROUP_MASKS.has(name))) inside.clear();
  const everybody = [...inside, ...(mask > 0 ? [name] : [])].filter(isCatchAll);
  return [
    ...(place !== undefined && isSet(place) ? [{ name: place.text, remote: true }] : []),
    ...everybody.map((each) => ({ name: each, remote: isDirectoryWide(each) })),
  ];
}

/**
 * Accounts that a membership names and no row holds, and built-in groups of administrators whose row the
 * export leaves out: they count all the same.
 */
function namedOnly(reader: KeyReader, known: ReadonlySet<string>): readonly AccountRow[] {
  const found = new Map<string, AccountRow>();
  for (const index of reader.indices('uo_atomToGrp_N', 'uo_grpToGrp_N')) {
    for (const [family, kind] of NAMED) {
      const id = reader.at(family, index);
      const taken = id === undefined || id.text === '' || known.has(id.text) || found.has(id.text);
      if (taken || (kind === 'group') !== (GROUP_MASKS.has(id.text) || isCatchAll(id.text))) continue;
      found.set(id.text, { index: -1, name: id.text, kind, mask: 0, properties: undefined, id });
    }
  }
  return [...found.values()];
}

const NAMED = [
  ['uo_atomToGrp_N', 'user'],
  ['uo_atomToGrp_N', 'group'],
  ['uo_grpToGrp_N', 'group'],
] as const;

/** Built-in groups whose members dial in. */
const VPN_GROUPS: ReadonlySet<string> = new Set(['SSLVPN Services']);

/** 6.5 writes down when an account was made. */
function createdAt(reader: KeyReader, index: number): number | null {
  return integer(reader.at('userObjTimeCreated_N', index)?.text) || null;
}

function accountRows(reader: KeyReader, kind: 'user' | 'group', log: DiagnosticLog): readonly AccountRow[] {
  const stem = kind === 'user' ? 'userObj' : 'userGroupObj';
  return reader.indices(`${stem}Id_N`, `${stem}PrivMask_N`).flatMap((index) => {
    const id = reader.at(`${stem}Id_N`, index);
    const mask = reader.at(`${stem}PrivMask_N`, index);
    if (id === undefined || (mask !== undefined && integer(mask.text) === null)) {
      const location = mask?.location ?? reader.locate(`${stem}Id_N`, index);
      log.note('missing-value', `a ${kind} has no name or no readable privileges`, location);
    }
    if (id === undefined) return [];
    const properties = reader.at(`${stem}Properties_N`, index);
    return [{ index, name: id.text, kind, mask: integer(mask?.text) ?? 0, properties, id }];
  });
}

/** The privileges that the firmware gives its built-in groups, where the export leaves them out. */
const GROUP_MASKS: ReadonlyMap<string, number> = new Map([
  ['SonicWALL Administrators', 16],
  ['Limited Administrators', 2],
  ['SonicWALL Read-Only Admins', 32],
  ['Guest Administrators', 4],
  ['System Administrators', 16_384],
  ['Cryptographic Administrators', 32_768],
  ['Audit Administrators', 65_536],
]);

/** Whether a built-in group gives rights over the appliance. */
export function isBuiltInAdministration(group: string): boolean {
  return GROUP_MASKS.has(group);
}

/** An account's own privileges and those of every group it is in, however deep. */
function effectiveMask(
  row: AccountRow,
  parents: ReadonlyMap<string, readonly string[]>,
  masks: ReadonlyMap<string, number>,
): number {
  const bits = new Set(PRIVILEGES.map(([bit]) => bit).filter((bit) => hasBit(row.mask, bit)));
  const seen = new Set(parents.get(row.name) ?? []);
  for (const group of seen) {
    // Text and answers say no privileges: of a built-in group, its name does.
    const mask = masks.get(group) || (GROUP_MASKS.get(group) ?? 0);
    for (const [bit] of PRIVILEGES) if (hasBit(mask, bit)) bits.add(bit);
    for (const parent of parents.get(group) ?? []) seen.add(parent);
  }
  return [...bits].reduce((sum, bit) => sum + bit, 0);
}

/** Bits are tested by division: a mask may be wider than 32 bits. */
function hasBit(mask: number, bit: number): boolean {
  return Math.floor(mask / bit) % 2 === 1;
}

function parentsOf(members: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>();
  for (const [group, names] of members) {
    for (const name of names) {
      const before = parents.get(name);
      if (before === undefined) parents.set(name, [group]);
      else before.push(group);
    }
  }
  return parents;
}

/** Facts of the management plane, under names that checks may rely on. */
export function readSettings(reader: KeyReader): readonly Setting[] {
  const settings = (Object.keys(SETTINGS) as SettingKey[]).flatMap((key): readonly Setting[] => {
    const value = reader.single(key);
    if (value === undefined || value.text === '') return [];
    const stated = settingValue(value.text);
    const fact = NUMBERED_SWITCHES.has(key) ? stated !== 0 && stated !== false : stated;
    return [{ name: SETTINGS[key], value: fact, location: value.location }];
  });
  return [...settings, ...registrationSetting(reader), ...snmpSettings(reader)];
}

/** Communities that every guesser tries first: RFC 1157's own example, and its usual companion. */
const DEFAULT_COMMUNITIES: ReadonlySet<string> = new Set(['public', 'private']);

/** Whether SNMP runs, without encryption, and to a community that is no secret. Communities are not kept. */
function snmpSettings(reader: KeyReader): readonly Setting[] {
  const enabled = reader.single('snmp_Enable');
  if (enabled === undefined) return [];
  const { location } = enabled;
  const community = reader.single('snmp_GetCommunity');
  const onlyV3 = isOn(reader.single('Snmp3_Mand_Required')) === true;
  const settings: Setting[] = [{ name: 'snmp', value: isOn(enabled) === true, location }];
  if (isOn(enabled) !== true) return settings;
  settings.push({ name: 'snmp-without-encryption', value: !onlyV3, location });
  if (community !== undefined && !onlyV3) {
    const known = DEFAULT_COMMUNITIES.has(community.text);
    settings.push({ name: 'snmp-default-community', value: known, location: community.location });
  }
  return settings;
}

/** Switches that are written as a number, 0 for off. */
const NUMBERED_SWITCHES: ReadonlySet<SettingKey> = new Set(['adminLoginOtpRequire', 'adminOtpReq']);

function settingValue(text: string): string | number | boolean {
  if (text === 'on') return true;
  if (text === 'off') return false;
  return integer(text) ?? text;
}

/** Registered or not; by whom, no export says. The code itself is a secret. */
function registrationSetting(reader: KeyReader): readonly Setting[] {
  const code = reader.single('registrationCode');
  return code === undefined ? [] : [{ name: 'registered', value: code.text !== '', location: code.location }];
}
