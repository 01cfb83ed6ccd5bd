import type { TunnelMark } from '../../model/facts.js';
import type { Interface, Tunnel, TunnelIngress } from '../../model/firewall-config.js';
import type { AddressObject } from '../../model/objects.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import type { KeyReader } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { isOn, isSet } from './values.js';
import { accessLists, type Behind } from './vpn-access.js';
import type { ZoneRow } from './zones.js';

/** What the tunnels are worked out from. */
export interface TunnelContext {
  readonly reader: KeyReader;
  readonly addressObjects: readonly AddressObject[];
  readonly zones: readonly ZoneRow[];
  readonly interfaces: readonly Interface[];
  /** What no tunnel may be called on its way in: names of interfaces. */
  readonly taken: ReadonlySet<string>;
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

/** What a tunnel is before it is known by what name it comes in. */
type Bare = Omit<Tunnel, 'ingress'> & { readonly ingress: Omit<TunnelIngress, 'interface'> };

/** IPsec policies, L2TP when its server runs, and SSL VPN when a zone offers it. */
export function readTunnels(context: TunnelContext): readonly Tunnel[] {
  const taken = new Set(context.taken);
  const found: readonly Bare[] = [
    ...ipsecTunnels(context),
    ...l2tpTunnel(context),
    ...(context.sslVpnOffered ? [sslVpnTunnel(context)] : []),
  ];
  return found.map((tunnel) => {
    let name = tunnel.name;
    while (taken.has(name)) name = `${name} (tunnel)`;
    taken.add(name);
    return { ...tunnel, ingress: { ...tunnel.ingress, interface: name } };
  });
}

/** Zones by the type that the firmware gives them, or by its own name where no zone has the type. */
const VPN_ZONE = { type: '5', name: 'VPN' };
const SSL_VPN_ZONE = { type: '8', name: 'SSLVPN' };

function zonesOf({ zones }: TunnelContext, wanted: typeof VPN_ZONE): readonly string[] {
  const typed = zones.filter(({ type }) => type === wanted.type).map(({ name }) => name);
  return typed.length > 0 ? typed : [wanted.name];
}

/** A policy is off by its own switch, or by the one for all of IPsec. */
function ipsecTunnels(context: TunnelContext): readonly Bare[] {
  const { reader, addressObjects } = context;
  const running = isOn(reader.single('ipsecEnable')) !== false;
  const networks = networkReader(addressObjects);
  const behind = readerOfSets(context);
  const from = zonesOf(context, VPN_ZONE);
  return reader.indices('ipsecName_N').flatMap((index): readonly Bare[] => {
    const name = reader.at('ipsecName_N', index);
    if (name === undefined) return [];
    const client = isOn(reader.at('ipsecClientPolicy_N', index)) === true;
    const peers = [reader.at('ipsecGwAddr_N', index), reader.at('ipsecSecGwAddr_N', index)];
    const services = TUNNEL_SERVICES.filter(([family]) => isOn(reader.at(family, index)) === true);
    const remoteNetworks = networks(reader.at('ipsecRemoteNetwork_N', index)?.text ?? '');
    return [
      {
        name: name.text,
        kind: client ? 'remote-access' : 'site-to-site',
        enabled: running && isOn(reader.at('ipsecSaDisabled_N', index)) !== true,
        peers: [...new Set(peers.flatMap((peer) => (isSet(peer) ? [peer?.text ?? ''] : [])))],
        remoteNetworks,
        management: [...new Set(services.map(([, service]) => service))],
        marks: marksOf(reader, index, remoteNetworks),
        ingress: {
          from,
          ...(client ? clientsOf(context, index, behind) : carriedBy(context, index, behind)),
        },
        location: name.location,
      },
    ];
  });
}

type Carried = Pick<TunnelIngress, 'sources' | 'destinations' | 'approximate'>;

/**
 * What comes out of a policy: from the networks at its far end to those at this one, as they are and as NAT
 * over VPN shows them. SonicOS drops what is for others ("IPsec packet from or to an illegal host", event
 * 70 of its log; RFC 4301, section 5.2, step 4). A routed tunnel names neither.
 */
function carriedBy({ reader }: TunnelContext, index: number, behind: Behind): Carried {
  const networks = (...families: readonly ReadFamily[]): IpSet | null => {
    const [first = '', ...others] = families.map((family) => reader.at(family, index)?.text);
    const names = [first, ...others.filter((name) => name)];
    const sets = names.map((name) => behind(name ?? ''));
    return sets.includes(null) ? null : IpSet.unionOf(sets.flatMap((set) => set ?? []));
  };
  const sources = networks('ipsecRemoteNetwork_N', 'ipsecNatRemoteNetwork_N');
  const anyHere = isOn(reader.at('ipsecLocalAnyOption_N', index)) === true;
  return {
    sources,
    destinations: anyHere ? null : networks('ipsecLocalNetwork_N', 'ipsecNatLocalNetwork_N'),
    approximate: sources === null ? [BEHIND_UNKNOWN] : [],
  };
}

const BEHIND_UNKNOWN = 'the file does not say which addresses are behind the tunnel: any is taken';

/** Reads what objects and groups stand for, with the addresses of interfaces where they mean these. */
export function readerOfSets({
  addressObjects,
  interfaces,
}: Pick<TunnelContext, 'addressObjects' | 'interfaces'>): Behind {
  const byName = new Map(addressObjects.map((object) => [object.name, object]));
  return (name) => {
    const seen = new Set([name]);
    const found: IpSet[] = [];
    for (const next of seen) {
      const content = byName.get(next)?.content;
      if (content?.kind === 'group') for (const member of content.members) seen.add(member);
      else if (content?.kind === 'addresses') found.push(content.addresses);
      else {
        const own = content?.kind === 'interface' ? addressesOf(content, interfaces) : null;
        if (own === null) return null;
        found.push(own);
      }
    }
    const all = IpSet.unionOf(found);
    return all.isEmpty() ? null : all;
  };
}

/** The addresses or networks of an interface in both families; null where it gets them elsewhere. */
function addressesOf(
  { interface: wanted, part }: Extract<AddressObject['content'], { readonly kind: 'interface' }>,
  interfaces: readonly Interface[],
): IpSet | null {
  const found = interfaces.find(({ name }) => name === wanted);
  const sets = [found?.ipv4, found?.ipv6].flatMap((address): readonly (IpSet | null)[] => {
    if (address === undefined || address.kind === 'none') return [];
    if (address.kind !== 'static') return [null];
    return address.cidrs.map((cidr) => parseIpSet(part === 'subnet' ? cidr : cidr.replace(/\/.*/, '')));
  });
  return sets.includes(null) ? null : IpSet.unionOf(sets.flatMap((set) => set ?? []));
}

/** The addresses that clients are given; null where the file holds no pool. */
function poolOf({ reader }: TunnelContext, start: ReadFamily, end: ReadFamily): Carried | null {
  const [first = '', last = ''] = [reader.single(start)?.text, reader.single(end)?.text];
  const pool = first.startsWith('0.') || first === '' ? null : parseIpSet(`${first}-${last}`);
  return pool === null ? null : { sources: pool, destinations: null, approximate: [] };
}

/** Clients whose addresses the file does not hold. */
const UNKNOWN: Carried = { sources: null, destinations: null, approximate: [BEHIND_UNKNOWN] };

/** The same for GroupVPN and L2TP, which speak IKE version 1 and give their clients IPv4 addresses. */
const UNKNOWN_IPV4: Carried = { ...UNKNOWN, sources: IpSet.IPV4 };

/**
 * Users of a GroupVPN. "Apply VPN Access Control List" is off in every real policy, and whether lists count
 * without it is not established: only where it is on do they.
 */
function clientsOf({ reader, interfaces }: TunnelContext, index: number, behind: Behind): Carried {
  if (isOn(reader.at('ipsecClientApplyVpnAcl_N', index)) !== true) return UNKNOWN_IPV4;
  const { destinations, approximate } = accessLists(reader, behind, interfaces);
  return { ...UNKNOWN_IPV4, destinations, approximate: [...UNKNOWN_IPV4.approximate, ...approximate] };
}

function marksOf(reader: KeyReader, index: number, networks: readonly string[]): readonly TunnelMark[] {
  const marks: TunnelMark[] = [];
  if (networks.includes('0.0.0.0/0')) marks.push('everything-behind');
  if (isSet(reader.at('ipsecESPKey_N', index))) marks.push('pre-shared-key');
  // "Require authentication of VPN clients by XAUTH", on from the factory: without it, the key of the group is all.
  const client = isOn(reader.at('ipsecClientPolicy_N', index)) === true;
  if (client && isOn(reader.at('ipsecXauthClient_N', index)) === false) marks.push('one-factor');
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

export const SSL_VPN = 'SSL VPN';
export const L2TP_SERVER = 'L2TP server';

/** Clients dial in by L2TP inside the GroupVPN of the WAN zone. */
function l2tpTunnel(context: TunnelContext): readonly Bare[] {
  const { reader } = context;
  const enabled = reader.single('L2TPServerEnabled');
  const pool = poolOf(context, 'L2TPsPPPStartIp', 'L2TPsPPPEndIp');
  if (isOn(enabled) !== true || enabled === undefined) return [];
  return [
    {
      name: L2TP_SERVER,
      kind: 'remote-access',
      enabled: true,
      peers: [],
      remoteNetworks: [],
      management: [],
      ingress: {
        from: zonesOf(context, VPN_ZONE),
        ...(pool ?? UNKNOWN_IPV4),
      },
      location: enabled.location,
    },
  ];
}

/** Clients of SSL VPN, and whether they may administer the appliance over it. */
function sslVpnTunnel(context: TunnelContext): Bare {
  const { reader, interfaces } = context;
  const pool = poolOf(context, 'SslvpnsPPPStartIp', 'SslvpnsPPPEndIp') ?? UNKNOWN;
  const { destinations, approximate } = accessLists(reader, readerOfSets(context), interfaces);
  const management = [
    ...(isOn(reader.single('sslvpnWebMgmt')) === true ? ['https-management'] : []),
    ...(isOn(reader.single('sslvpnSshMgmt')) === true ? ['ssh-management'] : []),
  ];
  return {
    name: SSL_VPN,
    kind: 'remote-access',
    enabled: true,
    peers: [],
    remoteNetworks: [],
    management,
    ingress: {
      from: zonesOf(context, SSL_VPN_ZONE),
      sources: pool.sources,
      destinations,
      approximate: [...pool.approximate, ...approximate],
    },
    location: reader.locate('sslvpnSvcPort'),
  };
}
