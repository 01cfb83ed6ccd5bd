import { randomBytes } from 'node:crypto';
import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { reasonOf } from '../collect/reason.js';
import type { Language } from '../model/check.js';
import { FwauditError } from '../model/error.js';
import type { RenderOptions } from '../report/format.js';

/** The clock's only reader: today, in the time zone of whoever runs fwaudit. */
export function today(): string {
  const now = new Date();
  const two = (value: number) => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/**
 * How to write, from what stands around: NO_COLOR (https://no-color.org), FORCE_COLOR, TERM, and
 * whether the output is a terminal. A file never gets colours.
 */
export function renderOptions(
  { verbose, colour }: { readonly verbose: number; readonly colour: boolean | undefined },
  toStdout: boolean,
  language: Language = 'en',
): RenderOptions {
  const { env, stdout } = process;
  const wished = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const refused = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  const automatic = wished || (stdout.isTTY === true && !refused);
  return {
    language,
    width: toStdout ? Math.max(60, Math.min(stdout.columns ?? 100, 120)) : 100,
    colour: toStdout && (colour ?? automatic),
    verbosity: verbose >= 2 ? 2 : verbose === 1 ? 1 : 0,
    unicode: env.TERM !== 'linux' && !/^(C|POSIX)$/.test(env.LC_ALL ?? env.LC_CTYPE ?? env.LANG ?? ''),
  };
}

/**
 * Writes a file whole or not at all: beside it first, then in its place, with the permissions that it
 * had. What is no file, a device or a pipe, is written to.
 */
export async function writeFileWhole(file: string, text: string): Promise<void> {
  try {
    const target = await realpath(file).catch(() => file);
    const before = await stat(target).catch(() => null);
    if (before === null || before.isFile()) await replaceFile(target, text, before?.mode);
    else await writeFile(target, text);
  } catch (error) {
    throw new FwauditError('output', `can't write ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/** As `writeFileWhole`, for what only the user may read: the file has mode 0600, whatever it had before. */
export async function writePrivateFile(file: string, bytes: Uint8Array): Promise<void> {
  try {
    const target = await realpath(file).catch(() => file);
    const before = await stat(target).catch(() => null);
    if (before === null || before.isFile()) await replaceFile(target, bytes, 0o600);
    else await writeFile(target, bytes);
  } catch (error) {
    throw new FwauditError('output', `can't write ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

async function replaceFile(file: string, text: string | Uint8Array, mode: number | undefined): Promise<void> {
  const beside = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(beside, text, { flag: 'wx', mode: mode === 0o600 ? mode : 0o666 });
    if (mode !== undefined) await chmod(beside, mode & 0o777);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
