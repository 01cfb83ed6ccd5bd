import type { CommandModule, InferredOptionTypes } from 'yargs';
import { createDisguise } from '../platforms/shared/disguise.js';
import { rangesOf } from '../redact/disguised-ranges.js';
import type { OptionTable } from './arguments.js';
import { readPack } from './pack.js';
import { REWRITE_OPTIONS, writeRewritten } from './rewritten.js';

/** The options of `fwaudit anonymise`. */
export const anonymiseOptions = REWRITE_OPTIONS satisfies OptionTable;

type AnonymiseArguments = InferredOptionTypes<typeof anonymiseOptions>;

const USAGE = `$0 anonymise FILE [options]

Writes the configuration with other names and addresses and without its secrets, in its own format, so
that somebody else may see it: what is wrong with its audit is still wrong with it. Networks stay networks,
private addresses stay private, and equal names stay equal. FILE may be - for standard input.`;

/** `fwaudit anonymise`: the same configuration of nobody. */
export function anonymiseCommand(setExit: (code: number) => void): CommandModule<object, AnonymiseArguments> {
  return {
    command: 'anonymise',
    describe: 'Write a configuration with other names and addresses, and without its secrets',
    builder: (yargs) => yargs.usage(USAGE).options(anonymiseOptions),
    handler: async (argv) => {
      const { shared } = await readPack();
      const known = shared?.lists.flatMap(({ values }) => values) ?? [];
      const code = await writeRewritten(argv, ({ capture, platform, parsed, key }) => {
        const anonymised = platform.anonymise(
          capture,
          createDisguise(key, parsed.devices.flatMap(rangesOf), known),
        );
        const told = 'names, addresses and secrets replaced; look through it before you hand it on';
        return anonymised === null ? null : { capture: anonymised, told };
      });
      setExit(code);
    },
  };
}
