import { describe, expect, it } from 'vitest';
import { auditFiles } from '../../support/run.js';
import { deviceOf, HEADER } from './support.js';

/** Policies by themselves, as `show firewall policy` prints them. */
function policies(...rows: readonly (readonly [from: string, to: string, more?: string])[]): string {
  const entries = rows.map(
    ([from, to, more = ''], at) => `    edit ${at + 1}
        set srcintf ${from}
        set dstintf ${to}
        set action accept
        set srcaddr "all"
        set dstaddr "all"
        set service "ALL"
        ${more}
    next`,
  );
  return ['config firewall policy', ...entries, 'end', ''].join('\n');
}

function rolesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(deviceOf(text).interfaces.map(({ name, role }) => [name, role.value]));
}

describe('interfaces that a file names and does not hold', () => {
  it('are those of its policies, and one for all others', () => {
    expect(rolesOf(policies(['"a" "b"', '"c"']))).toEqual({
      a: 'unknown',
      b: 'unknown',
      c: 'unknown',
      'other interfaces': 'unknown',
    });
  });

  it('are the members of its zones, and neither zones nor ends of tunnels', () => {
    const zone = 'config system zone\n    edit "inside"\n        set interface "a" "b"\n    next\nend\n';
    const tunnel = 'config vpn ipsec phase1-interface\n    edit "branch"\n    next\nend\n';
    const text = policies(['"inside"', '"c"'], ['"branch"', '"c"'], ['"ssl.root"', 'any']);
    expect(Object.keys(rolesOf(`${zone}${tunnel}${text}`)).sort()).toEqual([
      'a',
      'b',
      'c',
      'other interfaces',
    ]);
  });

  it('are outside where everybody is hidden behind them', () => {
    expect(rolesOf(policies(['"lan"', '"wan"', 'set nat enable']))).toMatchObject({
      lan: 'unknown',
      wan: 'untrusted',
    });
  });

  it.each([
    ['it is hidden itself', ['"wan"', '"lan"', 'set nat enable']],
    ['nothing is hidden', null],
  ] as const)('are not known where %s', (_, back) => {
    const out = ['"lan"', '"wan"', back === null ? '' : 'set nat enable'] as const;
    const text = policies(out, ...(back === null ? [] : [back]));
    expect(rolesOf(text)).toMatchObject({ lan: 'unknown', wan: 'unknown' });
  });

  it('are those that it names beside what it holds, and none in a whole backup', () => {
    const held = 'config system interface\n    edit "a"\n        set ip 192.0.2.1/24\n    next\nend\n';
    const text = `${held}${policies(['"a"', '"b"'])}`;
    expect(rolesOf(text)).toEqual({ a: 'unknown', b: 'unknown' });
    expect(rolesOf(`${HEADER}\n${text}`)).toEqual({ a: 'unknown' });
  });

  it('are none where it holds no policy', () => {
    expect(rolesOf('config firewall address\n    edit "all"\n    next\nend\n')).toEqual({});
  });
});

it('a policy from an interface that nothing is known of to the Internet lets nobody in', () => {
  const { findings } = auditFiles(['fixtures/fortigate/policies-alone/config.conf']);
  expect(findings.map(({ check }) => check)).toEqual(['FWA-NAT-001']);
});
