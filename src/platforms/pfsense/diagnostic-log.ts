import type { Diagnostic, DiagnosticCode } from '../../model/coverage.js';
import type { Location } from '../../model/location.js';

/** Collects what there is to say about one configuration: one line a kind of trouble. */
export interface DiagnosticLog {
  /** @param trouble what is wrong, for one occurrence, without any value of the input */
  note(code: DiagnosticCode, trouble: string, location: Location, incomplete?: boolean): void;
  list(): readonly Diagnostic[];
}

export function createDiagnosticLog(): DiagnosticLog {
  const troubles = new Map<string, { readonly first: Diagnostic; count: number }>();
  return {
    note(code, trouble, location, incomplete = true) {
      const key = `${code} ${trouble} ${incomplete}`;
      const before = troubles.get(key);
      if (before === undefined) {
        troubles.set(key, { first: { code, message: trouble, location, incomplete }, count: 1 });
      } else before.count += 1;
    },
    list() {
      return [...troubles.values()].map(({ first, count }) => {
        const line = first.location?.line;
        return count === 1
          ? first
          : { ...first, message: `${first.message} (${count} times, first in line ${line})` };
      });
    },
  };
}
