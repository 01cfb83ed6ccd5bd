import { describe, expect, it } from 'vitest';
import { addresses, deviceOf, HEADER, policyOf, rulesOf } from './support.js';

interface Parts {
  readonly vip?: string;
  readonly policy?: string;
  readonly more?: string;
  readonly header?: string;
}

const VIP = 'set extip 203.0.113.10\nset mappedip "10.0.0.10"\nset extintf "wan1"';
const NAMED =
  'set srcintf "wan1"\nset dstintf "lan"\nset srcaddr "all"\nset dstaddr "v"\nset service "ALL"\nset action accept';

/** Before `match-vip` was on by default. */
const OLDER = HEADER.replace('7.4.5', '7.0.9');

function device({ vip = VIP, policy = NAMED, more = '', header = HEADER }: Parts) {
  return deviceOf(
    `${header}\nconfig system interface\nedit "wan1"\nset ip 203.0.113.2/24\nnext\nedit "lan"\nnext\nend\n${more}config firewall vip\nedit "v"\n${vip}\nnext\nend\nconfig firewall policy\nedit 1\n${policy}\nnext\nend\n`,
  );
}

describe('virtual IPs', () => {
  it('translate a whole address', () => {
    const found = device({});
    expect(found.natRules).toMatchObject([
      {
        enabled: true,
        family: 'ipv4',
        inInterfaces: ['wan1'],
        service: { any: true },
        translatedService: null,
      },
    ]);
    const [rule] = found.natRules;
    expect(rule?.translatedDestination?.literal?.toCidrs()).toEqual(['10.0.0.10/32']);
    expect(rule === undefined ? null : addresses(found, rule.destination)?.toCidrs()).toEqual([
      '203.0.113.10/32',
    ]);
  });

  it('translate one port into another', () => {
    const [rule] = device({
      vip: `${VIP}\nset portforward enable\nset protocol udp\nset extport 5000-5001\nset mappedport 53-54`,
    }).natRules;
    expect(rule?.service.literal?.toTexts()).toEqual(['udp/5000-5001']);
    expect(rule?.translatedService?.literal?.toTexts()).toEqual(['udp/53-54']);
  });

  it('come in the order of the file, those for single ports among those for a whole address', () => {
    const vip = `${VIP}\nnext\nedit "w"\n${VIP}\nset portforward enable\nset extport 22\nset mappedport 22`;
    expect(device({ vip }).natRules.map(({ name }) => name)).toEqual(['virtual IP "v"', 'virtual IP "w"']);
  });

  it('take a filter on sources and on interfaces', () => {
    const [rule] = device({
      vip: `${VIP}\nset src-filter "198.51.100.0/24" "192.0.2.1-192.0.2.3"\nset srcintf-filter "lan"`,
    }).natRules;
    expect(rule?.source.literal?.toCidrs()).toEqual(['192.0.2.1/32', '192.0.2.2/31', '198.51.100.0/24']);
    expect(rule?.inInterfaces).toEqual(['lan']);
  });

  it('balance over the servers that are on', () => {
    const servers =
      'config realservers\nedit 1\nset ip 10.0.0.1\nset port 8080\nnext\nedit 2\nset ip 10.0.0.2\nset port 8080\nset status disable\nnext\nend';
    const [rule] = device({
      vip: `set type server-load-balance\nset server-type tcp\nset extip 203.0.113.10\nset extintf "any"\nset extport 80\n${servers}`,
    }).natRules;
    expect(rule?.translatedDestination?.literal?.toCidrs()).toEqual(['10.0.0.1/32']);
    expect(rule?.inInterfaces).toBeNull();
    expect(rule?.translatedService?.literal?.toTexts()).toEqual(['tcp/8080']);
  });

  it.each([
    [
      'set extip 0.0.0.0\nset mappedip "10.0.0.10"\nset extintf "wan1"',
      { kind: 'interface', interface: 'wan1', part: 'address' },
    ],
    [
      'set extip 203.0.113.10-203.0.113.11\nset mappedip "10.0.0.10-10.0.0.11"\nset extintf "any"',
      { kind: 'addresses' },
    ],
    ['set type fqdn\nset mapped-addr "x"', { kind: 'unknown' }],
  ])('%j is %j to policies', (vip, content) => {
    expect(device({ vip }).addressObjects.find(({ name }) => name === 'v')?.content).toMatchObject(content);
  });

  it.each([
    ['set status disable', NAMED, '', false],
    ['', NAMED.replace('"v"', '"all"'), '', false],
    ['', `${NAMED}\nset status disable`, '', false],
    ['', NAMED.replace('"v"', '"g"'), 'config firewall vipgrp\nedit "g"\nset member "v"\nnext\nend\n', true],
    ['', NAMED.replace('"v"', '"all"'), 'config system settings\nset central-nat enable\nend\n', true],
  ])('with %j, policy %j and %j: %s', (extra, policy, more, enabled) => {
    expect(device({ vip: `${VIP}\n${extra}`, policy, more }).natRules[0]?.enabled).toBe(enabled);
  });

  it('are named by policies, which see the port that they lead to', () => {
    expect(policyOf(device({}), 'firewall policy').sees).toEqual({ address: 'original', port: 'translated' });
    const central = device({ more: 'config system settings\nset central-nat enable\nend\n' });
    expect(policyOf(central, 'firewall policy').sees).toEqual({ address: 'translated', port: 'translated' });
  });

  it('that cannot be read lead anywhere, and make the scan incomplete', () => {
    const [rule] = device({
      vip: 'set extip 203.0.113.10\nset mappedip "what"\nset extintf "wan1"',
    }).natRules;
    expect(rule?.translatedDestination).toMatchObject({ any: true });
  });
});

