import { type Collected, collectFiles } from '../collect/files.js';
import type { SshArguments } from './ssh-options.js';
import { readStdin } from './surroundings.js';

/**
 * Reads every input: files, folders, globs and standard input, and appliances (`ssh://user@host`),
 * whose configuration is held in memory and written nowhere.
 */
export async function collectInputs(
  inputs: readonly string[],
  argv: SshArguments & { readonly platform?: string | undefined },
): Promise<Collected> {
  const appliances = inputs.filter((input) => input.startsWith('ssh://'));
  const files = await collectFiles(
    inputs.filter((input) => !input.startsWith('ssh://')),
    readStdin,
  );
  if (appliances.length === 0) return files;
  // ssh2 takes time that a scan of files need not spend.
  const { pull } = await import('./pull.js');
  const pulled = await pull(appliances, argv);
  return {
    ...files,
    captures: [...files.captures, ...pulled.captures],
    diagnostics: [...files.diagnostics, ...pulled.diagnostics],
  };
}
