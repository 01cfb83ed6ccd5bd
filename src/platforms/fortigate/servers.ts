import type { SettingName } from '../../model/facts.js';
import type { Setting } from '../../model/firewall-config.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, lineOf, valuesOf } from './tree.js';
import { isOn, isZero } from './values.js';

/** Hosts that the appliance tells something, asks for something, or names to hosts inside: addresses, no secrets. */
export function readServers(scope: DeviceScope): readonly Setting[] {
  return [
    ...logServers(scope),
    ...flowCollectors(scope),
    ...timeServers(scope),
    ...forHosts(scope),
    ...trapReceivers(scope),
    ...directories(scope),
    ...signOn(scope),
    ...mirrors(scope),
  ];
}

/** One server that a node names. */
export function serverOf(
  scope: DeviceScope,
  node: ConfigNode | undefined,
  attribute: string,
  name: SettingName,
): readonly Setting[] {
  const value = firstValue(node, attribute);
  if (node === undefined || value === undefined || isZero(value)) return [];
  return [{ name, value, location: scope.locate(lineOf(node, attribute)) }];
}

function isEnabled(node: ConfigNode | undefined): boolean {
  return isOn(firstValue(node, 'status')) === true;
}

/** Where logs go; a domain may have servers of its own (`override-setting`). */
const LOG_TABLES: readonly string[] = ['setting', 'override-setting'].flatMap((kind) => [
  ...['', '2', '3', '4'].map((number) => `log syslogd${number} ${kind}`),
  ...['', '2', '3'].map((number) => `log fortianalyzer${number} ${kind}`),
]);

/** Where logs go to the vendor's cloud: no server is named (CLI reference, config log fortiguard setting). */
const LOG_CLOUDS: readonly (readonly [path: string, cloud: string])[] = [
  ['log fortianalyzer-cloud setting', 'FortiAnalyzer Cloud'],
  ['log fortianalyzer-cloud override-setting', 'FortiAnalyzer Cloud'],
  ['log fortiguard setting', 'FortiCloud'],
  ['log fortiguard override-setting', 'FortiCloud'],
];

function logServers(scope: DeviceScope): readonly Setting[] {
  const servers = LOG_TABLES.flatMap((path) => {
    const node = scope.node(path);
    return isEnabled(node) ? serverOf(scope, node, 'server', 'log-server') : [];
  });
  const clouds = LOG_CLOUDS.flatMap(([path, value]): readonly Setting[] => {
    const node = scope.node(path);
    if (node === undefined || !isEnabled(node)) return [];
    return [{ name: 'log-server', value, location: scope.locate(lineOf(node, 'status')) }];
  });
  return [...servers, ...clouds, ...silentAboutLogs(scope)];
}

/** A part of a file that holds other settings, and no table of where logs go, says nothing about it. */
function silentAboutLogs(scope: DeviceScope): readonly Setting[] {
  const said = [...LOG_TABLES, ...LOG_CLOUDS.map(([path]) => path)].some(
    (path) => scope.table(path) !== undefined,
  );
  if (scope.whole || said) return [];
  return [{ name: 'logs-not-in-file', value: true, location: scope.locate(1) }];
}

/** Netflow and sFlow, of the appliance and of a domain; from 7.2 on with several collectors. */
function flowCollectors(scope: DeviceScope): readonly Setting[] {
  return ['system netflow', 'system sflow', 'system vdom-netflow', 'system vdom-sflow'].flatMap((path) => {
    const table = scope.node(path);
    return [table, ...entriesOf(table, 'collectors')].flatMap((node) =>
      serverOf(scope, node, 'collector-ip', 'flow-collector'),
    );
  });
}

/** The clock is the vendor's unless `type custom` (CLI reference, config system ntp). */
function timeServers(scope: DeviceScope): readonly Setting[] {
  const table = scope.node('system ntp');
  if (firstValue(table, 'type') !== 'custom' || isOn(firstValue(table, 'ntpsync')) === false) return [];
  return entriesOf(table, 'ntpserver').flatMap((node) => serverOf(scope, node, 'server', 'time-server'));
}

/** `dns-service` is `specify` unless told otherwise: then hosts are given what stands here. Some start from `next-server`. */
function forHosts(scope: DeviceScope): readonly Setting[] {
  return scope
    .allEntries('system dhcp server')
    .filter((node) => firstValue(node, 'status') !== 'disable')
    .flatMap((node) => [
      ...((firstValue(node, 'dns-service') ?? 'specify') === 'specify'
        ? ['dns-server1', 'dns-server2', 'dns-server3', 'dns-server4'].flatMap((attribute) =>
            serverOf(scope, node, attribute, 'dhcp-name-server'),
          )
        : []),
      ...serverOf(scope, node, 'next-server', 'dhcp-option'),
    ]);
}

