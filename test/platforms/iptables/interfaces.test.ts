import { describe, expect, it } from 'vitest';
import { IpSet } from '../../../src/sets/ip-set.js';
import { deviceOf, filter, parse, policyOf } from './build.js';

/** Interfaces are what the rules name, and what is left. */

function inOf(words: string, others: readonly string[]): readonly string[] | null | undefined {
  const device = deviceOf(
    filter([`-A INPUT ${words} -j ACCEPT`, ...others.map((name) => `-A INPUT -i ${name} -j DROP`)]),
  );
  return policyOf(device, 'filter/INPUT').rules[0]?.inInterfaces;
}

describe('interfaces', () => {
  it('are the names and patterns of the file, and the rest', () => {
    const device = deviceOf(
      filter(['-A INPUT -i eth0 -j DROP', '-A FORWARD -i eth+ -o tun0 -j DROP', '-A INPUT -i + -j DROP']),
    );
    expect(
      device.interfaces.map(({ name, location }) => [name, location.line, location.key ?? null]),
    ).toEqual([
      ['eth0', 6, null],
      ['eth+', 7, null],
      ['tun0', 7, null],
      ['other', 2, 'any other interface'],
    ]);
    expect(device.interfaces[0]).toMatchObject({
      zone: null,
      ipv4: { kind: 'none' },
      ipv6: { kind: 'none' },
      enabled: true,
    });
    expect(device.silence).toEqual({ addresses: true, listeners: true, own: IpSet.EMPTY });
  });

  it.each([
    ['-i eth0', ['eth1'], ['eth0']],
    ['! -i eth0', ['eth1'], ['eth1', 'other']],
    ['-i eth+', ['eth1', 'tun0'], ['eth+', 'eth1']],
    ['! -i eth+', ['eth1', 'tun0'], ['tun0', 'other']],
    ['-i eth+', ['eth1', 'eth1+', 'e+'], ['eth+', 'eth1', 'eth1+']],
    ['-i +', ['eth0'], null],
    ['! -i +', ['eth0'], []],
    ['', ['eth0'], null],
    ['-i other', ['eth0'], ['other']],
    ['! -i other', ['eth0'], ['eth0', 'any other']],
    ['-i __proto__', [], ['__proto__']],
  ])('%s beside %s means %s', (words, others, expected) => {
    const found = inOf(words, others);
    expect(found === null || found === undefined ? found : [...found].sort()).toEqual(
      expected === null ? null : [...expected].sort(),
    );
  });

  it('that a packet leaves by are asked where it may leave', () => {
    const device = deviceOf(
      filter([
        ':both - [0:0]',
        '-A INPUT -j both',
        '-A FORWARD -j both',
        '-A FORWARD -o eth0 -j ACCEPT',
        '-A FORWARD ! -o eth0 -j ACCEPT',
        '-A both -o eth0 -j ACCEPT',
        '-A both ! -o eth0 -j ACCEPT',
      ]),
    );
    expect(policyOf(device, 'filter/FORWARD').rules.map((rule) => rule.outInterfaces)).toEqual([
      null,
      ['eth0'],
      ['other'],
    ]);
    const [one, two] = policyOf(device, 'filter/both').rules;
    expect([one?.outInterfaces, one?.approximate]).toEqual([['eth0'], []]);
    expect([two?.outInterfaces, two?.approximate]).toEqual([null, ['packets that leave by no interface']]);
  });

  it('beyond a thousand are not told apart', () => {
    const names = Array.from({ length: 1_200 }, (_, i) => `-A INPUT -i v${i} -j DROP`);
    const { devices, diagnostics } = parse(filter([...names, '-A INPUT ! -i v1100 -j ACCEPT']));
    const rules = devices[0]?.policies[0]?.rules ?? [];
    expect(devices[0]?.interfaces).toHaveLength(1_001);
    expect(rules[999]?.inInterfaces).toEqual(['v999']);
    for (const at of [1_100, 1_200]) {
      expect(rules[at]?.inInterfaces).toBeNull();
      expect(rules[at]?.approximate).toEqual(['one of more interfaces than are told apart']);
    }
    expect(rules[999]?.approximate).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: 'set-limit', incomplete: true }]);
  });
});
