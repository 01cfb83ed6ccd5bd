import { BoxIndex } from './box-index.js';
import type { PacketBox } from './packet-box.js';
import { boxesOverlap } from './packet-box.js';

/** Lists up to this length are searched one by one. */
const SHORT = 16;

/** So many searches of a whole list, one by one, cost what its index would. */
const PATIENCE = 12;

const NONE: readonly never[] = [];

/** What the versions of one growing list share. */
interface Store<B> {
  readonly boxes: B[];
  /** Made when searches have cost as much: most lists stay short, or are asked a few times. */
  index: BoxIndex | null;
  /** How many boxes searches have looked at, one by one. */
  looked: number;
}

/**
 * A list of boxes that finds those that overlap another box without looking at all of them. It is
 * immutable to its users: a longer list shares the storage of the one it grew from, and each sees
 * its own length.
 */
export class BoxList<B extends PacketBox = PacketBox> {
  static readonly EMPTY: BoxList = new BoxList({ boxes: [], index: null, looked: 0 }, 0);

  readonly length: number;
  readonly #store: Store<B>;

  private constructor(store: Store<B>, length: number) {
    this.#store = store;
    this.length = length;
  }

  /** @param boxes belong to the list from now on: the caller must not change them */
  static of<B extends PacketBox>(boxes: B[]): BoxList<B> {
    return new BoxList<B>({ boxes, index: null, looked: 0 }, boxes.length);
  }

  append(boxes: readonly B[]): BoxList<B> {
    if (boxes.length === 0) return this;
    const newest = this.length > 0 && this.#store.boxes.length === this.length;
    const store = newest ? this.#store : { boxes: this.toArray(), index: null, looked: 0 };
    for (const box of boxes) store.boxes.push(box);
    return new BoxList(store, store.boxes.length);
  }

  toArray(): B[] {
    return this.#store.boxes.slice(0, this.length);
  }

  /** The box at a place from 0 to `length - 1`. */
  get(at: number): B {
    return this.#store.boxes[at] as B;
  }

  /** Whether any of the boxes shares a packet with `box`. */
  meets(box: PacketBox): boolean {
    if (!this.#isSearchedOneByOne()) return this.overlapping(box).length > 0;
    for (let at = 0; at < this.length; at += 1) {
      if (boxesOverlap(this.#store.boxes[at] as B, box)) return true;
    }
    return false;
  }

  /** The boxes that share a packet with `box`, in the order of the list. */
  overlapping(box: PacketBox): readonly B[] {
    const { boxes } = this.#store;
    if (this.#isSearchedOneByOne()) {
      let found: B[] | null = null;
      for (let at = 0; at < this.length; at += 1) {
        const each = boxes[at] as B;
        if (!boxesOverlap(each, box)) continue;
        if (found === null) found = [each];
        else found.push(each);
      }
      return found ?? NONE;
    }
    this.#store.index ??= new BoxIndex();
    const { index } = this.#store;
    while (index.size < this.length) index.add(boxes[index.size] as PacketBox);
    const ids = index.candidates(box);
    let met = 0;
    for (let at = 0; at < ids.length; at += 1) {
      const id = ids[at] as number;
      if (id < this.length && boxesOverlap(boxes[id] as PacketBox, box)) ids[met++] = id;
    }
    // A typed array sorts numbers without asking for each two of them.
    const inOrder = new Int32Array(met < ids.length ? ids.slice(0, met) : ids).sort();
    const found: B[] = [];
    for (let at = 0; at < met; at += 1) found.push(boxes[inOrder[at] as number] as B);
    return found;
  }

  #isSearchedOneByOne(): boolean {
    if (this.length <= SHORT) return true;
    const store = this.#store;
    if (store.index !== null || store.looked > PATIENCE * this.length) return false;
    store.looked += this.length;
    return true;
  }
}
