import type { CommandModule, InferredOptionTypes } from 'yargs';
import { collectFiles } from '../collect/files.js';
import { parseInputs } from '../parse.js';
import { platforms } from '../platforms/index.js';
import { inertJson } from '../report/inert.js';
import { INPUT_HELP, inputsOf, type OptionTable } from './arguments.js';
import { PLATFORM_OPTION, tellDiagnostics } from './devices.js';
import { readStdin } from './surroundings.js';

/** The options of `fwaudit convert`. */
export const convertOptions = { platform: PLATFORM_OPTION } as const satisfies OptionTable;

type ConvertArguments = InferredOptionTypes<typeof convertOptions>;

/** `fwaudit convert`: prints the normalised model as JSON, without any secret. */
export function convertCommand(setExit: (code: number) => void): CommandModule<object, ConvertArguments> {
  return {
    command: 'convert',
    describe: 'Print the normalised model of configurations as JSON',
    builder: (yargs) =>
      yargs
        .usage(
          `$0 convert INPUT... [options]\n\nPrints the normalised model of configurations as JSON.\n${INPUT_HELP}`,
        )
        .options(convertOptions),
    handler: async (argv) => {
      const collected = await collectFiles(inputsOf(argv), readStdin);
      const parsed = parseInputs(collected, platforms, argv.platform ?? null);
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
      tellDiagnostics(diagnostics);
      setExit(diagnostics.some((each) => each.incomplete) ? 3 : 0);
    },
  };
}
