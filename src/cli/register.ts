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
 * @throws FwauditError when the path can't be read or the register is wrong
 */
export async function findRegister(asked: string | undefined | null, pack: Pack): Promise<Register> {
  if (asked === null) return emptyRegister();
  const found = asked === undefined ? await lookUpwards(process.cwd()) : await readAsked(asked);
  if (found === null) return emptyRegister();
  const { loadRegister } = await import('../explanations/register.js');
  const services = new Set(pack.services.map((service) => service.id));
  return loadRegister(found.text, found.file, { services });
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
