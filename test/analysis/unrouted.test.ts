import { describe, expect, it } from 'vitest';
import type { FirewallConfig, Interface } from '../../src/model/firewall-config.js';
import { IpSet, parseIpSet } from '../../src/sets/ip-set.js';
import {
  addresses,
  desktopDoors,
  device,
  here,
  iface,
  natRule,
  policy,
  rule,
  tcp,
  to,
  zone,
} from './build.js';

const DOUBT = 'what lies behind X2 is not in the file';

/** A rule lets anyone in from the WAN to the DMZ, to one host. */
function bridging(interfaces: readonly Interface[], host: string): FirewallConfig {
  const server = addresses('server', { kind: 'addresses', addresses: parseIpSet(host) ?? IpSet.EMPTY });
  const permit = rule(1, 'permit', { destination: to('server'), family: 'both' });
  const route = { routingInstance: 'default', interface: 'X1', gateway: '198.51.100.1', location: here };
  return device({
    zones: [zone('WAN', 'untrusted'), zone('LAN', 'trusted'), zone('DMZ', 'trusted')],
    interfaces,
    routes: [{ destination: '0.0.0.0/0', ...route }],
    addressObjects: [server],
    policies: [policy([permit], { applies: { from: ['WAN'], to: ['DMZ'], covers: 'both' } })],
    listeners: [],
  });
}

const LAN = iface('X0', 'LAN', '192.168.168.1/24');
const WAN = iface('X1', 'WAN', '198.51.100.2/24', { bridge: 'X1' });
const OUTSIDE = iface('X1', 'WAN', '198.51.100.2/24');
const PORT = iface('X2', 'DMZ', null, { bridge: 'X1' });

describe('what crosses a bridge', () => {
  it('needs no route: a host of the network outside may stand behind the other port', () => {
    expect(desktopDoors(bridging([LAN, WAN, PORT], '198.51.100.80'))).toEqual([
      ['198.51.100.80/32', 'X2', [DOUBT]],
    ]);
  });

  it('may be for a network that the file does not hold', () => {
    expect(desktopDoors(bridging([LAN, WAN, PORT], '10.9.9.9'))).toEqual([['10.9.9.9/32', 'X2', [DOUBT]]]);
  });

  it('is for nobody whom a route leads to by an interface that is no port of it', () => {
    expect(desktopDoors(bridging([LAN, WAN, PORT], '192.168.168.9'))).toEqual([]);
  });

  it('stays on it: another interface without an address is no way out', () => {
    const apart = iface('X2', 'DMZ', null, { bridge: 'X3' });
    expect(desktopDoors(bridging([LAN, WAN, apart], '198.51.100.80'))).toEqual([]);
  });

  it('leaves by a port, not by the interface that stands for the bridge', () => {
    const itself = iface('X9', 'DMZ', '192.0.2.1/24', { bridge: 'X9' });
    const ports = [iface('X1', 'WAN', null, { bridge: 'X9' }), iface('X2', 'DMZ', null, { bridge: 'X9' })];
    expect(desktopDoors(bridging([itself, ...ports], '192.0.2.80'))).toEqual([
      ['192.0.2.80/32', 'X2', [DOUBT]],
    ]);
  });
});

describe('what comes to a bridge from elsewhere', () => {
  it('is routed to the interface that stands for it', () => {
    const itself = iface('X9', 'DMZ', '192.0.2.1/24', { bridge: 'X9' });
    const port = iface('X2', 'DMZ', null, { bridge: 'X9' });
    expect(desktopDoors(bridging([OUTSIDE, itself, port], '192.0.2.80'))).toEqual([
      ['192.0.2.80/32', 'X9', []],
    ]);
  });

  it('may leave by any port where none stands for it', () => {
    const ports = [
      iface('X2', 'DMZ', null, { bridge: 'b' }),
      iface('X3', 'LAN', '192.0.2.1/24', { bridge: 'b' }),
    ];
    expect(desktopDoors(bridging([OUTSIDE, ...ports], '192.0.2.80'))).toEqual([
      ['192.0.2.80/32', 'X2', [DOUBT]],
    ]);
  });
});

describe('an interface whose network is not in the file', () => {
  it('may lead to whatever only the default route leads to', () => {
    const leased = iface('X2', 'DMZ', null, { ipv4: { kind: 'dynamic', method: 'DHCP', last: null } });
    expect(desktopDoors(bridging([LAN, OUTSIDE, leased], '10.9.9.9'))).toEqual([
      ['10.9.9.9/32', 'X2', [DOUBT]],
    ]);
    expect(desktopDoors(bridging([LAN, OUTSIDE, leased], '192.168.168.9'))).toEqual([]);
  });

  it('may in the family alone in which it is not', () => {
    const delegated = iface('X2', 'DMZ', '192.0.2.1/24', {
      ipv6: { kind: 'dynamic', method: 'a delegated prefix', last: null },
    });
    expect(desktopDoors(bridging([LAN, OUTSIDE, delegated], '2001:db8:7::9'))).toEqual([
      ['2001:db8:7::9/128', 'X2', [DOUBT]],
    ]);
    expect(desktopDoors(bridging([LAN, OUTSIDE, delegated], '10.9.9.9'))).toEqual([]);
    expect(desktopDoors(bridging([LAN, OUTSIDE, delegated], '192.0.2.80'))).toEqual([
      ['192.0.2.80/32', 'X2', []],
    ]);
  });
});

describe('an interface that is taken for outside', () => {
  const UNTRUSTED = [zone('WAN', 'untrusted'), zone('DMZ', 'untrusted')];
  const untrusted = (name: string, cidr: string, gateways: readonly string[]) =>
    iface(name, 'DMZ', cidr, { gateways, role: { value: 'untrusted', evidence: 'test' } });
  const config = (gateways: readonly string[], host: string): FirewallConfig => ({
    ...bridging([LAN, OUTSIDE, untrusted('X2', '192.0.2.1/24', gateways)], host),
    zones: UNTRUSTED,
  });

  it('leads to the hosts of its own network, where no default route leads out by it', () => {
    expect(desktopDoors(config([], '192.0.2.80')).filter(([, by]) => by === 'X2')).toEqual([
      ['192.0.2.80/32', 'X2', []],
    ]);
  });

  it('leads to strangers alone where one does, and to nobody else', () => {
    expect(desktopDoors(config(['192.0.2.254'], '192.0.2.80')).filter(([, by]) => by === 'X2')).toEqual([]);
    expect(desktopDoors(config([], '10.9.9.9')).filter(([, by]) => by === 'X2')).toEqual([]);
  });

  it('leads to a host of its own network to which NAT sends packets, whatever else is there', () => {
    const nat = natRule({
      destination: to('published'),
      service: tcp(3389),
      translatedDestination: to('server'),
    });
    const published = addresses('published', {
      kind: 'addresses',
      addresses: parseIpSet('198.51.100.2') ?? IpSet.EMPTY,
    });
    const base = config(['192.0.2.254'], '192.0.2.80');
    const forwarding = { ...base, addressObjects: [...base.addressObjects, published], natRules: [nat] };
    const open = {
      ...forwarding,
      policies: [policy([rule(1, 'permit')], { applies: { from: ['WAN'], to: ['DMZ'], covers: 'both' } })],
    };
    expect(desktopDoors(open).filter(([, by]) => by === 'X2')).toEqual([['192.0.2.80/32', 'X2', []]]);
  });
});
