import type { AuditReport, ReportDiagnostic, ReportFinding } from '../model/audit-report.js';
import type { Location } from '../model/location.js';
import type { RenderOptions, ReportFormat } from './format.js';
import { inert } from './inert.js';
import { inputOf, repositoryPath } from './repository-path.js';
import { summaryText } from './summary-text.js';
import { wordsIn } from './words.js';

/**
 * Workflow commands of GitHub Actions: an annotation for each open finding and for what makes the scan
 * incomplete, the most severe first, because the host shows ten of a kind in a step. What a baseline
 * knows is counted only.
 */
export const github: ReportFormat = {
  id: 'github',
  name: 'annotations of GitHub Actions',
  ascii: true,
  render: renderGithub,
};

const COMMANDS = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
} as const;

function renderGithub(report: AuditReport, options: RenderOptions): string {
  const { unicode } = options;
  const open = report.findings.filter(({ status, known }) => status === 'open' && !known);
  const doubts = report.diagnostics.filter(({ incomplete }) => incomplete);
  const lines = [
    ...open.map((finding) => annotation(report, finding, options)),
    ...doubts.map((doubt) => doubtLine(report, doubt, unicode)),
    `fwaudit: ${data(summaryText(report), unicode)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function annotation(
  report: AuditReport,
  finding: ReportFinding,
  { unicode, language = 'en' }: RenderOptions,
): string {
  const { toClose, colon } = wordsIn(language);
  const { check, severity, title, message, fix, locations } = finding;
  const [location] = locations;
  const key = location?.key === undefined ? '' : ` (${location.key})`;
  const lines = [`${message}${key}`, ...fix.map((step) => `${toClose}${colon} ${step}`)];
  const properties = { ...placeOf(report, location ?? null), title: `${check} ${title}` };
  return command(COMMANDS[severity], properties, lines, unicode);
}

function doubtLine(report: AuditReport, doubt: ReportDiagnostic, unicode: boolean): string {
  const properties = { ...placeOf(report, doubt.location), title: 'The scan is incomplete' };
  return command('error', properties, [doubt.message, ...(doubt.hint === null ? [] : [doubt.hint])], unicode);
}

function placeOf(report: AuditReport, location: Location | null): Readonly<Record<string, string>> {
  if (location === null) return {};
  return { file: repositoryPath(inputOf(report, location)), line: String(location.line) };
}

/**
 * `::error file=…,line=…,title=…::message`, escaped as the runner unescapes it (actions/runner,
 * ActionCommand.cs): `%`, CR and LF everywhere, `:` and `,` in properties too.
 */
function command(
  name: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string>>,
  lines: readonly string[],
  unicode: boolean,
): string {
  const given = Object.entries(properties).map(([key, value]) => `${key}=${property(value, unicode)}`);
  return `::${name} ${given.join(',')}::${lines.map((line) => data(line, unicode)).join('%0A')}`;
}

function property(text: string, unicode: boolean): string {
  return data(text, unicode).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** `##[` begins a command of the older form wherever it stands in a line: it is never left whole. */
function data(text: string, unicode: boolean): string {
  const shown = inert(text, { max: 1000, unicode }).replaceAll('##[', '##\\x5b');
  return shown.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
