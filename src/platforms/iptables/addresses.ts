import { IpSet, maskToPrefix, parseIpSet } from '../../sets/ip-set.js';
import type { Family } from './dump.js';

/** What an address of a rule stands for. */
export interface AddressValue {
  readonly addresses: IpSet;
  /** False when the set is wider than what is meant: a netmask with holes. */
  readonly exact: boolean;
}

/** Every address of a family. */
export function everyAddress(family: Family): IpSet {
  return family === 'ipv4' ? IpSet.IPV4 : IpSet.IPV6;
}

/** Multicast addresses. RFC 5771, RFC 4291 section 2.7. */
export function multicast(family: Family): IpSet {
  return family === 'ipv4' ? MULTICAST_V4 : MULTICAST_V6;
}

const MULTICAST_V4 = IpSet.of('224.0.0.0/4');
const MULTICAST_V6 = IpSet.of('ff00::/8');

/** Nothing that iptables takes for an address list is longer. */
const LONGEST = 100_000;

/**
 * Reads the value of `-s` or `-d`: addresses with a prefix length or a netmask, with commas between
 * them. Null when it holds anything else (host names), or addresses of the other family.
 */
export function parseAddressList(text: string, family: Family): AddressValue | null {
  if (text.length > LONGEST) return null;
  const parts = text.split(',').map((part) => parseAddress(part, family));
  const sets: IpSet[] = [];
  for (const part of parts) {
    if (part === null) return null;
    sets.push(part.addresses);
  }
  return { addresses: IpSet.unionOf(sets), exact: parts.every((part) => part?.exact === true) };
}

/** Reads `a-b` or a single address, as `iprange` and NAT targets have them. */
export function parseAddressRange(text: string, family: Family): IpSet | null {
  if (text.includes('/')) return null;
  return ofFamily(parseIpSet(text), family);
}

function parseAddress(text: string, family: Family): AddressValue | null {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const mask = slash < 0 ? null : text.slice(slash + 1);
  if (mask !== null && /[.:]/.test(mask)) return masked(address, mask, family);
  if (address.includes('-')) return null;
  const whole = family === 'ipv4' ? padded(address) : address;
  const addresses = ofFamily(parseIpSet(mask === null ? whole : `${whole}/${mask}`), family);
  return addresses === null ? null : { addresses, exact: true };
}

/** `10/8` is 10.0.0.0/8, and `0/0` every address. */
function padded(address: string): string {
  if (!/^\d{1,3}(?:\.\d{1,3}){0,2}$/.test(address)) return address;
  return address + '.0'.repeat(4 - address.split('.').length);
}

/** A netmask that is not all ones and then zeros is widened to the network of its first ones. */
function masked(address: string, mask: string, family: Family): AddressValue | null {
  const prefix = family === 'ipv4' ? maskToPrefix(mask) : null;
  if (prefix !== null) return parseAddress(`${address}/${prefix}`, family);
  const value = ofFamily(parseIpSet(mask), family);
  if (value === null || mask.includes('/') || mask.includes('-')) return null;
  const { ones, plain } = leadingOnes(value);
  const network = parseAddress(`${address}/${ones}`, family);
  return network === null ? null : { addresses: network.addresses, exact: plain };
}

/** How many bits of a mask are set before the first that is not, and whether no other is. */
function leadingOnes(mask: IpSet): { readonly ones: number; readonly plain: boolean } {
  const [four] = mask.cuts4;
  const bits = four === undefined ? 128 : 32;
  const number = four === undefined ? (mask.cuts6[0] ?? 0n) : BigInt(four);
  const binary = number.toString(2).padStart(bits, '0');
  const zero = binary.indexOf('0');
  const ones = zero < 0 ? bits : zero;
  return { ones, plain: !binary.slice(ones).includes('1') };
}

function ofFamily(set: IpSet | null, family: Family): IpSet | null {
  return set !== null && everyAddress(family).contains(set) ? set : null;
}
