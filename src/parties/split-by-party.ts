import type { Register } from '../model/explanation.js';
import type { Contribution, Entry, Exposure, Reach } from '../model/exposure.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { byDomain, type HoldersReach } from './by-domain.js';
import { exposureHash, exposureKey, undeclaredPrefix } from './exposure-key.js';
import { IMPOSSIBLE_SOURCES, PRIVATE_NETWORKS } from './special-networks.js';

/** More undeclared addresses than this are anyone. */
const ANYONE_ABOVE = { ipv4: 2 ** 24, ipv6: 2n ** 96n };

/** Users who dial in, by whatever remote access. */
const REMOTE_USERS = 'remote-users';

/** Hosts of a zone that is trusted less than inside, guests among them. */
const ZONE_HOSTS = 'zone-hosts';

/** Whoever holds a domain name that a rule admits. */
const DOMAIN = 'domain';

/** Whose something is. */
interface Whose {
  readonly party: string;
  /** What stands for the party in the key. */
  readonly keyed: string;
  readonly thirdParty: boolean;
}

/** One party's share of a reach. */
interface Part extends Whose {
  readonly anyone: boolean;
  readonly sources: IpSet;
  /** The name that they hold; absent: none. */
  readonly domain?: string;
}

/**
 * Says whose addresses a reach admits: one exposure a party that has a share of it, or a single one
 * for the whole reach when its undeclared share is *anyone*. Whoever holds a domain name is a party by
 * itself. Sources that no packet can have are dropped. `ownNetworks` is what the caller takes for the organisation's own; it counts only as long
 * as the register declares no `organisation.networks`, and yields to declared parties.
 */
export function splitByParty(reach: Reach, register: Register, ownNetworks: IpSet): Exposure[] {
  const possible = possibleSources(reach.sources);
  if (reach.entry.tunnel !== undefined) {
    const { party, keyed, thirdParty } = farEnd(reach.entry, register, ownNetworks);
    const part = { party, keyed, thirdParty, anyone: false, sources: possible };
    return possible.isEmpty() ? [] : [toExposure(reach, part)];
  }
  const { networks } = reach.entry;
  if (networks !== undefined) return fromZone(reach, possible, networks, register, ownNetworks);
  const { others, holders } = byDomain(reach);
  if (holders.length === 0) return fromOutside(reach, register, ownNetworks);
  const outside = fromOutside(others, register, ownNetworks);
  // Where anyone gets in, whoever holds a name is one of these.
  if (outside.some((each) => each.anyone)) return fromOutside(reach, register, ownNetworks);
  return [...outside, ...holders.map(toHolders)];
}

/** What is open to whoever holds a domain name. */
function toHolders({ domain, reach }: HoldersReach): Exposure {
  const sources = possibleSources(reach.sources);
  const keyed = `domain ${domain}`;
  return toExposure(reach, { party: DOMAIN, keyed, thirdParty: true, anyone: false, domain, sources });
}

function fromZone(
  reach: Reach,
  possible: IpSet,
  networks: IpSet,
  register: Register,
  ownNetworks: IpSet,
): Exposure[] {
  const parts = partsOf(possible, register, ownNetworks);
  const wide = parts.some((part) => part.party === 'undeclared' && isAnyone(part.sources));
  return ofZone(wide ? [] : parts, possible, networks).map((part) => toExposure(reach, part));
}

function fromOutside(reach: Reach, register: Register, ownNetworks: IpSet): Exposure[] {
  const possible = possibleSources(reach.sources);
  const parts = partsOf(possible, register, ownNetworks);
  const undeclared = parts.find((part) => part.party === 'undeclared');
  if (undeclared !== undefined && isAnyone(undeclared.sources)) {
    const anyone = { ...undeclared, keyed: 'anyone', anyone: true, sources: possible };
    return [toExposure(reach, anyone)];
  }
  return parts.map((part) => toExposure(reach, part));
}

/**
 * Whose addresses come in from a zone of one's own: those of the hosts there, whatever a rule admits. Public
 * addresses that are not behind it, and those of declared parties, are still theirs where somebody named them.
 *
 * @param named the parts of a source that somebody named; none: any source
 */
function ofZone(named: readonly Part[], possible: IpSet, networks: IpSet): readonly Part[] {
  const others = named.flatMap((part): readonly Part[] => {
    if (!part.thirdParty) return [];
    if (part.party !== 'undeclared') return [part];
    const sources = part.sources.subtract(networks);
    return sources.isEmpty() ? [] : [{ ...part, keyed: undeclaredPrefix(sources), sources }];
  });
  const hosts = possible.subtract(IpSet.unionOf(others.map(({ sources }) => sources)));
  const whose = { party: ZONE_HOSTS, keyed: ZONE_HOSTS, thirdParty: false, anyone: false };
  return hosts.isEmpty() ? others : [{ ...whose, sources: hosts }, ...others];
}

/**
 * Who stands at the far end of a tunnel: whoever its peers are, whatever the addresses inside. Of several
 * peers the one that is least known counts; a peer without an address in the file is nobody that anybody
 * declared. Users who dial in are a party of their own: the appliance knows each of them by an account.
 */
