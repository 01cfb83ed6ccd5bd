import type { CommandModule } from 'yargs';
import { platforms } from '../platforms/index.js';

/** `fwaudit platforms`: what it reads. */
export function platformsCommand(): CommandModule<object, { format: string }> {
  return {
    command: 'platforms',
    describe: 'List the platforms and formats that fwaudit reads',
    builder: (yargs) =>
      yargs.option('format', {
        alias: 'f',
        choices: ['terminal', 'json'],
        default: 'terminal',
        describe: 'Output format',
      }),
    handler: ({ format }) => {
      const list = platforms.map(({ id, name, formats }) => ({ id, name, formats }));
      const text = list.map(
        ({ id, name, formats }) =>
          `${id.padEnd(14)}${name}\n${formats.map((each) => `  ${each}\n`).join('')}`,
      );
      process.stdout.write(format === 'json' ? `${JSON.stringify(list, null, 2)}\n` : text.join(''));
    },
  };
}
