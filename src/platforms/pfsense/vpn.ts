import type { Tunnel, TunnelIngress } from '../../model/firewall-config.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import {
  at,
  child,
  children,
  integer,
  isSet,
  label,
  locationOf,
  nameOf,
  value,
  words,
} from './config-tree.js';
import type { InterfaceRow, VpnTab } from './interfaces.js';
import { readIpsec } from './ipsec.js';
import type { Reading } from './reading.js';
import { isCidr, serverAddress, TAILSCALE_DEVICE, vtiEnds, zeroTierDevices } from './tunnel-addresses.js';

/** A WireGuard tunnel of the base system (2.5.0) or of the package, with its peers. */
export interface WireGuardTunnel {
  readonly element: XmlElement;
  /** The device that an interface may be assigned to: `tun_wg0`. */
  readonly device: string;
  readonly enabled: boolean;
  /** null: it dials, and chooses a port when it starts. */
  readonly port: number | null;
  readonly cidrs: readonly string[];
  readonly peers: readonly WireGuardPeer[];
}

interface WireGuardPeer {
  readonly element: XmlElement;
  readonly name: string;
  readonly enabled: boolean;
  readonly endpoint: string;
  readonly networks: readonly string[];
}

export function readWireGuard({ root }: Reading): readonly WireGuardTunnel[] {
  return [...baseTunnels(root), ...packageTunnels(root)];
}

function baseTunnels(root: XmlElement): readonly WireGuardTunnel[] {
  return children(at(root, 'wireguard'), 'tunnel').map((element, index) => {
    const own = child(element, 'interface') ?? element;
    return {
      element,
      device: value(element, 'name') || `wg${index}`,
      enabled: saysYes(element, 'enabled'),
      port: integer(value(own, 'listenport')),
      cidrs: words(value(own, 'address')),
      peers: children(child(element, 'peers'), 'wgpeer').map((peer, index) => ({
        element: peer,
        name: label(peer, 'descr') || `WireGuard peer ${index + 1}`,
        enabled: saysYes(element, 'enabled'),
        endpoint: value(peer, 'endpoint'),
        networks: words(value(peer, 'allowedips')),
      })),
    };
  });
}

function packageTunnels(root: XmlElement): readonly WireGuardTunnel[] {
  const wireGuard = at(root, 'installedpackages', 'wireguard');
  const peers = children(child(wireGuard, 'peers'), 'item');
  return children(child(wireGuard, 'tunnels'), 'item').map((element) => {
    const name = value(element, 'name');
    const enabled = saysYes(element, 'enabled');
    return {
      element,
      device: name,
      enabled,
      port: integer(value(element, 'listenport')),
      cidrs: rowsOf(child(element, 'addresses')),
      peers: peers
        .filter((peer) => value(peer, 'tun') === name)
        .map((peer, index) => ({
          element: peer,
          name: label(peer, 'descr') || `${name} peer ${index + 1}`,
          enabled: enabled && saysYes(peer, 'enabled'),
          endpoint: value(peer, 'endpoint'),
          networks: rowsOf(child(peer, 'allowedips')),
        })),
    };
  });
}

function saysYes(element: XmlElement, name: string): boolean {
  const text = value(element, name).toLowerCase();
  return isSet(element, name) && text !== 'no' && text !== 'false' && text !== '0';
}

function rowsOf(element: XmlElement | undefined): readonly string[] {
  return children(element, 'row').flatMap((row) => {
    const address = value(row, 'address');
    const mask = value(row, 'mask');
    return address === '' ? [] : [mask === '' ? address : `${address}/${mask}`];
  });
}

