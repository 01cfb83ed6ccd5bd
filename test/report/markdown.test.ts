import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { markdown } from '../../src/report/markdown.js';
import { markdownCode, markdownText } from '../../src/report/markdown-text.js';
import { finding, report } from './build.js';
import { rendered, reports, sampleNamed } from './formats.js';
import * as samples from './samples.js';

const options = { max: 400, unicode: true } as const;

/** The text without its code spans (GFM 6.3: a run of backticks up to the next run of the same length). */
function outsideCode(text: string): string {
  return text.replace(/(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/g, '');
}

/** The cells of each row of the table, split where GFM splits them: at `|` that no `\` stands before. */
function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
}

test.each([
  'reseller',
  'full',
  'several',
  'truncated',
  'clean',
  'againstBaseline',
  'allKnown',
  'hostile',
] as const)('reads as its golden: %s', async (name) => {
  await expect(rendered(markdown, sampleNamed(name))).toMatchFileSnapshot(`goldens/${name}.md`);
});

describe('the comment', () => {
  test.each(reports)('on %s has a row a new finding, each with four cells', (_name, audit) => {
    const rows = rowsOf(rendered(markdown, audit));
    const open = audit.findings.filter(({ status, known }) => status === 'open' && !known);
    expect(rows).toHaveLength(open.length === 0 ? 0 : 2 + open.length);
    for (const row of rows) expect(row).toHaveLength(4);
  });

  test.each(reports)('on %s never says that nothing is open when the scan is incomplete', (_name, audit) => {
    const [verdict = ''] = rendered(markdown, audit).split('\n');
    if (!audit.summary.complete) expect(verdict).not.toMatch(/: nothing (open|new)$/);
    if (audit.summary.complete && audit.findings.every(({ status }) => status === 'explained')) {
      expect(verdict).toMatch(/: nothing (open|new)$/);
    }
    expect(rendered(markdown, audit)).toContain(
      audit.summary.complete
        ? 'the scan is complete.'
        : 'the scan is incomplete: a door may have been missed.',
    );
  });

  test('stays short, and says how much it leaves out', () => {
    const findings = Array.from({ length: 1000 }, (_, index) =>
      finding({ key: `${index}`, message: 'm'.repeat(5000), fix: ['f'.repeat(5000)] }),
    );
    const text = rendered(markdown, report({ findings }));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain('and 975 more');
    expect(text).toContain('1000 open findings, at worst critical');

    const pipes = findings.map((each) => ({ ...each, message: '|`'.repeat(500), fix: ['|'.repeat(500)] }));
    expect(rendered(markdown, report({ findings: pipes })).length).toBeLessThan(65_536);
    const steps = Array.from({ length: 500 }, () => 'delete this rule and that one');
    const long = findings.map((each) => ({ ...each, fix: steps }));
    expect(rendered(markdown, report({ findings: long })).length).toBeLessThan(65_536);
  });

  test('is ASCII when asked', () => {
    expect(rendered(markdown, samples.hostile, { unicode: false })).toMatch(/^[\n -~]*$/);
  });
});

describe('text from a configuration', () => {
  test.each([
    [
      'plain words, with 203.0.113.7 (undeclared): tcp/443',
      'plain words, with 203.0.113.7 (undeclared): tcp/443',
    ],
    ['Firewall > Access Rules', 'Firewall > Access Rules'],
    ['ping @everyone now', 'ping `@everyone` now'],
    ['closes #12 and GH-12', 'closes `#12` and `GH-12`'],
    ['<script>alert(1)</script>', '`<script>alert(1)</script>`'],
    ['&lt; &#64;x', '`&lt; &#64;x`'],
    ['[x](https://evil.example)', '`[x](https://evil.example)`'],
    ['https://evil.example www.evil.example', '`https://evil.example www.evil.example`'],
    ['me@evil.example', '`me@evil.example`'],
    ['**bold** _it_ ~no~', '`**bold** _it_ ~no~`'],
    ['a|b', '`a\\x7cb`'],
    ['a\\|b', '`a\\\\x7cb`'],
    ['tick ` tock', 'tick `` ` `` tock'],
    ['`` ` ``', '``` `` ` `` ```'],
    [':smile: 2001:db8::1', '`:smile: 2001:db8::1`'],
    ['deadbeef', '`deadbeef`'],
    ['$x^2$', '`$x^2$`'],
    ['- item', '`-` item'],
    ['1. item', '`1.` item'],
    ['> quote', '`>` quote'],
    ['/close', '`/close`'],
    ['    four spaces', 'four spaces'],
    ['line\nbreak', '`line\\nbreak`'],
    ['Intégration 東京', 'Intégration 東京'],
  ])('%j becomes %s', (text, expected) => {
    expect(markdownText(text, options)).toBe(expected);
  });

  test('means nothing, whatever it is', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'`\\|<>@#[]()!*_~&$:/.-+= \n\tab1', 'www.', '://', '\u202e', 'é'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (each) => {
        for (const shown of [markdownText(each, options), markdownCode(each, options)]) {
          expect(shown).not.toMatch(/[\n\t|]/);
          const outside = outsideCode(shown);
          expect(outside).not.toMatch(/[`\\<@#[\]!*_~&$]/);
          expect(outside).not.toMatch(/:\/\/|www\.|:[\w+-]+:/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('cannot leave its cell', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'|\\`\n a'), maxLength: 30 }), (text) => {
        const audit: AuditReport = report({
          findings: [
            finding({
              message: text,
              fix: [text],
              device: text,
              locations: [{ file: text, line: 1, key: text }],
            }),
          ],
        });
        expect(rowsOf(rendered(markdown, audit)).map((row) => row.length)).toEqual([4, 4, 4]);
      }),
    );
  });
});
