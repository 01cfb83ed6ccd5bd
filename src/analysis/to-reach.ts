import type { Contribution, PathStep, Reach, Target } from '../model/exposure.js';
import { flatMap } from '../sets/flat-map.js';
import { IpSet } from '../sets/ip-set.js';
import type { PacketBox } from '../sets/packet-box.js';
import { ServiceSet } from '../sets/service-set.js';
import { FROM_SOURCE_PORT, sourcePortsAsked } from './by-ports.js';
import type { FlowRule } from './flow.js';
import type { Ground } from './ground.js';
import { ANY_SERVICE_ID, type HostService, isEverything } from './host-services.js';
import type { Part, Proof } from './let-in.js';
import type { Passage } from './passage.js';
import { aboutRule, cidrText, namesGroups, rulePath } from './path.js';
import { exposedService } from './reach.js';
import type { Direction } from './stages.js';

/** Packets that get in, as one reach, with the rules that let them in as its proof. */
export function toReach(
  ground: Ground,
  { entry, exit }: Direction,
  target: Target,
  passage: Passage,
  part: Part,
  service: HostService,
  doubts: readonly string[] = [],
): Reach {
  const ports = sourcePortsOf(part, service);
  const proof = proofOf(ground, part, service, passage);
  const contributions = fromPorts(proof.contributions, ports);
  const named = service.only === undefined ? [] : [service.only.doubt];
  const unsure = [
    ...doubts,
    ...named,
    ...(exit?.approximate ?? []),
    ...passage.approximate,
    ...proof.approximate,
  ];
  return {
    device: ground.config.id,
    entry,
    target,
    service:
      service.id === ANY_SERVICE_ID && isEverything(service.services)
        ? { id: ANY_SERVICE_ID, protocol: 'any', ports: [] }
        : exposedService(service.id, service.services),
    sources: proof.sources,
    contributions,
    named: [],
    approximate: [...new Set(unsure)],
    conditional: part.conditional,
  };
}

/** Contributions that say from which source ports alone they let in, where all packets have to have some. */
function fromPorts(
  contributions: readonly Contribution[],
  ports: readonly string[],
): readonly Contribution[] {
  if (ports.length === 0) return contributions;
  return contributions.map((each) =>
    each.conditions.some((condition) => condition.startsWith(FROM_SOURCE_PORT))
      ? each
      : { ...each, conditions: [...each.conditions, ...ports] },
  );
}

/** The source ports that all packets of a part have to have: rules that only let them go on may ask for them. */
function sourcePortsOf({ packets }: Part, { services }: HostService): readonly string[] {
  if (packets.length === 0) return [];
  const met = packets.map((box) => box.service.intersect(services)).filter((each) => !each.isEmpty());
  return met.every((each) => sourcePortsAsked(each).length > 0)
    ? sourcePortsAsked(ServiceSet.unionOf(met))
    : [];
}

/** The rules that let a service of a part in. */
function proofOf(ground: Ground, part: Part, { services }: HostService, passage: Passage): Proof {
  const { sources, admitted, proofs } = part;
  let key = '';
  for (const { boxes } of admitted) {
    for (const box of boxes) key += box.service.overlaps(services) ? '1' : '0';
  }
  let proof = proofs.get(key);
  if (proof === undefined) {
    const contributions = contributionsOf(ground, part, services, passage);
    proof = { sources, contributions, approximate: [...new Set(flatMap(contributions, doubtsOf))] };
    proofs.set(key, proof);
  }
  return proof;
}

function doubtsOf({ approximate }: Contribution): readonly string[] {
  return approximate;
}

function contributionsOf(
  ground: Ground,
  part: Part,
  services: ServiceSet,
  passage: Passage,
): readonly Contribution[] {
  const told = toldOf(ground, passage);
  const found: Contribution[] = [];
  // Tens of thousands of times: a loop.
  for (const { rule, boxes } of part.admitted) {
    const sources = sourcesLetIn(boxes, services).intersect(part.sources);
    if (sources.isEmpty()) continue;
    const { about, steps, from } = told.get(rule) ?? tell(ground, rule, passage, told);
    let contribution = from.get(sources);
    if (contribution === undefined) {
      const path = steps ?? pathFor(ground, rule, sources, part.destinations, passage);
      contribution = { sources, rule: path[0] as PathStep, path, ...about };
      if (steps !== null) from.set(sources, contribution);
    }
    found.push(contribution);
  }
  return found;
}

