import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { terminal } from '../../src/report/terminal.js';
import type { Expected } from '../fixtures/expected.js';
import { auditFiles, fixtureCases, registerOf } from '../support/run.js';

/** Before `-v`, an appliance is one screen, however much there is to say of it. */

const SCREEN = 40;
const corpus = '../shared/corpus/sonicwall';

function expectShort(files: readonly string[], register: string | null, at: string): void {
  const report = auditFiles(files, { register, at });
  const text = terminal.render(report, { width: 100, colour: false, verbosity: 0, unicode: true });
  const screens = Math.max(1, report.devices.length);
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(SCREEN * screens);
}

describe('the terminal report fits a screen', () => {
  it.each(fixtureCases())('of $platform $name', ({ folder, configs }) => {
    const { runs } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
    for (const { register, at } of runs) {
      expectShort(configs, registerOf(folder, register), at);
    }
  });

  const real = existsSync(corpus) ? readdirSync(corpus).filter((name) => name.endsWith('.exp')) : [];

  it.each(real)('of the real export %s', (name) => {
    expectShort([join(corpus, name)], null, '2026-11-22');
  });
});
