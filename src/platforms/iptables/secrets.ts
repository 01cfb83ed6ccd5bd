import type { SecretRef } from '../../model/firewall-config.js';
import type { TableDump } from './dump.js';

/**
 * The words that open and close a port by knocking (pknock, xtables-addons(8)): the only secrets that a
 * saved ruleset has a place for. The value is the second group, with its quotes.
 */
export const KNOCKING_SECRET = /(\s--(?:open|close)secret\s+)("(?:[^"\\]|\\.)*"|\S+)/g;

/** Where secrets stand. Their values are looked at here, and never handed on. */
export function readSecrets(tables: readonly TableDump[]): readonly SecretRef[] {
  const rules = tables.flatMap(({ chains }) => [...chains.values()].flatMap((chain) => chain.rules));
  const knocking = rules.filter(({ text }) => text.includes('secret '));
  return knocking.flatMap(({ text, location }) =>
    [...` ${text}`.matchAll(KNOCKING_SECRET)].map(() => ({
      kind: 'port-knocking-secret',
      protection: 'clear' as const,
      location,
    })),
  );
}
