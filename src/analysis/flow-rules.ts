import type { Entry } from '../model/exposure.js';
import type { AccessRule, Policy } from '../model/policy.js';
import { PacketSet } from '../sets/packet-set.js';
import { chainOf } from './candidates.js';
import { isInDoubt } from './doubts.js';
import type { FlowRule } from './flow.js';
import type { Ground } from './ground.js';
import { rulePackets } from './rule-packets.js';

/** The enabled rules of a policy that can match packets from an entry, as packet sets, in order. */
export function flowRulesFor(policy: Policy, ground: Ground, entry: Entry): readonly FlowRule[] {
  let rules = ground.flowRules.get(policy.name);
  if (rules === undefined) {
    rules = rulesOf(policy, ground, []);
    ground.flowRules.set(policy.name, rules);
  }
  return comingIn(rules, entry);
}

/** What becomes of packets that no rule of a policy decides: as a rule, where somebody wrote it down. */
export function fallbackOf(policy: Policy, ground: Ground): FlowRule | 'permit' | 'deny' {
  const { action, rule } = policy.default;
  if (action !== 'permit') return 'deny';
  return rule === undefined ? 'permit' : toFlowRule(rule, policy, ground);
}

function toFlowRule(rule: AccessRule, policy: Policy, ground: Ground): FlowRule {
  const { inInterfaces: ins, outInterfaces: outs } = rule;
  return { rule, policy, ins, outs, ...packetsOf(rule, ground), inner: [], behind: [] };
}

function comingIn(rules: readonly FlowRule[], entry: Entry): readonly FlowRule[] {
  return rules.flatMap((each) => {
    if (each.ins !== null && !each.ins.some((name) => entry.interfaces.includes(name))) return [];
    return each.inner.length === 0 ? [each] : [{ ...each, inner: comingIn(each.inner, entry) }];
  });
}

/**
 * A policy with its jumps opened: what a chain decides for the packets that jump there stands in place
 * of the jump. A chain that some packets leave again half-way stays a chain of its own.
 */
function rulesOf(policy: Policy, ground: Ground, above: readonly string[]): readonly FlowRule[] {
  const chain = [...above, policy.name];
  return policy.rules.flatMap((rule): readonly FlowRule[] => {
    if (!rule.enabled || rule.action.kind === 'continue') return [];
    const own = toFlowRule(rule, policy, ground);
    const { kind } = rule.action;
    if (kind !== 'jump' && kind !== 'goto') return [own];
    const next = chainOf(rule.action, ground.policies, chain);
    const below = next === null ? [] : rulesOf(next, ground, chain);
    const conditional = own.doubtful || rule.conditions.length > 0;
    const inner = conditional ? below.map((each) => behindJump(each, rule)) : below;
    const leaves = kind === 'goto' || inner.some((each) => /^(return|goto)$/.test(each.rule.action.kind));
    return leaves ? [{ ...own, inner }] : inner.flatMap((each) => behind(each, own));
  });
}

/** A rule behind a jump that asks for something, or of which it is not known what it matches. */
function behindJump(each: FlowRule, jump: AccessRule): FlowRule {
  return {
    ...each,
    behind: [jump, ...each.behind],
    inner: each.inner.map((inner) => behindJump(inner, jump)),
  };
}

/** A rule for the packets only that a jump sends to it. */
function behind(each: FlowRule, jump: FlowRule): readonly FlowRule[] {
  const may = each.may.intersect(jump.may);
  if (may.isEmpty()) return [];
  const ins = both(each.ins, jump.ins);
  const outs = both(each.outs, jump.outs);
  const must = each.must.intersect(jump.must);
  return [{ ...each, may, must, ins, outs, doubtful: each.doubtful || jump.doubtful }];
}

function both(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b;
  return a.filter((name) => b.includes(name));
}

function packetsOf(rule: AccessRule, ground: Ground): Pick<FlowRule, 'may' | 'must' | 'doubtful'> {
  const { coarse } = ground;
  const { may, must, exact } = rulePackets(rule, ground);
  const doubtful = !coarse && isInDoubt(rule, exact);
  const asksMore = rule.conditions.length + rule.approximate.length > 0;
  return { may, must: coarse || asksMore ? PacketSet.EMPTY : must, doubtful };
}
