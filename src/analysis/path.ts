import type { Contribution, PathStep } from '../model/exposure.js';
import type { AddressMatch, AddressObject, ServiceMatch, ServiceObject } from '../model/objects.js';
import type { AccessRule, Listener, Policy } from '../model/policy.js';
import type { IpSet } from '../sets/ip-set.js';
import type { ServiceSet } from '../sets/service-set.js';
import type { ResolvedAddresses, Resolver } from './resolve.js';

/** What of each side of a rule a path has to account for. */
export interface PathGoal {
  readonly sources: IpSet;
  readonly services: ServiceSet;
  /** Whether an object of the destination has to do with the target. */
  readonly concerns: (destination: ResolvedAddresses) => boolean;
}

/** How many members of one group a proof names before it says how many more there are. */
const MEMBERS_SHOWN = 8;

/** The objects by which a rule lets packets in: the rule, then from whom, to where and for what. */
export function rulePath(
  rule: AccessRule,
  policy: Policy,
  resolver: Resolver,
  goal: PathGoal,
): readonly PathStep[] {
  return [
    ruleStep(rule, policy),
    ...addressSteps(rule.source, 'source', rule, resolver, (name) =>
      resolver.addressesOf(name).may.overlaps(goal.sources),
    ),
    ...addressSteps(rule.destination, 'destination', rule, resolver, (name) =>
      goal.concerns(resolver.addressesOf(name)),
    ),
    ...serviceSteps(rule.service, rule, resolver, (name) =>
      resolver.servicesOf(name).may.overlaps(goal.services),
    ),
  ];
}

/** Whether a rule names a group: of its members, those are told that a goal is about. */
export function namesGroups({ source, destination, service }: AccessRule, resolver: Resolver): boolean {
  const group = (object: AddressObject | ServiceObject | undefined) => object?.content.kind === 'group';
  return (
    [...source.objects, ...destination.objects].some((name) => group(resolver.addressObject(name))) ||
    service.objects.some((name) => group(resolver.serviceObject(name)))
  );
}

/** What a door says of a rule by which packets get in, beside its path. */
export function aboutRule(
  rule: AccessRule,
  policy: Policy,
): Pick<Contribution, 'origin' | 'policy' | 'number' | 'fromAny'> {
  return {
    origin: rule.origin,
    policy: policy.name,
    number: rule.number,
    fromAny: rule.source.any && !rule.source.negated,
  };
}

/** The rule itself, as a step. */
function ruleStep(rule: AccessRule, policy: Policy): PathStep {
  const words: string[] = [rule.action.kind, originText(rule)];
  if (!rule.enabled) words.push(rule.lapsed === true ? 'its time is over' : 'disabled');
  if (rule.logged === false) words.push('not logged');
  words.push(...timesOf(rule));
  return {
    kind: 'access-rule',
    part: 'rule',
    depth: 0,
    name: rule.name,
    detail: (rule.name.startsWith(policy.name) ? words : [policy.name, ...words]).join(' · '),
    origin: rule.origin,
    comment: rule.comment,
    location: rule.location,
  };
}

/** Who made a rule and, if it was a person, when, as far as that is known. */
function originText({ origin, created }: AccessRule): string {
  const day = origin === 'user' && created !== null && created > 0 ? ` on ${dayOf(created)}` : '';
  return `${ORIGIN_WORDS[origin]}${day}`;
}

/** When a rule was changed since it was made, and when it last let something in, as far as known. */
function timesOf({ created, updated, lastUsed }: AccessRule): readonly string[] {
  const edited = created !== null && created > 0 && updated !== null && updated > created;
  return [
    ...(edited ? [`changed ${dayOf(updated)}`] : []),
    ...(lastUsed !== null ? [`last used ${dayOf(lastUsed)}`] : []),
  ];
}

/** The day of a moment in seconds since 1970, in UTC; a number that is none stays one. */
function dayOf(seconds: number): string {
  const day = new Date(seconds * 1000);
  return Number.isNaN(day.getTime()) ? String(seconds) : day.toISOString().slice(0, 10);
}

/** That an object was changed after the rule that names it: it may admit others than those it was made for. */
function changedSince(object: AddressObject | ServiceObject, { created, updated }: AccessRule): string {
  const ruled = updated ?? created;
  const changed = object.updated ?? null;
  if (changed === null || ruled === null || changed <= ruled) return '';
  return `, changed ${dayOf(changed)}, after the rule`;
}

const ORIGIN_WORDS = {
  user: 'made by a user',
  automatic: 'automatic',
  implied: 'implied',
  unknown: 'origin unknown',
} as const;

/** The appliance's own service at the end of the path. */
export function listenerStep(listener: Listener): PathStep {
  return {
    kind: 'listener',
    part: 'listener',
    depth: 0,
    name: listener.name,
    detail: listener.services.toTexts().join(', '),
    origin: 'automatic',
    comment: null,
    location: listener.location,
  };
}

