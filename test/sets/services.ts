import fc from 'fast-check';
import { PortSet } from '../../src/sets/port-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';

/** Services that no test set cuts. */
export interface ServiceCell {
  readonly name: string;
  readonly set: ServiceSet;
}

type Range = readonly [number, number];

const PORT_CELLS: readonly Range[] = [
  [0, 0],
  [1, 1],
  [2, 442],
  [443, 443],
  [444, 65_534],
  [65_535, 65_535],
];
const TYPE_CELLS: readonly Range[] = [
  [0, 0],
  [1, 7],
  [8, 8],
  [9, 254],
  [255, 255],
];

function portCells(protocol: number): ServiceCell[] {
  return PORT_CELLS.flatMap((destination) =>
    PORT_CELLS.map((source) => ({
      name: `${protocol} ${source} to ${destination}`,
      set: ServiceSet.of(protocol, PortSet.of(destination), PortSet.of(source)),
    })),
  );
}

function typeCells(protocol: number): ServiceCell[] {
  return TYPE_CELLS.map((types) => ({
    name: `${protocol} type ${types}`,
    set: ServiceSet.of(protocol, PortSet.of(types)),
  }));
}

/** Every service, as cells: protocols with ports, with types, with neither, first and last. */
export const SERVICE_CELLS: readonly ServiceCell[] = Array.from({ length: 256 }, (_, protocol) => {
  if ([6, 17, 33, 132, 136].includes(protocol)) return portCells(protocol);
  if ([1, 58].includes(protocol)) return typeCells(protocol);
  return [{ name: `${protocol}`, set: ServiceSet.of(protocol) }];
}).flat();

export interface ModelledServiceSet {
  readonly set: ServiceSet;
  readonly cells: ReadonlySet<ServiceCell>;
}

const ranges = fc
  .tuple(fc.nat(PORT_CELLS.length - 1), fc.nat(PORT_CELLS.length - 1))
  .map(([a, b]): Range => [PORT_CELLS[Math.min(a, b)]?.[0] ?? 0, PORT_CELLS[Math.max(a, b)]?.[1] ?? 0]);

/** A rectangle of ports of one protocol, a range of types, or a protocol. */
const parts = fc.oneof(
  fc.tuple(fc.constantFrom(6, 6, 6, 17, 132), ranges, ranges).map(([protocol, to, from]) => ({
    set: ServiceSet.of(protocol, PortSet.of(to), PortSet.of(from)),
    cells: cellsWithin(protocol, to, from),
  })),
  fc.tuple(fc.constantFrom(1, 58), fc.nat(4), fc.nat(4)).map(([protocol, a, b]) => {
    const types = TYPE_CELLS.slice(Math.min(a, b), Math.max(a, b) + 1);
    return {
      set: ServiceSet.of(protocol, PortSet.of(...types)),
      cells: SERVICE_CELLS.filter(({ name }) => types.some((type) => name === `${protocol} type ${type}`)),
    };
  }),
  fc.constantFrom(0, 2, 6, 17, 47, 58, 255).map((protocol) => ({
    set: ServiceSet.of(protocol),
    cells: SERVICE_CELLS.filter(({ name }) => name.split(' ')[0] === `${protocol}`),
  })),
);

function cellsWithin(protocol: number, to: Range, from: Range): ServiceCell[] {
  const within = (cells: readonly Range[], [first, last]: Range): readonly Range[] =>
    cells.filter((cell) => cell[0] >= first && cell[1] <= last);
  const names = within(PORT_CELLS, to).flatMap((destination) =>
    within(PORT_CELLS, from).map((source) => `${protocol} ${source} to ${destination}`),
  );
  return SERVICE_CELLS.filter(({ name }) => names.includes(name));
}

export const modelledServiceSets: fc.Arbitrary<ModelledServiceSet> = fc
  .tuple(fc.array(parts, { maxLength: 5 }), fc.integer({ min: 0, max: 9 }))
  .map(([all, invert]) => {
    const set = ServiceSet.unionOf(all.map((part) => part.set));
    const cells = new Set(all.flatMap((part) => part.cells));
    if (invert > 0) return { set, cells };
    return { set: set.complement(), cells: new Set(SERVICE_CELLS.filter((cell) => !cells.has(cell))) };
  });
