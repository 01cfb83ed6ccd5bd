import type { AuditReport, ReportDormant, ReportExposure, ReportFinding } from '../model/audit-report.js';
import type { ReportFormat } from './format.js';
import { inert } from './inert.js';

/** CSV after RFC 4180, one row a finding, open and explained: for a spreadsheet. */
export const csv: ReportFormat = {
  id: 'csv',
  name: 'CSV, a row a finding',
  newline: '\r\n',
  render: renderCsv,
};

/** What a cell of a spreadsheet holds at most (Excel: 32,767 characters). */
const MOST = 32_000;

/** What a spreadsheet takes for the beginning of a formula, also in its full-width forms. */
const FORMULA = /^\s*[=+\-@＝＋－＠]/u;

type Door = ReportExposure | ReportDormant;

const COLUMNS: readonly (readonly [string, (finding: ReportFinding, door: Door | undefined) => string])[] = [
  ['key', ({ key }) => key],
  ['hash', ({ hash }) => hash],
  ['check', ({ check }) => check],
  ['severity', ({ severity }) => severity],
  ['status', ({ status }) => status],
  ['known', ({ known }) => (known ? 'yes' : 'no')],
  ['change', ({ change }) => change ?? ''],
  ['device', ({ device }) => device ?? ''],
  ['title', ({ title }) => title],
  ['message', ({ message }) => message],
  ['entry', (_, door) => door?.entry.name ?? ''],
  ['party', (_, door) => (door !== undefined && 'party' in door ? door.party : '')],
  ['sources', (_, door) => door?.sources.join(' ') ?? ''],
  ['remainder', ({ remainder }) => remainder.join(' ')],
  ['target', (_, door) => [...(door?.target.interfaces ?? []), ...(door?.target.addresses ?? [])].join(' ')],
  [
    'service',
    (_, door) => (door === undefined ? '' : `${door.service.protocol}/${door.service.ports.join(',')}`),
  ],
  ['subject', ({ subject }) => subject ?? ''],
  ['file', ({ locations }) => locations[0]?.file ?? ''],
  ['line', ({ locations }) => String(locations[0]?.line ?? '')],
  ['place', ({ locations }) => locations[0]?.key ?? ''],
  ['fix', ({ fix }) => fix.join('; ')],
  ['explanation', ({ explanation }) => explanation?.join(' ') ?? ''],
];

function renderCsv(report: AuditReport): string {
  const doors = new Map<string, Door>(
    [...report.dormant, ...report.exposures].map((door) => [door.key, door]),
  );
  const rows = report.findings.map((finding) => {
    const door = doors.get(finding.exposure ?? '');
    return COLUMNS.map(([, value]) => value(finding, door));
  });
  return [COLUMNS.map(([name]) => name), ...rows].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/** A cell in quotes, with an apostrophe before what would be computed. */
function cell(text: string): string {
  const shown = inert(text, { max: MOST });
  const harmless = FORMULA.test(shown) ? `'${shown}` : shown;
  return `"${harmless.replaceAll('"', '""')}"`;
}
