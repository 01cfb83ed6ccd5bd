import { describe, expect, it } from 'vitest';
import { deviceOf, HEADER, parse } from './support.js';

function interfaces(body: string, more = '') {
  return deviceOf(`${HEADER}\nconfig system interface\n${body}\nend\n${more}`).interfaces;
}

function one(...settings: readonly string[]) {
  const [iface] = interfaces(`edit "x"\n${settings.join('\n')}\nnext`);
  if (iface === undefined) throw new Error('no interface');
  return iface;
}

describe('addresses', () => {
  it.each([
    [['set ip 192.0.2.1 255.255.255.0'], { kind: 'static', cidrs: ['192.0.2.1/24'] }],
    [['set ip 192.0.2.1/24'], { kind: 'static', cidrs: ['192.0.2.1/24'] }],
    [['set ip 0.0.0.0 0.0.0.0'], { kind: 'none' }],
    [[], { kind: 'none' }],
    [['set mode dhcp'], { kind: 'dynamic', method: 'DHCP', last: null }],
    [
      ['set mode pppoe', 'set ip 192.0.2.9 255.255.255.255'],
      { kind: 'dynamic', method: 'PPPoE', last: '192.0.2.9' },
    ],
    [['set ip 192.0.2.1 255.0.255.0'], { kind: 'unknown', reason: 'its address cannot be read' }],
    [
      [
        'set ip 192.0.2.1 255.255.255.0',
        'set secondary-IP enable',
        'config secondaryip',
        'edit 1',
        'set ip 192.0.2.9 255.255.255.255',
        'next',
        'end',
      ],
      { kind: 'static', cidrs: ['192.0.2.1/24', '192.0.2.9/32'] },
    ],
    [
      [
        'set ip 192.0.2.1 255.255.255.0',
        'set secondary-IP disable',
        'config secondaryip',
        'edit 1',
        'set ip 192.0.2.9 255.255.255.255',
        'next',
        'end',
      ],
      { kind: 'static', cidrs: ['192.0.2.1/24'] },
    ],
    [
      ['set ip 192.0.2.1 255.255.255.0', 'config vrrp', 'edit 1', 'set vrip 192.0.2.254', 'next', 'end'],
      { kind: 'static', cidrs: ['192.0.2.1/24', '192.0.2.254/32'] },
    ],
  ])('%j', (settings, expected) => {
    expect(one(...settings).ipv4).toEqual(expected);
  });

  it.each([
    [
      ['set ip6-address 2001:db8::1/64', 'config ip6-extra-addr', 'edit 2001:db8::2/64', 'next', 'end'],
      { kind: 'static', cidrs: ['2001:db8::1/64', '2001:db8::2/64'] },
    ],
    [['set ip6-mode dhcp'], { kind: 'dynamic', method: 'DHCPv6', last: null }],
    [['set autoconf enable'], { kind: 'dynamic', method: 'SLAAC', last: null }],
    [['set ip6-address ::/0'], { kind: 'none' }],
    [['set ip6-address what'], { kind: 'unknown', reason: 'its address cannot be read' }],
  ])('IPv6 %j', (settings, expected) => {
    expect(one('config ipv6', ...settings, 'end').ipv6).toEqual(expected);
  });

  it('answers at the address of a transparent domain on every interface', () => {
    const [iface] = interfaces(
      'edit "x"\nnext',
      'config system settings\nset opmode transparent\nset manageip 192.0.2.5/255.255.255.0\nend\n',
    );
    expect(iface?.ipv4).toEqual({ kind: 'static', cidrs: ['192.0.2.5/24'] });
  });

  it.each([
    [
      'a transparent domain',
      'config system settings\nset opmode transparent\nset manageip6 2001:db8::5/64\nend\n',
    ],
    ['the end of a 6in4 tunnel', 'config system sit-tunnel\nedit "x"\nset ip6 2001:db8::5/64\nnext\nend\n'],
  ])('of IPv6 may be that of %s', (_what, more) => {
    const [iface] = interfaces('edit "x"\nnext', more);
    expect(iface?.ipv6).toEqual({ kind: 'static', cidrs: ['2001:db8::5/64'] });
  });
});

