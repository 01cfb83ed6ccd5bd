import type { Administrator, Manager, Setting } from '../../model/firewall-config.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, isSet, label, locationOf, value, words } from './config-tree.js';
import type { Reading } from './reading.js';

/** A privilege by which somebody changes the appliance or reads its configuration. */
function administers(privilege: string): boolean {
  return (
    privilege.startsWith('page-') ||
    privilege === 'user-shell-access' ||
    privilege.startsWith('user-copy-files') ||
    privilege === 'user-ssh-tunnel'
  );
}

/** Users and groups that administer the appliance, by their own privileges and those of their groups. */
export function readAdministrators({ root, file }: Reading): readonly Administrator[] {
  const system = at(root, 'system');
  const groups = children(system, 'group');
  const users = children(system, 'user').flatMap((user): readonly Administrator[] => {
    const uid = value(user, 'uid');
    const listed = new Set(words(value(user, 'groupname')));
    const own = groups.filter(
      (group) =>
        listed.has(value(group, 'name')) ||
        children(group, 'member').some((member) => member.text.trim() === uid),
    );
    // Whatever the file says, the user with number 0 may do everything.
    const root0 = uid === '0' ? ['page-all'] : [];
    const privileges = [...new Set([...root0, ...privilegesOf(user), ...own.flatMap(privilegesOf)])];
    return administrator(
      user,
      'user',
      privileges,
      own.map((group) => value(group, 'name')),
      file,
    );
  });
  return [
    ...users,
    ...groups.flatMap((group) => administrator(group, 'group', privilegesOf(group), [], file)),
  ];
}

function privilegesOf(account: XmlElement): readonly string[] {
  return children(account, 'priv').map((privilege) => privilege.text.trim());
}

function administrator(
  account: XmlElement,
  kind: Administrator['kind'],
  privileges: readonly string[],
  groups: readonly string[],
  file: string,
): readonly Administrator[] {
  const held = privileges.filter(administers);
  if (held.length === 0) return [];
  return [
    {
      name: label(account, 'name'),
      kind,
      groups,
      privilege: held.includes('page-all') ? brief(held) : held.join(', '),
      enabled: !isSet(account, 'disabled'),
      origin: value(account, 'scope') === 'system' ? 'automatic' : 'user',
      location: locationOf(account, file),
    },
  ];
}

/** Who may open every page need not have the pages listed. */
function brief(privileges: readonly string[]): string {
  return privileges.filter((each) => each === 'page-all' || !each.startsWith('page-')).join(', ');
}

/** Whoever takes part in administering the appliance from afar. */
export function readManagers({ root, file }: Reading): readonly Manager[] {
  const managers: Manager[] = [];
  const backup = at(root, 'system', 'acb');
  if (backup !== undefined && value(backup, 'enable') !== '' && value(backup, 'enable') !== 'no') {
    managers.push({
      kind: 'auto-config-backup',
      address: null,
      enabled: true,
      location: locationOf(backup, file),
    });
  }
  const pair = at(root, 'hasync');
  const peer = value(pair, 'synchronizetoip');
  if (pair !== undefined && peer !== '') {
    managers.push({ kind: 'ha-sync', address: peer, enabled: true, location: locationOf(pair, file) });
  }
  return managers;
}

/** Commands of the factory's own time table: what else stands there, somebody added. */
const FACTORY_COMMANDS: readonly RegExp[] = [
  /^(?:\/usr\/bin\/nice -n20 )?(?:\/usr\/local\/bin\/php-cgi -f )?\/etc\/rc\.(?:update_bogons\.sh|dyndns\.update|update_urltables|update_pkg_metadata|filter_configure_sync|periodic(?:_reset)?)(?: (?:daily|weekly|monthly))?$/,
  /^(?:\/usr\/bin\/nice -n20 )?(?:\/usr\/sbin\/)?adjkerntz -a$/,
  /^(?:\/usr\/bin\/nice -n20 )?\/usr\/local\/sbin\/expiretable -v -t \d+ \w+$/,
  /^(?:\/usr\/bin\/nice -n20 )?(?:\/usr\/sbin\/)?newsyslog$/,
];

