import type { Location } from '../../model/location.js';
import { decodeValue, type ExpEntry, keyOf } from './pair.js';

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

/**
 * The values of an export by their number, in the order of the file. They stay where they are until
 * somebody asks: an export has a hundred thousand, and most are never read.
 */
export interface RawValues {
  raw(at: number): string;
  /** Without reading it. */
  lengthOf(at: number): number;
  line(at: number): number;
  /** Where it really stands, when the file is no list of keys. */
  location(at: number): Location | undefined;
}

/** The values of pairs that somebody made. */
function valuesOf(entries: readonly ExpEntry[]): RawValues {
  return {
    raw: (at) => entries[at]?.raw ?? '',
    lengthOf: (at) => entries[at]?.raw.length ?? 0,
    line: (at) => entries[at]?.line ?? 1,
    location: (at) => entries[at]?.location,
  };
}

/** Pairs of real exports are longer, on average. */
const USUAL_PAIR = 16;

/** Values inside one text, of which nothing is kept but where they stand. */
export class TextValues implements RawValues {
  readonly #text: string;
  #starts: Int32Array<ArrayBuffer>;
  #ends: Int32Array<ArrayBuffer>;
  /** Lines above the first, as most exports have none. */
  #lines: Int32Array | null = null;
  #size = 0;

  constructor(text: string) {
    this.#text = text;
    const expected = Math.ceil(text.length / USUAL_PAIR) + 1;
    this.#starts = new Int32Array(expected);
    this.#ends = new Int32Array(expected);
  }