describe('virtual IPs of other shapes', () => {
  const server = (number: number, ...settings: readonly string[]) =>
    `edit ${number}\nset ip 10.0.0.${number}\n${settings.join('\n')}\nnext`;
  const balanced = (...servers: readonly string[]) =>
    device({
      vip: `set type server-load-balance\nset server-type tcp\nset extip 203.0.113.10\nset extintf "wan1"\nset extport 8443\nconfig realservers\n${servers.join('\n')}\nend`,
    }).natRules[0]?.translatedService?.literal?.toTexts();

  it('a server without a port is asked at the outside one, and one that is off is not', () => {
    expect(balanced(server(1, 'set port 22'), server(2))).toEqual(['tcp/22', 'tcp/8443']);
    expect(balanced(server(1, 'set port 22'), server(2, 'set status disable'))).toEqual(['tcp/22']);
  });

  it('services stand for the outside port', () => {
    const vip = `${VIP}\nset portforward enable\nset service "SSH"\nset mappedport 2222`;
    const [rule] = device({ vip }).natRules;
    expect(rule?.service.objects).toEqual(['SSH']);
    expect(rule?.translatedService?.literal?.toTexts()).toEqual(['tcp/2222']);
  });

  it('at the address of a zone is at that of its only member, or of one that nobody knows', () => {
    const outside = (members: string) =>
      device({
        vip: VIP.replace('203.0.113.10', '0.0.0.0').replace('"wan1"', '"z"'),
        more: `config system zone\nedit "z"\nset interface ${members}\nnext\nend\n`,
      }).addressObjects.find(({ name }) => name === 'v')?.content;
    expect(outside('"wan1"')).toEqual({ kind: 'interface', interface: 'wan1', part: 'address' });
    expect(outside('"wan1" "lan"')).toMatchObject({ kind: 'unknown' });
  });

  it('an empty name is none', () => {
    const [rule] = device({ vip: `${VIP}\nset mapped-addr ''` }).natRules;
    expect(rule?.translatedDestination?.objects).toEqual([]);
  });
});

