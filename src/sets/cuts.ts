/** Points of a line: IPv4 addresses and ports are numbers, IPv6 addresses are bigints. */
export type Point = number | bigint;

/**
 * A set of points of one line, as the ascending list of points where membership changes: the set
 * holds [c0, c1), [c2, c3) … The length is even, no point repeats, so equal sets are equal lists.
 */
export type Cuts<T extends Point> = readonly T[];

/**
 * A set operation as a truth table: bit 1 says whether it keeps what is in A only, bit 2 what is in
 * B only, bit 3 what is in both. Bit 0 (in neither) is always zero; complement is subtraction.
 */
export const UNION = 0b1110;
export const INTERSECTION = 0b1000;
export const DIFFERENCE = 0b0010;
type Table = typeof UNION | typeof INTERSECTION | typeof DIFFERENCE;

/** How many cuts are smaller than `point`. */
export function countBelow<T extends Point>(cuts: Cuts<T>, point: T): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] as T) < point) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many cuts are smaller than `point` or equal to it. Odd: the point is in the set. */
export function countUpTo<T extends Point>(cuts: Cuts<T>, point: T): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] as T) <= point) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Merges two sets. Linear in the part where they meet; what lies before and behind is copied whole
 * or dropped whole.
 */
export function combine<T extends Point>(table: Table, a: Cuts<T>, b: Cuts<T>): Cuts<T> {
  const keepA = ((table >> 1) & 1) === 1;
  const keepB = ((table >> 2) & 1) === 1;
  if (a.length === 0) return keepB ? b : a;
  if (b.length === 0) return keepA ? a : b;
  let i = 0;
  let j = 0;
  if ((a[0] as T) < (b[0] as T)) i = countBelow(a, b[0] as T);
  else j = countBelow(b, a[0] as T);
  const out: T[] = i > 0 ? (keepA ? a.slice(0, i) : []) : keepB ? b.slice(0, j) : [];
  while (i < a.length && j < b.length) {
    const x = a[i] as T;
    const y = b[j] as T;
    const fromA = x <= y;
    if (fromA) i += 1;
    if (y <= x) j += 1;
    const inside = (table >> ((i & 1) | ((j & 1) << 1))) & 1;
    if (inside !== (out.length & 1)) out.push(fromA ? x : y);
  }
  if (keepA) for (; i < a.length; i += 1) out.push(a[i] as T);
  if (keepB) for (; j < b.length; j += 1) out.push(b[j] as T);
  return out;
}

/** The union of any number of sets, by one sort: not a merge after the other. */
export function unionOfCuts<T extends Point>(sets: readonly Cuts<T>[]): Cuts<T> {
  if (sets.length === 0) return [];
  if (sets.length === 1) return sets[0] as Cuts<T>;
  if (sets.length === 2) return combine(UNION, sets[0] as Cuts<T>, sets[1] as Cuts<T>);
  const pairs: [T, T][] = [];
  for (const cuts of sets) {
    for (let i = 0; i < cuts.length; i += 2) pairs.push([cuts[i] as T, cuts[i + 1] as T]);
  }
  return fromPairs(pairs);
}

/** The union of half-open intervals, in any order, overlapping or not. Sorts `pairs`. */
export function fromPairs<T extends Point>(pairs: [T, T][]): Cuts<T> {
  pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const out: T[] = [];
  for (const [start, end] of pairs) {
    if (!(start < end)) continue;
    const last = out.length - 1;
    if (last < 0 || (out[last] as T) < start) out.push(start, end);
    else if ((out[last] as T) < end) out[last] = end;
  }
  return out;
}

/** Whether two sets share a point: a walk along both, or a search for each interval of a small one. */
export function cutsOverlap<T extends Point>(a: Cuts<T>, b: Cuts<T>): boolean {
  if (a.length > b.length) return cutsOverlap(b, a);
  if (8 * a.length < b.length) return searchOverlap(a, b);
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if ((a[i + 1] as T) <= (b[j] as T)) i += 2;
    else if ((b[j + 1] as T) <= (a[i] as T)) j += 2;
    else return true;
  }
  return false;
}

function searchOverlap<T extends Point>(small: Cuts<T>, large: Cuts<T>): boolean {
  for (let i = 0; i < small.length; i += 2) {
    const below = countUpTo(large, small[i] as T);
    if ((below & 1) === 1) return true;
    if (below < large.length && (large[below] as T) < (small[i + 1] as T)) return true;
  }
  return false;
}

/** Whether every point of `b` is in `a`. */
export function cutsContain<T extends Point>(a: Cuts<T>, b: Cuts<T>): boolean {
  for (let i = 0; i < b.length; i += 2) {
    const below = countUpTo(a, b[i] as T);
    if ((below & 1) === 0) return false;
    if ((a[below] as T) < (b[i + 1] as T)) return false;
  }
  return true;
}

/** Whether two lists hold the same cuts: for canonical lists, whether two sets are equal. */
export function cutsEqual<T extends Point>(a: Cuts<T>, b: Cuts<T>): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
