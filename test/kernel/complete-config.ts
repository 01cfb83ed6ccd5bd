import type { FirewallConfig, Interface, InterfaceAddress } from '../../src/model/firewall-config.js';
import type { Listener, Policy } from '../../src/model/policy.js';
import { PortSet } from '../../src/sets/port-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';
import { type Layout, PORTS } from './layout.js';

/** The services that reaches are asked for: one a protocol and port, fewer than are put into one. */
export const HOST_SERVICES = (['tcp', 'udp'] as const).flatMap((protocol) =>
  PORTS.map((port) => {
    const services = ServiceSet.of(protocol === 'tcp' ? 6 : 17, PortSet.of(port));
    return { id: `${protocol}-${port}`, services, protocol, port };
  }),
);

/**
 * A parsed ruleset with everything that `iptables-save` leaves out: which interfaces there are, their
 * addresses, the routes, and that something listens on every port. Names that stand for several
 * interfaces, `eth+` and `other`, are replaced by those interfaces.
 */
export function complete(config: FirewallConfig, layout: Layout): FirewallConfig {
  const { silence, ...rest } = config;
  const names = Object.keys(layout.interfaces);
  const meant = new Map(config.interfaces.map(({ name }) => [name, realNames(name, config, names)]));
  const expand = (listed: readonly string[] | null) =>
    listed?.flatMap((name) => meant.get(name) ?? []) ?? null;
  const onInterfaces = <
    T extends { inInterfaces: readonly string[] | null; outInterfaces: readonly string[] | null },
  >(
    each: T,
  ): T => ({ ...each, inInterfaces: expand(each.inInterfaces), outInterfaces: expand(each.outInterfaces) });
  return {
    ...rest,
    interfaces: names.map((name) => completeInterface(name, config, layout)),
    routes: layout.routes.map(([destination, gateway]) => ({
      ...{ destination, gateway, routingInstance: 'main', interface: null, location: config.location },
    })),
    policies: config.policies.map((policy): Policy => ({ ...policy, rules: policy.rules.map(onInterfaces) })),
    natRules: config.natRules.map(onInterfaces),
    listeners: listenersOf(config),
  };
}

/** The interfaces of the firewall that a name of the parsed ruleset stands for. */
function realNames(name: string, config: FirewallConfig, names: readonly string[]): readonly string[] {
  return names.filter((real) => partOf(real, config) === name);
}

/** Which interface of the parsed ruleset one of the firewall's is: by name, by the closest pattern, or the rest. */
export function partOf(real: string, { interfaces }: FirewallConfig): string {
  const names = interfaces.map((each) => each.name);
  if (names.includes(real)) return real;
  const patterns = names.filter((name) => name.endsWith('+') && real.startsWith(name.slice(0, -1)));
  const [closest] = patterns.sort((a, b) => b.length - a.length);
  return closest ?? (names.includes('any other') ? 'any other' : 'other');
}

function completeInterface(name: string, config: FirewallConfig, layout: Layout): Interface {
  const addresses: InterfaceAddress = { kind: 'static', cidrs: layout.interfaces[name] ?? [] };
  const none: InterfaceAddress = { kind: 'none' };
  return {
    ...{ name, zone: null, routingInstance: 'main', plane: 'data', enabled: true, comment: null },
    gateways: [],
    managementFlags: [],
    // Everybody may send from everywhere, and go everywhere.
    role: { value: 'unknown', evidence: 'test' },
    ipv4: layout.family === 'ipv4' ? addresses : none,
    ipv6: layout.family === 'ipv6' ? addresses : none,
    location: config.location,
  };
}

function listenersOf({ location }: FirewallConfig): readonly Listener[] {
  const everything = { id: 'anything', services: ServiceSet.unionOf([ServiceSet.of(6), ServiceSet.of(17)]) };
  return [...HOST_SERVICES, everything].map(({ id, services }) => ({
    ...{ service: id, name: id, services, location, approximate: [] },
    interfaces: null,
    addresses: null,
    sources: null,
  }));
}
