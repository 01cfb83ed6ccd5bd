import type { SettingName } from '../../model/facts.js';
import type { Setting } from '../../model/firewall-config.js';
import type { DeviceScope } from './scope.js';
import { type ConfigNode, entriesOf, firstValue, lineOf } from './tree.js';
import { isOn, isZero } from './values.js';

/**
 * Servers that entries of tables name: whom the appliance asks for the time, where it sends flows and traps, and whom
 * DHCP sends hosts to (FortiOS CLI reference, `config system ntp`, `sflow`, `snmp community`, `dhcp server`).
 */
export function readServers(scope: DeviceScope): readonly Setting[] {
  return [...timeServers(scope), ...flowCollectors(scope), ...trapReceivers(scope), ...dhcpServers(scope)];
}

/** One server that a node names: an address or a name, no secret. */
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

/** Servers of one's own; without `type custom`, those of the vendor are asked. */
function timeServers(scope: DeviceScope): readonly Setting[] {
  const node = scope.node('system ntp');
  if (node === undefined || firstValue(node, 'type') !== 'custom') return [];
  if (isOn(firstValue(node, 'ntpsync')) === false) return [];
  return entriesOf(node, 'ntpserver').flatMap((each) => serverOf(scope, each, 'server', 'time-server'));
}

/** One collector up to 7.4, several from then on. */
function flowCollectors(scope: DeviceScope): readonly Setting[] {
  return ['system netflow', 'system sflow'].flatMap((path) => {
    const node = scope.node(path);
    const several = node === undefined ? [] : entriesOf(node, 'collectors');
    return [node, ...several].flatMap((each) => serverOf(scope, each, 'collector-ip', 'flow-collector'));
  });
}

/** Hosts of a community are sent its traps too, unless they may only ask, or the community sends none. */
function trapReceivers(scope: DeviceScope): readonly Setting[] {
  if (isOn(firstValue(scope.node('system snmp sysinfo'), 'status')) !== true) return [];
  return scope
    .allEntries('system snmp community')
    .filter(sendsTraps)
    .flatMap((community) => entriesOf(community, 'hosts'))
    .filter((host) => firstValue(host, 'host-type') !== 'query' && isOneHost(host))
    .flatMap((host) => serverOf(scope, host, 'ip', 'trap-receiver'));
}

function sendsTraps(community: ConfigNode): boolean {
  if (isOn(firstValue(community, 'status')) === false) return false;
  const versions = ['trap-v1-status', 'trap-v2c-status'];
  return versions.some((name) => isOn(firstValue(community, name)) !== false);
}

/** A whole network is for those who ask. */
function isOneHost(host: ConfigNode): boolean {
  const [, mask] = host.settings.get('ip')?.values ?? [];
  return mask === undefined || mask === '255.255.255.255';
}

/** `dns-service` other than `specify` sends hosts to the appliance itself, or to whom it asks. */
function dhcpServers(scope: DeviceScope): readonly Setting[] {
  return scope
    .allEntries('system dhcp server')
    .filter((node) => isOn(firstValue(node, 'status')) !== false)
    .flatMap((node) => [
      ...((firstValue(node, 'dns-service') ?? 'specify') === 'specify'
        ? ['dns-server1', 'dns-server2', 'dns-server3', 'dns-server4'].flatMap((attribute) =>
            serverOf(scope, node, attribute, 'dhcp-name-server'),
          )
        : []),
      ...serverOf(scope, node, 'next-server', 'dhcp-option'),
    ]);
}
