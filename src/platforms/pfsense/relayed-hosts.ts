import type { Interface } from '../../model/firewall-config.js';
import type { AddressContent, AddressMatch, ServiceMatch } from '../../model/objects.js';
import type { AccessRule, BeforeNat, NatRule } from '../../model/policy.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import { LOOPBACK } from './loopback.js';
import type { NatContext } from './nat.js';
import type { Relay, Target } from './relays.js';
import { hostsOf, isOwn, ownAddresses, relaysOf } from './relays.js';

/** Where a relay listens, and one port of hosts that it connects to. */
interface RelayedHost {
  readonly nat: NatRule;
  /** Names of the interfaces, virtual addresses included, that have the address; null: every one. */
  readonly on: ReadonlySet<string> | null;
  /** The addresses, as far as the file holds them. */
  readonly addresses: IpSet;
  readonly ports: ServiceSet;
  /** What packets to it were before any translation. */
  readonly before: BeforeNat;
  /** A port forward leads to it. */
  readonly isForwarded: boolean;
}

/** Relays to hosts, as translations and as what rules of interfaces make of them. */
export interface RelayedHosts {
  readonly rules: readonly NatRule[];
  /** Those to which a port forward leads: they come before it. */
  readonly forwarded: readonly NatRule[];
  /** What rules decide of packets to relays, first match, for packets that have been translated. */
  readonly decided: (rules: readonly AccessRule[]) => readonly AccessRule[];
}

const TCP = 6;

const ACCEPTS = 'the relay accepts the connection, and connects to the host as its own settings say';

/**
 * HAProxy, stunnel, Squid's reverse proxy and OpenVPN's `port-share` connect to hosts for whoever reaches their port, and
 * rules see that port alone. It is a translation, therefore, behind those of pf, and whatever lets in to the port of the
 * relay lets in to the host.
 */
export function readRelayedHosts(context: NatContext, forwards: readonly NatRule[]): RelayedHosts {
  const own = ownAddresses(context.interfaces);
  const relayed = relaysOf(context)
    .flatMap((relay) =>
      byPort(relay.targets.filter(({ host }) => !isOwn(host, own))).map((to) => ({ relay, to })),
    )
    .map(({ relay, to }, index) => relayedHost(context, relay, to, index + 1));
  const forwarded = relayed.flatMap((each) => forwards.flatMap((forward) => throughForward(each, forward)));
  // Packets that come in for the loopback itself are thrown away.
  const direct = relayed.filter(({ addresses }) => addresses.isEmpty() || !LOOPBACK.contains(addresses));
  const contents = new Map(context.addresses.objects().map(({ name, content }) => [name, content]));
  const services = new Map(context.services.objects().map(({ name, content }) => [name, content]));
  const servicesOf = (name: string): ServiceSet | null => {
    const content = services.get(name);
    return content?.kind === 'services' ? content.services : null;
  };
  const ground: Ground = { contents, servicesOf, interfaces: context.interfaces.all };
  return {
    rules: direct.map(({ nat }) => nat),
    forwarded: forwarded.map(({ nat }) => nat),
    decided: (rules) =>
      [...forwarded, ...direct].flatMap((each) => rules.flatMap((rule) => decidedBy(rule, each, ground))),
  };
}

/** A relay to which a port forward leads, on the loopback as a rule: rules see its address and port. */
function throughForward(relayed: RelayedHost, forward: NatRule): readonly RelayedHost[] {
  const { nat, addresses, ports } = relayed;
  const target = forward.translatedDestination?.literal ?? IpSet.EMPTY;
  const arriving = (forward.translatedService ?? forward.service).literal;
  const leads =
    forward.enabled && addresses.union(relayed.on === null ? LOOPBACK : IpSet.EMPTY).overlaps(target);
  if (!leads || (arriving !== undefined && !arriving.overlaps(ports))) return [];
  const { translatedDestination, translatedService, name } = nat;
  const approximate = [...(forward.approximate ?? []), ACCEPTS];
  const before = forward.service.literal === undefined ? {} : { service: forward.service.literal };
  return [
    {
      ...relayed,
      addresses: target,
      nat: {
        ...forward,
        name,
        translatedDestination,
        translatedService,
        approximate,
        location: nat.location,
      },
      before: { translated: true, ...before },
      isForwarded: true,
    },
  ];
}

interface Destinations {
  readonly hosts: IpSet;
  readonly port: number;
}

/** Hosts of one port together. A name is not followed: who holds it is not in the file. */
function byPort(targets: readonly Target[]): readonly Destinations[] {
  const ports = new Map<number, IpSet>();
  for (const { host, port } of targets) {
    const address = parseIpSet(host);
    if (address !== null) ports.set(port, (ports.get(port) ?? IpSet.EMPTY).union(address));
  }
  return [...ports].map(([port, hosts]) => ({ hosts, port }));
}

function relayedHost(
  { interfaces, addresses }: NatContext,
  relay: Relay,
  { hosts, port }: Destinations,
  number: number,
): RelayedHost {
  const row = interfaces.rows.find(({ key }) => key === relay.on);
  const literal = relay.on === null ? null : parseIpSet(relay.on);
  const at = row === undefined ? null : [row.interface, ...row.virtual.map((each) => each.interface)];
  const destination: AddressMatch =
    literal !== null
      ? { any: false, objects: [], literal, negated: false }
      : row === undefined
        ? addresses.word('(self)', relay.location, 'network')
        : addresses.everyAddressOf(row);
  const ports = ServiceSet.of(TCP, PortSet.of(...relay.ports));
  const held = literal ?? IpSet.unionOf((at ?? interfaces.all).flatMap(hostsOf));
  return {
    on: literal !== null ? new Set() : at && new Set(at.map(({ name }) => name)),
    addresses: held,
    ports,
    before: { translated: true, service: ports, ...(held.isEmpty() ? {} : { destination: held }) },
    isForwarded: false,
    nat: translation(relay, number, destination, ports, { hosts, port }),
  };
}

