import { IpSet } from './ip-set.js';
import type { PacketBox } from './packet-box.js';
import { ServiceSet } from './service-set.js';
import type { ServiceRun } from './service-text.js';
import type { Algebra, Steps } from './steps.js';
import { constantSteps, mapSteps, stepAlgebra } from './steps.js';

/** Sources as a value of step functions. */
const sources: Algebra<IpSet> = {
  empty: IpSet.EMPTY,
  isEmpty: (set) => set.isEmpty(),
  union: (a, b) => a.union(b),
  intersect: (a, b) => a.intersect(b),
  subtract: (a, b) => a.subtract(b),
  equals: (a, b) => a.equals(b),
  overlaps: (a, b) => a.overlaps(b),
  pieces: (set) => (set.cuts4.length + set.cuts6.length) / 2,
};

/** The sources of each destination. */
interface Flows {
  readonly v4: Steps<number, IpSet>;
  readonly v6: Steps<bigint, IpSet>;
}

const toV4: Algebra<Flows['v4']> = stepAlgebra(sources);
const toV6: Algebra<Flows['v6']> = stepAlgebra(sources);
const NO_FLOWS: Flows = { v4: toV4.empty, v6: toV6.empty };

const flows: Algebra<Flows> = {
  empty: NO_FLOWS,
  isEmpty: ({ v4, v6 }) => toV4.isEmpty(v4) && toV6.isEmpty(v6),
  union: (a, b) => ({ v4: toV4.union(a.v4, b.v4), v6: toV6.union(a.v6, b.v6) }),
  intersect: (a, b) => ({ v4: toV4.intersect(a.v4, b.v4), v6: toV6.intersect(a.v6, b.v6) }),
  subtract: (a, b) => ({ v4: toV4.subtract(a.v4, b.v4), v6: toV6.subtract(a.v6, b.v6) }),
  equals: (a, b) => a === b || (toV4.equals(a.v4, b.v4) && toV6.equals(a.v6, b.v6)),
  overlaps: (a, b) => toV4.overlaps(a.v4, b.v4) || toV6.overlaps(a.v6, b.v6),
  pieces: ({ v4, v6 }) => v4.pieces + v6.pieces,
};

/**
 * The canonical form of a packet set: for each destination port (on the line of services) and each
 * source port, the sources of each destination. Equal sets have equal diagrams.
 */
export type Diagram = Steps<number, Steps<number, Flows>>;

const bySourcePort: Algebra<Steps<number, Flows>> = stepAlgebra(flows);
export const diagrams: Algebra<Diagram> = stepAlgebra(bySourcePort);

export function diagramOf(box: PacketBox): Diagram {
  const inside: Flows = {
    v4: constantSteps(sources, box.destination.cuts4, box.source),
    v6: constantSteps(sources, box.destination.cuts6, box.source),
  };
  const known = new Map<readonly number[], Steps<number, Flows>>();
  return mapSteps(bySourcePort, box.service.steps, (ports) => {
    const steps = known.get(ports) ?? constantSteps(flows, ports, inside);
    known.set(ports, steps);
    return steps;
  });
}

/** The union of any boxes, by halves: not a merge after the other. */
export function diagramOfUnion(boxes: readonly PacketBox[]): Diagram {
  if (boxes.length < 2) return boxes[0] === undefined ? diagrams.empty : diagramOf(boxes[0]);
  const half = boxes.length >> 1;
  return diagrams.union(diagramOfUnion(boxes.slice(0, half)), diagramOfUnion(boxes.slice(half)));
}

/** The diagram as disjoint boxes: one for each set of services and each set of sources they share. */
export function boxesOf(diagram: Diagram): PacketBox[] {
  return groupServices(diagram).flatMap(([service, inside]) =>
    groupDestinations(inside).map(({ destination, source }) => ({ source, destination, service })),
  );
}

/** The services that have the same flows, together. */
function groupServices(diagram: Diagram): [ServiceSet, Flows][] {
  const keyOf = keysOfFlows();
  const groups = new Map<string, { readonly inside: Flows; readonly runs: ServiceRun[] }>();
  diagram.cuts.forEach((start, i) => {
    const end = diagram.cuts[i + 1] ?? start;
    const { cuts, values } = diagram.values[i] as Steps<number, Flows>;
    cuts.forEach((port, j) => {
      const inside = values[j] as Flows;
      if (flows.isEmpty(inside)) return;
      const key = keyOf(inside);
      const group = groups.get(key) ?? { inside, runs: [] };
      groups.set(key, group);
      group.runs.push({ start, end, sources: [port, cuts[j + 1] as number] });
    });
  });
  return [...groups.values()].map(({ inside, runs }) => [ServiceSet.fromRuns(runs), inside]);
}

/** Text that is equal for equal flows, made once for each object: neighbours often share theirs. */
function keysOfFlows(): (inside: Flows) => string {
  const known = new Map<Flows, string>();
  const numberOf = numbering();
  return (inside) => {
    const before = known.get(inside);
    if (before !== undefined) return before;
    const key = groupDestinations(inside)
      .map(({ destination, source }) => `${numberOf(destination)}<${numberOf(source)}`)
      .join(';');
    known.set(inside, key);
    return key;
  };
}

/** Numbers sets, equal ones alike: their keys may be long. */
function numbering(): (set: IpSet) => number {
  const numbers = new Map<string, number>();
  return (set) => {
    const number = numbers.get(set.key()) ?? numbers.size;
    numbers.set(set.key(), number);
    return number;
  };
}

/** The destinations that have the same sources, together. */
function groupDestinations({ v4, v6 }: Flows): { readonly destination: IpSet; readonly source: IpSet }[] {
  const groups = new Map<
    string,
    { readonly source: IpSet; readonly cuts4: number[]; readonly cuts6: bigint[] }
  >();
  function groupOf(source: IpSet): { readonly cuts4: number[]; readonly cuts6: bigint[] } {
    const group = groups.get(source.key()) ?? { source, cuts4: [], cuts6: [] };
    groups.set(source.key(), group);
    return group;
  }
  v4.values.forEach((source, i) => {
    if (!source.isEmpty()) groupOf(source).cuts4.push(v4.cuts[i] as number, v4.cuts[i + 1] as number);
  });
  v6.values.forEach((source, i) => {
    if (!source.isEmpty()) groupOf(source).cuts6.push(v6.cuts[i] as bigint, v6.cuts[i + 1] as bigint);
  });
  return [...groups.values()].map(({ source, cuts4, cuts6 }) => ({
    source,
    destination: IpSet.fromCuts(cuts4, cuts6),
  }));
}
