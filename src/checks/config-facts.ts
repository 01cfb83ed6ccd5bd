import type { Administrator, FirewallConfig } from '../model/firewall-config.js';
import type { AddressContent, AddressMatch } from '../model/objects.js';
import type { Policy } from '../model/policy.js';
import { GROUPS, IMPOSSIBLE_SOURCES, LOOPBACK, PRIVATE_NETWORKS } from '../parties/special-networks.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { deniesTogether } from './left-over.js';
import { deniesAll, fromOutside, type Outside } from './outside.js';

/** What several records of one configuration need, worked out once. */
interface Facts {
  readonly objects: ReadonlyMap<string, AddressContent>;
  readonly labels: ReadonlyMap<string, string>;
  readonly unresolved: Map<string, boolean>;
  readonly empty: Map<string, boolean>;
  readonly connected: IpSet;
  /** Rules with the time they were made. */
  readonly made: readonly { readonly name: string; readonly created: number; readonly byUser: boolean }[];
}

const known = new WeakMap<FirewallConfig, Facts>();

function factsOf(config: FirewallConfig): Facts {
  const before = known.get(config);
  if (before !== undefined) return before;
  const cidrs = config.interfaces.flatMap(({ ipv4, ipv6 }) =>
    [ipv4, ipv6].flatMap((each) => (each.kind === 'static' ? each.cidrs : [])),
  );
  const made = config.policies.flatMap(({ rules }) =>
    rules.flatMap(({ name, created, origin }) =>
      created !== null && created > 0 ? [{ name, created, byUser: origin === 'user' }] : [],
    ),
  );
  const facts: Facts = {
    // Proofs call objects by their labels; where a label is also a name, the name counts.
    objects: new Map([
      ...config.addressObjects.map(({ label, content }) => [label, content] as const),
      ...config.addressObjects.map(({ name, content }) => [name, content] as const),
    ]),
    labels: new Map(config.addressObjects.map(({ name, label }) => [name, label])),
    unresolved: new Map(),
    empty: new Map(),
    connected: IpSet.unionOf(cidrs.flatMap((cidr) => parseIpSet(cidr) ?? [])),
    made,
  };
  known.set(config, facts);
  return facts;
}

/** Whether an object, or a member of it however deep, is a name or a feed: its content is not in the file. */
export function isUnresolved(name: string, config: FirewallConfig): boolean {
  const { objects, unresolved } = factsOf(config);
  const before = unresolved.get(name);
  if (before !== undefined) return before;
  const found = [...membersOf([name], objects)].some((each) => objects.get(each)?.kind === 'unknown');
  unresolved.set(name, found);
  return found;
}

/** Whether an object by itself, groups aside, is a feed, a country or the like; domain names are told by themselves. */
export function isFeed(name: string, config: FirewallConfig): boolean {
  const content = factsOf(config).objects.get(name);
  return content?.kind === 'unknown' && content.domain === undefined;
}

/** Whether a side names objects of which none holds an address: a rule with it matches nothing. */
export function isEmptySide(
  { any, objects, literal, negated }: AddressMatch,
  config: FirewallConfig,
): boolean {
  if (any || negated) return false;
  // Nothing from outside comes from there, or gets there.
  if (literal !== undefined) return objects.length === 0 && LOOPBACK.contains(literal);
  if (objects.length === 0) return false;
  return objects.every((name) => holdsNothing(name, config));
}

/** Whether a side is certainly nothing but addresses of many hosts at once, at which no single host answers. */
export function isGroupsSide(match: AddressMatch, config: FirewallConfig): boolean {
  const { any, objects, negated } = match;
  if (any || negated) return false;
  const facts = factsOf(config);
  const known = [...membersOf(objects, facts.objects)].every((name) =>
    ['group', 'addresses'].includes(facts.objects.get(name)?.kind ?? ''),
  );
  const addresses = known ? addressesOf(match, config) : IpSet.EMPTY;
  return !addresses.isEmpty() && GROUPS.contains(addresses);
}

