import type { AccessRule } from '../model/policy.js';
import { flatMap } from '../sets/flat-map.js';
import { IpSet } from '../sets/ip-set.js';
import { type PacketBox, PacketSet } from '../sets/packet-set.js';
import { ServiceSet } from '../sets/service-set.js';
import type { FlowRule } from './flow.js';
import { inBoth } from './flow-rules.js';
import { allOf, HIGH, type HostService, mediaIn } from './host-services.js';
import { forService, type LetIn, type Part, type Whole } from './let-in.js';
import type { Passage, Stage } from './passage.js';
import type { Direction } from './stages.js';

/** A rule that permits, with what it lets in to high UDP ports that it names in no wide range: there somebody meant a service. */
interface Named {
  readonly outs: FlowRule['outs'];
  readonly packets: PacketSet;
}

const named = new WeakMap<readonly FlowRule[], readonly Named[]>();

function namedBy(rules: readonly FlowRule[]): readonly Named[] {
  const known = named.get(rules);
  if (known !== undefined) return known;
  const found: Named[] = [];
  for (const rule of rules) {
    // Closed chains stand in the lists of many ways in.
    if (rule.closed) for (const { packets } of namedBy(rule.inner)) found.push({ outs: rule.outs, packets });
    else
      visit([rule], ANYWHERE, (_rule, { packets, outs }) => {
        const meant = highPorts(packets)?.named ?? null;
        if (meant !== null) found.push({ outs, packets: meant });
      });
  }
  named.set(rules, found);
  return found;
}

/** How rules that permit let in high UDP ports. */
interface High {
  /** What they match that let them in otherwise than by wide ranges alone. */
  readonly others: readonly PacketSet[];
  /** The wide ranges of each. */
  readonly media: ReadonlyMap<AccessRule, ServiceSet>;
}

const highs = new WeakMap<readonly FlowRule[], High>();

function highOf(rules: readonly FlowRule[]): High {
  const known = highs.get(rules);
  if (known !== undefined) return known;
  const others: PacketSet[] = [];
  const media = new Map<AccessRule, ServiceSet>();
  visit(rules, ANYWHERE, ({ rule }, { packets }) => {
    const high = highPorts(packets);
    if (high === null) return;
    media.set(rule, high.media.union(media.get(rule) ?? ServiceSet.EMPTY));
    if (!high.isMediaAlone) others.push(packets);
  });
  const made = { others, media };
  highs.set(rules, made);
  return made;
}

/** The high ports of UDP that a rule lets in. */
interface HighPorts {
  /** Its wide ranges. */
  readonly media: ServiceSet;
  readonly isMediaAlone: boolean;
  /** What it lets in to ports that it names otherwise; null: nothing. */
  readonly named: PacketSet | null;
}

/** Most rules stand in the lists of many ways in. */
const ports = new WeakMap<PacketSet, HighPorts | null>();

/** null: it lets in none. */
function highPorts(packets: PacketSet): HighPorts | null {
  let found = ports.get(packets);
  if (found === undefined) {
    found = findHighPorts(packets);
    ports.set(packets, found);
  }
  return found;
}

function findHighPorts(packets: PacketSet): HighPorts | null {
  const services = packets.services();
  const high = services.intersect(HIGH);
  if (high.isEmpty()) return null;
  const media = mediaIn(services);
  const narrow = high.subtract(mediaIn(high));
  const named = narrow.isEmpty() ? null : packets.intersect(PacketSet.of(IpSet.ALL, IpSet.ALL, narrow));
  return { media, isMediaAlone: media.contains(high), named };
}

const wide = new WeakMap<readonly FlowRule[], boolean>();

/** Whether any rule permits a wide range: few rulesets have one, and most questions end here. */
function hasMedia(rules: readonly FlowRule[]): boolean {
  let has = wide.get(rules);
  if (has === undefined) {
    has = rules.some(
      ({ rule: { action }, may, inner }) =>
        (action.kind === 'permit' && highPorts(may)?.media.isEmpty() === false) || hasMedia(inner),
    );
    wide.set(rules, has);
  }
  return has;
}

/** What chains let a rule match, and where packets must leave for it. */
type Within = Named;

const ANYWHERE: Within = { packets: PacketSet.ALL, outs: null };

/** Visits the rules that permit, each with what it may match behind the chains that lead to it. */
function visit(
  rules: readonly FlowRule[],
  within: Within,
  found: (rule: FlowRule, matched: Within) => void,
): void {
  for (const rule of rules) {
    const isPermit = rule.rule.action.kind === 'permit';
    if (!isPermit && rule.inner.length === 0) continue;
    const packets = within === ANYWHERE ? rule.may : rule.may.intersect(within.packets);
    if (packets.isEmpty()) continue;
    const matched = { packets, outs: inBoth(rule.outs, within.outs) };
    if (isPermit) found(rule, matched);
    else visit(rule.inner, matched, found);
  }
}

