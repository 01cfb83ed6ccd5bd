import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import type { FirewallConfig, Tunnel } from '../../src/model/firewall-config.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { device, here, policy, rule, zone } from './build.js';

/** What comes out of a tunnel, and what does not. */

function tunnel(more: Partial<Tunnel> = {}, destinations: IpSet | null = null): Tunnel {
  return {
    name: 'far',
    kind: 'site-to-site',
    enabled: true,
    peers: ['203.0.113.40'],
    remoteNetworks: ['10.20.0.0/16'],
    management: [],
    ingress: {
      from: ['VPN'],
      interface: more.name ?? 'far',
      sources: IpSet.of('10.20.0.0/16'),
      destinations,
      approximate: [],
    },
    location: here,
    ...more,
  };
}

function doors(more: Partial<FirewallConfig>, rules = [rule(1, 'permit')]): readonly string[] {
  const zones = [zone('WAN', 'untrusted'), zone('LAN', 'trusted'), zone('VPN', 'tunnel')];
  const inside = policy(rules, {
    name: 'VPN to LAN',
    applies: { from: ['VPN'], to: ['LAN'], covers: 'both' },
  });
  const config = device({ zones, policies: [inside], tunnels: [tunnel()], ...more });
  return analyse(config, new Map()).reaches.map(
    ({ entry, target, sources }) => `${entry.name} ${target.interfaces.join()} ${sources.toCidrs().join()}`,
  );
}

describe('a tunnel', () => {
  it('lets in the addresses behind it, by the policies of its zone', () => {
    expect(doors({})).toEqual(['far X0 10.20.0.0/16']);
  });

  it('carries only what it is for', () => {
    expect(doors({ tunnels: [tunnel({}, IpSet.of('192.168.7.0/24'))] })).toEqual([]);
    expect(doors({ tunnels: [tunnel({}, IpSet.of('192.168.168.0/24'))] })).toEqual(['far X0 10.20.0.0/16']);
  });

  it('is not followed where nobody knows how it comes in, nor when it is off', () => {
    const { ingress: _, ...unknown } = tunnel();
    expect(doors({ tunnels: [unknown] })).toEqual([]);
    expect(doors({ tunnels: [tunnel({ enabled: false })] })).toEqual([]);
  });

  it('has its own name, whatever a zone is called', () => {
    expect(doors({ tunnels: [tunnel({ name: 'WAN' })] })).toEqual(['WAN (tunnel) X0 10.20.0.0/16']);
  });

  it('meets rules for one tunnel alone, and none that is for transit', () => {
    expect(doors({}, [rule(1, 'permit', { inInterfaces: ['other'] })])).toEqual([]);
    expect(doors({}, [rule(1, 'permit', { inInterfaces: ['far'] })])).toEqual(['far X0 10.20.0.0/16']);
    expect(doors({}, [rule(1, 'permit', { transitOnly: true })])).toEqual([]);
  });
});
