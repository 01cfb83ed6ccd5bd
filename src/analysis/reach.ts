import type { Contribution, Entry, ExposedService, NamedSource, Reach } from '../model/exposure.js';
import type { Listener, Policy } from '../model/policy.js';
import { flatMap } from '../sets/flat-map.js';
import { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import { protocolName, ServiceSet } from '../sets/service-set.js';
import { byPorts, sourcePortsAsked } from './by-ports.js';
import { candidatesFor, type Ingress, ingressesOf } from './candidates.js';
import { doubtTexts } from './doubts.js';
import { familyAddresses } from './family.js';
import type { Admission, Admitted, Candidate } from './first-match.js';
import { firstMatch } from './first-match.js';
import type { Ground } from './ground.js';
import { mayBeTaken, type Translation, translateAll } from './nat.js';
import { aboutRule, listenerStep, rulePath } from './path.js';
import type { ResolvedAddresses, Resolver } from './resolve.js';
import { selfStages } from './stages.js';
import { standInsFor } from './stand-in.js';
import { matchTarget, type SelfTarget } from './targets.js';

const NO_MANAGEMENT = 'the rule does not ask for management access, and may not grant it';

/** Everybody who reaches the appliance's own services at one target from one entry. */
export function reachSelf(ground: Ground, entry: Entry, self: SelfTarget): readonly Reach[] {
  // An appliance may have hundreds of interfaces, each of them a way in and a target, and answer at a few.
  if (!listenersAt(ground, self).some((each) => hears(each, entry))) return [];
  const stages = selfStages(ground.config, entry, self);
  if (stages.length === 0) return reachByDefault(ground, entry, self);
  const ingresses = ingressesOf(entry, ground.config.policies);
  const permits = permitsOf(ground, stages, ingresses, self).filter(
    ({ listener, admitted }) =>
      hears(listener, entry) && admitted.every(({ admissions }) => admissions.length > 0),
  );
  if (permits.length === 0) return [];
  const taking = takingFrom(ground, entry, self, permits);
  const coming = arriving(entry);
  return permits.flatMap(({ listener, admitted, named }) => {
    const nat = beforeNat(ground, entry, self, listener, taking);
    return toReaches(ground, entry, self, nat.listener, [...admitted, ...nat.stages, ...coming], named);
  });
}

/** What can come in at all, as a stage of its own: out of a tunnel come the addresses behind it. */
function arriving(entry: Entry): readonly Admitted[] {
  if (entry.tunnel === undefined || entry.tunnel.sources === null) return [];
  const admission = { services: ServiceSet.ALL, sources: entry.tunnel.sources };
  return [{ admissions: [admission], contributions: [] }];
}

/** What every stage lets in to one listener. */
interface Permit {
  readonly listener: Listener;
  readonly admitted: readonly Admitted[];
  readonly named: readonly NamedSource[];
}

type Stages = readonly (readonly Policy[])[];

/** Ways in that no access rule tells apart get the same answer: what was asked of a target, by way in and policies. */
const askedOf = new WeakMap<SelfTarget, Map<string, readonly Permit[]>>();

function permitsOf(
  ground: Ground,
  stages: Stages,
  ingresses: readonly Ingress[],
  self: SelfTarget,
): readonly Permit[] {
  const asked = askedOf.get(self) ?? new Map<string, readonly Permit[]>();
  askedOf.set(self, asked);
  const by = ingresses.map((ingress) => ingress.interface);
  const key = JSON.stringify([by, stages.map((policies) => policies.map(({ name }) => name))]);
  const permits = asked.get(key) ?? findPermits(ground, stages, ingresses, self);
  asked.set(key, permits);
  return permits;
}

function findPermits(
  ground: Ground,
  stages: Stages,
  ingresses: readonly Ingress[],
  self: SelfTarget,
): readonly Permit[] {
  const perStage = stages.map((policies) => ({
    policies,
    lists: ingresses.map((ingress) => candidatesFor(policies, { ingress, self, ...ground })),
  }));
  if (perStage.some(admitsNobody)) return [];
  const candidates = perStage.flatMap(({ lists }) => lists.flat());
  return listenersAt(ground, self).map((listener) => {
    const universe = sourcesOf(listener, self, ground.resolver);
    const admitted = perStage.map(({ policies, lists }) =>
      admitAny(lists, listener.services, universe, fallbackOf(policies)),
    );
    return { listener, admitted, named: namedSources(ground, candidates, listener.services) };
  });
}

/** Whether no rule of a stage is about the target, and what no rule is about is denied. */
function admitsNobody({
  policies,
  lists,
}: {
  readonly policies: readonly Policy[];
  readonly lists: readonly (readonly Candidate[])[];
}): boolean {
  return lists.every((list) => list.length === 0) && fallbackOf(policies) === 'deny';
}

/** The translations that may take packets to this target away from the appliance. */
function takingFrom(
  ground: Ground,
  entry: Entry,
  self: SelfTarget,
  permits: readonly Permit[],
): readonly Translation[] {
  const addresses = addressesOf(ground, self);
  if (ground.redirections.length === 0 || addresses.isEmpty()) return [];
  // What NAT does to everything is dear to work out, and here mostly of no interest.
  const services = ServiceSet.unionOf(permits.map(({ listener }) => listener.services));
  if (!mayBeTaken(ground, entry, addresses, services)) return [];
  return translateAll(ground, entry).translations.filter(
    ({ toSelf, original }) =>
      !toSelf && original.overlaps(PacketSet.of(IpSet.ALL, addresses, ServiceSet.ALL)),
  );
}

/** Those of a target, or what stands for the one that the file does not hold. */
function addressesOf({ config }: Ground, { target, interface: { name }, family }: SelfTarget): IpSet {
  if (target.dynamic === null) return target.addresses;
  return standInsFor(config, [name]).intersect(familyAddresses(family));
}

/**
 * What NAT leaves to the appliance's own service, as a stage of its own. Where it is not known which of
 * the two comes first, all is left, and the listener says so.
 */
function beforeNat(
  ground: Ground,
  entry: Entry,
  self: SelfTarget,
  listener: Listener,
  taking: readonly Translation[],
): { readonly stages: readonly Admitted[]; readonly listener: Listener } {
  const packets = PacketSet.of(IpSet.ALL, addressesOf(ground, self), listener.services);
  const first = taking.find(({ original }) => original.overlaps(packets));
  if (first === undefined) return { stages: [], listener };
  const { untouched, doubts } = translateAll(ground, entry);
  if (ground.config.natBeforeSelf === 'unknown') {
    const doubt = `${first.rule.name} translates these packets; which of the two comes first is not known`;
    return { stages: [], listener: doubted(listener, doubt) };
  }
  const reasons = doubts
    .filter(({ packets: doubtful }) => doubtful.overlaps(packets))
    .flatMap(({ rule, why }) => why.map((each) => `${rule.name}: ${each}`));
  const left = untouched.intersect(packets).boxes();
  const admissions = left.map(({ source, service }) => ({ sources: source, services: service }));
  return { stages: [{ admissions, contributions: [] }], listener: doubted(listener, ...reasons) };
}

function doubted(listener: Listener, ...doubts: readonly string[]): Listener {
  return { ...listener, approximate: [...listener.approximate, ...doubts] };
}

/** No policy is written between the entry and this target: the platform's own table decides. */
function reachByDefault(ground: Ground, entry: Entry, self: SelfTarget): readonly Reach[] {
  const row = ground.config.defaults.find(
    (each) =>
      (each.from === '*' || each.from === entry.role.value) && (each.to === '*' || each.to === 'self'),
  );
  if (row === undefined || row.action === 'deny') return [];
  return listenersAt(ground, self).flatMap((listener) => {
    if (!hears(listener, entry)) return [];
    const sources = sourcesOf(listener, self, ground.resolver);
    const admitted: Admitted = { admissions: [{ services: listener.services, sources }], contributions: [] };
    return toReaches(ground, entry, self, listener, [admitted, ...arriving(entry)], []);
  });
}

/** Whether a listener answers what comes in by an entry. */
export function hears({ via }: Listener, { interfaces, tunnel }: Entry): boolean {
  return via === undefined || (tunnel?.from ?? interfaces).some((name) => via.includes(name));
}

const answering = new WeakMap<SelfTarget, readonly Listener[]>();

/** What answers at a target: an appliance may have hundreds of both, and each way in asks. */
export function listenersAt({ config }: Ground, self: SelfTarget): readonly Listener[] {
  const found = answering.get(self) ?? config.listeners.filter((listener) => listens(listener, self));
  answering.set(self, found);
  return found;
}

/** Whether a listener answers at a target. */
function listens(listener: Listener, self: SelfTarget): boolean {
  if (listener.interfaces !== null && !listener.interfaces.includes(self.interface.name)) return false;
  if (listener.addresses === null || self.target.dynamic !== null) return true;
  return listener.addresses.contains(self.target.addresses);
}

/** The sources that a listener accepts by itself, of the target's family. */
export function sourcesOf(listener: Listener, self: SelfTarget, resolver: Resolver): IpSet {
  const family = familyAddresses(self.family);
  return listener.sources === null ? family : resolver.addresses(listener.sources).may.intersect(family);
}

function fallbackOf(policies: readonly Policy[]): 'permit' | 'deny' {
  return policies.at(-1)?.default.action === 'permit' ? 'permit' : 'deny';
}

/** What comes in by any of several ways in: the union of what each lets in. */
function admitAny(
  lists: readonly (readonly Candidate[])[],
  services: ServiceSet,
  universe: IpSet,
  fallback: 'permit' | 'deny',
): Admitted {
  const results = lists.map((list) => firstMatch(list, services, universe, fallback));
  const [only] = results;
  if (results.length === 1 && only !== undefined) return only;
  return {
    admissions: results.flatMap((result) => result.admissions),
    contributions: results.flatMap((result) => result.contributions),
    doubts: results.flatMap((result) => result.doubts ?? []),
  };
}

/** Stages must all permit: the service parts and sources that every one of them lets in. */
function admitAll(stages: readonly Admitted[]): readonly Admission[] {
  return stages
    .map((stage) => stage.admissions)
    .reduce((left, right) =>
      left.flatMap((a) =>
        right.flatMap((b) => {
          const services = a.services.intersect(b.services);
          const sources = a.sources.intersect(b.sources);
          return services.isEmpty() || sources.isEmpty() ? [] : [{ services, sources }];
        }),
      ),
    );
}

function toReaches(
  ground: Ground,
  entry: Entry,
  self: SelfTarget,
  listener: Listener,
  stages: readonly Admitted[],
  named: readonly NamedSource[],
): readonly Reach[] {
  const candidates = stages.flatMap((stage) => stage.contributions);
  const doubts = stages.flatMap((stage) => stage.doubts ?? []);
  return byPorts(admitAll(stages)).map(({ services, sources }) => {
    const contributions = candidates.flatMap(({ candidate, sources: taken }) => {
      const part = taken.intersect(sources);
      return part.isEmpty() ? [] : [contribution(ground, self, listener, candidate, part)];
    });
    const inDoubt = doubts.filter(
      (each) => each.sources.overlaps(sources) && each.services.overlaps(services),
    );
    const rules = inDoubt.map(({ candidate: { rule } }) => ({ rule, behind: [] }));
    return {
      device: ground.config.id,
      entry,
      target: self.target,
      service: exposedService(listener.service, services),
      sources,
      contributions,
      named,
      approximate: [
        ...new Set([
          ...listener.approximate,
          ...contributions.flatMap((each) => each.approximate),
          ...doubtTexts(rules, ground.resolver),
        ]),
      ],
    };
  });
}

/** A service with the ports that are let in. */
export function exposedService(id: string, services: ServiceSet): ExposedService {
  const protocols = services.protocols();
  const [protocol] = protocols;
  return {
    id,
    protocol: protocols.map(protocolName).join('+'),
    ports: protocol === undefined ? [] : portTexts(services, protocols),
  };
}

function portTexts(services: ServiceSet, protocols: readonly number[]): readonly string[] {
  return [
    ...new Set(flatMap(protocols, (protocol) => services.destinationPorts(protocol).toRanges())),
  ].filter((range) => range !== '0-65535');
}

function contribution(
  ground: Ground,
  self: SelfTarget,
  listener: Listener,
  candidate: Candidate,
  sources: IpSet,
): Contribution {
  const { rule, policy } = candidate;
  const concerns = (destination: ResolvedAddresses) => matchTarget(destination, self, ground.known) !== 'no';
  const goal = { sources, services: listener.services, concerns };
  const path = rulePath(rule, policy, ground.resolver, goal);
  const { domains } = candidate.sources;
  return {
    rule: path[0] as Contribution['rule'],
    sources,
    path: [...path, listenerStep(listener)],
    ...aboutRule(rule, policy),
    purpose: rule.purpose,
    logged: rule.logged,
    conditions: [
      ...rule.conditions.map((condition) => condition.description),
      ...sourcePortsAsked(candidate.services.may.intersect(listener.services)),
    ],
    approximate: [
      ...new Set([
        ...rule.approximate,
        ...(rule.management === false ? [NO_MANAGEMENT] : []),
        ...candidate.sources.approximate,
        ...ground.resolver.addresses(rule.destination).approximate,
        ...candidate.services.approximate,
        ...(candidate.match === 'possible' && rule.conditions.length + rule.approximate.length === 0
          ? ['the address of the interface is not in the file; the rule may or may not mean it']
          : []),
      ]),
    ],
    ...(domains === null ? {} : { domains }),
  };
}

/** The sources that permitting rules name, for whoever closes a wider door above or below them. */
function namedSources(
  ground: Ground,
  candidates: readonly Candidate[],
  services: ServiceSet,
): readonly NamedSource[] {
  const named = new Map<string, NamedSource>();
  for (const { rule, sources, services: matched } of candidates) {
    if (rule.action.kind !== 'permit' || rule.source.any || rule.source.negated) continue;
    if (sources.may.isEmpty() || !matched.may.overlaps(services)) continue;
    const labels = rule.source.objects.map((name) => ground.resolver.addressObject(name)?.label ?? name);
    const name = labels.length > 0 ? labels.join(', ') : rule.name;
    named.set(`${name} ${sources.may.key()}`, { name, sources: sources.may });
  }
  return [...named.values()];
}
