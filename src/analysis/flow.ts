import type { AccessRule, Policy } from '../model/policy.js';
import { PacketSet } from '../sets/packet-set.js';

/** A rule as a set of packets: all it may match, and what it matches for certain. */
export interface FlowRule {
  readonly rule: AccessRule;
  readonly policy: Policy;
  readonly may: PacketSet;
  readonly must: PacketSet;
  /** The rule itself, behind the jumps that lead to it. */
  readonly by: readonly AccessRule[];
  /** The rules of the policy that a jump or goto leads to; empty for other actions. */
  readonly inner: readonly FlowRule[];
}

/** What a list of rules lets through. */
export interface Flow {
  readonly permitted: PacketSet;
  /** What each permitting rule lets through that no rule before it decided. */
  readonly contributions: readonly { readonly rule: FlowRule; readonly packets: PacketSet }[];
}

interface Left {
  readonly open: PacketSet;
  readonly returned: PacketSet;
}

type Admit = (rule: FlowRule, packets: PacketSet) => void;

/**
 * First match over packets in all their dimensions, for where the destination is not one address.
 * The rules of doubt are those of `firstMatch`: a permit takes all it may match, nothing takes away
 * more than it matches for certain.
 *
 * @param fallback what happens to packets that no rule decides
 */
export function flowThrough(
  rules: readonly FlowRule[],
  packets: PacketSet,
  fallback: 'permit' | 'deny',
): Flow {
  const taken = new Map<FlowRule, PacketSet[]>();
  const admit: Admit = (rule, part) => taken.set(rule, [...(taken.get(rule) ?? []), part]);
  const { open, returned } = walk(rules, packets, admit);
  const contributions = [...taken].map(([rule, parts]) => ({ rule, packets: PacketSet.unionOf(parts) }));
  const left = fallback === 'permit' ? [open, returned] : [];
  return {
    permitted: PacketSet.unionOf([...contributions.map((each) => each.packets), ...left]),
    contributions,
  };
}

function walk(rules: readonly FlowRule[], packets: PacketSet, admit: Admit): Left {
  let open = packets;
  const returned: PacketSet[] = [];
  for (const each of rules) {
    if (open.isEmpty()) break;
    const step = apply(each, open, admit);
    open = step.open;
    if (!step.returned.isEmpty()) returned.push(step.returned);
  }
  return { open, returned: PacketSet.unionOf(returned) };
}

function apply(each: FlowRule, packets: PacketSet, admit: Admit): Left {
  const { kind } = each.rule.action;
  if (kind === 'continue') return { open: packets, returned: PacketSet.EMPTY };
  const matched = packets.intersect(kind === 'deny' ? each.must : each.may);
  if (matched.isEmpty()) return { open: packets, returned: PacketSet.EMPTY };
  const rest = packets.subtract(each.must);
  if (kind === 'deny') return { open: rest, returned: PacketSet.EMPTY };
  if (kind === 'permit') {
    admit(each, matched);
    return { open: rest, returned: PacketSet.EMPTY };
  }
  if (kind === 'return') return { open: rest, returned: matched };
  const left = walk(each.inner, matched, admit);
  const back = left.open.union(left.returned);
  return kind === 'jump'
    ? { open: rest.union(back), returned: PacketSet.EMPTY }
    : { open: rest, returned: back };
}
