import { Buffer } from 'node:buffer';
import type { Diagnostic } from '../../../src/model/coverage.js';
import type { FirewallConfig, Interface } from '../../../src/model/firewall-config.js';
import type { AddressObject, ServiceObject } from '../../../src/model/objects.js';
import type { AccessRule } from '../../../src/model/policy.js';
import type { Parsed } from '../../../src/platforms/platform.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';

/** An export in the making: keys in the order of the file. `undefined` takes a key out. */
export type Pairs = Readonly<Record<string, string | number | undefined>>;

/** Encodes what a real export encodes: space, CR, LF, TAB, `: + = & % ?` and bytes outside ASCII. */
export function percentEncode(value: string): string {
  return [...Buffer.from(value, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return byte > 126 || ' \r\n\t:+=&%?'.includes(character)
        ? `%${byte.toString(16).padStart(2, '0')}`
        : character;
    })
    .join('');
}

export function pairsText(pairs: Pairs): string {
  return Object.entries(pairs)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${percentEncode(String(value))}&`)
    .join('');
}

/** The text of pairs as a real export holds it. */
export function encodeText(text: string): string {
  return `${Buffer.from(text, 'latin1').toString('base64')}&&`;
}

export function parseText(text: string): Parsed {
  return sonicwall.parse([{ file: 'box.exp', bytes: Buffer.from(text, 'latin1') }]);
}

export function parsePairs(pairs: Pairs): Parsed {
  return parseText(encodeText(pairsText(pairs)));
}

export function deviceOf(pairs: Pairs): FirewallConfig {
  return only(parsePairs(pairs).devices);
}

export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined || list.length !== 1) throw new Error(`expected one, got ${list.length}`);
  return first;
}

export function named<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${list.map((each) => each.name).join(', ')}`);
  return found;
}

export function ruleOf(device: FirewallConfig, name: string): AccessRule {
  return named(
    device.policies.flatMap((policy) => policy.rules),
    name,
  );
}

export function ifaceOf(device: FirewallConfig, name: string): Interface {
  return named(device.interfaces, name);
}

export function objectOf(device: FirewallConfig, name: string): AddressObject {
  return named(device.addressObjects, name);
}

export function serviceOf(device: FirewallConfig, name: string): ServiceObject {
  return named(device.serviceObjects, name);
}

export function codesOf(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code }) => code);
}

/** Keys of one object: `{ addrObj: { Id: 'a', Type: 1 } }` at an index. */
function indexed(stem: string, index: number, fields: Pairs): Pairs {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [`${stem}${field}_${index}`, value]),
  );
}

export function zone(index: number, name: string, type: number, more: Pairs = {}): Pairs {
  return indexed('zoneObj', index, {
    Id: name,
    Properties: 50957,
    SslVpnProfile: type === 8 ? 1 : 0,
    ZoneType: type,
    IntraZoneCom: type === 1 ? 1 : 0,
    ...more,
  });
}

/** Fields are given without `iface_`; `zone` is the name of the zone. */
export function iface(index: number, name: string, zoneName: string, more: Pairs = {}): Pairs {
  const fields: Pairs = {
    ifnum: index,
    name,
    type: 0,
    comment: '',
    http_mgmt: 0,
    https_mgmt: 0,
    ssh_mgmt: 0,
    http_usrLogin: 0,
    https_usrLogin: 0,
    http_redirect_rule: 1,
    ping_mgmt: 0,
    snmp_mgmt: 0,
    static_ip: '0.0.0.0',
    static_mask: '255.255.255.0',
    static_gateway: '0.0.0.0',
    lan_ip: '0.0.0.0',
    lan_mask: '255.255.255.0',
    dhcp_enable: 'off',
    ...more,
  };
  return { ...indexed('iface_', index, fields), [`interface_Zone_${index}`]: zoneName };
}

export function address(
  index: number,
  id: string,
  type: number,
  ip1: string,
  ip2: string,
  more: Pairs = {},
): Pairs {
  return indexed('addrObj', index, {
    Id: id,
    IdDisp: id,
    Type: type,
    Zone: type === 8 ? '' : 'WAN',
    Properties: 14,
    Ip1: ip1,
    Ip2: ip2,
    ...more,
  });
}

export function host(index: number, id: string, ip: string, more: Pairs = {}): Pairs {
  return address(index, id, 1, ip, '255.255.255.255', more);
}

export function group(index: number, id: string, more: Pairs = {}): Pairs {
  return address(index, id, 8, '0.0.0.0', '0.0.0.0', more);
}

export const SYSTEM: Pairs = { Properties: 793 };

export function member(index: number, name: string, of: string): Pairs {
  return { [`addro_atomToGrp_${index}`]: name, [`addro_grpToGrp_${index}`]: of };
}

export function service(
  index: number,
  id: string,
  protocol: number,
  from: number,
  to: number,
  more: Pairs = {},
): Pairs {
  return indexed('svcObj', index, {
    Id: id,
    Type: 1,
    Properties: 11293,
    IpType: protocol,
    Port1: from,
    Port2: to,
    Management: 0,
    ...more,
  });
}

const MANAGEMENT: Pairs = { Management: 1, Properties: 11805 };

