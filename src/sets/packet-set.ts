import { BoxList } from './box-list.js';
import type { Diagram } from './diagram.js';
import { boxesOf, diagramOf, diagramOfUnion, diagrams } from './diagram.js';
import { IpSet } from './ip-set.js';
import { mergeBoxes } from './merge-boxes.js';
import {
  boxContains,
  boxesOverlap,
  intersectBoxes,
  isEmptyBox,
  type PacketBox,
  piecesOf,
  subtractBoxes,
} from './packet-box.js';
import { ServiceSet } from './service-set.js';
import { MAX_PIECES, SetLimitError } from './steps.js';
import { trim } from './trim.js';
import { findUncovered, pointOf } from './uncovered.js';

export type { PacketBox } from './packet-box.js';

/**
 * An exact, immutable set of packets: source × destination × service.
 *
 * It is held as boxes minus other boxes, and a subtraction only notes what is to go. What is asked of
 * a set is then worked out from the boxes that overlap the question, so a first match over a policy
 * (`remaining.intersect(match)`, `remaining.subtract(match)`) costs each rule its own overlaps and not
 * all rules before it. README.md has the measurements. `boxes` and `key` need the whole set in its
 * canonical form; they, what both of two sets hold and whatever resolves a subtraction throw a SetLimitError
 * beyond `MAX_PIECES`.
 */
export class PacketSet {
  static readonly EMPTY: PacketSet = new PacketSet(BoxList.EMPTY, BoxList.EMPTY, null);
  static readonly ALL: PacketSet = PacketSet.of(IpSet.ALL, IpSet.ALL, ServiceSet.ALL);

  /** The set is what these boxes hold … */
  readonly #plus: BoxList;
  /** … and these do not. Each overlaps one of the others. */
  readonly #minus: BoxList;
  /** A packet of the set, if one is known. */
  #witness: PacketBox | null;
  #positive: BoxList | null = null;
  #diagram: Diagram | null = null;

  private constructor(plus: BoxList, minus: BoxList, witness: PacketBox | null) {
    this.#plus = plus;
    this.#minus = minus;
    this.#witness = witness;
  }

  static of(source: IpSet, destination: IpSet, service: ServiceSet): PacketSet {
    const box = { source, destination, service };
    return isEmptyBox(box) ? PacketSet.EMPTY : new PacketSet(BoxList.of([box]), BoxList.EMPTY, null);
  }

  /** The union of any number of sets. */
  static unionOf(sets: Iterable<PacketSet>): PacketSet {
    const boxes: PacketBox[] = [];
    for (const set of sets) for (const box of set.#resolved().toArray()) boxes.push(box);
    return PacketSet.#from(boxes);
  }

  /** The same packets, in fewer boxes where some differ in one side only. */
  merged(): PacketSet {
    const boxes = this.#resolved().toArray();
    const merged = mergeBoxes(boxes);
    return merged.length === boxes.length ? this : PacketSet.#from(merged);
  }

  static #from(boxes: readonly PacketBox[]): PacketSet {
    const plus = BoxList.of(boxes.filter((box) => !isEmptyBox(box)));
    return plus.length === 0 ? PacketSet.EMPTY : new PacketSet(plus, BoxList.EMPTY, null);
  }

  union(other: PacketSet): PacketSet {
    const mine = this.#resolved();
    const news = other.#resolved().toArray();
    const added = news.filter((box) => !mine.overlapping(box).some((each) => boxContains(each, box)));
    if (added.length === 0) return this;
    return new PacketSet(mine.append(added), BoxList.EMPTY, null);
  }

