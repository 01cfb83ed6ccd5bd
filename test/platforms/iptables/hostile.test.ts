import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { iptables } from '../../../src/platforms/iptables/index.js';
import { filter, nat, parse } from './build.js';

/** Input that means harm, or just much of it. */

/** A ruleset of mixed rules, always the same. */
function generated(count: number): string {
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const source = () => `${1 + random(200)}.${random(256)}.${random(256)}.${random(256)}/32`;
  const kinds = [
    () => `-s ${source()} -j DROP`,
    () => `-s ${source()} -p tcp -m tcp --dport ${random(65_536)} -j ACCEPT`,
    () =>
      `-i eth${random(20)} -p udp -m state --state NEW -m udp --dport ${random(1_000)}:${1_000 + random(6_000)} -j ACCEPT`,
    () => `-p tcp -m multiport --dports ${random(65_536)},${random(65_536)} -m limit --limit 5/min -j ACCEPT`,
    () => '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    () => `! -s ${source()} ! -i eth${random(20)} -m comment --comment "rule ${random(1_000_000)}" -j RETURN`,
  ];
  const chains = Array.from({ length: 50 }, (_, i) => `:c${i} - [0:0]`);
  const rules = Array.from(
    { length: count },
    () => `-A c${random(50)} ${kinds[random(kinds.length)]?.() ?? ''}`,
  );
  return filter([...chains, ...rules]);
}

/** Milliseconds of processor time, which other processes do not add to; collecting garbage counts too. */
function timeOf(text: string): number {
  const bytes = new TextEncoder().encode(text);
  const started = process.cpuUsage();
  iptables.parse([{ file: 'x', bytes }]);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}

describe('size', () => {
  it('100,000 rules take no more than in proportion', () => {
    const [small, large] = [generated(10_000), generated(100_000)];
    timeOf(small);
    const times = [1, 2, 3].map(() => ({ small: timeOf(small), large: timeOf(large) }));
    const best = (of: (each: { small: number; large: number }) => number) => Math.min(...times.map(of));
    // Ten times as many; what is quadratic would take a hundred times as long. How long it takes, the bench says.
    expect(best((each) => each.large) / best((each) => each.small)).toBeLessThan(20);
  }, 60_000);

  it.each([
    ['one long line', filter([`-A INPUT -s ${'1'.repeat(2_000_000)} -j DROP`])],
    ['a long list of addresses', filter([`-A INPUT -s ${'192.0.2.1,'.repeat(200_000)}192.0.2.1 -j DROP`])],
    [
      'a long list of ports',
      filter([`-A INPUT -p tcp -m multiport --dports ${'1,'.repeat(200_000)}1 -j DROP`]),
    ],
    ['many options', filter([`-A INPUT ${'-m limit --limit 1/s '.repeat(50_000)} -j DROP`])],
    ['many words', filter([`-A INPUT ${'x '.repeat(500_000)}`])],
    ['many quotes', filter([`-A INPUT -m comment --comment ${'"\\"'.repeat(300_000)} -j DROP`])],
    [
      'a deep chain of jumps',
      filter([
        ...Array.from({ length: 20_000 }, (_, i) => `:c${i} - [0:0]`),
        ...Array.from({ length: 19_999 }, (_, i) => `-A c${i} -j c${i + 1}`),
      ]),
    ],
    [
      'many insertions',
      filter(Array.from({ length: 50_000 }, (_, i) => `-I INPUT 1 -s 10.0.${i >> 8}.${i & 255} -j DROP`)),
    ],
    [
      'a deep chain of NAT',
      nat([
        ...Array.from({ length: 5_000 }, (_, i) => `:c${i} - [0:0]`),
        '-A PREROUTING -j c0',
        ...Array.from({ length: 4_999 }, (_, i) => `-A c${i} -j c${i + 1}`),
      ]),
    ],
    [
      'many blanks',
      filter([`-A INPUT -j DROP${' '.repeat(1_000_000)}x`, `-A INPUT -j DROP${' '.repeat(1_000_000)}x`]),
    ],
  ])(
    '%s ends in time',
    (_, text) => {
      expect(timeOf(text)).toBeLessThan(4_000);
    },
    20_000,
  );
});

