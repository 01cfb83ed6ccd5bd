import type { Administrator, Setting } from '../../model/firewall-config.js';
import { isBuiltInAdministration, isDirectoryWide } from './administration.js';
import type { KeyReader, Value } from './key-reader.js';
import { integer, isOn, isSet } from './values.js';

/**
 * Who the appliance belongs to: the configuration's own history, and the group that users of
 * an outside server come in with.
 */
export function readOwnership(
  reader: KeyReader,
  administrators: readonly Administrator[],
): readonly Setting[] {
  return [
    ...importSettings(reader),
    ...newerFirmware(reader),
    ...lastImport(reader),
    ...lastChange(reader),
    ...defaultGroup(reader, administrators),
  ];
}

/** Other appliances whose settings were imported into this one; a restored backup of its own is none. */
function importSettings(reader: KeyReader): readonly Setting[] {
  const own = new Set([reader.single('serialNumber')?.text, reader.single('serial')?.text]);
  const others = new Map<string, number>();
  for (const index of reader.indices('prefsHistorySerialNumber_N')) {
    const serial = reader.at('prefsHistorySerialNumber_N', index)?.text ?? '';
    if (serial !== '' && !own.has(serial)) others.set(serial, index);
  }
  const [first] = others.values();
  if (first === undefined) return [];
  return [
    {
      name: 'imported-configurations',
      value: others.size,
      location: reader.locate('prefsHistorySerialNumber_N', first),
    },
    ...[...others].map(([serial, index]): Setting => {
      const when = dayText(reader.at('prefsHistoryTimeStamp_N', index));
      const words = [
        reader.at('prefsHistoryShortProdName_N', index)?.text,
        serial,
        reader.at('prefsHistoryBuildNum_N', index)?.text,
        when,
      ];
      return {
        name: 'imported-from',
        value: words.filter((word) => word).join(' '),
        location: reader.locate('prefsHistorySerialNumber_N', index),
      };
    }),
  ];
}

/** The newest of the firmwares that ran before, where it is newer than the one that runs: somebody went back. */
function newerFirmware(reader: KeyReader): readonly Setting[] {
  const running = buildOf(reader.single('buildNum')?.text);
  if (running === null) return [];
  const newer = reader.indices('firmwareHistoryBuildNum_N').flatMap((index) => {
    const build = buildOf(reader.at('firmwareHistoryBuildNum_N', index)?.text);
    if (build === null || build.line !== running.line) return [];
    return compare(build.numbers, running.numbers) > 0 ? [{ index, build }] : [];
  });
  const [newest] = newer.sort((a, b) => compare(b.build.numbers, a.build.numbers));
  if (newest === undefined) return [];
  const when = dayText(reader.at('firmwareHistoryTimeStamp_N', newest.index));
  return [
    {
      name: 'firmware-before',
      value: `${newest.build.text} ${when}`.trim(),
      location: reader.locate('firmwareHistoryBuildNum_N', newest.index),
    },
  ];
}

interface Build {
  readonly text: string;
  readonly numbers: readonly number[];
  /** The letter behind the build, which tells one line of appliances from another. */
  readonly line: string;
}

