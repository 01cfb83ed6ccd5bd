import type { Limit } from '../../model/coverage.js';
import type { DeviceScope } from './scope.js';
import type { ConfigDocument } from './syntax.js';
import { firstValue } from './tree.js';

const ALWAYS: readonly Limit[] = [
  {
    id: 'fortigate-registration-not-in-file',
    message:
      'A configuration does not say whose FortiCare and FortiCloud account the appliance is registered to.',
  },
  {
    id: 'fortigate-learned-routes-not-in-file',
    message:
      'Routes that OSPF, BGP, RIP or a lease bring are in no file: the way out is then not known. Where such a protocol is set up, a host that NAT sends packets to is taken as behind any interface inside.',
  },
];

const DEFAULTS: Limit = {
  id: 'fortigate-show-omits-defaults',
  message:
    'A configuration leaves out what is at its default, and defaults are those of the version: `show full-configuration` prints them.',
};

const FRAGMENT: Limit = {
  id: 'fortigate-fragment',
  message: 'This is a part of a configuration: what it does not hold may be set elsewhere.',
};

const NO_INTERFACES: Limit = {
  id: 'fortigate-interfaces-not-in-file',
  message:
    'The policies name interfaces that the file does not hold: whether the appliance itself answers by them is not known, and behind one that neither a route nor a translation tells anything about, anybody may stand.',
};

const TRANSLATED_FAMILIES: Limit = {
  id: 'fortigate-nat46-nat64-not-judged',
  message: 'Virtual IPs and policies from IPv4 to IPv6, or the other way, are not judged yet.',
};

const APPLICATION_GATEWAY: Limit = {
  id: 'fortigate-access-proxy-not-judged',
  message:
    'What the appliance publishes as an access proxy (ZTNA) or by an explicit proxy is not judged yet.',
};

const CLOUD_LOGIN: Limit = {
  id: 'fortigate-forticloud-accounts-not-in-file',
  message:
    'Administrators may log in by FortiCloud; which accounts those are, the configuration does not say.',
};

const TABLES: readonly (readonly [Limit, readonly string[]])[] = [
  [TRANSLATED_FAMILIES, ['firewall policy46', 'firewall policy64', 'firewall vip46', 'firewall vip64']],
  [
    APPLICATION_GATEWAY,
    [
      'firewall access-proxy',
      'firewall access-proxy6',
      'firewall proxy-policy',
      'ztna traffic-forward-proxy',
    ],
  ],
];

/** What these files can never show. */
export function limitsOf(document: ConfigDocument, scopes: readonly DeviceScope[]): readonly Limit[] {
  const has = (path: string): boolean => scopes.some((scope) => (scope.table(path)?.entries.size ?? 0) > 0);
  const crossing = scopes.some((scope) =>
    ['firewall vip', 'firewall vip6'].some((path) =>
      scope
        .entries(path)
        .some((node) => ['nat46', 'nat64'].some((name) => firstValue(node, name) === 'enable')),
    ),
  );
  const cloud = scopes.some(
    (scope) => firstValue(scope.node('system global'), 'admin-forticloud-sso-login') === 'enable',
  );
  return [
    ...ALWAYS,
    ...(document.header === null ? [FRAGMENT] : []),
    ...(has('firewall policy') && !has('system interface') ? [NO_INTERFACES] : []),
    ...(isFull(scopes) ? [] : [DEFAULTS]),
    ...TABLES.flatMap(([limit, paths]) =>
      paths.some(has) || (crossing && limit === TRANSLATED_FAMILIES) ? [limit] : [],
    ),
    ...(cloud ? [CLOUD_LOGIN] : []),
  ];
}

/** `show full-configuration` prints some three hundred settings of `config system global`, `show` a dozen. */
function isFull(scopes: readonly DeviceScope[]): boolean {
  return scopes.some((scope) => (scope.node('system global')?.settings.size ?? 0) > 80);
}
