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
  readonly uplink: Uplink;
  /** The way to everywhere is another one, and nothing sends anybody out by this interface. */
  readonly elsewhere: boolean;
  /** A port of a bridge: it has no address of its own, and packets cross it all the same. */
  readonly bridged: boolean;
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
export function roleOf({ node, ipv4, ipv6, managed, uplink, elsewhere, bridged }: RoleEvidence): Role {
  const open = isPublic(ipv4) || isPublic(ipv6);
  if (managed && open) {
    return { value: 'untrusted', evidence: 'it is set aside for management, and has a public address' };
  }
  if (managed) return { value: 'management', evidence: 'it is set aside for management' };
  const type = firstValue(node, 'type') ?? '';
  if (TUNNEL_TYPES.has(type)) return { value: 'tunnel', evidence: `its type is ${type}` };
  if (type === 'loopback') return { value: 'trusted', evidence: 'a loopback: nothing comes in by it' };
  const stated = STATED.get(firstValue(node, 'role') ?? '');
  // A role is a label, and the screen offers `lan` for a new interface: an uplink stays one whatever its label says.
  const labelled = stated !== undefined && stated !== 'untrusted' && uplink.evidence !== null;
  if (labelled && !uplink.leased && !bridged) {
    const evidence = `${uplink.evidence}, though its role is ${firstValue(node, 'role')}`;
    return { value: open ? 'untrusted' : 'unknown', evidence };
  }
  if (stated !== undefined) return { value: stated, evidence: `its role is ${firstValue(node, 'role')}` };
  if (bridged) return { value: 'unknown', evidence: 'a port of a bridge, and no role of its own' };
  if (uplink.evidence !== null) return { value: 'untrusted', evidence: uplink.evidence };
  // Strangers, or servers of one's own: what is taken for outside alone is no way to anybody.
  if (open)
    return { value: 'unknown', evidence: 'it has a public address, and no default route leads out by it' };
  if (firstValue(node, 'fortilink') === 'enable')
    return { value: 'trusted', evidence: 'it is for managed switches' };
  const idle = ipv4.kind === 'none' && ipv6.kind === 'none' && firstValue(node, 'ipunnumbered') === undefined;
  if (idle) return { value: 'trusted', evidence: 'it has no address: nothing is routed in by it' };
  if (elsewhere && isPlain(ipv4) && isPlain(ipv6)) {
    return { value: 'trusted', evidence: 'only private addresses, and the default route leads elsewhere' };
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

function isPublic(address: InterfaceAddress): boolean {
  return address.kind === 'static' && address.cidrs.some((cidr) => !NOT_PUBLIC.contains(hostOf(cidr)));
}

/** Whether the file holds all the addresses of a family, if there are any. */
function isPlain({ kind }: InterfaceAddress): boolean {
  return kind === 'static' || kind === 'none';
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
