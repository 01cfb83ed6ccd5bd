import { describe, expect, it } from 'vitest';
import { contestOf, shrink } from './contest.js';
import { judge, type Mismatch } from './judge.js';
import type { Arrival, Lab, Probe } from './lab.js';
import { LAYOUTS } from './layout.js';
import type { Profile } from './profile.js';
import { type Ruleset, render } from './ruleset.js';

/** The comparison itself, without a kernel: what it finds when the kernel and fwaudit do not agree. */

const SSH: Probe = {
  entry: 'eth-out',
  source: '203.0.113.7',
  destination: '198.51.100.1',
  protocol: 'tcp',
  sourcePort: 40000,
  port: 22,
};
const OTHER: Probe = { ...SSH, source: '203.0.113.8' };
const HOME: Arrival = { where: 'self', destination: '198.51.100.1', port: 22 };
const ACCEPT = '-A INPUT -s 203.0.113.7/32 -p tcp -m tcp --dport 22 -j ACCEPT';
const EXACT = { addresses: true, certain: true, exactReaches: true };

const EVERYTHING: Profile = { name: 'everything', family: 'ipv4', nat: true, everyTable: true, beyond: true };

function dump(...rules: readonly string[]): string {
  const chains = [':INPUT DROP [0:0]', ':FORWARD DROP [0:0]', ':OUTPUT ACCEPT [0:0]'];
  return ['*filter', ...chains, ...rules, 'COMMIT', ''].join('\n');
}

function kinds(save: string, probes: readonly Probe[], arrivals: readonly (Arrival | null)[]) {
  const { mismatches } = judge(save, LAYOUTS.ipv4, probes, arrivals, EXACT);
  return mismatches.map(({ kind, answer, knowing }) => `${kind} by ${answer}, knowing ${knowing}`);
}

describe('the comparison', () => {
  it('finds nothing where both agree', () => {
    expect(kinds(dump(ACCEPT), [SSH, OTHER], [HOME, null])).toEqual([]);
  });

  it('finds what arrived and should not have, in every answer', () => {
    expect(kinds(dump(ACCEPT), [OTHER], [HOME])).toEqual([
      'missed by scan, knowing only the dump',
      'missed by trace, knowing addresses',
      'missed by reach, knowing addresses',
      'missed by trace, knowing only the dump',
      'missed by reach, knowing only the dump',
    ]);
  });

  it('finds what did not arrive and should have, where the addresses are known', () => {
    expect(kinds(dump(ACCEPT), [SSH], [null])).toEqual([
      'invented by trace, knowing addresses',
      'invented by reach, knowing addresses',
      'invented by reach, knowing only the dump',
    ]);
  });

  it('finds what arrived at another place', () => {
    const found = kinds(dump(ACCEPT), [SSH], [{ where: 'eth-in', destination: '10.20.0.5', port: 22 }]);
    expect(found).toContain('elsewhere by trace, knowing addresses');
    expect(found).toContain('missed by reach, knowing addresses');
  });

  it('finds doubt where there is none, and lines that are not understood', () => {
    const doubt = dump('-A INPUT -m limit --limit 1/sec -j DROP', ACCEPT);
    expect(kinds(doubt, [SSH], [HOME])).toEqual(['doubtful by trace, knowing addresses']);
    expect(kinds(dump('-A INPUT -m nobody-knows --this -j ACCEPT'), [], [])).toContain(
      'unread by parse, knowing only the dump',
    );
  });
});

describe('a mismatch', () => {
  const planted = {
    chain: 'INPUT',
    options: ['-s 203.0.113.7', '-p tcp', '-m tcp --dport 22'],
    target: '-j DROP',
  };

  /** A kernel that ignores the planted rule, and drops everything else. */
  const wrong: Lab = {
    async attempt(_backend, _layout, ruleset, probes) {
      const arrives = /-A INPUT.* -j DROP/.test(ruleset) && ruleset.includes('203.0.113.7');
      return {
        save: ruleset,
        arrivals: probes.map((probe) => (arrives && probe === probes[0] ? HOME : null)),
      };
    },
    async close() {},
  };

  function withPlanted({ tables, family }: Ruleset): Ruleset {
    return {
      family,
      tables: tables.map((table) =>
        table.name === 'filter' ? { ...table, rules: [planted, ...table.rules] } : table,
      ),
    };
  }

  it('is made as small as it can be', async () => {
    const contest = contestOf({ ...EVERYTHING, nat: false, everyTable: false, beyond: false }, 7);
    const ruleset = withPlanted(contest.ruleset);
    const probes = [SSH, ...contest.probes];
    const mismatch: Mismatch = {
      ...{ kind: 'missed', answer: 'trace', knowing: 'addresses', text: '' },
      probe: SSH,
    };
    expect(ruleset.tables.flatMap(({ rules }) => rules).length).toBeGreaterThan(10);
    const small = await shrink(wrong, { ...contest, ruleset, probes, expectations: EXACT }, mismatch);
    expect(small.probes).toEqual([SSH]);
    expect(small.ruleset.tables.flatMap(({ rules }) => rules)).toEqual([
      { ...planted, options: ['-s 203.0.113.7'] },
    ]);
  });
});

describe('random rulesets', () => {
  const texts = Array.from({ length: 300 }, (_, seed) => render(contestOf(EVERYTHING, seed).ruleset));

  it('are the same for the same seed, and others for another', () => {
    expect(contestOf(EVERYTHING, 11)).toEqual(contestOf(EVERYTHING, 11));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it.each([
    ...['-j guard', '-g guard', '-j RETURN', '-j ACCEPT', '-j DROP', '-j REJECT', '--reject-with tcp-reset'],
    ...['! -s ', '! -d ', '! -i ', '! -o ', '! -p ', '-i eth-o+', '--src-range', '! --dst-range'],
    ...['--dport 54:443', '! --dport', '--sport', '-m multiport ! --dports', '--sports', '--ports'],
    ...['--ctstate NEW', '--state RELATED,ESTABLISHED', '! --state', '! --syn', '--tcp-flags'],
    ...[':INPUT DROP', ':FORWARD ACCEPT', '-A FORWARD', '-A PREROUTING', '*raw', '*mangle', '*security'],
    ...[
      '-j DNAT --to-destination 10.20.0.5',
      '-j REDIRECT --to-ports',
      '-j NETMAP',
      '-j MASQUERADE',
      'CT --notrack',
    ],
  ])('hold %s somewhere', (wanted) => {
    expect(texts.some((text) => text.includes(wanted))).toBe(true);
  });
});