/**
 * What of the wide ranges in a box some rule names by itself, for which hosts: a rule that says `udp/11211` means
 * memcached, though a range for media beside it, or above it, lets in the same.
 *
 * @param told what of the box is told anyway
 */
export function namedInMedia(
  stages: readonly Stage[],
  { exit }: Direction,
  { nat }: Passage,
  box: PacketBox,
  wanted: readonly HostService[],
  told: readonly HostService[],
): readonly PacketBox[] {
  const media = mediaIn(box.service);
  if (media.isEmpty()) return [];
  const hidden = allOf(wanted).intersect(media).subtract(allOf(told));
  if (hidden.isEmpty()) return [];
  const asked = PacketSet.of(box.source, box.destination, hidden);
  const met = flatMap(stages.flat(), ({ policy, rules }) => {
    // Rules that see packets before translation name other addresses and ports than those of the box.
    if (nat !== null && (policy.sees.address === 'original' || policy.sees.port === 'original')) return [];
    return flatMap(namedBy(rules), ({ outs, packets }) => {
      const leads = outs === null || exit === null || outs.some((name) => exit.interfaces.includes(name));
      return leads && packets.mayOverlap(asked) ? [packets.intersect(asked)] : [];
    });
  });
  const boxes = flatMap(met, (packets) => packets.parts());
  // Whoever comes in by the wide range reaches what stands there, also where the narrow rule means somebody else.
  const alike = boxes.map(({ destination, service }) => PacketSet.of(box.source, destination, service));
  return PacketSet.unionOf(alike).boxes();
}

/** Who gets in for a service, and not only because it is somewhere in a wide range for media. */
export function partsOffered(whole: Whole, stages: readonly Stage[], service: HostService): readonly Part[] {
  const { services } = service;
  // What somebody asks for by its port is told wherever it is.
  const byChance = service.notInMedia === true ? services.intersect(HIGH) : ServiceSet.EMPTY;
  if (byChance.isEmpty()) return forService(whole, service, IpSet.ALL);
  const sources = besidesMedia(stages, whole.passage, whole.admitted, byChance);
  if (sources.contains(IpSet.ALL)) return forService(whole, service, IpSet.ALL);
  const besides = forService(whole, { services: services.subtract(byChance) }, IpSet.ALL);
  return [...besides, ...forService(whole, { services: byChance }, sources)];
}

/**
 * Who reaches a service of the appliance itself by more than wide ranges for media: those whom other rules let in, and
 * everybody where a rule names its port.
 */
function besidesMedia(
  stages: readonly Stage[],
  { nat, services }: Passage,
  admitted: readonly LetIn[],
  service: ServiceSet,
): IpSet {
  const lists = stages.flat().map(({ rules }) => rules);
  const translated = nat !== null && mediaIn(services).contains(service);
  if (!translated && !lists.some(hasMedia)) return IpSet.ALL;
  const asked = PacketSet.of(IpSet.ALL, IpSet.ALL, service);
  if (lists.some((rules) => namedBy(rules).some(({ packets }) => packets.mayOverlap(asked))))
    return IpSet.ALL;
  if (translated) return IpSet.EMPTY;
  return stages.reduce((left, stage) => left.intersect(notByMedia(stage, admitted, service)), IpSet.ALL);
}

/** Whom one stage lets in to a service by more than wide ranges. */
function notByMedia(stage: Stage, admitted: readonly LetIn[], service: ServiceSet): IpSet {
  if (stage.some(({ fallback }) => fallback === 'permit')) return IpSet.ALL;
  const said = stage.map(({ rules }) => highOf(rules));
  const isMedia = ({ rule }: FlowRule) =>
    said.some(({ media }) => media.get(rule)?.contains(service) === true);
  const isHere = (each: FlowRule) =>
    said.some(({ media }) => media.has(each.rule)) ||
    stage.some(({ fallback }) => typeof fallback === 'object' && fallback.rule === each.rule);
  const here = admitted.filter(
    ({ rule, boxes }) => isHere(rule) && boxes.some((box) => box.service.overlaps(service)),
  );
  if (!here.some(({ rule }) => isMedia(rule))) return IpSet.ALL;
  const boxes = here.filter(({ rule }) => !isMedia(rule)).flatMap((each) => each.boxes);
  // Also what stands below the range: that the range comes first takes nothing from what others mean.
  const meant = flatMap(said, ({ others }) => flatMap(others, (packets) => packets.parts()));
  const open = [...boxes, ...meant].filter((box) => !mediaIn(box.service).contains(service));
  return IpSet.unionOf(open.filter((box) => box.service.overlaps(service)).map(({ source }) => source));
}
