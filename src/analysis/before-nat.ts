import type { BeforeNat } from '../model/policy.js';
import { BoxList } from '../sets/box-list.js';
import { flatMap } from '../sets/flat-map.js';
import { IpSet } from '../sets/ip-set.js';
import type { PacketBox } from '../sets/packet-box.js';
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

/** A rule that asks, as a box of all that it asks for. */
interface Asking extends PacketBox {
  readonly rule: FlowRule;
  /** Its place among those that ask. */
  readonly at: number;
}

/** What the rules that packets of a passage may meet ask, as far as they were it. */
type Answers = ReadonlyMap<FlowRule, Exclude<Were, 'none'>>;

/** The rules for packets of a passage: the very same list where none asks what they were. */
export function rulesOnPassage(rules: readonly FlowRule[], passage: Before): readonly FlowRule[] {
  if (!asksAny(rules)) return rules;
  // Thousands of rules ask for a port each, and thousands of translations have to do with one of them.
  const met = passage.nat === null ? null : answersOf(rules, passage);
  const key = met === null ? 'direct' : met.map(([{ at }, were]) => `${at} ${were}`).join();
  const known = answered.get(rules) ?? new Map<string, readonly FlowRule[]>();
  answered.set(rules, known);
  let found = known.get(key);
  if (found === undefined) {
    found = specialised(rules, met === null ? null : new Map(met.map(([{ rule }, were]) => [rule, were])));
    known.set(key, found);
  }
  return found;
}

function answersOf(
  rules: readonly FlowRule[],
  passage: Before,
): readonly (readonly [Asking, Exclude<Were, 'none'>])[] {
  const { originalDestinations: destination, originalServices: service } = passage;
  return askingIn(rules)
    .overlapping({ source: IpSet.ALL, destination, service })
    .flatMap((asking) => {
      const were = wereAsked(asking.rule.before, passage);
      return were === 'none' ? [] : [[asking, were] as const];
    });
}

const answered = new WeakMap<readonly FlowRule[], Map<string, readonly FlowRule[]>>();
const askers = new WeakMap<readonly FlowRule[], BoxList<Asking>>();

/** Those that ask, chains that are left half-way included. */
function askingIn(rules: readonly FlowRule[]): BoxList<Asking> {
  let found = askers.get(rules);
  if (found === undefined) {
    found = BoxList.of(allAsking(rules).map((rule, at) => ({ rule, at, ...askedFor(rule.before) })));
    askers.set(rules, found);
  }
  return found;
}

function allAsking(rules: readonly FlowRule[]): readonly FlowRule[] {
  return flatMap(rules, (rule) => [...(rule.before.length > 0 ? [rule] : []), ...allAsking(rule.inner)]);
}

function asksAny(rules: readonly FlowRule[]): boolean {
  return askingIn(rules).length > 0;
}

/** What all of some questions ask for together. */
function askedFor(before: readonly BeforeNat[]): PacketBox {
  let [destination, service] = [IpSet.ALL, ServiceSet.ALL];
  for (const each of before) {
    destination = destination.intersect(each.destination ?? IpSet.ALL);
    service = service.intersect(each.service ?? ServiceSet.ALL);
  }
  return { source: IpSet.ALL, destination, service };
}

/** @param answers null: no rule translates the packets */
function specialised(rules: readonly FlowRule[], answers: Answers | null): readonly FlowRule[] {
  return flatMap(rules, (rule) => {
    const inner = asksAny(rule.inner) ? specialised(rule.inner, answers) : rule.inner;
    const whole = inner === rule.inner ? rule : { ...rule, inner };
    if (rule.before.length === 0) return [whole];
    return answers === null ? directly(whole) : translated(whole, answers.get(rule));
  });
}

/** What no rule translates is still what it was. */
function directly(rule: FlowRule): readonly FlowRule[] {
  if (rule.before.some((each) => each.translated === true)) return NONE;
  const { source, destination, service } = askedFor(rule.before);
  const asked = PacketSet.of(source, destination, service);
  return [{ ...rule, may: rule.may.intersect(asked), must: rule.must.intersect(asked) }];
}

function translated(rule: FlowRule, were: Were | undefined): readonly FlowRule[] {
  if (were === undefined) return NONE;
  return were === 'all' ? [rule] : [{ ...rule, must: PacketSet.EMPTY, doubtful: true }];
}

const NONE: readonly never[] = [];

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
