import type { Entry } from '../model/exposure.js';
import type { NatRule, Policy } from '../model/policy.js';
import { flatMap } from '../sets/flat-map.js';
import type { IpSet } from '../sets/ip-set.js';
import { type PacketBox, PacketSet } from '../sets/packet-set.js';
import { PortSet } from '../sets/port-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { rulesOnPassage } from './before-nat.js';
import { familyAddresses } from './family.js';
import {
  type Branch,
  byExits,
  type Contributed,
  type Flow,
  type FlowRule,
  flowThrough,
  type Way,
} from './flow.js';
import { policyFlow, rulesFrom } from './flow-rules.js';
import type { Ground } from './ground.js';
import { type Translated, type Translation, translateAll } from './nat.js';
import { once } from './once.js';

/** Packets on their way through, as they came and as they go on. */
export interface Passage {
  /** As they came. Behind a translation, the same destinations and services for every source. */
  readonly original: PacketSet;
  readonly originalDestinations: IpSet;
  readonly originalServices: ServiceSet;
  readonly destinations: IpSet;
  readonly services: ServiceSet;
  /** To the appliance itself, whatever else has one of `destinations`. */
  readonly toSelf: boolean;
  readonly nat: NatRule | null;
  readonly approximate: readonly string[];
}

/** What NAT makes of everything that may come in: translated packets first, then the rest as it is. */
export function passagesFrom(ground: Ground, entry: Entry): readonly Passage[] {
  const translated = translateAll(ground, entry);
  let passages = ground.passages.get(translated);
  if (passages === undefined) {
    passages = passagesOf(translated);
    ground.passages.set(translated, passages);
  }
  return passages;
}

function passagesOf({ translations, untouched, doubts }: Translated): readonly Passage[] {
  const doubted = PacketSet.unionOf(doubts.map(({ packets }) => packets));
  const why = [...new Set(doubts.flatMap((each) => each.why))];
  return [
    ...translations.flatMap(translated),
    ...direct(untouched.subtract(doubted), []),
    ...direct(untouched.intersect(doubted), why),
  ];
}

/** So many boxes are followed together; more of them one by one, each of which meets few rules. */
const FOLLOWED_TOGETHER = 64;

/** Packets that go on as they are. They hold every service: sets that are simple stay small when cut. */
function direct(packets: PacketSet, approximate: readonly string[]): readonly Passage[] {
  if (packets.isEmpty()) return [];
  const boxes = simpleBoxes(packets).map((box) => PacketSet.of(box.source, box.destination, box.service));
  const together = boxes.length <= FOLLOWED_TOGETHER ? [PacketSet.unionOf(boxes)] : boxes;
  return together.map((original): Passage => {
    const destinations = original.destinations();
    const services = original.services();
    return {
      original,
      originalDestinations: destinations,
      originalServices: services,
      destinations,
      services,
      toSelf: false,
      nat: null,
      approximate,
    };
  });
}

/** So many boxes are taken as they are: they may overlap, and what comes of them is put together again. */
const FEW = 16;

/** Boxes that make up a set. Many of them in canonical form, which is dear and has no more than it takes. */
function simpleBoxes(packets: PacketSet): readonly PacketBox[] {
  const boxes = packets.merged().parts();
  return boxes.length <= FEW ? boxes : packets.boxes();
}

function translated(translation: Translation): readonly Passage[] {
  const { rule, original, destinations, toSelf, services, approximate } = translation;
  return simpleBoxes(original).map((box) => ({
    original: PacketSet.of(box.source, box.destination, box.service),
    originalDestinations: box.destination,
    originalServices: box.service,
    destinations: destinations ?? box.destination,
    services: services === null ? box.service : renumber(box.service, services),
    toSelf,
    nat: rule,
    approximate,
  }));
}

/** Services with other destination ports: each protocol keeps the ports that it comes from. */
export function renumber(before: ServiceSet, after: ServiceSet): ServiceSet {
  return ServiceSet.unionOf(
    after
      .protocols()
      .filter((protocol) => !before.destinationPorts(protocol).isEmpty())
      .map((protocol) => after.intersect(ServiceSet.of(protocol, PortSet.ALL, before.sourcePorts(protocol)))),
  );
}

/** A passage with what every stage of its direction lets through. */
export interface Passed {
  readonly passage: Passage;
  /** As the packets go on, behind all translation. Several branches may have an exit in common. */
  readonly permitted: readonly Branch[];
  /** What of it no rule lets through under a condition alone: the very same branches where none has one. */
  readonly unconditional: () => readonly Branch[];
  /** What rules let in, stage by stage. Worked out when somebody asks: it costs more than the verdict. */
  readonly admitted: () => readonly Admitted[];
  /** What rules may not let through, for all that is known of them. Worked out when somebody asks. */
  readonly doubts: () => readonly Admitted[];
}

