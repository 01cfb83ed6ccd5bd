import { describe, expect, it } from 'vitest';
import {
  codesOf,
  deviceOf,
  host,
  iface,
  ifaceOf,
  named,
  only,
  type Pairs,
  parsePairs,
  rule6,
  SMALL,
  SYSTEM,
  zone,
} from './exports.js';

describe('zones', () => {
  it('have the role of their type, never of their name', () => {
    const device = deviceOf({
      ...SMALL,
      ...zone(0, 'WAN2', 1),
      ...zone(7, 'Trusted', 0),
      ...zone(8, 'MGMT', 9),
    });
    const roles = Object.fromEntries(device.zones.map(({ name, role }) => [name, role.value]));
    expect(roles).toEqual({
      WAN2: 'trusted',
      WAN: 'untrusted',
      DMZ: 'public',
      VPN: 'tunnel',
      SSLVPN: 'tunnel',
      MULTICAST: 'trusted',
      WLAN: 'public',
      Trusted: 'untrusted',
      MGMT: 'management',
      LAN: 'unknown',
    });
  });

  it('with guest services hold guests, whatever their type', () => {
    const guests = (type: number) =>
      named(deviceOf({ ...SMALL, ...zone(7, 'Lobby', type), zoneObjEnableGuestServices_7: 1 }).zones, 'Lobby')
        .role.value;
    expect([0, 1, 2, 4, 5].map(guests)).toEqual(['untrusted', 'public', 'public', 'public', 'tunnel']);
  });

  it('of a type that nobody knows may hold strangers', () => {
    const device = deviceOf({ ...SMALL, ...zone(7, 'New', 77) });
    expect(named(device.zones, 'New').role.value).toBe('unknown');
    expect(named(deviceOf({ ...SMALL, zoneObjZoneType_2: undefined }).zones, 'DMZ').role.value).toBe(
      'unknown',
    );
  });

  it('that an interface names and the file does not hold may hold strangers', () => {
    const parsed = parsePairs({ ...SMALL, interface_Zone_3: 'Lost' });
    expect(only(parsed.diagnostics)).toMatchObject({ code: 'dangling-reference', incomplete: true });
    const device = only(parsed.devices);
    expect(named(device.zones, 'Lost').role.value).toBe('unknown');
    expect(ifaceOf(device, 'X3').role.value).toBe('unknown');
  });

  it('say what their interfaces may do to one another', () => {
    const { zones } = deviceOf(SMALL);
    expect(named(zones, 'LAN').intrazone).toBe('permit');
    expect(named(zones, 'WAN').intrazone).toBe('deny');
  });
});

describe('SonicOS 7, whose zone types nobody has verified', () => {
  const SEVEN: Pairs = { ...SMALL, buildNum: '7.1.2-7019', shortProdName: 'TZ 470' };

  it('is read with a limit', () => {
    expect(parsePairs(SEVEN).limits.map(({ id }) => id)).toContain('sonicwall-7-enumerations-unverified');
    expect(parsePairs(SMALL).limits.map(({ id }) => id)).not.toContain('sonicwall-7-enumerations-unverified');
  });

  it('keeps the types while zones of type 0 lead to the Internet', () => {
    expect(named(deviceOf(SEVEN).zones, 'WAN').role).toEqual({
      value: 'untrusted',
      evidence: 'zone type 0',
    });
  });

  it('goes by default routes and addresses when they evidently do not hold', () => {
    const { zones, interfaces } = deviceOf({ ...SEVEN, zoneObjZoneType_0: 0, zoneObjZoneType_1: 1 });
    expect(named(zones, 'WAN').role).toMatchObject({
      value: 'untrusted',
      evidence: expect.stringMatching(/default route on X1/),
    });
    expect(named(zones, 'LAN').role).toMatchObject({
      value: 'trusted',
      evidence: expect.stringMatching(/private/),
    });
    expect(named(zones, 'DMZ').role.value).toBe('unknown');
    expect(named(zones, 'VPN').role.value).toBe('tunnel');
    expect(named(interfaces, 'X1').role.value).toBe('untrusted');
  });

  it('does not do so for SonicOS 6', () => {
    const pairs = { ...SMALL, buildNum: '6.5.4.4-44n', zoneObjZoneType_0: 0, zoneObjZoneType_1: 1 };
    expect(named(deviceOf(pairs).zones, 'WAN').role.value).toBe('trusted');
  });
});

