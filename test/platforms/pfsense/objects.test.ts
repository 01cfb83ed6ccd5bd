import { describe, expect, it } from 'vitest';
import { createResolver } from '../../../src/analysis/resolve.js';
import { alias, config, deviceOf, LAN, onlyRule, parse, rule, WAN } from './build.js';

/** What a name stands for: certainly, and possibly. */
function addressesOf(text: string, name: string) {
  const { may, must } = createResolver(deviceOf(text)).addressesOf(name);
  return { may: may.toCidrs(), must: must.toCidrs() };
}

describe('aliases of addresses', () => {
  it('hold hosts, networks and ranges', () => {
    const text = config({
      aliases: alias('A', 'network', '192.0.2.1 198.51.100.0/30 203.0.113.4-203.0.113.5 2001:db8::/64'),
    });
    const cidrs = ['192.0.2.1/32', '198.51.100.0/30', '203.0.113.4/31', '2001:db8::/64'];
    expect(addressesOf(text, 'A')).toEqual({ may: cidrs, must: cidrs });
  });

  it('nest, and end where they run in a circle', () => {
    const aliases = [
      alias('A', 'host', 'B 192.0.2.1'),
      alias('B', 'host', 'C 192.0.2.2'),
      alias('C', 'host', 'A 192.0.2.3'),
    ].join('');
    for (const name of ['A', 'B', 'C']) {
      expect(addressesOf(config({ aliases }), name).must).toEqual(['192.0.2.1/32', '192.0.2.2/31']);
    }
  });

  it('hold nobody when they are empty', () => {
    expect(addressesOf(config({ aliases: alias('A', 'host', '') }), 'A')).toEqual({ may: [], must: [] });
  });

  it.each([
    ['host', 'support.vendor.example 192.0.2.1', ['192.0.2.1/32']],
    ['network', '10.0.0.300/8', []],
    ['url', '', []],
    ['urltable', '192.0.2.1', []],
    ['urltable', 'https://feeds.example/list', []],
    ['geoip', 'FR', []],
    ['', '192.0.2.1', []],
  ])('of type %s with %s may hold anybody', (type, members, must) => {
    const found = addressesOf(config({ aliases: alias('A', type, members) }), 'A');
    expect(found).toEqual({ may: ['0.0.0.0/0', '::/0'], must });
  });

  it('of a plain URL hold what was fetched when they were saved', () => {
    const found = addressesOf(config({ aliases: alias('A', 'url', '192.0.2.1 192.0.2.8/29') }), 'A');
    expect(found.must).toEqual(['192.0.2.1/32', '192.0.2.8/29']);
    expect(found.may).toEqual(found.must);
  });

  it('take names that objects have for what they are', () => {
    const aliases = [
      alias('constructor', 'host', '192.0.2.1'),
      alias('toString', 'host', 'constructor'),
    ].join('');
    expect(addressesOf(config({ aliases }), 'toString').must).toEqual(['192.0.2.1/32']);
  });

  it('are told apart when two have one name', () => {
    const { diagnostics } = parse(config({ aliases: alias('A', 'host', '192.0.2.1').repeat(2) }));
    expect(diagnostics.map(({ code }) => code)).toEqual(['duplicate-key']);
  });

  it('that are referred to and missing are told of by the engine', () => {
    const device = deviceOf(config({ filter: rule({ source: '<address>GONE</address>' }) }));
    const resolver = createResolver(device);
    for (const policy of device.policies)
      for (const each of policy.rules) resolver.addresses(each.source, each.location);
    expect(resolver.diagnostics().map(({ code }) => code)).toContain('dangling-reference');
  });
});

describe('aliases of ports', () => {
  const aliases = [
    alias('WEB', 'port', '443 8443:8444'),
    alias('ALL', 'port', 'WEB 22'),
    alias('LOOP', 'port', 'LOOP 25'),
    alias('FEED', 'urltable_ports', 'https://feeds.example/ports'),
  ].join('');

  it.each([
    ['tcp', 'WEB', ['tcp/443', 'tcp/8443-8444']],
    ['udp', 'WEB', ['udp/443', 'udp/8443-8444']],
    ['tcp/udp', 'ALL', ['tcp/22', 'tcp/443', 'tcp/8443-8444', 'udp/22', 'udp/443', 'udp/8443-8444']],
    ['tcp', 'LOOP', ['tcp/25']],
  ])('with %s and %s mean %j', (protocol, port, texts) => {
    const text = config({ aliases, filter: rule({ protocol, destination: `<any/><port>${port}</port>` }) });
    const resolver = createResolver(deviceOf(text));
    expect(resolver.services(onlyRule(text).service).must.toTexts()).toEqual(texts);
  });

  it('are any port when they are fetched, and then no block is certain', () => {
    const found = onlyRule(config({ aliases, filter: rule({ destination: '<any/><port>FEED</port>' }) }));
    expect(found.service.literal?.toTexts()).toEqual(['tcp']);
    expect(found.approximate).toHaveLength(1);
  });

  it('count as source ports too', () => {
    const source = '<any/><port>WEB</port>';
    const found = onlyRule(
      config({ aliases, filter: rule({ source, destination: '<any/><port>22</port>' }) }),
    );
    expect(found.service.literal?.toTexts()).toEqual(['tcp/22 from 443,8443-8444']);
  });

  it('dangle when neither a port nor an alias is meant', () => {
    expect(
      onlyRule(config({ filter: rule({ destination: '<any/><port>GONE</port>' }) })).service.objects,
    ).toEqual(['GONE']);
  });
});