function farEnd({ kind, tunnel }: Entry, register: Register, ownNetworks: IpSet): Whose {
  if (kind === 'remote-access') return { party: REMOTE_USERS, keyed: REMOTE_USERS, thirdParty: false };
  const peers = tunnel?.peers ?? [];
  const addresses = peers.map((peer) => parseIpSet(peer));
  const known = IpSet.unionOf(addresses.flatMap((each) => each ?? []));
  const worst = partsOf(known, register, ownNetworks).at(-1);
  if (worst !== undefined && addresses.every((each) => each !== null)) return worst;
  return { party: 'undeclared', keyed: ['peer', ...peers].join(' '), thirdParty: true };
}

/** Most reaches of a device share a handful of sets: each is worked out, and written down, once. */
const possibleOf = new WeakMap<IpSet, IpSet>();

function possibleSources(sources: IpSet): IpSet {
  let possible = possibleOf.get(sources);
  if (possible === undefined) {
    possible = sources.subtract(IMPOSSIBLE_SOURCES);
    possibleOf.set(sources, possible);
  }
  return possible;
}

/** How a set was divided among parties. */
interface Division {
  readonly register: Register;
  readonly ownNetworks: IpSet;
  readonly parts: readonly Part[];
}

const divisions = new WeakMap<IpSet, Division>();

/** Disjoint, together all of `possible`, none of them empty. */
function partsOf(possible: IpSet, register: Register, ownNetworks: IpSet): readonly Part[] {
  const before = divisions.get(possible);
  if (before?.register === register && before.ownNetworks === ownNetworks) return before.parts;
  const parts = divide(possible, register, ownNetworks);
  divisions.set(possible, { register, ownNetworks, parts });
  return parts;
}

function divide(possible: IpSet, register: Register, ownNetworks: IpSet): readonly Part[] {
  const declaredOwn = register.organisation.networks;
  const declared = IpSet.unionOf(register.parties.map((party) => party.networks));
  const own = declaredOwn.isEmpty() ? ownNetworks.subtract(declared) : declaredOwn;
  const rest = possible.subtract(own).subtract(declared);
  const part = (party: string, thirdParty: boolean, sources: IpSet, keyed = party): Part => ({
    party,
    keyed,
    thirdParty,
    anyone: false,
    sources,
  });
  const undeclared = rest.subtract(PRIVATE_NETWORKS);
  return [
    part('own', false, possible.intersect(own)),
    part('private', false, rest.intersect(PRIVATE_NETWORKS)),
    ...register.parties.map((party) => part(party.id, true, possible.intersect(party.networks))),
    part('undeclared', true, undeclared, undeclaredPrefix(undeclared)),
  ].filter(({ sources }) => !sources.isEmpty());
}

function isAnyone(undeclared: IpSet): boolean {
  const { ipv4, ipv6 } = undeclared.size();
  return ipv4 > ANYONE_ABOVE.ipv4 || ipv6 > ANYONE_ABOVE.ipv6;
}

function toExposure(reach: Reach, part: Part): Exposure {
  const { party, keyed, thirdParty, anyone } = part;
  const { sources, contributions, conditions, approximate } = shareOf(reach, part.sources);
  return {
    key: exposureKey(reach, keyed),
    hash: exposureHash(sources, reach.target.addresses, reach.service),
    device: reach.device,
    entry: reach.entry,
    party,
    domain: part.domain ?? null,
    thirdParty,
    anyone,
    sources,
    named: anyone ? reach.named : [],
    target: reach.target,
    service: reach.service,
    contributions,
    approximate: [...new Set([...reach.approximate, ...approximate])],
    conditions,
  };
}

/** Some sources' share of what rules contribute. */
interface Share {
  readonly sources: IpSet;
  readonly conditional: IpSet | undefined;
  readonly contributions: readonly Contribution[];
  readonly conditions: readonly string[];
  readonly approximate: readonly string[];
}

/** Services that the same rules let in share these rules: whose share is which is worked out once. */
const shares = new WeakMap<readonly Contribution[], Share[]>();

function shareOf({ contributions: all, conditional }: Reach, sources: IpSet): Share {
  const known = shares.get(all) ?? [];
  shares.set(all, known);
  let share = known.find((each) => isSame(each.conditional, conditional) && each.sources.equals(sources));
  if (share === undefined) {
    const contributions = all.filter((each) => each.sources.overlaps(sources));
    // Doors have hundreds of rules each, and most of these leave no doubt.
    const doubtful = contributions.filter(({ approximate }) => approximate.length > 0);
    share = {
      sources,
      conditional,
      contributions,
      conditions: conditionsOf(contributions, conditional?.intersect(sources)),
      approximate: doubtful.flatMap(({ approximate }) => approximate),
    };
    known.push(share);
  }
  return share;
}

function isSame(a: IpSet | undefined, b: IpSet | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.equals(b));
}

/**
 * A condition that only some of the rules have is told with its rule: the others open the door alone.
 *
 * @param conditional who gets in only under one: of others none is told; absent: nobody knows
 */
export function conditionsOf(contributions: readonly Contribution[], conditional?: IpSet): readonly string[] {
  const always = contributions.some((each) => each.conditions.length === 0);
  const told = new Set<string>();
  for (const { conditions, rule, sources } of contributions) {
    if (conditions.length === 0 || conditional?.overlaps(sources) === false) continue;
    for (const condition of conditions) told.add(always ? `${rule.name}: ${condition}` : condition);
  }
  return [...told];
}
