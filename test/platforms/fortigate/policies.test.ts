import { describe, expect, it } from 'vitest';
import { addresses, deviceOf, HEADER, policyOf, rulesOf, services } from './support.js';

const OBJECTS = `config firewall address
    edit "all"
    next
    edit "lan"
        set subnet 10.0.0.0 255.255.255.0
    next
    edit "both"
        set subnet 10.1.0.0 255.255.255.0
    next
    edit "range"
        set type iprange
        set start-ip 10.2.0.10
        set end-ip 10.2.0.19
    next
    edit "name"
        set type fqdn
        set fqdn "www.example.net"
    next
    edit "land"
        set type geography
        set country "FR"
    next
    edit "holes"
        set type wildcard
        set wildcard 10.0.0.1 255.0.0.255
    next
    edit "plain wildcard"
        set type wildcard
        set wildcard 10.7.0.0 255.255.0.0
    next
    edit "net of p1"
        set type interface-subnet
        set interface "p1"
    next
end
config firewall address6
    edit "all"
    next
    edit "both"
        set ip6 2001:db8:1::/48
    next
    edit "six"
        set ip6 2001:db8:6::/48
    next
end
config firewall addrgrp
    edit "group"
        set member "lan" "range"
    next
    edit "nested"
        set member "group" "both"
    next
    edit "but"
        set member "nested"
        set exclude enable
        set exclude-member "lan"
    next
    edit "but a name"
        set member "nested"
        set exclude enable
        set exclude-member "name"
    next
    edit "cycle"
        set member "cycle 2" "lan"
    next
    edit "cycle 2"
        set member "cycle"
        set exclude enable
        set exclude-member "cycle"
    next
end
`;

function withPolicy(settings: string, more = '', table = 'firewall policy', header = HEADER) {
  const device = deviceOf(
    `${header}\nconfig system interface\nedit "p1"\nset ip 10.0.0.1/24\nnext\nedit "p2"\nnext\nedit "p3"\nnext\nend\nconfig system zone\nedit "z"\nset interface "p2" "p3"\nnext\nend\n${OBJECTS}${more}config ${table}\nedit 7\n${settings}\nnext\nend\n`,
  );
  const [rule] = rulesOf(device, table);
  if (rule === undefined) throw new Error('no rule');
  return {
    device,
    rule,
    source: addresses(device, rule.source),
    destination: addresses(device, rule.destination),
  };
}

const BASE = 'set srcintf "p1"\nset dstintf "z"\nset action accept\nset schedule "always"\nset service "ALL"';

