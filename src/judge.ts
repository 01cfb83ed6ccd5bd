import { isLessTrusted } from './analysis/entries.js';
import type { RawFinding } from './checks/evaluate.js';
import { evaluateChecks } from './checks/evaluate.js';
import type { World } from './checks/world.js';
import type { Explained } from './explanations/explain.js';
import { explainExposure, explainFact } from './explanations/explain.js';
import { reviewExplanations } from './explanations/review.js';
import type { Outcome } from './model/check.js';
import type { Diagnostic } from './model/coverage.js';
import type { Register } from './model/explanation.js';
import type { Entry, Exposure } from './model/exposure.js';
import type { AnalysedDevice, AuditInput, JudgedFinding, Judgement, ParsedCapture } from './pipeline.js';

/** Subtracts the explanations from the exposures, and lets the checks say what is left to answer for. */
export function judge(
  captures: readonly ParsedCapture[],
  devices: readonly AnalysedDevice[],
  diagnostics: readonly Diagnostic[],
  {
    register,
    pack,
    at,
    language,
    budget,
  }: Pick<AuditInput, 'register' | 'pack' | 'at' | 'language' | 'budget'>,
): Judgement {
  const explained = new Map<Exposure, Explained>();
  for (const exposure of devices.flatMap((device) => device.exposures)) {
    explained.set(exposure, explainExposure(exposure, register, at));
  }
  const world = worldOf(captures, devices, diagnostics, explained);
  const aboutRegister = pack.checks.filter((check) => check.over === 'explanation');
  const aboutDevices = pack.checks.filter((check) => check.over !== 'explanation');
  const first = evaluateChecks(world, { ...pack, checks: aboutDevices }, at, { language, budget });
  const findings = first.findings.map((raw) => judgeFinding(raw, explained, register, at));

  const used = new Set([
    ...[...explained.values()].flatMap((each) => each.explainedBy),
    ...findings.flatMap((finding) => finding.explainedBy),
  ]);
  const audited = devices.map((device) => device.config.id);
  const explanations = reviewExplanations(register, used, at, audited);
  const second = evaluateChecks({ ...world, explanations }, { ...pack, checks: aboutRegister }, at, {
    language,
    budget,
  });
  return {
    explained,
    findings: [...findings, ...second.findings.map((raw) => judgeFinding(raw, explained, register, at))],
    outcomes: mergeOutcomes(first.outcomes, second.outcomes),
    explanations,
    diagnostics: [...first.diagnostics, ...second.diagnostics],
  };
}

function worldOf(
  captures: readonly ParsedCapture[],
  devices: readonly AnalysedDevice[],
  diagnostics: readonly Diagnostic[],
  explained: ReadonlyMap<Exposure, Explained>,
): World {
  return {
    devices: devices.map((device) => ({
      config: device.config,
      exposures: device.exposures.map((exposure) => {
        const { status, remainder } = explained.get(exposure) as Explained;
        return { status, remainder, ...exposure };
      }),
      dormant: device.analysis.dormant,
      own: device.own,
      outside: placesOf(device.analysis.entries.filter((entry) => !isLessTrusted(entry))),
      lessTrusted: placesOf(device.analysis.entries.filter(isLessTrusted)),
    })),
    captures: captures.map((capture) => ({
      file: capture.file,
      platform: capture.platform?.id ?? null,
      coverage: capture.coverage,
      diagnostics: diagnostics.filter((each) => each.location?.file === capture.file),
      limits: capture.limits,
    })),
    explanations: [],
  };
}

/** Zones and interfaces of entries, but for those of tunnels. */
function placesOf(entries: readonly Entry[]): ReadonlySet<string> {
  return new Set(
    entries.flatMap(({ name, interfaces, tunnel }) => (tunnel === undefined ? [name, ...interfaces] : [])),
  );
}

function judgeFinding(
  raw: RawFinding,
  explained: ReadonlyMap<Exposure, Explained>,
  register: Register,
  at: string,
): JudgedFinding {
  if (raw.explained) {
    const exposure = exposureOf(raw, explained);
    return { raw, status: 'explained', explainedBy: exposure?.explainedBy ?? [] };
  }
  if (raw.check.explainable !== 'fact' || raw.factSubject === null || raw.device === null) {
    return { raw, status: 'open', explainedBy: [] };
  }
  const { explainedBy } = explainFact(raw.check.id, raw.factSubject, raw.device, register, at);
  return { raw, status: explainedBy.length > 0 ? 'explained' : 'open', explainedBy };
}

function exposureOf(raw: RawFinding, explained: ReadonlyMap<Exposure, Explained>): Explained | undefined {
  if (raw.subject.kind !== 'exposure') return undefined;
  const { key, hash } = raw.subject.exposure;
  for (const [exposure, each] of explained) if (exposure.key === key && exposure.hash === hash) return each;
  return undefined;
}

function mergeOutcomes(
  ...all: readonly ReadonlyMap<string, Readonly<Record<string, Outcome>>>[]
): ReadonlyMap<string, Readonly<Record<string, Outcome>>> {
  const merged = new Map<string, Readonly<Record<string, Outcome>>>();
  for (const outcomes of all) {
    for (const [device, each] of outcomes) merged.set(device, { ...merged.get(device), ...each });
  }
  return merged;
}
