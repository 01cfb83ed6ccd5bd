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

/** Services tell fewer boxes apart than addresses: they are asked when addresses find this many. */
const MANY = 256;

/** Where one side of many boxes can be looked up. */
interface SideIndex {
  /** The fewest candidates of other sides at which it is worth asking. */
  readonly from: number;
  add(id: number, box: PacketBox): void;
  /** As `LineIndex.collect`. */
  collect(box: PacketBox, enough: number, into: number[]): boolean;
}

/** A side and how many boxes of its bag are in it: the others follow when it is asked. */
interface LazySide {
  readonly index: SideIndex;
  added: number;
}

/** Boxes that are wide on the same sides, indexed by each of the other sides. */
interface Bag {
  readonly sides: readonly LazySide[];
  readonly ids: number[];
  readonly boxes: PacketBox[];
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
    const bag = this.#bags.get(kind) ?? { sides: sidesOf(kind), ids: [], boxes: [] };
    this.#bags.set(kind, bag);
    bag.ids.push(this.#size);
    bag.boxes.push(box);
    this.#size += 1;
  }

  /** The numbers of the boxes that may overlap `box`, each once: all that do, and some that do not. */
  candidates(box: PacketBox): number[] {
    const found: number[] = [];
    for (const bag of this.#bags.values()) {
      const ids = this.#candidatesIn(bag, box);
      this.#seen.clear();
      for (let at = 0; at < ids.length; at += 1) {
        const id = ids[at] as number;
        if (this.#seen.add(id)) found.push(id);
      }
    }
    return found;
  }

  /** What the first side finds that finds few, or all of the bag. */
  #candidatesIn(bag: Bag, box: PacketBox): readonly number[] {
    for (let enough = FEW; enough < bag.ids.length; enough *= 4) {
      for (const side of bag.sides) {
        const found = enough < side.index.from ? null : collect(bag, side, box, enough);
        if (found !== null) return this.#narrowed(found, bag, side, box);
      }
    }
    return bag.ids;
  }

  /** Those candidates that the other sides find as well, where that is quick to tell. */
  #narrowed(candidates: readonly number[], bag: Bag, by: LazySide, box: PacketBox): readonly number[] {
    let left = candidates;
    for (const side of bag.sides) {
      if (side === by || left.length <= FEW || left.length < side.index.from) continue;
      const found = collect(bag, side, box, 4 * left.length);
      if (found === null) continue;
      this.#seen.clear();
      for (const id of found) this.#seen.add(id);
      left = left.filter((id) => this.#seen.has(id));
    }
    return left;
  }
}

/** What one side finds, some of it more than once; null when that is more than `enough`. */
function collect(bag: Bag, side: LazySide, box: PacketBox, enough: number): readonly number[] | null {
  for (; side.added < bag.ids.length; side.added += 1) {
    side.index.add(bag.ids[side.added] as number, bag.boxes[side.added] as PacketBox);
  }
  const found: number[] = [];
  return side.index.collect(box, enough, found) ? found : null;
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

function sidesOf(wide: number): readonly LazySide[] {
  const sides: SideIndex[] = [];
  if ((wide & DESTINATION) === 0) sides.push(addressIndex((box) => box.destination));
  if ((wide & SOURCE) === 0) sides.push(addressIndex((box) => box.source));
  if ((wide & SERVICE) === 0) sides.push(serviceIndex());
  return sides.map((index) => ({ index, added: 0 }));
}

function addressIndex(side: (box: PacketBox) => IpSet): SideIndex {
  const v4 = new LineIndex<number>(0, END_V4);
  const v6 = new LineIndex<bigint>(0n, END_V6);
  return {
    from: FEW,
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
    from: MANY,
    add: (id, box) => line.add(id, box.service.reach()),
    collect: (box, enough, into) => line.collect(box.service.reach(), enough, into),
  };
}
