import fc from 'fast-check';
import { IpSet } from '../../src/sets/ip-set.js';
import { formatV4, formatV6 } from '../../src/sets/ip-text.js';

/** A stretch of addresses that no test set cuts: one address, or the whole gap between two windows. */
export interface Cell {
  readonly set: IpSet;
  /** An address in the stretch. */
  readonly probe: string;
  readonly family: 4 | 6;
  readonly size: bigint;
}

const WINDOW = 12;

/**
 * Windows of addresses at both ends of each family and across the places where representations break:
 * the sign bit of 32-bit integers, the end of exact doubles, the middle of IPv6.
 */
const STARTS_V4 = [0n, 2n ** 31n - 6n, 2n ** 32n - 12n];
const STARTS_V6 = [0n, 2n ** 32n - 6n, 2n ** 53n - 6n, 2n ** 64n - 6n, 2n ** 128n - 12n];

function cellsOf(family: 4 | 6, starts: readonly bigint[], format: (address: bigint) => string): Cell[] {
  return starts.flatMap((start, i) => {
    const cells = Array.from({ length: WINDOW }, (_, offset) => {
      const probe = format(start + BigInt(offset));
      return { set: IpSet.of(probe), probe, family, size: 1n };
    });
    const next = starts[i + 1];
    if (next === undefined) return cells;
    const [first, last] = [format(start + BigInt(WINDOW)), format(next - 1n)];
    const gap = { set: IpSet.range(first, last), probe: first, family, size: next - start - BigInt(WINDOW) };
    return [...cells, gap];
  });
}

/** Every address of both families, ascending, as cells. */
export const CELLS: readonly Cell[] = [
  ...cellsOf(4, STARTS_V4, (address) => formatV4(Number(address))),
  ...cellsOf(6, STARTS_V6, formatV6),
];

/** A set of addresses together with the cells that it must consist of. */
export interface ModelledIpSet {
  readonly set: IpSet;
  readonly cells: ReadonlySet<Cell>;
}

/** The cells of some runs of neighbours, which may overlap, touch, or reach over many windows. */
const runs = fc.array(
  fc.tuple(fc.nat(CELLS.length - 1), fc.oneof(fc.nat(4), fc.nat(30))).map(([first, more]) => {
    const family = CELLS[first]?.family;
    return CELLS.slice(first, first + more + 1).filter((cell) => cell.family === family);
  }),
  { maxLength: 7 },
);

export const modelledIpSets: fc.Arbitrary<ModelledIpSet> = runs.map((all) => ({
  set: IpSet.unionOf(
    all.map((run) => {
      const first = run[0]?.set.first() ?? '';
      const last = run.at(-1);
      return last === undefined || last === run[0]
        ? (run[0]?.set ?? IpSet.EMPTY)
        : IpSet.range(first, last.probe).union(last.set);
    }),
  ),
  cells: new Set(all.flat()),
}));

/** Small address sets for tests that care for something else. */
export const ipSets: fc.Arbitrary<IpSet> = modelledIpSets.map(({ set }) => set);
