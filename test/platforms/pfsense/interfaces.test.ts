import { describe, expect, it } from 'vitest';
import { config, deviceOf, LAN, parse, WAN } from './build.js';

function iface(key: string, fields: Readonly<Record<string, string>>): string {
  const inner = Object.entries(fields).map(([name, text]) => `<${name}>${text}</${name}>`);
  return `<${key}>${inner.join('')}</${key}>`;
}

function interfaceOf(interfaces: string, name: string, more = '') {
  return deviceOf(config({ interfaces, more })).interfaces.find((each) => each.name === name);
}

describe('addresses', () => {
  it.each([
    [
      { ipaddr: '10.0.0.1', subnet: '24' },
      { kind: 'static', cidrs: ['10.0.0.1/24'] },
    ],
    [{ ipaddr: 'dhcp' }, { kind: 'dynamic', method: 'DHCP', last: null }],
    [{ ipaddr: 'pppoe' }, { kind: 'dynamic', method: 'PPPoE', last: null }],
    [{}, { kind: 'none' }],
    [{ ipaddr: '' }, { kind: 'none' }],
    [
      { ipaddr: '10.0.0.300', subnet: '24' },
      { kind: 'unknown', reason: 'its address cannot be read' },
    ],
    [
      { ipaddr: '10.0.0.1', subnet: '99' },
      { kind: 'static', cidrs: ['10.0.0.1/32'] },
    ],
    [
      { ipaddr: '2001:db8::1', subnet: '24' },
      { kind: 'unknown', reason: 'its address cannot be read' },
    ],
  ])('%j is %j', (fields, address) => {
    expect(interfaceOf(iface('opt1', { if: 'em2', ...fields }), 'opt1')?.ipv4).toEqual(address);
  });

  it.each([
    [
      { ipaddrv6: '2001:db8::1', subnetv6: '64' },
      { kind: 'static', cidrs: ['2001:db8::1/64'] },
    ],
    [{ ipaddrv6: 'dhcp6' }, { kind: 'dynamic', method: 'DHCPv6', last: null }],
    [{ ipaddrv6: 'track6' }, { kind: 'dynamic', method: 'a delegated prefix', last: null }],
    [
      { ipaddrv6: '192.0.2.1', subnetv6: '64' },
      { kind: 'unknown', reason: 'its address cannot be read' },
    ],
  ])('%j is %j', (fields, address) => {
    expect(interfaceOf(iface('opt1', { if: 'em2', ...fields }), 'opt1')?.ipv6).toEqual(address);
  });

  it('that cannot be read make the scan incomplete', () => {
    const { diagnostics } = parse(config({ interfaces: iface('wan', { ipaddr: '1.2.3', subnet: '24' }) }));
    expect(diagnostics).toMatchObject([{ code: 'malformed-value', incomplete: true }]);
    expect(JSON.stringify(diagnostics)).not.toContain('1.2.3');
  });

  it('beside one by DHCP are interfaces of their own', () => {
    const wan = iface('wan', {
      enable: '',
      if: 'em0',
      ipaddr: 'dhcp',
      'alias-address': '10.9.9.2',
      'alias-subnet': '24',
    });
    const device = deviceOf(config({ interfaces: wan }));
    expect(device.interfaces.map(({ name }) => name)).toEqual(['wan', '10.9.9.2']);
    expect(device.interfaces[1]).toMatchObject({
      ipv4: { cidrs: ['10.9.9.2/32'] },
      role: { value: 'trusted' },
    });
  });
});

