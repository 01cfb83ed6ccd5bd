import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditFiles, fixtureCases, pack } from '../support/run.js';

/** Every check has a fixture in which it finds something and one in which it finds nothing. */

function findsIn(folder: string, id: string): boolean {
  const found = fixtureCases().find((each) => each.folder === folder.replace(/\/$/, ''));
  expect([folder, found !== undefined]).toEqual([folder, true]);
  const register = existsSync(`${folder}/fwaudit.yaml`) ? `${folder}/fwaudit.yaml` : null;
  const report = auditFiles(found?.configs ?? [], { register });
  return report.findings.some((finding) => finding.check === id && finding.status === 'open');
}

describe.each(pack.checks.map((check) => ({ id: check.id, check })))('$id', ({ id, check }) => {
  it('has examples of both kinds', () => {
    expect(check.examples.finds.length).toBeGreaterThan(0);
    expect(check.examples.passes.length).toBeGreaterThan(0);
  });

  it.each(check.examples.finds)('finds something in %s', (folder) => {
    expect(findsIn(folder, id)).toBe(true);
  });

  it.each(check.examples.passes)('finds nothing in %s', (folder) => {
    expect(findsIn(folder, id)).toBe(false);
  });

  it('stands in a file of its own name', () => {
    expect(basename(check.location.file)).toMatch(/\.yaml$/);
    expect(dirname(check.location.file)).toBe('rules');
  });
});
