import type { Contribution, DormantDoor, Entry, ExposedService, Target } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import type { ServiceInfo } from '../model/service-catalogue.js';
import { IMPOSSIBLE_SOURCES, PRIVATE_NETWORKS } from '../parties/special-networks.js';
import { IpSet } from '../sets/ip-set.js';
import { isFeed } from './config-facts.js';
import { isAutomatic, plainAddresses, serviceLabel, shortTargetLabel } from './labels.js';
import { outsideOf } from './outside.js';
import { type CelRecord, record, recordsWith } from './records.js';
import type { JudgedExposure } from './world.js';

/** The catalogue of services by id. */
export type ServiceCatalogue = ReadonlyMap<string, ServiceInfo>;

/** An exposure among the others of its device. */
interface Seen {
  readonly exposure: JudgedExposure;
  readonly config: FirewallConfig;
  readonly all: readonly JudgedExposure[];
}

/** Fields that follow from the rules of an exposure. Many share their rules: what these say is gathered once. */
function gathered(
  gather: (rules: readonly Contribution[], config: FirewallConfig) => CelRecord,
): (field: string) => (seen: Seen) => unknown {
  const known = new WeakMap<readonly Contribution[], CelRecord>();
  return (field) => {
    return ({ exposure: { contributions }, config }) => {
      const facts = known.get(contributions) ?? gather(contributions, config);
      known.set(contributions, facts);
      return facts[field];
    };
  };
}

const ruleFact = gathered(ruleFacts);
const sourceFact = gathered(sourceFacts);

const toExposure = recordsWith<Seen>('Exposure', {
  sources: ({ exposure }) => exposure.sources.toCidrs(),
  remainder: ({ exposure }) => exposure.remainder.toCidrs(),
  who: ({ exposure }) => whoOf(exposure) ?? zoneHosts(exposure) ?? plainAddresses(leftOf(exposure).toCidrs()),
  named: ({ exposure }) => exposure.named.map((each) => each.name),
  size: ({ exposure }) =>
    exposure.entry.tunnel === undefined && exposure.domain === null ? sizeOf(leftOf(exposure)) : 1n,
  families: ({ exposure }) => {
    const { ipv4, ipv6 } = exposure.sources.size();
    return [...(ipv4 > 0 ? ['ipv4'] : []), ...(ipv6 > 0n ? ['ipv6'] : [])];
  },
  onlyIpv6: ({ exposure, all }) => {
    const { ipv4, ipv6 } = exposure.sources.size();
    return ipv6 > 0n && ipv4 === 0 && !all.some((other) => isTwin(exposure, other));
  },
  alreadyOpen: ({ exposure, all }) => isAlreadyOpen(exposure, all),
  rules: ({ exposure }) => exposure.contributions.map((each) => each.rule.name),
  automatic: ruleFact('automatic'),
  userMade: ruleFact('userMade'),
  fromAny: ruleFact('fromAny'),
  automaticAny: ruleFact('automaticAny'),
  purposes: ruleFact('purposes'),
  logged: ruleFact('logged'),
  unlogged: ruleFact('unlogged'),
  throughGroup: sourceFact('throughGroup'),
  byName: sourceFact('byName'),
  commented: sourceFact('commented'),
});

/**
 * An exposure as conditions see it.
 *
 * @param all the exposures of its device
 * @param notInside zones and interfaces by which strangers come in, or hosts that are trusted less
 */
export function projectExposure(
  exposure: JudgedExposure,
  config: FirewallConfig,
  services: ServiceCatalogue,
  all: readonly JudgedExposure[] = [exposure],
  notInside: ReadonlySet<string> = outsideOf(config),
): CelRecord {
  const { party } = exposure;
  const fields = {
    device: exposure.device,
    platform: config.platform,
    entry: projectEntry(exposure.entry),
    party,
    domain: exposure.domain ?? '',
    thirdParty: exposure.thirdParty,
    anyone: exposure.anyone,
    private: party === 'private',
    own: party === 'own',
    lessTrusted: party === 'zone-hosts',
    wholeZone: isWholeZone(exposure),
    inside: isInside(exposure.target, notInside),
    status: exposure.status,
    target: projectTarget(exposure.target),
    service: projectExposedService(exposure.service, services),
    conditional: exposure.conditions.length > 0,
    conditions: exposure.conditions,
    approximate: exposure.approximate.length > 0,
  };
  return toExposure(fields, { exposure, config, all });
}

