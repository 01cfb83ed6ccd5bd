import { findingHash } from './checks/finding-hash.js';
import { inLanguage } from './checks/language.js';
import { exitCodeOf } from './exit-code.js';
import { suggestAccess, suggestFact } from './explanations/suggest.js';
import type {
  AuditReport,
  ReportCapture,
  ReportCheck,
  ReportDevice,
  ReportDiagnostic,
  ReportDormant,
  ReportEntry,
  ReportExposure,
  ReportFinding,
  ReportPathStep,
  ReportService,
  ReportSummary,
  ReportTarget,
} from './model/audit-report.js';
import type { Check, Language, Severity } from './model/check.js';
import { SEVERITIES } from './model/check.js';
import type { Diagnostic } from './model/coverage.js';
import type { Register } from './model/explanation.js';
import type { DormantDoor, Entry, ExposedService, Exposure, Target } from './model/exposure.js';
import type { AccessRule } from './model/policy.js';
import type { AnalysedDevice, AuditInput, JudgedFinding, Judgement, ParsedCapture } from './pipeline.js';
import { remedyFor } from './remedies/remedy.js';

/** Puts everything that is known into the public form: plain data, in a stable order. */
export function toReport(
  input: AuditInput,
  captures: readonly ParsedCapture[],
  devices: readonly AnalysedDevice[],
  judgement: Judgement,
  diagnostics: readonly Diagnostic[],
): AuditReport {
  const names = new Map(
    input.pack.services.map((service) => [service.id, service.name[input.language ?? 'en']]),
  );
  const findings = judgement.findings.map((finding) => toFinding(finding, devices, input)).sort(bySeverity);
  const dormant = devices.flatMap((device) => device.analysis.dormant.map((door) => toDormant(door, names)));
  return {
    schemaVersion: '1.0',
    tool: { name: 'fwaudit', version: input.version },
    at: input.at,
    register: input.register.file,
    captures: captures.map((capture) => toCapture(capture, input.register)),
    devices: devices.map((device) => toDevice(device, judgement)),
    checks: input.pack.checks.map((check) => toCheck(check, input.language ?? 'en')),
    exposures: devices.flatMap((device) =>
      device.exposures.map((exposure) => toExposure(exposure, judgement, input.register, names)),
    ),
    dormant,
    findings,
    explanations: judgement.explanations,
    diagnostics: diagnostics.map(toDiagnostic),
    baseline: null,
    previous: null,
    summary: summarise(input, captures, devices, findings, dormant.length, diagnostics),
  };
}

/** Further parts of one written rule are not counted. */
function isWhole({ continued }: AccessRule): boolean {
  return continued !== true;
}

function bySeverity(a: ReportFinding, b: ReportFinding): number {
  return SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity);
}

function summarise(
  input: AuditInput,
  captures: readonly ParsedCapture[],
  devices: readonly AnalysedDevice[],
  findings: readonly ReportFinding[],
  dormant: number,
  diagnostics: readonly Diagnostic[],
): ReportSummary {
  const open: Partial<Record<Severity, number>> = {};
  for (const finding of findings) {
    if (finding.status === 'open') open[finding.severity] = (open[finding.severity] ?? 0) + 1;
  }
  const complete = !diagnostics.some((diagnostic) => diagnostic.incomplete);
  return {
    open,
    known: 0,
    explained: findings.filter((finding) => finding.status === 'explained').length,
    dormant,
    devices: devices.length,
    captures: captures.length,
    complete,
    exitCode: exitCodeOf(findings, complete, input.failOn),
  };
}

function toCapture(capture: ParsedCapture, register: Register): ReportCapture {
  const { coverage } = capture;
  return {
    file: capture.file,
    platform: capture.platform?.id ?? null,
    devices: capture.devices.map((device) => device.id),
    coverage:
      coverage === null
        ? null
        : {
            unit: coverage.unit,
            read: coverage.read,
            ignored: coverage.ignored,
            unknown: coverage.unknown,
            unknownFamilies: coverage.unknownFamilies.map(({ name, count, section }) => ({
              name,
              count,
              section,
            })),
          },
    limits: capture.limits.map((limit) => ({ ...limit, accepted: register.acceptLimits.includes(limit.id) })),
  };
}

function toDevice(device: AnalysedDevice, judgement: Judgement): ReportDevice {
  const { config } = device;
  return {
    id: config.id,
    file: device.file,
    platform: config.platform,
    platformName: device.platform.name,
    product: config.product,
    firmware: config.firmware,
    accessRules: config.policies.reduce((sum, { rules }) => sum + rules.filter(isWhole).length, 0),
    entries: device.analysis.entries.map((entry) => ({
      kind: entry.kind,
      name: entry.name,
      interfaces: entry.interfaces,
      role: entry.role.value,
      evidence: entry.role.evidence,
    })),
    outcomes: judgement.outcomes.get(config.id) ?? {},
  };
}

/** Texts in words, and steps under the platforms that have some of their own. */
export function toCheck(check: Check, language: Language): ReportCheck {
  const { en, fr, ...byPlatform } = check.fix;
  return {
    id: check.id,
    title: inLanguage(check.title, language),
    severity: check.severity,
    severityReason: inLanguage(check.severityReason, language),
    confidence: check.confidence ?? 'high',
    platforms: check.platforms ?? null,
    why: inLanguage(check.why, language),
    fix: language === 'fr' ? (fr ?? en) : en,
    platformFixes: Object.entries(byPlatform).map(([platform, fix]) => ({
      platform,
      fix: inLanguage(fix, language),
    })),
    references: check.references,
    tags: check.tags,
  };
}

