import type { Cuts } from './cuts.js';
import type { IpSet } from './ip-set.js';
import { END_V4, END_V6 } from './ip-text.js';
import { LineIndex } from './line-index.js';
import type { PacketBox } from './packet-box.js';

/** A power of two behind the last point of the line of services. */
const END_SERVICES = 2 ** 19;

/** A side of as many points as this overlaps too much to look boxes up by it. */
const WIDE_V4 = 2 ** 20;
const WIDE_V6 = 1n << 80n;
const WIDE_SERVICES = 2 ** 15;

/** With so few candidates, asking another side costs more than trying them. */
const FEW = 16;

/** Where one side of many boxes can be looked up. */
interface SideIndex {
  add(id: number, box: PacketBox): void;
  /** As `LineIndex.collect`. */
  collect(box: PacketBox, enough: number, into: number[]): boolean;
}

/** Boxes that are wide on the same sides, indexed by each of the other sides. */
interface Bag {
  readonly sides: readonly SideIndex[];
  readonly ids: number[];
}

/** Finds, among many boxes, those that may overlap another box: by the sides that tell them apart. */
export class BoxIndex {
  /** By the sides on which the boxes of a bag are wide. */
  readonly #bags = new Map<number, Bag>();
  readonly #seen = new NumberSet();
  #size = 0;

  /** How many boxes were added; the next one gets this number. */
  get size(): number {
    return this.#size;
  }

  add(box: PacketBox): void {
    const kind = wideSides(box);
    const bag = this.#bags.get(kind) ?? { sides: sidesOf(kind), ids: [] };
    this.#bags.set(kind, bag);
    bag.ids.push(this.#size);
    for (const side of bag.sides) side.add(this.#size, box);
    this.#size += 1;
  }

  /** The numbers of the boxes that may overlap `box`, each once: all that do, and some that do not. */
  candidates(box: PacketBox): number[] {
    const found: number[] = [];
    for (const bag of this.#bags.values()) {
      const ids = this.#candidatesIn(bag, box);
      this.#seen.clear();
      for (const id of ids) if (this.#seen.add(id)) found.push(id);
    }
    return found;
  }

  /** What the first side finds that finds few, or all of the bag. */
  #candidatesIn(bag: Bag, box: PacketBox): readonly number[] {
    for (let enough = FEW; enough < bag.ids.length; enough *= 4) {
      for (const side of bag.sides) {
        const found: number[] = [];
        if (!side.collect(box, enough, found)) continue;
        const others = bag.sides.filter((each) => each !== side);
        return this.#narrowed(found, others, box);
      }
    }
    return bag.ids;
  }

  /** Those candidates that the other sides find as well, where that is quick to tell. */
  #narrowed(candidates: readonly number[], sides: readonly SideIndex[], box: PacketBox): readonly number[] {
    let left = candidates;
    for (const side of sides) {
      if (left.length <= FEW) return left;
      const found: number[] = [];
      if (!side.collect(box, 4 * left.length, found)) continue;
      this.#seen.clear();
      for (const id of found) this.#seen.add(id);
      left = left.filter((id) => this.#seen.has(id));
    }
    return left;
  }
}

/** A set of small numbers that is emptied and filled again often. */
class NumberSet {
  #rounds = new Int32Array(64);
  #round = 1;

  clear(): void {
    this.#round += 1;
  }

  has(number: number): boolean {
    return this.#rounds[number] === this.#round;
  }

  /** Whether the number is new. */
  add(number: number): boolean {
    if (this.has(number)) return false;
    if (number >= this.#rounds.length) {
      const longer = new Int32Array(2 * number);
      longer.set(this.#rounds);
      this.#rounds = longer;
    }
    this.#rounds[number] = this.#round;
    return true;
  }
}

const SOURCE = 1;
const DESTINATION = 2;
const SERVICE = 4;

function wideSides(box: PacketBox): number {
  return (
    (isWide(box.source) ? SOURCE : 0) |
    (isWide(box.destination) ? DESTINATION : 0) |
    (widthOf(box.service.reach()) >= WIDE_SERVICES ? SERVICE : 0)
  );
}

function isWide(addresses: IpSet): boolean {
  const { ipv4, ipv6 } = addresses.size();
  return ipv4 >= WIDE_V4 || ipv6 >= WIDE_V6;
}

function widthOf(cuts: Cuts<number>): number {
  return cuts.reduce((sum, cut, i) => sum + ((i & 1) === 0 ? -cut : cut), 0);
}

function sidesOf(wide: number): readonly SideIndex[] {
  const sides: SideIndex[] = [];
  if ((wide & DESTINATION) === 0) sides.push(addressIndex((box) => box.destination));
  if ((wide & SOURCE) === 0) sides.push(addressIndex((box) => box.source));
  if ((wide & SERVICE) === 0) sides.push(serviceIndex());
  return sides;
}

function addressIndex(side: (box: PacketBox) => IpSet): SideIndex {
  const v4 = new LineIndex<number>(0, END_V4);
  const v6 = new LineIndex<bigint>(0n, END_V6);
  return {
    add(id, box) {
      v4.add(id, side(box).cuts4);
      v6.add(id, side(box).cuts6);
    },
    collect: (box, enough, into) =>
      v4.collect(side(box).cuts4, enough, into) && v6.collect(side(box).cuts6, enough, into),
  };
}

function serviceIndex(): SideIndex {
  const line = new LineIndex<number>(0, END_SERVICES);
  return {
    add: (id, box) => line.add(id, box.service.reach()),
    collect: (box, enough, into) => line.collect(box.service.reach(), enough, into),
  };
}