/** What explanations leave of an exposure; all of it, where they leave nothing. */
function leftOf({ sources, remainder }: JudgedExposure): IpSet {
  return remainder.isEmpty() ? sources : remainder;
}

/**
 * Whether what comes out of a tunnel to the appliance itself reaches nothing that anyone does not reach from
 * outside: one box may open both, and the wider door says it.
 */
export function isAlreadyOpen(exposure: JudgedExposure, all: readonly JudgedExposure[]): boolean {
  const { entry, target, service } = exposure;
  if (entry.tunnel === undefined || target.kind !== 'self') return false;
  const open = all.flatMap((other) =>
    other.anyone && other.target.kind === 'self' && other.service.id === service.id ? [other.target] : [],
  );
  // Without interfaces, which a format may not tell, every interface of the target would be among the open ones.
  if (target.interfaces.length === 0) return open.some((each) => isAtSameAddress(each, target));
  const interfaces = new Set(open.flatMap((each) => each.interfaces));
  return target.interfaces.every((name) => interfaces.has(name));
}

/** Whether a target that has no interface either takes in all addresses of another, known or not. */
function isAtSameAddress(open: Target, { addresses, dynamic }: Target): boolean {
  return open.interfaces.length === 0 && open.dynamic === dynamic && open.addresses.contains(addresses);
}

/** Whoever holds a name; who stands at the far end of a tunnel: its peers, else the tunnel's own name. */
function whoOf({ domain, entry: { name, tunnel } }: JudgedExposure): readonly string[] | null {
  if (domain !== null) return [domain];
  if (tunnel === undefined) return null;
  return tunnel.peers.length > 0 ? tunnel.peers : [`"${name}"`];
}

/** Whether every host of a zone of one's own is meant, and none by itself. */
function isWholeZone({ party, entry: { networks }, sources }: JudgedExposure): boolean {
  if (party !== 'zone-hosts' || networks === undefined) return false;
  return isAnySource(sources) || (!networks.isEmpty() && sources.contains(networks));
}

/** The networks of a zone of one's own, where any source is let in from it: none else is there. */
function zoneHosts(exposure: JudgedExposure): readonly string[] | null {
  const { party, entry } = exposure;
  const { name, networks } = entry;
  const left = leftOf(exposure);
  if (party !== 'zone-hosts' || networks === undefined || !isAnySource(left)) return null;
  const there = plainAddresses(networks.intersect(left).toCidrs());
  return there.length > 0 ? there : [`"${name}"`];
}

/** More than anybody's networks. */
function isAnySource(sources: IpSet): boolean {
  const { ipv4, ipv6 } = sources.size();
  return ipv4 > 2 ** 25 || ipv6 > 2n ** 96n;
}

/** Whether a host stands behind an interface that is trusted. */
function isInside({ kind, interfaces }: Target, notInside: ReadonlySet<string>): boolean {
  return kind === 'host' && !interfaces.some((name) => notInside.has(name));
}

/** A site has a whole /64 in IPv6 where it has one address in IPv4. */
const SITE = 2n ** 64n;

function sizeOf(set: IpSet): bigint {
  const { ipv4, ipv6 } = set.size();
  return BigInt(ipv4) + (ipv6 + SITE - 1n) / SITE;
}

/** The same service of the same appliance, from the same entry, for somebody's IPv4. */
function isTwin(exposure: JudgedExposure, other: JudgedExposure): boolean {
  return (
    other.thirdParty &&
    other.service.id === exposure.service.id &&
    other.entry.name === exposure.entry.name &&
    other.target.kind === exposure.target.kind &&
    other.sources.size().ipv4 > 0
  );
}

