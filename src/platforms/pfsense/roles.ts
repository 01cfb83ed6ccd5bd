import type { InterfaceAddress, Role } from '../../model/firewall-config.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import { nameOf, value } from './config-tree.js';
import type { SelectedGateway } from './gateways.js';

/** RFC 1918, 6598, loopback, link-local and unique local: nobody on the Internet has one of these. */
const PRIVATE = IpSet.of(
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
  '::1',
);

/** How an inner interface gets IPv6: part of a prefix that a WAN was given. */
export const V6_DELEGATED = 'a delegated prefix';

const TUNNEL_DEVICE = /^(?:(?:ovpn[cs]|tun_wg|wg|ipsec|gif|gre|enc|l2tp|tailscale)\d|zt[0-9a-z]{8,}$)/;

/**
 * In the vendor's own sense an interface with a gateway selected, or one that is given a gateway by
 * DHCP or PPPoE, is a WAN; so is one by which the default route leads out. Then the slot decides (`wan`, `lan`), then the addresses; never the name.
 */
export function roleOf(
  element: XmlElement,
  gateways: readonly SelectedGateway[],
  ofDefault: string | null,
  ipv4: InterfaceAddress,
  ipv6: InterfaceAddress,
): Role {
  if (TUNNEL_DEVICE.test(value(element, 'if'))) {
    return roleOfTunnel(value(element, 'if'), ofDefault, ipv4, ipv6);
  }
  const [gateway] = gateways;
  if (gateway !== undefined) {
    return { value: 'untrusted', evidence: `gateway ${gateway.name} is selected on it, as on a WAN` };
  }
  if (ofDefault !== null) {
    return { value: 'untrusted', evidence: `the default route leads out by it, to gateway ${ofDefault}` };
  }
  if (ipv4.kind === 'dynamic') {
    return { value: 'untrusted', evidence: `its address comes by ${ipv4.method}, and a gateway with it` };
  }
  const key = nameOf(element);
  if (key === 'wan') return { value: 'untrusted', evidence: 'the slot of the WAN' };
  if (key === 'lan') return { value: 'trusted', evidence: 'the slot of the LAN' };
  return roleByAddress(ipv4, ipv6);
}

/**
 * A broker of IPv6 hands whatever the Internet sends into its tunnel, and so does whoever a default route leads to from a
 * public address. A default route to headquarters, between private addresses, leads to nobody else.
 */
function roleOfTunnel(
  device: string,
  ofDefault: string | null,
  ipv4: InterfaceAddress,
  ipv6: InterfaceAddress,
): Role {
  if (device.startsWith('gif') && cidrsOf(ipv6).some(isPublic)) {
    return { value: 'untrusted', evidence: 'a tunnel of public IPv6: the Internet is behind it' };
  }
  if (ofDefault !== null && [ipv4, ipv6].flatMap(cidrsOf).some(isPublic)) {
    return { value: 'untrusted', evidence: `the default route leads out by its tunnel, to ${ofDefault}` };
  }
  return { value: 'tunnel', evidence: 'it is assigned to a tunnel' };
}

function roleByAddress(ipv4: InterfaceAddress, ipv6: InterfaceAddress): Role {
  // Hosts inside have public addresses in IPv6: where there is one in IPv4, that tells.
  const cidrs = cidrsOf(ipv4).length > 0 ? cidrsOf(ipv4) : cidrsOf(ipv6);
  // Strangers, or servers of one's own: what is taken for outside alone is no way to anybody.
  if (cidrs.some(isPublic)) return { value: 'unknown', evidence: 'a public address, and no gateway' };
  if (cidrs.length > 0) return { value: 'trusted', evidence: 'a private address, and no gateway' };
  if (ipv6.kind === 'dynamic' && ipv6.method === V6_DELEGATED) {
    return { value: 'trusted', evidence: 'only a prefix that another interface was given for inside' };
  }
  return { value: 'unknown', evidence: 'neither an address nor a gateway in the file' };
}

function cidrsOf(address: InterfaceAddress): readonly string[] {
  return address.kind === 'static' ? address.cidrs : [];
}

/** Whether an address is one that somebody on the Internet may have; a name is none. */
export function isPublic(cidr: string): boolean {
  const address = parseIpSet(cidr.replace(/\/.*/, ''));
  return address !== null && !PRIVATE.contains(address);
}
