import { describe, expect, it } from 'vitest';
import { deviceOf, HEADER, rulesOf } from './support.js';

/** Name, interface of the packets that come out, and marks of each tunnel; and the roles of the interfaces. */
function tunnels(interfaces: string, more: string) {
  const device = deviceOf(`${HEADER}\nconfig system interface\n${interfaces}\nend\n${more}`);
  return {
    found: device.tunnels.map(({ name, ingress, marks }) => [name, ingress?.interface ?? null, marks ?? []]),
    roles: device.interfaces.map(({ role }) => role.value),
  };
}

const TUNNEL = (name: string) => `edit "${name}"\nset type tunnel\nnext`;

describe('what comes out of a tunnel', () => {
  it('comes in by the aggregate of which it is a member', () => {
    const phase1 =
      'config vpn ipsec phase1-interface\nedit "a"\nset interface "w"\nset remote-gw 203.0.113.9\nnext\nedit "b"\nset interface "w"\nset remote-gw 203.0.113.10\nnext\nend\n';
    const aggregate = 'config system ipsec-aggregate\nedit "both"\nset member "a"\nnext\nend\n';
    const { found, roles } = tunnels(`${TUNNEL('both')}\n${TUNNEL('b')}`, phase1 + aggregate);
    expect(found.map(([name, by]) => [name, by])).toEqual([
      ['a', 'both'],
      ['b', 'b'],
    ]);
    expect(roles).toEqual(['tunnel', 'tunnel']);
  });

  it('comes in by the software switch of which it is a port, unless policies part the ports', () => {
    const vxlan = 'config system vxlan\nedit "x"\nset remote-ip "203.0.113.9"\nnext\nend\n';
    const bridge = (more: string) =>
      `config system switch-interface\nedit "s"\nset member "port3" "x"\n${more}next\nend\n`;
    const interfaces = 'edit "x"\nset type vxlan\nnext\nedit "s"\nset type switch\nnext';
    const end = (more: string) => tunnels(interfaces, vxlan + bridge(more)).found[0]?.[1];
    expect(end('')).toBe('s');
    expect(end('set intra-switch-policy implicit\n')).toBe('s');
    expect(end('set intra-switch-policy explicit\n')).toBe('x');
  });

  it('of keys that somebody typed comes in by its name', () => {
    const keys = 'config vpn ipsec manualkey-interface\nedit "m"\nset remote-gw 203.0.113.9\nnext\nend\n';
    expect(tunnels(TUNNEL('m'), keys)).toEqual({ found: [['m', 'm', []]], roles: ['tunnel'] });
  });

  it('of SSL VPN by policies comes in by its interface, for what the rules of its users say', () => {
    const policy = (settings: string) =>
      `${settings}config firewall policy\nedit 1\nset srcintf "wan1"\nset dstintf "lan"\nset srcaddr "a"\nset dstaddr "all"\nset action ssl-vpn\nset identity-based enable\nconfig identity-based-policy\nedit 1\nset groups "g"\nset service "RDP"\nnext\nedit 2\nset service "SSH"\nnext\nend\nnext\nend\n`;
    expect(tunnels(TUNNEL('ssl.root'), policy('')).found).toEqual([['SSL VPN', 'ssl.root', []]]);
    const off = 'config vpn ssl settings\nset sslvpn-enable disable\nend\n';
    expect(tunnels(TUNNEL('ssl.root'), policy(off)).found).toEqual([]);
    const [rule] = rulesOf(deviceOf(`${HEADER}\n${policy('')}`));
    expect(rule).toMatchObject({ inInterfaces: ['ssl.root'], source: { any: true } });
    expect(rule?.service.objects).toEqual(['RDP', 'SSH']);
    expect(rule?.conditions.map(({ kind }) => kind)).toEqual(['users', 'users']);
  });

  it('of the server that the appliance dials into comes in by the interface of the client', () => {
    const client = (more: string) =>
      `config vpn ssl client\nedit "c"\nset interface "s"\nset server "203.0.113.9"\n${more}next\nend\n`;
    const end = 'edit "s"\nset type ssl\nnext';
    expect(tunnels(end, client(''))).toEqual({ found: [['c', 's', []]], roles: ['tunnel'] });
    expect(tunnels(end, '')).toEqual({ found: [], roles: ['unknown'] });
    const device = deviceOf(
      `${HEADER}\nconfig system interface\n${end}\nend\n${client('set status disable\n')}`,
    );
    expect(device.tunnels).toMatchObject([{ enabled: false, peers: ['203.0.113.9'] }]);
    expect(device.interfaces[0]?.ipv4).toMatchObject({ kind: 'dynamic', method: 'SSL VPN' });
  });

  it('of L2TP comes in by its interface', () => {
    const settings = 'config vpn l2tp\nset status enable\nend\n';
    expect(tunnels(TUNNEL('l2t.root'), settings)).toEqual({
      found: [['L2TP', 'l2t.root', []]],
      roles: ['tunnel'],
    });
  });

  it('is the Internet where a 6in4 tunnel leads everywhere', () => {
    const sit =
      'config system sit-tunnel\nedit "six"\nset destination 203.0.113.9\nset ip6 2001:db8::2/64\nnext\nend\n';
    const route = 'config router static6\nedit 1\nset device "six"\nnext\nend\n';
    expect(tunnels(TUNNEL('six'), sit)).toEqual({
      found: [['six', 'six', ['clear-text']]],
      roles: ['tunnel'],
    });
    expect(tunnels(TUNNEL('six'), sit + route)).toEqual({
      found: [['six', null, ['clear-text']]],
      roles: ['untrusted'],
    });
  });

  it('of a kind that is not read is told by its interface', () => {
    expect(tunnels(TUNNEL('vne.root'), '').roles).toEqual(['unknown']);
  });
});
