import type { SettingName } from '../../model/facts.js';
import type { Setting } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, integer, isSet, label, locationOf, value, words } from './config-tree.js';
import { isManagedFromAfar, runsPrograms } from './openvpn-options.js';
import { settingsOf } from './package-listeners.js';
import type { Reading } from './reading.js';
import { readServers } from './servers.js';

/** Commands of the factory's own time table: what else stands there, somebody added. */
export const FACTORY_COMMANDS: readonly RegExp[] = [
  /^(?:\/usr\/bin\/nice -n20 )?(?:\/usr\/local\/bin\/php-cgi -f )?\/etc\/rc\.(?:update_bogons\.sh|dyndns\.update|update_urltables|update_pkg_metadata|filter_configure_sync|periodic(?:_reset)?)(?: (?:daily|weekly|monthly))?$/,
  /^(?:\/usr\/bin\/nice -n20 )?(?:\/usr\/sbin\/)?adjkerntz -a$/,
  /^(?:\/usr\/bin\/nice -n20 )?\/usr\/local\/sbin\/expiretable -v -t \d+ \w+$/,
  /^(?:\/usr\/bin\/nice -n20 )?(?:\/usr\/sbin\/)?newsyslog$/,
];

/** Packages that listen, run commands or change the configuration by themselves. */
const NOTABLE_PACKAGES =
  /haproxy|squid|stunnel|nut|ntopng|zabbix|nrpe|check_?mk|net-?snmp|telegraf|node_exporter|apcupsd|tailscale|zerotier|freeradius|rest-?api|faux-?api|pkg-api|shellcmd|cron|sudo|filer|nginx|acme|pfblocker|miniupnpd|mosh|openvpn|backup/i;

/** Facts of the management plane, under names that checks may rely on. No value of them is a secret. */
export function readSettings({ root, file }: Reading): readonly Setting[] {
  const system = at(root, 'system');
  const webgui = child(system, 'webgui');
  const settings: Setting[] = [];
  const add = (name: SettingName, setting: Setting['value'], element: XmlElement | undefined) => {
    if (element !== undefined) settings.push({ name, value: setting, location: locationOf(element, file) });
  };
  add('configuration-version', value(root, 'version'), child(root, 'version'));
  add('packet-filter-disabled', isSet(system, 'disablefilter'), system);
  add('ipv6-allowed', isSet(system, 'ipv6allow'), system);
  add('anti-lockout', !isSet(webgui, 'noantilockout'), webgui);
  add('dns-rebind-check', !isSet(webgui, 'nodnsrebindcheck'), webgui);
  add('http-referer-check', !isSet(webgui, 'nohttpreferercheck'), webgui);
  add('web-authentication', value(webgui, 'authmode'), child(webgui, 'authmode'));
  const timeout = integer(value(webgui, 'session_timeout'));
  if (timeout !== null) add('administrator-idle-timeout-minutes', timeout, child(webgui, 'session_timeout'));
  add('console-menu-protected', isSet(system, 'disableconsolemenu'), system);
  const keys = child(child(system, 'ssh'), 'sshdkeyonly');
  add('ssh-key-only', keys !== undefined, child(system, 'ssh'));
  const reflects = !isSet(system, 'disablenatreflection') || isSet(system, 'enablebinatreflection');
  add('nat-reflection', reflects, system);
  add(
    'nat-reflection-pure',
    isSet(system, 'enablenatreflectionpurenat'),
    child(system, 'enablenatreflectionpurenat'),
  );
  return [
    ...settings,
    ...authenticationSettings({ root, file }),
    ...readServers({ root, file }),
    ...mailSettings({ root, file }),
    ...commandSettings({ root, file }),
    ...packageSettings({ root, file }),
    ...networkSettings({ root, file }),
    ...snmpSettings({ root, file }),
  ];
}

type Place = Pick<Reading, 'root' | 'file'>;

function authenticationSettings({ root, file }: Place): readonly Setting[] {
  const system = at(root, 'system');
  const servers = children(system, 'authserver').map((server) => ({
    name: 'authentication-server' as const,
    value: value(server, 'host') === '' ? label(server, 'name') : value(server, 'host'),
    location: locationOf(server, file),
  }));
  return [...servers, ...clearDirectories({ root, file })];
}

