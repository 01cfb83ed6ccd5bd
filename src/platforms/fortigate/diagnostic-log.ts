import type { Diagnostic, DiagnosticCode } from '../../model/coverage.js';
import type { Location } from '../../model/location.js';

/** Collects what there is to say about one file: one line a kind of trouble, however often it occurs. */
export interface DiagnosticLog {
  /**
   * @param trouble what is wrong, for one occurrence: `an address that cannot be read`. It never holds
   *   a value. Occurrences with the same code and trouble become one diagnostic, at the first place.
   */
  note(code: DiagnosticCode, trouble: string, location: Location, incomplete?: boolean): void;
  list(): readonly Diagnostic[];
}

interface Trouble {
  readonly code: DiagnosticCode;
  readonly trouble: string;
  readonly location: Location;
  readonly incomplete: boolean;
  count: number;
}

export function createDiagnosticLog(): DiagnosticLog {
  const troubles = new Map<string, Trouble>();
  return {
    note(code, trouble, location, incomplete = true) {
      const key = `${code} ${trouble} ${incomplete}`;
      const before = troubles.get(key);
      if (before === undefined) troubles.set(key, { code, trouble, location, incomplete, count: 1 });
      else before.count += 1;
    },
    list() {
      return [...troubles.values()].map(({ code, trouble, location, incomplete, count }) => ({
        code,
        message: count === 1 ? trouble : `${trouble} (${count} times, first in line ${location.line})`,
        location,
        incomplete,
      }));
    },
  };
}
