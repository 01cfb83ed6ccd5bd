import type { Contribution } from '../model/exposure.js';
import { GROUPS, LOOPBACK } from '../parties/special-networks.js';
import { BoxList } from '../sets/box-list.js';
import { flatMap } from '../sets/flat-map.js';
import { IpSet } from '../sets/ip-set.js';
import { type PacketBox, PacketSet } from '../sets/packet-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { byPorts } from './by-ports.js';
import { conditionalSources } from './conditional.js';
import type { FlowRule } from './flow.js';
import type { Admitted, Passage, Passed } from './passage.js';

/** Packets that get in, and what rules let in of them. */
export interface Part {
  readonly sources: IpSet;
  readonly destinations: IpSet;
  readonly services: ServiceSet;
  readonly admitted: readonly LetIn[];
  /** The packets themselves, with the source ports that they have to have. */
  readonly packets: readonly PacketBox[];
  /** Of the sources, those who get in only under a condition. */
  readonly conditional: IpSet;
  readonly proofs: Proofs;
}

/** Proofs by the boxes of the rules that a service has to do with: most services share one. */
type Proofs = Map<string, Proof>;

/** Sources that get in, and what rules contribute to that. */
export interface Proof {
  readonly sources: IpSet;
  readonly contributions: readonly Contribution[];
  /** What is in doubt about any of these, each once. */
  readonly approximate: readonly string[];
}

/** What one rule lets into a part: boxes that overlap it. */
export interface LetIn {
  readonly rule: FlowRule;
  readonly boxes: readonly PacketBox[];
}

/** A box of what one rule lets in. */
export interface LetInBox extends PacketBox {
  readonly rule: FlowRule;
}

/** What rules let in, by whatever exit, rule after rule. */
export function boxesByRule(admitted: readonly Admitted[]): BoxList<LetInBox> {
  const boxes: LetInBox[] = [];
  for (const [rule, sets] of byRule(admitted)) {
    for (const packets of sets) {
      for (const { source, destination, service } of packets.parts()) {
        boxes.push({ rule, source, destination, service });
      }
    }
  }
  return BoxList.of(boxes);
}

/**
 * Hosts and services that the same sources reach.
 *
 * @param all what rules let in, one rule after the other
 */
export function partOf(box: PacketBox, all: BoxList<LetInBox>, packets: readonly PacketBox[]): Part {
  const admitted: { readonly rule: FlowRule; readonly boxes: PacketBox[] }[] = [];
  for (const each of all.overlapping(box)) {
    const last = admitted[admitted.length - 1];
    if (last?.rule === each.rule) last.boxes.push(each);
    else admitted.push({ rule: each.rule, boxes: [each] });
  }
  return {
    sources: box.source,
    destinations: box.destination,
    services: box.service,
    admitted,
    packets,
    conditional: IpSet.EMPTY,
    proofs: new Map(),
  };
}

/** Everything that gets in for some services, whatever address of the appliance's lets it in. */
export function wholly(passed: Passed, services: ServiceSet): Whole | null {
  const wanted = PacketSet.of(IpSet.ALL, IpSet.ALL, services);
  const packets = PacketSet.unionOf(passed.permitted.map((each) => each.packets.intersect(wanted)));
  if (packets.isEmpty()) return null;
  const admitted = letInto(packets, byRule(passed.admitted()));
  const doubts = boxesByRule(passed.doubts());
  const unconditional = passed.unconditional();
  const open =
    unconditional === passed.permitted
      ? packets
      : PacketSet.unionOf(unconditional.map((each) => each.packets.intersect(wanted)));
  return { passage: passed.passage, packets, open, admitted, doubts, alike: new Map() };
}

/** Packets to the appliance itself that get in, and what rules let in of them. */
export interface Whole {
  readonly passage: Passage;
  readonly packets: PacketSet;
  /** Those that get in without a condition of a rule. */
  readonly open: PacketSet;
  readonly admitted: readonly LetIn[];
  /** What rules may not let in. */
  readonly doubts: BoxList<LetInBox>;
  /** What is known of its parts, by the keys of their sources. */
  readonly alike: Map<string, Pick<Part, 'sources' | 'proofs'>>;
}

