import { realpath } from 'node:fs/promises';
import { collectFiles } from '../collect/files.js';
import type { Capture } from '../model/capture.js';
import { FwauditError } from '../model/error.js';
import { parseInputs } from '../parse.js';
import type { ParsedCapture } from '../pipeline.js';
import { platforms } from '../platforms/index.js';
import type { Platform } from '../platforms/platform.js';
import { inert } from '../report/inert.js';
import type { Arguments, OptionTable } from './arguments.js';
import { inputsOf } from './arguments.js';
import { PLATFORM_OPTION, tellDiagnostics } from './devices.js';
import { KEY_FILE_OPTION, readKey } from './redaction-key.js';
import { readStdin, writePrivateFile } from './surroundings.js';

/** The options of commands that hand on another version of a configuration. */
export const REWRITE_OPTIONS = {
  output: {
    alias: 'o',
    type: 'string',
    requiresArg: true,
    describe: 'Write to this file, readable by you only; else to standard output',
  },
  'key-file': KEY_FILE_OPTION,
  platform: PLATFORM_OPTION,
} as const satisfies OptionTable;

interface RewriteArguments extends Arguments {
  readonly output?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly platform?: string | undefined;
}

/** What is rewritten, and everything that is known of it. */
export interface Rewriting {
  readonly capture: Capture;
  readonly platform: Platform;
  readonly parsed: ParsedCapture;
  readonly key: Uint8Array;
}

/**
 * Reads one configuration, and writes what a command makes of it: whole or not at all. What is not
 * recognised, or can't be gone through, is never handed on.
 *
 * @param rewrite null: it can't be gone through
 * @returns the exit code
 */
export async function writeRewritten(
  argv: RewriteArguments,
  rewrite: (rewriting: Rewriting) => { readonly capture: Capture; readonly told: string } | null,
): Promise<number> {
  const inputs = inputsOf(argv);
  if (inputs.length > 1) throw new FwauditError('usage', 'one configuration at a time');
  const collected = await collectFiles(inputs, readStdin);
  if (collected.folders.length > 0 || collected.captures.length > 1)
    throw new FwauditError('usage', 'one configuration at a time', { hint: 'name one file' });
  const { captures, diagnostics } = parseInputs(collected, platforms, argv.platform ?? null);
  const [capture] = collected.captures;
  const [parsed] = captures;
  tellDiagnostics([...collected.diagnostics, ...diagnostics, ...(parsed?.diagnostics ?? [])]);
  if (capture === undefined || parsed === undefined || parsed.platform === null) return 3;
  const { output } = argv;
  if (output !== undefined && output !== '-') await refuseInput(capture.file, output);
  const { platform } = parsed;
  const key = await readKey(argv.keyFile);
  const written = parsed.devices.length === 0 ? null : rewrite({ capture, platform, parsed, key });
  if (written === null) {
    tell(`${inert(capture.file, { max: 1000 })}: could not be read, and nothing was written`);
    return 3;
  }
  if (output === undefined || output === '-') process.stdout.write(written.capture.bytes);
  else await writePrivateFile(output, written.capture.bytes);
  tell(written.told);
  return 0;
}

function tell(message: string): void {
  process.stderr.write(`fwaudit: ${message}\n`);
}

/** Writing over the input would lose what it holds for good. */
async function refuseInput(input: string, output: string): Promise<void> {
  const same = (await realpath(input).catch(() => null)) === (await realpath(output).catch(() => undefined));
  if (same)
    throw new FwauditError('usage', `-o ${output} is the input itself`, { hint: 'write to another file' });
}
