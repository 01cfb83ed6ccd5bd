import { FwauditError } from '../model/error.js';
import type { ReportFormat } from '../report/format.js';

/** One report, and where it goes. */
export interface OutputTarget {
  readonly format: ReportFormat;
  /** null: standard output. */
  readonly file: string | null;
}

/** `-o` as it was written: one file for the format of `-f`, and files for formats by name. */
interface Asked {
  readonly plain: string | null;
  readonly named: ReadonlyMap<string, string>;
}

/**
 * Which format goes where: `-o FILE` takes what `-f` asks for, `-o.FORMAT FILE` that format, beside
 * what `-f` asks for. At most one goes to standard output, which is also called `-`.
 *
 * @param wanted format ids of `-f`
 * @param output what yargs makes of `-o`: a text, an object by format, or a list of both
 * @throws FwauditError when a format does not exist, or two go to one place
 */
export function outputTargets(
  formats: readonly ReportFormat[],
  wanted: readonly string[],
  output: unknown,
): readonly OutputTarget[] {
  const { plain, named } = askedOutputs(output);
  for (const id of named.keys()) {
    if (formats.some((format) => format.id === id)) continue;
    throw new FwauditError('usage', `-o.${id}: there is no such format`, {
      hint: `formats are ${formats.map((format) => format.id).join(', ')}`,
    });
  }
  const targets = formats
    .filter(({ id }) => wanted.includes(id) || named.has(id))
    .map((format) => ({ format, file: fileName(named.get(format.id) ?? plain ?? '-') }));
  if (plain !== null && wanted.every((id) => named.has(id))) {
    throw new FwauditError('usage', `-o ${plain}: every format has a file of its own already`);
  }
  for (const { file } of targets) {
    const sharing = targets.filter((each) => each.file === file);
    if (sharing.length > 1) throw sharedOutput(sharing, file);
  }
  return targets;
}

function askedOutputs(output: unknown): Asked {
  let plain: string | null = null;
  const named = new Map<string, string>();
  for (const each of output === undefined ? [] : [output].flat()) {
    if (typeof each !== 'object' || each === null) {
      if (plain !== null) throw new FwauditError('usage', '-o is given twice');
      plain = nameGiven('-o', each);
      continue;
    }
    for (const [id, value] of Object.entries(each)) {
      if (named.has(id) || Array.isArray(value)) throw new FwauditError('usage', `-o.${id} is given twice`);
      named.set(id, nameGiven(`-o.${id}`, value));
    }
  }
  return { plain, named };
}

function nameGiven(option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new FwauditError('usage', `${option} needs the name of a file`);
}

function fileName(name: string): string | null {
  return name === '-' ? null : name;
}

function sharedOutput(targets: readonly OutputTarget[], file: string | null): FwauditError {
  const options = targets.map(({ format }) => `-o.${format.id} FILE`).join(' ');
  return new FwauditError('usage', `several formats for ${file ?? 'standard output'}`, {
    hint: `give each a file of its own: ${options}`,
  });
}
