import type { AddressContent, AddressObject } from '../../model/objects.js';
import { IpSet, parseIpSet } from '../../sets/index.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { firstValue, lineOf, valuesOf } from './tree.js';
import { isOn, isZero, networkOf } from './values.js';
import { virtualAddress } from './virtual-ips.js';

export type Family = 'ipv4' | 'ipv6';

/**
 * The names that policies use for addresses. IPv4 and IPv6 have a namespace each, and often one name in
 * both: the model has one namespace, in which the IPv4 object keeps the name.
 */
export interface AddressBook {
  readonly objects: readonly AddressObject[];
  /** Whether a name means every address of its family: `all`, unless somebody redefined it. */
  isAll(name: string, family: Family): boolean;
  /** Whether the model's object of this name is the one that the family means. */
  isShared(name: string, family: Family): boolean;
  /** Exactly the addresses of a name; null when the file cannot tell. */
  exact(name: string, family: Family): IpSet | null;
}

/** The tables of each namespace. What the appliance refuses to name alike is in one. */
const TABLES = {
  ipv4: ['firewall address', 'firewall addrgrp', 'firewall vip', 'firewall vipgrp'],
  ipv6: ['firewall address6', 'firewall addrgrp6', 'firewall vip6', 'firewall vipgrp6'],
} as const satisfies Record<Family, readonly string[]>;

/** Feeds that the appliance fetches may be named like addresses. */
const FEEDS = 'system external-resource';

interface Draft {
  readonly content: AddressContent;
  /** Members that a group leaves out. */
  readonly without: readonly string[];
  readonly node: ConfigNode;
}

/** Reads address objects, groups, virtual IPs and feeds of both families. */
export function readAddresses(scope: DeviceScope): AddressBook {
  const drafts = { ipv4: readFamily(scope, 'ipv4'), ipv6: readFamily(scope, 'ipv6') };
  const exact = exactReader(drafts);
  const objects: AddressObject[] = [];
  const taken = new Set<string>();
  for (const family of ['ipv4', 'ipv6'] as const) {
    for (const [name, draft] of drafts[family]) {
      if (taken.has(name)) continue;
      taken.add(name);
      objects.push({
        name,
        label: name,
        zone: null,
        content: finalContent(name, draft, family, exact),
        origin: 'user',
        location: scope.locate(draft.node.line),
      });
    }
  }
  const universe = { ipv4: IpSet.IPV4, ipv6: IpSet.IPV6 };
  return {
    objects,
    isAll: (name, family) =>
      (name === 'all' || name === 'any') &&
      (!drafts[family].has(name) || exact(name, family)?.equals(universe[family]) === true),
    isShared: (name, family) => family === 'ipv4' || !drafts.ipv4.has(name),
    exact: (name, family) => exact(name, family),
  };
}

type ExactReader = (name: string, family: Family) => IpSet | null;

/** A group that leaves members out has exactly what remains, or cannot be told. */
function finalContent(name: string, draft: Draft, family: Family, exact: ExactReader): AddressContent {
  if (draft.without.length === 0) return draft.content;
  const addresses = exact(name, family);
  if (addresses !== null) return { kind: 'addresses', addresses };
  return { kind: 'unknown', reason: 'a group that leaves out members which the file cannot resolve' };
}

function readFamily(scope: DeviceScope, family: Family): ReadonlyMap<string, Draft> {
  const [addresses, groups, vips, vipGroups] = TABLES[family];
  const drafts = new Map<string, Draft>();
  const add = (node: ConfigNode, content: AddressContent, without: readonly string[] = []): void => {
    if (!drafts.has(node.name)) drafts.set(node.name, { content, without, node });
  };
  for (const node of scope.allEntries(addresses)) add(node, addressContent(scope, node, family));
  for (const node of scope.allEntries(groups)) {
    const without = isOn(firstValue(node, 'exclude')) === true ? valuesOf(node, 'exclude-member') : [];
    add(node, { kind: 'group', members: valuesOf(node, 'member') }, without);
  }
  for (const node of scope.allEntries(vips)) add(node, virtualAddress(scope, node, family));
  for (const node of scope.allEntries(vipGroups))
    add(node, { kind: 'group', members: valuesOf(node, 'member') });
  for (const node of scope.allEntries(FEEDS))
    add(node, { kind: 'unknown', reason: 'a feed that the appliance fetches' });
  return drafts;
}

/** Types whose addresses a file cannot hold, in words. */
const UNKNOWN_TYPES: ReadonlyMap<string, string> = new Map([
  ['fqdn', 'the domain name'],
  ['wildcard-fqdn', 'domain names like'],
  ['geography', 'a country'],
  ['dynamic', 'addresses that a connector fills in'],
  ['mac', 'a MAC address'],
  ['route-tag', 'whatever a routing protocol tags'],
  ['template', 'an address template'],
  ['url', 'a web address'],
]);

