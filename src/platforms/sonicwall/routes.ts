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
 * Connected networks, a default route by each gateway of an uplink, and route policies. Of a policy, the source,
 * the service, the metric and the probe are not looked at: it may lead somewhere, and then it counts.
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
 * One route policy: destination and gateway are address objects, and no destination is any. Null where the
 * file does not say where it leads: a domain name, an object that is not there.
 */
function readPolicy(context: RouteContext, index: number): readonly Route[] | null {
  const { reader } = context;
  const by = interfaceOf(context, index);
  const gateway = gatewayOf(context, reader.at('pbrObjGw_N', index));
  // Into a tunnel, or nowhere that the file knows.
  if (by === null && gateway === null) return [];
  const destination = reader.at('pbrObjDst_N', index);
  const networks = isSet(destination) ? networksOf(context, destination?.text ?? '') : ['0.0.0.0/0'];
  if (networks === null) return null;
  const location = reader.locate('pbrObjDst_N', index);
  return networks.map((network) => ({
    destination: network,
    routingInstance: 'default',
    interface: by,
    gateway,
    location,
  }));
}

function interfaceOf({ reader, interfaces, numbers }: RouteContext, index: number): string | null {
  const number = integer(reader.at('pbrObjIface_N', index)?.text);
  const wanted = reader.at('pbrObjIfaceName_N', index)?.text || numbers.get(number ?? -1);
  return interfaces.find(({ name }) => name === wanted)?.name ?? null;
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