/** Directories that are asked over plain TCP: `TCP - Standard`, since 2.5 `Standard TCP`. */
function clearDirectories({ root, file }: Place): readonly Setting[] {
  return children(at(root, 'system'), 'authserver')
    .filter((server) => value(server, 'type') === 'ldap' && /standard/i.test(value(server, 'ldap_urltype')))
    .map((server) => ({
      name: 'ldap-without-encryption' as const,
      value: true,
      location: locationOf(child(server, 'ldap_urltype') ?? server, file),
    }));
}

/** Who is mailed what happens. */
function mailSettings({ root, file }: Place): readonly Setting[] {
  const smtp = at(root, 'notifications', 'smtp');
  const mailboxes = child(smtp, 'notifyemailaddress');
  if (mailboxes === undefined || isSet(smtp, 'disable')) return [];
  const location = locationOf(mailboxes, file);
  return words(mailboxes.text).map((value) => ({ name: 'mail-recipient' as const, value, location }));
}

/** How many commands run by themselves; the commands may hold secrets and are not kept. */
function commandSettings({ root, file }: Place): readonly Setting[] {
  const system = at(root, 'system');
  const timed = children(at(root, 'cron'), 'item')
    .map((item) => child(item, 'command'))
    .filter((command) => command !== undefined)
    .filter((command) => !FACTORY_COMMANDS.some((known) => known.test(command.text.trim())));
  const atBoot = [
    ...['earlyshellcmd', 'shellcmd', 'afterfilterchangeshellcmd'].flatMap((name) => children(system, name)),
    ...children(at(root, 'installedpackages', 'shellcmdsettings'), 'config').flatMap((each) =>
      children(each, 'cmd'),
    ),
  ].filter((command) => command.text.trim() !== '');
  const programs = [
    ...atBoot,
    ...openVpnPrograms(root),
    ...writtenPrograms(root),
    ...patches(root),
    ...snmpPrograms(root),
    ...renewalCommands(root),
  ];
  const count = (name: SettingName, commands: readonly XmlElement[]): readonly Setting[] => {
    const [first] = commands;
    return first === undefined ? [] : [{ name, value: commands.length, location: locationOf(first, file) }];
  };
  return [...count('scheduled-commands', timed), ...count('shell-commands', programs)];
}

/** Servers and clients that run programs of somebody's own: at their start, for each user, for each command. */
function openVpnPrograms(root: XmlElement): readonly XmlElement[] {
  const openVpn = at(root, 'openvpn');
  return [...children(openVpn, 'openvpn-server'), ...children(openVpn, 'openvpn-client')]
    .filter((each) => !isSet(each, 'disable') && (runsPrograms(each) || isManagedFromAfar(each)))
    .flatMap((each) => child(each, 'custom_options') ?? []);
}

/** Files that run, or let somebody in: scripts, programs, time tables, keys of SSH. */
const RUNS =
  /authorized_keys|\.(?:sh|php|py|pl|inc)$|\/(?:s?bin|rc\.d|rc\.conf[^/]*|cron[^/]*|periodic)(?:\/|$)/;

/** The Filer package writes files of its own whenever it is saved or the appliance starts. */
function writtenPrograms(root: XmlElement): readonly XmlElement[] {
  const files = children(at(root, 'installedpackages', 'filer'), 'config');
  return files.flatMap((each) => child(each, 'file') ?? []).filter((path) => RUNS.test(path.text.trim()));
}

/** Programs that NET-SNMP runs when it is asked for them, or when a trap comes. */
function snmpPrograms(root: XmlElement): readonly XmlElement[] {
  const packages = at(root, 'installedpackages');
  const asked = children(child(packages, 'netsnmphostinfo'), 'config').flatMap((each) =>
    children(each, 'row'),
  );
  const trapped = children(child(packages, 'netsnmptrapdtraphandles'), 'config');
  return [
    ...asked.flatMap((each) => child(each, 'ext_prog') ?? []),
    ...trapped.flatMap((each) => child(each, 'program') ?? []),
  ].filter((program) => program.text.trim() !== '');
}

/** Commands that ACME runs when it has renewed a certificate, but for starting services again, as its screen proposes. */
function renewalCommands(root: XmlElement): readonly XmlElement[] {
  const certificates = children(at(root, 'installedpackages', 'acme', 'certificates'), 'item');
  return certificates
    .filter((each) => value(each, 'status') !== 'disabled')
    .flatMap((each) => children(child(each, 'a_actionlist'), 'item'))
    .filter((each) => value(each, 'status') !== 'disabled' && !/restart/i.test(value(each, 'method')))
    .flatMap((each) => child(each, 'command') ?? [])
    .filter(({ text }) => text.trim() !== '' && !/^\/etc\/rc\.restart_\w+$/.test(text.trim()));
}

