import fc from 'fast-check';
import {
  AUTOMATIC,
  group,
  host,
  iface,
  member,
  type Pairs,
  rule,
  rule6,
  SYSTEM,
  service,
  zone,
} from './exports.js';
import {
  AT,
  anyone,
  FLAGS,
  hostPort,
  nat,
  octet,
  own,
  ownService,
  type Plant,
  place,
  publicHost,
  stranger,
} from './plant-parts.js';
import { DOORS_BY_SERVER, HARMLESS_BY_SERVER } from './plants-servers.js';
import { DOORS_BY_TUNNEL, managementRules, onOff, tunnel } from './plants-tunnels.js';
import { DOORS_WITH_TWIN, HARMLESS_TWINS } from './plants-twins.js';
import { DOORS_BY_UPLINK, HARMLESS_BY_UPLINK } from './plants-uplinks.js';
import { DOORS_BY_ZONE, HARMLESS_BY_ZONE } from './plants-zones.js';

/** The appliance's own addresses outside, by every name they go by. */
const ownAddress = fc.constantFrom(
  'All WAN Management IP',
  'WAN Primary IP',
  'All X2 Management IP',
  'X2 IP',
);
const userRule = fc
  .tuple(fc.oneof(stranger, anyone), ownAddress, ownService, place)
  .map(([source, target, wanted, at]) =>
    own(
      source.anyone ? 'rule for anyone' : 'rule for a stranger',
      { ...source.pairs, ...rule(at, 'WAN', 'WAN', { SrcNet: source.name, DstNet: target, DstSvc: wanted }) },
      source.anyone ? 'FWA-ADM-001' : 'FWA-ADM-002',
    ),
  );

/** A ticked box, with the rule that the appliance writes for it, limited by somebody or not. */
const tickedBox = fc
  .tuple(fc.oneof(stranger, anyone), fc.constantFrom(1, 2), ownService, place)
  .map(([source, slot, wanted, at]) =>
    own(
      source.anyone ? 'ticked box' : 'ticked box, limited',
      {
        ...source.pairs,
        [`iface_${FLAGS.get(wanted)}_${slot}`]: 1,
        ...rule(at, 'WAN', 'WAN', {
          ...AUTOMATIC,
          SrcNet: source.name,
          DstNet: slot === 1 ? 'All WAN Management IP' : 'All X2 Management IP',
          DstSvc: wanted,
        }),
      },
      source.anyone ? 'FWA-SWL-001' : 'FWA-ADM-002',
    ),
  );

/** A zone of somebody's own, untrusted, with an interface and a rule. */
const ownZone = fc.tuple(stranger, ownService, place).map(([source, wanted, at]) =>
  own(
    'zone of its own',
    {
      ...source.pairs,
      ...zone(9, 'Fibre', 0, { Properties: 14 }),
      ...iface(3, 'X3', 'Fibre', {
        type: 1,
        static_ip: '198.51.100.130',
        static_mask: '255.255.255.192',
        static_gateway: '198.51.100.129',
      }),
      ...host(4, 'X3 IP', '198.51.100.130', { ...SYSTEM, Zone: 'Fibre' }),
      ...rule(at, 'Fibre', 'Fibre', {
        SrcNet: source.name,
        DstNet: 'All X3 Management IP',
        DstSvc: wanted,
      }),
    },
    'FWA-ADM-002',
  ),
);

/** The uplink's address comes from the provider, and the file does not hold it. */
const HANDED_OUT: Pairs = {
  ...iface(1, 'X1', 'WAN', { type: 5, pppoe_dyn_ip: 1, ping_mgmt: 1 }),
  addrObjIp1_1: '0.0.0.0',
  addrObjIp2_1: '255.255.255.255',
};

/** A forward of some port to a host's administration, hidden behind another port or not. */
const portForward = fc
  .tuple(
    fc.oneof(stranger, anyone),
    hostPort,
    fc.integer({ min: 20_000, max: 60_000 }),
    octet,
    fc.record({ hidden: fc.boolean(), handedOut: fc.boolean() }),
  )
  .map(([source, port, outside, last, { hidden, handedOut }]) =>
    own(
      `port forward ${handedOut ? 'from an address handed out ' : ''}${source.anyone ? 'for anyone' : 'for a stranger'}`,
      {
        ...source.pairs,
        ...(handedOut ? HANDED_OUT : {}),
        ...host(AT + 5, 'inside', `192.168.1.${Math.max(2, last)}`, { Zone: 'LAN' }),
        ...service(AT, 'outer port', 6, hidden ? outside : port, hidden ? outside : port, { Properties: 14 }),
        ...service(AT + 1, 'inner port', 6, port, port, { Properties: 14 }),
        ...nat(0, {
          OrigSrc: '',
          OrigDst: 'WAN Primary IP',
          OrigSvc: 'outer port',
          TransDst: 'inside',
          TransSvc: 'inner port',
        }),
        // Before the catch-all of the pair, which is number 1.
        ...rule(0, 'WAN', 'LAN', { SrcNet: source.name, DstNet: 'WAN Primary IP', DstSvc: 'outer port' }),
      },
      source.anyone ? 'FWA-NAT-001' : 'FWA-ADM-017',
    ),
  );

