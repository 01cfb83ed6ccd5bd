import { describe, expect, it } from 'vitest';
import type { NatRule } from '../../../src/model/policy.js';
import { deviceOf, filter, nat, parse, summary, table } from './build.js';

/** Chains of the nat table as one list of translations. */

function rulesOf(lines: readonly string[], family: 4 | 6 = 4): readonly NatRule[] {
  return deviceOf(nat(lines, family)).natRules;
}

function short(rule: NatRule) {
  const { source, destination, services } = summary(rule);
  return {
    ...(source === null ? {} : { source }),
    ...(destination === null ? {} : { destination }),
    ...(services === null ? {} : { services }),
    ...(rule.inInterfaces === null ? {} : { in: rule.inInterfaces }),
    ...(rule.outInterfaces === null ? {} : { out: rule.outInterfaces }),
    ...(rule.toSelf === true ? { toSelf: true } : {}),
    ...(rule.translatedDestination === null
      ? {}
      : { to: rule.translatedDestination.literal?.toCidrs() ?? 'anywhere' }),
    ...(rule.translatedService === null ? {} : { toService: rule.translatedService.literal?.toTexts() }),
    ...(rule.translatedSource === null
      ? {}
      : { from: rule.translatedSource.literal?.toCidrs() ?? 'its own' }),
    ...((rule.approximate ?? []).length === 0 ? {} : { doubts: rule.approximate?.length }),
  };
}

describe('targets', () => {
  it.each([
    ['-p tcp --dport 80 -j DNAT --to-destination 10.0.0.5', { services: ['tcp/80'], to: ['10.0.0.5/32'] }],
    [
      '-p tcp --dport 80 -j DNAT --to-destination 10.0.0.5:8080',
      { services: ['tcp/80'], to: ['10.0.0.5/32'], toService: ['tcp/8080'] },
    ],
    [
      '-p udp -j DNAT --to-destination 10.0.0.4-10.0.0.7:80-82 --random --persistent',
      { services: ['udp'], to: ['10.0.0.4/30'], toService: ['udp/80-82'] },
    ],
    ['-p tcp -j DNAT --to-destination :8080', { services: ['tcp'], toService: ['tcp/8080'] }],
    [
      '-p tcp -j DNAT --to-destination 10.0.0.5 --to-destination 10.0.0.9',
      { services: ['tcp'], to: ['10.0.0.5/32', '10.0.0.9/32'] },
    ],
    [
      '-p tcp --dport 80 -j REDIRECT --to-ports 3128',
      { services: ['tcp/80'], toSelf: true, toService: ['tcp/3128'] },
    ],
    ['-p tcp --dport 80 -j REDIRECT', { services: ['tcp/80'], toSelf: true }],
    [
      '-d 192.0.2.0/24 -j NETMAP --to 10.0.0.0/24',
      { destination: ['192.0.2.0/24'], to: ['10.0.0.0/24'], doubts: 1 },
    ],
    ['-d 192.0.2.1 -j ACCEPT', { destination: ['192.0.2.1/32'] }],
    [
      '-m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 10.0.0.5',
      { to: ['10.0.0.5/32'], doubts: 1 },
    ],
    ['-m addrtype --dst-type LOCAL -j DNAT --to-destination 10.0.0.5', { to: ['10.0.0.5/32'], doubts: 1 }],
    ['-p tcp -j DNAT --to-destination mangled', { services: ['tcp'], to: 'anywhere', doubts: 1 }],
    ['-p tcp -j DNAT', { services: ['tcp'], to: 'anywhere', doubts: 1 }],
    [
      '-p tcp -j REDIRECT --to-ports mangled',
      { services: ['tcp'], toSelf: true, toService: ['tcp'], doubts: 1 },
    ],
  ])('PREROUTING %s', (words, expected) => {
    expect(rulesOf([`-A PREROUTING ${words}`]).map(short)).toEqual([expected]);
  });

  it.each([
    ['-o eth0 -j MASQUERADE --random-fully', { out: ['eth0'], from: 'its own' }],
    [
      '-s 10.0.0.0/8 -j SNAT --to-source 198.51.100.1-198.51.100.2:1024-2048',
      { source: ['10.0.0.0/8'], from: ['198.51.100.1/32', '198.51.100.2/32'] },
    ],
    [
      '-s 10.0.0.0/24 -j NETMAP --to 192.0.2.0/24',
      { source: ['10.0.0.0/24'], from: ['192.0.2.0/24'], doubts: 1 },
    ],
    ['-m policy --dir out --pol ipsec -j ACCEPT', { doubts: 1 }],
  ])('POSTROUTING %s', (words, expected) => {
    expect(rulesOf([`-A POSTROUTING ${words}`]).map(short)).toEqual([expected]);
  });

  it('of IPv6', () => {
    expect(
      rulesOf(
        [
          '-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination [2001:db8::5]:8080',
          '-A PREROUTING -p tcp --dport 81 -j DNAT --to-destination 2001:db8::5',
          '-A PREROUTING -p tcp --dport 82 -j DNAT --to-destination [2001:db8::4-2001:db8::5]:80',
        ],
        6,
      ).map(short),
    ).toEqual([
      { services: ['tcp/80'], to: ['2001:db8::5/128'], toService: ['tcp/8080'] },
      { services: ['tcp/81'], to: ['2001:db8::5/128'] },
      { services: ['tcp/82'], to: ['2001:db8::4/127'], toService: ['tcp/80'] },
    ]);
  });
});

