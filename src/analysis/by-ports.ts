import { IpSet } from '../sets/ip-set.js';
import { PortSet } from '../sets/port-set.js';
import { WITH_PORTS } from '../sets/protocols.js';
import { ServiceSet } from '../sets/service-set.js';
import { type Admission, disjoint } from './first-match.js';

/**
 * Who gets in by which ports: no two parts share a port, and ports that the same sources reach are one part,
 * as long as they can be written as one list: `tcp/139` and `udp/137` can't. Whoever may choose among source ports gets in by the best of them, so these are not told apart.
 */
export function byPorts(admissions: readonly Admission[]): readonly Admission[] {
  const together = new Map<string, { readonly services: Admission['services']; readonly sources: IpSet[] }>();
  for (const { services, sources } of admissions) {
    const wide = services.fromAnyPort();
    const key = wide.key();
    const before = together.get(key);
    if (before === undefined) together.set(key, { services: wide, sources: [sources] });
    else before.sources.push(sources);
  }
  const parts = [...together.values()].map(({ services, sources }) => ({
    services,
    sources: IpSet.unionOf(sources),
  }));
  return disjoint(parts)
    .flatMap(({ services, sources }) => sameInAll(services).map((each) => ({ services: each, sources })))
    .sort((a, b) => startOf(a) - startOf(b));
}

/** Services in parts whose protocols all have the same ports. */
export function sameInAll(services: ServiceSet): readonly ServiceSet[] {
  const protocols = services.protocols();
  if (protocols.length === 1) return [services];
  const alike = new Map<string, number[]>();
  for (const protocol of protocols) {
    const key = services.destinationPorts(protocol).key();
    alike.set(key, [...(alike.get(key) ?? []), protocol]);
  }
  if (alike.size === 1) return [services];
  return [...alike.values()].map((each) =>
    services.intersect(ServiceSet.unionOf(each.map((protocol) => ServiceSet.of(protocol)))),
  );
}

function startOf({ services }: Admission): number {
  return services.reach()[0] ?? 0;
}

/** Source ports that nobody has by chance. RFC 6335, section 6. */
const BY_CHANCE = PortSet.of([49_152, 65_535]);

const FROM_BY_CHANCE = ServiceSet.unionOf(
  [...WITH_PORTS].map((protocol) => ServiceSet.of(protocol, PortSet.ALL, BY_CHANCE)),
);

/** Of services from some source ports, those that every program reaches: the very same set where none asks for some. */
export function fromEveryProgram(services: ServiceSet): ServiceSet {
  const wide = services.fromAnyPort();
  if (wide === services) return services;
  return wide.subtract(wide.intersect(FROM_BY_CHANCE).subtract(services).fromAnyPort());
}

/** How a condition on source ports begins. */
export const FROM_SOURCE_PORT = 'from source port';

/** The source ports that services ask for, where not every program has them by itself. */
export function sourcePortsAsked(services: ServiceSet): readonly string[] {
  if (services.isEmpty() || services.fromAnyPort() === services) return [];
  const ports = PortSet.unionOf(services.protocols().map((protocol) => services.sourcePorts(protocol)));
  return ports.isEmpty() || ports.contains(BY_CHANCE)
    ? []
    : [`${FROM_SOURCE_PORT} ${ports.toRanges().join(', ')}`];
}
