import type { FirewallConfig, Role } from '../model/firewall-config.js';
import type { AccessRule, Policy } from '../model/policy.js';

/** Names of the zones and interfaces by which strangers come in, or nobody knows whether they do. */
export type Outside = ReadonlySet<string>;

const known = new WeakMap<FirewallConfig, Outside>();

/** What the configuration itself says; the register may say otherwise. */
export function outsideOf(config: FirewallConfig): Outside {
  const before = known.get(config);
  if (before !== undefined) return before;
  const names = [...config.zones, ...config.interfaces]
    .filter(({ role }) => role.value === 'untrusted' || role.value === 'unknown')
    .map(({ name }) => name);
  const outside = new Set(names);
  known.set(config, outside);
  return outside;
}

/**
 * Whether packets from outside come to a rule: by its policy, and by its own interfaces. A policy that is
 * only jumped to says nothing of where packets come from: there the rule's own interfaces have to.
 */
export function ruleFromOutside(rule: AccessRule, policy: Policy, outside: Outside): boolean {
  if (unreachedOf(policy).has(rule)) return false;
  if (policy.applies === null) return rule.inInterfaces !== null && includes(rule.inInterfaces, outside);
  return includes(policy.applies.from, outside) && includes(rule.inInterfaces, outside);
}

const unreached = new WeakMap<Policy, ReadonlySet<AccessRule>>();

/**
 * Rules that no packet comes to, because one that is built in certainly denies all of their family before: pfSense
 * without IPv6. A rule behind a deny that has a place in the list, where somebody may move it, is still told of.
 */
function unreachedOf(policy: Policy): ReadonlySet<AccessRule> {
  const before = unreached.get(policy);
  if (before !== undefined) return before;
  const denied = { ipv4: false, ipv6: false };
  const found = new Set<AccessRule>();
  for (const rule of policy.rules) {
    const families = rule.family === 'both' ? (['ipv4', 'ipv6'] as const) : [rule.family];
    if (families.every((family) => denied[family])) found.add(rule);
    if (rule.origin !== 'implied' || rule.number !== 0 || rule.approximate.length > 0) continue;
    if (!deniesAll(rule)) continue;
    for (const family of families) denied[family] = true;
  }
  unreached.set(policy, found);
  return found;
}

/** Whether a rule denies whatever comes to it, as far as its family goes. */
export function deniesAll(rule: AccessRule): boolean {
  const { enabled, action, source, destination, service, conditions } = rule;
  return (
    enabled &&
    action.kind === 'deny' &&
    [source, destination, service].every((side) => side.any && !side.negated) &&
    rule.inInterfaces === null &&
    rule.outInterfaces === null &&
    conditions.length === 0 &&
    rule.beforeNat === undefined
  );
}

/**
 * Whether a rule is a way out. Either it is from interfaces of which nobody knows who stands behind them, to nothing
 * but such as the Internet is certainly behind: anybody may come by the former, and nobody comes in by the latter. Or
 * its policy decides on what leaves, wherever it came from, after others have decided on what comes in.
 */
export function leadsOut(
  { inInterfaces: ins, outInterfaces: outs }: AccessRule,
  policy: Policy,
  config: FirewallConfig,
): boolean {
  if (comesAfterTheWayIn(policy, config)) return true;
  if (ins === null || outs === null || outs.length === 0) return false;
  const { unknown, untrusted } = rolesOf(config);
  return ins.every((name) => unknown.has(name)) && outs.every((name) => untrusted.has(name));
}

/** What such a policy permits has been let in before, by a rule that is judged for itself. */
function comesAfterTheWayIn({ applies, stage }: Policy, { policies }: FirewallConfig): boolean {
  if (applies === null || applies.from !== null || applies.to === null) return false;
  return policies.some(
    ({ applies: other, stage: before }) => other !== null && other.from !== null && before < stage,
  );
}

interface Roles {
  readonly unknown: ReadonlySet<string>;
  readonly untrusted: ReadonlySet<string>;
}

const roles = new WeakMap<FirewallConfig, Roles>();

function rolesOf(config: FirewallConfig): Roles {
  const before = roles.get(config);
  if (before !== undefined) return before;
  const named = (value: Role['value']) =>
    new Set(config.interfaces.filter(({ role }) => role.value === value).map(({ name }) => name));
  const found = { unknown: named('unknown'), untrusted: named('untrusted') };
  roles.set(config, found);
  return found;
}

/** Whether packets from outside come to a policy by themselves. */
export function fromOutside({ applies }: Policy, outside: Outside): boolean {
  return applies !== null && includes(applies.from, outside);
}

function includes(names: readonly string[] | null, outside: Outside): boolean {
  return names === null ? outside.size > 0 : names.some((name) => outside.has(name));
}
