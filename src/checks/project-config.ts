import type {
  Administrator,
  FirewallConfig,
  Interface,
  Manager,
  Route,
  SecretRef,
  Setting,
  Tunnel,
} from '../model/firewall-config.js';
import type { AddressMatch, ServiceMatch } from '../model/objects.js';
import type { AccessRule, Listener, NatRule, Policy } from '../model/policy.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import {
  addressesOf,
  bornWith,
  isEmptySide,
  isGroupsSide,
  isUnresolved,
  labelOf,
  leavesAgain,
  permitsByDefault,
} from './config-facts.js';
import { isAutomatic } from './labels.js';
import type { NamedAddress } from './named-addresses.js';
import { leadsOut, type Outside, outsideOf, ruleFromOutside } from './outside.js';
import { projectService, type ServiceCatalogue } from './project-doors.js';
import { type CelRecord, record, recordsWith } from './records.js';

/** An access rule in its policy, and who is outside. */
interface Ruled {
  readonly rule: AccessRule;
  readonly policy: Policy;
  readonly config: FirewallConfig;
  readonly outside: Outside;
}

const toAccessRule = recordsWith<Ruled>('AccessRule', {
  source: ({ rule, config }) => addressSide(rule.source, config),
  destination: ({ rule, config }) => addressSide(rule.destination, config),
  service: ({ rule }) => serviceSide(rule.service),
  conditions: ({ rule }) => [
    ...rule.conditions.map((each) => each.description),
    ...(rule.beforeNat === undefined ? [] : ['what packets were before NAT']),
  ],
  fromOutside: ({ rule, policy, config, outside }) =>
    ruleFromOutside(rule, policy, outside) && !leadsOut(rule, policy, config),
});

/** An access rule as conditions see it. */
export function projectAccessRule(
  rule: AccessRule,
  policy: Policy,
  config: FirewallConfig,
  outside: Outside = outsideOf(config),
): CelRecord {
  const fields = {
    device: config.id,
    platform: config.platform,
    policy: policy.name,
    name: rule.name,
    number: whole(rule.number),
    enabled: rule.enabled,
    action: rule.action.kind,
    family: rule.family,
    from: policy.applies?.from ?? [],
    to: policy.applies?.to ?? [],
    automatic: isAutomatic(rule.origin),
    purpose: rule.purpose ?? '',
    comment: rule.comment ?? '',
    logged: rule.logged === true,
    unlogged: rule.logged === false,
    created: whole(rule.created),
    updated: whole(rule.updated),
    lastUsed: whole(rule.lastUsed),
    toSelf: policy.applies !== null && policy.applies.covers !== 'transit',
    preliminary: policy.preliminary === true,
  };
  return toAccessRule(fields, { rule, policy, config, outside });
}

export function projectNatRule(rule: NatRule, config: FirewallConfig): CelRecord {
  const to = rule.translatedDestination;
  return record('NatRule', {
    device: config.id,
    platform: config.platform,
    name: rule.name,
    number: whole(rule.number),
    enabled: rule.enabled,
    family: rule.family,
    source: addressSide(rule.source, config),
    destination: addressSide(rule.destination, config),
    service: serviceSide(rule.service),
    translatesSource: rule.translatedSource !== null,
    translatesDestination: to !== null,
    translatesService: rule.translatedService !== null,
    newDestinations: to === null ? [] : [...to.objects, ...(to.literal?.toCidrs() ?? [])],
    newAddresses: to === null ? [] : addressesOf(to, config).toCidrs(),
    leavesAgain: to !== null && leavesAgain(addressesOf(to, config), config),
    automatic: isAutomatic(rule.origin),
    comment: rule.comment ?? '',
  });
}

