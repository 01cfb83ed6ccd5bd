import type { AdministratorMark } from '../../model/facts.js';
import type { Administrator, Manager } from '../../model/firewall-config.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, lineOf, valuesOf } from './tree.js';
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
    marks: localMarks(scope, node, remote, wildcard),
    location: scope.locate(node.line),
  };
}

/** A profile that may do everything, by its built-in name. */
const SUPER_PROFILE = 'super_admin';
const TRUSTED_HOSTS = /^(?:ip6-)?trusthost\d+$/;

/**
 * Marks of a local account. Without a trusted host it may come from anywhere; without `two-factor` it
 * gives a password only; both are defaults of the FortiOS CLI reference, `config system admin`.
 */
function localMarks(
  scope: DeviceScope,
  node: ConfigNode,
  remote: boolean,
  wildcard: boolean,
): readonly AdministratorMark[] {
  const bound = [...node.settings].some(
    ([name, { values }]) => TRUSTED_HOSTS.test(name) && !isZero(values[0]),
  );
  const second = [firstValue(node, 'two-factor'), firstValue(node, 'two-factor-authentication')].some(
    (value) => value !== undefined && value !== 'disable',
  );
  const certificate = isOn(firstValue(node, 'peer-auth')) === true;
  const keys = ['ssh-public-key1', 'ssh-public-key2', 'ssh-public-key3'].some(
    (name) => (firstValue(node, name) ?? '') !== '',
  );
  const held = node.settings.has('password') || !scope.whole;
  return marksOf([
    ['full-rights', firstValue(node, 'accprofile') === SUPER_PROFILE],
    ['any-address', !bound],
    ['one-factor', !second && !remote && !certificate],
    ['remote', remote],
    ['wildcard', wildcard],
    ['guests-only', isOn(firstValue(node, 'guest-auth')) === true],
    ['ssh-key', keys],
    ['no-password', !held && !remote && !certificate],
    ['hidden', (integer(firstValue(node, 'hidden')) ?? 0) > 0],
  ]);
}

function marksOf(
  candidates: readonly (readonly [mark: AdministratorMark, holds: boolean])[],
): readonly AdministratorMark[] {
  return candidates.filter(([, holds]) => holds).map(([mark]) => mark);
}

/** How an account logs in that is no local one. */
const HOW: ReadonlyMap<string, AdministratorMark> = new Map([
  ['REST API', 'api'],
  ['single sign-on', 'single-sign-on'],
  ['FortiCloud single sign-on', 'cloud-login'],
  ['FortiGate Cloud single sign-on', 'cloud-login'],
]);

function otherMarks(node: ConfigNode, how: string): readonly AdministratorMark[] {
  const mark = HOW.get(how);
  const bound = entriesOf(node, 'trusthost').length > 0;
  return [
    ...(mark === undefined ? [] : [mark]),
    ...marksOf([
      ['full-rights', firstValue(node, 'accprofile') === SUPER_PROFILE],
      ['any-address', mark === 'api' && !bound],
    ]),
  ];
}

function otherAdministrator(scope: DeviceScope, node: ConfigNode, how: string): Administrator {
  return {
    name: node.name,
    kind: 'user',
    groups: [],
    privilege: `${firstValue(node, 'accprofile') ?? 'no profile'}, ${how}`,
    enabled: firstValue(node, 'status') !== 'disable',
    origin: 'user',
    marks: otherMarks(node, how),
    location: scope.locate(node.line),
  };
}

/** FortiManager, FortiGate Cloud, and the root of a security fabric. */
export function readManagers(scope: DeviceScope): readonly Manager[] {
  return [...centralManagers(scope), ...fabricRoot(scope), ...fabricMembers(scope), ...olderManagers(scope)];
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

/**
 * Of a fabric, who may change this appliance without being its root: appliances downstream, by `downstream-access` with
 * a profile of its own, and connectors that may write (CLI reference, config system csf). The file knows them by their
 * serial numbers.
 */
function fabricMembers(scope: DeviceScope): readonly Manager[] {
  const node = scope.node('system csf');
  if (isOn(firstValue(node, 'status')) !== true) return [];
  const trusted = entriesOf(node, 'trusted-list').filter((entry) => firstValue(entry, 'action') !== 'deny');
  const downstream = isOn(firstValue(node, 'downstream-access')) === true ? trusted : [];
  const connectors = entriesOf(node, 'fabric-connector').filter(
    (entry) => isOn(firstValue(entry, 'configuration-write-access')) === true,
  );
  return [...downstream, ...connectors].map((entry) => ({
    kind: 'security-fabric',
    address: firstValue(entry, 'serial') ?? entry.name,
    enabled: true,
    location: scope.locate(entry.line),
  }));
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
