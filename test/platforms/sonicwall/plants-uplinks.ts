import fc from 'fast-check';
import {
  AUTOMATIC,
  address,
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

/** Doors by uplinks that are none at first sight, and to hosts that no network of the appliance holds. */

/** A box that is ticked on an interface in a slot, or not, with the rule that the appliance writes for it. */
function box(slot: number, wanted: string, from: string, name: string, at: number, ticked: boolean): Pairs {
  return ticked
    ? {
        [`iface_${FLAGS.get(wanted)}_${slot}`]: 1,
        ...rule(at, from, from, { ...AUTOMATIC, DstNet: `All ${name} Management IP`, DstSvc: wanted }),
      }
    : {};
}

/** A modem or a mobile network: it dials when the other uplinks fail, and no export holds its address. */
function mobile(ticked: boolean) {
  return fc.tuple(ownService, fc.constantFrom('U0', 'M0'), place).map(([wanted, name, at]) =>
    own(
      ticked ? 'box of a mobile uplink' : 'mobile uplink',
      {
        ...iface(4, name, 'WAN', { type: 10 }),
        ...host(AT, `${name} IP`, '0.0.0.0', SYSTEM),
        ...group(AT + 1, `All ${name} Management IP`, SYSTEM),
        ...member(AT, `${name} IP`, `All ${name} Management IP`),
        ...box(4, wanted, 'WAN', name, at, ticked),
      },
      ...(ticked ? ['FWA-SWL-001'] : []),
    ),
  );
}

/** An uplink whose zone is of the trusted type: a public address, and a default route by it. */
function trusted(ticked: boolean) {
  return fc.tuple(ownService, place).map(([wanted, at]) =>
    own(
      ticked ? 'box of an uplink in a trusted zone' : 'uplink in a trusted zone',
      {
        ...zone(9, 'Provider', 1, { Properties: 14, IntraZoneCom: 0 }),
        ...iface(3, 'X3', 'Provider', { type: 6, lan_ip: '192.0.2.10', lan_mask: '255.255.255.248' }),
        ...host(4, 'X3 IP', '192.0.2.10', { ...SYSTEM, Zone: 'Provider' }),
        ...host(AT, 'router', '192.0.2.9', { Zone: 'Provider' }),
        pbrObjSrc_0: '',
        pbrObjDst_0: '',
        pbrObjSvc_0: '',
        pbrObjGw_0: 'router',
        pbrObjIface_0: 3,
        pbrObjIfaceName_0: 'X3',
        ...box(3, wanted, 'Provider', 'X3', at, ticked),
      },
      ...(ticked ? ['FWA-SWL-001'] : []),
    ),
  );
}

/** Interface trust admits what comes in from a zone to every address of the zone, ticked or not. */
function interfaceTrust(from: 'WAN' | 'LAN') {
  return place.map((at) =>
    own(
      `interface trust of ${from}`,
      {
        [`zoneObjIntraZoneCom_${from === 'WAN' ? 1 : 0}`]: 1,
        ...rule(at, from, from, {
          Props: 16_773_119,
          PriType: 1,
          DefaultRule: 2,
          Comment: 'Auto-added Interface Trust rule',
        }),
      },
      ...(from === 'WAN' ? ['FWA-ADM-001'] : []),
    ),
  );
}

/** An IPv6 tunnel in clear text over IPv4; it has settings of IPv6 alone. */
function clearTunnel(peer: string, from: string): Pairs {
  return {
    ...zone(9, 'Offices', 1, { Properties: 14 }),
    iface_name6_30: 'Partner',
    iface_ifnum6_30: 900_001,
    iface_type6_30: 2,
    interface_Zone6_30: from,
    iface_static6_ip_30: '2001:db8:9::1',
    iface_static6_prefixlen_30: 64,
    iface_tunnel_type_30: 3,
    iface_tunnel_gif_dst_addr_30: 'far end',
    ...host(AT, 'far end', peer),
    addrObjV6Id_0: 'Partner network',
    addrObjV6Type_0: 2048,
    addrObjV6Zone_0: from,
    addrObjV6Properties_0: 14,
    addrObjV6Ip1_0: '2001:db8:77::',
    addrObjV6PrefixLen_0: 48,
  };
}

const fromClearTunnel = fc.tuple(publicHost, ownService, place).map(([peer, wanted, at]) =>
  own(
    'rule from a tunnel of IPv6 alone',
    {
      ...clearTunnel(peer, 'Offices'),
      ...rule6(at, 'Offices', 'Offices', { SrcNet: 'Partner network', DstSvc: wanted, Management: 1 }),
    },
    'FWA-ADM-002',
    'FWA-TUN-001',
  ),
);

/** IPv6 that PPPoE brings: no export holds its address. */
function dialledSix(action: number) {
  return fc.tuple(octet, ownService, place).map(([last, wanted, at]) =>
    own(
      action === 2 ? 'IPv6 by PPPoE' : 'denial of IPv6 by PPPoE',
      {
        iface_name6_1: 'X1',
        iface_ifnum6_1: 1,
        iface_pppoe6_dyn_ip_1: 1,
        iface_pppoe6_username_1: 'office@provider.example',
        addrObjV6Id_0: 'six',
        addrObjV6Type_0: 512,
        addrObjV6Zone_0: 'WAN',
        addrObjV6Properties_0: 14,
        addrObjV6Ip1_0: `2001:db8:9::${last.toString(16)}`,
        ...rule6(at, 'WAN', 'WAN', { Action: action, SrcNet: 'six', DstSvc: wanted }),
      },
      ...(action === 2 ? ['FWA-ADM-002'] : []),
    ),
  );
}

/** A port forward to a host behind another router, to which a route policy alone leads. */
function behindRouter(enabled: number) {
  return fc
    .tuple(fc.oneof(stranger, anyone), hostPort, fc.integer({ min: 40_000, max: 46_000 }), octet)
    .map(([source, port, outside, last]) =>
      own(
        enabled === 1
          ? `port forward behind a router ${source.anyone ? 'for anyone' : 'for a stranger'}`
          : 'port forward behind a router that is off',
        {
          ...source.pairs,
          ...host(AT + 5, 'terminal', `10.20.30.${last}`, { Zone: 'LAN' }),
          ...address(AT + 6, 'hall', 4, '10.20.30.0', '255.255.255.0', { Zone: 'LAN' }),
          ...host(AT + 7, 'switch', '192.168.1.2', { Zone: 'LAN' }),
          ...service(AT, 'outer port', 6, outside, outside, { Properties: 14 }),
          ...service(AT + 1, 'inner port', 6, port, port, { Properties: 14 }),
          ...nat(0, {
            OrigDst: 'WAN Primary IP',
            OrigSvc: 'outer port',
            TransDst: 'terminal',
            TransSvc: 'inner port',
          }),
          ...rule(0, 'WAN', 'LAN', {
            SrcNet: source.name,
            DstNet: 'WAN Primary IP',
            DstSvc: 'outer port',
            Enabled: enabled,
          }),
          pbrObjSrc_0: '',
          pbrObjDst_0: 'hall',
          pbrObjSvc_0: '',
          pbrObjGw_0: 'switch',
          pbrObjIface_0: 0,
          pbrObjIfaceName_0: 'X0',
        },
        ...(enabled === 1 ? [source.anyone ? 'FWA-NAT-001' : 'FWA-ADM-017'] : []),
      ),
    );
}

/** A server with an address of the uplink's own network, behind a port that is bridged to the uplink. */
function bridged(action: number) {
  return fc.tuple(fc.oneof(stranger, anyone), hostPort).map(([source, port]) =>
    own(
      action === 2
        ? `bridged server ${source.anyone ? 'for anyone' : 'for a stranger'}`
        : 'bridged server that nobody reaches',
      {
        ...source.pairs,
        ...iface(3, 'X3', 'DMZ', { type: 7, lan_l2_bridged: 'on', bridged_other: 1 }),
        ...host(AT + 5, 'server', '198.51.100.5', { Zone: 'DMZ' }),
        ...service(AT, 'port', 6, port, port, { Properties: 14 }),
        ...rule(3, 'WAN', 'DMZ', { Action: action, SrcNet: source.name, DstNet: 'server', DstSvc: 'port' }),
      },
      ...(action === 2 ? [source.anyone ? 'FWA-NAT-001' : 'FWA-ADM-017'] : []),
    ),
  );
}

export const DOORS_BY_UPLINK: fc.Arbitrary<Plant> = fc.oneof(
  mobile(true),
  trusted(true),
  interfaceTrust('WAN'),
  fromClearTunnel,
  dialledSix(2),
  behindRouter(1),
  bridged(2),
);

export const HARMLESS_BY_UPLINK: fc.Arbitrary<Plant> = fc.oneof(
  mobile(false),
  trusted(false),
  interfaceTrust('LAN'),
  dialledSix(0),
  behindRouter(0),
  bridged(0),
);