describe('policies that name virtual IPs', () => {
  const rule = (vip: string, policy = NAMED, more = '') => rulesOf(device({ vip, policy, more }))[0];
  const named = 'set extaddr "h"\nset mappedip "10.0.0.10"\nset extintf "wan1"';

  it('are for what these translate alone where the outside address is not in the file', () => {
    expect(rule(VIP)?.beforeNat).toBeUndefined();
    expect(rule(named)?.beforeNat).toEqual({ translated: true });
    expect(rule(VIP.replace('203.0.113.10', '0.0.0.0').replace('wan1', 'any'))?.beforeNat).toEqual({
      translated: true,
    });
    const group = 'config firewall vipgrp\nedit "g"\nset member "v"\nnext\nend\n';
    expect(rule(named, NAMED.replace('"v"', '"g"'), group)?.beforeNat).toEqual({ translated: true });
  });

  it('are for the ports outside of these where others are at the same address', () => {
    const port = (outside: number) => `set portforward enable\nset extport ${outside}\nset mappedport 22`;
    const other = (settings: string) => `\nnext\nedit "w"\n${settings}`;
    const asked = (more: string, vip = `${VIP}\n${port(2222)}`, policy = NAMED) =>
      rule(`${vip}${more}`, policy)?.beforeNat?.service?.toTexts();
    expect(asked('')).toBeUndefined();
    expect(asked(other(`${VIP}\n${port(2223)}`))).toEqual(['tcp/2222']);
    expect(asked(other(VIP))).toEqual(['tcp/2222']);
    expect(asked(other(`${VIP}\n${port(2223)}`.replace('203.0.113.10', '203.0.113.11')))).toBeUndefined();
    // Both are named: nothing to tell apart.
    const both = NAMED.replace('"v"', '"v" "w"');
    expect(asked(other(`${VIP}\n${port(2223)}`), undefined, both)).toBeUndefined();
  });

  it('are as wide as ever where they name anything else, or what translates nothing', () => {
    expect(rule(named, NAMED.replace('"v"', '"v" "all"'))?.beforeNat).toBeUndefined();
    expect(rule(`${named}\nset type dns-translation`)?.beforeNat).toBeUndefined();
    expect(rule(`${named}\nset nat46 enable`)?.beforeNat).toBeUndefined();
  });

  it('are for the ports that these lead to where they name no service', () => {
    const ports = 'set portforward enable\nset extport 2222\nset mappedport 22';
    const service = (vip: string, policy = NAMED, more = '') => {
      const found = rule(vip, policy, more)?.service;
      return found?.any === true ? 'any' : found?.literal?.toTexts();
    };
    expect(service(VIP)).toBe('any');
    expect(service(`${VIP}\n${ports}`)).toEqual(['tcp/22']);
    expect(service(`${VIP}\n${ports.replace('\nset mappedport 22', '')}`)).toEqual(['tcp/2222']);
    expect(service(`${VIP}\nset portforward enable\nset service "HTTP"\nset mappedport 80`)).toBe('any');
    expect(service(`${VIP}\n${ports}`, NAMED.replace('"v"', '"v" "all"'))).toBe('any');
    expect(service(`${VIP}\n${ports}`, NAMED.replace('"ALL"', '"SSH"'))).toBeUndefined();
    const whole = `next\nedit "w"\n${VIP}`;
    expect(service(`${VIP}\n${ports}\n${whole}`, NAMED.replace('"v"', '"v" "w"'))).toBe('any');
    const group = 'config firewall vipgrp\nedit "g"\nset member "v"\nnext\nend\n';
    expect(service(`${VIP}\n${ports}`, NAMED.replace('"v"', '"g"'), group)).toEqual(['tcp/22']);
    const central = 'config system settings\nset central-nat enable\nend\n';
    expect(service(`${VIP}\n${ports}`, NAMED, central)).toBe('any');
    const balanced =
      'set type server-load-balance\nset server-type tcp\nset extport 8022\nconfig realservers\nedit 1\nset ip 10.0.0.9\nset port 22\nnext\nend';
    expect(service(`${VIP}\n${balanced}`)).toEqual(['tcp/22']);
  });

  it('mean its outside address where it leads to a name', () => {
    const found = device({ vip: VIP.replace('mappedip "10.0.0.10"', 'mapped-addr "h"\nset type fqdn') });
    const [first] = found.natRules;
    expect(first === undefined ? null : addresses(found, first.destination)?.toCidrs()).toEqual([
      '203.0.113.10/32',
    ]);
    expect(first?.translatedDestination?.objects).toEqual(['h']);
  });
});

describe('policies that name no virtual IP', () => {
  const DENY =
    'set srcintf "wan1"\nset dstintf "any"\nset srcaddr "all"\nset dstaddr "all"\nset service "ALL"\nset action deny';
  const rule = (policy: string, vip = VIP, header = OLDER) => {
    const found = device({ policy, vip, header });
    const [first] = rulesOf(found);
    return first === undefined ? null : { ...first, set: addresses(found, first.destination) };
  };

  it('do not stop what virtual IPs translate', () => {
    expect(rule(DENY)?.set?.complement().toCidrs()).toEqual(['203.0.113.10/32']);
    expect(rule(`${DENY}\nset match-vip enable`)?.destination.any).toBe(true);
    expect(rule(DENY, VIP, HEADER)?.destination.any).toBe(true);
    expect(rule(DENY, VIP, HEADER.replace('7.4.5', '7.2.4'))?.destination.any).toBe(true);
    expect(rule(DENY, VIP, HEADER.replace('7.4.5', '7.2.3'))?.destination.any).toBe(false);
    expect(rule(DENY, VIP, HEADER.replace('7.4.5', '7.2'))?.destination.any).toBe(false);
    expect(rule(`${DENY}\nset match-vip disable`, VIP, HEADER)?.destination.any).toBe(false);
    expect(rule(DENY.replace('"wan1"', '"lan"'))?.destination.any).toBe(true);
    expect(rule(DENY, VIP.replace('"wan1"', '"lan"\nset srcintf-filter "wan1"'))?.destination.any).toBe(
      false,
    );
    expect(rule(DENY.replace('dstaddr "all"', 'dstaddr "v"'))?.destination.objects).toEqual(['v']);
  });

  it('are not relied on where the outside address is not in the file', () => {
    const found = rule(DENY, VIP.replace('203.0.113.10', '0.0.0.0'));
    expect(found?.approximate).toEqual(['it may not stop what virtual IPs translate']);
  });

  it('may admit it too, and say so', () => {
    expect(rule(DENY.replace('deny', 'accept'))?.approximate).toHaveLength(1);
  });
});
