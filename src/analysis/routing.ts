import type { Entry } from '../model/exposure.js';
import type { FirewallConfig, Interface, Tunnel } from '../model/firewall-config.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { isLessTrusted } from './entries.js';
import { connectedNetworks, ownAddresses, unknownNetworks } from './resolve.js';

/** Where packets leave to: interfaces that rules treat alike, and what lies behind them. */
export interface Exit {
  readonly zone: string | null;
  readonly interfaces: readonly string[];
  readonly destinations: IpSet;
  readonly approximate: readonly string[];
}

interface Reachable {
  readonly interface: string;
  readonly destinations: IpSet;
  readonly prefix: number;
}

/**
 * The ways out for packets from an entry, by longest prefix: connected networks and static routes.
 * Nothing leaves by a management plane. What the file routes nowhere but by default may leave by any interface
 * whose networks it does not hold: the nearest network wins over a default route. What crosses a bridge is not
 * routed. Where the default route leads are strangers, and no hosts of anybody's; but one to which NAT sends packets
 * is somebody's, wherever it stands: beside an uplink, and behind any interface where the file does not hold all routes.
 *
 * @param published the packets were translated
 * @param outward what leads to strangers alone counts too
 */
export function exitsOf(
  config: FirewallConfig,
  entry: Entry,
  { published = false, outward = false }: { readonly published?: boolean; readonly outward?: boolean } = {},
): readonly Exit[] {
  const { own, particular } = networksOf(config);
  const bridges = new Set(
    config.interfaces.flatMap(({ name, bridge }) => (entry.interfaces.includes(name) ? (bridge ?? []) : [])),
  );
  const crosses = ({ bridge }: Interface): boolean => bridge !== undefined && bridges.has(bridge);
  // From a tunnel, or a DMZ of one's own, what is outside is outside.
  const strangers = entry.tunnel === undefined && !isLessTrusted(entry);
  const silent = config.silence?.addresses === true;
  // Who comes from outside does not go outside: where nothing else tells, he goes to somebody's hosts.
  const mayBeSomebodys = (iface: Interface): boolean =>
    silent
      ? published || entry.role.value === 'untrusted'
      : strangers && (published || !leadsOut(config, iface));
  const isOutside = ({ role }: Interface): boolean => role.value === 'untrusted' && !outward;
  const leading = (iface: Interface): boolean => {
    const back = entry.interfaces.includes(iface.name) && iface.several !== true;
    const outside = isOutside(iface) && !mayBeSomebodys(iface);
    // What comes in by a port of a bridge leaves by another one.
    const itself = iface.bridge === iface.name && bridges.has(iface.name);
    const elsewhere = iface.loopback === true || iface.plane === 'management' || itself;
    return iface.enabled && !elsewhere && !back && !outside;
  };
  const inside = config.interfaces.filter(leading);
  const to = ({ name, zone }: Interface, { behind, doubt }: Behind): readonly Exit[] => {
    const destinations = behind.subtract(own);
    const approximate = doubt === null ? [] : [doubt];
    return destinations.isEmpty() ? [] : [{ zone, interfaces: [name], destinations, approximate }];
  };
  const routed = inside.flatMap((iface) => {
    const { behind, doubt } = behindOf(config, iface, crosses(iface));
    // Of what is outside, nothing but what the file says is there.
    return isOutside(iface)
      ? to(iface, { behind: routedTo(config, iface).intersect(particular), doubt: null })
      : to(iface, { behind, doubt });
  });
  const unrouted = inside.flatMap((iface) =>
    crosses(iface) || (isOutside(iface) && !silent) ? [] : to(iface, beyondRoutes(config, iface, published)),
  );
  // Nor does anybody come inside who goes into another tunnel.
  const through = published && strangers ? tunnelExits(config, particular.union(own)) : [];
  const merged = canMerge(config) ? [routed, unrouted].flatMap(mergeByZone) : [...routed, ...unrouted];
  return [...merged, ...through];
}

