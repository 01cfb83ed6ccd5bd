import type { Options } from 'yargs';
import { FwauditError } from '../model/error.js';
import { closestSpelling } from '../text/spelling.js';

/** The options of a command by name. */
export type OptionTable = Readonly<Record<string, Options>>;

/** What yargs hands over: options by every spelling of their names, and operands under `_`. */
export interface Arguments {
  readonly _: readonly (string | number)[];
  readonly [name: string]: unknown;
}

/** The options of every command; yargs makes `--help` and `--version` itself. */
export const COMMON_OPTIONS = {
  debug: { type: 'boolean', default: false, describe: 'Show where an error happened' },
} as const satisfies OptionTable;

/** `-f` of the commands whose answer is short. */
export const ANSWER_FORMAT = {
  alias: 'f',
  type: 'string',
  choices: ['terminal', 'json'],
  default: 'terminal',
  requiresArg: true,
  describe: 'Output format',
} as const satisfies Options;

/** What `INPUT` stands for, for the help of a command. */
export const INPUT_HELP = 'INPUT is a file, a folder, a glob, or - for standard input.';

/** What stands behind a command: files, folders, globs, `-`. There has to be something. */
export function inputsOf({ _: operands }: Arguments): readonly string[] {
  const inputs = operands.slice(1).map(String);
  if (inputs.length === 0) {
    throw new FwauditError('usage', 'nothing to read', {
      hint: 'name files, folders or globs, or - for standard input',
    });
  }
  if (inputs.includes('')) throw new FwauditError('usage', 'an input has an empty name');
  return inputs;
}

/** Refuses what stands behind a command that reads no inputs. */
export function refuseOperands({ _: operands }: Arguments): void {
  const [command, extra] = operands;
  if (extra === undefined) return;
  throw new FwauditError('usage', `${command} takes no ${extra}`, { hint: `fwaudit ${command} --help` });
}

/**
 * Refuses options that the command does not have, and an option with one value that is given twice.
 * yargs would go on with the first and make a list of the second.
 */
export function checkOptions(argv: Arguments, options: OptionTable): true {
  const table: OptionTable = { ...COMMON_OPTIONS, ...options };
  const unknown = unknownOptions(argv, table);
  if (unknown.length > 0) throw unknownOption(unknown, table, String(argv._[0]));
  for (const [name, option] of Object.entries(table)) {
    const value = argv[name];
    if (option.type !== 'string' || option.array === true || value === undefined) continue;
    if (Array.isArray(value)) throw new FwauditError('usage', `--${name} is given twice`);
    if (typeof value !== 'string') throw new FwauditError('usage', `--${name} needs a value`);
  }
  return true;
}

/**
 * Refuses options named as something that every object has (`--constructor`, `--to-string`), before the
 * parser of the command line takes that for a value of theirs.
 */
export function refuseInheritedNames(argv: readonly string[]): void {
  const end = argv.indexOf('--');
  for (const word of end === -1 ? argv : argv.slice(0, end)) {
    const [, name = ''] = /^--?(?:no-)?([^=]+)/.exec(word) ?? [];
    const parts = name.split('.').map((part) => camelCase(part));
    if (!parts.some((part) => part in Object.prototype)) continue;
    const [option = word] = word.split('=');
    throw new FwauditError('usage', `there is no option ${option}`, { hint: 'fwaudit --help' });
  }
}

function unknownOptions(argv: Arguments, table: OptionTable): readonly string[] {
  const known = new Set(['_', '$0', 'h', 'help', 'version']);
  for (const [name, { alias = [] }] of Object.entries(table)) {
    for (const each of [name, ...[alias].flat()]) known.add(each).add(camelCase(each));
  }
  const unknown = Object.keys(argv).filter((name) => !known.has(name));
  return unknown.filter((name) => !unknown.some((other) => other !== name && camelCase(other) === name));
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function unknownOption(names: readonly string[], table: OptionTable, command: string): FwauditError {
  const written = names.map((name) => (name.length === 1 ? `-${name}` : `--${name}`));
  const meant = names.map((name) => closestSpelling(name, Object.keys(table))).find((name) => name !== null);
  const what = names.length === 1 ? 'there is no option' : 'there are no options';
  return new FwauditError('usage', `${what} ${written.join(', ')}`, {
    hint: meant === undefined ? `fwaudit ${command} --help` : `did you mean --${meant}?`,
  });
}

/** Refuses a command that there is not; `fwaudit --help` and `fwaudit help` come by here too. */
export function checkCommand(argv: Arguments, commands: readonly string[]): void {
  const [command] = argv._.map(String);
  if (command === undefined || commands.includes(command) || argv.help === true) return;
  const meant = closestSpelling(command, commands);
  throw new FwauditError('usage', `there is no command ${command}`, {
    hint:
      meant === null
        ? `commands are ${commands.join(', ')}; to audit a file: fwaudit scan FILE`
        : `did you mean ${meant}?`,
  });
}

/** What yargs found wrong, in one line and in our words. */
export function usageError(message: string): FwauditError {
  const missing = /^Not enough arguments following: (.+)$/.exec(message);
  if (missing !== null) return new FwauditError('usage', `${written(missing[1])} needs a value`);
  const choice = /Argument: (\S+), Given: (.*), Choices: (.*)$/m.exec(message);
  if (choice === null)
    return new FwauditError('usage', message.replace(/\s+/g, ' '), { hint: 'fwaudit --help' });
  const [, name, given, choices = ''] = choice;
  return new FwauditError('usage', `${written(name)} ${given} is not possible`, {
    hint: `choose one of ${choices.replaceAll('"', '')}`,
  });
}

function written(name: string | undefined): string {
  return name?.length === 1 ? `-${name}` : `--${name}`;
}
