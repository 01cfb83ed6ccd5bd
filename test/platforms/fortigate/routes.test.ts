import { describe, expect, it } from 'vitest';
import { deviceOf, HEADER } from './support.js';

const BEFORE = `${HEADER}
config firewall address
edit "servers"
set subnet 10.9.0.0 255.255.0.0
next
edit "site"
set type fqdn
set fqdn "www.example.com"
next
end
config system zone
edit "inside"
set interface "a" "b"
next
end
`;

/** Destination, interface, gateway and entries of the policy routes. */
function policyRoutes(table: string, ...settings: readonly string[]) {
  const text = `${BEFORE}config router ${table}\nedit 1\n${settings.join('\n')}\nnext\nend\n`;
  return deviceOf(text).routes.flatMap((route) =>
    route.policy === undefined
      ? []
      : [[route.destination, route.interface, route.gateway, route.policy.from]],
  );
}

describe('policy routes', () => {
  const OUT = 'set output-device "x"';
  it.each([
    ['a quoted network', ['set dst "10.9.0.0/255.255.0.0"', OUT], [['10.9.0.0/16', 'x', null, null]]],
    ['a network and its mask', ['set dst 10.9.0.0 255.255.0.0', OUT], [['10.9.0.0/16', 'x', null, null]]],
    [
      'several networks, one of which looks like a mask',
      ['set dst "128.0.0.0/1" "10.0.0.0/8"', OUT],
      [
        ['128.0.0.0/1', 'x', null, null],
        ['10.0.0.0/8', 'x', null, null],
      ],
    ],
    ['an address object', ['set dstaddr "servers"', OUT], [['10.9.0.0/16', 'x', null, null]]],
    ['no destination', [OUT], [['0.0.0.0/0', 'x', null, null]]],
    ['all zeros', ['set dst 0.0.0.0 0.0.0.0', OUT], [['0.0.0.0/0', 'x', null, null]]],
    ['a name of the Internet', ['set dstaddr "site"', OUT], [['0.0.0.0/0', 'x', null, null]]],
    [
      'a negated destination',
      ['set dstaddr "servers"', 'set dst-negate enable', OUT],
      [['0.0.0.0/0', 'x', null, null]],
    ],
    [
      'a gateway alone, for what a zone sends',
      ['set input-device "inside" "c"', 'set gateway 192.0.2.9'],
      [['0.0.0.0/0', null, '192.0.2.9', ['a', 'b', 'c']]],
    ],
    [
      'entries that are negated',
      ['set input-device "c"', 'set input-device-negate enable', OUT],
      [['0.0.0.0/0', 'x', null, null]],
    ],
    ['off', ['set status disable', OUT], []],
    ['an exception', ['set action deny', OUT], []],
  ])('%s', (_what, settings, expected) => {
    expect(policyRoutes('policy', ...settings)).toEqual(expected);
  });

  it('of IPv6', () => {
    expect(policyRoutes('policy6', 'set dst 2001:db8:9::/48', OUT)).toEqual([
      ['2001:db8:9::/48', 'x', null, null],
    ]);
    expect(policyRoutes('policy6', OUT)).toEqual([['::/0', 'x', null, null]]);
  });
});