/** What rules call the ways in through VPNs, wherever one is configured. */
export function readVpnTabs({ root }: Reading, wireGuard: readonly WireGuardTunnel[]): readonly VpnTab[] {
  const tabs: VpnTab[] = [];
  const openVpn = at(root, 'openvpn');
  const servers = children(openVpn, 'openvpn-server');
  const running = [...servers, ...children(openVpn, 'openvpn-client')];
  if (openVpn !== undefined && running.length > 0) {
    const enabled = running.some((each) => !isSet(each, 'disable'));
    tabs.push({
      key: 'openvpn',
      name: 'openvpn',
      cidrs: servers.flatMap(serverAddress),
      enabled,
      element: openVpn,
    });
  }
  const ipsec = at(root, 'ipsec');
  const phases = children(ipsec, 'phase1');
  if (ipsec !== undefined && phases.length > 0) {
    const enabled = phases.some((phase1) => !isSet(phase1, 'disabled'));
    tabs.push({ key: 'enc0', name: 'ipsec', cidrs: vtiEnds(root), enabled, element: ipsec });
  }
  const guard = at(root, 'wireguard') ?? at(root, 'installedpackages', 'wireguard');
  if (guard !== undefined && wireGuard.length > 0) {
    const enabled = wireGuard.some((tunnel) => tunnel.enabled);
    const cidrs = wireGuard.flatMap((tunnel) => tunnel.cidrs).filter(isCidr);
    tabs.push({ key: 'wireguard', name: 'wireguard', cidrs, enabled, element: guard });
  }
  return [...tabs, ...tailscaleTabs(root), ...dialInTabs(root)];
}

/** The package makes a group of its own device, with rules on a tab: its members are not in the file. */
function tailscaleTabs(root: XmlElement): readonly VpnTab[] {
  const element = tailscale(root);
  if (element === undefined) return [];
  const tab = { key: 'tailscale', name: 'tailscale', cidrs: [], enabled: true, method: 'Tailscale' };
  return [{ ...tab, element }];
}

/** What switches it on: the package, or an interface that is assigned to its device. */
function tailscale(root: XmlElement): XmlElement | undefined {
  const element = at(root, 'installedpackages', 'tailscale');
  if (value(child(element, 'config'), 'enable') === 'on') return element;
  return at(root, 'interfaces')?.children.find((each) => value(each, 'if') === TAILSCALE_DEVICE);
}

/** Who holds the account of the network decides who is in it, and which networks are behind them. */
function tailscaleTunnels(root: XmlElement, file: string): readonly Tunnel[] {
  const element = tailscale(root);
  if (element === undefined) return [];
  const none = { peers: [], remoteNetworks: [], management: [] };
  return [
    { name: 'tailscale', kind: 'remote-access', enabled: true, ...none, location: locationOf(element, file) },
  ];
}

/** Networks of ZeroTier: as with Tailscale, who is in one is decided elsewhere. */
function zeroTierTunnels(root: XmlElement, file: string): readonly OnDevice[] {
  const interfaces = at(root, 'interfaces')?.children ?? [];
  return zeroTierDevices(root).flatMap((device) => {
    const element = interfaces.find((each) => value(each, 'if') === device);
    if (element === undefined) return [];
    const none = { peers: [], remoteNetworks: [], management: [] };
    const location = locationOf(element, file);
    return [{ device, name: `zerotier ${device}`, kind: 'remote-access', enabled: true, ...none, location }];
  });
}

/** The tabs of VPNs. Up to 2.2 there was PPTP too. */
const TABS: readonly string[] = ['openvpn', 'enc0', 'wireguard', 'tailscale', 'l2tp', 'pppoe', 'pptp'];

/** Tabs of VPNs that are not there, or not any more: by them nobody comes in, whatever their rules say. */
export function idleTabs(root: XmlElement, held: ReadonlySet<string>): readonly string[] {
  const packages = children(at(root, 'installedpackages'), 'package');
  const isInstalled = packages.some((each) => value(each, 'name').toLowerCase() === 'tailscale');
  const used = new Set(held);
  if (isInstalled && at(root, 'installedpackages', 'tailscale') === undefined) used.add('tailscale');
  if (value(at(root, 'pptpd'), 'mode') === 'server') used.add('pptp');
  return TABS.filter((key) => !used.has(key));
}

