import type { Check, CheckSubject, Language, Outline } from '../model/check.js';
import type { Diagnostic } from '../model/coverage.js';
import { flatMap } from '../sets/flat-map.js';
import { type Candidate, candidatesOf } from './candidates.js';
import { evaluationProblem, partsUnder } from './cel.js';
import type { Evaluation, FindingSubject, RawFinding } from './finding.js';
import { factSubjectOf, findingKey, locationsOf } from './identity.js';
import { inLanguage } from './language.js';
import { type CheckTally, outcomesOf } from './outcomes.js';
import { decide } from './outline.js';
import type { Pack } from './pack.js';
import { fillPlaceholders } from './placeholders.js';
import type { ServiceCatalogue } from './project-doors.js';
import { dropSuperseded } from './supersede.js';
import type { World } from './world.js';

export type { Evaluation, RawFinding } from './finding.js';

/** What is not about the world or the checks. */
export interface EvaluationOptions {
  /** Of titles and messages; absent: English. */
  readonly language?: Language | undefined;
  /** For each check that is not built in; absent: none is set. */
  readonly budget?: Budget | undefined;
}

/** How long one check may take, on a clock that somebody else reads. */
export interface Budget {
  readonly milliseconds: number;
  /** Does a piece of work, breaking it off wherever it stands when the time is over; false: it was. */
  readonly within: (work: () => void, milliseconds: number) => boolean;
}

/** One check held against everything of its kind. */
interface Run {
  readonly check: Check;
  readonly seen: readonly Candidate[];
  readonly matched: readonly Candidate[];
  readonly failed: readonly Failure[];
}

interface Failure {
  readonly candidate: Candidate;
  readonly problem: string;
}

/**
 * Holds every check of a pack against a world, on the day `at` (`YYYY-MM-DD`). Never throws: a
 * condition that cannot be evaluated becomes a diagnostic that makes the scan incomplete.
 */
export function evaluateChecks(
  world: World,
  pack: Pack,
  at: string,
  { language = 'en', budget }: EvaluationOptions = {},
): Evaluation {
  const services = new Map(pack.services.map((service) => [service.id, service]));
  const kinds = new Set(pack.checks.map((check) => check.over));
  const things = new Map([...kinds].map((kind) => [kind, thingsOf(kind, world, services)]));
  const administration = pack.services.filter((service) => service.class === 'administration');
  const about = { at, administration: new Set(administration.map(({ id }) => id)) };
  const own = new Set(pack.own);
  const evaluate = partsUnder(about, pack.shared);
  const runs = pack.checks.map((check) =>
    runCheck(check, things.get(check.over)?.candidates ?? [], {
      evaluate,
      budget: own.has(check.id) ? budget : undefined,
    }),
  );
  const keyOf = keys();
  const findings = flatMap(runs, ({ check, matched }) =>
    matched.map((each) => toFinding(check, each, keyOf(check, each), language)),
  );
  const tallies = runs.map((run) => toTally(run, things.get(run.check.over)?.present ?? new Set()));
  return {
    findings: dropSuperseded(findings),
    outcomes: outcomesOf(world, tallies),
    diagnostics: runs.flatMap(failures),
  };
}

/** Everything of one kind, projected once for all checks over it, and the devices that have any. */
interface Things {
  readonly candidates: readonly Candidate[];
  readonly present: ReadonlySet<string>;
}

function thingsOf(kind: CheckSubject, world: World, services: ServiceCatalogue): Things {
  const candidates = candidatesOf(kind, world, services);
  return { candidates, present: devicesOf(candidates) };
}

interface RunOptions {
  readonly evaluate: ReturnType<typeof partsUnder>;
  readonly budget: Budget | undefined;
}

