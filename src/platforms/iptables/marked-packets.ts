import { type ParsedRule, type ParsedTable, reachedFrom } from './chains.js';
import { type Hook, isHook } from './dump.js';
import { flatten } from './flatten.js';
import { isFragment } from './fragments.js';
import { changeOf, isMarking, type MarkedPackets, type Marks, marksOpaquely, restores } from './marks.js';
import type { PacketMatch } from './packet-match.js';
import type { TargetUse } from './rule-syntax.js';

type Reached = ReadonlyMap<string, ReadonlySet<Hook>>;

/** What a rule matches, met from some built-in chains. */
type MatchOf = (rule: ParsedRule, hooks: ReadonlySet<Hook>) => PacketMatch;

/**
 * Every rule that marks packets which come in; null where marks cannot be followed.
 *
 * @param interfaces the names of every interface there is
 */
export function marksOf(
  tables: readonly ParsedTable[],
  interfaces: readonly string[],
  matchOf: MatchOf,
): Marks | null {
  const all = tables.map((table) => ({ table, reached: reachedFrom(table) }));
  if (all.some(({ table, reached }) => isFragment(table) || marksOpaquely(table, reached))) return null;
  const restored = all.some(({ table }) => targetsOf(table).some(restores));
  const gives = (target: TargetUse) =>
    isMarking(target) && changeOf(target) !== null && (target.name !== 'CONNMARK' || restored);
  const given: MarkedPackets[] = [];
  for (const { table, reached } of all) {
    if (!targetsOf(table).some(gives)) continue;
    const before = beforeNat(table, reached, interfaces, matchOf, gives);
    if (before === null) return null;
    given.push(...before, ...behindNat(table, reached, gives));
  }
  return { given, exact: !restored && given.every(({ change }) => change.whole) };
}

function targetsOf({ chains }: ParsedTable): readonly TargetUse[] {
  return [...chains.values()].flatMap(({ rules }) => rules.flatMap(({ syntax: { target } }) => target ?? []));
}

/** What is marked on the way to nat PREROUTING, or in it; null: too much to follow. */
function beforeNat(
  table: ParsedTable,
  reached: Reached,
  interfaces: readonly string[],
  matchOf: MatchOf,
  wanted: (target: TargetUse) => boolean,
): readonly MarkedPackets[] | null {
  const inChain = (rule: ParsedRule, chain: string) => matchOf(rule, reached.get(chain) ?? new Set());
  const { found, full } = flatten({
    ...{ hook: 'PREROUTING', table, interfaces, wanted, matchOf: inChain },
    partsOf: (rule, chain) => [inChain(rule, chain)],
  });
  if (full) return null;
  return found.map(({ rule, match }) => ({
    change: changeIn(rule),
    sources: match.source.addresses,
    destinations: match.destination.addresses,
    services: match.services,
    inInterfaces: match.inInterfaces,
  }));
}

/** Behind it packets have other addresses than they had: which of them are marked there is not followed. */
function behindNat(
  { table, chains }: ParsedTable,
  reached: Reached,
  wanted: (target: TargetUse) => boolean,
): readonly MarkedPackets[] {
  const behind = [...chains.values()].filter(({ name }) =>
    BEHIND.some((hook) => isHook(table, hook) && reached.get(name)?.has(hook)),
  );
  return behind.flatMap(({ rules }) =>
    rules
      .filter(({ syntax: { target } }) => target !== null && wanted(target))
      .map((rule) => ({ change: changeIn(rule), ...ANYTHING })),
  );
}

const BEHIND: readonly Hook[] = ['INPUT', 'FORWARD'];
const ANYTHING = { sources: null, destinations: null, services: null, inInterfaces: null };
const NO_CHANGE = { bits: 0, whole: false };

function changeIn({ syntax: { target } }: ParsedRule): MarkedPackets['change'] {
  return (target === null ? null : changeOf(target)) ?? NO_CHANGE;
}
