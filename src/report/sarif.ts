import type {
  AuditReport,
  ReportCheck,
  ReportDiagnostic,
  ReportExposure,
  ReportFinding,
  ReportPathStep,
} from '../model/audit-report.js';
import type { Language } from '../model/check.js';
import type { Location } from '../model/location.js';
import { checkMarkdown, checkText } from './check-help.js';
import type { RenderOptions, ReportFormat } from './format.js';
import { inert, inertJson } from './inert.js';
import { inputOf, pathUri } from './repository-path.js';
import { wordsIn } from './words.js';

/** SARIF 2.1.0 as OASIS has it (errata 01), with what GitHub code scanning reads beside it. */
export const sarif: ReportFormat = {
  id: 'sarif',
  name: 'SARIF 2.1.0, for code scanning',
  render: renderSarif,
};

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** Code scanning shows a hundred locations of a result at most, and takes twenty tags of a rule. */
const MOST = { locations: 100, tags: 20 };

const LEVELS = { critical: 'error', high: 'error', medium: 'warning', low: 'note', info: 'note' } as const;

/**
 * What code scanning takes a severity from: above 9.0 critical, from 7.0 high, from 4.0 medium, above
 * 0.0 low. What is only for information has none.
 */
const SCORES = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.5', info: null } as const;

/** What the results of one log refer to. */
interface Context {
  readonly report: AuditReport;
  readonly language: Language;
  readonly artifacts: ReadonlyMap<string, number>;
  readonly rules: ReadonlyMap<string, number>;
  readonly exposures: ReadonlyMap<string, ReportExposure>;
  readonly paths: ReadonlyMap<string, readonly ReportPathStep[]>;
}

/** How SARIF names languages (RFC 3066). */
const LANGUAGE_NAMES = { en: 'en-US', fr: 'fr-FR' } as const satisfies Readonly<Record<Language, string>>;

function renderSarif(report: AuditReport, { language = 'en' }: RenderOptions): string {
  const log = { $schema: SCHEMA, version: '2.1.0', runs: [runOf(report, language)] };
  return `${inertJson(JSON.stringify(log, null, 2))}\n`;
}

function runOf(report: AuditReport, language: Language) {
  const rules = rulesOf(report, language);
  const files = [...new Set(report.captures.map(({ file }) => file))];
  const driver = { ...report.tool, semanticVersion: report.tool.version };
  const context: Context = {
    report,
    language,
    artifacts: new Map(files.map((file, index) => [file, index])),
    rules: new Map(rules.map(({ id }, index) => [id, index])),
    exposures: new Map(report.exposures.map((each) => [each.key, each])),
    paths: new Map([...report.exposures, ...report.dormant].map(({ key, path }) => [key, path])),
  };
  return {
    tool: { driver: { ...driver, language: LANGUAGE_NAMES[language], rules } },
    invocations: [invocationOf(context)],
    artifacts: files.map((file) => ({ location: { uri: pathUri(file) }, roles: ['analysisTarget'] })),
    results: report.findings.map((finding) => resultOf(context, finding)),
    columnKind: 'utf16CodeUnits',
    properties: { at: report.at, complete: report.summary.complete },
  };
}

function rulesOf(report: AuditReport, language: Language) {
  const known = new Set(report.checks.map(({ id }) => id));
  const others = new Map(
    report.findings.filter(({ check }) => !known.has(check)).map((each) => [each.check, each]),
  );
  return [
    ...report.checks.map((check) => ruleOf(check, language)),
    ...[...others].map(([id, { title }]) => ({ id, shortDescription: { text: plain(title) } })),
  ];
}

function ruleOf(check: ReportCheck, language: Language) {
  const score = SCORES[check.severity];
  return {
    id: check.id,
    shortDescription: { text: plain(check.title) },
    fullDescription: { text: plain(check.why) },
    help: { text: escaped(checkText(check, language)), markdown: escaped(checkMarkdown(check, language)) },
    defaultConfiguration: { level: LEVELS[check.severity] },
    properties: {
      tags: ['security', ...check.tags.flatMap(tagsOf)].slice(0, MOST.tags),
      severity: check.severity,
      ...(score === null ? {} : { 'security-severity': score }),
    },
  };
}

/** Our own form of a tag, and for weaknesses the one by which code scanning finds them. */
function tagsOf(tag: string): readonly string[] {
  const [, cwe] = /^cwe:(\d+)$/.exec(tag) ?? [];
  return cwe === undefined ? [inert(tag)] : [tag, `external/cwe/cwe-${cwe}`];
}

function resultOf(context: Context, finding: ReportFinding) {
  const steps = context.paths.get(finding.exposure ?? '') ?? [];
  const rule = context.rules.get(finding.check);
  const related = steps
    .slice(0, MOST.locations)
    .map((step, index) => relatedOf(context, finding, step, index));
  return {
    ruleId: finding.check,
    ...(rule === undefined ? {} : { ruleIndex: rule }),
    level: LEVELS[finding.severity],
    message: { text: messageOf(finding, context.language) },
    locations: placesOf(context, finding).map((each) => locationOf(context, finding.device, each)),
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    // A configuration may be one long line: what a host hashes of it would name every finding alike.
    partialFingerprints: { 'fwaudit/key/v1': finding.key, primaryLocationLineHash: `${finding.key}:1` },
    suppressions: suppressionsOf(context.report, finding),
    ...baselineStateOf(context.report, finding),
    properties: propertiesOf(context, finding),
  };
}