function holdsNothing(name: string, config: FirewallConfig): boolean {
  const { objects, empty } = factsOf(config);
  const before = empty.get(name);
  if (before !== undefined) return before;
  const found = [...membersOf([name], objects)].every((each) => {
    const content = objects.get(each);
    return content?.kind === 'group' || (content?.kind === 'addresses' && content.addresses.isEmpty());
  });
  empty.set(name, found);
  return found;
}

/** What the administrator sees for a name. */
export function labelOf(name: string, config: FirewallConfig): string {
  return factsOf(config).labels.get(name) ?? name;
}

/** The named objects and all that their groups hold; a group that holds itself is walked once. */
function membersOf(names: readonly string[], objects: Facts['objects']): ReadonlySet<string> {
  const seen = new Set(names);
  for (const name of seen) {
    const content = objects.get(name);
    if (content?.kind === 'group') for (const member of content.members) seen.add(member);
  }
  return seen;
}

/** The addresses of one side, as far as the file holds them. */
export function addressesOf(match: AddressMatch, config: FirewallConfig): IpSet {
  const { objects } = factsOf(config);
  const sets = [...membersOf(match.objects, objects)].flatMap((name) => {
    const content = objects.get(name);
    return content?.kind === 'addresses' ? [content.addresses] : [];
  });
  return IpSet.unionOf(match.literal === undefined ? sets : [match.literal, ...sets]);
}

const NEVER_PUBLIC = PRIVATE_NETWORKS.union(IMPOSSIBLE_SOURCES);

/** Whether a forward leads out again: to a public address on none of the appliance's own networks. */
export function leavesAgain(addresses: IpSet, config: FirewallConfig): boolean {
  const { connected } = factsOf(config);
  return !connected.isEmpty() && !addresses.subtract(NEVER_PUBLIC).subtract(connected).isEmpty();
}

const TOGETHER_SECONDS = 600;
/** An import, an upgrade or the factory makes many rules in one minute: that tells nothing. */
const MOST_AT_ONCE = 10;

/** Rules of persons that were made within ten minutes of an account, unless many others were too. */
export function bornWith({ created }: Administrator, config: FirewallConfig): readonly string[] {
  if (created === undefined || created === null || created <= 0) return [];
  const together = factsOf(config).made.filter(
    (rule) => Math.abs(rule.created - created) <= TOGETHER_SECONDS,
  );
  if (together.length > MOST_AT_ONCE) return [];
  return together.filter(({ byUser }) => byUser).map(({ name }) => name);
}

/**
 * Policies that let in from outside what no rule is about, to the appliance or through it. All stages on
 * the way have to; the last of them is named. Where the file tells which services the appliance offers,
 * these decide what reaches it, and not the policy.
 */
export function permitsByDefault(config: FirewallConfig, outside: Outside): readonly string[] {
  const ways = config.silence?.listeners === true ? (['self', 'transit'] as const) : (['transit'] as const);
  const found = ways.flatMap((way) =>
    (['ipv4', 'ipv6'] as const).flatMap((family) => {
      const stages = config.policies.filter(
        ({ applies, family: own }) =>
          applies !== null &&
          (applies.covers === way || applies.covers === 'both') &&
          (own === undefined || own === family),
      );
      const outsiders = stages.filter((policy) => fromOutside(policy, outside));
      if (outsiders.length === 0 || !outsiders.every(endsInPermit)) return [];
      if (outsiders.some((policy) => deniesTogether(policy, config, family, outside))) return [];
      const last = outsiders.reduce((a, b) => (b.stage >= a.stage ? b : a));
      return [last.name];
    }),
  );
  return [...new Set(found)];
}

/** A rule that denies everything leaves nothing to the default; several may do so together. */
function endsInPermit({ default: { action }, rules }: Policy): boolean {
  return action === 'permit' && !rules.some(deniesAll);
}