/** Hosts of a community are sent traps too, unless they only ask (`host-type query`). */
function trapReceivers(scope: DeviceScope): readonly Setting[] {
  if (!isEnabled(scope.node('system snmp sysinfo'))) return [];
  const communities = scope.allEntries('system snmp community').filter(sendsTraps);
  const hosts = communities
    .flatMap((node) => [...entriesOf(node, 'hosts'), ...entriesOf(node, 'hosts6')])
    .filter((host) => firstValue(host, 'host-type') !== 'query' && isOneHost(host))
    .flatMap((host) => ['ip', 'ipv6'].flatMap((each) => serverOf(scope, host, each, 'trap-receiver')));
  const notified = scope
    .allEntries('system snmp user')
    .filter((node) => isOn(firstValue(node, 'status')) !== false)
    .flatMap((node) =>
      ['notify-hosts', 'notify-hosts6'].flatMap((attribute) =>
        valuesOf(node, attribute)
          .filter((value) => !isZero(value))
          .map((value) => ({
            name: 'trap-receiver' as const,
            value,
            location: scope.locate(lineOf(node, attribute)),
          })),
      ),
    );
  return [...hosts, ...notified];
}

/** A whole network is for those who ask. */
function isOneHost(host: ConfigNode): boolean {
  const [, mask] = valuesOf(host, 'ip');
  return mask === undefined || mask === '255.255.255.255';
}

function sendsTraps(node: ConfigNode): boolean {
  const versions = ['trap-v1-status', 'trap-v2c-status'];
  return (
    isOn(firstValue(node, 'status')) !== false &&
    versions.some((name) => isOn(firstValue(node, name)) !== false)
  );
}

const NUMBERED = ['server', 'server2', 'server3', 'server4', 'server5'] as const;
const NAMED = ['server', 'secondary-server', 'tertiary-server'] as const;

/** Tables whose entries name servers that decide who logs in, or who is who. */
const AUTHENTICATION: readonly (readonly [path: string, attributes: readonly string[]])[] = [
  ['user radius', NAMED],
  ['user ldap', NAMED],
  ['user tacacs+', NAMED],
  ['user fsso', NUMBERED],
  ['user pop3', ['server']],
];

function directories(scope: DeviceScope): readonly Setting[] {
  return AUTHENTICATION.flatMap(([path, attributes]) =>
    scope
      .allEntries(path)
      .flatMap((node) =>
        attributes.flatMap((attribute) => serverOf(scope, node, attribute, 'authentication-server')),
      ),
  );
}

/** The identity provider that lets administrators in; the appliance may be one itself. */
function signOn(scope: DeviceScope): readonly Setting[] {
  const node = scope.node('system saml');
  if (node === undefined || !isEnabled(node) || firstValue(node, 'role') === 'identity-provider') return [];
  const url = firstValue(node, 'idp-single-sign-on-url') ?? '';
  const value = /^https?:\/\/(?:\[([0-9a-f:.]+)\]|([\w.-]+))/i.exec(url);
  const host = value?.[1] ?? value?.[2];
  if (host === undefined) return [];
  const location = scope.locate(lineOf(node, 'idp-single-sign-on-url'));
  return [{ name: 'authentication-server', value: host, location }];
}

/** Copies of traffic: of a software switch, of managed switches to a far host, of what was decrypted. */
function mirrors(scope: DeviceScope): readonly Setting[] {
  const sniffer = scope.node('switch-controller traffic-sniffer');
  const far = sniffer !== undefined && !isZero(firstValue(sniffer, 'erspan-ip')) ? [sniffer] : [];
  const switches = scope
    .allEntries('system switch-interface')
    .filter((node) => isOn(firstValue(node, 'span')) === true);
  const decrypted = scope
    .allEntries('firewall policy')
    .filter((node) => firstValue(node, 'status') !== 'disable')
    .filter(
      (node) =>
        isOn(firstValue(node, 'ssl-mirror')) === true ||
        (firstValue(node, 'decrypted-traffic-mirror') ?? '') !== '',
    );
  return [...far, ...switches, ...decrypted].map((node) => ({
    name: 'traffic-mirroring',
    value: true,
    location: scope.locate(node.line),
  }));
}