describe('roles', () => {
  it.each([
    ['wan', { ipaddr: '10.0.0.1', subnet: '24', gateway: 'GW' }, 'untrusted', 'gateway GW is selected'],
    ['wan', { ipaddr: 'dhcp' }, 'untrusted', 'by DHCP'],
    ['wan', { ipaddr: '10.0.0.1', subnet: '24' }, 'untrusted', 'slot of the WAN'],
    ['lan', { ipaddr: '192.0.2.1', subnet: '24' }, 'trusted', 'slot of the LAN'],
    ['lan', { ipaddr: '10.0.0.1', subnet: '24', gateway: 'GW' }, 'untrusted', 'gateway GW'],
    ['opt1', { ipaddr: 'pppoe' }, 'untrusted', 'by PPPoE'],
    ['opt1', { ipaddr: '10.0.0.1', subnet: '24', gatewayv6: 'GW6' }, 'untrusted', 'gateway GW6'],
    ['opt1', { ipaddr: '203.0.113.1', subnet: '24' }, 'unknown', 'a public address'],
    [
      'opt1',
      { ipaddr: '10.0.0.1', subnet: '24', ipaddrv6: '2001:db8::1', subnetv6: '64' },
      'trusted',
      'a private address',
    ],
    ['opt1', { ipaddrv6: '2001:db8::1', subnetv6: '64' }, 'unknown', 'a public address'],
    ['opt1', { ipaddr: '10.0.0.1', subnet: '24' }, 'trusted', 'a private address'],
    ['opt1', { ipaddrv6: 'track6' }, 'trusted', 'prefix'],
    ['opt1', {}, 'unknown', 'neither'],
    ['opt1', { if: 'ovpnc1' }, 'tunnel', 'a tunnel'],
    ['opt1', { if: 'tun_wg0', ipaddr: '10.6.0.1', subnet: '24' }, 'tunnel', 'a tunnel'],
    // The name decides nothing.
    ['opt1', { descr: 'WAN2', ipaddr: '10.0.0.1', subnet: '24' }, 'trusted', 'a private address'],
  ])('%s with %j is %s: %s', (key, fields, value, evidence) => {
    const name = 'descr' in fields ? (fields.descr as string) : key;
    const role = interfaceOf(iface(key, { if: 'em2', ...fields }), name)?.role;
    expect(role?.value).toBe(value);
    expect(role?.evidence).toContain(evidence);
  });
});

describe('a tunnel', () => {
  const gif = (inner: string) => `<gifs><gif><gifif>gif0</gifif><remote-addr>203.0.113.9</remote-addr>
    <tunnel-local-addr>${inner}</tunnel-local-addr><tunnel-remote-net>64</tunnel-remote-net></gif></gifs>`;
  const vti = (
    inner: string,
  ) => `<ipsec><phase1><ikeid>1</ikeid><remote-gateway>203.0.113.9</remote-gateway></phase1>
    <phase2><ikeid>1</ikeid><mode>vti</mode><localid><type>network</type><address>${inner}</address><netbits>30</netbits></localid></phase2></ipsec>`;

  it.each([
    ['gif0', gif('2001:db8::2'), '', 'untrusted'],
    ['gif0', gif('fd00::2'), '', 'tunnel'],
    ['gif0', gif('10.9.0.2'), '<defaultgw4>OPT1_TUNNELV4</defaultgw4>', 'tunnel'],
    ['ipsec1', vti('10.9.0.2'), '<defaultgw4>OPT1_VTIV4</defaultgw4>', 'tunnel'],
    ['ipsec1', vti('198.51.100.33'), '<defaultgw4>OPT1_VTIV4</defaultgw4>', 'untrusted'],
    ['ipsec1', vti('198.51.100.33'), '', 'tunnel'],
  ])('leads to strangers where the Internet comes through it: %s %s %s', (device, more, chosen, role) => {
    const opt = iface('opt1', { enable: '', if: device });
    const text = config({ interfaces: `${WAN}${LAN}${opt}`, more }).replace(
      '</gateways>',
      `${chosen}</gateways>`,
    );
    expect(deviceOf(text).interfaces.find(({ name }) => name === 'opt1')?.role.value).toBe(role);
  });
});

describe('the default gateway', () => {
  const opt = iface('opt1', { enable: '', if: 'em2', ipaddr: '192.168.9.2', subnet: '24' });
  const item = (fields: string) =>
    `<gateway_item><interface>opt1</interface><gateway>192.168.9.1</gateway><name>LINE2</name>${fields}</gateway_item>`;
  const roleWith = (gateways: string) => {
    const text = config({ interfaces: `${WAN}${LAN}${opt}` }).replace(
      '</gateways>',
      `${gateways}</gateways>`,
    );
    return deviceOf(text).interfaces.find(({ name }) => name === 'opt1')?.role.value;
  };

  it.each([
    ['is chosen', `${item('')}<defaultgw4>LINE2</defaultgw4>`, 'untrusted'],
    ['says so itself, as up to 2.4.3', item('<defaultgw/>'), 'untrusted'],
    ['is another one', `${item('<defaultgw/>')}<defaultgw4>GW</defaultgw4>`, 'trusted'],
    ['is not this one', item(''), 'trusted'],
  ])('makes an uplink of its interface, selected on it or not: it %s', (_, gateways, role) => {
    expect(roleWith(gateways)).toBe(role);
  });
});

