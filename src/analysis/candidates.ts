import type { Entry } from '../model/exposure.js';
import type { AccessRule, Action, Policy } from '../model/policy.js';
import type { IpSet } from '../sets/ip-set.js';
import type { Candidate } from './first-match.js';
import type { Resolver } from './resolve.js';
import type { Match, SelfTarget } from './targets.js';
import { matchTarget } from './targets.js';

/** Where a packet comes in: an entry, by one interface of it, or by any when that makes no difference. */
export interface Ingress {
  readonly entry: Entry;
  readonly interface: string | null;
}

/** What the candidates of one entry and one target are found with. */
export interface View {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly resolver: Resolver;
  readonly ingress: Ingress;
  readonly self: SelfTarget;
  readonly known: IpSet;
  readonly own: IpSet | null;
  readonly rulesForSelf: Map<Policy, SelfRules>;
}

/** How deep jumps are followed. Real rulesets stay below ten; a cycle would not end. */
export const MAX_JUMPS = 64;

/** The enabled rules of a stage that can match packets to a target, in order, with what they jump to. */
export function candidatesFor(policies: readonly Policy[], view: View): readonly Candidate[] {
  return policies.flatMap((policy) => candidatesOf(policy, view, []));
}

function candidatesOf(policy: Policy, view: View, above: readonly string[]): readonly Candidate[] {
  return rulesForSelf(policy, view).flatMap((rule) => {
    const match = matchRule(rule, view);
    return match === 'no' ? [] : [candidate(rule, policy, view, match, above)];
  });
}

/** The rules of a policy that may be for the appliance itself at any address, and of these, by where packets come in. */
export interface SelfRules {
  readonly all: readonly AccessRule[];
  readonly from: Map<Ingress['interface'], readonly AccessRule[]>;
}

/**
 * The enabled rules of a policy that may be for the appliance itself, for what comes in there: every target asks, and
 * nearly all rules of a large policy are for others, or for what comes in elsewhere.
 */
function rulesForSelf(policy: Policy, view: View): readonly AccessRule[] {
  const { rulesForSelf: known, ingress } = view;
  const { all, from } = known.get(policy) ?? findRulesForSelf(policy, view);
  let rules = from.get(ingress.interface);
  if (rules === undefined) {
    rules = all.filter(({ inInterfaces }) => inInterfaces === null || comesInBy(ingress, inInterfaces));
    from.set(ingress.interface, rules);
  }
  return rules;
}

function findRulesForSelf(policy: Policy, { resolver, own, rulesForSelf: known }: View): SelfRules {
  const all = policy.rules.filter((rule) => {
    if (!rule.enabled || rule.transitOnly === true) return false;
    return own === null || resolver.addresses(rule.destination, rule.location).may.overlaps(own);
  });
  const rules: SelfRules = { all, from: new Map() };
  known.set(policy, rules);
  return rules;
}

function comesInBy(ingress: Ingress, interfaces: readonly string[]): boolean {
  return ingress.interface !== null && interfaces.includes(ingress.interface);
}

function candidate(
  rule: AccessRule,
  policy: Policy,
  view: View,
  match: Exclude<Match, 'no'>,
  above: readonly string[],
): Candidate {
  const chain = [...above, policy.name];
  const next = chainOf(rule.action, view.policies, chain);
  return {
    rule,
    policy,
    sources: view.resolver.addresses(rule.source, rule.location),
    services: servicesFor(rule, view),
    match: rule.conditions.length > 0 || rule.approximate.length > 0 ? 'possible' : match,
    inner: next === null ? [] : candidatesOf(next, view, chain),
  };
}

/** The policy that a jump or goto leads to; null for other actions, and where it would go in a circle. */
export function chainOf(
  action: Action,
  policies: ReadonlyMap<string, Policy>,
  above: readonly string[],
): Policy | null {
  if (action.kind !== 'jump' && action.kind !== 'goto') return null;
  if (above.includes(action.policy) || above.length > MAX_JUMPS) return null;
  return policies.get(action.policy) ?? null;
}

/** Whether a rule for what comes in there matches packets to the target. */
function matchRule(rule: AccessRule, { resolver, self, known }: View): Match {
  if (rule.family !== 'both' && rule.family !== self.family) return 'no';
  if (rule.beforeNat?.translated === true) return 'no';
  const destination = both(
    matchTarget(resolver.addresses(rule.destination, rule.location), self, known),
    addressedTo(rule, self),
  );
  if (destination === 'no' || rule.outInterfaces === null) return destination;
  // A packet to the appliance leaves by no interface; some platforms name the target's own there.
  return rule.outInterfaces.includes(self.interface.name) ? destination : 'no';
}

/** What comes to the appliance's own services by itself was sent to the target. */
function addressedTo({ beforeNat }: AccessRule, { target }: SelfTarget): Match {
  if (beforeNat?.destination === undefined) return 'certain';
  if (target.dynamic !== null) return 'possible';
  return beforeNat.destination.contains(target.addresses) ? 'certain' : 'no';
}

function both(a: Match, b: Match): Match {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'certain' ? b : a;
}

function servicesFor(rule: AccessRule, { resolver }: View): Candidate['services'] {
  const services = resolver.services(rule.service, rule.location);
  const asked = rule.beforeNat?.service;
  if (asked === undefined) return services;
  return { ...services, may: services.may.intersect(asked), must: services.must.intersect(asked) };
}

/** One ingress for the whole entry, or one an interface where any rule asks for it. */
export function ingressesOf(entry: Entry, policies: readonly Policy[]): readonly Ingress[] {
  if (!askInterfaces(policies, entry)) return [{ entry, interface: null }];
  return entry.interfaces.map((name) => ({ entry, interface: name }));
}

const asking = new WeakMap<readonly Policy[], ReadonlySet<string>>();

/** Whether any rule asks if a packet comes in by one interface of the entry: no other rule tells them apart. */
export function askInterfaces(policies: readonly Policy[], entry: Entry): boolean {
  let asked = asking.get(policies);
  if (asked === undefined) {
    asked = new Set(policies.flatMap(({ rules }) => rules.flatMap((rule) => rule.inInterfaces ?? [])));
    asking.set(policies, asked);
  }
  return entry.interfaces.some((name) => asked.has(name));
}
