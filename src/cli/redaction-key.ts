import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reasonOf } from '../collect/reason.js';
import { FwauditError } from '../model/error.js';
import { inert } from '../report/inert.js';
import { writePrivateFile } from './surroundings.js';

/** The option that names the key of placeholders. */
export const KEY_FILE_OPTION = {
  type: 'string',
  requiresArg: true,
  describe: 'A secret kept in this file, made when it is not there: the same key gives the same result',
} as const;

/** The shortest key that can't be found by trying. */
const SHORTEST = 16;

/**
 * The key of a file, which is made when it is not there; without a file, one for this run only.
 *
 * @throws FwauditError `usage`, and `output` when it can't be made
 */
export async function readKey(file: string | undefined): Promise<Uint8Array> {
  if (file === undefined) return randomBytes(32);
  try {
    const key = (await readFile(file, 'utf8')).trim();
    if (Buffer.byteLength(key) >= SHORTEST) return Buffer.from(key);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new FwauditError('usage', `can't read ${file}: ${reasonOf(error)}`, { cause: error });
    const key = randomBytes(32).toString('hex');
    // One that can't be made is told by the writing.
    await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => null);
    await writePrivateFile(file, Buffer.from(`${key}\n`));
    process.stderr.write(`fwaudit: ${inert(file, { max: 1000 })}: a new key was made\n`);
    return Buffer.from(key);
  }
  throw new FwauditError('usage', `${file}: a key has at least ${SHORTEST} characters`, {
    hint: 'name a file that is not there, and it is made',
  });
}
