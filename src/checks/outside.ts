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
  if (policy.applies === null) return rule.inInterfaces !== null && includes(rule.inInterfaces, outside);
  return includes(policy.applies.from, outside) && includes(rule.inInterfaces, outside);
}

/**
 * Whether a rule is a way out: from interfaces of which nobody knows who stands behind them, to nothing but such as
 * the Internet is certainly behind. Anybody may come by the former, and nobody comes in by the latter.
 */
export function leadsOut(
  { inInterfaces: ins, outInterfaces: outs }: AccessRule,
  config: FirewallConfig,
): boolean {
  if (ins === null || outs === null || outs.length === 0) return false;
  const { unknown, untrusted } = rolesOf(config);
  return ins.every((name) => unknown.has(name)) && outs.every((name) => untrusted.has(name));
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
