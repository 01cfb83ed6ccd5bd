import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import type { Action } from '../../src/model/policy.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';
import { addresses, device, iface, listener, policy, rule, tcp, to } from './build.js';

/** Chains that jump into each other, against a walk of one packet at a time. */

const SOURCES = 6;
const PORTS = [22, 23, 24];
const INTERFACES = ['eth0', 'eth1'];

interface ChainRule {
  readonly kind: 'permit' | 'deny' | 'jump' | 'goto' | 'return' | 'continue';
  readonly chain: number;
  readonly sources: readonly number[];
  readonly ports: readonly number[];
  readonly in: number | null;
}

type Verdict = 'permit' | 'deny' | 'undecided';

const chainRule: fc.Arbitrary<ChainRule> = fc.record({
  kind: fc.constantFrom('permit', 'deny', 'jump', 'goto', 'return', 'continue' as const),
  chain: fc.integer({ min: 1, max: 2 }),
  sources: fc.uniqueArray(fc.nat(SOURCES - 1), { minLength: 1, maxLength: SOURCES }),
  ports: fc.uniqueArray(fc.nat(PORTS.length - 1), { minLength: 1, maxLength: PORTS.length }),
  in: fc.option(fc.nat(1)),
});

function walk(
  chains: readonly (readonly ChainRule[])[],
  at: number,
  from: number,
  port: number,
  by: number,
): Verdict {
  for (const each of chains[at] ?? []) {
    if (!each.sources.includes(from) || !each.ports.includes(port)) continue;
    if (each.in !== null && each.in !== by) continue;
    if (each.kind === 'permit' || each.kind === 'deny') return each.kind;
    if (each.kind === 'return') return 'undecided';
    if (each.kind === 'continue' || each.chain <= at) continue;
    const verdict = walk(chains, each.chain, from, port, by);
    if (verdict !== 'undecided' || each.kind === 'goto') return verdict;
  }
  return 'undecided';
}

function action({ kind, chain }: ChainRule, at: number): Action {
  if (kind !== 'jump' && kind !== 'goto') return { kind };
  return chain <= at ? { kind: 'continue' } : { kind, policy: `chain ${chain}` };
}

function build(chains: readonly (readonly ChainRule[])[], fallback: 'permit' | 'deny') {
  const policies = chains.map((rules, at) =>
    policy(
      rules.map((each, number) => ({
        ...rule(number, 'permit', {
          source: to(...each.sources.map((n) => `s${n}`)),
          service: tcp(...each.ports.map((n) => PORTS[n] as number)),
          inInterfaces: each.in === null ? null : [INTERFACES[each.in] as string],
        }),
        action: action(each, at),
      })),
      {
        name: `chain ${at}`,
        applies: at === 0 ? { from: null, to: null, covers: 'self' } : null,
        default: { action: at === 0 ? fallback : 'return', source: 'test' },
      },
    ),
  );
  return device({
    zones: [],
    interfaces: INTERFACES.map((name, n) => iface(name, null, `192.0.2.${n + 1}/32`)),
    addressObjects: Array.from({ length: SOURCES }, (_, n) =>
      addresses(`s${n}`, { kind: 'addresses', addresses: IpSet.of(`203.0.113.${n}`) }),
    ),
    policies,
    listeners: PORTS.map((port) => listener(`port-${port}`, ServiceSet.parse(`tcp/${port}`))),
  });
}

describe('chains', () => {
  it('follows jump, goto, return and continue as a packet would', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(chainRule, { maxLength: 5 }), { minLength: 3, maxLength: 3 }),
        fc.constantFrom('permit', 'deny' as const),
        (chains, fallback) => {
          const { reaches } = analyse(build(chains, fallback), new Map());
          for (const [by, name] of INTERFACES.entries()) {
            for (const [index, port] of PORTS.entries()) {
              const reached = IpSet.unionOf(
                reaches
                  .filter((each) => each.entry.name === name && each.service.id === `port-${port}`)
                  .map((each) => each.sources),
              );
              for (let from = 0; from < SOURCES; from++) {
                const verdict = walk(chains, 0, from, index, by);
                const wanted = verdict === 'undecided' ? fallback : verdict;
                expect(reached.contains(IpSet.of(`203.0.113.${from}`))).toBe(wanted === 'permit');
              }
            }
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('ends on chains that jump in a circle', () => {
    const circle = [
      [{ kind: 'jump', chain: 1, sources: [0], ports: [0], in: null }],
      [{ kind: 'permit', chain: 1, sources: [1], ports: [0], in: null }],
    ] satisfies ChainRule[][];
    const config = build(circle, 'deny');
    const looped = config.policies.map((each) => ({
      ...each,
      rules: [{ ...rule(9, 'permit'), action: { kind: 'jump', policy: 'chain 0' } as const }, ...each.rules],
    }));
    expect(analyse({ ...config, policies: looped }, new Map()).reaches).toEqual([]);
  });
});
