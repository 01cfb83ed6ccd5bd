import { boxesOf, diagramOf, diagramOfUnion, diagrams } from './diagram.js';
import { IpSet } from './ip-set.js';
import type { PacketBox } from './packet-box.js';
import { boxesOverlap, intersectBoxes, subtractBoxes } from './packet-box.js';
import { PortSet } from './port-set.js';
import { ServiceSet } from './service-set.js';
import type { Trimmed } from './trim.js';
import { trim } from './trim.js';

/** A part of a box that is still to be looked at, and how many of the covers it was not tried against. */
interface Part {
  readonly box: PacketBox;
  readonly untried: number;
}

/**
 * A part of `box` that none of `covers` covers, or null when they cover it. All covers overlap the
 * box. Looks for one part, depth first, as long as that is cheap; only a box that is covered, or
 * nearly, is worked out as a whole. The last covers come first: wide rules tend to stand behind
 * narrow ones, and leave little for them.
 */
export function findUncovered(box: PacketBox, covers: readonly PacketBox[]): PacketBox | null {
  const trimmed = trim(box, covers);
  return trimmed === null ? null : search(trimmed);
}

function search({ box, covers }: Trimmed): PacketBox | null {
  let patience = 200 + 2 * covers.length;
  const parts: Part[] = [{ box, untried: covers.length }];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { box: rest, untried } = part;
    const at = lastOverlap(rest, covers, untried);
    if (at < 0) return rest;
    const left = subtractBoxes(rest, covers[at] as PacketBox);
    for (const each of left.reverse()) parts.push({ box: each, untried: at });
    patience -= 1;
    if (patience === 0) return uncoveredByDiagram(box, covers);
  }
  return null;
}

/** The last of the first `untried` covers that overlaps a box; -1 when none does. */
function lastOverlap(box: PacketBox, covers: readonly PacketBox[], untried: number): number {
  for (let at = untried - 1; at >= 0; at -= 1) {
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
