import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import type { Reach } from '../../src/model/exposure.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
import type { AddressMatch, ServiceMatch } from '../../src/model/objects.js';
import type { NatRule, Policy } from '../../src/model/policy.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { PortSet } from '../../src/sets/port-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';
import { ANY, ANY_SERVICE, device, here, iface, listener, policy, rule, zone } from './build.js';

/**
 * The ways through the appliance against a simulator that sends packet by packet: it translates,
 * routes and asks each rule with numbers, and shares nothing with the engine. Every address and port
 * that rules can name is one of a few, and one of each is named by nobody: it stands for all others.
 */

/** Who sends: the last is in no rule. */
const SOURCES = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.200'];

type Place = 'WAN' | 'LAN' | 'DMZ';

interface Address {
  readonly text: string;
  /** The interface whose own address it is, or by which packets for it leave; null: no way but the default route. */
  readonly own: 'X0' | 'X1' | 'X2' | 'X3' | null;
  readonly by: 'X0' | 'X1' | 'X2' | 'X3';
}

/** Where packets can be sent to, or be sent on to: the last is in no rule. */
const ADDRESSES: readonly Address[] = [
  { text: '198.51.100.2', own: 'X1', by: 'X1' },
  { text: '198.51.100.20', own: null, by: 'X1' },
  { text: '198.51.100.21', own: null, by: 'X1' },
  { text: '198.51.100.130', own: 'X3', by: 'X3' },
  { text: '192.168.1.1', own: 'X0', by: 'X0' },
  { text: '192.168.1.10', own: null, by: 'X0' },
  { text: '192.168.1.11', own: null, by: 'X0' },
  // A host of X0's network to which a longer route leads by X2.
  { text: '192.168.1.66', own: null, by: 'X2' },
  { text: '203.0.113.1', own: 'X2', by: 'X2' },
  { text: '203.0.113.10', own: null, by: 'X2' },
  // Behind a router of the LAN.
  { text: '10.9.0.5', own: null, by: 'X0' },
  // No route but the default one leads here.
  { text: '10.77.0.5', own: null, by: 'X1' },
  { text: '198.51.100.99', own: null, by: 'X1' },
];
const NAMED = ADDRESSES.length - 1;
const ZONES: Readonly<Record<Address['by'], Place>> = { X0: 'LAN', X1: 'WAN', X2: 'DMZ', X3: 'WAN' };

/** 22 to 24 are looked for; the last is in no rule. */
const PORTS = [22, 23, 24, 2222, 2223, 3390, 7777];
const WANTED = [22, 23, 24];
const HOST_SERVICES = WANTED.map((port) => ({
  id: `host-${port}`,
  services: ServiceSet.of(6, PortSet.of(port)),
}));

interface Side {
  readonly any: boolean;
  readonly negated: boolean;
  readonly members: readonly number[];
}

interface RuleModel {
  readonly permit: boolean;
  readonly enabled: boolean;
  readonly source: Side;
  readonly destination: Side;
  readonly ports: Side;
  readonly low: boolean;
  readonly by: 'X1' | 'X3' | null;
}

interface PolicyModel {
  readonly to: Place;
  readonly rules: readonly RuleModel[];
  readonly permits: boolean;
}

interface StageModel {
  readonly sees: Policy['sees'];
  readonly policies: readonly PolicyModel[];
}

interface NatModel {
  readonly enabled: boolean;
  readonly by: 'X1' | 'X3' | null;
  /** The interface by which packets leave; only asked by rules that change no destination. */
  readonly out: 'X1' | 'X2' | null;
  readonly source: Side;
  readonly destination: Side;
  readonly ports: Side;
  readonly to: readonly number[] | null;
  readonly toPorts: readonly number[] | null;
  readonly doubt: boolean;
}

interface Model {
  readonly stages: readonly StageModel[];
  readonly nat: readonly NatModel[];
}

