import { mergeCidr } from 'cidr-tools';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IpSet, parseIpSet } from '../../src/sets/ip-set.js';
import { testLaws } from './laws.js';
import type { Cell, ModelledIpSet } from './universe.js';
import { CELLS, ipSets, modelledIpSets } from './universe.js';

function expectCells(set: IpSet, wanted: (cell: Cell) => boolean): void {
  for (const cell of CELLS) {
    expect([cell.probe, set.overlaps(cell.set)]).toEqual([cell.probe, wanted(cell)]);
    expect(set.contains(cell.set)).toBe(wanted(cell));
    expect(set.contains(IpSet.of(cell.probe))).toBe(wanted(cell));
  }
}

describe('against a model', () => {
  it('is what it was built from', () => {
    fc.assert(fc.property(modelledIpSets, ({ set, cells }) => expectCells(set, (cell) => cells.has(cell))));
  });

  it('unites, intersects, subtracts and complements', () => {
    fc.assert(
      fc.property(modelledIpSets, modelledIpSets, (a: ModelledIpSet, b: ModelledIpSet) => {
        expectCells(a.set.union(b.set), (cell) => a.cells.has(cell) || b.cells.has(cell));
        expectCells(a.set.intersect(b.set), (cell) => a.cells.has(cell) && b.cells.has(cell));
        expectCells(a.set.subtract(b.set), (cell) => a.cells.has(cell) && !b.cells.has(cell));
        expectCells(a.set.complement(), (cell) => !a.cells.has(cell));
      }),
    );
  });

  it('compares', () => {
    fc.assert(
      fc.property(modelledIpSets, modelledIpSets, (a, b) => {
        const common = CELLS.some((cell) => a.cells.has(cell) && b.cells.has(cell));
        const within = CELLS.every((cell) => a.cells.has(cell) || !b.cells.has(cell));
        const same = CELLS.every((cell) => a.cells.has(cell) === b.cells.has(cell));
        expect(a.set.overlaps(b.set)).toBe(common);
        expect(a.set.contains(b.set)).toBe(within);
        expect(a.set.equals(b.set)).toBe(same);
        expect(a.set.key() === b.set.key()).toBe(same);
        expect(a.set.isEmpty()).toBe(a.cells.size === 0);
      }),
    );
  });

  it('counts, splits by family and finds the first address', () => {
    fc.assert(
      fc.property(modelledIpSets, ({ set, cells }) => {
        const sizeOf = (family: number): bigint =>
          CELLS.reduce(
            (sum, cell) => (cells.has(cell) && cell.family === family ? sum + cell.size : sum),
            0n,
          );
        expect(set.size()).toEqual({ ipv4: Number(sizeOf(4)), ipv6: sizeOf(6) });
        expectCells(set.ipv4(), (cell) => cells.has(cell) && cell.family === 4);
        expectCells(set.ipv6(), (cell) => cells.has(cell) && cell.family === 6);
        expect(set.first()).toBe(CELLS.find((cell) => cells.has(cell))?.probe ?? null);
      }),
    );
  });

  it('unites many sets at once', () => {
    fc.assert(
      fc.property(fc.array(modelledIpSets, { maxLength: 6 }), (all) => {
        const union = IpSet.unionOf(all.map(({ set }) => set));
        expectCells(union, (cell) => all.some(({ cells }) => cells.has(cell)));
        expect(union.key()).toBe(all.reduce((sum, { set }) => sum.union(set), IpSet.EMPTY).key());
      }),
    );
  });
});

describe('laws', () => testLaws(ipSets, IpSet.EMPTY, IpSet.ALL));

