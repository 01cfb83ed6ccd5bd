import type { Administrator, Manager, Setting } from '../../model/firewall-config.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { firstValue, lineOf, valuesOf } from './tree.js';
import { integer, isOn, isZero } from './values.js';

/** Accounts that may administer the appliance: local, remote, of the REST API, and by single sign-on. */
export function readAdministrators(scope: DeviceScope): readonly Administrator[] {
  return [
    ...scope
      .allEntries('system admin')
      .filter((node) => sees(scope, node))
      .map((node) => localAdministrator(scope, node)),
    ...scope.allEntries('system api-user').map((node) => otherAdministrator(scope, node, 'REST API')),
    ...scope.allEntries('system sso-admin').map((node) => otherAdministrator(scope, node, 'single sign-on')),
    ...scope
      .allEntries('system sso-forticloud-admin')
      .map((node) => otherAdministrator(scope, node, 'FortiCloud single sign-on')),
    ...scope
      .allEntries('system sso-fortigate-cloud-admin')
      .map((node) => otherAdministrator(scope, node, 'FortiGate Cloud single sign-on')),
  ];
}

/** An administrator of other virtual domains only does not administer this one. */
function sees(scope: DeviceScope, node: ConfigNode): boolean {
  const domains = valuesOf(node, 'vdom');
  if (scope.vdom === null || domains.length === 0 || domains.includes(scope.vdom)) return true;
  return firstValue(node, 'accprofile') === 'super_admin' || globalProfile(scope, node);
}

function globalProfile(scope: DeviceScope, node: ConfigNode): boolean {
  const profile = scope.table('system accprofile')?.entries.get(firstValue(node, 'accprofile') ?? '');
  return firstValue(profile, 'scope') === 'global';
}

function localAdministrator(scope: DeviceScope, node: ConfigNode): Administrator {
  const remote = isOn(firstValue(node, 'remote-auth')) === true;
  const wildcard = isOn(firstValue(node, 'wildcard')) === true;
  const marks = [
    ...(remote ? ['remote'] : []),
    ...(wildcard ? ['wildcard'] : []),
    ...(isOn(firstValue(node, 'guest-auth')) === true ? ['guests only'] : []),
  ];
  return {
    name: node.name,
    kind: wildcard ? 'group' : 'user',
    groups: remote ? valuesOf(node, 'remote-group') : [],
    privilege: [firstValue(node, 'accprofile') ?? 'no profile', ...marks].join(', '),
    enabled: true,
    origin: 'user',
    location: scope.locate(node.line),
  };
}

function otherAdministrator(scope: DeviceScope, node: ConfigNode, how: string): Administrator {
  return {
    name: node.name,
    kind: 'user',
    groups: [],
    privilege: `${firstValue(node, 'accprofile') ?? 'no profile'}, ${how}`,
    enabled: firstValue(node, 'status') !== 'disable',
    origin: 'user',
    location: scope.locate(node.line),
  };
}

/** FortiManager, FortiGate Cloud, and the root of a security fabric. */
export function readManagers(scope: DeviceScope): readonly Manager[] {
  return [...centralManagers(scope), ...fabricRoot(scope), ...olderManagers(scope)];
}

function centralManagers(scope: DeviceScope): readonly Manager[] {
  const node = scope.node('system central-management');
  if (node === undefined) return [];
  const addresses = valuesOf(node, 'fmg').filter((address) => !isZero(address));
  const type = firstValue(node, 'type') ?? (addresses.length > 0 ? 'fortimanager' : 'none');
  if (type === 'none') return [];
  const kind = type === 'fortiguard' ? 'forticloud' : type;
  const enabled = isOn(firstValue(node, 'status')) !== false;
  const location = scope.locate(lineOf(node, addresses.length > 0 ? 'fmg' : 'type'));
  const listed = addresses.length > 0 ? addresses : [null];
  return listed.map((address) => ({ kind, address, enabled, location }));
}

/** A fabric takes orders from its root: the appliance upstream. */
function fabricRoot(scope: DeviceScope): readonly Manager[] {
  const node = scope.node('system csf');
  const upstream = firstValue(node, 'upstream') ?? firstValue(node, 'upstream-ip');
  if (node === undefined || isZero(upstream)) return [];
  const location = scope.locate(lineOf(node, node.settings.has('upstream') ? 'upstream' : 'upstream-ip'));
  return [
    {
      kind: 'security-fabric',
      address: upstream ?? null,
      enabled: isOn(firstValue(node, 'status')) === true,
      location,
    },
  ];
}

/** `config system fortimanager` and `fm`, before 5.0 and left behind by upgrades. */
function olderManagers(scope: DeviceScope): readonly Manager[] {
  return ['system fortimanager', 'system fm'].flatMap((path) => {
    const node = scope.node(path);
    const address = firstValue(node, 'ip');
    if (node === undefined || isZero(address)) return [];
    const enabled = isOn(firstValue(node, 'central-management') ?? firstValue(node, 'status')) !== false;
    return [
      { kind: 'fortimanager', address: address ?? null, enabled, location: scope.locate(lineOf(node, 'ip')) },
    ];
  });
}

/** Facts of the management plane, by the table and attribute that hold them. */
const SETTINGS: readonly (readonly [path: string, attribute: string, name: string])[] = [
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
    ...syslogServers(scope),
  ];
}

function counted(
  scope: DeviceScope,
  path: string,
  name: string,
  wanted: (node: ConfigNode) => boolean,
): readonly Setting[] {
  const nodes = scope.allEntries(path).filter(wanted);
  const [first] = nodes;
  return first === undefined ? [] : [{ name, value: nodes.length, location: scope.locate(first.line) }];
}

/** Where logs go: an address, no secret. */
function syslogServers(scope: DeviceScope): readonly Setting[] {
  return ['', '2', '3', '4'].flatMap((number) => {
    const node = scope.node(`log syslogd${number} setting`);
    const server = firstValue(node, 'server');
    if (node === undefined || server === undefined || isOn(firstValue(node, 'status')) !== true) return [];
    return [{ name: 'syslog-server', value: server, location: scope.locate(lineOf(node, 'server')) }];
  });
}
