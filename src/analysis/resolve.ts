import type { Diagnostic } from '../model/coverage.js';
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
}

export interface ResolvedServices {
  readonly may: ServiceSet;
  readonly must: ServiceSet;
  readonly approximate: readonly string[];
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
};

const EVERYTHING: ResolvedAddresses = { ...NOTHING, may: IpSet.ALL, must: IpSet.ALL };

const ANY_SERVICE: ResolvedServices = { may: ServiceSet.ALL, must: ServiceSet.ALL, approximate: [] };

/** Builds the resolver of one configuration. */
export function createResolver(config: FirewallConfig): Resolver {
  const addressObjects = new Map(config.addressObjects.map((object) => [object.name, object]));
  const serviceObjects = new Map(config.serviceObjects.map((object) => [object.name, object]));
  const interfaces = new Map(config.interfaces.map((each) => [each.name, each]));
  const addressCache = new Map<string, ResolvedAddresses>();
  const serviceCache = new Map<string, ResolvedServices>();
  const addressMatches = new WeakMap<AddressMatch, ResolvedAddresses>();
  const serviceMatches = new WeakMap<ServiceMatch, ResolvedServices>();
  const diagnostics = new Map<string, Diagnostic>();

  function dangling(kind: string, name: string, at: Location): string {
    const key = `${kind} ${name}`;
    if (!diagnostics.has(key)) {
      diagnostics.set(key, {
        code: 'dangling-reference',
        message: `${kind} "${name}" is referred to but not in the configuration; taken as any`,
        location: at,
        incomplete: true,
      });
    }
    return `${kind} "${name}" is not in the file`;
  }

  /** Every object below a name, groups opened; a cycle ends where it began. */
  function leaves<T extends { content: { kind: string } }>(
    name: string,
    objects: ReadonlyMap<string, T>,
    members: (object: T) => readonly string[] | undefined,
  ): { found: readonly T[]; missing: readonly string[] } {
    const seen = new Set<string>([name]);
    const queue = [name];
    const found: T[] = [];
    const missing: string[] = [];
    for (const next of queue) {
      const object = objects.get(next);
      if (object === undefined) {
        missing.push(next);
        continue;
      }
      const below = members(object);
      if (below === undefined) found.push(object);
      for (const member of below ?? []) {
        if (seen.has(member)) continue;
        seen.add(member);
        queue.push(member);
      }
    }
    return { found, missing };
  }

  function addressesOf(name: string, at: Location = config.location): ResolvedAddresses {
    const cached = addressCache.get(name);
    if (cached !== undefined) return cached;
    const { found, missing } = leaves(name, addressObjects, (object) =>
      object.content.kind === 'group' ? object.content.members : undefined,
    );
    const parts = found.map((object) => leafAddresses(object, interfaces));
    for (const each of missing) {
      parts.push({ ...NOTHING, may: IpSet.ALL, approximate: [dangling('address object', each, at)] });
    }
    const resolved = unionAddresses(parts);
    addressCache.set(name, resolved);
    return resolved;
  }

  function servicesOf(name: string, at: Location = config.location): ResolvedServices {
    const cached = serviceCache.get(name);
    if (cached !== undefined) return cached;
    const { found, missing } = leaves(name, serviceObjects, (object) =>
      object.content.kind === 'group' ? object.content.members : undefined,
    );
    const parts = found.map(leafServices);
    for (const each of missing) {
      parts.push({
        may: ServiceSet.ALL,
        must: ServiceSet.EMPTY,
        approximate: [dangling('service object', each, at)],
      });
    }
    const resolved = unionServices(parts);
    serviceCache.set(name, resolved);
    return resolved;
  }

  function resolveAddressMatch(match: AddressMatch, at?: Location): ResolvedAddresses {
    if (match.any && !match.negated) return EVERYTHING;
    const parts = match.objects.map((name) => addressesOf(name, at));
    if (match.literal !== undefined) parts.push({ ...NOTHING, may: match.literal, must: match.literal });
    if (match.any) parts.push(EVERYTHING);
    const inner = unionAddresses(parts);
    return match.negated ? complementAddresses(inner) : inner;
  }

  function resolveServiceMatch(match: ServiceMatch, at?: Location): ResolvedServices {
    if (match.any && !match.negated) return ANY_SERVICE;
    const parts = match.objects.map((name) => servicesOf(name, at));
    if (match.literal !== undefined) {
      parts.push({ may: match.literal, must: match.literal, approximate: [] });
    }
    if (match.any) parts.push(ANY_SERVICE);
    const inner = unionServices(parts);
    if (!match.negated) return inner;
    return { ...inner, may: inner.must.complement(), must: inner.may.complement() };
  }

  return {
    addresses: (match, at) => remembered(addressMatches, match, () => resolveAddressMatch(match, at)),
    services: (match, at) => remembered(serviceMatches, match, () => resolveServiceMatch(match, at)),
    addressObject: (name) => addressObjects.get(name),
    serviceObject: (name) => serviceObjects.get(name),
    addressesOf,
    servicesOf,
    diagnostics: () => [...diagnostics.values()],
  };
}

function remembered<K extends object, V>(cache: WeakMap<K, V>, key: K, compute: () => V): V {
  const before = cache.get(key);
  if (before !== undefined) return before;
  const value = compute();
  cache.set(key, value);
  return value;
}

function leafAddresses(object: AddressObject, interfaces: ReadonlyMap<string, Interface>): ResolvedAddresses {
  const { content } = object;
  switch (content.kind) {
    case 'addresses':
      return { ...NOTHING, may: content.addresses, must: content.addresses };
    case 'unknown':
      return { ...NOTHING, may: IpSet.ALL, approximate: [`${object.label}: ${content.reason}`] };
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
  if (!isDynamic(iface.ipv4)) return { ...NOTHING, may: known, must: known };
  // The subnet behind a dynamic address can be any; its own address certainly lies in it.
  return {
    ...NOTHING,
    may: IpSet.ALL,
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
