import { Address6 } from 'ip-address';

/** One past the last IPv4 address. */
export const END_V4 = 2 ** 32;
/** One past the last IPv6 address. */
export const END_V6 = 1n << 128n;

/** Half-open range of addresses of one family. */
export type AddressRange =
  | { readonly family: 4; readonly start: number; readonly end: number }
  | { readonly family: 6; readonly start: bigint; readonly end: bigint };

/** Two IPv6 addresses of 45 characters and a dash; nothing longer is worth a regular expression. */
const LONGEST = 91;

/** The code of the digit 0, and how far before it that of the dot is. */
const ZERO = 48;
const DOT = -2;

/** 32 bits. */
const WORD = 0xffff_ffffn;

/** Dotted IPv4 inside IPv6 text (`::ffff:192.0.2.1`). */
const EMBEDDED_V4 = /\.\d/;

/**
 * Reads an address, a CIDR (host bits are masked) or a range `a-b`, strictly: no spaces, no zone id,
 * no leading zeros in octets or prefix. An IPv4-mapped IPv6 address is an IPv6 address: packets to
 * `::ffff:192.0.2.1` are not packets to 192.0.2.1. With a dotted tail the prefix must be 96 or more,
 * because a shorter one was meant for the IPv4 part.
 */
export function parseRange(text: string): AddressRange | null {
  if (text.length === 0 || text.length > LONGEST) return null;
  const dash = text.indexOf('-');
  if (dash < 0) return text.includes(':') ? parseV6(text) : parseV4(text);
  if (text.includes('/')) return null;
  const first = parseRange(text.slice(0, dash));
  const last = text.indexOf('-', dash + 1) < 0 ? parseRange(text.slice(dash + 1)) : null;
  if (first === null || last === null) return null;
  if (first.family === 4 && last.family === 4 && first.start <= last.start) {
    return { family: 4, start: first.start, end: last.end };
  }
  if (first.family === 6 && last.family === 6 && first.start <= last.start) {
    return { family: 6, start: first.start, end: last.end };
  }
  return null;
}

function parseV4(text: string): AddressRange | null {
  const slash = text.indexOf('/');
  const address = octetsToNumber(slash < 0 ? text : text.slice(0, slash));
  const bits = prefixOf(text, 32);
  if (address === null || bits === null) return null;
  const size = 2 ** (32 - bits);
  const start = address - (address % size);
  return { family: 4, start, end: start + size };
}

function parseV6(text: string): AddressRange | null {
  if (text.includes('%') || !Address6.isValid(text)) return null;
  const bits = prefixOf(text, 128);
  if (bits === null || (bits < 96 && EMBEDDED_V4.test(text))) return null;
  const shift = BigInt(128 - bits);
  const start = (new Address6(text).bigInt() >> shift) << shift;
  return { family: 6, start, end: start + (1n << shift) };
}

/** Four octets with dots between them, none with a leading zero; null for anything else. Written here: there are thousands. */
function octetsToNumber(text: string): number | null {
  let number = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit === DOT && digits > 0) {
      number = number * 256 + octet;
      octet = 0;
      digits = 0;
      dots += 1;
    } else {
      const leadingZero = digits > 0 && octet === 0;
      if (digit < 0 || digit > 9 || leadingZero) return null;
      octet = octet * 10 + digit;
      digits += 1;
      if (octet > 255) return null;
    }
  }
  return dots === 3 && digits > 0 ? number * 256 + octet : null;
}

/** The prefix length behind the slash, `widest` without one, null when it is not a plain number. */
function prefixOf(text: string, widest: number): number | null {
  const slash = text.indexOf('/');
  if (slash < 0) return widest;
  const digits = text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(digits)) return null;
  const bits = Number(digits);
  return bits <= widest ? bits : null;
}

/**
 * The prefix length of a dotted netmask: `255.255.255.0` is 24. Null for anything else, a mask with
 * holes and a wildcard mask included.
 */
export function maskToPrefix(mask: string): number | null {
  const address = octetsToNumber(mask);
  if (address === null) return null;
  const hosts = END_V4 - address;
  const bits = 32 - Math.log2(hosts);
  return Number.isInteger(bits) ? bits : null;
}

export function formatV4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/**
 * RFC 5952 text: the first of the longest runs of two or more zero groups becomes `::`. Written here
 * because everything outside a few networks is hundreds of CIDRs, and a report names it again and again.
 */
export function formatV6(address: bigint): string {
  const groups = groupsOf(address);
  let best = { at: 0, length: 1 };
  for (let at = 0, length = 0; at < groups.length; at += 1) {
    length = groups[at] === 0 ? length + 1 : 0;
    if (length > best.length) best = { at: at - length + 1, length };
  }
  const texts = groups.map((group) => group.toString(16));
  if (best.length < 2) return texts.join(':');
  return `${texts.slice(0, best.at).join(':')}::${texts.slice(best.at + best.length).join(':')}`;
}

/** The eight groups of 16 bits, most significant first. */
function groupsOf(address: bigint): readonly number[] {
  const halves = [Number(address >> 96n), Number((address >> 64n) & WORD)];
  halves.push(Number((address >> 32n) & WORD), Number(address & WORD));
  return halves.flatMap((half) => [half >>> 16, half & 0xffff]);
}

/** The fewest CIDRs that cover [start, end) exactly, ascending. */
export function cidrsV4(start: number, end: number): string[] {
  const out: string[] = [];
  let at = start;
  while (at < end) {
    // As large as its first address is aligned to: the lowest bit that is set in it.
    let bits = at === 0 ? 0 : Math.clz32(at & -at) + 1;
    let size = 2 ** (32 - bits);
    while (size > end - at) {
      size /= 2;
      bits += 1;
    }
    out.push(`${formatV4(at)}/${bits}`);
    at += size;
  }
  return out;
}

/** The fewest CIDRs that cover [start, end) exactly, ascending. */
export function cidrsV6(start: bigint, end: bigint): string[] {
  const out: string[] = [];
  let at = start;
  while (at < end) {
    let bits = 128;
    let size = 1n;
    while (bits > 0 && (at & (size * 2n - 1n)) === 0n && at + size * 2n <= end) {
      size *= 2n;
      bits -= 1;
    }
    out.push(`${formatV6(at)}/${bits}`);
    at += size;
  }
  return out;
}
