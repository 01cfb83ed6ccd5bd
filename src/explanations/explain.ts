import type { AccessExplanation, Day, Register, RegisterPolicy } from '../model/explanation.js';
import type { Entry, Exposure, Target } from '../model/exposure.js';
import { IpSet } from '../sets/ip-set.js';
import { matchesGlob } from '../text/glob.js';
import { plainDomain } from './formats.js';
import type { LapsedExplanation } from './lapses.js';
import { whyLapsed } from './lapses.js';

/** What the register says of one exposure. */
export interface Explained {
  /** `own`: the organisation's addresses need no explanation. */
  readonly status: 'unexplained' | 'partly' | 'explained' | 'own';
  /** What no valid explanation covers. */
  readonly remainder: IpSet;
  /** Ids of the valid explanations that cover some of it, in the register's order. */
  readonly explainedBy: readonly string[];
  /** Explanations that would cover some of the remainder, and why they do not. */
  readonly lapsed: readonly LapsedExplanation[];
}

/** What the register says of one fact. */
export interface ExplainedFact {
  readonly explainedBy: readonly string[];
  readonly lapsed: readonly LapsedExplanation[];
}

/**
 * Subtracts from an exposure every explanation that is valid on the day `at` and covers its device,
 * entry, target and service. From *anyone*, the organisation's own networks are subtracted too.
 */
export function explainExposure(exposure: Exposure, register: Register, at: Day): Explained {
  if (exposure.party === 'own') return { status: 'own', remainder: IpSet.EMPTY, explainedBy: [], lapsed: [] };
  const covering = register.explanations.flatMap((each) => {
    if (each.kind !== 'access' || !applies(each, exposure)) return [];
    const sources = coveredSources(each, exposure, register);
    return sources.overlaps(exposure.sources)
      ? [{ id: each.id, sources, why: whyLapsed(each, widthBy(exposure.entry, register.policy), at) }]
      : [];
  });
  const valid = covering.filter(({ why }) => why === null);
  const own = exposure.anyone ? register.organisation.networks : IpSet.EMPTY;
  const remainder = exposure.sources.subtract(IpSet.unionOf([own, ...valid.map(({ sources }) => sources)]));
  return {
    status: valid.length === 0 ? 'unexplained' : remainder.isEmpty() ? 'explained' : 'partly',
    remainder,
    explainedBy: valid.map(({ id }) => id),
    lapsed: covering.flatMap(({ id, sources, why }) =>
      why !== null && sources.overlaps(remainder) ? [{ explanation: id, why }] : [],
    ),
  };
}

/** Looks for explanations of what a check reports about one subject of one device; both match exactly. */
export function explainFact(
  check: string,
  subject: string,
  device: string,
  register: Register,
  at: Day,
): ExplainedFact {
  const explainedBy: string[] = [];
  const lapsed: LapsedExplanation[] = [];
  for (const each of register.explanations) {
    if (each.kind !== 'fact' || each.check !== check || each.subject !== subject) continue;
    if (!each.devices.some((glob) => matchesGlob(glob, device))) continue;
    const why = whyLapsed(each, register.policy, at);
    if (why === null) explainedBy.push(each.id);
    else lapsed.push({ explanation: each.id, why });
  }
  return { explainedBy, lapsed: explainedBy.length > 0 ? [] : lapsed };
}

/**
 * The sources that an explanation covers by one entry. A party answers for its own networks only,
 * except through a tunnel: there the party is who stands at its other end, whatever the addresses
 * inside. Whoever holds a domain name is covered by the name, whatever it stands for.
 */
function coveredSources(explanation: AccessExplanation, exposure: Exposure, register: Register): IpSet {
  const { party, sources, domains } = explanation;
  const { entry, domain } = exposure;
  if (domain !== null && domains.includes(plainDomain(domain))) return exposure.sources;
  if (party === null || isTunnel(entry)) return sources;
  const declared = register.parties.find(({ id }) => id === party);
  return sources.intersect(declared?.networks ?? IpSet.EMPTY);
}

/**
 * Through a tunnel comes who stands at its far end, however many addresses there are inside; out of a zone of
 * one's own, who stands there.
 */
export function widthBy(entry: Entry, policy: RegisterPolicy): RegisterPolicy {
  return isTunnel(entry) || entry.networks !== undefined
    ? { ...policy, maxPrefix: { ipv4: 0, ipv6: 0 } }
    : policy;
}

function applies(explanation: AccessExplanation, exposure: Exposure): boolean {
  return (
    explanation.via.includes(exposure.entry.name) &&
    explanation.services.includes(exposure.service.id) &&
    coversTarget(explanation.targets, exposure.target) &&
    explanation.devices.some((glob) => matchesGlob(glob, exposure.device))
  );
}

/** A target without known addresses is covered by `self` alone. */
function coversTarget(targets: AccessExplanation['targets'], target: Target): boolean {
  if (target.kind === 'self' && targets.self) return true;
  if (target.dynamic !== null || target.addresses.isEmpty()) return false;
  return targets.addresses.contains(target.addresses);
}

function isTunnel(entry: Entry): boolean {
  return entry.kind === 'tunnel' || entry.kind === 'remote-access' || entry.role.value === 'tunnel';
}
