import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { type Answer, answersTo, newIn, runsOr, SEED } from '../../support/planted.js';
import { encodeText, type Pairs, pairsText, SMALL } from './exports.js';
import type { Plant } from './plant-parts.js';
import { DOORS, HARMLESS } from './plants.js';

/**
 * A door planted at random in a clean export has to be found, and nothing beside it; something harmless
 * planted there has to stay unsaid. More with FWAUDIT_FUZZ_RUNS, others with FWAUDIT_FUZZ_SEED.
 */

const RUNS = runsOr(2000);

/** So many appliances are audited together: checks are compiled once for all of them. */
const TOGETHER = 100;

/** What a scan says of each appliance, in their order. */
function answersOf(exports: readonly Pairs[]): readonly Answer[] {
  return answersTo(
    sonicwall,
    exports.map((pairs, at) => ({
      file: `box-${at}.exp`,
      text: encodeText(pairsText({ ...pairs, firewallName: `box-${at}` })),
    })),
  );
}

/** Plants that are not answered as they should be; the clean export's own findings do not count. */
function wrongOf(plants: readonly Plant[]): readonly unknown[] {
  const wrong: unknown[] = [];
  for (let start = 0; start < plants.length; start += TOGETHER) {
    const some = plants.slice(start, start + TOGETHER);
    const [clean, ...answers] = answersOf([SMALL, ...some.map(({ pairs }) => ({ ...SMALL, ...pairs }))]);
    some.forEach(({ way, finds, pairs }, at) => {
      const answer = answers[at];
      if (clean === undefined || answer === undefined) throw new Error('an export without an answer');
      const found = newIn(answer, clean).checks;
      if (found.join() !== finds.join()) wrong.push({ way, wanted: finds, found, pairs });
    });
  }
  return wrong;
}

describe('something planted in a clean export', () => {
  it(`is found and nothing beside it, ${RUNS} doors by every way`, { timeout: RUNS * 60 + 60_000 }, () => {
    const plants = fc.sample(DOORS, { numRuns: RUNS, seed: SEED });
    expect(new Set(plants.map(({ way }) => way)).size).toBe(135);
    expect(wrongOf(plants).slice(0, 3)).toEqual([]);
  });

  it(`stays unsaid when it is harmless, ${RUNS / 2} times`, { timeout: RUNS * 60 + 60_000 }, () => {
    const plants = fc.sample(HARMLESS, { numRuns: Math.ceil(RUNS / 2), seed: SEED });
    expect(wrongOf(plants).slice(0, 3)).toEqual([]);
  });
});
