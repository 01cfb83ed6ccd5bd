import type { Interface } from '../../model/firewall-config.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, isSet, locationOf, value } from './config-tree.js';
import type { Reading } from './reading.js';

/** Addresses of the appliance that no packet from outside has, unless it is sent on to them. */
export const LOOPBACK = IpSet.of('127.0.0.0/8', '::1');

/**
 * The loopback, where port forwards lead to it: services that listen on every address answer there
 * (Netgate documentation, "OpenVPN and Multi-WAN", forwards to the localhost).
 *
 * @param addressesOf the addresses of an alias; null where there is none of that name
 */
export function loopbackOf(
  { root, file }: Reading,
  addressesOf: (alias: string) => IpSet | null,
): readonly Interface[] {
  const forwards = children(at(root, 'nat'), 'rule').filter((rule) => !isSet(rule, 'disabled'));
  const targets = forwards.map((element) => {
    const text = value(element, 'target');
    const addresses = (parseIpSet(text) ?? addressesOf(text) ?? IpSet.EMPTY).intersect(LOOPBACK);
    return { element, addresses };
  });
  const [first] = targets.filter(({ addresses }) => !addresses.isEmpty());
  if (first === undefined) return [];
  return [loopback(IpSet.unionOf(targets.map(({ addresses }) => addresses)), first.element, file)];
}

function loopback(addresses: IpSet, element: XmlElement, file: string): Interface {
  const none = { kind: 'none' } as const;
  const family = (part: IpSet) =>
    part.isEmpty() ? none : ({ kind: 'static', cidrs: part.toCidrs() } as const);
  return {
    name: addresses.first() ?? 'lo0',
    zone: null,
    loopback: true,
    routingInstance: 'main',
    ipv4: family(addresses.intersect(IpSet.IPV4)),
    ipv6: family(addresses.intersect(IpSet.IPV6)),
    plane: 'data',
    enabled: true,
    gateways: [],
    role: { value: 'trusted', evidence: 'the loopback: no packet comes in by it' },
    managementFlags: [],
    comment: null,
    location: locationOf(child(element, 'target') ?? element, file),
  };
}
