import yargs from 'yargs';
import { FwauditError } from '../model/error.js';
import { convertCommand } from './convert.js';
import { errorText } from './error-text.js';
import { platformsCommand } from './platforms.js';
import { queryCommand } from './query.js';
import { scanCommand } from './scan.js';
import { traceCommand } from './trace.js';
import { version } from './version.js';

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
    .usage('$0 <command>\n\nFinds every way into a firewall’s administration that nobody explained.')
    .command(scanCommand(setExit))
    .command(traceCommand(setExit))
    .command(queryCommand(setExit))
    .command(convertCommand(setExit))
    .command(platformsCommand())
    .option('debug', {
      type: 'boolean',
      default: false,
      describe: 'Show the stack of an error',
      global: true,
    })
    .demandCommand(1, 'Say what to do: fwaudit scan FILE')
    .strict()
    .version(version())
    .alias('help', 'h')
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .epilogue('Exit codes: 0 nothing open · 1 a finding is open · 2 wrong usage · 3 the scan is incomplete')
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new FwauditError('usage', message, { hint: 'fwaudit --help' });
    });
  try {
    await parser.parseAsync();
    return exitCode;
  } catch (error) {
    process.stderr.write(`${errorText(error, argv.includes('--debug'))}\n`);
    return error instanceof FwauditError ? 2 : 3;
  }
}