describe('chains', () => {
  it('are flattened, with what jumps and rules match together', () => {
    const rules = rulesOf([
      ':web - [0:0]',
      ':inner - [0:0]',
      '-A POSTROUTING -o eth0 -j MASQUERADE',
      '-A PREROUTING -i eth0 -p tcp -j web',
      '-A PREROUTING -j ACCEPT',
      '-A web -s 192.0.2.0/24 -j inner',
      '-A web -p tcp --dport 81 -j DNAT --to-destination 10.0.0.6',
      '-A inner -s 192.0.2.128/25 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.5',
      '-A inner -p udp -j DNAT --to-destination 10.0.0.9',
      '-A inner -s 198.51.100.0/24 -j DNAT --to-destination 10.0.0.9',
    ]);
    expect(rules.map((rule) => [rule.number, rule.name, short(rule)])).toEqual([
      [
        1,
        'nat/inner 1',
        { source: ['192.0.2.128/25'], services: ['tcp/80'], in: ['eth0'], to: ['10.0.0.5/32'] },
      ],
      [2, 'nat/web 2', { services: ['tcp/81'], in: ['eth0'], to: ['10.0.0.6/32'] }],
      [3, 'nat/PREROUTING 2', {}],
      [4, 'nat/POSTROUTING 1', { out: ['eth0'], from: 'its own' }],
    ]);
  });

  it('lose what an earlier RETURN takes out, exactly where it asks for one thing', () => {
    const chain = (words: string) =>
      rulesOf([
        ':D - [0:0]',
        '-A PREROUTING -j D',
        `-A D ${words} -j RETURN`,
        '-A D -p tcp --dport 80 -j DNAT --to-destination 10.0.0.5',
        '-A POSTROUTING -o eth0 -j ACCEPT',
      ]).map(short)[0];
    const rule = { services: ['tcp/80'], to: ['10.0.0.5/32'] };
    expect(chain('-i docker0')).toEqual({ ...rule, in: ['eth0', 'other'] });
    expect(chain('-s 128.0.0.0/1')).toEqual({ ...rule, source: ['0.0.0.0/1'] });
    expect(chain('-d 128.0.0.0/1')).toEqual({ ...rule, destination: ['0.0.0.0/1'] });
    expect(chain('-p tcp')).toEqual({ out: ['eth0'] });
    expect(chain('')).toEqual({ out: ['eth0'] });
    expect(chain('-p udp')).toEqual(rule);
    expect(chain('-p tcp -i docker0')).toEqual({ ...rule, doubts: 1 });
    expect(chain('-m limit --limit 1/sec')).toEqual({ ...rule, doubts: 1 });
    expect(chain('-m set --match-set x src')).toEqual({ ...rule, doubts: 1 });
  });

  it('after a goto are not gone on with', () => {
    const rules = rulesOf([
      ':D - [0:0]',
      '-A PREROUTING -i eth0 -g D',
      '-A PREROUTING -j DNAT --to-destination 10.0.0.6',
      '-A D -p tcp -j DNAT --to-destination 10.0.0.5',
    ]);
    expect(rules.map(short)).toEqual([
      { services: ['tcp'], in: ['eth0'], to: ['10.0.0.5/32'] },
      { in: ['other'], to: ['10.0.0.6/32'] },
    ]);
  });

  it('that only the appliance’s own packets meet are passed over', () => {
    const { devices, coverage } = parse(
      nat(['-A OUTPUT -d 192.0.2.1 -j DNAT --to-destination 10.0.0.5', '-A INPUT -j ACCEPT']),
    );
    expect(devices[0]?.natRules).toEqual([]);
    expect(coverage[0]).toMatchObject({ ignored: 3, unknown: 0 });
  });

  it('with something unknown stay, in doubt', () => {
    const { devices, coverage, diagnostics } = parse(
      nat(['-A PREROUTING -m frobnicate -j DNAT --to-destination 10.0.0.5']),
    );
    expect(devices[0]?.natRules.map(short)).toEqual([{ to: ['10.0.0.5/32'], doubts: 1 }]);
    expect(coverage[0]?.unknownFamilies).toMatchObject([{ name: '-m frobnicate', section: 'nat' }]);
    expect(diagnostics).toMatchObject([{ code: 'unclassified', incomplete: true }]);
  });

  it('in a circle end', () => {
    const { devices, diagnostics } = parse(
      nat([
        ':a - [0:0]',
        ':b - [0:0]',
        '-A PREROUTING -j a',
        '-A a -j b',
        '-A b -j a',
        '-A b -j DNAT --to-destination 10.0.0.5',
      ]),
    );
    expect(devices[0]?.natRules.map((rule) => rule.name)).toEqual(['nat/b 2']);
    expect(diagnostics).toMatchObject([{ code: 'reference-cycle', incomplete: true }]);
  });

  it('that multiply without end are cut, and say so', () => {
    const depth = 40;
    const chains = Array.from({ length: depth }, (_, i) => [
      `-A c${i} -j c${i + 1}`,
      `-A c${i} -j c${i + 1}`,
    ]).flat();
    const { devices, diagnostics } = parse(
      nat([
        ...Array.from({ length: depth + 1 }, (_, i) => `:c${i} - [0:0]`),
        '-A PREROUTING -j c0',
        ...chains,
        `-A c${depth} -j DNAT --to-destination 10.0.0.5`,
      ]),
    );
    expect(devices[0]?.natRules.length).toBeLessThanOrEqual(20_000);
    expect(diagnostics).toMatchObject([{ code: 'set-limit', incomplete: true }]);
  });
});