describe('names', () => {
  it('are the description, unless another interface has it or is called so', () => {
    const interfaces = [
      iface('wan', { descr: '<![CDATA[WAN]]>' }),
      iface('lan', { descr: 'opt1' }),
      iface('opt1', { descr: 'Twice' }),
      iface('opt2', { descr: 'Twice' }),
      iface('opt3', { descr: '' }),
    ].join('');
    const device = deviceOf(config({ interfaces }));
    expect(device.interfaces.map(({ name }) => name)).toEqual(['WAN', 'lan', 'opt1', 'opt2', 'opt3']);
  });

  it('stand once: pfSense refuses a file that names one interface twice', () => {
    const { devices, diagnostics } = parse(config({ interfaces: `${WAN}${WAN}${LAN}` }));
    expect(devices[0]?.interfaces.map(({ name }) => name)).toEqual(['WAN', 'LAN']);
    expect(diagnostics.map(({ code }) => code)).toEqual(['duplicate-key']);
  });
});

it('is on when <enable> is there', () => {
  const interfaces = `${WAN}${iface('opt1', { if: 'em2', ipaddr: '10.0.0.1', subnet: '24' })}`;
  expect(deviceOf(config({ interfaces })).interfaces.map(({ enabled }) => enabled)).toEqual([true, false]);
});

describe('tunnels', () => {
  const more = `<openvpn>
    <openvpn-server><vpnid>1</vpnid><mode>server_tls</mode><tunnel_network>10.8.0.0/24</tunnel_network><description>Staff</description></openvpn-server>
    <openvpn-server><vpnid>2</vpnid><mode>p2p_tls</mode><disable/><tunnel_network>10.9.0.0/30</tunnel_network><remote_network>10.20.0.0/16</remote_network></openvpn-server>
    <openvpn-client><vpnid>3</vpnid><server_addr>vpn.example</server_addr><description>Provider</description></openvpn-client>
  </openvpn>
  <ipsec><phase1><ikeid>7</ikeid><interface>wan</interface><remote-gateway>203.0.113.9</remote-gateway><descr>Lyon</descr></phase1>
    <phase2><ikeid>7</ikeid><remoteid><type>network</type><address>10.7.0.0</address><netbits>16</netbits></remoteid></phase2></ipsec>
  <installedpackages><wireguard><tunnels><item><name>tun_wg0</name><enabled>yes</enabled><listenport>51820</listenport>
    <addresses><row><address>10.6.0.1</address><mask>24</mask></row></addresses></item></tunnels>
    <peers><item><enabled>yes</enabled><tun>tun_wg0</tun><descr>Phone</descr><endpoint></endpoint>
    <allowedips><row><address>10.6.0.2</address><mask>32</mask></row></allowedips></item></peers></wireguard></installedpackages>
  <gres><gre><remote-addr>203.0.113.77</remote-addr><greif>gre0</greif></gre></gres>
  <l2tp><mode>server</mode><localip>10.5.0.1</localip><remoteip>10.5.0.64</remoteip><l2tp_subnet>28</l2tp_subnet></l2tp>`;

  it('have tabs of their own, and own addresses inside', () => {
    const device = deviceOf(config({ more }));
    const tabs = device.interfaces.filter(({ role }) => role.value === 'tunnel');
    expect(tabs.map(({ name, ipv4 }) => [name, ipv4.kind === 'static' ? ipv4.cidrs : ipv4.kind])).toEqual([
      ['openvpn', ['10.8.0.1/24']],
      ['ipsec', 'none'],
      ['wireguard', ['10.6.0.1/24']],
      ['l2tp', ['10.5.0.1/32']],
    ]);
  });

  it('name their peers and networks', () => {
    const tunnels = deviceOf(config({ more })).tunnels;
    expect(
      tunnels.map(({ name, kind, enabled, peers, remoteNetworks }) => [
        name,
        kind,
        enabled,
        peers,
        remoteNetworks,
      ]),
    ).toEqual([
      ['Lyon', 'site-to-site', true, ['203.0.113.9'], ['10.7.0.0/16']],
      ['Staff', 'remote-access', true, [], ['10.8.0.0/24']],
      ['OpenVPN server 2', 'site-to-site', false, [], ['10.20.0.0/16']],
      ['Provider', 'site-to-site', true, ['vpn.example'], []],
      ['Phone', 'remote-access', true, [], ['10.6.0.2/32']],
      ['gre0', 'site-to-site', true, ['203.0.113.77'], []],
      ['l2tp server', 'remote-access', true, [], ['10.5.0.64/28']],
    ]);
  });

  it('bring their listeners along', () => {
    const found = deviceOf(config({ more })).listeners.map(({ service, services }) => [
      service,
      ...services.toTexts(),
    ]);
    expect(found).toEqual(
      expect.arrayContaining([
        ['ike', 'udp/500', 'udp/4500'],
        ['ssl-vpn', 'udp/1194'],
        ['wireguard', 'udp/51820'],
        ['l2tp', 'udp/1701'],
      ]),
    );
    expect(found.filter(([service]) => service === 'ssl-vpn')).toHaveLength(1);
  });

  it('count rules of their tab for interfaces that are assigned to them', () => {
    const interfaces = `${WAN}${LAN}${iface('opt1', { enable: '', if: 'ovpns1', descr: 'STAFF' })}`;
    const filter =
      '<rule><type>pass</type><interface>openvpn</interface><source><any/></source><destination><any/></destination></rule>';
    const device = deviceOf(config({ interfaces, filter, more }));
    for (const name of ['STAFF', 'openvpn']) {
      const rules = device.policies.find((policy) => policy.name === name)?.rules ?? [];
      expect(rules.filter(({ origin }) => origin === 'user').map((each) => each.name)).toEqual(['openvpn 1']);
    }
  });
});

