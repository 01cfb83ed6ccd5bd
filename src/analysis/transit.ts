import type { Contribution, Entry, PathStep, Reach } from '../model/exposure.js';
import type { NatRule, Policy } from '../model/policy.js';
import { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { type Flow, type FlowRule, flowThrough } from './flow.js';
import { type Direction, flowRulesFor, stagesOf } from './flow-rules.js';
import type { Ground } from './ground.js';
import { familyAddresses, translate } from './nat.js';
import { cidrText, rulePath } from './path.js';
import { exposedService } from './reach.js';
import { exitsOf } from './routing.js';

/** A service by which a host is administered. */
export interface HostService {
  /** Canonical id. */
  readonly id: string;
  readonly services: ServiceSet;
}

/** Packets on their way through, as they came and as they go on. */
interface Passage {
  readonly sources: IpSet;
  readonly originalDestinations: IpSet;
  readonly originalServices: ServiceSet;
  readonly destinations: IpSet;
  readonly services: ServiceSet;
  readonly nat: NatRule | null;
  readonly approximate: readonly string[];
}

/** What an open door to every service of a host is called; nobody lists them one by one. */
export const ANY_SERVICE_ID = 'any-service';

/** From this many kinds of administration on, a door is one to any service. */
const MANY_SERVICES = 12;

/** Everybody who reaches an administration service of a host behind the appliance from one entry. */
export function reachHosts(ground: Ground, entry: Entry, wanted: readonly HostService[]): readonly Reach[] {
  if (wanted.length === 0) return [];
  const passages = passagesFrom(ground, entry, ServiceSet.ALL);
  const reaches = exitsOf(ground.config, entry).flatMap((exit) => {
    const direction = { entry, exit };
    const stages = stagesFor(ground, direction);
    if (stages.length === 0) return [];
    return passages.flatMap((passage) => {
      const destinations = passage.destinations.intersect(exit.destinations);
      if (destinations.isEmpty()) return [];
      const passed = pass(stages, { ...passage, destinations });
      return partsOf(passed).flatMap((part) =>
        servicesIn(part, wanted).map((service) => toReach(ground, direction, passed, part, service)),
      );
    });
  });
  return mergeAlike(reaches);
}

/**
 * Everybody who reaches the appliance itself, where its format holds neither its addresses nor what
 * listens: any address may be its own, and every service that is wanted may be offered.
 */
export function reachUnknownSelf(
  ground: Ground,
  entry: Entry,
  wanted: readonly HostService[],
): readonly Reach[] {
  const direction = { entry, exit: null };
  const stages = stagesFor(ground, direction);
  if (stages.length === 0) return [];
  const services = ServiceSet.unionOf(wanted.map((each) => each.services));
  const reaches = passagesFrom(ground, entry, services)
    .filter(({ nat }) => nat === null || nat.translatedDestination === null)
    .map((passage) => pass(stages, passage))
    .flatMap((passed) =>
      wanted.flatMap((service) => {
        const part = wholly(passed, service);
        return part === null ? [] : [toReach(ground, direction, passed, part, { ...service, ...part })];
      }),
    );
  return mergeAlike(reaches);
}

/** What NAT makes of everything that may come in: translated packets first, then the rest as it is. */
function passagesFrom(ground: Ground, entry: Entry, services: ServiceSet): readonly Passage[] {
  const { config, resolver } = ground;
  const { translations, untouched } = translate(config.natRules, resolver, entry, PacketSet.ALL);
  const translated = translations.flatMap(({ rule, original, destinations, services: to, approximate }) =>
    original.boxes().map((box) => ({
      sources: box.source,
      originalDestinations: box.destination,
      originalServices: box.service,
      destinations: destinations ?? box.destination,
      services: to ?? box.service,
      nat: rule,
      approximate,
    })),
  );
  const direct = untouched.intersect(PacketSet.of(IpSet.ALL, IpSet.ALL, services)).boxes();
  return [
    ...translated,
    ...direct.map((box) => ({
      sources: box.source,
      originalDestinations: box.destination,
      originalServices: box.service,
      destinations: box.destination,
      services: box.service,
      nat: null,
      approximate: [],
    })),
  ];
}

/** A passage with what every stage of its direction lets through. */
interface Passed {
  readonly passage: Passage;
  /** As the last stage sees the packets. */
  readonly permitted: PacketSet;
  readonly contributions: Flow['contributions'];
}

/** One policy of a stage, its rules as packet sets. */
interface StagePolicy {
  readonly policy: Policy;
  readonly rules: readonly FlowRule[];
}

type Stage = readonly StagePolicy[];

function stagesFor(ground: Ground, direction: Direction): readonly Stage[] {
  return stagesOf(ground.config, direction).map((policies) =>
    policies.map((policy) => ({ policy, rules: flowRulesFor(policy, ground, direction) })),
  );
}

function pass(stages: readonly Stage[], passage: Passage): Passed {
  const flows = stages.map((stage) => stageFlow(stage, passage));
  return {
    passage,
    permitted: flows.map((each) => each.permitted).reduce((left, right) => left.intersect(right)),
    contributions: flows.flatMap((each) => each.contributions),
  };
}

/** One stage, over the passage as its policies see it. */
function stageFlow(stage: Stage, passage: Passage): Flow {
  const flows = stage.map(({ policy, rules }) => {
    const original = passage.nat === null ? null : policy.sees;
    const packets = PacketSet.of(
      passage.sources.intersect(familyAddresses(policy.family)),
      original?.address === 'original' ? passage.originalDestinations : passage.destinations,
      original?.port === 'original' ? passage.originalServices : passage.services,
    );
    return flowThrough(rules, packets, policy.default.action === 'permit' ? 'permit' : 'deny');
  });
  const [only] = flows;
  if (flows.length === 1 && only !== undefined) return only;
  return {
    permitted: PacketSet.unionOf(flows.map((each) => each.permitted)),
    contributions: flows.flatMap((each) => each.contributions),
  };
}

interface Part {
  readonly sources: IpSet;
  readonly destinations: IpSet;
  readonly services: ServiceSet;
}

/** One part a set of hosts and services that the same sources reach. Translated packets have one target. */
function partsOf({ passage, permitted }: Passed): readonly Part[] {
  if (permitted.isEmpty()) return [];
  const { nat, destinations } = passage;
  if (nat !== null) {
    const services = nat.translatedService === null ? permitted.services() : passage.services;
    return [{ sources: permitted.sources(), destinations, services }];
  }
  return permitted.boxes().map(({ source, destination, service }) => ({
    sources: source,
    destinations: destination,
    services: service,
  }));
}

/** Everything as one part, for one service: whatever address of the appliance's lets them in. */
function wholly({ passage, permitted }: Passed, { services }: HostService): Part | null {
  const { destinations, nat } = passage;
  const part =
    nat === null || nat.translatedService === null
      ? permitted.intersect(PacketSet.of(IpSet.ALL, IpSet.ALL, services))
      : permitted;
  const reached = nat?.translatedService === null || nat === null ? part.services() : passage.services;
  const wanted = reached.intersect(services);
  return part.isEmpty() || wanted.isEmpty()
    ? null
    : { sources: part.sources(), destinations, services: wanted };
}

/** Which of the wanted services a part holds; what lets in nearly all of them is one door, not sixty. */
function servicesIn({ services }: Part, wanted: readonly HostService[]): readonly HostService[] {
  const found = wanted.flatMap((each) => {
    const shared = services.intersect(each.services);
    return shared.isEmpty() ? [] : [{ id: each.id, services: shared }];
  });
  return found.length < MANY_SERVICES ? found : [{ id: ANY_SERVICE_ID, services }];
}

function toReach(
  ground: Ground,
  { entry, exit }: Direction,
  { passage, permitted, contributions: all }: Passed,
  { sources, destinations }: Part,
  service: HostService,
): Reach {
  const contributions = all.flatMap(({ rule, packets }) => {
    const part = packets.intersect(permitted).sources().intersect(sources);
    return part.isEmpty() ? [] : [contribution(ground, rule, part, destinations, passage)];
  });
  const doubts = [
    exit?.approximate ?? [],
    passage.approximate,
    ...contributions.map((each) => each.approximate),
  ];
  return {
    device: ground.config.id,
    entry,
    target:
      exit === null
        ? { kind: 'self', addresses: IpSet.EMPTY, dynamic: 'not in the file', interfaces: [] }
        : { kind: 'host', addresses: destinations, dynamic: null, interfaces: exit.interfaces },
    service: exposedService(service.id, service.services),
    sources,
    contributions,
    named: [],
    approximate: [...new Set(doubts.flat())],
  };
}

/** Several ways to the same service of the same target are one reach. */
function mergeAlike(reaches: readonly Reach[]): readonly Reach[] {
  const merged = new Map<string, Reach>();
  for (const reach of reaches) {
    const { target, service } = reach;
    const key = [target.kind, target.addresses.key(), target.interfaces, service.id, service.ports].join(' ');
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined
        ? reach
        : {
            ...before,
            sources: before.sources.union(reach.sources),
            contributions: [...before.contributions, ...reach.contributions],
            approximate: [...new Set([...before.approximate, ...reach.approximate])],
          },
    );
  }
  return [...merged.values()];
}

