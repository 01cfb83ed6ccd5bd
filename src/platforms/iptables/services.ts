import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { Family } from './dump.js';
import { icmpTypeOf, portOf, protocolOf } from './names.js';

/** TCP, UDP, DCCP, SCTP and UDP-Lite: the protocols with ports. */
export const PORT_PROTOCOLS: readonly number[] = [6, 17, 33, 132, 136];

/** No list of ports that iptables takes is longer. */
const LONGEST = 10_000;

/**
 * Reads `22`, `ssh`, `1024:65535`, `:1023`, `1024:`, and lists of them; null for anything else. A range
 * that runs backwards holds no port: the kernel asks whether a port is at least one and at most the other.
 */
export function parsePorts(text: string): PortSet | null {
  if (text.length > LONGEST) return null;
  const parts: [number, number][] = [];
  for (const part of text.split(',')) {
    const [first = '', last, more] = part.split(':');
    if (more !== undefined || part === '') return null;
    const from = first === '' && last !== undefined ? 0 : portOf(first);
    const to = last === undefined ? from : last === '' ? 65_535 : portOf(last);
    if (from === null || to === null) return null;
    if (from <= to) parts.push([from, to]);
  }
  return PortSet.of(...parts);
}

/** The services of one protocol, or of all; null when the text names none. */
export function parseProtocol(text: string): ServiceSet | null {
  const protocol = protocolOf(text);
  if (protocol === null) return null;
  return protocol === 'all' ? ServiceSet.ALL : ServiceSet.of(protocol);
}

/** Ports of each of several protocols. */
export function portServices(
  protocols: readonly number[],
  destination: PortSet,
  source: PortSet = PortSet.ALL,
): ServiceSet {
  const [only] = protocols;
  if (protocols.length === 1 && only !== undefined) return ServiceSet.of(only, destination, source);
  return ServiceSet.unionOf(protocols.map((protocol) => ServiceSet.of(protocol, destination, source)));
}

/** ICMP messages of one type. A code cannot be told apart: `exact` is false then. */
export function parseIcmp(
  text: string,
  family: Family,
): { readonly services: ServiceSet; readonly exact: boolean } | null {
  const protocol = family === 'ipv4' ? 1 : 58;
  const type = icmpTypeOf(text, family);
  if (type === null) return null;
  if (type === 'any') return { services: ServiceSet.of(protocol), exact: true };
  return { services: ServiceSet.of(protocol, PortSet.of(type.type)), exact: !type.code };
}

/**
 * Which first packets of TCP connections a match takes. Those that programs send have SYN alone; a sender may
 * set PSH or URG as well, and the connection opens all the same.
 */
export type FirstPackets = 'all' | 'ordinary' | 'crafted' | 'none';

/** The others: what `!` makes of them. */
export const OTHER_PACKETS: Readonly<Record<FirstPackets, FirstPackets>> = {
  all: 'none',
  ordinary: 'crafted',
  crafted: 'ordinary',
  none: 'all',
};

/** Flags that a first packet may have beside SYN: with ACK, RST or FIN, none opens a connection. RFC 9293, 3.10.7. */
const FREE: ReadonlySet<string> = new Set(['PSH', 'URG']);

/**
 * The first packets of TCP connections that `--tcp-flags MASK COMP` matches. Null when a flag has no known name.
 */
export function matchesSyn(mask: string, wanted: string): FirstPackets | null {
  const looked = flags(mask);
  const set = flags(wanted);
  if (looked === null || set === null) return null;
  const wantsOnlyLooked = [...set].every((flag) => looked.has(flag));
  const fitsSyn = [...looked].every((flag) => FREE.has(flag) || set.has(flag) === (flag === 'SYN'));
  if (!wantsOnlyLooked || !fitsSyn) return 'none';
  if (![...looked].some((flag) => FREE.has(flag))) return 'all';
  return [...set].some((flag) => FREE.has(flag)) ? 'crafted' : 'ordinary';
}

const FLAGS: readonly string[] = ['SYN', 'ACK', 'FIN', 'RST', 'URG', 'PSH'];

function flags(text: string): ReadonlySet<string> | null {
  const names = text.toUpperCase().split(',');
  if (names.includes('ALL')) return new Set(FLAGS);
  if (names.length === 1 && names[0] === 'NONE') return new Set();
  return names.every((name) => FLAGS.includes(name)) ? new Set(names) : null;
}
