import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PacketBox } from '../../src/sets/index.js';
import { IpSet, PacketSet, PortSet, ServiceSet } from '../../src/sets/index.js';
import { testLaws } from './laws.js';

/** Three partitions of the packets' sides: every test set is made of their products. */
const SOURCES = partition([
  '0.0.0.0-192.0.2.6',
  '192.0.2.7',
  '192.0.2.8-255.255.255.255',
  '::/1',
  '8000::/1',
]);
const DESTINATIONS = partition([
  '0.0.0.0/0',
  '::-2001:db8::',
  '2001:db8::1',
  '2001:db8::2-ffff:ffff::',
  'rest',
]);
const SERVICES: readonly ServiceSet[] = [
  ServiceSet.parse('tcp/22'),
  ServiceSet.parse('tcp/443 from 0-1023'),
  ServiceSet.parse('tcp/443 from 1024-65535'),
  ServiceSet.parse('icmp/8'),
  ServiceSet.parse('tcp/22,443').union(ServiceSet.parse('icmp/8')).complement(),
];

function partition(texts: readonly string[]): readonly IpSet[] {
  const named = texts.filter((text) => text !== 'rest').map((text) => IpSet.of(text));
  const rest = IpSet.ALL.subtract(IpSet.unionOf(named));
  return texts.map((text, i) => (text === 'rest' ? rest : (named[i] as IpSet)));
}

/** One product of a cell each, and its place in the model. */
interface PacketCell {
  readonly id: string;
  readonly box: PacketBox;
}

const CELLS: readonly PacketCell[] = SOURCES.flatMap((source, s) =>
  DESTINATIONS.flatMap((destination, d) =>
    SERVICES.map((service, v) => ({ id: `${s}${d}${v}`, box: { source, destination, service } })),
  ),
);

interface Modelled {
  readonly set: PacketSet;
  readonly ids: ReadonlySet<string>;
}

const ofBox = ({ source, destination, service }: PacketBox): PacketSet =>
  PacketSet.of(source, destination, service);

/** A product of a choice of cells on each side. */
const products: fc.Arbitrary<Modelled> = fc
  .tuple(
    ...[SOURCES, DESTINATIONS, SERVICES].map((cells) => fc.subarray([...cells.keys()], { minLength: 1 })),
  )
  .map(([s = [], d = [], v = []]) => ({
    set: PacketSet.of(
      IpSet.unionOf(s.map((at) => SOURCES[at] as IpSet)),
      IpSet.unionOf(d.map((at) => DESTINATIONS[at] as IpSet)),
      ServiceSet.unionOf(v.map((at) => SERVICES[at] as ServiceSet)),
    ),
    ids: new Set(s.flatMap((a) => d.flatMap((b) => v.map((c) => `${a}${b}${c}`)))),
  }));

const OPERATIONS = ['union', 'intersect', 'subtract'] as const;

function apply(operation: (typeof OPERATIONS)[number], a: Modelled, b: Modelled): Modelled {
  const ids = CELLS.map(({ id }) => id).filter((id) => {
    if (operation === 'union') return a.ids.has(id) || b.ids.has(id);
    return a.ids.has(id) && b.ids.has(id) === (operation === 'intersect');
  });
  return { set: a.set[operation](b.set), ids: new Set(ids) };
}

/** Expressions of products, nested on both sides. */
const { modelled } = fc.letrec<{ modelled: Modelled }>((tie) => ({
  modelled: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      { weight: 8, arbitrary: products },
      { weight: 1, arbitrary: fc.constant({ set: PacketSet.EMPTY, ids: new Set<string>() }) },
      { weight: 1, arbitrary: fc.constant({ set: PacketSet.ALL, ids: new Set(CELLS.map(({ id }) => id)) }) },
    ),
    fc
      .tuple(fc.constantFrom(...OPERATIONS), tie('modelled'), tie('modelled'))
      .map(([operation, a, b]) => apply(operation, a, b)),
    tie('modelled').map(({ set, ids }) => ({ set: set.merged(), ids })),
    fc.array(tie('modelled'), { maxLength: 4 }).map((all) => ({
      set: PacketSet.unionOf(all.map(({ set }) => set)),
      ids: new Set(all.flatMap(({ ids }) => [...ids])),
    })),
  ),
}));

