import type { Contribution, Reach } from '../model/exposure.js';
import { IpSet } from '../sets/ip-set.js';

/** A reach in two: those who get in whatever domain names stand for, and whoever holds one of these. */
export interface ByDomain {
  readonly others: Reach;
  readonly holders: readonly HoldersReach[];
}

/** What a reach admits because a domain name may stand for it. */
export interface HoldersReach {
  readonly domain: string;
  readonly reach: Reach;
}

/**
 * Tells those apart who get in only if a domain name stands for their address: not anyone, but whoever holds the
 * name. Which addresses these are the file cannot say: they may be any that the rule admits. Out of a tunnel comes
 * who stands at its far end, and from a zone of one's own who is there, whatever rules call these.
 */
export function byDomain(reach: Reach): ByDomain {
  const { tunnel, networks } = reach.entry;
  const isKnownBySite = tunnel !== undefined || networks !== undefined;
  const named = isKnownBySite ? [] : reach.contributions.filter(({ domains }) => domains !== undefined);
  if (named.length === 0) return { others: reach, holders: [] };
  const plain = reach.contributions.flatMap(withoutDomains);
  const open = reach.sources
    .subtract(IpSet.unionOf(named.map(({ sources }) => sources)))
    .union(IpSet.unionOf(plain.map(({ sources }) => sources)))
    .intersect(reach.sources);
  const names = [...new Set(named.flatMap(({ domains }) => domains?.names ?? []))];
  return {
    others: partOf(reach, open, plain),
    holders: names.flatMap((domain) => {
      const by = named.filter(({ domains }) => domains?.names.includes(domain));
      const sources = IpSet.unionOf(by.map((each) => each.sources)).intersect(reach.sources);
      return open.contains(sources) ? [] : [{ domain, reach: partOf(reach, sources, by) }];
    }),
  };
}

/** What a rule lets in whatever the domain names among its sources stand for. */
function withoutDomains(contribution: Contribution): readonly Contribution[] {
  const { domains, ...rest } = contribution;
  if (domains === undefined) return [contribution];
  const sources = domains.besides.intersect(contribution.sources);
  if (sources.isEmpty()) return [];
  const doubts = new Set(domains.doubts);
  const approximate = rest.approximate.filter((text) => !doubts.has(text));
  // A doubt is an object and why it is in doubt, as its step on the path says them.
  const path = rest.path.filter(
    ({ part, name, detail }) => part !== 'source' || !doubts.has(`${name}: ${detail}`),
  );
  return [{ ...rest, sources, path, approximate }];
}

/** A share of a reach, without the doubts of rules that have no share in it. */
function partOf(reach: Reach, sources: IpSet, contributions: readonly Contribution[]): Reach {
  const kept = new Set(contributions.flatMap(({ approximate }) => approximate));
  const gone = new Set(reach.contributions.flatMap(({ approximate }) => approximate));
  const approximate = reach.approximate.filter((text) => kept.has(text) || !gone.has(text));
  return { ...reach, sources, contributions, approximate };
}
