/** A terminal as wide as this, or wider, breaks lines; and it pads what it broke with at least that many blanks. */
const NARROWEST = 60;
const SHORTEST_RUN = 40;
const RUN = / {40,}/g;

interface Run {
  readonly start: number;
  readonly end: number;
}

/**
 * Mends lines that were copied from a terminal: some terminals break a line at their width, in the
 * middle of a word, and pad the break with blanks. Such breaks stand at one and the same column in all
 * lines. A natural blank may stand on either side of them. Anything else is left as it is.
 */
export function mendTerminalBreaks(lines: readonly string[]): readonly string[] {
  const runs = lines.flatMap((line) => (line.length > NARROWEST + SHORTEST_RUN ? runsIn(line) : []));
  if (runs.length < 2) return lines;
  const start = runs.reduce((last, run) => Math.max(last, run.start), 0);
  const end = runs.reduce((first, run) => Math.min(first, run.end), Number.POSITIVE_INFINITY);
  const breaks = runs.every((run) => run.start >= start - 1 && run.end <= end + 1);
  if (!breaks || start < NARROWEST) return lines;
  return lines.map((line) => (runsIn(line).length === 0 ? line : line.slice(0, start) + line.slice(end)));
}

function runsIn(line: string): readonly Run[] {
  return [...line.trimEnd().matchAll(RUN)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}