/** System Patches applies these by itself at every start. */
function patches(root: XmlElement): readonly XmlElement[] {
  const found = at(root, 'installedpackages', 'systempatches')?.children ?? [];
  return found.filter((patch) => isSet(patch, 'autoapply') && value(patch, 'autoapply') !== 'no');
}

/** Packages that add a programming interface to the web interface. */
const PROGRAMMING_INTERFACE = /rest-?api|pfsense-pkg-api|faux-?api/i;

function packageSettings({ root, file }: Place): readonly Setting[] {
  return children(at(root, 'installedpackages'), 'package').flatMap((element) => {
    const name = label(element, 'name');
    const location = locationOf(element, file);
    const hook = child(element, 'filter_rule_function');
    return [
      ...(NOTABLE_PACKAGES.test(name) ? [{ name: 'notable-package' as const, value: name, location }] : []),
      ...(PROGRAMMING_INTERFACE.test(name) ? [{ name: 'rest-api' as const, value: true, location }] : []),
      ...(hook === undefined ? [] : [{ name: 'package-adds-rules' as const, value: name, location }]),
    ];
  });
}

/** Names that it asks for and publishes, ports that open by themselves, and copies of traffic. */
function networkSettings({ root, file }: Place): readonly Setting[] {
  const fact = (name: SettingName, found: Setting['value'], element: XmlElement): Setting => ({
    name,
    value: found,
    location: locationOf(element, file),
  });
  const names = children(at(root, 'system'), 'dnsserver').filter((each) => each.text.trim() !== '');
  const published = children(at(root, 'dyndnses'), 'dyndns').filter((each) => isSet(each, 'enable'));
  const ports = children(at(root, 'installedpackages', 'miniupnpd'), 'config').filter(
    (each) => value(each, 'enable') !== '',
  );
  const copies = children(at(root, 'bridges'), 'bridged').filter((each) => value(each, 'span') !== '');
  return [
    ...names.map((each) => fact('dns-server', each.text.trim(), each)),
    ...published.map((each) => fact('dynamic-dns', label(each, 'host'), each)),
    ...ports.map((each) => fact('upnp', true, each)),
    ...copies.map((each) => fact('traffic-mirroring', true, each)),
  ];
}

/** Communities that every guesser tries first. */
const DEFAULT_COMMUNITIES: ReadonlySet<string> = new Set(['public', 'private']);

/** The SNMP daemon of the base system knows versions 1 and 2c only. Communities are not kept. */
function snmpSettings({ root, file }: Place): readonly Setting[] {
  const daemon = at(root, 'snmpd');
  if (daemon === undefined || !isSet(daemon, 'enable')) return netSnmpSettings({ root, file });
  const communities = ['rocommunity', 'rwcommunity'].map((name) => value(daemon, name));
  const writes = value(daemon, 'rwcommunity') !== '';
  return [...snmpFacts(communities, writes, locationOf(daemon, file)), ...netSnmpSettings({ root, file })];
}

/** The package has version 3 too, and versions 1 and 2c where it has communities. */
function netSnmpSettings({ root, file }: Place): readonly Setting[] {
  const packages = at(root, 'installedpackages');
  const [daemon] = settingsOf(packages, 'netsnmp', 'enable_snmpd');
  if (daemon === undefined) return [];
  const communities = children(child(packages, 'netsnmpcommunities'), 'config');
  const [first] = communities;
  if (first === undefined) return [{ name: 'snmp', value: true, location: locationOf(daemon, file) }];
  return snmpFacts(
    communities.map((each) => value(each, 'community')),
    communities.some((each) => value(each, 'rorwcommunity') === 'rwcommunity'),
    locationOf(first, file),
  );
}

function snmpFacts(communities: readonly string[], writes: boolean, location: Location): readonly Setting[] {
  const known = communities.some((community) => DEFAULT_COMMUNITIES.has(community));
  return [
    { name: 'snmp', value: true, location },
    { name: 'snmp-without-encryption', value: true, location },
    { name: 'snmp-default-community', value: known, location },
    { name: 'snmp-write', value: writes, location },
  ];
}