function toExposure(
  exposure: Exposure,
  judgement: Judgement,
  register: Register,
  names: ReadonlyMap<string, string>,
): ReportExposure {
  const explained = judgement.explained.get(exposure);
  return {
    key: exposure.key,
    hash: exposure.hash,
    device: exposure.device,
    entry: toEntry(exposure.entry),
    party: exposure.party,
    domain: exposure.domain,
    partyName: register.parties.find((party) => party.id === exposure.party)?.name ?? null,
    thirdParty: exposure.thirdParty,
    anyone: exposure.anyone,
    sources: exposure.sources.toCidrs(),
    named: exposure.named.map(({ name, sources }) => ({ name, sources: sources.toCidrs() })),
    target: toTarget(exposure.target),
    service: toService(exposure.service, names),
    path: toPath(exposure.contributions),
    approximate: exposure.approximate,
    conditions: exposure.conditions,
    status: explained?.status ?? 'unexplained',
    remainder: explained?.remainder.toCidrs() ?? exposure.sources.toCidrs(),
    explainedBy: explained?.explainedBy ?? [],
    lapsed: explained?.lapsed ?? [],
  };
}

/** Many doors share a way in, or a target: it is written down once. */
const entries = new WeakMap<Entry, ReportEntry>();

function toEntry(entry: Entry): ReportEntry {
  const { kind, name, interfaces, tunnel } = entry;
  const peers = tunnel === undefined ? {} : { peers: tunnel.peers };
  const known = entries.get(entry) ?? { kind, name, interfaces, ...peers };
  entries.set(entry, known);
  return known;
}

function toDormant(door: DormantDoor, names: ReadonlyMap<string, string>): ReportDormant {
  return {
    key: door.key,
    device: door.device,
    entry: toEntry(door.entry),
    target: toTarget(door.target),
    service: toService(door.service, names),
    sources: door.sources.toCidrs(),
    fromAny: door.fromAny,
    reasons: door.reasons,
    subject: door.subject,
    path: door.path,
  };
}

const targets = new WeakMap<Target, ReportTarget>();

function toTarget(target: Target): ReportTarget {
  const { kind, addresses, dynamic, interfaces } = target;
  const known = targets.get(target) ?? { kind, addresses: addresses.toCidrs(), dynamic, interfaces };
  targets.set(target, known);
  return known;
}

function toService(service: ExposedService, names: ReadonlyMap<string, string>): ReportService {
  return {
    id: service.id,
    name: names.get(service.id) ?? service.id,
    protocol: service.protocol,
    ports: service.ports,
  };
}

/**
 * As many rules of one door as are told with their objects, and as many places of a finding: through a
 * ruleset of thousands of rules, doors by the thousand would each name most of them.
 */
const MOST = { rules: 50, locations: 50 };

/** Every rule that lets some of it in, with its objects; of very many the first, and how many there are more. */
function toPath(contributions: Exposure['contributions']): readonly ReportPathStep[] {
  const told: ReportPathStep[] = [];
  for (const { path } of contributions.slice(0, MOST.rules)) told.push(...path);
  const next = contributions[MOST.rules]?.rule;
  if (next === undefined) return told;
  const more = contributions.length - MOST.rules;
  const name = `and ${more} more`;
  return [...told, { ...next, part: 'rule', depth: 0, name, detail: 'from here on', comment: null }];
}

/** There may be thousands, of which a page shows a few: what is dear is worked out when somebody reads it. */
function toFinding(
  finding: JudgedFinding,
  devices: readonly AnalysedDevice[],
  input: AuditInput,
): ReportFinding {
  const { raw } = finding;
  const { check, subject } = raw;
  const device = devices.find((each) => each.config.id === raw.device);
  const exposure = subject.kind === 'exposure' ? subject.exposure : null;
  const remainder = exposure === null ? [] : exposure.remainder.toCidrs();
  return {
    check: check.id,
    severity: check.severity,
    key: raw.key,
    get hash() {
      return findingHash(raw);
    },
    device: raw.device,
    status: finding.status,
    known: false,
    change: null,
    title: raw.title,
    get message() {
      return raw.message;
    },
    why: inLanguage(check.why, input.language ?? 'en'),
    exposure: exposure?.key ?? (subject.kind === 'dormant' ? subject.dormant.key : null),
    subject: check.explainable === 'fact' ? raw.factSubject : null,
    remainder,
    get locations() {
      return raw.locations.slice(0, MOST.locations);
    },
    get fix() {
      return remedyFor(raw, device ?? null, input.language);
    },
    explain: finding.status === 'open' ? suggestion(finding, input) : null,
    explanation: finding.status === 'explained' ? finding.explainedBy : null,
  };
}

function suggestion({ raw }: JudgedFinding, { at, register: { policy } }: AuditInput): string | null {
  const { check, subject, factSubject, device } = raw;
  if (check.explainable === 'sets' && subject.kind === 'exposure') {
    return suggestAccess(subject.exposure, at, { remainder: subject.exposure.remainder, policy });
  }
  if (check.explainable === 'fact' && factSubject !== null && device !== null) {
    return suggestFact(check.id, factSubject, device, at, { policy });
  }
  return null;
}

function toDiagnostic(diagnostic: Diagnostic): ReportDiagnostic {
  return {
    code: diagnostic.code,
    message: diagnostic.message,
    hint: diagnostic.hint ?? null,
    location: diagnostic.location ?? null,
    incomplete: diagnostic.incomplete,
  };
}
