import type { TunnelMark } from '../../model/facts.js';
import type { Tunnel } from '../../model/firewall-config.js';
import type { AddressObject } from '../../model/objects.js';
import type { KeyReader } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { isOn, isSet } from './values.js';

/** What the tunnels are worked out from. */
export interface TunnelContext {
  readonly reader: KeyReader;
  readonly addressObjects: readonly AddressObject[];
  /** Whether a zone that an interface is in offers SSL VPN. */
  readonly sslVpnOffered: boolean;
}

/** Each box for management or user login over a tunnel, and what it opens. */
const TUNNEL_SERVICES: readonly (readonly [ReadFamily, string])[] = [
  ['ipsecHttpsMgmt_N', 'https-management'],
  ['ipsecHttpMgmt_N', 'http-management'],
  ['ipsecSshMgmt_N', 'ssh-management'],
  ['ipsecSnmpMgmt_N', 'snmp'],
  ['ipsecHttpsUsrLogin_N', 'user-login'],
  ['ipsecHttpUsrLogin_N', 'user-login'],
];

/** IPsec policies, L2TP when its server runs, and SSL VPN when a zone offers it. */
export function readTunnels(context: TunnelContext): readonly Tunnel[] {
  return [
    ...ipsecTunnels(context),
    ...l2tpTunnel(context.reader),
    ...(context.sslVpnOffered ? [sslVpnTunnel(context.reader)] : []),
  ];
}

/** A policy is off by its own switch, or by the one for all of IPsec. */
function ipsecTunnels({ reader, addressObjects }: TunnelContext): readonly Tunnel[] {
  const running = isOn(reader.single('ipsecEnable')) !== false;
  const networks = networkReader(addressObjects);
  return reader.indices('ipsecName_N').flatMap((index): readonly Tunnel[] => {
    const name = reader.at('ipsecName_N', index);
    if (name === undefined) return [];
    const peers = [reader.at('ipsecGwAddr_N', index), reader.at('ipsecSecGwAddr_N', index)];
    const services = TUNNEL_SERVICES.filter(([family]) => isOn(reader.at(family, index)) === true);
    const remoteNetworks = networks(reader.at('ipsecRemoteNetwork_N', index)?.text ?? '');
    return [
      {
        name: name.text,
        kind: isOn(reader.at('ipsecClientPolicy_N', index)) === true ? 'remote-access' : 'site-to-site',
        enabled: running && isOn(reader.at('ipsecSaDisabled_N', index)) !== true,
        peers: [...new Set(peers.flatMap((peer) => (isSet(peer) ? [peer?.text ?? ''] : [])))],
        remoteNetworks,
        management: [...new Set(services.map(([, service]) => service))],
        marks: marksOf(reader, index, remoteNetworks),
        location: name.location,
      },
    ];
  });
}

function marksOf(reader: KeyReader, index: number, networks: readonly string[]): readonly TunnelMark[] {
  const marks: TunnelMark[] = [];
  if (networks.includes('0.0.0.0/0')) marks.push('everything-behind');
  if (isSet(reader.at('ipsecESPKey_N', index))) marks.push('pre-shared-key');
  return marks;
}

/** More networks than these behind one peer are named by their group alone. */
const MOST_NETWORKS = 16;

/** The networks that an object or group stands for; its name where the file cannot tell, or they are many. */
function networkReader(objects: readonly AddressObject[]): (name: string) => readonly string[] {
  const byName = new Map(objects.map((object) => [object.name, object]));
  return (name) => {
    if (name === '') return [];
    const seen = new Set([name]);
    const found = new Set<string>();
    for (const next of seen) {
      const content = byName.get(next)?.content;
      if (content?.kind === 'group') for (const member of content.members) seen.add(member);
      else if (content?.kind === 'addresses') for (const cidr of content.addresses.toCidrs()) found.add(cidr);
      else return [byName.get(name)?.label ?? name];
      if (found.size > MOST_NETWORKS) return [byName.get(name)?.label ?? name];
    }
    return found.size === 0 ? [byName.get(name)?.label ?? name] : [...found];
  };
}

/** Clients dial in by L2TP inside the GroupVPN of the WAN zone. */
function l2tpTunnel(reader: KeyReader): readonly Tunnel[] {
  const enabled = reader.single('L2TPServerEnabled');
  if (isOn(enabled) !== true || enabled === undefined) return [];
  return [
    {
      name: 'L2TP server',
      kind: 'remote-access',
      enabled: true,
      peers: [],
      remoteNetworks: [],
      management: [],
      location: enabled.location,
    },
  ];
}

/** Clients of SSL VPN, and whether they may administer the appliance over it. */
function sslVpnTunnel(reader: KeyReader): Tunnel {
  const management = [
    ...(isOn(reader.single('sslvpnWebMgmt')) === true ? ['https-management'] : []),
    ...(isOn(reader.single('sslvpnSshMgmt')) === true ? ['ssh-management'] : []),
  ];
  return {
    name: 'SSL VPN',
    kind: 'remote-access',
    enabled: true,
    peers: [],
    remoteNetworks: [],
    management,
    location: reader.locate('sslvpnSvcPort'),
  };
}
