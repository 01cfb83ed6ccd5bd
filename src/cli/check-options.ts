import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { Budget } from '../checks/evaluate.js';
import type { Pack } from '../checks/pack.js';
import { selectChecks } from '../checks/select.js';
import { LANGUAGES, type Language, SEVERITIES, type Severity } from '../model/check.js';
import { FwauditError } from '../model/error.js';
import type { Register } from '../model/explanation.js';
import type { OptionTable } from './arguments.js';
import { checkFiles, checkFilesAt, type ReadFolder } from './check-files.js';

/** `--checks`, of every command that works with checks of one's own. */
export const CHECKS_OPTION = {
  type: 'string',
  array: true,
  nargs: 1,
  describe: 'A folder with checks of your own; may be given several times',
} as const satisfies OptionTable[string];

export const LANGUAGE_OPTION = {
  type: 'string',
  choices: [...LANGUAGES],
  requiresArg: true,
  describe: 'Language of the texts of checks; else LANG decides',
} as const satisfies OptionTable[string];

/** What decides which checks run. */
export const SELECTION_OPTIONS = {
  checks: CHECKS_OPTION,
  only: { type: 'string', array: true, nargs: 1, describe: 'Run this check; may be given several times' },
  skip: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Do not run this check; may be given several times',
  },
  severity: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Another severity for a check: ID=low; may be given several times',
  },
  lang: LANGUAGE_OPTION,
} as const satisfies OptionTable;

interface SelectionArguments {
  readonly checks: readonly string[] | undefined;
  readonly only: readonly string[] | undefined;
  readonly skip: readonly string[] | undefined;
  readonly severity: readonly string[] | undefined;
  readonly registerFrom: string | undefined;
}

/**
 * The checks that run: the built-in ones and those of folders, as the register and then the command line
 * ask for. `--only` replaces what the register says; the others add to it. Where the register is read at a
 * revision of git, the folders are too.
 * @throws FwauditError for a folder that can't be read, a check that is wrong, or an id that there is not
 */
export async function askedPack(builtIn: Pack, register: Register, argv: SelectionArguments): Promise<Pack> {
  const { file, checks } = register;
  const beside = file === null ? '.' : dirname(file);
  const folders = [...(checks?.folders ?? []).map((each) => join(beside, each)), ...(argv.checks ?? [])];
  const { registerFrom } = argv;
  const read =
    folders.length === 0 || registerFrom === undefined ? checkFiles : await checkFilesAt(registerFrom);
  const pack = await withFolders(builtIn, folders, read);
  const severities = new Map([...Object.entries(checks?.severity ?? {}), ...severitiesOf(argv.severity)]);
  return selectChecks(pack, {
    only: argv.only ?? checks?.only ?? [],
    skip: [...(checks?.skip ?? []), ...(argv.skip ?? [])],
    severities,
  });
}

/** A pack and the checks of folders. */
export async function withFolders(
  pack: Pack,
  folders: readonly string[],
  read: ReadFolder = checkFiles,
): Promise<Pack> {
  if (folders.length === 0) return pack;
  const { extendPack } = await import('../checks/pack.js');
  let extended = pack;
  for (const folder of folders) extended = extendPack(extended, await read(folder));
  return extended;
}

function severitiesOf(texts: readonly string[] = []): [string, Severity][] {
  return texts.map((text) => {
    const [id = '', word = ''] = text.split('=');
    const severity = SEVERITIES.find((each) => each === word);
    if (severity !== undefined) return [id, severity];
    throw new FwauditError('usage', `--severity ${text} is not possible`, {
      hint: `write it as FWA-OBS-001=low, with one of ${SEVERITIES.join(', ')}`,
    });
  });
}

/** The language of texts: as asked for, as the register says, or as the surroundings have it. */
export function askedLanguage(asked: Language | undefined, register: Register | null): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const around = [LC_ALL, LC_MESSAGES, LANG].find((each) => each !== undefined && each !== '') ?? '';
  const known = LANGUAGES.find((each) => around.toLowerCase().startsWith(each));
  return asked ?? register?.checks?.language ?? known ?? 'en';
}

/** Checks of one's own may take a second each; the clock is read here and nowhere else. */
export const CHECK_BUDGET = { milliseconds: 1000, within } satisfies Budget;

/** A condition is code that runs to its end: only the engine can break it off. */
function within(work: () => void, timeout: number): boolean {
  try {
    runInNewContext('work()', { work }, { timeout });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}
