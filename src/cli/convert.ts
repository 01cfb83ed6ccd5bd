import type { CommandModule } from 'yargs';
import { collectFiles } from '../collect/files.js';
import { parseInputs } from '../parse.js';
import { platforms } from '../platforms/index.js';
import { inert, inertJson } from '../report/inert.js';
import { readStdin } from './surroundings.js';

interface ConvertArguments {
  readonly inputs: string[];
  readonly platform: string | undefined;
}

/** `fwaudit convert`: prints the normalised model as JSON, without any secret. */
export function convertCommand(setExit: (code: number) => void): CommandModule<object, ConvertArguments> {
  return {
    command: 'convert <inputs..>',
    describe: 'Print the normalised model of configurations as JSON',
    builder: (yargs) =>
      yargs
        .positional('inputs', { type: 'string', array: true, demandOption: true, describe: 'What to read' })
        .option('platform', {
          type: 'string',
          choices: platforms.map((platform) => platform.id),
          describe: 'Do not detect the platform',
        }),
    handler: async ({ inputs, platform }) => {
      const collected = await collectFiles(inputs, readStdin);
      const parsed = parseInputs(collected, platforms, platform ?? null);
      const diagnostics = [
        ...collected.diagnostics,
        ...parsed.diagnostics,
        ...parsed.captures.flatMap((capture) => capture.diagnostics),
      ];
      const model = {
        devices: parsed.captures.flatMap((capture) => capture.devices),
        coverage: parsed.captures.flatMap((capture) => capture.coverage ?? []),
        limits: parsed.captures.flatMap((capture) => capture.limits),
        diagnostics,
      };
      process.stdout.write(`${inertJson(JSON.stringify(model, null, 2))}\n`);
      for (const { location, message } of diagnostics) {
        process.stderr.write(`fwaudit: ${inert(location?.file ?? '')}: ${inert(message)}\n`);
      }
      setExit(diagnostics.some((each) => each.incomplete) ? 3 : 0);
    },
  };
}
