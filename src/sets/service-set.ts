import type { Cuts } from './cuts.js';
import {
  combine,
  cutsContain,
  cutsEqual,
  cutsOverlap,
  DIFFERENCE,
  INTERSECTION,
  UNION,
  unionOfCuts,
} from './cuts.js';
import { flatMap } from './flat-map.js';
import { PortSet } from './port-set.js';
import { hasPorts, hasTypes, PROTOCOLS, protocolAt, startOf } from './protocols.js';
import type { ServiceRun } from './service-text.js';
import { parseService, serviceTexts } from './service-text.js';
import type { Algebra, Steps } from './steps.js';
import { constantSteps, joinSteps, stepAlgebra } from './steps.js';

export { protocolName } from './protocols.js';

/** Source ports as a value of step functions. */
const sourcePortAlgebra: Algebra<Cuts<number>> = {
  empty: [],
  isEmpty: (cuts) => cuts.length === 0,
  union: (a, b) => combine(UNION, a, b),
  intersect: (a, b) => combine(INTERSECTION, a, b),
  subtract: (a, b) => combine(DIFFERENCE, a, b),
  equals: cutsEqual,
  overlaps: cutsOverlap,
  pieces: (cuts) => cuts.length / 2,
};

/** Over the line of services (`protocols.ts`): the source ports of each destination port. */
export type ServiceSteps = Steps<number, Cuts<number>>;
const algebra: Algebra<ServiceSteps> = stepAlgebra(sourcePortAlgebra);

const EVERY_PORT = PortSet.ALL.cuts;

/**
 * An exact, immutable set of services: protocol (0 to 255) × destination port × source port. TCP, UDP,
 * SCTP, DCCP and UDP-Lite have both ports. ICMP and ICMPv6 have their message type (0 to 255) in place
 * of the destination port and no source port. Every other protocol has neither: it is in the set or
 * it is not.
 */
export class ServiceSet {
  static readonly EMPTY: ServiceSet = new ServiceSet([], null);
  static readonly ALL: ServiceSet = new ServiceSet([0, startOf(PROTOCOLS)], null);

  /**
   * Points of the line of services, where the set holds each of them from every source port, as nearly all
   * sets do; null for the others. Cuts are far quicker to work on than step functions.
   */
  readonly #plain: Cuts<number> | null;
  #steps: ServiceSteps | null;
  #reach: Cuts<number> | null = null;
  #key: string | null = null;

  /** One of the two is given. */
  private constructor(plain: Cuts<number> | null, steps: ServiceSteps | null) {
    this.#plain = plain;
    this.#steps = steps;
  }

  /** The set as a step function, for the other sets of this folder. */
  get steps(): ServiceSteps {
    this.#steps ??= constantSteps(sourcePortAlgebra, this.#plain ?? [], EVERY_PORT);
    return this.#steps;
  }

  /**
   * Services of one protocol. Ports that the protocol does not have are not looked at, unless they
   * are the empty set, and types above 255 do not exist.
   * @throws RangeError when `protocol` is not an integer from 0 to 255.
   */
  static of(protocol: number, destination: PortSet = PortSet.ALL, source: PortSet = PortSet.ALL): ServiceSet {
    if (!Number.isInteger(protocol) || protocol < 0 || protocol >= PROTOCOLS) {
      throw new RangeError(`not a protocol number: ${protocol}`);
    }
    if (destination.isEmpty() || source.isEmpty()) return ServiceSet.EMPTY;
    const start = startOf(protocol);
    const end = startOf(protocol + 1);
    const numbered = hasPorts(protocol) || hasTypes(protocol);
    const wanted = numbered ? destination.cuts.map((cut) => start + cut) : [start, end];
    const cuts = combine(INTERSECTION, wanted, [start, end]);
    if (!hasPorts(protocol) || source === PortSet.ALL) return ServiceSet.#fromPlain(cuts);
    return ServiceSet.#from(constantSteps(sourcePortAlgebra, cuts, source.cuts));
  }

