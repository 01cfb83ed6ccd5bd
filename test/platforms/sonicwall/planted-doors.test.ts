import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../src/audit.js';
import { emptyRegister } from '../../../src/explanations/register.js';
import { SEVERITIES } from '../../../src/model/check.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { pack } from '../../support/run.js';
import { encodeText, type Pairs, pairsText, SMALL } from './exports.js';
import type { Plant } from './plant-parts.js';
import { DOORS, HARMLESS } from './plants.js';

/**
 * A door planted at random in a clean export has to be found, and nothing beside it; something harmless
 * planted there has to stay unsaid. More with FWAUDIT_FUZZ_RUNS, others with FWAUDIT_FUZZ_SEED.
 */

const RUNS = Number(process.env.FWAUDIT_FUZZ_RUNS ?? 2000);
const SEED = Number(process.env.FWAUDIT_FUZZ_SEED ?? 20_261_122);

/** So many appliances are audited together: checks are compiled once for all of them. */
const TOGETHER = 100;

/** Checks that say more of a door which another reports: how wide it is, what makes it worse. */
const ASPECTS: ReadonlySet<string> = new Set([
  'FWA-ADM-006',
  'FWA-ADM-011',
  'FWA-ADM-014',
  'FWA-FWV-001',
  'FWA-RUL-001',
  'FWA-RUL-002',
]);

/** Checks of low severity whose cause is planted too. */
const LESSER: ReadonlySet<string> = new Set([
  'FWA-ADM-008',
  'FWA-CLD-005',
  'FWA-FWV-005',
  'FWA-IDN-001',
  'FWA-IDN-004',
  'FWA-NET-001',
  'FWA-NET-003',
  'FWA-NET-005',
  'FWA-NET-008',
  'FWA-PRV-001',
  'FWA-PRV-005',
  'FWA-SUP-002',
]);

const MEDIUM = SEVERITIES.indexOf('medium');

/** Ids of the checks that find something of weight in each appliance, in the order of the appliances. */
function checksOf(exports: readonly Pairs[]): readonly (readonly string[])[] {
  const report = audit({
    captures: exports.map((pairs, at) => ({
      file: `box-${at}.exp`,
      bytes: Buffer.from(encodeText(pairsText({ ...pairs, firewallName: `box-${at}` })), 'latin1'),
      folder: null,
    })),
    folders: [],
    diagnostics: [],
    register: emptyRegister(),
    pack,
    platforms: [sonicwall],
    platform: null,
    at: '2026-11-22',
    failOn: 'high',
    version: '0.0.0',
  });
  const found = new Map<string, Set<string>>();
  for (const { device, check, severity } of report.findings) {
    const heavy = SEVERITIES.indexOf(severity) >= MEDIUM || LESSER.has(check);
    if (device === null || !heavy || ASPECTS.has(check)) continue;
    const before = found.get(device);
    if (before === undefined) found.set(device, new Set([check]));
    else before.add(check);
  }
  return exports.map((_, at) => [...(found.get(`box-${at}`) ?? [])].sort());
}

/** Plants that are not answered as they should be; the clean export's own findings do not count. */
function wrongOf(plants: readonly Plant[]): readonly unknown[] {
  const wrong: unknown[] = [];
  for (let start = 0; start < plants.length; start += TOGETHER) {
    const some = plants.slice(start, start + TOGETHER);
    const [clean = [], ...answers] = checksOf([SMALL, ...some.map(({ pairs }) => ({ ...SMALL, ...pairs }))]);
    some.forEach(({ way, finds, pairs }, at) => {
      const found = answers[at]?.filter((check) => !clean.includes(check)) ?? [];
      if (found.join() !== finds.join()) wrong.push({ way, wanted: finds, found, pairs });
    });
  }
  return wrong;
}

describe('something planted in a clean export', () => {
  it(`is found and nothing beside it, ${RUNS} doors by every way`, { timeout: RUNS * 60 + 60_000 }, () => {
    const plants = fc.sample(DOORS, { numRuns: RUNS, seed: SEED });
    expect(new Set(plants.map(({ way }) => way)).size).toBe(74);
    expect(wrongOf(plants).slice(0, 3)).toEqual([]);
  });

  it(`stays unsaid when it is harmless, ${RUNS / 2} times`, { timeout: RUNS * 60 + 60_000 }, () => {
    const plants = fc.sample(HARMLESS, { numRuns: Math.ceil(RUNS / 2), seed: SEED });
    expect(wrongOf(plants).slice(0, 3)).toEqual([]);
  });
});
