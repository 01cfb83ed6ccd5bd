import type { ASTNode } from '@marcbachmann/cel-js';
import { ADMINISTRATOR_MARKS, SETTINGS, TUNNEL_MARKS } from '../model/facts.js';
import { closestSpelling } from '../text/spelling.js';
import { type ConditionProblem, callOf, childrenOf, typeName } from './syntax-tree.js';

/** Fields whose texts come from a table: a text that is not in it is a slip, not a condition. */
const TABLES: ReadonlyMap<string, { readonly names: readonly string[]; readonly what: string }> = new Map([
  ['Setting.name', { names: Object.keys(SETTINGS), what: 'setting' }],
  ['Administrator.marks', { names: Object.keys(ADMINISTRATOR_MARKS), what: 'mark of an administrator' }],
  ['Tunnel.marks', { names: Object.keys(TUNNEL_MARKS), what: 'mark of a tunnel' }],
]);
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', 'in']);

/**
 * Whether a condition compares a field with a name that its table does not hold: `setting.name ==
 * "log-sever"`, `"hiden" in administrator.marks`. The node must have been checked for types.
 */
export function namesProblem(node: ASTNode): ConditionProblem | null {
  const own = comparedNames(node);
  if (own !== null) return own;
  for (const child of childrenOf(node.args)) {
    const found = namesProblem(child);
    if (found !== null) return found;
  }
  return null;
}

function comparedNames(node: ASTNode): ConditionProblem | null {
  if (!COMPARISONS.has(node.op)) return null;
  const sides = childrenOf(node.args);
  for (const [index, side] of sides.entries()) {
    const table = TABLES.get(fieldName(side));
    const other = sides[1 - index];
    if (table === undefined || other === undefined) continue;
    for (const literal of literalsOf(other)) {
      const name = String(literal.args);
      if (name === '' || table.names.includes(name)) continue;
      const meant = closestSpelling(name, table.names);
      const hint = meant === null ? 'rules/README.md lists them' : `did you mean ${meant}?`;
      return { message: `there is no ${table.what} ${name}`, offset: literal.start, hint };
    }
  }
  return null;
}

/** `Setting.name` for `setting.name`, whatever the variable is called. */
function fieldName(node: ASTNode): string {
  if (node.op !== '.' || callOf(node) !== null) return '';
  const [holder, name] = node.args as readonly [ASTNode, string];
  return `${typeName(holder) ?? ''}.${name}`;
}

/** A text, or the texts of a list. */
function literalsOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === 'value' && typeof node.args === 'string') return [node];
  return node.op === 'list' ? childrenOf(node.args).flatMap(literalsOf) : [];
}
