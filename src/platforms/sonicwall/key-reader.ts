import type { Location } from '../../model/location.js';
import { keyOf } from './pair.js';
import type { Column, KeyFamily, PairList, Value } from './pairs.js';
import type { ReadFamily } from './read-families.js';

export type { Column, Value } from './pairs.js';

/** Look-ups over the pairs of one export. Only families that the parser declares can be asked for. */
export interface KeyReader {
  readonly file: string;
  readonly pairs: PairList;
  /** What a family holds, for whoever asks it many times. */
  column(family: ReadFamily): Column;
  /** The value of an indexed key; undefined when the key is absent. */
  at(family: ReadFamily, index: number): Value | undefined;
  /** The value of a key without index. */
  single(family: ReadFamily): Value | undefined;
  /** Whether any key of the family is in the file. */
  has(family: ReadFamily): boolean;
  /** Indices at which any of the families has a key, ascending. */
  indices(...families: readonly ReadFamily[]): readonly number[];
  /** Where a key stands, or would stand. */
  locate(family: ReadFamily, index?: number | null): Location;
  /** Families asked for so far. */
  asked(): ReadonlySet<string>;
}

/**
 * Builds the look-ups. Of a key that repeats, the first is read.
 *
 * @param keyed whether the file itself is made of keys; else what is not there has a file and no key
 */
export function createKeyReader(pairs: PairList, keyed = true): KeyReader {
  const { file } = pairs;
  const asked = new Map<string, KeyFamily>();

  function family(name: ReadFamily): KeyFamily {
    const before = asked.get(name);
    if (before !== undefined) return before;
    const found = pairs.family(name);
    asked.set(name, found);
    return found;
  }

  return {
    file,
    pairs,
    column: family,
    at: (name, index) => family(name).at(index),
    single: (name) => family(name).at(null),
    has: (name) => family(name).count > 0,
    indices: (...names) => {
      const near: boolean[] = [];
      const far = new Set<number>();
      for (const name of names) family(name).mark(near, far);
      const found = [...far].filter((index) => near[index] !== true);
      near.forEach((_, index) => {
        found.push(index);
      });
      return found.sort((a, b) => a - b);
    },
    locate: (name, index = null) => {
      const place = family(name).placeOf(index);
      if (place !== null) return place;
      return keyed ? { file, line: 1, key: keyOf({ family: name, index }) } : { file, line: 1 };
    },
    asked: () => new Set(asked.keys()),
  };
}
