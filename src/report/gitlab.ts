import { createHash } from 'node:crypto';
import type { AuditReport, ReportDiagnostic, ReportFinding } from '../model/audit-report.js';
import type { Location } from '../model/location.js';
import type { ReportFormat } from './format.js';
import { inert, inertJson } from './inert.js';
import { inputOf, repositoryPath } from './repository-path.js';

/**
 * GitLab code quality: one issue an open finding, and one for each thing that makes the scan incomplete.
 * GitLab compares the fingerprints of two branches itself, so that what a baseline knows is here too.
 */
export const gitlab: ReportFormat = {
  id: 'gitlab',
  name: 'code quality of GitLab',
  render: renderGitlab,
};

const SEVERITIES = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
} as const;

function renderGitlab(report: AuditReport): string {
  const issues = [
    ...report.findings
      .filter(({ status }) => status === 'open')
      .map((finding) => findingIssue(report, finding)),
    ...report.diagnostics.filter(({ incomplete }) => incomplete).map((doubt) => doubtIssue(report, doubt)),
  ];
  return `${inertJson(JSON.stringify(issues, null, 2))}\n`;
}

function findingIssue(report: AuditReport, finding: ReportFinding) {
  const device = report.devices.find(({ id }) => id === finding.device);
  return {
    description: inert(`${finding.title}: ${finding.message}`, { max: 2000 }),
    check_name: inert(finding.check),
    fingerprint: finding.key,
    severity: SEVERITIES[finding.severity],
    location: placeOf(report, finding.locations[0] ?? null, device?.file),
  };
}

function doubtIssue(report: AuditReport, { code, message, location }: ReportDiagnostic) {
  const name = JSON.stringify([code, location, message]);
  return {
    description: inert(`The scan is incomplete: ${message}`, { max: 2000 }),
    check_name: inert(code),
    fingerprint: createHash('sha256').update(name).digest('hex').slice(0, 16),
    severity: 'major',
    location: placeOf(report, location, undefined),
  };
}

/** An issue needs a path: what stands nowhere is put at the head of an input. */
function placeOf(report: AuditReport, location: Location | null, device: string | undefined) {
  const file = location === null ? (device ?? report.captures[0]?.file ?? '.') : inputOf(report, location);
  return { path: inert(repositoryPath(file), { max: 4096 }), lines: { begin: location?.line ?? 1 } };
}
