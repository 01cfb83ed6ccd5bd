import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { root, writeFiles } from '../package/project.js';

/** A step of `action.yml`. */
export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** A YAML file at the root of the repository. */
export function rootYaml(name: string): unknown {
  return parse(readFileSync(join(root, name), 'utf8'));
}

/** A git repository with some files of the project, by the paths that they get, all committed. */
export function scratchRepository(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'fwaudit-repo-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  for (const [path, source] of Object.entries(files)) {
    writeFiles(folder, { [path]: source });
    if (source.startsWith('fixtures/')) cpSync(join(root, source), join(folder, path));
  }
  git('add', '--all');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.invalid', 'commit', '--quiet', '-m', 'exports');
  return folder;
}

/** Writes a program of a few lines of shell. */
export function writeProgram(folder: string, name: string, script: string): void {
  writeFiles(folder, { [name]: `#!/usr/bin/env bash\n${script}\n` });
  chmodSync(join(folder, name), 0o755);
}
