import type { AccessRule, Policy } from '../model/policy.js';
import { IpSet } from '../sets/ip-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { isInDoubt } from './doubts.js';
import { isExact, type ResolvedAddresses, type ResolvedServices } from './resolve.js';
import type { Match } from './targets.js';

/** A rule as seen from one entry and one target: what it takes of sources and services. */
export interface Candidate {
  readonly rule: AccessRule;
  readonly policy: Policy;
  readonly sources: ResolvedAddresses;
  readonly services: ResolvedServices;
  /** `possible` when destination, interface or a condition leaves a doubt. */
  readonly match: Exclude<Match, 'no'>;
  /** The rules of the policy that a jump or goto leads to; empty for other actions. */
  readonly inner: readonly Candidate[];
}

/** A part of the service that rules treat alike, with the sources that no rule has decided on yet. */
interface Cell {
  readonly services: ServiceSet;
  readonly undecided: IpSet;
}

/** Sources that are let in for a part of the service. */
export interface Admission {
  readonly services: ServiceSet;
  readonly sources: IpSet;
}

export interface Admitted {
  /** What is let in; no two admissions share a service. */
  readonly admissions: readonly Admission[];
  /** What each permitting rule lets in that no rule before it decided. */
  readonly contributions: readonly { readonly candidate: Candidate; readonly sources: IpSet }[];
  /** Rules that permit nothing themselves, and may stop more of what is let in. Absent: none. */
  readonly doubts?: readonly (Admission & { readonly candidate: Candidate })[];
}

/** What came of a list of rules: packets behind its end, and packets that a `return` took out of it. */
interface Left {
  readonly open: readonly Cell[];
  readonly returned: readonly Cell[];
}

type Note = (candidate: Candidate, services: ServiceSet, sources: IpSet) => void;

/** What a walk through rules takes down. */
interface Notes {
  readonly admit: Note;
  readonly doubt: Note;
}

/**
 * First match over an ordered list of rules, exact: each rule decides what it matches minus what the
 * rules before it took. Jumps are followed with what is left, and come back with what their policy
 * did not decide. Doubt widens a permit and never lets a deny take more than is certain.
 *
 * @param universe sources that can arrive at all
 * @param fallback what happens to packets that no rule decides
 */
export function firstMatch(
  candidates: readonly Candidate[],
  services: ServiceSet,
  universe: IpSet,
  fallback: 'permit' | 'deny',
): Admitted {
  const admissions: Admission[] = [];
  const taken = new Map<Candidate, IpSet[]>();
  const doubts: (Admission & { readonly candidate: Candidate })[] = [];
  const admit: Note = (candidate, part, sources) => {
    admissions.push({ services: part, sources });
    taken.set(candidate, [...(taken.get(candidate) ?? []), sources]);
  };
  const doubt: Note = (candidate, part, sources) => doubts.push({ candidate, services: part, sources });
  const { open, returned } = evaluate(candidates, [{ services, undecided: universe }], { admit, doubt });
  if (fallback === 'permit') {
    for (const cell of [...open, ...returned])
      admissions.push({ services: cell.services, sources: cell.undecided });
  }
  return {
    admissions: disjoint(admissions),
    contributions: [...taken].map(([candidate, parts]) => ({ candidate, sources: IpSet.unionOf(parts) })),
    doubts,
  };
}

function evaluate(candidates: readonly Candidate[], cells: readonly Cell[], notes: Notes): Left {
  let open = cells;
  const returned: Cell[] = [];
  for (const candidate of candidates) {
    const step = applyRule(candidate, open, notes);
    open = step.open;
    returned.push(...step.returned);
    if (open.length === 0) break;
  }
  return { open, returned };
}

