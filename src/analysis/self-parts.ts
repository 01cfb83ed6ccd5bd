import type { Target } from '../model/exposure.js';
import { LOOPBACK } from '../parties/special-networks.js';
import { IpSet } from '../sets/ip-set.js';
import type { Ground } from './ground.js';
import type { Passage } from './passage.js';

/** The appliance itself, where its format holds none of its addresses. */
const ITSELF: Target = {
  kind: 'self',
  addresses: IpSet.EMPTY,
  dynamic: 'address not in the file',
  interfaces: [],
};

/** What of a passage may be for the appliance itself, at one of its addresses. */
export interface SelfPart {
  readonly target: Target;
  readonly passage: Passage;
  /** Why it may not be. */
  readonly doubts: readonly string[];
}

const NOT_KNOWN = 'the file does not say whether this is an address of the appliance itself';
const ROUTED = 'a loopback address is reached from outside only where the system is told so (route_localnet)';

/**
 * Packets to the appliance itself by the addresses that they go on to. Any address that somebody sends to may be its
 * own; one that NAT sends to is mostly that of a host behind it, and stands by itself, unless the file shows better.
 */
export function selfParts({ config }: Ground, passage: Passage): readonly SelfPart[] {
  const { nat, destinations, toSelf } = passage;
  const anywhere = [IpSet.IPV4, IpSet.IPV6].some((family) => destinations.contains(family));
  if (nat === null || toSelf || nat.translatedDestination === null || anywhere) {
    return [{ target: ITSELF, passage, doubts: [] }];
  }
  const loopback = destinations.intersect(LOOPBACK);
  const own = destinations.intersect(config.silence?.own ?? IpSet.EMPTY).subtract(loopback);
  const others = destinations.subtract(own).subtract(loopback);
  const apart: Target = { kind: 'self', addresses: others, dynamic: null, interfaces: [] };
  const parts = [
    { target: ITSELF, passage: { ...passage, destinations: own }, doubts: [] },
    { target: ITSELF, passage: { ...passage, destinations: loopback }, doubts: [ROUTED] },
    { target: apart, passage: { ...passage, destinations: others }, doubts: [NOT_KNOWN] },
  ];
  return parts.filter((part) => !part.passage.destinations.isEmpty());
}
