import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Capture } from '../../src/model/capture.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
import { platforms } from '../../src/platforms/index.js';
import type { Platform, PlatformConformance } from '../../src/platforms/platform.js';
import { fixtureCases } from '../support/run.js';

/** What every platform has to hold to, tried on its own fixtures and everybody else's. */

const cases = fixtureCases();

function captureOf(file: string): Capture {
  return { file, bytes: readFileSync(file) };
}

async function conformanceOf(platform: Platform): Promise<PlatformConformance> {
  const loaded = (await import(`../../src/platforms/${platform.id}/conformance.ts`)) as {
    conformance: PlatformConformance;
  };
  return loaded.conformance;
}

/** How many rules the file writes down: one that stands in several policies counts once. */
function rulesOf(devices: readonly FirewallConfig[], { isWritten }: PlatformConformance): number {
  const written = isWritten ?? ((rule) => rule.origin !== 'implied' || rule.approximate.length === 0);
  const rules = devices.flatMap((device) => device.policies).flatMap((policy) => policy.rules);
  return new Set(
    rules.filter(written).map(({ location: { file, line, key } }) => JSON.stringify([file, line, key])),
  ).size;
}

/** Fixtures whose file is whole and holds nothing unknown on purpose. */
function soundCases(id: string) {
  return cases.filter((each) => each.platform === id && !/truncated|unknown|missing/.test(each.name));
}

describe.each(platforms.map((platform) => ({ id: platform.id, platform })))('$id', ({ id, platform }) => {
  const own = cases.filter((each) => each.platform === id);

  it('has at least eight fixtures', () => {
    expect(own.length).toBeGreaterThanOrEqual(8);
  });

  it('recognises its own fixtures and nobody else’s', () => {
    for (const each of cases) {
      for (const file of each.configs) {
        const confidence = platform.detect(captureOf(file));
        expect([file, confidence > 0]).toEqual([file, each.platform === id]);
      }
    }
  });

  it('never throws on bytes that are anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        platform.detect({ file: 'x', bytes });
        platform.parse([{ file: 'x', bytes }]);
      }),
      { numRuns: 200 },
    );
  });

  it('never throws on an export that is cut or damaged', () => {
    const [first] = own;
    const whole = captureOf(first?.configs[0] as string);
    fc.assert(
      fc.property(fc.nat(whole.bytes.length), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const bytes = cut ? whole.bytes.slice(0, at) : Uint8Array.from(whole.bytes);
        if (!cut) bytes[at] = byte;
        platform.parse([{ file: whole.file, bytes }]);
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same result twice', () => {
    for (const each of own) {
      const captures = each.configs.map(captureOf);
      expect(JSON.stringify(platform.parse(captures))).toBe(JSON.stringify(platform.parse(captures)));
    }
  });

  it('loses no access rule, counted a second way', async () => {
    const conformance = await conformanceOf(platform);
    const { decode, countAccessRules } = conformance;
    for (const each of soundCases(id)) {
      const captures = each.configs.map(captureOf);
      const counted = captures.reduce((sum, capture) => sum + countAccessRules(decode(capture)), 0);
      const found = rulesOf(platform.parse(captures).devices, conformance);
      expect([each.name, found]).toEqual([each.name, counted]);
    }
  });

  it('points at a place that holds the object’s name', async () => {
    const { decode, textAt } = await conformanceOf(platform);
    for (const each of soundCases(id)) {
      const captures = each.configs.map(captureOf);
      const lines = new Map(captures.map((capture) => [capture.file, decode(capture)]));
      for (const device of platform.parse(captures).devices) {
        const objects = [...device.addressObjects, ...device.serviceObjects];
        // What is built into the appliance stands nowhere in the file.
        const written = objects.filter(({ origin }) => origin !== 'implied');
        for (const object of [...written, ...device.interfaces]) {
          const text = textAt(lines.get(object.location.file) ?? [], object.location);
          expect(text).toContain(object.name);
        }
        for (const rule of device.policies.flatMap((policy) => policy.rules)) {
          expect(textAt(lines.get(rule.location.file) ?? [], rule.location)).not.toBe('');
        }
      }
    }
  });

  it('counts every key or line once, as read, ignored or unknown', async () => {
    const { decode } = await conformanceOf(platform);
    for (const each of soundCases(id)) {
      for (const file of each.configs) {
        const capture = captureOf(file);
        const [coverage] = platform.parse([capture]).coverage;
        const all = (coverage?.read ?? 0) + (coverage?.ignored ?? 0) + (coverage?.unknown ?? 0);
        expect([file, all]).toEqual([file, decode(capture).length]);
        expect([file, coverage?.unknown]).toEqual([file, 0]);
      }
    }
  });

  it('finds a renamed key or keyword unknown, and never passes over it', async () => {
    const { decode, encode, keyword } = await conformanceOf(platform);
    const capture = captureOf(soundCases(id)[0]?.configs[0] as string);
    const lines = decode(capture);
    const tried = new Set<string>();
    for (const [at, line] of lines.entries()) {
      const word = keyword(line);
      const family = word?.replace(/\d+$/, 'N') ?? null;
      if (word === null || family === null || tried.has(family)) continue;
      tried.add(family);
      const renamed = lines.with(at, line.replace(word, `zz${word}`));
      const [coverage] = platform.parse([encode(renamed, capture)]).coverage;
      expect([word, coverage?.unknown]).toEqual([word, 1]);
    }
    expect(tried.size).toBeGreaterThan(20);
  });
});
