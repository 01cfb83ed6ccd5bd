import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyFromProject, emptyFolder, type Run, root, run, writeFiles } from './project.js';

function build(folder: string, rules: string): Run {
  return run('node', ['scripts/build.js', '--out', join(folder, 'dist'), '--rules', rules]);
}

/**
 * The files of dist, each by a hash of its text: what differs should not fill the screen. What V8 compiles
 * ahead is its own affair.
 */
function built(folder: string): ReadonlyMap<string, string> {
  const hash = (name: string) =>
    name.endsWith('.cache') ? name : createHash('sha256').update(readBuilt(folder, name)).digest('hex');
  return new Map(readdirSync(join(folder, 'dist')).map((name) => [name, hash(name)]));
}

function readBuilt(folder: string, name: string): string {
  return readFileSync(join(folder, 'dist', name), 'utf8');
}

describe('npm run build', () => {
  it('makes the same program, compiled rules, schema and licences every time', () => {
    const folder = emptyFolder();
    const { status, stderr } = build(folder, 'rules');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readdirSync(folder)).toEqual(['dist']);

    const first = built(folder);
    const names = [...first.keys()];
    const compiled = `main.${process.version}-${process.arch}.cache`;
    const fixed = [
      'main.cjs',
      'main.cjs.map',
      'pack.json',
      'report.schema.json',
      'secrets.schema.json',
      'ssh2.cjs',
      'THIRD-PARTY-NOTICES.txt',
    ];
    expect(names.toSorted()).toEqual([...fixed, compiled].toSorted());
    expect(readBuilt(folder, 'THIRD-PARTY-NOTICES.txt')).toMatch(/^yargs [\d.]+ \(MIT\)$/m);

    build(folder, 'rules');
    expect(built(folder)).toEqual(first);
  });

  it.each([
    ['a check that is no YAML', 'title: [\n', /^build failed: .*broken\.yaml:\d+/],
    [
      'a field that no check has',
      `${readFileSync(join(root, 'rules/FWA-ADM-002.yaml'), 'utf8')}severty: high\n`,
      /^build failed: .*broken\.yaml:\d+:\d+: .*severty/,
    ],
  ])('stops at %s, says where, and leaves the last good build', (_, text, message) => {
    const folder = emptyFolder();
    copyFromProject(folder, ['rules']);
    writeFiles(folder, { 'rules/broken.yaml': text, 'dist/main.cjs': 'the last good build' });
    const { status, stderr } = build(folder, join(folder, 'rules'));
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(readdirSync(folder).sort()).toEqual(['dist', 'rules']);
    expect([...built(folder).keys()]).toEqual(['main.cjs']);
    expect(readBuilt(folder, 'main.cjs')).toBe('the last good build');
  });
});
