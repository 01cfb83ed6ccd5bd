import { describe, expect, it } from 'vitest';
import { groundOf } from '../../src/analysis/ground.js';
import { waysIn } from '../../src/analysis/ways-in.js';
import type { Entry } from '../../src/model/exposure.js';
import type { NatRule } from '../../src/model/policy.js';
import { ANY_SERVICE, device, here, natRule, policy, rule } from './build.js';

/** An entry is followed interface by interface where a rule tells them apart, and nowhere else. */

function ways(nat: Partial<NatRule> | null, byRule: readonly string[] | null = null): number {
  const entry: Entry = {
    kind: 'zone',
    name: 'WAN',
    interfaces: ['X1', 'X3'],
    role: { value: 'untrusted', evidence: 'test' },
    location: here,
  };
  const config = device({
    natRules: nat === null ? [] : [natRule(nat)],
    policies: [policy([rule(1, 'permit', { inInterfaces: byRule })])],
  });
  return waysIn(groundOf(config), entry).length;
}

describe('an entry with two interfaces', () => {
  it.each([
    [1, 'no rule names an interface', null],
    [1, 'a NAT rule is for every interface', {}],
    [1, 'a NAT rule is for both', { inInterfaces: ['X1', 'X3'] }],
    [1, 'a NAT rule is for that of another entry', { inInterfaces: ['X9'] }],
    [2, 'a NAT rule is for one of them', { inInterfaces: ['X1'], translatedService: ANY_SERVICE }],
    [1, 'a NAT rule keeps what comes by one of them, and none would change it', { inInterfaces: ['X1'] }],
    [2, 'a NAT rule sends to the address of each', { inInterfaces: ['X1', 'X3'], toSelf: true }],
  ])('has %i ways in when %s', (count, _, nat) => {
    expect(ways(nat)).toBe(count);
  });

  it('has two ways in when an access rule names one of them', () => {
    expect(ways(null, ['X3'])).toBe(2);
    expect(ways(null, ['X9'])).toBe(1);
  });
});
