import { type IpSet, parseIpSet } from '../sets/ip-set.js';
import { PortSet } from '../sets/port-set.js';
import { ServiceSet } from '../sets/service-set.js';

/** One packet that opens a connection. */
export interface Packet {
  readonly source: IpSet;
  readonly destination: IpSet;
  readonly service: ServiceSet;
  /** As it was asked for, for people. */
  readonly text: string;
}

/** Where it is going to: `198.51.100.1:443/tcp`, `[2001:db8::1]:22/tcp`, `198.51.100.1/icmp`. */
const DESTINATION = /^(?:\[([0-9a-fA-F:.]+)\]|([^:/]+|[0-9a-fA-F:.]+?))(?::(\d{1,5}))?(?:\/([a-z0-9-]+))?$/;

/**
 * Reads a packet from two texts.
 *
 * @param from one address, with an optional source port: `203.0.113.7`, `203.0.113.7:40000`
 * @param to address, port and protocol; TCP when no protocol is named
 * @returns the packet, or what is wrong with the texts
 */
export function parsePacket(from: string, to: string): Packet | string {
  const source = single(from);
  if (source === null) return `--from ${from} is not one address`;
  const parts = DESTINATION.exec(to);
  const destination = parts === null ? null : single(parts[1] ?? parts[2] ?? '');
  if (parts === null || destination === null) {
    return `--to ${to} is not an address with a port, like 198.51.100.1:443/tcp`;
  }
  const service = serviceOf(parts[4] ?? 'tcp', parts[3]);
  if (service === null) return `--to ${to} names no protocol and port that exist`;
  if (sameFamily(source, destination)) return { source, destination, service, text: `${from} to ${to}` };
  return `--from ${from} and --to ${to} are not of one address family`;
}

function single(text: string): IpSet | null {
  const set = parseIpSet(text);
  if (set === null || /[/-]/.test(text)) return null;
  return set;
}

function sameFamily(a: IpSet, b: IpSet): boolean {
  return a.ipv4().isEmpty() === b.ipv4().isEmpty();
}

/** A destination port from some high source port, as clients do. */
function serviceOf(protocol: string, port: string | undefined): ServiceSet | null {
  try {
    const bare = ServiceSet.parse(port === undefined ? protocol : `${protocol}/${port}`);
    const [number] = bare.protocols();
    if (number !== 6 && number !== 17) return bare;
    return port === undefined ? null : bare.intersect(ServiceSet.of(number, PortSet.ALL, PortSet.of(40000)));
  } catch {
    return null;
  }
}
