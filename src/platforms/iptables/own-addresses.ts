import type { NatRule, Policy } from '../../model/policy.js';
import type { IpSet } from '../../sets/ip-set.js';

/**
 * Addresses that a ruleset shows to be the machine's own, though it holds none: who writes a rule for one in a chain
 * that only packets to the machine itself meet, or sends by it, has it.
 */

/** More than these in one rule are a network, not addresses of one machine. */
const FEW = 8;

/** The destinations of rules for what comes to the machine itself. */
export function ownDestinations(policies: readonly Policy[]): readonly IpSet[] {
  return policies
    .filter(({ applies }) => applies?.covers === 'self')
    .flatMap(({ rules }) => rules.flatMap(({ destination }) => few(destination.literal)));
}

/** What sources become, where they become given addresses. */
export function ownSources(rules: readonly NatRule[]): readonly IpSet[] {
  return rules.flatMap(({ translatedSource }) => few(translatedSource?.literal));
}

function few(addresses: IpSet | undefined): readonly IpSet[] {
  if (addresses === undefined) return [];
  const { ipv4, ipv6 } = addresses.size();
  return ipv4 + Number(ipv6) <= FEW ? [addresses] : [];
}
