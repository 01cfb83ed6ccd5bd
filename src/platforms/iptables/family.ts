import type { NamedService, Role } from '../../model/firewall-config.js';
import type { AddressObject } from '../../model/objects.js';
import type { NatRule, Policy } from '../../model/policy.js';
import { IpSet } from '../../sets/ip-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import { type ParsedRule, type ParsedTable, reachedFrom } from './chains.js';
import { type ExemptPackets, PLAIN_TRACKING, type Tracking } from './conntrack.js';
import type { RuleContext } from './constraints.js';
import type { Family, Hook } from './dump.js';
import { sectionOf } from './dump.js';
import { doubtsOf, type FlatHook, type FlatRule } from './flatten.js';
import { isFragment, standingElsewhere, withEntrances } from './fragments.js';
import { TARGET_GRAMMARS } from './grammar.js';
import type { InterfaceNames } from './interfaces.js';
import type { LineLog } from './line-log.js';
import { marksOf } from './marked-packets.js';
import type { Marks } from './marks.js';
import { namedByRules, namedByTranslations } from './named-services.js';
import { flattenNat, toNatRule, translatedBy } from './nat.js';
import { ownDestinations, ownSources } from './own-addresses.js';
import { createMatchCache, type MatchCache, type PacketMatch, packetMatchOf } from './packet-match.js';
import { onlyMarked, parted } from './parts.js';
import { emptyPolicy, notUnderstood, toPolicies } from './policies.js';
import { rolesBySourceTranslation } from './roles.js';
import type { RuleSyntax } from './rule-syntax.js';

/** Everything that the tables of one family give. */
export interface FamilyPart {
  readonly policies: readonly Policy[];
  readonly natRules: readonly NatRule[];
  readonly roles: ReadonlyMap<string, Role>;
  /** Addresses that the rules show to be the machine's own. */
  readonly own: IpSet;
  /** Services that rules name at ports of their own. */
  readonly named: readonly NamedService[];
  /** Lists that rules name and the file does not hold. */
  readonly objects: readonly AddressObject[];
}

interface Lowering {
  readonly family: Family;
  readonly names: InterfaceNames;
  readonly log: LineLog;
  readonly cache: MatchCache;
  readonly objects: Map<string, AddressObject>;
}

/** Lowers the tables of one family: translations first, because rules ask about them. */
export function lowerFamily(
  family: Family,
  tables: readonly ParsedTable[],
  names: InterfaceNames,
  log: LineLog,
): FamilyPart {
  for (const table of tables.filter(isFragment)) noteFragment(table, log);
  const lowering: Lowering = { family, names, log, cache: createMatchCache(), objects: new Map() };
  const nat = tables.find((table) => table.table === 'nat');
  const exempt = exemptedBy(
    lowering,
    tables.find((table) => table.table === 'raw'),
  );
  const untracked = ServiceSet.unionOf(exempt.map(({ services }) => services));
  const first: Tracking = { translated: null, exempt, untracked };
  const { flat, rules } = lowerNat(
    lowering,
    nat,
    untracked,
    markedOn(lowering, tables, ['PREROUTING'], first),
  );
  const inward = flat.filter((each) => each.hook === 'PREROUTING');
  const tracking: Tracking = {
    translated: translatedBy(inward, rules.slice(0, inward.length)),
    exempt,
    untracked,
  };
  const marks = markedOn(lowering, tables, MARKED_ON, tracking);
  const policies = filteringBy(
    lowering,
    tables.filter((table) => table !== nat),
    { tracking, marks },
  );
  return {
    policies: [...policies, ...missingPolicies(policies, family)],
    natRules: rules,
    roles: rolesBySourceTranslation(flat.slice(inward.length), family),
    named: namedIn(lowering, tables, rules),
    own: IpSet.unionOf([...ownDestinations(policies), ...ownSources(rules)]),
    objects: [...lowering.objects.values()],
  };
}

