import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withBaseline } from '../../src/compare/compare.js';
import type { AuditReport, ReportExposure, ReportFinding } from '../../src/model/audit-report.js';
import { SEVERITIES } from '../../src/model/check.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { capture, device, exposure, finding, report, SSH } from '../report/build.js';
import { reports } from '../report/formats.js';
import { clean, full, reseller, truncated } from '../report/samples.js';
import { auditFiles, fixtureCases } from '../support/run.js';
import { earlier } from './earlier.js';

/** A report of one finding, about a door where there is one. */
function about(parts: Partial<ReportFinding>, door: Partial<ReportExposure> | null = {}): AuditReport {
  const exposures = door === null ? [] : [exposure({ key: 'door', ...door })];
  const remainder = door?.remainder ?? door?.sources ?? ['203.0.113.7/32'];
  return report({
    captures: [capture()],
    devices: [device()],
    exposures,
    findings: [
      finding({
        exposure: door === null ? null : 'door',
        remainder: door === null ? [] : remainder,
        hash: JSON.stringify([parts.hash, door]),
        ...parts,
      }),
    ],
  });
}

function isKnown(before: AuditReport, now: AuditReport): boolean {
  const compared = withBaseline(now, earlier(before), 'high');
  const known = compared.findings[0]?.known ?? false;
  expect(compared.summary.known).toBe(known ? 1 : 0);
  expect(compared.summary.exitCode).toBe(known ? 0 : 1);
  expect(compared.findings.map(({ known: _, ...rest }) => rest)).toEqual(
    now.findings.map(({ known: _, ...rest }) => rest),
  );
  return known;
}

describe('a run against its own report', () => {
  const fixtures = fixtureCases().map(
    ({ platform, name, configs }) => [`${platform} ${name}`, auditFiles(configs)] as const,
  );

  test.each([...reports, ...fixtures])('has nothing new: %s', (_name, audit) => {
    const { findings, summary, baseline } = withBaseline(audit, earlier(audit), 'info');
    expect(findings.map(({ known }) => known)).toEqual(audit.findings.map(({ status }) => status === 'open'));
    expect(summary.known).toBe(audit.findings.filter(({ status }) => status === 'open').length);
    expect(summary.exitCode).toBe(audit.summary.complete ? 0 : 3);
    expect(summary.open).toEqual(audit.summary.open);
    expect(baseline).toEqual({ file: 'earlier.json', at: audit.at });
  });
});

describe('what counts', () => {
  test('is everything against an empty baseline', () => {
    for (const failOn of SEVERITIES) {
      const { summary } = withBaseline(reseller, earlier(clean), failOn);
      expect(summary).toEqual({ ...reseller.summary, exitCode: 1 });
    }
  });

  test('is what is new at or above the severity that was asked for', () => {
    const now = about({ severity: 'medium' });
    expect(withBaseline(now, earlier(clean), 'medium').summary.exitCode).toBe(1);
    expect(withBaseline(now, earlier(clean), 'high').summary.exitCode).toBe(0);
  });

  test('an incomplete scan, whatever is known', () => {
    expect(withBaseline(truncated, earlier(truncated), 'info').summary.exitCode).toBe(3);
  });

  test('what was explained in the baseline and is open now', () => {
    const explained = about({ status: 'explained', explanation: ['acme-on-call'] });
    expect(isKnown(explained, about({ hash: JSON.stringify([undefined, {}]) }))).toBe(false);
  });

  test('not what is explained now', () => {
    const { findings, summary } = withBaseline(full, earlier(clean), 'info');
    const explained = findings.filter(({ status }) => status === 'explained');
    expect(explained.map(({ known }) => known)).toEqual([false]);
    expect(summary.exitCode).toBe(1);
  });
});

