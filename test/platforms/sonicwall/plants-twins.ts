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
import { AT, nat, own, type Plant } from './plant-parts.js';
import { tunnel } from './plants-tunnels.js';

/** Doors by ways that have one shape each, beside what makes each of them harmless. */

/** A way, the checks that find its door, the door, and its twin. */
type Twin = readonly [way: string, finds: readonly string[], door: Pairs, harmless: Pairs];

const STRANGER = '203.0.113.9';
const stranger = host(AT, 'p', STRANGER);
const toSelf: Pairs = { SrcNet: 'p', DstNet: 'WAN Primary IP', DstSvc: 'SSH Management' };
const port = (index: number, name: string, first: number, last = first) =>
  service(index, name, 6, first, last, { Properties: 14 });

/** A rule of a person for a stranger, and the same with something changed. */
function userRule(more: Pairs): Pairs {
  return { ...stranger, ...rule(30, 'WAN', 'WAN', { ...toSelf, ...more }) };
}

/** Packets to a port outside are sent on to an address and a service, and a rule lets the stranger in. */
function translated(to: string, wanted: string, toZone: string, more: Pairs = {}): Pairs {
  return {
    ...stranger,
    ...port(AT, 'odd', 8443),
    ...nat(0, { OrigDst: 'WAN Primary IP', OrigSvc: 'odd', TransDst: to, TransSvc: wanted }),
    ...rule(toZone === 'WAN' ? 30 : 0, 'WAN', toZone, {
      SrcNet: 'p',
      DstNet: 'WAN Primary IP',
      DstSvc: 'odd',
    }),
    ...more,
  };
}

const mailHost: Pairs = {
  ...host(AT + 1, 'mail host', '192.168.1.9', { Zone: 'LAN' }),
  ...port(AT + 1, 'mail', 25),
};

const BY_NAT: readonly Twin[] = [
  [
    'port sent on to the address inside',
    ['FWA-ADM-002'],
    translated('LAN Primary IP', 'HTTPS Management', 'LAN'),
    translated('mail host', 'mail', 'LAN', mailHost),
  ],
  [
    'port sent on to an object of the address inside',
    ['FWA-ADM-002'],
    translated('own', 'SSH Management', 'LAN', host(AT + 1, 'own', '192.168.1.1', { Zone: 'LAN' })),
    translated('own', 'mail', 'LAN', {
      ...host(AT + 1, 'own', '192.168.1.1', { Zone: 'LAN' }),
      ...port(AT + 1, 'mail', 25),
    }),
  ],
  [
    'port of its own changed into another',
    ['FWA-ADM-002'],
    translated('', 'SSH Management', 'WAN'),
    translated('', 'mail', 'WAN', port(AT + 1, 'mail', 25)),
  ],
];

const pair: Pairs = rule(31, 'WAN', 'WAN', toSelf);
const priorities: Pairs = { policyPriority_0: 1, policyPriority_1: 1, policyPriority_2: 1 };

const BY_ORDER: readonly Twin[] = [
  [
    'rule on a schedule',
    ['FWA-ADM-002'],
    userRule({ Time: 'nights' }),
    userRule({ Time: 'nights', Action: 0 }),
  ],
  ['rule for some users', ['FWA-ADM-002'], userRule({ Whom: 5 }), userRule({ Whom: 5, Action: 0 })],
  [
    'rule before its denial',
    ['FWA-ADM-002'],
    { ...userRule({}), ...rule(31, 'WAN', 'WAN', { ...toSelf, Action: 0 }) },
    { ...userRule({ Action: 0 }), ...pair },
  ],
  [
    'rule of a better priority than its denial',
    ['FWA-ADM-002'],
    { ...priorities, ...userRule({ Action: 0, Priority: 9 }), ...pair, policyPriority_31: 3 },
    { ...priorities, ...userRule({ Action: 0, Priority: 3 }), ...pair, policyPriority_31: 9 },
  ],
];

const three: Pairs = {
  ...group(AT + 1, 'a'),
  ...group(AT + 2, 'b'),
  ...group(AT + 3, 'c'),
  ...member(AT, 'p', 'a'),
  ...member(AT + 1, 'a', 'b'),
  ...member(AT + 2, 'b', 'c'),
};