/** Packets that one rule lets in, or that it may not, as they go on behind all translation. */
export type Admitted = Contributed;

/** One policy of a stage, its rules as packet sets. */
interface StagePolicy {
  readonly policy: Policy;
  readonly rules: readonly FlowRule[];
  readonly fallback: FlowRule | 'permit' | 'deny';
}

export type Stage = readonly StagePolicy[];

/**
 * Policies by stage, with the rules that can match packets from an entry. For answers that are wider than the truth,
 * stages whose rules would meet too often are left out: all stages have to permit.
 */
export function toStages(
  stages: readonly (readonly Policy[])[],
  ground: Ground,
  entry: Entry,
): readonly Stage[] {
  const all = stages.map((policies) =>
    policies.map((policy) => {
      const flow = policyFlow(policy, ground);
      return { policy, rules: rulesFrom(flow, entry), fallback: flow.fallback };
    }),
  );
  return ground.coarse ? meetingSeldom(all) : all;
}

/** So often, rules of stages may meet where nothing exact is asked for. */
const MAX_MEETINGS = 50_000;

/** Of some stages those with the fewest rules, as long as these do not meet too often. */
function meetingSeldom(stages: readonly Stage[]): readonly Stage[] {
  const size = (stage: Stage) => stage.reduce((sum, { rules }) => sum + rules.length, 1);
  let meetings = 1;
  const kept = new Set<Stage>();
  for (const stage of stages.toSorted((a, b) => size(a) - size(b))) {
    meetings *= size(stage);
    if (kept.size > 0 && meetings > MAX_MEETINGS) break;
    kept.add(stage);
  }
  return stages.filter((stage) => kept.has(stage));
}

/** Whether stages are the same policies with the same rules: no rule then tells their entries apart. */
export function isSameStages(a: readonly Stage[], b: readonly Stage[]): boolean {
  return isSame(a, b, (one, other) =>
    isSame(one, other, (left, right) => left.policy === right.policy && left.rules === right.rules),
  );
}

/** Whether two lists are alike, one element after the other; without `equal`, if these are the very same. */
function isSame<T>(
  a: readonly T[],
  b: readonly T[],
  equal: (left: T, right: T) => boolean = Object.is,
): boolean {
  return a.length === b.length && a.every((each, at) => equal(each, b[at] as T));
}

type Sees = Policy['sees'];

const SEES_TRANSLATED: Sees = { address: 'translated', port: 'translated' };
const SEES_ORIGINAL: Sees = { address: 'original', port: 'original' };

const BOTH_SIDES = 'rules see both sides of a translation; what becomes of which packet is not followed';

/** A passage that says so where a stage sees a part of its translation, and another one a different part. */
function seenTogether(passage: Passage, views: readonly Sees[]): Passage {
  const mixed = views.length > 1 && views.some(({ address, port }) => address !== port);
  return mixed ? { ...passage, approximate: [...passage.approximate, BOTH_SIDES] } : passage;
}

/** What is left of a passage, by some exits, when every stage, of at least one, has to permit. */
export function pass(stages: readonly Stage[], exits: readonly Way[], passage: Passage): Passed {
  const flows = stages.map((stage) => ({
    sees: seenBy(stage, passage),
    ...stageFlow(stage, exits, passage),
  }));
  const { before, permitted } = throughAll(flows, exits, passage);
  const goOn = (sees: Sees, admitted: Admitted): readonly Admitted[] => {
    if (passage.nat === null) return [admitted];
    const { rule } = admitted;
    const seen = isOriginal(sees) ? met([admitted], before) : [admitted];
    return allGoingOn(seen, sees, passage).map(({ exits, packets }) => ({ rule, exits, packets }));
  };
  return {
    passage: seenTogether(
      passage,
      flows.map(({ sees }) => sees),
    ),
    permitted,
    unconditional: once(() => {
      if (flows.every((flow) => flow.unconditional === flow.permitted)) return permitted;
      const open = flows.map(({ sees, unconditional }) => ({ sees, permitted: unconditional }));
      return throughAll(open, exits, passage).permitted;
    }),
    admitted: once(() =>
      flatMap(flows, ({ sees, contributions }) => flatMap(contributions(), (each) => goOn(sees, each))),
    ),
    doubts: once(() =>
      flatMap(flows, ({ sees, doubts }) =>
        flatMap(doubts, ({ rule, exits, packets }) => goOn(sees, { rule, exits, packets: packets() })),
      ),
    ),
  };
}

