import type { Interface, InterfaceAddress, Role } from '../../model/firewall-config.js';
import { FORWARD_POLICIES, hidingPolicies } from './hiding-policies.js';
import type { InterfaceContext, InterfaceRow, ZoneRow } from './interfaces.js';
import { readInterface } from './interfaces.js';
import type { DeviceScope } from './scope.js';
import { type ConfigNode, createNode, lineOf, valuesOf } from './tree.js';
import { KEPT } from './tunnels.js';

/** Where a configuration names interfaces, and by which words. */
const NAMED_BY: readonly (readonly [string, readonly string[]])[] = [
  ...[...FORWARD_POLICIES, 'firewall security-policy'].map((path) => [path, ['srcintf', 'dstintf']] as const),
  ...['firewall vip', 'firewall vip6'].map((path) => [path, ['extintf']] as const),
  ...['router static', 'router static6'].map((path) => [path, ['device']] as const),
  ['system zone', ['interface']],
];

/** Every interface together, and what the appliance calls its own ends of remote access. */
function isNoInterface(name: string): boolean {
  return name === '' || name === 'any' || KEPT.test(name);
}

/** Stands for whatever interface no policy names; also the key of its location, for no line holds it. */
const OTHERS = 'other interfaces';

const UNKNOWN: InterfaceAddress = { kind: 'unknown', reason: 'the file does not hold the interface' };

/**
 * The interfaces that a part of a configuration names and does not hold: what `show firewall policy` prints has
 * policies between interfaces and nothing else. Where no packet came in or left by any, the widest policy would be
 * passed over. A backup holds all of them.
 */
export function absentInterfaces(
  context: InterfaceContext,
  held: readonly InterfaceRow[],
): readonly InterfaceRow[] {
  const { scope, membership } = context;
  if (scope.whole && held.length > 0) return [];
  const names = new Set(held.map((row) => row.interface.name));
  const zones = new Map(membership.zones.map((zone) => [zone.name, zone]));
  const hiding = hidingPolicies(scope, membership);
  const nodes = namedNodes(scope, zones).filter(({ name }) => !names.has(name));
  const rows = nodes.map((node) => {
    const row = readInterface(context, node);
    return absent(
      row,
      row.interface.role.value === 'untrusted' ? row.interface.role : hiddenRole(hiding(node.name)),
    );
  });
  if (held.length > 0) return rows;
  const line = scope.table('firewall policy')?.line;
  if (rows.length === 0 && line === undefined) return [];
  const others = absent(readInterface(context, createNode(OTHERS, line ?? 1)), NOBODY);
  const location = { ...others.interface.location, key: OTHERS };
  return [...rows, { ...others, interface: { ...others.interface, several: true, location } }];
}

function absent(row: InterfaceRow, role: Role): InterfaceRow {
  const built: Interface = { ...row.interface, ipv4: UNKNOWN, ipv6: UNKNOWN, role };
  return { ...row, interface: built };
}

type Zones = ReadonlyMap<string, ZoneRow>;

function namedNodes(scope: DeviceScope, zones: Zones): readonly ConfigNode[] {
  const tunnels = new Set(scope.allEntries('vpn ipsec phase1-interface').map(({ name }) => name));
  const nodes = new Map<string, ConfigNode>();
  const add = (name: string, line: number): void => {
    if (isNoInterface(name) || tunnels.has(name) || zones.has(name) || nodes.has(name)) return;
    nodes.set(name, createNode(name, line));
  };
  for (const [path, attributes] of NAMED_BY) {
    for (const entry of scope.allEntries(path)) {
      for (const attribute of attributes) {
        for (const name of valuesOf(entry, attribute)) add(name, lineOf(entry, attribute));
      }
    }
  }
  for (const { members, line } of zones.values()) for (const name of members) add(name, line);
  return [...nodes.values()];
}

const NOBODY: Role = { value: 'unknown', evidence: 'the file does not hold it, nor who stands behind it' };

function hiddenRole(policy: string | null): Role {
  if (policy === null) return NOBODY;
  return { value: 'untrusted', evidence: `policy ${policy} hides behind it whoever goes anywhere` };
}
