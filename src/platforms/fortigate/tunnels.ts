import type { TunnelMark } from '../../model/facts.js';
import type { Tunnel, TunnelIngress } from '../../model/firewall-config.js';
import { IpSet, parseIpSet } from '../../sets/index.js';
import type { AddressBook } from './address-objects.js';
import type { InterfaceRow } from './interfaces.js';
import type { Uplink } from './routes.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, lineOf, valuesOf } from './tree.js';
import { isOn, isZero, networkOf } from './values.js';

export interface TunnelContext {
  readonly scope: DeviceScope;
  readonly addresses: AddressBook;
  readonly interfaces: readonly InterfaceRow[];
}

/** IPsec, SSL VPN, L2TP and PPTP, and the unencrypted kinds: whatever brings somebody else's packets in. */
export function readTunnels(context: TunnelContext): readonly Tunnel[] {
  return [
    ...ipsecTunnels(context),
    ...sslVpn(context),
    ...sslVpnClients(context),
    ...plainTunnels(context),
    ...dialIn(context),
    ...overlay(context),
  ];
}

/** What is ticked on the interface that a tunnel ends in. */
function management({ interfaces }: TunnelContext, name: string): readonly string[] {
  return interfaces.find((row) => row.interface.name === name)?.interface.managementFlags ?? [];
}

const BEHIND_UNKNOWN = 'the file does not say which addresses are behind the tunnel: any is taken';

/**
 * What comes out of a tunnel comes in by its interface. Phase 2 selectors bound it: FortiOS drops what
 * matches none ("no matching IPsec selector"). Policies call it so even where a part of a file leaves the
 * interface out.
 */
function ingressBy(
  { scope, interfaces }: TunnelContext,
  end: string,
  networks: readonly string[],
): { readonly ingress?: TunnelIngress } {
  const name = switchOf(scope, end);
  const found = interfaces.find((row) => row.interface.name === name)?.interface;
  // What is outside is a way in of its own.
  if (found?.enabled === false || found?.role.value === 'untrusted') return {};
  const sets = networks.map(parseIpSet);
  const any = sets.length === 0 || sets.includes(null) || networks.includes('0.0.0.0/0');
  return {
    ingress: {
      from: [...new Set([name, end]), ...(typeof found?.zone === 'string' ? [found.zone] : [])],
      interface: name,
      sources: any ? null : IpSet.unionOf(sets.flatMap((set) => set ?? [])),
      destinations: null,
      approximate: any ? [BEHIND_UNKNOWN] : [],
    },
  };
}

/** A frame out of a tunnel that a software switch has as a port comes in by the switch, unless policies part its ports. */
function switchOf(scope: DeviceScope, end: string): string {
  const bridge = scope
    .allEntries('system switch-interface')
    .find((node) => valuesOf(node, 'member').includes(end));
  if (bridge === undefined || firstValue(bridge, 'intra-switch-policy') === 'explicit') return end;
  return bridge.name;
}

function ipsecTunnels(context: TunnelContext): readonly Tunnel[] {
  const { scope } = context;
  const pairs = [
    ['vpn ipsec phase1-interface', 'vpn ipsec phase2-interface'],
    ['vpn ipsec phase1', 'vpn ipsec phase2'],
  ] as const;
  return pairs.flatMap(([first, second]) => {
    const selectors = new Map<string, string[]>();
    for (const node of scope.allEntries(second)) {
      const name = firstValue(node, 'phase1name') ?? '';
      selectors.set(name, [...(selectors.get(name) ?? []), ...remoteNetworks(context, node)]);
    }
    return scope.allEntries(first).map((node) => ({
      name: node.name,
      kind: firstValue(node, 'type') === 'dynamic' ? ('remote-access' as const) : ('site-to-site' as const),
      enabled: firstValue(node, 'status') !== 'disable',
      peers: peersOf(node),
      remoteNetworks: [...new Set(selectors.get(node.name) ?? [])],
      management: management(context, node.name),
      marks: ipsecMarks(node, selectors.get(node.name) ?? []),
      ...ingressBy(context, endOf(scope, node), [...new Set(selectors.get(node.name) ?? [])]),
      location: scope.locate(node.line),
    }));
  });
}

const AGGREGATES = 'system ipsec-aggregate';

