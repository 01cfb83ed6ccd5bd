import type { Contribution, Entry, PathStep, Reach, Target } from '../model/exposure.js';
import type { Action, Policy } from '../model/policy.js';
import type { BoxList } from '../sets/box-list.js';
import { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { isLessTrusted } from './entries.js';
import { type Branch, byExits, type FlowRule } from './flow.js';
import type { Ground } from './ground.js';
import { boxesByRule, forService, type LetInBox, type Part, partOf, wholly } from './let-in.js';
import { mergeAlike } from './merge-reaches.js';
import {
  type Admitted,
  once,
  type Passage,
  type Passed,
  pass,
  passagesFrom,
  type Stage,
  toStages,
} from './passage.js';
import { cidrText, rulePath } from './path.js';
import { exposedService, hears, listens, sourcesOf } from './reach.js';
import { type Exit, exitsOf } from './routing.js';
import { type Direction, selfStages, stagesOf } from './stages.js';
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
  const departures = departuresOf(ground, entry);
  if (departures.length === 0 && isLessTrusted(entry)) return [];
  const services = ServiceSet.unionOf(wanted.map((each) => each.services));
  const passages = passagesFrom(ground, entry).filter(
    (passage) => !passage.toSelf && passage.services.overlaps(services),
  );
  const reaches = departures.flatMap(({ stages, exits }) => {
    const behind = IpSet.unionOf(exits.map((exit) => exit.destinations));
    return passages.flatMap((passage) => {
      const destinations = passage.destinations.intersect(behind);
      if (destinations.isEmpty()) return [];
      const passed = pass(stages, exits, { ...passage, destinations });
      return leaving(ground, passed).flatMap(({ exit, packets, admitted }) =>
        (ground.coarse ? packets.parts() : packets.boxes()).flatMap((box) => {
          const services = servicesIn(box.service, wanted);
          if (services.length === 0) return [];
          const part = partOf(box, admitted());
          const target = hostTarget(box.destination, exit.interfaces);
          return services.map((each) => toReach(ground, { entry, exit }, target, passage, part, each));
        }),
      );
    });
  });
  return mergeAlike(reaches);
}

/** Exits for which the same policies decide. */
interface Departure {
  readonly stages: readonly Stage[];
  readonly exits: readonly Exit[];
}

function departuresOf(ground: Ground, entry: Entry): readonly Departure[] {
  const departures = new Map<
    string,
    { readonly policies: readonly (readonly Policy[])[]; readonly exits: Exit[] }
  >();
  for (const exit of exitsOf(ground.config, entry)) {
    const policies = stagesOf(ground.config, { entry, exit });
    if (policies.length === 0 || (isLessTrusted(entry) && !mayAllLetIn(policies))) continue;
    const key = policies.map((stage) => stage.map(({ name }) => name).join('\n')).join('\n\n');
    const before = departures.get(key);
    if (before === undefined) departures.set(key, { policies, exits: [exit] });
    else before.exits.push(exit);
  }
  return [...departures.values()].map(({ policies, exits }) => ({
    stages: toStages(policies, ground, entry),
    exits,
  }));
}

/**
 * Whether every stage may let something through: most pairs of zones only deny, and from a DMZ that is as far as
 * one has to look. From outside, rules are read through all the same, for what they refer to and is not there.
 */
function mayAllLetIn(stages: readonly (readonly Policy[])[]): boolean {
  return stages.every((stage) => stage.some(mayLetIn));
}

/** Whether a policy may let anything through at all. */
function mayLetIn({ rules, default: { action } }: Policy): boolean {
  return action === 'permit' || rules.some((rule) => rule.enabled && !STOPS.has(rule.action.kind));
}

/** The same for what is for the appliance itself. */
function letsInSelf(policy: Policy): boolean {
  return mayLetIn({ ...policy, rules: policy.rules.filter(({ transitOnly }) => transitOnly !== true) });
}

const STOPS: ReadonlySet<Action['kind']> = new Set(['deny', 'return', 'continue']);

/** Packets that leave: by one exit, or by one of those that the file does not tell apart by what is behind. */
interface Leaving {
  readonly exit: Exit;
  readonly packets: PacketSet;
  readonly admitted: () => BoxList<LetInBox>;
}

function leaving(ground: Ground, { permitted, admitted }: Passed): readonly Leaving[] {
  if (ground.config.silence?.addresses === true) return somewhere(permitted, admitted);
  return byExits(permitted).flatMap(({ exits, packets }) =>
    exits.flatMap((exit): readonly Leaving[] => {
      if (exit === null) return [];
      const left = packets.intersect(PacketSet.of(IpSet.ALL, exit.destinations, ServiceSet.ALL));
      return left.isEmpty()
        ? []
        : [
            {
              exit,
              packets: left,
              admitted: once(() => boxesByRule(admitted().filter((each) => each.exits.includes(exit)))),
            },
          ];
    }),
  );
}

