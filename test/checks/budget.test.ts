import { describe, expect, it } from 'vitest';
import { type Budget, evaluateChecks } from '../../src/checks/evaluate.js';
import { extendPack, type Pack } from '../../src/checks/pack.js';
import type { World } from '../../src/checks/world.js';
import { CHECK_BUDGET } from '../../src/cli/check-options.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { AT, builtInPack, device, exposure, world } from './worlds.js';

/** An expensive condition of a user's own ends in a scan that is incomplete, never in one that looks clean. */

const builtIn = builtInPack();

function own(when: string): Pack {
  const text = [
    'id: ACME-ADM-001',
    'title: { en: own }',
    'severity: low',
    'severityReason: a test',
    'over: exposure',
    `when: ${when}`,
    'message: { en: found }',
    'explainable: fact',
    'why: { en: a test }',
    'fix: { en: none }',
    'references: [a test]',
    'tags: []',
    'examples: { finds: [a], passes: [b] }',
  ].join('\n');
  return extendPack(builtIn, [{ path: 'own/a.yaml', text }]);
}

/** Doors with as many sources each, of which no two touch. */
function doors(count: number, sources: number): World {
  const cidrs = Array.from({ length: sources }, (_, n) => `203.${n >> 7}.${(n * 2) & 255}.0/24`);
  const set = IpSet.unionOf(cidrs.map((each) => IpSet.of(each)));
  const exposures = Array.from({ length: count }, (_, n) => exposure({ key: `key${n}`, sources: set }));
  return world({ devices: [device({ exposures })] });
}

/** Every pair of sources, by the slowest thing that a condition may do with two texts. */
const EXPENSIVE =
  'exposure.sources.all(a, exposure.sources.all(b, overlaps([a], [b]) || !inCidr([a, b], "10.0.0.0/8")))';

describe('a condition that takes too long', () => {
  it.each([
    ['many doors', doors(2000, 60)],
    ['one door', doors(1, 3000)],
  ])('is broken off, over %s', (_, about) => {
    const started = performance.now();
    const { findings, outcomes, diagnostics } = evaluateChecks(
      about,
      own(`${EXPENSIVE} && exposure.size < 0`),
      AT,
      {
        budget: { ...CHECK_BUDGET, milliseconds: 500 },
      },
    );
    expect(performance.now() - started).toBeLessThan(5000);
    expect(diagnostics).toEqual([
      expect.objectContaining({
        code: 'check-failed',
        incomplete: true,
        message: expect.stringMatching(
          /^ACME-ADM-001 could not be evaluated on \d+ of \d+: it took longer than 500 ms$/,
        ),
        location: { file: 'own/a.yaml', line: 1 },
      }),
    ]);
    expect(outcomes.get('fw-paris-1')?.['ACME-ADM-001']).toBe('unknown');
    // The other checks are none the poorer for it.
    expect(findings.some(({ check }) => check.id === 'FWA-ADM-002')).toBe(true);
  });

  it('keeps what it found before', () => {
    const about = doors(20000, 25);
    const { findings, outcomes } = evaluateChecks(about, own(EXPENSIVE), AT, {
      budget: { ...CHECK_BUDGET, milliseconds: 500 },
    });
    expect(findings.some(({ check }) => check.id === 'ACME-ADM-001')).toBe(true);
    expect(outcomes.get('fw-paris-1')?.['ACME-ADM-001']).toBe('fail');
  });

  it('fits when it is cheap', () => {
    const about = doors(2000, 60);
    const { diagnostics } = evaluateChecks(about, own('exposure.onlyIpv6'), AT, { budget: CHECK_BUDGET });
    expect(diagnostics).toEqual([]);
  });
});

describe('a time that is over at once', () => {
  const none: Budget = { milliseconds: 7, within: () => false };

  it('leaves everything as not evaluated', () => {
    const { outcomes, diagnostics } = evaluateChecks(doors(200, 1), own('true == true'), AT, {
      budget: none,
    });
    expect(diagnostics.map(({ message, incomplete }) => [message, incomplete])).toEqual([
      ['ACME-ADM-001 could not be evaluated on 200 of 200: it took longer than 7 ms', true],
    ]);
    expect(outcomes.get('fw-paris-1')?.['ACME-ADM-001']).toBe('unknown');
  });

  it('is nothing to checks that are built in', () => {
    const { diagnostics } = evaluateChecks(doors(200, 1), builtIn, AT, { budget: none });
    expect(diagnostics).toEqual([]);
  });
});

it('what a condition cannot evaluate is still its own problem', () => {
  const failing = own('exposure.sources[100] == "a"');
  const { diagnostics } = evaluateChecks(doors(3, 1), failing, AT, { budget: CHECK_BUDGET });
  expect(diagnostics[0]?.message).toMatch(/^ACME-ADM-001 could not be evaluated on 3 of 3: /);
  expect(diagnostics[0]?.message).not.toContain('longer');
});