function idsOf(set: PacketSet): string[] {
  return CELLS.filter(({ box }) => set.overlaps(ofBox(box))).map(({ id }) => id);
}

describe('against a model, packet by packet', () => {
  it('holds the packets that it should', () => {
    fc.assert(
      fc.property(modelled, ({ set, ids }) => {
        expect(idsOf(set)).toEqual(CELLS.map(({ id }) => id).filter((id) => ids.has(id)));
        expect(CELLS.filter(({ box }) => set.contains(ofBox(box))).map(({ id }) => id)).toEqual(idsOf(set));
        expect(set.isEmpty()).toBe(ids.size === 0);
      }),
    );
  });

  it('compares, and has a key of its own for every set', () => {
    fc.assert(
      fc.property(modelled, modelled, (a, b) => {
        const within = [...b.ids].every((id) => a.ids.has(id));
        const same = within && a.ids.size === b.ids.size;
        expect(a.set.contains(b.set)).toBe(within);
        expect(a.set.overlaps(b.set)).toBe([...b.ids].some((id) => a.ids.has(id)));
        expect(a.set.equals(b.set)).toBe(same);
        expect(a.set.key() === b.set.key()).toBe(same);
      }),
      { numRuns: 200 },
    );
  });

  it('is made of disjoint boxes, the same for equal sets', () => {
    fc.assert(
      fc.property(modelled, ({ set, ids }) => {
        const boxes = set.boxes();
        for (const [i, box] of boxes.entries()) {
          expect(ofBox(box).isEmpty()).toBe(false);
          expect(boxes.slice(i + 1).some((other) => ofBox(other).overlaps(ofBox(box)))).toBe(false);
        }
        expect(idsOf(PacketSet.unionOf(boxes.map(ofBox)))).toEqual(idsOf(set));
        const again = CELLS.filter(({ id }) => ids.has(id)).map(({ box }) => ofBox(box));
        expect(JSON.stringify(PacketSet.unionOf(again.reverse()))).toBe(JSON.stringify(set));
      }),
    );
  });

  it('is the same set when its boxes are merged', () => {
    fc.assert(
      fc.property(modelled, ({ set }) => {
        const merged = set.merged();
        expect(merged.key()).toBe(set.key());
        expect(merged.parts().length).toBeLessThanOrEqual(set.parts().length);
      }),
    );
  });

  it('merges boxes that differ in one side only', () => {
    const hosts = ['192.0.2.1', '192.0.2.2', '192.0.2.9', '2001:db8::1'];
    const each = hosts.map((host) => PacketSet.of(IpSet.of(host), IpSet.ALL, ServiceSet.ALL));
    expect(PacketSet.unionOf(each).parts()).toHaveLength(hosts.length);
    expect(PacketSet.unionOf(each).merged().parts()).toHaveLength(1);
  });

  it('projects on its sides', () => {
    fc.assert(
      fc.property(modelled, ({ set, ids }) => {
        const held = CELLS.filter(({ id }) => ids.has(id)).map(({ box }) => box);
        expect(set.sources().key()).toBe(IpSet.unionOf(held.map(({ source }) => source)).key());
        expect(set.destinations().key()).toBe(
          IpSet.unionOf(held.map(({ destination }) => destination)).key(),
        );
        expect(set.services().key()).toBe(ServiceSet.unionOf(held.map(({ service }) => service)).key());
      }),
    );
  });
});

describe('laws', () =>
  testLaws(
    modelled.map(({ set }) => set),
    PacketSet.EMPTY,
    PacketSet.ALL,
  ));