describe('a door that the baseline holds', () => {
  const before = {
    sources: ['203.0.113.0/28'],
    service: { ...exposure().service, ports: ['443', '8443-8445'] },
    conditions: ['schedule "Work Hours"'],
  };

  test.each([
    ['as it was', before],
    ['from fewer sources', { ...before, sources: ['203.0.113.7/32'] }],
    ['on fewer ports', { ...before, service: { ...before.service, ports: ['8444'] } }],
    ['at one condition more', { ...before, conditions: [...before.conditions, 'users "admins"'] }],
    ['on fewer addresses', { ...before, target: { ...exposure().target, addresses: [] } }],
  ])('stays known: %s', (_name, now) => {
    expect(isKnown(about({}, before), about({}, now))).toBe(true);
  });

  test.each([
    ['from one address more', { ...before, sources: ['203.0.113.0/28', '203.0.113.16/32'] }],
    ['from a wider network', { ...before, sources: ['203.0.113.0/27'] }],
    ['from IPv6 too', { ...before, sources: ['203.0.113.0/28', '2001:db8::/64'] }],
    ['on one port more', { ...before, service: { ...before.service, ports: ['443', '8443-8446'] } }],
    ['by another protocol', { ...before, service: { ...before.service, protocol: 'udp' } }],
    ['without its condition', { ...before, conditions: [] }],
    ['on one address more', { ...before, target: { ...exposure().target, addresses: ['198.51.100.2/31'] } }],
  ])('counts when it became wider: %s', (_name, now) => {
    expect(isKnown(about({}, before), about({}, now))).toBe(false);
  });

  test('counts when an explanation covers less of it', () => {
    const partly = { sources: ['203.0.113.0/28'], remainder: ['203.0.113.0/29'] };
    expect(isKnown(about({}, partly), about({}, { ...partly, remainder: ['203.0.113.0/30'] }))).toBe(true);
    expect(isKnown(about({}, partly), about({}, { ...partly, remainder: ['203.0.113.0/28'] }))).toBe(false);
  });

  test('is judged by all who come in, where a fact about it is meant', () => {
    const fact = { subject: 'WAN > X1 > http-management' };
    const narrow = { sources: ['203.0.113.7/32'], remainder: [] };
    const wide = { sources: ['203.0.113.6/31'], remainder: [] };
    expect(isKnown(about(fact, wide), about(fact, narrow))).toBe(true);
    expect(isKnown(about(fact, narrow), about(fact, wide))).toBe(false);
  });

  test('is held together from all that bear its key', () => {
    const https = exposure({ key: 'door' });
    const ssh = exposure({ key: 'door', service: SSH });
    const one = about({ hash: 'a' });
    const both = (hash: string) => ({ ...about({ hash }), exposures: [https, ssh] });
    expect(isKnown(both('b'), one)).toBe(true);
    expect(isKnown(one, both('b'))).toBe(false);
  });

  test('never lets in anybody whom it did not let in before', () => {
    const cidr = fc
      .tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 26, max: 32 }))
      .map(([host, prefix]) => IpSet.of(`203.0.113.${host}/${prefix}`));
    const set = fc.array(cidr, { minLength: 1, maxLength: 4 }).map((sets) => IpSet.unionOf(sets));
    fc.assert(
      fc.property(set, set, (a, b) => {
        const known = isKnown(
          about({ hash: 'a' }, { sources: a.toCidrs() }),
          about({ hash: 'b' }, { sources: b.toCidrs() }),
        );
        expect(known).toBe(a.contains(b));
      }),
    );
  });
});

describe('a fact that the baseline holds', () => {
  test('is known as long as it is the same, whatever is said about it', () => {
    const before = about({ hash: 'a', message: 'the tunnel ends at 203.0.113.40' }, null);
    expect(isKnown(before, about({ hash: 'a', message: 'in other words' }, null))).toBe(true);
  });

  test('counts when it changed', () => {
    expect(isKnown(about({ hash: 'a' }, null), about({ hash: 'b' }, null))).toBe(false);
  });
});

test('a baseline that lies about addresses hides nothing', () => {
  const lying = about({ hash: 'a' }, { sources: ['everything', '0.0.0.0/99'], remainder: ['everything'] });
  expect(isKnown(lying, about({ hash: 'b' }))).toBe(false);
});
