import type { AddressContent } from '../../model/objects.js';
import { IpSet, parseIpSet } from '../../sets/index.js';
import { readMembership } from './interfaces.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { firstValue, lineOf, valuesOf } from './tree.js';
import { isZero } from './values.js';

/**
 * What policies mean by the name of a virtual IP: the addresses that packets are sent to. `extip 0.0.0.0`
 * is the address that the external interface has at the time.
 */
export function virtualAddress(
  scope: DeviceScope,
  node: ConfigNode,
  family: 'ipv4' | 'ipv6',
): AddressContent {
  const external = valuesOf(node, 'extip');
  // `type fqdn` says what it leads to by a name; its outside is an address all the same, or a name of its own.
  if (external.every(isZero) && firstValue(node, 'extaddr') !== undefined) {
    return { kind: 'unknown', reason: 'a virtual IP whose outside is a name' };
  }
  if (external.every(isZero)) {
    const outside = firstValue(node, 'extintf');
    const zone = readMembership(scope).zones.find(({ name }) => name === outside);
    const by = zone === undefined ? outside : zone.members.length === 1 ? zone.members[0] : undefined;
    if (by !== undefined && by !== 'any') return { kind: 'interface', interface: by, part: 'address' };
    return { kind: 'unknown', reason: 'a virtual IP without an outside address' };
  }
  const parts = external.map(parseIpSet);
  const known = parts.filter((part) => part !== null);
  if (known.length < parts.length) {
    const location = scope.locate(lineOf(node, 'extip'));
    scope.log.note(
      'malformed-value',
      'the outside address of a virtual IP cannot be read: taken as any',
      location,
    );
    return { kind: 'unknown', reason: 'its outside address cannot be read' };
  }
  const addresses = IpSet.unionOf(known);
  return { kind: 'addresses', addresses: family === 'ipv4' ? addresses.ipv4() : addresses.ipv6() };
}
