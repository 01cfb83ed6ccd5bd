import type { Argv, CommandModule } from 'yargs';
import { audit } from '../audit.js';
import { collectFiles } from '../collect/files.js';
import type { AuditReport } from '../model/audit-report.js';
import type { Severity } from '../model/check.js';
import { SEVERITIES } from '../model/check.js';
import { FwauditError } from '../model/error.js';
import { platforms } from '../platforms/index.js';
import type { ReportFormat } from '../report/format.js';
import { formats } from '../report/index.js';
import { readPack } from './pack.js';
import { findRegister } from './register.js';
import { readStdin, renderOptions, today, writeFileWhole } from './surroundings.js';
import { version } from './version.js';

interface ScanArguments {
  readonly inputs: string[];
  readonly format: string[];
  readonly output: string | Record<string, string> | undefined;
  readonly config: string | undefined;
  readonly register: boolean;
  readonly at: string;
  readonly platform: string | undefined;
  readonly failOn: string;
  readonly exitZero: boolean;
  readonly verbose: number;
  readonly colour: boolean | undefined;
}

/** `fwaudit scan`: audits configurations and says who can get in. */
export function scanCommand(setExit: (code: number) => void): CommandModule<object, ScanArguments> {
  return {
    command: ['scan <inputs..>'],
    describe: 'Audit exported configurations: files, globs, folders, or - for standard input',
    builder: scanOptions,
    handler: async (argv) => {
      const targets = outputTargets(argv);
      const report = await runAudit(argv);
      for (const { format, file } of targets) {
        const text = format.render(report, renderOptions(argv.verbose, argv.colour, file === null));
        if (file === null) process.stdout.write(text);
        else await writeFileWhole(file, text);
      }
      setExit(argv.exitZero ? 0 : report.summary.exitCode);
    },
  };
}

function scanOptions(yargs: Argv): Argv<ScanArguments> {
  return yargs
    .positional('inputs', { type: 'string', array: true, demandOption: true, describe: 'What to audit' })
    .option('format', {
      alias: 'f',
      type: 'string',
      array: true,
      nargs: 1,
      choices: formats.map((format) => format.id),
      default: ['terminal'],
      describe: 'Report format; may be given several times',
    })
    .option('output', {
      alias: 'o',
      describe: 'Write to a file: -o FILE, or -o.json FILE beside other formats',
      coerce: (value: unknown) => value as string | Record<string, string> | undefined,
    })
    .option('config', { type: 'string', describe: 'The register; else fwaudit.yaml is looked for upwards' })
    .option('register', { type: 'boolean', default: true, describe: 'Use a register (--no-register: none)' })
    .option('at', {
      type: 'string',
      default: today(),
      defaultDescription: 'today',
      describe: 'The day explanations must be valid on',
    })
    .option('platform', {
      type: 'string',
      choices: platforms.map((platform) => platform.id),
      describe: 'Do not detect the platform',
    })
    .option('fail-on', {
      type: 'string',
      choices: [...SEVERITIES],
      default: 'high',
      describe: 'Exit 1 from this severity on',
    })
    .option('exit-zero', { type: 'boolean', default: false, describe: 'Exit 0 whatever is found' })
    .option('verbose', {
      alias: 'v',
      type: 'count',
      describe: 'Everything in full; -vv also what was not understood',
    })
    .option('colour', { alias: 'color', type: 'boolean', describe: 'Colours (--no-colour: none)' })
    .check((argv) => checkDay(argv.at)) as unknown as Argv<ScanArguments>;
}

function checkDay(at: unknown): true {
  const day = String(at);
  const date = new Date(`${day}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day))
    return true;
  throw new FwauditError('usage', `--at ${day} is not a day`, { hint: 'write it as 2026-12-31' });
}

interface OutputTarget {
  readonly format: ReportFormat;
  /** null: standard output. */
  readonly file: string | null;
}

/** Which format goes where; at most one to standard output. */
function outputTargets(argv: ScanArguments): readonly OutputTarget[] {
  const { output } = argv;
  const named = typeof output === 'object' && output !== null ? output : {};
  const unknown = Object.keys(named).find((id) => !formats.some((format) => format.id === id));
  if (unknown !== undefined) {
    throw new FwauditError('usage', `-o.${unknown}: there is no such format`, {
      hint: `formats are ${formats.map((format) => format.id).join(', ')}`,
    });
  }
  const wanted = [...new Set([...argv.format, ...Object.keys(named)])];
  const targets = formats
    .filter((format) => wanted.includes(format.id))
    .map((format) => ({ format, file: fileFor(format.id, output, named) }));
  const asked = targets.filter(
    ({ format }) => argv.format.includes(format.id) || named[format.id] !== undefined,
  );
  const toStdout = asked.filter(({ file }) => file === null);
  if (toStdout.length > 1 || (typeof output === 'string' && asked.length > 1)) {
    throw new FwauditError('usage', 'several formats for one output', {
      hint: `give each a file of its own: ${toStdout.map(({ format }) => `-o.${format.id} FILE`).join(' ')}`,
    });
  }
  return asked;
}

function fileFor(
  id: string,
  output: ScanArguments['output'],
  named: Readonly<Record<string, string>>,
): string | null {
  return typeof output === 'string' ? output : (named[id] ?? null);
}

async function runAudit(argv: ScanArguments): Promise<AuditReport> {
  const pack = await readPack();
  const register = await findRegister(argv.register ? argv.config : null, pack);
  const collected = await collectFiles(argv.inputs, readStdin);
  return audit({
    ...collected,
    register,
    pack,
    platforms,
    platform: argv.platform ?? null,
    at: argv.at,
    failOn: argv.failOn as Severity,
    version: version(),
  });
}