function addressSteps(
  match: AddressMatch,
  part: 'source' | 'destination',
  rule: AccessRule,
  resolver: Resolver,
  matters: (name: string) => boolean,
): readonly PathStep[] {
  const step = sideStep('address-object', part, rule);
  if (match.any && match.objects.length === 0) return [step('Any', 'any address')];
  const literal = match.literal === undefined ? [] : [step(sideName(match.negated), cidrText(match.literal))];
  const all = (name: string) => match.negated || matters(name);
  const steps = match.objects.flatMap((name) =>
    objectSteps(
      name,
      all,
      (each) => addressStep(resolver.addressObject(each), each, part, rule),
      (each) => addressMembers(resolver.addressObject(each)),
    ),
  );
  return match.negated ? [...literal, step('not', 'everything but'), ...steps] : [...literal, ...steps];
}

function serviceSteps(
  match: ServiceMatch,
  rule: AccessRule,
  resolver: Resolver,
  matters: (name: string) => boolean,
): readonly PathStep[] {
  const step = sideStep('service-object', 'service', rule);
  if (match.any && match.objects.length === 0) return [step('Any', 'any service')];
  const literal =
    match.literal === undefined ? [] : [step(sideName(match.negated), match.literal.toTexts().join(', '))];
  const all = (name: string) => match.negated || matters(name);
  const steps = match.objects.flatMap((name) =>
    objectSteps(
      name,
      all,
      (each) => serviceStep(resolver.serviceObject(each), each, rule),
      (each) => {
        const content = resolver.serviceObject(each)?.content;
        return content?.kind === 'group' ? content.members : [];
      },
    ),
  );
  return match.negated ? [...literal, step('not', 'everything but'), ...steps] : [...literal, ...steps];
}

function sideName(negated: boolean): string {
  return negated ? 'not' : 'written in the rule';
}

function sideStep(kind: PathStep['kind'], part: PathStep['part'], rule: AccessRule) {
  return (name: string, detail: string): PathStep => ({
    kind,
    part,
    depth: 0,
    name,
    detail,
    origin: rule.origin,
    comment: null,
    location: rule.location,
  });
}

/** An object and, below it, the members that matter; each object once, so that cycles end. */
function objectSteps(
  top: string,
  matters: (name: string) => boolean,
  build: (name: string) => PathStep,
  members: (name: string) => readonly string[],
): readonly PathStep[] {
  const seen = new Set<string>();
  const steps: PathStep[] = [];
  const stack: { name: string; depth: number }[] = [{ name: top, depth: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (seen.has(next.name)) continue;
    seen.add(next.name);
    const step = build(next.name);
    const below = members(next.name).filter((member) => !seen.has(member) && matters(member));
    const more = below.length - MEMBERS_SHOWN;
    steps.push({
      ...step,
      depth: next.depth,
      detail: more > 0 ? `${step.detail}, ${more} more members that matter` : step.detail,
    });
    const depth = next.depth + 1;
    stack.push(
      ...below
        .slice(0, MEMBERS_SHOWN)
        .reverse()
        .map((name) => ({ name, depth })),
    );
  }
  return steps;
}

function addressMembers(object: AddressObject | undefined): readonly string[] {
  return object?.content.kind === 'group' ? object.content.members : [];
}

function addressStep(
  object: AddressObject | undefined,
  name: string,
  part: 'source' | 'destination',
  rule: AccessRule,
): PathStep {
  if (object === undefined) return sideStep('address-object', part, rule)(name, 'not in the file');
  const { content } = object;
  return {
    kind: 'address-object',
    part,
    depth: 0,
    name: object.label,
    detail: `${addressDetail(content)}${changedSince(object, rule)}`,
    origin: object.origin,
    comment: null,
    location: object.location,
  };
}

function addressDetail(content: AddressObject['content']): string {
  switch (content.kind) {
    case 'addresses':
      return content.addresses.isEmpty() ? 'no address' : cidrText(content.addresses);
    case 'interface':
      return `${content.part} of ${content.interface}`;
    case 'group':
      return content.members.length === 0 ? 'empty group' : 'group';
    case 'unknown':
      return content.reason;
  }
}

function serviceStep(object: ServiceObject | undefined, name: string, rule: AccessRule): PathStep {
  if (object === undefined) return sideStep('service-object', 'service', rule)(name, 'not in the file');
  const { content } = object;
  const detail =
    content.kind === 'services'
      ? content.services.toTexts().join(', ')
      : content.kind === 'group'
        ? 'group'
        : content.reason;
  return {
    kind: 'service-object',
    part: 'service',
    depth: 0,
    name: object.label,
    detail: `${detail}${changedSince(object, rule)}`,
    origin: object.origin,
    comment: null,
    location: object.location,
  };
}

/** A short CIDR list: single addresses without a prefix length, at most four of them. */
export function cidrText(set: IpSet): string {
  const cidrs = plainCidrs(set);
  if (cidrs.length <= 4) return cidrs.join(', ');
  return `${cidrs.slice(0, 3).join(', ')} and ${cidrs.length - 3} more`;
}

/** The whole of a set as an engineer writes it: single addresses without their prefix length. */
export function plainCidrs(set: IpSet): readonly string[] {
  return set.toCidrs().map((cidr) => cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, ''));
}
