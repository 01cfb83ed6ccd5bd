import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Analysis, analyse } from '../../src/analysis/analyse.js';
import type { FirewallConfig, Role } from '../../src/model/firewall-config.js';
import type { AccessRule } from '../../src/model/policy.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';
import { device, here, iface, listener, policy, rule, tcp, zone } from './build.js';

/** Zones that are trusted less than inside: what comes in from a DMZ is computed as what comes from outside. */

const LISTENERS = [
  listener('https-management', ServiceSet.parse('tcp/443')),
  listener('ssh-management', ServiceSet.parse('tcp/22')),
];

function from(sources: string): Pick<AccessRule, 'source'> {
  return { source: { any: false, objects: [], literal: IpSet.of(...sources.split(' ')), negated: false } };
}

function configOf(rules: readonly AccessRule[], more: Partial<FirewallConfig> = {}): FirewallConfig {
  const toSelf = policy(rules, {
    name: 'DMZ to LAN',
    applies: { from: ['DMZ'], to: ['LAN', 'DMZ'], covers: 'both' },
  });
  return device({
    zones: [zone('WAN', 'untrusted'), zone('LAN', 'trusted'), zone('DMZ', 'public')],
    interfaces: [
      { ...iface('X0', 'LAN', '192.168.1.1/24'), role: { value: 'trusted', evidence: 'test' } },
      iface('X2', 'DMZ', '10.20.30.1/24'),
    ],
    listeners: LISTENERS,
    policies: [toSelf],
    ...more,
  });
}

function told({ reaches }: Analysis): readonly string[] {
  return reaches.map(
    ({ entry, target, service, sources }) =>
      `${entry.name} > ${target.kind} ${target.interfaces.join('+')} ${service.id} ${sources.toCidrs().join()}`,
  );
}

const NONE = new Map();

describe('a zone that is trusted less than inside', () => {
  it('reaches what its rules let in, first match', () => {
    const rules = [
      rule(1, 'deny', { ...from('10.20.30.5'), service: tcp(22) }),
      rule(2, 'permit', { ...from('10.20.30.0/29'), service: tcp(22) }),
    ];
    expect(told(analyse(configOf(rules), NONE))).toEqual([
      'DMZ > self X0+X2 ssh-management 10.20.30.0/30,10.20.30.4/32,10.20.30.6/31',
    ]);
  });

  it('is one door for all addresses that one rule opens, and one for each rule', () => {
    const [own, far] = ['10.20.30.1', '192.168.1.1'].map((address, at) =>
      rule(at, 'permit', {
        service: tcp(443),
        destination: { any: false, objects: [], literal: IpSet.of(address), negated: false },
      }),
    ) as [AccessRule, AccessRule];
    const all = rule(9, 'permit', { service: tcp(443) });
    const places = (rules: readonly AccessRule[]) =>
      analyse(configOf(rules), NONE).reaches.map(({ target }) => target.interfaces);
    expect(places([all])).toEqual([['X0', 'X2']]);
    expect(places([own, far])).toEqual([['X0'], ['X2']]);
  });

  it('knows its networks, and no default route among them', () => {
    const route = { routingInstance: 'default', interface: 'X2', gateway: '10.20.30.2', location: here };
    const routes = ['10.7.0.0/16', '0.0.0.0/0'].map((destination) => ({ ...route, destination }));
    const [entry] = analyse(configOf([rule(1, 'permit')], { routes }), NONE).entries.slice(-1);
    expect(entry?.networks?.toCidrs()).toEqual(['10.7.0.0/16', '10.20.30.0/24']);
  });

  it('reaches hosts inside, and is no way out of itself', () => {
    const wanted = [{ id: 'rdp', services: ServiceSet.parse('tcp/3389') }];
    const config = configOf([rule(1, 'permit', { service: tcp(3389) })]);
    expect(told(analyse(config, NONE, wanted)).map((text) => text.split(' ').slice(0, 5).join(' '))).toEqual([
      'DMZ > host X0 rdp',
    ]);
  });

  it('sleeps where a person switched a rule off, and not where the appliance keeps one', () => {
    const off = { enabled: false, service: tcp(443) };
    const doors = (more: Partial<AccessRule>) =>
      analyse(configOf([rule(1, 'permit', { ...off, ...more })]), NONE).dormant.map(({ reasons }) => reasons);
    expect(doors({})).toEqual([['disabled']]);
    expect(doors({ origin: 'automatic' })).toEqual([]);
    expect(doors({ transitOnly: true })).toEqual([]);
  });

  it('is not told of when nothing is connected to it and no rule waits for that', () => {
    const empty = (rules: readonly AccessRule[]) =>
      analyse(configOf(rules, { interfaces: [iface('X0', 'LAN', '192.168.1.1/24')] }), NONE).entries.map(
        ({ name }) => name,
      );
    expect(empty([rule(1, 'permit', { origin: 'implied' })])).toEqual(['WAN']);
    expect(empty([rule(1, 'permit')])).toEqual(['WAN', 'DMZ']);
  });

  it('is what the register says it is', () => {
    const rules = [rule(1, 'permit', { service: tcp(443) })];
    const roles = (zoneRole: Role['value'], override?: 'untrusted' | 'public' | 'trusted') =>
      analyse(
        configOf(rules, { zones: [zone('DMZ', zoneRole)] }),
        new Map(override === undefined ? [] : [['DMZ', override]]),
      ).entries.map(({ role, networks }) => `${role.value} ${networks !== undefined}`);
    expect(roles('trusted')).toEqual([]);
    expect(roles('trusted', 'public')).toEqual(['public true']);
    expect(roles('public', 'untrusted')).toEqual(['untrusted false']);
    expect(roles('public', 'trusted')).toEqual([]);
  });

  it('stands beside the interface of it that strangers come in by', () => {
    const config = configOf([rule(1, 'permit', { service: tcp(443) })], {
      interfaces: [iface('X2', 'DMZ', '10.20.30.1/24'), iface('X3', 'DMZ', '198.51.100.2/29')],
    });
    const { entries } = analyse(config, new Map([['X3', 'untrusted']]));
    expect(entries.slice(-2).map(({ name, interfaces, role }) => [name, interfaces, role.value])).toEqual([
      ['DMZ', ['X3'], 'untrusted'],
      ['DMZ', ['X2'], 'public'],
    ]);
  });

  it('lets in exactly what the same rules let in from outside', () => {
    const network = fc
      .tuple(fc.integer({ min: 0, max: 15 }), fc.constantFrom(28, 30, 32))
      .map(([part, prefix]) => `10.20.30.${part * 16}/${prefix}`);
    const anyRule = fc
      .tuple(fc.constantFrom('permit', 'deny'), network, fc.constantFrom(22, 443), fc.boolean(), fc.boolean())
      .map(([action, source, port, wide, enabled]) =>
        rule(0, action as 'permit' | 'deny', {
          ...(wide ? {} : from(source)),
          service: tcp(port),
          enabled,
        }),
      );
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 8 }), (rules) => {
        const reached = (value: Role['value']) => {
          const numbered = rules.map((each, number) => ({ ...each, number, name: `rule ${number}` }));
          const config = configOf(numbered, { zones: [zone('DMZ', value), zone('LAN', 'trusted')] });
          return analyse(config, NONE)
            .reaches.flatMap(({ target, service, sources }) =>
              target.interfaces.map((name) => `${name} ${service.id} ${sources.key()}`),
            )
            .sort();
        };
        expect(reached('public')).toEqual(reached('untrusted'));
      }),
    );
  });
});