describe('interfaces', () => {
  function ipv4Of(fields: Pairs, more: Pairs = {}): unknown {
    return ifaceOf(deviceOf({ ...SMALL, ...iface(1, 'X1', 'WAN', fields), ...more }), 'X1').ipv4;
  }

  it('have a static address, by their type', () => {
    const device = deviceOf(SMALL);
    expect(ifaceOf(device, 'X1')).toMatchObject({
      zone: 'WAN',
      ipv4: { kind: 'static', cidrs: ['198.51.100.2/29'] },
      gateways: ['198.51.100.1'],
      enabled: true,
      role: { value: 'untrusted' },
    });
    expect(ifaceOf(device, 'X0').ipv4).toEqual({ kind: 'static', cidrs: ['192.168.1.1/24'] });
  });

  it('of type WAN do not take what is left of an inner address', () => {
    const fields = { type: 1, static_ip: '198.51.100.2', lan_ip: '10.0.30.121' };
    expect(ipv4Of(fields)).toEqual({ kind: 'static', cidrs: ['198.51.100.2/24'] });
  });

  it('by DHCP have an address that the file does not hold, and remember the last', () => {
    const none = host(1, 'WAN Primary IP', '0.0.0.0', { ...SYSTEM, IdDisp: 'X1 IP' });
    expect(ipv4Of({ type: 2, dhcp_enable: 'on' })).toEqual({
      kind: 'dynamic',
      method: 'DHCP',
      last: '198.51.100.2',
    });
    expect(ipv4Of({ type: 2, dhcp_enable: 'on' }, none)).toEqual({
      kind: 'dynamic',
      method: 'DHCP',
      last: null,
    });
    expect(ipv4Of({ type: 2, dhcp_enable: 'on', dhcp_ip: '203.0.113.40' }, none)).toMatchObject({
      last: '203.0.113.40',
    });
  });

  it.each([
    ['PPPoE', { type: 5 }],
    ['L2TP', { type: 3, l2tp_enable: 'on' }],
    ['PPTP', { type: 4, pptp_enable: 'on' }],
  ])('by %s too', (method, fields) => {
    expect(ipv4Of(fields)).toMatchObject({ kind: 'dynamic', method });
  });

  it('by PPPoE with an address of its own have that one', () => {
    const fields = { type: 5, pppoe_dyn_ip: 0, pppoe_loc_ip: '203.0.113.40' };
    expect(ipv4Of(fields)).toEqual({ kind: 'static', cidrs: ['203.0.113.40/32'] });
  });

  it('that dial a mobile network have an address that the file does not hold, in a zone', () => {
    const none = host(1, 'WAN Primary IP', '0.0.0.0', { ...SYSTEM, IdDisp: 'X1 IP' });
    expect(ipv4Of({ type: 10 }, none)).toEqual({ kind: 'dynamic', method: 'mobile network', last: null });
    // An unassigned U0 of a real TZ 500.
    const idle = deviceOf({ ...SMALL, ...iface(8, 'U0', '', { type: 10 }) });
    expect(ifaceOf(idle, 'U0')).toMatchObject({ zone: null, enabled: false, ipv4: { kind: 'none' } });
  });

  it('have none while their type or their address says so', () => {
    expect(ipv4Of({ type: 0, static_ip: '198.51.100.9' })).toEqual({ kind: 'none' });
    expect(ipv4Of({ type: 1, static_ip: '0.0.0.0' })).toEqual({ kind: 'none' });
    expect(ipv4Of({ type: 6, lan_portshield: 'on' })).toEqual({ kind: 'none' });
  });

  it('of a type that nobody knows have whatever address is there, else an unknown one', () => {
    expect(ipv4Of({ type: 99, lan_ip: '10.9.9.9' })).toEqual({ kind: 'static', cidrs: ['10.9.9.9/24'] });
    const none = host(1, 'WAN Primary IP', '0.0.0.0', { ...SYSTEM, IdDisp: 'X1 IP' });
    expect(ipv4Of({ type: 99 }, none)).toMatchObject({ kind: 'unknown' });
  });

  it('for management may have their address in the system object alone', () => {
    const pairs = {
      ...SMALL,
      ...iface(5, 'MGMT', 'LAN', { type: 17 }),
      ...host(60, 'MGMT IP', '10.0.3.254', SYSTEM),
    };
    expect(ifaceOf(deviceOf(pairs), 'MGMT').ipv4).toEqual({ kind: 'static', cidrs: ['10.0.3.254/32'] });
    const own = { ...pairs, iface_mgmt_ip_5: '10.0.3.1', iface_mgmt_netmask_5: '255.255.255.0' };
    expect(ifaceOf(deviceOf(own), 'MGMT').ipv4).toEqual({ kind: 'static', cidrs: ['10.0.3.1/24'] });
  });

  it('without a zone take no traffic', () => {
    expect(ifaceOf(deviceOf(SMALL), 'X3')).toMatchObject({ zone: null, enabled: false });
    expect(ifaceOf(deviceOf({ ...SMALL, iface_port_disabled_1: 'on' }), 'X1').enabled).toBe(false);
  });

  it('may leave slots out, and may be VLANs', () => {
    const pairs = {
      ...SMALL,
      ...iface(19, 'X0:V10', 'WLAN', { type: 8, lan_ip: '192.168.10.1', ifnum: 268435456 }),
    };
    expect(ifaceOf(deviceOf(pairs), 'X0:V10')).toMatchObject({
      zone: 'WLAN',
      ipv4: { kind: 'static', cidrs: ['192.168.10.1/24'] },
      role: { value: 'public' },
    });
  });

  it('with an address that cannot be read have an unknown one', () => {
    const parsed = parsePairs({ ...SMALL, iface_static_ip_1: '198.51.100.999' });
    expect(ifaceOf(only(parsed.devices), 'X1').ipv4.kind).toBe('unknown');
    expect(codesOf(parsed.diagnostics)).toEqual(['malformed-value']);
  });

  it('name the services that are ticked', () => {
    const fields = {
      https_mgmt: 1,
      ssh_mgmt: 1,
      snmp_mgmt: 1,
      ping_mgmt: 1,
      http_mgmt: 1,
      https_usrLogin: 1,
    };
    const flags = ifaceOf(deviceOf({ ...SMALL, ...iface(1, 'X1', 'WAN', fields) }), 'X1').managementFlags;
    expect([...flags].sort()).toEqual([
      'http-management',
      'http-redirect',
      'https-management',
      'ping',
      'snmp',
      'ssh-management',
      'user-login',
    ]);
    // The redirect box is ticked by factory, and redirects nothing here.
    expect(ifaceOf(deviceOf(SMALL), 'X2').managementFlags).toEqual([]);
  });

  it('in a failover pair answer at the addresses of the units too', () => {
    const pair = { haIfNum_0: 1, haPrimaryIp_0: '198.51.100.3', haBackupIp_0: '198.51.100.4' };
    const with6 = deviceOf({ ...SMALL, ...pair, haIfIsMgmtAllowed_0: 'on' });
    expect(ifaceOf(with6, 'X1').ipv4).toEqual({
      kind: 'static',
      cidrs: ['198.51.100.2/29', '198.51.100.3/32', '198.51.100.4/32'],
    });
    const without = deviceOf({ ...SMALL, ...pair, haIfIsMgmtAllowed_0: 'off' });
    expect(ifaceOf(without, 'X1').ipv4).toMatchObject({ cidrs: ['198.51.100.2/29'] });
  });

  it('in a failover pair answer at IPv6 addresses of the units, also as sixteen bytes', () => {
    const units = {
      haIfNumV6_0: 1,
      haIfIsMgmtAllowedV6_0: 'on',
      haPrimaryIpV6_0: '20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:05',
      haBackupIpV6_0: '00:00:00:00:00:00',
    };
    expect(ifaceOf(deviceOf({ ...SMALL, ...units }), 'X1').ipv6).toEqual({
      kind: 'static',
      cidrs: ['2001:0db8:0000:0000:0000:0000:0000:0005/128'],
    });
  });

  it('with a second subnet are not all there is', () => {
    const parsed = parsePairs({ ...SMALL, secSubnetIp_0: '0.0.0.0', secSubnetIp_1: '203.0.113.65' });
    expect(codesOf(parsed.diagnostics)).toEqual(['unclassified']);
    expect(codesOf(parsePairs({ ...SMALL, secSubnetIp_0: '0.0.0.0' }).diagnostics)).toEqual([]);
  });

  it('make the connected networks and default routes', () => {
    const routes = deviceOf(SMALL).routes.map(({ destination, interface: name, gateway }) => [
      destination,
      name,
      gateway,
    ]);
    expect(routes).toEqual([
      ['192.168.1.0/24', 'X0', null],
      ['198.51.100.0/29', 'X1', null],
      ['0.0.0.0/0', 'X1', '198.51.100.1'],
      ['198.51.100.64/26', 'X2', null],
      ['0.0.0.0/0', 'X2', '198.51.100.65'],
    ]);
  });
});

