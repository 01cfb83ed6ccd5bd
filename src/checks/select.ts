import type { Check, Severity } from '../model/check.js';
import { FwauditError } from '../model/error.js';
import { closestSpelling } from '../text/spelling.js';
import type { Pack } from './pack.js';

/** Which checks run, and how severe their findings are. */
export interface Selection {
  /** Ids; empty: all. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly severities: ReadonlyMap<string, Severity>;
}

/**
 * The checks of a pack that were asked for, with the severities that were asked for.
 * @throws FwauditError of code `check` for an id that no check has.
 */
export function selectChecks(pack: Pack, { only, skip, severities }: Selection): Pack {
  const ids = new Set(pack.checks.map(({ id }) => id));
  for (const id of [...only, ...skip, ...severities.keys()]) if (!ids.has(id)) throw unknownCheck(id, ids);
  const wanted = new Set(only);
  const unwanted = new Set(skip);
  const checks = pack.checks
    .filter(({ id }) => (wanted.size === 0 || wanted.has(id)) && !unwanted.has(id))
    .map((check): Check => ({ ...check, severity: severities.get(check.id) ?? check.severity }));
  return { ...pack, checks };
}

/** What to say about an id that no check has. */
export function unknownCheck(id: string, known: Iterable<string>): FwauditError {
  const meant = closestSpelling(id, [...known]);
  return new FwauditError('check', `there is no check ${id}`, {
    hint: meant === null ? 'fwaudit checks list' : `did you mean ${meant}?`,
  });
}
