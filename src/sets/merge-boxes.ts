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
  /** The keys of the other sides. */
  readonly others: readonly [(box: PacketBox) => string, (box: PacketBox) => string];
  readonly union: (a: PacketBox, b: PacketBox) => PacketBox;
}

const sourceKey = ({ source }: PacketBox) => source.key();
const destinationKey = ({ destination }: PacketBox) => destination.key();
const serviceKey = ({ service }: PacketBox) => service.key();

const SOURCE: Side = {
  others: [destinationKey, serviceKey],
  union: ({ source, destination, service }, b) => ({ source: source.union(b.source), destination, service }),
};

const DESTINATION: Side = {
  others: [sourceKey, serviceKey],
  union: ({ source, destination, service }, b) => ({
    source,
    destination: destination.union(b.destination),
    service,
  }),
};

const SERVICE: Side = {
  others: [sourceKey, destinationKey],
  union: ({ source, destination, service }, b) => ({
    source,
    destination,
    service: service.union(b.service),
  }),
};

function mergeBy(boxes: readonly PacketBox[], { others: [one, other], union }: Side): readonly PacketBox[] {
  if (boxes.length < 2) return boxes;
  const merged: PacketBox[] = [];
  // Keys may be long: one behind the other, they would be copied and hashed for each box.
  const places = new Map<string, Map<string, number>>();
  for (const box of boxes) {
    const row = places.get(one(box)) ?? new Map<string, number>();
    places.set(one(box), row);
    const at = row.get(other(box));
    if (at === undefined) {
      row.set(other(box), merged.length);
      merged.push(box);
    } else merged[at] = union(merged[at] as PacketBox, box);
  }
  return merged;
}