describe('names and numbers', () => {
  it('are data, whatever they are', () => {
    const names = ['__proto__', 'constructor', 'toString', '', '../../etc', '\u001b[31m', '\u202e'];
    const { devices } = parse(
      filter(
        names
          .map((name) => `:${name} - [0:0]`)
          .concat(names.map((name) => `-A INPUT -i ${name} -s ${name} -j ${name}`)),
      ),
    );
    expect(devices).toHaveLength(1);
    expect(JSON.parse(JSON.stringify(devices[0]?.interfaces.map((each) => each.name)))).toContain(
      '__proto__',
    );
  });

  it.each([
    '-p 99999999999999999999',
    '-s 1.2.3.4/99999999999999999999',
    '-s 1.2.3.4/-1',
    '--dport 1e9',
    '-p tcp --dport -1',
    '-s 256.1.1.1',
    '-s ::/129',
    '-p icmp -m icmp --icmp-type 999/999',
    '-s 1.2.3.4/255.255.255.256',
  ])('%s never throws and is never silently something else', (words) => {
    const { devices, diagnostics } = parse(filter([`-A INPUT ${words} -j ACCEPT`]));
    expect(devices).toHaveLength(1);
    expect(diagnostics.some((each) => each.incomplete)).toBe(true);
  });

  it('never end up in a diagnostic', () => {
    const secret = 'planted-secret';
    const lines = [
      `-A INPUT -s ${secret}/99 -j ACCEPT`,
      `-A INPUT -p ${secret} -j ACCEPT`,
      `-A INPUT ${secret}`,
      `-A INPUT -m string --string ${secret} --frobnicate ${secret} -j ${secret}`,
      secret,
    ];
    const { diagnostics, coverage } = parse(filter(lines));
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(JSON.stringify([diagnostics, coverage])).not.toContain(secret);
  });
});

describe('any text made of the format’s own words', () => {
  const word = fc.constantFrom(
    ...[
      '*filter',
      '*nat',
      '*raw',
      'COMMIT',
      ':INPUT',
      ':c',
      'DROP',
      '-',
      '[0:0]',
      '-A',
      '-I',
      '-D',
      '-R',
      '-E',
      '-F',
      '-X',
      '-P',
      'INPUT',
      'PREROUTING',
      'c',
      '1',
      '0',
    ],
    ...[
      '-s',
      '-d',
      '-p',
      '-i',
      '-o',
      '-m',
      '-j',
      '-g',
      '!',
      'tcp',
      'udp',
      '--dport',
      '22',
      'a,b',
      '192.0.2.0/24',
      '2001:db8::/32',
      'conntrack',
      '--ctstate',
      'NEW',
      'recent',
      '--set',
      '--rcheck',
    ],
    ...[
      'DNAT',
      '--to-destination',
      '10.0.0.1:80',
      'RETURN',
      'ACCEPT',
      'CT',
      '--notrack',
      '"',
      '\\',
      '\n',
      '\n',
      '\n',
      '# Generated by ip6tables-save v1',
    ],
  );

  it('is parsed without throwing, the same each time, every line once', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 80 }), (words) => {
        const text = words.join(' ').replaceAll(' \n ', '\n');
        const parsed = parse(text);
        expect(JSON.stringify(parse(text))).toBe(JSON.stringify(parsed));
        const [coverage] = parsed.coverage;
        const lines = text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
        expect((coverage?.read ?? 0) + (coverage?.ignored ?? 0) + (coverage?.unknown ?? 0)).toBe(lines);
      }),
      { numRuns: 400 },
    );
  });
});
