import type { Location } from '../../model/location.js';
import type { Listener } from '../../model/policy.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, isSet, locationOf, portOf, value, words } from './config-tree.js';
import { portals } from './implied-rules.js';
import type { InterfaceBook } from './interfaces.js';
import { packageListeners } from './package-listeners.js';
import type { Reading } from './reading.js';
import { relayListeners } from './relays.js';
import type { WireGuardTunnel } from './vpn.js';

const TCP = 6;
const UDP = 17;

/** The services by which the appliance itself is administered. */
export interface Offers {
  readonly listeners: readonly Listener[];
  /** What the anti-lockout rule keeps open. */
  readonly lockoutPorts: ServiceSet;
}

/** One listener everywhere, before what is special about it. */
function everywhere(
  service: string,
  name: string,
  services: ServiceSet,
  location: Location,
  approximate: readonly string[] = [],
): Listener {
  return { service, services, interfaces: null, addresses: null, sources: null, name, location, approximate };
}

function tcp(...ports: readonly number[]): ServiceSet {
  return ServiceSet.of(TCP, PortSet.of(...ports));
}

function udp(...ports: readonly number[]): ServiceSet {
  return ServiceSet.of(UDP, PortSet.of(...ports));
}

/** The web interface and SSH listen on every address; the rules alone keep strangers away. */
export function readOffers({ root, file }: Reading): Offers {
  const web = webOffers(root, file);
  const ssh = sshOffers(root, file);
  return {
    listeners: [...web, ...ssh],
    lockoutPorts: ServiceSet.unionOf([...web, ...ssh].map((listener) => listener.services)),
  };
}

function webOffers(root: XmlElement, file: string): readonly Listener[] {
  const gui = at(root, 'system', 'webgui');
  const location = locationOf(gui ?? root, file);
  const protocol = value(gui, 'protocol').toLowerCase();
  const port = value(gui, 'port');
  const https = everywhere('https-management', 'webConfigurator', tcp(portOf(port, 443)), location);
  const http = everywhere('http-management', 'webConfigurator', tcp(portOf(port, 80)), location);
  if (protocol === 'http') return [http];
  if (protocol !== 'https') {
    const doubt = ['the file does not say whether the web interface is HTTP or HTTPS'];
    return [
      { ...https, approximate: doubt },
      { ...http, approximate: doubt },
    ];
  }
  if (isSet(gui, 'disablehttpredirect') || portOf(port, 443) === 80) return [https];
  return [https, everywhere('http-redirect', 'webConfigurator redirect', tcp(80), location)];
}

function sshOffers(root: XmlElement, file: string): readonly Listener[] {
  const system = at(root, 'system');
  const ssh = child(system, 'ssh');
  const stated = child(ssh, 'enable') ?? child(system, 'enablesshd');
  const odd = child(ssh, 'enabled');
  const found = stated ?? odd;
  if (found === undefined) return [];
  const doubt =
    stated === undefined ? ['SSH is switched on by an element that pfSense itself does not read'] : [];
  const services = tcp(portOf(value(ssh, 'port'), 22));
  return [everywhere('ssh-management', 'Secure Shell', services, locationOf(found, file), doubt)];
}

/** Everything else that listens: SNMP, VPNs, the captive portal, and ping. */
export function readListeners(
  reading: Reading,
  interfaces: InterfaceBook,
  offers: Offers,
  wireGuard: readonly WireGuardTunnel[],
): readonly Listener[] {
  const { root, file } = reading;
  return [
    ...offers.listeners,
    ...relayListeners(reading, interfaces, offers.listeners),
    ...packageListeners(reading),
    ...snmpListener(root, file, interfaces),
    ...ipsecListener(root, file),
    ...openVpnListeners(root, file),
    ...wireGuard.flatMap(({ element, enabled, port }) =>
      enabled && port !== null
        ? [everywhere('wireguard', 'WireGuard', udp(port), locationOf(element, file))]
        : [],
    ),
    ...l2tpListener(root, file),
    ...portalListeners(root, file, interfaces),
    everywhere(
      'ping',
      'ICMP echo',
      ServiceSet.of(1, PortSet.of(8)).union(ServiceSet.of(58, PortSet.of(128))),
      locationOf(at(root, 'interfaces') ?? root, file),
    ),
  ];
}

function snmpListener(root: XmlElement, file: string, interfaces: InterfaceBook): readonly Listener[] {
  const snmp = at(root, 'snmpd');
  const enable = child(snmp, 'enable');
  if (snmp === undefined || enable === undefined) return [];
  const listener = everywhere(
    'snmp',
    'SNMP',
    udp(portOf(value(snmp, 'pollport'), 161)),
    locationOf(enable, file),
  );
  const bound = words(value(snmp, 'bindip'));
  if (bound.length === 0 || bound.includes('all')) return [listener];
  return [{ ...listener, ...boundTo(bound, interfaces) }];
}

/** Addresses, keys of interfaces, or ids of virtual addresses; what is not understood is everywhere. */
function boundTo(
  bound: readonly string[],
  { rows }: InterfaceBook,
): Pick<Listener, 'interfaces' | 'addresses' | 'approximate'> {
  const addresses = bound.map(parseIpSet);
  if (addresses.every((address) => address !== null)) {
    return { interfaces: null, addresses: IpSet.unionOf(addresses), approximate: [] };
  }
  const names = bound.map((word) => rows.find((row) => row.key === word.toLowerCase())?.interface.name);
  if (names.every((name) => name !== undefined)) {
    return { interfaces: names, addresses: null, approximate: [] };
  }
  return {
    interfaces: null,
    addresses: null,
    approximate: ['the addresses that it is bound to are not known'],
  };
}

function ipsecListener(root: XmlElement, file: string): readonly Listener[] {
  const ipsec = at(root, 'ipsec');
  const [first] = children(ipsec, 'phase1').filter((phase1) => !isSet(phase1, 'disabled'));
  if (ipsec === undefined || first === undefined) return [];
  const services = udp(portOf(value(ipsec, 'port'), 500), portOf(value(ipsec, 'port_nat_t'), 4500));
  return [everywhere('ike', 'IPsec', services, locationOf(first, file))];
}

/** An OpenVPN server listens on its interface, or on all of them. */
function openVpnListeners(root: XmlElement, file: string): readonly Listener[] {
  return children(at(root, 'openvpn'), 'openvpn-server').flatMap((server) => {
    if (isSet(server, 'disable')) return [];
    const port = portOf(value(server, 'local_port'), 1194);
    const protocol = value(server, 'protocol').toUpperCase();
    const services = protocol.startsWith('TCP') ? tcp(port) : udp(port);
    return [everywhere('ssl-vpn', 'OpenVPN server', services, locationOf(server, file))];
  });
}

function l2tpListener(root: XmlElement, file: string): readonly Listener[] {
  const l2tp = at(root, 'l2tp');
  if (l2tp === undefined || value(l2tp, 'mode') !== 'server') return [];
  return [everywhere('l2tp', 'L2TP server', udp(1701), locationOf(l2tp, file))];
}

function portalListeners(root: XmlElement, file: string, { rows }: InterfaceBook): readonly Listener[] {
  return portals(root).map(({ element, keys, ports }) => ({
    ...everywhere('user-login', 'Captive portal', tcp(...ports), locationOf(element, file)),
    interfaces: rows.filter((row) => keys.includes(row.key)).map((row) => row.interface.name),
  }));
}
