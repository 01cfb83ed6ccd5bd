import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyFromProject, emptyFolder, run, writeFiles } from './project.js';

function build(folder: string, rules: string) {
  return run('node', ['scripts/build.js', '--out', join(folder, 'dist'), '--rules', rules]);
}

describe('npm run build', () => {
  it('makes the program, the compiled rules, the schema and the licences of what it bundles', () => {
    const folder = emptyFolder();
    const { status, stderr } = build(folder, 'rules');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const built = readdirSync(join(folder, 'dist'));
    expect(built).toEqual(
      expect.arrayContaining([
        'main.js',
        'main.js.map',
        'pack.json',
        'report.schema.json',
        'THIRD-PARTY-NOTICES.txt',
      ]),
    );
    expect(built.filter((name) => !/\.(js|js\.map|json|txt)$/.test(name))).toEqual([]);
    expect(built).not.toContain('pack-compiler.js');
    const notices = readFileSync(join(folder, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    expect(notices).toMatch(/^yargs 18\.2\.0 \(MIT\)$/m);
    expect(readdirSync(folder)).toEqual(['dist']);
  });

  it('gives the same files twice', () => {
    const folder = emptyFolder();
    build(folder, 'rules');
    const first = readdirSync(join(folder, 'dist')).map((name) => [
      name,
      readFileSync(join(folder, 'dist', name), 'utf8'),
    ]);
    build(folder, 'rules');
    const second = readdirSync(join(folder, 'dist')).map((name) => [
      name,
      readFileSync(join(folder, 'dist', name), 'utf8'),
    ]);
    expect(second).toEqual(first);
  });

  it.each([
    ['a check that is no YAML', 'title: [\n', 'broken.yaml:'],
    ['a check with a field that no check has', 'id: FWA-ADM-999\nseverty: high\n', 'broken.yaml:'],
  ])('stops at %s, says where, and leaves the last good build', (_, text, place) => {
    const folder = emptyFolder();
    copyFromProject(folder, ['rules']);
    expect(build(folder, join(folder, 'rules')).status).toBe(0);
    writeFiles(folder, { 'rules/broken.yaml': text });
    const { status, stderr } = build(folder, join(folder, 'rules'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^build failed: /);
    expect(stderr).toContain(place);
    expect(existsSync(join(folder, 'dist/main.js'))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['dist', 'rules']);
  });
});