export function projectAdministrator(account: Administrator, config: FirewallConfig): CelRecord {
  const { name, kind, groups, privilege, enabled, origin } = account;
  return record('Administrator', {
    device: config.id,
    platform: config.platform,
    name,
    kind,
    groups,
    privilege,
    enabled,
    automatic: isAutomatic(origin),
    marks: account.marks ?? [],
    created: whole(account.created ?? null),
    bornWith: bornWith(account, config),
  });
}

export function projectListener(
  listener: Listener,
  config: FirewallConfig,
  services: ServiceCatalogue,
): CelRecord {
  const [protocol = 0] = listener.services.protocols();
  const [text = ''] = listener.services.toTexts();
  const ports = listener.services.destinationPorts(protocol).toRanges();
  return record('Listener', {
    device: config.id,
    platform: config.platform,
    service: projectService(listener.service, services, {
      id: listener.service,
      protocol: protocolOf(text),
      ports,
    }),
    name: listener.name,
    everyInterface: listener.interfaces === null,
    interfaces: listener.interfaces ?? [],
    addresses: listener.addresses?.toCidrs() ?? [],
    everySource: listener.sources === null,
    sources: addressSide(listener.sources, config),
    approximate: listener.approximate.length > 0,
  });
}

function protocolOf(text: string): string {
  return text.split('/')[0] ?? '';
}

/** @param administers what its far end may administer, when the doors through it are known */
export function projectTunnel(
  tunnel: Tunnel,
  config: FirewallConfig,
  administers: readonly string[] = tunnel.management,
): CelRecord {
  const { name, kind, enabled, peers, remoteNetworks, management } = tunnel;
  return record('Tunnel', {
    device: config.id,
    platform: config.platform,
    name,
    kind,
    enabled,
    peers,
    remoteNetworks,
    management,
    administers,
    addresses: peers.filter(isAddress),
    ends: peers.length > 0 ? peers.join(', ') : 'whoever has its key, whatever the address',
    endsFr: peers.length > 0 ? peers.join(', ') : 'qui a sa clé, quelle que soit son adresse',
    marks: tunnel.marks ?? [],
  });
}

export function projectManager({ kind, address, enabled }: Manager, config: FirewallConfig): CelRecord {
  return record('Manager', {
    device: config.id,
    platform: config.platform,
    kind,
    address: address ?? '',
    addresses: address !== null && isAddress(address) ? [address] : [],
    where: address ?? 'an address that the file does not name',
    whereFr: address ?? 'une adresse que le fichier ne nomme pas',
    enabled,
  });
}

export function projectSetting({ name, value }: Setting, config: FirewallConfig): CelRecord {
  return record('Setting', {
    device: config.id,
    platform: config.platform,
    name,
    text: String(value),
    number: typeof value === 'number' ? whole(value) : 0n,
    on: value === true,
    off: value === false,
    addresses: typeof value === 'string' && isAddress(value) ? [value] : [],
    server: typeof value === 'string' ? value : 'a server',
    serverFr: typeof value === 'string' ? value : 'un serveur',
  });
}

export function projectDevice(
  config: FirewallConfig,
  outside: Outside = outsideOf(config),
  openServices: readonly string[] = [],
): CelRecord {
  return record('Device', {
    id: config.id,
    platform: config.platform,
    product: config.product ?? '',
    firmware: config.firmware ?? '',
    interfaces: config.interfaces.map((each) => projectInterface(each, config, outside)),
    administrators: config.administrators.map((each) => projectAdministrator(each, config)),
    tunnels: config.tunnels.map((each) => projectTunnel(each, config)),
    managers: config.managers.map((each) => projectManager(each, config)),
    settings: config.settings.map((each) => projectSetting(each, config)),
    secrets: config.secrets.map(projectSecret),
    accessRules: whole(config.policies.reduce((sum, policy) => sum + policy.rules.length, 0)),
    permitsByDefault: permitsByDefault(config, outside),
    openServices,
  });
}

