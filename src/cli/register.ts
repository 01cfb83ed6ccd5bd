import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Pack } from '../checks/pack.js';
import { reasonOf } from '../collect/reason.js';
import { emptyRegister } from '../explanations/empty-register.js';
import { FwauditError } from '../model/error.js';
import type { Register } from '../model/explanation.js';

const REGISTER_FILE = 'fwaudit.yaml';

/**
 * Loads the register.
 *
 * @param asked a path; undefined: look for `fwaudit.yaml` from here upwards; null: none
 * @param revision of git, in which to look instead of in the file system
 * @throws FwauditError when the path can't be read or the register is wrong
 */
export async function findRegister(
  asked: string | undefined | null,
  pack: Pack,
  revision?: string,
): Promise<Register> {
  if (asked === null) return emptyRegister();
  const found = await readRegister(asked, revision);
  if (found === null) return emptyRegister();
  const { loadRegister } = await import('../explanations/register.js');
  const services = new Set(pack.services.map((service) => service.id));
  return loadRegister(found.text, found.file, { services });
}

async function readRegister(asked: string | undefined, revision?: string): Promise<RegisterText | null> {
  if (revision !== undefined) return readAtRevision(asked, revision);
  return asked === undefined ? lookUpwards(process.cwd()) : readAsked(asked);
}

/** A register that the revision does not have is an empty one, unless it was asked for by its path. */
async function readAtRevision(asked: string | undefined, revision: string): Promise<RegisterText | null> {
  const { readAtCommit, resolveRevision, stepsToTop } = await import('../collect/git.js');
  const commit = await resolveRevision(revision);
  const steps = asked === undefined ? await stepsToTop() : 0;
  for (let up = 0; up <= steps; up += 1) {
    const file = asked ?? join(...Array<string>(up).fill('..'), REGISTER_FILE);
    const bytes = await readAtCommit(commit, file);
    if (bytes !== null) return { file, text: new TextDecoder().decode(bytes) };
  }
  if (asked === undefined) return null;
  throw new FwauditError('register', `can't read ${asked}: it is not in ${revision}`);
}

interface RegisterText {
  readonly file: string;
  readonly text: string;
}

async function readAsked(file: string): Promise<RegisterText> {
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (error) {
    throw new FwauditError('register', `can't read ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

async function lookUpwards(from: string): Promise<RegisterText | null> {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, REGISTER_FILE);
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
    if (typeof text === 'string') return { file: relative(from, file), text };
    if (text.code !== 'ENOENT' && text.code !== 'ENOTDIR') return readAsked(file);
    if (dirname(folder) === folder) return null;
  }
}
