import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countAddresses, rangesOf } from '../../src/report/terminal/addresses.js';
import { columns, pad, plural, thousands, wrap } from '../../src/report/terminal/text.js';
import { IpSet } from '../../src/sets/ip-set.js';

describe('counts', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [5868, '5,868'],
    [1234567, '1,234,567'],
    [2n ** 64n, '18,446,744,073,709,551,616'],
  ])('%s is written %s', (count, text) => {
    expect(thousands(count)).toBe(text);
  });

  test.each([
    [0, '0 doors'],
    [1, '1 door'],
    [2, '2 doors'],
    [1000, '1,000 doors'],
  ])('%i of them: %s', (count, text) => {
    expect(plural(count, 'door')).toBe(text);
  });

  test('an irregular plural is given', () => {
    expect([plural(1, 'entry', 'entries'), plural(2n, 'entry', 'entries')]).toEqual(['1 entry', '2 entries']);
  });
});

describe('wrap', () => {
  test('breaks at spaces and cuts words that are too long', () => {
    expect(wrap('the door stands open', 9)).toEqual(['the door', 'stands', 'open']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('', 10)).toEqual(['']);
    expect(wrap('   \u3000a', 10)).toEqual(['   \u3000a']);
    expect(wrap('\u2028', 2)).toEqual(['\u2028']);
    expect(wrap('  !', 2)).toEqual(['!']);
  });

  test('begins no line with a separator', () => {
    expect(wrap('aaaa · bbbb · cccc', 7)).toEqual(['aaaa ·', 'bbbb ·', 'cccc']);
  });

  test('loses nothing and keeps to the width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});

test('columns counts what a terminal shows', () => {
  expect([columns('abc'), columns('東京'), columns('e\u0301'), columns('😀')]).toEqual([3, 4, 1, 2]);
  expect(pad('東', 4)).toBe('東  ');
});

describe('addresses', () => {
  test.each([
    [['203.0.113.7/32'], ['203.0.113.7']],
    [['203.0.113.0/24'], ['203.0.113.0/24']],
    [['203.0.113.0/30', '203.0.113.4/31', '203.0.113.6/32'], ['203.0.113.0-6']],
    [['10.0.0.255/32', '10.0.1.0/32'], ['10.0.0.255-10.0.1.0']],
    [['2001:db8::1/128', '2001:db8::2/127'], ['2001:db8::1-2001:db8::3']],
    [
      ['2001:db8::/32', '192.0.2.1/32'],
      ['192.0.2.1', '2001:db8::/32'],
    ],
    [
      ['vpn users', '192.0.2.1/32'],
      ['192.0.2.1', 'vpn users'],
    ],
    [[], []],
  ])('%j is written %j', (cidrs, ranges) => {
    expect(rangesOf(cidrs)).toEqual(ranges);
  });

  test('are counted', () => {
    const rest = IpSet.of('203.0.113.0/24').subtract(IpSet.of('203.0.113.7')).toCidrs();
    expect(countAddresses(rest)).toBe(255n);
    expect(rangesOf(rest)).toEqual(['203.0.113.0-6', '203.0.113.8-255']);
    expect(countAddresses(['2001:db8::/64', '192.0.2.0/31'])).toBe(2n ** 64n + 2n);
  });
});
