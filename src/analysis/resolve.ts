import type { Diagnostic } from '../model/coverage.js';
import type { Domains } from '../model/exposure.js';
import type { FirewallConfig, Interface, InterfaceAddress } from '../model/firewall-config.js';
import type { Location } from '../model/location.js';
import type { AddressMatch, AddressObject, ServiceMatch, ServiceObject } from '../model/objects.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { ServiceSet } from '../sets/service-set.js';

/**
 * What a name or a side of a rule stands for. The file does not always tell exactly: then `may` is
 * everything that could be meant and `must` what certainly is. A permit is read with `may`, a deny
 * with `must`, so that doubt can widen an exposure and never hide one.
 */
export interface ResolvedAddresses {
  readonly may: IpSet;
  readonly must: IpSet;
  /** Interfaces whose address is meant, though the file does not hold that address. */
  readonly dynamic: ReadonlySet<string>;
  /** Interfaces whose unknown address is certainly not meant. */
  readonly excluded: ReadonlySet<string>;
  /** Interfaces that are meant but have no address today. */
  readonly addressless: ReadonlySet<string>;
  readonly approximate: readonly string[];
  /** Domain names that `may` stands for as well, whatever their addresses are; null: none. */
  readonly domains: Domains | null;
}

export interface ResolvedServices {
  readonly may: ServiceSet;
  readonly must: ServiceSet;
  readonly approximate: readonly string[];
}

/** Whether all that could be meant certainly is. */
export function isExact<T extends { equals(other: T): boolean }>({
  may,
  must,
}: {
  may: T;
  must: T;
}): boolean {
  return may === must || may.equals(must);
}

/** Turns names into sets, once each. */
export interface Resolver {
  /** `at` is where the match stands, for what turns out to be missing. */
  addresses(match: AddressMatch, at?: Location): ResolvedAddresses;
  services(match: ServiceMatch, at?: Location): ResolvedServices;
  addressObject(name: string): AddressObject | undefined;
  serviceObject(name: string): ServiceObject | undefined;
  /** What one named address object stands for. */
  addressesOf(name: string): ResolvedAddresses;
  servicesOf(name: string): ResolvedServices;
  /** Dangling references and cycles met so far, each once. */
  diagnostics(): readonly Diagnostic[];
}

const NO_NAMES: ReadonlySet<string> = new Set();

const NOTHING: ResolvedAddresses = {
  may: IpSet.EMPTY,
  must: IpSet.EMPTY,
  dynamic: NO_NAMES,
  excluded: NO_NAMES,
  addressless: NO_NAMES,
  approximate: [],
  domains: null,
};

const EVERYTHING: ResolvedAddresses = { ...NOTHING, may: IpSet.ALL, must: IpSet.ALL };

const ANY_SERVICE: ResolvedServices = { may: ServiceSet.ALL, must: ServiceSet.ALL, approximate: [] };

/** Builds the resolver of one configuration. */
export function createResolver(config: FirewallConfig): Resolver {
  return new CachingResolver(config);
}

/** Lives as long as the analysis of one configuration: what was resolved once is not resolved again. */
class CachingResolver implements Resolver {
  readonly #config: FirewallConfig;
  readonly #addressObjects: ReadonlyMap<string, AddressObject>;
  readonly #serviceObjects: ReadonlyMap<string, ServiceObject>;
  readonly #interfaces: ReadonlyMap<string, Interface>;
  readonly #addresses = new Map<string, ResolvedAddresses>();
  readonly #services = new Map<string, ResolvedServices>();
  readonly #addressMatches = new Map<AddressMatch, ResolvedAddresses>();
  readonly #serviceMatches = new Map<ServiceMatch, ResolvedServices>();
  readonly #diagnostics = new Map<string, Diagnostic>();

  constructor(config: FirewallConfig) {
    this.#config = config;
    this.#addressObjects = new Map(config.addressObjects.map((object) => [object.name, object]));
    this.#serviceObjects = new Map(config.serviceObjects.map((object) => [object.name, object]));
    this.#interfaces = new Map(config.interfaces.map((each) => [each.name, each]));
  }