describe('roles', () => {
  const INSIDE = 'set ip 10.0.0.1 255.255.255.0';
  it.each([
    [['set role wan', INSIDE], 'untrusted'],
    [['set role lan', 'set ip 192.0.2.1 255.255.255.0'], 'unknown'],
    [['set role dmz', 'set ip 192.0.2.1 255.255.255.0'], 'public'],
    [['set role lan', INSIDE], 'trusted'],
    [['set role lan', 'set type vdom-link', INSIDE], 'unknown'],
    [['set mode pppoe', 'set role lan'], 'untrusted'],
    [['set mode pppoe', 'set role dmz'], 'untrusted'],
    [['set role dmz', INSIDE], 'public'],
    [[INSIDE], 'unknown'],
    [['set ip 192.0.2.1 255.255.255.0'], 'unknown'],
    [['set ip 100.64.0.1 255.255.255.0'], 'unknown'],
    [['set mode dhcp'], 'untrusted'],
    [['set mode dhcp', 'set defaultgw disable'], 'unknown'],
    [['set mode dhcp', 'set role lan'], 'unknown'],
    [['set type tunnel', 'set role wan'], 'untrusted'],
    [['set type tunnel'], 'unknown'],
    [['set dedicated-to management', 'set role wan'], 'untrusted'],
    [['set dedicated-to management', 'set mode pppoe'], 'untrusted'],
    [['set dedicated-to management', 'set mode dhcp'], 'unknown'],
    [['set type loopback', 'set ip 192.0.2.1 255.255.255.255'], 'trusted'],
    [['set dedicated-to management', 'set ip 192.0.2.1 255.255.255.0'], 'untrusted'],
    [['set dedicated-to management', 'set ip 10.0.9.1 255.255.255.0'], 'management'],
    [['set fortilink enable', INSIDE], 'trusted'],
    [[], 'trusted'],
  ])('%j is %s', (settings, expected) => {
    expect(one(...settings).role.value).toBe(expected);
  });

  it('comes from the default route where nothing is stated', () => {
    const body = `edit "a"\n${INSIDE}\nnext\nedit "b"\nset ip 10.1.0.1 255.255.255.0\nnext`;
    const route =
      'config router static\nedit 1\nset gateway 10.1.0.254\nset device "b"\nnext\nedit 2\nset dst 10.9.0.0 255.255.0.0\nset gateway 10.0.0.2\nset device "a"\nnext\nend\n';
    const found = interfaces(body, route);
    expect(found.map(({ role }) => role.value)).toEqual(['trusted', 'untrusted']);
    expect(found[1]?.gateways).toEqual(['10.1.0.254']);
  });

  describe('of private addresses, and on no default route', () => {
    const uplink = 'edit "up"\nset mode dhcp\nnext\n';
    const policy = (from: string, to: string, ...settings: readonly string[]) =>
      `config firewall policy\nedit 1\nset srcintf "${from}"\nset dstintf "${to}"\nset srcaddr "all"\nset dstaddr "all"\nset action accept\n${settings.join('\n')}\nnext\nend\n`;
    const central = (...settings: readonly string[]) =>
      `config firewall central-snat-map\nedit 1\nset srcintf "y"\nset dstintf "x"\nset orig-addr "all"\nset dst-addr "all"\n${settings.join('\n')}\nnext\nend\n`;
    const route = (...settings: readonly string[]) =>
      `config router policy\nedit 1\n${settings.join('\n')}\nset output-device "x"\nnext\nend\n`;
    const member =
      'config system sdwan\nset status enable\nconfig members\nedit 1\nset interface "x"\nnext\nend\nend\n';
    it.each([
      ['nothing else', '', 'trusted'],
      ['policies hide everybody behind it', policy('y', 'x', 'set nat enable'), 'unknown'],
      [
        'policies hide it too',
        `${policy('y', 'x', 'set nat enable')}${policy('x', 'up', 'set nat enable').replace('edit 1', 'edit 2')}`,
        'trusted',
      ],
      ['policies hide nobody', policy('y', 'x'), 'trusted'],
      ['the central table hides everybody behind it', central(), 'unknown'],
      ['the central table says otherwise', central('set nat disable'), 'trusted'],
      ['a policy route sends out by it', route('set input-device "y"'), 'unknown'],
      ['a policy route that is off', route('set status disable'), 'trusted'],
      ['a member of SD-WAN without a gateway', member, 'unknown'],
    ])('%s', (_what, more, expected) => {
      const found = interfaces(`${uplink}edit "x"\n${INSIDE}\nnext`, more);
      expect(found.find(({ name }) => name === 'x')?.role.value).toBe(expected);
    });

    it.each([
      ['of a wireless network', [INSIDE, 'set type vap-switch'], 'public'],
      ["of a provider's own", ['set ip 100.64.0.1 255.255.255.0'], 'unknown'],
      [
        'of which IPv6 is public',
        [INSIDE, 'config ipv6', 'set ip6-address 2001:db8::1/64', 'end'],
        'trusted',
      ],
      ['of which IPv6 is delegated', [INSIDE, 'config ipv6', 'set ip6-mode delegated', 'end'], 'trusted'],
      ['of which IPv6 is leased', [INSIDE, 'config ipv6', 'set ip6-mode dhcp', 'end'], 'unknown'],
      ['none but public ones of IPv6', ['config ipv6', 'set ip6-address 2001:db8::1/64', 'end'], 'unknown'],
      ['leased without a default route', ['set mode dhcp', 'set defaultgw disable'], 'trusted'],
      ['dialled without a default route', ['set mode pppoe', 'set defaultgw disable'], 'unknown'],
    ])('%s', (_what, settings, expected) => {
      const found = interfaces(`${uplink}edit "x"\n${settings.join('\n')}\nnext`);
      expect(found.find(({ name }) => name === 'x')?.role.value).toBe(expected);
    });

    it('is not known in a part of a configuration that holds no route', () => {
      const body = `config system interface\n${uplink}edit "x"\n${INSIDE}\nnext\nend\n`;
      const roles = deviceOf(body).interfaces.map(({ role }) => role.value);
      expect(roles).toEqual(['untrusted', 'unknown']);
    });
  });

  it('of an address by DHCP is what its label says where another interface leads out', () => {
    const role = (...more: readonly string[]) =>
      interfaces(`edit "up"\nset mode dhcp\nnext\nedit "x"\nset mode dhcp\n${more.join('\n')}\nnext`)[1]?.role
        .value;
    expect([role('set role lan'), role('set dedicated-to management'), role()]).toEqual([
      'trusted',
      'management',
      'untrusted',
    ]);
  });

  it.each(['set dst 128.0.0.0 128.0.0.0', 'set dstaddr "all"', 'set dstaddr "everything"'])(
    'is that of an uplink, whatever its label, by %s',
    (destination) => {
      const object = 'config firewall address\nedit "everything"\nset subnet 0.0.0.0 0.0.0.0\nnext\nend\n';
      const route = `config router static\nedit 1\n${destination}\nset device "x"\nnext\nend\n`;
      const [found] = interfaces(`edit "x"\nset role lan\nset ip 203.0.113.2/24\nnext`, object + route);
      expect(found?.role.value).toBe('untrusted');
    },
  );

  it('a VLAN is down with the port that carries it', () => {
    const found = interfaces(
      'edit "p"\nset status down\nnext\nedit "v"\nset interface "p"\nset vlanid 9\nnext\nedit "w"\nset interface "q"\nnext',
    );
    expect(found.map(({ enabled }) => enabled)).toEqual([false, false, true]);
  });

  it('never comes from the name', () => {
    const [iface] = interfaces(`edit "wan1"\n${INSIDE}\nnext`);
    expect(iface?.role.value).toBe('unknown');
  });

  it('sets aside the management interfaces of a cluster', () => {
    const cluster =
      'config system ha\nset ha-mgmt-status enable\nconfig ha-mgmt-interfaces\nedit 1\nset interface "m"\nnext\nend\nend\n';
    const [iface] = interfaces(`edit "m"\n${INSIDE}\nnext`, cluster);
    expect(iface).toMatchObject({ plane: 'management', role: { value: 'management' } });
  });

  it('does not know who comes to those of a cluster in a cloud, unless their gateway leads to few', () => {
    const role = (entry: string, more = 'set unicast-hb enable\n') =>
      interfaces(
        `edit "m"\n${INSIDE}\nnext`,
        `config system ha\nset ha-mgmt-status enable\n${more}config ha-mgmt-interfaces\nedit 1\nset interface "m"\n${entry}next\nend\nend\n`,
      )[0]?.role.value;
    const gateway = 'set gateway 10.0.3.1\n';
    expect(role(gateway)).toBe('unknown');
    expect(role(gateway, '')).toBe('management');
    expect(role('')).toBe('management');
    expect(role(`${gateway}set dst 10.0.0.0 255.0.0.0\n`)).toBe('management');
    expect(
      role('', `set unicast-hb enable\nset ha-mgmt-interface "m"\nset ha-mgmt-interface-gateway 10.0.3.1\n`),
    ).toBe('unknown');
  });
});

