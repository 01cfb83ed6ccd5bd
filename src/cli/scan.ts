import type { ArgumentsCamelCase, CommandModule, InferredOptionTypes } from 'yargs';
import { audit } from '../audit.js';
import { collectFiles } from '../collect/files.js';
import type { AuditReport } from '../model/audit-report.js';
import { SEVERITIES } from '../model/check.js';
import { FwauditError } from '../model/error.js';
import { platforms } from '../platforms/index.js';
import { formats } from '../report/index.js';
import { INPUT_HELP, inputsOf, type OptionTable } from './arguments.js';
import { COMPARE_OPTIONS, readComparison } from './compare.js';
import { PLATFORM_OPTION, REGISTER_OPTIONS } from './devices.js';
import { outputTargets } from './outputs.js';
import { readPack } from './pack.js';
import { findRegister } from './register.js';
import { readStdin, renderOptions, today, writeFileWhole } from './surroundings.js';
import { version } from './version.js';

/** The options of `fwaudit scan`. */
export const scanOptions = {
  format: {
    alias: 'f',
    type: 'string',
    array: true,
    nargs: 1,
    choices: formats.map((format) => format.id),
    default: ['terminal'],
    describe: 'Report format; may be given several times',
  },
  output: { alias: 'o', describe: 'Write to a file: -o FILE, or -o.json FILE beside other formats' },
  ...REGISTER_OPTIONS,
  at: {
    type: 'string',
    default: today(),
    defaultDescription: 'today',
    requiresArg: true,
    describe: 'The day on which explanations have to be valid',
  },
  platform: PLATFORM_OPTION,
  'fail-on': {
    type: 'string',
    choices: [...SEVERITIES],
    default: 'high',
    requiresArg: true,
    describe: 'Exit 1 from this severity on',
  },
  ...COMPARE_OPTIONS,
  'exit-zero': { type: 'boolean', default: false, describe: 'Exit 0 whatever is found' },
  verbose: {
    alias: 'v',
    type: 'count',
    describe: 'Everything in full; -vv also what was not understood',
  },
  colour: { alias: 'color', type: 'boolean', describe: 'Colours (--no-colour: none)' },
} as const satisfies OptionTable;

type ScanArguments = InferredOptionTypes<typeof scanOptions>;

/** `fwaudit scan`: audits configurations and says who can get in. */
export function scanCommand(setExit: (code: number) => void): CommandModule<object, ScanArguments> {
  return {
    command: 'scan',
    describe: 'Audit exported configurations and say who can get in',
    builder: (yargs) =>
      yargs
        .usage(
          `$0 scan INPUT... [options]\n\nAudits exported configurations and says who can get in.\n${INPUT_HELP}`,
        )
        .options(scanOptions),
    handler: async (argv) => {
      checkDay(argv.at);
      const targets = outputTargets(formats, argv.format, argv.output);
      const report = await runAudit(inputsOf(argv), argv);
      // Files first: one that can't be written is told before anything is printed.
      for (const { format, file } of targets.toSorted(
        (a, b) => Number(a.file === null) - Number(b.file === null),
      )) {
        const text = format.render(report, renderOptions(argv.verbose, argv.colour, file === null));
        if (file === null) process.stdout.write(text);
        else await writeFileWhole(file, text);
      }
      setExit(argv.exitZero ? 0 : report.summary.exitCode);
    },
  };
}

function checkDay(day: string): void {
  const date = new Date(`${day}T00:00:00Z`);
  const valid = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
  if (/^\d{4}-\d{2}-\d{2}$/.test(day) && valid) return;
  throw new FwauditError('usage', `--at ${day} is not a day`, { hint: 'write it as 2026-12-31' });
}

async function runAudit(
  inputs: readonly string[],
  argv: ArgumentsCamelCase<ScanArguments>,
): Promise<AuditReport> {
  const pack = await readPack();
  const compare = await readComparison(argv.baseline, argv.previous);
  const register = await findRegister(argv.register ? argv.config : null, pack);
  const collected = await collectFiles(inputs, readStdin);
  const report = audit({
    ...collected,
    register,
    pack,
    platforms,
    platform: argv.platform ?? null,
    at: argv.at,
    failOn: argv.failOn,
    version: version(),
  });
  return compare(report, argv.failOn);
}
