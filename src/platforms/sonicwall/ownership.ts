import type { Administrator, Setting } from '../../model/firewall-config.js';
import { isBuiltInAdministration } from './administration.js';
import type { KeyReader, Value } from './key-reader.js';
import { integer, isSet } from './values.js';

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

/** Built-in groups whose members dial in. */
const DIAL_IN: ReadonlySet<string> = new Set(['SSLVPN Services', 'Trusted Users']);

/** What every user gets whom an outside server knows, whoever runs that server. */
function defaultGroup(reader: KeyReader, administrators: readonly Administrator[]): readonly Setting[] {
  const group = reader.single('radiusDfltUserGroup');
  if (group === undefined || !isSet(group)) return [];
  const { text, location } = group;
  const administers =
    isBuiltInAdministration(text) ||
    administrators.some(({ kind, name }) => kind === 'group' && name === text);
  return [
    { name: 'directory-default-group', value: text, location },
    { name: 'directory-users-administer', value: administers, location },
    { name: 'directory-users-dial-in', value: DIAL_IN.has(text), location },
  ];
}
