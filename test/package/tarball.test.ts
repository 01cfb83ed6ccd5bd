import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Run } from './project.js';
import { emptyFolder, root, run } from './project.js';

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const reseller = join(root, 'fixtures/sonicwall/nsa-240-reseller/config.exp');

/** Packs what was built; `npm test` builds first. Without scripts: `prepare` would build under running tests. */
function pack(folder: string): Packed {
  const args = [
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    folder,
    '--cache',
    join(folder, 'cache'),
  ];
  const { status, stdout, stderr } = run('npm', args);
  if (status !== 0) throw new Error(stderr);
  const [packed] = JSON.parse(stdout) as readonly Packed[];
  if (packed === undefined) throw new Error('npm pack packed nothing');
  return packed;
}

describe('the package', () => {
  it('carries what it needs and nothing else', () => {
    const paths = pack(emptyFolder()).files.map(({ path }) => path);
    const rules = readdirSync(join(root, 'rules'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
    expect(rules).toContain('rules/schema.json');
    const expected = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/fwaudit.js',
      'bin/package.json',
      'dist/THIRD-PARTY-NOTICES.txt',
      'dist/main.cjs',
      'dist/pack.json',
      'dist/report.schema.json',
      'dist/secrets.schema.json',
      'dist/ssh2.cjs',
      'package.json',
      ...rules,
    ];
    expect(paths).toEqual(expect.arrayContaining(expected));
    const others = paths.filter(
      (path) => !expected.includes(path) && !/^dist\/main\.(cjs\.map|v[\w.-]+\.cache)$/.test(path),
    );
    expect(others).toEqual([]);
  });

  it('installs by itself in an empty folder, without network, and finds the door', () => {
    const folder = emptyFolder();
    const tarball = join(folder, pack(folder).filename);
    const place = emptyFolder();
    const flags = [
      '--offline',
      '--no-audit',
      '--no-fund',
      '--prefix',
      place,
      '--cache',
      join(folder, 'cache'),
    ];
    const install = run('npm', ['install', ...flags, tarball], place);
    expect(install.status, install.stderr).toBe(0);
    expect(readdirSync(join(place, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'fwaudit',
    ]);

    const fwaudit = (...args: readonly string[]): Run =>
      run(join(place, 'node_modules/.bin/fwaudit'), args, place);
    expect(fwaudit('--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
    const scan = fwaudit('scan', reseller);
    expect({ status: scan.status, stderr: scan.stderr }).toEqual({ status: 1, stderr: '' });
    expect(scan.stdout).toContain('203.0.113.7');

    for (const name of Object.keys(manifest.exports)) {
      const resolve = `JSON.parse(require('node:fs').readFileSync(require.resolve('fwaudit${name.slice(1)}'), 'utf8'))`;
      const read = run('node', ['-e', resolve], place);
      expect({ name, ...read }).toEqual({ name, status: 0, stdout: '', stderr: '' });
    }
  });

  it('asks for no other package: everything is bundled', () => {
    expect(manifest.dependencies).toBeUndefined();
  });
});