describe('route policies', () => {
  /** Destination, interface, gateway, and whether only some packets take it. */
  function policyRoutes(fields: Pairs) {
    const objects = {
      ...host(30, 'far', '10.9.9.9'),
      ...host(31, 'first hop', '192.168.1.9'),
      ...host(32, 'second hop', '198.51.100.66'),
    };
    const policy = { pbrObjDst_0: 'far', pbrObjIface_0: -1, ...fields };
    const { routes } = deviceOf({ ...SMALL, ...objects, ...policy });
    return routes
      .slice(5)
      .map((each) => [each.destination, each.interface, each.gateway, each.policy !== undefined]);
  }

  it.each<[string, Pairs, readonly unknown[]]>([
    ['for everybody', { pbrObjGw_0: 'first hop' }, [['10.9.9.9/32', null, '192.168.1.9', false]]],
    ['by an interface', { pbrObjIfaceName_0: 'X0' }, [['10.9.9.9/32', 'X0', null, false]]],
    [
      'for a source',
      { pbrObjGw_0: 'first hop', pbrObjSrc_0: 'far' },
      [['10.9.9.9/32', null, '192.168.1.9', true]],
    ],
    [
      'for a service',
      { pbrObjGw_0: 'first hop', pbrObjSvc_0: 'HTTPS' },
      [['10.9.9.9/32', null, '192.168.1.9', true]],
    ],
    [
      'with several next hops',
      {
        pbrObjGw_0: 'first hop',
        pbrObjGw2_0: 'second hop',
        pbrObjIfaceName2_0: 'X2',
        pbrObjIfaceName3_0: '',
      },
      [
        ['10.9.9.9/32', null, '192.168.1.9', false],
        ['10.9.9.9/32', 'X2', '198.51.100.66', false],
      ],
    ],
    ['without a next hop of the file', {}, []],
  ])('%s', (_what, fields, expected) => {
    expect(policyRoutes(fields)).toEqual(expected);
  });
});

