import type { AuditReport } from '../../src/model/audit-report.js';
import type { RenderOptions, ReportFormat } from '../../src/report/format.js';
import * as samples from './samples.js';

const PLAIN: RenderOptions = { width: 80, colour: false, verbosity: 0, unicode: true };

/** Every sample report by name. */
export const reports: readonly (readonly [string, AuditReport])[] = Object.entries(samples).filter(
  (entry): entry is [string, AuditReport] => typeof entry[1] === 'object',
);

/** What a format writes, with the options that matter to the test. */
export function rendered(
  format: ReportFormat,
  report: AuditReport,
  options: Partial<RenderOptions> = {},
): string {
  return format.render(report, { ...PLAIN, ...options });
}

/** One of them. */
export function sampleNamed(name: string): AuditReport {
  const found = reports.find(([each]) => each === name);
  if (found === undefined) throw new Error(`there is no sample ${name}`);
  return found[1];
}
