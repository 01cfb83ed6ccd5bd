import type { Interface } from '../../model/firewall-config.js';
import { usedVirtualIps } from './nat.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { firstValue, lineOf, valuesOf } from './tree.js';
import { isOn } from './values.js';

interface Context {
  readonly scope: DeviceScope;
  readonly interfaces: readonly Interface[];
  expand(name: string): readonly string[];
}

/** What may let somebody in from outside and is not judged yet: a table, what of it, and where it takes packets. */
interface Unjudged {
  readonly paths: readonly string[];
  readonly trouble: string;
  /** Interfaces by which packets come to it. */
  entrances(scope: DeviceScope, node: ConfigNode): readonly string[];
  /** The attribute to point at. */
  readonly at: string;
  /** @param used virtual IPs that translate; null: each does */
  applies(node: ConfigNode, used: ReadonlySet<string> | null): boolean;
}

const UNJUDGED: readonly Unjudged[] = [
  {
    paths: ['firewall policy46', 'firewall policy64'],
    trouble: 'a policy from one family of addresses to the other is not judged yet',
    entrances: (_scope, node) => valuesOf(node, 'srcintf'),
    at: 'srcintf',
    applies: (node) => firstValue(node, 'action') === 'accept',
  },
  {
    paths: ['firewall vip', 'firewall vip6'],
    trouble: 'a virtual IP that leads to the other family of addresses is not judged yet',
    entrances: virtualEntrances,
    at: 'extintf',
    applies: (node, used) =>
      (used === null || used.has(node.name)) &&
      (isOn(firstValue(node, 'nat46')) === true || isOn(firstValue(node, 'nat64')) === true),
  },
  {
    paths: ['firewall vip', 'firewall vip6'],
    trouble: 'what an access proxy publishes is not judged yet',
    entrances: (_scope, node) => statedEntrances(node) ?? ['any'],
    at: 'extintf',
    applies: (node) => firstValue(node, 'type') === 'access-proxy',
  },
  {
    paths: ['system interface'],
    trouble: 'an explicit proxy listens outside, and what it leads to is not judged yet',
    entrances: (_scope, node) => [node.name],
    at: '',
    applies: (node) =>
      ['explicit-web-proxy', 'explicit-ftp-proxy'].some((name) => isOn(firstValue(node, name)) === true),
  },
];

/** Makes the scan incomplete at each place where strangers may come in by something that is not judged yet. */
export function noteUnjudged({ scope, interfaces, expand }: Context): void {
  const outside = new Set(
    interfaces.filter(({ enabled, role }) => enabled && isOutside(role.value)).map(({ name }) => name),
  );
  const meets = (name: string): boolean => name === 'any' || expand(name).some((each) => outside.has(each));
  const used = usedVirtualIps(scope);
  for (const { paths, trouble, entrances, at, applies } of UNJUDGED) {
    for (const node of paths.flatMap((path) => scope.allEntries(path))) {
      if (firstValue(node, 'status') === 'disable' || !applies(node, used)) continue;
      if (entrances(scope, node).some(meets))
        scope.log.note('unclassified', trouble, scope.locate(lineOf(node, at)));
    }
  }
}

/** Interfaces that a virtual IP itself names; null: it is for what comes in by any. */
function statedEntrances(node: ConfigNode): readonly string[] | null {
  const filter = valuesOf(node, 'srcintf-filter');
  const names = filter.length > 0 ? filter : valuesOf(node, 'extintf');
  return names.length === 0 || names.includes('any') ? null : names;
}

/**
 * One for IPv6 names no interface (CLI reference, config firewall vip6): then those of the policies that let something
 * through to it count, for such virtual IPs also serve hosts inside on their way out.
 */
function virtualEntrances(scope: DeviceScope, node: ConfigNode): readonly string[] {
  const stated = statedEntrances(node);
  if (stated !== null) return stated;
  if (usedVirtualIps(scope) === null) return ['any'];
  const groups = ['firewall vipgrp', 'firewall vipgrp6']
    .flatMap((path) => scope.allEntries(path))
    .filter((group) => valuesOf(group, 'member').includes(node.name));
  const names = new Set([node.name, ...groups.map(({ name }) => name)]);
  return ['firewall policy', 'firewall policy6', 'firewall consolidated policy']
    .flatMap((path) => scope.allEntries(path))
    .filter(
      (policy) => firstValue(policy, 'status') !== 'disable' && firstValue(policy, 'action') === 'accept',
    )
    .filter((policy) =>
      ['dstaddr', 'dstaddr4', 'dstaddr6'].some((each) =>
        valuesOf(policy, each).some((name) => names.has(name)),
      ),
    )
    .flatMap((policy) => (valuesOf(policy, 'srcintf').length === 0 ? ['any'] : valuesOf(policy, 'srcintf')));
}

function isOutside(role: Interface['role']['value']): boolean {
  return role === 'untrusted' || role === 'unknown';
}
