import { flatMap } from '../../sets/flat-map.js';
import { IpSet } from '../../sets/ip-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import { type ExemptPackets, UNTRACKED } from './conntrack.js';
import type { MarkedNot, MarkedPackets } from './marks.js';
import { both, bothBefore, type PacketMatch, type Side } from './packet-match.js';

/** A match in parts, where one box of packets cannot say what it takes. */
export function parted(match: PacketMatch, exempt: readonly ExemptPackets[]): readonly PacketMatch[] {
  const parts = match.unmarked === null ? [match] : unmarkedParts(match, match.unmarked);
  return flatMap(parts, (each) => flatMap(markedParts(each), (part) => exemptParts(part, exempt)));
}

/** A match of marked packets, in one part for each rule that marks them; any other match is its only part. */
export function markedParts(match: PacketMatch): readonly PacketMatch[] {
  const { packets, beforeNat } = match.marked ?? NOBODY;
  if (packets.length === 0 || packets.length > MAX_PARTS) return [onlyMarked(match)];
  const parts = packets.map((each) => among(match, each, beforeNat));
  const some = parts.filter((part) => !isNothing(part));
  return some.length === 0 ? [{ ...match, services: ServiceSet.EMPTY }] : some;
}

const NOBODY = { packets: [], beforeNat: false };

/** The same in one part, which may take in more. */
export function onlyMarked(match: PacketMatch): PacketMatch {
  if (match.marked === null) return match;
  const { packets, beforeNat } = match.marked;
  const before = packets.filter(({ hook }) => hook === 'PREROUTING').length;
  // What packets are before NAT and what they are behind it is not asked together.
  const apart = beforeNat && before > 0 && before < packets.length;
  const all = {
    hook: before > 0 ? 'PREROUTING' : 'FORWARD',
    sources: allOf(packets, ({ sources }) => sources, IpSet.unionOf),
    destinations: apart ? null : allOf(packets, ({ destinations }) => destinations, IpSet.unionOf),
    services: apart ? null : allOf(packets, ({ services }) => services, ServiceSet.unionOf),
    inInterfaces: allOf(packets, (each) => each.inInterfaces, namesIn),
    outInterfaces: allOf(packets, (each) => each.outInterfaces, namesIn),
  } as const;
  return among(match, all, beforeNat);
}

function namesIn(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())];
}

/** What several have together; null: anything. */
function allOf<T>(
  packets: readonly MarkedPackets[],
  of: (packets: MarkedPackets) => T | null,
  union: (sets: readonly T[]) => T,
): T | null {
  const sets = packets.map(of);
  const known = sets.filter((each) => each !== null);
  return known.length < sets.length ? null : union(known);
}

function among(
  match: PacketMatch,
  { hook, sources, destinations, services, inInterfaces, outInterfaces }: Omit<MarkedPackets, 'change'>,
  beforeNat: boolean,
): PacketMatch {
  const narrowed = {
    ...match,
    source: within(match.source, sources),
    inInterfaces: both(match.inInterfaces, inInterfaces),
    outInterfaces: both(match.outInterfaces, outInterfaces),
    marked: null,
  };
  if (!beforeNat || hook !== 'PREROUTING') {
    const left = services === null ? match.services : (match.services ?? ServiceSet.ALL).intersect(services);
    return { ...narrowed, destination: within(match.destination, destinations), services: left };
  }
  const before = bothBefore(match.beforeNat, {
    ...(destinations === null ? {} : { destination: destinations }),
    ...(services === null ? {} : { service: services }),
  });
  return { ...narrowed, beforeNat: before };
}

function isNothing({ source, destination, services, inInterfaces, outInterfaces }: PacketMatch): boolean {
  const nowhere = [source, destination].some(({ addresses }) => addresses?.isEmpty());
  return nowhere || services?.isEmpty() === true || inInterfaces?.length === 0 || outInterfaces?.length === 0;
}

/** Above so many rules that mark, or parts without them, what they do not mark is not told apart. */
const MAX_UNMARKED = 16;

/** What no rule marks, which surely meets what is asked of marks, and behind it the whole match under that condition. */
function unmarkedParts(match: PacketMatch, not: MarkedNot): readonly PacketMatch[] {
  const conditions = match.conditions.filter((each) => each !== not.condition);
  let parts: readonly PacketMatch[] = [{ ...match, conditions, unmarked: null }];
  for (const packets of not.packets) {
    parts = flatMap(parts, (part) => without(part, packets, not)).filter((part) => !isNothing(part));
    if (parts.length > MAX_UNMARKED) return [match];
  }
  return [...parts, match];
}

/** What of a match is not among some packets: one part for each side that they are told by. */
function without(
  match: PacketMatch,
  { hook, sources, destinations, services, inInterfaces, outInterfaces }: MarkedPackets,
  { beforeNat, every }: MarkedNot,
): readonly PacketMatch[] {
  const others = (names: readonly string[]) => every.interfaces.filter((name) => !names.includes(name));
  const asked: Partial<Omit<MarkedPackets, 'change'>>[] = [
    ...(sources === null ? [] : [{ sources: every.addresses.subtract(sources) }]),
    ...(destinations === null ? [] : [{ destinations: every.addresses.subtract(destinations) }]),
    ...(services === null ? [] : [{ services: services.complement() }]),
    ...(inInterfaces === null ? [] : [{ inInterfaces: others(inInterfaces) }]),
    ...(outInterfaces === null ? [] : [{ outInterfaces: others(outInterfaces) }]),
  ];
  return asked.map((side) => among(match, { ...ANYWHERE, ...side, hook }, beforeNat));
}

const ANYWHERE = {
  ...{ sources: null, destinations: null, services: null },
  ...{ inInterfaces: null, outInterfaces: null },
};

/** More parts than this are not worth telling apart. */
const MAX_PARTS = 256;

/**
 * A match of packets that are exempt from connection tracking, in one part for each rule that exempts
 * some of them; any other match is its only part.
 */
function exemptParts(match: PacketMatch, exempt: readonly ExemptPackets[]): readonly PacketMatch[] {
  if (!match.exempt || exempt.length > MAX_PARTS) return [match];
  const parts = exempt.flatMap((packets): readonly PacketMatch[] => {
    const services = (match.services ?? ServiceSet.ALL).intersect(packets.services);
    const conditions = packets.sure
      ? match.conditions.filter((each) => each !== UNTRACKED)
      : match.conditions;
    const source = within(match.source, packets.sources);
    const destination = within(match.destination, packets.destinations);
    const inInterfaces = both(match.inInterfaces, packets.inInterfaces);
    const nobody = [source, destination].some(({ addresses }) => addresses?.isEmpty());
    return nobody || services.isEmpty() || inInterfaces?.length === 0
      ? []
      : [{ ...match, services, source, destination, inInterfaces, conditions }];
  });
  return parts.length === 0 ? [{ ...match, services: ServiceSet.EMPTY }] : parts;
}

function within({ addresses, lists }: Side, wanted: IpSet | null): Side {
  if (addresses === null || wanted === null) return { addresses: addresses ?? wanted, lists };
  return { addresses: addresses.intersect(wanted), lists };
}
