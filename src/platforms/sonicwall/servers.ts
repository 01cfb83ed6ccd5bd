import type { Setting } from '../../model/firewall-config.js';
import type { AddressObject } from '../../model/objects.js';
import { readHandedOut } from './handed-out.js';
import type { KeyReader, Value } from './key-reader.js';
import { readNameServers } from './name-servers.js';
import type { ReadFamily } from './read-families.js';
import { distinct, isOn, isSet, resolved } from './values.js';

/**
 * The hosts that the appliance tells things, asks for names and time, or lets decide who logs in, the names
 * that it publishes, and whom its clients are told to ask.
 */
export function readServers(reader: KeyReader, addressObjects: readonly AddressObject[]): readonly Setting[] {
  return [
    ...logServers(reader, addressObjects),
    ...trapReceivers(reader),
    ...flowCollectors(reader, addressObjects),
    ...uploads(reader),
    ...mailboxes(reader),
    ...timeServers(reader),
    ...readNameServers(reader),
    ...directories(reader),
    ...signOnAgents(addressObjects),
    ...olderAgents(reader),
    ...published(reader),
    ...readHandedOut(reader),
  ];
}

function named(name: Setting['name'], value: Value | undefined): readonly Setting[] {
  return value !== undefined && isSet(value) ? [{ name, value: value.text, location: value.location }] : [];
}

function all(reader: KeyReader, family: ReadFamily): readonly (Value | undefined)[] {
  return reader.indices(family).map((index) => reader.at(family, index));
}

/** Servers that somebody added to the list that is built in. With NTP off, none of them is asked. */
function timeServers(reader: KeyReader): readonly Setting[] {
  if (isOn(reader.single('ntp_useNtp')) === false) return [];
  return distinct(all(reader, 'addCustomNTPServer_N')).flatMap((value) => named('time-server', value));
}

/** The first one by its name, by the address that it had, and the one that takes its place. */
const LOG_SERVERS: readonly ReadFamily[] = [
  'syslogServerName',
  'logPrefs_syslogAddress',
  'syslogStandbyServerName',
];

/** Further syslog servers are named by an address object; logs may also go out by FTP. */
function logServers(reader: KeyReader, objects: readonly AddressObject[]): readonly Setting[] {
  const further = reader
    .indices('auxSyslogName_N', 'auxSyslogEnabled_N', 'auxSyslogAddrAo_N')
    .filter((index) => isOn(reader.at('auxSyslogEnabled_N', index)) !== false)
    .map((index) =>
      resolved([reader.at('auxSyslogName_N', index), reader.at('auxSyslogAddrAo_N', index)], objects),
    );
  const byFtp = isOn(reader.single('logFtpOn')) === true ? reader.single('logFtpServerAddr') : undefined;
  const first = LOG_SERVERS.map((family) => reader.single(family));
  // A copy for where GMS is to be restored.
  const spare = isOn(reader.single('gmsSyslogToDrs')) === true ? reader.single('gmsDrsIpName') : undefined;
  const servers = [...first, ...further, byFtp, spare].filter((value) => isSet(value));
  return distinct(servers).flatMap((value) => named('log-server', value));
}

const TRAP_HOSTS: readonly ReadFamily[] = ['snmp_HostIP0', 'snmp_HostIP1', 'snmp_HostIP2', 'snmp_HostIP3'];

function trapReceivers(reader: KeyReader): readonly Setting[] {
  if (isOn(reader.single('snmp_Enable')) !== true) return [];
  return TRAP_HOSTS.flatMap((family) => named('trap-receiver', reader.single(family)));
}

