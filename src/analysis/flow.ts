import type { AccessRule, Policy } from '../model/policy.js';
import { PacketSet } from '../sets/packet-set.js';
import type { Exit } from './routing.js';

/** A rule as a set of packets: all it may match, and what it matches for certain. */
export interface FlowRule {
  readonly rule: AccessRule;
  readonly policy: Policy;
  readonly may: PacketSet;
  readonly must: PacketSet;
  /** Where packets must come in and leave for the rule and the jumps that lead to it; null: anywhere. */
  readonly ins: readonly string[] | null;
  readonly outs: readonly string[] | null;
  /** The rules of the policy that a jump or goto leads to; empty for other actions. */
  readonly inner: readonly FlowRule[];
  /** It is not known what exactly it matches. A rate does not count as such. */
  readonly doubtful: boolean;
  /** The jumps to its policy of which the same is true, or which ask for a condition. */
  readonly behind: readonly AccessRule[];
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
  /** What each permitting rule lets through that no rule before it decided. */
  readonly contributions: readonly (Branch & { readonly rule: FlowRule })[];
  /** Undecided packets at rules that permit nothing themselves, where it is not known what they match. */
  readonly doubts: readonly (Branch & { readonly rule: FlowRule })[];
}

interface Left {
  readonly open: readonly Branch[];
  readonly returned: readonly Branch[];
}

type Note = (rule: FlowRule, part: Branch) => void;

/** What a walk through rules takes down. */
interface Notes {
  readonly admit: Note;
  readonly doubt: Note;
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
  const contributions: (Branch & { readonly rule: FlowRule })[] = [];
  const doubts: (Branch & { readonly rule: FlowRule })[] = [];
  const { open, returned } = walk(rules, [start], {
    admit: (rule, part) => contributions.push({ ...part, rule }),
    doubt: (rule, part) => doubts.push({ ...part, rule }),
  });
  const left = byExits([...open, ...returned]);
  if (fallback === 'deny') return { permitted: contributions, contributions, doubts };
  if (fallback === 'permit') {
    return { permitted: [...contributions, ...left], contributions, doubts };
  }
  const all = [...contributions, ...left.map((branch) => ({ ...branch, rule: fallback }))];
  return { permitted: all, contributions: all, doubts };
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
  return { exits, packets: PacketSet.unionOf(branches.map(({ packets }) => packets)).merged() };
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
  for (const rule of rules) {
    if (open.length === 0) break;
    const next: Branch[] = [];
    for (const branch of open) {
      const left = apply(rule, branch, notes);
      if (left === null) next.push(branch);
      else {
        next.push(...left.open);
        returned.push(...left.returned);
      }
    }
    open = next;
  }
  return { open, returned };
}

/** What one rule leaves of a branch; null: all of it. */
function apply(rule: FlowRule, { exits, packets }: Branch, notes: Notes): Left | null {
  const { kind } = rule.rule.action;
  if (kind === 'continue') return null;
  const concerned = rule.outs === null ? exits : exits.filter((exit) => leavesBy(exit, rule.outs));
  if (concerned.length === 0) return null;
  if (rule.doubtful && kind !== 'permit' && packets.mayOverlap(rule.may)) {
    notes.doubt(rule, { exits: concerned, packets });
  }
  const matched = packets.intersect(kind === 'deny' ? rule.must : rule.may);
  if (matched.isEmpty()) return null;
  const others = concerned.length === exits.length ? [] : exits.filter((exit) => !concerned.includes(exit));
  const open = [branchOf(others, packets), branchOf(concerned, packets.subtract(rule.must))].flat();
  if (kind === 'deny') return { open, returned: [] };
  const part: Branch = { exits: concerned, packets: matched };
  if (kind === 'return') return { open, returned: [part] };
  if (kind === 'permit') {
    notes.admit(rule, part);
    return { open, returned: [] };
  }
  const left = walk(rule.inner, [part], notes);
  const back = [...left.open, ...left.returned];
  return kind === 'jump' ? { open: byExits([...open, ...back]), returned: [] } : { open, returned: back };
}

function leavesBy(exit: Way, outs: readonly string[] | null): boolean {
  return outs === null || (exit?.interfaces.some((name) => outs.includes(name)) ?? false);
}

function branchOf(exits: readonly Way[], packets: PacketSet): readonly Branch[] {
  return exits.length === 0 || packets.isEmpty() ? [] : [{ exits, packets }];
}
