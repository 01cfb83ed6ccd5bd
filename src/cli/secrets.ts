import type { CommandModule, InferredOptionTypes } from 'yargs';
import { collectFiles } from '../collect/files.js';
import type { SecretsReport } from '../model/secrets-report.js';
import { parseInputs } from '../parse.js';
import { platforms } from '../platforms/index.js';
import { listSecrets } from '../redact/list-secrets.js';
import { inertJson } from '../report/inert.js';
import { secretsMarkdown } from '../report/secrets-markdown.js';
import { secretsText } from '../report/secrets-text.js';
import { INPUT_HELP, inputsOf, type OptionTable } from './arguments.js';
import { PLATFORM_OPTION } from './devices.js';
import { readStdin, renderOptions, writeFileWhole } from './surroundings.js';
import { version } from './version.js';

/** The options of `fwaudit secrets`. */
export const secretsOptions = {
  format: {
    alias: 'f',
    type: 'string',
    choices: ['terminal', 'markdown', 'json'],
    default: 'terminal',
    requiresArg: true,
    describe: 'Output format',
  },
  output: { alias: 'o', type: 'string', requiresArg: true, describe: 'Write to this file' },
  platform: PLATFORM_OPTION,
} as const satisfies OptionTable;

type SecretsArguments = InferredOptionTypes<typeof secretsOptions>;

const USAGE = `$0 secrets INPUT... [options]

Lists every secret that configurations hold by kind, place and protection, never its value, in the order
in which to change them: the vendor's where it has published one, else by how badly they are kept.
${INPUT_HELP}`;

/** `fwaudit secrets`: what to change after a configuration was seen by somebody. */
export function secretsCommand(setExit: (code: number) => void): CommandModule<object, SecretsArguments> {
  return {
    command: 'secrets',
    describe: 'List the secrets that configurations hold, in the order to change them',
    builder: (yargs) => yargs.usage(USAGE).options(secretsOptions),
    handler: async (argv) => {
      const collected = await collectFiles(inputsOf(argv), readStdin);
      const parsed = parseInputs(collected, platforms, argv.platform ?? null);
      const report = listSecrets(
        parsed.captures,
        [...collected.diagnostics, ...parsed.diagnostics],
        version(),
      );
      const text = render(report, argv.format);
      if (argv.output === undefined || argv.output === '-') process.stdout.write(text);
      else await writeFileWhole(argv.output, text);
      setExit(report.complete ? 0 : 3);
    },
  };
}

function render(report: SecretsReport, format: string): string {
  if (format === 'json') return `${inertJson(JSON.stringify(report, null, 2))}\n`;
  return format === 'markdown'
    ? secretsMarkdown(report)
    : secretsText(report, renderOptions({ verbose: 0, colour: false }, true));
}
