import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressDisguise } from '../../src/platforms/shared/address-disguise.js';
import { formatV4, formatV6, parseRange } from '../../src/sets/ip-text.js';

const key = new Uint8Array(32).fill(3);
const plain = createAddressDisguise(key, []);

function numberOf(text: string): bigint {
  const range = parseRange(text);
  if (range === null) throw new Error(`${text} is no address`);
  return BigInt(range.start);
}

/** How many leading bits two addresses share. */
function shared(one: string, other: string, bits: number): number {
  const difference = numberOf(one) ^ numberOf(other);
  return difference === 0n ? bits : bits - difference.toString(2).length;
}

const v4 = fc.nat(0xffff_ffff).map(formatV4);
/** Global unicast, so that most of them are nobody's special network. */
const v6 = fc.bigInt({ min: 0n, max: (1n << 125n) - 1n }).map((low) => formatV6((1n << 125n) | low));
/** Pairs that share a beginning of any length: two at random hardly ever share more than a few bits. */
const near = (bits: 32 | 128) =>
  fc
    .tuple(bits === 32 ? v4 : v6, fc.nat(bits - 1), fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }))
    .map(([one, at, noise]): readonly [string, string] => {
      const mask = (1n << BigInt(bits - at)) - 1n;
      const other = numberOf(one) ^ (noise & mask);
      return [one, bits === 32 ? formatV4(Number(other)) : formatV6(other)];
    });

const ipv4In = (text: string) => {
  const range = parseRange(text);
  const [start, end] = range?.family === 4 ? [range.start, range.end] : [0, 1];
  return fc.integer({ min: start, max: end - 1 }).map(formatV4);
};

describe('addresses', () => {
  it('share as many leading bits as before: IPv4', () => {
    fc.assert(
      fc.property(near(32), ([one, other]) => {
        expect(shared(plain(one), plain(other), 32)).toBe(shared(one, other, 32));
      }),
      { numRuns: 2000 },
    );
  });

  it('share as many leading bits as before: IPv6', () => {
    fc.assert(
      fc.property(near(128), ([one, other]) => {
        expect(shared(plain(one), plain(other), 128)).toBe(shared(one, other, 128));
      }),
      { numRuns: 500 },
    );
  });

  it('stay in the special network that they are in', () => {
    for (const network of ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']) {
      const whole = parseRange(network);
      fc.assert(
        fc.property(ipv4In(network), (address) => {
          const after = Number(numberOf(plain(address)));
          expect(whole?.family === 4 && after >= whole.start && after < whole.end).toBe(true);
        }),
      );
    }
    expect(plain('fd12:3456:789a:1::1')).toMatch(/^fd/);
    expect(plain('fe80::1234:5678:9abc:def0')).toMatch(/^fe80::/);
  });

  it('stay nobody’s when they are nobody’s, and public when they are public', () => {
    const special =
      /^(?:0|10|127|2(?:2[4-9]|[345]\d))\.|^172\.(?:1[6-9]|2\d|3[01])\.|^192\.168\.|^169\.254\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
    fc.assert(
      fc.property(v4, (address) => {
        expect(special.test(plain(address))).toBe(special.test(address));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ...['192.0.2.7', '198.51.100.2', '203.0.113.255', '2001:db8::1', '127.0.0.1', '::1', '0.0.0.0', '::'],
    ...['255.255.255.0', '255.255.240.0', '0.0.0.255', '128.0.0.0', '224.0.0.5', 'ff02::1', '8.8.8.8'],
    ...['169.254.169.254', 'no address', '300.1.1.1', '1.2.3', '2001:DB8:0:0::1'],
  ])('%s stays as it is', (text) => {
    expect(plain(text)).toBe(text);
  });

  it('change with the key, and are the same with the same key', () => {
    const other = createAddressDisguise(new Uint8Array(32).fill(4), []);
    const again = createAddressDisguise(key, []);
    const addresses = ['81.2.69.144', '62.210.0.1', '2a01:e0a:1:2::3', '10.20.30.40'];
    expect(addresses.map(again)).toEqual(addresses.map(plain));
    for (const address of addresses) {
      expect(plain(address)).not.toBe(address);
      expect(other(address)).not.toBe(plain(address));
    }
  });

  it('keep a range a range of the same size, and what is in it in it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(0xffff_ffff), { minLength: 2, maxLength: 2 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ends, where) => {
          const [first = 0, last = 0] = ends.sort((a, b) => a - b);
          const range = { bits: 32 as const, first: BigInt(first), last: BigInt(last) };
          const disguise = createAddressDisguise(key, [range]);
          const changed = (address: number) => Number(numberOf(disguise(formatV4(address))));
          const inside = Math.floor(first + (last - first) * where);
          if (ends.some((end) => disguise(formatV4(end)) === formatV4(end))) return;
          if (first >> 8 === last >> 8) return;
          expect(changed(last) - changed(first)).toBe(last - first);
          expect(changed(inside)).toBeGreaterThanOrEqual(changed(first));
          expect(changed(inside)).toBeLessThanOrEqual(changed(last));
        },
      ),
    );
  });

  it('keep networks aligned', () => {
    fc.assert(
      fc.property(v4, fc.integer({ min: 8, max: 24 }), (address, length) => {
        const size = 2 ** (32 - length);
        const first = Math.floor(Number(numberOf(address)) / size) * size;
        const range = { bits: 32 as const, first: BigInt(first), last: BigInt(first + size - 1) };
        const disguise = createAddressDisguise(key, [range]);
        expect(Number(numberOf(disguise(formatV4(first)))) % size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