/** A group of services inside another. */
function nested(wanted: string): Pairs {
  const each = (index: number, name: string) => service(index, name, 0, 0, 0, { Type: 2, Properties: 14 });
  return {
    ...each(AT, 'g1'),
    ...each(AT + 1, 'g2'),
    [`so_atomToGrp_${AT}`]: wanted,
    [`so_grpToGrp_${AT}`]: 'g1',
    [`so_atomToGrp_${AT + 1}`]: 'g1',
    [`so_grpToGrp_${AT + 1}`]: 'g2',
  };
}

const named: Pairs = {
  addrObjFqdnId_0: 'f',
  addrObjFqdnZone_0: 'WAN',
  addrObjFqdnProperties_0: 14,
  addrObjFqdn_0: 'vpn.partner.example',
};
const card: Pairs = { addrObjMacId_0: 'm', addrObjMacZone_0: 'WAN', addrObjMacProperties_0: 14 };
const loaded: Pairs = { ...group(AT + 1, 'feed'), externalGroupName_0: 'feed' };

const BY_OBJECT: readonly Twin[] = [
  [
    'group three deep',
    ['FWA-ADM-002'],
    { ...three, ...userRule({ SrcNet: 'c' }) },
    { ...three, ...userRule({ SrcNet: 'c', Action: 0 }) },
  ],
  [
    'services in a group of a group',
    ['FWA-ADM-002'],
    { ...nested('SSH Management'), ...userRule({ DstSvc: 'g2' }) },
    { ...nested('mail'), ...port(AT + 2, 'mail', 25), ...userRule({ DstSvc: 'g2' }) },
  ],
  [
    'range of ports',
    ['FWA-ADM-002'],
    { ...port(AT, 'r', 20, 30), ...userRule({ DstSvc: 'r' }) },
    { ...port(AT, 'r', 23, 30), ...userRule({ DstSvc: 'r' }) },
  ],
  [
    'management on another port',
    ['FWA-ADM-002'],
    { svcObjPort1_2: 2222, svcObjPort2_2: 2222, ...port(AT, 'r', 2222), ...userRule({ DstSvc: 'r' }) },
    { svcObjPort1_2: 2222, svcObjPort2_2: 2222, ...port(AT, 'r', 22), ...userRule({ DstSvc: 'r' }) },
  ],
  [
    'domain name',
    ['FWA-ADM-002', 'FWA-RUL-005'],
    { ...named, ...userRule({ SrcNet: 'f' }) },
    { ...named, ...userRule({ SrcNet: 'f', Action: 0 }) },
  ],
  [
    'hardware address',
    ['FWA-ADM-001', 'FWA-RUL-005'],
    { ...card, ...userRule({ SrcNet: 'm' }) },
    { ...card, ...userRule({ SrcNet: 'm', Action: 0 }) },
  ],
  [
    'group that is downloaded',
    ['FWA-ADM-001', 'FWA-RUL-005'],
    { ...loaded, ...userRule({ SrcNet: 'feed' }) },
    { ...loaded, ...userRule({ SrcNet: 'feed', Action: 0 }) },
  ],
];

/** An interface with a ticked box that a rule of the appliance stands for, limited to the stranger. */
function boxed(name: string, from: string, fields: Pairs, ticked: boolean): Pairs {
  const object = `${name} IP`;
  const address = String(fields.static_ip ?? fields.lan_ip ?? '0.0.0.0');
  return {
    ...stranger,
    ...iface(5, name, from, { ...fields, https_mgmt: ticked ? 1 : 0 }),
    ...host(AT + 1, object, address, { ...SYSTEM, Zone: from }),
    ...group(AT + 2, `All ${name} Management IP`, SYSTEM),
    ...member(AT, object, `All ${name} Management IP`),
    ...(ticked
      ? rule(30, from, from, {
          ...AUTOMATIC,
          SrcNet: 'p',
          DstNet: `All ${name} Management IP`,
          DstSvc: 'HTTPS Management',
        })
      : {}),
  };
}

