import type { ASTNode } from '@marcbachmann/cel-js';
import type { Need } from '../model/check.js';
import type { CelRecord } from './records.js';

/** What the name of a macro stands for; null where it is none. */
type MacroOf = (name: string) => ASTNode | null;

/** What a condition asks of plain fields, and whether that is all that it asks. */
export interface Asked {
  readonly needs: readonly Need[];
  readonly decisive: boolean;
}

/**
 * What plain fields of the subject must be before a condition can be true. Reading them is far cheaper
 * than evaluating it, and most subjects of most checks fail them; where nothing else is asked, they decide.
 * Never more than the condition itself asks: what it is made of otherwise is left to the evaluation.
 */
export function needsOf(node: ASTNode, macroOf: MacroOf): Asked {
  switch (node.op) {
    case '&&': {
      const sides = node.args.map((side) => needsOf(side, macroOf));
      return {
        needs: sides.flatMap(({ needs }) => needs),
        decisive: sides.every(({ decisive }) => decisive),
      };
    }
    case '||':
      return eitherOf(needsOf(node.args[0], macroOf), needsOf(node.args[1], macroOf));
    case '==':
      return needOf(node.args[0], valuesOf([node.args[1]]));
    case 'in':
      return node.args[1].op === 'list' ? needOf(node.args[0], valuesOf(node.args[1].args)) : UNKNOWN;
    case '!_':
      return needOf(node.args, [false]);
    case 'id': {
      const macro = macroOf(node.args);
      return macro === null ? UNKNOWN : needsOf(macro, macroOf);
    }
    default:
      return needOf(node, [true]);
  }
}

const UNKNOWN: Asked = { needs: [], decisive: false };

/** Whether a condition with these needs may be true of a subject. */
export function mayHold(needs: readonly Need[], subject: CelRecord): boolean {
  // Tens of thousands of times: loops, and no function for each.
  for (const { path, oneOf } of needs) {
    let value: unknown = subject;
    for (const field of path) value = (value as CelRecord)[field];
    if (!oneOf.includes(value as string | boolean)) return false;
  }
  return true;
}

/** What both sides need, each for itself; all that is asked where they ask it of one and the same field. */
function eitherOf(left: Asked, right: Asked): Asked {
  const needs = left.needs.flatMap(({ path, oneOf }) => {
    const other = right.needs.find((each) => each.path.join('.') === path.join('.'));
    return other === undefined ? [] : [{ path, oneOf: [...new Set([...oneOf, ...other.oneOf])] }];
  });
  const single = needs.length === 1 && left.needs.length === 1 && right.needs.length === 1;
  return { needs, decisive: single && left.decisive && right.decisive };
}

function needOf(node: ASTNode, oneOf: Need['oneOf'] | null): Asked {
  const path = fieldPath(node);
  return path === null || oneOf === null ? UNKNOWN : { needs: [{ path, oneOf }], decisive: true };
}

/** The fields that lead to a value from the subject: `exposure.target.self` is `target`, `self`. */
function fieldPath(node: ASTNode): readonly string[] | null {
  if (node.op !== '.') return null;
  const [from, field] = node.args;
  if (from.op === 'id') return [field];
  const path = fieldPath(from);
  return path === null ? null : [...path, field];
}

/** The values of literals; null where one is none, or a number, which CEL compares in its own way. */
function valuesOf(nodes: readonly ASTNode[]): Need['oneOf'] | null {
  const values = nodes.map((node) => (node.op === 'value' ? node.args : null));
  const plain = values.filter((value) => typeof value === 'string' || typeof value === 'boolean');
  return plain.length === values.length ? plain : null;
}