/** Packages that listen, run commands or change the configuration by themselves. */
const NOTABLE_PACKAGES =
  /haproxy|squid|stunnel|nut|ntopng|zabbix|nrpe|check_?mk|net-?snmp|telegraf|node_exporter|apcupsd|tailscale|zerotier|freeradius|rest-?api|faux-?api|shellcmd|cron|sudo|filer|nginx|acme|pfblocker|miniupnpd|mosh|openvpn|backup/i;

/** Facts of the management plane, under names that checks may rely on. No value of them is a secret. */
export function readSettings({ root, file }: Reading): readonly Setting[] {
  const system = at(root, 'system');
  const webgui = child(system, 'webgui');
  const settings: Setting[] = [];
  const add = (name: string, setting: Setting['value'], element: XmlElement | undefined) => {
    if (element !== undefined) settings.push({ name, value: setting, location: locationOf(element, file) });
  };
  add('configuration-version', value(root, 'version'), child(root, 'version'));
  add('packet-filter-disabled', isSet(system, 'disablefilter'), system);
  add('ipv6-allowed', isSet(system, 'ipv6allow'), system);
  add('anti-lockout', !isSet(webgui, 'noantilockout'), webgui);
  add('dns-rebind-check', !isSet(webgui, 'nodnsrebindcheck'), webgui);
  add('http-referer-check', !isSet(webgui, 'nohttpreferercheck'), webgui);
  add('web-authentication', value(webgui, 'authmode'), child(webgui, 'authmode'));
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
    ...loggingSettings({ root, file }),
    ...commandSettings({ root, file }),
    ...packageSettings({ root, file }),
  ];
}

type Place = Pick<Reading, 'root' | 'file'>;

function authenticationSettings({ root, file }: Place): readonly Setting[] {
  const system = at(root, 'system');
  const servers = children(system, 'authserver').map((server) => ({
    name: 'authentication-server',
    value: label(server, 'name'),
    location: locationOf(server, file),
  }));
  const keys = children(system, 'user').flatMap((user) => {
    const held = child(user, 'authorizedkeys');
    if (held === undefined || held.text.trim() === '') return [];
    return [{ name: 'authorized-ssh-keys', value: label(user, 'name'), location: locationOf(held, file) }];
  });
  const expiring = children(system, 'user').flatMap((user) => {
    const expires = child(user, 'expires');
    if (expires === undefined || expires.text.trim() === '') return [];
    return [{ name: 'account-expiry', value: expires.text.trim(), location: locationOf(expires, file) }];
  });
  return [...servers, ...keys, ...expiring];
}

function loggingSettings({ root, file }: Place): readonly Setting[] {
  const syslog = at(root, 'syslog');
  if (!isSet(syslog, 'enable')) return [];
  return ['remoteserver', 'remoteserver2', 'remoteserver3'].flatMap((name) => {
    const server = child(syslog, name);
    if (server === undefined || server.text.trim() === '') return [];
    return [{ name: 'remote-syslog', value: server.text.trim(), location: locationOf(server, file) }];
  });
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
  const count = (name: string, commands: readonly XmlElement[]): readonly Setting[] => {
    const [first] = commands;
    return first === undefined ? [] : [{ name, value: commands.length, location: locationOf(first, file) }];
  };
  return [...count('scheduled-commands', timed), ...count('shell-commands', atBoot)];
}

function packageSettings({ root, file }: Place): readonly Setting[] {
  return children(at(root, 'installedpackages'), 'package').flatMap((element) => {
    const name = label(element, 'name');
    const location = locationOf(element, file);
    const hook = child(element, 'filter_rule_function');
    return [
      ...(NOTABLE_PACKAGES.test(name) ? [{ name: 'notable-package', value: name, location }] : []),
      ...(hook === undefined ? [] : [{ name: 'package-adds-rules', value: name, location }]),
    ];
  });
}
