import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { parsePacket } from '../../src/analysis/packet.js';
import { standInsFor, standInsOf, withoutStandIns } from '../../src/analysis/stand-in.js';
import { trace } from '../../src/analysis/trace.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
import { IpSet, parseIpSet } from '../../src/sets/ip-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';
import { addresses, device, iface, listener, natRule, policy, rule, tcp, to } from './build.js';

const RDP = [{ id: 'rdp', services: ServiceSet.parse('tcp/3389') }];
const set = (text: string): IpSet => parseIpSet(text) ?? IpSet.EMPTY;

/** Hosts have 192.168.168.0/24 behind X0; X1 and X2 face outside, and the provider hands out X1's address. */
function dynamic({ forwards = 'X1 IP', becomes = 'Terminal server', permits = 'X1 IP' }): FirewallConfig {
  const nat = natRule({
    name: 'forward',
    destination: to(forwards),
    service: tcp(33890),
    translatedDestination: to(becomes),
    translatedService: tcp(3389),
  });
  const permit = rule(1, 'permit', { destination: to(permits), service: tcp(33890) });
  return device({
    interfaces: [
      iface('X0', 'LAN', '192.168.168.1/24'),
      iface('X1', 'WAN', null, { ipv4: { kind: 'dynamic', method: 'PPPoE', last: null } }),
      iface('X2', 'WAN', '198.51.100.2/24'),
    ],
    addressObjects: [
      addresses('X0 IP', { kind: 'interface', interface: 'X0', part: 'address' }),
      addresses('X1 IP', { kind: 'interface', interface: 'X1', part: 'address' }),
      addresses('X2 IP', { kind: 'interface', interface: 'X2', part: 'address' }),
      addresses('Terminal server', { kind: 'addresses', addresses: set('192.168.168.30') }),
    ],
    policies: [policy([permit], { applies: { from: ['WAN'], to: ['LAN'], covers: 'both' } })],
    natRules: [nat],
    listeners: [listener('rdp', ServiceSet.parse('tcp/3389'))],
  });
}

const reached = (config: FirewallConfig) =>
  analyse(config, new Map(), RDP)
    .reaches.map(({ target }) => target.addresses.toCidrs().join())
    .sort();

describe('an address that the file does not hold', () => {
  it('is forwarded to a host, and to the appliance, like one that it holds', () => {
    expect(reached(dynamic({}))).toEqual(['192.168.168.30/32']);
    expect(reached(dynamic({ becomes: 'X0 IP' }))).toEqual(['192.168.168.1/32']);
  });

  it('is told by the name of its interface', () => {
    const [reach] = analyse(dynamic({}), new Map(), RDP).reaches;
    const step = reach?.contributions[0]?.path.find(({ kind }) => kind === 'nat-rule');
    expect(step?.detail).toBe('address of X1 tcp/33890 becomes 192.168.168.30 tcp/3389');
  });

  it('takes packets away from the appliance itself, as one that it holds does', () => {
    const config = dynamic({});
    const permits = policy([rule(1, 'permit')], { applies: { from: ['WAN'], to: ['WAN'], covers: 'both' } });
    const answering = { ...config, listeners: [listener('portal', ServiceSet.parse('tcp/33890'))] };
    const both = { ...answering, policies: [...config.policies, { ...permits, name: 'WAN to WAN' }] };
    const doorsAtX1 = (device: FirewallConfig) =>
      analyse(device, new Map(), []).reaches.filter(({ target }) => target.interfaces.includes('X1'));
    expect(doorsAtX1({ ...both, natRules: [] })).toHaveLength(1);
    expect(doorsAtX1(both)).toEqual([]);
  });

  it('may be any that nobody has, for one packet', () => {
    const packet = parsePacket('203.0.113.7', '198.18.0.9:33890/tcp');
    if (typeof packet === 'string') throw new Error(packet);
    const [followed] = trace(dynamic({}), new Map(), packet, 'X1');
    expect(followed?.verdict).toBe('perhaps');
    expect(followed?.steps.map(({ text }) => text)).toContain(
      'if 198.18.0.9 is the address of X1, forward: becomes 192.168.168.30 tcp/3389 from 40000',
    );
    const held = parsePacket('203.0.113.7', '198.51.100.2:33890/tcp');
    if (typeof held === 'string') throw new Error(held);
    expect(trace(dynamic({}), new Map(), held, 'X1')[0]?.verdict).toBe('denied');
  });

  it('is not the address of another interface', () => {
    expect(reached(dynamic({ permits: 'X2 IP' }))).toEqual([]);
    expect(reached(dynamic({ forwards: 'X2 IP' }))).toEqual([]);
  });

  it('has something of its own that stands for it, and interfaces with an address have none', () => {
    const config = dynamic({});
    expect([...standInsOf(config).keys()]).toEqual(['X1']);
    expect(standInsFor(config, ['X1', 'X2', 'X9']).toCidrs()).toEqual(['240.0.0.2/32']);
  });

  it('is no host of a network, and what takes in every address keeps its form', () => {
    expect(withoutStandIns(set('240.0.0.2')).isEmpty()).toBe(true);
    expect(withoutStandIns(set('192.168.168.30').union(set('4000::2'))).toCidrs()).toEqual([
      '192.168.168.30/32',
    ]);
    expect(withoutStandIns(IpSet.ALL).equals(IpSet.ALL)).toBe(true);
  });
});
