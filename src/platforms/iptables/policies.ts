import type { Location } from '../../model/location.js';
import type { AccessRule, Condition, Policy } from '../../model/policy.js';
import { flatMap } from '../../sets/flat-map.js';
import type { ParsedChain, ParsedRule, ParsedTable } from './chains.js';
import type { Family, Hook, TableName } from './dump.js';
import { isHook, sectionOf } from './dump.js';
import type { LineLog } from './line-log.js';
import { joined, type PacketMatch, toAddressMatch, toServiceMatch } from './packet-match.js';
import type { RuleSyntax } from './rule-syntax.js';
import { actionOf, type TableTargets, tableTargets } from './targets.js';

interface Place {
  readonly stage: number;
  readonly covers: 'self' | 'transit' | 'both';
  readonly sees: 'original' | 'translated';
}

/** Where packets that come in meet each chain. Netfilter hooks, by priority; see README.md. */
const PLACES: ReadonlyMap<string, Place> = new Map([
  ['raw/PREROUTING', { stage: 10, covers: 'both', sees: 'original' }],
  ['mangle/PREROUTING', { stage: 20, covers: 'both', sees: 'original' }],
  ['mangle/INPUT', { stage: 40, covers: 'self', sees: 'translated' }],
  ['mangle/FORWARD', { stage: 40, covers: 'transit', sees: 'translated' }],
  ['filter/INPUT', { stage: 50, covers: 'self', sees: 'translated' }],
  ['filter/FORWARD', { stage: 50, covers: 'transit', sees: 'translated' }],
  ['security/INPUT', { stage: 60, covers: 'self', sees: 'translated' }],
  ['security/FORWARD', { stage: 60, covers: 'transit', sees: 'translated' }],
  ['mangle/POSTROUTING', { stage: 70, covers: 'transit', sees: 'translated' }],
]);

/** Only jumped to, or met by packets that the appliance sends. */
const NOWHERE: Place = { stage: 0, covers: 'both', sees: 'translated' };

/** `filter/INPUT`, and `filter6/INPUT` for IPv6. */
function policyName(table: TableName, family: Family, chain: string): string {
  return `${table}${family === 'ipv6' ? '6' : ''}/${chain}`;
}

/** Every chain of a table as a policy. */
export function toPolicies(
  table: ParsedTable,
  reached: ReadonlyMap<string, ReadonlySet<Hook>>,
  matchesOf: (rule: ParsedRule, chain: string) => readonly PacketMatch[],
  log: LineLog,
): readonly Policy[] {
  const chains = new Set([...table.chains.keys()].filter((name) => !isHook(table.table, name)));
  const syntaxes = flatMap([...table.chains.values()], ({ rules }) => rules.map(({ syntax }) => syntax));
  const targets = tableTargets(syntaxes, chains);
  return [...table.chains.values()].map((chain) => {
    const rules = flatMap(chain.rules, (rule) =>
      matchesOf(rule, chain.name).map((match, part) => {
        const lowered = toAccessRule(table, chain, rule, match, targets, log);
        return part === 0 ? lowered : { ...lowered, continued: true as const };
      }),
    );
    return toPolicy(table, chain, rules, reached.get(chain.name) ?? new Set());
  });
}

function toPolicy(
  { table, family }: ParsedTable,
  chain: ParsedChain,
  rules: readonly AccessRule[],
  hooks: ReadonlySet<Hook>,
): Policy {
  const place = PLACES.get(`${table}/${chain.name}`);
  const early = table === 'raw' || (hooks.size === 1 && hooks.has('PREROUTING'));
  const sees = place?.sees ?? (early ? 'original' : NOWHERE.sees);
  return {
    name: policyName(table, family, chain.name),
    applies: place === undefined ? null : { from: null, to: null, covers: place.covers },
    family,
    stage: (place ?? NOWHERE).stage,
    sees: { address: sees, port: sees },
    rules,
    default: defaultOf(table, family, chain),
  };
}