describe('CIDR cover', () => {
  it('is exact, disjoint, ascending and minimal', () => {
    fc.assert(
      fc.property(ipSets, (set) => {
        const blocks = set.toCidrs().map((cidr) => IpSet.of(cidr));
        expect(IpSet.unionOf(blocks).key()).toBe(set.key());
        const total = blocks.reduce((sum, block) => sum + block.size().ipv6 + BigInt(block.size().ipv4), 0n);
        expect(total).toBe(set.size().ipv6 + BigInt(set.size().ipv4));
        // The fewest blocks are the largest ones: none lies in a larger block of the set.
        for (const cidr of set.toCidrs()) {
          const [address = '', bits] = cidr.split('/');
          if (bits !== '0') expect(set.contains(IpSet.of(`${address}/${Number(bits) - 1}`))).toBe(false);
        }
        expect(set.toCidrs()).toEqual(set.toCidrs().toSorted(byFamilyAndAddress));
      }),
    );
  });

  it('is what cidr-tools makes of the same list', () => {
    const address = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 8, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
      fc.tuple(fc.nat(255), fc.integer({ min: 26, max: 32 })).map(([low, bits]) => `192.0.2.${low}/${bits}`),
      fc
        .tuple(fc.nat(65_535), fc.integer({ min: 116, max: 128 }))
        .map(([low, bits]) => `2001:db8::${low.toString(16)}/${bits}`),
    );
    fc.assert(
      fc.property(fc.array(address, { minLength: 1, maxLength: 30 }), (cidrs) => {
        const theirs = mergeCidr(cidrs).map((cidr) => IpSet.of(cidr).key());
        expect(
          IpSet.of(...cidrs)
            .toCidrs()
            .map((cidr) => IpSet.of(cidr).key())
            .sort(),
        ).toEqual(theirs.sort());
      }),
    );
  });

  it('prints hosts with their prefix, IPv4 first', () => {
    expect(IpSet.of('2001:db8::1', '192.0.2.7', '192.0.2.0/30').toCidrs()).toEqual([
      '192.0.2.0/30',
      '192.0.2.7/32',
      '2001:db8::1/128',
    ]);
    expect(IpSet.ALL.toCidrs()).toEqual(['0.0.0.0/0', '::/0']);
    expect(JSON.stringify(IpSet.of('192.0.2.1-192.0.2.3'))).toBe('["192.0.2.1/32","192.0.2.2/31"]');
    expect(IpSet.EMPTY.toCidrs()).toEqual([]);
  });

  it('covers the widest of awkward ranges', () => {
    expect(IpSet.range('0.0.0.1', '255.255.255.254').toCidrs()).toHaveLength(62);
    expect(IpSet.range('::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe').toCidrs()).toHaveLength(254);
  });
});

function byFamilyAndAddress(a: string, b: string): number {
  const [left, right] = [IpSet.of(a), IpSet.of(b)];
  const lowest = [left, right].map((set) => set.cuts4[0] ?? BigInt(2 ** 32) + (set.cuts6[0] ?? 0n));
  return (lowest[0] ?? 0) < (lowest[1] ?? 0) ? -1 : 1;
}

describe('constants', () => {
  it('know their family', () => {
    expect(IpSet.ALL.equals(IpSet.IPV4.union(IpSet.IPV6))).toBe(true);
    expect(IpSet.ALL.size()).toEqual({ ipv4: 2 ** 32, ipv6: 2n ** 128n });
    expect(IpSet.IPV4.complement().equals(IpSet.IPV6)).toBe(true);
    expect(IpSet.EMPTY.first()).toBeNull();
    expect(IpSet.of().isEmpty()).toBe(true);
  });

  it('throw on text that is none', () => {
    expect(() => IpSet.of('192.0.2.0/24', 'nonsense')).toThrow(RangeError);
    expect(() => IpSet.range('192.0.2.9', '192.0.2.1')).toThrow(RangeError);
    expect(() => IpSet.range('192.0.2.1', '2001:db8::1')).toThrow(RangeError);
  });

  it('keep families apart: an IPv4-mapped address is IPv6', () => {
    expect(parseIpSet('::ffff:192.0.2.1')?.overlaps(IpSet.of('192.0.2.1'))).toBe(false);
    expect(parseIpSet('::ffff:192.0.2.1')?.toCidrs()).toEqual(['::ffff:c000:201/128']);
  });
});
