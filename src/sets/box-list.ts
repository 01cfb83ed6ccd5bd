import { BoxIndex } from './box-index.js';
import type { PacketBox } from './packet-box.js';
import { boxesOverlap, piecesOf } from './packet-box.js';

/** Lists up to this length are searched one by one. */
const SHORT = 16;

/** What the versions of one growing list share. */
interface Store {
  readonly boxes: PacketBox[];
  /** Made when the first search needs it: most lists stay short. */
  index: BoxIndex | null;
}

/**
 * A list of boxes that finds those that overlap another box without looking at all of them. It is
 * immutable to its users: a longer list shares the storage of the one it grew from, and each sees
 * its own length.
 */
export class BoxList {
  static readonly EMPTY: BoxList = new BoxList({ boxes: [], index: null }, 0, 0);

  readonly length: number;
  /** Intervals of all sides of all boxes. */
  readonly pieces: number;
  readonly #store: Store;

  private constructor(store: Store, length: number, pieces: number) {
    this.#store = store;
    this.length = length;
    this.pieces = pieces;
  }

  static of(boxes: readonly PacketBox[]): BoxList {
    return BoxList.EMPTY.append(boxes);
  }

  append(boxes: readonly PacketBox[]): BoxList {
    if (boxes.length === 0) return this;
    const newest = this.length > 0 && this.#store.boxes.length === this.length;
    const store = newest ? this.#store : { boxes: this.toArray(), index: null };
    let pieces = this.pieces;
    for (const box of boxes) {
      store.boxes.push(box);
      pieces += piecesOf(box);
    }
    return new BoxList(store, store.boxes.length, pieces);
  }

  toArray(): PacketBox[] {
    return this.#store.boxes.slice(0, this.length);
  }

  some(holds: (box: PacketBox) => boolean): boolean {
    for (let at = 0; at < this.length; at += 1) if (holds(this.#store.boxes[at] as PacketBox)) return true;
    return false;
  }

  /** Whether any of the boxes shares a packet with `box`. */
  meets(box: PacketBox): boolean {
    if (this.length > SHORT) return this.overlapping(box).length > 0;
    return this.some((each) => boxesOverlap(each, box));
  }

  /** The boxes that share a packet with `box`, in the order of the list. */
  overlapping(box: PacketBox): PacketBox[] {
    if (this.length <= SHORT) return this.toArray().filter((each) => boxesOverlap(each, box));
    const { boxes } = this.#store;
    this.#store.index ??= new BoxIndex();
    const { index } = this.#store;
    while (index.size < this.length) index.add(boxes[index.size] as PacketBox);
    return index
      .candidates(box)
      .filter((id) => id < this.length && boxesOverlap(boxes[id] as PacketBox, box))
      .sort((a, b) => a - b)
      .map((id) => boxes[id] as PacketBox);
  }
}
