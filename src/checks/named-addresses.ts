import type { FirewallConfig } from '../model/firewall-config.js';
import type { Location } from '../model/location.js';
import type { AddressMatch } from '../model/objects.js';
import { IMPOSSIBLE_SOURCES, PRIVATE_NETWORKS } from '../parties/special-networks.js';
import { type IpSet, parseIpSet } from '../sets/ip-set.js';

/** One public address, or the name of a host, that a configuration names, and where. */
export interface NamedAddress {
  readonly address: string;
  readonly places: readonly string[];
  readonly locations: readonly Location[];
}

const NEVER_PUBLIC = PRIVATE_NETWORKS.union(IMPOSSIBLE_SOURCES);
/** Settings whose value names a server. */
const SERVERS: ReadonlySet<string> = new Set([
  'authentication-server',
  'dhcp-name-server',
  'dhcp-option',
  'dns-server',
  'dynamic-dns',
  'flow-collector',
  'last-change-from',
  'log-server',
  'packet-capture-upload',
  'scheduled-report-upload',
  'scheduled-settings-export',
  'time-server',
  'trap-receiver',
]);

/** Whom a configuration names outside: hosts in objects and rules, peers, managers, servers and gateways. */
export function namedAddresses(config: FirewallConfig): readonly NamedAddress[] {
  const found = new Map<string, { places: Set<string>; locations: Location[] }>();
  const add = (address: string, place: string, location: Location): void => {
    const known = found.get(address) ?? { places: new Set<string>(), locations: [] };
    found.set(address, known);
    known.places.add(place);
    known.locations.push(location);
  };
  for (const { content, location } of config.addressObjects) {
    if (content.kind === 'addresses') addHost(content.addresses, 'object', location, add);
  }
  for (const rule of config.policies.flatMap((policy) => policy.rules)) {
    for (const side of [rule.source, rule.destination]) addLiteral(side, rule.location, add);
  }
  for (const { peers, location } of config.tunnels) {
    for (const peer of peers) addText(peer, 'peer', location, add);
  }
  for (const { address, location } of config.managers) {
    if (address !== null) addText(address, 'manager', location, add);
  }
  for (const { name, value, location } of config.settings) {
    if (SERVERS.has(name) && typeof value === 'string') addText(value, 'server', location, add);
  }
  for (const { gateway, location } of config.routes) {
    if (gateway !== null) addText(gateway, 'gateway', location, add);
  }
  return [...found].map(([address, { places, locations }]) => ({ address, places: [...places], locations }));
}

type Add = (address: string, place: string, location: Location) => void;

function addLiteral({ literal }: AddressMatch, location: Location, add: Add): void {
  if (literal !== undefined) addHost(literal, 'rule', location, add);
}

/** Networks are left out: an indicator is one host. */
function addHost(set: IpSet, place: string, location: Location, add: Add): void {
  const { ipv4, ipv6 } = set.size();
  if (ipv4 + Number(ipv6 > 1n ? 2n : ipv6) !== 1 || NEVER_PUBLIC.contains(set)) return;
  const first = set.first();
  if (first !== null) add(first, place, location);
}

function addText(text: string, place: string, location: Location, add: Add): void {
  const set = parseIpSet(text);
  if (set === null) add(text.toLowerCase(), place, location);
  else addHost(set, place, location, add);
}
