import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessRule, Policy } from '../../../src/model/policy.js';
import { IpSet } from '../../../src/sets/ip-set.js';
import { ServiceSet } from '../../../src/sets/service-set.js';
import { alias, config, deviceOf, LAN, onlyRule, parse, policyOf, rule, WAN, writtenRules } from './build.js';

function names(policy: Policy): readonly string[] {
  return policy.rules.map(({ name }) => name);
}

describe('one rule', () => {
  it('says what it says', () => {
    const found = onlyRule(
      config({
        filter: rule({
          descr: '<![CDATA[R&eacute;seau]]>',
          log: '',
          created: '<time>1735689600</time><username>admin</username>',
        }),
      }),
    );
    expect(found).toMatchObject({
      name: 'WAN 1',
      number: 1,
      enabled: true,
      action: { kind: 'permit' },
      family: 'ipv4',
      origin: 'user',
      comment: 'Réseau',
      logged: true,
      created: 1735689600,
      approximate: [],
      conditions: [],
    });
    expect(found.source.any).toBe(true);
    expect(found.destination.objects).toEqual(['WAN address']);
    expect(found.service.literal?.toTexts()).toEqual(['tcp/443']);
  });

  it.each([
    [{ type: 'block' }, 'deny'],
    [{ type: 'reject' }, 'deny'],
    [{ type: 'match' }, 'continue'],
    [{ type: null }, 'permit'],
    [{ type: 'PASS' }, 'permit'],
    [{ separator: 'x' }, 'continue'],
  ])('%j is %s', (fields, kind) => {
    expect(onlyRule(config({ filter: rule(fields) })).action.kind).toBe(kind);
  });

  it.each([
    ['inet', 'ipv4'],
    ['inet6', 'ipv6'],
    ['inet46', 'both'],
    [null, 'ipv4'],
  ])('family %s is %s', (ipprotocol, family) => {
    expect(onlyRule(config({ filter: rule({ ipprotocol }) })).family).toBe(family);
  });

  it('is off when the element is there, whatever it holds', () => {
    expect(onlyRule(config({ filter: rule({ disabled: '' }) })).enabled).toBe(false);
  });

  it.each([
    [{ protocol: 'tcp/udp' }, ['tcp/443', 'udp/443']],
    [{ protocol: 'TCP' }, ['tcp/443']],
    [{ protocol: 'udp', destination: '<any/><port>500-510</port>' }, ['udp/500-510']],
    [{ protocol: 'tcp', destination: '<any/><port>https</port>' }, ['tcp/443']],
    [{ protocol: 'tcp', source: '<any/><port>1024-65535</port>' }, ['tcp/443 from 1024-65535']],
    [{ protocol: 'esp' }, ['esp']],
    [{ protocol: 'carp' }, ['vrrp']],
    [{ protocol: 'icmp', icmptype: 'echoreq,unreach' }, ['icmp/3', 'icmp/8']],
    [{ protocol: 'icmp', icmptype: 'any' }, ['icmp']],
    [{ protocol: 'icmp', ipprotocol: 'inet6', icmptype: 'echoreq' }, ['icmpv6/128']],
    [{ protocol: 'icmp', ipprotocol: 'inet46' }, ['icmp', 'icmpv6']],
    [{ protocol: null, destination: '<any/>' }, ['any']],
  ])('%j is for %j', (fields, texts) => {
    const { service } = onlyRule(config({ filter: rule(fields) }));
    const set = service.any ? ServiceSet.ALL : service.literal;
    expect(set?.toTexts()).toEqual(texts);
  });

  it.each([
    [{ protocol: null }, /ports and no protocol/, ['tcp']],
    [{ protocol: 'sneaky' }, /protocol is not known/, null],
    [{ protocol: 'icmp', icmptype: 'sneaky' }, /ICMP type/, ['icmp']],
  ])('%j is taken at its widest, and says so', (fields, doubt, texts) => {
    const found = onlyRule(config({ filter: rule(fields) }));
    expect(found.approximate.join()).toMatch(doubt);
    expect(found.service.any ? null : found.service.literal?.toTexts()).toEqual(texts);
  });

  it.each([
    ['<network>lan</network>', ['LAN subnet'], false],
    ['<network>lanip</network>', ['LAN address'], false],
    ['<network>(self)</network>', ['This Firewall (self)'], false],
    ['<address>OFFICE</address>', ['OFFICE'], false],
    ['<address>OFFICE</address><not/>', ['OFFICE'], true],
    ['<network>lan</network><not></not>', ['LAN subnet'], true],
  ])('side %s names %j', (source, objects, negated) => {
    const text = config({ filter: rule({ source }), aliases: alias('OFFICE', 'host', '192.0.2.1') });
    expect(onlyRule(text).source).toMatchObject({ any: false, objects, negated });
  });

  it('takes any before not, and a missing side as any', () => {
    expect(onlyRule(config({ filter: rule({ source: '<any/><not/>' }) })).source).toMatchObject({
      any: true,
      negated: false,
    });
    const silent = onlyRule(config({ filter: rule({ source: null }) }));
    expect(silent.source.any).toBe(true);
    expect(silent.approximate).toEqual(['its source is not in the file: taken as any']);
  });

  it('takes everything but several subnets as any: pf loads one rule for each', () => {
    const more = `<virtualip><vip><mode>ipalias</mode><interface>lan</interface><subnet>10.1.0.1</subnet>
      <subnet_bits>24</subnet_bits></vip></virtualip>`;
    const found = onlyRule(config({ filter: rule({ source: '<network>lan</network><not/>' }), more }));
    expect(found.source).toMatchObject({ any: true, negated: false });
    expect(found.approximate.join()).toContain('several networks');
  });

  it.each([
    [{ sched: 'Nights' }, ['schedule']],
    [{ sched: 'Gone' }, []],
    [{ tagged: 'VPN' }, ['other']],
    [{ os: 'Linux' }, ['other']],
    [{ dscp: 'af11' }, ['other']],
    [{ vlanprio: 'none' }, []],
    [{ vlanprio: 'vo' }, ['other']],
    [{ tcpflags1: 'syn', tcpflags2: 'syn,ack' }, []],
    [{ tcpflags1: 'ack', tcpflags2: 'syn,ack' }, ['state']],
    [{ tcpflags2: 'syn,ack' }, ['state']],
    [{ tcpflags_any: '' }, []],
    [{ gateway: 'GW' }, ['state']],
    [{ gateway: 'GW', type: 'block' }, []],
    [{ gateway: 'GONE' }, []],
  ])('%j has conditions %j', (fields, kinds) => {
    const more = '<schedules><schedule><name>Nights</name></schedule></schedules>';
    const { conditions } = onlyRule(config({ filter: rule(fields), more }));
    expect(conditions.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('depends on its gateway where rules of a gateway that is down are left out', () => {
    const found = onlyRule(config({ filter: rule({ gateway: 'GW' }), system: '<skip_rules_gw_down/>' }));
    expect(found.conditions.map(({ kind }) => kind)).toEqual(['state']);
  });

  it.each([
    ['an uplink', 'wan', '', true],
    ['an uplink that is marked as down', 'wan', '<force_down/>', false],
    ['an uplink that is off', 'wan', '<disabled/>', false],
    ['an inner router', 'lan', '', false],
  ])('is for the appliance only while its gateway is down: %s', (_, key, more, conditional) => {
    const gateways = `<gateway_item><interface>${key}</interface><gateway>192.0.2.9</gateway><name>G</name>${more}</gateway_item>
      <gateway_group><name>ALL</name><item>G|1|address</item></gateway_group></gateways>`;
    for (const gateway of ['G', 'ALL']) {
      const text = config({ filter: rule({ gateway }) }).replace('</gateways>', gateways);
      expect(onlyRule(text).conditions.length).toBe(conditional ? 1 : 0);
    }
  });

  it('leaves networks of VPNs to the routing table where it is for any destination', () => {
    const toAny = { gateway: 'GW', destination: '<any/>' };
    const [spared] = onlyRule(config({ filter: rule(toAny) })).conditions;
    const system = '<disablenegate/>';
    const [taken] = onlyRule(config({ filter: rule(toAny), system })).conditions;
    expect([spared, taken].map((each) => each?.description.includes('VPNs'))).toEqual([true, false]);
  });

  it('leads by its gateway to hosts to which no route leads', () => {
    const gateways =
      '<gateway_item><interface>lan</interface><gateway>192.168.1.254</gateway><name>IN</name></gateway_item></gateways>';
    const filter = [
      rule({ gateway: 'IN', destination: '<address>10.9.9.9</address>' }),
      rule({ gateway: 'IN', destination: '<address>SITES</address>' }),
      rule({ gateway: 'IN', destination: '<any/>' }),
      rule({ gateway: 'GW', destination: '<address>192.0.2.1</address>' }),
      rule({ gateway: 'IN', destination: '<address>10.9.9.7</address>', disabled: '' }),
    ].join('');
    const device = deviceOf(
      config({ filter, aliases: alias('SITES', 'network', '10.1.0.0/16 10.3.0.0/16') }).replace(
        '</gateways>',
        gateways,
      ),
    );
    const found = device.routes.filter(({ policy }) => policy !== undefined);
    expect(found.map(({ destination, interface: by, policy }) => [destination, by, policy?.from])).toEqual([
      ['10.9.9.9/32', 'LAN', ['WAN']],
      ['10.1.0.0/16', 'LAN', ['WAN']],
      ['10.3.0.0/16', 'LAN', ['WAN']],
    ]);
  });

  it('is of whoever made the port forward that keeps it', () => {
    const found = onlyRule(config({ filter: rule({ 'associated-rule-id': 'nat_1' }) }));
    expect(found).toMatchObject({ origin: 'user', purpose: 'port-forward' });
  });

  it('reads names in any case, as pfSense does', () => {
    const text = config({ filter: rule() }).replace('<rule>', '<RULE>').replace('</rule>', '</RULE>');
    expect(onlyRule(text.replace('<source>', '<Source>').replace('</source>', '</Source>')).name).toBe(
      'WAN 1',
    );
  });
});

describe('the list of an interface', () => {
  const floating = (fields: Readonly<Record<string, string | null>>) =>
    rule({ floating: 'yes', direction: 'in', ...fields });

  it('has built-in rules, floating, groups, own, and the rest in reverse', () => {
    const filter = [
      rule({ descr: 'own 1' }),
      floating({ descr: 'late 1', interface: 'wan' }),
      rule({ descr: 'group', interface: 'Uplinks' }),
      floating({ descr: 'quick', interface: 'lan,wan', quick: 'yes' }),
      floating({ descr: 'late 2', interface: '' }),
      rule({ descr: 'own 2' }),
      floating({ descr: 'elsewhere', interface: 'lan', quick: 'yes' }),
      floating({ descr: 'outward', interface: 'wan', quick: 'yes', direction: 'out' }),
    ].join('\n');
    const more =
      '<ifgroups><ifgroupentry><ifname>Uplinks</ifname><members>wan</members></ifgroupentry></ifgroups>';
    const device = deviceOf(config({ filter, more }));
    expect(writtenRules(device).map(({ comment }) => comment)).toEqual([
      'quick',
      'group',
      'own 1',
      'own 2',
      'late 2',
      'late 1',
    ]);
    expect(writtenRules(device).map(({ name }) => name)).toEqual([
      'Floating 2',
      'Uplinks 1',
      'WAN 1',
      'WAN 2',
      'Floating 3',
      'Floating 1',
    ]);
    expect(writtenRules(device, 'LAN').map(({ comment }) => comment)).toEqual([
      'quick',
      'elsewhere',
      'late 2',
    ]);
    expect(writtenRules(device, 'WAN (out)').map(({ comment }) => comment)).toEqual(['outward']);
  });

  it('takes a floating rule without an interface that exists for all, in doubt', () => {
    const device = deviceOf(config({ filter: floating({ interface: 'opt7', quick: 'yes' }) }));
    for (const policy of ['WAN', 'LAN']) {
      expect(writtenRules(device, policy)[0]?.approximate.join()).toContain('every interface');
    }
  });

  it('keeps rules of an interface that is not there, where no packet comes', () => {
    const device = deviceOf(config({ filter: rule({ interface: 'opt7' }) }));
    expect(writtenRules(device, 'opt7 (not an interface)')).toHaveLength(1);
    expect(writtenRules(device)).toHaveLength(0);
  });

  it('sees what NAT made of the packet, at stage 1, and denies the rest', () => {
    const policy = policyOf(deviceOf(config()));
    expect(policy).toMatchObject({
      applies: { from: ['WAN'], to: null, covers: 'both' },
      stage: 1,
      sees: { address: 'translated', port: 'translated' },
      default: { action: 'deny' },
    });
  });

  it('lets everything out but what a floating rule blocks', () => {
    const filter = floating({
      interface: 'wan',
      direction: 'any',
      type: 'block',
      source: '<network>lan</network>',
    });
    const policy = policyOf(deviceOf(config({ filter })), 'WAN (out)');
    expect(policy).toMatchObject({
      applies: { from: null, to: ['WAN'], covers: 'transit' },
      stage: 2,
      default: { action: 'permit' },
    });
    // Outbound NAT comes first on the way out of a WAN: the rule may no longer see the LAN.
    expect(policy.rules.find((each) => each.name === 'Floating 1')?.approximate).toHaveLength(1);
  });
});

describe('built-in rules', () => {
  it('block IPv6 wholly unless it is allowed', () => {
    const text = config().replace('<ipv6allow/>', '');
    expect(names(policyOf(deviceOf(text)))[0]).toBe('Block all IPv6');
    expect(names(policyOf(deviceOf(config())))).not.toContain('Block all IPv6');
  });

  it('block private networks where the box is ticked, in doubt where it says no, never on a bridge', () => {
    const of = (blockpriv: string, more = '') => {
      const interfaces = `${WAN.replace('</wan>', `${blockpriv}</wan>`)}${LAN}`;
      const { rules } = policyOf(deviceOf(config({ interfaces, more })));
      return rules.find((each) => each.purpose === 'private-networks');
    };
    expect(of('')).toBeUndefined();
    expect(of('<blockpriv/>')).toMatchObject({ action: { kind: 'deny' }, approximate: [] });
    expect(of('<blockpriv>0</blockpriv>')?.approximate).toHaveLength(1);
    expect(
      of('<blockpriv/>', '<bridges><bridged><members>wan,lan</members></bridged></bridges>'),
    ).toBeUndefined();
  });

  it('never count on the list of bogons, which is downloaded', () => {
    const device = deviceOf(config({ interfaces: `${WAN.replace('</wan>', '<blockbogons/></wan>')}${LAN}` }));
    const bogons = policyOf(device).rules.find((each) => each.purpose === 'bogons');
    const object = device.addressObjects.find((each) => each.name === bogons?.source.objects[0]);
    expect(object?.content.kind).toBe('unknown');
  });

  const lockout = (text: string, policy: string) =>
    policyOf(deviceOf(text), policy).rules.find((each) => each.purpose === 'management');

  it('keep the web interface and SSH open on the LAN', () => {
    const system = '<ssh><enable>enabled</enable><port>2222</port></ssh>';
    const found = lockout(
      config({ system, webgui: '<webgui><protocol>https</protocol><port>8443</port></webgui>' }),
      'LAN',
    );
    expect(found?.service.literal?.toTexts()).toEqual(['tcp/80', 'tcp/2222', 'tcp/8443']);
    expect(lockout(config(), 'WAN')).toBeUndefined();
  });

  it('leave that out when the box is ticked', () => {
    const webgui = '<webgui><protocol>https</protocol><noantilockout/></webgui>';
    expect(lockout(config({ webgui }), 'LAN')).toBeUndefined();
  });

  it('open the WAN instead when it is the only interface', () => {
    expect(lockout(config({ interfaces: WAN }), 'WAN')).toBeDefined();
  });

  it('pass the peers of IPsec after everything else', () => {
    const more = `<ipsec><phase1><ikeid>1</ikeid><interface>wan</interface><remote-gateway>203.0.113.9</remote-gateway>
      </phase1><phase1><ikeid>2</ikeid><interface>wan</interface><remote-gateway>vpn.example</remote-gateway></phase1>
      <phase1><ikeid>3</ikeid><interface>wan</interface><mobile/></phase1></ipsec>`;
    const { rules } = policyOf(deviceOf(config({ more, filter: rule({ type: 'block', protocol: 'udp' }) })));
    expect(rules.slice(-4).map(({ name }) => name)).toEqual([
      'WAN 1',
      'IPsec peers',
      'IPsec peers',
      'IPsec peers',
    ]);
    const [, mobile, named, fixed] = rules.slice(-4);
    expect(fixed?.source.literal?.toCidrs()).toEqual(['203.0.113.9/32']);
    expect([mobile?.source.any, named?.source.any]).toEqual([true, true]);
    expect([mobile?.approximate.length, named?.approximate.length]).toEqual([0, 1]);
    const off = config({ more, system: '<disablevpnrules/>' });
    expect(policyOf(deviceOf(off)).rules.some(({ name }) => name === 'IPsec peers')).toBe(false);
  });

  it.each(['0.0.0.0', '::'])('pass a peer that may call from anywhere: %s', (peer) => {
    const more = `<ipsec><phase1><ikeid>1</ikeid><interface>wan</interface><remote-gateway>${peer}</remote-gateway></phase1></ipsec>`;
    const device = deviceOf(config({ more }));
    const found = policyOf(device).rules.find(({ name }) => name === 'IPsec peers');
    expect([found?.source.any, found?.approximate]).toEqual([true, []]);
    expect(device.tunnels.map(({ peers }) => peers)).toEqual([[]]);
  });

  it('admit everything when packet filtering is switched off', () => {
    const device = deviceOf(
      config({
        system: '<disablefilter/>',
        filter: rule({ type: 'block' }),
        nat: '<rule><interface>wan</interface></rule>',
      }),
    );
    expect(policyOf(device).rules[0]).toMatchObject({ purpose: 'filter-off', action: { kind: 'permit' } });
    expect(device.natRules.map(({ enabled }) => enabled)).toEqual([false]);
    expect(writtenRules(device)).toHaveLength(1);
  });
});

/** A rule of the test below, and what pf makes of a list of them. */
interface Sample {
  readonly floating: boolean;
  readonly quick: boolean;
  readonly on: 'wan' | 'lan' | 'Uplinks';
  readonly type: 'pass' | 'block' | 'match';
  readonly not: boolean;
  readonly hosts: readonly number[];
  readonly port: number | null;
  readonly disabled: boolean;
}

const sample: fc.Arbitrary<Sample> = fc.record({
  floating: fc.boolean(),
  quick: fc.boolean(),
  on: fc.constantFrom('wan', 'lan', 'Uplinks'),
  type: fc.constantFrom('pass', 'block', 'match'),
  not: fc.boolean(),
  hosts: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
  port: fc.option(fc.constantFrom(22, 443), { nil: null }),
  disabled: fc.boolean(),
});

/** pf itself: the whole list in pfSense's order, the last match unless a quick rule ends it. */
function pf(samples: readonly Sample[], host: number, port: number): 'pass' | 'block' {
  const tabs = [
    samples.filter((each) => each.floating),
    samples.filter((each) => !each.floating && each.on === 'Uplinks'),
    samples.filter((each) => !each.floating && each.on === 'wan'),
  ];
  let verdict: 'pass' | 'block' = 'block';
  for (const each of tabs.flat()) {
    if (each.disabled || each.on === 'lan' || each.hosts.includes(host) === each.not) continue;
    if ((each.port ?? port) !== port || each.type === 'match') continue;
    verdict = each.type;
    if (each.quick || !each.floating) return verdict;
  }
  return verdict;
}

function firstMatch(
  rules: readonly AccessRule[],
  aliases: ReadonlyMap<string, IpSet>,
  host: number,
  port: number,
) {
  const address = IpSet.of(`203.0.113.${host}`);
  const wanted = ServiceSet.parse(`tcp/${port}`);
  for (const each of rules) {
    if (!each.enabled || each.action.kind === 'continue' || each.family === 'ipv6') continue;
    const named = IpSet.unionOf(each.source.objects.map((name) => aliases.get(name) ?? IpSet.EMPTY));
    const source = each.source.any ? IpSet.ALL : named.union(each.source.literal ?? IpSet.EMPTY);
    if (source.contains(address) === each.source.negated) continue;
    if (each.destination.literal !== undefined) continue;
    if (!(each.service.any || each.service.literal?.contains(wanted) === true)) continue;
    return each.action.kind === 'permit' ? 'pass' : 'block';
  }
  return 'block';
}

it('decides as pf does, packet by packet', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 8 }), (samples) => {
      const filter = samples.map((each, index) =>
        rule({
          type: each.type,
          interface: each.on,
          floating: each.floating ? 'yes' : null,
          direction: each.floating ? 'any' : null,
          quick: each.quick ? 'yes' : null,
          disabled: each.disabled ? '' : null,
          source: `<address>A${index}</address>${each.not ? '<not/>' : ''}`,
          destination: `<any/>${each.port === null ? '' : `<port>${each.port}</port>`}`,
        }),
      );
      const sets = samples.map((each) => each.hosts.map((host) => `203.0.113.${host}`));
      const aliases = sets.map((hosts, index) => alias(`A${index}`, 'host', hosts.join(' ')));
      const more =
        '<ifgroups><ifgroupentry><ifname>Uplinks</ifname><members>wan opt1</members></ifgroupentry></ifgroups>';
      const device = deviceOf(config({ filter: filter.join(''), aliases: aliases.join(''), more }));
      const known = new Map(sets.map((hosts, index) => [`A${index}`, IpSet.of(...hosts)]));
      for (const host of [1, 2, 3, 4]) {
        for (const port of [22, 443]) {
          const { rules } = policyOf(device);
          expect([host, port, firstMatch(rules, known, host, port)]).toEqual([
            host,
            port,
            pf(samples, host, port),
          ]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('loses no rule, wherever it stands', () => {
  const filter = Array.from({ length: 40 }, (_, i) =>
    rule({ interface: ['wan', 'lan', 'opt9', ''][i % 4] as string, floating: i % 3 === 0 ? 'yes' : null }),
  ).join('\n');
  const { devices } = parse(config({ filter }));
  const lines = new Set(
    devices.flatMap((device) =>
      device.policies.flatMap(({ rules }) =>
        rules.filter(({ origin }) => origin !== 'implied').map(({ location }) => location.line),
      ),
    ),
  );
  expect(lines.size).toBe(40);
});

describe('a rule of an interface that the file does not hold', () => {
  const on = (fields: string) =>
    parse(config({ filter: `<rule><interface>opt7</interface>${fields}</rule>` }));

  it('makes a scan incomplete: who comes in by it is not known', () => {
    const { diagnostics } = on('<type>pass</type><source><any/></source><destination><any/></destination>');
    expect(diagnostics).toMatchObject([{ code: 'dangling-reference', incomplete: true }]);
  });

  it.each(['<type>block</type>', '<type>pass</type><disabled/>'])(
    'is nothing where it lets nobody in: %s',
    (fields) => {
      expect(on(`${fields}<source><any/></source><destination><any/></destination>`).diagnostics).toEqual([]);
    },
  );
});

describe('a rule with NAT64', () => {
  const nat = '<enable/><nat64source>wanip</nat64source>';
  const passing = (fields: Readonly<Record<string, string | null>>) =>
    rule({ ipprotocol: 'inet6', protocol: null, destination: '<any/>', nat, ...fields });

  it('is for the well-known prefix, unless a box lets it be for another', () => {
    const filter = passing({});
    expect(onlyRule(config({ filter })).destination.literal?.toCidrs()).toEqual(['64:ff9b::/96']);
    const other = config({ filter, system: '<allow_nat64_prefix_override/>' });
    expect(onlyRule(other).destination.any).toBe(true);
  });

  it.each([
    ['from inside is a way out', { interface: 'lan' }, []],
    ['that is off is none', { disabled: '' }, []],
    ['from outside is not followed', {}, ['unclassified']],
    [
      'for every interface is not followed',
      { interface: null, floating: 'yes', direction: 'in' },
      ['unclassified'],
    ],
  ])('%s', (_, fields, codes) => {
    const { diagnostics } = parse(config({ filter: passing(fields) }));
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
  });
});

describe('the host portion of an IPv6 address', () => {
  const six = (fields: Readonly<Record<string, string>>) =>
    onlyRule(config({ filter: rule({ ipprotocol: 'inet6', ...fields }) }));

  it('is taken as the network of the interface of the rule', () => {
    const { destination, approximate } = six({ destination: '<address>::20</address>' });
    expect(destination).toMatchObject({ any: false, objects: ['WAN subnet'] });
    expect(approximate).toHaveLength(1);
  });

  it('is anybody where it is excluded, and where there is no one interface', () => {
    expect(six({ destination: '<address>::20</address><not/>' }).destination.any).toBe(true);
    expect(six({ source: '<address>::20</address>', floating: 'yes', interface: 'wan,lan' }).source.any).toBe(
      true,
    );
  });

  it('is none where every address is meant', () => {
    expect(six({ destination: '<address>::/0</address>' }).approximate).toEqual([]);
  });
});
