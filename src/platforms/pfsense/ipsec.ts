import type { TunnelMark } from '../../model/facts.js';
import type { Tunnel } from '../../model/firewall-config.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, isSet, label, locationOf, value } from './config-tree.js';
import { ANY_PEER } from './implied-rules.js';
import { isCidr, vtiDevices } from './tunnel-addresses.js';

/** An IPsec tunnel with how its packets come in. */
export interface IpsecTunnel {
  readonly tunnel: Tunnel;
  /** Devices by whose interface they come in, where it is not the tab of IPsec. */
  readonly devices: readonly string[];
  /** All that they may come from; none: anywhere. */
  readonly networks: readonly string[];
}

export function readIpsec(root: XmlElement, file: string): readonly IpsecTunnel[] {
  const ipsec = at(root, 'ipsec');
  // "Filter IPsec VTI and Transport on assigned interfaces"; else all of it is filtered on the tab.
  const onDevices = value(ipsec, 'filtermode') === 'assigned';
  return children(ipsec, 'phase1').map((phase1) => {
    const id = value(phase1, 'ikeid');
    const phases = children(ipsec, 'phase2').filter(
      (phase2) => value(phase2, 'ikeid') === id && !isSet(phase2, 'disabled'),
    );
    const routed = phases.filter((phase2) => value(phase2, 'mode') === 'vti').length;
    const tunnel = ipsecTunnel(phase1, phases, child(ipsec, 'client'), children(ipsec, 'mobilekey'), file);
    const open = phases.some(isOpen) || asksRadius(phase1, child(ipsec, 'client'));
    return {
      tunnel,
      devices: onDevices ? vtiDevices(id, routed) : [],
      networks: open ? [] : tunnel.remoteNetworks,
    };
  });
}

/** Routed and transport modes name the two ends alone, whatever is sent through them. */
function isOpen(phase2: XmlElement): boolean {
  return ['vti', 'transport'].includes(value(phase2, 'mode'));
}

/** With this box a RADIUS server gives users their addresses, from networks that the file does not hold. */
function asksRadius(phase1: XmlElement, clients: XmlElement | undefined): boolean {
  return isSet(phase1, 'mobile') && isSet(clients, 'radius_ip_priority_enable');
}

function ipsecTunnel(
  phase1: XmlElement,
  phases: readonly XmlElement[],
  clients: XmlElement | undefined,
  users: readonly XmlElement[],
  file: string,
): Tunnel {
  const mobile = isSet(phase1, 'mobile');
  const peer = value(phase1, 'remote-gateway');
  const pools = mobile && isSet(clients, 'enable') ? poolsOf(clients, users) : [];
  const networks = phases.flatMap((phase2) => remoteNetwork(child(phase2, 'remoteid')));
  return {
    name: label(phase1, 'descr') || `IPsec ${value(phase1, 'ikeid')}`,
    kind: mobile ? 'remote-access' : 'site-to-site',
    enabled: !isSet(phase1, 'disabled'),
    peers: mobile || ANY_PEER.has(peer) ? [] : [peer],
    remoteNetworks: pools.length > 0 ? pools : networks,
    management: [],
    marks: ipsecMarks(phase1, networks),
    location: locationOf(phase1, file),
  };
}

/** Addresses that mobile clients are given: those of everybody, of IPv6, and of single users. */
function poolsOf(clients: XmlElement | undefined, users: readonly XmlElement[]): readonly string[] {
  const pool = (element: XmlElement | undefined, address: string, bits: string): readonly string[] => {
    const cidr = `${value(element, address)}/${value(element, bits)}`;
    return isCidr(cidr) ? [cidr] : [];
  };
  return [
    ...pool(clients, 'pool_address', 'pool_netbits'),
    ...pool(clients, 'pool_address_v6', 'pool_netbits_v6'),
    ...users.flatMap((user) => pool(user, 'pool_address', 'pool_netbits')),
  ];
}

/** `pre_shared_key` is a site's secret; `xauth_psk_server` asks users for a password beside it. */
function ipsecMarks(phase1: XmlElement, networks: readonly string[]): readonly TunnelMark[] {
  const shared = value(phase1, 'authentication_method') === 'pre_shared_key';
  return [
    ...(shared ? (['pre-shared-key'] as const) : []),
    ...(shared && isSet(phase1, 'mobile') ? (['one-factor'] as const) : []),
    ...(value(phase1, 'mode') === 'aggressive' ? (['aggressive-mode'] as const) : []),
    ...(networks.includes('0.0.0.0/0') ? (['everything-behind'] as const) : []),
  ];
}

function remoteNetwork(id: XmlElement | undefined): readonly string[] {
  const address = value(id, 'address');
  const bits = value(id, 'netbits');
  if (address === '') return [];
  return [value(id, 'type') === 'network' && bits !== '' ? `${address}/${bits}` : address];
}
