import type { Cuts, Point } from './cuts.js';

/** Three for each interval that a block holds before it is cut in two. */
const CROWDED = 3 * 16;

/** An aligned block of the line, and the intervals that lie in it and in no half of it. */
interface Block<T extends Point> {
  readonly start: T;
  readonly middle: T;
  readonly end: T;
  /** Start, end and number of each, one after the other: one array is quicker to read than three. */
  entries: (T | number)[];
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
    entries: [],
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
  block.entries.push(start, end, id);
  if (!block.halved && block.entries.length > CROWDED && block.middle > block.start) halve(block);
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
  const { entries } = block;
  block.entries = [];
  for (let i = 0; i < entries.length; i += 3) {
    insert(block, entries[i] as T, entries[i + 1] as T, entries[i + 2] as number);
  }
}

function collectIn<T extends Point>(
  from: Block<T> | null,
  start: T,
  end: T,
  enough: number,
  into: number[],
): boolean {
  let block = from;
  while (block !== null) {
    const { entries, middle } = block;
    for (let i = 0; i < entries.length; i += 3) {
      if ((entries[i] as T) < end && (entries[i + 1] as T) > start) into.push(entries[i + 2] as number);
    }
    if (into.length > enough) return false;
    if (end <= middle) {
      block = block.left;
      continue;
    }
    if (start < middle && !collectIn(block.left, start, end, enough, into)) return false;
    block = block.right;
  }
  return true;
}