/** The interface that policies name: that of the aggregate of which a tunnel is a member (FortiOS administration guide). */
function endOf(scope: DeviceScope, { name }: ConfigNode): string {
  return scope.allEntries(AGGREGATES).find((node) => valuesOf(node, 'member').includes(name))?.name ?? name;
}

/** Without `authmethod` a phase 1 uses a pre-shared key (FortiOS CLI reference, `vpn ipsec phase1-interface`). */
function ipsecMarks(node: ConfigNode, networks: readonly string[]): readonly TunnelMark[] {
  const shared = (firstValue(node, 'authmethod') ?? 'psk') === 'psk';
  const dialIn = firstValue(node, 'type') === 'dynamic';
  const users =
    (firstValue(node, 'xauthtype') ?? 'disable') !== 'disable' || isOn(firstValue(node, 'eap')) === true;
  return [
    ...(shared ? (['pre-shared-key'] as const) : []),
    ...(dialIn && shared && !users ? (['one-factor'] as const) : []),
    ...(firstValue(node, 'mode') === 'aggressive' ? (['aggressive-mode'] as const) : []),
    ...(networks.includes('0.0.0.0/0') ? (['everything-behind'] as const) : []),
  ];
}

function peersOf(node: ConfigNode): readonly string[] {
  if (firstValue(node, 'type') === 'dynamic') return [];
  return ['remote-gw', 'remote-gw6', 'remotegw-ddns'].flatMap((name) =>
    valuesOf(node, name).filter((each) => !isZero(each)),
  );
}

/** A selector without a destination is for everything. */
function remoteNetworks({ addresses }: TunnelContext, node: ConfigNode): readonly string[] {
  const named = [...valuesOf(node, 'dst-name'), ...valuesOf(node, 'dst-name6')];
  if (named.length > 0) {
    return named.flatMap(
      (name) => (addresses.exact(name, 'ipv4') ?? addresses.exact(name, 'ipv6'))?.toCidrs() ?? [name],
    );
  }
  const range = parseIpSet(
    `${firstValue(node, 'dst-start-ip') ?? ''}-${firstValue(node, 'dst-end-ip') ?? ''}`,
  );
  if (range !== null) return range.toCidrs();
  const host = parseIpSet(firstValue(node, 'dst-start-ip') ?? '');
  if (host !== null) return host.toCidrs();
  const network = networkOf(valuesOf(node, 'dst-subnet')) ?? networkOf(valuesOf(node, 'dst-subnet6'));
  return network === null ? ['0.0.0.0/0'] : network.toCidrs();
}

/** The interface by which what users of SSL VPN send comes in. */
export function sslVpnEnd({ vdom }: DeviceScope): string {
  return `ssl.${vdom ?? 'root'}`;
}

/**
 * Policies of the action `ssl-vpn`, up to 5.0: their `srcintf` is where users dial in, their `srcaddr` from where, and
 * what they let through comes out of the tunnel (FortiOS 5.0 help, Create an SSL VPN security policy).
 */
export function sslVpnPolicies(scope: DeviceScope): readonly ConfigNode[] {
  return scope.allEntries('firewall policy').filter((node) => firstValue(node, 'action') === 'ssl-vpn');
}

function sslVpn(context: TunnelContext): readonly Tunnel[] {
  const settings = context.scope.node('vpn ssl settings');
  if (isOn(firstValue(settings, 'sslvpn-enable')) === false) return [];
  const sources = valuesOf(settings, 'source-interface');
  const rules = entriesOf(settings, 'authentication-rule');
  const [older] = sslVpnPolicies(context.scope);
  const from = settings !== undefined && sources.length + rules.length > 0 ? settings : older;
  if (from === undefined) return [];
  const tunnel = sslVpnEnd(context.scope);
  return [
    {
      name: 'SSL VPN',
      kind: 'remote-access',
      enabled: isOn(firstValue(settings, 'status')) !== false,
      peers: [],
      remoteNetworks: [],
      management: management(context, tunnel),
      ...ingressBy(context, tunnel, []),
      location: context.scope.locate(lineOf(from, 'source-interface')),
    },
  ];
}

const CLIENTS = 'vpn ssl client';

/**
 * The appliance as a client of somebody else's SSL VPN, which gives an address to the interface that the entry names
 * (CLI reference, config vpn ssl client).
 */
