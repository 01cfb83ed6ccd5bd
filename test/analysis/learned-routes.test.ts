import { expect, it } from 'vitest';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
import { IpSet, parseIpSet } from '../../src/sets/ip-set.js';
import { addresses, desktopDoors, device, here, iface, natRule, policy, rule, tcp, to } from './build.js';

const LAN = iface('X0', 'LAN', '192.168.168.1/24');

/** What comes to 198.51.100.2 goes on to 10.9.9.9, and the only route that fits leads outside. */
function forwarding(lan: typeof LAN, silence: FirewallConfig['silence']): FirewallConfig {
  const nat = natRule({
    destination: to('outside'),
    service: tcp(3389),
    translatedDestination: to('desktop'),
  });
  const route = { routingInstance: 'default', interface: 'X1', gateway: '198.51.100.1', location: here };
  const object = (name: string, address: string) =>
    addresses(name, { kind: 'addresses', addresses: parseIpSet(address) ?? IpSet.EMPTY });
  const permit = rule(1, 'permit', { destination: to('outside') });
  return device({
    interfaces: [lan, iface('X1', 'WAN', '198.51.100.2/24')],
    routes: [{ destination: '0.0.0.0/0', ...route }],
    addressObjects: [object('outside', '198.51.100.2'), object('desktop', '10.9.9.9')],
    policies: [policy([permit], { applies: { from: ['WAN'], to: ['LAN'], covers: 'both' } })],
    natRules: [nat],
    listeners: [],
    ...(silence === undefined ? {} : { silence }),
  });
}

it('a host that no route leads to is behind nobody', () => {
  expect(desktopDoors(forwarding(LAN, undefined))).toEqual([]);
});

it('where routes are learned it may be behind any interface inside, and its door says so', () => {
  const doubt = 'no route of the file leads there: whether it is behind X0 is not known';
  expect(desktopDoors(forwarding(LAN, { routes: true }))).toEqual([['10.9.9.9/32', 'X0', [doubt]]]);
});

it('the same where the network of an interface inside is not in the file', () => {
  const leased = iface('X0', 'LAN', null, { ipv4: { kind: 'dynamic', method: 'DHCP', last: null } });
  expect(desktopDoors(forwarding(leased, undefined)).map(([host, by]) => [host, by])).toEqual([
    ['10.9.9.9/32', 'X0'],
  ]);
});
