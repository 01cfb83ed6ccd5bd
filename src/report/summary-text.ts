import type { AuditReport } from '../model/audit-report.js';
import { SEVERITIES } from '../model/check.js';
import { inert } from './inert.js';

/** `1 critical, 2 low open, 3 explained, 2 dormant; the scan is complete`: numbers only, no names. */
export function summaryText({ summary, previous }: AuditReport): string {
  const { open, known, explained, dormant } = summary;
  const bySeverity = SEVERITIES.toReversed().flatMap((severity) => {
    const count = open[severity];
    return count === undefined ? [] : [`${count} ${severity}`];
  });
  const gone = previous?.absent.filter(
    ({ change, lastSeen }) => change === 'resolved' && lastSeen >= previous.at,
  );
  const parts = [
    bySeverity.length === 0 ? 'nothing open' : `${bySeverity.join(', ')} open`,
    ...(known === 0 ? [] : [`${known} of them in the baseline and not counted`]),
    ...(gone === undefined ? [] : [`${gone.length} gone since ${inert(previous?.at ?? '')}`]),
    `${explained} explained`,
    `${dormant} dormant`,
  ];
  const state = summary.complete
    ? 'the scan is complete'
    : 'the scan is incomplete: a door may have been missed';
  return `${parts.join(', ')}; ${state}`;
}