  /**
   * Reads a constant: `tcp/443`, `udp/161-162`, `tcp/80,443`, `icmp`, `icmp/8`, `gre`, `47`, `7-255`
   * (protocols), `any`, and `tcp/443 from 1024-65535`: whatever `toTexts` prints.
   * @throws RangeError on anything else.
   */
  static parse(text: string): ServiceSet {
    const parts = parseService(text);
    if (parts === null) throw new RangeError(`not a service: ${JSON.stringify(text)}`);
    return ServiceSet.unionOf(
      parts.map(({ protocol, destination, source }) => ServiceSet.of(protocol, destination, source)),
    );
  }

  /**
   * From stretches of the line of services, ascending by start, then by source port; those that start
   * together end together and share no source port. The caller vouches for that.
   */
  static fromRuns(runs: readonly ServiceRun[]): ServiceSet {
    if (runs.every(({ sources }) => isEveryPort(sources))) {
      return ServiceSet.#fromPlain(unionOfCuts(runs.map(({ start, end }) => [start, end])));
    }
    const parts = new Map<number, { readonly end: number; readonly sources: Cuts<number>[] }>();
    for (const { start, end, sources } of runs) {
      const part = parts.get(start) ?? { end, sources: [] };
      part.sources.push(sources);
      parts.set(start, part);
    }
    const stretches = [...parts].map(([start, { end, sources }]) =>
      constantSteps(sourcePortAlgebra, [start, end], unionOfCuts(sources)),
    );
    return ServiceSet.#from(joinSteps(sourcePortAlgebra, stretches));
  }

