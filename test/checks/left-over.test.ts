import { describe, expect, it } from 'vitest';
import { permitsByDefault } from '../../src/checks/config-facts.js';
import { outsideOf } from '../../src/checks/outside.js';
import { deviceOf, table } from '../platforms/iptables/build.js';

/** What rules deny together is not left to the policy behind them. */

function open(...lines: readonly string[]): readonly string[] {
  const config = deviceOf(table('filter', [':INPUT ACCEPT [0:0]', ':FORWARD DROP [0:0]', ...lines]));
  return permitsByDefault(config, outsideOf(config));
}

const TOLD = ['filter/INPUT'];

describe('a policy that permits', () => {
  it.each([
    ['one rule denies everything', ['-A INPUT -j DROP']],
    ['rules deny it by interfaces', ['-A INPUT -i eth0 -j DROP', '-A INPUT ! -i eth0 -j DROP']],
    ['rules deny it by addresses', ['-A INPUT -s 10.0.0.0/8 -j DROP', '-A INPUT ! -s 10.0.0.0/8 -j DROP']],
    ['a chain denies it', [':no - [0:0]', '-A no -p tcp -j REJECT', '-A no -j DROP', '-A INPUT -j no']],
    [
      'a chain denies what another one leaves',
      [':no - [0:0]', '-A no -s 10.0.0.0/8 -j RETURN', '-A no -j DROP', '-A INPUT -g no']
        .concat(':rest - [0:0]', '-A rest -j DROP')
        .map((line) => line.replace('-g no', '-j no'))
        .concat('-A INPUT -j rest'),
    ],
    [
      'rules permit some before',
      ['-A INPUT -p tcp --dport 443 -j ACCEPT', '-A INPUT -i eth0 -j DROP', '-A INPUT ! -i eth0 -j DROP'],
    ],
  ])('leaves nothing to say where %s', (_, lines) => {
    expect(open(...lines)).toEqual([]);
  });

  it.each([
    ['an interface is left', ['-A INPUT -i eth0 -j DROP']],
    ['a protocol is left', ['-A INPUT -p tcp -j DROP', '-A INPUT -p udp -j DROP']],
    ['one denies under a condition', ['-A INPUT -m limit --limit 1/sec -j DROP']],
    [
      'a chain comes back for some',
      [':no - [0:0]', '-A no -s 10.0.0.0/8 -j RETURN', '-A no -j DROP', '-A INPUT -j no'],
    ],
    [
      'a chain may come back',
      [':no - [0:0]', '-A no -m limit --limit 1/sec -j RETURN', '-A no -j DROP', '-A INPUT -j no'],
    ],
    [
      'a chain is left for another',
      [':no - [0:0]', ':rest - [0:0]', '-A no -p tcp -g rest', '-A no -j DROP', '-A INPUT -j no'],
    ],
    ['everything is permitted by a rule', ['-A INPUT -j ACCEPT']],
  ])('is told where %s', (_, lines) => {
    expect(open(...lines)).toEqual(TOLD);
  });

  it('is told where an earlier stage permits by a rule', () => {
    const earlier = table('mangle', [':PREROUTING ACCEPT [0:0]', '-A PREROUTING -j ACCEPT']);
    const config = deviceOf(earlier + table('filter', [':INPUT ACCEPT [0:0]', ':FORWARD DROP [0:0]']));
    expect(permitsByDefault(config, outsideOf(config))).toEqual(TOLD);
  });
});
