import { describe, expect, it } from 'vitest';
import { ServiceSet } from '../../../src/sets/service-set.js';
import { everything } from '../../support/everything.js';
import { deviceOf, filter, nat } from './build.js';

/**
 * Where hosts are is in no ruleset but in what rules say of them. What NAT sends to may be behind an interface that
 * sources are hidden behind, unless a rule has it elsewhere.
 */

const SSH = [{ id: 'ssh', services: ServiceSet.parse('tcp/22') }];
const OUT = '-A FORWARD -i br0 -o eth0 -j ACCEPT';
const TO = '-A PREROUTING -d 203.0.113.5/32 -p tcp --dport 2222 -j DNAT --to-destination 192.168.1.10:22';
const HIDE = '-A POSTROUTING -o eth0 -j MASQUERADE';

/** `eth0 > br0`: who comes in there reaches the host behind an interface. */
function ways(natRules: readonly string[], rules: readonly string[]): readonly string[] {
  const reaches = everything(deviceOf(nat(natRules) + filter(rules)), SSH);
  return reaches
    .filter(({ target }) => target.kind === 'host' && target.addresses.size().ipv4 === 1)
    .map(({ entry, target }) => `${entry.name} > ${target.interfaces.join()}`);
}

describe('a host to which NAT sends', () => {
  it.each([
    ['what is sent to it', [TO, HIDE], ['-A FORWARD -i eth0 -o br0 -d 192.168.1.10 -j ACCEPT']],
    ['its network', [TO, HIDE], ['-A FORWARD -i eth0 -o br0 -d 192.168.1.0/24 -j ACCEPT']],
    [
      'what comes from outside to it',
      [TO, HIDE],
      ['-A FORWARD -i eth0 -d 192.168.1.10 -p tcp --dport 22 -j ACCEPT'],
    ],
  ])('is where rules have it: %s', (_, natRules, rules) => {
    const found = ways(natRules, [OUT, ...rules]);
    expect(found.filter((way) => way.startsWith('br0'))).toEqual([]);
    expect(found.filter((way) => way.startsWith('eth0'))).toHaveLength(1);
  });

  it.each([
    [
      'whose sources are hidden on their way out',
      [TO, '-A POSTROUTING -s 192.168.1.0/24 -o eth0 -j MASQUERADE'],
      [OUT],
    ],
    ['who may go out', [TO, HIDE], ['-A FORWARD -s 192.168.1.0/24 -i br0 -o eth0 -j ACCEPT']],
  ])('is in a network %s', (_, natRules, rules) => {
    expect(ways(natRules, rules)).toEqual([]);
  });

  it.each([
    ['nothing says where it is', [TO, HIDE], [OUT]],
    ['a rule has it there', [TO, HIDE], [OUT, '-A FORWARD -o eth0 -d 192.168.1.10 -j ACCEPT']],
    ['a network there is', [TO, HIDE], [OUT, '-A FORWARD -s 192.168.1.0/24 -i eth0 -j ACCEPT']],
    ['others go inside', [TO, HIDE], [OUT, '-A FORWARD -o br0 -d 192.168.1.11 -j ACCEPT']],
    ['who goes where is not said', [TO, HIDE], [OUT, '-A FORWARD -o br0 -j ACCEPT']],
    ['what never gets there says nothing', [TO, HIDE], [OUT, '-A FORWARD -o br0 -d 192.168.1.10 -j DROP']],
    ['private addresses are stopped', [TO, HIDE], ['-A FORWARD -s 192.168.0.0/16 -i eth0 -j DROP', OUT]],
    [
      'it is sent to from several sides',
      [TO, HIDE],
      [
        OUT,
        '-A FORWARD -i eth0 -d 192.168.1.10 -p tcp --dport 25 -j ACCEPT',
        '-A FORWARD -i br0 -d 192.168.1.10 -p tcp --dport 25 -j ACCEPT',
      ],
    ],
    [
      'sources are hidden where it is',
      [TO, HIDE, '-A POSTROUTING -s 192.168.1.0/24 -d 192.168.1.0/24 -o eth0 -j MASQUERADE'],
      [OUT],
    ],
  ])('may be behind an interface where sources are hidden: %s', (_, natRules, rules) => {
    expect(ways(natRules, rules)).toContainEqual(expect.stringMatching(/^br0 > .*eth0/));
  });

  it('is found behind the one of two such interfaces where rules have it', () => {
    const found = ways(
      [TO, HIDE, '-A POSTROUTING -o eth1 -j MASQUERADE'],
      ['-A FORWARD -i eth0 -o eth1 -d 192.168.1.10 -j ACCEPT', '-A FORWARD -i eth1 -o eth0 -j ACCEPT'],
    );
    expect(found).toEqual(['eth0 > eth1']);
  });

  it('may be one of several, some of them inside', () => {
    const range = TO.replace('192.168.1.10:', '192.168.1.10-192.168.1.11:');
    const device = deviceOf(
      nat([range, HIDE]) + filter([OUT, '-A FORWARD -i eth0 -o br0 -d 192.168.1.10 -j ACCEPT']),
    );
    const found = everything(device, SSH).filter(({ entry }) => entry.name === 'br0');
    expect(
      found
        .filter(({ target }) => target.interfaces.includes('eth0'))
        .flatMap(({ target }) => target.addresses.toCidrs()),
    ).toEqual(['192.168.1.11/32']);
  });
});
