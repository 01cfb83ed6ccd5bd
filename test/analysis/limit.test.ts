import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { iptables } from '../../src/platforms/iptables/index.js';
import { IpSet, ServiceSet } from '../../src/sets/index.js';

/**
 * A policy whose exact set would have millions of pieces: in each stretch of ports, another half of
 * `rules` sources and destinations is denied before `permit` lets in the rest.
 */
function intricate(rules: number, permit: string): string {
  const lines = Array.from({ length: rules }, (_, at) => {
    const host = `192.0.${at >> 8}.${at & 255}`;
    const first = 40_000 + ((at * 7919) % 3000);
    const last = first + ((at * 104_729) % 1000);
    return `-A FORWARD ${at % 2 === 0 ? '-s' : '-d'} ${host} -p udp -m udp --dport ${first}:${last} -j DROP`;
  });
  const chains = [':INPUT DROP [0:0]', ':FORWARD DROP [0:0]', ':OUTPUT ACCEPT [0:0]'];
  return ['*filter', ...chains, ...lines, `-A FORWARD ${permit} -j ACCEPT`, 'COMMIT', ''].join('\n');
}

function analysed(text: string) {
  const { devices } = iptables.parse([{ file: 'rules', bytes: Buffer.from(text) }]);
  const [device] = devices;
  if (device === undefined) throw new Error('no device');
  const inside = { id: 'inside', services: ServiceSet.parse('udp/41000') };
  const outside = { id: 'outside', services: ServiceSet.parse('udp/50000') };
  return analyse(device, new Map(), [inside, outside]);
}

describe('a policy beyond the limit of pieces', () => {
  const permit = '-p udp -m udp --dport 40000:44000';

  it('is exact below the limit', () => {
    const { diagnostics, reaches } = analysed(intricate(40, permit));
    expect(diagnostics).toEqual([]);
    expect(new Set(reaches.map(({ service }) => service.id))).toEqual(new Set(['inside']));
    expect(reaches.every(({ approximate }) => !approximate.some((why) => /intricate/.test(why)))).toBe(true);
  });

  it('is taken wider, never narrower, and says so: the scan is incomplete', () => {
    const { diagnostics, reaches } = analysed(intricate(2500, permit));
    expect(diagnostics).toMatchObject([{ code: 'set-limit', incomplete: true }]);
    // What denies takes nothing away, and what is not permitted anywhere stays out.
    expect(reaches.map(({ service }) => service.id)).toEqual(['inside']);
    expect(reaches[0]?.sources.contains(IpSet.of('192.0.0.0'))).toBe(true);
    expect(reaches[0]?.approximate.join()).toMatch(/intricate/);
  });
});
