import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { CheckSubject, Outline } from '../model/check.js';
import { closestSpelling } from '../text/spelling.js';
import { fieldsOf, RECORDS, SUBJECTS } from './fields.js';
import { type Circumstances, daysFrom, FUNCTIONS, overlaps, re } from './functions.js';
import { namesProblem } from './known-names.js';
import { outlineOf } from './outline.js';
import { type CelRecord, RECORD_CLASSES } from './records.js';
import { NO_SHARED, type Shared } from './shared.js';
import { type Call, type ConditionProblem, callOf, childrenOf, typeName } from './syntax-tree.js';

export type { ConditionProblem } from './syntax-tree.js';

/** A compiled condition. @throws when it cannot be evaluated: see `evaluationProblem`. */
export type Condition = (subject: CelRecord) => boolean;

/** Conditions are short; these bounds, and no nesting beyond two, keep every evaluation short too. */
const LIMITS = {
  maxAstNodes: 1000,
  maxDepth: 60,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
};

/** Functions of the library that a condition may not call, and why. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['matches', 'matches() can run for minutes on a hostile text: use re(text, pattern)'],
  ['has', 'has() is true of nothing that is misspelt; every field is always there: compare it instead'],
  ['dyn', 'dyn() would switch the type check off'],
  ['bind', 'cel.bind() is not available: a condition is one expression over its subject'],
]);
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);
const DEEPEST_LOOP = 2;

/**
 * Checks a condition as its author should hear it: syntax, names and types, and that it is a bool.
 * Null when nothing is wrong.
 */
export function conditionProblem(
  text: string,
  over: CheckSubject,
  shared: Shared = NO_SHARED,
): ConditionProblem | null {
  try {
    const parsed = environmentFor(over, NOWHEN, shared).parse(text);
    const refused = refusedCall(parsed.ast, 0);
    if (refused !== null) return refused;
    const { valid, type, error } = parsed.check();
    if (!valid) return problemOf(error, over);
    if (type !== 'bool') return { message: `the condition must be true or false, not ${type}`, offset: 0 };
    return literalProblem(parsed.ast) ?? namesProblem(parsed.ast);
  } catch (error) {
    return problemOf(error, over);
  }
}

/** For the check of types, which calls no function. */
const NOWHEN: Circumstances = { at: '1970-01-01', administration: new Set() };

/** Names of the macros that a condition uses, of those that there are. @throws when it does not parse. */
export function macrosIn(
  text: string,
  over: CheckSubject,
  shared: Shared,
  about: Circumstances = NOWHEN,
): readonly string[] {
  // Most conditions use none, and need not be parsed to see that.
  const mentioned = shared.macros.filter((macro) => macro.over === over && text.includes(macro.name));
  const names = new Set(mentioned.map(({ name }) => name));
  if (names.size === 0) return [];
  const found = new Set<string>();
  const open = [environmentFor(over, about, shared).parse(text).ast];
  for (const node of open) {
    if (node.op === 'id' && typeof node.args === 'string' && names.has(node.args)) found.add(node.args);
    open.push(...childrenOf(node.args));
  }
  return [...found];
}

/** What plain fields tell of a condition that has no problem. */
export function conditionOutline(text: string, over: CheckSubject, shared: Shared): Outline {
  const environment = environmentFor(over, NOWHEN, shared);
  return outlineOf(environment.parse(text).ast, (name) => {
    const macro = shared.macros.find((each) => each.name === name && each.over === over);
    return macro === undefined ? null : environment.parse(macro.when).ast;
  });
}

/**
 * Compiles a condition for evaluation. Its types, and that macros lead to no cycle, were checked when it
 * was loaded.
 * @throws when it does not parse.
 */
export function compileCondition(
  text: string,
  over: CheckSubject,
  about: Circumstances,
  shared: Shared = NO_SHARED,
): Condition {
  const { variable } = SUBJECTS[over];
  const evaluate = environmentFor(over, about, shared).parse(text);
  const macros = macrosIn(text, over, shared, about).map((name) => {
    const when = shared.macros.find((each) => each.name === name && each.over === over)?.when ?? 'false';
    return [name, compileCondition(when, over, about, shared)] as const;
  });
  // One object for all subjects: a check may look at tens of thousands.
  const context: Record<string, CelRecord | boolean> = {};
  return (subject) => {
    context[variable] = subject;
    for (const [name, macro] of macros) context[name] = macro(subject);
    const value: unknown = evaluate(context);
    if (typeof value !== 'boolean') throw new TypeError('the condition is neither true nor false');
    return value;
  };
}

/**
 * Evaluates parts of conditions over their subjects, each compiled when it is first asked.
 * @throws as `compileCondition` and its result.
 */
export function partsUnder(
  about: Circumstances,
  shared: Shared = NO_SHARED,
): (when: string, over: CheckSubject, subject: CelRecord) => boolean {
  const compiled = new Map<string, Condition>();
  return (when, over, subject) => {
    const key = `${over} ${when}`;
    let condition = compiled.get(key);
    if (condition === undefined) {
      condition = compileCondition(when, over, about, shared);
      compiled.set(key, condition);
    }
    return condition(subject);
  };
}

