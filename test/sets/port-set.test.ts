import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PortSet } from '../../src/sets/index.js';
import { testLaws } from './laws.js';

/** Ports near both ends and in one place between, and the sets made of ranges among them. */
const PORTS = [0, 1, 2, 3, 442, 443, 444, 65_532, 65_533, 65_534, 65_535];
const ports = fc.constantFrom(...PORTS);
const ranges = fc.tuple(ports, ports).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
const lists = fc.array(fc.oneof(ports, ranges), { maxLength: 5 });
const sets = lists.map((parts) => PortSet.of(...parts));

/** The ports of a list of ports and ranges, one by one. */
function membersOf(parts: readonly (number | readonly [number, number])[]): Set<number> {
  const members = new Set<number>();
  for (const part of parts) {
    const [first, last] = typeof part === 'number' ? [part, part] : part;
    for (let port = first; port <= last; port += 1) members.add(port);
  }
  return members;
}

describe('against a model', () => {
  it('holds the ports of its parts, counts and prints them', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const set = PortSet.of(...list);
        const members = membersOf(list);
        expect(set.size()).toBe(members.size);
        for (const port of [...PORTS, 100, 30_000]) {
          expect(set.overlaps(PortSet.of(port))).toBe(members.has(port));
          expect(set.contains(PortSet.of(port))).toBe(members.has(port));
        }
        const parts = set.toRanges().map((text) => text.split('-').map(Number));
        const printed = parts.map(([first = -1, last = first]): [number, number] => [first, last]);
        expect(PortSet.of(...printed).key()).toBe(set.key());
        expect(printed.every(([first], i) => i === 0 || first > (printed[i - 1]?.[1] ?? 0) + 1)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('unites many sets at once', () => {
    fc.assert(
      fc.property(fc.array(sets, { maxLength: 5 }), (all) => {
        const union = all.reduce((sum, set) => sum.union(set), PortSet.EMPTY);
        expect(PortSet.unionOf(all).key()).toBe(union.key());
      }),
    );
  });
});

describe('laws', () => testLaws(sets, PortSet.EMPTY, PortSet.ALL));

it('prints ports and ranges', () => {
  const set = PortSet.of(443, [5900, 5903], 80, 444, [5902, 5910]);
  expect(set.toRanges()).toEqual(['80', '443-444', '5900-5910']);
  expect(JSON.stringify(set)).toBe('["80","443-444","5900-5910"]');
  expect(PortSet.ALL.toRanges()).toEqual(['0-65535']);
  expect(PortSet.of(0, [1, 65_535])).toBe(PortSet.ALL);
  expect(PortSet.of(22).complement().toRanges()).toEqual(['0-21', '23-65535']);
});

it.each([-1, 65_536, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses port %s', (port) => {
  expect(() => PortSet.of(port)).toThrow(RangeError);
  expect(() => PortSet.of([0, port])).toThrow(RangeError);
  expect(() => PortSet.of([port, 65_535])).toThrow(RangeError);
});

it('refuses a range that runs backwards', () => {
  expect(() => PortSet.of([2, 1])).toThrow(RangeError);
});