export function projectInterface(
  iface: Interface,
  config: FirewallConfig,
  outside: Outside = outsideOf(config),
): CelRecord {
  const families = [iface.ipv4, iface.ipv6];
  return record('Interface', {
    device: config.id,
    platform: config.platform,
    name: iface.name,
    zone: iface.zone ?? '',
    role: iface.role.value,
    plane: iface.plane,
    enabled: iface.enabled,
    addresses: families.flatMap((each) => (each.kind === 'static' ? each.cidrs : [])),
    dynamic: families.some((each) => each.kind === 'dynamic'),
    managementFlags: iface.managementFlags,
    outside: outside.has(iface.name) || (iface.role.value === 'untrusted' && !iface.enabled),
    comment: iface.comment ?? '',
  });
}

export function projectRoute(
  { destination, interface: iface, gateway }: Route,
  config: FirewallConfig,
): CelRecord {
  const set = parseIpSet(destination);
  const { ipv4, ipv6 } = (set ?? IpSet.EMPTY).size();
  return record('Route', {
    device: config.id,
    platform: config.platform,
    destination,
    addresses: set === null ? [] : set.toCidrs(),
    host: (ipv4 === 1 && ipv6 === 0n) || (ipv4 === 0 && ipv6 === 1n),
    interface: iface ?? '',
    gateway: gateway ?? '',
  });
}

const toAddress = recordsWith<string>('Address', {
  addresses: (address) => (isAddress(address) ? [address] : []),
});

export function projectAddress({ address, places }: NamedAddress, config: FirewallConfig): CelRecord {
  return toAddress({ device: config.id, platform: config.platform, address, places }, address);
}

function isAddress(text: string): boolean {
  return parseIpSet(text) !== null;
}

function projectSecret({ kind, protection }: SecretRef): CelRecord {
  return record('Secret', { kind, protection });
}

/** A side of a rule, and the configuration that its objects stand in. */
interface Side {
  readonly match: AddressMatch;
  readonly config: FirewallConfig;
}

const toSide = recordsWith<Side>('RuleSide', {
  literals: ({ match }) => match.literal?.toCidrs() ?? [],
  unresolved: ({ match, config }) =>
    match.objects.filter((name) => isUnresolved(name, config)).map((name) => labelOf(name, config)),
  empty: ({ match, config }) => isEmptySide(match, config),
  groups: ({ match, config }) => isGroupsSide(match, config),
});

/** null: nothing is named, so everything is meant. */
function addressSide(match: AddressMatch | null, config: FirewallConfig): CelRecord {
  if (match === null || (match.any && isBare(match))) return ANYTHING;
  const { any, objects, negated } = match;
  return toSide({ any, objects, negated }, { match, config });
}

/** The side that most rules have; a record is never changed, so one will do. */
const ANYTHING = record('RuleSide', {
  any: true,
  objects: [],
  literals: [],
  negated: false,
  unresolved: [],
  empty: false,
  groups: false,
});

function isBare({ objects, literal, negated }: AddressMatch | ServiceMatch): boolean {
  return objects.length === 0 && literal === undefined && !negated;
}

/** Many rules are for the same services. */
const serviceSides = new WeakMap<ServiceMatch, CelRecord>();

function serviceSide(match: ServiceMatch): CelRecord {
  if (match.any && isBare(match)) return ANYTHING;
  let side = serviceSides.get(match);
  if (side === undefined) {
    const { any, objects, literal, negated } = match;
    const literals = literal?.toTexts() ?? [];
    side = record('RuleSide', {
      any,
      objects,
      literals,
      negated,
      unresolved: [],
      empty: false,
      groups: false,
    });
    serviceSides.set(match, side);
  }
  return side;
}

/** CEL's whole numbers are 64 bits wide; what a configuration holds may be any number, or none. */
function whole(value: number | null): bigint {
  if (value === null || value === 0 || !Number.isFinite(value)) return 0n;
  if (Number.isSafeInteger(value)) return BigInt(value);
  return BigInt.asIntN(64, BigInt(Math.trunc(value)));
}
