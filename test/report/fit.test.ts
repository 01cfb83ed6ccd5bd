import { describe, expect, test } from 'vitest';
import type { Severity } from '../../src/model/check.js';
import { fitParts, fixed, laidOutLater, type Part } from '../../src/report/terminal/fit.js';
import { terminal } from '../../src/report/terminal.js';
import { capture, device, exposure, finding, report } from './build.js';

function lines(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index + 1} of ${count}`);
}

/** A part of one line, or of more where there is room, at these ranks. */
function part(name: string, forms: readonly { readonly count: number; readonly rank: number }[]): Part {
  const more = forms.map(({ count, rank }) => ({ lines: lines(name, count), rank, tight: false }));
  return { forms: [{ lines: lines(name, 1), rank: 0, tight: true }, ...more], holdsSample: false };
}

describe('parts that share a screen', () => {
  const door = part('door', [
    { count: 3, rank: 0 },
    { count: 8, rank: 2 },
  ]);
  const fact = part('fact', [{ count: 9, rank: 1 }]);
  const parts = [fixed(['header']), door, fact];

  test('are told in full where there is room', () => {
    const { lines, folded } = fitParts(parts, 20);
    expect(lines).toHaveLength(20);
    expect(folded.size).toBe(0);
  });

  test('get room by rank, whatever their place', () => {
    const { lines, folded } = fitParts(parts, 19);
    expect(lines).toContain('door 3 of 3');
    expect(lines).toContain('fact 9 of 9');
    expect([...folded]).toEqual([door]);
  });

  test('leave room that one cannot use to the next', () => {
    const { lines, folded } = fitParts(parts, 12);
    expect(lines).toEqual([
      'header',
      '',
      ...Array.from({ length: 8 }, (_, i) => `door ${i + 1} of 8`),
      '',
      'fact 1 of 1',
    ]);
    expect([...folded]).toEqual([fact]);
  });

  test('are laid out only as far as there is room', () => {
    const asked: string[] = [];
    const later = (name: string, count: number, rank: number) =>
      laidOutLater(rank, () => {
        asked.push(`${name} ${count}`);
        return lines(name, count);
      });
    const long = (name: string): Part => ({
      forms: [later(name, 1, 0), later(name, 9, 1), later(name, 99, 2)],
      holdsSample: false,
    });
    expect(fitParts([long('a'), long('b'), long('c')], 20).lines).toHaveLength(1 + 1 + 1 + 1 + 9);
    expect(asked).toEqual(['a 99', 'a 1', 'b 1', 'c 1', 'a 9', 'b 9', 'c 9']);
  });

  test('are never shorter than one line, without empty lines between them', () => {
    expect(fitParts(parts, 1).lines).toEqual(['header', '', 'door 1 of 1', 'fact 1 of 1']);
  });
});

describe('a screen with more to say than it holds', () => {
  const checks = Array.from({ length: 8 }, (_, index) => ({ id: `FWA-ADM-1${index}`, door: index < 4 }));
  const doors = checks.filter(({ door }) => door).flatMap(({ id }) => [`${id} a`, `${id} b`]);
  const severity: Severity = 'critical';
  const facts = checks
    .filter(({ door }) => !door)
    .map(({ id }) =>
      finding({ check: id, severity, exposure: null, message: `fact of ${id}`, explain: null }),
    );
  const full = report({
    captures: [capture()],
    devices: [device()],
    exposures: doors.map((key) => exposure({ key })),
    findings: [
      ...doors.map((key) =>
        finding({ check: key.slice(0, 10), severity, exposure: key, message: `door ${key}`, explain: null }),
      ),
      ...facts,
    ],
  });
  const text = terminal.render(full, { width: 100, colour: false, verbosity: 0, unicode: true });

  test('is full, and no longer', () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    expect(text.trimEnd().split('\n').length).toBeGreaterThan(32);
  });

  test('names every check, shows doors with their rule, and folds facts to a line', () => {
    for (const { id } of checks) expect(text).toContain(id);
    expect(text.match(/^ {11}rule /gm)).toHaveLength(4);
    expect(text.match(/^ {11}close /gm)?.length).toBeGreaterThanOrEqual(4);
    expect(text).not.toContain('fact of');
    expect(text).toContain('tcp/443 of X1');
  });

  test('says that -v has the rest, and ends as ever', () => {
    expect(text).toContain(' with -v: every finding in full');
    expect(text).toContain('8 doors open to third parties · 4 other findings');
    expect(text).toMatch(/^ scan complete: /m);
  });
});
