import fc from 'fast-check';
import { IpSet } from '../../src/sets/index.js';

/** Who comes, at random, for doors of every platform: somebody else's public addresses, or everybody. */

/** One line of a list of addresses: a host, a network, or a range that is no network. */
export interface Piece {
  readonly first: string;
  readonly last: string;
  /** Length of the prefix; null: the range is no network. */
  readonly bits: number | null;
}

export interface Whom {
  /** Empty: everybody. */
  readonly pieces: readonly Piece[];
  /** As a door names them: minimal CIDRs, or `anyone`. */
  readonly sources: readonly string[];
}

export const octet: fc.Arbitrary<number> = fc.integer({ min: 2, max: 254 });

const NET = '203.0.113';

const single: fc.Arbitrary<Piece> = octet.map((last) => ({
  first: `${NET}.${last}`,
  last: `${NET}.${last}`,
  bits: 32,
}));

const network: fc.Arbitrary<Piece> = fc
  .tuple(fc.integer({ min: 26, max: 31 }), octet)
  .map(([bits, within]) => {
    const size = 2 ** (32 - bits);
    const first = within - (within % size);
    return { first: `${NET}.${first}`, last: `${NET}.${first + size - 1}`, bits };
  });

/** Never a network: it begins at an odd address and holds more than one. */
const range: fc.Arbitrary<Piece> = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 100 }))
  .map(([from, more]) => {
    const first = 2 * from + 1;
    return { first: `${NET}.${first}`, last: `${NET}.${first + more}`, bits: null };
  });

function whom(pieces: readonly Piece[]): Whom {
  const set = IpSet.unionOf(pieces.map(({ first, last }) => IpSet.range(first, last)));
  return { pieces, sources: set.toCidrs() };
}

/** Somebody else: one address, a network, a range, or some of these. */
const stranger: fc.Arbitrary<Whom> = fc
  .array(fc.oneof({ weight: 3, arbitrary: single }, network, range), { minLength: 1, maxLength: 3 })
  .map(whom);

export const anyone: Whom = { pieces: [], sources: ['anyone'] };

/** The same in IPv6. */
export const strangerOfSix: fc.Arbitrary<Whom> = fc.integer({ min: 1, max: 0xffff }).map((last) => {
  const address = `2001:db8:9::${last.toString(16)}`;
  return whom([{ first: address, last: address, bits: 128 }]);
});

export const strangerOrAnyone: fc.Arbitrary<Whom> = fc.oneof(
  { weight: 3, arbitrary: stranger },
  { weight: 1, arbitrary: fc.constant(anyone) },
);

export function isAnyone(who: Whom): boolean {
  return who.pieces.length === 0;
}

/** The check that finds a door to the administration of the appliance. */
export function toSelf(who: Whom): string {
  return isAnyone(who) ? 'FWA-ADM-001' : 'FWA-ADM-002';
}

/** The check that finds a door to the administration of a host. */
export function toHost(who: Whom): string {
  return isAnyone(who) ? 'FWA-NAT-001' : 'FWA-ADM-017';
}

/** A piece as `a/n`, or as `a-b` where it is no network. */
export function pieceText({ first, last, bits }: Piece): string {
  return bits === null ? `${first}-${last}` : `${first}/${bits}`;
}

/** A service that administers a host, by its usual port over TCP. */
export interface HostService {
  readonly id: string;
  readonly port: number;
}

export const hostService: fc.Arbitrary<HostService> = fc.constantFrom(
  { id: 'ssh', port: 22 },
  { id: 'telnet', port: 23 },
  { id: 'rdp', port: 3389 },
  { id: 'vnc', port: 5900 },
  { id: 'redis', port: 6379 },
  { id: 'mysql', port: 3306 },
  { id: 'webmin', port: 10_000 },
);

/** Ports that nobody administers anything by. */
export const idlePort: fc.Arbitrary<number> = fc.integer({ min: 40_000, max: 46_000 });
