import type { SettingName } from '../../model/facts.js';
import type { Setting } from '../../model/firewall-config.js';
import type { DeviceScope } from './scope.js';
import { readServers, serverOf } from './servers.js';
import type { ConfigNode } from './tree.js';
import { firstValue, lineOf, valuesOf } from './tree.js';
import { integer, isOn } from './values.js';

/** Facts of the management plane, by the table and attribute that hold them. */
const SETTINGS: readonly (readonly [path: string, attribute: string, name: SettingName])[] = [
  ['system global', 'admin-forticloud-sso-login', 'forticloud-sso-login'],
  ['system global', 'admintimeout', 'administrator-idle-timeout-minutes'],
  ['system global', 'admin-lockout-threshold', 'login-lockout-attempts'],
  ['system global', 'admin-lockout-duration', 'login-lockout-seconds'],
  ['system global', 'admin-https-redirect', 'https-redirect'],
  ['system global', 'admin-ssh-v1', 'ssh-v1'],
  ['system global', 'admin-ssh-password', 'ssh-password-login'],
  ['system global', 'admin-scp', 'configuration-over-scp'],
  ['system global', 'admin-maintainer', 'maintainer-account'],
  ['system global', 'admin-restrict-local', 'local-administrators-only-without-remote'],
  ['system global', 'strong-crypto', 'strong-cryptography'],
  ['system global', 'private-data-encryption', 'private-data-encryption'],
  ['system global', 'cli-audit-log', 'audit-of-commands'],
  ['system ntp', 'ntpsync', 'time-synchronised'],
  ['system auto-install', 'auto-install-config', 'usb-auto-install'],
  ['system pcp-server', 'status', 'upnp'],
  ['web-proxy explicit', 'status', 'explicit-proxy'],
  ['system password-policy', 'status', 'password-policy'],
  ['system password-policy', 'minimum-length', 'minimum-password-length'],
  ['system saml', 'status', 'saml-login'],
  ['system csf', 'status', 'security-fabric'],
  ['system central-management', 'allow-push-configuration', 'manager-may-push-configuration'],
  ['system central-management', 'allow-push-firmware', 'manager-may-push-firmware'],
  ['system central-management', 'allow-remote-firmware-upgrade', 'manager-may-upgrade'],
  ['system central-management', 'schedule-config-restore', 'manager-may-restore-configuration'],
  ['system central-management', 'schedule-script-restore', 'manager-may-run-scripts'],
];

/** What the file states; a default is no statement. */
export function readSettings(scope: DeviceScope): readonly Setting[] {
  const stated = SETTINGS.flatMap(([path, attribute, name]): readonly Setting[] => {
    const node = scope.node(path);
    const value = firstValue(node, attribute);
    if (node === undefined || value === undefined) return [];
    return [
      {
        name,
        value: isOn(value) ?? integer(value) ?? value,
        location: scope.locate(lineOf(node, attribute)),
      },
    ];
  });
  return [
    ...stated,
    ...counted(
      scope,
      'system automation-stitch',
      'automation-stitches',
      (node) => isOn(firstValue(node, 'status')) !== false,
    ),
    ...counted(scope, 'system auto-script', 'scheduled-scripts', () => true),
    ...counted(scope, 'system api-user', 'rest-api-users', () => true),
    ...mailboxes(scope),
    ...readServers(scope),
    ...otherServers(scope),
    ...snmpSettings(scope),
  ];
}

function counted(
  scope: DeviceScope,
  path: string,
  name: SettingName,
  wanted: (node: ConfigNode) => boolean,
): readonly Setting[] {
  const nodes = scope.allEntries(path).filter(wanted);
  const [first] = nodes;
  return first === undefined ? [] : [{ name, value: nodes.length, location: scope.locate(first.line) }];
}

/** Who is mailed alerts, and what automation tells. */
function mailboxes(scope: DeviceScope): readonly Setting[] {
  const node = scope.node('alertemail setting');
  const alerted = ['mailto1', 'mailto2', 'mailto3'].flatMap((attribute) =>
    serverOf(scope, node, attribute, 'mail-recipient'),
  );
  const told = scope
    .allEntries('system automation-action')
    .filter((action) => firstValue(action, 'action-type') === 'email')
    .flatMap((action) =>
      valuesOf(action, 'email-to').map((value) => ({
        name: 'mail-recipient' as const,
        value,
        location: scope.locate(lineOf(action, 'email-to')),
      })),
    );
  return [...alerted, ...told];
}

function otherServers(scope: DeviceScope): readonly Setting[] {
  const dns = scope.node('system dns');
  const clear = scope
    .allEntries('user ldap')
    .filter((node) => (firstValue(node, 'secure') ?? 'disable') === 'disable' && node.settings.has('server'))
    .slice(0, 1);
  return [
    ...['primary', 'secondary'].flatMap((attribute) => serverOf(scope, dns, attribute, 'dns-server')),
    ...clear.map((node) => ({
      name: 'ldap-without-encryption' as const,
      value: true,
      location: scope.locate(node.line),
    })),
    ...scope
      .allEntries('system ddns')
      .flatMap((node) =>
        serverOf(
          scope,
          node,
          node.settings.has('ddns-domain') ? 'ddns-domain' : 'ddns-server',
          'dynamic-dns',
        ),
      ),
  ];
}

/** Communities that every guesser tries first. */
const DEFAULT_COMMUNITIES: ReadonlySet<string> = new Set(['public', 'private']);

/**
 * Whether SNMP runs, in versions without encryption, and to a community that is no secret. The agent is
 * off unless `system snmp sysinfo` switches it on, and a community answers versions 1 and 2c unless told
 * otherwise (FortiOS CLI reference, `config system snmp community`). Communities are not kept.
 */
function snmpSettings(scope: DeviceScope): readonly Setting[] {
  const agent = scope.node('system snmp sysinfo');
  const status = isOn(firstValue(agent, 'status'));
  if (agent === undefined || status === null) return [];
  const location = scope.locate(lineOf(agent, 'status'));
  const settings: Setting[] = [{ name: 'snmp', value: status, location }];
  if (!status) return settings;
  const open = scope.allEntries('system snmp community').filter(answersQueries);
  const [first] = open;
  if (first === undefined) return settings;
  const place = scope.locate(first.line);
  settings.push({ name: 'snmp-without-encryption', value: true, location: place });
  const guessed = open.find((node) => DEFAULT_COMMUNITIES.has(firstValue(node, 'name') ?? ''));
  settings.push({
    name: 'snmp-default-community',
    value: guessed !== undefined,
    location: guessed === undefined ? place : scope.locate(guessed.line),
  });
  return settings;
}

function answersQueries(node: ConfigNode): boolean {
  if (isOn(firstValue(node, 'status')) === false) return false;
  const versions = ['query-v1-status', 'query-v2c-status'];
  return versions.some((name) => isOn(firstValue(node, name)) !== false);
}
