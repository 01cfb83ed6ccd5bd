import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import type { FirewallConfig, Interface } from '../../src/model/firewall-config.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { ANY, addresses, device, iface, policy, rule, tcp, to, zone } from './build.js';

/** Where the file leaves a doubt: an exposure may be too wide and says so, and is never too narrow. */

const SUPPORT = addresses('Support', { kind: 'addresses', addresses: IpSet.of('203.0.113.7') });
const VENDOR = addresses('vendor.example', { kind: 'unknown', reason: 'FQDN: who answers to it can change' });
const X1_IP = addresses('X1 IP', { kind: 'interface', interface: 'X1', part: 'address' });
const X2_IP = addresses('X2 IP', { kind: 'interface', interface: 'X2', part: 'address' });
const WEB = addresses('Web server', { kind: 'addresses', addresses: IpSet.of('192.0.2.80') });

const byDhcp: Partial<Interface> = { ipv4: { kind: 'dynamic', method: 'DHCP', last: null } };

function withRules(rules: FirewallConfig['policies'][number]['rules'], more: Partial<FirewallConfig> = {}) {
  return device({
    addressObjects: [SUPPORT, VENDOR, X1_IP, X2_IP, WEB],
    policies: [policy(rules)],
    ...more,
  });
}

const dynamicX1 = { interfaces: [iface('X1', 'WAN', null, byDhcp), iface('X2', 'WAN', '192.0.2.2/24')] };

function doors(config: FirewallConfig, overrides = new Map<string, 'untrusted' | 'trusted'>()) {
  return analyse(config, overrides).reaches.map((each) => ({
    interface: each.target.interfaces[0],
    sources: each.sources.toCidrs(),
    approximate: each.approximate.length > 0,
  }));
}

describe('a target whose address is not in the file', () => {
  it('is opened by a rule that names its interface', () => {
    const config = withRules(
      [rule(1, 'permit', { source: to('Support'), destination: to('X1 IP') })],
      dynamicX1,
    );
    expect(doors(config)).toEqual([{ interface: 'X1', sources: ['203.0.113.7/32'], approximate: false }]);
  });

  it('is not opened by a rule for the known address of another interface', () => {
    const config = withRules([rule(1, 'permit', { destination: to('X2 IP') })], dynamicX1);
    expect(doors(config).map((each) => each.interface)).toEqual(['X2']);
  });

  it('may be meant by an address that is nobody else’s, and the door says so', () => {
    const config = withRules([rule(1, 'permit', { source: to('Support'), destination: to('Web server') })], {
      interfaces: [iface('X1', 'WAN', null, byDhcp)],
    });
    expect(doors(config)).toEqual([{ interface: 'X1', sources: ['203.0.113.7/32'], approximate: true }]);
  });

  it('is not closed by a deny that only may mean it', () => {
    const config = withRules(
      [rule(1, 'deny', { destination: to('Web server') }), rule(2, 'permit', { destination: to('X1 IP') })],
      { interfaces: [iface('X1', 'WAN', null, byDhcp)] },
    );
    expect(doors(config)).toHaveLength(1);
  });

  it('is left out by a rule for everything but that interface', () => {
    const config = withRules(
      [rule(1, 'permit', { destination: { ...to('X1 IP'), negated: true } })],
      dynamicX1,
    );
    expect(doors(config).map((each) => each.interface)).toEqual(['X2']);
  });
});

