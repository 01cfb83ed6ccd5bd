import type { Point } from './cuts.js';
import { countBelow, countUpTo } from './cuts.js';

/**
 * A step function over a line: value `i` holds from cut `i` up to, not including, cut `i + 1`. Before
 * the first cut, and from the last one on, the value is the empty one. Neighbours differ, so that
 * equal functions have equal lists.
 */
export interface Steps<T extends Point, V> {
  readonly cuts: readonly T[];
  /** As long as `cuts`; the last is empty. */
  readonly values: readonly V[];
  /** Intervals of this level and of its values, a value that several intervals share counted once. */
  readonly pieces: number;
}

/**
 * What a set may come to, so that hostile input ends in an error instead of an hour of work. Real
 * policies stay below a hundredth of it.
 */
export const MAX_PIECES = 1_000_000;

/** A set came to more than `MAX_PIECES`. */
export class SetLimitError extends RangeError {}

/** What a value of a step function has to be able to do: it is a set itself. */
export interface Algebra<V> {
  readonly empty: V;
  isEmpty(value: V): boolean;
  union(a: V, b: V): V;
  intersect(a: V, b: V): V;
  subtract(a: V, b: V): V;
  equals(a: V, b: V): boolean;
  overlaps(a: V, b: V): boolean;
  pieces(value: V): number;
}

/** So many things are looked up in a list: most step functions are short, and a table is dearer than the search. */
const LISTED = 16;

interface Operation<V> {
  readonly keepA: boolean;
  readonly keepB: boolean;
  readonly both: (a: V, b: V) => V;
}

/** Collects steps in ascending order and leaves out those that change nothing. */
class Builder<T extends Point, V> {
  readonly #values: Algebra<V>;
  readonly #cuts: T[];
  readonly #steps: V[];
  #last: V;

  constructor(values: Algebra<V>, cuts: T[] = [], steps: V[] = []) {
    this.#values = values;
    this.#cuts = cuts;
    this.#steps = steps;
    this.#last = steps.length === 0 ? values.empty : (steps[steps.length - 1] as V);
  }