const side = (universe: number, most = universe): fc.Arbitrary<Side> => {
  const members = fc.uniqueArray(fc.nat(universe - 1), { maxLength: most });
  const negated = fc.constantFrom(false, false, true);
  return fc.oneof(
    fc.constant({ any: true, negated: false, members: [] }),
    fc.record({ any: fc.constant(false), negated, members }),
    fc.record({ any: fc.constantFrom(true, false), negated, members }),
  );
};

const ruleModel: fc.Arbitrary<RuleModel> = fc.record({
  permit: fc.boolean(),
  enabled: fc.constantFrom(true, true, false),
  source: side(SOURCES.length - 1),
  destination: side(NAMED),
  ports: side(PORTS.length - 1),
  low: fc.constantFrom(true, false, false),
  by: fc.constantFrom('X1', 'X3', null, null),
});

const view = fc.constantFrom('original' as const, 'translated' as const);

const stageModel: fc.Arbitrary<StageModel> = fc.record({
  sees: fc.record({ address: view, port: view }),
  policies: fc.uniqueArray(
    fc.record({
      to: fc.constantFrom<Place>('WAN', 'LAN', 'DMZ'),
      rules: fc.array(ruleModel, { maxLength: 4 }),
      permits: fc.constantFrom(true, true, false),
    }),
    { minLength: 1, maxLength: 3, selector: ({ to }) => to },
  ),
});

const natModel: fc.Arbitrary<NatModel> = fc
  .record({
    enabled: fc.constantFrom(true, true, true, false),
    by: fc.constantFrom('X1', 'X3', null, null),
    out: fc.constantFrom('X1', 'X2', null, null, null),
    source: side(SOURCES.length - 1),
    destination: fc.oneof(side(NAMED, 3), fc.constant({ any: false, negated: false, members: [1, 2] })),
    ports: fc.oneof(side(PORTS.length - 1), fc.constant({ any: false, negated: false, members: [3, 4] })),
    to: fc.oneof(
      fc.constant(null),
      fc.uniqueArray(fc.nat(NAMED - 1), { minLength: 1, maxLength: 2 }),
      fc.constant([5, 6]),
    ),
    toPorts: fc.constantFrom<readonly number[] | null>(null, null, [22], [23], [22, 23], [23, 24]),
    doubt: fc.constantFrom(false, false, false, true),
  })
  .map((each) => (each.to === null && each.toPorts === null ? each : { ...each, out: null }));

const model: fc.Arbitrary<Model> = fc.record({
  stages: fc.array(stageModel, { minLength: 1, maxLength: 2 }),
  nat: fc.array(natModel, { maxLength: 4 }),
});

function says({ any, negated, members }: Side, value: number): boolean {
  return (any || members.includes(value)) !== negated;
}

/** A packet, by its places in the lists above. */
interface Sent {
  readonly by: 'X1' | 'X3';
  readonly source: number;
  readonly address: number;
  readonly port: number;
  readonly low: boolean;
}

interface Going {
  readonly address: number;
  /** A port's number. */
  readonly port: number;
}

/** What rules do that may or may not take their packets. */
type Doubts = 'either' | 'always' | 'never';

/** Where NAT may send a packet; several, where any of several addresses or ports may come out. */
function natted(nat: readonly NatModel[], sent: Sent, doubts: Doubts): readonly Going[] {
  const asItIs = { address: sent.address, port: PORTS[sent.port] as number };
  for (const [index, each] of nat.entries()) {
    if (!matchesNat(each, sent) || (each.doubt && doubts === 'never')) continue;
    const taken = goings(each, asItIs);
    const either = each.doubt && doubts === 'either';
    return either ? [...taken, ...natted(nat.slice(index + 1), sent, doubts)] : taken;
  }
  return [asItIs];
}

