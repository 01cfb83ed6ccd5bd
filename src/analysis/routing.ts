import type { Entry } from '../model/exposure.js';
import type { FirewallConfig, Interface, Route, Tunnel } from '../model/firewall-config.js';
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
  readonly instance: string;
  readonly destinations: IpSet;
  readonly prefix: number;
}

/** What a policy route leads to, and the interfaces that it takes packets of; null: of any. */
interface PolicyReachable extends Reachable {
  readonly from: readonly string[] | null;
}

/**
 * The ways out for packets from an entry, by longest prefix: connected networks and static routes, of equal ones each;
 * and policy routes, which leave the other ways open.
 * Nothing leaves by a management plane. What the file routes nowhere but by default may leave by any interface
 * whose networks it does not hold: the nearest network wins over a default route. What crosses a bridge is not
 * routed. Where the default route leads are strangers, and no hosts of anybody's; but one to which NAT sends packets
 * is somebody's, wherever it stands: beside an uplink, be it the one that the packets came in by, and behind any interface
 * where the file does not hold all routes.
 *
 * @param options `published`: the packets were translated; `outward`: what leads to strangers alone counts too
 */
export function exitsOf(config: FirewallConfig, entry: Entry, options: Options = {}): readonly Exit[] {
  const { own, particular } = networksOf(config);
  const crosses = crossingFrom(config, entry);
  const inside = config.interfaces.filter((iface) => isWayOut(config, entry, iface, options, crosses(iface)));
  const to = ({ name, zone }: Interface, { behind, doubt }: Behind): readonly Exit[] => {
    const destinations = behind.subtract(own);
    const approximate = doubt === null ? [] : [doubt];
    return destinations.isEmpty() ? [] : [{ zone, interfaces: [name], destinations, approximate }];
  };
  const routed = inside.flatMap((iface) =>
    to(iface, behindOf(config, entry, iface, options, crosses(iface))),
  );
  const unrouted = inside.flatMap((iface) =>
    crosses(iface) ? [] : to(iface, beyondRoutes(config, iface, options)),
  );
  // Nor does anybody come inside who goes from one tunnel into another.
  const through =
    options.published === true && isStranger(entry) ? tunnelExits(config, particular.union(own)) : [];
  const merged = canMerge(config) ? [routed, unrouted].flatMap(mergeByZone) : [...routed, ...unrouted];
  return [...merged, ...through];
}

interface Options {
  readonly published?: boolean;
  readonly outward?: boolean;
}

/** Whether packets from an entry come to an interface by a bridge of which both are ports. */
function crossingFrom(config: FirewallConfig, { interfaces }: Entry): (iface: Interface) => boolean {
  const bridges = new Set(
    config.interfaces.flatMap(({ name, bridge }) => (interfaces.includes(name) ? (bridge ?? []) : [])),
  );
  return ({ bridge }) => bridge !== undefined && bridges.has(bridge);
}

function isWayOut(
  config: FirewallConfig,
  entry: Entry,
  iface: Interface,
  options: Options,
  crossed: boolean,
): boolean {
  const { name, bridge, enabled, loopback, plane } = iface;
  if (!enabled || loopback === true || plane === 'management') return false;
  if (entry.interfaces.includes(name) && iface.several !== true)
    return options.published === true && isStranger(entry) && iface.role.value === 'untrusted';
  // What comes in by a port of a bridge leaves by another one.
  if (crossed && bridge === name) return false;
  return !isOutside(iface, options) || mayBeSomebodys(config, entry, iface, options);
}

function isOutside({ role }: Interface, { outward = false }: Options): boolean {
  return role.value === 'untrusted' && !outward;
}

/** Whether what comes in by an entry may go to hosts of somebody's behind an interface that is outside. */
function mayBeSomebodys(
  config: FirewallConfig,
  entry: Entry,
  iface: Interface,
  { published = false }: Options,
): boolean {
  // Who comes from outside does not go outside: where nothing else tells, he goes to somebody's hosts.
  if (config.silence?.addresses === true) return published || entry.role.value === 'untrusted';
  return isStranger(entry) && (published || !isUplink(config, iface));
}

