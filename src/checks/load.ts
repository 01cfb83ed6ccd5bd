import { type Check, type CheckSubject, REMEDIES } from '../model/check.js';
import type { FwauditError } from '../model/error.js';
import { SETTINGS } from '../model/facts.js';
import { closestSpelling } from '../text/spelling.js';
import { conditionOutline, conditionProblem } from './cel.js';
import { placeholderProblem } from './placeholders.js';
import { validate } from './schema.js';
import { NO_SHARED, type Shared } from './shared.js';
import { type Path, readYamlSource, type YamlSource } from './yaml-source.js';

/** A file of checks or of data, as it was read. */
export interface RuleFile {
  /** As errors and locations name it. */
  readonly path: string;
  readonly text: string;
}

/**
 * Reads one check: YAML, held against rules/schema.json; its condition checked for types, its message
 * for placeholders.
 * @throws FwauditError of code `check`, with line and column, for the first thing that is wrong.
 */
export function loadCheck(text: string, file: string, shared: Shared = NO_SHARED): Check {
  const source = readYamlSource(text, file);
  validate('check', source);
  // The schema has nothing against it: this is its type.
  const written = source.value as Omit<Check, 'supersedes' | 'location'> & Partial<Pick<Check, 'supersedes'>>;
  checkCondition(source, written.when, written.over, shared);
  checkRemedy(source, written);
  for (const [language, message] of Object.entries(written.message)) {
    checkMessage(source, ['message', language], message, written.over);
  }
  const outline = conditionOutline(written.when, written.over, shared);
  return { supersedes: [], ...written, outline, location: { file, line: source.lineOf(['id']) } };
}

/**
 * Reads checks that belong together: no id twice, nothing superseded that does not exist or that
 * leads back to itself. `known` are checks that are there already: their ids are taken, and may be
 * superseded. Returns those of the files, in their order.
 * @throws FwauditError of code `check`, as `loadCheck`.
 */
export function loadChecks(
  files: readonly RuleFile[],
  known: readonly Check[] = [],
  shared: Shared = NO_SHARED,
): Check[] {
  const loaded = files.map(({ path, text }) => ({ check: loadCheck(text, path, shared), path, text }));
  const byId = new Map(known.map((check) => [check.id, check]));
  for (const { check, path, text } of loaded) {
    const taken = byId.get(check.id);
    if (taken !== undefined) {
      const message = `the id ${check.id} is taken by ${taken.location.file}:${taken.location.line}`;
      throw readYamlSource(text, path).errorAt(['id'], message);
    }
    byId.set(check.id, check);
  }
  for (const { check, path, text } of loaded) {
    const problem = supersedesProblem(check, byId);
    if (problem !== null) throw readYamlSource(text, path).errorAt(problem.path, problem.message);
  }
  return loaded.map(({ check }) => check);
}

/** Whether the remedy is one for what the check is over, and a setting one that there is. */
function checkRemedy(
  source: YamlSource,
  { over, remedy, setting }: Omit<Check, 'supersedes' | 'location'>,
): void {
  const fits: readonly CheckSubject[] = remedy === undefined ? [over] : REMEDIES[remedy];
  if (!fits.includes(over)) {
    throw source.errorAt(['remedy'], `"${remedy}" is for checks over ${fits.join(' or ')}`);
  }
  const wanted = remedy === 'change-setting' && over === 'device';
  if (wanted !== (setting !== undefined)) {
    const message = wanted
      ? '"setting" is missing: which one would mend it'
      : '"setting" is for "remedy: change-setting" of a check over the device';
    throw source.errorAt([wanted ? 'remedy' : 'setting'], message);
  }
  if (setting === undefined || Object.hasOwn(SETTINGS, setting)) return;
  const meant = closestSpelling(setting, Object.keys(SETTINGS));
  const hint = meant === null ? 'rules/README.md lists them' : `did you mean ${meant}?`;
  throw source.errorAt(['setting'], `there is no setting ${setting}`, hint);
}

function checkCondition(source: YamlSource, when: string, over: CheckSubject, shared: Shared): void {
  const problem = conditionProblem(when, over, shared);
  if (problem !== null) throw inText(source, ['when'], problem);
}

function checkMessage(source: YamlSource, path: Path, message: string, over: CheckSubject): void {
  const problem = placeholderProblem(message, over);
  if (problem !== null) throw inText(source, path, problem);
}

function inText(
  source: YamlSource,
  path: Path,
  problem: { readonly message: string; readonly offset: number; readonly hint?: string },
): FwauditError {
  return source.errorInText(path, problem.offset, problem.message, problem.hint);
}

function supersedesProblem(
  check: Check,
  byId: ReadonlyMap<string, Check>,
): { readonly path: Path; readonly message: string } | null {
  for (const [index, id] of check.supersedes.entries()) {
    const path = ['supersedes', index];
    const other = byId.get(id);
    if (other === undefined) return { path, message: `there is no check ${id} to supersede` };
    if (leadsTo(other, check.id, byId)) {
      return { path, message: `${check.id} and ${id} supersede each other` };
    }
  }
  return null;
}

/** Whether a check supersedes another, through any number of others. */
function leadsTo(from: Check, to: string, byId: ReadonlyMap<string, Check>): boolean {
  const seen = new Set<string>();
  const open = [from.id];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(byId.get(id)?.supersedes ?? []));
  }
  return false;
}
