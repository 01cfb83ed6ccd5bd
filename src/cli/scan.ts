import type { ArgumentsCamelCase, CommandModule, InferredOptionTypes } from 'yargs';
import { audit } from '../audit.js';
import type { Collected } from '../collect/files.js';
import type { AuditReport } from '../model/audit-report.js';
import { type Language, SEVERITIES } from '../model/check.js';
import { FwauditError } from '../model/error.js';
import { platforms } from '../platforms/index.js';
import type { RenderOptions, ReportFormat } from '../report/format.js';
import { formats } from '../report/index.js';
import { INPUT_HELP, inputsOf, type OptionTable } from './arguments.js';
import { askedLanguage, askedPack, CHECK_BUDGET, SELECTION_OPTIONS } from './check-options.js';
import { COMPARE_OPTIONS, readComparison } from './compare.js';
import { PLATFORM_OPTION, REGISTER_OPTIONS } from './devices.js';
import { collectInputs } from './inputs.js';
import { outputTargets } from './outputs.js';
import { readPack } from './pack.js';
import { findRegister } from './register.js';
import { changedInputs, GIT_OPTIONS, metInFolder, sinceRevision } from './since.js';
import { SSH_OPTIONS } from './ssh-options.js';
import { renderOptions, today, writeFileWhole } from './surroundings.js';
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
  ...SELECTION_OPTIONS,
  ...GIT_OPTIONS,
  ...COMPARE_OPTIONS,
  'exit-zero': { type: 'boolean', default: false, describe: 'Exit 0 whatever is found' },
  verbose: {
    alias: 'v',
    type: 'count',
    describe: 'Everything in full; -vv also what was not understood',
  },
  colour: { alias: 'color', type: 'boolean', describe: 'Colours (--no-colour: none)' },
  ...SSH_OPTIONS,
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
          `$0 scan INPUT... [options]\n\nAudits exported configurations and says who can get in.\n${INPUT_HELP}\nssh://USER@HOST is an appliance, whose configuration is pulled and kept nowhere.`,
        )
        .options(scanOptions)
        .group(
          Object.keys(scanOptions).filter((name) => !(name in SSH_OPTIONS)),
          'Options:',
        )
        .group(Object.keys(SSH_OPTIONS), 'For an appliance (ssh://user@host):'),
    handler: async (argv) => {
      checkDay(argv.at);
      checkComparisons(argv);
      const targets = outputTargets(formats, argv.format, argv.output);
      const named = argv._.length > 1 || argv.since === undefined;
      const inputs = named ? inputsOf(argv) : await changedInputs(argv.since);
      const { report, language } = await runAudit(inputs, named, argv);
      // Files first: one that can't be written is told before anything is printed.
      for (const { format, file } of targets.toSorted(
        (a, b) => Number(a.file === null) - Number(b.file === null),
      )) {
        const text = rendered(format, report, renderOptions(argv, file === null, language));
        if (file === null) process.stdout.write(text);
        else await writeFileWhole(file, text);
      }
      setExit(argv.exitZero ? 0 : report.summary.exitCode);
    },
  };
}

/** @throws FwauditError of code `output` for a report that is longer than a text may be. */
function rendered(format: ReportFormat, report: AuditReport, options: RenderOptions): string {
  try {
    return format.render(report, options);
  } catch (error) {
    if (!(error instanceof RangeError) || !/string length/.test(error.message)) throw error;
    const hint = 'audit fewer configurations at a time, or fewer checks (--only)';
    throw new FwauditError('output', `the report is too long for ${format.id}`, { hint, cause: error });
  }
}

function checkDay(day: string): void {
  const date = new Date(`${day}T00:00:00Z`);
  const valid = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
  if (/^\d{4}-\d{2}-\d{2}$/.test(day) && valid) return;
  throw new FwauditError('usage', `--at ${day} is not a day`, { hint: 'write it as 2026-12-31' });
}

/** `--since` is a baseline and a previous report of its own. */
function checkComparisons({ since, baseline, previous }: ArgumentsCamelCase<ScanArguments>): void {
  if (since === undefined || (baseline === undefined && previous === undefined)) return;
  const other = baseline === undefined ? '--previous' : '--baseline';
  throw new FwauditError('usage', `--since and ${other} exclude each other`);
}

async function runAudit(
  inputs: readonly string[],
  named: boolean,
  argv: ArgumentsCamelCase<ScanArguments>,
): Promise<{ readonly report: AuditReport; readonly language: Language }> {
  const pack = await readPack();
  const compare = await readComparison(argv.baseline, argv.previous);
  const register = await findRegister(argv.register ? argv.config : null, pack, argv.registerFrom);
  const asked = await askedPack(pack, register, argv);
  const read = await collectInputs(inputs, argv);
  // What git names may be anything, like what stands in a folder.
  const collected = named ? read : metInFolder(read);
  const language = askedLanguage(argv.lang, register);
  const circumstances = {
    register,
    pack: asked,
    language,
    budget: CHECK_BUDGET,
    platforms,
    platform: argv.platform ?? null,
    at: argv.at,
    failOn: argv.failOn,
    version: version(),
  };
  const auditAll = (each: Collected) => audit({ ...each, ...circumstances });
  const since =
    argv.since === undefined ? null : await sinceRevision(argv.since, inputs, collected, auditAll);
  const report = compare(auditAll(collected), argv.failOn);
  return { report: since === null ? report : since(report, argv.failOn), language };
}
