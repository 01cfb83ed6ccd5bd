import type { Cuts, Point } from '../../../src/sets/cuts.js';
import { countUpTo } from '../../../src/sets/cuts.js';
import type { IpSet } from '../../../src/sets/ip-set.js';
import { END_V4, END_V6 } from '../../../src/sets/ip-text.js';
import { END_PORT } from '../../../src/sets/port-set.js';
import type { ServiceSet } from '../../../src/sets/service-set.js';
import type { GeneratedRule } from './generated-policy.js';

/** The bits of a packet in the order in which they are tested. */
const SERVICE = 0;
const SOURCE_PORT = 19;
const DESTINATION = 35;
const SOURCE = 164;
const TERMINAL = 293;

const NOTHING = 0;
const EVERYTHING = 1;
type Operation = 'and' | 'or' | 'minus';

/**
 * Packet sets as a reduced ordered binary decision diagram in typed arrays: nodes are shared by a hash
 * table, results of operations by a cache. Nodes are never freed.
 */
export class DecisionDiagram {
  readonly #limit: number;
  readonly #bit: Int16Array;
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #table: Int32Array;
  readonly #cache = new Map<Operation, Int32Array>();
  #size = 2;

  /** @param limit nodes; a power of two */
  constructor(limit: number) {
    this.#limit = limit;
    this.#bit = new Int16Array(limit).fill(TERMINAL);
    this.#low = new Int32Array(limit);
    this.#high = new Int32Array(limit);
    this.#table = new Int32Array(2 * limit);
    for (const operation of ['and', 'or', 'minus'] as const)
      this.#cache.set(operation, new Int32Array(3 << 20));
  }

  get size(): number {
    return this.#size;
  }

  ofRule({ source, destination, service }: GeneratedRule): number {
    return this.#ofServices(
      service,
      this.#ofAddresses(DESTINATION, destination, this.#ofAddresses(SOURCE, source, EVERYTHING)),
    );
  }

  apply(operation: Operation, a: number, b: number): number {
    const simple = shortcut(operation, a, b);
    if (simple >= 0) return simple;
    const cache = this.#cache.get(operation) as Int32Array;
    const slot = 3 * (hash(a, b, 7) & ((1 << 20) - 1));
    if (cache[slot] === a && cache[slot + 1] === b) return cache[slot + 2] as number;
    const [p, q] = [this.#bit[a] as number, this.#bit[b] as number];
    const low = this.apply(
      operation,
      p <= q ? (this.#low[a] as number) : a,
      q <= p ? (this.#low[b] as number) : b,
    );
    const high = this.apply(
      operation,
      p <= q ? (this.#high[a] as number) : a,
      q <= p ? (this.#high[b] as number) : b,
    );
    const result = this.#node(Math.min(p, q), low, high);
    cache[slot] = a;
    cache[slot + 1] = b;
    cache[slot + 2] = result;
    return result;
  }

  #node(bit: number, low: number, high: number): number {
    if (low === high) return low;
    const mask = this.#table.length - 1;
    let slot = hash(low, high, bit) & mask;
    for (let at = this.#table[slot] as number; at !== 0; at = this.#table[slot] as number) {
      if (this.#bit[at] === bit && this.#low[at] === low && this.#high[at] === high) return at;
      slot = (slot + 1) & mask;
    }
    if (this.#size >= this.#limit) throw new RangeError(`more than ${this.#limit} nodes`);
    this.#bit[this.#size] = bit;
    this.#low[this.#size] = low;
    this.#high[this.#size] = high;
    this.#table[slot] = this.#size;
    this.#size += 1;
    return this.#size - 1;
  }

  #ofAddresses(bit: number, addresses: IpSet, inside: number): number {
    const v4 = this.#ofCuts(addresses.cuts4, bit + 1, 0, END_V4, inside);
    const v6 = this.#ofCuts(addresses.cuts6, bit + 1, 0n, END_V6, inside);
    return this.#node(bit, v4, v6);
  }

  #ofServices(service: ServiceSet, inside: number): number {
    return service
      .runs()
      .map(({ start, end, sources }) =>
        this.#ofCuts(
          [start, end],
          SERVICE,
          0,
          2 ** 19,
          this.#ofCuts(sources, SOURCE_PORT, 0, END_PORT, inside),
        ),
      )
      .reduce((a, b) => this.apply('or', a, b), NOTHING);
  }

  #ofCuts<T extends Point>(cuts: Cuts<T>, bit: number, start: T, end: T, inside: number): number {
    const below = countUpTo(cuts, start);
    const next = cuts[below];
    if (next === undefined || next >= end) return (below & 1) === 1 ? inside : NOTHING;
    const middle = (
      typeof start === 'bigint' ? (start + (end as bigint)) / 2n : ((start as number) + (end as number)) / 2
    ) as T;
    return this.#node(
      bit,
      this.#ofCuts(cuts, bit + 1, start, middle, inside),
      this.#ofCuts(cuts, bit + 1, middle, end, inside),
    );
  }
}

function shortcut(operation: Operation, a: number, b: number): number {
  if (operation === 'and') {
    if (a === NOTHING || b === NOTHING) return NOTHING;
    if (a === EVERYTHING || a === b) return b;
    return b === EVERYTHING ? a : -1;
  }
  if (operation === 'or') {
    if (a === EVERYTHING || b === EVERYTHING) return EVERYTHING;
    if (a === NOTHING || a === b) return b;
    return b === NOTHING ? a : -1;
  }
  if (a === NOTHING || b === EVERYTHING || a === b) return NOTHING;
  return b === NOTHING ? a : -1;
}

function hash(a: number, b: number, c: number): number {
  let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0x2c1b3c6d) >>> 1;
}
