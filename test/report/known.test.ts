import { describe, expect, test } from 'vitest';
import { terminal } from '../../src/report/terminal.js';
import { rendered } from './formats.js';
import { againstBaseline, allKnown } from './samples.js';

describe('on the terminal, what the baseline knows', () => {
  test.each([
    ['baseline', againstBaseline, 0],
    ['baseline-v', againstBaseline, 1],
    ['all-known', allKnown, 0],
  ] as const)('reads as its golden: %s', async (name, report, verbosity) => {
    await expect(rendered(terminal, report, { verbosity, width: 100 })).toMatchFileSnapshot(
      `goldens/${name}.txt`,
    );
  });

  test('is counted and not shown, and shown with -v', () => {
    const text = rendered(terminal, againstBaseline, { width: 100 });
    expect(text).toContain('203.0.113.7 (undeclared)');
    expect(text).not.toContain('203.0.113.77');
    expect(text).toMatch(/known +3 open findings of the baseline \(-v\)/);
    expect(text).toContain('3 known to the baseline');
    const more = rendered(terminal, againstBaseline, { verbosity: 1 });
    for (const host of ['203.0.113.7 ', '203.0.113.77', '198.51.100.200']) expect(more).toContain(host);
    expect(more.match(/known +to the baseline: it does not count/g)).toHaveLength(3);
  });

  test('never makes a device clean', () => {
    for (const verbosity of [0, 1, 2] as const) {
      expect(rendered(terminal, allKnown, { verbosity })).not.toMatch(/^ clean|no unexplained door/m);
    }
    const facts = {
      ...allKnown,
      exposures: [],
      findings: allKnown.findings.map((each) => ({ ...each, exposure: null })),
    };
    expect(rendered(terminal, facts)).not.toMatch(/^ clean/m);
  });
});
