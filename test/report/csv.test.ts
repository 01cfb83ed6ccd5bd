import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { csv } from '../../src/report/csv.js';
import { finding, report } from './build.js';
import { rendered, reports, sampleNamed } from './formats.js';
import * as samples from './samples.js';

/** Reads CSV by the grammar of RFC 4180, section 2; throws where the text does not follow it. */
function parse(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /"((?:[^"]|"")*)"(,|\r\n)|([^",\r\n]*)(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const place = field.lastIndex;
    const found = field.exec(text);
    if (found === null) throw new Error(`no field at ${place}`);
    row.push(found[1]?.replaceAll('""', '"') ?? found[3] ?? '');
    if ((found[2] ?? found[4]) === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  if (row.length > 0) throw new Error('the last record has no end');
  return rows;
}

function records(audit: AuditReport): readonly Readonly<Record<string, string>>[] {
  const [head = [], ...rows] = parse(rendered(csv, audit));
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])));
}

test.each(['full', 'hostile'] as const)('reads as its golden: %s', async (name) => {
  const text = rendered(csv, sampleNamed(name)).replaceAll('\r\n', '\n');
  await expect(text).toMatchFileSnapshot(`goldens/${name}.csv`);
});

describe('the table', () => {
  test.each(reports)('of %s has a row a finding, all of one length', (_name, audit) => {
    const rows = parse(rendered(csv, audit));
    expect(rows).toHaveLength(1 + audit.findings.length);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  });

  test('tells who gets in where, and where that stands', () => {
    expect(records(samples.reseller)[0]).toMatchObject({
      key: '7f3a9c01d2e4',
      check: 'FWA-ADM-002',
      severity: 'critical',
      status: 'open',
      known: 'no',
      change: '',
      device: 'fw-paris-1',
      entry: 'WAN',
      party: 'undeclared',
      sources: '203.0.113.7/32',
      target: 'X1 198.51.100.2/32',
      service: 'tcp/443',
      file: 'fw-paris-1/config.exp',
      line: '1',
      place: 'policyAction_31',
      explanation: '',
    });
  });

  test('tells explained findings and known ones too', () => {
    expect(records(samples.explained).map(({ status, explanation }) => [status, explanation])).toEqual([
      ['explained', 'acme-on-call'],
      ['explained', 'paris-lyon'],
    ]);
    expect(records(samples.againstBaseline).map(({ known }) => known)).toEqual(['no', 'yes', 'yes', 'yes']);
  });
});

describe('hostile texts', () => {
  test.each([
    ['=HYPERLINK("http://evil.example")'],
    ['+1+1'],
    ['-2+3'],
    ['@SUM(A1)'],
    ['  =1+1'],
    ['＝1+1'],
    ['＠SUM(A1)'],
  ])('%j is no formula', (title) => {
    expect(records(report({ findings: [finding({ title })] }))[0]?.title).toBe(`'${title}`);
  });

  test.each([['\t=1+1'], ['\r=1+1'], ['\n=1+1']])('%j does not begin with what hides a formula', (title) => {
    expect(records(report({ findings: [finding({ title })] }))[0]?.title).toMatch(/^\\[trn]=/);
  });

  test('stay in their cell, whatever they are, and come back as they show', () => {
    const text = fc.string({ unit: fc.constantFrom(...'",\r\n;=a \\'), maxLength: 40 });
    fc.assert(
      fc.property(text, (message) => {
        const [record, ...others] = records(report({ findings: [finding({ message })] }));
        expect(others).toEqual([]);
        const shown = message.replaceAll('\r', '\\r').replaceAll('\n', '\\n');
        expect(record?.message?.replace(/^'(?=\s*=)/, '')).toBe(shown);
        expect(record?.check).toBe('FWA-ADM-002');
      }),
    );
  });

  test('are cut before they no longer fit a cell', () => {
    const sources = Array.from({ length: 9000 }, (_, index) => `203.0.113.${index}/32`);
    const cell = records(report({ findings: [finding({ remainder: sources })] }))[0]?.remainder ?? '';
    expect(cell.length).toBeLessThanOrEqual(32_767);
    expect(cell.endsWith('…')).toBe(true);
  });
});
