import type { Entry } from '../model/exposure.js';
import type { AccessRule, Policy } from '../model/policy.js';
import { flatMap } from '../sets/flat-map.js';
import { PacketSet } from '../sets/packet-set.js';
import { SetLimitError } from '../sets/steps.js';
import { chainOf, MAX_JUMPS } from './candidates.js';
import { isInDoubt } from './doubts.js';
import type { FlowRule } from './flow.js';
import type { Ground } from './ground.js';
import { rulePackets } from './rule-packets.js';

/** A policy as packet sets. */
export interface PolicyFlow {
  readonly rules: readonly FlowRule[];
  /** What becomes of packets that no rule decides: as a rule, where somebody wrote it down. */
  readonly fallback: FlowRule | 'permit' | 'deny';
  /** The interfaces that rules name on the way in. */
  readonly named: ReadonlySet<string>;
  /** The rules for what comes in by some of these, once they were asked for. */
  readonly comingIn: Map<string, readonly FlowRule[]>;
}

/** The enabled rules of a policy as packet sets, in order, its jumps opened. */
export function policyFlow(policy: Policy, ground: Ground): PolicyFlow {
  let flow = ground.policyFlows.get(policy.name);
  if (flow === undefined) {
    const rules = allRules(policy, ground);
    flow = {
      rules,
      fallback: fallbackOf(policy, ground),
      named: new Set(flatMap(rules, namedByRule)),
      comingIn: new Map(),
    };
    ground.policyFlows.set(policy.name, flow);
  }
  return flow;
}

function namedByRule({ ins, inner }: FlowRule): readonly string[] {
  return [...(ins ?? []), ...flatMap(inner, namedByRule)];
}

/** Those of its rules that can match packets from an entry: the same list for entries that none tells apart. */
export function rulesFrom({ rules, named, comingIn }: PolicyFlow, entry: Entry): readonly FlowRule[] {
  const by = entry.interfaces.filter((name) => named.has(name));
  const key = JSON.stringify(by);
  let found = comingIn.get(key);
  if (found === undefined) {
    found = rulesBy(rules, by);
    comingIn.set(key, found);
  }
  return found;
}

function fallbackOf(policy: Policy, ground: Ground): FlowRule | 'permit' | 'deny' {
  const { action, rule } = policy.default;
  if (action !== 'permit') return 'deny';
  return rule === undefined ? 'permit' : toFlowRule(rule, policy, ground);
}

/** A rule as packet sets: the same one in every chain that jumps lead to. */
function toFlowRule(rule: AccessRule, policy: Policy, ground: Ground): FlowRule {
  let known = ground.flowRules.get(rule);
  if (known === undefined) {
    const { inInterfaces: ins, outInterfaces: outs } = rule;
    const before = rule.beforeNat === undefined ? NONE : [rule.beforeNat];
    // Field by field: a spread among thousands of these would cost more than what it saves to write.
    const { may, must, doubtful } = packetsOf(rule, ground);
    known = {
      rule,
      policy,
      may,
      must,
      ins,
      outs,
      inner: NONE,
      closed: false,
      doubtful,
      behind: NONE,
      before,
    };
    ground.flowRules.set(rule, known);
  }
  return known;
}

const NONE: readonly never[] = [];

/** Rules without those for other interfaces: the very same list, and the same rules, where there are none. */
function rulesBy(rules: readonly FlowRule[], interfaces: readonly string[]): readonly FlowRule[] {
  const found: FlowRule[] = [];
  let same = true;
  for (const rule of rules) {
    if (rule.ins !== null && !rule.ins.some((name) => interfaces.includes(name))) {
      same = false;
      continue;
    }
    const inner = rule.inner.length === 0 ? rule.inner : rulesBy(rule.inner, interfaces);
    if (inner === rule.inner) found.push(rule);
    else {
      same = false;
      found.push({ ...rule, inner });
    }
  }
  return same ? rules : found;
}

/** As many rules as jumps are opened to. Chains that jump to the next one twice double it with every step. */
export const MAX_OPENED = 200_000;

/**
 * The rules of a policy, its jumps opened. Of one that would come to too many, what its chains permit, wherever packets
 * have to come from to get there: wider than the truth, and only where nothing exact is asked for.
 *
 * @throws SetLimitError where it is
 */
function allRules(policy: Policy, ground: Ground): readonly FlowRule[] {
  const chains = reachable(policy, ground);
  if (openedSize(policy, chains) <= MAX_OPENED) return rulesOf(policy, ground, []);
  if (!ground.coarse) throw new SetLimitError(`jumps that come to more than ${MAX_OPENED} rules`);
  return flatMap([...chains.keys()], (chain) =>
    chain.rules
      .filter(({ enabled, action }) => enabled && action.kind === 'permit')
      .map((rule) => toFlowRule(rule, chain, ground)),
  );
}

/** Chains, each with those that its rules jump to, as often as one does. */
type Chains = ReadonlyMap<Policy, readonly Policy[]>;