function sslVpnClients(context: TunnelContext): readonly Tunnel[] {
  const { scope } = context;
  return scope.allEntries(CLIENTS).map((node) => {
    const by = firstValue(node, 'interface') ?? node.name;
    return {
      name: node.name,
      kind: 'site-to-site',
      enabled: firstValue(node, 'status') !== 'disable',
      peers: valuesOf(node, 'server'),
      remoteNetworks: [],
      management: management(context, by),
      ...ingressBy(context, by, []),
      location: scope.locate(node.line),
    };
  });
}

/** IPsec whose keys somebody typed: no IKE, and no selectors. */
const MANUAL_KEYS = 'vpn ipsec manualkey-interface';

/** Tunnels that encrypt nothing, or with keys of their own, with the attribute that names their far end. */
const PLAIN: readonly (readonly [path: string, attribute: string])[] = [
  ['system gre-tunnel', 'remote-gw'],
  ['system ipip-tunnel', 'remote-gw'],
  ['system sit-tunnel', 'destination'],
  ['system ipv6-tunnel', 'destination'],
  ['system vxlan', 'remote-ip'],
  ['system geneve', 'remote-ip'],
  [MANUAL_KEYS, 'remote-gw'],
];

/** Interfaces that the appliance has for tunnels whether any is set up or not; `naf` is for translation of families. */
export const KEPT = /^(?:ssl|l2t|naf)\./;

/**
 * Which interfaces end a tunnel of the file. A 6in4 tunnel that leads everywhere ends in the Internet, whoever its far
 * end is.
 */
export function tunnelEnds(scope: DeviceScope): (node: ConfigNode, uplink: Uplink) => boolean {
  const paths = ['vpn ipsec phase1-interface', AGGREGATES, ...PLAIN.map(([path]) => path)];
  const ends = new Set([
    ...paths.flatMap((path) => scope.allEntries(path).map(({ name }) => name)),
    ...scope.allEntries(CLIENTS).flatMap((node) => valuesOf(node, 'interface')),
  ]);
  const relays = new Set(scope.allEntries('system sit-tunnel').map(({ name }) => name));
  return ({ name }, uplink) =>
    KEPT.test(name) || (ends.has(name) && !(relays.has(name) && uplink.evidence !== null));
}

function plainTunnels(context: TunnelContext): readonly Tunnel[] {
  const { scope } = context;
  return PLAIN.flatMap(([path, attribute]) =>
    scope.allEntries(path).map((node) => ({
      name: node.name,
      kind: 'site-to-site' as const,
      enabled: true,
      peers: [
        ...valuesOf(node, attribute),
        ...entriesOf(node, attribute).flatMap((entry) => firstValue(entry, 'ip') ?? entry.name),
      ],
      remoteNetworks: [],
      management: management(context, node.name),
      ...(path === MANUAL_KEYS ? {} : { marks: ['clear-text'] as const }),
      ...ingressBy(context, node.name, []),
      location: scope.locate(node.line),
    })),
  );
}

function dialIn(context: TunnelContext): readonly Tunnel[] {
  const { scope } = context;
  return (['l2tp', 'pptp'] as const).flatMap((kind) => {
    const node = scope.node(`vpn ${kind}`);
    if (node === undefined || isOn(firstValue(node, 'status')) !== true) return [];
    const location = scope.locate(lineOf(node, 'status'));
    return [
      {
        name: kind.toUpperCase(),
        kind: 'remote-access' as const,
        enabled: true,
        peers: [],
        remoteNetworks: [],
        management: [],
        ...(kind === 'l2tp' ? ingressBy(context, `l2t.${scope.vdom ?? 'root'}`, []) : {}),
        location,
      },
    ];
  });
}

/**
 * Overlay Controller VPN, up to 7.2 (CLI reference, config vpn ocvpn): the vendor's cloud makes tunnels to whatever else
 * is registered to the same account, and the file names none of it.
 */
function overlay({ scope }: TunnelContext): readonly Tunnel[] {
  const node = scope.node('vpn ocvpn');
  if (node === undefined || isOn(firstValue(node, 'status')) !== true) return [];
  return [
    {
      name: 'OCVPN',
      kind: 'site-to-site',
      enabled: true,
      peers: [],
      remoteNetworks: [],
      management: [],
      location: scope.locate(lineOf(node, 'status')),
    },
  ];
}
