import type { AccessRule } from '../model/policy.js';
import { flatMap } from '../sets/flat-map.js';
import type { ServiceSet } from '../sets/service-set.js';
import { once } from './once.js';
import type { Resolver } from './resolve.js';

/** So many rules in doubt are named; of the others it is said how many there are. */
const NAMED = 3;

/**
 * Whether it is not known what a rule matches, so that packets get past it, or into it, that may not.
 *
 * @param exact what it names is known
 */
export function isInDoubt({ action, conditions, approximate, origin }: AccessRule, exact: boolean): boolean {
  const rate = conditions.some(({ kind }) => kind === 'rate');
  // What a rate stops one moment it lets through the next, from whatever source.
  if (rate && action.kind === 'deny') return false;
  if (approximate.length > 0 || conditions.some(({ kind }) => kind !== 'rate')) return true;
  // A list of the appliance's own making, such as networks that nobody was given, holds nobody who comes.
  return !exact && origin !== 'implied';
}

/** A rule in doubt, or behind jumps that are. */
export interface DoubtfulRule {
  readonly rule: AccessRule;
  readonly behind: readonly AccessRule[];
}

/** What rules leave open, in words, about packets that get in because nobody knows what they match. */
export function doubtTexts(found: readonly DoubtfulRule[], resolver: Resolver): readonly string[] {
  if (found.length === 0) return NONE;
  const rules = [...new Set(flatMap(found, ({ rule, behind }) => [...behind, rule]))];
  const known = rules.filter((rule) => reasons(rule, resolver).length > 0);
  const told = known.length > 0 ? known : rules;
  const texts = told.slice(0, NAMED).map((rule) => {
    const why = reasons(rule, resolver);
    const reason = why.length === 0 ? 'the address that it names is not in the file' : why.join('; ');
    return `${rule.name} may not let all of this through: ${reason}`;
  });
  const more = told.length - NAMED;
  return more <= 0 ? texts : [...texts, `${more} more rules of which the same is true`];
}

/** The same for any of several services: what is in doubt of one says nothing of another. */
export function doubtsByService(
  found: readonly { readonly rule: DoubtfulRule; readonly service: ServiceSet }[],
  resolver: Resolver,
): (asked: ServiceSet) => readonly string[] {
  const texts = (some: typeof found) =>
    doubtTexts(
      some.map(({ rule }) => rule),
      resolver,
    );
  const all = once(() => texts(found));
  return (asked) => {
    const met = found.filter(({ service }) => service.overlaps(asked));
    return met.length === found.length ? all() : texts(met);
  };
}

const NONE: readonly never[] = [];

/** Rules in doubt are told of at one door after the other. */
const reasonsOf = new WeakMap<AccessRule, readonly string[]>();

/** Why it is not known what a rule matches. */
function reasons(rule: AccessRule, resolver: Resolver): readonly string[] {
  const known = reasonsOf.get(rule) ?? findReasons(rule, resolver);
  reasonsOf.set(rule, known);
  return known;
}

function findReasons(rule: AccessRule, resolver: Resolver): readonly string[] {
  return [
    ...rule.conditions.filter(({ kind }) => kind !== 'rate').map(({ description }) => description),
    ...rule.approximate,
    ...resolver.addresses(rule.source, rule.location).approximate,
    ...resolver.addresses(rule.destination, rule.location).approximate,
    ...resolver.services(rule.service, rule.location).approximate,
  ];
}
