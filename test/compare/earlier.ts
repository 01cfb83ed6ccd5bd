import { type EarlierReport, readEarlierReport } from '../../src/compare/earlier-report.js';
import type { AuditReport } from '../../src/model/audit-report.js';
import { json } from '../../src/report/json.js';

/** A report as a later run reads it: written as JSON, and read again. */
export function earlier(report: AuditReport, file = 'earlier.json'): EarlierReport {
  const text = json.render(report, { width: 80, colour: false, verbosity: 0, unicode: true });
  return readEarlierReport(text, file);
}
