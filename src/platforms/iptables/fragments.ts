import type { Policy } from '../../model/policy.js';
import type { ParsedChain, ParsedRule, ParsedTable } from './chains.js';
import { type Hook, isHook } from './dump.js';
import { parseRule } from './rule-syntax.js';

/**
 * Tables that are a part of what the kernel holds: files for `iptables-restore --noflush`, such as those of ufw.
 * Which packets come to their chains, and what becomes of the others, stands elsewhere.
 */

/** Whether a table has chains, and neither policies nor rules of a built-in one. */
export function isFragment({ table, chains }: ParsedTable): boolean {
  const names = [...chains.keys()];
  return names.length > 0 && !names.some((name) => isHook(table, name));
}

/** The chains to which ufw sends what comes in, in its order: ufw-framework(8), "RULES FILES". */
const ENTRANCES: ReadonlyMap<Hook, readonly RegExp[]> = new Map([
  ['INPUT', [/^ufw6?-before-input$/, /^ufw6?-user-input$/, /^ufw6?-after-input$/]],
  ['FORWARD', [/^ufw6?-before-forward$/, /^ufw6?-user-forward$/, /^ufw6?-after-forward$/]],
]);

/** A fragment of `filter` with built-in chains that jump where ufw does; nothing in its file says more. */
export function withEntrances(table: ParsedTable): ParsedTable {
  if (table.table !== 'filter' || !isFragment(table)) return table;
  const known = [...table.chains.values()];
  const hooks = [...ENTRANCES].map(([hook, patterns]): [string, ParsedChain] => {
    const found = patterns.flatMap((pattern) => known.filter(({ name }) => pattern.test(name)));
    const location = (found[0] ?? known[0])?.location ?? { file: '-', line: 1 };
    const rules = found.map(jumpTo);
    return [hook, { name: hook, policy: 'DROP', location, rules }];
  });
  return { ...table, chains: new Map([...table.chains, ...hooks]) };
}

function jumpTo({ name, location }: ParsedChain, at: number): ParsedRule {
  return { location, syntax: parseRule(['-j', name], new Map()), number: at + 1 };
}

const ELSEWHERE = 'the file holds no built-in chain: what becomes of other packets stands elsewhere';
const BEFORE = 'rules that the file does not hold stand before this chain';

/** The built-in chains of a fragment as policies: they say of themselves that they are not in the file. */
export function standingElsewhere(policy: Policy): Policy {
  if (policy.applies === null) return policy;
  const rules = policy.rules.map((rule) => ({
    ...rule,
    origin: 'implied' as const,
    approximate: [...rule.approximate, BEFORE],
  }));
  return { ...policy, rules, default: { action: 'deny', source: ELSEWHERE } };
}
