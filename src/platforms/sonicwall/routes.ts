import type { Interface, Route } from '../../model/firewall-config.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import type { AddressBook } from './address-objects.js';
import type { KeyReader, Value } from './key-reader.js';
import { integer, isOn, isSet } from './values.js';
import type { Behind } from './vpn-access.js';

/** What routes are read with. */
export interface RouteContext {
  readonly reader: KeyReader;
  readonly addresses: AddressBook;
  readonly behind: Behind;
  readonly interfaces: readonly Interface[];
  /** Names of interfaces by their number. */
  readonly numbers: ReadonlyMap<number, string>;
}

/** The routes of an appliance, and whether there may be others that the file does not hold. */
export interface Routing {
  readonly routes: readonly Route[];
  readonly learned: boolean;
}

/**
 * Connected networks, a default route by each gateway of an uplink, and route policies. Of a policy, the metric and
 * the probe are not looked at, and with a source or a service it is one way among others: it may lead somewhere, and
 * then it counts.
 */
export function readRouting(context: RouteContext): Routing {
  const policies = context.reader
    .indices('pbrObjDst_N', 'pbrObjGw_N')
    .map((index) => readPolicy(context, index));
  return {
    routes: [...context.interfaces.flatMap(ownRoutes), ...policies.flatMap((routes) => routes ?? [])],
    learned: learnsRoutes(context.reader) || policies.includes(null),
  };
}

function ownRoutes(iface: Interface): readonly Route[] {
  if (!iface.enabled) return [];
  const base = { routingInstance: iface.routingInstance, interface: iface.name, location: iface.location };
  const connected = [iface.ipv4, iface.ipv6].flatMap((address) =>
    address.kind === 'static'
      ? address.cidrs
          .flatMap((cidr) => parseIpSet(cidr)?.toCidrs() ?? [])
          .map((destination) => ({ destination, gateway: null, ...base }))
      : [],
  );
  const defaults = iface.gateways.map((gateway) => ({
    destination: gateway.includes(':') ? '::/0' : '0.0.0.0/0',
    gateway,
    ...base,
  }));
  return [...connected, ...defaults];
}

/**
 * One route policy: destination and gateways are address objects, and no destination is any. Null where the
 * file does not say where it leads: a domain name, an object that is not there.
 */
function readPolicy(context: RouteContext, index: number): readonly Route[] | null {
  const { reader } = context;
  const particular = CONDITIONS.map((family) => isSet(reader.at(family, index))).includes(true);
  const hops = HOPS.map((keys) => hopOf(context, keys, index));
  // Into a tunnel, or nowhere that the file knows.
  const known = hops.filter((hop) => hop.interface !== null || hop.gateway !== null);
  if (known.length === 0) return [];
  const destination = reader.at('pbrObjDst_N', index);
  const networks = isSet(destination) ? networksOf(context, destination?.text ?? '') : ['0.0.0.0/0'];
  if (networks === null) return null;
  return networks.flatMap((network) =>
    known.map((hop) => ({
      destination: network,
      routingInstance: 'main',
      ...hop,
      ...(particular ? { policy: { from: null } } : {}),
      location: reader.locate('pbrObjDst_N', index),
    })),
  );
}

/** A route policy for some sources or services leaves the rest to the others. */
const CONDITIONS = ['pbrObjSrc_N', 'pbrObjSvc_N'] as const;

/** Families of the next hops of one route policy, of which packets take one by turns. */
const HOPS = [
  { number: 'pbrObjIface_N', name: 'pbrObjIfaceName_N', gateway: 'pbrObjGw_N' },
  { number: 'pbrObjIface2_N', name: 'pbrObjIfaceName2_N', gateway: 'pbrObjGw2_N' },
  { number: 'pbrObjIface3_N', name: 'pbrObjIfaceName3_N', gateway: 'pbrObjGw3_N' },
  { number: 'pbrObjIface4_N', name: 'pbrObjIfaceName4_N', gateway: 'pbrObjGw4_N' },
] as const;

function hopOf(
  context: RouteContext,
  keys: (typeof HOPS)[number],
  index: number,
): Pick<Route, 'interface' | 'gateway'> {
  const { reader, interfaces, numbers } = context;
  const number = integer(reader.at(keys.number, index)?.text);
  const wanted = reader.at(keys.name, index)?.text || numbers.get(number ?? -1);
  const by = interfaces.find(({ name }) => name === wanted)?.name ?? null;
  return { interface: by, gateway: gatewayOf(context, reader.at(keys.gateway, index)) };
}

/** The address of a host; null where a policy names none, or a gateway that a lease brings. */
function gatewayOf(context: RouteContext, value: Value | undefined): string | null {
  const [cidr, ...others] = isSet(value) ? (networksOf(context, value?.text ?? '') ?? []) : [];
  return cidr === undefined || others.length > 0 ? null : cidr.replace(/\/.*/, '');
}

/** The networks of an address object or group; null where the file does not hold all of them. */
function networksOf({ addresses, behind }: RouteContext, reference: string): readonly string[] | null {
  const sets = addresses.resolve(reference, 'ipv4').map(behind);
  return sets.includes(null) ? null : IpSet.unionOf(sets.flatMap((set) => set ?? [])).toCidrs();
}

const PROTOCOLS = ['ZOspfMode_N', 'ZOspf3Mode_N', 'ZRipMode_N'] as const;

/** Whether an interface takes part in a routing protocol: 0 is the factory's value, and no source names the others. */
function learnsRoutes(reader: KeyReader): boolean {
  const modes = PROTOCOLS.flatMap((family) =>
    reader.indices(family).map((index) => reader.at(family, index)),
  );
  return modes.some((mode) => (integer(mode?.text) ?? 0) > 0) || isOn(reader.single('useBGP')) === true;
}