describe('a source that the file cannot resolve', () => {
  it('is anybody in a permit', () => {
    const [door] = doors(withRules([rule(1, 'permit', { source: to('vendor.example') })]));
    expect(door).toEqual({ interface: 'X1', sources: ['0.0.0.0/0'], approximate: true });
  });

  it('is nobody in a deny, and what that lets in is in doubt', () => {
    const config = withRules([
      rule(1, 'deny', { source: to('vendor.example') }),
      rule(2, 'permit', { source: to('Support') }),
    ]);
    expect(doors(config)).toEqual([{ interface: 'X1', sources: ['203.0.113.7/32'], approximate: true }]);
    expect(analyse(config, new Map()).reaches[0]?.approximate).toEqual([
      'rule 1 may not let all of this through: vendor.example: FQDN: who answers to it can change',
    ]);
  });

  it('is no doubt about what a rule above it let in', () => {
    const config = withRules([
      rule(1, 'permit', { source: to('Support') }),
      rule(2, 'deny', { source: to('vendor.example') }),
    ]);
    expect(doors(config)).toEqual([{ interface: 'X1', sources: ['203.0.113.7/32'], approximate: false }]);
  });

  it('is no doubt about another service', () => {
    const config = withRules([
      rule(1, 'deny', { source: to('vendor.example'), service: tcp(9999) }),
      rule(2, 'permit', { source: to('Support') }),
    ]);
    expect(doors(config)).toEqual([{ interface: 'X1', sources: ['203.0.113.7/32'], approximate: false }]);
  });

  it('is anybody and reported when the name is not in the file at all', () => {
    const config = withRules([rule(1, 'permit', { source: to('Gone') })]);
    expect(doors(config)).toEqual([{ interface: 'X1', sources: ['0.0.0.0/0'], approximate: true }]);
    expect(analyse(config, new Map()).diagnostics).toMatchObject([
      { code: 'dangling-reference', incomplete: true },
    ]);
  });
});

describe('conditions', () => {
  const scheduled = { conditions: [{ kind: 'schedule' as const, description: 'schedule "Nights"' }] };

  it('leave what a conditional permit admits to the rules below as well', () => {
    const config = withRules([
      rule(1, 'permit', { source: to('Support'), ...scheduled }),
      rule(2, 'permit', { source: ANY }),
    ]);
    const [reach] = analyse(config, new Map()).reaches;
    expect(reach?.contributions.map((each) => each.sources.size().ipv4)).toEqual([1, 2 ** 32]);
  });

  it('never let a conditional deny close a door', () => {
    const config = withRules([rule(1, 'deny', scheduled), rule(2, 'permit', { source: to('Support') })]);
    expect(doors(config)).toEqual([{ interface: 'X1', sources: ['203.0.113.7/32'], approximate: true }]);
  });

  it('of a rate stop nobody for good: there is no doubt', () => {
    const rate = { conditions: [{ kind: 'rate' as const, description: 'more than three a minute' }] };
    const config = withRules([rule(1, 'deny', rate), rule(2, 'permit', { source: to('Support') })]);
    expect(doors(config)).toEqual([{ interface: 'X1', sources: ['203.0.113.7/32'], approximate: false }]);
  });
});

describe('entries', () => {
  it('are zones that are not trusted, by role and never by name', () => {
    const config = withRules([], {
      zones: [
        zone('WAN', 'trusted'),
        zone('Inside', 'untrusted'),
        zone('Odd', 'unknown'),
        zone('DMZ', 'public'),
      ],
      interfaces: [
        iface('X1', 'WAN', null),
        iface('X2', 'Inside', null),
        iface('X3', 'Odd', null),
        iface('X4', 'DMZ', null),
      ],
    });
    expect(analyse(config, new Map()).entries.map((entry) => entry.name)).toEqual(['Inside', 'Odd', 'DMZ']);
  });

  it('follow the register over the configuration, for a zone or for one interface', () => {
    const config = withRules([], {
      interfaces: [iface('X0', 'LAN', null), iface('X1', 'WAN', null), iface('X3', 'LAN', null)],
    });
    const entries = (overrides: readonly [string, 'untrusted' | 'trusted'][]) =>
      analyse(config, new Map(overrides)).entries.map(({ name, interfaces }) => ({ name, interfaces }));
    expect(entries([['X3', 'untrusted']])).toEqual([
      { name: 'WAN', interfaces: ['X1'] },
      { name: 'LAN', interfaces: ['X3'] },
    ]);
    expect(entries([['WAN', 'trusted']])).toEqual([]);
    expect(entries([['X1', 'trusted']])).toEqual([]);
  });
});

describe('named sources', () => {
  it('are listed under the wider door that swallows them, whichever comes first', () => {
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      const named = rule(order[0] as number, 'permit', { source: to('Support'), service: tcp(443) });
      const wide = rule(order[1] as number, 'permit', { service: tcp(443) });
      const rules = order[0] === 1 ? [named, wide] : [wide, named];
      const [reach] = analyse(withRules(rules), new Map()).reaches;
      expect(reach?.sources.toCidrs()).toEqual(['0.0.0.0/0']);
      expect(reach?.named.map((each) => [each.name, each.sources.toCidrs()])).toEqual([
        ['Support', ['203.0.113.7/32']],
      ]);
    }
  });
});
