import { describe, expect, test } from 'vitest';
import { withPrevious } from '../../src/compare/compare.js';
import type { AuditReport, ReportAbsent, ReportFinding } from '../../src/model/audit-report.js';
import { at, capture, check, device, finding, report } from '../report/build.js';
import { reports } from '../report/formats.js';
import { auditFiles, fixtureCases } from '../support/run.js';
import { earlier } from './earlier.js';

/** A run that looked at fw-paris-1 and found these. */
function run(day: string, findings: readonly Partial<ReportFinding>[], parts: Partial<AuditReport> = {}) {
  return report({
    at: day,
    captures: [capture()],
    devices: [device({ outcomes: { 'FWA-ADM-002': 'pass' } })],
    checks: [check()],
    findings: findings.map(finding),
    ...parts,
  });
}

function follow(...runs: readonly AuditReport[]): AuditReport {
  const [first, ...rest] = runs;
  if (first === undefined) throw new Error('no run');
  return rest.reduce((before, now) => withPrevious(now, earlier(before)), first);
}

function changes(audit: AuditReport): Readonly<Record<string, string | null>> {
  const absent = audit.previous?.absent ?? [];
  return Object.fromEntries([...audit.findings, ...absent].map(({ key, change }) => [key, change]));
}

const DAY = '2026-11-01';
const NEXT = '2026-11-08';
const LATER = '2026-11-15';

describe('a run after its own report', () => {
  const fixtures = fixtureCases().map(
    ({ platform, name, configs }) => [`${platform} ${name}`, auditFiles(configs)] as const,
  );

  /** Samples that name two findings alike stand for no run. */
  const samples = reports.filter(
    ([, { findings }]) => new Set(findings.map(({ key }) => key)).size === findings.length,
  );

  test.each(fixtures)('names no two findings alike: %s', (_name, { findings }) => {
    expect(new Set(findings.map(({ key }) => key)).size).toBe(findings.length);
  });

  test.each([...samples, ...fixtures])('has nothing new: %s', (_name, audit) => {
    const followed = withPrevious({ ...audit, previous: null }, earlier({ ...audit, previous: null }));
    expect(followed.findings.map(({ change }) => change)).toEqual(
      audit.findings.map(({ status }) => (status === 'open' ? 'open' : 'resolved')),
    );
    expect(followed.previous).toEqual({ file: 'earlier.json', at: audit.at, absent: [] });
    expect(followed.summary).toEqual(audit.summary);
  });
});

describe('a finding is', () => {
  test('new, when the previous report did not know it', () => {
    expect(changes(follow(run(DAY, []), run(NEXT, [{ key: 'a' }])))).toEqual({ a: 'new' });
  });

  test('open, as long as it stands as it stood', () => {
    const same = { key: 'a', hash: '1' };
    const reworded = { ...same, message: 'in other words', locations: [at('policyAction_99')] };
    expect(changes(follow(run(DAY, [same]), run(NEXT, [same]), run(LATER, [reworded])))).toEqual({
      a: 'open',
    });
  });

  test('changed, with the same key and another hash, and open again once that stands', () => {
    const [before, now] = [run(DAY, [{ key: 'a', hash: '1' }]), run(NEXT, [{ key: 'a', hash: '2' }])];
    expect(changes(follow(before, now))).toEqual({ a: 'changed' });
    expect(changes(follow(before, now, now))).toEqual({ a: 'open' });
  });

  test('resolved, when it is explained', () => {
    const explained = { key: 'a', status: 'explained', explanation: ['acme-on-call'] } as const;
    expect(changes(follow(run(DAY, [{ key: 'a' }]), run(NEXT, [explained])))).toEqual({ a: 'resolved' });
    expect(changes(follow(run(DAY, []), run(NEXT, [explained])))).toEqual({ a: 'resolved' });
  });

  test('reopened, when its explanation does not hold any more', () => {
    const explained = { key: 'a', status: 'explained', explanation: ['acme-on-call'] } as const;
    expect(changes(follow(run(DAY, [explained]), run(NEXT, [{ key: 'a' }])))).toEqual({ a: 'reopened' });
  });

  test('resolved, when it is gone, and stays so', () => {
    const gone = follow(run(DAY, [{ key: 'a' }]), run(NEXT, []));
    const entry: ReportAbsent = {
      check: 'FWA-ADM-002',
      severity: 'critical',
      key: 'a',
      hash: finding().hash,
      device: 'fw-paris-1',
      title: finding().title,
      message: finding().message,
      change: 'resolved',
      reason: null,
      lastSeen: DAY,
    };
    expect(gone.previous).toEqual({ file: 'earlier.json', at: DAY, absent: [entry] });
    expect(follow(gone, run(LATER, [])).previous).toEqual({
      file: 'earlier.json',
      at: NEXT,
      absent: [entry],
    });
  });

  test('reopened, when it comes back, however many runs later', () => {
    const runs = [run(DAY, [{ key: 'a' }]), run(NEXT, []), run(LATER, []), run('2026-11-22', [{ key: 'a' }])];
    const back = follow(...runs);
    expect(changes(back)).toEqual({ a: 'reopened' });
    expect(back.previous?.absent).toEqual([]);
    expect(changes(follow(back, run('2026-11-29', [{ key: 'a' }])))).toEqual({ a: 'open' });
  });

  test('forgotten a year after it was last seen', () => {
    const gone = follow(run('2025-11-01', [{ key: 'a' }]), run('2025-11-08', []));
    expect(changes(follow(gone, run('2026-11-02', [])))).toEqual({ a: 'resolved' });
    expect(changes(follow(gone, run('2026-11-03', [])))).toEqual({});
    expect(changes(follow(gone, run('2026-11-03', []), run('2026-11-04', [{ key: 'a' }])))).toEqual({
      a: 'new',
    });
  });
});

