import { describe, expect, it } from 'vitest';
import type { AddressContent, ServiceContent } from '../../../src/model/objects.js';
import {
  address,
  codesOf,
  deviceOf,
  group,
  host,
  member,
  objectOf,
  only,
  type Pairs,
  parsePairs,
  rule,
  rule6,
  ruleOf,
  SMALL,
  SYSTEM,
  service,
  serviceOf,
} from './exports.js';

function contentOf(pairs: Pairs, name: string): AddressContent {
  return objectOf(deviceOf({ ...SMALL, ...pairs }), name).content;
}

function cidrsOf(pairs: Pairs, name = 'a'): readonly string[] | string {
  const content = contentOf(pairs, name);
  return content.kind === 'addresses' ? content.addresses.toCidrs() : content.kind;
}

describe('address objects', () => {
  it('reads hosts, ranges and networks', () => {
    expect(cidrsOf(host(50, 'a', '203.0.113.7'))).toEqual(['203.0.113.7/32']);
    expect(cidrsOf(address(50, 'a', 2, '203.0.113.4', '203.0.113.7'))).toEqual(['203.0.113.4/30']);
    expect(cidrsOf(address(50, 'a', 4, '203.0.113.0', '255.255.255.0'))).toEqual(['203.0.113.0/24']);
    expect(cidrsOf(address(50, 'a', 4, '0.0.0.0', '0.0.0.0'))).toEqual(['0.0.0.0/0']);
  });

  it.each([
    ['a reversed range', address(50, 'a', 2, '203.0.113.9', '203.0.113.1')],
    ['a mask with holes', address(50, 'a', 4, '203.0.113.0', '255.0.255.0')],
    ['an octet above 255', host(50, 'a', '203.0.113.300')],
    ['a word', host(50, 'a', 'admin')],
    ['a prefix where an address belongs', host(50, 'a', '0.0.0.0/0')],
    ['a type that nobody knows', address(50, 'a', 3, '203.0.113.7', '255.255.255.255')],
    ['0.0.0.0 in an object that a person made', host(50, 'a', '0.0.0.0')],
  ])('takes %s as unknown, and says so', (_, pairs) => {
    const parsed = parsePairs({ ...SMALL, ...pairs });
    expect(objectOf(only(parsed.devices), 'a').content.kind).toBe('unknown');
    expect(only(parsed.diagnostics)).toMatchObject({ code: 'malformed-value', incomplete: true });
  });

  it('never quotes a value in a diagnostic', () => {
    const parsed = parsePairs({ ...SMALL, ...host(50, 'a', 'PLANTED-SECRET') });
    expect(JSON.stringify(parsed.diagnostics)).not.toContain('PLANTED');
  });

  it('a missing address is unknown', () => {
    const parsed = parsePairs({ ...SMALL, ...host(50, 'a', '203.0.113.7', { Ip1: undefined }) });
    expect(objectOf(only(parsed.devices), 'a').content.kind).toBe('unknown');
    expect(codesOf(parsed.diagnostics)).toEqual(['malformed-value']);
  });

  it('system objects follow their interface', () => {
    const device = deviceOf(SMALL);
    const followed = (name: string) => objectOf(device, name).content;
    expect(followed('X2 IP')).toEqual({ kind: 'interface', interface: 'X2', part: 'address' });
    expect(followed('WAN Primary IP')).toEqual({ kind: 'interface', interface: 'X1', part: 'address' });
    expect(followed('WAN Primary Subnet')).toEqual({ kind: 'interface', interface: 'X1', part: 'subnet' });
    expect(followed('LAN Primary IP')).toEqual({ kind: 'interface', interface: 'X0', part: 'address' });
  });

  it('finds primary addresses of older firmware by the address, else by custom', () => {
    const old = (ip: string) => host(1, 'WAN Primary IP', ip, { ...SYSTEM, IdDisp: 'WAN Primary IP' });
    expect(contentOf(old('198.51.100.66'), 'WAN Primary IP')).toMatchObject({ interface: 'X2' });
    expect(contentOf(old('0.0.0.0'), 'WAN Primary IP')).toMatchObject({ interface: 'X1' });
    const active = host(50, 'Default Active WAN IP', '198.51.100.66', SYSTEM);
    expect(contentOf(active, 'Default Active WAN IP')).toMatchObject({ interface: 'X2' });
  });

  it('a person cannot make an object that follows an interface', () => {
    expect(cidrsOf(host(50, 'X1 Address', '203.0.113.8'), 'X1 Address')).toEqual(['203.0.113.8/32']);
    expect(cidrsOf(host(3, 'X2 IP', '203.0.113.8'), 'X2 IP')).toEqual(['203.0.113.8/32']);
  });

  it('a system host at 0.0.0.0 that is no interface holds no address', () => {
    expect(
      cidrsOf(host(50, 'Secondary Default Gateway', '0.0.0.0', SYSTEM), 'Secondary Default Gateway'),
    ).toEqual([]);
  });

  it('shows the display name and keeps the internal one for references', () => {
    const object = objectOf(deviceOf(SMALL), 'All WAN Management IP');
    expect(object).toMatchObject({ label: 'All X1 Management IP', origin: 'automatic' });
    expect(object.location.key).toBe('addrObjId_5');
    expect(ruleOf(deviceOf(SMALL), 'WAN to WAN 2').destination.objects).toEqual(['All WAN Management IP']);
  });

  it('keeps groups as they are: nested, in a cycle, empty, dangling', () => {
    const pairs: Pairs = {
      ...group(50, 'a'),
      ...group(51, 'b'),
      ...group(52, 'empty'),
      ...member(50, 'b', 'a'),
      ...member(51, 'a', 'b'),
      ...member(52, 'Support', 'b'),
      ...member(53, 'gone', 'b'),
      ...member(54, 'Support', 'b'),
    };
    expect(contentOf(pairs, 'a')).toEqual({ kind: 'group', members: ['b'] });
    expect(contentOf(pairs, 'b')).toEqual({ kind: 'group', members: ['a', 'Support', 'gone'] });
    expect(contentOf(pairs, 'empty')).toEqual({ kind: 'group', members: [] });
  });

  it('a membership that lost a half is missing', () => {
    const parsed = parsePairs({ ...SMALL, addro_atomToGrp_99: 'Support' });
    expect(only(parsed.diagnostics)).toMatchObject({ code: 'missing-value', incomplete: true });
  });

  it('domain names and hardware addresses can be anything', () => {
    const pairs: Pairs = {
      addrObjFqdnId_0: 'home',
      addrObjFqdnType_0: 32,
      addrObjFqdnZone_0: 'WAN',
      addrObjFqdnProperties_0: 14,
      addrObjFqdn_0: 'home.example.net',
      addrObjMacId_0: 'printer',
      addrObjMacProperties_0: 14,
    };
    expect(contentOf(pairs, 'home')).toEqual({
      kind: 'unknown',
      reason: 'domain name home.example.net',
      domain: 'home.example.net',
    });
    expect(contentOf(pairs, 'printer')).toEqual({ kind: 'unknown', reason: 'hardware address' });
  });

  it('tells namesakes of different families apart', () => {
    const pairs: Pairs = {
      ...SMALL,
      ...v6(0, 'Support', 512, '2001:db8::7'),
      ...rule(2, 'WAN', 'WAN', { SrcNet: 'Support' }),
      ...rule6(0, 'WAN', 'WAN', { SrcNet: 'Support' }),
    };
    const device = deviceOf(pairs);
    expect(ruleOf(device, 'WAN to WAN 2').source.objects).toEqual(['Support']);
    const [name] = ruleOf(device, 'WAN to WAN IPv6 0').source.objects;
    expect(name).not.toBe('Support');
    const content = objectOf(device, name ?? '').content;
    expect(content.kind === 'addresses' && content.addresses.toCidrs()).toEqual(['2001:db8::7/128']);
  });

  it('cannot tell namesakes of one family apart', () => {
    const pairs = { ...host(50, 'a', '203.0.113.7'), ...host(51, 'a', '203.0.113.8') };
    expect(contentOf(pairs, 'a')).toMatchObject({ kind: 'unknown' });
    const names = deviceOf({ ...SMALL, ...pairs }).addressObjects.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('survives names that are properties of every object', () => {
    const pairs = {
      ...host(50, '__proto__', '203.0.113.7'),
      ...group(51, 'constructor'),
      ...member(50, '__proto__', 'constructor'),
    };
    expect(cidrsOf(pairs, '__proto__')).toEqual(['203.0.113.7/32']);
    expect(contentOf(pairs, 'constructor')).toEqual({ kind: 'group', members: ['__proto__'] });
  });
});

function v6(index: number, id: string, type: number, ip1: string, more: Pairs = {}): Pairs {
  return {
    [`addrObjV6Id_${index}`]: id,
    [`addrObjV6IdDisp_${index}`]: id,
    [`addrObjV6Type_${index}`]: type,
    [`addrObjV6Zone_${index}`]: 'WAN',
    [`addrObjV6Ip1_${index}`]: ip1,
    [`addrObjV6Ip2_${index}`]: more.Ip2 ?? '::',
    [`addrObjV6PrefixLen_${index}`]: more.PrefixLen ?? 0,
    [`addrObjV6Properties_${index}`]: more.Properties ?? 14,
  };
}

describe('IPv6 address objects', () => {
  it('reads hosts, ranges and networks', () => {
    expect(cidrsOf(v6(0, 'a', 512, '2001:db8::7'))).toEqual(['2001:db8::7/128']);
    expect(cidrsOf(v6(0, 'a', 1024, '2001:db8::', { Ip2: '2001:db8::ffff' }))).toEqual(['2001:db8::/112']);
    expect(cidrsOf(v6(0, 'a', 2048, '2001:db8:1::', { PrefixLen: 48 }))).toEqual(['2001:db8:1::/48']);
    expect(cidrsOf(v6(0, 'a', 2048, '::', { PrefixLen: 0 }))).toEqual(['::/0']);
  });

  it('reads an address written byte by byte', () => {
    const bytes = '20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:07';
    expect(cidrsOf(v6(0, 'a', 512, bytes))).toEqual(['2001:db8::7/128']);
  });

  it('an unset system object follows its interface, or holds nothing', () => {
    const name = 'X1 IPv6 Primary Static Address';
    expect(contentOf(v6(0, name, 512, '::', SYSTEM), name)).toMatchObject({
      kind: 'interface',
      interface: 'X1',
    });
    expect(cidrsOf(v6(0, 'Gateway', 512, '00:00:00:00:00:00', SYSTEM), 'Gateway')).toEqual([]);
    expect(cidrsOf(v6(0, name, 512, '2001:db8::1', SYSTEM), name)).toEqual(['2001:db8::1/128']);
  });

  it.each([
    ['IPv4', v6(0, 'a', 512, '203.0.113.7')],
    ['nonsense', v6(0, 'a', 512, '2001:db8::1::2')],
    ['a prefix of 129', v6(0, 'a', 2048, '2001:db8::', { PrefixLen: 129 })],
    ['an unset host that a person made', v6(0, 'a', 512, '::')],
  ])('takes %s as unknown', (_, pairs) => {
    expect(contentOf(pairs, 'a').kind).toBe('unknown');
  });
});

describe('service objects', () => {
  function textsOf(pairs: Pairs, name = 's'): readonly string[] | string {
    const content: ServiceContent = serviceOf(deviceOf({ ...SMALL, ...pairs }), name).content;
    return content.kind === 'services' ? content.services.toTexts() : content.kind;
  }

  it('reads ports and ranges of ports', () => {
    expect(textsOf(service(50, 's', 6, 5900, 5903))).toEqual(['tcp/5900-5903']);
    expect(textsOf(service(50, 's', 17, 161, 161))).toEqual(['udp/161']);
  });

  it('takes the type of an ICMP message, whatever its code', () => {
    expect(textsOf(service(50, 's', 1, 8, 8))).toEqual(['icmp/8']);
    expect(textsOf(service(50, 's', 1, 2563, 2563))).toEqual(['icmp/3']);
    expect(textsOf(service(50, 's', 58, 128, 128))).toEqual(['icmpv6/128']);
  });

  it('looks at no ports where the protocol has none, nor at those of a group', () => {
    expect(textsOf(service(50, 's', 47, 1, 65535))).toEqual(['gre']);
    expect(textsOf(service(50, 's', 50, 9, 3))).toEqual(['esp']);
    expect(serviceOf(deviceOf(SMALL), 'Ping').content).toEqual({
      kind: 'group',
      members: ['Ping 8', 'Ping 0'],
    });
  });

  it.each([
    ['a reversed range', service(50, 's', 6, 443, 80)],
    ['a port above 65535', service(50, 's', 6, 80, 70000)],
    ['a protocol above 255', service(50, 's', 256, 80, 80)],
    ['a word', service(50, 's', 6, 80, 80, { Port1: 'http' })],
    ['an unknown type', service(50, 's', 6, 80, 80, { Type: 7 })],
  ])('takes %s as unknown', (_, pairs) => {
    const parsed = parsePairs({ ...SMALL, ...pairs });
    expect(serviceOf(only(parsed.devices), 's').content.kind).toBe('unknown');
    expect(codesOf(parsed.diagnostics)).toEqual(['malformed-value']);
  });
});

describe('a group that the appliance downloads', () => {
  const downloaded = (name: string) => contentOf({ ...group(50, 'feed'), externalGroupName_0: name }, 'feed');

  it('holds anybody: its members are in no export', () => {
    expect(downloaded('feed')).toEqual({ kind: 'unknown', reason: 'a list that the appliance downloads' });
  });

  it('is only the one of that name', () => {
    expect(downloaded('')).toEqual({ kind: 'group', members: [] });
  });
});
