import { IpSet } from '../../../src/sets/ip-set.js';
import { PortSet } from '../../../src/sets/port-set.js';
import { ServiceSet } from '../../../src/sets/service-set.js';

/** What one rule of a generated policy matches. */
export interface GeneratedRule {
  readonly source: IpSet;
  readonly destination: IpSet;
  readonly service: ServiceSet;
  readonly permit: boolean;
}

/** Numbers from 0 to `limit` - 1, the same sequence for the same seed (mulberry32). */
type Random = (limit: number) => number;

function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

const WELL_KNOWN = [
  20, 21, 22, 23, 25, 53, 80, 88, 110, 123, 135, 139, 143, 161, 389, 443, 445, 465, 514, 587,
];

/**
 * A policy as nasty as real ones: sides are groups of one to six hosts, networks and ranges out of a
 * pool that grows with the policy; a tenth of the addresses is IPv6; one rule in three names the
 * sides of an earlier rule again, or wider ones; one in twenty has an Any side; one
 * service in five is a range of ports, each with ends of its own.
 */
export function generatePolicy(rules: number, seed = 1): readonly GeneratedRule[] {
  const random = seeded(seed);
  const pool = Array.from({ length: Math.max(50, rules >> 1) }, () => address(random));
  const ports = Array.from({ length: 300 }, () => port(random));
  const made: GeneratedRule[] = [];
  for (let i = 0; i < rules; i += 1) {
    const earlier = i > 0 && random(100) < 34 ? made[random(i)] : undefined;
    made.push(
      earlier === undefined ? freshRule(random, pool, ports) : neighbour(earlier, random, pool, ports),
    );
  }
  return made;
}

function freshRule(random: Random, pool: readonly IpSet[], ports: readonly number[]): GeneratedRule {
  const any = random(100) < 5 ? random(3) : -1;
  return {
    source: any === 0 ? IpSet.ALL : group(random, pool),
    destination: any === 1 ? IpSet.ALL : group(random, pool),
    service: any === 2 ? ServiceSet.ALL : service(random, ports),
    permit: random(10) < 7,
  };
}

/** Overlaps `earlier`: shares its sides, or widens them. Any sides are not handed on. */
function neighbour(
  earlier: GeneratedRule,
  random: Random,
  pool: readonly IpSet[],
  ports: readonly number[],
): GeneratedRule {
  const fresh = freshRule(random, pool, ports);
  return {
    source: shared(earlier.source, fresh.source, IpSet.ALL, random),
    destination: shared(earlier.destination, fresh.destination, IpSet.ALL, random),
    service:
      earlier.service === ServiceSet.ALL
        ? fresh.service
        : random(2) === 0
          ? earlier.service
          : earlier.service.union(fresh.service),
    permit: fresh.permit,
  };
}

function shared(earlier: IpSet, fresh: IpSet, any: IpSet, random: Random): IpSet {
  if (earlier === any || fresh === any) return fresh;
  return random(2) === 0 ? earlier : earlier.union(fresh);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random(from.length)] as T;
}

function group(random: Random, pool: readonly IpSet[]): IpSet {
  return IpSet.unionOf(Array.from({ length: 1 + random(6) }, () => pick(random, pool)));
}

/** Hosts (60 %), networks (30 %) and ranges in 10.0.0.0/8, 172.16.0.0/12 and 2001:db8::/32. */
function address(random: Random): IpSet {
  if (random(10) === 0) {
    const network = `2001:db8:${random(64).toString(16)}:${random(256).toString(16)}::`;
    return IpSet.of(random(2) === 0 ? `${network}/64` : `${network}${(1 + random(65_000)).toString(16)}`);
  }
  const head = random(4) === 0 ? `172.${16 + random(16)}.${random(256)}` : `10.${random(256)}.${random(256)}`;
  const kind = random(10);
  if (kind < 6) return IpSet.of(`${head}.${random(256)}`);
  if (kind < 9) return IpSet.of(`${head}.0/${18 + random(11)}`);
  const first = random(200);
  return IpSet.range(`${head}.${first}`, `${head}.${first + 1 + random(50)}`);
}

function port(random: Random): number {
  return random(2) === 0 ? pick(random, WELL_KNOWN) : 1024 + random(64_000);
}

function service(random: Random, ports: readonly number[]): ServiceSet {
  const protocol = random(10) < 7 ? 6 : 17;
  const kind = random(100);
  if (kind < 1) return ServiceSet.of(protocol, PortSet.of([1024, 65_535]));
  if (kind < 20) {
    const width = 2 ** (1 + random(11));
    const first = random(65_536 - width);
    return ServiceSet.of(protocol, PortSet.of([first, first + width - 1]));
  }
  if (kind < 24) return ServiceSet.of(1);
  return ServiceSet.of(
    protocol,
    PortSet.of(...Array.from({ length: 1 + random(4) }, () => pick(random, ports))),
  );
}