/** L2TP and PPPoE servers that are on. */
function dialInServers(root: XmlElement): readonly XmlElement[] {
  const l2tp = at(root, 'l2tp');
  const found = [...(l2tp === undefined ? [] : [l2tp]), ...children(at(root, 'pppoes'), 'pppoe')];
  return found.filter((element) => value(element, 'mode') === 'server');
}

/** How the networks of their clients are written. */
const CLIENT_SUBNETS = ['l2tp_subnet', 'pppoe_subnet'] as const;

function dialInTunnel(element: XmlElement, file: string): Tunnel {
  const bits = CLIENT_SUBNETS.map((name) => value(element, name)).find((text) => text !== '') ?? '32';
  const clients = `${value(element, 'remoteip')}/${bits}`;
  return {
    name: label(element, 'descr') || `${nameOf(element)} server`,
    kind: 'remote-access',
    enabled: true,
    peers: [],
    remoteNetworks: isCidr(clients) ? [clients] : [],
    management: [],
    location: locationOf(element, file),
  };
}

function dialInTabs(root: XmlElement): readonly VpnTab[] {
  const pppoes = at(root, 'pppoes');
  const [l2tp] = dialInServers(root).filter((element) => nameOf(element) === 'l2tp');
  const servers = dialInServers(root).filter((element) => nameOf(element) === 'pppoe');
  const host = (element: XmlElement): readonly string[] => [`${value(element, 'localip')}/32`].filter(isCidr);
  return [
    ...(l2tp === undefined
      ? []
      : [{ key: 'l2tp', name: 'l2tp', cidrs: host(l2tp), enabled: true, element: l2tp }]),
    ...(pppoes === undefined || servers.length === 0
      ? []
      : [{ key: 'pppoe', name: 'pppoe', cidrs: servers.flatMap(host), enabled: true, element: pppoes }]),
  ];
}

/** Every tunnel that somebody else may hold the other end of. */
export function readTunnels(
  reading: Reading,
  wireGuard: readonly WireGuardTunnel[],
  rows: readonly InterfaceRow[],
): readonly Tunnel[] {
  const { root, file } = reading;
  const by = ingressReader(rows);
  return [
    ...readIpsec(root, file).map(({ tunnel, devices, networks }) => ({
      ...tunnel,
      ...by(devices, 'enc0', networks),
    })),
    ...openVpnTunnels(root, file).map(({ device, ...tunnel }) => ({
      ...tunnel,
      ...by([device], 'openvpn', []),
    })),
    ...wireGuard.flatMap(({ peers, device }) =>
      peers
        .map((peer) => wireGuardTunnel(peer, file))
        .map((tunnel) => ({ ...tunnel, ...by([device], 'wireguard', tunnel.remoteNetworks) })),
    ),
    ...genericTunnels(root, file).map(({ device, ...tunnel }) => ({ ...tunnel, ...by([device], null, []) })),
    ...zeroTierTunnels(root, file).map(({ device, ...tunnel }) => ({ ...tunnel, ...by([device], null, []) })),
    ...tailscaleTunnels(root, file).map((tunnel) => ({
      ...tunnel,
      ...by([TAILSCALE_DEVICE], 'tailscale', []),
    })),
    ...dialInServers(root).map((element) => ({
      ...dialInTunnel(element, file),
      ...by([], nameOf(element), []),
    })),
  ];
}

const BEHIND_UNKNOWN = 'which addresses come out of the tunnel is not taken from the file: any is taken';

/**
 * What comes out of a tunnel comes in by the interface that is assigned to its device, else by the tab of its
 * kind. IPsec and WireGuard pass only the networks of their peers; OpenVPN learns others from overrides of
 * clients and from its peers.
 */
