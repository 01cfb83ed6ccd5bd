import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { CheckSubject } from '../model/check.js';
import { fieldsOf, RECORDS, SUBJECTS } from './fields.js';
import { daysFrom, FUNCTIONS, overlaps, re } from './functions.js';
import { type CelRecord, RECORD_CLASSES } from './records.js';
import { closestSpelling } from './spelling.js';

/** What is wrong with a condition, and where in its text: an offset from 0. */
export interface ConditionProblem {
  readonly message: string;
  readonly offset: number;
  readonly hint?: string;
}

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
export function conditionProblem(text: string, over: CheckSubject): ConditionProblem | null {
  try {
    const parsed = environmentFor(over, '1970-01-01').parse(text);
    const refused = refusedCall(parsed.ast, 0);
    if (refused !== null) return refused;
    const { valid, type, error } = parsed.check();
    if (!valid) return problemOf(error, over);
    if (type !== 'bool') return { message: `the condition must be true or false, not ${type}`, offset: 0 };
    return literalProblem(parsed.ast);
  } catch (error) {
    return problemOf(error, over);
  }
}

/**
 * Compiles a condition for evaluation on the day `at`. Its types were checked when it was loaded.
 * @throws when it does not parse.
 */
export function compileCondition(text: string, over: CheckSubject, at: string): Condition {
  const { variable } = SUBJECTS[over];
  const evaluate = environmentFor(over, at).parse(text);
  // One object for all subjects: a check may look at tens of thousands.
  const context: Record<string, CelRecord> = {};
  return (subject) => {
    context[variable] = subject;
    const value: unknown = evaluate(context);
    if (typeof value !== 'boolean') throw new TypeError('the condition is neither true nor false');
    return value;
  };
}

/** Why a condition could not be compiled or evaluated, in one line. */
export function evaluationProblem(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return summaryOf(error).split('\n')[0] ?? '';
}

function environmentFor(over: CheckSubject, at: string): Environment {
  const { variable, record } = SUBJECTS[over];
  const environment = new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS });
  for (const [name, ctor] of RECORD_CLASSES) {
    const types = Object.entries(RECORDS[name]).map(([field, { type }]) => [field, type]);
    environment.registerType(name, { ctor, fields: Object.fromEntries(types) });
  }
  for (const { signatures, handler } of FUNCTIONS) {
    for (const signature of signatures) environment.registerFunction(signature, handler(at));
  }
  return environment.registerVariable(variable, record);
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

interface Call {
  readonly name: string;
  readonly receiver: ASTNode | null;
  readonly args: readonly ASTNode[];
}

function callOf(node: ASTNode): Call | null {
  if (node.op === 'call') return { name: node.args[0], receiver: null, args: node.args[1] };
  if (node.op === 'rcall') return { name: node.args[0], receiver: node.args[1], args: node.args[2] };
  return null;
}

/** Where the name of a called function stands. */
function nameOffset(node: ASTNode, { name, receiver }: Call): number {
  return receiver === null ? node.start : node.input.indexOf(name, receiver.end);
}

function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
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

/** The type that the check gave a node, which the library's own declarations leave out. */
function typeName(node: ASTNode & { readonly checkedType?: { readonly name: string } }): string | null {
  return node.checkedType?.name ?? null;
}

function summaryOf(error: CelError): string {
  return error.summary ?? error.message;
}
