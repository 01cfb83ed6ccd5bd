import { describe, expect, it } from 'vitest';
import { config, deviceOf, LAN, parse, policyOf, rule, WAN } from './build.js';

/** An interface that is assigned to a device, without an address of its own. */
function assigned(device: string): string {
  return `${WAN}${LAN}<opt1><enable/><if>${device}</if><descr>TUN</descr><ipaddr>none</ipaddr></opt1>`;
}

function addressOf(device: string, more: string): unknown {
  const found = deviceOf(config({ interfaces: assigned(device), more })).interfaces;
  return found.find(({ name }) => name === 'TUN')?.ipv4;
}

describe('an interface that is assigned to a tunnel has the address of its device', () => {
  const openVpn = (kind: string, more: string) =>
    `<openvpn><${kind}><vpnid>1</vpnid>${more}</${kind}></openvpn>`;
  const routed = (more: string) =>
    `<ipsec><phase1><ikeid>2</ikeid></phase1><phase2><ikeid>2</ikeid><mode>vti</mode>${more}
    <localid><type>network</type><address>10.255.0.1</address><netbits>30</netbits></localid></phase2></ipsec>`;
  const inner = '<tunnel-local-addr>10.88.0.1</tunnel-local-addr><tunnel-remote-net>30</tunnel-remote-net>';

  it.each([
    ['ovpns1', openVpn('openvpn-server', '<tunnel_network>10.8.0.0/24</tunnel_network>'), '10.8.0.1/24'],
    ['gif0', `<gifs><gif><gifif>gif0</gifif>${inner}</gif></gifs>`, '10.88.0.1/30'],
    ['gre0', `<gres><gre><greif>gre0</greif>${inner}</gre></gres>`, '10.88.0.1/30'],
    ['ipsec2', routed(''), '10.255.0.1/30'],
    ['ipsec2000', routed(''), '10.255.0.1/30'],
  ])('%s', (device, more, cidr) => {
    expect(addressOf(device, more)).toEqual({ kind: 'static', cidrs: [cidr] });
  });

  it('unless the file holds none, or it is switched off', () => {
    const off = '<disable/><tunnel_network>10.8.0.0/24</tunnel_network>';
    expect(addressOf('ovpns1', openVpn('openvpn-server', off))).toEqual({ kind: 'none' });
    expect(addressOf('ipsec2', routed('<disabled/>'))).toEqual({ kind: 'none' });
    expect(addressOf('gre1', '')).toEqual({ kind: 'none' });
  });

  it('that a server hands out, where it is a client', () => {
    const client = openVpn('openvpn-client', '<server_addr>198.51.100.9</server_addr>');
    expect(addressOf('ovpnc1', client)).toMatchObject({ kind: 'dynamic', method: 'OpenVPN' });
  });

  it('and the tab of its kind has it no second time', () => {
    const more = openVpn('openvpn-server', '<tunnel_network>10.8.0.0/24</tunnel_network>');
    const device = deviceOf(config({ interfaces: assigned('ovpns1'), more }));
    expect(device.interfaces.find(({ name }) => name === 'openvpn')?.ipv4).toEqual({ kind: 'none' });
  });
});