/** Who is let in for any of some services: no list where one box will do. */
function sourcesLetIn(boxes: readonly PacketBox[], services: ServiceSet): IpSet {
  if (boxes.length === 1) {
    const only = boxes[0] as PacketBox;
    return only.service.overlaps(services) ? only.source : IpSet.EMPTY;
  }
  return IpSet.unionOf(boxes.filter((box) => box.service.overlaps(services)).map((box) => box.source));
}

/** What a contribution says of its rule, whatever the rule lets in of a passage. */
export interface Told {
  readonly about: Omit<Contribution, 'sources' | 'rule' | 'path'>;
  /** Its path; null: whom it concerns decides which members of its groups are named. */
  readonly steps: readonly PathStep[] | null;
  /** What it contributes from some sources, where that is all that decides on its path. */
  readonly from: Map<IpSet, Contribution>;
}

function toldOf(ground: Ground, passage: Passage): Map<FlowRule, Told> {
  const known = ground.told.get(passage);
  if (known !== undefined) return known;
  const told = new Map<FlowRule, Told>();
  ground.told.set(passage, told);
  return told;
}

function tell(ground: Ground, rule: FlowRule, passage: Passage, into: Map<FlowRule, Told>): Told {
  const told = {
    about: aboutPassing(ground, rule, passage),
    steps: namesGroups(rule.rule, ground.resolver)
      ? null
      : pathFor(ground, rule, IpSet.ALL, IpSet.ALL, passage),
    from: new Map<IpSet, Contribution>(),
  };
  into.set(rule, told);
  return told;
}

function aboutPassing(
  { resolver }: Ground,
  { rule, policy, behind }: FlowRule,
  passage: Passage,
): Told['about'] {
  const conditions: string[] = [];
  const approximate: string[] = [];
  for (const each of behind.length === 0 ? [rule] : [...behind, rule]) {
    for (const { description } of each.conditions) conditions.push(description);
    approximate.push(...each.approximate, ...resolver.addresses(each.source).approximate);
  }
  conditions.push(...sourcePortsAsked(resolver.services(rule.service).may.intersect(passage.services)));
  const { purpose, logged } = rule;
  const { domains } = resolver.addresses(rule.source);
  const about = { purpose, logged, conditions, approximate, ...aboutRule(rule, policy) };
  return domains === null ? about : { ...about, domains };
}

/** The rule, its objects as far as they concern the sources and destinations, and the translation on the way. */
function pathFor(
  ground: Ground,
  { rule, policy }: FlowRule,
  sources: IpSet,
  destinations: IpSet,
  passage: Passage,
): readonly PathStep[] {
  const aimed = passage.nat === null ? destinations : passage.originalDestinations.union(destinations);
  const path = rulePath(rule, policy, ground.resolver, {
    sources,
    services: passage.originalServices.union(passage.services),
    concerns: (each) => each.may.overlaps(aimed),
  });
  return passage.nat === null ? path : [...path, natStep(passage.nat, ground, passage)];
}

/** The translation on the way, as a step: what the rule itself says, not what rules above it left of it. */
function natStep(rule: NonNullable<Passage['nat']>, { resolver }: Ground, passage: Passage): PathStep {
  const services = resolver.services(rule.service).may;
  const { may, dynamic } = resolver.addresses(rule.destination);
  const before = [
    ...(may.isEmpty() ? [] : [cidrText(may)]),
    ...[...dynamic].map((name) => `address of ${name}`),
  ];
  const from = `${before.join(', ')} ${servicesText(services)}`;
  const after = rule.translatedService === null ? services : passage.services;
  const to = `${cidrText(passage.destinations)} ${servicesText(after)}`;
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
