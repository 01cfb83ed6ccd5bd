import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { addresses, device, iface, policy, rule, tcp, to } from './build.js';

const OBJECTS = [
  addresses('Support', { kind: 'addresses', addresses: IpSet.of('203.0.113.7') }),
  addresses('Nobody yet', { kind: 'group', members: [] }),
  addresses('X1 IP', { kind: 'interface', interface: 'X1', part: 'address' }),
  addresses('X5 IP', { kind: 'interface', interface: 'X5', part: 'address' }),
  addresses('All X5 Management IP', { kind: 'group', members: ['X5 IP'] }),
];

function dormant(more: Partial<FirewallConfig>) {
  const config = device({
    addressObjects: OBJECTS,
    interfaces: [iface('X1', 'WAN', '198.51.100.2/24'), iface('X5', 'WAN', null)],
    ...more,
  });
  return analyse(config, new Map()).dormant.map(({ reasons, number, subject }) => ({
    number,
    reasons,
    subject,
  }));
}

const admin = { source: to('Support'), destination: to('X1 IP'), service: tcp(443) };

describe('a dormant door', () => {
  it('is a rule that is disabled', () => {
    const policies = [policy([rule(1, 'permit', { ...admin, enabled: false })])];
    expect(dormant({ policies })).toMatchObject([{ number: 1, reasons: ['disabled'] }]);
  });

  it('is a rule whose source group is empty', () => {
    const policies = [policy([rule(1, 'permit', { ...admin, source: to('Nobody yet') })])];
    expect(dormant({ policies })).toMatchObject([{ number: 1, reasons: ['empty-source'] }]);
  });

  it('is a rule for the address of an interface that has none', () => {
    const policies = [policy([rule(1, 'permit', { ...admin, destination: to('All X5 Management IP') })])];
    expect(dormant({ policies })).toMatchObject([{ number: 1, reasons: ['no-address'] }]);
  });

  it('is a rule for a management group that is empty', () => {
    const policies = [policy([rule(1, 'permit', { ...admin, destination: to('Nobody yet') })])];
    expect(dormant({ policies })).toMatchObject([{ number: 1, reasons: ['empty-destination'] }]);
  });

  it('is a rule from an untrusted zone that no interface is in', () => {
    const policies = [policy([rule(1, 'permit', { destination: to('X1 IP'), service: tcp(443) })])];
    const interfaces = [iface('X1', 'LAN', '198.51.100.2/24')];
    const toLan = policies.map((each) => ({
      ...each,
      applies: { from: ['WAN'], to: ['LAN'], covers: 'both' as const },
    }));
    expect(dormant({ policies: toLan, interfaces })).toMatchObject([
      { number: 1, reasons: ['interface-down'] },
    ]);
  });

  it('is not a rule that admits somebody, denies, or is about another service', () => {
    const policies = [
      policy([
        rule(1, 'permit', admin),
        rule(2, 'deny', { ...admin, enabled: false }),
        rule(3, 'permit', { ...admin, enabled: false, service: tcp(25) }),
      ]),
    ];
    expect(dormant({ policies })).toEqual([]);
  });

  it('is not a rule whose source is an address that the file does not hold', () => {
    const interfaces = [
      iface('X1', 'WAN', '198.51.100.2/24'),
      iface('X5', 'WAN', null, { ipv4: { kind: 'dynamic', method: 'DHCP', last: null } }),
    ];
    const policies = [policy([rule(1, 'permit', { ...admin, source: to('X5 IP') })])];
    expect(dormant({ policies, interfaces })).toEqual([]);
  });

  it('says what an explanation has to name', () => {
    const policies = [policy([rule(1, 'permit', { ...admin, enabled: false })])];
    expect(dormant({ policies })[0]?.subject).toBe('Support > X1 IP > tcp/443');
  });
});
