import { END_PORT } from './port-set.js';

/** How many protocol numbers there are. */
export const PROTOCOLS = 256;
const TYPES = 256;

/** Names from IANA's protocol numbers, for the protocols that firewalls write rules about. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [4, 'ipip'],
  [6, 'tcp'],
  [8, 'egp'],
  [9, 'igp'],
  [17, 'udp'],
  [33, 'dccp'],
  [41, 'ipv6'],
  [46, 'rsvp'],
  [47, 'gre'],
  [50, 'esp'],
  [51, 'ah'],
  [58, 'icmpv6'],
  [88, 'eigrp'],
  [89, 'ospf'],
  [97, 'etherip'],
  [103, 'pim'],
  [108, 'ipcomp'],
  [112, 'vrrp'],
  [115, 'l2tp'],
  [132, 'sctp'],
  [136, 'udplite'],
]);

const NUMBERS: ReadonlyMap<string, number> = new Map([...NAMES].map(([number, name]) => [name, number]));

export const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);
const WITH_TYPES: ReadonlySet<number> = new Set([1, 58]);

/** `tcp`, `udp`, `icmp`, `icmpv6`, `gre`, `esp` …, else the number. */
export function protocolName(protocol: number): string {
  return NAMES.get(protocol) ?? `${protocol}`;
}

/** The number of a protocol that is written as a name or as a number; null for anything else. */
export function protocolNumber(text: string): number | null {
  const number = NUMBERS.get(text);
  if (number !== undefined) return number;
  return /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) < PROTOCOLS ? Number(text) : null;
}

/** TCP, UDP, DCCP, SCTP and UDP-Lite. */
export function hasPorts(protocol: number): boolean {
  return WITH_PORTS.has(protocol);
}

/** ICMP and ICMPv6: their message type takes the place of the destination port. */
export function hasTypes(protocol: number): boolean {
  return WITH_TYPES.has(protocol);
}

/**
 * Services on one line: the protocols behind one another, each as wide as it has destination ports,
 * message types, or one point where it has neither.
 */
const STARTS: readonly number[] = layOut();

function layOut(): number[] {
  const starts = [0];
  for (let protocol = 0; protocol < PROTOCOLS; protocol += 1) {
    const width = hasPorts(protocol) ? END_PORT : hasTypes(protocol) ? TYPES : 1;
    starts.push((starts[protocol] as number) + width);
  }
  return starts;
}

/** Where a protocol starts on the line of services; `PROTOCOLS` gives the line's end. */
export function startOf(protocol: number): number {
  return STARTS[protocol] as number;
}

/** The protocol that a point of the line of services belongs to. */
export function protocolAt(point: number): number {
  let low = 0;
  let high = PROTOCOLS;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (startOf(middle) <= point) low = middle;
    else high = middle;
  }
  return low;
}
