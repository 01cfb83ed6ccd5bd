import { describe, expect, it } from 'vitest';
import type { Listener } from '../../../src/model/policy.js';
import { deviceOf, HEADER, listenersOf, parse } from './support.js';

interface Parts {
  readonly access?: string;
  readonly global?: string;
  readonly admin?: string;
  readonly iface?: string;
  readonly more?: string;
  readonly header?: string;
}

function device({
  access = 'https',
  global = '',
  admin = '',
  iface = '',
  more = '',
  header = HEADER,
}: Parts) {
  return deviceOf(
    `${header}\nconfig system global\n${global}\nend\nconfig system interface\nedit "wan1"\nset ip 192.0.2.1/24\nset allowaccess ${access}\n${iface}\nnext\nend\nconfig system admin\nedit "admin"\n${admin}\nnext\nend\n${more}`,
  );
}

function shown(listener: Listener | undefined) {
  return [
    listener?.services.toTexts().join(),
    listener?.sources === null ? 'anyone' : listener?.sources?.literal?.toCidrs().join(),
  ];
}

describe('allowaccess', () => {
  it.each([
    ['https', '', 'https-management', 'tcp/443'],
    ['https', 'set admin-sport 8443', 'https-management', 'tcp/8443'],
    ['http', '', 'http-redirect', 'tcp/80'],
    ['http', 'set admin-https-redirect disable\nset admin-port 8080', 'http-management', 'tcp/8080'],
    ['ssh', 'set admin-ssh-port 2222', 'ssh-management', 'tcp/2222'],
    ['telnet', '', 'telnet-management', 'tcp/23'],
    ['fgfm', '', 'fgfm', 'tcp/541'],
    ['ping', '', 'ping', 'icmp/8'],
    ['fabric', '', 'security-fabric', 'tcp/8013,udp/5246-5247,udp/8014'],
    ['ftm', '', 'fortitoken-mobile', 'tcp/4433'],
    ['probe-response', '', 'probe-response', 'tcp/8008'],
    ['radius-acct', '', 'radius-accounting', 'udp/1813'],
  ])('%s with %j is %s at %s', (access, global, service, text) => {
    const [listener, ...more] = listenersOf(device({ access, global }), service);
    expect(more).toEqual([]);
    expect(shown(listener)).toEqual([text, 'anyone']);
    expect(listener).toMatchObject({
      interfaces: ['wan1'],
      location: { line: 7 + global.split('\n').length },
    });
  });

  it('nothing ticked, nothing offered', () => {
    const text = `${HEADER}\nconfig system interface\nedit "wan1"\nset ip 192.0.2.1/24\nnext\nend\n`;
    expect(deviceOf(text).listeners).toEqual([]);
  });

  it('telnet is off where it is off for the whole appliance', () => {
    expect(device({ access: 'telnet', global: 'set admin-telnet disable' }).listeners).toEqual([]);
  });

  it('a word that nobody knows makes the scan incomplete', () => {
    const { diagnostics } = parse(
      `${HEADER}\nconfig system interface\nedit "wan1"\nset allowaccess https zzz\nnext\nend\n`,
    );
    expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'unclassified', incomplete: true }));
  });

  it('is for the primary address where secondary ones have their own', () => {
    const iface =
      'set secondary-IP enable\nconfig secondaryip\nedit 1\nset ip 192.0.2.9/24\nset allowaccess ssh\nnext\nend';
    const found = device({ iface }).listeners;
    expect(found.map(({ service, addresses }) => [service, addresses?.toCidrs()])).toEqual([
      ['https-management', ['192.0.2.1/32']],
      ['ssh-management', ['192.0.2.9/32']],
    ]);
  });
});

