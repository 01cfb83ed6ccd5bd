import type { Reach, Target } from '../model/exposure.js';
import { IpSet } from '../sets/ip-set.js';
import { conditionalOfBoth } from './conditional.js';

/**
 * Several ways to the same service of the same target are one reach. Those that share their sources and rules,
 * as services of one host do, still do.
 */
export function mergeAlike(reaches: readonly Reach[]): readonly Reach[] {
  const merged = new Map<string, Reach>();
  const union = remembered<IpSet>((a, b) => a.union(b));
  const joined = remembered<Reach['contributions']>((a, b) => [...a, ...b]);
  for (const reach of reaches) {
    const { target, service } = reach;
    const where = [target.kind, target.addresses.key(), target.interfaces];
    const key = [...where, service.id, service.protocol, service.ports].join(' ');
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined
        ? reach
        : {
            ...before,
            sources: union(before.sources, reach.sources),
            contributions: joined(before.contributions, reach.contributions),
            named: namedOnce([...before.named, ...reach.named]),
            approximate: doubtsOfBoth(before, reach),
            ...conditionalTogether(before, reach),
          },
    );
  }
  return [...merged.values()];
}

function conditionalTogether(a: Reach, b: Reach): Pick<Reach, 'conditional'> {
  const conditional = conditionalOfBoth(a, b);
  return conditional === undefined ? {} : { conditional };
}

/** A function of two values that gives the very same value for the very same two. */
function remembered<T>(combine: (a: T, b: T) => T): (a: T, b: T) => T {
  const known = new Map<T, Map<T, T>>();
  return (a, b) => {
    const withA = known.get(a) ?? new Map<T, T>();
    known.set(a, withA);
    const both = withA.get(b) ?? combine(a, b);
    withA.set(b, both);
    return both;
  };
}

/** What is in doubt about two ways together: nothing, where one that is certain lets in all of the other. */
function doubtsOfBoth(a: Reach, b: Reach): readonly string[] {
  if (a.approximate.length === 0 && a.sources.contains(b.sources)) return [];
  if (b.approximate.length === 0 && b.sources.contains(a.sources)) return [];
  return [...new Set([...a.approximate, ...b.approximate])];
}

/**
 * What NAT sends to an address of which it is not known whose it is, as the appliance's own: not told where the same
 * is told of a host there, or of the appliance itself anyway.
 */
export function withoutTwins(self: readonly Reach[], hosts: readonly Reach[]): readonly Reach[] {
  return self.filter(
    (reach) => reach.target.dynamic !== null || ![...self, ...hosts].some((other) => tells(other, reach)),
  );
}

/** Whether a reach holds all that another one says of an address that may be its own. */
function tells({ target, service, sources }: Reach, unsure: Reach): boolean {
  const there =
    target.kind === 'host' ? target.addresses.contains(unsure.target.addresses) : target.dynamic !== null;
  const offered = service.id === unsure.service.id && service.protocol === unsure.service.protocol;
  return (
    there &&
    offered &&
    unsure.service.ports.every((port) => service.ports.includes(port)) &&
    sources.contains(unsure.sources)
  );
}

function namedOnce(named: Reach['named']): Reach['named'] {
  return [...new Map(named.map((each) => [`${each.name} ${each.sources.key()}`, each])).values()];
}

/**
 * What comes out of a tunnel to the appliance itself, alike but for the address where it arrives, is one
 * reach: one switch of a tunnel opens every address that the appliance has, and there are many. From a zone
 * that is trusted less than inside, whatever the same rules let in is one.
 */
export function mergeTargets(reaches: readonly Reach[]): readonly Reach[] {
  const merged = new Map<string, Reach[]>();
  for (const reach of reaches) {
    const { entry, service, sources, contributions } = reach;
    const rules = entry.tunnel === undefined ? contributions.map((each) => byPlace(each)[0]) : [];
    const key = [service.id, service.protocol, service.ports, sources.key(), ...rules].join(' ');
    const before = merged.get(key);
    if (before === undefined) merged.set(key, [reach]);
    else before.push(reach);
  }
  return [...merged.values()].map((alike) => {
    const [first] = alike as [Reach];
    return {
      ...first,
      target: together(alike.map(({ target }) => target)),
      contributions: [...new Map(alike.flatMap(({ contributions }) => contributions).map(byPlace)).values()],
      named: namedOnce(alike.flatMap(({ named }) => named)),
      approximate: [...new Set(alike.flatMap(({ approximate }) => approximate))],
      ...conditionalOfAll(alike),
    };
  });
}

/** At one target or another, somebody may have to meet a condition. */
function conditionalOfAll(alike: readonly Reach[]): Pick<Reach, 'conditional'> {
  const known = alike.flatMap(({ conditional }) => conditional ?? []);
  return known.length === alike.length ? { conditional: IpSet.unionOf(known) } : {};
}

function byPlace(each: Reach['contributions'][number]): readonly [string, Reach['contributions'][number]] {
  return [JSON.stringify([each.policy, each.number, each.rule.name]), each];
}

function together(targets: readonly Target[]): Target {
  return {
    kind: targets[0]?.kind ?? 'self',
    addresses: IpSet.unionOf(targets.map(({ addresses }) => addresses)),
    dynamic: targets.every(({ dynamic }) => dynamic !== null) ? (targets[0]?.dynamic ?? null) : null,
    interfaces: [...new Set(targets.flatMap(({ interfaces }) => interfaces))],
  };
}
