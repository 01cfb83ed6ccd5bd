import { analyse } from '../../src/analysis/analyse.js';
import type { FirewallConfig, Interface, Zone } from '../../src/model/firewall-config.js';
import type { AddressMatch, AddressObject, ServiceMatch } from '../../src/model/objects.js';
import type { AccessRule, Listener, NatRule, Policy } from '../../src/model/policy.js';
import { PortSet } from '../../src/sets/port-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';

/** Small configurations for the analysis, built part by part. */

export const here = { file: 'test', line: 1 };

export const ANY: AddressMatch = { any: true, objects: [], negated: false };
export const ANY_SERVICE: ServiceMatch = { any: true, objects: [], negated: false };

export function to(...objects: readonly string[]): AddressMatch {
  return { any: false, objects, negated: false };
}

export function tcp(...ports: readonly (number | [number, number])[]): ServiceMatch {
  return { any: false, objects: [], literal: ServiceSet.of(6, PortSet.of(...ports)), negated: false };
}

export function zone(name: string, value: Zone['role']['value']): Zone {
  return { name, role: { value, evidence: 'test' }, intrazone: null, origin: 'user', location: here };
}

export function iface(
  name: string,
  zoneName: string | null,
  cidr: string | null,
  more: Partial<Interface> = {},
): Interface {
  return {
    name,
    zone: zoneName,
    routingInstance: 'default',
    ipv4: cidr === null ? { kind: 'none' } : { kind: 'static', cidrs: [cidr] },
    ipv6: { kind: 'none' },
    plane: 'data',
    enabled: true,
    gateways: [],
    role: { value: 'unknown', evidence: 'test' },
    managementFlags: [],
    comment: null,
    location: here,
    ...more,
  };
}

export function addresses(name: string, content: AddressObject['content']): AddressObject {
  return { name, label: name, zone: null, content, origin: 'user', location: { ...here, key: name } };
}

export function rule(number: number, action: 'permit' | 'deny', more: Partial<AccessRule> = {}): AccessRule {
  return {
    name: `rule ${number}`,
    number,
    enabled: true,
    action: { kind: action },
    family: 'ipv4',
    source: ANY,
    destination: ANY,
    service: ANY_SERVICE,
    inInterfaces: null,
    outInterfaces: null,
    conditions: [],
    origin: 'user',
    purpose: null,
    comment: null,
    logged: true,
    created: null,
    updated: null,
    lastUsed: null,
    approximate: [],
    location: { ...here, key: `rule_${number}` },
    ...more,
  };
}

export function policy(rules: readonly AccessRule[], more: Partial<Policy> = {}): Policy {
  return {
    name: 'WAN to WAN',
    applies: { from: ['WAN'], to: ['WAN'], covers: 'both' },
    stage: 1,
    sees: { address: 'original', port: 'original' },
    rules,
    default: { action: 'deny', source: 'test' },
    ...more,
  };
}

export function listener(service: string, services: ServiceSet, more: Partial<Listener> = {}): Listener {
  return {
    service,
    services,
    interfaces: null,
    addresses: null,
    sources: null,
    name: service,
    location: here,
    approximate: [],
    ...more,
  };
}

const HTTPS = listener('https-management', ServiceSet.parse('tcp/443'));

/** A device with X1 198.51.100.2 on WAN and X0 192.168.168.1 on LAN, unless told otherwise. */
export function device(more: Partial<FirewallConfig> = {}): FirewallConfig {
  return {
    id: 'fw',
    platform: 'test',
    product: null,
    firmware: null,
    serial: null,
    zones: [zone('WAN', 'untrusted'), zone('LAN', 'trusted')],
    interfaces: [iface('X0', 'LAN', '192.168.168.1/24'), iface('X1', 'WAN', '198.51.100.2/24')],
    routes: [],
    addressObjects: [],
    serviceObjects: [],
    policies: [],
    defaults: [],
    natRules: [],
    listeners: [HTTPS],
    administrators: [],
    tunnels: [],
    managers: [],
    settings: [],
    secrets: [],
    location: here,
    ...more,
  };
}

/** A NAT rule that keeps everything as it is, but for what it is told to do. */
export function natRule(more: Partial<NatRule>): NatRule {
  return {
    name: 'nat',
    number: 1,
    enabled: true,
    family: 'ipv4',
    inInterfaces: null,
    outInterfaces: null,
    source: ANY,
    destination: ANY,
    service: ANY_SERVICE,
    translatedSource: null,
    translatedDestination: null,
    translatedService: null,
    origin: 'user',
    comment: null,
    location: here,
    ...more,
  };
}

/** Doors to the remote desktop of hosts: to which, behind which interface, and what is not certain of it. */
export function desktopDoors(
  config: FirewallConfig,
): readonly (readonly [string, string, readonly string[]])[] {
  return analyse(config, new Map(), [{ id: 'rdp', services: ServiceSet.parse('tcp/3389') }])
    .reaches.filter(({ target }) => target.kind === 'host')
    .map(({ target, approximate }) => [
      target.addresses.toCidrs().join(),
      target.interfaces.join(),
      approximate,
    ]);
}
