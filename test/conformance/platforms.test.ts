import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Capture } from '../../src/model/capture.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
import { platforms } from '../../src/platforms/index.js';
import type { Platform, PlatformConformance } from '../../src/platforms/platform.js';
import { createDisguise } from '../../src/platforms/shared/disguise.js';
import { rangesOf } from '../../src/redact/disguised-ranges.js';
import { builtInPack } from '../checks/worlds.js';
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

  it('offers no service that the catalogue does not know', () => {
    const known = new Set(builtInPack().services.map((service) => service.id));
    for (const each of own) {
      const { devices } = platform.parse(each.configs.map(captureOf));
      const offered = devices.flatMap(({ listeners }) => listeners.map(({ service }) => service));
      expect([each.name, offered.filter((id) => !known.has(id))]).toEqual([each.name, []]);
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

  it('redacts its captures, and finds in them what it found before', () => {
    const key = new Uint8Array(32).fill(1);
    let replaced = 0;
    let listed = 0;
    for (const each of own) {
      const captures = each.configs.map(captureOf);
      const redacted = captures.map((capture) => platform.redact(capture, key) as Capture);
      expect(redacted.map(({ file }) => file)).toEqual(each.configs);
      const parsed = platform.parse(captures);
      expect(platform.parse(redacted)).toEqual(parsed);
      listed += parsed.devices.flatMap(({ secrets }) => secrets).length;
      replaced += redacted.filter(
        ({ bytes }, at) => !Buffer.from(bytes).equals(captures[at]?.bytes as Buffer),
      ).length;
    }
    // More may be replaced than is listed: what only could be a secret.
    expect(replaced).toBeGreaterThanOrEqual(Math.sign(listed));
  });

  it('redacts in the same way with the same key only', () => {
    for (const each of own) {
      for (const capture of each.configs.map(captureOf)) {
        const [first, again, other] = [1, 1, 2].map((seed) =>
          Buffer.from(platform.redact(capture, new Uint8Array(32).fill(seed))?.bytes ?? []),
        );
        // Compared by their bytes: the matchers take seconds for a real export.
        expect([each.name, first !== undefined && again?.equals(first)]).toEqual([each.name, true]);
        if (first === undefined || first.equals(Buffer.from(capture.bytes))) continue;
        expect([each.name, other?.equals(first)]).toEqual([each.name, false]);
      }
    }
  });

  it('hands on nothing of a capture that it can’t read', () => {
    const key = new Uint8Array(32).fill(1);
    const foreign = ['fixtures/bad-input/foreign.exp', 'fixtures/bad-input/image.png', 'README.md'];
    for (const file of foreign) expect([file, platform.redact(captureOf(file), key)]).toEqual([file, null]);
  });

  it('anonymises its captures: as many rules, interfaces and unknown lines, none of its secrets', () => {
    for (const each of own) {
      const captures = each.configs.map(captureOf);
      const parsed = platform.parse(captures);
      const disguise = createDisguise(new Uint8Array(32).fill(1), parsed.devices.flatMap(rangesOf));
      const after = platform.parse(
        captures.map((capture) => platform.anonymise(capture, disguise) as Capture),
      );
      const counts = ({ devices, coverage }: typeof parsed) => [
        devices.map((device) => [device.policies.length, device.natRules.length, device.interfaces.length]),
        devices.map(({ policies }) => policies.flatMap(({ rules }) => rules).length),
        coverage.map(({ read, ignored, unknown }) => [read, ignored, unknown]),
      ];
      expect([each.name, counts(after)]).toEqual([each.name, counts(parsed)]);
      expect(after.devices.map(({ secrets }) => secrets)).toEqual(
        parsed.devices.map(({ secrets }) => secrets),
      );
    }
    const foreign = captureOf('fixtures/bad-input/image.png');
    expect(platform.anonymise(foreign, createDisguise(new Uint8Array(32), []))).toBeNull();
  });

  it('never throws on redacting bytes that are anything, or a capture that is damaged', () => {
    const key = new Uint8Array(32).fill(1);
    const whole = captureOf(own[0]?.configs[0] as string);
    fc.assert(
      fc.property(
        fc.nat(whole.bytes.length),
        fc.nat(255),
        fc.uint8Array({ maxLength: 400 }),
        (at, byte, anything) => {
          platform.redact({ file: 'x', bytes: anything }, key);
          platform.redact({ file: 'x', bytes: whole.bytes.slice(0, at) }, key);
          const damaged = Uint8Array.from(whole.bytes);
          damaged[at] = byte;
          platform.redact({ file: 'x', bytes: damaged }, key);
          platform.anonymise({ file: 'x', bytes: damaged }, createDisguise(key, []));
        },
      ),
      { numRuns: 30 },
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
