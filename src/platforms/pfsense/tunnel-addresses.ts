import type { InterfaceAddress } from '../../model/firewall-config.js';
import { parseIpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import { at, children, isSet, value } from './config-tree.js';

/** The addresses that a tunnel's device has while it runs. */
export interface DeviceAddresses {
  readonly ipv4: InterfaceAddress;
  readonly ipv6: InterfaceAddress;
}

/**
 * Own addresses of tunnel devices, by their name. An interface that is assigned to one holds no address in the file;
 * pfSense takes it from the running device (`filter_generate_optcfg_array` in filter.inc), which has it from the
 * tunnel's own settings. What a server hands out is dynamic.
 */
export function tunnelAddresses(root: XmlElement): ReadonlyMap<string, DeviceAddresses> {
  const openVpn = at(root, 'openvpn');
  const servers = children(openVpn, 'openvpn-server').map(
    (server) => [`ovpns${value(server, 'vpnid')}`, fixed(serverAddress(server))] as const,
  );
  const clients = children(openVpn, 'openvpn-client')
    .filter((client) => !isSet(client, 'disable'))
    .map((client) => [`ovpnc${value(client, 'vpnid')}`, handedOut('OpenVPN')] as const);
  return new Map([
    ...servers,
    ...clients,
    ...genericAddresses(root),
    ...vtiAddresses(root),
    [TAILSCALE_DEVICE, handedOut('Tailscale')] as const,
    ...zeroTierDevices(root).map((device) => [device, handedOut('ZeroTier')] as const),
  ]);
}

/** Devices of ZeroTier that an interface is assigned to: `zt` and letters that stand for the network. */
export function zeroTierDevices(root: XmlElement): readonly string[] {
  const devices = (at(root, 'interfaces')?.children ?? []).map((each) => value(each, 'if'));
  return [...new Set(devices.filter((device) => /^zt[0-9a-z]{8,}$/.test(device)))];
}

/** The device of the Tailscale package. */
export const TAILSCALE_DEVICE = 'tailscale0';

/** What is written down. */
export function fixed(cidrs: readonly string[]): DeviceAddresses {
  return { ipv4: ofFamily(cidrs, false), ipv6: ofFamily(cidrs, true) };
}

function ofFamily(cidrs: readonly string[], wide: boolean): InterfaceAddress {
  const found = cidrs.filter((cidr) => cidr.includes(':') === wide);
  return found.length === 0 ? { kind: 'none' } : { kind: 'static', cidrs: found };
}

/** What somebody else decides on. */
export function handedOut(method: string): DeviceAddresses {
  const address = { kind: 'dynamic', method, last: null } as const;
  return { ipv4: address, ipv6: address };
}

export function isCidr(text: string): boolean {
  return text.includes('/') && parseIpSet(text) !== null;
}

/** A server takes the first address of its tunnel network: openvpn(8), --server. */
export function serverAddress(server: XmlElement): readonly string[] {
  if (isSet(server, 'disable')) return [];
  return ['tunnel_network', 'tunnel_networkv6'].flatMap((name) => {
    const network = value(server, name);
    if (!isCidr(network)) return [];
    const [base = '', bits = ''] = network.split('/');
    const wide = base.includes(':');
    const first = parseIpSet(wide ? `${base.replace(/::$/, '::1')}` : nextV4(base));
    return first === null ? [] : [`${first.first()}/${bits}`];
  });
}

function nextV4(address: string): string {
  return address.replace(/\d+$/, (last) => `${Number(last) + 1}`);
}

/** GIF and GRE: the tunnel's inner end on this side. */
function genericAddresses(root: XmlElement): readonly (readonly [string, DeviceAddresses])[] {
  const found = [
    ...children(at(root, 'gifs'), 'gif').map((element) => ({ element, device: 'gifif' })),
    ...children(at(root, 'gres'), 'gre').map((element) => ({ element, device: 'greif' })),
  ];
  return found.map(({ element, device }) => {
    const cidrs = [
      inner(value(element, 'tunnel-local-addr'), value(element, 'tunnel-remote-net')),
      inner(value(element, 'tunnel-local-addr6'), value(element, 'tunnel-remote-net6')),
    ];
    return [value(element, device), fixed(cidrs.flat())];
  });
}

/** An address with its prefix length, where that can be read; else the address alone. */
function inner(address: string, bits: string): readonly string[] {
  if (parseIpSet(address) === null) return [];
  const cidr = `${address}/${bits}`;
  return [isCidr(cidr) ? cidr : `${address}/${address.includes(':') ? 128 : 32}`];
}

/** Routed IPsec: the local ends of a phase 1, on its device. */
function vtiAddresses(root: XmlElement): readonly (readonly [string, DeviceAddresses])[] {
  return children(at(root, 'ipsec'), 'phase1').flatMap((phase1) => {
    const id = value(phase1, 'ikeid');
    const ends = routedPhases(root).filter((phase2) => value(phase2, 'ikeid') === id);
    const own = fixed(ends.flatMap(localEnd));
    return vtiDevices(id, ends.length).map((device) => [device, own] as const);
  });
}

function routedPhases(root: XmlElement): readonly XmlElement[] {
  return children(at(root, 'ipsec'), 'phase2').filter(
    (phase2) => value(phase2, 'mode') === 'vti' && !isSet(phase2, 'disabled'),
  );
}

function localEnd(phase2: XmlElement): readonly string[] {
  const end = at(phase2, 'localid');
  return inner(value(end, 'address'), value(end, 'netbits'));
}

/** Own addresses inside routed IPsec tunnels, assigned to an interface or not. */
export function vtiEnds(root: XmlElement): readonly string[] {
  return routedPhases(root).flatMap(localEnd);
}

/**
 * What the devices of a routed phase 1 may be called: `ipsec1`, up to 2.4 `ipsec1000`, and one for each phase 2 where
 * they are kept apart.
 */
export function vtiDevices(id: string, phases: number): readonly string[] {
  if (phases === 0) return [];
  return [`ipsec${id}`, ...Array.from({ length: phases }, (_, index) => `ipsec${id}00${index}`)];
}
