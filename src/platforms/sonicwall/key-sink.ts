import { Buffer } from 'node:buffer';
import type { Location } from '../../model/location.js';
import type { ExpEntry } from './pair.js';
import type { ReadFamily } from './read-families.js';
import type { Word } from './statement.js';

/**
 * Collects what a printed configuration says under the keys that an export would have for it, so that one
 * normaliser serves every format.
 */
export interface KeySink {
  /** A free index of a group of families that stand side by side: `addrObj`. */
  next(stem: string): number;
  put(family: ReadFamily, index: number | null, text: string, location: Location): void;
  /** The same, when there is a word. */
  putWord(family: ReadFamily, index: number | null, word: Word | undefined): void;
  entries(): readonly ExpEntry[];
}

export function createKeySink(): KeySink {
  const entries: ExpEntry[] = [];
  const counts = new Map<string, number>();
  function put(family: ReadFamily, index: number | null, text: string, location: Location): void {
    entries.push({ family, index, raw: encodeValue(text), line: location.line, location });
  }
  return {
    next(stem) {
      const index = counts.get(stem) ?? 0;
      counts.set(stem, index + 1);
      return index;
    },
    put,
    putWord(family, index, word) {
      if (word !== undefined) put(family, index, word.text, word.location);
    },
    entries: () => entries,
  };
}

/** As an export would hold it: other bytes than plain ASCII, and percent signs, are written `%xx`. */
function encodeValue(text: string): string {
  if (/^[ -$&-~]*$/.test(text)) return text;
  return [...Buffer.from(text, 'utf8')]
    .map((byte) =>
      byte < 32 || byte > 126 || byte === 37
        ? `%${byte.toString(16).padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
}
