import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ArgumentsCamelCase, CommandModule, InferredOptionTypes } from 'yargs';
import { audit } from '../audit.js';
import { inLanguage } from '../checks/language.js';
import type { Pack } from '../checks/pack.js';
import { unknownCheck } from '../checks/select.js';
import { collectFiles } from '../collect/files.js';
import type { Check, Language } from '../model/check.js';
import { FwauditError } from '../model/error.js';
import { platforms } from '../platforms/index.js';
import { checkSheet } from '../report/check-help.js';
import { inert } from '../report/inert.js';
import { toCheck } from '../to-report.js';
import { ANSWER_FORMAT, type OptionTable } from './arguments.js';
import { askedLanguage, CHECK_BUDGET, CHECKS_OPTION, LANGUAGE_OPTION, withFolders } from './check-options.js';
import { readPack } from './pack.js';
import { findRegister } from './register.js';
import { readStdin, today } from './surroundings.js';
import { version } from './version.js';

/** The options of `fwaudit checks`. */
export const checksOptions = {
  checks: CHECKS_OPTION,
  lang: LANGUAGE_OPTION,
  format: ANSWER_FORMAT,
} as const satisfies OptionTable;

type ChecksArguments = ArgumentsCamelCase<InferredOptionTypes<typeof checksOptions>>;

const USAGE = `$0 checks list | show ID | test [FOLDER] [options]

  list         every check, with its severity
  show ID      what a check looks for, why it matters and what to do
  test FOLDER  hold the checks of a folder against their examples`;

/** `fwaudit checks`: what is looked for, and whether checks of one's own do what they say. */
export function checksCommand(
  setExit: (code: number) => void,
): CommandModule<object, InferredOptionTypes<typeof checksOptions>> {
  return {
    command: 'checks',
    describe: 'List and explain the checks, or try checks of your own',
    builder: (yargs) => yargs.usage(USAGE).options(checksOptions),
    handler: async (argv) => {
      const [, action, operand, extra] = argv._.map(String);
      if (extra !== undefined) throw new FwauditError('usage', `checks takes no ${extra}`, { hint: HINT });
      if (action === 'list' && operand === undefined) return listChecks(argv);
      if (action === 'show' && operand !== undefined) return showCheck(operand, argv);
      if (action === 'test') return testChecks(operand, argv, setExit);
      const message = action === 'show' ? 'checks show needs an id' : 'checks needs list, show ID or test';
      throw new FwauditError('usage', message, { hint: HINT });
    },
  };
}

const HINT = 'fwaudit checks --help';

async function packOf(argv: ChecksArguments): Promise<Pack> {
  return withFolders(await readPack(), argv.checks ?? []);
}