function contribution(
  ground: Ground,
  { rule, policy }: FlowRule,
  sources: IpSet,
  destinations: IpSet,
  passage: Passage,
): Contribution {
  const aimed = passage.nat === null ? destinations : passage.originalDestinations.union(destinations);
  const services = passage.originalServices.union(passage.services);
  const path = rulePath(rule, policy, ground.resolver, {
    sources,
    services,
    concerns: (each) => each.may.overlaps(aimed),
  });
  return {
    rule: path[0] as PathStep,
    sources,
    path: passage.nat === null ? path : [...path, natStep(passage.nat, passage)],
    origin: rule.origin,
    purpose: rule.purpose,
    policy: policy.name,
    number: rule.number,
    fromAny: rule.source.any && !rule.source.negated,
    logged: rule.logged,
    conditions: rule.conditions.map((condition) => condition.description),
    approximate: [...rule.approximate, ...ground.resolver.addresses(rule.source).approximate],
  };
}

/** The translation on the way, as a step. */
function natStep(rule: NatRule, passage: Passage): PathStep {
  const from = `${cidrText(passage.originalDestinations)} ${passage.originalServices.toTexts().slice(0, 3).join(', ')}`;
  const to = `${cidrText(passage.destinations)} ${passage.services.toTexts().slice(0, 3).join(', ')}`;
  return {
    kind: 'nat-rule',
    part: 'translation',
    depth: 0,
    name: rule.name,
    detail: `${from} becomes ${to}`,
    origin: rule.origin,
    comment: rule.comment,
    location: rule.location,
  };
}
