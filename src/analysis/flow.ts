import type { AccessRule, BeforeNat, Policy } from '../model/policy.js';
import { flatMap } from '../sets/flat-map.js';
import { PacketSet } from '../sets/packet-set.js';
import { SetLimitError } from '../sets/steps.js';
import { once } from './once.js';
import type { Exit } from './routing.js';

/** A rule as a set of packets: all it may match, and what it matches for certain. */
export interface FlowRule {
  readonly rule: AccessRule;
  readonly policy: Policy;
  readonly may: PacketSet;
  /** Of a chain that nothing leaves half-way: what its rules decide. */
  readonly must: PacketSet;
  /** Where packets must come in and leave for the rule and the jumps that lead to it; null: anywhere. */
  readonly ins: readonly string[] | null;
  readonly outs: readonly string[] | null;
  /** The rules of the policy that a jump or goto leads to; empty for other actions. */
  readonly inner: readonly FlowRule[];
  /** Whether the rules that it leads to permit and deny, and nothing else: `must` is what they decide. */
  readonly closed: boolean;
  /** It is not known what exactly it matches. A rate does not count as such. */
  readonly doubtful: boolean;
  /** The jumps to its policy of which the same is true, or which ask for a condition. */
  readonly behind: readonly AccessRule[];
  /** What it and the jumps that lead to it ask of packets before NAT; all of it must hold. */
  readonly before: readonly BeforeNat[];
}

/** Packets that may leave by any of some exits. Exits that a rule tells apart part on the way. */
export interface Branch {
  readonly exits: readonly Way[];
  readonly packets: PacketSet;
}

/** Where packets leave to; null: to the appliance itself. */
export type Way = Exit | null;

/** What a list of rules lets through. */
export interface Flow {
  /** Several may have an exit in common. */
  readonly permitted: readonly Branch[];
  /** What of it no rule lets through under a condition alone: the very same branches where none has one. */
  readonly unconditional: readonly Branch[];
  /** What each permitting rule lets through that no rule before it decided. */
  readonly contributions: () => readonly Contributed[];
  readonly doubts: readonly InDoubt[];
}

/** What one rule lets through. */
export interface Contributed extends Branch {
  readonly rule: FlowRule;
}

/** Undecided packets that a rule which permits nothing itself matches perhaps. */
export interface InDoubt {
  readonly rule: FlowRule;
  readonly exits: readonly Way[];
  /** Worked out when somebody asks: there may be thousands, and few of them matter. */
  readonly packets: () => PacketSet;
}

/** Packets that a rule lets in, or the chain that it leads to. */
interface Admission extends Branch {
  readonly rule: FlowRule;
  readonly chain: { readonly of: Chain; readonly from: PacketSet } | null;
}

interface Left {
  readonly open: readonly Branch[];
  readonly returned: readonly Branch[];
}

/** What a walk through rules takes down, and what it has found out about exits. */
interface Notes {
  readonly admit: (admission: Admission) => void;
  readonly doubt: (doubt: InDoubt) => void;
  readonly concerned: ReturnType<typeof partings>;
}

/**
 * First match over packets in all their dimensions, for where the destination is not one address.
 * The rules of doubt are those of `firstMatch`: a permit takes all it may match, nothing takes away
 * more than it matches for certain. What exits have in common is worked out once.
 *
 * @param fallback what happens to packets that no rule decides, as a rule where there is one
 */
export function flowThrough(
  rules: readonly FlowRule[],
  start: Branch,
  fallback: FlowRule | 'permit' | 'deny',
): Flow {
  const { admissions, doubts, left } = follow(rules, start);
  if (fallback === 'deny') return toFlow(admissions, NONE, doubts);
  if (fallback === 'permit') return toFlow(admissions, left(), doubts);
  const byDefault = left().map(({ exits, packets }) => ({ rule: fallback, exits, packets, chain: null }));
  return toFlow([...admissions, ...byDefault], NONE, doubts);
}

function toFlow(
  admissions: readonly Admission[],
  byDefault: readonly Branch[],
  doubts: Flow['doubts'],
): Flow {
  const permitted = byDefault.length === 0 ? admissions : [...admissions, ...byDefault];
  return {
    permitted,
    unconditional: admissions.every(isFree) ? permitted : [...flatMap(admissions, freeOf), ...byDefault],
    contributions: () => flatMap(admissions, contributedBy),
    doubts,
  };
}

function isFree({ rule, chain }: Admission): boolean {
  return chain === null ? !isConditional(rule) : chain.of.unconditional === chain.of.permitted;
}

/** Whether what a rule lets in has to meet a condition of its own, or of a jump that leads there. */
function isConditional({ rule, behind }: FlowRule): boolean {
  return rule.conditions.length > 0 || behind.some(({ conditions }) => conditions.length > 0);
}

