import type { ASTNode } from '@marcbachmann/cel-js';
import type { Outline } from '../model/check.js';
import type { CelRecord } from './records.js';

/** What the name of a macro stands for; null where it is none. */
type MacroOf = (name: string) => ASTNode | null;

const OPEN: Outline = { kind: 'open' };

/**
 * What plain fields tell of a condition. Reading them is far cheaper than evaluating it, and they decide
 * about most subjects of most checks.
 */
export function outlineOf(node: ASTNode, macroOf: MacroOf): Outline {
  switch (node.op) {
    case '&&':
      return together(
        'all',
        node.args.map((side) => outlineOf(side, macroOf)),
      );
    case '||':
      return together(
        'any',
        node.args.map((side) => outlineOf(side, macroOf)),
      );
    case '!_':
      return negated(outlineOf(node.args, macroOf));
    case '==':
      return isOneOf(node.args[0], [node.args[1]]);
    case '!=':
      return negated(isOneOf(node.args[0], [node.args[1]]));
    case 'in':
      return node.args[1].op === 'list'
        ? isOneOf(node.args[0], node.args[1].args)
        : has(node.args[1], node.args[0]);
    case 'id': {
      const macro = macroOf(node.args);
      return macro === null ? OPEN : outlineOf(macro, macroOf);
    }
    default: {
      const path = fieldPath(node);
      return path === null ? OPEN : { kind: 'is', path, oneOf: [true] };
    }
  }
}

/**
 * What an outline says of a subject: null where only an evaluation tells. As in CEL, what one side of `&&`
 * or `||` decides alone is decided, whatever the other is.
 */
export function decide(outline: Outline, subject: CelRecord): boolean | null {
  // Tens of thousands of times: loops, and no function for each field.
  switch (outline.kind) {
    case 'all':
    case 'any': {
      const decisive = outline.kind === 'any';
      let verdict: boolean | null = !decisive;
      for (const side of outline.of) {
        const each = decide(side, subject);
        if (each === decisive) return decisive;
        if (each === null) verdict = null;
      }
      return verdict;
    }
    case 'not': {
      const inner = decide(outline.of, subject);
      return inner === null ? null : !inner;
    }
    case 'open':
      return null;
    default: {
      let value: unknown = subject;
      for (const field of outline.path) value = (value as CelRecord)[field];
      return outline.kind === 'is'
        ? outline.oneOf.includes(value as string | boolean)
        : (value as readonly unknown[]).includes(outline.value);
    }
  }
}

/** Sides of one kind in one list, what is open only once, and last: the others may decide without it. */
function together(kind: 'all' | 'any', sides: readonly Outline[]): Outline {
  const flat = sides.flatMap((side) => (side.kind === kind ? side.of : [side]));
  const plain = flat.filter((side) => side.kind !== 'open');
  if (plain.length === 0) return OPEN;
  return { kind, of: plain.length === flat.length ? plain : [...plain, OPEN] };
}

function negated(outline: Outline): Outline {
  return outline.kind === 'open' ? OPEN : { kind: 'not', of: outline };
}

/** Numbers are left to CEL, which compares them in its own way. */
function isOneOf(node: ASTNode, literals: readonly ASTNode[]): Outline {
  const path = fieldPath(node);
  const values = literals.map((literal) => (literal.op === 'value' ? literal.args : null));
  const plain = values.filter((value) => typeof value === 'string' || typeof value === 'boolean');
  return path === null || plain.length < values.length ? OPEN : { kind: 'is', path, oneOf: plain };
}

/** The fields that are lists hold strings; their type was checked when the condition was. */
function has(list: ASTNode, literal: ASTNode): Outline {
  const path = fieldPath(list);
  if (path === null || literal.op !== 'value' || typeof literal.args !== 'string') return OPEN;
  return { kind: 'has', path, value: literal.args };
}

/** The fields that lead to a value from the subject: `exposure.target.self` is `target`, `self`. */
function fieldPath(node: ASTNode): readonly string[] | null {
  if (node.op !== '.') return null;
  const [from, field] = node.args;
  if (from.op === 'id') return [field];
  const path = fieldPath(from);
  return path === null ? null : [...path, field];
}