/** Fields are given without `policy`. */
export function rule(index: number, from: string, to: string, more: Pairs = {}): Pairs {
  return indexed('policy', index, {
    Action: 2,
    SrcZone: from,
    DstZone: to,
    SrcIf: 4294967295,
    DstIf: 4294967295,
    SrcNet: '',
    DstNet: '',
    SrcSvc: '',
    DstSvc: '',
    Whom: 0,
    WhomExcl: 0,
    Time: '',
    Comment: '',
    Log: 1,
    Enabled: 1,
    Management: 0,
    Props: 0,
    PriType: 0,
    ...more,
  });
}

/** The same in IPv6: `V6` stands before the index. */
export function rule6(index: number, from: string, to: string, more: Pairs = {}): Pairs {
  const fields = Object.entries(rule(index, from, to, { SrcIf: -1, DstIf: -1, ...more }));
  return Object.fromEntries(fields.map(([key, value]) => [key.replace(/_(\d+)$/, 'V6_$1'), value]));
}

export const AUTOMATIC: Pairs = {
  Management: 1,
  Props: 16773117,
  PriType: 1,
  Comment: 'Auto-added management rule',
};

export const CATCH_ALL: Pairs = { Action: 0, PriType: 1, Comment: 'IPv4:From Any to Any for Any service' };

/** A small NSA 240 on SonicOS 5.9: X0 inside, X1 and X2 outside, X3 unassigned. Nobody named gets in. */
export const SMALL: Pairs = {
  checksumVersion: 1,
  buildNum: '5.9.0.7-17o',
  shortProdName: 'NSA 240',
  ...zone(0, 'LAN', 1),
  ...zone(1, 'WAN', 0),
  ...zone(2, 'DMZ', 2),
  ...zone(3, 'VPN', 5),
  ...zone(4, 'SSLVPN', 8),
  ...zone(5, 'MULTICAST', 6),
  ...zone(6, 'WLAN', 4),
  ...host(0, 'LAN Primary IP', '192.168.1.1', { ...SYSTEM, IdDisp: 'X0 IP', Zone: 'LAN' }),
  ...host(1, 'WAN Primary IP', '198.51.100.2', { ...SYSTEM, IdDisp: 'X1 IP' }),
  ...address(2, 'WAN Primary Subnet', 4, '198.51.100.0', '255.255.255.248', {
    ...SYSTEM,
    IdDisp: 'X1 Subnet',
  }),
  ...host(3, 'X2 IP', '198.51.100.66', SYSTEM),
  ...host(4, 'X3 IP', '0.0.0.0', { ...SYSTEM, Zone: '' }),
  ...group(5, 'All WAN Management IP', { ...SYSTEM, IdDisp: 'All X1 Management IP' }),
  ...group(6, 'All X2 Management IP', SYSTEM),
  ...group(7, 'All X3 Management IP', SYSTEM),
  ...host(8, 'Support', '203.0.113.7'),
  ...member(0, 'WAN Primary IP', 'All WAN Management IP'),
  ...member(1, 'X2 IP', 'All X2 Management IP'),
  ...member(2, 'X3 IP', 'All X3 Management IP'),
  ...service(0, 'HTTP Management', 6, 80, 80, MANAGEMENT),
  ...service(1, 'HTTPS Management', 6, 443, 443, MANAGEMENT),
  ...service(2, 'SSH Management', 6, 22, 22, MANAGEMENT),
  ...service(3, 'SNMP', 17, 161, 162),
  ...service(4, 'Ping', 0, 511, 7896, { Type: 2 }),
  ...service(5, 'Ping 8', 1, 8, 8),
  ...service(6, 'Ping 0', 1, 0, 0),
  ...service(7, 'IKE', 0, 511, 7576, { Type: 2 }),
  ...service(8, 'IKE (Key Exchange)', 17, 500, 500),
  ...service(9, 'IKE (Traversal)', 17, 4500, 4500),
  ...service(10, 'SSLVPN', 6, 4433, 4433),
  so_atomToGrp_0: 'Ping 8',
  so_grpToGrp_0: 'Ping',
  so_atomToGrp_1: 'Ping 0',
  so_grpToGrp_1: 'Ping',
  so_atomToGrp_2: 'IKE (Key Exchange)',
  so_grpToGrp_2: 'IKE',
  so_atomToGrp_3: 'IKE (Traversal)',
  so_grpToGrp_3: 'IKE',
  adminLoginTimeout: 5,
  firewallName: 'fw-paris-1',
  paramGmsMode: 0,
  allowHttpMgmt: 'off',
  serialNumber: '0017C5000001',
  snmp_Enable: 'off',
  snmp_GetCommunity: 'public',
  ...rule(0, 'LAN', 'WAN', { Comment: 'IPv4:From Any to Any for Any service', PriType: 1 }),
  ...rule(1, 'WAN', 'LAN', CATCH_ALL),
  ...rule(2, 'WAN', 'WAN', { ...AUTOMATIC, DstNet: 'All WAN Management IP', DstSvc: 'Ping' }),
  ...iface(0, 'X0', 'LAN', { type: 6, lan_ip: '192.168.1.1', https_mgmt: 1, ping_mgmt: 1 }),
  ...iface(1, 'X1', 'WAN', {
    type: 1,
    static_ip: '198.51.100.2',
    static_mask: '255.255.255.248',
    static_gateway: '198.51.100.1',
    ping_mgmt: 1,
  }),
  ...iface(2, 'X2', 'WAN', {
    type: 1,
    static_ip: '198.51.100.66',
    static_mask: '255.255.255.192',
    static_gateway: '198.51.100.65',
  }),
  ...iface(3, 'X3', '', {}),
  sslvpnSvcPort: 4433,
  checksum: '1a2b3c4d',
};