function runCheck(check: Check, candidates: readonly Candidate[], options: RunOptions): Run {
  const outline = check.outline ?? { kind: 'open', when: check.when };
  const seen = forPlatforms(candidates, check.platforms);
  const holding = new Set<Candidate>();
  const open: Candidate[] = [];
  for (const candidate of seen) {
    const verdict = decide(outline, candidate.record);
    if (verdict === null) open.push(candidate);
    else if (verdict) holding.add(candidate);
  }
  const failed = open.length === 0 ? [] : evaluateEach(check, outline, open, holding, options);
  const matched = holding.size === 0 ? [] : seen.filter((candidate) => holding.has(candidate));
  return { check, seen, matched, failed };
}

/** Adds those of whom the condition holds. Returns those of whom it could not be told. */
function evaluateEach(
  check: Check,
  outline: Outline,
  candidates: readonly Candidate[],
  holding: Set<Candidate>,
  { evaluate, budget }: RunOptions,
): readonly Failure[] {
  const failed: Failure[] = [];
  let looked = 0;
  const look = (): void => {
    for (const candidate of candidates) {
      try {
        const { record } = candidate;
        if (decide(outline, record, (when) => evaluate(when, check.over, record))) holding.add(candidate);
      } catch (error) {
        failed.push({ candidate, problem: evaluationProblem(error) });
      }
      looked += 1;
    }
  };
  if (budget === undefined) look();
  else if (!budget.within(look, budget.milliseconds)) {
    const problem = `it took longer than ${budget.milliseconds} ms`;
    failed.push(...candidates.slice(looked).map((candidate) => ({ candidate, problem })));
  }
  return failed;
}

function forPlatforms(
  candidates: readonly Candidate[],
  platforms: readonly string[] | undefined,
): readonly Candidate[] {
  if (platforms === undefined) return candidates;
  return candidates.filter(({ platform }) => platform === null || platforms.includes(platform));
}

/** One diagnostic a check, however many subjects it failed on. */
function failures({ check, seen, failed }: Run): readonly Diagnostic[] {
  const [first] = failed;
  if (first === undefined) return [];
  return [
    {
      code: 'check-failed',
      message: `${check.id} could not be evaluated on ${failed.length} of ${seen.length}: ${first.problem}`,
      location: check.location,
      hint: 'correct the condition under "when"',
      incomplete: true,
    },
  ];
}

/** There may be thousands: what only some of them are asked for is worked out then. */
function toFinding(check: Check, candidate: Candidate, key: string, language: Language): RawFinding {
  const { subject, device, record } = candidate;
  return {
    key,
    check,
    device,
    subject,
    title: inLanguage(check.title, language),
    get message() {
      return fillPlaceholders(inLanguage(check.message, language), record);
    },
    factSubject: check.explainable === 'fact' ? factSubjectOf(subject) : null,
    get locations() {
      return locationsOf(subject);
    },
    explained: isExplained(check, subject),
  };
}

/** Names findings, one after the other. */
function keys(): (check: Check, about: Candidate) => string {
  const taken = new Map<string, number>();
  return (check, { subject, device }) => {
    const plain = findingKey(check, subject, device, 0);
    const occurrence = taken.get(plain) ?? 0;
    taken.set(plain, occurrence + 1);
    return occurrence === 0 ? plain : findingKey(check, subject, device, occurrence);
  };
}

function toTally({ check, matched, failed }: Run, present: ReadonlySet<string>): CheckTally {
  const open = matched.filter(({ subject }) => !isExplained(check, subject));
  return {
    check,
    present,
    open: devicesOf(open),
    failed: devicesOf(failed.map(({ candidate }) => candidate)),
  };
}

function devicesOf(candidates: readonly Candidate[]): ReadonlySet<string> {
  const devices = new Set<string>();
  for (const candidate of candidates) for (const device of candidate.devices) devices.add(device);
  return devices;
}

function isExplained(check: Check, subject: FindingSubject): boolean {
  return (
    check.explainable === 'sets' && subject.kind === 'exposure' && subject.exposure.status === 'explained'
  );
}
