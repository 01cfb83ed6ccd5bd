import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IpSet } from '../../src/sets/ip-set.js';
import type { PacketBox } from '../../src/sets/packet-box.js';
import { boxesOverlap, isEmptyBox } from '../../src/sets/packet-box.js';
import { PortSet } from '../../src/sets/port-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';
import { findUncovered } from '../../src/sets/uncovered.js';

const SIDE = 12;
const EVERY = Array.from({ length: SIDE }, (_, i) => i);

interface Choice {
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly service: readonly number[];
}

function boxOf({ source, destination, service }: Choice): PacketBox {
  const hosts = (low: readonly number[]): IpSet => IpSet.of(...low.map((i) => `192.0.2.${i}`));
  return {
    source: hosts(source),
    destination: hosts(destination),
    service: ServiceSet.of(6, PortSet.of(...service)),
  };
}

function hasHole(covers: readonly Choice[]): boolean {
  return EVERY.some((s) =>
    EVERY.some((d) =>
      EVERY.some(
        (v) =>
          !covers.some(
            ({ source, destination, service }) =>
              source.includes(s) && destination.includes(d) && service.includes(v),
          ),
      ),
    ),
  );
}

/** Half of each side, at random: after some dozens of such covers next to nothing is left, in shreds. */
const halves = fc
  .array(fc.boolean(), { minLength: SIDE, maxLength: SIDE })
  .map((coins) => EVERY.filter((i) => coins[i]))
  .filter((half) => half.length > 0);
const choices = fc.record({ source: halves, destination: halves, service: halves });

it('finds a part that no cover touches, whenever there is one', () => {
  const whole = boxOf({ source: EVERY, destination: EVERY, service: EVERY });
  const covers = fc.array(choices, { size: 'max', minLength: 30, maxLength: 70 });
  fc.assert(
    fc.property(covers, (all) => {
      const boxes = all.map(boxOf);
      const part = findUncovered(whole, boxes);
      expect(part !== null).toBe(hasHole(all));
      if (part === null) return;
      expect(isEmptyBox(part)).toBe(false);
      expect(boxesOverlap(part, whole)).toBe(true);
      expect(boxes.some((box) => boxesOverlap(box, part))).toBe(false);
    }),
    { numRuns: 60 },
  );
});
