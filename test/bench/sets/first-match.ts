// First match over one generated policy with one candidate for packet sets, in a process of its own:
// what each rule takes, what remains, and the union of what permitting rules take. Started by
// test/bench/sets.js; prints one line of JSON. Milliseconds are processor time of all threads, collector and
// compiler included, which other work on the machine disturbs less than the clock.
import type { Diagram } from '../../../src/sets/diagram.js';
import { diagramOf, diagrams } from '../../../src/sets/diagram.js';
import { IpSet } from '../../../src/sets/ip-set.js';
import type { PacketBox } from '../../../src/sets/packet-box.js';
import { boxesOverlap, intersectBoxes, subtractBoxes } from '../../../src/sets/packet-box.js';
import { PacketSet } from '../../../src/sets/packet-set.js';
import { ServiceSet } from '../../../src/sets/service-set.js';
import { DecisionDiagram } from './decision-diagram.js';
import type { GeneratedRule } from './generated-policy.js';
import { generatePolicy } from './generated-policy.js';

interface Outcome {
  /** Rules that take nothing: every candidate must find the same. */
  readonly shadowed: number;
  /** Whatever the candidate counts its pieces in. */
  readonly pieces: number;
}

type Policy = readonly GeneratedRule[];

const CANDIDATES = new Map<string, (policy: Policy) => Outcome>([
  ['PacketSet', (policy) => withPacketSets(policy, (effective) => effective.isEmpty())],
  [
    'PacketSet, spread out',
    (policy) => withPacketSets(policy, (effective) => effective.boxes().length === 0),
  ],
  ['interval diagram', withIntervalDiagrams],
  ['disjoint boxes', withDisjointBoxes],
  ['binary diagram', withDecisionDiagram],
]);

function withPacketSets(policy: Policy, isShadowed: (effective: PacketSet) => boolean): Outcome {
  let remaining = PacketSet.ALL;
  let shadowed = 0;
  const permitted: PacketSet[] = [];
  for (const { source, destination, service, permit } of policy) {
    const match = PacketSet.of(source, destination, service);
    const effective = remaining.intersect(match);
    remaining = remaining.subtract(match);
    if (isShadowed(effective)) shadowed += 1;
    else if (permit) permitted.push(effective);
  }
  if (remaining.isEmpty()) throw new Error('the policy leaves nothing');
  return { shadowed, pieces: remaining.pieces() + PacketSet.unionOf(permitted).pieces() };
}

function withIntervalDiagrams(policy: Policy): Outcome {
  let remaining = diagramOf({ source: IpSet.ALL, destination: IpSet.ALL, service: ServiceSet.ALL });
  let permitted: Diagram = diagrams.empty;
  let shadowed = 0;
  for (const rule of policy) {
    const match = diagramOf(rule);
    const effective = diagrams.intersect(remaining, match);
    remaining = diagrams.subtract(remaining, match);
    if (diagrams.isEmpty(effective)) shadowed += 1;
    else if (rule.permit) permitted = diagrams.union(permitted, effective);
  }
  return { shadowed, pieces: remaining.pieces + permitted.pieces };
}

function withDisjointBoxes(policy: Policy): Outcome {
  let remaining: PacketBox[] = [{ source: IpSet.ALL, destination: IpSet.ALL, service: ServiceSet.ALL }];
  const permitted: PacketBox[] = [];
  let shadowed = 0;
  for (const rule of policy) {
    const effective = remaining.flatMap((box) => intersectBoxes(box, rule) ?? []);
    remaining = remaining.flatMap((box) => (boxesOverlap(box, rule) ? subtractBoxes(box, rule) : [box]));
    if (effective.length === 0) shadowed += 1;
    else if (rule.permit) permitted.push(...effective);
  }
  return { shadowed, pieces: remaining.length + permitted.length };
}

function withDecisionDiagram(policy: Policy): Outcome {
  const diagram = new DecisionDiagram(2 ** 26);
  let remaining = 1;
  let permitted = 0;
  let shadowed = 0;
  for (const rule of policy) {
    const match = diagram.ofRule(rule);
    const effective = diagram.apply('and', remaining, match);
    remaining = diagram.apply('minus', remaining, match);
    if (effective === 0) shadowed += 1;
    else if (rule.permit) permitted = diagram.apply('or', permitted, effective);
  }
  return { shadowed, pieces: diagram.size };
}

function main(): void {
  const [name = '', rules = ''] = process.argv.slice(2);
  const candidate = CANDIDATES.get(name);
  if (candidate === undefined) {
    console.log(JSON.stringify([...CANDIDATES.keys()]));
    return;
  }
  const policy = generatePolicy(Number(rules));
  const before = process.cpuUsage();
  const outcome = candidate(policy);
  const { user, system } = process.cpuUsage(before);
  const milliseconds = Math.round((user + system) / 1000);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ ...outcome, milliseconds, megabytes }));
}

main();
