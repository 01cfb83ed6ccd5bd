import type { Location } from '../../model/location.js';
import type { ExpEntry } from './exp.js';
import { decodeValue, keyOf } from './exp.js';
import type { ReadFamily } from './read-families.js';

/** A value with the place it came from. */
export interface Value {
  readonly text: string;
  readonly location: Location;
}

/** The indexed keys of one family. */
export interface Column {
  /** The value at an index; undefined when the key is absent. */
  text(index: number): string | undefined;
  /** The same with its place, which most values are never asked for. */
  at(index: number): Value | undefined;
}

/** Look-ups over the pairs of one export. Only families that the parser declares can be asked for. */
export interface KeyReader {
  readonly file: string;
  /** Every pair, in the order of the file. */
  readonly entries: readonly ExpEntry[];
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
  locate(family: ReadFamily, index?: number): Location;
  /** Keys that occur again after their first time, and whether with another value. */
  readonly repeated: readonly { readonly entry: ExpEntry; readonly differs: boolean }[];
  /** Families asked for so far. */
  asked(): ReadonlySet<string>;
}

/**
 * Builds the look-ups. Of a key that repeats, the first is read.
 *
 * @param keyed whether the file itself is made of keys; else what is not there has a file and no key
 */
export function createKeyReader(file: string, entries: readonly ExpEntry[], keyed = true): KeyReader {
  const { families, singles, repeated } = indexEntries(file, entries);
  const asked = new Map<string, IndexedEntries>();

  function family(name: ReadFamily): IndexedEntries {
    const before = asked.get(name);
    if (before !== undefined) return before;
    const found = families.get(name) ?? new IndexedEntries(file);
    asked.set(name, found);
    return found;
  }

  return {
    file,
    entries,
    repeated,
    column: family,
    at: (name, index) => family(name).at(index),
    single: (name) => {
      family(name);
      const entry = singles.get(name);
      return entry === undefined ? undefined : toValue(entry, file);
    },
    has: (name) => !family(name).isEmpty() || singles.has(name),
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
    locate: (name, index) => {
      const indexed = family(name);
      const entry = index === undefined ? singles.get(name) : indexed.get(index);
      if (entry !== undefined) return locationOf(entry, file);
      if (!keyed) return { file, line: 1 };
      return { file, line: 1, key: keyOf({ family: name, index: index ?? null }) };
    },
    asked: () => new Set(asked.keys()),
  };
}

function locationOf(entry: ExpEntry, file: string): Location {
  return entry.location ?? { file, line: entry.line, key: keyOf(entry) };
}

function toValue(entry: ExpEntry, file: string): Value {
  return { text: decodeValue(entry.raw), location: locationOf(entry, file) };
}

interface EntryIndex {
  readonly families: ReadonlyMap<string, IndexedEntries>;
  readonly singles: ReadonlyMap<string, ExpEntry>;
  readonly repeated: readonly { readonly entry: ExpEntry; readonly differs: boolean }[];
}

function indexEntries(file: string, entries: readonly ExpEntry[]): EntryIndex {
  const families = new Map<string, IndexedEntries>();
  const singles = new Map<string, ExpEntry>();
  const repeated: { entry: ExpEntry; differs: boolean }[] = [];
  for (const entry of entries) {
    const { family, index } = entry;
    let indexed = index === null ? undefined : families.get(family);
    const before = index === null ? singles.get(family) : indexed?.get(index);
    if (before !== undefined) {
      repeated.push({ entry, differs: before.raw !== entry.raw });
    } else if (index === null) {
      singles.set(family, entry);
    } else {
      if (indexed === undefined) {
        indexed = new IndexedEntries(file);
        families.set(family, indexed);
      }
      indexed.add(entry, index);
    }
  }
  return { families, singles, repeated };
}

/** So far behind the last index another one may stand and still be looked up in a list. */
const GAP = 64;

/** The entries of one family by index: most count up from 0, which a list is quickest for. */
class IndexedEntries implements Column {
  readonly #file: string;
  readonly #near: (ExpEntry | undefined)[] = [];
  readonly #far = new Map<number, ExpEntry>();

  constructor(file: string) {
    this.#file = file;
  }

  isEmpty(): boolean {
    return this.#near.length === 0 && this.#far.size === 0;
  }

  text(index: number): string | undefined {
    const entry = this.get(index);
    return entry === undefined ? undefined : decodeValue(entry.raw);
  }

  at(index: number): Value | undefined {
    const entry = this.get(index);
    return entry === undefined ? undefined : toValue(entry, this.#file);
  }

  add(entry: ExpEntry, index: number): void {
    if (index <= this.#near.length + GAP) this.#near[index] = entry;
    else this.#far.set(index, entry);
  }

  get(index: number): ExpEntry | undefined {
    const near = index < this.#near.length ? this.#near[index] : undefined;
    return near ?? this.#far.get(index);
  }

  /** Marks every index at which there is an entry: those of the list in `near`, the others in `far`. */
  mark(near: boolean[], far: Set<number>): void {
    for (let index = 0; index < this.#near.length; index += 1) {
      if (this.#near[index] !== undefined) near[index] = true;
    }
    for (const index of this.#far.keys()) far.add(index);
  }
}