describe('trusted hosts', () => {
  const reach = (
    admin: string,
    iface = 'config ipv6\nset ip6-address 2001:db8::1/64\nset ip6-allowaccess https\nend',
  ) => listenersOf(device({ admin, iface }), 'https-management').map((listener) => shown(listener)[1]);

  it.each([
    ['', ['0.0.0.0/0', '::/0']],
    ['set trusthost1 203.0.113.7 255.255.255.255', ['203.0.113.7/32', '::/0']],
    [
      'set trusthost1 203.0.113.7/32\nset ip6-trusthost1 2001:db8:1::/48',
      ['203.0.113.7/32', '2001:db8:1::/48'],
    ],
    ['set ip6-trusthost1 2001:db8:1::/48', ['0.0.0.0/0', '2001:db8:1::/48']],
    [
      'set trusthost1 203.0.113.7 255.255.255.255\nset trusthost2 0.0.0.0 0.0.0.0\nset ip6-trusthost1 ::/0',
      ['203.0.113.7/32', '::/0'],
    ],
    [
      'set trusthost1 203.0.113.7 255.255.255.255\nset trusthost10 10.0.0.0 255.0.0.0',
      ['10.0.0.0/8,203.0.113.7/32', '::/0'],
    ],
    ['set trusthost1 0.0.0.0 0.0.0.0\nset trusthost2 203.0.113.7 255.255.255.255', ['0.0.0.0/0', '::/0']],
    ['set trusthost2 203.0.113.7 255.255.255.255', ['0.0.0.0/0', '::/0']],
    ['set trusthost1 what ever', ['0.0.0.0/0', '::/0']],
    [
      'set trusthost1 10.0.0.0/8\nset trusthost2 0.0.0.0 192.0.0.0\nset ip6-trusthost1 ::/1',
      ['0.0.0.0/2', '::/1'],
    ],
  ])('%j', (admin, expected) => {
    expect(reach(admin)).toEqual(expected);
  });

  it('one administrator without any opens it to everybody', () => {
    const admin =
      'set trusthost1 203.0.113.7 255.255.255.255\nnext\nedit "second"\nset accprofile "prof_admin"';
    expect(reach(admin)).toEqual(['0.0.0.0/0', '::/0']);
  });

  it('are the union over administrators', () => {
    const admin =
      'set trusthost1 203.0.113.7/32\nset ip6-trusthost1 2001:db8:1::/48\nnext\nedit "second"\nset trusthost1 203.0.113.9/32\nset ip6-trusthost1 2001:db8:2::/48';
    expect(reach(admin)).toEqual(['203.0.113.7/32,203.0.113.9/32', '2001:db8:1::/48,2001:db8:2::/48']);
  });

  it('are not known in a file without administrators', () => {
    const text =
      'config system interface\nedit "wan1"\nset ip 192.0.2.1/24\nset allowaccess https\nnext\nend\n';
    const [listener] = deviceOf(text).listeners;
    expect(listener?.sources).toBeNull();
    expect(listener?.approximate).toHaveLength(1);
  });

  it('do not restrict the channel of FortiManager', () => {
    const found = device({ access: 'fgfm', admin: 'set trusthost1 203.0.113.7/32' });
    expect(listenersOf(found, 'fgfm')[0]?.sources).toBeNull();
  });

  it('an interface for management has some of its own', () => {
    const iface = 'set dedicated-to management\nset trust-ip-1 10.0.0.0 255.255.255.0';
    expect(shown(listenersOf(device({ iface }), 'https-management')[0])[1]).toBe('10.0.0.0/24');
  });

  it('of REST API users are apart from those of administrators, who may come from theirs too', () => {
    const more =
      'config system api-user\nedit "job"\nconfig trusthost\nedit 1\nset ipv4-trusthost 203.0.113.20 255.255.255.255\nnext\nend\nnext\nend\n';
    const found = device({ admin: 'set trusthost1 10.0.0.0 255.0.0.0', more });
    expect(shown(listenersOf(found, 'api')[0])).toEqual(['tcp/443', '203.0.113.20/32']);
    expect(shown(listenersOf(found, 'https-management')[0])[1]).toBe('10.0.0.0/8,203.0.113.20/32');
  });
});