describe('sides', () => {
  it.each([
    ['"lan"', ['10.0.0.0/24']],
    ['"group"', ['10.0.0.0/24', '10.2.0.10/31', '10.2.0.12/30', '10.2.0.16/30']],
    ['"but"', ['10.1.0.0/24', '10.2.0.10/31', '10.2.0.12/30', '10.2.0.16/30']],
    ['"plain wildcard"', ['10.7.0.0/16']],
    ['"cycle" "lan"', null],
    ['"name"', null],
    ['"land"', null],
    ['"holes"', null],
    ['"but a name"', null],
    ['"net of p1"', null],
  ])('%s', (names, expected) => {
    expect(withPolicy(`${BASE}\nset srcaddr ${names}\nset dstaddr "all"`).source?.toCidrs() ?? null).toEqual(
      expected,
    );
  });

  it('`all` is any, in the families of the policy', () => {
    const { rule } = withPolicy(`${BASE}\nset srcaddr "all"\nset dstaddr "all"`);
    expect(rule).toMatchObject({
      family: 'ipv4',
      source: { any: true },
      destination: { any: true },
      service: { any: true },
    });
  });

  it('`all` is what somebody made of it', () => {
    const text = OBJECTS.replace(
      '    edit "all"\n',
      '    edit "all"\n        set subnet 10.9.0.0 255.255.0.0\n',
    );
    const device = deviceOf(
      `${HEADER}\n${text}config firewall policy\nedit 1\n${BASE}\nset srcaddr "all"\nset dstaddr "all"\nnext\nend\n`,
    );
    const [rule] = rulesOf(device);
    expect(rule === undefined ? null : addresses(device, rule.source)?.toCidrs()).toEqual(['10.9.0.0/16']);
  });

  it('names of both families stand in one union, each meaning its own', () => {
    const { rule, source } = withPolicy(
      `${BASE}\nset srcaddr "both"\nset dstaddr "all"\nset srcaddr6 "both" "six"\nset dstaddr6 "all"`,
    );
    expect(rule.family).toBe('both');
    expect(source?.toCidrs()).toEqual(['10.1.0.0/24', '2001:db8:1::/48', '2001:db8:6::/48']);
  });

  it('a policy with addresses of IPv6 alone is for IPv6', () => {
    const { rule, source } = withPolicy(`${BASE}\nset srcaddr6 "six"\nset dstaddr6 "all"`);
    expect(rule.family).toBe('ipv6');
    expect(source?.toCidrs()).toEqual(['2001:db8:6::/48']);
  });

  it('negation is everything else of its family', () => {
    const only = withPolicy(`${BASE}\nset srcaddr "lan"\nset srcaddr-negate enable\nset dstaddr "all"`);
    expect(only.rule.source).toMatchObject({ objects: ['lan'], negated: true });
    const mixed = withPolicy(
      `${BASE}\nset srcaddr "lan"\nset srcaddr-negate enable\nset dstaddr "all"\nset srcaddr6 "six"\nset dstaddr6 "all"`,
    );
    expect(mixed.source?.ipv6().toCidrs()).toEqual(['2001:db8:6::/48']);
    expect(mixed.source?.ipv4().size().ipv4).toBe(2 ** 32 - 256);
  });

  it('before 7.2 negation was for both families', () => {
    const older = HEADER.replace('7.4.5', '6.4.9');
    const { source } = withPolicy(
      `${BASE}\nset srcaddr "lan"\nset srcaddr-negate enable\nset dstaddr "all"\nset srcaddr6 "six"\nset dstaddr6 "all"`,
      '',
      'firewall policy',
      older,
    );
    expect(source?.complement().toCidrs()).toEqual(['10.0.0.0/24', '2001:db8:6::/48']);
  });

  it('what cannot be known and is negated is taken at its widest', () => {
    const { source, rule } = withPolicy(
      `${BASE}\nset srcaddr "name"\nset srcaddr-negate enable\nset dstaddr "all"\nset srcaddr6 "six"\nset dstaddr6 "all"`,
    );
    expect(source?.ipv4().size().ipv4).toBe(2 ** 32);
    expect(rule.approximate).toHaveLength(1);
  });
});

describe('services', () => {
  it.each([
    ['set tcp-portrange 80 8080-8090', ['tcp/80', 'tcp/8080-8090']],
    ['set tcp-portrange 23:1024-65535', ['tcp/23 from 1024-65535']],
    ['set udp-portrange 53\nset sctp-portrange 5', ['udp/53', 'sctp/5']],
    ['set protocol ICMP\nset icmptype 8', ['icmp/8']],
    ['set protocol ICMP6', ['icmpv6']],
    ['set protocol IP\nset protocol-number 89', ['ospf']],
    ['set protocol IP', ['any']],
  ])('%j', (settings, expected) => {
    const more = `config firewall service custom\nedit "s"\n${settings}\nnext\nend\n`;
    const { device, rule } = withPolicy(
      `${BASE.replace('"ALL"', '"s"')}\nset srcaddr "all"\nset dstaddr "all"`,
      more,
    );
    expect(services(device, rule.service)?.toTexts()).toEqual(expected);
  });

  it('predefined ones need not stand in the file; groups and negation', () => {
    const more = 'config firewall service group\nedit "g"\nset member "HTTPS" "RDP"\nnext\nend\n';
    const { device, rule } = withPolicy(
      `${BASE.replace('"ALL"', '"g" "SSH"')}\nset service-negate enable\nset srcaddr "all"\nset dstaddr "all"`,
      more,
    );
    expect(services(device, rule.service)?.complement().toTexts()).toEqual(['tcp/22', 'tcp/443', 'tcp/3389']);
    expect(device.serviceObjects.find(({ name }) => name === 'SSH')).toMatchObject({ origin: 'implied' });
  });

  it.each([
    'set iprange 10.0.0.1-10.0.0.2',
    'set fqdn "x.example.net"',
    'set protocol ICMP\nset icmptype 3\nset icmpcode 1',
  ])('%j makes a rule narrower than it looks, and the rule says so', (settings) => {
    const more = `config firewall service custom\nedit "s"\nset tcp-portrange 80\n${settings}\nnext\nend\n`;
    const { rule } = withPolicy(
      `${BASE.replace('"ALL"', '"s"')}\nset srcaddr "all"\nset dstaddr "all"`,
      more,
    );
    expect(rule.approximate).toHaveLength(1);
  });
});

