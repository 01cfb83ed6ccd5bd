import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { iptables } from '../../src/platforms/iptables/index.js';
import { ServiceSet } from '../../src/sets/index.js';

/**
 * A long chain is followed once, as a whole; a short one is opened rule by rule, which the kernel judges elsewhere.
 * The same chain has to mean the same, whether or not rules for something else make it long.
 */

const CHAINS = ['one', 'two', 'three'];
const WANTED = [22, 23].map((port) => ({ id: `port-${port}`, services: ServiceSet.parse(`tcp/${port}`) }));

const match = fc
  .tuple(
    fc.constantFrom('', '-s 203.0.113.0/25', '! -s 203.0.113.64/26', '-s 198.51.100.7'),
    fc.constantFrom('', '-d 10.0.0.0/25', '-d 10.0.0.9'),
    fc.constantFrom('', '-p tcp', '-p tcp -m tcp --dport 22', '-p tcp -m multiport ! --dports 23'),
    fc.constantFrom('', '', '-m recent --rcheck --name x', '-m mac --mac-source 02:00:00:00:00:01'),
  )
  .map((words) => words.filter((each) => each !== '').join(' '));

const target = fc.constantFrom('ACCEPT', 'ACCEPT', 'DROP', 'DROP', 'RETURN');

/** Rules of a chain: what they match, and where to. The later chains may be jumped to. */
const rulesOf = (later: readonly string[]) =>
  fc.array(
    fc.tuple(
      match,
      fc.constantFrom('', '', '', '-i eth0', '-o eth1'),
      fc.oneof(target, fc.constantFrom('DROP', ...later)),
    ),
    { minLength: 1, maxLength: 6 },
  );

const ruleset = fc.tuple(rulesOf(CHAINS), ...CHAINS.map((_, at) => rulesOf(CHAINS.slice(at + 1))));

type Rules = readonly (readonly [string, string, string])[];

function textOf(chains: readonly Rules[], isLong: boolean): string {
  const names = ['FORWARD', ...CHAINS];
  const lines = chains.flatMap((rules, at) => {
    const name = names[at] ?? '';
    const own = rules.map(([asked, by, to]) => `-A ${name} ${by} ${asked} -j ${to}`.replace(/ +/g, ' '));
    // What the scan is asked for, they have nothing to do with.
    const others = Array.from({ length: 40 }, (_, n) => `-A ${name} -s 192.0.2.${n} -p udp -j DROP`);
    return at > 0 && isLong ? [...own, ...others] : own;
  });
  const heads = [':FORWARD DROP [0:0]', ...CHAINS.map((name) => `:${name} - [0:0]`)];
  return ['*filter', ...heads, ...lines, 'COMMIT', ''].join('\n');
}

function reachesOf(text: string) {
  const [device] = iptables.parse([{ file: 'rules', bytes: Buffer.from(text) }]).devices;
  if (device === undefined) throw new Error('no device');
  const { reaches } = analyse(device, new Map(), WANTED);
  return reaches
    .map(({ entry, target, service, sources, conditional, contributions, approximate }) => ({
      door: `${entry.name} ${target.addresses.toCidrs()} ${service.protocol} ${service.ports}`,
      sources: sources.toCidrs(),
      conditional: conditional?.toCidrs(),
      by: contributions.map(({ rule, sources: from }) => `${rule.name} ${from.toCidrs()}`).sort(),
      approximate: [...approximate].sort(),
    }))
    .sort((a, b) => (a.door < b.door ? -1 : 1));
}

describe('a long chain', () => {
  it('lets in what a short one does, by the same rules', () => {
    fc.assert(
      fc.property(ruleset, (chains) => {
        expect(reachesOf(textOf(chains, true))).toEqual(reachesOf(textOf(chains, false)));
      }),
      { numRuns: 300 },
    );
  });
});
