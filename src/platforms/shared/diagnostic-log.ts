import type { Diagnostic, DiagnosticCode } from '../../model/coverage.js';
import type { Location } from '../../model/location.js';

/** Collects what there is to say about captures: one line a file and kind of trouble, however often it occurs. */
export interface DiagnosticLog {
  /**
   * @param trouble what is wrong, for one occurrence: `an address that cannot be read`. It never holds
   *   a value. Occurrences with the same code and trouble become one diagnostic, at the first place.
   */
  note(code: DiagnosticCode, trouble: string, location: Location, incomplete?: boolean): void;
  list(): readonly Diagnostic[];
}

interface Trouble {
  readonly first: Diagnostic & { readonly location: Location };
  count: number;
}

export function createDiagnosticLog(): DiagnosticLog {
  const troubles = new Map<string, Trouble>();
  return {
    note(code, message, location, incomplete = true) {
      const key = JSON.stringify([location.file, code, message, incomplete]);
      const before = troubles.get(key);
      if (before === undefined) {
        troubles.set(key, { first: { code, message, location, incomplete }, count: 1 });
      } else before.count += 1;
    },
    list: () => [...troubles.values()].map(toDiagnostic),
  };
}

function toDiagnostic({ first, count }: Trouble): Diagnostic {
  if (count === 1) return first;
  const { key, line } = first.location;
  return { ...first, message: `${first.message} (${count} times, first ${key ?? `in line ${line}`})` };
}