/** What gets in without a condition of a rule. */
function freeOf(admission: Admission): readonly Branch[] {
  const { exits, chain } = admission;
  if (isFree(admission)) return [admission];
  return chain === null ? NONE : branchOf(exits, chain.of.unconditional.intersect(chain.from));
}

function contributedBy(admission: Admission): readonly Contributed[] {
  const { exits, chain } = admission;
  if (chain === null) return [admission];
  const found: Contributed[] = [];
  for (const { rule, packets } of chain.of.contributions()) {
    const met = packets.intersect(chain.from);
    if (!met.isEmpty()) found.push({ rule, exits, packets: met });
  }
  return found;
}

/** What rules let in, and what they leave undecided. */
function follow(
  rules: readonly FlowRule[],
  start: Branch,
): {
  readonly admissions: readonly Admission[];
  readonly doubts: readonly InDoubt[];
  readonly left: () => readonly Branch[];
} {
  const admissions: Admission[] = [];
  const doubts: InDoubt[] = [];
  const { open, returned } = walk(rules, [start], {
    admit: (admission) => admissions.push(admission),
    doubt: (doubt) => doubts.push(doubt),
    concerned: partings(),
  });
  return { admissions, doubts, left: () => byExits([...open, ...returned]) };
}

/** The same packets by the same exits, in branches that share no exit. */
export function byExits(branches: readonly Branch[]): readonly Branch[] {
  const [first] = branches;
  if (first === undefined) return [];
  // What comes back from a chain has all of its exits in common, and there may be a thousand parts of it.
  if (branches.every(({ exits }) => exits === first.exits)) {
    return [together(first.exits, branches)];
  }
  const takers = new Map<Way, Branch[]>();
  const numbers = new Map<Way, number[]>();
  branches.forEach((branch, at) => {
    for (const exit of branch.exits) {
      listOf(takers, exit).push(branch);
      listOf(numbers, exit).push(at);
    }
  });
  const alike = new Map<string, { readonly exits: Way[]; readonly taken: readonly Branch[] }>();
  for (const [exit, taken] of takers) {
    const key = listOf(numbers, exit).join();
    const before = alike.get(key);
    if (before === undefined) alike.set(key, { exits: [exit], taken });
    else before.exits.push(exit);
  }
  return [...alike.values()].map(({ exits, taken }) => together(exits, taken));
}

function together(exits: readonly Way[], branches: readonly Branch[]): Branch {
  return { exits, packets: unionOf(branches) };
}

function unionOf(branches: readonly Branch[]): PacketSet {
  return PacketSet.unionOf(branches.map(({ packets }) => packets)).merged();
}

/** The list that a map holds for a key; a new one where there is none. */
function listOf<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list: V[] = [];
  lists.set(key, list);
  return list;
}

function walk(rules: readonly FlowRule[], branches: readonly Branch[], notes: Notes): Left {
  let open = branches;
  const returned: Branch[] = [];
  let outs: FlowRule['outs'] = null;
  let elsewhere = new Set<Branch>();
  for (const rule of rules) {
    if (open.length === 0) break;
    // Rules of one chain are for the same exits: what leaves by none of these passes all of them by.
    if (rule.outs !== outs) {
      outs = rule.outs;
      elsewhere = new Set();
    }
    let next: Branch[] | null = null;
    for (let at = 0; at < open.length; at += 1) {
      const branch = open[at] as Branch;
      const leaving = elsewhere.has(branch) ? NONE : concerned(rule, branch.exits, notes);
      if (leaving.length === 0) elsewhere.add(branch);
      const left = leaving.length === 0 ? null : apply(rule, branch, leaving, notes);
      if (left === null) next?.push(branch);
      else {
        next ??= open.slice(0, at);
        next.push(...left.open);
        returned.push(...left.returned);
      }
    }
    open = next ?? open;
  }
  return { open, returned };
}

function concerned({ outs }: FlowRule, exits: readonly Way[], notes: Notes): readonly Way[] {
  return outs === null ? exits : notes.concerned(exits, outs);
}

const NONE: readonly never[] = [];

function without(exits: readonly Way[], leaving: readonly Way[]): readonly Way[] {
  return exits.filter((exit) => !leaving.includes(exit));
}