describe('IPv6 of interfaces', () => {
  function twin(slot: number, fields: Pairs): Pairs {
    const all = {
      ifnum6: slot,
      name6: `X${slot}`,
      static6_ip: '::',
      static6_prefixlen: 64,
      static6_gateway: '::',
      ...fields,
    };
    return Object.fromEntries(Object.entries(all).map(([key, value]) => [`iface_${key}_${slot}`, value]));
  }

  function ipv6Of(fields: Pairs, more: Pairs = {}): unknown {
    return ifaceOf(deviceOf({ ...SMALL, ...twin(1, fields), ...more }), 'X1').ipv6;
  }

  it('is static, leased, configured by itself, or not there', () => {
    expect(ipv6Of({ static6_ip: '2001:db8::1' })).toEqual({ kind: 'static', cidrs: ['2001:db8::1/64'] });
    expect(ipv6Of({ dhcpc6_enable: 'on' })).toEqual({ kind: 'dynamic', method: 'DHCPv6', last: null });
    expect(ipv6Of({ auto6_enable: 'on' })).toEqual({ kind: 'dynamic', method: 'SLAAC', last: null });
    expect(ipv6Of({ statless_autocfg: 'on' })).toMatchObject({ method: 'SLAAC' });
    expect(ipv6Of({})).toEqual({ kind: 'none' });
    expect(ifaceOf(deviceOf(SMALL), 'X1').ipv6).toEqual({ kind: 'none' });
  });

  it('is dialled, or not known, where its type says so', () => {
    const dials = { type6: 5, pppoe6_dyn_ip: 1, pppoe6_username: 'u' };
    expect(ipv6Of(dials)).toEqual({ kind: 'dynamic', method: 'PPPoE', last: null });
    expect(ipv6Of({ type6: 7 })).toMatchObject({ kind: 'unknown' });
    // As the factory leaves it.
    expect(ipv6Of({ type6: 2, pppoe6_dyn_ip: 1, pppoe6_username: '' })).toEqual({ kind: 'none' });
  });

  it('of a tunnel makes an interface of its own', () => {
    const tunnel = {
      ...twin(30, { name6: 'Partner', ifnum6: 900001, static6_ip: '2001:db8:9::1', https6_mgmt: 1 }),
      interface_Zone6_30: 'LAN',
      iface_tunnel_type_30: 3,
      iface_tunnel_gif_dst_addr_30: 'Support',
    };
    const device = deviceOf({ ...SMALL, ...twin(0, {}), ...twin(1, {}), ...tunnel });
    expect(ifaceOf(device, 'Partner')).toMatchObject({
      zone: 'LAN',
      enabled: true,
      ipv4: { kind: 'none' },
      ipv6: { kind: 'static', cidrs: ['2001:db8:9::1/64'] },
      managementFlags: ['https-management'],
      role: { value: 'trusted' },
    });
    expect(named(device.tunnels, 'Partner')).toMatchObject({
      peers: ['203.0.113.7'],
      marks: ['clear-text'],
      ingress: { from: ['LAN'], interface: 'Partner' },
    });
    // Where strangers come in anyhow, they are no party of their own.
    const outside = deviceOf({ ...SMALL, ...tunnel, interface_Zone6_30: 'WAN' });
    expect(named(outside.tunnels, 'Partner').ingress).toBeUndefined();
    expect(ifaceOf(outside, 'X0').ipv6).toEqual({ kind: 'none' });
  });

  it('that is unassigned and belongs to no interface is nothing', () => {
    const { interfaces } = deviceOf({ ...SMALL, ...twin(30, { name6: 'left over' }) });
    expect(interfaces.map(({ name }) => name)).toEqual(['X0', 'X1', 'X2', 'X3']);
  });

  it('is switched off on the interface or for the whole appliance', () => {
    expect(ipv6Of({ static6_ip: '2001:db8::1', disable_v6traffic: 'on' })).toEqual({ kind: 'none' });
    expect(ipv6Of({ static6_ip: '2001:db8::1' }, { GlobalDropV6Traffic: 'on' })).toEqual({ kind: 'none' });
  });

  it('belongs to the interface that it names, wherever it stands', () => {
    const device = deviceOf({ ...SMALL, ...twin(0, { name6: 'X2', ifnum6: 2, static6_ip: '2001:db8::2' }) });
    expect(ifaceOf(device, 'X2').ipv6).toMatchObject({ cidrs: ['2001:db8::2/64'] });
  });

  it('is unknown when rules for it are there and its settings were taken out', () => {
    const device = deviceOf({ ...SMALL, ...rule6(0, 'WAN', 'WAN', {}) });
    expect(ifaceOf(device, 'X1').ipv6.kind).toBe('unknown');
  });

  it('has flags of its own', () => {
    const device = deviceOf({ ...SMALL, ...twin(2, { https6_mgmt: 1, ssh6_mgmt: 1 }) });
    expect(ifaceOf(device, 'X2').managementFlags).toEqual(['https-management', 'ssh-management']);
  });

  it('gives an interface its zone when IPv4 has none', () => {
    const device = deviceOf({
      ...SMALL,
      ...twin(3, { static6_ip: '2001:db8::3' }),
      interface_Zone6_3: 'WAN',
    });
    expect(ifaceOf(device, 'X3')).toMatchObject({ zone: 'WAN', enabled: true });
  });

  it('that cannot be read is unknown', () => {
    expect(ipv6Of({ static6_ip: '2001:db8::zz' })).toMatchObject({ kind: 'unknown' });
  });
});

