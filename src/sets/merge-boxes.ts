import type { IpSet } from './ip-set.js';
import type { PacketBox } from './packet-box.js';
import type { ServiceSet } from './service-set.js';

/**
 * The same packets in fewer boxes: those that differ in one side only become one. Hosts that rules
 * treated one by one, and that go on alike, are one set again.
 */
export function mergeBoxes(boxes: readonly PacketBox[]): readonly PacketBox[] {
  const bySource = mergeAlike(boxes, SOURCE);
  const byDestination = mergeAlike(bySource, DESTINATION);
  return mergeAlike(byDestination, SERVICE);
}

/** One side of boxes, for merging those that are equal in the other two. */
interface Side {
  /** Equal for boxes that are equal but for this side; seldom equal for others. */
  hash(box: PacketBox): string;
  isAlike(a: PacketBox, b: PacketBox): boolean;
  union(a: PacketBox, b: PacketBox): PacketBox;
}

const SOURCE: Side = {
  hash: (box) => `${sketch(box.destination)} ${sketchOf(box.service)}`,
  isAlike: (a, b) => a.destination.equals(b.destination) && a.service.equals(b.service),
  union: (a, b) => ({ ...a, source: a.source.union(b.source) }),
};

const DESTINATION: Side = {
  hash: (box) => `${sketch(box.source)} ${sketchOf(box.service)}`,
  isAlike: (a, b) => a.source.equals(b.source) && a.service.equals(b.service),
  union: (a, b) => ({ ...a, destination: a.destination.union(b.destination) }),
};

const SERVICE: Side = {
  hash: (box) => `${sketch(box.source)} ${sketch(box.destination)}`,
  isAlike: (a, b) => a.source.equals(b.source) && a.destination.equals(b.destination),
  union: (a, b) => ({ ...a, service: a.service.union(b.service) }),
};

function mergeAlike(boxes: readonly PacketBox[], side: Side): readonly PacketBox[] {
  if (boxes.length < 2) return boxes;
  const merged = new Map<string, PacketBox[]>();
  for (const box of boxes) {
    const hash = side.hash(box);
    const others = merged.get(hash);
    if (others === undefined) {
      merged.set(hash, [box]);
      continue;
    }
    const at = others.findIndex((each) => side.isAlike(each, box));
    if (at === -1) others.push(box);
    else others[at] = side.union(others[at] as PacketBox, box);
  }
  return [...merged.values()].flat();
}

function sketch({ cuts4, cuts6 }: IpSet): string {
  return `${cuts4.length},${cuts4[0]},${cuts4.at(-1)},${cuts6.length},${cuts6[0]}`;
}

function sketchOf(services: ServiceSet): string {
  const runs = services.runs();
  return `${runs.length},${runs[0]?.start},${runs.at(-1)?.end}`;
}
