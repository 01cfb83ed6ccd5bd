import { IpSet, maskToPrefix, parseIpSet } from '../../sets/index.js';

/**
 * An address as `198.51.100.2 255.255.255.0` or `198.51.100.2/24`, to CIDR text that keeps the host;
 * null when it cannot be read, a mask with holes included.
 */
export function cidrOf(values: readonly string[]): string | null {
  const text = cidrText(values);
  return text === null || parseIpSet(text) === null ? null : text;
}

/** The network of an address with its mask; null when it cannot be read. */
export function networkOf(values: readonly string[]): IpSet | null {
  const text = cidrText(values);
  return text === null ? null : parseIpSet(text);
}

/**
 * Networks side by side, as policy routes have them: `10.0.0.0/255.0.0.0`, `2001:db8::/32`, `10.0.0.0 255.0.0.0`
 * [F 1]; null for one that cannot be read.
 */
export function networksOf(values: readonly string[]): readonly (IpSet | null)[] {
  const words = values.flatMap((value) => value.split('/'));
  const found: (IpSet | null)[] = [];
  for (let at = 0; at < words.length; at++) {
    const masked = isMask(words[at + 1] ?? '');
    found.push(networkOf(words.slice(at, at + (masked ? 2 : 1))));
    if (masked) at++;
  }
  return found;
}

function isMask(word: string): boolean {
  return /^\d{1,3}$/.test(word) || maskToPrefix(word) !== null;
}

function cidrText([address = '', mask]: readonly string[]): string | null {
  if (mask === undefined) {
    if (address.includes('-')) return null;
    return address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`;
  }
  const prefix = /^\d{1,3}$/.test(mask) ? Number(mask) : prefixOf(mask);
  return prefix === null || /[/-]/.test(address) ? null : `${address}/${prefix}`;
}

/** Prefix lengths of the masks seen so far: there are 33. */
const PREFIXES = new Map<string, number>();

function prefixOf(mask: string): number | null {
  const known = PREFIXES.get(mask);
  if (known !== undefined) return known;
  const prefix = maskToPrefix(mask);
  if (prefix !== null) PREFIXES.set(mask, prefix);
  return prefix;
}

/** The address alone. */
export function hostOf(cidr: string): IpSet {
  return parseIpSet(cidr.replace(/\/.*/, '')) ?? IpSet.EMPTY;
}

/** `0.0.0.0` and `::` with any mask stand for no address where an address is asked for. */
export function isZero(value: string | undefined): boolean {
  return value === undefined || value === '' || /^(?:0\.0\.0\.0|::)(?:\/\d+)?$/.test(value);
}

/** Whether a trusted host is an entry that is not used: no address, or zeros for all of a family or for one host. */
export function isUnused(values: readonly string[]): boolean {
  if (!isZero(values[0])) return false;
  const [cidr, ...more] = networkOf(values)?.toCidrs() ?? [];
  return cidr === undefined || more.length > 0 || /\/(?:0|32|128)$/.test(cidr);
}

/** A plain decimal number that is exact in this program; null for anything else. */
export function integer(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null;
  return Number(text);
}

/** A port, or the default when the file gives none that can be read. */
export function portOr(text: string | undefined, fallback: number): number {
  const port = integer(text);
  return port !== null && port > 0 && port < 65_536 ? port : fallback;
}

/** `80`, `8080-8090`; null for anything else. */
export function portRange(text: string): readonly [number, number] | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  return first <= last && last < 65_536 ? [first, last] : null;
}

/** `enable` and `disable`; null for anything else. */
export function isOn(value: string | undefined): boolean | null {
  if (value === 'enable') return true;
  return value === 'disable' ? false : null;
}