/** What one rule leaves of a branch, of which some packets leave where the rule asks; null: all of it. */
function apply(
  rule: FlowRule,
  { exits, packets }: Branch,
  leaving: Branch['exits'],
  notes: Notes,
): Left | null {
  const { kind } = rule.rule.action;
  if (kind === 'continue') return null;
  const matched = packets.intersect(kind === 'deny' ? rule.must : rule.may);
  if (rule.doubtful && kind !== 'permit' && packets.mayOverlap(rule.may)) {
    notes.doubt({ rule, exits: leaving, packets: perhaps(rule, packets, matched) });
  }
  if (matched.isEmpty()) return null;
  const others = leaving.length === exits.length ? NONE : without(exits, leaving);
  const open = [...branchOf(others, packets), ...branchOf(leaving, packets.subtract(rule.must))];
  if (kind === 'deny') return { open, returned: NONE };
  const part: Branch = { exits: leaving, packets: matched };
  if (kind === 'return') return { open, returned: [part] };
  if (kind === 'permit') {
    notes.admit({ rule, exits: leaving, packets: matched, chain: null });
    return { open, returned: NONE };
  }
  const back = behindChain(rule, part, notes);
  // What a closed chain leaves is what it was asked for, without what it decides.
  if (rule.closed) return { open, returned: NONE };
  return kind === 'jump' ? { open: byExits([...open, ...back]), returned: NONE } : { open, returned: back };
}

/** What a rule perhaps matches of some packets. A closure in `apply` would cost each of its calls a context. */
function perhaps(rule: FlowRule, packets: PacketSet, matched: PacketSet): () => PacketSet {
  const { kind } = rule.rule.action;
  return () => (kind === 'deny' ? packets.intersect(rule.may) : matched).subtract(rule.must);
}

/** What of some packets is still undecided behind the chain that a rule sends them to. */
function behindChain(jump: FlowRule, part: Branch, notes: Notes): readonly Branch[] {
  const chain = wholeChain(jump);
  if (chain === null) {
    const { open, returned } = walk(jump.inner, [part], notes);
    return [...open, ...returned];
  }
  const { exits, packets: from } = part;
  const packets = chain.permitted.intersect(from);
  if (!packets.isEmpty()) notes.admit({ rule: jump, exits, packets, chain: { of: chain, from } });
  for (const each of chain.doubts) {
    if (!from.mayOverlap(each.rule.may)) continue;
    notes.doubt({ rule: each.rule, exits, packets: () => each.packets().intersect(from) });
  }
  return branchOf(exits, chain.left.intersect(from));
}

function asksForExits({ outs, inner }: FlowRule): boolean {
  return outs !== null || inner.some(asksForExits);
}

/** What a chain does with all that a jump may send to it. */
interface Chain {
  readonly permitted: PacketSet;
  /** What of it no rule lets in under a condition alone: the very same set where none has one. */
  readonly unconditional: PacketSet;
  readonly contributions: () => readonly Contributed[];
  /** Packets that it does not decide; of a closed chain nobody asks. */
  readonly left: PacketSet;
  readonly doubts: readonly InDoubt[];
}

const chains = new WeakMap<FlowRule, Chain | null>();

/**
 * What becomes of a packet depends on no other packet, so that a chain is followed once, for everything that
 * may come to it. What really comes has lost some ports of some hosts to the rules above, and each of the
 * chain's rules would have to do with that. Null where rules ask by which exit packets leave, and where
 * everything is more than can be followed.
 */
function wholeChain(jump: FlowRule): Chain | null {
  let chain = chains.get(jump);
  if (chain === undefined) {
    chain = jump.inner.some(asksForExits) ? null : followChain(jump);
    chains.set(jump, chain);
  }
  return chain;
}

function followChain({ inner, may, closed }: FlowRule): Chain | null {
  try {
    const { admissions, doubts, left } = follow(inner, { exits: [null], packets: may });
    const flow = toFlow(admissions, NONE, doubts);
    const permitted = unionOf(flow.permitted);
    return {
      permitted,
      unconditional: flow.unconditional === flow.permitted ? permitted : unionOf(flow.unconditional),
      contributions: once(flow.contributions),
      left: (closed ? undefined : left()[0]?.packets) ?? PacketSet.EMPTY,
      doubts,
    };
  } catch (error) {
    if (error instanceof SetLimitError) return null;
    throw error;
  }
}

/**
 * Tells which of some exits a rule is for: the very same list where it is for all of them, and the same one
 * whenever the same is asked. Rules of one chain ask for the same interfaces, one after the other.
 */
function partings(): (exits: readonly Way[], outs: readonly string[]) => readonly Way[] {
  const known = new Map<readonly Way[], Map<readonly string[], readonly Way[]>>();
  return (exits, outs) => {
    let byOuts = known.get(exits);
    if (byOuts === undefined) {
      byOuts = new Map();
      known.set(exits, byOuts);
    }
    let concerned = byOuts.get(outs);
    if (concerned === undefined) {
      const some = exits.filter((exit) => exit?.interfaces.some((name) => outs.includes(name)) ?? false);
      concerned = some.length === exits.length ? exits : some;
      byOuts.set(outs, concerned);
    }
    return concerned;
  };
}

function branchOf(exits: readonly Way[], packets: PacketSet): readonly Branch[] {
  return exits.length === 0 || packets.isEmpty() ? NONE : [{ exits, packets }];
}