function ingressReader(
  rows: readonly InterfaceRow[],
): (
  devices: readonly string[],
  tab: string | null,
  networks: readonly string[],
) => { readonly ingress?: TunnelIngress } {
  return (devices, tab, networks) => {
    const assigned = rows.filter(({ element }) => devices.includes(value(element, 'if')));
    // Where anybody comes in by it, whoever holds its other end does too.
    if (assigned.some((row) => row.interface.role.value === 'untrusted')) return {};
    const ways = assigned.length > 0 ? assigned : rows.filter(({ key }) => key === tab);
    const from = ways.map((row) => row.interface).filter(({ enabled }) => enabled);
    const [found] = from;
    if (found === undefined) return {};
    const sets = networks.map(parseIpSet);
    const any = sets.length === 0 || sets.includes(null);
    return {
      ingress: {
        from: from.map(({ name }) => name),
        interface: found.name,
        sources: any ? null : IpSet.unionOf(sets.flatMap((set) => set ?? [])),
        destinations: null,
        approximate: any ? [BEHIND_UNKNOWN] : [],
      },
    };
  };
}

/** A tunnel with the device that an interface may be assigned to. */
type OnDevice = Tunnel & { readonly device: string };

function wireGuardTunnel(peer: WireGuardPeer, file: string): Tunnel {
  return {
    name: peer.name,
    kind: peer.endpoint === '' ? 'remote-access' : 'site-to-site',
    enabled: peer.enabled,
    peers: peer.endpoint === '' ? [] : [peer.endpoint],
    remoteNetworks: peer.networks,
    management: [],
    location: locationOf(peer.element, file),
  };
}

/** Modes in which any number of clients dial in. */
const DIAL_IN: ReadonlySet<string> = new Set(['server_tls', 'server_user', 'server_tls_user']);

const ONE_FACTOR: ReadonlySet<string> = new Set(['server_tls', 'server_user']);

function openVpnTunnels(root: XmlElement, file: string): readonly OnDevice[] {
  const openVpn = at(root, 'openvpn');
  const named = (element: XmlElement, kind: string): string =>
    label(element, 'description') || `OpenVPN ${kind} ${value(element, 'vpnid')}`;
  const networks = (element: XmlElement): readonly string[] =>
    ['remote_network', 'remote_networkv6'].flatMap((name) => words(value(element, name)));
  const servers = children(openVpn, 'openvpn-server').map((server): OnDevice => {
    const dialIn = DIAL_IN.has(value(server, 'mode'));
    return {
      device: `ovpns${value(server, 'vpnid')}`,
      name: named(server, 'server'),
      kind: dialIn ? 'remote-access' : 'site-to-site',
      enabled: !isSet(server, 'disable'),
      peers: [],
      remoteNetworks: dialIn ? words(value(server, 'tunnel_network')) : networks(server),
      management: [],
      // A certificate or a password alone: only `server_tls_user` asks for both.
      marks: ONE_FACTOR.has(value(server, 'mode')) ? ['one-factor'] : [],
      location: locationOf(server, file),
    };
  });
  const clients = children(openVpn, 'openvpn-client').map((client): OnDevice => {
    const peer = value(client, 'server_addr');
    return {
      device: `ovpnc${value(client, 'vpnid')}`,
      name: named(client, 'client'),
      kind: 'site-to-site',
      enabled: !isSet(client, 'disable'),
      peers: peer === '' ? [] : [peer],
      remoteNetworks: networks(client),
      management: [],
      location: locationOf(client, file),
    };
  });
  return [...servers, ...clients];
}

/** GIF and GRE: tunnels without keys. */
function genericTunnels(root: XmlElement, file: string): readonly OnDevice[] {
  const found = [
    ...children(at(root, 'gifs'), 'gif').map((element) => ({ element, device: 'gifif' })),
    ...children(at(root, 'gres'), 'gre').map((element) => ({ element, device: 'greif' })),
  ];
  return found.map(({ element, device }) => {
    const peer = value(element, 'remote-addr');
    return {
      device: value(element, device),
      name: label(element, 'descr') || value(element, device),
      kind: 'site-to-site',
      enabled: true,
      peers: peer === '' ? [] : [peer],
      remoteNetworks: [],
      management: [],
      marks: ['clear-text'],
      location: locationOf(element, file),
    };
  });
}