describe('bridged interfaces', () => {
  function ports(fields: Pairs): readonly (readonly [string, string | undefined, string])[] {
    const x1 = iface(1, 'X1', 'WAN', { type: 1, static_ip: '198.51.100.2' });
    const device = deviceOf({ ...SMALL, ...x1, ...iface(2, 'X2', 'DMZ', { type: 0, ...fields }) });
    return device.interfaces.map(({ name, bridge, ipv4 }) => [name, bridge, ipv4.kind]);
  }

  it.each([
    ['Layer 2 Bridged Mode', { lan_l2_bridged: 'on', bridged_other: 1 }],
    ['Native Bridge', { nativebridge: 'on', nativebridge_to: 1 }],
    ['Transparent Mode', { lan_transparent: 'on', lan_trans_shared_if: 1 }],
    ['Wire Mode', { wire_mode: 'on', wm_if: 1 }],
  ])('are ports of one bridge, and so is the other interface: %s', (_, fields) => {
    const found = ports(fields);
    expect(found).toContainEqual(['X1', '1', 'static']);
    expect(found).toContainEqual(['X2', '1', 'none']);
    expect(found).toContainEqual(['X0', undefined, 'static']);
  });

  it.each([
    ['off', { lan_l2_bridged: 'off', bridged_other: 1 }],
    ['not said', { bridged_other: -1 }],
  ])('are none where it is %s', (_, fields) => {
    expect(ports(fields).map(([, bridge]) => bridge)).not.toContain('1');
  });

  it.each([
    ['not in the file', 77],
    ['the interface itself', 2],
  ])('have somebody behind them where the other port is %s', (_, other) => {
    const [, bridge, kind] =
      ports({ lan_l2_bridged: 'on', bridged_other: other }).find(([name]) => name === 'X2') ?? [];
    expect([bridge, kind]).toEqual(['slot 2', 'unknown']);
  });
});
