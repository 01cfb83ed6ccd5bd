import type { AuditReport, ReportFinding } from '../model/audit-report.js';
import { SEVERITIES } from '../model/check.js';
import type { RenderOptions, ReportFormat } from './format.js';
import { markdownCode, markdownText } from './markdown-text.js';
import { summaryText } from './summary-text.js';

/**
 * Markdown for a comment on a pull request or the summary of a job: a verdict, one table, one line.
 * What a baseline knows is counted and not listed.
 */
export const markdown: ReportFormat = {
  id: 'markdown',
  name: 'Markdown, short, for a pull request',
  ascii: true,
  render: renderMarkdown,
};

/** Rows of the table, their characters, and problems named: a comment holds 65,536 characters. */
const MOST = { rows: 25, characters: 50_000, problems: 5 };

interface Shown {
  text(text: string): string;
  code(text: string): string;
}

function renderMarkdown(report: AuditReport, { unicode }: RenderOptions): string {
  const shown: Shown = {
    text: (text) => markdownText(text, { max: 400, unicode }),
    code: (text) => markdownCode(text, { max: 120, unicode }),
  };
  const open = report.findings.filter(({ status, known }) => status === 'open' && !known);
  const parts = [
    `### fwaudit: ${verdict(report, open)}`,
    ...(open.length === 0 ? [] : [table(shown, open)]),
    ...(report.summary.complete ? [] : [problems(shown, report)]),
    `${capital(summaryText(report))}.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function verdict({ summary, baseline }: AuditReport, open: readonly ReportFinding[]): string {
  const which = baseline === null ? 'open' : 'new';
  if (open.length === 0) {
    if (summary.complete) return `nothing ${which}`;
    return `nothing ${baseline === null ? '' : 'new '}found, but the scan is incomplete`;
  }
  const [worst] = SEVERITIES.toReversed().filter((each) => open.some(({ severity }) => severity === each));
  return `${open.length} ${which} finding${open.length === 1 ? '' : 's'}, at worst ${worst}`;
}

function table(shown: Shown, open: readonly ReportFinding[]): string {
  const rows: string[] = [];
  let characters = 0;
  for (const finding of open.slice(0, MOST.rows)) {
    const text = row(shown, finding);
    characters += text.length;
    if (characters > MOST.characters) break;
    rows.push(text);
  }
  const more = open.length - rows.length;
  return [
    '| severity | finding | where | to close it |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...(more > 0 ? [`| | and ${more} more, in the full report | | |`] : []),
  ].join('\n');
}

function row({ text, code }: Shown, finding: ReportFinding): string {
  const { check, severity, change, message, device, locations, fix } = finding;
  const [location] = locations;
  const where = [
    device,
    location?.file ?? null,
    location === undefined ? null : (location.key ?? `line ${location.line}`),
  ];
  const cells = [
    `**${severity}**${change === null ? '' : ` ${change}`}`,
    `${text(message)} ${code(check)}`,
    where.flatMap((each) => (each === null ? [] : [code(each)])).join(' '),
    text(fix.join('; ')),
  ];
  return `| ${cells.join(' | ')} |`;
}

function problems(shown: Shown, { diagnostics }: AuditReport): string {
  const doubts = diagnostics.filter(({ incomplete }) => incomplete);
  const lines = doubts.slice(0, MOST.problems).map(({ message, location }) => {
    const place = location === null ? '' : `${shown.code(location.file)} `;
    return `- ${place}${shown.text(message)}`;
  });
  const more = doubts.length - lines.length;
  const head = 'A door may have been missed:';
  return [head, '', ...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