const TAGGED: Pairs = {
  type: 1,
  static_ip: '198.51.100.130',
  static_mask: '255.255.255.192',
  static_gateway: '198.51.100.129',
  vlan_parent: 2,
  vlan_tag: 10,
};
const STILL: Pairs = { type: 6, lan_ip: '192.0.2.10', lan_mask: '255.255.255.248' };
const odd = (type: number) => zone(9, 'Odd', type, { Properties: 14, IntraZoneCom: 0 });
const dialled: Pairs = { type: 5, pppoe_dyn_ip: 1 };
const MANAGEMENT = zone(9, 'MGMT', 9);
const apart = (standby: string) =>
  iface(3, 'MGMT', 'MGMT', {
    type: 17,
    mgmt_ip: '192.168.1.254',
    mgmt_netmask: '255.255.255.0',
    mgmt_backup_ip: standby,
    https_mgmt: 1,
  });

const BY_INTERFACE: readonly Twin[] = [
  [
    'VLAN outside',
    ['FWA-ADM-002'],
    boxed('X2:V10', 'WAN', TAGGED, true),
    boxed('X2:V10', 'WAN', TAGGED, false),
  ],
  [
    'zone of a type that nobody knows',
    ['FWA-ADM-002'],
    { ...odd(3), ...boxed('X5', 'Odd', STILL, true) },
    { ...odd(1), ...boxed('X5', 'Odd', STILL, true) },
  ],
  [
    'uplink that dials, in a trusted zone',
    ['FWA-ADM-002'],
    { ...odd(1), ...boxed('X5', 'Odd', dialled, true) },
    { ...odd(1), ...boxed('X5', 'Odd', dialled, false) },
  ],
  [
    'unit that stands by, on the management port',
    ['FWA-OOB-001'],
    { ...MANAGEMENT, ...apart('198.51.100.200') },
    { ...MANAGEMENT, ...apart('192.168.1.253') },
  ],
  [
    'wire mode',
    ['FWA-PRV-003'],
    iface(3, 'X3', 'LAN', { wire_mode: 'on', wm_if: 1, wm_type: 0 }),
    iface(3, 'X3', 'LAN', { wire_mode: 'off', wm_if: 1, wm_type: 0 }),
  ],
  [
    'bridge without access rules',
    ['FWA-PRV-003'],
    {
      ...iface(3, 'X3', 'LAN', { nativebridge: 'on', nativebridge_to: 1 }),
      nativebridge_do_firewalling_3: 'off',
    },
    {
      ...iface(3, 'X3', 'LAN', { nativebridge: 'on', nativebridge_to: 1 }),
      nativebridge_do_firewalling_3: 'on',
    },
  ],
  [
    'bridge without inspection',
    ['FWA-PRV-003'],
    { ...iface(3, 'X3', 'LAN', { lan_l2_bridged: 'on', bridged_other: 1 }), bridged_iface_stateless_3: 'on' },
    {
      ...iface(3, 'X3', 'LAN', { lan_l2_bridged: 'on', bridged_other: 1 }),
      bridged_iface_stateless_3: 'off',
    },
  ],
];

const six: Pairs = {
  addrObjV6Id_0: 'six',
  addrObjV6Type_0: 512,
  addrObjV6Zone_0: 'WAN',
  addrObjV6Properties_0: 14,
  addrObjV6Ip1_0: '2001:db8:9::7',
  iface_name6_1: 'X1',
  iface_ifnum6_1: 1,
  iface_static6_ip_1: '2001:db8::2',
  iface_static6_prefixlen_1: 64,
};
const serverOfSix: Pairs = {
  iface_name6_0: 'X0',
  iface_ifnum6_0: 0,
  iface_static6_ip_0: '2001:db8:1::1',
  iface_static6_prefixlen_0: 64,
  addrObjV6Id_1: 'server',
  addrObjV6Type_1: 512,
  addrObjV6Zone_1: 'LAN',
  addrObjV6Properties_1: 14,
  addrObjV6Ip1_1: '2001:db8:1::20',
};
const boxOfSix = rule6(30, 'WAN', 'WAN', { ...AUTOMATIC, DstSvc: 'HTTPS Management' });
const desktop = (wanted: number) => ({
  ...port(AT, 'desktop', wanted),
  ...rule6(30, 'WAN', 'LAN', { SrcNet: 'six', DstNet: 'server', DstSvc: 'desktop' }),
});

