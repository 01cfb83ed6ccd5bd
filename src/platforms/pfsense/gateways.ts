import type { Route } from '../../model/firewall-config.js';
import { parseIpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, isSet, label, locationOf, nameOf, value } from './config-tree.js';
import type { InterfaceRow } from './interfaces.js';
import type { Reading } from './reading.js';

/** A gateway that is selected on an interface itself: that is what makes a WAN of it. */
export interface SelectedGateway {
  readonly name: string;
  /** null: it comes by DHCP, PPPoE …, or is not in the file. */
  readonly address: string | null;
}

export function selectedGateways(root: XmlElement, element: XmlElement): readonly SelectedGateway[] {
  return ['gateway', 'gatewayv6'].flatMap((field) => {
    const name = value(element, field);
    return name === '' || name === 'none' ? [] : [{ name, address: gatewayAddress(root, name) }];
  });
}

function gatewayAddress(root: XmlElement, name: string): string | null {
  if (parseIpSet(name) !== null) return name;
  const address = value(gatewayItem(root, name), 'gateway');
  return parseIpSet(address) === null ? null : address;
}

export function gatewayItem(root: XmlElement, name: string): XmlElement | undefined {
  return children(at(root, 'gateways'), 'gateway_item').find((item) => value(item, 'name') === name);
}

/** The gateway of the default route that is on an interface, selected on it or not; null: it is on another. */
export function defaultGateway(root: XmlElement, element: XmlElement): string | null {
  const gateways = at(root, 'gateways');
  const key = nameOf(element);
  // Up to 2.4.3 each gateway said so itself.
  const chosen = ['defaultgw4', 'defaultgw6']
    .map((choice) => value(gateways, choice))
    .filter((name) => name !== '');
  const made = chosen.find((name) => isOfSystem({ element, key }, name.toUpperCase()));
  if (made !== undefined) return made;
  const found = children(gateways, 'gateway_item').find(
    (item) =>
      value(item, 'interface').toLowerCase() === key &&
      (chosen.length === 0 ? isSet(item, 'defaultgw') : chosen.includes(value(item, 'name'))),
  );
  return found === undefined ? null : value(found, 'name');
}

/** Where packets go that are sent to a gateway. */
export interface GatewayPlace {
  /** Name of its interface; null: that is not in the file. */
  readonly interface: string | null;
  readonly address: string | null;
}

/** "Gateways" that throw packets away. */
const DISCARDS: ReadonlySet<string> = new Set(['null4', 'null6']);

/**
 * What pfSense calls the gateway that it makes itself of an interface whose address is handed out, or that is assigned to a
 * tunnel, behind the description of the interface (`return_gateways_array`).
 */
const OF_SYSTEM: ReadonlySet<string> = new Set(
  `DHCP PPPOE PPP PPTP L2TP DHCP6 SLAAC 6RD 6TO4 VPNV4 VPNV6 VTIV4 VTIV6 TUNNELV4 TUNNELV6`.split(' '),
);

/** A gateway by its name: one of the file, or one that pfSense makes of an interface; null: there is none. */
export function placeOfGateway(
  root: XmlElement,
  rows: readonly InterfaceRow[],
  name: string,
): GatewayPlace | null {
  const item = gatewayItem(root, name);
  const key = value(item, 'interface').toLowerCase();
  const held = rows.find((row) => row.key === key);
  if (item !== undefined)
    return { interface: held?.interface.name ?? null, address: gatewayAddress(root, name) };
  const made = rows.find((row) => isOfSystem(row, name.toUpperCase()));
  return made === undefined ? null : { interface: made.interface.name, address: null };
}

function isOfSystem({ element, key }: Pick<InterfaceRow, 'element' | 'key'>, name: string): boolean {
  const shown = `${(label(element, 'descr') || key).toUpperCase()}_`;
  return name.startsWith(shown) && OF_SYSTEM.has(name.slice(shown.length));
}

/**
 * Default routes through the gateways of WANs, and static routes.
 * @param networksOf the CIDRs that a route's destination names, an alias included; null: not known
 */
export function readRoutes(
  { root, file, log }: Reading,
  rows: readonly InterfaceRow[],
  networksOf: (name: string) => readonly string[] | null,
): readonly Route[] {
  const fixed = children(at(root, 'staticroutes'), 'route').flatMap((route): readonly Route[] => {
    if (isSet(route, 'disabled')) return [];
    const location = locationOf(route, file);
    const networks = networksOf(value(route, 'network'));
    if (networks === null)
      log.note('malformed-value', 'a route leads to networks that are not known', location);
    const via = value(route, 'gateway');
    const place = placeOfGateway(root, rows, via);
    if (place === null && !DISCARDS.has(via.toLowerCase()))
      log.note('dangling-reference', 'a route leads to a gateway that is not in the file', location);
    return (networks ?? []).map((destination) => ({
      destination,
      routingInstance: 'main',
      interface: place?.interface ?? null,
      gateway: place?.address ?? null,
      location,
    }));
  });
  return [...rows.flatMap((row) => defaultRoutes(root, row, file)), ...fixed];
}

/** Every WAN is a way out, unless one gateway is chosen as the default of its family. */
function defaultRoutes(root: XmlElement, row: InterfaceRow, file: string): readonly Route[] {
  const { element, interface: iface } = row;
  if (iface.role.value !== 'untrusted') return [];
  const families = [
    { field: 'gateway', choice: 'defaultgw4', destination: '0.0.0.0/0', address: iface.ipv4 },
    { field: 'gatewayv6', choice: 'defaultgw6', destination: '::/0', address: iface.ipv6 },
  ];
  return families.flatMap(({ field, choice, destination, address }) => {
    const chosen = value(at(root, 'gateways'), choice);
    const item = gatewayItem(root, chosen);
    const here = item === undefined ? isOfSystem(row, chosen.toUpperCase()) : isOn(item, row);
    const name = here ? chosen : value(element, field);
    if (name === '' && address.kind !== 'dynamic') return [];
    if (item !== undefined && !here) return [];
    return [
      {
        destination,
        routingInstance: 'main',
        interface: iface.name,
        gateway: name === '' ? null : gatewayAddress(root, name),
        location: locationOf(child(element, field) ?? element, file),
      },
    ];
  });
}

function isOn(item: XmlElement, { key }: InterfaceRow): boolean {
  return value(item, 'interface').toLowerCase() === key;
}

/** Packages that speak routing protocols, by the beginning of their elements. */
const ROUTING_DAEMON = /^(?:frr|openbgpd|quagga)/;

/** Whether routes come by a protocol, so that the file does not hold all of them. */
export function learnsRoutes({ root }: Pick<Reading, 'root'>): boolean {
  const packages = at(root, 'installedpackages')?.children ?? [];
  return packages.some((each) => ROUTING_DAEMON.test(nameOf(each)) && each.children.length > 0);
}
