import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { root } from '../package/project.js';

/** A run of the program: what it printed and how it ended. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as it is built from these sources, in a folder of its own. */
export interface Program {
  /** A file of what was built. */
  readonly path: (name: string) => string;
  /** Runs a line of shell, in which `fwaudit` is the program. */
  readonly shell: (line: string, cwd: string, env?: Readonly<Record<string, string>>) => Promise<Ended>;
}

/** Builds the program before the tests of a file, and removes it behind them. */
export function builtProgram(): Program {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fwaudit-built-'));
    for (const name of ['bin', 'package.json'])
      cpSync(join(root, name), join(folder, name), { recursive: true });
    execFileSync('node', [join(root, 'scripts/build.js'), '--out', join(folder, 'dist')], { stdio: 'pipe' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  return { path, shell: (line, cwd, env = {}) => runShell(path('bin/fwaudit.js'), line, cwd, env) };
}

function runShell(
  program: string,
  line: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const script = `fwaudit() { node "$FWAUDIT" "$@"; }\n${line}`;
  const surroundings = { PATH: process.env.PATH ?? '', HOME: cwd, LANG: 'C.UTF-8', FWAUDIT: program, ...env };
  return new Promise((resolve, reject) => {
    const options = { cwd, env: surroundings, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
    const child = execFile('bash', ['-c', script], options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    child.stdin?.end();
  });
}
