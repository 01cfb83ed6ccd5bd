import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import { type ParsedRule, type ParsedTable, reachedFrom } from './chains.js';
import type { Hook } from './dump.js';
import { type FlatHook, flatten } from './flatten.js';
import { isFragment } from './fragments.js';
import { changeOf, isMarking, type MarkedPackets, type Marks, marksOpaquely, restores } from './marks.js';
import type { PacketMatch } from './packet-match.js';
import type { TargetUse } from './rule-syntax.js';

type Reached = ReadonlyMap<string, ReadonlySet<Hook>>;

/** Where packets are marked, and what is known of them there. */
export interface Marking {
  /** The built-in chains that are looked through. */
  readonly hooks: readonly FlatHook[];
  /** The names of every interface there is. */
  readonly interfaces: readonly string[];
  /** What a rule matches, met from some built-in chains. */
  readonly matchOf: (rule: ParsedRule, hooks: ReadonlySet<Hook>) => PacketMatch;
}

/** Every rule that marks packets which come in; null where marks cannot be followed. */
export function marksOf(tables: readonly ParsedTable[], marking: Marking): Marks | null {
  const all = tables.map((table) => ({ table, reached: reachedFrom(table) }));
  if (all.some(({ table, reached }) => isFragment(table) || marksOpaquely(table, reached))) return null;
  const restored = all.some(({ table }) => targetsOf(table).some(restores));
  const gives = (target: TargetUse) =>
    isMarking(target) && changeOf(target) !== null && (target.name !== 'CONNMARK' || restored);
  const given: MarkedPackets[] = [];
  for (const { table, reached } of all) {
    if (!targetsOf(table).some(gives)) continue;
    for (const hook of marking.hooks) {
      const marked = markedFrom(hook, table, reached, marking, gives);
      if (marked === null) return null;
      given.push(...marked);
    }
  }
  const exact = !restored && given.every(({ change }) => change.whole);
  return { given, exact, interfaces: marking.interfaces };
}

function targetsOf({ chains }: ParsedTable): readonly TargetUse[] {
  return [...chains.values()].flatMap(({ rules }) => rules.flatMap(({ syntax: { target } }) => target ?? []));
}

/** What is marked below one built-in chain; null: too much to follow. */
function markedFrom(
  hook: FlatHook,
  table: ParsedTable,
  reached: Reached,
  { interfaces, matchOf }: Marking,
  wanted: (target: TargetUse) => boolean,
): readonly MarkedPackets[] | null {
  const inChain = (rule: ParsedRule, chain: string) => matchOf(rule, reached.get(chain) ?? new Set());
  const { found, full } = flatten({
    ...{ hook, table, interfaces, wanted, matchOf: inChain },
    partsOf: (rule, chain) => [inChain(rule, chain)],
  });
  if (full) return null;
  return found.map(({ rule, match }) => ({ hook, change: changeIn(rule), ...packetsOf(match) }));
}

function packetsOf({
  source,
  destination,
  services,
  inInterfaces,
  outInterfaces,
}: PacketMatch): Omit<MarkedPackets, 'hook' | 'change'> {
  if (services?.subtract(CARRIERS).isEmpty()) return ANYTHING;
  return {
    ...{ sources: source.addresses, destinations: destination.addresses },
    ...{ services, inInterfaces, outInterfaces },
  };
}

/**
 * Packets that carry others: what comes out of them keeps their mark, whoever sent it. So mark what an IPsec tunnel
 * brings those who do not ask `-m policy`.
 */
const CARRIERS = ServiceSet.unionOf([
  ...[4, 41, 47, 50, 51, 94].map((protocol) => ServiceSet.of(protocol)),
  ServiceSet.of(17, PortSet.of(4500)),
  ServiceSet.of(17, PortSet.ALL, PortSet.of(4500)),
]);

const ANYTHING = {
  ...{ sources: null, destinations: null, services: null },
  ...{ inInterfaces: null, outInterfaces: null },
};
const NO_CHANGE = { bits: 0, written: 0, whole: false };

function changeIn({ syntax: { target } }: ParsedRule): MarkedPackets['change'] {
  return (target === null ? null : changeOf(target)) ?? NO_CHANGE;
}