  intersect(other: PacketSet): PacketSet {
    const isSmaller = this.#plus.length < other.#plus.length;
    const small = isSmaller ? this : other;
    const large = isSmaller ? other : this;
    if (small.#holdsAll(large)) return large;
    const plus: PacketBox[] = [];
    const covers: PacketBox[] = [];
    for (let at = 0; at < small.#plus.length; at += 1) {
      const a = small.#plus.get(at);
      const met = large.#plus.overlapping(a);
      for (let i = 0; i < met.length; i += 1) {
        const both = intersectBoxes(a, met[i] as PacketBox);
        if (both === null) continue;
        const left = trim(both, joined(small.#minus.overlapping(both), large.#minus.overlapping(both)));
        if (left === null) continue;
        plus.push(left.box);
        if (plus.length > MAX_BOXES) throw tooMany();
        if (left.covers.length > 0) covers.push(...left.covers);
      }
    }
    if (plus.length === 0) return PacketSet.EMPTY;
    const minus = covers.length === 0 ? BoxList.EMPTY : BoxList.of([...new Set(covers)]);
    return new PacketSet(BoxList.of(plus), minus, null);
  }

  /** What is in this set and not in the other. */
  subtract(other: PacketSet): PacketSet {
    if (this === other) return PacketSet.EMPTY;
    const gone = other.#minus.length === 0 ? other.#plus : this.intersect(other).#resolved();
    const minus: PacketBox[] = [];
    for (let at = 0; at < gone.length; at += 1) {
      if (this.#plus.meets(gone.get(at))) minus.push(gone.get(at));
    }
    if (minus.length === 0) return this;
    const seen = this.#witness;
    const witness = seen !== null && !minus.some((box) => boxesOverlap(box, seen)) ? seen : null;
    return new PacketSet(this.#plus, this.#minus.append(minus), witness);
  }

  isEmpty(): boolean {
    if (this.#minus.length === 0) return this.#plus.length === 0;
    if (this.#witness !== null) return false;
    for (let at = 0; at < this.#plus.length; at += 1) {
      const box = this.#plus.get(at);
      const left = findUncovered(box, this.#goneFrom(box));
      if (left === null) continue;
      this.#witness = pointOf(left);
      return false;
    }
    return true;
  }

  equals(other: PacketSet): boolean {
    return this === other || (this.contains(other) && other.contains(this));
  }

  /** Whether every packet of `other` is in this set. */
  contains(other: PacketSet): boolean {
    return other.subtract(this).isEmpty();
  }

  /** Whether the two sets share a packet. */
  overlaps(other: PacketSet): boolean {
    return !this.intersect(other).isEmpty();
  }

  /** Whether the two may share a packet: quick, and never wrong when it says no. */
  mayOverlap(other: PacketSet): boolean {
    const isSmaller = this.#plus.length < other.#plus.length;
    const small = isSmaller ? this : other;
    const large = isSmaller ? other : this;
    for (let at = 0; at < small.#plus.length; at += 1) {
      if (large.#plus.meets(small.#plus.get(at))) return true;
    }
    return false;
  }

  /** The sources of all its packets. */
  sources(): IpSet {
    return IpSet.unionOf(
      this.#resolved()
        .toArray()
        .map((box) => box.source),
    );
  }

  /** The destinations of all its packets. */
  destinations(): IpSet {
    return IpSet.unionOf(
      this.#resolved()
        .toArray()
        .map((box) => box.destination),
    );
  }

  /** The services of all its packets. */
  services(): ServiceSet {
    return ServiceSet.unionOf(
      this.#resolved()
        .toArray()
        .map((box) => box.service),
    );
  }

  /**
   * Disjoint boxes that make up the set: the same ones, in the same order, for equal sets.
   * @throws SetLimitError beyond `MAX_PIECES`
   */
  boxes(): PacketBox[] {
    return boxesOf(this.#canonical());
  }

  /**
   * Boxes that make up the set, in no particular order; they may overlap. Cheaper than `boxes`.
   * @throws SetLimitError beyond `MAX_PIECES`
   */
  parts(): readonly PacketBox[] {
    return this.#resolved().toArray();
  }

  /**
   * Canonical text: equal for equal sets, and for nothing else.
   * @throws SetLimitError beyond `MAX_PIECES`
   */
  key(): string {
    return this.boxes()
      .map(({ source, destination, service }) => `${service.key()}|${destination.key()}|${source.key()}`)
      .join('\n');
  }

  /** The size of the representation, in intervals: what further operations work on. */
  pieces(): number {
    const boxes = [...this.#plus.toArray(), ...this.#minus.toArray()];
    return boxes.reduce((sum, box) => sum + piecesOf(box), 0);
  }

  toJSON(): PacketBox[] {
    return this.boxes();
  }

  /** Whether it is one whole box around another set: cheap to see, and common where a stage permits all. */
  #holdsAll(other: PacketSet): boolean {
    if (this.#plus.length !== 1 || this.#minus.length > 0) return false;
    const only = this.#plus.get(0);
    // Asked of each rule and of what it meets: no closure.
    for (let at = 0; at < other.#plus.length; at += 1) {
      if (!boxContains(only, other.#plus.get(at))) return false;
    }
    return true;
  }

  /** The boxes to be taken from one of the set's boxes. All of them overlap the only one of a set. */
  #goneFrom(box: PacketBox): readonly PacketBox[] {
    return this.#plus.length === 1 ? this.#minus.toArray() : this.#minus.overlapping(box);
  }

  /** The set as boxes only, which may overlap one another. */
  #resolved(): BoxList {
    if (this.#minus.length === 0) return this.#plus;
    this.#positive ??= BoxList.of(this.#withoutMinus());
    return this.#positive;
  }

  #withoutMinus(): PacketBox[] {
    const left: PacketBox[] = [];
    for (const box of this.#plus.toArray()) {
      for (const part of differenceOf(box, this.#goneFrom(box))) left.push(part);
      if (left.length > MAX_BOXES) throw tooMany();
    }
    return left;
  }

  #canonical(): Diagram {
    this.#diagram ??= diagramOfUnion(this.#resolved().toArray());
    return this.#diagram;
  }
}

/** A box has one piece on each of its three sides, at least. */
const MAX_BOXES = Math.floor(MAX_PIECES / 3);

function tooMany(): SetLimitError {
  return new SetLimitError(`a set of more than ${MAX_BOXES} boxes`);
}

/** Two lists one behind the other; no new one where one of them is empty, as it mostly is. */
function joined(a: readonly PacketBox[], b: readonly PacketBox[]): readonly PacketBox[] {
  if (a.length === 0) return b;
  return b.length === 0 ? a : [...a, ...b];
}

/** Up to so many boxes are subtracted one after the other: more would leave shreds of shreds. */
const SOME = 8;

/** What the boxes of `gone`, all of which overlap `box`, leave of it. */
function differenceOf(box: PacketBox, gone: readonly PacketBox[]): readonly PacketBox[] {
  const left = trim(box, gone);
  if (left === null) return [];
  if (left.covers.length <= SOME) return left.covers.reduce(subtractFromAll, [left.box]);
  const inside = left.covers.flatMap((each) => intersectBoxes(each, left.box) ?? []);
  return boxesOf(diagrams.subtract(diagramOf(left.box), diagramOfUnion(inside)));
}

function subtractFromAll(parts: readonly PacketBox[], gone: PacketBox): PacketBox[] {
  return parts.flatMap((part) => (boxesOverlap(part, gone) ? subtractBoxes(part, gone) : [part]));
}