/** How the sources are written down. Doors may have hundreds of rules each. */
function sourceFacts(contributions: readonly Contribution[], config: FirewallConfig): CelRecord {
  let [throughGroup, byName, commented] = [false, false, true];
  for (const { path, origin, rule, domains } of contributions) {
    byName ||= domains !== undefined;
    commented &&= origin !== 'user' || (rule.comment ?? '').trim() !== '';
    for (const { part, depth, kind, name } of path) {
      if (part !== 'source') continue;
      throughGroup ||= depth > 0;
      byName ||= kind === 'address-object' && isFeed(name, config);
    }
  }
  return { throughGroup, byName, commented };
}

function ruleFacts(rules: readonly Contribution[]): CelRecord {
  const fromAny = rules.filter((rule) => rule.fromAny);
  return {
    automatic: rules.length > 0 && rules.every((rule) => isAutomatic(rule.origin)),
    userMade: rules.some((rule) => rule.origin === 'user'),
    fromAny: fromAny.length > 0,
    automaticAny: fromAny.length > 0 && fromAny.every((rule) => isAutomatic(rule.origin)),
    purposes: [...new Set(rules.map(({ purpose }) => purpose).filter((purpose) => purpose !== null))],
    logged: rules.length > 0 && rules.every((rule) => rule.logged === true),
    unlogged: rules.some((rule) => rule.logged === false),
  };
}

/** A dormant door as conditions see it; `own` are the organisation's addresses. */
export function projectDormant(
  door: DormantDoor,
  platform: string,
  services: ServiceCatalogue,
  own: IpSet = IpSet.EMPTY,
): CelRecord {
  const outsiders = door.sources.subtract(PRIVATE_NETWORKS).subtract(IMPOSSIBLE_SOURCES).subtract(own);
  return record('Dormant', {
    device: door.device,
    platform,
    entry: projectEntry(door.entry),
    target: projectTarget(door.target),
    service: projectExposedService(door.service, services),
    sources: door.sources.toCidrs(),
    outsiders: !outsiders.isEmpty(),
    fromAny: door.fromAny,
    reasons: door.reasons,
    subject: door.subject,
    rule: door.path[0]?.name ?? '',
    automatic: isAutomatic(door.origin),
  });
}

/** A service of the catalogue as conditions see it. */
export function projectService(id: string, services: ServiceCatalogue, where: ExposedService): CelRecord {
  const info = services.get(id);
  return record('Service', {
    id,
    name: info?.name.en ?? id,
    nameFr: info?.name.fr ?? id,
    // What the catalogue does not know is taken for administration: an unknown door is never passed over.
    class: info?.class ?? 'administration',
    administration: info === undefined || info.class === 'administration',
    clearText: info?.clearText ?? false,
    protocol: where.protocol,
    ports: where.ports,
    label: serviceLabel(where),
  });
}

function projectExposedService(service: ExposedService, services: ServiceCatalogue): CelRecord {
  return projectService(service.id, services, service);
}

/** Many exposures share an entry or a target: each is projected once. */
const entries = new WeakMap<Entry, CelRecord>();
const targets = new WeakMap<Target, CelRecord>();

function projectEntry(entry: Entry): CelRecord {
  const { kind, name, role, interfaces } = entry;
  const known = entries.get(entry) ?? record('Entry', { kind, name, role: role.value, interfaces });
  entries.set(entry, known);
  return known;
}

function projectTarget(target: Target): CelRecord {
  const known = targets.get(target) ?? targetRecord(target);
  targets.set(target, known);
  return known;
}

function targetRecord(target: Target): CelRecord {
  return record('Target', {
    self: target.kind === 'self',
    kind: target.kind,
    addresses: target.addresses.toCidrs(),
    dynamic: target.dynamic ?? '',
    interfaces: target.interfaces,
    label: shortTargetLabel(target),
  });
}
