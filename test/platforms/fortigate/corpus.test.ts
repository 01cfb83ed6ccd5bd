import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conformance } from '../../../src/platforms/fortigate/conformance.js';
import { fortigate } from '../../../src/platforms/fortigate/index.js';
import { beside } from './support.js';

const { folder, missing } = beside('corpus/fortigate');
const files = missing ? [] : readdirSync(folder);

function capture(file: string) {
  return { file, bytes: readFileSync(`${folder}${file}`) };
}

/** Policies by what the text says, without the tree: each `edit` of a number, less what is deleted and cloned. */
function countPolicies(text: string): number {
  let count = 0;
  for (const [table = ''] of text.matchAll(
    /^[ \t]*config firewall policy[ \t]*\r?\n[\s\S]*?^[ \t]*end[ \t]*\r?$/gm,
  )) {
    const keys: string[] = [];
    for (const [, verb = '', key = '', to = ''] of table.matchAll(
      /^[ \t]*(edit|delete|clone) (\d+)(?: to (\d+))?/gm,
    )) {
      const at = keys.indexOf(key);
      if (verb === 'edit' && at < 0) keys.push(key);
      if (verb === 'delete' && at >= 0) keys.splice(at, 1);
      if (verb === 'clone' && at >= 0) keys.push(to);
    }
    count += keys.length;
  }
  return count;
}

describe.skipIf(missing)('configurations found in public', () => {
  it.each(files)('%s is recognised and read', (file) => {
    const found = capture(file);
    expect(fortigate.detect(found)).toBeGreaterThan(0.5);
    const parsed = fortigate.parse([found]);
    expect(parsed.devices.length).toBeGreaterThan(0);
    const [coverage] = parsed.coverage;
    const all = (coverage?.read ?? 0) + (coverage?.ignored ?? 0) + (coverage?.unknown ?? 0);
    expect(all).toBe(conformance.decode(found).length);
    expect((coverage?.unknown ?? 0) / all).toBeLessThan(0.05);
  });

  it.each(files)('%s loses no policy', (file) => {
    const found = capture(file);
    const rules = fortigate
      .parse([found])
      .devices.flatMap(({ policies }) => policies)
      .filter(({ name }) => name === 'firewall policy')
      .flatMap((policy) => policy.rules.filter(({ origin }) => origin === 'user'));
    expect(rules.length).toBe(countPolicies(found.bytes.toString('utf8')));
  });

  it.each(files)('%s is read whole, half and by lines without a crash', (file) => {
    const { bytes } = capture(file);
    const lines = bytes.toString('utf8').split('\n');
    for (const part of [
      bytes.subarray(0, bytes.length / 2),
      bytes.subarray(bytes.length / 2),
      Buffer.from(lines.reverse().join('\n')),
    ]) {
      fortigate.parse([{ file, bytes: part }]);
    }
  });
});