describe('built-in objects', () => {
  const vips = `<virtualip>
    <vip><mode>carp</mode><interface>wan</interface><subnet>198.51.100.5</subnet><subnet_bits>29</subnet_bits><uniqid>a1</uniqid></vip>
    <vip><mode>ipalias</mode><interface>_vipa1</interface><subnet>198.51.100.6</subnet><subnet_bits>32</subnet_bits></vip>
    <vip><mode>ipalias</mode><interface>lo0</interface><subnet>10.255.0.1</subnet><subnet_bits>32</subnet_bits></vip>
    <vip><mode>proxyarp</mode><interface>wan</interface><subnet>198.51.100.7</subnet><subnet_bits>32</subnet_bits></vip>
    </virtualip>`;
  const filter = ['wanip', 'wan', '(self)', 'Uplinks', 'uplinksip']
    .map((network) => rule({ destination: `<network>${network}</network>` }))
    .join('');
  const more = `${vips}<ifgroups><ifgroupentry><ifname>Uplinks</ifname><members>wan lan</members></ifgroupentry></ifgroups>`;
  const text = config({ filter, more });

  it.each([
    ['WAN address', ['198.51.100.2/32']],
    ['WAN subnet', ['198.51.100.0/29']],
    [
      'This Firewall (self)',
      [
        '10.255.0.1/32',
        '127.0.0.0/8',
        '192.168.1.1/32',
        '198.51.100.2/32',
        '198.51.100.5/32',
        '198.51.100.6/32',
        '::1/128',
      ],
    ],
    ['uplinks subnets', ['192.168.1.0/24', '198.51.100.0/29']],
    ['uplinks addresses', ['192.168.1.1/32', '198.51.100.2/32']],
  ])('%s is %j', (name, must) => {
    expect(addressesOf(text, name).must).toEqual(must);
  });

  it('never take an alias of the same name for their own', () => {
    const aliases = alias('lan', 'host', '203.0.113.9');
    const network = onlyRule(config({ aliases, filter: rule({ source: '<network>lan</network>' }) }));
    const address = onlyRule(config({ aliases, filter: rule({ source: '<address>lan</address>' }) }));
    expect([network.source.objects, address.source.objects]).toEqual([['LAN subnet'], ['lan']]);
  });

  it('stand for an address by DHCP whatever it is today', () => {
    const interfaces = `${WAN.replace('198.51.100.2', 'dhcp')}${LAN}`;
    const device = deviceOf(config({ interfaces, filter: rule() }));
    expect([...createResolver(device).addressesOf('WAN address').dynamic]).toEqual(['WAN']);
  });

  const negated = (vip: string) => {
    const virtual = `<virtualip><vip><mode>carp</mode><interface>lan</interface>${vip}<uniqid>a1</uniqid></vip></virtualip>`;
    const source = '<network>lan</network><not/>';
    const { source: match, approximate } = onlyRule(config({ filter: rule({ source }), more: virtual }));
    return { any: match.any, objects: match.objects, doubts: approximate.length };
  };

  it('leave virtual addresses inside the subnet of an interface out of its networks', () => {
    const inside = negated('<subnet>192.168.1.254</subnet><subnet_bits>24</subnet_bits>');
    expect(inside).toEqual({ any: false, objects: ['LAN subnet'], doubts: 0 });
    const beside = negated('<subnet>192.168.9.1</subnet><subnet_bits>24</subnet_bits>');
    expect(beside).toMatchObject({ any: true, doubts: 1 });
  });

  it.each([
    ['_private4_', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], true],
    ['_private46_', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'], true],
    ['_loopback46_', ['127.0.0.0/8', '::1/128'], true],
    ['_reserved4_', [], false],
    ['vpn_networks', [], false],
    ['bogonsv6', [], false],
  ])('include the aliases of the system: %s is %j', (name, must, exact) => {
    const text = config({ filter: rule({ source: `<address>${name}</address>` }) });
    const [object = ''] = onlyRule(text).source.objects;
    const found = addressesOf(text, object);
    expect([found.must, found.may]).toEqual([must, exact ? must : ['0.0.0.0/0', '::/0']]);
    expect(parse(text).diagnostics).toEqual([]);
  });
});

describe('an address where the name of an interface has to be', () => {
  it('makes a rule one that pfSense may not load', () => {
    const doubts = (source: string) => onlyRule(config({ filter: rule({ source }) })).approximate;
    expect(doubts('<network>203.0.113.0/24</network>')).toEqual([
      'its source is an address where a name has to be',
    ]);
    expect(doubts('<address>203.0.113.0/24</address>')).toEqual([]);
    expect(doubts('<network>lan</network>')).toEqual([]);
  });
});
