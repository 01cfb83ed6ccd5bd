import type { IpSet } from './ip-set.js';
import type { ServiceSet } from './service-set.js';

/** Every packet from one of the sources to one of the destinations for one of the services. */
export interface PacketBox {
  readonly source: IpSet;
  readonly destination: IpSet;
  readonly service: ServiceSet;
}

export function boxesOverlap(a: PacketBox, b: PacketBox): boolean {
  return (
    a.source.overlaps(b.source) && a.destination.overlaps(b.destination) && a.service.overlaps(b.service)
  );
}

/** Whether every packet of `b` is in `a`; neither may be empty. */
export function boxContains(a: PacketBox, b: PacketBox): boolean {
  return (
    a.destination.contains(b.destination) && a.source.contains(b.source) && a.service.contains(b.service)
  );
}

/** The packets of both boxes, or null when there are none. */
export function intersectBoxes(a: PacketBox, b: PacketBox): PacketBox | null {
  const destination = a.destination.intersect(b.destination);
  if (destination.isEmpty()) return null;
  const source = a.source.intersect(b.source);
  if (source.isEmpty()) return null;
  const service = a.service.intersect(b.service);
  return service.isEmpty() ? null : { source, destination, service };
}

/** The packets of `a` that are not in `b`, as at most three disjoint boxes. */
export function subtractBoxes(a: PacketBox, b: PacketBox): PacketBox[] {
  const { service, destination, source } = a;
  const parts = [
    { service: service.subtract(b.service), destination, source },
    { service: service.intersect(b.service), destination: destination.subtract(b.destination), source },
    {
      service: service.intersect(b.service),
      destination: destination.intersect(b.destination),
      source: source.subtract(b.source),
    },
  ];
  return parts.filter((part) => !isEmptyBox(part));
}

export function isEmptyBox(box: PacketBox): boolean {
  return box.source.isEmpty() || box.destination.isEmpty() || box.service.isEmpty();
}

/** Intervals of all sides. */
export function piecesOf({ source, destination, service }: PacketBox): number {
  const sides = [source.cuts4, source.cuts6, destination.cuts4, destination.cuts6, service.reach()];
  return sides.reduce((sum, cuts) => sum + cuts.length / 2, 0);
}
