import type { Administrator, Setting } from '../../model/firewall-config.js';
import type { KeyReader, Value } from './key-reader.js';
import { isOn, isSet } from './values.js';

/**
 * Who the appliance belongs and listens to: the configuration's own history, the group that users of
 * an outside server come in with, and the servers that it tells things or asks for names and time.
 */
export function readOwnership(
  reader: KeyReader,
  administrators: readonly Administrator[],
): readonly Setting[] {
  return [
    ...importSettings(reader),
    ...stated('last-import-by', reader.single('lastImportedUser')),
    ...stated('last-change-by', reader.single('lastModifiedUser')),
    ...defaultGroup(reader, administrators),
    ...servers(reader),
  ];
}

/** Other appliances whose settings were imported into this one; a restored backup of its own is none. */
function importSettings(reader: KeyReader): readonly Setting[] {
  const own = new Set([reader.single('serialNumber')?.text, reader.single('serial')?.text]);
  const others = reader.indices('prefsHistorySerialNumber_N').filter((index) => {
    const serial = reader.at('prefsHistorySerialNumber_N', index)?.text ?? '';
    return serial !== '' && !own.has(serial);
  });
  const [first] = others;
  if (first === undefined) return [];
  const location = reader.locate('prefsHistorySerialNumber_N', first);
  const products = new Set(
    others.flatMap((index) => reader.at('prefsHistoryShortProdName_N', index)?.text || []),
  );
  return [
    { name: 'imported-configurations', value: others.length, location },
    ...[...products].map((product): Setting => ({ name: 'imported-from-product', value: product, location })),
  ];
}

/** Built-in groups whose members dial in. */
const DIAL_IN: ReadonlySet<string> = new Set(['SSLVPN Services', 'Trusted Users']);

/** What every user gets whom an outside server knows, whoever runs that server. */
function defaultGroup(reader: KeyReader, administrators: readonly Administrator[]): readonly Setting[] {
  const group = reader.single('radiusDfltUserGroup');
  if (group === undefined || !isSet(group)) return [];
  const { text, location } = group;
  const administers = administrators.some(({ kind, name }) => kind === 'group' && name === text);
  return [
    { name: 'directory-default-group', value: text, location },
    { name: 'directory-users-administer', value: administers, location },
    { name: 'directory-users-dial-in', value: DIAL_IN.has(text), location },
  ];
}

function servers(reader: KeyReader): readonly Setting[] {
  const logs = reader
    .indices('auxSyslogName_N', 'auxSyslogEnabled_N')
    .filter((index) => isOn(reader.at('auxSyslogEnabled_N', index)) !== false)
    .map((index) => reader.at('auxSyslogName_N', index));
  const clocks = reader
    .indices('addCustomNTPServer_N')
    .map((index) => reader.at('addCustomNTPServer_N', index));
  const names = [reader.single('dnsSrvAddr'), reader.single('dnsServer2'), reader.single('dnsServer3')];
  return [
    ...logs.flatMap((value) => stated('log-server', value)),
    ...clocks.flatMap((value) => stated('time-server', value)),
    ...names.flatMap((value) => stated('dns-server', value)),
  ];
}

function stated(name: Setting['name'], value: Value | undefined): readonly Setting[] {
  return value !== undefined && isSet(value) ? [{ name, value: value.text, location: value.location }] : [];
}
