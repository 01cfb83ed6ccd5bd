import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pfsense } from '../../../src/platforms/pfsense/index.js';

/** Real and realistic configurations, where they are at hand. */

const corpus = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));
const here = existsSync(corpus);

function files(platform: string): readonly string[] {
  return here ? readdirSync(`${corpus}${platform}`).map((name) => `${corpus}${platform}/${name}`) : [];
}

/** Rules counted in the text, without the parser. */
function rulesIn(text: string): number {
  const filter = /<filter>([\s\S]*?)<\/filter>/.exec(text)?.[1] ?? '';
  return filter.split(/<rule>/).length - 1;
}

describe.skipIf(!here)('the corpus', () => {
  it('is there', () => {
    expect(files('pfsense').length).toBeGreaterThan(0);
  });

  it.each(files('pfsense').map((file) => ({ name: file.split('/').at(-1), file })))('$name', ({ file }) => {
    const bytes = readFileSync(file);
    expect(pfsense.detect({ file, bytes })).toBe(1);
    const { devices, coverage, diagnostics } = pfsense.parse([{ file, bytes }]);
    const [all] = coverage;
    const lines = bytes.toString('utf8').replace(/\n$/, '').split('\n').length;
    expect((all?.read ?? 0) + (all?.ignored ?? 0) + (all?.unknown ?? 0)).toBe(lines);
    expect(((all?.read ?? 0) + (all?.ignored ?? 0)) / lines).toBeGreaterThanOrEqual(0.95);
    const rules = devices.flatMap((device) => device.policies).flatMap((policy) => policy.rules);
    const written = new Set(
      rules.filter(({ origin }) => origin !== 'implied').map(({ location }) => location.line),
    );
    expect(written.size).toBe(rulesIn(bytes.toString('utf8')));
    const whole = bytes.toString('utf8').includes('<interfaces>');
    const meant = whole ? ['missing-value'] : ['missing-value', 'dangling-reference'];
    expect(diagnostics.map(({ code }) => code).filter((code) => !meant.includes(code))).toEqual([]);
  });

  it.each(files('opnsense').map((file) => ({ name: file.split('/').at(-1), file })))(
    '$name is not ours',
    ({ file }) => {
      expect(pfsense.detect({ file, bytes: readFileSync(file) })).toBe(0);
    },
  );
});