describe('policies', () => {
  const ANY = 'set srcaddr "all"\nset dstaddr "all"';

  it('open zones into their members; `any` is every interface', () => {
    expect(withPolicy(`${BASE}\n${ANY}`).rule).toMatchObject({
      inInterfaces: ['p1'],
      outInterfaces: ['p2', 'p3'],
    });
    expect(withPolicy(`${BASE.replace('"z"', '"any"')}\n${ANY}`).rule.outInterfaces).toBeNull();
  });

  it.each([
    ['', 'deny'],
    ['set action deny', 'deny'],
    ['set action accept', 'permit'],
    ['set action ipsec', 'permit'],
    ['set action ssl-vpn', 'permit'],
  ])('%j is %s', (action, kind) => {
    const settings = BASE.replace('set action accept', action);
    expect(withPolicy(`${settings}\n${ANY}`).rule.action.kind).toBe(kind);
  });

  it.each([
    ['set schedule "office hours"', 'schedule'],
    ['set groups "staff"', 'users'],
    ['set users "a" "b"', 'users'],
    ['set internet-service enable\nset internet-service-name "Google-DNS"', 'other'],
    ['set internet-service-src enable\nset internet-service-src-group "x"', 'other'],
    ['set src-vendor-mac 5', 'other'],
    ['set vlan-filter "10"', 'other'],
    ['set policy-expiry enable', 'schedule'],
  ])('%j is a condition', (settings, kind) => {
    expect(withPolicy(`${BASE}\n${ANY}\n${settings}`).rule.conditions.map((each) => each.kind)).toContain(
      kind,
    );
  });

  it('always is no condition, nor is what is switched off', () => {
    expect(
      withPolicy(
        `${BASE}\n${ANY}\nset internet-service disable\nset policy-expiry disable\nset tos-mask 0x00`,
      ).rule.conditions,
    ).toEqual([]);
  });

  it('an internet service stands in place of destination and service', () => {
    const { rule } = withPolicy(
      `${BASE.replace('"ALL"', '"SSH"')}\nset srcaddr "lan"\nset internet-service enable`,
    );
    expect(rule).toMatchObject({
      destination: { any: true },
      service: { any: true },
      source: { objects: ['lan'] },
    });
  });

  it('are named, numbered, commented, logged and switched off', () => {
    const { rule } = withPolicy(
      `${BASE}\n${ANY}\nset name "x y"\nset comments "c"\nset logtraffic all\nset status disable`,
    );
    expect(rule).toMatchObject({
      name: 'policy 7 "x y"',
      number: 7,
      comment: 'c',
      logged: true,
      enabled: false,
    });
  });

  it.each(['firewall policy6', 'firewall consolidated policy'])('%s too', (table) => {
    const settings =
      table === 'firewall policy6'
        ? 'set srcaddr "six"\nset dstaddr "all"'
        : 'set srcaddr6 "six"\nset dstaddr6 "all"';
    const { rule, source } = withPolicy(`${BASE}\n${settings}`, '', table, HEADER.replace('7.4', '6.2'));
    expect([rule.family, source?.ipv6().toCidrs()]).toEqual(['ipv6', ['2001:db8:6::/48']]);
  });

  it('before security policies, a policy without an action sends packets to them', () => {
    const mode = 'config system settings\nset ngfw-mode policy-based\nend\n';
    const plain = BASE.replace('set action accept\n', '');
    const first = (header: string) => withPolicy(`${plain}\n${ANY}`, mode, 'firewall policy', header);
    expect(first(HEADER).rule.action.kind).toBe('permit');
    expect(policyOf(first(HEADER).device, 'firewall policy').preliminary).toBe(true);
    expect(policyOf(first(HEADER).device, 'firewall security-policy').rules).toEqual([]);
    const older = first(HEADER.replace('7.4.5', '6.0.9'));
    expect(older.rule.action.kind).toBe('deny');
    expect(policyOf(older.device, 'firewall policy').preliminary).toBeUndefined();
  });

  it('for IPsec leads into the tunnel, and what comes out of it the other way only where it says so', () => {
    const into = `${ANY}\nset srcintf "p1"\nset dstintf "p2"\nset action ipsec\nset vpntunnel "t"`;
    const found = (more: string) =>
      rulesOf(withPolicy(`${into}\n${more}`).device).map((rule) => [
        rule.inInterfaces,
        rule.outInterfaces,
        rule.conditions.length,
      ]);
    expect(found('')).toEqual([[['p1'], ['p2'], 1]]);
    expect(found('set inbound enable')).toEqual([
      [['p1'], ['p2'], 1],
      [['t'], ['p1'], 0],
    ]);
  });

  it('a policy-based domain asks its security policies as well', () => {
    const more =
      'config system settings\nset ngfw-mode policy-based\nend\nconfig firewall policy\nedit 1\nset srcintf "any"\nset dstintf "any"\nset srcaddr "all"\nset dstaddr "all"\nset service "ALL"\nset action accept\nnext\nend\n';
    const { device } = withPolicy(`${BASE}\n${ANY}\nset application 15832`, more, 'firewall security-policy');
    expect(policyOf(device, 'firewall security-policy')).toMatchObject({
      stage: 2,
      default: { action: 'deny' },
    });
  });
});