describe('routes', () => {
  it('lead out by every WAN, or by the one that is chosen', () => {
    const opt = iface('opt1', {
      enable: '',
      if: 'em2',
      descr: 'WAN2',
      ipaddr: '203.0.113.2',
      subnet: '29',
      gateway: 'GW2',
    });
    const gateways = (chosen: string) =>
      `<gateways>${chosen}<gateway_item><interface>opt1</interface><gateway>203.0.113.1</gateway><name>GW2</name></gateway_item></gateways>`;
    const routesOf = (chosen: string) =>
      deviceOf(
        config({ interfaces: `${WAN}${LAN}${opt}` }).replace(
          '<gateways>',
          gateways(chosen).replace('</gateways>', ''),
        ),
      ).routes.map((route) => [route.destination, route.interface, route.gateway]);
    expect(routesOf('')).toEqual([
      ['0.0.0.0/0', 'WAN', '198.51.100.1'],
      ['0.0.0.0/0', 'WAN2', '203.0.113.1'],
    ]);
    expect(routesOf('<defaultgw4>GW2</defaultgw4>')).toEqual([['0.0.0.0/0', 'WAN2', '203.0.113.1']]);
  });

  it.each([
    [
      'dhcp',
      '<gateway_item><interface>opt1</interface><gateway>dynamic</gateway><name>G</name></gateway_item>',
      'G',
    ],
    [
      '203.0.113.2',
      '<gateway_item><interface>opt1</interface><gateway>203.0.113.1</gateway><name>G</name></gateway_item>',
      'G',
    ],
    ['dhcp', '', 'OPT1_DHCP'],
  ])('lead out by the chosen gateway, which the interface does not name: %s %s', (ipaddr, item, chosen) => {
    const opt = iface('opt1', { enable: '', if: 'em2', ipaddr, subnet: '29' });
    const text = config({ interfaces: `${WAN}${LAN}${opt}` }).replace(
      '</gateways>',
      `${item}<defaultgw4>${chosen}</defaultgw4></gateways>`,
    );
    expect(deviceOf(text).routes.map(({ interface: by }) => by)).toContain('opt1');
  });

  it('may lead to the networks of an alias', () => {
    const more = `<staticroutes><route><network>SITES</network><gateway>GW</gateway></route>
      <route><network>10.9.0.0/16</network><gateway>GW</gateway><disabled/></route>
      <route><network>GONE</network><gateway>GW</gateway></route></staticroutes>`;
    const aliases =
      '<alias><name>SITES</name><type>network</type><address>10.1.0.0/16 10.3.0.0/16</address></alias>';
    const { devices, diagnostics } = parse(config({ more, aliases }));
    expect(devices[0]?.routes.map(({ destination, interface: by }) => [destination, by])).toEqual([
      ['0.0.0.0/0', 'WAN'],
      ['10.1.0.0/16', 'WAN'],
      ['10.3.0.0/16', 'WAN'],
    ]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['malformed-value']);
  });

  it.each([
    ['WAN2_DHCP', [['10.1.0.0/16', 'Wan2']], []],
    ['Null4', [['10.1.0.0/16', null]], []],
    ['WAN2_GONE', [['10.1.0.0/16', null]], ['dangling-reference']],
    ['GONE_DHCP', [['10.1.0.0/16', null]], ['dangling-reference']],
  ])('lead to gateways that pfSense makes itself: %s', (gateway, expected, codes) => {
    const opt = iface('opt1', { enable: '', if: 'em2', descr: 'Wan2', ipaddr: 'dhcp' });
    const more = `<staticroutes><route><network>10.1.0.0/16</network><gateway>${gateway}</gateway></route></staticroutes>`;
    const { devices, diagnostics } = parse(config({ more, interfaces: `${WAN}${LAN}${opt}` }));
    const found = devices[0]?.routes.filter(({ destination }) => destination === '10.1.0.0/16');
    expect(found?.map(({ destination, interface: by }) => [destination, by])).toEqual(expected);
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
  });
});