/** What every one of some flows lets through: as packets came, and as they go on. */
function throughAll(
  flows: readonly { readonly sees: Sees; readonly permitted: readonly Branch[] }[],
  exits: readonly Way[],
  passage: Passage,
): { readonly before: readonly Branch[]; readonly permitted: readonly Branch[] } {
  const sawOriginal = flows.filter(({ sees }) => isOriginal(sees)).map((each) => each.permitted);
  const before = meeting([[{ exits, packets: passage.original }], ...sawOriginal]);
  const others = flows.filter(({ sees }) => !isOriginal(sees));
  const permitted = meeting([
    ...others.map((each) => allGoingOn(each.permitted, each.sees, passage)),
    ...(passage.nat === null ? [] : [allGoingOn(before, SEES_ORIGINAL, passage)]),
  ]);
  return { before, permitted };
}

function isOriginal({ address, port }: Sees): boolean {
  return address === 'original' && port === 'original';
}

/** Behind no translation there is one view. */
function seenBy(stage: Stage, { nat }: Passage): Sees {
  return nat === null ? SEES_TRANSLATED : (stage[0]?.policy.sees ?? SEES_TRANSLATED);
}

/** Flows whose branches would meet more often than this are put together by exit before. */
const MANY_BRANCHES = 16;

/** What all of several flows let through, exit by exit. */
function meeting(flows: readonly (readonly Branch[])[]): readonly Branch[] {
  return flows.reduce((left, right) => {
    const many = left.length > 1 && right.length > 1 && left.length * right.length > MANY_BRANCHES;
    return many ? met(byExits(left), byExits(right)) : met(left, right);
  });
}

function met(left: readonly Branch[], right: readonly Branch[]): readonly Branch[] {
  const found: Branch[] = [];
  for (const a of left) {
    const open = new Set(a.exits);
    // Many branches have one list of exits.
    const shared = new Map<Branch['exits'], Branch['exits']>();
    for (const b of right) {
      let exits = shared.get(b.exits);
      if (exits === undefined) {
        const some = b.exits.filter((exit) => open.has(exit));
        exits = some.length === b.exits.length ? b.exits : some;
        shared.set(b.exits, exits);
      }
      if (exits.length === 0) continue;
      const packets = a.packets.intersect(b.packets);
      if (!packets.isEmpty()) found.push({ exits, packets });
    }
  }
  return found;
}

function allGoingOn(branches: readonly Branch[], sees: Sees, passage: Passage): readonly Branch[] {
  if (passage.nat === null) return branches;
  return branches.map(({ exits, packets }) => ({ exits, packets: goingOn(packets, sees, passage) }));
}

/** Packets of a passage as some policy sees them, as they go on behind all translation. */
function goingOn(packets: PacketSet, sees: Sees, { destinations, services, nat }: Passage): PacketSet {
  if (nat === null || (sees.address === 'translated' && sees.port === 'translated')) return packets;
  const moved = nat.translatedDestination !== null || nat.toSelf === true;
  return PacketSet.unionOf(
    packets.boxes().map(({ source, destination, service }) => {
      const kept = moved ? destinations : destination.intersect(destinations);
      const renumbered = nat.translatedService === null ? service : renumber(service, services);
      return PacketSet.of(
        source,
        sees.address === 'original' ? kept : destination,
        sees.port === 'original' ? renumbered : service,
      );
    }),
  );
}

/** One stage, over the passage as its policies see it. */
function stageFlow(stage: Stage, exits: readonly Way[], passage: Passage): Flow {
  const flows = stage.map(({ policy, rules, fallback }) => {
    const start = { exits, packets: seenPackets(passage, policy) };
    return flowThrough(rulesOnPassage(rules, passage), start, fallback);
  });
  const [only] = flows;
  if (flows.length === 1 && only !== undefined) return only;
  const permitted = flows.flatMap((each) => each.permitted);
  const isFree = flows.every((each) => each.unconditional === each.permitted);
  return {
    permitted,
    unconditional: isFree ? permitted : flows.flatMap((each) => each.unconditional),
    contributions: () => flows.flatMap((each) => each.contributions()),
    doubts: flows.flatMap((each) => each.doubts),
  };
}

function seenPackets(passage: Passage, { sees, family }: Policy): PacketSet {
  const { original, nat, destinations, services } = passage;
  const addresses = familyAddresses(family);
  if (nat === null) {
    return original.intersect(PacketSet.of(addresses, destinations.intersect(addresses), ServiceSet.ALL));
  }
  return PacketSet.of(
    original.sources().intersect(addresses),
    sees.address === 'original' ? passage.originalDestinations : destinations,
    sees.port === 'original' ? passage.originalServices : services,
  );
}