  add(start: number, end: number, line: number): void {
    const at = this.#size;
    if (at === this.#starts.length) this.#grow();
    this.#starts[at] = start;
    this.#ends[at] = end;
    if (line > 1) this.#lines ??= new Int32Array(this.#starts.length);
    if (this.#lines !== null) this.#lines[at] = line - 1;
    this.#size += 1;
  }

  raw(at: number): string {
    return this.#text.slice(this.#starts[at], this.#ends[at]);
  }

  lengthOf(at: number): number {
    return (this.#ends[at] ?? 0) - (this.#starts[at] ?? 0);
  }

  line(at: number): number {
    return (this.#lines?.[at] ?? 0) + 1;
  }

  location(): undefined {
    return undefined;
  }

  #grow(): void {
    this.#starts = twice(this.#starts);
    this.#ends = twice(this.#ends);
    if (this.#lines !== null) this.#lines = twice(this.#lines);
  }
}

function twice(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

/** So far behind the last index another one may stand and still be looked up in a list. */
const GAP = 64;
const ABSENT = -1;

/** One family of keys: the number of the value at each index. */
export class KeyFamily implements Column {
  readonly name: string;
  readonly #values: RawValues;
  readonly #file: string;
  /** Most families count up from 0, which a list is quickest for. */
  readonly #near: number[] = [];
  readonly #far = new Map<number, number>();
  /** The value of the key without index. */
  #single = ABSENT;
  /** How many pairs there are, repeated ones among them. */
  count = 0;
  /** Characters of their longest value, as it is written. */
  longest = 0;
  /** The first of them. */
  first = ABSENT;
  firstIndex: number | null = null;

  constructor(name: string, values: RawValues, file: string) {
    this.name = name;
    this.#values = values;
    this.#file = file;
  }

  /** False when the key is there already: the first is read. */
  add(index: number | null, at: number): boolean {
    if (this.count === 0) {
      this.first = at;
      this.firstIndex = index;
    }
    this.count += 1;
    if (index === this.#near.length && this.#far.size === 0) {
      this.#near.push(at);
      return true;
    }
    if (this.find(index) !== ABSENT) return false;
    if (index === null) this.#single = at;
    else if (index > this.#near.length + GAP) this.#far.set(index, at);
    else {
      while (this.#near.length < index) this.#near.push(ABSENT);
      this.#near[index] = at;
    }
    return true;
  }

  /** The number of a key's value. */
  find(index: number | null): number {
    if (index === null) return this.#single;
    const near = index < this.#near.length ? (this.#near[index] ?? ABSENT) : ABSENT;
    return near === ABSENT && this.#far.size > 0 ? (this.#far.get(index) ?? ABSENT) : near;
  }

  text(index: number): string | undefined {
    const at = this.find(index);
    return at === ABSENT ? undefined : decodeValue(this.#values.raw(at));
  }

  at(index: number | null): Value | undefined {
    const at = this.find(index);
    if (at === ABSENT) return undefined;
    return { text: decodeValue(this.#values.raw(at)), location: this.locate(index, at) };
  }

  /** Where a key stands; null when it is absent. */
  placeOf(index: number | null): Location | null {
    const at = this.find(index);
    return at === ABSENT ? null : this.locate(index, at);
  }

  locate(index: number | null, at: number): Location {
    const known = this.#values.location(at);
    if (known !== undefined) return known;
    return { file: this.#file, line: this.#values.line(at), key: keyOf({ family: this.name, index }) };
  }

  /** Marks every index at which there is a key: those of the list in `near`, the others in `far`. */
  mark(near: boolean[], far: Set<number>): void {
    for (let index = 0; index < this.#near.length; index += 1) {
      if (this.#near[index] !== ABSENT) near[index] = true;
    }
    for (const index of this.#far.keys()) far.add(index);
  }

  /** Indices in the order of the file. */
  indices(): readonly number[] {
    const found: { readonly index: number; readonly at: number }[] = [];
    this.visit((index, at) => {
      if (index !== null) found.push({ index, at });
    });
    return found.sort((a, b) => a.at - b.at).map(({ index }) => index);
  }

  /** Every key of the family, but for repeated ones. */
  visit(visit: (index: number | null, at: number) => void): void {
    if (this.#single !== ABSENT) visit(null, this.#single);
    this.#near.forEach((at, index) => {
      if (at !== ABSENT) visit(index, at);
    });
    for (const [index, at] of this.#far) visit(index, at);
  }
}

/** One pair, with its place. */
export interface Pair {
  readonly family: string;
  readonly index: number | null;
  readonly location: Location;
}

/** The pairs of one export by family and index. */
export class PairList {
  readonly file: string;
  readonly #values: RawValues;
  readonly #families = new Map<string, KeyFamily>();
  readonly #repeated: { readonly family: KeyFamily; readonly index: number | null; readonly at: number }[] =
    [];
  #last: KeyFamily | null = null;
  #lastIndex: number | null = null;
  #size = 0;

  constructor(file: string, values: RawValues) {
    this.file = file;
    this.#values = values;
  }

  static of(file: string, entries: readonly ExpEntry[]): PairList {
    const pairs = new PairList(file, valuesOf(entries));
    for (const { family, index, raw } of entries) pairs.add(pairs.family(family), index, raw.length);
    return pairs;
  }

  /** How many pairs there are. */
  get size(): number {
    return this.#size;
  }

  /** The family of a name; one without keys where the file has none. */
  family(name: string): KeyFamily {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = new KeyFamily(name, this.#values, this.file);
      this.#families.set(name, family);
    }
    return family;
  }

  /** Adds the key of the next value, which takes so many characters. */
  add(family: KeyFamily, index: number | null, length: number): void {
    const at = this.#size;
    this.#size += 1;
    if (length > family.longest) family.longest = length;
    if (!family.add(index, at)) this.#repeated.push({ family, index, at });
    this.#last = family;
    this.#lastIndex = index;
  }

  /** The last pair of the file. */
  last(): Pair | null {
    return this.#last === null ? null : this.#pair(this.#last, this.#lastIndex, this.#size - 1);
  }

  /** Families with at least one pair: how many, and where the first of them stands. */
  *counts(): Iterable<{ readonly name: string; readonly count: number; readonly first: () => Location }> {
    for (const family of this.#families.values()) {
      const { name, count } = family;
      if (count > 0) yield { name, count, first: () => family.locate(family.firstIndex, family.first) };
    }
  }

  /** Pairs whose key was there before, and whether with another value. */
  repeated(): readonly (Pair & { readonly differs: boolean })[] {
    return this.#repeated.map(({ family, index, at }) => ({
      ...this.#pair(family, index, at),
      differs: this.#values.raw(family.find(index)) !== this.#values.raw(at),
    }));
  }

  /**
   * What `pick` makes of pairs, repeated ones among them, in the order of the file. Values that are shorter
   * than `shortest` says of their family are not read for it.
   */
  pick<T>(
    shortest: (family: string) => number,
    pick: (family: string, raw: string, place: () => Location) => T | null,
  ): readonly T[] {
    const found: { readonly at: number; readonly value: T }[] = [];
    const look = (family: KeyFamily, index: number | null, at: number, least: number): void => {
      if (this.#values.lengthOf(at) < least) return;
      const value = pick(family.name, this.#values.raw(at), () => family.locate(index, at));
      if (value !== null) found.push({ at, value });
    };
    for (const family of this.#families.values()) {
      const least = shortest(family.name);
      if (family.longest >= least) family.visit((index, at) => look(family, index, at, least));
    }
    for (const { family, index, at } of this.#repeated) look(family, index, at, shortest(family.name));
    return found.sort((a, b) => a.at - b.at).map(({ value }) => value);
  }

  #pair(family: KeyFamily, index: number | null, at: number): Pair {
    return { family: family.name, index, location: family.locate(index, at) };
  }
}
