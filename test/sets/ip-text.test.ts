import fc from 'fast-check';
import { Address6 } from 'ip-address';
import { describe, expect, it } from 'vitest';
import { IpSet, maskToPrefix, parseIpSet } from '../../src/sets/index.js';
import { formatV6 } from '../../src/sets/ip-text.js';

describe('parseIpSet', () => {
  it.each([
    ['192.0.2.1', ['192.0.2.1/32']],
    ['192.0.2.77/24', ['192.0.2.0/24']],
    ['0.0.0.0/0', ['0.0.0.0/0']],
    ['255.255.255.255/32', ['255.255.255.255/32']],
    ['203.0.113.255/1', ['128.0.0.0/1']],
    ['192.0.2.1-192.0.2.1', ['192.0.2.1/32']],
    ['192.0.2.0-192.0.2.255', ['192.0.2.0/24']],
    ['2001:db8::1', ['2001:db8::1/128']],
    ['2001:DB8:0:0:0:0:0:1', ['2001:db8::1/128']],
    ['2001:db8::1/32', ['2001:db8::/32']],
    ['::/0', ['::/0']],
    ['::', ['::/128']],
    ['2001:db8::-2001:db8::ffff', ['2001:db8::/112']],
    ['::ffff:192.0.2.128/96', ['::ffff:0:0/96']],
    ['::ffff:c000:201/24', ['::/24']],
  ])('reads %s', (text, cidrs) => {
    expect(parseIpSet(text)?.toCidrs()).toEqual(cidrs);
  });

  it.each([
    '',
    ' ',
    'any',
    '10.0.0.300/8',
    '10.0.0.1/33',
    '10.0.0.1/-1',
    '10.0.0.1/+8',
    '10.0.0.1/8.0',
    '10.0.0.1/1e1',
    '10.0.0.1/',
    '10.0.0.1/ 8',
    '10.0.0.0/08',
    '10.0.0.0/00',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0/4294967304',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.',
    '.1.2.3',
    '1..2.3',
    '010.1.1.1',
    '10.1.1.01',
    '0x0a.1.1.1',
    '167837953',
    '-1.2.3.4',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '10.0.0.1\n',
    '10.0.0.1\u0000',
    '١٠.0.0.1',
    '2001:db8::/129',
    '2001:db8::/064',
    '2001:db8::/',
    '2001:db8::1::2',
    '2001:db8:::1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    '::g',
    '[2001:db8::1]',
    '[::1]:443',
    'fe80::1%eth0',
    'fe80::1%eth0/64',
    '::%',
    '::ffff:010.1.1.1',
    '::ffff:300.1.1.1',
    '::ffff:192.0.2.0/24',
    '::ffff:192.0.2.1/95',
    '192.0.2.1:80',
    '192.0.2.9-192.0.2.1',
    '2001:db8::2-2001:db8::1',
    '192.0.2.1-2001:db8::1',
    '192.0.2.1-192.0.2.2-192.0.2.3',
    '192.0.2.1 - 192.0.2.2',
    '192.0.2.0/25-192.0.2.255',
    '192.0.2.1-192.0.2.0/24',
    '192.0.2.1-',
    '-192.0.2.1',
    '-',
    '192.0.2.1-5',
    `192.0.2.1${' '.repeat(100_000)}`,
    ':'.repeat(100_000),
    '1-'.repeat(50_000),
  ])('refuses %j', (text) => {
    expect(parseIpSet(text)).toBeNull();
  });

  it('never throws, and reads back what it prints', () => {
    const characters = fc.string({ unit: fc.constantFrom(...'0123456789abf.:/-% \n'), maxLength: 24 });
    fc.assert(
      fc.property(fc.oneof(characters, fc.string()), (text) => {
        const set = parseIpSet(text);
        if (set === null) return;
        expect(set.isEmpty()).toBe(false);
        expect(IpSet.of(...set.toCidrs()).key()).toBe(set.key());
      }),
      { numRuns: 2000 },
    );
  });

  it('reads every address and prefix that is well formed', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (ip, bits) => {
        const set = parseIpSet(`${ip}/${bits}`);
        expect(set?.size().ipv4).toBe(2 ** (32 - bits));
        expect(set?.contains(IpSet.of(ip))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), fc.integer({ min: 96, max: 128 }), (ip, bits) => {
        const set = parseIpSet(`${ip}/${bits}`);
        expect(set?.size().ipv6).toBe(2n ** BigInt(128 - bits));
        expect(set?.contains(IpSet.of(ip))).toBe(true);
      }),
    );
  });
});

describe('maskToPrefix', () => {
  it('reads all netmasks', () => {
    for (let bits = 0; bits <= 32; bits += 1) {
      const mask = (2 ** 32 - 2 ** (32 - bits)) >>> 0;
      const text = [24, 16, 8, 0].map((shift) => (mask >>> shift) & 255).join('.');
      expect([text, maskToPrefix(text)]).toEqual([text, bits]);
    }
  });

  it.each([
    '255.0.255.0',
    '0.0.0.255',
    '255.255.255.253',
    '255.255.255.0/24',
    '255.255.255',
    '255.255.255.00',
    '0255.0.0.0',
    '24',
    '/24',
    'ffff::',
    '',
    ' 255.0.0.0',
  ])('refuses %j', (mask) => {
    expect(maskToPrefix(mask)).toBeNull();
  });
});

describe('formatV6', () => {
  it.each([
    [0n, '::'],
    [1n, '::1'],
    [1n << 112n, '1::'],
    [0x2001_0db8_0000_0001_0000_0000_0000_0001n, '2001:db8:0:1::1'],
    [0x2001_0db8_0000_0000_0001_0000_0000_0001n, '2001:db8::1:0:0:1'],
    [0x2001_0db8_0000_0001_0001_0001_0001_0001n, '2001:db8:0:1:1:1:1:1'],
    [0xffff_ffffn, '::ffff:ffff'],
  ])('writes %s as RFC 5952 does', (address, text) => {
    expect(formatV6(address)).toBe(text);
  });

  it('writes every address as ip-address does', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const address = groups.reduce((sum, each) => (sum << 16n) | BigInt(each), 0n);
        expect(formatV6(address)).toBe(Address6.fromBigInt(address).correctForm());
      }),
      { numRuns: 2000 },
    );
  });
});
