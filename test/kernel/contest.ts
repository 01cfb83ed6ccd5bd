import { type Expectations, type Judgement, judge, type Mismatch } from './judge.js';
import type { Arrival, Backend, Lab, Probe } from './lab.js';
import { LAYOUTS } from './layout.js';
import type { Profile } from './profile.js';
import { createRandom } from './random.js';
import { randomProbes } from './random-probes.js';
import { randomRuleset } from './random-ruleset.js';
import { isReached, type Ruleset, render, smaller } from './ruleset.js';

/** One ruleset, the packets to try it with, and what is expected of fwaudit over it. */
export interface Contest {
  readonly seed: number;
  readonly backend: Backend;
  readonly ruleset: Ruleset;
  readonly probes: readonly Probe[];
  readonly expectations: Expectations;
}

export interface Outcome extends Judgement {
  readonly save: string;
  readonly arrivals: readonly (Arrival | null)[];
}

/** Packets a ruleset: enough to meet most rules, few enough to stay quick. */
const PROBES = 96;

/** The contest of a seed; the same seed and profile, the same contest. */
export function contestOf(profile: Profile, seed: number): Contest {
  const random = createRandom(seed);
  const backend = random.pick(['legacy', 'nft'] as const);
  const ruleset = randomRuleset(random, profile);
  const plain = !profile.nat && !profile.beyond;
  return {
    ...{ seed, backend, ruleset },
    probes: randomProbes(random, LAYOUTS[profile.family], ruleset, PROBES),
    // Who may choose the port to come from gets in by the best of them, and a packet tries one.
    expectations: {
      addresses: !asksForExits(ruleset),
      certain: plain,
      exactReaches: plain && !asksForSourcePorts(ruleset),
    },
  };
}

function asksForSourcePorts({ tables }: Ruleset): boolean {
  return tables.some(({ rules }) =>
    rules.some(({ options }) => options.some((option) => /--(?:sport|ports)/.test(option))),
  );
}

/**
 * Whether a rule asks of packets that do not leave by which interface they leave. For iptables that is never
 * one; the model means the interface that has the address, and `iptables-save` holds no address.
 */
function asksForExits({ tables }: Ruleset): boolean {
  return tables.some((table) =>
    table.rules.some(
      ({ chain, options }) =>
        options.some((each) => /-o /.test(each)) && isReached(table, chain, ['INPUT', 'PREROUTING']),
    ),
  );
}

/** Lets the kernel and fwaudit answer. Null: the kernel did not take the ruleset, and says why. */
export async function hold(lab: Lab, contest: Contest): Promise<Outcome | { readonly rejected: string }> {
  const { backend, ruleset, probes, expectations } = contest;
  const layout = LAYOUTS[ruleset.family];
  const trial = await lab.attempt(backend, layout, render(ruleset), probes);
  if ('rejected' in trial) return trial;
  return { ...trial, ...judge(trial.save, layout, probes, trial.arrivals, expectations) };
}

/** How many smaller rulesets are tried before the smallest so far has to do. */
const PATIENCE = 400;

/** The same mismatch with as few packets, rules and options as can be found by leaving some out. */
export async function shrink(lab: Lab, contest: Contest, mismatch: Mismatch): Promise<Contest> {
  const { probe } = mismatch;
  const alone = probe === null ? { ...contest, probes: [] } : { ...contest, probes: [probe] };
  let best = (await shows(lab, alone, mismatch)) ? alone : contest;
  let tries = 0;
  for (let found = true; found; ) {
    found = false;
    for (const ruleset of smaller(best.ruleset)) {
      tries += 1;
      if (tries > PATIENCE) return best;
      const next = { ...best, ruleset };
      if (!(await shows(lab, next, mismatch))) continue;
      best = next;
      found = true;
      break;
    }
  }
  return best;
}

async function shows(lab: Lab, contest: Contest, { kind, answer, knowing }: Mismatch): Promise<boolean> {
  const outcome = await hold(lab, contest);
  if ('rejected' in outcome) return false;
  return outcome.mismatches.some(
    (each) => each.kind === kind && each.answer === answer && each.knowing === knowing,
  );
}

/** A mismatch with everything that is needed to follow it by hand. */
export async function explain(
  lab: Lab,
  profile: Profile,
  contest: Contest,
  mismatch: Mismatch,
): Promise<string> {
  const small = await shrink(lab, contest, mismatch);
  const outcome = await hold(lab, small);
  if ('rejected' in outcome) return outcome.rejected;
  const again = outcome.mismatches.find(
    (each) => each.kind === mismatch.kind && each.answer === mismatch.answer,
  );
  const shown = again ?? mismatch;
  const at = shown.probe === null ? -1 : small.probes.indexOf(shown.probe);
  return [
    `${profile.name}, seed ${contest.seed}, iptables-${contest.backend}: ${shown.kind} by ${shown.answer}, knowing ${shown.knowing}`,
    `again: FWAUDIT_KERNEL_SEED=${contest.seed} FWAUDIT_KERNEL_POLICIES=1 npx vitest run test/kernel -t '${profile.name}'`,
    outcome.save.trim(),
    tell(shown, outcome.arrivals[at] ?? null),
  ].join('\n');
}

/** A mismatch in words: the packet, what the kernel did with it, and what fwaudit says. */
export function tell({ probe, text }: Mismatch, arrival: Arrival | null): string {
  if (probe === null) return text;
  return [`packet: ${probeText(probe)}`, `kernel: ${arrivalText(arrival)}`, text].join('\n');
}

function probeText({ entry, source, destination, protocol, sourcePort, port }: Probe): string {
  return `${protocol} from ${source} port ${sourcePort} by ${entry} to ${destination} port ${port}`;
}

function arrivalText(arrival: Arrival | null): string {
  if (arrival === null) return 'did not arrive';
  return `arrived at ${arrival.where}, for ${arrival.destination} port ${arrival.port}`;
}
