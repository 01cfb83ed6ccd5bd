import { Buffer } from 'node:buffer';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Parsed } from '../../../src/platforms/platform.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { only } from './exports.js';

const corpus = fileURLToPath(new URL('../../../../shared/corpus/sonicwall/', import.meta.url));
const files = existsSync(corpus) ? readdirSync(corpus).filter((file) => file.endsWith('.exp')) : [];

function bytesOf(file: string): Buffer {
  return readFileSync(`${corpus}${file}`);
}

const parsed = new Map<string, Parsed>();

function parse(file: string): Parsed {
  const found = parsed.get(file) ?? sonicwall.parse([{ file, bytes: bytesOf(file) }]);
  parsed.set(file, found);
  return found;
}

/** The pairs, by other means than the parser's. */
function pairsOf(file: string): readonly string[] {
  const text = bytesOf(file).toString('latin1').replace(/[\s&]/g, '');
  return Buffer.from(text, 'base64')
    .toString('latin1')
    .split('&')
    .filter((pair) => pair !== '');
}

function keysOf(file: string): readonly string[] {
  return pairsOf(file).map((pair) => pair.split('=', 1)[0] ?? '');
}

describe.skipIf(files.length === 0)('every export of the corpus', () => {
  it.each(files)('%s is recognised and makes one device', (file) => {
    expect(sonicwall.detect({ file, bytes: bytesOf(file) })).toBeGreaterThan(0.8);
    expect(parse(file).devices).toHaveLength(1);
  });

  it.each(files)('%s keeps every access rule and every NAT policy', (file) => {
    const device = only(parse(file).devices);
    const written = device.policies
      .flatMap((policy) => policy.rules)
      .filter(({ origin, approximate }) => origin !== 'implied' || approximate.length === 0);
    const keys = keysOf(file);
    expect(written).toHaveLength(keys.filter((key) => /^policyAction(?:V6)?_\d+$/.test(key)).length);
    expect(device.natRules).toHaveLength(
      keys.filter((key) => /^natPolicyOrigDst(?:V6)?_\d+$/.test(key)).length,
    );
    expect(device.interfaces).toHaveLength(keys.filter((key) => /^iface_ifnum_\d+$/.test(key)).length);
    expect(device.serviceObjects).toHaveLength(keys.filter((key) => /^svcObjId_\d+$/.test(key)).length);
  });

  it.each(files)('%s accounts for every key', (file) => {
    const coverage = only(parse(file).coverage);
    expect(coverage.read + coverage.ignored + coverage.unknown).toBe(keysOf(file).length);
  });

  it.each(files.filter((file) => !file.startsWith('exptest')))(
    '%s is whole, and nothing in it is a riddle',
    (file) => {
      const { diagnostics, coverage } = parse(file);
      expect(diagnostics).toEqual([]);
      expect(only(coverage).unknownFamilies.filter(({ section }) => section !== 'other')).toEqual([]);
    },
  );

  it.each(files)('%s: a name dangles only when no object of the file has it', (file) => {
    const device = only(parse(file).devices);
    const names = new Set(device.addressObjects.map(({ name }) => name));
    const ids = new Set(
      pairsOf(file)
        .flatMap((pair) => /^addrObj(?:V6|Fqdn|Mac)?Id_\d+=(.*)$/.exec(pair)?.[1] ?? [])
        .map(decodeURIComponent),
    );
    const used = device.policies
      .flatMap((policy) => policy.rules)
      .flatMap((rule) => [...rule.source.objects, ...rule.destination.objects]);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !names.has(name) && ids.has(name))).toEqual([]);
  });

  it.each(files)('%s: secrets stay out', (file) => {
    expect(JSON.stringify(parse(file))).not.toMatch(/PLANTED-SECRET|3,0{20}/);
  });
});