describe('first match', () => {
  it('gives each rule what it matches and no rule before it took', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(products, fc.boolean()), { maxLength: 40 }), (rules) => {
        let remaining = PacketSet.ALL;
        const permitted: PacketSet[] = [];
        const left = new Set(CELLS.map(({ id }) => id));
        const admitted = new Set<string>();
        for (const [{ set, ids }, permit] of rules) {
          const effective = remaining.intersect(set);
          remaining = remaining.subtract(set);
          const taken = [...left].filter((id) => ids.has(id));
          expect(idsOf(effective)).toEqual(taken);
          expect(effective.isEmpty()).toBe(taken.length === 0);
          for (const id of taken) left.delete(id);
          if (!permit) continue;
          permitted.push(effective);
          for (const id of taken) admitted.add(id);
        }
        expect(idsOf(remaining)).toEqual([...left]);
        expect(remaining.isEmpty()).toBe(left.size === 0);
        expect(new Set(idsOf(PacketSet.unionOf(permitted)))).toEqual(admitted);
      }),
      { numRuns: 60 },
    );
  });

  it('agrees with a search from the top, for packets of a long policy with groups and Any', () => {
    fc.assert(
      fc.property(longPolicies, packets, (policy, sample) => {
        let remaining = PacketSet.ALL;
        const effective = policy.map((match) => {
          const mine = remaining.intersect(ofBox(match));
          remaining = remaining.subtract(ofBox(match));
          return mine;
        });
        for (const packet of sample) {
          const first = policy.findIndex((match) => ofBox(match).contains(ofBox(packet)));
          expect(effective.flatMap((set, i) => (set.contains(ofBox(packet)) ? [i] : []))).toEqual(
            first < 0 ? [] : [first],
          );
          expect(remaining.overlaps(ofBox(packet))).toBe(first < 0);
        }
        const all = PacketSet.unionOf(effective);
        expect(all.contains(PacketSet.unionOf(policy.map(ofBox)))).toBe(true);
        expect(all.overlaps(remaining)).toBe(false);
      }),
      { numRuns: 15 },
    );
  });
});

/** Addresses of a small network of each family, and what a rule may say about them. */
const hosts = fc.oneof(
  fc.nat(40).map((low) => `192.0.2.${low}`),
  fc.nat(40).map((low) => `2001:db8::${low.toString(16)}`),
);
const sides = fc.oneof(
  { weight: 1, arbitrary: fc.constant(IpSet.ALL) },
  {
    weight: 9,
    arbitrary: fc
      .array(fc.tuple(hosts, fc.constantFrom(0, 0, 0, 1, 3)), { minLength: 1, maxLength: 4 })
      .map((members) =>
        IpSet.of(...members.map(([host, more]) => `${host}/${(host.includes(':') ? 128 : 32) - more}`)),
      ),
  },
);
const portsOfRules = fc.oneof(fc.constantFrom(22, 80, 443), fc.constant([20, 90] as [number, number]));
const servicesOfRules = fc.oneof(
  { weight: 1, arbitrary: fc.constant(ServiceSet.ALL) },
  { weight: 9, arbitrary: portsOfRules.map((ports) => ServiceSet.of(6, PortSet.of(ports))) },
);
const longPolicies = fc.array(fc.record({ source: sides, destination: sides, service: servicesOfRules }), {
  minLength: 30,
  maxLength: 120,
});
const packets = fc.array(
  fc.record({
    source: hosts.map((host) => IpSet.of(host)),
    destination: hosts.map((host) => IpSet.of(host)),
    service: fc.constantFrom(22, 23, 443).map((port) => ServiceSet.of(6, PortSet.of(port), PortSet.of(5000))),
  }),
  { minLength: 20, maxLength: 20 },
);

