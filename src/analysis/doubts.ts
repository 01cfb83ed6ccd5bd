import type { AccessRule } from '../model/policy.js';
import type { Resolver } from './resolve.js';

/** So many rules in doubt are named; of the others it is said how many there are. */
const NAMED = 3;

/**
 * Why it is not known what a rule matches. A rate is no reason: what it stops one moment it lets through
 * the next, from whatever source.
 */
function reasonsOfDoubt(rule: AccessRule, resolver: Resolver): readonly string[] {
  return [
    ...rule.conditions.filter(({ kind }) => kind !== 'rate').map(({ description }) => description),
    ...rule.approximate,
    ...resolver.addresses(rule.source, rule.location).approximate,
    ...resolver.addresses(rule.destination, rule.location).approximate,
    ...resolver.services(rule.service, rule.location).approximate,
  ];
}

/** What rules leave open, in words, about packets that get in because nobody knows what they match. */
export function doubtTexts(rules: Iterable<AccessRule>, resolver: Resolver): readonly string[] {
  const texts = [...new Set(rules)].map((rule) => {
    const reasons = reasonsOfDoubt(rule, resolver);
    const why = reasons.length === 0 ? 'the address that it names is not in the file' : reasons.join('; ');
    return `${rule.name} may not let all of this through: ${why}`;
  });
  const more = texts.length - NAMED;
  return more <= 0 ? texts : [...texts.slice(0, NAMED), `${more} more rules of which the same is true`];
}
