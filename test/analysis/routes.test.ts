import { describe, expect, it } from 'vitest';
import type { FirewallConfig, Interface, Route } from '../../src/model/firewall-config.js';
import { IpSet, parseIpSet } from '../../src/sets/ip-set.js';
import { addresses, desktopDoors, device, here, iface, natRule, policy, rule, tcp, to } from './build.js';

const INSIDE = { role: { value: 'trusted', evidence: 'test' } } as const;

/** What comes to 198.51.100.2 goes on to 10.9.9.9, and rules let everything from the WAN into every zone inside. */
function waysTo(routes: readonly Partial<Route>[], more: Partial<Interface> = {}): readonly string[] {
  const base = { routingInstance: 'default', interface: null, gateway: null, location: here };
  const object = (name: string, address: string) =>
    addresses(name, { kind: 'addresses', addresses: parseIpSet(address) ?? IpSet.EMPTY });
  const config: FirewallConfig = device({
    interfaces: [
      iface('X0', 'LAN', '192.168.1.1/24', INSIDE),
      iface('X2', 'DMZ', '192.168.2.1/24', { ...INSIDE, ...more }),
      iface('X1', 'WAN', '198.51.100.2/24'),
    ],
    routes: routes.map((route) => ({ ...base, destination: '10.9.0.0/16', ...route })),
    addressObjects: [object('outside', '198.51.100.2'), object('desktop', '10.9.9.9')],
    policies: [
      policy([rule(1, 'permit')], { applies: { from: ['WAN'], to: ['LAN', 'DMZ'], covers: 'both' } }),
    ],
    natRules: [
      natRule({ destination: to('outside'), service: tcp(3389), translatedDestination: to('desktop') }),
    ],
    listeners: [],
  });
  return desktopDoors(config)
    .filter(([host]) => host === '10.9.9.9/32')
    .map(([, by]) => by)
    .toSorted();
}

describe('the way out', () => {
  const WIDE = { destination: '10.0.0.0/8', interface: 'X2' };
  it.each([
    ['is the most specific route', [{ interface: 'X0' }, WIDE], ['X0']],
    [
      'is either of two routes alike, whatever their order',
      [{ interface: 'X2' }, { interface: 'X0' }],
      ['X0', 'X2'],
    ],
    ['is found by the gateway', [{ gateway: '192.168.2.9' }], ['X2']],
    [
      'may be that of a policy route',
      [{ interface: 'X0' }, { ...WIDE, policy: { from: null } }],
      ['X0', 'X2'],
    ],
    ['is that of a policy route for the entry', [{ interface: 'X2', policy: { from: ['X1'] } }], ['X2']],
    ['is not that of a policy route for another', [{ interface: 'X2', policy: { from: ['X0'] } }], []],
  ])('%s', (_what, routes, expected) => {
    expect(waysTo(routes)).toEqual(expected);
  });

  it('of one routing instance is not hidden by a route of another', () => {
    const apart = { routingInstance: 'vrf 2' };
    expect(waysTo([{ interface: 'X0' }, { ...WIDE, ...apart }], apart)).toEqual(['X0', 'X2']);
  });
});
