import { realpath } from 'node:fs/promises';
import { isAbsolute, normalize, relative, resolve } from 'node:path';
import { FwauditError } from '../model/error.js';
import { type CollectedCapture, Provenances } from './files.js';

/** The largest answer of git that is read, in bytes. */
const MAX_BYTES = 512 * 1024 * 1024;

interface Answer {
  readonly ok: boolean;
  readonly stdout: Buffer;
}

/** Runs git here, without a shell; what it says on standard error is not looked at. */
function git(args: readonly string[]): Promise<Answer> {
  // Loaded for git only: it would be a tenth of the start of every command.
  const { execFile } = process.getBuiltinModule('node:child_process');
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: MAX_BYTES, encoding: 'buffer', env: plainEnvironment() } as const;
    execFile('git', ['--no-pager', ...args], options, (error, stdout) => {
      if (error !== null && error.code === 'ENOENT') {
        reject(new FwauditError('usage', "can't run git", { hint: 'it has to be installed', cause: error }));
      } else resolve({ ok: error === null, stdout });
    });
  });
}

/** Without questions at a terminal, and without fetching what is missing. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1' };
}

/**
 * The commit that a revision names.
 * @throws FwauditError of code `usage` when there is no repository here, or no such commit in it
 */
export async function resolveRevision(revision: string): Promise<string> {
  const inside = await git(['rev-parse', '--is-inside-work-tree']);
  if (!inside.ok) throw new FwauditError('usage', 'this folder is in no git repository');
  const found = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  const commit = found.stdout.toString('utf8').trim();
  if (found.ok && /^[0-9a-f]{40,64}$/.test(commit)) return commit;
  throw new FwauditError('usage', `git knows no revision ${revision}`, {
    hint: 'in CI, fetch more than the last commit',
  });
}

/** How many folders this one is below the top of its repository. */
export async function stepsToTop(): Promise<number> {
  const { stdout } = await git(['rev-parse', '--show-cdup']);
  return stdout.toString('utf8').split('..').length - 1;
}

/** A file as it stood at a commit, by its path from here; null when it was not there. */
export async function readAtCommit(commit: string, file: string): Promise<Uint8Array | null> {
  const { ok, stdout } = await git(['cat-file', 'blob', `${commit}:${fromHere(file)}`]);
  return ok ? new Uint8Array(stdout) : null;
}

/** Files below a path, as it stood at a commit, by their paths from here. */
export async function filesAtCommit(commit: string, path: string): Promise<readonly string[]> {
  const { ok, stdout } = await git(['ls-tree', '-r', '-z', '--name-only', commit, '--', fromHere(path)]);
  return ok ? names(stdout) : [];
}

/** Files that stand in a folder itself, not below it, as it stood at a commit; by their paths from here. */
export async function filesInFolderAt(commit: string, folder: string): Promise<readonly string[]> {
  const path = fromHere(folder).replace(/\/*$/, '/');
  const { ok, stdout } = await git(['ls-tree', '-z', '--name-only', commit, '--', path]);
  return ok ? names(stdout) : [];
}

/** Whether a path is part of the repository that this folder is in: as it is written, or where it leads to. */
export async function isInRepository(path: string): Promise<boolean> {
  const { ok, stdout } = await git(['rev-parse', '--show-toplevel']);
  if (!ok) return false;
  const top = stdout.toString('utf8').replace(/\r?\n$/, '');
  const written = resolve(path);
  const real = await realpath(path).catch(() => written);
  return [written, real].some((each) => !leadsOut(relative(top, each)));
}

function leadsOut(path: string): boolean {
  return path === '..' || /^\.\.[\\/]/.test(path) || isAbsolute(path);
}

/** Files below this folder that are not as they were at a commit, those that are new or gone included. */
export async function changedSince(commit: string): Promise<readonly string[]> {
  const changed = await git(['diff', '--name-only', '--no-renames', '--relative', '-z', commit, '--']);
  const added = await git(['ls-files', '--others', '--exclude-standard', '-z']);
  return [...new Set([...names(changed.stdout), ...names(added.stdout)])].sort();
}

/** Captures as they stood at a commit; those that were not there are left out. */
export async function capturesAtCommit(
  commit: string,
  files: readonly Pick<CollectedCapture, 'file' | 'folder'>[],
): Promise<readonly CollectedCapture[]> {
  const captures: CollectedCapture[] = [];
  const provenances = new Provenances(async (place) => {
    const bytes = await readAtCommit(commit, place);
    if (bytes === null) throw new Error('not there');
    return Buffer.from(bytes).toString('utf8');
  });
  for (const { file, folder } of files) {
    const bytes = await readAtCommit(commit, file);
    if (bytes !== null) captures.push({ file, bytes, folder, ...(await provenances.of(file)) });
  }
  return captures;
}

function names(output: Buffer): readonly string[] {
  return output
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '');
}

/** An absolute path is made one from here; git wants `./` or `../` before it. */
function fromHere(file: string): string {
  const path = toPosix(isAbsolute(file) ? relative(process.cwd(), file) : normalize(file));
  return path.startsWith('../') ? path : `./${path}`;
}

function toPosix(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