function matchesNat(each: NatModel, { by, source, address, port }: Sent): boolean {
  if (!each.enabled || (each.by !== null && each.by !== by)) return false;
  if (each.out !== null && ADDRESSES[address]?.by !== each.out) return false;
  return says(each.source, source) && says(each.destination, address) && says(each.ports, port);
}

/** Of several new addresses or ports, any may come out. */
function goings({ to, toPorts }: NatModel, asItIs: Going): readonly Going[] {
  return (to ?? [asItIs.address]).flatMap((address) =>
    (toPorts ?? [asItIs.port]).map((port) => ({ address, port })),
  );
}

/** Whether every stage lets a packet through to where it goes. */
function permitted({ stages }: Model, sent: Sent, going: Going): boolean {
  const place = ZONES[(ADDRESSES[going.address] as Address).by];
  const asked = stages.flatMap(({ sees, policies }) => {
    const found = policies.find(({ to }) => to === place);
    return found === undefined ? [] : [{ sees, found }];
  });
  if (asked.length === 0) return false;
  return asked.every(({ sees, found }) => {
    const address = sees.address === 'original' ? sent.address : going.address;
    const port = sees.port === 'original' ? (PORTS[sent.port] as number) : going.port;
    const first = found.rules.find(
      (each) =>
        each.enabled &&
        (each.by === null || each.by === sent.by) &&
        (!each.low || sent.low) &&
        says(each.source, sent.source) &&
        says(each.destination, address) &&
        says(each.ports, PORTS.indexOf(port)),
    );
    return first?.permit ?? found.permits;
  });
}

/** `self 192.168.1.1:22 from 192.0.2.2`: every end that a packet can come to. */
function simulate(world: Model, doubts: Doubts): ReadonlySet<string> {
  const ends = new Set<string>();
  for (const by of ['X1', 'X3'] as const) {
    for (const source of SOURCES.keys()) {
      for (const address of ADDRESSES.keys()) {
        for (const port of PORTS.keys()) {
          for (const low of [true, false]) {
            const sent = { by, source, address, port, low };
            for (const going of natted(world.nat, sent, doubts)) {
              if (permitted(world, sent, going)) ends.add(nameOf(going.address, going.port, source));
            }
          }
        }
      }
    }
  }
  return ends;
}

function nameOf(address: number, port: number, source: number): string {
  const { text, own, by } = ADDRESSES[address] as Address;
  const where = own !== null ? 'self' : ZONES[by] === 'WAN' ? 'outside' : 'host';
  return `${where} ${text}:${port} from ${SOURCES[source]}`;
}

function addressMatch({ any, negated, members }: Side, texts: readonly string[]): AddressMatch {
  if (any) return { ...ANY, negated };
  return { any: false, objects: [], literal: IpSet.of(...members.map((n) => texts[n] as string)), negated };
}

function portMatch({ any, negated, members }: Side, low: boolean): ServiceMatch {
  const ports = any ? PortSet.ALL : PortSet.of(...members.map((n) => PORTS[n] as number));
  const services = ServiceSet.of(
    6,
    negated ? ports.complement() : ports,
    low ? PortSet.of([0, 1023]) : PortSet.ALL,
  );
  return { any: false, objects: [], literal: services, negated: false };
}

const TEXTS = ADDRESSES.map(({ text }) => text);

function natRule(each: NatModel, index: number): NatRule {
  return {
    name: `NAT ${index}`,
    number: index,
    enabled: each.enabled,
    family: 'ipv4',
    inInterfaces: each.by === null ? null : [each.by],
    outInterfaces: each.out === null ? null : [each.out],
    source: addressMatch(each.source, SOURCES),
    destination: addressMatch(each.destination, TEXTS),
    service: each.ports.any && !each.ports.negated ? ANY_SERVICE : portMatch(each.ports, false),
    translatedSource: null,
    translatedDestination:
      each.to === null ? null : addressMatch({ any: false, negated: false, members: each.to }, TEXTS),
    translatedService:
      each.toPorts === null
        ? null
        : { ...ANY_SERVICE, any: false, literal: ServiceSet.of(6, PortSet.of(...each.toPorts)) },
    ...(each.doubt ? { approximate: ['it may not'] } : {}),
    origin: 'user',
    comment: null,
    location: here,
  };
}

