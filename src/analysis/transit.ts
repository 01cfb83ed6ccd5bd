import type { Entry, Reach, Target } from '../model/exposure.js';
import type { Action, Policy } from '../model/policy.js';
import { LOOPBACK } from '../parties/special-networks.js';
import type { BoxList } from '../sets/box-list.js';
import { flatMap } from '../sets/flat-map.js';
import { IpSet } from '../sets/ip-set.js';
import { boxesOverlap } from '../sets/packet-box.js';
import { type PacketBox, PacketSet } from '../sets/packet-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { conditionalSources } from './conditional.js';
import { doubtsByService } from './doubts.js';
import { isLessTrusted } from './entries.js';
import { type Branch, byExits } from './flow.js';
import type { Ground } from './ground.js';
import { allOf, type HostService, servicesIn } from './host-services.js';
import {
  boxesByRule,
  boxesToOpen,
  forService,
  type LetInBox,
  type Part,
  partOf,
  type Whole,
  wholly,
} from './let-in.js';
import { namedInMedia, partsOffered } from './media.js';
import { mergeAlike } from './merge-reaches.js';
import { once } from './once.js';
import {
  isSameStages,
  type Passage,
  type Passed,
  pass,
  passagesFrom,
  type Stage,
  toStages,
} from './passage.js';
import { hears, listenersAt, sourcesOf } from './reach.js';
import { type Exit, exitsOf, hasWaysOfItsOwn } from './routing.js';
import { selfParts } from './self-parts.js';
import { type Direction, selfStages, stagesOf } from './stages.js';
import { withoutStandIns } from './stand-in.js';
import type { SelfTarget } from './targets.js';
import { toReach } from './to-reach.js';

/** Everybody who reaches an administration service of a host behind the appliance from one entry. */
export function reachHosts(ground: Ground, entry: Entry, wanted: readonly HostService[]): readonly Reach[] {
  if (wanted.length === 0) return [];
  const kinds =
    ground.redirections.length > 0 && hasWaysOfItsOwn(ground.config, entry, becoming(ground))
      ? [true, false]
      : [null];
  const departures = kinds.map((published) => departuresOf(ground, entry, published === true));
  if (isLessTrusted(entry) && departures.every((each) => each.length === 0)) return [];
  const services = ServiceSet.unionOf(wanted.map((each) => each.services));
  const passages = passagesFrom(ground, entry).filter(
    (passage) => !passage.toSelf && passage.services.overlaps(services),
  );
  const reaches = kinds.flatMap((published, at) => {
    const some = passages.filter(({ nat }) => published === null || published === (nat !== null));
    return behind(ground, entry, departures[at] ?? [], some, wanted);
  });
  return mergeAlike(reaches);
}

/** Who reaches hosts by some passages. */
function behind(
  ground: Ground,
  entry: Entry,
  departures: readonly Departure[],
  passages: readonly Passage[],
  wanted: readonly HostService[],
): readonly Reach[] {
  return departures.flatMap(({ stages, exits }) => {
    const reachable = IpSet.unionOf(exits.map((exit) => exit.destinations));
    return passages.flatMap((passage) => {
      const destinations = passage.destinations.intersect(reachable);
      if (destinations.isEmpty()) return [];
      const passed = pass(stages, exits, { ...passage, destinations });
      const { approximate } = passed.passage;
      const seen = approximate === passage.approximate ? passage : { ...passage, approximate };
      return flatMap(leaving(ground, passed), ({ exit, packets, open, admitted, doubts }) => {
        const asking = packets.parts().filter(({ service }) => service.fromAnyPort() !== service);
        const parts = flatMap(boxesToOpen(packets, ground.coarse), (whole) =>
          byHosts(whole, wanted, (told) =>
            namedInMedia(stages, { entry, exit }, passage, whole, wanted, told),
          ),
        );
        return flatMap(parts, ([box, services]) => {
          const hosts = withoutStandIns(box.destination);
          if (services.length === 0 || LOOPBACK.contains(hosts)) return [];
          const asks = asking.some((each) => boxesOverlap(each, box));
          const asked = asks ? within(packets, box) : [];
          const part = partOf(box, admitted(), asked);
          const free = open() !== packets ? within(open(), box) : asks ? asked : null;
          const target = hostTarget(ground, hosts, exit.interfaces);
          const inDoubt = doubtsByService(doubts().overlapping(box), ground.resolver);
          return services.map((each) => {
            const reach = toReach(ground, { entry, exit }, target, seen, part, each, inDoubt(each.services));
            if (free === null) return reach;
            return { ...reach, conditional: conditionalSources({ ...box, service: each.services }, free) };
          });
        });
      });
    });
  });
}