/** The chains of every table that filters. */
function filteringBy(
  lowering: Lowering,
  tables: readonly ParsedTable[],
  known: Pick<RuleContext, 'tracking' | 'marks'>,
): readonly Policy[] {
  return tables.flatMap((given) => {
    const table = withEntrances(given);
    const reached = reachedFrom(table);
    const matchOf = (rule: ParsedRule, chain: string) =>
      matchFor(lowering, table, rule, reached.get(chain) ?? NO_HOOKS, known);
    // A jump in parts would open its chain once for each of them, and again for each jump in there.
    const partsOf = (rule: ParsedRule, chain: string) =>
      table.chains.has(rule.syntax.target?.name ?? '')
        ? [onlyMarked(matchOf(rule, chain))]
        : parted(matchOf(rule, chain), known.tracking.exempt);
    const found = toPolicies(table, reached, partsOf, lowering.log);
    return table === given ? found : found.map(standingElsewhere);
  });
}

/** Where packets that come in may be marked. */
const MARKED_ON: readonly FlatHook[] = ['PREROUTING', 'INPUT', 'FORWARD', 'POSTROUTING'];

function markedOn(
  { family, names, cache }: Lowering,
  tables: readonly ParsedTable[],
  hooks: readonly FlatHook[],
  tracking: Tracking,
): Marks | null {
  return marksOf(tables, {
    ...{ hooks, interfaces: interfacesOf(names) },
    matchOf: ({ syntax }, met) =>
      packetMatchOf(syntax, { family, hooks: met, tracking, marks: null }, names, cache),
  });
}

/** Services that rules name, by what they ask for: never mind on which way packets come to them. */
function namedIn(
  { family, names, cache }: Lowering,
  tables: readonly ParsedTable[],
  natRules: readonly NatRule[],
): readonly NamedService[] {
  const context = { family, hooks: NO_HOOKS, tracking: PLAIN_TRACKING, marks: null };
  const matchOf = ({ syntax }: ParsedRule) => packetMatchOf(syntax, context, names, cache);
  return [...namedByRules(tables, matchOf), ...namedByTranslations(natRules)];
}

function noteFragment({ chains }: ParsedTable, log: LineLog): void {
  const [first] = chains.values();
  if (first === undefined) return;
  log.note('truncated', 'a table without its built-in chains: they stand elsewhere', first.location);
}

const NO_HOOKS: ReadonlySet<Hook> = new Set();
const UNTRACKED = 'packets that are exempt from connection tracking are not translated';

function lowerNat(
  lowering: Lowering,
  nat: ParsedTable | undefined,
  untracked: ServiceSet,
  marks: Marks | null,
): { readonly flat: readonly FlatRule[]; readonly rules: readonly NatRule[] } {
  if (nat === undefined) return { flat: [], rules: [] };
  const { family, names, log } = lowering;
  const reached = reachedFrom(nat);
  const matches = new Map<ParsedRule, PacketMatch>();
  for (const chain of nat.chains.values()) {
    const hooks = reached.get(chain.name) ?? NO_HOOKS;
    if (hooks.size > 0 && !hooks.has('PREROUTING') && !hooks.has('POSTROUTING')) continue;
    for (const rule of chain.rules) {
      const before = hooks.has('POSTROUTING') ? null : marks;
      const match = matchFor(lowering, nat, rule, hooks, { tracking: PLAIN_TRACKING, marks: before });
      const doubts = notUnderstood(rule.syntax);
      const exempt = untracked.overlaps(match.services ?? ServiceSet.ALL) ? [UNTRACKED] : [];
      matches.set(rule, {
        ...match,
        conditions: [...match.conditions, ...doubts],
        approximate: [...match.approximate, ...exempt],
      });
    }
  }
  const matchOf = (rule: ParsedRule) => matches.get(rule) as PacketMatch;
  const interfaces = interfacesOf(names);
  const flat = (['PREROUTING', 'POSTROUTING'] as const).flatMap((hook) =>
    flattenNat(nat, hook, matchOf, interfaces, log),
  );
  return { flat, rules: flat.map((each, at) => toNatRule(each, family, at + 1)) };
}

