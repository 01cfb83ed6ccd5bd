import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, daysBetween, isDay } from '../../src/explanations/days.js';
import { matchesGlob } from '../../src/text/glob.js';
import { closestSpelling } from '../../src/text/spelling.js';

describe('days', () => {
  it.each(['2026-02-28', '2024-02-29', '2026-12-31', '1970-01-01', '9999-12-31'])('%s is one', (text) => {
    expect(isDay(text)).toBe(true);
  });

  it.each([
    '2026-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-1',
    '26-01-01',
    '31.12.2026',
    '2026-12-31T00:00:00Z',
    ' 2026-12-31',
    '0026-12-31',
    '+002026-12-31',
    '',
  ])('%s is none', (text) => {
    expect(isDay(text)).toBe(false);
  });

  it('are counted and added', () => {
    expect(daysBetween('2026-01-01', '2026-12-31')).toBe(364);
    expect(daysBetween('2026-03-01', '2026-02-28')).toBe(-1);
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addMonths('2026-08-31', 6)).toBe('2027-02-28');
    expect(addMonths('2026-11-22', 6)).toBe('2027-05-22');
    expect(addMonths('9999-08-01', 6)).toBe('9999-12-31');
    expect(addDays('9999-12-30', 9)).toBe('9999-12-31');
  });
});

describe('globs over devices', () => {
  it.each([
    ['fw-paris-*', 'fw-paris-1', true],
    ['fw-paris-*', 'fw-paris-', true],
    ['fw-paris-*', 'FW-PARIS-1', false],
    ['fw-paris-*', 'xfw-paris-1', false],
    ['fw-paris', 'fw-paris-1', false],
    ['fw-?', 'fw-1', true],
    ['fw-?', 'fw-12', false],
    ['fw-?', 'fw-é', true],
    ['*', '', true],
    ['?', '', false],
    ['', '', true],
    ['fw.1', 'fw-1', false],
    ['(fw|x)+', 'fw', false],
    ['[a-z]*', 'fw', false],
    ['[a-z]*', '[a-z]9', true],
    ['*-1', 'fw-1-1', true],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXcYb', false],
  ])('%s and %s: %s', (glob, device, expected) => {
    expect(matchesGlob(glob, device)).toBe(expected);
  });

  it('agree with the plain definition', () => {
    const letters = (alphabet: string) =>
      fc.array(fc.constantFrom(...alphabet), { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(letters('ab*?'), letters('ab'), (glob, device) => {
        expect(matchesGlob(glob, device)).toBe(matchesByDefinition(glob, device));
      }),
      { numRuns: 2000 },
    );
  });

  it('take no time for a hostile one', () => {
    expect(matchesGlob('*a'.repeat(50), `${'a'.repeat(5000)}b`)).toBe(false);
  });
});

function matchesByDefinition(glob: string, device: string): boolean {
  if (glob === '') return device === '';
  const rest = glob.slice(1);
  if (glob[0] === '*') {
    return matchesByDefinition(rest, device) || (device !== '' && matchesByDefinition(glob, device.slice(1)));
  }
  return (
    device !== '' && (glob[0] === '?' || glob[0] === device[0]) && matchesByDefinition(rest, device.slice(1))
  );
}

describe('the closest spelling', () => {
  const fields = ['sources', 'services', 'targets', 'via', 'id'];

  it.each([
    ['sorces', 'sources'],
    ['Sources', 'sources'],
    ['service', 'services'],
    ['vai', null],
    ['vie', 'via'],
    ['ix', null],
    ['destination', null],
    ['constructor', null],
    ['s'.repeat(1000), null],
  ])('of %s is %s', (word, expected) => {
    expect(closestSpelling(word, fields)).toBe(expected);
  });
});
