import type { Role } from '../../model/firewall-config.js';
import { IpSet } from '../../sets/ip-set.js';
import type { Family } from './dump.js';
import type { FlatRule } from './flatten.js';
import { translationOf } from './translations.js';

/** RFC 1918, RFC 6598, RFC 3927, loopback, RFC 4193 and link-local. */
const PRIVATE = IpSet.of(
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', '127.0.0.0/8'],
  ...['fc00::/7', 'fe80::/10', '::1/128'],
);

/**
 * What translation of sources tells about interfaces: behind one that is left with another source, and
 * towards more than private destinations, is somebody else's network. A rule for all interfaces but
 * some, as containers have it, tells nothing of one.
 */
export function rolesBySourceTranslation(
  rules: readonly FlatRule[],
  family: Family,
): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const flat of rules) {
    const { exit, destination } = flat.match;
    const inside = destination.addresses?.subtract(PRIVATE).isEmpty() === true;
    if (exit === null || inside || !hidesSource(flat, family)) continue;
    const { line } = flat.rule.location;
    const target = flat.rule.syntax.target?.name ?? '';
    const evidence = `${target} of what leaves by it, line ${line}`;
    for (const name of exit) if (!roles.has(name)) roles.set(name, { value: 'untrusted', evidence });
  }
  return roles;
}

/** Whether sources get the address of the interface, or a public one. */
function hidesSource({ rule }: FlatRule, family: Family): boolean {
  const { target } = rule.syntax;
  if (target?.name === 'MASQUERADE') return true;
  if (target?.name !== 'SNAT') return false;
  const source = translationOf(target, family, null)?.source?.literal;
  return source !== undefined && !source.subtract(PRIVATE).isEmpty();
}
