import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEarlierReport } from '../../src/compare/earlier-report.js';
import { FwauditError } from '../../src/model/error.js';
import { reports } from '../report/formats.js';
import { full } from '../report/samples.js';
import { auditFiles } from '../support/run.js';
import { earlier } from './earlier.js';

function refusal(text: string): FwauditError {
  try {
    readEarlierReport(text, 'old.json');
  } catch (error) {
    if (error instanceof FwauditError) return error;
    throw error;
  }
  throw new Error('it was read');
}

/** The full report with one value replaced. */
function with_(path: readonly (string | number)[], value: unknown): string {
  const copy = structuredClone(full) as unknown as Record<string | number, unknown>;
  let place = copy;
  for (const part of path.slice(0, -1)) place = place[part] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  if (value === undefined) delete place[last];
  else place[last] = value;
  return JSON.stringify(copy);
}

describe('a report of this version', () => {
  test.each(reports)('is read: %s', (_name, report) => {
    const read = earlier(report);
    expect(read.findings.map(({ key, hash }) => [key, hash])).toEqual(
      report.findings.map(({ key, hash }) => [key, hash]),
    );
    expect(read.exposures.map(({ key }) => key)).toEqual(report.exposures.map(({ key }) => key));
    expect(read.absent.map(({ key }) => key)).toEqual(report.previous?.absent.map(({ key }) => key) ?? []);
  });

  test('is read from a real audit', () => {
    const report = auditFiles(['fixtures/sonicwall/secrets-and-escapes/config.exp']);
    expect(earlier(report).findings).toHaveLength(report.findings.length);
  });
});

describe('a report of another 1.x', () => {
  test('is read, with fields that this version does not know', () => {
    expect(readEarlierReport(with_(['schemaVersion'], '1.7'), 'old.json').at).toBe('2026-11-22');
    expect(readEarlierReport(with_(['novelty'], { a: 1 }), 'old.json').findings).toHaveLength(3);
  });

  test('is read without those that came later and are not needed', () => {
    for (const name of ['previous', 'baseline', 'checks', 'summary', 'dormant']) {
      expect(readEarlierReport(with_([name], undefined), 'old.json').findings).toHaveLength(3);
    }
  });

  test('may begin with a byte order mark', () => {
    expect(readEarlierReport(`\ufeff${JSON.stringify(full)}`, 'old.json').findings).toHaveLength(3);
  });
});

describe('anything else is refused in one line that says how to write one', () => {
  test.each([
    ['', 'old.json is not JSON'],
    ['hunter2', 'old.json is not JSON'],
    ['{"runs": [', 'old.json is not JSON'],
    ['null', 'old.json is no report of fwaudit scan'],
    ['[]', 'old.json is no report of fwaudit scan'],
    ['{"version":"2.1.0","runs":[]}', 'old.json is no report of fwaudit scan'],
    ['{"tool":{"name":"other"},"schemaVersion":"1.0"}', 'old.json is no report of fwaudit scan'],
    ['{"schemaVersion":"1.0","traces":[]}', 'old.json is no report of fwaudit scan'],
    [with_(['schemaVersion'], 1), 'old.json is no report of fwaudit scan'],
    [with_(['schemaVersion'], '2.0'), 'old.json has another schemaVersion than 1.x, which is what is read'],
    [with_(['findings'], undefined), 'old.json is no whole report of fwaudit: findings is not a list'],
    [with_(['findings', 1], null), 'old.json is no whole report of fwaudit: findings[1] is not an object'],
    [
      with_(['findings', 0, 'key'], 7),
      'old.json is no whole report of fwaudit: findings[0].key is not a text',
    ],
    [
      with_(['findings', 0, 'hash'], undefined),
      'old.json is no whole report of fwaudit: findings[0].hash is not a text',
    ],
    [
      with_(['findings', 2, 'status'], 'closed'),
      'old.json is no whole report of fwaudit: findings[2].status is not open or explained',
    ],
    [
      with_(['exposures', 0, 'service', 'ports', 0], 443),
      'old.json is no whole report of fwaudit: exposures[0].service.ports[0] is not a text',
    ],
    [with_(['at'], '2026-02-30'), 'old.json is no whole report of fwaudit: at is not a day'],
    [
      with_(['previous', 'absent', 1, 'change'], 'new'),
      'old.json is no whole report of fwaudit: previous.absent[1].change is not open or resolved',
    ],
  ])('%.60s', (text, message) => {
    const error = refusal(text);
    expect(error.message).toBe(message);
    expect(error.code).toBe('usage');
    expect(error.hint).toContain('-f json');
    expect(`${error.message}${error.hint}`).not.toMatch(/hunter2|\n/);
  });

  test('whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(refusal(text)).toBeInstanceOf(FwauditError);
      }),
    );
  });

  test('and names of a prototype are fields like others', () => {
    expect(refusal('{"__proto__": {"tool": {"name": "fwaudit"}, "schemaVersion": "1.0"}}').message).toContain(
      'is no report of fwaudit scan',
    );
  });
});
