import { exitCodeOf } from '../exit-code.js';
import { daysBetween } from '../explanations/days.js';
import type {
  AuditReport,
  FindingChange,
  ReportAbsent,
  ReportExposure,
  ReportFinding,
} from '../model/audit-report.js';
import type { Severity } from '../model/check.js';
import { isSure } from '../report/doubt.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { PortSet } from '../sets/port-set.js';
import type { EarlierExposure, EarlierFinding, EarlierReport } from './earlier-report.js';

/** How long a finding is remembered that no report finds any more. */
const REMEMBERED_DAYS = 366;

/**
 * Marks the open findings that a baseline holds, and leaves them out of the exit code. A door that
 * became wider since, or a fact that changed, is not what the baseline holds; one that became narrower
 * is.
 *
 * @param failOn the severity from which an open finding makes the exit code 1
 */
export function withBaseline(report: AuditReport, baseline: EarlierReport, failOn: Severity): AuditReport {
  const before = byKey(baseline.findings.filter(({ status }) => status === 'open'));
  const doors = grouped(report.exposures);
  const doorsBefore = grouped(baseline.exposures);
  const findings = report.findings.map((finding) => {
    const earlier = before.get(finding.key);
    if (finding.status !== 'open' || earlier === undefined) return { ...finding, known: false };
    const now = doors.get(finding.exposure ?? '') ?? [];
    const then = doorsBefore.get(earlier.exposure ?? '') ?? [];
    return { ...finding, known: finding.hash === earlier.hash || isWithin(finding, now, earlier, then) };
  });
  return {
    ...report,
    findings,
    baseline: { file: baseline.file, at: baseline.at },
    summary: {
      ...report.summary,
      known: findings.filter(({ known }) => known).length,
      exitCode: exitCodeOf(findings, report.summary.complete, failOn),
    },
  };
}

/**
 * Whether a finding lets in nobody, on nothing and at no time, that it did not let in before. What is
 * about no door has changed in a way that cannot be measured.
 */
function isWithin(
  finding: ReportFinding,
  now: readonly ReportExposure[],
  earlier: EarlierFinding,
  before: readonly EarlierExposure[],
): boolean {
  if (now.length === 0 || before.length === 0) return false;
  // A fact about a door is about everybody it lets in, also those who are explained.
  const who = finding.subject === null ? finding.remainder : now.flatMap(({ sources }) => sources);
  const whoBefore = finding.subject === null ? earlier.remainder : before.flatMap(({ sources }) => sources);
  return (
    addresses(whoBefore).contains(addresses(who)) &&
    addresses(before.flatMap(({ target }) => target.addresses)).contains(
      addresses(now.flatMap(({ target }) => target.addresses)),
    ) &&
    now.every((door) => before.some((each) => servesWithin(door, each)))
  );
}

function servesWithin(now: ReportExposure, before: EarlierExposure): boolean {
  if (now.service.protocol !== before.service.protocol) return false;
  if (!before.conditions.every((each) => now.conditions.includes(each))) return false;
  const had = new Set(before.service.ports);
  const ports = now.service.ports.filter((each) => !had.has(each));
  return had.size === 0 || portsOf(before.service.ports).contains(portsOf(ports));
}

/** A text that is no address stands for none: it makes the earlier set smaller, never wider. */
function addresses(cidrs: readonly string[]): IpSet {
  return IpSet.unionOf(cidrs.map((cidr) => parseIpSet(cidr) ?? IpSet.EMPTY));
}

function portsOf(texts: readonly string[]): PortSet {
  const parts = texts.flatMap((text) => {
    const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
    if (first === undefined) return [];
    const range = [Number(first), Number(last ?? first)] as const;
    return range[0] <= range[1] && range[1] <= 65_535 ? [range] : [];
  });
  return PortSet.of(...parts);
}

/** Marks every finding with what became of it since an earlier report, and lists those that are gone. */
export function withPrevious(report: AuditReport, previous: EarlierReport): AuditReport {
  const before = byKey(previous.findings);
  const absentBefore = byKey(previous.absent);
  const findings = report.findings.map((finding) => ({
    ...finding,
    change: changeOf(finding, before.get(finding.key), absentBefore.get(finding.key)),
  }));
  const present = new Set(findings.map(({ key }) => key));
  const gone = previous.findings.filter(({ key }) => !present.has(key));
  const stillGone = previous.absent.filter(({ key }) => !present.has(key) && !before.has(key));
  const absent = [
    ...gone.map((each) => absentOf(each, previous.at, report, previous)),
    ...stillGone.map((each) =>
      each.change === 'resolved' ? each : absentOf(each, each.lastSeen, report, previous),
    ),
  ];
  return {
    ...report,
    findings,
    previous: {
      file: previous.file,
      at: previous.at,
      absent: absent.filter(({ lastSeen }) => daysBetween(lastSeen, report.at) <= REMEMBERED_DAYS),
    },
  };
}

function changeOf(
  finding: ReportFinding,
  before: EarlierFinding | undefined,
  absent: ReportAbsent | undefined,
): FindingChange {
  if (finding.status === 'explained') return 'resolved';
  const earlier = before ?? absent;
  if (earlier === undefined) return 'new';
  const wasResolved = before === undefined ? absent?.change === 'resolved' : before.status === 'explained';
  if (wasResolved) return 'reopened';
  return earlier.hash === finding.hash ? 'open' : 'changed';
}

function absentOf(
  finding: EarlierFinding | ReportAbsent,
  lastSeen: string,
  report: AuditReport,
  previous: EarlierReport,
): ReportAbsent {
  const { check, severity, key, hash, device, title, message } = finding;
  const reason = doubtOf(finding, report, previous);
  const change = reason === null || isExplained(finding) ? 'resolved' : 'open';
  return {
    check,
    severity,
    key,
    hash,
    device,
    title,
    message,
    change,
    reason: change === 'open' ? reason : null,
    lastSeen,
  };
}

function isExplained(finding: EarlierFinding | ReportAbsent): boolean {
  return 'status' in finding && finding.status === 'explained';
}

/** Why a finding that is not there may still hold; null: it was looked for, and is gone. */
function doubtOf(
  { check, device }: Pick<EarlierFinding, 'check' | 'device'>,
  report: AuditReport,
  previous: EarlierReport,
): ReportAbsent['reason'] {
  if (!report.checks.some(({ id }) => id === check)) return 'check-not-run';
  if (device === null) return doubtOfNoDevice(report, previous);
  const audited = report.devices.find(({ id }) => id === device);
  if (audited === undefined) return 'device-not-audited';
  return isSure(report, audited) && audited.outcomes[check] !== 'unknown' ? null : 'scan-incomplete';
}

/** What is about no device is gone only if this run saw all that the earlier one saw. */
function doubtOfNoDevice(report: AuditReport, previous: EarlierReport): ReportAbsent['reason'] {
  const files = new Set(report.captures.map(({ file }) => file));
  const devices = new Set(report.devices.map(({ id }) => id));
  const all =
    previous.captures.every((file) => files.has(file)) && previous.devices.every((id) => devices.has(id));
  if (!all) return 'device-not-audited';
  return report.summary.complete ? null : 'scan-incomplete';
}

function grouped<T extends { readonly key: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const each of items) {
    const group = groups.get(each.key);
    if (group === undefined) groups.set(each.key, [each]);
    else group.push(each);
  }
  return groups;
}

function byKey<T extends { readonly key: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((each) => [each.key, each]));
}
