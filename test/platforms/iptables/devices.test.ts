import { describe, expect, it } from 'vitest';
import { iptables } from '../../../src/platforms/iptables/index.js';
import { filter, nat, parse } from './build.js';

/** Which tables of which captures make one device, of which family, and what it is called. */

function capture(file: string, text: string) {
  return { file, bytes: new TextEncoder().encode(text) };
}

function devicesOf(...captures: readonly ReturnType<typeof capture>[]) {
  return iptables
    .parse(captures)
    .devices.map(({ id, policies }) => [id, [...new Set(policies.map((policy) => policy.family))].join()]);
}

const v4 = filter(['-A INPUT -s 192.0.2.1/32 -j ACCEPT']);
const v6 = filter(['-A INPUT -s 2001:db8::1/128 -j ACCEPT'], 6);
/** Without the header that names the program. */
const bare = (text: string) => text.replace(/^#.*\n/gm, '');

describe('one device', () => {
  it('is one file with one family, or with both', () => {
    expect(devicesOf(capture('gate.rules', v4))).toEqual([['gate', 'ipv4']]);
    expect(devicesOf(capture('gate.rules', v6))).toEqual([['gate', 'ipv6']]);
    expect(devicesOf(capture('gate.rules', v4 + v6))).toEqual([['gate', 'ipv4,ipv6']]);
  });

  it.each([
    ['paris/rules.v4', 'paris/rules.v6', 'paris'],
    ['paris/config.v4.rules', 'paris/config.v6.rules', 'paris'],
    ['paris/iptables-save', 'paris/ip6tables-save', 'paris'],
    ['gate-ipv4.txt', 'gate-ipv6.txt', 'gate'],
    ['gate.v4.rules', 'gate.v6.rules', 'gate'],
    ['gate-ip4.txt', 'gate-ip6.txt', 'gate'],
    ['gate.txt', 'gate6.txt', 'gate'],
    ['gate4.txt', 'gate6.txt', 'gate'],
  ])('is %s with %s', (one, two, id) => {
    expect(devicesOf(capture(one, v4), capture(two, v6))).toEqual([[id, 'ipv4,ipv6']]);
    expect(devicesOf(capture(two, v6), capture(one, v4))).toEqual(
      [[id, 'ipv6,ipv4']].map(([name]) => [name, 'ipv4,ipv6']),
    );
  });

  it.each([
    ['paris/rules.v4', 'lyon/rules.v6'],
    ['paris/gate1.v4', 'paris/gate2.v6'],
    ['paris/one.rules', 'paris/two.rules'],
    ['paris/fw14.rules', 'paris/fw16.rules'],
  ])('is not %s with %s', (one, two) => {
    expect(devicesOf(capture(one, v4), capture(two, v6))).toHaveLength(2);
  });

  it('is not two files of the same family, whatever their names', () => {
    expect(devicesOf(capture('a/rules.v4', v4), capture('a/rules.v6', v4))).toHaveLength(2);
    expect(devicesOf(capture('a/rules.v4', v4 + v6), capture('a/rules.v6', v6))).toHaveLength(2);
  });

  it('may come in several parts of one table', () => {
    const parts = `*filter\n:INPUT DROP [0:0]\n:late - [0:0]\n-A INPUT -j late\nCOMMIT\n*filter\n:late - [0:0]\n-A late -j ACCEPT\nCOMMIT\n`;
    const { devices, diagnostics } = parse(parts);
    expect(devices).toHaveLength(1);
    expect(devices[0]?.policies.find((policy) => policy.name === 'filter/late')?.rules).toHaveLength(1);
    expect(diagnostics).toEqual([]);
  });

  it('has its file’s place, also where a second file belongs to it', () => {
    const { devices, coverage } = iptables.parse([capture('a/rules.v4', v4), capture('a/rules.v6', v6)]);
    expect(devices[0]?.location).toEqual({ file: 'a/rules.v4', line: 2 });
    expect(
      devices[0]?.policies.find((policy) => policy.name === 'filter6/INPUT')?.rules[0]?.location,
    ).toEqual({ file: 'a/rules.v6', line: 6 });
    expect(coverage.map((each) => each.file)).toEqual(['a/rules.v4', 'a/rules.v6']);
  });
});

describe('several devices of one file', () => {
  it('are sessions one after another', () => {
    const text = `root@gate1:~# iptables-save\n${v4}\n\nroot@gate2:~# sudo /sbin/iptables-save -c\n${v4}`;
    expect(devicesOf(capture('log.txt', text))).toEqual([
      ['gate1', 'ipv4'],
      ['gate2', 'ipv4'],
    ]);
  });

  it('are a table that is dumped whole again', () => {
    expect(devicesOf(capture('gate.rules', v4 + v6 + v4))).toEqual([
      ['gate', 'ipv4,ipv6'],
      ['gate-2', 'ipv4'],
    ]);
  });
});

describe('the family of a table', () => {
  it.each([
    ['gate.rules', bare(v6), 'ipv6'],
    ['gate.rules', bare(v4), 'ipv4'],
    ['rules.v6', bare(filter([])), 'ipv6'],
    ['ip6tables', bare(filter([])), 'ipv6'],
    ['gate.rules', bare(filter([])), 'ipv4'],
    ['gate.rules', bare(filter(['-A INPUT -p ipv6-icmp -j ACCEPT'])), 'ipv6'],
    [
      'gate.rules',
      bare(filter(['-A INPUT -m time --timestart 08:00:00 -m mac --mac-source 00:53:00:00:00:01 -j ACCEPT'])),
      'ipv4',
    ],
    ['gate.rules', bare(v6) + bare(nat([])), 'ipv6'],
    ['rules.v6', v4, 'ipv4'],
    ['user6.rules', bare(filter([])), 'ipv6'],
    ['host-ip6.save', bare(filter([])), 'ipv6'],
    ['v6/iptables', bare(filter([])), 'ipv6'],
    ['fw16.rules', bare(filter([])), 'ipv4'],
    ['gate.rules', bare(filter([':ufw6-user-input - [0:0]'])), 'ipv6'],
    ['gate.rules', '*filter\n:INPUT DROP\n### tuple ### allow tcp 22 ::/0 any ::/0 in\nCOMMIT\n', 'ipv6'],
    ['gate.rules', `root@gate:~# ip6tables-save\n${bare(filter([]))}`, 'ipv6'],
    ['gate.rules', `=== ip6tables-save ===\n${bare(filter([]))}`, 'ipv6'],
    ['gate.rules', `# Rules for IPv6\n${bare(filter([]))}`, 'ipv6'],
    ['gate.rules', `=== ip6tables-save ===\n${bare(v4)}`, 'ipv4'],
  ])('of %s, case %#, is %s', (file, text, family) => {
    expect([...new Set(devicesOf(capture(file, text)).map(([, each]) => each))]).toEqual([family]);
  });
});

describe('captions', () => {
  it('tell two families of one file apart', () => {
    const bareFilter = bare(filter([]));
    const text = `=== iptables-save ===\n${bareFilter}=== ip6tables-save ===\n${bareFilter}`;
    expect(devicesOf(capture('gate.log', text))).toEqual([['gate.log', 'ipv4,ipv6']]);
  });
});

describe('names', () => {
  it.each([
    ['-', 'iptables'],
    ['gate.rules', 'gate'],
    ['sites/lyon/iptables-save', 'lyon'],
    ['sites/lyon/rules.v4', 'lyon'],
    ['sites/fw-lyon.txt', 'fw-lyon'],
    ['iptables', 'iptables'],
    ['fw.example.net', 'fw.example.net'],
  ])('of %s is %s', (file, id) => {
    expect(devicesOf(capture(file, v4))).toEqual([[id, 'ipv4']]);
  });
});

describe('limits', () => {
  const ids = (text: string) => parse(text).limits.map((limit) => limit.id);

  it('say what the format and the capture do not hold', () => {
    const always = ['iptables-no-addresses', 'iptables-no-listeners'];
    expect(ids(v4 + v6)).toEqual(always);
    expect(ids(v4)).toEqual([...always, 'iptables-one-family']);
    expect(parse(v6).limits.at(-1)?.message).toContain('IPv4');
    expect(
      ids(`# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n${v4}${v6}`),
    ).toEqual([...always, 'iptables-legacy-tables-not-in-file']);
  });

  it('come with the version of the program', () => {
    const { devices } = parse(
      '# Generated by iptables-save v1.8.9 (nf_tables) on Mon Nov 16 08:00:00 2026\n*filter\nCOMMIT\n',
    );
    expect(devices[0]).toMatchObject({ product: 'iptables', firmware: '1.8.9 (nf_tables)' });
  });
});