/** The services of hosts in a box, and in the part of it for hosts where alone they may be. */
function byHosts(
  box: PacketBox,
  wanted: readonly HostService[],
  inMedia: (told: readonly HostService[]) => readonly PacketBox[],
): readonly (readonly [PacketBox, readonly HostService[]])[] {
  const services = servicesIn(box.service, wanted);
  const meant = inMedia(services).map(
    ({ destination, service }) => [{ ...box, destination }, servicesIn(service, wanted)] as const,
  );
  if (services.every(({ only }) => only === undefined)) return [[box, services], ...meant];
  const named = services.flatMap((each): readonly (readonly [PacketBox, readonly HostService[]])[] => {
    const destination = box.destination.intersect(each.only?.hosts ?? IpSet.EMPTY);
    return destination.isEmpty() ? [] : [[{ ...box, destination }, [each]]];
  });
  return [[box, services.filter(({ only }) => only === undefined)], ...named, ...meant];
}

/** The packets of a box, with the source ports that they have to have. */
function within(packets: PacketSet, box: PacketBox): readonly PacketBox[] {
  return packets.intersect(PacketSet.of(box.source, box.destination, box.service)).parts();
}

/** Exits for which the same policies decide. */
interface Departure {
  readonly stages: readonly Stage[];
  readonly exits: readonly Exit[];
}

function departuresOf(ground: Ground, entry: Entry, published: boolean): readonly Departure[] {
  const departures = new Map<
    string,
    { readonly policies: readonly (readonly Policy[])[]; readonly exits: Exit[] }
  >();
  for (const exit of exitsOf(ground.config, entry, { published })) {
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
  /** Those that get in without a condition of a rule: the very same set where none has one. */
  readonly open: () => PacketSet;
  readonly admitted: () => BoxList<LetInBox>;
  readonly doubts: () => BoxList<LetInBox>;
}

function leaving(ground: Ground, passed: Passed): readonly Leaving[] {
  const { permitted, admitted, doubts } = passed;
  if (ground.config.silence?.addresses === true) return somewhere(passed);
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
              open: once(() => {
                const free = passed.unconditional();
                if (free === permitted) return left;
                const by = free.filter((each) => each.exits.includes(exit));
                return PacketSet.unionOf(by.map((each) => each.packets.intersect(left)));
              }),
              admitted: once(() => boxesByRule(admitted().filter((each) => each.exits.includes(exit)))),
              doubts: once(() => boxesByRule(doubts().filter((each) => each.exits.includes(exit)))),
            },
          ];
    }),
  );
}

/**
 * Where the file holds no address and no route, any exit may lead to any host but those that are known to be elsewhere:
 * the best one counts.
 */
function somewhere(passed: Passed): readonly Leaving[] {
  const permitted = flatMap(passed.permitted, toWhereTheyLead);
  const exits = [...new Set(flatMap(permitted, (each) => each.exits))].filter((exit) => exit !== null);
  if (exits.length === 0) return [];
  const exit: Exit = {
    zone: null,
    interfaces: exits.flatMap(({ interfaces }) => interfaces),
    destinations: IpSet.unionOf(exits.map(({ destinations }) => destinations)),
    approximate: ['the file does not say which interface leads to these addresses'],
  };
  const packets = PacketSet.unionOf(permitted.map((each) => each.packets)).merged();
  const letIn = once(() => boxesByRule(flatMap(passed.admitted(), toWhereTheyLead)));
  const left = once(() => boxesByRule(flatMap(passed.doubts(), toWhereTheyLead)));
  const open = once(() => {
    const free = passed.unconditional();
    if (free === passed.permitted) return packets;
    return PacketSet.unionOf(flatMap(free, toWhereTheyLead).map((each) => each.packets));
  });
  return [{ exit, packets, open, admitted: letIn, doubts: left }];
}

/** A branch in parts, each by the exits that may lead to its hosts: the very same branch where all of them may. */
function toWhereTheyLead<Some extends Branch>(branch: Some): readonly Some[] {
  const { packets } = branch;
  const notToAll = branch.exits.filter((exit) => exit?.destinations.contains(IpSet.ALL) === false);
  if (notToAll.length === 0) return [branch];
  const destinations = packets.destinations();
  const narrow = notToAll.filter((exit) => exit?.destinations.contains(destinations) === false);
  if (narrow.length === 0) return [branch];
  const wide = branch.exits.filter((exit) => !narrow.includes(exit));
  const parts = narrow.map((exit) => ({
    ...branch,
    exits: [exit],
    packets: packets.intersect(PacketSet.of(IpSet.ALL, exit?.destinations ?? IpSet.ALL, ServiceSet.ALL)),
  }));
  return [{ ...branch, exits: wide }, ...parts].filter(
    (part) => part.exits.length > 0 && !part.packets.isEmpty(),
  );
}

