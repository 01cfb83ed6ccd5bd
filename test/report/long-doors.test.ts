import { expect, it } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { auditCaptures } from '../support/run.js';

/** One door that many rules open: what is told of each, and in which order they go. */

function door(rules: number, language: 'en' | 'fr' = 'en'): AuditReport {
  const lines = Array.from(
    { length: rules },
    (_, n) => `-A INPUT -i eth0 -p tcp -s 203.0.${n >> 7}.${(n * 2) & 255}/32 --dport 22 -j ACCEPT`,
  );
  const text = [
    '*filter',
    ':INPUT DROP [0:0]',
    ':FORWARD DROP [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ...lines,
    'COMMIT',
    '',
  ];
  const bytes = new TextEncoder().encode(text.join('\n'));
  return auditCaptures([{ file: 'rules.v4', bytes }], { language });
}

const rulesIn = (report: AuditReport) =>
  report.exposures.flatMap(({ path }) => path.filter(({ part }) => part === 'rule').map(({ name }) => name));

const found = (report: AuditReport) => report.findings.find(({ check }) => check === 'FWA-ADM-002');

it('names every rule, the last one first, as numbers move', () => {
  const report = door(12);
  expect(report.exposures).toHaveLength(1);
  expect(rulesIn(report)).toHaveLength(12);
  const { fix = [] } = found(report) ?? {};
  expect(fix.filter((step) => step.includes(' -R '))).toEqual(
    Array.from({ length: 12 }, (_, n) => expect.stringContaining(`iptables -R INPUT ${12 - n} `)),
  );
  expect(fix.filter((step) => step.startsWith('Keep it'))).toHaveLength(1);
  expect(fix.at(-1)).toBe('Keep it over a restart: iptables-save, into the file that is loaded at boot');
});

it('counts those behind the fiftieth, and leaves no source out', () => {
  const report = door(80);
  const names = rulesIn(report);
  expect(names).toHaveLength(51);
  expect(names.at(-1)).toBe('and 30 more');
  expect(report.exposures[0]?.sources).toHaveLength(80);
  const { fix = [], locations = [] } = found(report) ?? {};
  expect(locations).toHaveLength(50);
  expect(fix).toHaveLength(102);
  expect(fix.slice(-2)).toEqual([
    'and likewise for 30 more rules',
    expect.stringMatching(/^Keep it over a restart/),
  ]);
});

it('says so in French', () => {
  expect(found(door(80, 'fr'))?.fix.slice(-2)).toEqual([
    'et de même pour 30 autres règles',
    expect.stringMatching(/^Pour qu’il tienne au redémarrage/),
  ]);
});
