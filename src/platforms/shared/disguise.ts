import { createHmac } from 'node:crypto';
import type { DisguiseAddress, DisguisedRange } from './address-disguise.js';
import { createAddressDisguise } from './address-disguise.js';

/** Gives other names and addresses for those of a configuration: the same for the same, under one key. */
export interface Disguise {
  /** The key, for the placeholders of secrets. */
  readonly key: Uint8Array;
  /**
   * Replaces every address, and every word that is not in the vocabulary; punctuation, short numbers and
   * netmasks stay. It works word by word, so a name changes in the same way wherever it is a part.
   */
  text(text: string, vocabulary: ReadonlySet<string>): string;
}

/**
 * What is looked for in a text, the longest kind first: placeholders, IPv6, hardware addresses, IPv4 with
 * dots, dashes or underscores, and words with their digits.
 */
const PLACEHOLDER = /redacted-[0-9a-f]{16}|(?<!\w)72656461637465642d[0-9a-f]{32}(?!\w)/;
const HARDWARE =
  /(?<![\w:.-])[0-9A-Fa-f]{2}(?<hardware>[:-])[0-9A-Fa-f]{2}(?:\k<hardware>[0-9A-Fa-f]{2}){4}(?![\w:-])/u;
const IPV6 =
  /(?<![\w:.])(?=[0-9A-Fa-f.:]*:[0-9A-Fa-f.]*:)[0-9A-Fa-f:]{2,39}(?::(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])/;
const IPV4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)/;
const DASHED = /(?<![\dA-Za-z])\d{1,3}(?<dash>[-_])\d{1,3}\k<dash>\d{1,3}\k<dash>\d{1,3}(?![\dA-Za-z])/u;
const WORD = /[\p{L}\p{N}\p{M}]+/u;
/** Placeholders, as text and in hexadecimal digits, and what is all zeros: no address at all. */
const KEPT = /^(?:redacted-[0-9a-f]{16}|72656461637465642d[0-9a-f]{32}|[0:.-]+)$/;
const TOKEN = new RegExp(
  [PLACEHOLDER, HARDWARE, IPV6, IPV4, DASHED, WORD].map((each) => `(?:${each.source})`).join('|'),
  'gu',
);

/**
 * @param ranges what has to stay a range or a network: address objects, networks, routes
 * @param known names and addresses, in small letters, that everybody knows: they stay where they stand alone
 */
export function createDisguise(
  key: Uint8Array,
  ranges: Iterable<DisguisedRange>,
  known: Iterable<string> = [],
): Disguise {
  const wellKnown = new Set(known);
  const other = createAddressDisguise(key, ranges);
  const address = (text: string) => (wellKnown.has(text) ? text : other(text));
  const names = createNames(key);
  return {
    key,
    text: (text, vocabulary) =>
      wellKnown.has(text.toLowerCase())
        ? text
        : text.replace(TOKEN, (found) => disguiseToken(found, vocabulary, address, names)),
  };
}

function disguiseToken(
  found: string,
  vocabulary: ReadonlySet<string>,
  address: DisguiseAddress,
  names: Names,
): string {
  if (KEPT.test(found)) return found;
  if (/^\d{1,3}(?:[._-]\d{1,3}){3}$/.test(found)) return disguiseDotted(found, address);
  if (found.includes(':')) return isHardware(found) ? names.digits(found) : address(found);
  return found.includes('-') ? names.digits(found) : disguiseWord(found, vocabulary, names);
}

function isHardware(text: string): boolean {
  return /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$/.test(text);
}

/** `fw-203-0-113-7`: an address that a name holds. */
function disguiseDotted(text: string, address: DisguiseAddress): string {
  const separator = /\D/.exec(text)?.[0] ?? '.';
  return address(text.replaceAll(separator, '.')).replaceAll('.', separator);
}

interface Names {
  /** Another word, in the same case. */
  word(word: string): string;
  /** Other digits, decimal for decimal and hexadecimal for hexadecimal; anything else stays. */
  digits(text: string): string;
}

/** Longer numbers are no ports: they are those of persons and appliances, telephones and serials. */
const LONGEST_NUMBER = 5;

function disguiseWord(word: string, vocabulary: ReadonlySet<string>, names: Names): string {
  if ([...word].length === 1 || vocabulary.has(word.toLowerCase())) return word;
  if (/^0x[0-9a-f]+$/i.test(word)) return word;
  if (/^\d+$/.test(word)) return word.length > LONGEST_NUMBER ? names.digits(word) : word;
  if (/^(?=.*\d)[0-9A-Fa-f]{4,}$/.test(word)) return names.digits(word);
  const parts = /^(\D+)(\d+)$/.exec(word) ?? /^(\d+)(\D+)$/.exec(word);
  if (parts === null) return names.word(word);
  return parts
    .slice(1)
    .map((part) => disguiseWord(part ?? '', vocabulary, names))
    .join('');
}

const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';

function createNames(key: Uint8Array): Names {
  const known = new Map<string, string>();
  const taken = new Map<string, string>();
  const hash = (text: string) => createHmac('sha256', key).update(`fwaudit name\0${text}`).digest();

  function freshWord(word: string): string {
    for (let attempt = 0; ; attempt += 1) {
      const bytes = hash(`${attempt}\0${word}`);
      let made = '';
      for (let at = 0; at < 10; at += 2) {
        made += CONSONANTS.charAt((bytes[at] ?? 0) % CONSONANTS.length);
        made += VOWELS.charAt((bytes[at + 1] ?? 0) % VOWELS.length);
      }
      const owner = taken.get(made);
      if (owner !== undefined && owner !== word) continue;
      taken.set(made, word);
      return made;
    }
  }

  function lowerWord(word: string): string {
    const before = known.get(word);
    if (before !== undefined) return before;
    const made = freshWord(word);
    known.set(word, made);
    return made;
  }

  return {
    word(word) {
      const lower = word.toLowerCase();
      if (word === lower) return lowerWord(lower);
      if (word === word.toUpperCase()) return lowerWord(lower).toUpperCase();
      const capital = `${word.charAt(0).toUpperCase()}${lower.slice(1)}`;
      const made = lowerWord(word === capital ? lower : word);
      return `${made.charAt(0).toUpperCase()}${made.slice(1)}`;
    },
    digits(text) {
      const bytes = hash(`digits\0${text.toLowerCase()}`);
      const hexadecimal = /[A-Fa-f]/.test(text);
      let at = 0;
      return text.replace(/[0-9A-Fa-f]/g, (digit) => {
        const value = (bytes[at % bytes.length] ?? 0) + at;
        at += 1;
        if (!hexadecimal) return at === 1 ? `${1 + (value % 9)}` : `${value % 10}`;
        const made = (value % 16).toString(16);
        return /[A-F]/.test(text) && digit !== '' ? made.toUpperCase() : made;
      });
    },
  };
}
