import type { Entry } from '../model/exposure.js';
import type { NatRule } from '../model/policy.js';
import { askInterfaces } from './candidates.js';
import type { Ground } from './ground.js';
import { natRulesFor } from './nat.js';

const waysOf = new WeakMap<Entry, readonly Entry[]>();

/**
 * An entry by each of its interfaces, where a rule tells them apart; else the entry as it is. What a
 * rule denies by one interface may still come in by another, so each has to be followed by itself.
 */
export function waysIn(ground: Ground, entry: Entry): readonly Entry[] {
  let ways = waysOf.get(entry);
  if (ways === undefined) {
    ways =
      entry.interfaces.length > 1 && tellsApart(ground, entry)
        ? entry.interfaces.map((name) => ({ ...entry, interfaces: [name] }))
        : [entry];
    waysOf.set(entry, ways);
  }
  return ways;
}

function tellsApart(ground: Ground, entry: Entry): boolean {
  if (askInterfaces(ground.config.policies, entry)) return true;
  return natRulesFor(ground, entry).some(({ rule }) => isForSome(rule, entry));
}

/** Whether a NAT rule is for some of an entry's interfaces, or does something else at each. */
function isForSome({ inInterfaces, toSelf }: NatRule, { interfaces }: Entry): boolean {
  if (inInterfaces === null) return false;
  const named = interfaces.filter((name) => inInterfaces.includes(name)).length;
  return named > 0 && (named < interfaces.length || toSelf === true);
}