/** The very same target for the same hosts behind the same interfaces: many ways in lead to them. */
function hostTarget({ targets }: Ground, addresses: IpSet, interfaces: readonly string[]): Target {
  const key = interfaces.join('\n');
  const behind = targets.get(key) ?? new Map<string, Target>();
  targets.set(key, behind);
  let target = behind.get(addresses.key());
  if (target === undefined) {
    target = { kind: 'host', addresses, dynamic: null, interfaces };
    behind.set(addresses.key(), target);
  }
  return target;
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
  const stages = toStages(stagesOf(ground.config, { entry, exit: null }), ground, entry);
  if (stages.length === 0) return [];
  const passages = passagesFrom(ground, entry);
  const before = ground.selfAlike.find(
    (each) => each.passages === passages && each.wanted === wanted && isSameStages(each.stages, stages),
  );
  if (before !== undefined) return before.reaches.map((each) => ({ ...each, entry }));
  const reaches = unknownSelf(ground, entry, forSelf(stages), passages, wanted);
  ground.selfAlike.push({ stages, passages, wanted, reaches });
  return reaches;
}

/** What reaches the appliance itself by the same rules and translations. */
export interface SelfAlike {
  readonly stages: readonly Stage[];
  readonly passages: readonly Passage[];
  readonly wanted: readonly HostService[];
  readonly reaches: readonly Reach[];
}

function unknownSelf(
  ground: Ground,
  entry: Entry,
  stages: readonly Stage[],
  passages: readonly Passage[],
  wanted: readonly HostService[],
): readonly Reach[] {
  const direction: Direction = { entry, exit: null };
  const mayOffer = wanted.filter(({ only }) => only?.self !== false);
  const services = allOf(mayOffer);
  const parts = passages
    .filter((passage) => passage.services.overlaps(services))
    .flatMap((passage) => selfParts(ground, passage));
  const reaches = parts.flatMap(({ target, passage, doubts }) => {
    const whole = wholly(pass(stages, [null], passage), services);
    if (whole === null) return [];
    return flatMap(mayOffer, (service) =>
      partsOffered(whole, stages, service).map((part) => {
        const found = { ...service, services: part.services };
        const unsure = [...doubts, ...doubtsAt(ground, part, whole)];
        return toReach(ground, direction, target, whole.passage, part, found, unsure);
      }),
    );
  });
  return mergeAlike(reaches);
}

/** Everybody who reaches the appliance's own services at one target because NAT sends them there. */
export function reachTranslatedSelf(ground: Ground, entry: Entry, self: SelfTarget): readonly Reach[] {
  if (self.target.dynamic !== null || !becoming(ground).overlaps(self.target.addresses)) return [];
  const policies = selfStages(ground.config, entry, self);
  if (policies.length === 0 || !policies.every((stage) => stage.some(letsInSelf))) return [];
  const passages = passagesFrom(ground, entry).filter(
    ({ nat, destinations, services }) =>
      nat !== null && destinations.contains(self.target.addresses) && services.overlaps(ground.offered),
  );
  if (passages.length === 0) return [];
  // Some platforms name the target's own interface as the one to leave by.
  const { addresses, interfaces } = self.target;
  const exit = { zone: self.interface.zone, interfaces, destinations: addresses, approximate: [] };
  const direction: Direction = { entry, exit };
  const stages = forSelf(toStages(policies, ground, entry));
  const reaches = passages.flatMap((passage) => {
    const whole = wholly(pass(stages, [exit], { ...passage, destinations: addresses }), ground.offered);
    if (whole === null) return [];
    return listenersAt(ground, self).flatMap((listener) => {
      if (!hears(listener, entry)) return [];
      return forService(whole, listener, sourcesOf(listener, self, ground.resolver)).map((part) => {
        const service = { id: listener.service, services: part.services };
        const doubts = [...listener.approximate, ...doubtsAt(ground, part, whole)];
        return toReach(ground, direction, self.target, whole.passage, part, service, doubts);
      });
    });
  });
  return mergeAlike(reaches);
}

function doubtsAt(
  ground: Ground,
  { sources: source, services: service }: Part,
  { doubts }: Whole,
): readonly string[] {
  const met = doubts.overlapping({ source, destination: IpSet.ALL, service });
  return doubtsByService(met, ground.resolver)(service);
}

const targetsOf = new WeakMap<Ground, IpSet>();

/** Every destination that NAT rules may give to packets. */
function becoming(ground: Ground): IpSet {
  const { config, resolver } = ground;
  let targets = targetsOf.get(ground);
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
    targetsOf.set(ground, targets);
  }
  return targets;
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
