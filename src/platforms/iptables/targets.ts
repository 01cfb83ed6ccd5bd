import type { Action, Condition } from '../../model/policy.js';
import { TARGET_GRAMMARS } from './grammar.js';
import type { RuleSyntax, TargetUse } from './rule-syntax.js';

/** What a rule of a table other than nat does with what it matches. */
export interface TargetAction {
  readonly action: Action;
  /** Whether what it does depends on something outside of the rules. */
  readonly conditions: readonly Condition[];
  readonly logged: boolean | null;
  /** Why the target is not understood, or null. Never a value. */
  readonly unknown: string | null;
}

/** Names a policy of the model: `filter/INPUT`, `filter6/INPUT`. */
export type PolicyName = (chain: string) => string;

/** What of its table decides on what a target does. */
export interface TableTargets {
  /** The user chains: a jump to one of these is no extension. */
  readonly chains: ReadonlySet<string>;
  /** Whether a rule opens ports for hosts that use others: `-j TRIGGER --trigger-type out`. */
  readonly triggered: boolean;
}

/** What the rules of a table have in common. @param chains its user chains */
export function tableTargets(rules: readonly RuleSyntax[], chains: ReadonlySet<string>): TableTargets {
  const triggered = rules.some(({ target }) => target !== null && triggerType(target) === 'out');
  return { chains, triggered };
}

/**
 * Port triggers of home routers: what a rule of the type `out` saw going out opens ports for what comes in, to rules of
 * the type `in`, once nat has led it to the host that sent. Anything else goes on. DD-WRT, ipt_TRIGGER.c.
 */
function triggerType({ name, options }: TargetUse): string | null {
  return name === 'TRIGGER' ? (options.find((use) => use.option === 'trigger-type')?.values[0] ?? '') : null;
}

export function actionOf(
  { target }: RuleSyntax,
  { chains, triggered }: TableTargets,
  policyName: PolicyName,
): TargetAction {
  if (target === null) return CONTINUE;
  if (chains.has(target.name)) {
    const action: Action = { kind: target.goto ? 'goto' : 'jump', policy: policyName(target.name) };
    return { action, conditions: [], logged: null, unknown: null };
  }
  if (target.goto) return unknownTarget('a chain that is not in the table');
  switch (TARGET_GRAMMARS.get(target.name)?.kind) {
    case 'permit':
      return PERMIT;
    case 'deny':
      return DENY;
    case 'return':
      return RETURN;
    case 'continue':
      return LOGGING.has(target.name) ? LOG : CONTINUE;
    case 'program':
      if (target.name === 'TRIGGER' && (!triggered || triggerType(target) !== 'in')) return CONTINUE;
      return { ...PERMIT, conditions: [programDecides(target)] };
    default:
      return unknownTarget('a target that is neither a chain nor a known extension');
  }
}

const PERMIT = plain('permit');
const DENY = plain('deny');
const RETURN = plain('return');
const CONTINUE = plain('continue');
const LOG: TargetAction = { ...CONTINUE, logged: true };

function plain(kind: 'permit' | 'deny' | 'return' | 'continue'): TargetAction {
  return { action: { kind }, conditions: [], logged: null, unknown: null };
}

const LOGGING: ReadonlySet<string> = new Set(['LOG', 'NFLOG', 'ULOG', 'LOGMARK', 'AUDIT']);

function programDecides({ name, options }: TargetUse): Condition {
  const words = [`-j ${name}`, ...options.map((use) => use.text)].join(' ');
  return { kind: 'other', description: `a program decides: ${words}`.slice(0, 120) };
}

/** It may accept the packet: a permit, and as a conditional one it takes nothing from later rules. */
function unknownTarget(unknown: string): TargetAction {
  const condition: Condition = { kind: 'other', description: unknown };
  return { action: { kind: 'permit' }, conditions: [condition], logged: null, unknown };
}
