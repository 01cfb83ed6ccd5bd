import type { ArgumentsCamelCase, CommandModule, InferredOptionTypes } from 'yargs';
import { sessions } from '../platforms/sessions.js';
import { ANSWER_FORMAT, type OptionTable } from './arguments.js';
import { KEY_FILE_OPTION } from './redaction-key.js';
import { SSH_OPTIONS } from './ssh-options.js';

/** The options of `fwaudit collect`. */
export const collectOptions = {
  site: { type: 'string', requiresArg: true, describe: 'Only the devices of one site of the inventory' },
  into: { type: 'string', default: 'configs', requiresArg: true, describe: 'The folder of all captures' },
  jobs: { type: 'string', default: '20', requiresArg: true, describe: 'Appliances at a time' },
  retries: {
    type: 'string',
    default: '2',
    requiresArg: true,
    describe: 'How often a connection that fails is tried again',
  },
  resume: { type: 'boolean', default: false, describe: 'Go on with the last run that was not complete' },
  redact: {
    type: 'boolean',
    default: false,
    describe: 'Keep a placeholder in place of each secret, so that the folder can be committed',
  },
  'key-file': { ...KEY_FILE_OPTION, describe: 'For --redact: the key of placeholders, made when not there' },
  platform: {
    type: 'string',
    choices: [...sessions.keys()],
    requiresArg: true,
    describe: 'What an appliance is that is in no inventory',
  },
  format: ANSWER_FORMAT,
  ...SSH_OPTIONS,
} as const satisfies OptionTable;

type CollectOptions = InferredOptionTypes<typeof collectOptions>;

export type CollectArguments = ArgumentsCamelCase<CollectOptions>;

/** `fwaudit collect`: pulls configurations, and keeps them with where they came from. */
export function collectCommand(setExit: (code: number) => void): CommandModule<object, CollectOptions> {
  return {
    command: 'collect',
    describe: 'Pull configurations over SSH, from one appliance or an inventory',
    builder: (yargs) =>
      yargs
        .usage(
          '$0 collect [NAME | USER@HOST[:PORT]]... [options]\n\nPulls configurations over SSH and keeps them in configs/<site>/<device>/. Nothing is\nchanged on an appliance. Exit 3 when one could not be collected.',
        )
        .options(collectOptions),
    handler: async (argv) => {
      // ssh2 takes time that other commands need not spend.
      const { runCollect } = await import('./run-collect.js');
      setExit(await runCollect(argv));
    },
  };
}
