import type { FirewallConfig, NamedService } from '../model/firewall-config.js';
import { flatMap } from '../sets/flat-map.js';
import { PortSet } from '../sets/port-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { sameInAll } from './by-ports.js';

/** A service by which a host is administered. */
export interface HostService {
  /** Canonical id. */
  readonly id: string;
  readonly services: ServiceSet;
  /** Told only where somebody opened it: not in a wide range of UDP, which is for media. */
  readonly notInMedia?: true;
  /** Where alone it is, and why it may be another service; absent: its ports are its own, everywhere. */
  readonly only?: Pick<NamedService, 'self' | 'hosts' | 'doubt'>;
}

/** The services that are looked for on a device: those that are wanted, and where its rules name them besides. */
export function wantedOn(
  { silence }: FirewallConfig,
  wanted: readonly HostService[],
): readonly HostService[] {
  if (silence?.named === undefined) return wanted;
  const usual = allOf(wanted);
  const named = silence.named.flatMap(({ id, services, ...only }): readonly HostService[] => {
    const left = services.subtract(usual);
    return left.isEmpty() || !wanted.some((each) => each.id === id) ? [] : [{ id, services: left, only }];
  });
  return named.length === 0 ? wanted : [...wanted, ...named];
}

const together = new WeakMap<readonly HostService[], ServiceSet>();

/** Everything in one list of services: the list is mostly the same one. */
export function allOf(list: readonly HostService[]): ServiceSet {
  const known = together.get(list) ?? ServiceSet.unionOf(list.map(({ services }) => services));
  together.set(list, known);
  return known;
}

/** What an open door to most services of a host is called; nobody lists them one by one. */
export const ANY_SERVICE_ID = 'any-service';

/** From this many kinds of administration on, a door is one to any service. */
const MANY_SERVICES = 12;

/** Which of the wanted services a part holds; what lets in nearly all of them is one door, not sixty. */
export function servicesIn(services: ServiceSet, wanted: readonly HostService[]): readonly HostService[] {
  let known = servicesFound.get(wanted);
  if (known === undefined) {
    known = new Map();
    servicesFound.set(wanted, known);
  }
  const key = services.key();
  let found = known.get(key);
  if (found === undefined) {
    found = findServices(services, wanted);
    known.set(key, found);
  }
  return found;
}

/** What was found in sets of services before: many hosts are reached for the same ones. */
const servicesFound = new WeakMap<readonly HostService[], Map<string, readonly HostService[]>>();

function findServices(services: ServiceSet, wanted: readonly HostService[]): readonly HostService[] {
  // Most hosts of a large network are reached for none of them.
  if (!services.overlaps(allOf(wanted))) return [];
  if (foundIn(services, wanted).length < MANY_SERVICES) return namedIn(services, wanted);
  // Few of them may be of one protocol, though many are of another.
  return sameInAll(services.intersect(WITH_PORTS)).flatMap((part): readonly HostService[] => {
    const many = foundIn(part, wanted).length >= MANY_SERVICES;
    return many ? [{ id: ANY_SERVICE_ID, services: part }] : namedIn(part, wanted);
  });
}

function namedIn(services: ServiceSet, wanted: readonly HostService[]): readonly HostService[] {
  const narrow = withoutMedia(services);
  const found = flatMap(wanted, (each) => foundIn(each.notInMedia === true ? narrow : services, [each]));
  return flatMap(found, inLists);
}

const UDP = 17;

/** UDP ranges from this port on, and at least so wide, are for media: telephones, conferences, games. */
const MEDIA = { from: 1024, ports: 1000 };

/** Ports of UDP that a range for media may hold. */
export const HIGH = ServiceSet.of(UDP, PortSet.of([MEDIA.from, 65_535]));

/**
 * The wide ranges of UDP in a set: `udp/10000-20000`, as every telephone exchange has it (RTP, RFC 3550; the default of
 * Asterisk), is no door to the DNP3 or memcached of a host, though their ports are in it.
 */
export function mediaIn(services: ServiceSet): ServiceSet {
  const { cuts } = services.destinationPorts(UDP);
  const media: (readonly [number, number])[] = [];
  for (let at = 0; at < cuts.length; at += 2) {
    const [start, end] = [cuts[at] as number, cuts[at + 1] as number];
    if (start >= MEDIA.from && end - start >= MEDIA.ports) media.push([start, end - 1]);
  }
  return media.length === 0 ? ServiceSet.EMPTY : ServiceSet.of(UDP, PortSet.of(...media));
}

function withoutMedia(services: ServiceSet): ServiceSet {
  const media = mediaIn(services);
  return media.isEmpty() ? services : services.subtract(media);
}

function foundIn(services: ServiceSet, wanted: readonly HostService[]): readonly HostService[] {
  return flatMap(wanted, (each) => {
    const shared = services.intersect(each.services);
    const { id, only } = each;
    if (shared.isEmpty()) return [];
    return [only === undefined ? { id, services: shared } : { id, services: shared, only }];
  });
}

/** A service in parts that can be written as one list of ports. */
function inLists({ services, ...rest }: HostService): readonly HostService[] {
  return sameInAll(services).map((part) => ({ ...rest, services: part }));
}

const WITH_PORTS = ServiceSet.parse('tcp').union(ServiceSet.parse('udp'));

/** Whether these are all services that ports tell apart. */
export function isEverything(services: ServiceSet): boolean {
  return services.contains(WITH_PORTS);
}
