import { RE2JS } from 're2js';
import { IMPOSSIBLE_SOURCES, PRIVATE_NETWORKS } from '../parties/special-networks.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { isPrintableAscii } from '../text/ascii.js';
import { matchesGlob } from '../text/glob.js';

/** A function that conditions may call. */
export interface ConditionFunction {
  /** In CEL's notation; one entry per overload. */
  readonly signatures: readonly string[];
  readonly about: string;
  /** What it does, under the circumstances of the audit. */
  readonly handler: (about: Circumstances) => (...args: never[]) => unknown;
}

/** What functions need beside their arguments. */
export interface Circumstances {
  /** The day of the audit. */
  readonly at: string;
  /** Ids of canonical services that administer something. */
  readonly administration: ReadonlySet<string>;
}

/** The functions that conditions have beside CEL's own, as rules/README.md prints them. */
export const FUNCTIONS: readonly ConditionFunction[] = [
  {
    signatures: ['re(string, string): bool'],
    about: 'the text holds a match of this RE2 pattern',
    handler: () => re,
  },
  {
    signatures: ['glob(string, string): bool'],
    about: 'the whole text fits this pattern of `*` and `?`',
    handler: () => (text: string, pattern: string) => matchesGlob(pattern, text),
  },
  {
    signatures: ['hasWord(string, list<string>): bool'],
    about: 'the text holds one of these words or phrases, given in small letters, whatever its own letters',
    handler: () => hasWord,
  },
  {
    signatures: ['hasWordLike(string, list<string>): bool'],
    about: 'a word of the text begins with one of these, given in small letters, whatever its own letters',
    handler: () => hasWordLike,
  },
  {
    signatures: ['inCidr(string, string): bool', 'inCidr(list<string>, string): bool'],
    about: 'the addresses, of which there is at least one, all lie in this network',
    handler: () => inCidr,
  },
  {
    signatures: ['overlaps(list<string>, list<string>): bool'],
    about: 'the two lists of addresses and networks share an address',
    handler: () => overlaps,
  },
  {
    signatures: ['isPublic(list<string>): bool'],
    about: 'one of the addresses could be met on the Internet',
    handler: () => isPublic,
  },
  {
    signatures: ['daysUntil(string): int'],
    about: 'days from the day of the audit; negative in the past',
    handler:
      ({ at }) =>
      (day: string) =>
        daysFrom(at, day),
  },
  {
    signatures: ['daysSince(int): int'],
    about: 'days from a moment, in seconds since 1970, to the day of the audit; -1 for 0, which is no moment',
    handler:
      ({ at }) =>
      (seconds: bigint) =>
        daysSince(at, seconds),
  },
  {
    signatures: ['isAdmin(string): bool', 'isAdmin(list<string>): bool'],
    about: 'the id, or one of the ids, is of a service that changes or reads a configuration',
    handler:
      ({ administration }) =>
      (ids: string | readonly string[]) =>
        typeof ids === 'string' ? administration.has(ids) : ids.some((id) => administration.has(id)),
  },
  {
    signatures: ['versionIn(string, string, string): bool'],
    about: 'the version, of which the numbers count, lies between two others, both included',
    handler: () => versionIn,
  },
];

const DAY_MS = 86_400_000;
const NEVER_PUBLIC = PRIVATE_NETWORKS.union(IMPOSSIBLE_SOURCES);

/**
 * RE2: linear in the text, whatever the pattern, where JavaScript's own expressions can take minutes.
 * @throws RangeError on a pattern that RE2 refuses.
 */
export function re(text: string, pattern: string): boolean {
  return compiled(pattern).test(text);
}

/** A word ends where its letters end: `temp-2` and `TEMP` hold `temp`, `template` does not. */
function hasWord(text: string, words: readonly string[]): boolean {
  const plain = wordsOf(text);
  return words.some((word) => plain.includes(` ${word} `));
}

function hasWordLike(text: string, beginnings: readonly string[]): boolean {
  const plain = wordsOf(text);
  return beginnings.some((beginning) => plain.includes(` ${beginning}`));
}

/** In small letters, with a blank on either side of each. */
function wordsOf(text: string): string {
  const others = isPrintableAscii(text) ? /[^a-z]+/g : /\P{L}+/gu;
  return ` ${text.toLowerCase().replace(others, ' ')} `;
}

function inCidr(addresses: string | readonly string[], network: string): boolean {
  const inside = addressSet(typeof addresses === 'string' ? [addresses] : addresses);
  return !inside.isEmpty() && addressSet([network]).contains(inside);
}

export function overlaps(a: readonly string[], b: readonly string[]): boolean {
  return addressSet(a).overlaps(addressSet(b));
}

function isPublic(addresses: readonly string[]): boolean {
  return !addressSet(addresses).subtract(NEVER_PUBLIC).isEmpty();
}

/**
 * Days from `at` to `day`, both `YYYY-MM-DD`.
 * @throws RangeError when `day` is no day.
 */
export function daysFrom(at: string, day: string): bigint {
  const days = (dayTime(day) - dayTime(at)) / DAY_MS;
  return BigInt(Math.round(days));
}

const SECONDS_A_DAY = 86_400n;

/** Whole days from a moment, in seconds since 1970, to `at`; -1 for 0 and below, which is no moment. */
function daysSince(at: string, seconds: bigint): bigint {
  if (seconds <= 0n) return -1n;
  return BigInt(dayTime(at) / DAY_MS) - seconds / SECONDS_A_DAY;
}

/**
 * Compares versions number by number: `6.5.4.14-109n` is 6, 5, 4, 14, 109. What the version lacks
 * behind its last number counts as 0; what a bound lacks is not compared. A text without numbers lies nowhere.
 */
function versionIn(version: string, first: string, last: string): boolean {
  const numbers = numbersOf(version);
  if (numbers.length === 0) return false;
  return compareTo(numbers, numbersOf(first)) >= 0 && compareTo(numbers, numbersOf(last)) <= 0;
}

/** Up to the first word behind the numbers: a build's date is no part of a version. */
function numbersOf(version: string): readonly number[] {
  const [text = ''] = /\d+(?:[.-]\d+)*/.exec(version) ?? [];
  return text.split(/[.-]/).flatMap((part) => (part === '' ? [] : [Number(part)]));
}

function compareTo(version: readonly number[], bound: readonly number[]): number {
  for (const [index, number] of bound.entries()) {
    const difference = (version[index] ?? 0) - number;
    if (difference !== 0) return difference;
  }
  return 0;
}

function dayTime(day: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time)) throw new RangeError('not a day: YYYY-MM-DD is needed');
  return time;
}

/** The messages below never quote the text: it may come from a configuration. */
function addressSet(texts: readonly string[]): IpSet {
  return IpSet.unionOf(
    texts.map((text) => {
      const set = parseIpSet(text);
      if (set === null) throw new RangeError('not an address or a network');
      return set;
    }),
  );
}

const patterns = new Map<string, RE2JS>();
/** Enough for every pattern that is written in a check; one made of a configuration's text may not pile up. */
const MOST_PATTERNS = 500;

function compiled(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const made = compilePattern(pattern);
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  patterns.set(pattern, made);
  return made;
}

function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    throw new RangeError('not a pattern that RE2 accepts', { cause });
  }
}