describe('bridges', () => {
  const port = (key: string, device: string) => iface(key, { enable: '', if: device });
  const bridge = (members: string) =>
    `<bridges><bridged><members>${members}</members><bridgeif>bridge0</bridgeif></bridged></bridges>`;
  const tunables = (onPorts: number, onBridge: number) =>
    `<sysctl><item><tunable>net.link.bridge.pfil_member</tunable><value>${onPorts}</value></item>
     <item><tunable>net.link.bridge.pfil_bridge</tunable><value>${onBridge}</value></item></sysctl>`;
  const found = (interfaces: string, more: string) =>
    Object.fromEntries(
      deviceOf(config({ interfaces, more })).interfaces.map((each) => [
        each.name,
        [each.bridge, each.role.value],
      ]),
    );

  it('have ports, and those of a WAN are not known', () => {
    expect(found(`${WAN}${LAN}${port('opt1', 'em2')}`, bridge('wan,opt1'))).toEqual({
      WAN: ['bridge0', 'untrusted'],
      LAN: [undefined, 'trusted'],
      opt1: ['bridge0', 'unknown'],
    });
  });

  it('make their ports as trusted as they are', () => {
    const lan = LAN.replace('em1', 'bridge0');
    const ports = `${port('opt1', 'em2')}${port('opt2', 'em3')}`;
    expect(found(`${WAN}${lan}${ports}`, bridge('opt1,opt2'))).toEqual({
      WAN: [undefined, 'untrusted'],
      LAN: ['LAN', 'trusted'],
      opt1: ['LAN', 'trusted'],
      opt2: ['LAN', 'trusted'],
    });
  });

  it('are a way in where packets are filtered on them, and one of their ports is a WAN', () => {
    const itself = iface('opt2', { enable: '', if: 'bridge0', ipaddr: '192.168.9.1', subnet: '24' });
    const interfaces = `${port('wan', 'em0')}${port('lan', 'em1')}${itself}`;
    expect(found(interfaces, bridge('wan,lan')).opt2).toEqual(['opt2', 'trusted']);
    expect(found(interfaces, bridge('wan,lan') + tunables(0, 1)).opt2).toEqual(['opt2', 'untrusted']);
  });

  it.each([
    ['nothing where ports are filtered', tunables(1, 0), []],
    ['everything where nothing is, in and out', tunables(0, 0), [[null, ['opt1']]]],
    ['everything where the bridge would be, and no rule stands on it', tunables(0, 1), [[null, ['opt1']]]],
  ])('let cross without a rule %s', (_, more, jumps) => {
    const { policies } = deviceOf(
      config({ interfaces: `${WAN}${LAN}${port('opt1', 'em2')}`, more: bridge('wan,opt1') + more }),
    );
    const crossing = policies
      .find(({ name }) => name === 'WAN')
      ?.rules.filter(({ action }) => action.kind === 'jump');
    expect(crossing?.map(({ inInterfaces, outInterfaces }) => [inInterfaces, outInterfaces])).toEqual(jumps);
  });

  it('have their own address filtered where it is, by whatever port a packet comes in', () => {
    const lan = LAN.replace('em1', 'bridge0');
    const { policies } = deviceOf(
      config({ interfaces: `${WAN}${lan}${port('opt1', 'em2')}`, more: bridge('wan,opt1') }),
    );
    const leads = (from: string) =>
      policies
        .find(({ name }) => name === from)
        ?.rules.flatMap(({ action }) => (action.kind === 'goto' ? [action.policy] : []));
    expect(leads('opt1')).toEqual(['WAN (over its bridge)', 'LAN (over its bridge)']);
    expect(leads('LAN')).toEqual([]);
  });
});
