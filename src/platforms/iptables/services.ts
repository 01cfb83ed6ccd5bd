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
 * Whether the first packet of a TCP connection, which has SYN and no other flag, is matched by
 * `--tcp-flags MASK COMP`. Null when a flag has no known name.
 */
export function matchesSyn(mask: string, wanted: string): boolean | null {
  const looked = flags(mask);
  const set = flags(wanted);
  if (looked === null || set === null) return null;
  const expected = looked.has('SYN') ? ['SYN'] : [];
  return set.size === expected.length && expected.every((flag) => set.has(flag));
}

const FLAGS: readonly string[] = ['SYN', 'ACK', 'FIN', 'RST', 'URG', 'PSH'];

function flags(text: string): ReadonlySet<string> | null {
  const names = text.toUpperCase().split(',');
  if (names.includes('ALL')) return new Set(FLAGS);
  if (names.length === 1 && names[0] === 'NONE') return new Set();
  return names.every((name) => FLAGS.includes(name)) ? new Set(names) : null;
}