/** `6.5.4.4-44n`, a hotfix or not; null for what is no build. */
function buildOf(text: string | undefined): Build | null {
  const parts = /^(\d{1,4}(?:\.\d{1,4}){1,3})-(\d{1,9})([a-z]?)(?:$|-)/.exec(text ?? '');
  if (text === undefined || parts === null) return null;
  const [, version = '', build = '', line = ''] = parts;
  const numbers = version.split('.').map(Number);
  return { text, numbers: [...numbers, ...Array(4 - numbers.length).fill(0), Number(build)], line };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** A moment as a day where it is seconds since 1970, else as it is written; empty for none. */
function dayText(value: Value | undefined): string {
  const seconds = integer(value?.text);
  if (seconds === null) return value?.text ?? '';
  const day = new Date(seconds * 1000);
  return seconds === 0 || Number.isNaN(day.getTime()) ? '' : day.toISOString().slice(0, 10);
}

/** Who imported settings last, and when. */
function lastImport(reader: KeyReader): readonly Setting[] {
  const user = reader.single('lastImportedUser');
  if (user === undefined || !isSet(user)) return [];
  const when = dayText(reader.single('lastImportedTime'));
  return [{ name: 'last-import-by', value: `${user.text} ${when}`.trim(), location: user.location }];
}

/** Who changed something last, and the address that this came from: `admin 203.0.113.7:X1 UI 01/01/2026`. */
function lastChange(reader: KeyReader): readonly Setting[] {
  const user = reader.single('lastModifiedUser');
  if (user === undefined || !isSet(user)) return [];
  const { text, location } = user;
  const [, address] = /(?:^| )(\d{1,3}(?:\.\d{1,3}){3})(?::| |$)/.exec(text) ?? [];
  return [
    { name: 'last-change-by', value: text, location },
    ...(address === undefined ? [] : [{ name: 'last-change-from' as const, value: address, location }]),
  ];
}

/** What every user gets whom an outside server knows, whoever runs that server. */
function defaultGroup(reader: KeyReader, administrators: readonly Administrator[]): readonly Setting[] {
  const group = reader.single('radiusDfltUserGroup');
  const asked = askedGroups(reader);
  const dialIn = dialInGroups(reader, asked);
  const members = reader.indices('uo_atomToGrp_N').map((index) => reader.at('uo_atomToGrp_N', index));
  const wide = [...members, ...asked].find(
    (value) => value !== undefined && holdsDirectory(value.text, reader) && dialIn(value.text),
  );
  const all = (place: Value | undefined): readonly Setting[] =>
    place === undefined ? [] : [{ name: 'directory-users-dial-in', value: true, location: place.location }];
  if (group === undefined || !isSet(group)) return all(wide);
  const { text, location } = group;
  const administers =
    isBuiltInAdministration(text) ||
    administrators.some(({ kind, name }) => kind === 'group' && name === text);
  return [
    { name: 'directory-default-group', value: text, location },
    { name: 'directory-users-administer', value: administers, location },
    ...(dialIn(text)
      ? all(group)
      : wide === undefined
        ? [{ name: 'directory-users-dial-in' as const, value: false, location }]
        : all(wide)),
  ];
}

/** Whether whoever a directory knows is in a group: one of that protocol, or everybody where there is a directory. */
function holdsDirectory(group: string, reader: KeyReader): boolean {
  if (group !== 'Everyone') return isDirectoryWide(group);
  const many = reader.indices('ldapSrvrHostName_N').map((index) => reader.at('ldapSrvrHostName_N', index));
  return [reader.single('Rad_prm_IP'), reader.single('ldapServerName'), ...many].some(isSet);
}

/** Who dials in by SSL VPN, and by the GroupVPN of the factory where a form does not say whom it lets in. */
const SSL_VPN_USERS = 'SSLVPN Services';
const GROUP_VPN_USERS = 'Trusted Users';

/**
 * The groups that a running GroupVPN and a running L2TP server ask for, where the file says which. Either may ask for a
 * whole directory by itself, without a membership that says so.
 */
function askedGroups(reader: KeyReader): readonly Value[] {
  const running = isOn(reader.single('ipsecEnable')) !== false;
  const policies = reader
    .indices('ipsecName_N')
    .filter(
      (index) =>
        running &&
        isOn(reader.at('ipsecClientPolicy_N', index)) === true &&
        isOn(reader.at('ipsecSaDisabled_N', index)) !== true,
    )
    .map((index) => reader.at('ipsecXauthUserGroup_N', index) ?? usual(reader.locate('ipsecName_N', index)));
  const server = reader.single('L2TPServerEnabled');
  const group = reader.single('L2TPsUserGroup');
  const overL2tp =
    server === undefined || isOn(server) !== true ? [] : [group?.text ? group : usual(server.location)];
  return [...policies, ...overL2tp];
}

function usual(location: Value['location']): Value {
  return { text: GROUP_VPN_USERS, location };
}

/**
 * Whether the members of a group may dial in: it is one that SSL VPN, a running GroupVPN or a running L2TP server asks
 * for, or is in such a one, however deep. Everybody who has logged in is in `Trusted Users`, which opens nothing else.
 */
function dialInGroups(reader: KeyReader, asked: readonly Value[]): (group: string) => boolean {
  const wanted = new Set([SSL_VPN_USERS, ...asked.map(({ text }) => text)]);
  const memberships = reader
    .indices('uo_atomToGrp_N')
    .map((index) => [reader.at('uo_atomToGrp_N', index)?.text, reader.at('uo_grpToGrp_N', index)?.text]);
  return (name) => {
    const above = new Set([name]);
    for (const each of above)
      for (const [member, parent] of memberships) if (member === each && parent) above.add(parent);
    return [...above].some((each) => wanted.has(each));
  };
}