  push(cut: T, value: V): void {
    if (value === this.#last || this.#values.equals(value, this.#last)) return;
    this.#cuts.push(cut);
    this.#steps.push(value);
    this.#last = value;
  }

  done(): Steps<T, V> {
    return stepsOf(this.#values, this.#cuts, this.#steps);
  }
}

/**
 * A step function from its canonical parts.
 * @throws SetLimitError beyond `MAX_PIECES`
 */
function stepsOf<T extends Point, V>(
  values: Algebra<V>,
  cuts: readonly T[],
  steps: readonly V[],
): Steps<T, V> {
  let pieces = cuts.length;
  if (steps.length <= LISTED) {
    for (let at = 0; at < steps.length; at += 1) {
      if (steps.indexOf(steps[at] as V) === at) pieces += values.pieces(steps[at] as V);
    }
  } else for (const value of new Set(steps)) pieces += values.pieces(value);
  if (pieces > MAX_PIECES) throw new SetLimitError(`a set of more than ${MAX_PIECES} pieces`);
  return { cuts, values: steps, pieces };
}

/** The algebra of step functions over one line, made from the algebra of their values. */
export function stepAlgebra<T extends Point, V>(values: Algebra<V>): Algebra<Steps<T, V>> {
  const empty: Steps<T, V> = { cuts: [], values: [], pieces: 0 };
  const union = { keepA: true, keepB: true, both: values.union } satisfies Operation<V>;
  const intersection = { keepA: false, keepB: false, both: values.intersect } satisfies Operation<V>;
  const difference = { keepA: true, keepB: false, both: values.subtract } satisfies Operation<V>;
  return {
    empty,
    isEmpty: (steps) => steps.cuts.length === 0,
    union: (a, b) => merge(values, union, a, b, empty),
    intersect: (a, b) => merge(values, intersection, a, b, empty),
    subtract: (a, b) => merge(values, difference, a, b, empty),
    equals: (a, b) => stepsEqual(values, a, b),
    overlaps: (a, b) => stepsOverlap(values, a, b),
    pieces: (steps) => steps.pieces,
  };
}

function merge<T extends Point, V>(
  values: Algebra<V>,
  operation: Operation<V>,
  a: Steps<T, V>,
  b: Steps<T, V>,
  empty: Steps<T, V>,
): Steps<T, V> {
  const { keepA, keepB } = operation;
  if (a === b) return keepA && !keepB ? empty : a;
  if (a.cuts.length === 0) return keepB ? b : empty;
  if (b.cuts.length === 0) return keepA ? a : empty;
  let i = 0;
  let j = 0;
  if ((a.cuts[0] as T) < (b.cuts[0] as T)) i = countBelow(a.cuts, b.cuts[0] as T);
  else j = countBelow(b.cuts, a.cuts[0] as T);
  const out =
    i > 0 && keepA
      ? new Builder(values, a.cuts.slice(0, i), a.values.slice(0, i))
      : j > 0 && keepB
        ? new Builder(values, b.cuts.slice(0, j), b.values.slice(0, j))
        : new Builder<T, V>(values);
  let inA = i > 0 ? (a.values[i - 1] as V) : values.empty;
  let inB = j > 0 ? (b.values[j - 1] as V) : values.empty;
  const combined = pointwise(values, operation);
  while (i < a.cuts.length && j < b.cuts.length) {
    const x = a.cuts[i] as T;
    const y = b.cuts[j] as T;
    const fromA = x <= y;
    if (fromA) inA = a.values[i++] as V;
    if (y <= x) inB = b.values[j++] as V;
    out.push(fromA ? x : y, combined(inA, inB));
  }
  if (keepA) for (; i < a.cuts.length; i += 1) out.push(a.cuts[i] as T, a.values[i] as V);
  if (keepB) for (; j < b.cuts.length; j += 1) out.push(b.cuts[j] as T, b.values[j] as V);
  const steps = out.done();
  return steps.cuts.length === 0 ? empty : steps;
}

/** The operation on values. The same two objects give the same object, so that results share too. */
function pointwise<V>(values: Algebra<V>, operation: Operation<V>): (a: V, b: V) => V {
  const listed: V[] = [];
  let table: Map<V, Map<V, V>> | null = null;
  return (a, b) => {
    if (values.isEmpty(a)) return operation.keepB ? b : values.empty;
    if (values.isEmpty(b)) return operation.keepA ? a : values.empty;
    for (let at = 0; at < listed.length; at += 3) {
      if (listed[at] === a && listed[at + 1] === b) return listed[at + 2] as V;
    }
    const before = table?.get(a)?.get(b);
    if (before !== undefined) return before;
    const value = operation.both(a, b);
    if (listed.length < 3 * LISTED) listed.push(a, b, value);
    else {
      table ??= new Map();
      const row = table.get(a) ?? new Map<V, V>();
      table.set(a, row);
      row.set(b, value);
    }
    return value;
  };
}

function stepsEqual<T extends Point, V>(values: Algebra<V>, a: Steps<T, V>, b: Steps<T, V>): boolean {
  if (a === b) return true;
  if (a.cuts.length !== b.cuts.length) return false;
  for (let i = 0; i < a.cuts.length; i += 1) if (a.cuts[i] !== b.cuts[i]) return false;
  for (let i = 0; i < a.cuts.length; i += 1) {
    if (!values.equals(a.values[i] as V, b.values[i] as V)) return false;
  }
  return true;
}

function stepsOverlap<T extends Point, V>(values: Algebra<V>, a: Steps<T, V>, b: Steps<T, V>): boolean {
  const [small, large] = a.cuts.length < b.cuts.length ? [a, b] : [b, a];
  for (let i = 0; i + 1 < small.cuts.length; i += 1) {
    const value = small.values[i] as V;
    if (values.isEmpty(value)) continue;
    const end = small.cuts[i + 1] as T;
    let at = countUpTo(large.cuts, small.cuts[i] as T) - 1;
    if (at < 0) at = 0;
    for (; at < large.cuts.length && (large.cuts[at] as T) < end; at += 1) {
      const other = large.values[at] as V;
      if (!values.isEmpty(other) && values.overlaps(value, other)) return true;
    }
  }
  return false;
}

/** Functions that lie behind one another on the line, as one. */
export function joinSteps<T extends Point, V>(
  values: Algebra<V>,
  parts: readonly Steps<T, V>[],
): Steps<T, V> {
  const out = new Builder<T, V>(values);
  parts.forEach((part, i) => {
    const next = parts[i + 1]?.cuts[0];
    part.cuts.forEach((cut, j) => {
      if (cut !== next) out.push(cut, part.values[j] as V);
    });
  });
  return out.done();
}

/** The function that has one value on a whole set and is empty elsewhere. */
export function constantSteps<T extends Point, V>(
  values: Algebra<V>,
  cuts: readonly T[],
  value: V,
): Steps<T, V> {
  if (cuts.length === 0 || values.isEmpty(value)) return { cuts: [], values: [], pieces: 0 };
  return stepsOf(
    values,
    cuts,
    cuts.map((_, i) => ((i & 1) === 0 ? value : values.empty)),
  );
}

/** The same steps with other values, which must be empty and equal where the old ones are. */
export function mapSteps<T extends Point, V, W>(
  values: Algebra<W>,
  { cuts, values: before }: Steps<T, V>,
  convert: (value: V) => W,
): Steps<T, W> {
  return stepsOf(values, cuts, before.map(convert));
}