describe('packets for the appliance itself', () => {
  it('need a forward policy from another interface, and none from their own', () => {
    const { device } = withPolicy(`${BASE}\nset srcaddr "all"\nset dstaddr "all"`);
    const own = policyOf(device, 'own addresses');
    expect(
      own.rules.map(({ inInterfaces, outInterfaces, origin }) => [inInterfaces, outInterfaces, origin]),
    ).toEqual([
      [['p1'], ['p1'], 'implied'],
      [['p2'], ['p2'], 'implied'],
      [['p3'], ['p3'], 'implied'],
    ]);
    expect(own.applies?.covers).toBe('self');
    expect(policyOf(device, 'firewall policy')).toMatchObject({
      stage: own.stage,
      applies: { covers: 'both' },
      default: { action: 'deny' },
    });
  });

  it('meet local-in policies, which deny unless they say otherwise', () => {
    const more =
      'config firewall local-in-policy\nedit 3\nset intf "z"\nset srcaddr "lan"\nset srcaddr-negate enable\nset dstaddr "all"\nset service "HTTPS"\nset schedule "always"\nnext\nedit 4\nset intf "any"\nset srcaddr "all"\nset dstaddr "all"\nset service "ALL"\nset action accept\nset status disable\nnext\nend\n';
    const { device } = withPolicy(`${BASE}\nset srcaddr "all"\nset dstaddr "all"`, more);
    const policy = policyOf(device, 'firewall local-in-policy');
    expect(policy).toMatchObject({ stage: 1, default: { action: 'permit' }, applies: { covers: 'self' } });
    expect(policy.rules).toMatchObject([
      {
        number: 3,
        action: { kind: 'deny' },
        inInterfaces: ['p2', 'p3'],
        source: { negated: true },
        family: 'ipv4',
      },
      { number: 4, action: { kind: 'permit' }, inInterfaces: null, enabled: false },
    ]);
  });

  it('zones may let their members reach each other', () => {
    const text = `${HEADER}\nconfig system zone\nedit "z"\nset intrazone allow\nset interface "a" "b"\nnext\nend\nconfig firewall policy\nedit 1\nnext\nend\n`;
    expect(policyOf(deviceOf(text), 'firewall policy').rules[0]).toMatchObject({
      origin: 'implied',
      inInterfaces: ['a', 'b'],
      outInterfaces: ['a', 'b'],
    });
  });
});