/** Whether strangers are all that is behind an interface that is taken for outside: there the default route leads. */
function leadsOut(config: FirewallConfig, { name, gateways }: Interface): boolean {
  const { routed, particular } = networksOf(config);
  if (gateways.length > 0) return true;
  return !(routed.get(name) ?? IpSet.EMPTY).subtract(particular).isEmpty();
}

function notInFile(name: string): string {
  return `what lies behind ${name} is not in the file`;
}

/** Addresses behind an interface, and why that is not certain. */
interface Behind {
  readonly behind: IpSet;
  readonly doubt: string | null;
}

/** Who is behind an interface by what the file says. @param crossed packets come to it by its bridge */
function behindOf(config: FirewallConfig, iface: Interface, crossed: boolean): Behind {
  const { particular } = networksOf(config);
  const { name, bridge = name } = iface;
  if (!crossed) return { behind: routedTo(config, iface), doubt: bridge === name ? null : notInFile(name) };
  const beside = particular.subtract(routedToAny(config, bridge));
  return { behind: beside.complement(), doubt: notInFile(name) };
}

/** Who may be behind an interface though no route of the file leads there, or the default route alone. */
function beyondRoutes(config: FirewallConfig, iface: Interface, published: boolean): Behind {
  const { particular } = networksOf(config);
  const { name } = iface;
  if (config.silence?.addresses === true) {
    return { behind: particular.complement(), doubt: notInFile(name) };
  }
  if (published && leadsSomewhere(config, iface)) {
    const doubt = `no route of the file leads there: whether it is behind ${name} is not known`;
    return { behind: particular.complement(), doubt };
  }
  return { behind: unknownNetworks(iface).subtract(particular), doubt: notInFile(name) };
}

/**
 * What routes lead to by an interface. Hosts of a bridge that no interface stands for are behind any of its ports: which
 * one, nothing tells.
 */
function routedTo(config: FirewallConfig, { name, bridge }: Interface): IpSet {
  const { routed, particular } = networksOf(config);
  const behind = routed.get(name) ?? IpSet.EMPTY;
  if (bridge === undefined || config.interfaces.some((each) => each.name === bridge)) return behind;
  return behind.union(routedToAny(config, bridge).intersect(particular));
}

/** What routes lead to by any port of a bridge. */
function routedToAny(config: FirewallConfig, bridge: string): IpSet {
  const { routed } = networksOf(config);
  const ports = config.interfaces.filter((each) => each.bridge === bridge);
  return IpSet.unionOf(ports.map(({ name }) => routed.get(name) ?? IpSet.EMPTY));
}

/** Into tunnels that no interface stands for: what they carry needs no route, where no other one leads there. */
function tunnelExits(config: FirewallConfig, elsewhere: IpSet): readonly Exit[] {
  return tunnelsWithoutInterface(config).flatMap(({ name, ingress }): readonly Exit[] => {
    const destinations = (ingress?.sources ?? IpSet.EMPTY).subtract(elsewhere);
    if (destinations.isEmpty()) return [];
    const zone = config.zones.find((each) => ingress?.from.includes(each.name))?.name ?? null;
    return [{ zone, interfaces: [name], destinations, approximate: [] }];
  });
}

function tunnelsWithoutInterface({ tunnels, interfaces }: FirewallConfig): readonly Tunnel[] {
  return tunnels.filter(
    ({ enabled, kind, ingress }) =>
      enabled &&
      kind === 'site-to-site' &&
      ingress !== undefined &&
      !interfaces.some(({ name }) => name === ingress.interface),
  );
}

