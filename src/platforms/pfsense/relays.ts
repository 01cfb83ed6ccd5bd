import type { Interface } from '../../model/firewall-config.js';
import type { Location } from '../../model/location.js';
import type { Listener } from '../../model/policy.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, integer, isSet, locationOf, portOf, value } from './config-tree.js';
import type { InterfaceBook } from './interfaces.js';
import { LOOPBACK } from './loopback.js';
import { optionsOf } from './openvpn-options.js';
import type { Reading } from './reading.js';

/** A program on the appliance that accepts connections itself and hands them on. */
export interface Relay {
  readonly name: string;
  readonly location: Location;
  /** Ports of TCP that it listens on. */
  readonly ports: readonly number[];
  /** Key of the interface that it is bound to, or an address; null: it may be any. */
  readonly on: string | null;
  readonly targets: readonly Target[];
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

const TCP = 6;

/**
 * What hands connections to the appliance's own web interface or SSH is one more port of these: access rules see it
 * alone, for the second connection comes from the appliance itself. OpenVPN's option `port-share`, HAProxy, stunnel and
 * the reverse proxy of Squid, where the file holds address, port and backend.
 */
export function relayListeners(
  reading: Reading,
  interfaces: InterfaceBook,
  offers: readonly Listener[],
): readonly Listener[] {
  const own = ownAddresses(interfaces);
  return relaysOf(reading).flatMap((relay) =>
    offers
      .filter((offer) => relay.targets.some((target) => isOwn(target.host, own) && hears(offer, target.port)))
      .map((offer) => handedOn(relay, offer, interfaces)),
  );
}

export function relaysOf(reading: Reading): readonly Relay[] {
  return [...portShares(reading), ...haproxy(reading), ...stunnels(reading), ...reverseProxies(reading)];
}

/** Addresses of the appliance, as far as the file holds them. */
export function ownAddresses({ all }: InterfaceBook): IpSet {
  return LOOPBACK.union(IpSet.unionOf(all.flatMap(hostsOf)));
}

export function hostsOf({ ipv4, ipv6 }: Interface): readonly IpSet[] {
  const cidrs = [ipv4, ipv6].flatMap((address) => (address.kind === 'static' ? address.cidrs : []));
  return cidrs.map((cidr) => parseIpSet(cidr.replace(/\/.*/, '')) ?? IpSet.EMPTY);
}

export function isOwn(host: string, own: IpSet): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const address = parseIpSet(host);
  return address !== null && own.contains(address);
}

function hears(offer: Listener, port: number): boolean {
  return offer.services.overlaps(ServiceSet.of(TCP, PortSet.of(port)));
}

function handedOn(relay: Relay, offer: Listener, { rows }: InterfaceBook): Listener {
  const row = rows.find(({ key }) => key === relay.on);
  return {
    ...offer,
    services: ServiceSet.of(TCP, PortSet.of(...relay.ports)),
    interfaces: row === undefined ? null : [row.interface.name],
    addresses: relay.on === null || row !== undefined ? null : parseIpSet(relay.on),
    name: relay.name,
    location: relay.location,
  };
}

/** What is no connection of OpenVPN goes to another server: openvpn(8), --port-share. */
function portShares({ root, file }: Reading): readonly Relay[] {
  return children(at(root, 'openvpn'), 'openvpn-server').flatMap((server): readonly Relay[] => {
    if (isSet(server, 'disable')) return [];
    const targets = optionsOf(server)
      .filter(([option]) => option === 'port-share')
      .flatMap(([, host = '', port = '']) => targetOf(host, port));
    const ports = [portOf(value(server, 'local_port'), 1194)];
    const location = locationOf(child(server, 'custom_options') ?? server, file);
    return [{ name: 'OpenVPN port-share', location, ports, on: null, targets }];
  });
}

function targetOf(host: string, port: string): readonly Target[] {
  const number = integer(port);
  return number === null ? [] : [{ host, port: number }];
}

/** Frontends with the servers of every pool that they name, by default or in one of their actions. */
function haproxy({ root, file }: Reading): readonly Relay[] {
  const found = at(root, 'installedpackages', 'haproxy');
  if (!isSet(found, 'enable')) return [];
  const pools = children(child(found, 'ha_pools'), 'item').map((pool) => ({
    name: value(pool, 'name'),
    targets: children(child(pool, 'ha_servers'), 'item')
      .filter((server) => !NOT_USED.has(value(server, 'status')))
      .flatMap((server) => targetOf(value(server, 'address'), value(server, 'port'))),
  }));
  return children(child(found, 'ha_backends'), 'item').flatMap((frontend): readonly Relay[] => {
    if (value(frontend, 'status') === 'disabled') return [];
    const named = new Set(textsOf(frontend));
    const targets = pools.filter(({ name }) => named.has(name)).flatMap((pool) => pool.targets);
    const location = locationOf(frontend, file);
    return [frontend, ...children(child(frontend, 'a_extaddr'), 'item')].flatMap((place) => {
      const port = integer(value(place, 'extaddr_port') || value(place, 'port'));
      if (port === null) return [];
      const name = `HAProxy ${value(frontend, 'name')}`.trim();
      return [{ name, location, ports: [port], on: placeOf(place), targets }];
    });
  });
}

/** Servers that HAProxy does not turn to: Netgate documentation, "HAProxy package", New Status Options. */
const NOT_USED: ReadonlySet<string> = new Set(['disabled', 'inactive']);

/** Where a frontend listens: an interface (`wan_ipv4`), every address, the loopback, or an address of its own. */
function placeOf(place: XmlElement): string | null {
  const on = value(place, 'extaddr')
    .toLowerCase()
    .replace(/_ipv[46]$/, '');
  if (on === 'custom') return value(place, 'extaddr_custom') || null;
  if (on === 'localhost') return '127.0.0.1';
  return on === '' || on === 'any' ? null : on;
}

function textsOf(element: XmlElement): readonly string[] {
  return [element.text.trim(), ...element.children.flatMap(textsOf)];
}

function stunnels({ root, file }: Reading): readonly Relay[] {
  return children(at(root, 'installedpackages', 'stunnel'), 'config').flatMap((element) => {
    const port = integer(value(element, 'localport'));
    const targets = targetOf(value(element, 'redirectip'), value(element, 'redirectport'));
    if (port === null) return [];
    return [{ name: 'stunnel', location: locationOf(element, file), ports: [port], on: null, targets }];
  });
}

function reverseProxies({ root, file }: Reading): readonly Relay[] {
  const packages = at(root, 'installedpackages');
  const peers = children(child(packages, 'squidreversepeer'), 'config');
  const targets = peers
    .filter((peer) => value(peer, 'enable') !== '')
    .flatMap((peer) => targetOf(value(peer, 'ip'), value(peer, 'port')));
  return children(child(packages, 'squidreversegeneral'), 'config').map((element) => ({
    name: 'Squid reverse proxy',
    location: locationOf(element, file),
    ports: [
      ...(value(element, 'reverse_http') === '' ? [] : [portOf(value(element, 'reverse_http_port'), 80)]),
      ...(value(element, 'reverse_https') === '' ? [] : [portOf(value(element, 'reverse_https_port'), 443)]),
    ],
    on: null,
    targets,
  }));
}
