import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyse } from '../src/analysis/analyse.js';
import { parseInputs } from '../src/parse.js';
import { platforms } from '../src/platforms/index.js';
import { pack } from './support/run.js';

/**
 * Real exports, where they are at hand: the access rules that admit administration of the appliance
 * from WAN for named sources only, against counts that were made independently of this program.
 */

const folder = '../shared/corpus/sonicwall';

const COUNTS = new Map([
  ['nsa220-5.8.1.15-51o.exp', { open: 3, dormant: 0 }],
  ['nsa240-5.9.0.7-17o.exp', { open: 1, dormant: 0 }],
  ['nsa250m-5.9.1.7-2o.exp', { open: 2, dormant: 0 }],
  ['nsa2600-6.1.2.0-11n.exp', { open: 0, dormant: 1 }],
  ['nsa4600-6.2.2.1-14n.exp', { open: 3, dormant: 0 }],
  ['tz300-6.5.2.3-4n.exp', { open: 4, dormant: 0 }],
  ['tz400-6.5.1.2-52n.exp', { open: 4, dormant: 0 }],
  ['tz500-6.2.3.1-19n.exp', { open: 2, dormant: 5 }],
  // the first and the fourth of these, filled up to the size of a full export
  ['full-shape-nsa240-5.9.exp', { open: 1, dormant: 0 }],
  ['full-shape-tz300-6.5.exp', { open: 4, dormant: 0 }],
]);

const administration = new Set(
  pack.services.filter((service) => service.class === 'administration').map((service) => service.id),
);

function named(file: string): { open: number; dormant: number } {
  const capture = { file, bytes: readFileSync(join(folder, file)), folder: null };
  const { captures } = parseInputs({ captures: [capture], folders: [] }, platforms, null);
  const open = new Set<string>();
  const dormant = new Set<string>();
  for (const device of captures.flatMap((each) => each.devices)) {
    const analysis = analyse(device, new Map());
    for (const reach of analysis.reaches) {
      if (!administration.has(reach.service.id)) continue;
      for (const each of reach.contributions) if (!each.fromAny) open.add(`${each.rule.location.key}`);
    }
    for (const door of analysis.dormant) {
      if (administration.has(door.service.id) && !door.fromAny) dormant.add(`${door.path[0]?.location.key}`);
    }
  }
  return { open: open.size, dormant: dormant.size };
}

describe.skipIf(!existsSync(folder))('real SonicWall exports', () => {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.exp')) : [];

  it.each(files.filter((name) => COUNTS.has(name)))('%s: rules for named sources', (name) => {
    expect(named(name)).toEqual(COUNTS.get(basename(name)));
  });

  it('has a count for every whole export', () => {
    expect(files.filter((name) => !name.startsWith('exptest')).every((name) => COUNTS.has(name))).toBe(true);
  });
});
