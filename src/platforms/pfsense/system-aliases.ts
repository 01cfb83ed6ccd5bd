import type { Location } from '../../model/location.js';
import type { AddressContent, AddressObject } from '../../model/objects.js';
import { IpSet } from '../../sets/ip-set.js';

/** The address object of the bogon networks: the list is downloaded every month. */
export const BOGONS = 'bogon networks';

export function bogonsObject(location: Location): AddressObject {
  const content = { kind: 'unknown', reason: 'a list that is downloaded' } as const;
  return { name: BOGONS, label: BOGONS, zone: null, content, origin: 'implied', location };
}

const PRIVATE_V4 = IpSet.of('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16');
const PRIVATE_V6 = IpSet.of('fc00::/7');
const LOOPBACK_V4 = IpSet.of('127.0.0.0/8');
const LOOPBACK_V6 = IpSet.of('::1');

/** Aliases of pfSense's own whose content never changes. */
const FIXED: ReadonlyMap<string, IpSet> = new Map([
  ['_private4_', PRIVATE_V4],
  ['_private6_', PRIVATE_V6],
  ['_private46_', PRIVATE_V4.union(PRIVATE_V6)],
  ['_loopback4_', LOOPBACK_V4],
  ['_loopback6_', LOOPBACK_V6],
  ['_loopback46_', LOOPBACK_V4.union(LOOPBACK_V6)],
]);

/** Tables that pfSense fills while it runs: with networks of its tunnels and routes, with who attacked it. */
const TABLES: ReadonlySet<string> = new Set([
  'negate_networks',
  'snort2c',
  'sshguard',
  'tonatsubnets',
  'virusprot',
  'vpn_networks',
]);

export function isBogons(name: string): boolean {
  return name === 'bogons' || name === 'bogonsv6';
}

/**
 * What an alias of the system stands for, which no line of the file defines; null: there is none of that name.
 * https://docs.netgate.com/pfsense/en/latest/firewall/aliases-types.html
 */
export function systemAlias(name: string): AddressContent | null {
  const fixed = FIXED.get(name);
  if (fixed !== undefined) return { kind: 'addresses', addresses: fixed };
  if (!TABLES.has(name) && !/^_[a-z]+(?:4|6|46)_$/.test(name)) return null;
  return { kind: 'unknown', reason: 'a list that pfSense itself fills' };
}