/** A public address given to one host, with every service. */
const oneToOne = fc.tuple(fc.oneof(stranger, anyone), octet).map(([source, last]) =>
  own(
    source.anyone ? 'one-to-one for anyone' : 'one-to-one for a stranger',
    {
      ...source.pairs,
      ...host(AT + 5, 'inside', `192.168.1.${Math.max(2, last)}`, { Zone: 'LAN' }),
      ...host(AT + 6, 'outside', '198.51.100.5'),
      ...nat(0, { OrigDst: 'outside', TransDst: 'inside' }),
      ...rule(0, 'WAN', 'LAN', { SrcNet: source.name, DstNet: 'outside' }),
    },
    source.anyone ? 'FWA-NAT-001' : 'FWA-ADM-017',
  ),
);

/** The same as a rule for a stranger, in the IPv6 that nobody looks at. */
const sixRule = fc.tuple(fc.integer({ min: 1, max: 65_535 }), ownService, place).map(([last, wanted, at]) =>
  own(
    'IPv6 rule',
    {
      addrObjV6Id_0: 'six',
      addrObjV6Type_0: 512,
      addrObjV6Zone_0: 'WAN',
      addrObjV6Properties_0: 14,
      addrObjV6Ip1_0: `2001:db8:9::${last.toString(16)}`,
      iface_name6_1: 'X1',
      iface_ifnum6_1: 1,
      iface_static6_ip_1: '2001:db8::2',
      iface_static6_prefixlen_1: 64,
      ...rule6(at, 'WAN', 'WAN', { SrcNet: 'six', DstSvc: wanted }),
    },
    'FWA-ADM-002',
  ),
);

/** A host with a public address of its own in the DMZ, routed and not translated. */
const routedHost = fc.tuple(stranger, hostPort, fc.integer({ min: 2, max: 14 })).map(([source, port, last]) =>
  own(
    'routed public host',
    {
      ...source.pairs,
      ...iface(3, 'X3', 'DMZ', { type: 7, lan_ip: '192.0.2.1', lan_mask: '255.255.255.240' }),
      ...host(AT + 5, 'routed', `192.0.2.${last}`, { Zone: 'DMZ' }),
      ...service(AT, 'port', 6, port, port, { Properties: 14 }),
      ...rule(3, 'WAN', 'DMZ', { SrcNet: source.name, DstNet: 'routed', DstSvc: 'port' }),
    },
    'FWA-ADM-017',
  ),
);

/** GMS by its rule on WAN, or over a tunnel: a manager in both, and a door where there is a rule. */
const gms = fc.tuple(publicHost, fc.boolean()).map(([ip, onWan]) =>
  own(
    onWan ? 'GMS on WAN' : 'GMS over a tunnel',
    {
      paramGmsMode: 3,
      snmp_HostIPGMS: ip,
      ...(onWan
        ? {
            ...host(AT, 'GMS Address', ip, SYSTEM),
            ...group(AT + 1, 'GMS Addresses', SYSTEM),
            ...member(AT, 'GMS Address', 'GMS Addresses'),
            ...rule(3, 'WAN', 'WAN', {
              ...AUTOMATIC,
              Comment: 'Auto-added GMS rule',
              SrcNet: 'GMS Addresses',
              DstNet: 'All WAN Management IP',
              DstSvc: 'HTTPS Management',
            }),
          }
        : {}),
    },
    'FWA-CLD-001',
    ...(onWan ? ['FWA-ADM-002'] : []),
  ),
);

/** What opens the appliance to somebody without any packet being let in. */
const switches = fc.oneof(
  publicHost.map((ip) => own('zero-touch', { zeroTouchEnable: 'on', zeroTouchServerIp: ip }, 'FWA-CLD-003')),
  fc.constant(own('remote assistance', { enableRemoteAssistance: 'on' }, 'FWA-SUP-001')),
  fc.constant(
    own(
      'directory group',
      {
        radiusDfltUserGroup: 'SonicWALL Administrators',
        userGroupObjId_0: 'SonicWALL Administrators',
        userGroupObjPrivMask_0: 16,
        userGroupObjProperties_0: 157,
      },
      'FWA-VPN-004',
    ),
  ),
);

