import type { CommandModule, InferredOptionTypes } from 'yargs';
import type { OptionTable } from './arguments.js';
import { REWRITE_OPTIONS, writeRewritten } from './rewritten.js';

/** The options of `fwaudit redact`. */
export const redactOptions = REWRITE_OPTIONS satisfies OptionTable;

type RedactArguments = InferredOptionTypes<typeof redactOptions>;

const USAGE = `$0 redact FILE [options]

Writes the configuration with a placeholder for each secret, in its own format, so that it can be kept or
committed. Its audit is the audit of the original. With the same key, equal secrets have equal placeholders.
Names, addresses and comments stay: see fwaudit anonymise. FILE may be - for standard input.`;

/** `fwaudit redact`: the same configuration without its secrets. */
export function redactCommand(setExit: (code: number) => void): CommandModule<object, RedactArguments> {
  return {
    command: 'redact',
    describe: 'Write a configuration without its secrets',
    builder: (yargs) => yargs.usage(USAGE).options(redactOptions),
    handler: async (argv) => {
      const code = await writeRewritten(argv, ({ capture, platform, parsed, key }) => {
        const redacted = platform.redact(capture, key);
        const secrets = parsed.devices.reduce((sum, device) => sum + device.secrets.length, 0);
        const told = `${secrets} ${secrets === 1 ? 'secret' : 'secrets'} replaced; names, addresses and comments stay`;
        return redacted === null ? null : { capture: redacted, told };
      });
      setExit(code);
    },
  };
}