describe('what is not found is not called resolved', () => {
  const before = run(DAY, [{ key: 'a' }]);
  const truncated = {
    code: 'truncated',
    message: 'm',
    hint: null,
    location: at('x'),
    incomplete: true,
  } as const;
  const elsewhere = { ...truncated, location: { file: 'fw-nice/config.exp', line: 1 } };

  function absentAfter(parts: Partial<AuditReport>): readonly ReportAbsent[] {
    return follow(before, run(NEXT, [], parts)).previous?.absent ?? [];
  }

  test.each([
    ['its device was not audited', { devices: [device({ id: 'fw-nice' })] }, 'device-not-audited'],
    ['its check did not run', { checks: [check({ id: 'FWA-ADM-001' })] }, 'check-not-run'],
    ['its input was cut off', { diagnostics: [truncated] }, 'scan-incomplete'],
    [
      'its check came to no answer',
      { devices: [device({ outcomes: { 'FWA-ADM-002': 'unknown' } })] },
      'scan-incomplete',
    ],
  ] as const)('when %s', (_name, parts, reason) => {
    expect(absentAfter(parts)).toMatchObject([{ key: 'a', change: 'open', reason, lastSeen: DAY }]);
  });

  test('but is, when only another input was in doubt', () => {
    expect(absentAfter({ diagnostics: [elsewhere] })).toMatchObject([{ change: 'resolved', reason: null }]);
  });

  test('and is, once a later run can tell', () => {
    const unsure = follow(before, run(NEXT, [], { diagnostics: [truncated] }));
    expect(changes(unsure)).toEqual({ a: 'open' });
    expect(follow(unsure, run(LATER, [])).previous?.absent).toMatchObject([
      { key: 'a', change: 'resolved', reason: null, lastSeen: DAY },
    ]);
  });

  test('and is open, not reopened, when it was only out of sight', () => {
    const unsure = follow(before, run(NEXT, [], { devices: [] }));
    expect(changes(follow(unsure, run(LATER, [{ key: 'a' }])))).toEqual({ a: 'open' });
    expect(changes(follow(unsure, run(LATER, [{ key: 'a', hash: 'other' }])))).toEqual({ a: 'changed' });
  });

  test('a finding about no device is gone only when all was seen that was seen before', () => {
    const aboutCapture = run(DAY, [{ key: 'a', device: null }]);
    const absentOf = (parts: Partial<AuditReport>) =>
      follow(aboutCapture, run(NEXT, [], parts)).previous?.absent;
    expect(absentOf({})).toMatchObject([{ change: 'resolved', reason: null }]);
    expect(absentOf({ captures: [capture({ file: 'other.exp' })] })).toMatchObject([
      { change: 'open', reason: 'device-not-audited' },
    ]);
    expect(absentOf({ diagnostics: [elsewhere] })).toMatchObject([
      { change: 'open', reason: 'scan-incomplete' },
    ]);
  });

  test('an explained one stays resolved, whatever was seen', () => {
    const explained = run(DAY, [{ key: 'a', status: 'explained', explanation: ['acme-on-call'] }]);
    const absent = follow(explained, run(NEXT, [], { devices: [] })).previous?.absent;
    expect(absent).toMatchObject([{ change: 'resolved', reason: null }]);
  });
});

test('the exit code is that of the run itself', () => {
  expect(follow(run(DAY, [{}]), run(NEXT, [{}])).summary.exitCode).toBe(1);
  expect(follow(run(DAY, [{}]), run(NEXT, [])).summary.exitCode).toBe(0);
});