describe('roles of interfaces', () => {
  const roleOf = (lines: readonly string[], name = 'ppp0') =>
    deviceOf(nat(lines) + filter([`-A INPUT -i ${name} -j DROP`])).interfaces.find(
      (each) => each.name === name,
    )?.role.value;

  it.each([
    ['-s 10.0.0.0/8 -o ppp0 -j MASQUERADE', 'untrusted'],
    ['-o ppp0 -j SNAT --to-source 198.51.100.1', 'untrusted'],
    ['-o ppp+ -j MASQUERADE', 'untrusted'],
    ['-o ppp0 -j SNAT --to-source 192.168.1.1', 'unknown'],
    ['-o ppp0 -d 192.168.0.0/16 -j MASQUERADE', 'unknown'],
    ['! -o eth0 -j MASQUERADE', 'unknown'],
    ['-j MASQUERADE', 'unknown'],
    ['-o ppp0 -j ACCEPT', 'unknown'],
    ['-s 172.17.0.0/16 ! -o ppp0 -j MASQUERADE', 'unknown'],
  ])('%s makes ppp0 %s', (words, role) => {
    expect(roleOf([`-A POSTROUTING ${words}`])).toBe(role);
  });

  it('are found below a jump', () => {
    expect(roleOf([':wan - [0:0]', '-A POSTROUTING -o ppp0 -j wan', '-A wan -j MASQUERADE'])).toBe(
      'untrusted',
    );
  });

  it('say by which line', () => {
    const device = deviceOf(nat(['-A POSTROUTING -o ppp0 -j MASQUERADE']));
    expect(device.interfaces[0]?.role.evidence).toBe('MASQUERADE of what leaves by it, line 7');
  });

  it('trust the loopback device, and know nothing else', () => {
    expect(roleOf([], 'lo')).toBe('trusted');
    expect(roleOf([], 'lan')).toBe('unknown');
  });

  it.each([
    ['docker0', 'public'],
    ['docker_gwbridge', 'public'],
    ['docker+', 'public'],
    ['br-0123456789ab', 'public'],
    ['br-0123456789abc', 'unknown'],
    ['br-lan', 'unknown'],
    ['br-+', 'unknown'],
    ['docker1', 'unknown'],
  ])('of %s, by its name: %s', (name, role) => {
    expect(roleOf([], name)).toBe(role);
  });

  it.each([
    ['wg0', 'a WireGuard tunnel: whoever holds a key of it'],
    ['wg+', 'a WireGuard tunnel: whoever holds a key of it'],
    ['tailscale0', 'Tailscale: members of the network and those with whom it is shared'],
    ['ztbpafrgg3', 'ZeroTier: members of the network'],
    ['tun12', 'a tunnel, mostly of a VPN: whoever it lets in'],
    ['tap0', 'a tunnel or a virtual machine'],
    ['ppp0', 'a provider (PPPoE), or whoever dials in'],
    ['ipsec0', 'an IPsec tunnel: its far ends'],
  ])('of %s stay unknown, and say what is customary', (name, behind) => {
    const { interfaces } = deviceOf(nat([]) + filter([`-A INPUT -i ${name} -j ACCEPT`]));
    expect(interfaces.find((each) => each.name === name)?.role).toEqual({
      value: 'unknown',
      evidence: `by its name, behind it is ${behind}; a saved ruleset does not say`,
    });
  });

  it.each(['wg', 'wg-office', 'wgwan', 'tunnel1', 'zt', 'ppp', 'ipsec-lan', 'wlan0'])(
    'of %s say nothing',
    (name) => {
      const { interfaces } = deviceOf(nat([]) + filter([`-A INPUT -i ${name} -j ACCEPT`]));
      expect(interfaces.find((each) => each.name === name)?.role.evidence).toBe(
        'a saved ruleset does not say who is behind an interface',
      );
    },
  );

  it('of a tunnel that sources are hidden behind are an uplink', () => {
    expect(roleOf(['-A POSTROUTING -o wg0 -j MASQUERADE'], 'wg0')).toBe('untrusted');
  });

  it('of containers are theirs, whatever is hidden on its way there', () => {
    const published = '-A POSTROUTING -o docker0 -m addrtype --src-type LOCAL -j MASQUERADE';
    expect(roleOf([published], 'docker0')).toBe('public');
  });
});

describe('translations of other tables', () => {
  it('are not understood there', () => {
    const { diagnostics } = parse(
      table('mangle', [':PREROUTING ACCEPT [0:0]', '-A PREROUTING -j DNAT --to-destination 10.0.0.5']),
    );
    expect(diagnostics).toMatchObject([{ code: 'unclassified' }]);
  });
});