const BY_SIX: readonly Twin[] = [
  [
    'box of IPv6',
    ['FWA-SWL-001'],
    { ...six, iface_https6_mgmt_1: 1, ...boxOfSix },
    { ...six, iface_https6_mgmt_1: 1, ...boxOfSix, GlobalDropV6Traffic: 'on' },
  ],
  [
    'host inside in IPv6',
    ['FWA-ADM-017'],
    { ...six, ...serverOfSix, ...desktop(3389) },
    { ...six, ...serverOfSix, ...desktop(25) },
  ],
];

const T1: Pairs = { type: 6, lan_ip: '10.99.0.1', lan_mask: '255.255.255.252' };
const far = tunnel({ GwAddr: STRANGER });
const client = (group: string, off = 'off') =>
  tunnel({ ClientPolicy: 'on', XauthUserGroup: group, SaDisabled: off });

const BY_TUNNEL: readonly Twin[] = [
  [
    'peer known by its name',
    ['FWA-ADM-002', 'FWA-VPN-001'],
    tunnel({ GwAddr: 'vpn.partner.example', SshMgmt: 'on' }),
    tunnel({ GwAddr: 'vpn.partner.example', SshMgmt: 'on', SaDisabled: 'on' }),
  ],
  [
    'second peer',
    ['FWA-ADM-002', 'FWA-VPN-001'],
    tunnel({ GwAddr: '192.168.1.5', SecGwAddr: STRANGER, HttpsMgmt: 'on' }),
    tunnel({ GwAddr: '192.168.1.5', SecGwAddr: STRANGER, HttpsMgmt: 'on', SaDisabled: 'on' }),
  ],
  [
    'box of an interface of a tunnel',
    ['FWA-ADM-002', 'FWA-VPN-001'],
    { ...far, ...boxed('T1', 'VPN', T1, true), policySrcNet_30: '' },
    { ...boxed('T1', 'VPN', T1, true), policySrcNet_30: '' },
  ],
  [
    'GroupVPN that asks for a whole directory',
    ['FWA-VPN-004'],
    client('All LDAP Users'),
    client('All LDAP Users', 'on'),
  ],
  [
    'GroupVPN that asks for everybody, of a directory',
    ['FWA-VPN-004'],
    { ...client('Everyone'), ldapServerName: '192.168.1.5', ldapUseTls: 'on' },
    client('Everyone'),
  ],
  [
    'L2TP that asks for a whole directory',
    ['FWA-VPN-004'],
    { L2TPServerEnabled: 'on', L2TPsUserGroup: 'All RADIUS Users' },
    { L2TPServerEnabled: 'off', L2TPsUserGroup: 'All RADIUS Users' },
  ],
];

const BY_SWITCH: readonly Twin[] = [
  [
    'RADIUS to LDAP Relay outside',
    ['FWA-PRV-003'],
    { ldapRelayEnable: 'on', ldapRelayOnWAN: 'on' },
    { ldapRelayEnable: 'off', ldapRelayOnWAN: 'on' },
  ],
  [
    'address for management by DHCP over VPN',
    ['FWA-PRV-003'],
    { dhcprMgmtIp: '10.9.9.9' },
    { dhcprMgmtIp: '0.0.0.0' },
  ],
  [
    'groups filled from a cloud account',
    ['FWA-PRV-003'],
    { awsAOSyncEnable: 'on', awsTagAddrGrpMap: 'web servers' },
    { awsAOSyncEnable: 'on', awsTagAddrGrpMap: '' },
  ],
  ...['allowMgmtTraffic', 'enableIPv6FromUntrusted', 'wlanBypassFirewall', 'radiusAcctAuthEnabled'].map(
    (key): Twin => [`switch ${key}`, ['FWA-PRV-003'], { [key]: 'on' }, { [key]: 'off' }],
  ),
];

const TWINS: readonly Twin[] = [
  ...BY_NAT,
  ...BY_ORDER,
  ...BY_OBJECT,
  ...BY_INTERFACE,
  ...BY_SIX,
  ...BY_TUNNEL,
  ...BY_SWITCH,
];

export const DOORS_WITH_TWIN: fc.Arbitrary<Plant> = fc.constantFrom(
  ...TWINS.map(([way, finds, door]) => own(way, door, ...finds)),
);

export const HARMLESS_TWINS: fc.Arbitrary<Plant> = fc.constantFrom(
  ...TWINS.map(([way, , , harmless]) => own(`harmless twin of: ${way}`, harmless)),
);