/** Whether what NAT sends on may leave by other ways than the rest, which follows the routes of the file. */
export function hasWaysOfItsOwn(config: FirewallConfig, entry: Entry): boolean {
  const { silence, interfaces } = config;
  const beside = ({ name, role }: Interface) =>
    role.value === 'untrusted' && !entry.interfaces.includes(name);
  return (
    silence?.addresses === true ||
    interfaces.some((iface) => beside(iface) || leadsSomewhere(config, iface)) ||
    tunnelsWithoutInterface(config).length > 0
  );
}

/** Whether an interface may lead to networks of learned routes, which the file does not hold. */
function leadsSomewhere({ silence }: FirewallConfig, { role }: Interface): boolean {
  return role.value !== 'untrusted' && silence?.routes === true;
}

interface Networks {
  /** What leaves by each interface. */
  readonly routed: ReadonlyMap<string, IpSet>;
  readonly own: IpSet;
  /** What other routes than the default lead to. */
  readonly particular: IpSet;
}

const networks = new WeakMap<FirewallConfig, Networks>();

function networksOf(config: FirewallConfig): Networks {
  let found = networks.get(config);
  if (found === undefined) {
    const routes = [...config.interfaces.flatMap(connected), ...staticRoutes(config)];
    const routed = longestPrefixFirst(routes);
    const own = IpSet.unionOf(config.interfaces.map(ownAddresses));
    const particular = IpSet.unionOf(
      routes.filter(({ prefix }) => prefix > 0).map(({ destinations }) => destinations),
    );
    found = { routed, own, particular };
    networks.set(config, found);
  }
  return found;
}

/** Every destination with the interface it leaves by, the more specific route first. */
function longestPrefixFirst(routes: readonly Reachable[]): ReadonlyMap<string, IpSet> {
  const assigned = new Map<string, IpSet>();
  let taken = IpSet.EMPTY;
  for (const each of routes.toSorted((a, b) => b.prefix - a.prefix)) {
    const fresh = each.destinations.subtract(taken);
    taken = taken.union(fresh);
    assigned.set(each.interface, (assigned.get(each.interface) ?? IpSet.EMPTY).union(fresh));
  }
  return assigned;
}

function connected(iface: Interface): readonly Reachable[] {
  return [iface.ipv4, iface.ipv6].flatMap((address) =>
    address.kind === 'static' ? address.cidrs.flatMap((cidr) => reachable(cidr, iface.name)) : [],
  );
}

function staticRoutes(config: FirewallConfig): readonly Reachable[] {
  return config.routes.flatMap((route) => {
    const by = route.interface ?? interfaceTowards(config, route.gateway);
    return by === null ? [] : reachable(route.destination, by);
  });
}

function interfaceTowards(config: FirewallConfig, gateway: string | null): string | null {
  const address = gateway === null ? null : parseIpSet(gateway);
  if (address === null) return null;
  return config.interfaces.find((iface) => connectedNetworks(iface).contains(address))?.name ?? null;
}

function reachable(cidr: string, by: string): readonly Reachable[] {
  const destinations = parseIpSet(cidr);
  const prefix = Number(cidr.split('/')[1] ?? 128);
  return destinations === null ? [] : [{ interface: by, destinations, prefix }];
}

/** Whether no rule tells the interfaces of one zone apart on the way out. */
function canMerge(config: FirewallConfig): boolean {
  const names = new Set(config.interfaces.map((iface) => iface.name));
  return config.policies.every(
    (policy) =>
      !(policy.applies?.to ?? []).some((name) => names.has(name)) &&
      policy.rules.every((rule) => rule.outInterfaces === null),
  );
}

function mergeByZone(exits: readonly Exit[]): readonly Exit[] {
  const merged = new Map<string, Exit>();
  for (const exit of exits) {
    const key = exit.zone ?? `interface ${exit.interfaces.join()}`;
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined
        ? exit
        : {
            zone: exit.zone,
            interfaces: [...before.interfaces, ...exit.interfaces],
            destinations: before.destinations.union(exit.destinations),
            approximate: [...before.approximate, ...exit.approximate],
          },
    );
  }
  return [...merged.values()];
}