/** A door by any way at all. */
export const DOORS: fc.Arbitrary<Plant> = fc.oneof(
  { weight: 4, arbitrary: userRule },
  { weight: 4, arbitrary: tickedBox },
  { weight: 2, arbitrary: ownZone },
  { weight: 10, arbitrary: DOORS_BY_ZONE },
  { weight: 12, arbitrary: DOORS_BY_SERVER },
  { weight: 4, arbitrary: portForward },
  { weight: 2, arbitrary: oneToOne },
  { weight: 2, arbitrary: sixRule },
  { weight: 2, arbitrary: routedHost },
  { weight: 9, arbitrary: DOORS_BY_TUNNEL },
  { weight: 9, arbitrary: DOORS_BY_UPLINK },
  { weight: 14, arbitrary: DOORS_WITH_TWIN },
  { weight: 2, arbitrary: gms },
  { weight: 1, arbitrary: switches },
);

/** Things that every office has, and that open nothing to anybody outside. */
export const HARMLESS: fc.Arbitrary<Plant> = fc.oneof(
  stranger.map((source) => own('object that nothing uses', source.pairs)),
  fc.tuple(stranger, ownAddress, ownService, place).map(([source, target, wanted, at]) =>
    own('denial', {
      ...source.pairs,
      ...rule(at, 'WAN', 'WAN', { Action: 0, SrcNet: source.name, DstNet: target, DstSvc: wanted }),
    }),
  ),
  fc.tuple(stranger, place).map(([source, at]) =>
    own('rule outwards', {
      ...source.pairs,
      ...rule(at, 'LAN', 'WAN', { DstNet: source.name, DstSvc: 'SSLVPN' }),
    }),
  ),
  fc.constantFrom(80, 443, 25).map((port) =>
    own('published server', {
      ...host(AT + 5, 'inside', '192.168.1.20', { Zone: 'LAN' }),
      ...service(AT, 'web', 6, port, port, { Properties: 14 }),
      ...nat(0, { OrigDst: 'X2 IP', OrigSvc: 'web', TransDst: 'inside' }),
      ...rule(0, 'WAN', 'LAN', { DstNet: 'X2 IP', DstSvc: 'web' }),
    }),
  ),
  fc.tuple(hostPort, octet).map(([port, last]) =>
    own('forward that is off', {
      ...host(AT + 5, 'inside', `192.168.1.${Math.max(2, last)}`, { Zone: 'LAN' }),
      ...service(AT, 'port', 6, port, port, { Properties: 14 }),
      ...nat(0, { OrigDst: 'WAN Primary IP', OrigSvc: 'port', TransDst: 'inside', Enabled: 0 }),
    }),
  ),
  fc
    .tuple(publicHost, onOff)
    .map(([peer, https]) =>
      own('tunnel that is off', tunnel({ GwAddr: peer, SaDisabled: 'on', HttpsMgmt: https })),
    ),
  fc.constant(own('GroupVPN that asks who it is', tunnel({ ClientPolicy: 'on', XauthClient: 'on' }))),
  fc.tuple(ownService, place).map(([wanted, at]) =>
    own('rule from a tunnel that nobody has', {
      ...rule(at, 'VPN', 'LAN', { DstNet: 'LAN Primary IP', DstSvc: wanted, Management: 1 }),
    }),
  ),
  fc.tuple(managementRules, fc.constantFrom('VPN', 'SSLVPN'), place).map(([rules, from, at]) =>
    own('what users who dial in are for', {
      ...(from === 'VPN' ? tunnel({ ClientPolicy: 'on' }) : { zoneObjSslVpnProfile_0: 1 }),
      ...rules,
      ...rule(at, from, 'LAN', { Management: 0 }),
    }),
  ),
  fc
    .constantFrom('https_mgmt', 'ssh_mgmt', 'ping_mgmt')
    .map((flag) => own('box ticked inside', { [`iface_${flag}_0`]: 1 })),
  fc.tuple(ownService, place).map(([wanted, at]) =>
    own('administration from inside', {
      ...rule(at, 'LAN', 'LAN', { DstNet: 'LAN Primary IP', DstSvc: wanted }),
    }),
  ),
  HARMLESS_BY_ZONE,
  { weight: 6, arbitrary: HARMLESS_TWINS },
  { weight: 2, arbitrary: HARMLESS_BY_UPLINK },
  { weight: 3, arbitrary: HARMLESS_BY_SERVER },
  fc.constant(
    own('account without rights', { userObjId_9: 'visitor', userObjType_9: 1, userObjPrivMask_9: 0 }),
  ),
);