function interfacesOf({ parts }: InterfaceNames): readonly string[] {
  return parts.map(({ pattern }) => pattern);
}

/** What a rule matches; values that cannot be read and lists that are not in the file are noted. */
function matchFor(
  { family, names, log, cache, objects }: Lowering,
  { table }: ParsedTable,
  { location, syntax }: ParsedRule,
  hooks: ReadonlySet<Hook>,
  known: Pick<RuleContext, 'tracking' | 'marks'>,
): PacketMatch {
  const match = packetMatchOf(syntax, { family, hooks, ...known }, names, cache);
  for (const option of match.unreadable) {
    log.unknownLine(location, option, sectionOf(table));
    log.note('malformed-value', `a value of ${option} that could not be read`, location);
  }
  for (const { name, label, reason } of [...match.source.lists, ...match.destination.lists]) {
    if (objects.has(name)) continue;
    const content = { kind: 'unknown', reason } as const;
    objects.set(name, { name, label, zone: null, content, origin: 'unknown', location });
  }
  return match;
}

/** What raw PREROUTING may exempt from connection tracking; never mind who jumps there and when. */
function exemptedBy(lowering: Lowering, raw: ParsedTable | undefined): readonly ExemptPackets[] {
  if (raw === undefined) return [];
  const reached = reachedFrom(raw);
  const exempt = new Map<string, ExemptPackets>();
  for (const chain of raw.chains.values()) {
    const hooks = reached.get(chain.name) ?? NO_HOOKS;
    if (!hooks.has('PREROUTING')) continue;
    const surely = chain.name === 'PREROUTING' ? firstLeaving(chain.rules) : 0;
    for (const [at, rule] of chain.rules.entries()) {
      const { target } = rule.syntax;
      const exempts = target?.name === 'NOTRACK' || target?.options.some((use) => use.option === 'notrack');
      if (exempts !== true) continue;
      const match = matchFor(lowering, raw, rule, hooks, { tracking: PLAIN_TRACKING, marks: null });
      const local = match.inInterfaces?.every((name) => name === 'lo') === true;
      if (local) continue;
      const packets = exemptPackets(match, rule.syntax, at < surely);
      const { sources, destinations, services, inInterfaces, sure } = packets;
      exempt.set(
        [sources?.key(), destinations?.key(), services.key(), inInterfaces, sure].join(' '),
        packets,
      );
    }
  }
  return [...exempt.values()];
}

/** The place of the first rule behind which not all that it leaves in the table come by. */
function firstLeaving(rules: readonly ParsedRule[]): number {
  const at = rules.findIndex(({ syntax: { target } }) => {
    const kind = target === null ? 'continue' : TARGET_GRAMMARS.get(target.name)?.kind;
    return kind !== 'continue' && kind !== 'deny';
  });
  return at < 0 ? rules.length : at;
}

/** @param met whether all that it matches comes to the rule */
function exemptPackets(match: PacketMatch, syntax: RuleSyntax, met: boolean): ExemptPackets {
  const { services, source, destination, inInterfaces } = match;
  // What single hosts are exempt from would have to be taken out of every rule below, for an "only if" less.
  const isWhole = source.addresses === null && destination.addresses === null && inInterfaces === null;
  return {
    sure: met && isWhole && doubtsOf(match).length === 0 && notUnderstood(syntax).length === 0,
    services: services ?? ServiceSet.ALL,
    sources: source.addresses,
    destinations: destination.addresses,
    inInterfaces,
  };
}

/** Filtering that the dump does not hold, and so does not happen. */
function missingPolicies(policies: readonly Policy[], family: Family): readonly Policy[] {
  const names = new Set(policies.map((policy) => policy.name));
  return (['INPUT', 'FORWARD'] as const)
    .map((hook) => emptyPolicy('filter', family, hook))
    .filter((policy) => !names.has(policy.name));
}
