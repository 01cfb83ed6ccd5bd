import type { FirewallConfig, Interface } from '../model/firewall-config.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { isDynamic } from './resolve.js';

/**
 * An interface may have an address that the file does not hold: by DHCP, by PPPoE. What is sent there goes through
 * NAT and the policies like everything else, so a destination has to stand for it that nothing else has. These
 * blocks are in use nowhere: 240.0.0.0/4 (RFC 1112, section 4) and, for IPv6, 4000::/3 (RFC 4291, section 2.4, and
 * not assigned since). They never leave the analysis: no host has one, and no report shows one.
 */
const known = new WeakMap<FirewallConfig, ReadonlyMap<string, IpSet>>();

/** What stands for the unknown addresses of each interface that has one. */
export function standInsOf(config: FirewallConfig): ReadonlyMap<string, IpSet> {
  const before = known.get(config);
  if (before !== undefined) return before;
  const found = new Map<string, IpSet>();
  config.interfaces.forEach((iface, at) => {
    const standIns = standInsAt(iface, at);
    if (!standIns.isEmpty()) found.set(iface.name, standIns);
  });
  known.set(config, found);
  return found;
}

function standInsAt({ ipv4, ipv6 }: Interface, at: number): IpSet {
  const number = (at % 0xff_ffff) + 1;
  const four = [number >> 16, (number >> 8) & 0xff, number & 0xff].join('.');
  const texts = [
    ...(isDynamic(ipv4) ? [`240.${four}`] : []),
    ...(isDynamic(ipv6) ? [`4000::${(number >> 16).toString(16)}:${(number & 0xffff).toString(16)}`] : []),
  ];
  return IpSet.unionOf(texts.map((text) => parseIpSet(text) ?? IpSet.EMPTY));
}

/** Those of some interfaces together. */
export function standInsFor(config: FirewallConfig, names: Iterable<string>): IpSet {
  const all = standInsOf(config);
  return IpSet.unionOf([...names].map((name) => all.get(name) ?? IpSet.EMPTY));
}

const BLOCKS = ['240.0.0.0/4', '4000::/3'].map((cidr) => parseIpSet(cidr) ?? IpSet.EMPTY);

/** Addresses without those that stand for unknown ones. What takes in a whole block means none of these. */
export function withoutStandIns(addresses: IpSet): IpSet {
  return BLOCKS.reduce(
    (left, block) => (left.contains(block) || !left.overlaps(block) ? left : left.subtract(block)),
    addresses,
  );
}
