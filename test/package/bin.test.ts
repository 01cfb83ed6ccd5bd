import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyFromProject, emptyFolder, root, run, writeFiles } from './project.js';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** bin/fwaudit.js in a folder of its own, with the given text as the built program. */
function binWith(program: string | null): string {
  const folder = emptyFolder();
  copyFromProject(folder, ['bin', 'package.json']);
  if (program !== null) writeFiles(folder, { 'dist/main.cjs': program });
  return folder;
}

describe('bin/fwaudit.js', () => {
  it('answers --version without the program', () => {
    const folder = binWith('throw new Error("loaded");');
    expect(run('node', ['bin/fwaudit.js', '--version'], folder)).toEqual({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it('says what to do when nothing is built', () => {
    const result = run('node', ['bin/fwaudit.js', 'scan', 'x'], binWith(null));
    expect(result.status).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(/^[^\n]*npm ci[^\n]*\n$/);
  });

  it.each(['18.20.8', '20.18.3', '4.9.1'])('refuses Node %s in one line', (node) => {
    const folder = binWith('exports.main = async () => 0;');
    writeFiles(folder, {
      'old.cjs': `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } });`,
    });
    const result = run('node', ['--require', './old.cjs', 'bin/fwaudit.js', '--version'], folder);
    expect(result).toEqual({
      status: 2,
      stdout: '',
      stderr: `fwaudit needs Node.js 20.19 or later, and this is ${node}.\n`,
    });
  });

  it.each(['20.19.0', '21.0.0', '22.1.0', '100.0.0'])('accepts Node %s', (node) => {
    const folder = binWith(null);
    writeFiles(folder, {
      'new.cjs': `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } });`,
    });
    expect(run('node', ['--require', './new.cjs', 'bin/fwaudit.js', '--version'], folder).status).toBe(0);
  });

  it('hands over the arguments and exits with the code that comes back', () => {
    const folder = binWith(
      'exports.main = async function main(argv) { console.log(JSON.stringify(argv)); return 3; }',
    );
    expect(run('node', ['bin/fwaudit.js', 'scan', '--version', '-x'], folder)).toEqual({
      status: 3,
      stdout: '["scan","--version","-x"]\n',
      stderr: '',
    });
  });

  it.each([
    ['a cache that is none', 'nothing'],
    ['an empty cache', ''],
  ])('compiles after all beside %s', (_, cache) => {
    const folder = binWith('exports.main = async () => 3;');
    writeFiles(folder, { [`dist/main.${process.version}-${process.arch}.cache`]: cache });
    expect(run('node', ['bin/fwaudit.js', 'scan'], folder)).toEqual({ status: 3, stdout: '', stderr: '' });
  });

  it('goes on quietly when the reader of its output goes away', () => {
    const folder = binWith(`
      exports.main = async function main() {
        for (let line = 0; line < 20000; line += 1) process.stdout.write('x'.repeat(80) + '\\n');
        await new Promise((resolve) => setTimeout(resolve, 50));
        return 1;
      }`);
    const script = 'node bin/fwaudit.js scan x | head -n 1; echo $PIPESTATUS';
    expect(run('bash', ['-c', script], folder)).toEqual({
      status: 0,
      stdout: `${'x'.repeat(80)}\n1\n`,
      stderr: '',
    });
  });

  it('never prints the message of a defect, which may quote the input', () => {
    const folder = binWith(
      'exports.main = async function main() { throw new RangeError("hunter2\\nhunter3"); }',
    );
    const plain = run('node', ['bin/fwaudit.js', 'scan', 'x'], folder);
    expect(plain.status).toBe(3);
    expect(plain.stderr).toMatch(/^fwaudit: internal error \(RangeError\)/);
    const debug = run('node', ['bin/fwaudit.js', 'scan', 'x', '--debug'], folder);
    expect(debug.stderr).toContain('dist/main.cjs:1');
    expect(plain.stderr + debug.stderr).not.toContain('hunter');
  });
});
