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
  /** The attribute that names interfaces; null: the entry is one. */
  readonly by: string | null;
  /** @param used virtual IPs that translate; null: each does */
  applies(node: ConfigNode, used: ReadonlySet<string> | null): boolean;
}

const UNJUDGED: readonly Unjudged[] = [
  {
    paths: ['firewall policy46', 'firewall policy64'],
    trouble: 'a policy from one family of addresses to the other is not judged yet',
    by: 'srcintf',
    applies: (node) => firstValue(node, 'action') === 'accept',
  },
  {
    paths: ['firewall vip', 'firewall vip6'],
    trouble: 'a virtual IP that leads to the other family of addresses is not judged yet',
    by: 'extintf',
    applies: (node, used) =>
      (used === null || used.has(node.name)) &&
      (isOn(firstValue(node, 'nat46')) === true || isOn(firstValue(node, 'nat64')) === true),
  },
  {
    paths: ['firewall vip', 'firewall vip6'],
    trouble: 'what an access proxy publishes is not judged yet',
    by: 'extintf',
    applies: (node) => firstValue(node, 'type') === 'access-proxy',
  },
  {
    paths: ['system interface'],
    trouble: 'an explicit proxy listens outside, and what it leads to is not judged yet',
    by: null,
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
  for (const { paths, trouble, by, applies } of UNJUDGED) {
    for (const node of paths.flatMap((path) => scope.allEntries(path))) {
      if (firstValue(node, 'status') === 'disable' || !applies(node, used)) continue;
      const names = by === null ? [node.name] : valuesOf(node, by);
      if (names.some(meets)) scope.log.note('unclassified', trouble, scope.locate(lineOf(node, by ?? '')));
    }
  }
}

function isOutside(role: Interface['role']['value']): boolean {
  return role === 'untrusted' || role === 'unknown';
}
