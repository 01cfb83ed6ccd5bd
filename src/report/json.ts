import type { AuditReport } from '../model/audit-report.js';
import type { ReportFormat } from './format.js';
import { inertJson } from './inert.js';

/** The audit itself, as `report.schema.json` describes it: the contract for other programs. */
export const json: ReportFormat = {
  id: 'json',
  name: 'JSON, after the published schema',
  render: renderJson,
};

function renderJson(report: AuditReport): string {
  return `${inertJson(JSON.stringify(report, null, 2))}\n`;
}
