import { ServiceSet } from '../sets/service-set.js';
import { sameInAll } from './by-ports.js';

/** A service by which a host is administered. */
export interface HostService {
  /** Canonical id. */
  readonly id: string;
  readonly services: ServiceSet;
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
  const found = foundIn(services, wanted);
  if (found.length < MANY_SERVICES) return found.flatMap(inLists);
  // Few of them may be of one protocol, though many are of another.
  return sameInAll(services.intersect(WITH_PORTS)).flatMap((part): readonly HostService[] => {
    const some = foundIn(part, wanted);
    return some.length < MANY_SERVICES ? some.flatMap(inLists) : [{ id: ANY_SERVICE_ID, services: part }];
  });
}

function foundIn(services: ServiceSet, wanted: readonly HostService[]): readonly HostService[] {
  return wanted.flatMap((each) => {
    const shared = services.intersect(each.services);
    return shared.isEmpty() ? [] : [{ id: each.id, services: shared }];
  });
}

/** A service in parts that can be written as one list of ports. */
function inLists({ id, services }: HostService): readonly HostService[] {
  return sameInAll(services).map((part) => ({ id, services: part }));
}

const WITH_PORTS = ServiceSet.parse('tcp').union(ServiceSet.parse('udp'));

/** Whether these are all services that ports tell apart. */
export function isEverything(services: ServiceSet): boolean {
  return services.contains(WITH_PORTS);
}
