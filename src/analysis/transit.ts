import type { Contribution, Entry, PathStep, Reach, Target } from '../model/exposure.js';
import { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { selfStages } from './candidates.js';
import type { FlowRule } from './flow.js';
import { type Direction, stagesOf } from './flow-rules.js';
import type { Ground } from './ground.js';
import { type Passage, type Passed, pass, passagesFrom, toStages } from './passage.js';
import { cidrText, rulePath } from './path.js';
import { exposedService, listens, sourcesOf } from './reach.js';
import { exitsOf } from './routing.js';
import type { SelfTarget } from './targets.js';

/** A service by which a host is administered. */
export interface HostService {
  /** Canonical id. */
  readonly id: string;
  readonly services: ServiceSet;
}

/** What an open door to every service of a host is called; nobody lists them one by one. */
export const ANY_SERVICE_ID = 'any-service';

/** From this many kinds of administration on, a door is one to any service. */
const MANY_SERVICES = 12;

/** Everybody who reaches an administration service of a host behind the appliance from one entry. */
export function reachHosts(ground: Ground, entry: Entry, wanted: readonly HostService[]): readonly Reach[] {
  if (wanted.length === 0) return [];
  const services = ServiceSet.unionOf(wanted.map((each) => each.services));
  const passages = passagesFrom(ground, entry, services).filter(({ toSelf }) => !toSelf);
  const reaches = exitsOf(ground.config, entry).flatMap((exit) => {
    const direction = { entry, exit };
    const stages = toStages(stagesOf(ground.config, direction), ground, direction);
    if (stages.length === 0) return [];
    return passages.flatMap((passage) => {
      const destinations = passage.destinations.intersect(exit.destinations);
      if (destinations.isEmpty()) return [];
      const passed = pass(stages, { ...passage, destinations });
      return partsOf(passed).flatMap((part) =>
        servicesIn(part, wanted).map((service) => {
          const target = hostTarget(part.destinations, exit.interfaces);
          return toReach(ground, direction, target, passed, part, service);
        }),
      );
    });
  });
  return mergeAlike(reaches);
}

function hostTarget(addresses: IpSet, interfaces: readonly string[]): Target {
  return { kind: 'host', addresses, dynamic: null, interfaces };
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
  const stages = toStages(stagesOf(ground.config, direction), ground, direction);
  if (stages.length === 0) return [];
  const services = ServiceSet.unionOf(wanted.map((each) => each.services));
  const target: Target = { kind: 'self', addresses: IpSet.EMPTY, dynamic: 'not in the file', interfaces: [] };
  const reaches = passagesFrom(ground, entry, services)
    .map((passage) => pass(stages, passage))
    .flatMap((passed) =>
      wanted.flatMap((service) => {
        const part = wholly(passed, service, IpSet.ALL);
        return part === null
          ? []
          : [toReach(ground, direction, target, passed, part, { ...service, ...part })];
      }),
    );
  return mergeAlike(reaches);
}

/** Everybody who reaches the appliance's own services at one target because NAT sends them there. */
export function reachTranslatedSelf(ground: Ground, entry: Entry, self: SelfTarget): readonly Reach[] {
  if (self.target.dynamic !== null) return [];
  const offered = ServiceSet.unionOf(ground.config.listeners.map((listener) => listener.services));
  const passages = passagesFrom(ground, entry, offered).filter(
    ({ nat, destinations }) => nat !== null && destinations.contains(self.target.addresses),
  );
  if (passages.length === 0) return [];
  // Some platforms name the target's own interface as the one to leave by.
  const { addresses, interfaces } = self.target;
  const exit = { zone: self.interface.zone, interfaces, destinations: addresses, approximate: [] };
  const direction = { entry, exit };
  const stages = toStages(selfStages(ground.config, entry, self), ground, direction);
  if (stages.length === 0) return [];
  const reaches = passages
    .map((passage) => pass(stages, { ...passage, destinations: addresses }))
    .flatMap((passed) =>
      ground.config.listeners.flatMap((listener) => {
        const part = listens(listener, self)
          ? wholly(passed, listener, sourcesOf(listener, self, ground.resolver))
          : null;
        if (part === null) return [];
        const service = { id: listener.service, services: part.services };
        return [toReach(ground, direction, self.target, passed, part, service, listener.approximate)];
      }),
    );
  return mergeAlike(reaches);
}

interface Part {
  readonly sources: IpSet;
  readonly destinations: IpSet;
  readonly services: ServiceSet;
}

/** One part a set of hosts and services that the same sources reach. */
function partsOf({ permitted }: Passed): readonly Part[] {
  return permitted.boxes().map(({ source, destination, service }) => ({
    sources: source,
    destinations: destination,
    services: service,
  }));
}

/** Everything as one part, for one service: whatever address of the appliance's lets them in. */
function wholly(
  { passage, permitted }: Passed,
  { services }: { readonly services: ServiceSet },
  sources: IpSet,
): Part | null {
  const part = permitted.intersect(PacketSet.of(sources, IpSet.ALL, services));
  if (part.isEmpty()) return null;
  return { sources: part.sources(), destinations: passage.destinations, services: part.services() };
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
  target: Target,
  passed: Passed,
  { sources, destinations }: Part,
  service: HostService,
  doubts: readonly string[] = [],
): Reach {
  const { passage } = passed;
  const whole = PacketSet.of(sources, destinations, service.services);
  const contributions = passed.contributions(whole).flatMap(({ rule, sources: part }) => {
    return part.isEmpty() ? [] : [contribution(ground, rule, part, destinations, passage)];
  });
  const approximate = [
    ...doubts,
    ...(exit?.approximate ?? []),
    ...passage.approximate,
    ...contributions.flatMap((each) => each.approximate),
  ];
  return {
    device: ground.config.id,
    entry,
    target,
    service:
      service.id === ANY_SERVICE_ID
        ? { id: ANY_SERVICE_ID, protocol: 'any', ports: [] }
        : exposedService(service.id, service.services),
    sources,
    contributions,
    named: [],
    approximate: [...new Set(approximate)],
  };
}

/** Several ways to the same service of the same target are one reach. */
export function mergeAlike(reaches: readonly Reach[]): readonly Reach[] {
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
            named: namedOnce([...before.named, ...reach.named]),
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
    path: passage.nat === null ? path : [...path, natStep(passage.nat, ground, passage)],
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

/** The translation on the way, as a step: what the rule itself says, not what rules above it left of it. */
function natStep(rule: NonNullable<Passage['nat']>, { resolver }: Ground, passage: Passage): PathStep {
  const side = (address: IpSet, service: ServiceSet) => `${cidrText(address)} ${servicesText(service)}`;
  const services = resolver.services(rule.service).may;
  const from = side(resolver.addresses(rule.destination).may, services);
  const to = side(passage.destinations, rule.translatedService === null ? services : passage.services);
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

function servicesText(services: ServiceSet): string {
  if (services.equals(ServiceSet.ALL)) return 'any service';
  const texts = services.toTexts();
  return texts.length <= 3
    ? texts.join(', ')
    : `${texts.slice(0, 3).join(', ')} and ${texts.length - 3} more`;
}

function namedOnce(named: Reach['named']): Reach['named'] {
  return [...new Map(named.map((each) => [`${each.name} ${each.sources.key()}`, each])).values()];
}
