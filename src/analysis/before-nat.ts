import type { BeforeNat } from '../model/policy.js';
import { flatMap } from '../sets/flat-map.js';
import { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import { ServiceSet } from '../sets/service-set.js';
import type { FlowRule } from './flow.js';
import type { Passage } from './passage.js';

/**
 * Rules that ask what packets were before NAT, such as netfilter's `--ctstate DNAT` and `--ctorigdst`: on one way
 * through the appliance it is known what they were.
 */

type Before = Pick<Passage, 'nat' | 'originalDestinations' | 'originalServices'>;

/** Whether packets of a passage were what a rule asks for: all of them, some, or none. */
export type Were = 'all' | 'some' | 'none';

/** The rules for packets of a passage: the very same list where none asks what they were. */
export function rulesOnPassage(rules: readonly FlowRule[], passage: Before): readonly FlowRule[] {
  const asking = askingIn(rules);
  if (asking.length === 0) return rules;
  // Hundreds of translations mostly get the same answer of each rule.
  const answers = asking.map((rule) => (passage.nat === null ? 'direct' : wereAsked(rule.before, passage)));
  const key = answers.join();
  const known = answered.get(rules) ?? new Map<string, readonly FlowRule[]>();
  answered.set(rules, known);
  let found = known.get(key);
  if (found === undefined) {
    found = specialised(rules, passage);
    known.set(key, found);
  }
  return found;
}

const answered = new WeakMap<readonly FlowRule[], Map<string, readonly FlowRule[]>>();
const askers = new WeakMap<readonly FlowRule[], readonly FlowRule[]>();

/** Those that ask, chains that are left half-way included. */
function askingIn(rules: readonly FlowRule[]): readonly FlowRule[] {
  let found = askers.get(rules);
  if (found === undefined) {
    found = flatMap(rules, (rule) => [
      ...(rule.before.length > 0 ? [rule] : []),
      ...(rule.inner.length > 0 ? askingIn(rule.inner) : []),
    ]);
    askers.set(rules, found);
  }
  return found;
}

function specialised(rules: readonly FlowRule[], passage: Before): readonly FlowRule[] {
  return rules.flatMap((rule) => {
    const inner = askingIn(rule.inner).length === 0 ? rule.inner : specialised(rule.inner, passage);
    const whole = inner === rule.inner ? rule : { ...rule, inner };
    if (rule.before.length === 0) return [whole];
    return passage.nat === null ? directly(whole) : translated(whole, passage);
  });
}

/** What no rule translates is still what it was. */
function directly(rule: FlowRule): readonly FlowRule[] {
  if (rule.before.some((each) => each.translated === true)) return [];
  const asked = rule.before.reduce(
    (left, { destination = IpSet.ALL, service = ServiceSet.ALL }) =>
      left.intersect(PacketSet.of(IpSet.ALL, destination, service)),
    PacketSet.ALL,
  );
  return [{ ...rule, may: rule.may.intersect(asked), must: rule.must.intersect(asked) }];
}

function translated(rule: FlowRule, passage: Before): readonly FlowRule[] {
  const were = wereAsked(rule.before, passage);
  if (were === 'none') return [];
  return were === 'all' ? [rule] : [{ ...rule, must: PacketSet.EMPTY, doubtful: true }];
}

/** What a translated packet was, as far as rules ask. */
export function wereAsked(
  before: readonly BeforeNat[],
  { originalDestinations, originalServices }: Omit<Before, 'nat'>,
): Were {
  let were: Were = 'all';
  for (const { translated: asked, destination, service } of before) {
    const sides = [
      asked === false ? 'none' : 'all',
      destination === undefined ? 'all' : part(originalDestinations, destination),
      service === undefined ? 'all' : part(originalServices, service),
    ];
    if (sides.includes('none')) return 'none';
    if (sides.includes('some')) were = 'some';
  }
  return were;
}

interface Sets<T> {
  contains(other: T): boolean;
  overlaps(other: T): boolean;
}

function part<T extends Sets<T>>(packets: T, asked: T): Were {
  if (asked.contains(packets)) return 'all';
  return asked.overlaps(packets) ? 'some' : 'none';
}
