import type { AuditReport, ReportDevice, ReportDiagnostic } from '../model/audit-report.js';

/** Whether nothing that was left unread may hide a door of this device. */
export function isSure(
  report: Pick<AuditReport, 'captures' | 'diagnostics' | 'summary'>,
  device: Pick<ReportDevice, 'id' | 'file'>,
): boolean {
  if (report.summary.complete) return true;
  const captures = report.captures.filter(({ devices }) => devices.includes(device.id));
  const files = [device.file, ...captures.map(({ file }) => file)];
  const doubts = report.diagnostics.filter(({ incomplete }) => incomplete);
  return doubts.length > 0 && doubts.every((doubt) => files.every((file) => isElsewhere(doubt, file)));
}

function isElsewhere({ location }: ReportDiagnostic, file: string): boolean {
  return location !== null && location.file !== file && !location.file.startsWith(`${file}#`);
}