describe('SNMP', () => {
  const agent = (more: string, header = HEADER) =>
    listenersOf(device({ access: 'snmp', more, header }), 'snmp');
  const ON = 'config system snmp sysinfo\nset status enable\nend\n';
  const community = (...lines: readonly string[]) =>
    `config system snmp community\nedit 1\nset name "c"\n${lines.join('\n')}\nnext\nend\n`;

  it('is off by default', () => {
    expect(agent('')).toEqual([]);
    expect(agent(`config system snmp sysinfo\nend\n${community()}`)).toEqual([]);
    expect(agent(community())).toHaveLength(1);
    expect(agent(`config system snmp sysinfo\nset status disable\nend\n${community()}`)).toEqual([]);
  });

  it('answers the hosts of its communities', () => {
    const hosts = [
      'config hosts',
      'edit 1',
      'set ip 203.0.113.9 255.255.255.255',
      'next',
      'edit 2',
      'set ip 10.0.0.9/32',
      'set host-type trap',
      'next',
      'end',
    ];
    expect(shown(agent(ON + community(...hosts))[0])[1]).toBe('203.0.113.9/32');
    expect(
      agent(ON + community(...hosts, 'set query-v1-status disable', 'set query-v2c-status disable')),
    ).toEqual([]);
  });

  it('answers everybody for a community without hosts, and for users of version 3', () => {
    expect(shown(agent(ON + community())[0])[1]).toBe('anyone');
    expect(
      shown(agent(`${ON}config system snmp user\nedit "u"\nset security-level auth-priv\nnext\nend\n`)[0])[1],
    ).toBe('anyone');
  });

  it('may be on in a fragment that does not say', () => {
    const [listener] = agent('', 'config system ntp\nend');
    expect(listener?.approximate).toEqual(['the file does not say whether the SNMP agent is on']);
  });
});

describe('VPN', () => {
  it('SSL VPN answers where its settings say', () => {
    const more =
      'config vpn ssl settings\nset port 10443\nset source-interface "wan1"\nset source-address "all"\nend\n';
    expect(listenersOf(device({ more }), 'ssl-vpn')).toMatchObject([{ interfaces: ['wan1'], sources: null }]);
    expect(shown(listenersOf(device({ more }), 'ssl-vpn')[0])[0]).toBe('tcp/10443');
    expect(
      listenersOf(device({ more: more.replace('set port', 'set status disable\nset port') }), 'ssl-vpn'),
    ).toEqual([]);
    expect(
      listenersOf(device({ more: 'config vpn ssl settings\nset port 10443\nend\n' }), 'ssl-vpn'),
    ).toEqual([]);
  });

  it('SSL VPN is narrowed by source addresses, in their family', () => {
    const more =
      'config firewall address\nedit "office"\nset subnet 203.0.113.0/24\nnext\nend\nconfig vpn ssl settings\nset source-interface "wan1"\nset source-address "office"\nend\n';
    const [listener] = listenersOf(device({ more }), 'ssl-vpn');
    expect(listener?.sources?.objects).toEqual(['office']);
    expect(listener?.sources?.literal?.toCidrs()).toEqual(['::/0']);
  });

  it('IKE answers on every interface that a tunnel begins at', () => {
    const more =
      'config vpn ipsec phase1-interface\nedit "a"\nset interface "wan1"\nset remote-gw 203.0.113.1\nnext\nedit "b"\nset type dynamic\nset interface "wan1"\nnext\nend\n';
    const found = device({ more });
    expect(listenersOf(found, 'ike')).toHaveLength(1);
    expect(found.tunnels.map(({ name, kind, peers }) => [name, kind, peers])).toEqual([
      ['a', 'site-to-site', ['203.0.113.1']],
      ['b', 'remote-access', []],
    ]);
  });
});

describe('local-in policies that accept what is not ticked', () => {
  const policy = (service: string, extra = '') =>
    `config firewall address\nedit "office"\nset subnet 203.0.113.0/24\nnext\nend\nconfig firewall local-in-policy\nedit 1\nset intf "wan1"\nset srcaddr "office"\nset dstaddr "all"\nset service "${service}"\nset schedule "always"\nset action accept\n${extra}\nnext\nend\n`;

  it('may open it, and say so', () => {
    const found = listenersOf(device({ access: 'ping', more: policy('SSH') }), 'ssh-management');
    expect(found).toMatchObject([{ interfaces: ['wan1'], sources: { objects: ['office'] } }]);
    expect(found[0]?.approximate[0]).toMatch(/does not tick it/);
  });

  it.each([
    ['https', policy('HTTPS')],
    ['ping', policy('ALL')],
    ['ping', policy('HTTPS', 'set status disable')],
    ['ping', policy('HTTPS', 'set action deny')],
  ])('do not with %s ticked and %j', (access, more) => {
    const found = device({ access, more }).listeners.filter(({ approximate }) => approximate.length > 0);
    expect(found).toEqual([]);
  });
});
