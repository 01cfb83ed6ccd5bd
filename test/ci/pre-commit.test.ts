import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtProgram } from '../cli/program.js';
import { copyFromProject, emptyFolder, root, writeFiles } from '../package/project.js';
import { rootYaml, scratchRepository, writeProgram } from './steps.js';

interface Hook {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly language: string;
  readonly entry: string;
  readonly args: readonly string[];
  readonly pass_filenames: boolean;
}

const program = builtProgram();
const hooks = rootYaml('.pre-commit-hooks.yaml') as readonly Hook[];

/** Runs the hook as pre-commit does: its entry, split into words, then its arguments; no file names. */
function runHook({ entry, args: own }: Hook, cwd: string, args: readonly string[] = own) {
  const bin = emptyFolder();
  writeProgram(bin, 'fwaudit', `exec node "${program.path('bin/fwaudit.js')}" "$@"`);
  const [command = '', ...words] = entry.split(' ');
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: bin, LANG: 'C.UTF-8' };
  return spawnSync(command, [...words, ...args], { cwd, env, encoding: 'utf8' });
}

describe('.pre-commit-hooks.yaml', () => {
  const [hook, ...others] = hooks;
  if (hook === undefined) throw new Error('there is no hook');

  it('has one hook, which starts what package.json installs', () => {
    expect(others).toEqual([]);
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      bin: Readonly<Record<string, string>>;
    };
    expect(hook).toMatchObject({ id: 'fwaudit', language: 'node', pass_filenames: false });
    expect(Object.keys(bin)).toContain(hook.entry.split(' ')[0]);
    expect(hook.description).toMatch(/\w/);
  });

  it('stops a commit that opens a door', () => {
    const place = scratchRepository({
      'sites/config.exp': 'fixtures/sonicwall/nsa-240-reseller/config.exp',
      'README.md': 'ours',
    });
    const { status, stdout, stderr } = runHook(hook, place);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('FWA-ADM-002');
  });

  it('lets a clean repository pass, whatever else is in it', () => {
    const place = scratchRepository({
      'sites/config.exp': 'fixtures/sonicwall/clean/config.exp',
      'README.md': 'ours',
      'src/main.py': 'print()',
    });
    expect(runHook(hook, place)).toMatchObject({ status: 0, stderr: '' });
  });

  it('looks only where its arguments say: elsewhere things are called like exports that are none', () => {
    const place = scratchRepository({
      'sites/config.exp': 'fixtures/sonicwall/clean/config.exp',
      'src/data.exp': 'ours',
    });
    expect(runHook(hook, place).status).toBe(3);
    expect(runHook(hook, place, ['sites']).status).toBe(0);
  });
});

describe('scripts/prepare.js', () => {
  /** The script in a folder of its own, with an npm and a build that say what they were asked for. */
  function prepare(env: Readonly<Record<string, string>>, npm: string, installed: boolean) {
    const folder = emptyFolder();
    copyFromProject(folder, ['scripts/prepare.js']);
    writeProgram(folder, 'bin/npm', npm);
    writeFiles(folder, { 'scripts/build.js': "process.stdout.write('built\\n');" });
    if (installed) {
      writeFiles(folder, {
        'node_modules/esbuild/package.json': '{}',
        'node_modules/esbuild/index.js': '',
      });
    }
    const path = `${join(folder, 'bin')}${delimiter}${process.env.PATH}`;
    const { status, stdout, stderr } = spawnSync('node', ['scripts/prepare.js'], {
      cwd: folder,
      env: { PATH: path, ...env },
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  it('builds, and prints nothing where programs read', () => {
    expect(prepare({}, 'exit 9', true)).toEqual({ status: 0, stdout: '', stderr: 'built\n' });
  });

  it('installs first in a clone without what building takes, and not globally', () => {
    const npm = 'echo "npm $* global=$npm_config_global prefix=$NPM_CONFIG_PREFIX"';
    const global = { npm_config_global: 'true', NPM_CONFIG_PREFIX: '/nowhere' };
    expect(prepare(global, npm, false)).toEqual({
      status: 0,
      stdout: '',
      stderr: 'npm ci --ignore-scripts global= prefix=\nbuilt\n',
    });
  });

  it('fails when it cannot', () => {
    expect(prepare({}, 'exit 7', false)).toEqual({ status: 7, stdout: '', stderr: '' });
  });
});
