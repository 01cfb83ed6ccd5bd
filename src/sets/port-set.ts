import type { Cuts } from './cuts.js';
import {
  combine,
  cutsContain,
  cutsEqual,
  cutsOverlap,
  DIFFERENCE,
  fromPairs,
  INTERSECTION,
  UNION,
} from './cuts.js';

/** One past the last port. */
export const END_PORT = 65_536;

/** An exact, immutable set of ports, or of whatever else a protocol numbers from 0 to 65535. */
export class PortSet {
  static readonly EMPTY: PortSet = new PortSet([]);
  static readonly ALL: PortSet = new PortSet([0, END_PORT]);

  /** The representation, for the other sets of this folder. */
  readonly cuts: Cuts<number>;

  private constructor(cuts: Cuts<number>) {
    this.cuts = cuts;
  }

  /**
   * The union of ports and ranges (both ends included).
   * @throws RangeError on what is not an integer from 0 to 65535, and on a range that runs backwards.
   */
  static of(...parts: readonly (number | readonly [number, number])[]): PortSet {
    return PortSet.fromCuts(
      fromPairs(
        parts.map((part) => {
          const [first, last] = typeof part === 'number' ? [part, part] : part;
          if (!isPort(first) || !isPort(last) || first > last) {
            throw new RangeError(`not a port or a range of ports: ${first}-${last}`);
          }
          return [first, last + 1];
        }),
      ),
    );
  }

  /** From canonical cuts; the caller vouches for their order. */
  static fromCuts(cuts: Cuts<number>): PortSet {
    if (cuts.length === 0) return PortSet.EMPTY;
    if (cuts.length === 2 && cuts[0] === 0 && cuts[1] === END_PORT) return PortSet.ALL;
    return new PortSet(cuts);
  }

  /** The union of any number of sets, in n log n. */
  static unionOf(sets: Iterable<PortSet>): PortSet {
    return PortSet.fromCuts(fromPairs([...sets].flatMap((set) => set.#pairs())));
  }

  union(other: PortSet): PortSet {
    return PortSet.fromCuts(combine(UNION, this.cuts, other.cuts));
  }

  intersect(other: PortSet): PortSet {
    return PortSet.fromCuts(combine(INTERSECTION, this.cuts, other.cuts));
  }

  /** What is in this set and not in the other. */
  subtract(other: PortSet): PortSet {
    return PortSet.fromCuts(combine(DIFFERENCE, this.cuts, other.cuts));
  }

  complement(): PortSet {
    return PortSet.ALL.subtract(this);
  }

  isEmpty(): boolean {
    return this.cuts.length === 0;
  }

  equals(other: PortSet): boolean {
    return cutsEqual(this.cuts, other.cuts);
  }

  /** Whether every port of `other` is in this set. */
  contains(other: PortSet): boolean {
    return cutsContain(this.cuts, other.cuts);
  }

  /** Whether the two sets share a port. */
  overlaps(other: PortSet): boolean {
    return cutsOverlap(this.cuts, other.cuts);
  }

  /** How many ports. */
  size(): number {
    return this.#pairs().reduce((sum, [start, end]) => sum + end - start, 0);
  }

  /** Ascending ports and ranges: `443`, `5900-5903`. */
  toRanges(): string[] {
    return this.#pairs().map(([start, end]) => (end - start === 1 ? `${start}` : `${start}-${end - 1}`));
  }

  /** Canonical text: equal for equal sets, and for nothing else. */
  key(): string {
    return this.toRanges().join(',');
  }

  toJSON(): string[] {
    return this.toRanges();
  }

  #pairs(): [number, number][] {
    const pairs: [number, number][] = [];
    for (let i = 0; i < this.cuts.length; i += 2) {
      pairs.push([this.cuts[i] as number, this.cuts[i + 1] as number]);
    }
    return pairs;
  }
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < END_PORT;
}