describe('an uplink that is labelled as inside', () => {
  const roleOf = (...settings: readonly string[]) => {
    const route = 'config router static\nedit 1\nset gateway 198.51.100.1\nset device "x"\nnext\nend\n';
    return interfaces(`edit "x"\n${settings.join('\n')}\nnext`, route)[0]?.role;
  };

  it('is outside with a public address', () => {
    expect(roleOf('set role lan', 'set ip 198.51.100.2 255.255.255.0')).toEqual({
      value: 'untrusted',
      evidence: 'static route 1 leads everywhere by it, though its role is lan',
    });
  });

  it.each(['lan', 'dmz'])('is known to nobody with a private one: %s', (role) => {
    expect(roleOf(`set role ${role}`, 'set ip 192.168.9.2 255.255.255.0')?.value).toBe('unknown');
  });
});

describe('zones', () => {
  const BODY =
    'edit "a"\nset role lan\nset ip 10.0.0.1/24\nnext\nedit "b"\nset role wan\nset ip 192.0.2.1/24\nnext\nedit "c"\nset status down\nnext';

  it('take the role of their least trusted member', () => {
    const device = deviceOf(
      `${HEADER}\nconfig system interface\n${BODY}\nend\nconfig system zone\nedit "z"\nset intrazone allow\nset interface "a" "b"\nnext\nend\n`,
    );
    expect(device.zones).toMatchObject([{ name: 'z', role: { value: 'untrusted' }, intrazone: 'permit' }]);
    expect(device.interfaces.map(({ zone, enabled }) => [zone, enabled])).toEqual([
      ['z', true],
      ['z', true],
      [null, false],
    ]);
  });

  it.each(['system sdwan', 'system virtual-wan-link'])(
    '%s makes zones, and a default route through them',
    (table) => {
      const sdwan = `config ${table}\nset status enable\nconfig members\nedit 1\nset interface "b"\nset gateway 192.0.2.254\nnext\nedit 2\nset interface "c"\nset zone "overlay"\nnext\nend\nend\n`;
      const route = 'config router static\nedit 1\nset virtual-wan-link enable\nnext\nend\n';
      const device = deviceOf(`${HEADER}\nconfig system interface\n${BODY}\nend\n${sdwan}${route}`);
      expect(device.zones.map(({ name }) => name)).toEqual(['virtual-wan-link', 'overlay']);
      expect(device.interfaces[1]).toMatchObject({ zone: 'virtual-wan-link', gateways: ['192.0.2.254'] });
      expect(device.routes.filter(({ destination }) => destination === '0.0.0.0/0')).toMatchObject([
        { interface: 'b' },
      ]);
    },
  );
});

