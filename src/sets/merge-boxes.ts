import type { PacketBox } from './packet-box.js';

/**
 * The same packets in fewer boxes: those that differ in one side only become one. Hosts that rules
 * treated one by one, and that go on alike, are one set again.
 */
export function mergeBoxes(boxes: readonly PacketBox[]): readonly PacketBox[] {
  return [SOURCE, DESTINATION, SERVICE].reduce(mergeBy, boxes);
}

/** One side of boxes, for merging those that are equal in the other two. */
interface Side {
  /** Equal for boxes that are equal but for this side, and for no others. */
  others(box: PacketBox): string;
  union(a: PacketBox, b: PacketBox): PacketBox;
}

const SOURCE: Side = {
  others: ({ destination, service }) => `${destination.key()} ${service.key()}`,
  union: ({ source, destination, service }, b) => ({ source: source.union(b.source), destination, service }),
};

const DESTINATION: Side = {
  others: ({ source, service }) => `${source.key()} ${service.key()}`,
  union: ({ source, destination, service }, b) => ({
    source,
    destination: destination.union(b.destination),
    service,
  }),
};

const SERVICE: Side = {
  others: ({ source, destination }) => `${source.key()} ${destination.key()}`,
  union: ({ source, destination, service }, b) => ({
    source,
    destination,
    service: service.union(b.service),
  }),
};

function mergeBy(boxes: readonly PacketBox[], { others, union }: Side): readonly PacketBox[] {
  if (boxes.length < 2) return boxes;
  const merged = new Map<string, PacketBox>();
  for (const box of boxes) {
    const key = others(box);
    const before = merged.get(key);
    merged.set(key, before === undefined ? box : union(before, box));
  }
  return [...merged.values()];
}
