import { Buffer } from 'node:buffer';
import { createCipheriv, hkdfSync } from 'node:crypto';
import { formatV4, formatV6, parseRange } from '../../sets/ip-text.js';

/** Two addresses that a range begins and ends with, both of one family. */
export interface DisguisedRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** Gives the same other address for an address; text that is none comes back as it is. */
export type DisguiseAddress = (address: string) => string;

/**
 * Networks that are told apart by what they are: an address in one of them stays in it. RFC 1918, RFC 6598,
 * RFC 4193, RFC 4291 (global unicast, link-local), RFC 3056.
 */
const CLASSES: readonly string[] = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'],
  ...['2000::/3', 'fc00::/8', 'fd00::/8', 'fe80::/64', '2002::/16'],
];

/**
 * What names nobody and stays: netmasks, unspecified, loopback, link-local IPv4, multicast, reserved,
 * documentation (RFC 5737, RFC 3849), benchmarking (RFC 2544), and resolvers that everybody uses.
 */
const KEPT: readonly string[] = [
  ...['0.0.0.0/8', '127.0.0.0/8', '128.0.0.0/32', '169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
  ...['1.1.1.1/32', '1.0.0.1/32', '8.8.8.8/32', '8.8.4.4/32', '9.9.9.9/32', '208.67.222.222/32'],
  ...['208.67.220.220/32', '::/96', '64:ff9b::/96', 'ff00::/8', '2001:db8::/32'],
  ...['2001:4860:4860::8888/128', '2001:4860:4860::8844/128', '2606:4700:4700::1111/128'],
];

/** Low bits that stay, so that ranges inside a network stay ranges: a host alone tells nothing. */
const PLAIN_BITS = { 32: 8, 128: 16 } as const;

const MAPPED = 0xffffn << 32n;

/**
 * Prefix-preserving anonymisation after Crypto-PAn (Xu, Fan, Ammar, Moon: Prefix-preserving IP address
 * anonymization, ICNP 2002): two addresses share as many leading bits as before, and which bits are turned
 * is decided by AES under the key. Special networks are mapped onto themselves, which is a choice of bits
 * that the property allows; so are the ways down to the ends of ranges, which makes a range of a range.
 *
 * @param key any length; an AES key is derived from it
 */
export function createAddressDisguise(key: Uint8Array, ranges: Iterable<DisguisedRange>): DisguiseAddress {
  const turns = { 32: turnsOf(key, 32, ranges), 128: turnsOf(key, 128, ranges) };
  const known = new Map<string, string>();
  return (address) => {
    const before = known.get(address);
    if (before !== undefined) return before;
    const parsed = parseRange(address);
    if (parsed === null || address.includes('/')) return address;
    const start = BigInt(parsed.start);
    const disguised =
      parsed.family === 4
        ? formatV4(Number(turns[32](start)))
        : start >> 32n === MAPPED >> 32n
          ? formatV6(MAPPED | turns[32](start & 0xffff_ffffn))
          : formatV6(turns[128](start));
    // What stays, stays as it was written: RFC 5952 is not how everybody writes IPv6.
    const same = parsed.family === 6 && disguised === formatV6(start);
    const result = same ? address : disguised;
    if (known.size < 200_000) known.set(address, result);
    return result;
  };
}

type Turn = (address: bigint) => bigint;

function turnsOf(key: Uint8Array, bits: 32 | 128, ranges: Iterable<DisguisedRange>): Turn {
  const turned = createTurns(key, bits);
  const kept = networksOf(KEPT, bits);
  const pinned = new Set<string>();
  for (const network of [...networksOf(CLASSES, bits), ...kept]) {
    pinPath(pinned, network.first, bits, 0, network.length);
  }
  for (const range of ranges) if (range.bits === bits) pinRange(pinned, range);
  const last = bits - PLAIN_BITS[bits];
  return (address) => {
    if (kept.some(({ first, length }) => address >> BigInt(bits - length) === first >> BigInt(bits - length)))
      return address;
    let turn = 0n;
    for (let depth = 0; depth < last; depth += 1) {
      const prefix = depth === 0 ? 0n : address >> BigInt(bits - depth);
      if (!pinned.has(nodeOf(depth, prefix)) && turned(depth, prefix)) turn |= 1n << BigInt(bits - 1 - depth);
    }
    return address ^ turn;
  };
}

/** Whether the bit behind a prefix is turned: one bit of AES over the prefix, padded and with its length. */
function createTurns(key: Uint8Array, bits: 32 | 128): (depth: number, prefix: bigint) => boolean {
  const secret = Buffer.from(hkdfSync('sha256', key, new Uint8Array(), `fwaudit addresses ${bits}`, 32));
  const cipher = createCipheriv('aes-256-ecb', secret, null).setAutoPadding(false);
  const known = new Map<string, boolean>();
  return (depth, prefix) => {
    const node = nodeOf(depth, prefix);
    const before = known.get(node);
    if (before !== undefined) return before;
    const block = Buffer.alloc(16);
    block.writeBigUInt64BE((prefix >> 64n) & 0xffff_ffff_ffff_ffffn, 0);
    block.writeBigUInt64BE(prefix & 0xffff_ffff_ffff_ffffn, 8);
    // A prefix has at most 112 bits here: the highest byte is free to tell lengths apart.
    block[0] = depth;
    const turned = ((cipher.update(block)[0] ?? 0) & 0x80) !== 0;
    if (known.size < 500_000) known.set(node, turned);
    return turned;
  };
}

function nodeOf(depth: number, prefix: bigint): string {
  return `${depth}:${prefix.toString(36)}`;
}

/** No bit is turned on the way down to an address, between two depths. */
function pinPath(pinned: Set<string>, address: bigint, bits: number, from: number, to: number): void {
  for (let depth = from; depth < to; depth += 1) {
    pinned.add(nodeOf(depth, depth === 0 ? 0n : address >> BigInt(bits - depth)));
  }
}

/** From where its ends part, a range keeps the way to both: what lies between them stays between them. */
function pinRange(pinned: Set<string>, { bits, first, last }: DisguisedRange): void {
  const low = bits - PLAIN_BITS[bits];
  if (first > last || first >> BigInt(PLAIN_BITS[bits]) === last >> BigInt(PLAIN_BITS[bits])) return;
  const common = bits - (first ^ last).toString(2).length;
  pinPath(pinned, first, bits, common, low);
  pinPath(pinned, last, bits, common, low);
}

interface Network {
  readonly first: bigint;
  readonly length: number;
}

function networksOf(texts: readonly string[], bits: 32 | 128): readonly Network[] {
  return texts.flatMap((text) => {
    const range = parseRange(text);
    if (range === null || (range.family === 4 ? 32 : 128) !== bits) return [];
    return [{ first: BigInt(range.start), length: Number(text.split('/')[1]) }];
  });
}