/** Where each sort of flow server stands: its switch, which sort needs it on, and its address or the object that names it. */
const FLOW_SERVERS: readonly {
  readonly on: ReadFamily;
  /** Off unless it says on; the others are on as from the factory, without an address. */
  readonly off?: true;
  readonly servers: readonly (readonly [ReadFamily, ReadFamily])[];
}[] = [
  {
    on: 'gmsServerEnable',
    servers: [
      ['gmsServerAddr', 'gmsServerAddrObj'],
      ['gmsServer2Addr', 'gmsServer2AddrObj'],
    ],
  },
  {
    on: 'vizServerEnable',
    servers: [
      ['vizServerAddr', 'vizServerAddrObj'],
      ['vizServer2Addr', 'vizServer2AddrObj'],
    ],
  },
  { on: 'swFlowExternal', off: true, servers: [['swFlowServerAddress', 'swFlowServerAddrObjSel']] },
];

/** Collectors of GMS, of AppFlow, and of NetFlow or IPFIX ("Send flows to an external collector"). */
function flowCollectors(reader: KeyReader, objects: readonly AddressObject[]): readonly Setting[] {
  const found = FLOW_SERVERS.flatMap(({ on, off, servers }) => {
    const running = isOn(reader.single(on)) ?? off !== true;
    const named = servers.map((keys) =>
      resolved(
        keys.map((family) => reader.single(family)),
        objects,
      ),
    );
    return running ? named : [];
  });
  return distinct(found).flatMap((value) => named('flow-collector', value));
}

/** What is sent away by itself: to whom, where the file says so, else that it is. */
function uploads(reader: KeyReader): readonly Setting[] {
  const server = reader.single('tsrFtpServerAddr');
  const captures = reader
    .indices('pktCapTraceAutoFtpOn_N')
    .filter((index) => isOn(reader.at('pktCapTraceAutoFtpOn_N', index)) === true)
    .flatMap((index) => [
      ...upload(
        'packet-capture-upload',
        reader.at('pktCapTraceAutoFtpOn_N', index),
        reader.at('pktCapTraceFtpServerIp_N', index),
      ),
      // It takes over where the first one fails.
      ...named('packet-capture-upload', reader.at('pktCapTraceBkupFtpServerIp_N', index)),
    ]);
  return [
    ...upload('scheduled-settings-export', reader.single('actionPrefsFtp'), server),
    ...upload('scheduled-report-upload', reader.single('actionTsrFtp'), server),
    ...elsewhere(reader, 'scheduled-report-upload', 'actionFtp', 'ftpServerAddr'),
    // Backups in the vendor's cloud, and reports with settings, sent to a host that somebody entered instead.
    ...elsewhere(reader, 'scheduled-settings-export', 'cloudBkupEnable', 'cloudBkupServiceStaticIp'),
    ...elsewhere(reader, 'scheduled-settings-export', 'remote_backup_enable', 'remoteBkupServiceStaticIp'),
    ...captures,
  ];
}

/** An upload that is told only where it goes to a server of its own. */
function elsewhere(
  reader: KeyReader,
  name: Setting['name'],
  on: ReadFamily,
  server: ReadFamily,
): readonly Setting[] {
  const value = reader.single(server);
  return isOn(reader.single(on)) === true ? named(name, value) : [];
}

function upload(name: Setting['name'], on: Value | undefined, server: Value | undefined): readonly Setting[] {
  const running = isOn(on);
  if (on === undefined || running === null) return [];
  const value = running && server !== undefined && isSet(server) ? server.text : running;
  return [{ name, value, location: on.location }];
}

const MAILBOXES: readonly ReadFamily[] = [
  'logPrefs_logEmailAddr',
  'logPrefs_alertEmailAddr',
  'logPrefs_userEmailAddr',
  'healthchkEmailAddr',
  'techEmailList',
];

/** Who is mailed reports, and the switch of each. */
const REPORTS: readonly (readonly [on: ReadFamily, to: ReadFamily])[] = [
  ['actionEmail', 'emailTo'],
  ['appVizActionEmail', 'appVizEmailTo'],
];

