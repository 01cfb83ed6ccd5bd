import type { ReportFinding, ReportSummary } from './model/audit-report.js';
import type { Severity } from './model/check.js';
import { SEVERITIES } from './model/check.js';

/**
 * The exit code of a run: 1 when a finding at or above `failOn` is open and no baseline knows it,
 * else 3 when the scan is incomplete, else 0.
 */
export function exitCodeOf(
  findings: readonly Pick<ReportFinding, 'severity' | 'status' | 'known'>[],
  complete: boolean,
  failOn: Severity,
): ReportSummary['exitCode'] {
  const least = SEVERITIES.indexOf(failOn);
  const failing = findings.some(
    ({ severity, status, known }) => status === 'open' && !known && SEVERITIES.indexOf(severity) >= least,
  );
  if (failing) return 1;
  return complete ? 0 : 3;
}