/** A policy and all chains that packets may get to from it. */
function reachable(policy: Policy, { policies }: Ground): Chains {
  const found = new Map<Policy, readonly Policy[]>([[policy, NONE]]);
  // A map goes on to what is added on the way.
  for (const chain of found.keys()) {
    const targets = flatMap(chain.rules, ({ enabled, action }) => {
      const next = enabled ? chainOf(action, policies, NONE) : null;
      return next === null ? NONE : [next];
    });
    found.set(chain, targets);
    for (const next of targets) if (!found.has(next)) found.set(next, NONE);
  }
  return found;
}

/** How many rules a policy comes to, its jumps opened as deep as they are followed; stops where it is too many. */
function openedSize(policy: Policy, chains: Chains): number {
  let sizes = new Map([...chains.keys()].map((chain) => [chain, chain.rules.length]));
  for (let depth = 0; depth < MAX_JUMPS && (sizes.get(policy) ?? 0) <= MAX_OPENED; depth += 1) {
    const shallower = sizes;
    const sizeOf = (chain: Policy) => shallower.get(chain) ?? 0;
    const deeper = [...chains].map(([chain, below]): [Policy, number] => [
      chain,
      below.reduce((sum, next) => sum + sizeOf(next), chain.rules.length),
    ]);
    if (deeper.every(([chain, size]) => size === sizeOf(chain))) break;
    sizes = new Map(deeper);
  }
  return sizes.get(policy) ?? 0;
}

/**
 * A policy with its jumps opened: what a chain decides for the packets that jump there stands in place
 * of the jump. A chain that some packets leave again half-way stays a chain of its own.
 */
function rulesOf(policy: Policy, ground: Ground, above: readonly string[]): readonly FlowRule[] {
  const chain = [...above, policy.name];
  return flatMap(policy.rules, (rule): readonly FlowRule[] => {
    if (!rule.enabled || rule.action.kind === 'continue') return [];
    const own = toFlowRule(rule, policy, ground);
    const { kind } = rule.action;
    if (kind !== 'jump' && kind !== 'goto') return [own];
    const next = chainOf(rule.action, ground.policies, chain);
    const below = next === null ? [] : rulesOf(next, ground, chain);
    const conditional = own.doubtful || rule.conditions.length > 0;
    const inner = conditional ? flatMap(below, opened).map((each) => behindJump(each, rule)) : below;
    const leaves = kind === 'goto' || inner.some((each) => /^(return|goto)$/.test(each.rule.action.kind));
    if (leaves) return [{ ...own, inner }];
    const within = flatMap(inner, (each) => cutTo(each, own));
    return isWorthKeeping(own, within) ? [closedChain(own, within)] : within.map((each) => behind(each, own));
  });
}

/** The rules of a closed chain one by one: behind a jump in doubt, each of them is. */
function opened(each: FlowRule): readonly FlowRule[] {
  return each.closed ? flatMap(each.inner, opened).map((inner) => behind(inner, each)) : [each];
}

/** From so many rules on, a chain that permits and denies alone is kept: it is followed once for all ways in. */
const LONG = 32;

/** Whether a chain is long, and decides on all that its jump sends there by packets alone. */
function isWorthKeeping(jump: FlowRule, within: readonly FlowRule[]): boolean {
  if (within.length < LONG || jump.may !== jump.must || jump.before.length > 0) return false;
  return within.every(
    ({ rule, closed, ins, outs, before }) =>
      (closed || rule.action.kind === 'permit' || rule.action.kind === 'deny') &&
      ins === null &&
      outs === null &&
      before.length === 0,
  );
}

/** A jump to rules that nothing leaves half-way, as one rule. */
function closedChain(jump: FlowRule, inner: readonly FlowRule[]): FlowRule {
  const all = inner.some(({ must }) => must.contains(jump.may));
  const must = all ? jump.may : PacketSet.unionOf(inner.map((each) => each.must));
  return { ...jump, must, inner, closed: true };
}

/** A rule behind a jump that asks for something, or of which it is not known what it matches. */
function behindJump(each: FlowRule, jump: AccessRule): FlowRule {
  return {
    ...each,
    behind: [jump, ...each.behind],
    inner: each.inner.map((inner) => behindJump(inner, jump)),
  };
}

/** A rule for the packets only that a jump sends to it, by whatever interface: mostly the very same rule. */
function cutTo(each: FlowRule, jump: FlowRule): readonly FlowRule[] {
  const may = each.may.intersect(jump.may);
  if (may.isEmpty()) return NONE;
  const must = each.must.intersect(jump.must);
  if (may === each.may && must === each.must && !jump.doubtful) return [each];
  return [{ ...each, may, must, doubtful: each.doubtful || jump.doubtful }];
}

/** A rule with what else a jump to it asks for. */
function behind(each: FlowRule, jump: FlowRule): FlowRule {
  if (jump.ins === null && jump.outs === null && jump.before.length === 0) return each;
  const ins = inBoth(each.ins, jump.ins);
  const outs = inBoth(each.outs, jump.outs);
  const before = jump.before.length === 0 ? each.before : [...jump.before, ...each.before];
  return { ...each, ins, outs, before };
}

/** The interfaces of two lists, of which null is all there are. */
export function inBoth(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
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
