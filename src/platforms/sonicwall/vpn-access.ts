import type { Interface, TunnelIngress } from '../../model/firewall-config.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import type { KeyReader } from './key-reader.js';
import { isSet } from './values.js';

/** Exactly what an address object stands for; null where the file cannot tell. */
export type Behind = (name: string) => IpSet | null;

type Reachable = Pick<TunnelIngress, 'destinations' | 'approximate'>;

const LISTS = ['userObjVpnDestNet_N', 'userGroupObjVpnDestNet_N'] as const;

/**
 * Where users who dial in may go: no further than the lists of all users and groups together ("VPN Access": a
 * network "must be added to the allow list", SonicOS 5.8.1 Administrator Guide), and to the appliance itself,
 * for which nothing says that the lists count. Whatever is not certain lets them go anywhere.
 */
export function accessLists(reader: KeyReader, behind: Behind, interfaces: readonly Interface[]): Reachable {
  const lists = LISTS.flatMap((family) => reader.indices(family).map((index) => reader.at(family, index)));
  const named = lists.flatMap((value) => (value !== undefined && isSet(value) ? [value.text] : []));
  if (lists.length === 0) return { destinations: null, approximate: [] };
  if (named.length === 0) return { destinations: null, approximate: [NO_LIST] };
  const networks = [...new Set(named)].map(behind);
  const own = ownAddresses(interfaces);
  if (own === null || networks.includes(null)) return { destinations: null, approximate: [UNREADABLE] };
  return { destinations: IpSet.unionOf([own, ...networks.flatMap((set) => set ?? [])]), approximate: [] };
}

const NO_LIST = 'no VPN access list names a network: users may go anywhere, or nowhere';
const UNREADABLE = 'what the VPN access lists of users name is not all in the file: any is taken';

/** Every address of the appliance; null where it gets one that the file does not hold. */
function ownAddresses(interfaces: readonly Interface[]): IpSet | null {
  const found: IpSet[] = [];
  for (const address of interfaces.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6])) {
    if (address.kind === 'none') continue;
    if (address.kind !== 'static') return null;
    for (const cidr of address.cidrs) found.push(parseIpSet(cidr.replace(/\/.*/, '')) ?? IpSet.EMPTY);
  }
  return IpSet.unionOf(found);
}
