import { IpSet } from '../sets/ip-set.js';
import { type Admission, disjoint } from './first-match.js';

/**
 * Who gets in by which ports: no two parts share a port, and ports that the same sources reach are one part.
 * Whoever may choose among source ports gets in by the best of them, so these are not told apart.
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
  return [...disjoint(parts)].sort((a, b) => startOf(a) - startOf(b));
}

function startOf({ services }: Admission): number {
  return services.reach()[0] ?? 0;
}
