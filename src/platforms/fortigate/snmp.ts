import { IpSet } from '../../sets/index.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, valuesOf } from './tree.js';
import type { AllowedSources } from './trusted-hosts.js';
import { isOn, isZero, networkOf } from './values.js';

/** Whether the agent answers, and whom. */
export interface SnmpAgent {
  readonly ipv4: AllowedSources;
  readonly ipv6: AllowedSources;
}

/**
 * The agent is off by default (CLI reference, config system snmp sysinfo, status); a backup holds the table all the
 * same, so one without it was cut, or typed, and may be of an appliance whose agent is on. Communities answer
 * the hosts that they list, users of version 3 answer everybody. Null: nobody is answered.
 */
export function snmpAgent(scope: DeviceScope): SnmpAgent | null {
  const table = scope.node('system snmp sysinfo');
  const status = isOn(firstValue(table, 'status'));
  const communities = scope.allEntries('system snmp community').filter(answers);
  const users = scope.allEntries('system snmp user').filter((node) => isUser(node));
  const anybody = communities.length + users.length > 0;
  const silent = scope.whole && (table !== undefined || !anybody);
  if (status === false || (status === null && silent)) return null;
  if (!anybody && scope.whole) return null;
  const doubt = status === true ? [] : ['the file does not say whether the SNMP agent is on'];
  const open = users.length > 0 || !anybody;
  return {
    ipv4: allowed(communities, 'hosts', open, doubt),
    ipv6: allowed(communities, 'hosts6', open, doubt),
  };
}

function answers(node: ConfigNode): boolean {
  if (isOn(firstValue(node, 'status')) === false) return false;
  return (
    isOn(firstValue(node, 'query-v1-status')) !== false ||
    isOn(firstValue(node, 'query-v2c-status')) !== false
  );
}

function isUser(node: ConfigNode): boolean {
  return isOn(firstValue(node, 'status')) !== false && isOn(firstValue(node, 'queries')) !== false;
}

function allowed(
  communities: readonly ConfigNode[],
  table: 'hosts' | 'hosts6',
  open: boolean,
  doubt: readonly string[],
): AllowedSources {
  if (open) return { sources: null, approximate: doubt };
  const parts: IpSet[] = [];
  for (const community of communities) {
    const both = [...entriesOf(community, 'hosts'), ...entriesOf(community, 'hosts6')];
    if (both.length === 0) {
      return {
        sources: null,
        approximate: [...doubt, 'an SNMP community lists no hosts: it is taken to answer everybody'],
      };
    }
    for (const host of entriesOf(community, table)) {
      if (firstValue(host, 'host-type') === 'trap') continue;
      const values = valuesOf(host, table === 'hosts' ? 'ip' : 'ipv6');
      const part = networkOf(values);
      if (part === null || isZero(values[0])) return { sources: null, approximate: doubt };
      parts.push(part);
    }
  }
  return { sources: IpSet.unionOf(parts), approximate: doubt };
}
