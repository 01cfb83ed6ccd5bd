import type { InterfaceAddress, Role } from '../../model/firewall-config.js';
import { IpSet } from '../../sets/index.js';
import type { Uplink } from './routes.js';
import type { ConfigNode } from './tree.js';
import { firstValue } from './tree.js';
import { hostOf } from './values.js';

export type InterfaceRole = Role;

/** What is known about an interface when it is asked who stands behind it. */
export interface RoleEvidence {
  readonly node: ConfigNode;
  readonly ipv4: InterfaceAddress;
  readonly ipv6: InterfaceAddress;
  readonly managed: boolean;
  /** Set aside for management in a cloud, whose provider may map a public address to it. */
  readonly mapped: boolean;
  readonly uplink: Uplink;
  /** Another interface leads everywhere. */
  readonly elsewhere: boolean;
  /** Something sends everybody out by it, whatever its routes. */
  readonly sendsOut: boolean;
  /** A port of a bridge: it has no address of its own, and packets cross it all the same. */
  readonly bridged: boolean;
  /** A tunnel of the file ends in it, if it is of a tunnel's type. */
  readonly ends: boolean;
}

/** `set role`, as the vendor means it. */
const STATED: ReadonlyMap<string, Role['value']> = new Map([
  ['wan', 'untrusted'],
  ['lan', 'trusted'],
  ['dmz', 'public'],
]);

/** Interfaces that end tunnels: who comes in by them is told by the tunnel. */
const TUNNEL_TYPES: ReadonlySet<string> = new Set(['tunnel', 'ssl']);

/** The vendor's own type and role, then the default route; never the name. */
export function roleOf(evidence: RoleEvidence): Role {
  if (evidence.managed) return managedRole(evidence);
  const type = firstValue(evidence.node, 'type') ?? '';
  if (TUNNEL_TYPES.has(type)) return tunnelRole(evidence, type);
  if (type === 'loopback') return { value: 'trusted', evidence: 'a loopback: nothing comes in by it' };
  const label = firstValue(evidence.node, 'role') ?? '';
  const stated = STATED.get(label);
  if (stated !== undefined) return labelledRole(evidence, type, label, stated);
  if (evidence.bridged) return { value: 'unknown', evidence: 'a port of a bridge, and no role of its own' };
  const { uplink } = evidence;
  if (uplink.evidence !== null) return { value: 'untrusted', evidence: uplink.evidence };
  return roleByAddress(evidence, type);
}

function labelledRole(evidence: RoleEvidence, type: string, label: string, stated: Role['value']): Role {
  const believed = stated === 'untrusted' || evidence.bridged;
  const doubt = believed ? null : doubtOfLabel(evidence, type);
  if (doubt === null) return { value: stated, evidence: `its role is ${label}` };
  const open = evidence.uplink.evidence !== null && (hasPublic(evidence) || isDialled(evidence));
  return { value: open ? 'untrusted' : 'unknown', evidence: `${doubt}, though its role is ${label}` };
}

/** Set aside for management: a network of one's own, unless something leads outside by it. */
function managedRole(evidence: RoleEvidence): Role {
  const { node, elsewhere, ipv4 } = evidence;
  const aside = 'it is set aside for management';
  if (hasPublic(evidence)) return { value: 'untrusted', evidence: `${aside}, and has a public address` };
  if (firstValue(node, 'role') === 'wan')
    return { value: 'untrusted', evidence: `${aside}, and its role is wan` };
  if (isDialled(evidence)) return { value: 'untrusted', evidence: `${aside}, and dials a provider` };
  if (ipv4.kind === 'dynamic' && !elsewhere) {
    return { value: 'unknown', evidence: `${aside}, and no other interface leads out` };
  }
  if (evidence.mapped) {
    return { value: 'unknown', evidence: `${aside} in a cloud, which may map a public address to it` };
  }
  return { value: 'management', evidence: aside };
}

/** What ends in no tunnel of the file is an interface like any other: a tunnel of a kind that is not read. */
function tunnelRole({ node, uplink, ends }: RoleEvidence, type: string): Role {
  if (ends) return { value: 'tunnel', evidence: `its type is ${type}` };
  if (firstValue(node, 'role') === 'wan') return { value: 'untrusted', evidence: 'its role is wan' };
  if (uplink.evidence !== null) return { value: 'untrusted', evidence: uplink.evidence };
  return { value: 'unknown', evidence: 'the file does not hold the tunnel that ends in it' };
}

