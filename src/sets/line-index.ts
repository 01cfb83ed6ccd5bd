import type { Cuts, Point } from './cuts.js';

/** Intervals that a block holds before it is cut in two. */
const CROWDED = 12;

/** An aligned block of the line, and the intervals that lie in it and in no half of it. */
interface Block<T extends Point> {
  readonly start: T;
  readonly middle: T;
  readonly end: T;
  readonly starts: T[];
  readonly ends: T[];
  readonly ids: number[];
  halved: boolean;
  left: Block<T> | null;
  right: Block<T> | null;
}

/**
 * Finds which of many numbered sets of one line overlap another set, in about the logarithm of their
 * number plus the number of answers. Grows only; blocks are cut where intervals crowd.
 */
export class LineIndex<T extends Point> {
  readonly #root: Block<T>;

  /** @param end one past the last point; the width must be a power of two */
  constructor(start: T, end: T) {
    this.#root = emptyBlock(start, end);
  }

  add(id: number, cuts: Cuts<T>): void {
    for (let i = 0; i < cuts.length; i += 2) insert(this.#root, cuts[i] as T, cuts[i + 1] as T, id);
  }

  /**
   * Adds the number of every set that overlaps `cuts` to `into`, some of them more than once. Gives up
   * and returns false when that makes `into` longer than `enough`.
   */
  collect(cuts: Cuts<T>, enough: number, into: number[]): boolean {
    for (let i = 0; i < cuts.length; i += 2) {
      if (!collectIn(this.#root, cuts[i] as T, cuts[i + 1] as T, enough, into)) return false;
    }
    return true;
  }
}

function emptyBlock<T extends Point>(start: T, end: T): Block<T> {
  return {
    start,
    middle: middleOf(start, end),
    end,
    starts: [],
    ends: [],
    ids: [],
    halved: false,
    left: null,
    right: null,
  };
}

function middleOf<T extends Point>(start: T, end: T): T {
  if (typeof start === 'bigint') return ((start + (end as bigint)) >> 1n) as T;
  return Math.floor(((start as number) + (end as number)) / 2) as T;
}

function insert<T extends Point>(root: Block<T>, start: T, end: T, id: number): void {
  let block = root;
  for (;;) {
    const half = block.halved ? halfFor(block, start, end) : null;
    if (half === null) break;
    block = half;
  }
  block.starts.push(start);
  block.ends.push(end);
  block.ids.push(id);
  if (!block.halved && block.ids.length > CROWDED && block.middle > block.start) halve(block);
}

/** The half that holds all of an interval, made when it is missing; null when neither does. */
function halfFor<T extends Point>(block: Block<T>, start: T, end: T): Block<T> | null {
  if (end <= block.middle) {
    block.left ??= emptyBlock(block.start, block.middle);
    return block.left;
  }
  if (start >= block.middle) {
    block.right ??= emptyBlock(block.middle, block.end);
    return block.right;
  }
  return null;
}

/** Hands the intervals of a crowded block to its halves; those across the middle stay. */
function halve<T extends Point>(block: Block<T>): void {
  block.halved = true;
  const starts = block.starts.splice(0);
  const ends = block.ends.splice(0);
  const ids = block.ids.splice(0);
  for (let i = 0; i < ids.length; i += 1) insert(block, starts[i] as T, ends[i] as T, ids[i] as number);
}

function collectIn<T extends Point>(
  block: Block<T> | null,
  start: T,
  end: T,
  enough: number,
  into: number[],
): boolean {
  if (block === null || end <= block.start || start >= block.end) return true;
  const { starts, ends, ids } = block;
  for (let i = 0; i < ids.length; i += 1) {
    if ((starts[i] as T) < end && (ends[i] as T) > start) into.push(ids[i] as number);
  }
  return (
    into.length <= enough &&
    collectIn(block.left, start, end, enough, into) &&
    collectIn(block.right, start, end, enough, into)
  );
}
