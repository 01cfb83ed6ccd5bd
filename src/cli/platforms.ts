import type { CommandModule, InferredOptionTypes } from 'yargs';
import { platforms } from '../platforms/index.js';
import { ANSWER_FORMAT, type OptionTable, refuseOperands } from './arguments.js';

/** The options of `fwaudit platforms`. */
export const platformsOptions = { format: ANSWER_FORMAT } as const satisfies OptionTable;

type PlatformsArguments = InferredOptionTypes<typeof platformsOptions>;

/** `fwaudit platforms`: what it reads. */
export function platformsCommand(): CommandModule<object, PlatformsArguments> {
  return {
    command: 'platforms',
    describe: 'List the platforms and formats that fwaudit reads',
    builder: (yargs) =>
      yargs
        .usage('$0 platforms [options]\n\nLists the platforms and formats that fwaudit reads.')
        .options(platformsOptions),
    handler: (argv) => {
      refuseOperands(argv);
      const list = platforms.map(({ id, name, formats }) => ({ id, name, formats }));
      const text = list.map(
        ({ id, name, formats }) =>
          `${id.padEnd(14)}${name}\n${formats.map((each) => `  ${each}\n`).join('')}`,
      );
      process.stdout.write(argv.format === 'json' ? `${JSON.stringify(list, null, 2)}\n` : text.join(''));
    },
  };
}
