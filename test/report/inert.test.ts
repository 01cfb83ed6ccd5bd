import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { formats } from '../../src/report/index.js';
import { inert, inertJson } from '../../src/report/inert.js';
import { EVIL, full, hostile } from './samples.js';

/** Everything that acts instead of showing, newlines of the page apart. */
const ACTIVE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;

describe('inert', () => {
  test.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['\u009b31m', '\\x9b31m'],
    ['a\nb\r\nc\td', 'a\\nb\\r\\nc\\td'],
    ['\u0000\u007f', '\\x00\\x7f'],
    ['\u202eabc\u2066', '\\u{202e}abc\\u{2066}'],
    ['\u200b\ufeff\u2028', '\\u{200b}\\u{feff}\\u{2028}'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['Intégration 東京 😀', 'Intégration 東京 😀'],
  ])('shows %j as %s', (text, expected) => {
    expect(inert(text)).toBe(expected);
  });

  test('cuts what is too long and shows that it was cut', () => {
    expect(inert('a'.repeat(120))).toBe('a'.repeat(120));
    expect(inert('a'.repeat(121))).toBe(`${'a'.repeat(120)}…`);
    expect(inert('\u001b'.repeat(100), { max: 10 })).toBe('\\x1b\\x1b…');
    expect(inert('abcdef', { max: 3, unicode: false })).toBe('abc...');
  });

  test('keeps to ASCII when asked', () => {
    expect(inert('é · “x” → …', { unicode: false })).toBe('\\xe9 - "x" -> ...');
  });

  test('is never active, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.boolean(), (text, unicode) => {
        const result = inert(text, { unicode });
        expect(result).not.toMatch(ACTIVE);
        expect(result).not.toContain('\n');
        expect(result).not.toMatch(/\p{Cs}/u);
        if (!unicode) expect(result).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});

test('inertJson changes the writing and not the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = inertJson(JSON.stringify(value, null, 2));
      expect(text).not.toMatch(ACTIVE);
      expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(value));
    }),
  );
  expect(JSON.parse(inertJson(JSON.stringify([EVIL])))).toEqual([EVIL]);
});

/** Poisons every text of a report, keys of maps included. */
function poison(value: unknown): unknown {
  if (typeof value === 'string') return `${EVIL}${value}`;
  if (Array.isArray(value)) return value.map(poison);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key.startsWith('FWA-') ? `${EVIL}${key}` : key,
      poison(each),
    ]),
  );
}

describe.each(formats.map((format) => [format.id, format] as const))('the format %s', (_id, format) => {
  /** Texts that come from fwaudit and not from a configuration. */
  const poisoned = poison(full) as AuditReport;
  const kept = {
    ...poisoned,
    findings: poisoned.findings.map((each, index) => ({
      ...each,
      severity: full.findings[index]?.severity ?? 'low',
      status: full.findings[index]?.status ?? 'open',
      change: full.findings[index]?.change ?? null,
    })),
    checks: poisoned.checks.map((each, index) => ({
      ...each,
      severity: full.checks[index]?.severity ?? 'low',
    })),
    exposures: poisoned.exposures.map((each, index) => ({
      ...each,
      status: full.exposures[index]?.status ?? 'own',
    })),
  };

  test.each([
    ['hostile', hostile],
    ['full, with every text poisoned', kept],
  ])('leaves nothing active in the report %s', (_name, report) => {
    for (const verbosity of [0, 1, 2] as const) {
      for (const unicode of [true, false]) {
        const text = format.render(report, { width: 80, colour: false, verbosity, unicode });
        expect(text.replaceAll(format.newline ?? '\n', '\n')).not.toMatch(ACTIVE);
      }
    }
  });

  test('has an id and a name of its own, and ends in a newline', () => {
    expect(format.id).toMatch(/^[a-z]+$/);
    expect(format.name).not.toBe('');
    expect(formats.filter(({ id }) => id === format.id)).toHaveLength(1);
    const text = format.render(full, { width: 80, colour: true, verbosity: 0, unicode: true });
    expect(text).toMatch(/[^\r\n]\r?\n$/);
    expect(new Set(text.match(/\r?\n/g))).toEqual(new Set([format.newline ?? '\n']));
  });
});

test('a hostile name cannot write a line of its own', () => {
  const text = formats[0]?.render(hostile, { width: 100, colour: false, verbosity: 2, unicode: true }) ?? '';
  expect(text.split('\n').filter((line) => /^ ?(clean|scan complete)/.test(line))).toEqual([]);
});
