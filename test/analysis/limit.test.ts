import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { parsePacket } from '../../src/analysis/packet.js';
import { trace } from '../../src/analysis/trace.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
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

function deviceOf(text: string): FirewallConfig {
  const { devices } = iptables.parse([{ file: 'rules', bytes: Buffer.from(text) }]);
  const [device] = devices;
  if (device === undefined) throw new Error('no device');
  return device;
}

function analysed(text: string) {
  const device = deviceOf(text);
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

/** Chains that each jump to the next one twice: a packet that matches may pass the last of them 2^`deep` times. */
function doubling(deep: number, asks: readonly [string, string]): string {
  const numbers = Array.from({ length: deep + 1 }, (_, at) => at);
  const chains = ['INPUT DROP', 'FORWARD DROP', 'OUTPUT ACCEPT', ...numbers.map((at) => `c${at} -`)];
  const jumps = numbers.slice(1).flatMap((at) => asks.map((words) => `-A c${at - 1} ${words} -j c${at}`));
  const last = `-A c${deep} -p udp -m udp --dport 41000 -j ACCEPT`;
  const all = chains.map((chain) => `:${chain} [0:0]`);
  return ['*filter', ...all, '-A FORWARD -i eth0 -j c0', ...jumps, last, 'COMMIT', ''].join('\n');
}

describe('chains that come to more rules than can be followed', () => {
  const narrow = ['-s 203.0.113.0/24', '-s 203.0.113.0/25'] as const;

  it('are exact below the limit', () => {
    const { diagnostics, reaches } = analysed(doubling(8, narrow));
    expect(diagnostics).toEqual([]);
    expect(reaches.map(({ sources }) => sources.toCidrs())).toEqual([['203.0.113.0/24']]);
  });

  it('are taken wider and say so, however deep they go', () => {
    const { diagnostics, reaches } = analysed(doubling(60, narrow));
    expect(diagnostics[0]).toMatchObject({ code: 'set-limit', incomplete: true });
    expect(new Set(reaches.map(({ service }) => service.id))).toEqual(new Set(['inside']));
    expect(reaches[0]?.sources.contains(IpSet.of('203.0.113.0/24'))).toBe(true);
    expect(reaches[0]?.approximate.join()).toMatch(/intricate/);
  });

  it('leave open what becomes of a packet', () => {
    const packet = parsePacket('203.0.113.7', '192.0.2.9:41001/udp');
    if (typeof packet === 'string') throw new Error(packet);
    const through = (deep: number) =>
      trace(deviceOf(doubling(deep, narrow)), new Map(), packet, 'eth0').map(({ verdict }) => verdict);
    expect(through(8)).toEqual(['denied']);
    expect(through(60)).toEqual(['perhaps']);
  });
});

/** Two stages of `rules` rules each, of which every one meets every one of the other, and no two come to one box. */
function crossing(rules: number): string {
  const at = (n: number) => `${n >> 8}.${n & 255}`;
  const numbers = Array.from({ length: rules }, (_, n) => n);
  const from = numbers.map((n) => `-A FORWARD -s 10.0.${at(n)} -p udp -m udp --sport ${n + 1} -j ACCEPT`);
  const to = numbers.map(
    (n) => `-A FORWARD -d 192.168.${at(n)} -p udp -m udp --dport ${40_001 + n} -j ACCEPT`,
  );
  const input = ':INPUT DROP [0:0]';
  const tables = [...table('mangle', [...from, from[0] ?? '']), ...table('filter', [input, ...to])];
  return [...tables, ''].join('\n');
}

function table(name: string, lines: readonly string[]): readonly string[] {
  return [`*${name}`, ':FORWARD DROP [0:0]', ...lines, 'COMMIT'];
}

describe('stages that cross too often', () => {
  it('are exact below the limit', () => {
    const { diagnostics, reaches } = analysed(crossing(8).replace('--dport 40008', '--dport 41000'));
    expect(diagnostics).toEqual([]);
    expect(reaches.map(({ sources }) => sources.toCidrs())).toEqual([['10.0.0.0/29']]);
  });

  it('are taken wider and say so: one of them alone', () => {
    const { diagnostics, reaches } = analysed(crossing(1000));
    expect(diagnostics).toMatchObject([{ code: 'set-limit', incomplete: true }]);
    expect(new Set(reaches.map(({ service }) => service.id))).toEqual(new Set(['inside']));
    // The filter alone: it has one rule less.
    expect(reaches[0]?.sources.contains(IpSet.of('203.0.113.7'))).toBe(true);
  });
});
