import { boxesOf, diagramOf, diagramOfUnion, diagrams } from './diagram.js';
import { IpSet } from './ip-set.js';
import type { PacketBox } from './packet-box.js';
import { boxContains, boxesOverlap, intersectBoxes, subtractBoxes } from './packet-box.js';
import { PortSet } from './port-set.js';
import { ServiceSet } from './service-set.js';

/** A part of a box that is still to be looked at, and the first cover that it was not tried against. */
interface Part {
  readonly box: PacketBox;
  readonly next: number;
}

/**
 * A part of `box` that none of `covers` covers, or null when they cover it. All covers overlap the
 * box. Looks for one part, depth first, as long as that is cheap; only a box that is covered, or
 * nearly, is worked out as a whole.
 */
export function findUncovered(box: PacketBox, covers: readonly PacketBox[]): PacketBox | null {
  if (covers.some((cover) => boxContains(cover, box))) return null;
  let patience = 200 + 2 * covers.length;
  const parts: Part[] = [{ box, next: 0 }];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { box: rest, next } = part;
    const at = firstOverlap(rest, covers, next);
    if (at < 0) return rest;
    const left = subtractBoxes(rest, covers[at] as PacketBox);
    for (const each of left.reverse()) parts.push({ box: each, next: at + 1 });
    patience -= 1;
    if (patience === 0) return uncoveredByDiagram(box, covers);
  }
  return null;
}

function firstOverlap(box: PacketBox, covers: readonly PacketBox[], from: number): number {
  for (let at = from; at < covers.length; at += 1) {
    if (boxesOverlap(covers[at] as PacketBox, box)) return at;
  }
  return -1;
}

function uncoveredByDiagram(box: PacketBox, covers: readonly PacketBox[]): PacketBox | null {
  const inside = covers.flatMap((cover) => intersectBoxes(cover, box) ?? []);
  return boxesOf(diagrams.subtract(diagramOf(box), diagramOfUnion(inside)))[0] ?? null;
}

/** One packet of a box: its lowest source, destination and service. */
export function pointOf(box: PacketBox): PacketBox {
  return {
    source: lowestAddress(box.source),
    destination: lowestAddress(box.destination),
    service: lowestService(box.service),
  };
}

function lowestAddress({ cuts4: [v4], cuts6: [v6] }: IpSet): IpSet {
  if (v4 !== undefined) return IpSet.fromCuts([v4, v4 + 1], []);
  return v6 === undefined ? IpSet.EMPTY : IpSet.fromCuts([], [v6, v6 + 1n]);
}

function lowestService(services: ServiceSet): ServiceSet {
  const [run] = services.runs();
  if (run === undefined) return services;
  const [port = 0] = run.sources;
  const one = PortSet.fromCuts([port, port + 1]);
  return ServiceSet.fromRuns([{ start: run.start, end: run.start + 1, sources: one.cuts }]);
}
