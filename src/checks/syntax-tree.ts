import type { ASTNode } from '@marcbachmann/cel-js';

/** What is wrong with a condition, and where in its text: an offset from 0. */
export interface ConditionProblem {
  readonly message: string;
  readonly offset: number;
  readonly hint?: string;
}

/** A call of a function or a method. */
export interface Call {
  readonly name: string;
  readonly receiver: ASTNode | null;
  readonly args: readonly ASTNode[];
}

export function callOf(node: ASTNode): Call | null {
  if (node.op === 'call') return { name: node.args[0], receiver: null, args: node.args[1] };
  if (node.op === 'rcall') return { name: node.args[0], receiver: node.args[1], args: node.args[2] };
  return null;
}

/** The nodes among a node's arguments. */
export function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** The type that the check gave a node, which the library's own declarations leave out. */
export function typeName(
  node: ASTNode & { readonly checkedType?: { readonly name: string } },
): string | null {
  return node.checkedType?.name ?? null;
}