/** The first sentence stands for the whole where room is short. */
function messageOf({ message, status, fix }: ReportFinding, language: Language): string {
  const { toClose, colon } = wordsIn(language);
  const head = ` ${toClose}${colon} `;
  const steps = fix.length === 0 || status === 'explained' ? '' : `${head}${sentence(fix.join('; '))}`;
  return plain(`${sentence(message)}${steps}`);
}

/** Code scanning drops a result without a place: what has none is at the head of its input. */
function placesOf({ report }: Context, finding: ReportFinding): readonly Location[] {
  if (finding.locations.length > 0) return finding.locations.slice(0, MOST.locations);
  const device = report.devices.find(({ id }) => id === finding.device);
  const file = device?.file ?? report.captures[0]?.file;
  return file === undefined ? [] : [{ file, line: 1 }];
}

function locationOf({ report, artifacts }: Context, device: string | null, location: Location) {
  const file = inputOf(report, location);
  const index = artifacts.get(file);
  const key = location.key === undefined ? null : inert(location.key);
  return {
    physicalLocation: {
      artifactLocation: { uri: pathUri(file), ...(index === undefined ? {} : { index }) },
      region: { startLine: location.line },
    },
    ...(key === null
      ? {}
      : {
          logicalLocations: [
            {
              name: key,
              fullyQualifiedName: device === null ? key : `${inert(device)}/${key}`,
              kind: 'property',
            },
          ],
        }),
  };
}

function relatedOf(context: Context, { device }: ReportFinding, step: ReportPathStep, index: number) {
  const text = `${step.part} "${inert(step.name)}": ${inert(step.detail, { max: 500 })}`;
  return { id: index + 1, ...locationOf(context, device, step.location), message: { text: plain(text) } };
}

/** Of one run either every result has a list or none: an empty one says that nothing is suppressed. */
function suppressionsOf(report: AuditReport, finding: ReportFinding) {
  return (finding.explanation ?? []).map((id) => {
    const explanation = report.explanations.find((each) => each.id === id);
    if (explanation === undefined) return { kind: 'external', status: 'accepted', justification: plain(id) };
    const { reason, owner, ticket, until, location } = explanation;
    const facts = [owner && `owner ${owner}`, ticket && `ticket ${ticket}`, `until ${until}`].filter(Boolean);
    return {
      kind: 'external',
      status: 'accepted',
      justification: plain(`${id}: ${reason} (${facts.join(', ')})`),
      location: {
        physicalLocation: {
          artifactLocation: { uri: pathUri(location.file) },
          region: { startLine: location.line },
        },
      },
    };
  });
}

const STATES = {
  new: 'new',
  open: 'unchanged',
  changed: 'updated',
  resolved: 'unchanged',
  reopened: 'new',
} as const;

/** Only a run that was held against another one can tell. */
function baselineStateOf(report: AuditReport, { known, change, status }: ReportFinding) {
  if (change !== null) return { baselineState: STATES[change] };
  if (report.baseline === null) return {};
  return { baselineState: known || status === 'explained' ? 'unchanged' : 'new' };
}

function propertiesOf({ exposures }: Context, finding: ReportFinding) {
  const exposure = exposures.get(finding.exposure ?? '');
  const door = exposure && {
    entry: inert(exposure.entry.name),
    party: inert(exposure.party),
    service: inert(exposure.service.id),
    sources: exposure.sources.map((each) => inert(each)),
    remainder: finding.remainder.map((each) => inert(each)),
  };
  const { severity, status, key, hash, known, change } = finding;
  return {
    device: finding.device === null ? null : inert(finding.device),
    severity,
    status,
    key,
    hash,
    known,
    change,
    ...door,
  };
}

const EXIT_CODES = {
  0: 'nothing is open, and the scan is complete',
  1: 'a finding is open',
  3: 'the scan is incomplete',
} as const;

function invocationOf(context: Context) {
  const { exitCode, complete } = context.report.summary;
  return {
    executionSuccessful: complete,
    exitCode,
    exitCodeDescription: EXIT_CODES[exitCode],
    toolExecutionNotifications: [
      ...context.report.diagnostics.map((each) => notificationOf(context, each)),
      ...limitsOf(context.report),
    ],
  };
}

function notificationOf(context: Context, diagnostic: ReportDiagnostic) {
  const { code, message, hint, location, incomplete } = diagnostic;
  const text = hint === null ? sentence(message) : `${sentence(message)} ${sentence(hint)}`;
  return {
    descriptor: { id: inert(code) },
    level: incomplete ? 'error' : 'note',
    message: { text: plain(text) },
    ...(location === null ? {} : { locations: [locationOf(context, null, location)] }),
  };
}

/** What a format can never show, once each, until the register accepts it. */
function limitsOf({ captures }: AuditReport) {
  const limits = new Map(captures.flatMap((capture) => capture.limits.map((limit) => [limit.id, limit])));
  return [...limits.values()]
    .filter(({ accepted }) => !accepted)
    .map(({ id, message }) => ({
      descriptor: { id: inert(id) },
      level: 'note',
      message: { text: plain(sentence(message)) },
    }));
}

/** Messages are sentences, and end like one. */
function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Inert text for a plain text message. */
function plain(text: string): string {
  return escaped(inert(text, { max: 4000 }));
}

/**
 * In messages `{0}` would be replaced and `[text](target)` become a link (SARIF 2.1.0, 3.11.5 and
 * 3.11.6): braces are doubled, as the standard wants it, and no link is left whole.
 */
function escaped(text: string): string {
  return text.replaceAll('{', '{{').replaceAll('}', '}}').replaceAll('](', '] (');
}
