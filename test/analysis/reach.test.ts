import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import type { AddressMatch, AddressObject, ServiceMatch } from '../../src/model/objects.js';
import type { AccessRule, Policy } from '../../src/model/policy.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { PortSet } from '../../src/sets/port-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';
import { addresses, device, iface, listener, policy, rule } from './build.js';

/**
 * The engine against a simulator that asks, packet by packet, what each rule says. The simulator
 * shares nothing with the engine: it works on numbers, not on sets.
 */

const SOURCES = 8;
const PORTS = [22, 23, 24, 25];
const source = (n: number) => `203.0.113.${n}`;

interface Side {
  readonly any: boolean;
  readonly negated: boolean;
  readonly members: readonly number[];
  /** How deep the members are hidden in groups. */
  readonly depth: number;
}

interface RuleModel {
  readonly permit: boolean;
  readonly enabled: boolean;
  readonly source: Side;
  /** 0: X1, 1: X2, 2: elsewhere. */
  readonly destination: Side;
  readonly ports: Side;
  readonly sourcePortLow: boolean;
}

const side = (universe: number): fc.Arbitrary<Side> =>
  fc.record({
    any: fc.boolean(),
    negated: fc.boolean(),
    members: fc.uniqueArray(fc.nat(universe - 1), { maxLength: universe }),
    depth: fc.nat(2),
  });

const ruleModel: fc.Arbitrary<RuleModel> = fc.record({
  permit: fc.boolean(),
  enabled: fc.boolean(),
  source: side(SOURCES),
  destination: side(3),
  ports: side(PORTS.length),
  sourcePortLow: fc.boolean(),
});

function says({ any, negated, members }: Side, value: number): boolean {
  return (any || members.includes(value)) !== negated;
}

function simulate(
  stages: readonly (readonly RuleModel[])[],
  from: number,
  to: number,
  portIndex: number,
): boolean {
  // Whoever attacks chooses the source port: any that gets in will do.
  return [true, false].some((low) =>
    stages.every((rules) => {
      const first = rules.find(
        (each) =>
          each.enabled &&
          says(each.source, from) &&
          says(each.destination, to) &&
          says(each.ports, portIndex) &&
          (!each.sourcePortLow || low),
      );
      return first?.permit === true;
    }),
  );
}

const TARGETS = ['198.51.100.2', '192.0.2.2', '198.51.100.99'];

class Objects {
  readonly list: AddressObject[] = [];

  match({ any, negated, members, depth }: Side, name: string, text: (n: number) => string): AddressMatch {
    if (any) return { any: true, objects: [], negated };
    const leaf = `${name} leaf`;
    this.list.push(
      addresses(leaf, { kind: 'addresses', addresses: IpSet.unionOf(members.map((n) => IpSet.of(text(n)))) }),
    );
    let top = leaf;
    for (let level = 0; level < depth; level++) {
      const group = `${name} group ${level}`;
      // A group that holds itself: a cycle that must change nothing.
      this.list.push(addresses(group, { kind: 'group', members: [top, group] }));
      top = group;
    }
    return { any: false, objects: [top], negated };
  }
}

function portMatch({ any, negated, members }: Side, low: boolean): ServiceMatch {
  const ports = any ? PortSet.ALL : PortSet.of(...members.map((n) => PORTS[n] as number));
  const chosen = negated ? ports.complement() : ports;
  const literal = ServiceSet.of(6, chosen, low ? PortSet.of([0, 1023]) : PortSet.ALL);
  return { any: false, objects: [], literal, negated: false };
}

function build(stages: readonly (readonly RuleModel[])[]) {
  const objects = new Objects();
  const policies: Policy[] = stages.map((rules, stage) =>
    policy(
      rules.map(
        (each, number): AccessRule =>
          rule(number, each.permit ? 'permit' : 'deny', {
            enabled: each.enabled,
            source: objects.match(each.source, `s${stage}.${number}`, source),
            destination: objects.match(each.destination, `d${stage}.${number}`, (n) => TARGETS[n] as string),
            service: portMatch(each.ports, each.sourcePortLow),
          }),
      ),
      { stage: stage + 1, name: `stage ${stage + 1}` },
    ),
  );
  return device({
    interfaces: [iface('X1', 'WAN', '198.51.100.2/24'), iface('X2', 'WAN', '192.0.2.2/24')],
    addressObjects: objects.list,
    policies,
    listeners: PORTS.map((port) => listener(`port-${port}`, ServiceSet.parse(`tcp/${port}`))),
  });
}

describe('reach of the appliance itself', () => {
  it('agrees with a packet-by-packet simulator, over stages, negation, groups, cycles and source ports', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(ruleModel, { maxLength: 7 }), { minLength: 1, maxLength: 2 }),
        (stages) => {
          const { reaches } = analyse(build(stages), new Map());
          for (const [to, address] of TARGETS.slice(0, 2).entries()) {
            for (const [index, port] of PORTS.entries()) {
              const reached = IpSet.unionOf(
                reaches
                  .filter((each) => each.service.id === `port-${port}`)
                  .filter((each) => each.target.addresses.equals(IpSet.of(address)))
                  .map((each) => each.sources),
              );
              for (let from = 0; from < SOURCES; from++) {
                expect({ from, to, port, in: reached.contains(IpSet.of(source(from))) }).toEqual({
                  from,
                  to,
                  port,
                  in: simulate(stages, from, to, index),
                });
              }
            }
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('attributes everything that is let in to the rules that let it in', () => {
    fc.assert(
      fc.property(fc.array(ruleModel, { maxLength: 8 }), (rules) => {
        for (const reach of analyse(build([rules]), new Map()).reaches) {
          const attributed = IpSet.unionOf(reach.contributions.map((each) => each.sources));
          expect(attributed.key()).toBe(reach.sources.key());
          expect(reach.contributions.every((each) => each.path.length >= 4)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