/**
 * Why a label of `lan` or `dmz` is not believed: a role filters nothing, and the screen offers `lan` for a new
 * interface. An address by DHCP is an uplink where there is no other, or where something sends out by it.
 */
function doubtOfLabel(evidence: RoleEvidence, type: string): string | null {
  const { uplink, elsewhere, sendsOut, node } = evidence;
  const certain = !uplink.leased || isDialled(evidence) || sendsOut || !elsewhere;
  if (uplink.evidence !== null && certain) return uplink.evidence;
  if (type === 'vdom-link') return 'another virtual domain is behind it';
  const inside = firstValue(node, 'role') === 'lan' && hasPublic(evidence) && !elsewhere;
  return inside ? 'it has a public address, and no other interface leads out' : null;
}

/** A line that is dialled leads to a provider. */
function isDialled({ ipv4 }: RoleEvidence): boolean {
  return ipv4.kind === 'dynamic' && ipv4.method === 'PPPoE';
}

function roleByAddress(evidence: RoleEvidence, type: string): Role {
  const { node, ipv4, ipv6, elsewhere, sendsOut } = evidence;
  const inside = elsewhere && !sendsOut && isInner(evidence);
  // Strangers, or servers of one's own: what is taken for outside alone is no way to anybody.
  if (hasPublic(evidence) && !inside)
    return { value: 'unknown', evidence: 'it has a public address, and no default route leads out by it' };
  if (firstValue(node, 'fortilink') === 'enable')
    return { value: 'trusted', evidence: 'it is for managed switches' };
  const idle = ipv4.kind === 'none' && ipv6.kind === 'none' && firstValue(node, 'ipunnumbered') === undefined;
  if (idle) return { value: 'trusted', evidence: 'it has no address: nothing is routed in by it' };
  if (type === 'vdom-link') return { value: 'unknown', evidence: 'another virtual domain is behind it' };
  if (inside && type === 'vap-switch') {
    return { value: 'public', evidence: 'a wireless network, and no role says that it is inside' };
  }
  if (inside) {
    const evidence = 'no public IPv4 address, and the default route leads elsewhere';
    return { value: 'trusted', evidence };
  }
  return {
    value: 'unknown',
    evidence: 'neither a role nor a route nor a public address tells who stands behind it',
  };
}

/** RFC 1918, 6598, 3927, 4193, loopback, multicast and link-local. Documentation ranges count as public. */
const NOT_PUBLIC: IpSet = IpSet.of(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fe80::/10',
);

function hasPublic({ ipv4, ipv6 }: RoleEvidence): boolean {
  return isPublic(ipv4) || isPublic(ipv6);
}

function isPublic(address: InterfaceAddress): boolean {
  return address.kind === 'static' && address.cidrs.some((cidr) => !NOT_PUBLIC.contains(hostOf(cidr)));
}

/** RFC 6598: addresses that a provider has between itself and its customers. */
const CARRIERS = IpSet.of('100.64.0.0/10');

function isCarriers(address: InterfaceAddress): boolean {
  return address.kind === 'static' && address.cidrs.some((cidr) => CARRIERS.contains(hostOf(cidr)));
}

/**
 * Whether the addresses are those of a network inside: private in IPv4, whatever they are in IPv6, where hosts inside
 * have public ones; or leased without a default route, as clouds do.
 */
function isInner({ ipv4, ipv6 }: RoleEvidence): boolean {
  const handedOut = ipv6.kind === 'dynamic' && ipv6.method === 'delegated';
  if (ipv6.kind !== 'none' && ipv6.kind !== 'static' && !handedOut) return false;
  if (ipv4.kind === 'static') return !isPublic(ipv4) && !isCarriers(ipv4);
  if (isPublic(ipv6)) return false;
  return ipv4.kind === 'none' || (ipv4.kind === 'dynamic' && ipv4.method === 'DHCP');
}

/** From the one that must never be overlooked to the one that may. */
const ORDER: readonly Role['value'][] = ['untrusted', 'unknown', 'public', 'tunnel', 'management', 'trusted'];

/** The role of a zone: that of its least trusted member. */
export function worstRole(members: readonly (readonly [string, Role])[]): Role {
  for (const value of ORDER) {
    const found = members.find(([, role]) => role.value === value);
    if (found !== undefined) return { value, evidence: `${found[0]}: ${found[1].evidence}` };
  }
  return { value: 'trusted', evidence: 'no interface of the file is in it' };
}