/** Why a condition could not be compiled or evaluated, in one line. */
export function evaluationProblem(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return summaryOf(error).split('\n')[0] ?? '';
}

/** What every subject's environment shares: dear to build, cheap to copy. */
let base: {
  readonly about: Circumstances;
  readonly lists: Shared['lists'];
  readonly made: Environment;
} | null = null;

function baseFor(about: Circumstances, { lists }: Shared): Environment {
  if (base !== null && base.about === about && base.lists === lists) return base.made;
  const made = new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS });
  for (const [name, ctor] of RECORD_CLASSES) {
    const types = Object.entries(RECORDS[name]).map(([field, { type }]) => [field, type]);
    made.registerType(name, { ctor, fields: Object.fromEntries(types) });
  }
  for (const { signatures, handler } of FUNCTIONS) {
    for (const signature of signatures) made.registerFunction(signature, handler(about));
  }
  for (const { name, values } of lists) made.registerConstant(name, 'list<string>', values);
  base = { about, lists, made };
  return made;
}

let latest: {
  readonly from: Environment;
  readonly shared: Shared;
  readonly made: Map<string, Environment>;
} | null = null;

function environmentFor(over: CheckSubject, about: Circumstances, shared: Shared): Environment {
  const from = baseFor(about, shared);
  if (latest === null || latest.from !== from || latest.shared !== shared) {
    latest = { from, shared, made: new Map() };
  }
  const known = latest.made.get(over);
  if (known !== undefined) return known;
  const { variable, record } = SUBJECTS[over];
  const made = from.clone();
  for (const macro of shared.macros) if (macro.over === over) made.registerVariable(macro.name, 'bool');
  made.registerVariable(variable, record);
  latest.made.set(over, made);
  return made;
}

function refusedCall(node: ASTNode, loops: number): ConditionProblem | null {
  const call = callOf(node);
  const reason = call === null ? undefined : REFUSED.get(call.name);
  if (call !== null && reason !== undefined) return { message: reason, offset: nameOffset(node, call) };
  const depth = call !== null && LOOPS.has(call.name) ? loops + 1 : loops;
  if (depth > DEEPEST_LOOP) {
    return { message: `more than ${DEEPEST_LOOP} loops within each other`, offset: node.start };
  }
  // What a loop runs over is evaluated once; only its predicate is inside it.
  const inner = call?.receiver ?? null;
  for (const child of childrenOf(node.args)) {
    const found = refusedCall(child, child === inner ? loops : depth);
    if (found !== null) return found;
  }
  return null;
}

/** What is written in the condition as a pattern, a network or a day is tried at once. */
const TRIALS = new Map<string, (literal: string) => unknown>([
  ['re', (pattern: string) => re('', pattern)],
  ['inCidr', (network: string) => overlaps([network], [])],
  ['daysUntil', (day: string) => daysFrom(day, day)],
]);

function literalProblem(node: ASTNode): ConditionProblem | null {
  const call = callOf(node);
  const literal = call?.args.at(-1);
  if (literal?.op === 'value' && typeof literal.args === 'string') {
    try {
      TRIALS.get(call?.name ?? '')?.(literal.args);
    } catch (error) {
      return { message: evaluationProblem(error), offset: literal.start };
    }
  }
  for (const child of childrenOf(node.args)) {
    const found = literalProblem(child);
    if (found !== null) return found;
  }
  return null;
}

/** Where the name of a called function stands. */
function nameOffset(node: ASTNode, { name, receiver }: Call): number {
  return receiver === null ? node.start : node.input.indexOf(name, receiver.end);
}

interface CelError extends Error {
  readonly code?: string;
  readonly summary?: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly node?: ASTNode;
}

function problemOf(error: unknown, over: CheckSubject): ConditionProblem {
  if (!(error instanceof Error)) throw error;
  const { code, range, node }: CelError = error;
  const offset = range?.start ?? 0;
  const message = summaryOf(error);
  if (code === 'unknown_variable') {
    return { message, offset, hint: `a check over ${over} sees one variable: ${SUBJECTS[over].variable}` };
  }
  if (code !== 'no_such_key' || node === undefined) return { message, offset };
  return { ...unknownField(node), offset };
}

/** For `record.field` and `record["field"]`. */
function unknownField(node: ASTNode): Omit<ConditionProblem, 'offset'> {
  const [holder, name] = node.args as readonly [ASTNode, string | ASTNode];
  const word = String(typeof name === 'string' ? name : name.args);
  const record = typeName(holder) ?? '';
  const fields = Object.keys(fieldsOf(record) ?? {});
  const meant = closestSpelling(word, fields);
  const hint = meant === null ? `its fields are ${fields.join(', ')}` : `did you mean ${meant}?`;
  return { message: `${record} has no field ${word}`, hint };
}

function summaryOf(error: CelError): string {
  return error.summary ?? error.message;
}