describe('large sets', () => {
  const host = (i: number): IpSet => IpSet.of(`10.0.${i >> 8}.${i & 255}`);
  const ssh = ServiceSet.parse('tcp/22');

  it('tells a hole from a box that many others cover', () => {
    const side = 24;
    const square = Array.from({ length: side }, (_, i) => host(i));
    const area = PacketSet.of(IpSet.unionOf(square), IpSet.unionOf(square), ssh);
    let left = area;
    for (const source of square) {
      for (const destination of square) {
        expect(left.isEmpty()).toBe(false);
        left = left.subtract(PacketSet.of(source, destination, ssh));
      }
    }
    expect(left.isEmpty()).toBe(true);
    expect(left.key()).toBe(PacketSet.EMPTY.key());
    expect(area.subtract(left).equals(area)).toBe(true);
  });

  it('keeps versions apart that grew from the same set', () => {
    const base = Array.from({ length: 40 }, (_, i) => host(i)).reduce(
      (set, source) => set.subtract(PacketSet.of(source, IpSet.ALL, ssh)),
      PacketSet.ALL,
    );
    const one = base.subtract(PacketSet.of(host(100), IpSet.ALL, ssh));
    const other = base.subtract(PacketSet.of(host(200), IpSet.ALL, ssh));
    const from = (i: number): PacketSet => PacketSet.of(host(i), host(1), ssh);
    expect([base, one, other].map((set) => set.contains(from(100)))).toEqual([true, false, true]);
    expect([base, one, other].map((set) => set.contains(from(200)))).toEqual([true, true, false]);
    expect([base, one, other].map((set) => set.contains(from(39)))).toEqual([false, false, false]);
    expect(base.union(from(3)).contains(from(3))).toBe(true);
    expect(base.contains(from(3))).toBe(false);
  });

  it('says how large it is, and refuses to spread out what is too large', () => {
    const many = Array.from({ length: 3000 }, (_, i) => i);
    const anySource = many.map((i) => PacketSet.of(IpSet.ALL, host(2 * i), ServiceSet.ALL));
    const named = many.map((i) =>
      PacketSet.of(host(i), host(20_000 + 2 * i), ServiceSet.of(6, PortSet.of(2 * i))),
    );
    const set = PacketSet.unionOf([...anySource, ...named]);
    expect(set.pieces()).toBe(3000 * 4 + 3000 * 3);
    expect(() => set.key()).toThrow(RangeError);
    expect(set.contains(named[7] as PacketSet)).toBe(true);
    expect(set.overlaps(PacketSet.of(host(1), host(1), ssh))).toBe(false);
    expect(set.equals(PacketSet.unionOf([...named, ...anySource]))).toBe(true);
    expect(set.subtract(named[7] as PacketSet).equals(set)).toBe(false);
  });

  it('refuses to hold what two unions cross in, and what one leaves of the other, beyond a bound', () => {
    const many = Array.from({ length: 700 }, (_, i) => i);
    const rows = PacketSet.unionOf(many.map((i) => PacketSet.of(host(2 * i), IpSet.ALL, ServiceSet.ALL)));
    const columns = PacketSet.unionOf(many.map((i) => PacketSet.of(IpSet.ALL, host(2 * i), ServiceSet.ALL)));
    expect(() => rows.intersect(columns)).toThrow(RangeError);
    const punched = columns.subtract(PacketSet.of(host(0), host(0), ssh));
    expect(() => rows.subtract(punched)).toThrow(RangeError);
    expect(rows.subtract(columns).contains(PacketSet.of(host(2), host(1), ssh))).toBe(true);
  });

  it('spreads out a product of large sides', () => {
    const wide = IpSet.unionOf(Array.from({ length: 2000 }, (_, i) => host(2 * i)));
    const ports = ServiceSet.of(17, PortSet.of(...Array.from({ length: 2000 }, (_, i) => 2 * i)));
    const set = PacketSet.of(wide, wide, ports).union(PacketSet.of(wide, host(1), ports));
    const [box, ...more] = set.boxes();
    expect(more).toEqual([]);
    expect(box?.destination.equals(wide.union(host(1)))).toBe(true);
  });
});

it('takes empty sides for the empty set', () => {
  expect(PacketSet.of(IpSet.EMPTY, IpSet.ALL, ServiceSet.ALL)).toBe(PacketSet.EMPTY);
  expect(PacketSet.of(IpSet.ALL, IpSet.EMPTY, ServiceSet.ALL).isEmpty()).toBe(true);
  expect(PacketSet.of(IpSet.ALL, IpSet.ALL, ServiceSet.EMPTY).isEmpty()).toBe(true);
  expect(PacketSet.EMPTY.key()).toBe('');
  expect(JSON.stringify(PacketSet.ALL)).toBe(
    '[{"source":["0.0.0.0/0","::/0"],"destination":["0.0.0.0/0","::/0"],"service":["any"]}]',
  );
});
