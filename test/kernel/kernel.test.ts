import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipNote, unavailable } from './available.js';
import { contestOf, explain, hold, tell } from './contest.js';
import { DISAGREEMENTS, textOf } from './disagreements.js';
import { judge } from './judge.js';
import { type Lab, openLab } from './lab.js';
import { LAYOUTS } from './layout.js';
import type { Profile } from './profile.js';

/**
 * The judge that nobody here wrote: rulesets are loaded into the Linux kernel, packets are sent, and what
 * became of each is compared with what fwaudit says over `iptables-save` of the same kernel. README.md.
 */

const PROFILES: readonly Profile[] = [
  { name: 'filter', family: 'ipv4', nat: false, everyTable: false, beyond: false },
  { name: 'every table', family: 'ipv4', nat: false, everyTable: true, beyond: false },
  { name: 'translation', family: 'ipv4', nat: true, everyTable: false, beyond: false },
  { name: 'beyond the file', family: 'ipv4', nat: false, everyTable: true, beyond: true },
  { name: 'everything', family: 'ipv4', nat: true, everyTable: true, beyond: true },
  { name: 'marks', family: 'ipv4', nat: true, everyTable: true, beyond: false, marks: true },
  { name: 'IPv6', family: 'ipv6', nat: false, everyTable: true, beyond: false },
  { name: 'IPv6 and everything', family: 'ipv6', nat: true, everyTable: true, beyond: true },
];

const POLICIES = wholeNumber('FWAUDIT_KERNEL_POLICIES', 350);
const FIRST_SEED = wholeNumber('FWAUDIT_KERNEL_SEED', 1);
/** Mismatches that are made small and shown; more of them tell nothing new. */
const SHOWN = 3;

function wholeNumber(name: string, otherwise: number): number {
  const text = process.env[name] ?? String(otherwise);
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name}=${text} is no whole number above 0`);
  return Number(text);
}

describe.skipIf(unavailable !== null)(`fwaudit and the Linux kernel${skipNote}`, () => {
  let lab: Lab;
  beforeAll(() => {
    lab = openLab();
  });
  afterAll(() => lab.close());
  const each = Math.ceil(POLICIES / PROFILES.length);

  it.each(PROFILES)(
    `agree over ${each} random rulesets: $name`,
    async (profile) => {
      const told: string[] = [];
      const sum = { packets: 0, arrived: 0, verdicts: 0, certain: 0 };
      for (let seed = FIRST_SEED; seed < FIRST_SEED + each && told.length < SHOWN; seed += 1) {
        const contest = contestOf(profile, seed);
        const outcome = await hold(lab, contest);
        if ('rejected' in outcome) throw new Error(`seed ${seed}: ${outcome.rejected}`);
        sum.packets += contest.probes.length;
        sum.arrived += outcome.arrivals.filter((arrival) => arrival !== null).length;
        sum.verdicts += outcome.verdicts;
        sum.certain += outcome.certain;
        const [mismatch] = outcome.mismatches;
        if (mismatch !== undefined) told.push(await explain(lab, profile, contest, mismatch));
      }
      if (told.length > 0) throw new Error(`\n${told.join('\n\n')}`);
      const arrived = Math.round((sum.arrived / sum.packets) * 100);
      const certain = Math.round((sum.certain / sum.verdicts) * 100);
      process.stdout.write(
        `  ${profile.name}: ${sum.packets} packets, ${arrived} % arrived, ${certain} % of the verdicts certain\n`,
      );
      // Rulesets that let everything or nothing pass would prove nothing, and so would doubt about all.
      if (each < 20) return;
      expect(arrived).toBeGreaterThan(10);
      expect(arrived).toBeLessThan(90);
      expect(certain).toBeGreaterThan(60);
    },
    // A minute or two in all; with more rulesets as long as it takes.
    60_000 + each * 5_000,
  );

  it.each(DISAGREEMENTS)('agree that $name', async (disagreement) => {
    const { probes, certain } = disagreement;
    for (const backend of ['legacy', 'nft'] as const) {
      const trial = await lab.attempt(backend, LAYOUTS.ipv4, textOf(disagreement), probes);
      if ('rejected' in trial) throw new Error(trial.rejected);
      const expectations = { addresses: true, certain, exactReaches: false };
      const { mismatches } = judge(trial.save, LAYOUTS.ipv4, probes, trial.arrivals, expectations);
      const told = mismatches.map((mismatch) => {
        const at = mismatch.probe === null ? -1 : probes.indexOf(mismatch.probe);
        const head = `${mismatch.kind} by ${mismatch.answer}, knowing ${mismatch.knowing}`;
        return `${head}\n${tell(mismatch, trial.arrivals[at] ?? null)}`;
      });
      expect(told, trial.save).toEqual([]);
    }
  });
});
