import { describe, expect, test } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { gitlab } from '../../src/report/gitlab.js';
import { capture, finding, report } from './build.js';
import { rendered, reports, sampleNamed } from './formats.js';
import * as samples from './samples.js';

interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

function issuesOf(audit: AuditReport): readonly Issue[] {
  return JSON.parse(rendered(gitlab, audit)) as readonly Issue[];
}

test.each(['full', 'truncated', 'hostile'] as const)('reads as its golden: %s', async (name) => {
  await expect(rendered(gitlab, sampleNamed(name))).toMatchFileSnapshot(`goldens/${name}.gitlab.txt`);
});

describe('the issues', () => {
  test.each(reports)('of %s have all that GitLab asks for', (_name, audit) => {
    const open = audit.findings.filter(({ status }) => status === 'open');
    const doubts = audit.diagnostics.filter(({ incomplete }) => incomplete);
    const issues = issuesOf(audit);
    expect(issues).toHaveLength(open.length + doubts.length);
    for (const issue of issues) {
      expect(Object.keys(issue)).toEqual([
        'description',
        'check_name',
        'fingerprint',
        'severity',
        'location',
      ]);
      expect(issue.description).not.toBe('');
      expect(issue.fingerprint).toMatch(/^[0-9a-f]+$/);
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(issue.severity);
      expect(issue.location.path).not.toMatch(/^(\.\/|$)/);
      expect(issue.location.lines.begin).toBeGreaterThan(0);
    }
  });

  test.each([
    ['critical', 'blocker'],
    ['high', 'critical'],
    ['medium', 'major'],
    ['low', 'minor'],
    ['info', 'info'],
  ] as const)('of severity %s are %s', (severity, name) => {
    expect(issuesOf(report({ findings: [finding({ severity })] }))[0]?.severity).toBe(name);
  });

  test('keep their fingerprint as long as it is the same finding', () => {
    const [before] = issuesOf(report({ findings: [finding()] }));
    const [after] = issuesOf(report({ findings: [finding({ message: 'other words', locations: [] })] }));
    expect(before?.fingerprint).toBe(finding().key);
    expect(after?.fingerprint).toBe(before?.fingerprint);
  });

  test('about an incomplete scan have one of their own each', () => {
    const fingerprints = issuesOf(samples.unrecognised).map(({ fingerprint }) => fingerprint);
    expect(fingerprints).toHaveLength(3);
    expect(new Set(fingerprints).size).toBe(3);
    expect(issuesOf(samples.unrecognised).map(({ fingerprint }) => fingerprint)).toEqual(fingerprints);
  });

  test('name files as the repository does, and something always', () => {
    const file = './sites/fw.exp';
    const paths = (audit: AuditReport) => issuesOf(audit).map(({ location }) => location.path);
    const locations = [{ file: `${file}#vdom1`, line: 3 }];
    expect(paths(report({ captures: [capture({ file })], findings: [finding({ locations })] }))).toEqual([
      'sites/fw.exp',
    ]);
    expect(paths(report({ findings: [finding({ locations: [], device: null })] }))).toEqual(['.']);
  });
});