  addresses(match: AddressMatch, at: Location = this.#config.location): ResolvedAddresses {
    const only = match.objects[0];
    if (!match.negated && match.any) return EVERYTHING;
    if (!match.negated && only !== undefined && isOne(match)) return this.addressesOf(only, at);
    const cache = this.#addressMatches;
    return cache.get(match) ?? remember(cache, match, this.#addressesMatched(match, at));
  }

  services(match: ServiceMatch, at: Location = this.#config.location): ResolvedServices {
    const only = match.objects[0];
    if (!match.negated && match.any) return ANY_SERVICE;
    if (!match.negated && only !== undefined && isOne(match)) return this.servicesOf(only, at);
    const cache = this.#serviceMatches;
    return cache.get(match) ?? remember(cache, match, this.#servicesMatched(match, at));
  }

  addressObject(name: string): AddressObject | undefined {
    return this.#addressObjects.get(name);
  }

  serviceObject(name: string): ServiceObject | undefined {
    return this.#serviceObjects.get(name);
  }

  addressesOf(name: string, at: Location = this.#config.location): ResolvedAddresses {
    return this.#addresses.get(name) ?? remember(this.#addresses, name, this.#addressesBelow(name, at));
  }

  servicesOf(name: string, at: Location = this.#config.location): ResolvedServices {
    return this.#services.get(name) ?? remember(this.#services, name, this.#servicesBelow(name, at));
  }

  diagnostics(): readonly Diagnostic[] {
    return [...this.#diagnostics.values()];
  }

  #addressesBelow(name: string, at: Location): ResolvedAddresses {
    const { found, missing } = leavesOf(name, this.#addressObjects);
    return unionAddresses([
      ...found.map((object) => leafAddresses(object, this.#interfaces)),
      ...missing.map((each) => ({
        ...NOTHING,
        may: IpSet.ALL,
        approximate: [this.#dangling('address object', each, at)],
      })),
    ]);
  }

  #servicesBelow(name: string, at: Location): ResolvedServices {
    const { found, missing } = leavesOf(name, this.#serviceObjects);
    return unionServices([
      ...found.map(leafServices),
      ...missing.map((each) => ({
        may: ServiceSet.ALL,
        must: ServiceSet.EMPTY,
        approximate: [this.#dangling('service object', each, at)],
      })),
    ]);
  }

  #addressesMatched(match: AddressMatch, at: Location): ResolvedAddresses {
    const parts = match.objects.map((name) => this.addressesOf(name, at));
    if (match.literal !== undefined) parts.push({ ...NOTHING, may: match.literal, must: match.literal });
    if (match.any) parts.push(EVERYTHING);
    const inner = unionAddresses(parts);
    return match.negated ? complementAddresses(inner) : inner;
  }

  #servicesMatched(match: ServiceMatch, at: Location): ResolvedServices {
    const parts = match.objects.map((name) => this.servicesOf(name, at));
    if (match.literal !== undefined) {
      parts.push({ may: match.literal, must: match.literal, approximate: [] });
    }
    if (match.any) parts.push(ANY_SERVICE);
    const inner = unionServices(parts);
    if (!match.negated) return inner;
    return { ...inner, may: inner.must.complement(), must: inner.may.complement() };
  }

  #dangling(kind: string, name: string, at: Location): string {
    this.#diagnostics.set(`${kind} ${name}`, {
      code: 'dangling-reference',
      message: `${kind} "${name}" is referred to but not in the configuration; taken as any`,
      location: at,
      incomplete: true,
    });
    return `${kind} "${name}" is not in the file`;
  }
}

/** Whether a match is one object: then what is remembered of the object will do. */
function isOne({ objects, literal }: AddressMatch | ServiceMatch): boolean {
  return objects.length === 1 && literal === undefined;
}

interface Grouping {
  readonly content: { readonly kind: string; readonly members?: readonly string[] };
}

/** Every object below a name, groups opened; a cycle ends where it began. */
function leavesOf<T extends Grouping>(
  name: string,
  objects: ReadonlyMap<string, T>,
): { readonly found: readonly T[]; readonly missing: readonly string[] } {
  const seen = new Set<string>([name]);
  const found: T[] = [];
  const missing: string[] = [];
  for (const next of seen) {
    const object = objects.get(next);
    if (object === undefined) missing.push(next);
    else if (object.content.kind !== 'group') found.push(object);
    // A set is walked in the order of insertion, what is added on the way included.
    for (const member of object?.content.members ?? []) seen.add(member);
  }
  return { found, missing };
}

function remember<K, V>(cache: Map<K, V>, key: K, value: V): V {
  cache.set(key, value);
  return value;
}

function leafAddresses(object: AddressObject, interfaces: ReadonlyMap<string, Interface>): ResolvedAddresses {
  const { content } = object;
  switch (content.kind) {
    case 'addresses':
      return { ...NOTHING, may: content.addresses, must: content.addresses };
    case 'unknown': {
      const doubts = [`${object.label}: ${content.reason}`];
      const domains =
        content.domain === undefined ? null : { names: [content.domain], besides: IpSet.EMPTY, doubts };
      return { ...NOTHING, may: IpSet.ALL, approximate: doubts, domains };
    }
    case 'group':
      return NOTHING;
    case 'interface': {
      const found = interfaces.get(content.interface);
      if (found === undefined) return NOTHING;
      return content.part === 'address' ? interfaceAddress(found) : interfaceSubnet(found);
    }
  }
}

function interfaceAddress(iface: Interface): ResolvedAddresses {
  const known = ownAddresses(iface);
  const moving = isDynamic(iface.ipv4) || isDynamic(iface.ipv6);
  return {
    ...NOTHING,
    may: known,
    must: known,
    dynamic: moving ? new Set([iface.name]) : NO_NAMES,
    addressless: known.isEmpty() && !moving ? new Set([iface.name]) : NO_NAMES,
  };
}

function interfaceSubnet(iface: Interface): ResolvedAddresses {
  const known = connectedNetworks(iface);
  const unknown = unknownNetworks(iface);
  if (unknown.isEmpty()) return { ...NOTHING, may: known, must: known };
  // The subnet behind a dynamic address can be any; its own address certainly lies in it.
  return {
    ...NOTHING,
    may: known.union(unknown),
    must: known,
    dynamic: new Set([iface.name]),
    approximate: [`the subnet of ${iface.name} is dynamic`],
  };
}

/** Whether there is an address that the file does not hold. */
export function isDynamic(address: InterfaceAddress): boolean {
  return address.kind === 'dynamic' || address.kind === 'unknown';
}

/** The addresses that an interface certainly has. */
export function ownAddresses(iface: Interface): IpSet {
  return IpSet.unionOf(staticCidrs(iface).map((cidr) => parseIpSet(cidr.replace(/\/.*/, '')) ?? IpSet.EMPTY));
}

/** All addresses of a family, where the network that an interface has in it is not in the file. */
export function unknownNetworks({ ipv4, ipv6 }: Interface): IpSet {
  return IpSet.unionOf([...(isDynamic(ipv4) ? [IpSet.IPV4] : []), ...(isDynamic(ipv6) ? [IpSet.IPV6] : [])]);
}

/** The networks that are directly connected to an interface, as far as the file holds them. */
export function connectedNetworks(iface: Interface): IpSet {
  return IpSet.unionOf(staticCidrs(iface).map((cidr) => parseIpSet(cidr) ?? IpSet.EMPTY));
}

function staticCidrs(iface: Interface): readonly string[] {
  return [iface.ipv4, iface.ipv6].flatMap((each) => (each.kind === 'static' ? each.cidrs : []));
}

function unionAddresses(parts: readonly ResolvedAddresses[]): ResolvedAddresses {
  const [only] = parts;
  if (only === undefined) return NOTHING;
  if (parts.length === 1) return only;
  return {
    may: IpSet.unionOf(parts.map((part) => part.may)),
    must: IpSet.unionOf(parts.map((part) => part.must)),
    dynamic: new Set(parts.flatMap((part) => [...part.dynamic])),
    excluded: NO_NAMES,
    addressless: new Set(parts.flatMap((part) => [...part.addressless])),
    approximate: [...new Set(parts.flatMap((part) => part.approximate))],
    domains: unionDomains(parts),
  };
}

function unionDomains(parts: readonly ResolvedAddresses[]): Domains | null {
  const named = parts.flatMap(({ domains }) => domains ?? []);
  if (named.length === 0) return null;
  return {
    names: [...new Set(named.flatMap(({ names }) => names))],
    besides: IpSet.unionOf(parts.map(({ may, domains }) => domains?.besides ?? may)),
    doubts: [...new Set(named.flatMap(({ doubts }) => doubts))],
  };
}

/** "Everything but": certain and possible change places, and so do meant and excluded. */
function complementAddresses(inner: ResolvedAddresses): ResolvedAddresses {
  return {
    ...NOTHING,
    may: inner.must.complement(),
    must: inner.may.complement(),
    excluded: inner.dynamic,
    approximate: inner.approximate,
  };
}

function leafServices(object: ServiceObject): ResolvedServices {
  const { content } = object;
  if (content.kind === 'services') {
    return { may: content.services, must: content.services, approximate: [] };
  }
  if (content.kind === 'group') return { may: ServiceSet.EMPTY, must: ServiceSet.EMPTY, approximate: [] };
  return { may: ServiceSet.ALL, must: ServiceSet.EMPTY, approximate: [`${object.label}: ${content.reason}`] };
}

function unionServices(parts: readonly ResolvedServices[]): ResolvedServices {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return {
    may: ServiceSet.unionOf(parts.map((part) => part.may)),
    must: ServiceSet.unionOf(parts.map((part) => part.must)),
    approximate: [...new Set(parts.flatMap((part) => part.approximate))],
  };
}