/** Of all that gets in, the parts for one service and from some sources: one for ports that the same reach. */
export function forService(
  { passage, packets, open, admitted, alike }: Whole,
  { services }: { readonly services: ServiceSet },
  sources: IpSet,
): readonly Part[] {
  const asked = PacketSet.of(sources, IpSet.ALL, services);
  const boxes = arriving(packets.intersect(asked), passage);
  const free = anywhere(open === packets ? boxes : arriving(open.intersect(asked), passage));
  const shares = byPorts(boxes.map(({ source, service }) => ({ sources: source, services: service })));
  return shares.map((share) => {
    const key = share.sources.key();
    const { sources, proofs } = alike.get(key) ?? { sources: share.sources, proofs: new Map() };
    alike.set(key, { sources, proofs });
    const { services } = share;
    const conditional = conditionalSources(
      { source: sources, destination: IpSet.ALL, service: services },
      free,
    );
    const { destinations } = passage;
    return { sources, services, destinations, admitted, packets: boxes, conditional, proofs };
  });
}

/** The boxes of a set that can open a connection to the appliance itself. */
function arriving(packets: PacketSet, { nat }: Passage): readonly PacketBox[] {
  // What is sent to a loopback address from outside is thrown away, unless NAT sent it.
  return flatMap(packets.parts(), connecting).filter(
    ({ destination }) => nat !== null || !LOOPBACK.contains(destination),
  );
}

/** The same to whatever address: that of the appliance itself may be any of them. */
function anywhere(boxes: readonly PacketBox[]): readonly PacketBox[] {
  return boxes.map((box) => ({ ...box, destination: IpSet.ALL }));
}

const TCP = ServiceSet.of(6);

/** What of a box can open a connection: nobody answers TCP for a group. RFC 9293, section 3.9.2.3. */
function connecting(box: PacketBox): readonly PacketBox[] {
  const { source, destination } = box;
  if (!GROUPS.contains(destination)) return [box];
  const service = box.service.subtract(TCP);
  return service.isEmpty() ? [] : [{ source, destination, service }];
}

/** A set by hosts and services that the same sources reach, from whatever source port. */
export function boxesToOpen(packets: PacketSet, coarse: boolean): readonly PacketBox[] {
  const parts = packets.parts();
  if (coarse) return flatMap(parts, connecting);
  const wide = parts.map(({ service }) => service.fromAnyPort());
  const asIs = wide.every((service, i) => service === parts[i]?.service);
  const sets = parts.map(({ source, destination }, i) =>
    PacketSet.of(source, destination, wide[i] ?? ServiceSet.EMPTY),
  );
  return flatMap((asIs ? packets : PacketSet.unionOf(sets)).boxes(), connecting);
}

/** What rules let into a part, by whatever exit. */
function letInto(part: PacketSet, admitted: ByRule): readonly LetIn[] {
  return flatMap([...admitted], ([rule, sets]) => {
    const met = sets.filter((packets) => packets.mayOverlap(part)).map((packets) => packets.intersect(part));
    const boxes = flatMap(PacketSet.unionOf(met).parts(), connecting);
    return boxes.length === 0 ? [] : [{ rule, boxes }];
  });
}

/** What each rule lets in, by whatever exit: sets that may overlap. */
type ByRule = ReadonlyMap<FlowRule, readonly PacketSet[]>;

function byRule(admitted: readonly Admitted[]): ByRule {
  const sets = new Map<FlowRule, PacketSet[]>();
  for (const { rule, packets } of admitted) {
    const before = sets.get(rule);
    if (before === undefined) sets.set(rule, [packets]);
    else if (!before.some((each) => each.contains(packets))) before.push(packets);
  }
  return sets;
}
