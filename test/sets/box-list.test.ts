import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BoxList } from '../../src/sets/box-list.js';
import { IpSet } from '../../src/sets/ip-set.js';
import type { PacketBox } from '../../src/sets/packet-box.js';
import { boxesOverlap } from '../../src/sets/packet-box.js';
import { PortSet } from '../../src/sets/port-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';

/** Sides of every width: hosts that crowd in one network, networks of any size, Any. */
const networks = fc.oneof(
  fc.nat(255).map((low) => IpSet.of(`192.0.2.${low}`)),
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([ip, bits]) => IpSet.of(`${ip}/${bits}`)),
  fc.nat(255).map((low) => IpSet.of(`2001:db8::${low.toString(16)}`)),
  fc
    .tuple(fc.nat(65_535), fc.integer({ min: 16, max: 128 }))
    .map(([net, bits]) => IpSet.of(`2001:db8:${net.toString(16)}::1/${bits}`)),
  fc.constant(IpSet.ALL),
);
const sides = fc.array(networks, { minLength: 1, maxLength: 4 }).map((all) => IpSet.unionOf(all));
const ports = fc
  .tuple(fc.nat(65_535), fc.constantFrom(0, 0, 10, 60_000))
  .map(([first, more]) => PortSet.of([first, Math.min(65_535, first + more)]));
const services = fc.oneof(
  fc.tuple(fc.constantFrom(6, 17), ports).map(([protocol, to]) => ServiceSet.of(protocol, to)),
  fc.constantFrom(ServiceSet.ALL, ServiceSet.of(1), ServiceSet.of(255)),
);
const boxes: fc.Arbitrary<PacketBox> = fc.record({ source: sides, destination: sides, service: services });

it('finds what a look at every box finds, in order, as the list grows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(boxes, { maxLength: 120 }), { maxLength: 5 }),
      fc.array(boxes, { minLength: 1, maxLength: 20 }),
      (batches, questions) => {
        let list = BoxList.EMPTY;
        let plain: PacketBox[] = [];
        for (const batch of batches) {
          const before = { list, plain };
          list = list.append(batch);
          plain = [...plain, ...batch];
          for (const question of questions) {
            expect(list.overlapping(question)).toEqual(plain.filter((box) => boxesOverlap(box, question)));
            expect(before.list.overlapping(question)).toEqual(
              before.plain.filter((box) => boxesOverlap(box, question)),
            );
          }
        }
        expect(list.toArray()).toEqual(plain);
      },
    ),
    { numRuns: 40 },
  );
});

it('finds one of thousands that crowd in one place', () => {
  const ssh = ServiceSet.parse('tcp/22');
  const many = Array.from({ length: 3000 }, (_, i) => ({
    source: IpSet.of('192.0.2.1', `2001:db8::${i.toString(16)}`),
    destination: IpSet.of(`10.0.${i >> 8}.${i & 255}`),
    service: ssh,
  }));
  const list = BoxList.of(many);
  const question = { source: IpSet.of('192.0.2.1'), destination: IpSet.of('10.0.4.1'), service: ssh };
  expect(list.overlapping(question)).toEqual([many[1025]]);
  expect(list.overlapping({ ...question, destination: IpSet.ALL })).toEqual(many);
  expect(list.overlapping({ ...question, source: IpSet.of('192.0.2.2') })).toEqual([]);
  expect(list.overlapping({ ...question, source: IpSet.of('2001:db8::2'), destination: IpSet.ALL })).toEqual([
    many[2],
  ]);
});