function defaultOf(
  table: TableName,
  family: Family,
  { name, policy, location }: ParsedChain,
): Policy['default'] {
  if (!isHook(table, name))
    return { action: 'return', source: 'the end of a user chain goes back behind the jump' };
  if (policy === null) return { action: 'permit', source: `the file does not give ${name} a policy: ACCEPT` };
  const source = `the policy ${policy} of ${name}, line ${location.line}`;
  if (policy === 'DROP') return { action: 'deny', source };
  // Other tables are not for filtering: that they let pass what they do not stop is no decision.
  if (table !== 'filter') return { action: 'permit', source };
  return { action: 'permit', source, rule: acceptAll(policyName(table, family, name), family, location) };
}

/** A chain's policy ACCEPT: it stands in the place of a last rule. */
function acceptAll(chain: string, family: Family, location: Location): AccessRule {
  return {
    name: `${chain} policy ACCEPT`,
    number: 0,
    enabled: true,
    action: { kind: 'permit' },
    family,
    source: { any: true, objects: [], negated: false },
    destination: { any: true, objects: [], negated: false },
    service: { any: true, objects: [], negated: false },
    inInterfaces: null,
    outInterfaces: null,
    conditions: [],
    origin: 'unknown',
    purpose: null,
    comment: null,
    logged: null,
    created: null,
    updated: null,
    lastUsed: null,
    approximate: [],
    location,
  };
}

/** A built-in chain that a dump does not hold lets everything pass. */
export function emptyPolicy(table: TableName, family: Family, hook: Hook): Policy {
  const { stage, covers, sees } = PLACES.get(`${table}/${hook}`) ?? NOWHERE;
  return {
    name: policyName(table, family, hook),
    applies: { from: null, to: null, covers },
    family,
    stage,
    sees: { address: sees, port: sees },
    rules: [],
    default: { action: 'permit', source: `the dump has no ${hook} in ${table}: nothing is filtered there` },
  };
}

/**
 * Where one family has a table and the other has none: what the other one sends passes there. A stage that holds the
 * policies of one family alone would let nothing of the other through.
 */
export function policiesBeside(policies: readonly Policy[], families: readonly Family[]): readonly Policy[] {
  const names = new Set(policies.map((policy) => policy.name));
  return [...PLACES.keys()].flatMap((place) => {
    const [table, hook] = place.split('/') as [TableName, Hook];
    const without = families.filter((family) => !names.has(policyName(table, family, hook)));
    return without.length === families.length
      ? []
      : without.map((family) => emptyPolicy(table, family, hook));
  });
}

function toAccessRule(
  table: ParsedTable,
  chain: ParsedChain,
  { location, syntax, number }: ParsedRule,
  match: PacketMatch,
  targets: TableTargets,
  log: LineLog,
): AccessRule {
  const { family } = table;
  const target = actionOf(syntax, targets, (name) => policyName(table.table, family, name));
  if (target.unknown !== null) {
    log.unknownLine(location, target.unknown, sectionOf(table.table));
    log.note('unclassified', target.unknown, location);
  }
  const source = toAddressMatch(match.source);
  const destination = toAddressMatch(match.destination);
  const rule: AccessRule = {
    name: `${policyName(table.table, family, chain.name)} ${number}`,
    number,
    enabled: true,
    action: target.action,
    family,
    source: source.match,
    destination: destination.match,
    service: toServiceMatch(match.services),
    inInterfaces: match.inInterfaces,
    outInterfaces: match.outInterfaces,
    // Who is let in by what every ordinary packet meets has nothing to do for it.
    conditions: joined(
      match.conditions,
      target.action.kind === 'permit' ? NONE : match.ordinary,
      target.conditions,
      notUnderstood(syntax),
    ),
    origin: 'unknown',
    purpose: null,
    comment: match.comment,
    logged: target.logged,
    created: null,
    updated: null,
    lastUsed: null,
    approximate: joined(
      match.approximate,
      source.approximate,
      destination.approximate,
      match.unreadable.map((option) => `a value of ${option} that could not be read`),
    ),
    location,
  };
  return match.beforeNat === null ? rule : { ...rule, beforeNat: match.beforeNat };
}

const NONE: readonly never[] = [];

/** What a rule asks for and nobody here knows what it is. */
export function notUnderstood({ unknown }: RuleSyntax): readonly Condition[] {
  if (unknown.length === 0) return NONE;
  return [{ kind: 'other', description: `not understood: ${unknown.slice(0, 5).join(', ')}` }];
}