/** What one rule makes of the cells that reach it. */
function applyRule(candidate: Candidate, cells: readonly Cell[], notes: Notes): Left {
  const { kind } = candidate.rule.action;
  if (kind === 'continue') return { open: cells, returned: [] };
  if (kind !== 'permit' && isDoubtful(candidate)) noteDoubt(candidate, cells, notes.doubt);
  const reach = kind === 'deny' ? candidate.services.must : candidate.services.may;
  const open: Cell[] = [];
  const returned: Cell[] = [];
  for (const cell of cells) {
    const inside = cell.services.intersect(reach);
    if (inside.isEmpty()) {
      open.push(cell);
      continue;
    }
    pushCell(open, cell.services.subtract(inside), cell.undecided);
    pushCell(open, inside, cell.undecided.subtract(certainlyTaken(candidate, inside)));
    if (kind === 'deny') continue;
    const matched = cell.undecided.intersect(candidate.sources.may);
    if (matched.isEmpty()) continue;
    if (kind === 'permit') notes.admit(candidate, inside, matched);
    else follow(candidate, { services: inside, undecided: matched }, open, returned, notes);
  }
  return { open: mergeCells(open), returned };
}

/** Where a jump, goto or return leads the packets that it matches. */
function follow(candidate: Candidate, cell: Cell, open: Cell[], returned: Cell[], notes: Notes): void {
  const { kind } = candidate.rule.action;
  if (kind === 'return') {
    returned.push(cell);
    return;
  }
  const left = evaluate(candidate.inner, [cell], notes);
  (kind === 'jump' ? open : returned).push(...left.open, ...left.returned);
}

/** Whether it is not known what exactly a rule matches. */
function isDoubtful({ rule, match, sources, services }: Candidate): boolean {
  const sure = match === 'certain' || rule.conditions.length + rule.approximate.length > 0;
  return isInDoubt(rule, sure && isExact(sources) && isExact(services));
}

/** What of undecided packets a rule matches perhaps. */
function noteDoubt(candidate: Candidate, cells: readonly Cell[], doubt: Note): void {
  for (const cell of cells) {
    const services = cell.services.intersect(candidate.services.may);
    const taken = certainlyTaken(candidate, services);
    const sources = cell.undecided.intersect(candidate.sources.may).subtract(taken);
    if (!services.isEmpty() && !sources.isEmpty()) doubt(candidate, services, sources);
  }
}

function pushCell(cells: Cell[], services: ServiceSet, undecided: IpSet): void {
  if (!services.isEmpty() && !undecided.isEmpty()) cells.push({ services, undecided });
}

/** The sources on which a rule surely decides; none where anything about the rule is in doubt. */
function certainlyTaken(candidate: Candidate, inside: ServiceSet): IpSet {
  if (candidate.match !== 'certain') return IpSet.EMPTY;
  return candidate.services.must.contains(inside) ? candidate.sources.must : IpSet.EMPTY;
}

/** Cells for the same part of the service become one, so that jumps do not multiply them. */
function mergeCells(cells: readonly Cell[]): readonly Cell[] {
  if (cells.length < 2) return cells;
  const merged = new Map<string, Cell>();
  for (const cell of cells) {
    const key = cell.services.key();
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined ? cell : { ...cell, undecided: before.undecided.union(cell.undecided) },
    );
  }
  return [...merged.values()];
}

/** The same admissions, cut so that no two share a service; those alike in sources are one. */
export function disjoint(admissions: readonly Admission[]): readonly Admission[] {
  let parts: readonly Admission[] = [];
  for (const { services, sources } of admissions) {
    let rest = services;
    const next: Admission[] = [];
    for (const part of parts) {
      const shared = part.services.intersect(rest);
      if (shared.isEmpty()) {
        next.push(part);
        continue;
      }
      rest = rest.subtract(shared);
      next.push({ services: shared, sources: part.sources.union(sources) });
      const outside = part.services.subtract(shared);
      if (!outside.isEmpty()) next.push({ services: outside, sources: part.sources });
    }
    if (!rest.isEmpty()) next.push({ services: rest, sources });
    parts = next;
  }
  return mergeAlike(parts);
}

function mergeAlike(admissions: readonly Admission[]): readonly Admission[] {
  const merged = new Map<string, { services: ServiceSet[]; sources: IpSet }>();
  for (const { services, sources } of admissions) {
    const key = sources.key();
    const before = merged.get(key);
    if (before === undefined) merged.set(key, { services: [services], sources });
    else before.services.push(services);
  }
  return [...merged.values()].map(({ services, sources }) => ({
    services: ServiceSet.unionOf(services),
    sources,
  }));
}