/** Who is mailed logs, alerts and reports: all of them, or those of one category. */
function mailboxes(reader: KeyReader): readonly Setting[] {
  const found = [
    ...MAILBOXES.map((family) => reader.single(family)),
    ...all(reader, 'logCtgrEmailAddr_N'),
    ...REPORTS.flatMap(([on, to]) => {
      const value = reader.single(to);
      return isOn(reader.single(on)) === true ? [value] : [];
    }),
  ].filter(isSet);
  return distinct(found).flatMap((value) => named('mail-recipient', value));
}

/** Who decides who logs in, and whether passwords go there in the clear. */
function directories(reader: KeyReader): readonly Setting[] {
  const servers = [
    reader.single('Rad_prm_IP'),
    reader.single('Rad_sec_IP'),
    reader.single('ldapServerName'),
    ...enabledDirectories(reader).map((index) => reader.at('ldapSrvrHostName_N', index)),
  ].filter((value) => value?.text !== '0');
  const clear = [
    ...(isSet(reader.single('ldapServerName')) ? [reader.single('ldapUseTls')] : []),
    ...enabledDirectories(reader).map((index) => reader.at('ldapSrvrUseTls_N', index)),
  ].filter((value) => isOn(value) === false);
  const [first] = clear;
  return [
    ...servers.flatMap((value) => named('authentication-server', value)),
    ...(first === undefined
      ? []
      : [{ name: 'ldap-without-encryption' as const, value: true, location: first.location }]),
  ];
}

/** Groups that the appliance keeps of the agents which tell it who is at an address, and of whoever may say so. */
const SIGN_ON_AGENTS: ReadonlySet<string> = new Set([
  'SonicWALL SSO Agents',
  'SonicWALL Terminal Services Agents',
  'SSO 3rd-Party API Clients',
]);

/** The agents of single sign-on: the members of groups that the appliance itself keeps of them. */
function signOnAgents(objects: readonly AddressObject[]): readonly Setting[] {
  const byName = new Map(objects.map((object) => [object.name, object]));
  const names = new Set(
    objects
      .filter(({ name, origin }) => SIGN_ON_AGENTS.has(name) && origin !== 'user')
      .map(({ name }) => name),
  );
  return [...names].flatMap(function read(name): readonly Setting[] {
    const object = byName.get(name);
    if (object === undefined) return [];
    const { content, location } = object;
    if (content.kind === 'group') {
      const further = content.members.filter((member) => !names.has(member));
      for (const member of further) names.add(member);
      return further.flatMap(read);
    }
    const cidrs = content.kind === 'addresses' ? content.addresses.toCidrs() : [];
    return cidrs.map((cidr) => ({
      name: 'authentication-server',
      value: cidr.replace(/\/(32|128)$/, ''),
      location,
    }));
  });
}

/** The agents of firmware that keeps no group of them, each with its own switch. */
function olderAgents(reader: KeyReader): readonly Setting[] {
  if (isOn(reader.single('ciaAuthEnabled')) !== true) return [];
  return reader
    .indices('ciaAuthAgentIP_N')
    .filter((index) => isOn(reader.at('ciaAuthDisabled_N', index)) !== true)
    .flatMap((index) => named('authentication-server', reader.at('ciaAuthAgentIP_N', index)));
}

function enabledDirectories(reader: KeyReader): readonly number[] {
  return reader
    .indices('ldapSrvrHostName_N', 'ldapSrvrEnabled_N')
    .filter((index) => isOn(reader.at('ldapSrvrEnabled_N', index)) !== false);
}

function published(reader: KeyReader): readonly Setting[] {
  return reader
    .indices('ddnssEnabled_N', 'ddnssDomainName_N')
    .filter((index) => isOn(reader.at('ddnssEnabled_N', index)) === true)
    .flatMap((index) => {
      const value = reader.at('ddnssDomainName_N', index);
      return value === undefined
        ? []
        : [{ name: 'dynamic-dns' as const, value: value.text, location: value.location }];
    });
}
