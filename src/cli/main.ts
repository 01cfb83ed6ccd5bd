import yargs from 'yargs';
import { FwauditError } from '../model/error.js';
import { anonymiseCommand, anonymiseOptions } from './anonymise.js';
import {
  COMMON_OPTIONS,
  checkCommand,
  checkOptions,
  INPUT_HELP,
  type OptionTable,
  refuseInheritedNames,
  usageError,
} from './arguments.js';
import { checksCommand, checksOptions } from './checks.js';
import { collectCommand, collectOptions } from './collect.js';
import { convertCommand, convertOptions } from './convert.js';
import { errorText } from './error-text.js';
import { platformsCommand, platformsOptions } from './platforms.js';
import { queryCommand, queryOptions } from './query.js';
import { redactCommand, redactOptions } from './redact.js';
import { scanCommand, scanOptions } from './scan.js';
import { secretsCommand, secretsOptions } from './secrets.js';
import { traceCommand, traceOptions } from './trace.js';
import { version } from './version.js';

/** What each command takes. */
const OPTIONS = new Map<string, OptionTable>([
  ['scan', scanOptions],
  ['trace', traceOptions],
  ['query', queryOptions],
  ['convert', convertOptions],
  ['collect', collectOptions],
  ['secrets', secretsOptions],
  ['redact', redactOptions],
  ['anonymise', anonymiseOptions],
  ['checks', checksOptions],
  ['platforms', platformsOptions],
]);

const EPILOGUE = `${INPUT_HELP}
Exit codes: 0 nothing open · 1 a finding is open · 2 wrong usage · 3 the scan is incomplete`;

/**
 * The whole command line.
 *
 * @param argv the arguments behind `fwaudit`
 * @returns the exit code: 0 nothing open, 1 a finding, 2 wrong usage, 3 an incomplete scan
 */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const setExit = (code: number) => {
    exitCode = code;
  };
  const parser = yargs([...argv])
    .scriptName('fwaudit')
    .locale('en')
    // File names and days are texts, also those that look like numbers.
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false })
    .usage('$0 <command>\n\nFinds every way into a firewall’s administration that nobody explained.')
    .command(scanCommand(setExit))
    .command(traceCommand(setExit))
    .command(queryCommand(setExit))
    .command(convertCommand(setExit))
    .command(collectCommand(setExit))
    .command(secretsCommand(setExit))
    .command(redactCommand(setExit))
    .command(anonymiseCommand(setExit))
    .command(checksCommand(setExit))
    .command(platformsCommand())
    .options(COMMON_OPTIONS)
    .check((given) => checkOptions(given, OPTIONS.get(String(given._[0])) ?? {}))
    .demandCommand(1, 'nothing to do')
    .version(version())
    .alias('help', 'h')
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .epilogue(EPILOGUE)
    .exitProcess(false)
    .fail((message, error) => {
      throw error === undefined || error.name === 'YError'
        ? usageError(message ?? error?.message ?? '')
        : error;
    });
  try {
    refuseInheritedNames(argv);
    checkCommand(await parser.parseAsync(), [...OPTIONS.keys()]);
    return exitCode;
  } catch (error) {
    process.stderr.write(`${errorText(error, argv.includes('--debug'))}\n`);
    return error instanceof FwauditError ? 2 : 3;
  }
}