  static #from(steps: ServiceSteps): ServiceSet {
    const plain = steps.values.every((ports) => ports.length === 0 || isEveryPort(ports));
    return plain ? ServiceSet.#fromPlain(steps.cuts) : new ServiceSet(null, steps);
  }

  static #fromPlain(cuts: Cuts<number>): ServiceSet {
    if (cuts.length === 0) return ServiceSet.EMPTY;
    if (cuts.length === 2 && cuts[0] === 0 && cuts[1] === startOf(PROTOCOLS)) return ServiceSet.ALL;
    return new ServiceSet(cuts, null);
  }

  /** The union of any number of sets, by halves: not a merge after the other. */
  static unionOf(sets: Iterable<ServiceSet>): ServiceSet {
    let round = [...sets];
    while (round.length > 1) {
      const next: ServiceSet[] = [];
      for (let i = 0; i < round.length; i += 2) {
        const [a, b] = [round[i] as ServiceSet, round[i + 1]];
        next.push(b === undefined ? a : a.union(b));
      }
      round = next;
    }
    return round[0] ?? ServiceSet.EMPTY;
  }

  union(other: ServiceSet): ServiceSet {
    if (this === other || other.isEmpty()) return this;
    if (this.isEmpty()) return other;
    return this.#combine(UNION, algebra.union, other);
  }

  intersect(other: ServiceSet): ServiceSet {
    if (this === other || other === ServiceSet.ALL) return this;
    if (this === ServiceSet.ALL) return other;
    if (this.#plain !== null && other.#plain !== null) {
      if (cutsContain(other.#plain, this.#plain)) return this;
      if (cutsContain(this.#plain, other.#plain)) return other;
    }
    return this.#combine(INTERSECTION, algebra.intersect, other);
  }

  /** What is in this set and not in the other. */
  subtract(other: ServiceSet): ServiceSet {
    if (this === other || other === ServiceSet.ALL) return ServiceSet.EMPTY;
    return this.#combine(DIFFERENCE, algebra.subtract, other);
  }

  /** One operation, on cuts where both sets are plain, else on their steps. */
  #combine(
    table: Parameters<typeof combine>[0],
    operation: (a: ServiceSteps, b: ServiceSteps) => ServiceSteps,
    other: ServiceSet,
  ): ServiceSet {
    if (this.#plain !== null && other.#plain !== null) {
      return ServiceSet.#fromPlain(combine(table, this.#plain, other.#plain));
    }
    return ServiceSet.#from(operation(this.steps, other.steps));
  }

  complement(): ServiceSet {
    return ServiceSet.ALL.subtract(this);
  }

  isEmpty(): boolean {
    return this.#plain !== null && this.#plain.length === 0;
  }

  equals(other: ServiceSet): boolean {
    if (this.#plain !== null && other.#plain !== null) return cutsEqual(this.#plain, other.#plain);
    return this === other || algebra.equals(this.steps, other.steps);
  }

  /** Whether every service of `other` is in this set. */
  contains(other: ServiceSet): boolean {
    if (this === other || this === ServiceSet.ALL) return true;
    if (this.#plain !== null) return cutsContain(this.#plain, other.reach());
    return other.subtract(this).isEmpty();
  }

  /** Whether the two sets share a service. */
  overlaps(other: ServiceSet): boolean {
    if (this.#plain !== null || other.#plain !== null) return cutsOverlap(this.reach(), other.reach());
    return algebra.overlaps(this.steps, other.steps);
  }

  /** The numbers of the protocols with at least one service in the set, ascending. */
  protocols(): number[] {
    const found: number[] = [];
    for (const { start, end } of this.runs()) {
      for (let protocol = protocolAt(start); startOf(protocol) < end; protocol += 1) {
        if (found.at(-1) !== protocol) found.push(protocol);
      }
    }
    return found;
  }

  /**
   * The destination ports of one protocol, whatever the source port; for ICMP and ICMPv6 the message
   * types. Empty for a protocol without either: ask `protocols` whether it is in the set.
   */
  destinationPorts(protocol: number): PortSet {
    if (!hasPorts(protocol) && !hasTypes(protocol)) return PortSet.EMPTY;
    const base = startOf(protocol);
    const ranges = this.#runsOf(protocol).map(({ start, end }) => [start - base, end - base]);
    return PortSet.fromCuts(unionOfCuts(ranges));
  }

  /** The source ports of one protocol, whatever the destination port. Empty where it has no ports. */
  sourcePorts(protocol: number): PortSet {
    if (!hasPorts(protocol)) return PortSet.EMPTY;
    return PortSet.fromCuts(unionOfCuts(this.#runsOf(protocol).map(({ sources }) => sources)));
  }

  /** Non-empty stretches of the line of services with their source ports, ascending. */
  runs(): readonly ServiceRun[] {
    if (this.#plain !== null) return plainRuns(this.#plain);
    const { cuts, values } = this.steps;
    return flatMap(cuts, (start, i): ServiceRun[] => {
      const sources = values[i] as Cuts<number>;
      return sources.length === 0 ? [] : [{ start, end: cuts[i + 1] as number, sources }];
    });
  }

  /** The same services, from whatever source port; the set itself where that is so already. */
  fromAnyPort(): ServiceSet {
    return this.#plain !== null ? this : ServiceSet.#fromPlain(this.reach());
  }

  /** The stretches of the line of services that are not empty, whatever the source port. */
  reach(): Cuts<number> {
    if (this.#plain !== null) return this.#plain;
    this.#reach ??= unionOfCuts(this.runs().map(({ start, end }) => [start, end]));
    return this.#reach;
  }

  #runsOf(protocol: number): readonly ServiceRun[] {
    const start = startOf(protocol);
    const end = startOf(protocol + 1);
    return this.runs()
      .filter((run) => run.start < end && run.end > start)
      .map((run) => ({ ...run, start: Math.max(run.start, start), end: Math.min(run.end, end) }));
  }

  /**
   * One text a range, ascending by protocol: `tcp/443`, `udp/161-162`, `icmp/8`, `gre`, `any`. Source
   * ports are shown only where they are restricted: `tcp/443 from 1024-65535`. Three or more whole
   * protocols in a row are a range of numbers: `7-16`.
   */
  toTexts(): string[] {
    return serviceTexts(this.runs());
  }

  /** Canonical text: equal for equal sets, and for nothing else. */
  key(): string {
    this.#key ??= this.runs()
      .map(({ start, end, sources }) => {
        const ports = PortSet.fromCuts(sources);
        return `${start}-${end - 1}${ports === PortSet.ALL ? '' : `<${ports.key()}`}`;
      })
      .join(';');
    return this.#key;
  }

  toJSON(): string[] {
    return this.toTexts();
  }
}

function isEveryPort(ports: Cuts<number>): boolean {
  return ports === EVERY_PORT || PortSet.fromCuts(ports) === PortSet.ALL;
}

function plainRuns(cuts: Cuts<number>): ServiceRun[] {
  const runs: ServiceRun[] = [];
  for (let i = 0; i < cuts.length; i += 2) {
    runs.push({ start: cuts[i] as number, end: cuts[i + 1] as number, sources: EVERY_PORT });
  }
  return runs;
}
