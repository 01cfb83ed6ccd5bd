import { IpSet } from './ip-set.js';
import type { PacketBox } from './packet-box.js';
import { boxesOverlap } from './packet-box.js';
import { ServiceSet } from './service-set.js';

/** What some covers leave of a box: the rest of `box` that none of `covers` covers. */
export interface Trimmed {
  readonly box: PacketBox;
  /** Every one of them overlaps the box, and leaves something of at least two of its sides. */
  readonly covers: readonly PacketBox[];
}

/**
 * Takes from a box whatever covers take across its whole width: what is left is one box again. Most
 * covers of a question about one target and one service do just that. Null when nothing is left.
 */
export function trim(box: PacketBox, covers: readonly PacketBox[]): Trimmed | null {
  if (covers.length === 0) return { box, covers };
  const trimmed = trimService(trimDestination(trimSource(box, covers), covers), covers);
  if (trimmed === null) return null;
  if (trimmed === box) return { box, covers };
  return { box: trimmed, covers: covers.filter((cover) => boxesOverlap(cover, trimmed)) };
}

function trimSource(box: PacketBox, covers: readonly PacketBox[]): PacketBox | null {
  const across = covers.filter(
    (cover) => cover.destination.contains(box.destination) && cover.service.contains(box.service),
  );
  if (across.length === 0) return box;
  const source = box.source.subtract(IpSet.unionOf(across.map((cover) => cover.source)));
  return source.isEmpty() ? null : { source, destination: box.destination, service: box.service };
}

function trimDestination(box: PacketBox | null, covers: readonly PacketBox[]): PacketBox | null {
  if (box === null) return null;
  const across = covers.filter(
    (cover) => cover.source.contains(box.source) && cover.service.contains(box.service),
  );
  if (across.length === 0) return box;
  const destination = box.destination.subtract(IpSet.unionOf(across.map((cover) => cover.destination)));
  return destination.isEmpty() ? null : { source: box.source, destination, service: box.service };
}

function trimService(box: PacketBox | null, covers: readonly PacketBox[]): PacketBox | null {
  if (box === null) return null;
  const across = covers.filter(
    (cover) => cover.source.contains(box.source) && cover.destination.contains(box.destination),
  );
  if (across.length === 0) return box;
  const service = box.service.subtract(ServiceSet.unionOf(across.map((cover) => cover.service)));
  return service.isEmpty() ? null : { source: box.source, destination: box.destination, service };
}