function build({ stages, nat }: Model): FirewallConfig {
  const policies = stages.flatMap(({ sees, policies: ofStage }, stage) =>
    ofStage.map(
      ({ to, rules, permits }): Policy =>
        policy(
          rules.map((each, number) =>
            rule(number, each.permit ? 'permit' : 'deny', {
              enabled: each.enabled,
              source: addressMatch(each.source, SOURCES),
              destination: addressMatch(each.destination, TEXTS),
              service: portMatch(each.ports, each.low),
              inInterfaces: each.by === null ? null : [each.by],
            }),
          ),
          {
            name: `${stage} WAN to ${to}`,
            applies: { from: ['WAN'], to: [to], covers: 'both' },
            stage,
            sees,
            default: { action: permits ? 'permit' : 'deny', source: 'test' },
          },
        ),
    ),
  );
  const route = (destination: string, by: string) => ({
    ...{ destination, routingInstance: 'default', interface: by, gateway: null, location: here },
  });
  return device({
    zones: [zone('WAN', 'untrusted'), zone('LAN', 'trusted'), zone('DMZ', 'public')],
    interfaces: [
      iface('X0', 'LAN', '192.168.1.1/24'),
      iface('X1', 'WAN', '198.51.100.2/25'),
      iface('X2', 'DMZ', '203.0.113.1/24'),
      iface('X3', 'WAN', '198.51.100.130/25'),
    ].map((each) => ({
      ...each,
      role: { value: ROLES.get(each.zone ?? '') ?? 'unknown', evidence: 'test' },
    })),
    routes: [route('10.9.0.0/24', 'X0'), route('192.168.1.66/32', 'X2'), route('0.0.0.0/0', 'X1')],
    policies,
    natRules: nat.map(natRule),
    listeners: WANTED.map((port) => listener(`self-${port}`, ServiceSet.parse(`tcp/${port}`))),
  });
}

const ROLES = new Map([
  ['WAN', 'untrusted' as const],
  ['LAN', 'trusted' as const],
  ['DMZ', 'public' as const],
]);

/** The reaches that hold one end of packets. */
function holding(reaches: readonly Reach[], address: number, port: number, source: number): readonly Reach[] {
  const { text, own } = ADDRESSES[address] as Address;
  const kind = own === null ? 'host' : 'self';
  return reaches.filter(
    ({ target, service, sources }) =>
      target.kind === kind &&
      service.id === `${kind}-${port}` &&
      target.addresses.contains(IpSet.of(text)) &&
      sources.contains(IpSet.of(SOURCES[source] as string)),
  );
}

function disagreements(world: Model): readonly string[] {
  const { reaches } = analyse(build(world), new Map(), HOST_SERVICES);
  const ends = simulate(world, 'either');
  const certainEnds = [simulate(world, 'always'), simulate(world, 'never')];
  const wrong: string[] = [];
  for (const address of ADDRESSES.keys()) {
    for (const port of WANTED) {
      for (const source of SOURCES.keys()) {
        const end = nameOf(address, port, source);
        if (end.startsWith('outside')) continue;
        const found = holding(reaches, address, port, source);
        if (ends.has(end) && found.length === 0) wrong.push(`missed: ${end}`);
        const certain = found.find(({ approximate }) => approximate.length === 0);
        const sure = certainEnds.every((each) => each.has(end));
        if (!sure && certain !== undefined) wrong.push(`invented: ${end}`);
      }
    }
  }
  return wrong;
}

describe('the ways through the appliance', () => {
  it('agree with a packet-by-packet simulator', () => {
    fc.assert(
      fc.property(model, (world) => {
        expect(disagreements(world)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
