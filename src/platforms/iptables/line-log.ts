import type { Section, UnknownFamily } from '../../model/coverage.js';
import type { Location } from '../../model/location.js';
import { createDiagnosticLog, type DiagnosticLog } from '../shared/diagnostic-log.js';

/** What there is to say about rulesets, and which of their lines were not understood. */
export interface LineLog extends DiagnosticLog {
  /** A line that could not be understood; each is counted once, under the first family named. */
  unknownLine(location: Location, family: string, section: Section): void;
  /** A line that is passed over for a reason of the README. */
  ignoredLine(location: Location): void;
  /** The lines of a file that are unknown, and how many are ignored and not unknown. */
  linesOf(file: string): { readonly unknown: readonly UnknownFamily[]; readonly ignored: number };
}

interface FileLines {
  readonly unknown: Map<number, { readonly family: string; readonly section: Section }>;
  readonly ignored: Set<number>;
}

export function createLineLog(): LineLog {
  const files = new Map<string, FileLines>();

  function lines(file: string): FileLines {
    const before = files.get(file);
    if (before !== undefined) return before;
    const fresh: FileLines = { unknown: new Map(), ignored: new Set() };
    files.set(file, fresh);
    return fresh;
  }

  return {
    ...createDiagnosticLog(),
    unknownLine(location, family, section) {
      const { unknown } = lines(location.file);
      if (!unknown.has(location.line)) unknown.set(location.line, { family, section });
    },
    ignoredLine(location) {
      lines(location.file).ignored.add(location.line);
    },
    linesOf(file) {
      const { unknown, ignored } = lines(file);
      const passedOver = [...ignored].filter((line) => !unknown.has(line)).length;
      return { unknown: families(file, unknown), ignored: passedOver };
    },
  };
}

function families(file: string, unknown: FileLines['unknown']): readonly UnknownFamily[] {
  const found = new Map<string, { name: string; section: Section; line: number; count: number }>();
  for (const [line, { family, section }] of [...unknown].sort(([a], [b]) => a - b)) {
    const key = `${section} ${family}`;
    const before = found.get(key);
    if (before === undefined) found.set(key, { name: family, section, line, count: 1 });
    else before.count += 1;
  }
  return [...found.values()]
    .sort((a, b) => b.count - a.count || a.line - b.line)
    .map(({ name, section, line, count }) => ({ name, section, count, location: { file, line } }));
}
