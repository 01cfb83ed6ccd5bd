import { describe, expect, it } from 'vitest';
import { HEADER, parse } from './support.js';

/** What is said of a configuration with an uplink `w` and an inner interface `l`. */
function troubles(more: string, uplink = '', inner = ''): readonly string[] {
  const text = `${HEADER}\nconfig system interface\nedit "w"\nset ip 203.0.113.2/24\nset role wan\n${uplink}\nnext\nedit "l"\nset ip 10.0.0.1/24\nset role lan\n${inner}\nnext\nend\n${more}config firewall policy\nedit 1\nnext\nend\n`;
  return parse(text).diagnostics.flatMap(({ incomplete, message }) => (incomplete ? [message] : []));
}

describe('what is not judged makes a scan incomplete where strangers come by it', () => {
  const CROSSING = 'a policy from one family of addresses to the other is not judged yet';
  const policy = (...settings: readonly string[]) =>
    `config firewall policy64\nedit 1\n${settings.join('\n')}\nnext\nend\n`;
  it.each([
    ['outside', ['set srcintf "w"', 'set action accept'], [CROSSING]],
    ['any', ['set srcintf "any"', 'set action accept'], [CROSSING]],
    ['inside', ['set srcintf "l"', 'set action accept'], []],
    ['off', ['set srcintf "w"', 'set action accept', 'set status disable'], []],
    ['denied', ['set srcintf "w"'], []],
  ])('a policy between families: %s', (_what, settings, expected) => {
    expect(troubles(policy(...settings))).toEqual(expected);
  });

  it.each([
    ['set nat46 enable', 'a virtual IP that leads to the other family of addresses is not judged yet'],
    ['set type access-proxy', 'what an access proxy publishes is not judged yet'],
  ])('a virtual IP: %s', (setting, expected) => {
    const named = 'config firewall policy\nedit 2\nset dstaddr "v"\nnext\nend\n';
    const vip = (by: string) =>
      `config firewall vip\nedit "v"\nset extip 203.0.113.9\nset mappedip "10.0.0.9"\nset extintf "${by}"\n${setting}\nnext\nend\n${named}`;
    expect(troubles(vip('w'))).toEqual([expected]);
    expect(troubles(vip('l'))).toEqual([]);
  });

  it('a virtual IP to the other family that no policy names is none', () => {
    const vip =
      'config firewall vip\nedit "v"\nset extip 203.0.113.9\nset extintf "w"\nset nat46 enable\nnext\nend\n';
    expect(troubles(vip)).toEqual([]);
    const central = 'config system settings\nset central-nat enable\nend\n';
    expect(troubles(vip + central)).toHaveLength(1);
  });

  it.each([
    ['outside', 'set srcintf "w"', 1],
    ['any', '', 1],
    ['inside, on the way out', 'set srcintf "l"', 0],
    ['outside, and denied', 'set srcintf "w"\nset action deny', 0],
  ])('a virtual IP for IPv6, which names no interface, in a policy from %s', (_what, more, count) => {
    const policy = `edit 2\nset action accept\nset dstaddr6 "g"\n${more}\nnext`;
    const group = 'config firewall vipgrp6\nedit "g"\nset member "v"\nnext\nend\n';
    const vip = 'edit "v"\nset extip 2001:db8::9\nset nat64 enable\nset ipv4-mappedip 10.0.0.9\nnext';
    const text = `config firewall vip6\n${vip}\nend\n${group}config firewall policy\n${policy}\nend\n`;
    expect(troubles(text)).toHaveLength(count);
  });

  it('an access proxy for IPv6, which names no interface', () => {
    const vip = 'edit "v"\nset type access-proxy\nset extip 2001:db8::9\nnext';
    expect(troubles(`config firewall vip6\n${vip}\nend\n`)).toHaveLength(1);
  });

  it('an explicit proxy', () => {
    const expected = 'an explicit proxy listens outside, and what it leads to is not judged yet';
    expect(troubles('', 'set explicit-web-proxy enable')).toEqual([expected]);
    expect(troubles('', '', 'set explicit-web-proxy enable')).toEqual([]);
  });
});