it('a virtual domain that the file holds no part of has its interfaces', () => {
  const text = `${HEADER}\nconfig vdom\nedit root\nnext\nend\nconfig global\nconfig system interface\nedit "p1"\nset vdom "root"\nnext\nedit "p2"\nset vdom "guest"\nset ip 192.0.2.1/24\nset allowaccess https\nnext\nend\nend\nconfig vdom\nedit root\nconfig firewall policy\nedit 1\nnext\nend\nend\n`;
  const { devices } = parse(text);
  expect(devices.map(({ interfaces: held }) => held.map(({ name }) => name))).toEqual([['p1'], ['p2']]);
  expect(devices[1]?.listeners.map(({ service }) => service)).toContain('https-management');
});

it('the interfaces of another virtual domain are left to it', () => {
  const text = `${HEADER}\nconfig vdom\nedit root\nnext\nedit b\nnext\nend\nconfig global\nconfig system global\nset hostname "fw"\nend\nconfig system interface\nedit "p1"\nset vdom "root"\nnext\nedit "p2"\nset vdom "b"\nnext\nend\nend\nconfig vdom\nedit root\nconfig firewall policy\nedit 1\nnext\nend\nend\nconfig vdom\nedit b\nconfig firewall policy\nedit 1\nnext\nend\nend\n`;
  const { devices } = parse(text);
  expect(devices.map(({ id, interfaces: found }) => [id, found.map(({ name }) => name)])).toEqual([
    ['fw/root', ['p1']],
    ['fw/b', ['p2']],
  ]);
});

