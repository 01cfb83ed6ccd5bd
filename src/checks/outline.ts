import { type ASTNode, serialize } from '@marcbachmann/cel-js';
import type { Outline } from '../model/check.js';
import type { CelRecord } from './records.js';
import { callOf } from './syntax-tree.js';

/** What the name of a macro stands for; null where it is none. */
type MacroOf = (name: string) => ASTNode | null;

/** Whether a part of a condition that plain fields do not decide is true; null where that is not asked. */
export type EvaluatePart = (when: string) => boolean | null;

/**
 * A condition in parts. Plain fields are far cheaper to read than an expression is to evaluate, and they
 * decide about most subjects of most checks.
 */
export function outlineOf(node: ASTNode, macroOf: MacroOf): Outline {
  const open: Outline = { kind: 'open', when: serialize(node) };
  switch (node.op) {
    case '&&':
    case '||':
      return together(
        node.op,
        sidesOf(node, node.op).map((side) => outlineOf(side, macroOf)),
      );
    case '!_': {
      const inner = outlineOf(node.args, macroOf);
      return inner.kind === 'open' ? open : not(inner);
    }
    case '==':
      return isOneOf(node.args[0], [node.args[1]]) ?? not(hasAny(node.args)) ?? open;
    case '!=':
      return not(isOneOf(node.args[0], [node.args[1]])) ?? hasAny(node.args) ?? open;
    case '>':
      return hasAny(node.args) ?? open;
    case 'in':
      return inList(node.args[1], node.args[0]) ?? open;
    case 'id': {
      const macro = macroOf(node.args);
      return macro === null ? open : outlineOf(macro, macroOf);
    }
    default: {
      const path = fieldPath(node);
      return path === null ? open : { kind: 'is', path, oneOf: [true] };
    }
  }
}

/**
 * Whether a condition is true of a subject; null where that takes an evaluation that is not made. As in CEL,
 * what one side of `&&` or `||` decides alone is decided, whatever the other is.
 */
export function decide(
  outline: Outline,
  subject: CelRecord,
  evaluate: EvaluatePart = () => null,
): boolean | null {
  // A hundred thousand times, mostly before V8 compiles it: loops by number, which leave nothing behind.
  switch (outline.kind) {
    case 'all':
    case 'any': {
      const decisive = outline.kind === 'any';
      let verdict: boolean | null = !decisive;
      for (let at = 0; at < outline.of.length; at += 1) {
        const each = decide(outline.of[at] as Outline, subject, evaluate);
        if (each === decisive) return decisive;
        if (each === null) verdict = null;
      }
      return verdict;
    }
    case 'not': {
      const inner = decide(outline.of, subject, evaluate);
      return inner === null ? null : !inner;
    }
    case 'open':
      return evaluate(outline.when);
    default: {
      let value: unknown = subject;
      for (let at = 0; at < outline.path.length; at += 1) {
        value = (value as CelRecord)[outline.path[at] as string];
      }
      if (outline.kind === 'is') return outline.oneOf.includes(value as string | boolean);
      const list = value as readonly unknown[];
      return outline.kind === 'has' ? list.includes(outline.value) : list.length > 0;
    }
  }
}

/** The operands of `a && b && c`. */
function sidesOf(node: ASTNode, operator: '&&' | '||'): readonly ASTNode[] {
  return node.op === operator ? node.args.flatMap((side) => sidesOf(side, operator)) : [node];
}

/** Sides of one kind in one list; what is open in one part, and last: the others may decide without it. */
function together(operator: '&&' | '||', sides: readonly Outline[]): Outline {
  const kind = operator === '&&' ? 'all' : 'any';
  const flat = sides.flatMap((side) => (side.kind === kind ? side.of : [side]));
  const plain = flat.filter((side) => side.kind !== 'open');
  const open = flat.flatMap((side) => (side.kind === 'open' ? [side.when] : []));
  const [when = '', ...more] = open;
  if (open.length === 0) return { kind, of: plain };
  const all = more.length === 0 ? when : open.map((each) => `(${each})`).join(` ${operator} `);
  const part: Outline = { kind: 'open', when: all };
  return plain.length === 0 ? part : { kind, of: [...plain, part] };
}

function not(outline: Outline): Outline;
function not(outline: Outline | null): Outline | null;
function not(outline: Outline | null): Outline | null {
  return outline === null ? null : { kind: 'not', of: outline };
}

/** Numbers are left to CEL, which compares them in its own way. */
function isOneOf(node: ASTNode, literals: readonly ASTNode[]): Outline | null {
  const path = fieldPath(node);
  const values = literals.map((literal) => (literal.op === 'value' ? literal.args : null));
  const plain = values.filter((value) => typeof value === 'string' || typeof value === 'boolean');
  return path === null || plain.length < values.length ? null : { kind: 'is', path, oneOf: plain };
}

/** `field in ["a", "b"]`, or `"a" in field`: the fields that are lists hold strings. */
function inList(list: ASTNode, item: ASTNode): Outline | null {
  if (list.op === 'list') return isOneOf(item, list.args);
  const path = fieldPath(list);
  if (path === null || item.op !== 'value' || typeof item.args !== 'string') return null;
  return { kind: 'has', path, value: item.args };
}

/** For `field.size()` beside 0. */
function hasAny([size, number]: readonly [ASTNode, ASTNode]): Outline | null {
  const call = callOf(size);
  if (call?.name !== 'size' || call.receiver === null || number.op !== 'value') return null;
  const path = fieldPath(call.receiver);
  return path === null || number.args !== 0n ? null : { kind: 'some', path };
}

/** The fields that lead to a value from the subject: `exposure.target.self` is `target`, `self`. */
function fieldPath(node: ASTNode): readonly string[] | null {
  if (node.op !== '.') return null;
  const [from, field] = node.args;
  if (from.op === 'id') return [field];
  const path = fieldPath(from);
  return path === null ? null : [...path, field];
}
