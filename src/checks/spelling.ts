const MOST_SLIPS = 2;
const LONGEST = 64;

/** The candidate that `word` was probably meant to be, at most two slips away; or null. */
export function closestSpelling(word: string, candidates: readonly string[]): string | null {
  if (word.length > LONGEST) return null;
  let closest: string | null = null;
  let least = Math.min(MOST_SLIPS, Math.ceil(word.length / 2) - 1) + 1;
  for (const candidate of candidates) {
    const slips = slipsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (slips >= least) continue;
    least = slips;
    closest = candidate;
  }
  return closest;
}

/** Letters added, dropped or replaced. */
function slipsBetween(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    above = current;
  }
  return above.at(-1) ?? 0;
}
