/** Choices that a seed decides: the same seed, the same choices. */
export interface Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** One of the items, by weight. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T;
  /** Several different items, at least one, in a random order. */
  some<T>(items: readonly T[], most: number): readonly T[];
}

/** Mulberry32, a generator of 32 bits by Tommy Ettinger (public domain): small, and good enough to try rules. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
  const below = (end: number) => next() % end;
  function pick<T>(items: readonly T[]): T {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick,
    weighted(items) {
      let left = below(items.reduce((sum, [weight]) => sum + weight, 0));
      for (const [weight, item] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      throw new Error('no weight is left');
    },
    some(items, most) {
      const rest = [...items];
      const count = 1 + below(Math.min(most, rest.length));
      return Array.from({ length: count }, () => rest.splice(below(rest.length), 1)).flat();
    },
  };
}