function translation(
  relay: Relay,
  number: number,
  destination: AddressMatch,
  ports: ServiceSet,
  { hosts, port }: Destinations,
): NatRule {
  return {
    name: relay.name,
    number,
    enabled: true,
    family: hosts.overlaps(IpSet.IPV6) ? 'ipv6' : 'ipv4',
    inInterfaces: null,
    outInterfaces: null,
    source: { any: true, objects: [], negated: false },
    destination,
    service: matchOf(ports),
    translatedSource: null,
    translatedDestination: { any: false, objects: [], literal: hosts, negated: false },
    translatedService: matchOf(ServiceSet.of(TCP, PortSet.of(port))),
    approximate: [ACCEPTS],
    origin: 'user',
    comment: null,
    location: relay.location,
  };
}

function matchOf(literal: ServiceSet): ServiceMatch {
  return { any: false, objects: [], literal, negated: false };
}

interface Ground {
  readonly contents: ReadonlyMap<string, AddressContent>;
  readonly servicesOf: (name: string) => ServiceSet | null;
  readonly interfaces: readonly Interface[];
}

/** How much of what a relay takes in a rule is about. */
type Part = 'all' | 'some' | 'none';

/** What a rule makes of packets to a relay; one that may not be about all of them blocks none for certain. */
function decidedBy(rule: AccessRule, relayed: RelayedHost, ground: Ground): readonly AccessRule[] {
  const { kind } = rule.action;
  if (!rule.enabled || (kind !== 'permit' && kind !== 'deny')) return [];
  // One of a port forward with the association Pass.
  if (rule.beforeNat !== undefined && !relayed.isForwarded) return [];
  const about = least(
    servicePart(rule.service, relayed, ground),
    destinationPart(rule.destination, relayed, ground),
  );
  if (about === 'none' || (about === 'some' && kind === 'deny')) return [];
  const { translatedDestination: destination, translatedService: service, family } = relayed.nat;
  if (destination === null || service === null || (rule.family !== 'both' && rule.family !== family))
    return [];
  return [
    {
      ...rule,
      destination,
      service,
      beforeNat: relayed.before,
      transitOnly: true,
      approximate:
        about === 'all'
          ? rule.approximate
          : [...rule.approximate, 'it may not be about all that the relay takes in'],
    },
  ];
}

function least(a: Part, b: Part): Part {
  if (a === 'none' || b === 'none') return 'none';
  return a === 'all' && b === 'all' ? 'all' : 'some';
}

/** The most that one of several is about. */
function most(parts: readonly Part[]): Part {
  if (parts.includes('all')) return 'all';
  return parts.includes('some') ? 'some' : 'none';
}

function servicePart({ any, objects, literal }: ServiceMatch, { ports }: RelayedHost, ground: Ground): Part {
  if (any) return 'all';
  const sets = [...(literal === undefined ? [] : [literal]), ...objects.map(ground.servicesOf)];
  return most(
    sets.map((set) => {
      if (set === null) return 'some';
      if (set.contains(ports)) return 'all';
      return set.overlaps(ports) ? 'some' : 'none';
    }),
  );
}

function destinationPart(match: AddressMatch, relayed: RelayedHost, ground: Ground): Part {
  const parts = [
    match.any ? 'all' : 'none',
    addressPart(match.literal ?? IpSet.EMPTY, relayed),
    ...match.objects.map((name) => objectPart(name, relayed, ground, new Set())),
  ] as const;
  const part = most(parts);
  if (!match.negated || part === 'some') return part;
  return part === 'all' ? 'none' : 'all';
}

function addressPart(set: IpSet, { addresses }: RelayedHost): Part {
  if (addresses.isEmpty() || !set.overlaps(addresses)) return 'none';
  return set.contains(addresses) ? 'all' : 'some';
}

function objectPart(name: string, relayed: RelayedHost, ground: Ground, above: ReadonlySet<string>): Part {
  const content = ground.contents.get(name);
  if (content === undefined || content.kind === 'unknown') return 'some';
  if (content.kind === 'addresses') return addressPart(content.addresses, relayed);
  if (content.kind === 'group') {
    if (above.has(name)) return 'none';
    const chain = new Set([...above, name]);
    return most(content.members.map((member) => objectPart(member, relayed, ground, chain)));
  }
  const { on } = relayed;
  if (on?.has(content.interface)) return on.size === 1 ? 'all' : 'some';
  const found = ground.interfaces.find((each) => each.name === content.interface);
  if (on === null) return 'some';
  const cidrs = [found?.ipv4, found?.ipv6].flatMap((each) => (each?.kind === 'static' ? each.cidrs : []));
  const hosts = content.part === 'subnet' ? cidrs : cidrs.map((cidr) => cidr.replace(/\/.*/, ''));
  return addressPart(IpSet.unionOf(hosts.flatMap((host) => parseIpSet(host) ?? [])), relayed);
}