function addressContent(scope: DeviceScope, node: ConfigNode, family: Family): AddressContent {
  const type = firstValue(node, 'type') ?? (family === 'ipv4' ? 'ipmask' : 'ipprefix');
  const reason = UNKNOWN_TYPES.get(type);
  const domain = domainOf(node, type);
  if (domain !== null) return { kind: 'unknown', reason: `${reason} ${domain}`, domain };
  if (reason !== undefined) return { kind: 'unknown', reason };
  switch (type) {
    case 'ipmask':
    case 'ipprefix':
      return network(scope, node, family);
    case 'iprange':
    case 'range':
      return range(scope, node);
    case 'interface-subnet': {
      const name = firstValue(node, 'interface');
      if (name !== undefined) return { kind: 'interface', interface: name, part: 'subnet' };
      return network(scope, node, family);
    }
    case 'wildcard':
      return wildcard(scope, node);
    default:
      scope.log.note(
        'malformed-value',
        'an address object is of a type that is not known',
        scope.locate(lineOf(node, 'type')),
      );
      return { kind: 'unknown', reason: 'its type is not known' };
  }
}

/** The name itself: whoever holds it, or a name that fits the pattern, decides which addresses these are. */
function domainOf(node: ConfigNode, type: string): string | null {
  return type === 'fqdn' || type === 'wildcard-fqdn' ? firstValue(node, type) || null : null;
}

/** Without a network the object is every address of its family: 0.0.0.0/0 is the default. */
function network(scope: DeviceScope, node: ConfigNode, family: Family): AddressContent {
  const attribute = family === 'ipv4' ? 'subnet' : 'ip6';
  const values = valuesOf(node, attribute);
  if (values.length === 0) {
    // 6.0 to 6.2 may write a range without its type.
    if (firstValue(node, 'start-ip') !== undefined && firstValue(node, 'end-ip') !== undefined)
      return range(scope, node);
    return { kind: 'addresses', addresses: family === 'ipv4' ? IpSet.IPV4 : IpSet.IPV6 };
  }
  const addresses = networkOf(values);
  return addresses === null ? malformed(scope, node, attribute) : { kind: 'addresses', addresses };
}

function range(scope: DeviceScope, node: ConfigNode): AddressContent {
  const start = firstValue(node, 'start-ip') ?? '';
  const end = firstValue(node, 'end-ip') ?? start;
  const addresses = parseIpSet(isZero(start) && !end.includes(':') ? `0.0.0.0-${end}` : `${start}-${end}`);
  return addresses === null ? malformed(scope, node, 'start-ip') : { kind: 'addresses', addresses };
}

/** A wildcard mask says which bits matter; only one without holes is a network. */
function wildcard(scope: DeviceScope, node: ConfigNode): AddressContent {
  const values = valuesOf(node, 'wildcard');
  if (values.length === 0) return { kind: 'addresses', addresses: IpSet.IPV4 };
  const addresses = networkOf(values);
  if (addresses !== null) return { kind: 'addresses', addresses };
  const plain = values.length === 2 && values.every((value) => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(value));
  return plain
    ? { kind: 'unknown', reason: 'a wildcard mask with holes' }
    : malformed(scope, node, 'wildcard');
}

function malformed(scope: DeviceScope, node: ConfigNode, attribute: string): AddressContent {
  scope.log.note(
    'malformed-value',
    'an address that cannot be read: taken as any',
    scope.locate(lineOf(node, attribute)),
  );
  return { kind: 'unknown', reason: 'its address cannot be read' };
}

/** Opens groups; one in a cycle, which FortiOS refuses, cannot be told. */
function exactReader(drafts: Record<Family, ReadonlyMap<string, Draft>>): ExactReader {
  const cache = new Map<string, IpSet | null>();
  function union(names: readonly string[], family: Family): IpSet | null {
    const parts: IpSet[] = [];
    for (const name of names) {
      const part = exact(name, family);
      if (part === null) return null;
      parts.push(part);
    }
    return IpSet.unionOf(parts);
  }
  function resolve(draft: Draft, family: Family): IpSet | null {
    const { content, without } = draft;
    if (content.kind === 'addresses') return content.addresses;
    if (content.kind !== 'group') return null;
    const members = union(content.members, family);
    const excluded = without.length === 0 ? IpSet.EMPTY : union(without, family);
    return members === null || excluded === null ? null : members.subtract(excluded);
  }
  let depth = 0;
  function exact(name: string, family: Family): IpSet | null {
    const key = `${family} ${name}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const draft = drafts[family].get(name);
    if (draft === undefined && (name === 'all' || name === 'any'))
      return family === 'ipv4' ? IpSet.IPV4 : IpSet.IPV6;
    // What is asked for again while it is being opened stands in a cycle.
    cache.set(key, null);
    if (draft === undefined || depth >= MAX_NESTING) return null;
    depth += 1;
    const found = resolve(draft, family);
    depth -= 1;
    cache.set(key, found);
    return found;
  }
  return exact;
}

/** How deep groups are opened; FortiOS itself allows far less. */
const MAX_NESTING = 200;