describe('bridges', () => {
  const PORTS = 'edit "a"\nnext\nedit "b"\nset forward-domain 7\nnext\nedit "c"\nset role lan\nnext';
  const bridgesIn = (more: string) =>
    Object.fromEntries(interfaces(PORTS, more).map(({ name, bridge, role }) => [name, [bridge, role.value]]));

  it('are none by themselves', () => {
    expect(bridgesIn('')).toEqual({
      a: [undefined, 'trusted'],
      b: [undefined, 'trusted'],
      c: [undefined, 'trusted'],
    });
  });

  it('are the forward domains of a transparent domain, whose address tells nobody apart', () => {
    const settings = 'set opmode transparent\nset manageip 198.51.100.5/255.255.255.0';
    expect(bridgesIn(`config system settings\n${settings}\nend\n`)).toEqual({
      a: ['forward-domain 0', 'unknown'],
      b: ['forward-domain 7', 'unknown'],
      c: ['forward-domain 0', 'trusted'],
    });
  });

  it('are virtual wire pairs', () => {
    const pair = 'config system virtual-wire-pair\nedit "wire"\nset member "a" "c"\nnext\nend\n';
    expect(bridgesIn(pair)).toMatchObject({
      a: ['wire', 'unknown'],
      b: [undefined, 'trusted'],
      c: ['wire', 'trusted'],
    });
  });

  it.each([
    ['explicit', 'switch'],
    ['implicit', undefined],
  ])('are software switches whose policies are %s', (policy, bridge) => {
    const body = `edit "switch"\nset member "a" "b"\nset intra-switch-policy ${policy}\nnext`;
    const found = bridgesIn(`config system switch-interface\n${body}\nend\n`);
    expect([found.a?.[0], found.b?.[0], found.c?.[0]]).toEqual([bridge, bridge, undefined]);
  });

  it('have an interface of their own, where they are switches, with what its address makes of it', () => {
    const own = 'edit "switch"\nset ip 192.168.9.65 255.255.255.240\nset role lan\nnext';
    const body = 'edit "switch"\nset member "a" "b"\nset intra-switch-policy explicit\nnext';
    const found = interfaces(`${PORTS}\n${own}`, `config system switch-interface\n${body}\nend\n`);
    expect(found.find(({ name }) => name === 'switch')).toMatchObject({
      bridge: 'switch',
      role: { value: 'trusted' },
    });
  });
});
