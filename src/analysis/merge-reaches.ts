import type { Reach } from '../model/exposure.js';

/** Several ways to the same service of the same target are one reach. */
export function mergeAlike(reaches: readonly Reach[]): readonly Reach[] {
  const merged = new Map<string, Reach>();
  for (const reach of reaches) {
    const { target, service } = reach;
    const key = [target.kind, target.addresses.key(), target.interfaces, service.id, service.ports].join(' ');
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined
        ? reach
        : {
            ...before,
            sources: before.sources.union(reach.sources),
            contributions: [...before.contributions, ...reach.contributions],
            named: namedOnce([...before.named, ...reach.named]),
            approximate: [...new Set([...before.approximate, ...reach.approximate])],
          },
    );
  }
  return [...merged.values()];
}

function namedOnce(named: Reach['named']): Reach['named'] {
  return [...new Map(named.map((each) => [`${each.name} ${each.sources.key()}`, each])).values()];
}
