import { CHECK_SUBJECTS, type CheckSubject } from '../model/check.js';
import { closestSpelling } from '../text/spelling.js';
import { conditionProblem, macrosIn } from './cel.js';
import { SUBJECTS } from './fields.js';
import type { RuleFile } from './load.js';
import { validate } from './schema.js';
import { NO_SHARED, type Shared, type SharedList, type SharedMacro } from './shared.js';
import { readYamlSource, type YamlSource } from './yaml-source.js';

interface RawShared {
  readonly lists?: Readonly<Record<string, RawList>>;
  readonly macros?: Readonly<Record<string, RawMacro>>;
}

interface RawList {
  readonly about: string;
  readonly values: readonly (string | { readonly value: string; readonly source: string })[];
}

interface RawMacro {
  readonly about: string;
  readonly over: string;
  readonly when: string;
}

/**
 * Reads the lists and macros of several files, beside those that are known already.
 * @throws FwauditError of code `check`, with line and column, for a name that is taken, a condition that
 * is wrong, or macros that lead back to themselves.
 */
export function loadShared(files: readonly RuleFile[], known: Shared = NO_SHARED): Shared {
  const variables = Object.values(SUBJECTS).map(({ variable }) => variable);
  const taken = new Set<string>([...variables, ...[...known.lists, ...known.macros].map(({ name }) => name)]);
  const sources = files.map(({ path, text }) => readYamlSource(text, path));
  const lists: SharedList[] = [...known.lists];
  const macros: SharedMacro[] = [...known.macros];
  for (const source of sources) {
    validate('shared', source);
    // The schema has nothing against it: this is its type.
    const raw = source.value as RawShared;
    for (const [name, list] of Object.entries(raw.lists ?? {})) {
      take(source, ['lists', name], name, taken);
      lists.push({ name, about: list.about, values: list.values.map(textOf) });
    }
    for (const [name, macro] of Object.entries(raw.macros ?? {})) {
      take(source, ['macros', name], name, taken);
      macros.push(toMacro(source, name, macro));
    }
  }
  const shared = { lists, macros };
  for (const source of sources) checkMacros(source, shared);
  return shared;
}

function textOf(value: RawList['values'][number]): string {
  return typeof value === 'string' ? value : value.value;
}

function take(source: YamlSource, path: readonly string[], name: string, taken: Set<string>): void {
  if (taken.has(name)) throw source.errorAtField(path, `the name ${name} is taken`);
  taken.add(name);
}

function toMacro(source: YamlSource, name: string, { about, over, when }: RawMacro): SharedMacro {
  const subject = CHECK_SUBJECTS.find((each) => each === over);
  if (subject === undefined) {
    const meant = closestSpelling(over, CHECK_SUBJECTS);
    const hint = meant === null ? `it is one of ${CHECK_SUBJECTS.join(', ')}` : `did you mean ${meant}?`;
    throw source.errorAt(['macros', name, 'over'], `no check looks at ${over}`, hint);
  }
  return {
    name,
    about,
    over: subject,
    when,
    location: { file: source.file, line: source.lineOf(['macros', name]) },
  };
}

function checkMacros(source: YamlSource, shared: Shared): void {
  for (const macro of shared.macros.filter(({ location }) => location.file === source.file)) {
    const path = ['macros', macro.name, 'when'];
    const problem = conditionProblem(macro.when, macro.over, shared);
    if (problem !== null) throw source.errorInText(path, problem.offset, problem.message, problem.hint);
    const cycle = cycleOf(macro, macro.over, shared);
    if (cycle !== null) throw source.errorAt(path, `macros lead in a circle: ${cycle.join(' → ')}`);
  }
}

/** The way from a macro back to itself, or null. */
function cycleOf(start: SharedMacro, over: CheckSubject, shared: Shared): readonly string[] | null {
  const seen = new Set<string>();
  const open: (readonly string[])[] = [[start.name]];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const name = path.at(-1) ?? '';
    const macro = shared.macros.find((each) => each.name === name && each.over === over);
    if (macro === undefined) continue;
    for (const next of macrosIn(macro.when, over, shared)) {
      if (next === start.name) return [...path, next];
      if (!seen.has(next)) open.push([...path, next]);
      seen.add(next);
    }
  }
  return null;
}