/** Where the file holds no address and no route, any exit may lead to any host: the best one counts. */
function somewhere(permitted: readonly Branch[], admitted: () => readonly Admitted[]): readonly Leaving[] {
  const exits = [...new Set(permitted.flatMap((each) => each.exits))].filter((exit) => exit !== null);
  if (exits.length === 0) return [];
  const exit: Exit = {
    zone: null,
    interfaces: exits.flatMap(({ interfaces }) => interfaces),
    destinations: IpSet.unionOf(exits.map(({ destinations }) => destinations)),
    approximate: ['the file does not say which interface leads to these addresses'],
  };
  const packets = PacketSet.unionOf(permitted.map((each) => each.packets));
  return [{ exit, packets, admitted: once(() => boxesByRule(admitted())) }];
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
  const direction: Direction = { entry, exit: null };
  const stages = forSelf(toStages(stagesOf(ground.config, direction), ground, entry));
  if (stages.length === 0) return [];
  const services = ServiceSet.unionOf(wanted.map((each) => each.services));
  const target: Target = { kind: 'self', addresses: IpSet.EMPTY, dynamic: 'not in the file', interfaces: [] };
  const reaches = passagesFrom(ground, entry).flatMap((passage) => {
    if (!passage.services.overlaps(services)) return [];
    const whole = wholly(pass(stages, [null], passage), services);
    if (whole === null) return [];
    return wanted.flatMap((service) => {
      const part = forService(whole, service, IpSet.ALL);
      if (part === null) return [];
      const found = { id: service.id, services: part.services };
      return [toReach(ground, direction, target, passage, part, found)];
    });
  });
  return mergeAlike(reaches);
}

/** Everybody who reaches the appliance's own services at one target because NAT sends them there. */
export function reachTranslatedSelf(ground: Ground, entry: Entry, self: SelfTarget): readonly Reach[] {
  if (self.target.dynamic !== null || !mayBecome(ground, self.target.addresses)) return [];
  const policies = selfStages(ground.config, entry, self);
  if (policies.length === 0 || !policies.every((stage) => stage.some(letsInSelf))) return [];
  const passages = passagesFrom(ground, entry).filter(
    ({ nat, destinations }) => nat !== null && destinations.contains(self.target.addresses),
  );
  if (passages.length === 0) return [];
  const offered = ServiceSet.unionOf(ground.config.listeners.map((listener) => listener.services));
  // Some platforms name the target's own interface as the one to leave by.
  const { addresses, interfaces } = self.target;
  const exit = { zone: self.interface.zone, interfaces, destinations: addresses, approximate: [] };
  const direction: Direction = { entry, exit };
  const stages = forSelf(toStages(policies, ground, entry));
  const reaches = passages.flatMap((passage) => {
    if (!passage.services.overlaps(offered)) return [];
    const whole = wholly(pass(stages, [exit], { ...passage, destinations: addresses }), offered);
    if (whole === null) return [];
    return ground.config.listeners.flatMap((listener) => {
      const part =
        listens(listener, self) && hears(listener, entry)
          ? forService(whole, listener, sourcesOf(listener, self, ground.resolver))
          : null;
      if (part === null) return [];
      const service = { id: listener.service, services: part.services };
      return [toReach(ground, direction, self.target, whole.passage, part, service, listener.approximate)];
    });
  });
  return mergeAlike(reaches);
}

const becoming = new WeakMap<Ground, IpSet>();

/** Whether any NAT rule gives packets a destination, and it may be one of these. */
function mayBecome(ground: Ground, addresses: IpSet): boolean {
  const { config, resolver } = ground;
  let targets = becoming.get(ground);
  if (targets === undefined) {
    targets = IpSet.unionOf(
      config.natRules.map((rule) => {
        const { enabled, toSelf, translatedDestination: to, translatedService: port } = rule;
        if (!enabled) return IpSet.EMPTY;
        if (toSelf === true) return IpSet.ALL;
        if (to !== null) return resolver.addresses(to).may;
        return port === null ? IpSet.EMPTY : resolver.addresses(rule.destination).may;
      }),
    );
    becoming.set(ground, targets);
  }
  return targets.overlaps(addresses);
}

/** Stages without the rules that are for packets in transit alone. */
function forSelf(stages: readonly Stage[]): readonly Stage[] {
  return stages.map((stage) =>
    stage.map((each) => ({
      ...each,
      rules: each.rules.filter(({ rule }) => rule.transitOnly !== true),
    })),
  );
}

/** Which of the wanted services a part holds; what lets in nearly all of them is one door, not sixty. */
function servicesIn(services: ServiceSet, wanted: readonly HostService[]): readonly HostService[] {
  let known = servicesFound.get(wanted);
  if (known === undefined) {
    known = new Map();
    servicesFound.set(wanted, known);
  }
  const key = services.key();
  let found = known.get(key);
  if (found === undefined) {
    found = findServices(services, wanted);
    known.set(key, found);
  }
  return found;
}

/** What was found in sets of services before: many hosts are reached for the same ones. */
const servicesFound = new WeakMap<readonly HostService[], Map<string, readonly HostService[]>>();

function findServices(services: ServiceSet, wanted: readonly HostService[]): readonly HostService[] {
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
  passage: Passage,
  part: Part,
  service: HostService,
  doubts: readonly string[] = [],
): Reach {
  const contributions = contributionsOf(ground, part, service, passage);
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
    sources: part.sources,
    contributions,
    named: [],
    approximate: [...new Set(approximate)],
  };
}

function contributionsOf(
  ground: Ground,
  { admitted, sources: reaching, destinations, whole }: Part,
  { services }: HostService,
  passage: Passage,
): readonly Contribution[] {
  return admitted.flatMap(({ rule, boxes }) => {
    const parts = boxes.filter((box) => box.service.overlaps(services));
    if (parts.length === 0) return [];
    const all = parts.length === boxes.length;
    const before = all ? whole.get(rule) : undefined;
    if (before !== undefined) return before;
    const sources = IpSet.unionOf(parts.map((box) => box.source)).intersect(reaching);
    if (sources.isEmpty()) return [];
    const fresh = contribution(ground, rule, sources, destinations, passage);
    if (all) whole.set(rule, fresh);
    return fresh;
  });
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
