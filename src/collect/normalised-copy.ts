import type { Replacement } from '../model/session-script.js';

/** Keys of a SonicWall settings export whose values are encrypted anew at each export, or are times. */
const EXP_VOLATILE = /(?:pass|pwd|secret|key|psk|token|cert|hash|time|uptime|checksum|lastmod)/i;

/**
 * A capture without what changes though the configuration did not: times, counters, and secrets that
 * are encrypted with another salt at each export. For comparing, not for auditing.
 */
export function normalisedCopy(bytes: Uint8Array, volatile: readonly Replacement[]): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n');
  const exp = expPairs(text);
  if (exp !== null) return Buffer.from(exp, 'latin1');
  const copy = volatile.reduce((before, { find, replace }) => before.replace(find, replace), text);
  return Buffer.from(copy, 'latin1');
}

/** A settings export (base64 of `key=value&…`) as lines, secrets and times left out; null: it is none. */
function expPairs(text: string): string | null {
  const packed = text.replace(/[\s&]/g, '');
  if (!/^[A-Za-z0-9+/]{64,}={0,2}$/.test(packed)) return null;
  const pairs = Buffer.from(packed, 'base64').toString('latin1').split('&');
  if (!pairs.every((pair) => pair === '' || pair.includes('='))) return null;
  return pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const key = pair.slice(0, pair.indexOf('='));
      return EXP_VOLATILE.test(key) ? `${key}=<volatile>\n` : `${pair}\n`;
    })
    .join('');
}
