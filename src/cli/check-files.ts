import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleFile } from '../checks/load.js';
import { reasonOf } from '../collect/reason.js';
import { FwauditError } from '../model/error.js';

/** Reads the files of a folder of checks. */
export type ReadFolder = (folder: string) => Promise<readonly RuleFile[]>;

const CHECK_FILE = /\.ya?ml$/;

/**
 * Reads checks as they stand in the file system.
 * @throws FwauditError of code `check` for a folder that can't be read, or holds none
 */
export async function checkFiles(folder: string): Promise<readonly RuleFile[]> {
  try {
    const names = (await readdir(folder)).filter((name) => CHECK_FILE.test(name)).sort();
    if (names.length === 0) throw noChecks(folder);
    return await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        return { path, text: await readFile(path, 'utf8') };
      }),
    );
  } catch (error) {
    if (error instanceof FwauditError) throw error;
    throw new FwauditError('check', `can't read ${folder}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Reads checks as they stood at a revision, so that a change can't silence what is found in it: one of
 * the user's checks that the change weakens, or adds in place of a built-in one, is not the one that runs.
 * A folder outside the repository is no part of the change and is read as it stands.
 *
 * @throws FwauditError of code `check` for a folder that is not in the revision, or holds none there
 */
export async function checkFilesAt(revision: string): Promise<ReadFolder> {
  const { filesInFolderAt, isInRepository, readAtCommit, resolveRevision } = await import(
    '../collect/git.js'
  );
  const commit = await resolveRevision(revision);
  return async (folder) => {
    if (!(await isInRepository(folder))) return checkFiles(folder);
    const paths = (await filesInFolderAt(commit, folder)).filter((path) => CHECK_FILE.test(path));
    if (paths.length === 0) {
      throw new FwauditError('check', `${folder} holds no checks in ${revision}`, {
        hint: '--register-from reads checks of your own from that revision too',
      });
    }
    return Promise.all(
      paths.map(async (path) => {
        const bytes = await readAtCommit(commit, path);
        return { path, text: new TextDecoder().decode(bytes ?? new Uint8Array()) };
      }),
    );
  };
}

function noChecks(folder: string): FwauditError {
  return new FwauditError('check', `${folder} holds no checks`, { hint: 'one YAML file a check' });
}
