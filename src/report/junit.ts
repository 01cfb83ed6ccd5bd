import type { AuditReport, ReportDevice, ReportDiagnostic, ReportFinding } from '../model/audit-report.js';
import type { Outcome } from '../model/check.js';
import type { ReportFormat } from './format.js';
import { inert } from './inert.js';

/**
 * JUnit XML as Jenkins and GitLab read it. One suite a device, in which each check that ran is a test
 * case: it fails when something is open, is in error when it came to no answer, and is skipped when the
 * device has nothing that it looks at. One more suite for the inputs: an unread one is an error.
 */
export const junit: ReportFormat = {
  id: 'junit',
  name: 'JUnit XML: a suite a device, a test case a check',
  render: renderJunit,
};

interface Suite {
  readonly name: string;
  readonly properties: readonly (readonly [string, string | null])[];
  readonly cases: readonly TestCase[];
}

interface TestCase {
  readonly name: string;
  readonly result: Result | null;
  /** What there is to say about a case that passed. */
  readonly output: readonly string[];
}

interface Result {
  readonly kind: 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly lines: readonly string[];
}

function renderJunit(report: AuditReport): string {
  const suites = [...report.devices.map((device) => deviceSuite(report, device)), inputSuite(report)];
  const cases = suites.flatMap((suite) => suite.cases);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="fwaudit" ${counts(cases, ['failure', 'error'])}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function deviceSuite(report: AuditReport, device: ReportDevice): Suite {
  const titles = new Map(report.checks.map(({ id, title }) => [id, title]));
  const own = report.findings.filter((finding) => finding.device === device.id);
  const checks = new Set([...Object.keys(device.outcomes), ...own.map(({ check }) => check)]);
  return {
    name: device.id,
    properties: [
      ['file', device.file],
      ['platform', device.platform],
      ['product', device.product],
      ['firmware', device.firmware],
    ],
    cases: [...checks].sort().map((check) => {
      const findings = own.filter((finding) => finding.check === check);
      const title = titles.get(check) ?? findings[0]?.title;
      return {
        name: title === undefined ? check : `${check} ${title}`,
        ...caseOf(report, findings, device.outcomes[check] ?? 'fail'),
      };
    }),
  };
}

/** What a check came to. A failed one without findings is told under the check that supersedes it. */
function caseOf(
  report: AuditReport,
  findings: readonly ReportFinding[],
  outcome: Outcome,
): Omit<TestCase, 'name'> {
  const open = findings.filter(({ status }) => status === 'open');
  const output = findings.filter(({ status }) => status === 'explained').flatMap(explainedLines);
  const fresh = open.filter(({ known }) => !known);
  if (fresh.length > 0) return { result: failureOf(fresh), output };
  if (open.length > 0)
    return { result: skippedAs(`known to ${report.baseline?.file ?? 'the baseline'}`), output };
  if (findings.length > 0) return { result: null, output };
  if (outcome === 'pass') return { result: null, output };
  if (outcome === 'fail') return { result: skippedAs('told by a check that supersedes this one'), output };
  if (outcome === 'not-applicable') return { result: skippedAs('not applicable'), output };
  return { result: errorOf('unknown', NO_ANSWER, []), output };
}

const NO_ANSWER = 'it came to no answer: part of the configuration was not understood';

function failureOf(findings: readonly ReportFinding[]): Result {
  const [first] = findings;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return {
    kind: 'failure',
    type: first?.severity ?? '',
    message: `${first?.message}${more}`,
    lines: findings.flatMap(findingLines),
  };
}

function findingLines({ key, message, locations, fix }: ReportFinding): readonly string[] {
  const [location] = locations;
  const place = location && `${location.file}:${location.line}${location.key ? ` ${location.key}` : ''}`;
  return [
    `${key.slice(0, 8)} ${message}`,
    ...(place === undefined ? [] : [`  at ${place}`]),
    ...fix.map((step) => `  close ${step}`),
  ];
}

function explainedLines({ message, explanation }: ReportFinding): readonly string[] {
  return [`explained by ${(explanation ?? []).join(', ')}: ${message}`];
}

function skippedAs(message: string): Result {
  return { kind: 'skipped', type: 'skipped', message, lines: [] };
}

function errorOf(type: string, message: string, lines: readonly string[]): Result {
  return { kind: 'error', type, message, lines };
}

/** The inputs, whether each was read completely, and what was found about no single device. */
function inputSuite(report: AuditReport): Suite {
  const doubts = report.diagnostics.filter(({ incomplete }) => incomplete);
  const files = [...new Set(report.captures.map(({ file }) => file))];
  const of = (file: string) => doubts.filter(({ location }) => isIn(location?.file, file));
  const elsewhere = doubts.filter(({ location }) => !files.some((file) => isIn(location?.file, file)));
  const checks = new Map(
    report.findings.filter(({ device }) => device === null).map(({ check, title }) => [check, title]),
  );
  return {
    name: 'inputs',
    properties: [['register', report.register]],
    cases: [
      ...files.map((file) => ({ name: `${file} is read completely`, result: doubtOf(of(file)), output: [] })),
      ...(elsewhere.length === 0
        ? []
        : [{ name: 'the scan is complete', result: doubtOf(elsewhere), output: [] }]),
      ...[...checks].map(([check, title]) => ({
        name: `${check} ${title}`,
        ...caseOf(
          report,
          report.findings.filter((each) => each.device === null && each.check === check),
          'fail',
        ),
      })),
    ],
  };
}

function isIn(place: string | undefined, file: string): boolean {
  return place === file || (place?.startsWith(`${file}#`) ?? false);
}

function doubtOf(doubts: readonly ReportDiagnostic[]): Result | null {
  const [first] = doubts;
  if (first === undefined) return null;
  const more = doubts.length > 1 ? ` (and ${doubts.length - 1} more)` : '';
  const lines = doubts.map(({ code, message, hint, location }) =>
    [code, location?.file, message, hint].filter((each) => each != null).join(': '),
  );
  return errorOf('incomplete', `${first.message}${more}`, lines);
}

function suiteLines({ name, properties, cases }: Suite): readonly string[] {
  const known = properties.flatMap(([key, value]) =>
    value === null ? [] : [`      <property name=${quoted(key)} value=${quoted(value)}/>`],
  );
  return [
    `  <testsuite name=${quoted(name)} ${counts(cases, ['failure', 'error', 'skipped'])}>`,
    ...(known.length === 0 ? [] : ['    <properties>', ...known, '    </properties>']),
    ...cases.flatMap((each) => caseLines(name, each)),
    '  </testsuite>',
  ];
}

const PLURALS = { failure: 'failures', error: 'errors', skipped: 'skipped' } as const;

function counts(cases: readonly TestCase[], kinds: readonly Result['kind'][]): string {
  const of = (kind: Result['kind']) => cases.filter(({ result }) => result?.kind === kind).length;
  return [`tests="${cases.length}"`, ...kinds.map((kind) => `${PLURALS[kind]}="${of(kind)}"`)].join(' ');
}

function caseLines(suite: string, { name, result, output }: TestCase): readonly string[] {
  const head = `    <testcase name=${quoted(name)} classname=${quoted(suite)}`;
  if (result === null && output.length === 0) return [`${head}/>`];
  return [
    `${head}>`,
    ...(result === null ? [] : resultLines(result)),
    ...(output.length === 0 ? [] : [`      <system-out>${body(output)}</system-out>`]),
    '    </testcase>',
  ];
}

function resultLines({ kind, type, message, lines }: Result): readonly string[] {
  if (kind === 'skipped') return [`      <skipped message=${quoted(message)}/>`];
  const head = `      <${kind} type=${quoted(type)} message=${quoted(message)}`;
  return [lines.length === 0 ? `${head}/>` : `${head}>${body(lines)}</${kind}>`];
}

function quoted(text: string): string {
  return `"${xml(text)}"`;
}

function body(lines: readonly string[]): string {
  return lines.map(xml).join('\n');
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);

/**
 * Text as XML 1.0 may hold it. Controls and halves of surrogate pairs show as escapes already; what is
 * left of what XML refuses are U+FFFE and U+FFFF.
 */
function xml(text: string): string {
  return inert(text, { max: 2000 })
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? '');
}