async function listChecks(argv: ChecksArguments): Promise<void> {
  const { checks } = await packOf(argv);
  const language = askedLanguage(argv.lang, null);
  if (argv.format === 'json') {
    printJson(checks.map((check) => toCheck(check, language)));
    return;
  }
  const lines = checks.map(
    (check) => `${check.id}  ${check.severity.padEnd(8)}  ${inert(inLanguage(check.title, language))}`,
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function showCheck(id: string, argv: ChecksArguments): Promise<void> {
  const { checks } = await packOf(argv);
  const check = checks.find((each) => each.id === id.toUpperCase());
  if (check === undefined) {
    throw unknownCheck(
      id,
      checks.map((each) => each.id),
    );
  }
  const language = askedLanguage(argv.lang, null);
  const shown = toCheck(check, language);
  if (argv.format === 'json') printJson(shown);
  else process.stdout.write(checkSheet(shown, language));
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** What became of one example of one check. */
interface Trial {
  readonly check: Check;
  readonly example: string;
  readonly wanted: 'finds' | 'passes';
  readonly holds: boolean;
}

/** Without a folder, the checks of `--checks`. An example that no longer holds is exit code 2. */
async function testChecks(
  folder: string | undefined,
  argv: ChecksArguments,
  setExit: (code: number) => void,
): Promise<void> {
  const folders = [...(argv.checks ?? []), ...(folder === undefined ? [] : [folder])];
  if (folders.length === 0) throw new FwauditError('usage', 'no folder of checks to test', { hint: HINT });
  const pack = await withFolders(await readPack(), folders);
  const own = new Set(pack.own);
  const trials: Trial[] = [];
  for (const check of pack.checks.filter(({ id }) => own.has(id))) {
    trials.push(...(await tryCheck(check, pack, askedLanguage(argv.lang, null))));
  }
  if (argv.format === 'json') printJson(trials.map(({ check, ...trial }) => ({ check: check.id, ...trial })));
  else for (const trial of trials) process.stdout.write(`${trialText(trial)}\n`);
  const failed = trials.filter(({ holds }) => !holds);
  const [first] = failed;
  if (first === undefined) return;
  setExit(2);
  const more = failed.length > 1 ? `, and ${failed.length - 1} more` : '';
  const message = `${first.check.id}: an example does not hold${more}`;
  throw await exampleError(
    first,
    message,
    first.wanted === 'finds' ? 'it should find something there' : 'it should find nothing there',
  );
}

/** An error at an example, in the file of its check. */
async function exampleError(
  { check: { location }, wanted, example }: Pick<Trial, 'check' | 'wanted' | 'example'>,
  message: string,
  hint: string,
): Promise<FwauditError> {
  const { readYamlSource } = await import('../checks/yaml-source.js');
  const source = readYamlSource(await readFile(location.file, 'utf8'), location.file);
  const { examples } = source.value as Pick<Check, 'examples'>;
  return source.errorAt(['examples', wanted, examples[wanted].indexOf(example)], message, hint);
}

function trialText({ check, example, wanted, holds }: Trial): string {
  const what = wanted === 'finds' ? 'finds something in' : 'finds nothing in';
  return `${holds ? 'ok  ' : 'FAIL'}  ${check.id} ${what} ${inert(example, { max: 1000 })}`;
}

async function tryCheck(check: Check, pack: Pack, language: Language): Promise<readonly Trial[]> {
  const alone = { ...pack, checks: [{ ...check, supersedes: [] }] };
  const trials: Trial[] = [];
  for (const wanted of ['finds', 'passes'] as const) {
    for (const example of check.examples[wanted]) {
      const folder = exampleFolder(example, check);
      if (folder === null) {
        const hint = 'examples are files, or folders with configurations, beside the check or above it';
        throw await exampleError({ check, wanted, example }, `${check.id}: there is no such example`, hint);
      }
      const found = await findsIn(folder, alone, language);
      trials.push({ check, example, wanted, holds: found === (wanted === 'finds') });
    }
  }
  return trials;
}

/** An example is looked for beside the check's file, then in the folders above it; null: it is not there. */
function exampleFolder(example: string, { location }: Check): string | null {
  const start = resolve(dirname(location.file));
  for (let above = start; ; above = dirname(above)) {
    const folder = join(above, example);
    if (existsSync(folder)) return folder;
    if (dirname(above) === above) return null;
  }
}

const REGISTER = 'fwaudit.yaml';

async function findsIn(folder: string, pack: Pack, language: Language): Promise<boolean> {
  const names = statSync(folder).isDirectory() ? await readdir(folder) : [];
  const inputs = names.length === 0 ? [folder] : configurations(names).map((name) => join(folder, name));
  const register = names.includes(REGISTER) ? join(folder, REGISTER) : null;
  const report = audit({
    ...(await collectFiles(inputs, readStdin)),
    register: await findRegister(register, pack),
    pack,
    platforms,
    platform: null,
    at: today(),
    failOn: 'critical',
    version: version(),
    language,
    budget: CHECK_BUDGET,
  });
  const [failed] = report.diagnostics.filter(({ code }) => code === 'check-failed');
  if (failed !== undefined) throw new FwauditError('check', failed.message);
  return report.findings.some(({ status }) => status === 'open');
}

/** What in a folder is a configuration: `config.*` where there is one, else all but notes and registers. */
function configurations(names: readonly string[]): readonly string[] {
  const named = names.filter((name) => /^config\b.*\.(?!txt$)/.test(name));
  if (named.length > 0) return named;
  return names.filter((name) => !/\.(md|json|ya?ml)$/.test(name));
}