describe('what comes out of IPsec', () => {
  const ipsec = (head: string, phase1: string, phase2: string) =>
    `<ipsec>${head}<phase1><ikeid>1</ikeid><remote-gateway>198.51.100.9</remote-gateway>${phase1}</phase1>
    <phase2><ikeid>1</ikeid>${phase2}</phase2></ipsec>`;
  const ingress = (more: string) =>
    deviceOf(config({ interfaces: assigned('ipsec1'), more })).tunnels[0]?.ingress;
  const peer = '<remoteid><type>network</type><address>10.50.0.0</address><netbits>16</netbits></remoteid>';

  it('is from the networks of a tunnel, and from anywhere in the modes that name two ends', () => {
    expect(ingress(ipsec('', '', `<mode>tunnel</mode>${peer}`))?.sources?.toCidrs()).toEqual([
      '10.50.0.0/16',
    ]);
    for (const mode of ['vti', 'transport']) {
      expect(ingress(ipsec('', '', `<mode>${mode}</mode>${peer}`))?.sources).toBeNull();
    }
  });

  it('comes in by its own interface where these are filtered', () => {
    const vti = '<mode>vti</mode><localid><type>network</type><address>10.255.0.1</address></localid>';
    expect(ingress(ipsec('', '', vti))?.from).toEqual(['ipsec']);
    expect(ingress(ipsec('<filtermode>assigned</filtermode>', '', vti))?.from).toEqual(['TUN']);
  });

  it('is from every pool of mobile clients, or from what RADIUS says', () => {
    const pools = `<pool_address>10.66.0.0</pool_address><pool_netbits>24</pool_netbits>
      <pool_address_v6>2001:db8:66::</pool_address_v6><pool_netbits_v6>64</pool_netbits_v6>`;
    const user =
      '<mobilekey><pool_address>10.99.0.5</pool_address><pool_netbits>32</pool_netbits></mobilekey>';
    const mobile = (more: string) =>
      ingress(ipsec(`<client><enable/>${pools}${more}</client>${user}`, '<mobile/>', '<mode>tunnel</mode>'));
    expect(mobile('')?.sources?.toCidrs()).toEqual(['10.66.0.0/24', '10.99.0.5/32', '2001:db8:66::/64']);
    expect(mobile('<radius_ip_priority_enable>yes</radius_ip_priority_enable>')?.sources).toBeNull();
  });
});

describe('rules on the tab of WireGuard', () => {
  const more = (membership: string) =>
    `<installedpackages><wireguard><config><interface_group>${membership}</interface_group></config>
    <tunnels><item><name>tun_wg0</name><enabled>yes</enabled></item></tunnels></wireguard></installedpackages>`;
  const filter = rule({ interface: 'WireGuard', type: 'block' });

  it.each([
    ['all', 1],
    ['unassigned', 0],
    ['none', 0],
  ])('are those of an assigned tunnel where the group holds %s', (membership, count) => {
    const device = deviceOf(config({ interfaces: assigned('tun_wg0'), filter, more: more(membership) }));
    const own = policyOf(device, 'TUN').rules.filter(({ origin }) => origin === 'user');
    expect(own).toHaveLength(count);
  });
});

describe('a rule that passes on a tab or a group without an interface', () => {
  const codes = (key: string, more = '') =>
    parse(config({ filter: rule({ interface: key }), more })).diagnostics.map(({ code }) => code);
  const group = (name: string) =>
    `<ifgroups><ifgroupentry><members></members><ifname>${name}</ifname></ifgroupentry></ifgroups>`;

  it.each(['openvpn', 'enc0', 'l2tp', 'WireGuard', 'Tailscale'])('is left over on %s', (key) => {
    expect(codes(key, group(key))).toEqual([]);
  });

  it('may let somebody in where a package fills the group, or PPTP is served', () => {
    expect(codes('Mesh', group('Mesh'))).toEqual(['dangling-reference']);
    expect(codes('pptp', '<pptpd><mode>server</mode></pptpd>')).toEqual(['dangling-reference']);
    const tailscale = '<installedpackages><package><name>Tailscale</name></package></installedpackages>';
    expect(codes('Tailscale', tailscale)).toEqual(['dangling-reference']);
  });

  it('lets in whoever is in the network of Tailscale', () => {
    const section = '<tailscale><config><enable>on</enable></config></tailscale>';
    const device = deviceOf(config({ more: `<installedpackages>${section}</installedpackages>` }));
    expect(device.tunnels).toMatchObject([
      { name: 'tailscale', ingress: { from: ['tailscale'], sources: null } },
    ]);
  });

  it('lets in whoever is in a network of ZeroTier, behind the interface that is assigned to it', () => {
    const own = (device: string) =>
      `${WAN}${LAN}<opt1><enable/><if>${device}</if><descr>MESH</descr><ipaddr>10.147.17.1</ipaddr><subnet>24</subnet></opt1>`;
    const { tunnels, interfaces } = deviceOf(config({ interfaces: own('zt5u4abcde') }));
    expect(tunnels).toMatchObject([
      { name: 'zerotier zt5u4abcde', ingress: { from: ['MESH'], sources: null } },
    ]);
    expect(interfaces.find(({ name }) => name === 'MESH')?.role.value).toBe('tunnel');
    expect(deviceOf(config({ interfaces: own('em2') })).tunnels).toEqual([]);
  });
});
