import type { NatRule } from '../../model/policy.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { ParsedRule, ParsedTable } from './chains.js';
import type { Family } from './dump.js';
import { doubtsOf, type FlatHook, type FlatRule, flatten } from './flatten.js';
import { TARGET_GRAMMARS } from './grammar.js';
import type { LineLog } from './line-log.js';
import { type PacketMatch, toAddressMatch, toServiceMatch } from './packet-match.js';
import { markedParts, onlyMarked } from './parts.js';
import type { TargetUse } from './rule-syntax.js';
import { translationOf } from './translations.js';

/**
 * The rules below one built-in chain of the nat table that end its evaluation, in order.
 *
 * @param interfaces the names of every interface there is
 */
export function flattenNat(
  table: ParsedTable,
  hook: FlatHook,
  matchOf: (rule: ParsedRule) => PacketMatch,
  interfaces: readonly string[],
  log: LineLog,
): readonly FlatRule[] {
  const start = table.chains.get(hook);
  const { found, full } = flatten({
    ...{ hook, table, interfaces, wanted: ends },
    matchOf: (rule) => onlyMarked(matchOf(rule)),
    partsOf: (rule) => markedParts(matchOf(rule)),
  });
  if (full && start !== undefined) {
    log.note('set-limit', 'too many NAT rules when jumps are followed', start.location);
  }
  return found;
}

/** Targets behind which no other rule of the table is asked. */
function ends({ name }: TargetUse): boolean {
  // It leads only what a host inside has asked for, and leaves the rest to later rules.
  if (name === 'TRIGGER') return false;
  const kind = TARGET_GRAMMARS.get(name)?.kind;
  return kind === 'permit' || kind === 'deny' || kind === 'translate' || kind === 'program';
}

/** A flattened rule as the model has it. @param number its place in the flattened list, from 1 */
export function toNatRule({ hook, chain, rule, match }: FlatRule, family: Family, number: number): NatRule {
  const { target } = rule.syntax;
  const translated = target === null ? null : translationOf(target, family, match.services);
  return {
    name: `nat${family === 'ipv6' ? '6' : ''}/${chain.name} ${rule.number}`,
    number,
    enabled: true,
    family,
    inInterfaces: match.inInterfaces,
    outInterfaces: match.outInterfaces,
    source: toAddressMatch(match.source).match,
    destination: toAddressMatch(match.destination).match,
    service: toServiceMatch(match.services),
    // Only NETMAP has both sides: what it changes depends on where it stands.
    translatedSource: hook === 'POSTROUTING' ? (translated?.source ?? null) : null,
    translatedDestination: hook === 'PREROUTING' ? (translated?.destination ?? null) : null,
    translatedService: hook === 'PREROUTING' ? (translated?.service ?? null) : null,
    toSelf: target?.name === 'REDIRECT',
    ...(hook === 'PREROUTING' && target?.name === 'REDIRECT' ? { toSelf: true } : {}),
    approximate: [...new Set([...doubtsOf(match), ...(translated?.approximate ?? [])])],
    origin: 'unknown',
    comment: match.comment,
    location: rule.location,
  };
}

/** The services that translations of destinations leave behind; null: there is none. */
export function translatedBy(flat: readonly FlatRule[], rules: readonly NatRule[]): ServiceSet | null {
  const changed = rules.filter((_, at) => DESTINATION_TARGETS.has(flat[at]?.rule.syntax.target?.name ?? ''));
  if (changed.length === 0) return null;
  return ServiceSet.unionOf(
    changed.map((rule) => rule.translatedService?.literal ?? rule.service.literal ?? ServiceSet.ALL),
  );
}

const DESTINATION_TARGETS: ReadonlySet<string> = new Set(['DNAT', 'REDIRECT', 'NETMAP']);