/** Whether strangers come in by an entry. From a tunnel, or a DMZ of one's own, what is outside is outside. */
function isStranger(entry: Entry): boolean {
  return entry.tunnel === undefined && !isLessTrusted(entry);
}

/** Whether the default route leads out by an interface, to strangers. */
function isUplink(config: FirewallConfig, { name, gateways }: Interface): boolean {
  const { routed, particular } = networksOf(config);
  return gateways.length > 0 || !(routed.get(name) ?? IpSet.EMPTY).subtract(particular).isEmpty();
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
function behindOf(
  config: FirewallConfig,
  entry: Entry,
  iface: Interface,
  options: Options,
  crossed: boolean,
): Behind {
  const { particular } = networksOf(config);
  const { name, bridge = name } = iface;
  // A policy route says nothing of hosts beside the uplink that packets came in by.
  if (isOutside(iface, options) && entry.interfaces.includes(name))
    return { behind: besideUplink(config, name), doubt: null };
  const behind = routedTo(config, iface).union(policyRoutedTo(config, entry, iface));
  // Of what is outside, nothing but what the file says is there.
  if (isOutside(iface, options)) return { behind: behind.intersect(particular), doubt: null };
  if (!crossed) return { behind, doubt: bridge === name ? null : notInFile(name) };
  const beside = particular.subtract(routedToAny(config, bridge));
  return { behind: beside.complement(), doubt: notInFile(name) };
}

/** Who may be behind an interface though no route of the file leads there, or the default route alone. */
function beyondRoutes(config: FirewallConfig, iface: Interface, options: Options): Behind {
  const { particular } = networksOf(config);
  const { name, notBehind = IpSet.EMPTY } = iface;
  if (config.silence?.addresses === true) {
    return { behind: particular.complement().subtract(notBehind), doubt: notInFile(name) };
  }
  if (isOutside(iface, options)) return { behind: IpSet.EMPTY, doubt: null };
  if (options.published === true && leadsSomewhere(config, iface)) {
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

/** What policy routes send to an interface of what comes in by an entry. */
function policyRoutedTo(config: FirewallConfig, entry: Entry, { name }: Interface): IpSet {
  const routes = networksOf(config).byPolicy.filter(
    (each) => each.interface === name && (each.from?.some((from) => entry.interfaces.includes(from)) ?? true),
  );
  return IpSet.unionOf(routes.map(({ destinations }) => destinations));
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

/**
 * Whether what NAT sends on may leave by other ways than the rest, which follows the routes of the file.
 *
 * @param targets where NAT sends packets
 */
export function hasWaysOfItsOwn(config: FirewallConfig, entry: Entry, targets: IpSet): boolean {
  const { silence, interfaces } = config;
  const beside = ({ name, role }: Interface) =>
    role.value === 'untrusted' && isStranger(entry) && !entry.interfaces.includes(name);
  return (
    silence?.addresses === true ||
    interfaces.some((iface) => beside(iface) || leadsSomewhere(config, iface)) ||
    leadsBack(config, entry, targets) ||
    tunnelsWithoutInterface(config).length > 0
  );
}

/** Whether NAT sends packets to a host beside the uplink that they came in by. */
function leadsBack(config: FirewallConfig, entry: Entry, targets: IpSet): boolean {
  if (!isStranger(entry)) return false;
  const { own } = networksOf(config);
  return config.interfaces.some(
    ({ name, role }) =>
      role.value === 'untrusted' &&
      entry.interfaces.includes(name) &&
      besideUplink(config, name).subtract(own).overlaps(targets),
  );
}

/** Whom an uplink's own network, and routes other than the default, put there. */
function besideUplink(config: FirewallConfig, name: string): IpSet {
  const { routed, stated } = networksOf(config);
  return (routed.get(name) ?? IpSet.EMPTY).intersect(stated);
}

/** Whether an interface may lead to networks of learned routes, which the file does not hold. */
function leadsSomewhere({ silence }: FirewallConfig, { role }: Interface): boolean {
  return role.value !== 'untrusted' && silence?.routes === true;
}

interface Networks {
  /** What leaves by each interface. */
  readonly routed: ReadonlyMap<string, IpSet>;
  readonly byPolicy: readonly PolicyReachable[];
  readonly own: IpSet;
  /** What other routes than the default lead to. */
  readonly particular: IpSet;
  /** The same without policy routes. */
  readonly stated: IpSet;
}

const networks = new WeakMap<FirewallConfig, Networks>();

function networksOf(config: FirewallConfig): Networks {
  let found = networks.get(config);
  if (found === undefined) {
    const routes = [
      ...config.interfaces.flatMap(connected),
      ...config.routes.filter(({ policy }) => policy === undefined).flatMap((route) => routed(config, route)),
    ];
    const byPolicy = config.routes.flatMap((route) => {
      const { policy } = route;
      return policy === undefined ? [] : routed(config, route).map((each) => ({ ...each, ...policy }));
    });
    const own = IpSet.unionOf(config.interfaces.map(ownAddresses));
    const stated = withoutDefault(routes);
    const particular = stated.union(withoutDefault(byPolicy));
    found = { routed: longestPrefixFirst(routes), byPolicy, own, particular, stated };
    networks.set(config, found);
  }
  return found;
}

function withoutDefault(routes: readonly Reachable[]): IpSet {
  return IpSet.unionOf(routes.filter(({ prefix }) => prefix > 0).map(({ destinations }) => destinations));
}

/**
 * Every destination with the interfaces it leaves by: in each routing instance the most specific route wins, and of two
 * alike neither: which one packets take is decided by distances, by turns, or by what is up.
 */
function longestPrefixFirst(routes: readonly Reachable[]): ReadonlyMap<string, IpSet> {
  const assigned = new Map<string, IpSet>();
  for (const together of groupsOf(routes, ({ instance }) => instance).values()) {
    let taken = IpSet.EMPTY;
    const byPrefix = [...groupsOf(together, ({ prefix }) => prefix)].toSorted(([a], [b]) => b - a);
    for (const [, alike] of byPrefix) {
      for (const each of alike) {
        const before = assigned.get(each.interface) ?? IpSet.EMPTY;
        assigned.set(each.interface, before.union(each.destinations.subtract(taken)));
      }
      taken = taken.union(IpSet.unionOf(alike.map(({ destinations }) => destinations)));
    }
  }
  return assigned;
}

function groupsOf<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): ReadonlyMap<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function connected({ ipv4, ipv6, name, routingInstance }: Interface): readonly Reachable[] {
  return [ipv4, ipv6].flatMap((address) =>
    address.kind === 'static' ? address.cidrs.flatMap((cidr) => reachable(cidr, name, routingInstance)) : [],
  );
}

function routed(config: FirewallConfig, route: Route): readonly Reachable[] {
  const by = route.interface ?? interfaceTowards(config, route.gateway);
  return by === null ? [] : reachable(route.destination, by, route.routingInstance);
}

function interfaceTowards(config: FirewallConfig, gateway: string | null): string | null {
  const address = gateway === null ? null : parseIpSet(gateway);
  if (address === null) return null;
  return config.interfaces.find((iface) => connectedNetworks(iface).contains(address))?.name ?? null;
}

function reachable(cidr: string, by: string, instance: string): readonly Reachable[] {
  const destinations = parseIpSet(cidr);
  const prefix = Number(cidr.split('/')[1] ?? 128);
  return destinations === null ? [] : [{ interface: by, instance, destinations, prefix }];
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
