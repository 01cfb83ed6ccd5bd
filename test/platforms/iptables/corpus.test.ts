import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { iptables } from '../../../src/platforms/iptables/index.js';
import type { Parsed } from '../../../src/platforms/platform.js';

/** Real dumps, where they are at hand: none lost, nearly all understood. */

const folder = '../shared/corpus/iptables';
const files = existsSync(folder) ? readdirSync(folder).sort() : [];
/** Dumps of two or more machines in one file. */
const sessions = 1;

const parsed = new Map<string, Parsed>();

function parseFile(file: string): Parsed {
  const before = parsed.get(file);
  if (before !== undefined) return before;
  const fresh = iptables.parse([{ file, bytes: readFileSync(join(folder, file)) }]);
  parsed.set(file, fresh);
  return fresh;
}

/** Rules by table, counted from the text alone. */
function countRules(text: string): { readonly nat: number; readonly other: number } {
  let table = '';
  const count = { nat: 0, other: 0 };
  for (const line of text.split(/\r?\n/)) {
    if (/^\*/.test(line)) table = line.slice(1).trim();
    else if (/^(?:\[\d+:\d+\] )?-A /.test(line)) count[table === 'nat' ? 'nat' : 'other'] += 1;
  }
  return count;
}

describe.skipIf(files.length === 0)('a real dump', () => {
  it.each(files)('%#', (file) => {
    const bytes = readFileSync(join(folder, file));
    expect(iptables.detect({ file, bytes })).toBe(1);
    const { devices, coverage } = parseFile(file);
    const counted = countRules(bytes.toString('utf8'));
    const policies = devices.flatMap((device) => device.policies);
    expect(policies.flatMap((policy) => policy.rules.filter((rule) => rule.continued !== true))).toHaveLength(
      counted.other,
    );
    const [lines] = coverage;
    const all = (lines?.read ?? 0) + (lines?.ignored ?? 0) + (lines?.unknown ?? 0);
    expect(all).toBe(
      bytes
        .toString('utf8')
        .replace(/\r?\n$/, '')
        .split('\n').length,
    );
    // What somebody blacked out before the file was published cannot be read.
    const blackedOut = bytes.toString('utf8').match(/^.*<\w+>.*$/gm)?.length ?? 0;
    expect(((lines?.unknown ?? all) - blackedOut) / all).toBeLessThan(0.05);
    expect(
      new Set(policies.map((policy) => policy.name)).size * Math.max(devices.length, 1),
    ).toBeGreaterThanOrEqual(policies.length);
  });

  it('is one device, but for a log of several sessions', () => {
    const devices = files.map((file) => parseFile(file).devices.length);
    expect(devices.filter((count) => count !== 1)).toHaveLength(sessions);
  });

  it('leaves no line unknown but blacked-out ones', () => {
    const unknown = files.map((file) => {
      const [lines] = parseFile(file).coverage;
      return lines?.unknown ?? 0;
    });
    expect(unknown.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(2);
  });
});

/** Files of other platforms, and fragments, must neither be taken for ours nor do harm. */
const others = existsSync('../shared/corpus')
  ? readdirSync('../shared/corpus', { withFileTypes: true }).filter(
      (each) => each.isDirectory() && each.name !== 'iptables',
    )
  : [];

describe.skipIf(others.length === 0)('what is not a dump', () => {
  it.each(others.map((each) => each.name))('of %s is not taken for one', (name) => {
    for (const file of readdirSync(join('../shared/corpus', name))) {
      const capture = { file, bytes: readFileSync(join('../shared/corpus', name, file)) };
      expect([file, iptables.detect(capture)]).toEqual([file, 0]);
      if (capture.bytes.length < 200_000) iptables.parse([capture]);
    }
  });
});
