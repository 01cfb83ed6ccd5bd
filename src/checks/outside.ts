import type { FirewallConfig } from '../model/firewall-config.js';
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

/** Whether packets from outside come to a policy by themselves. */
export function fromOutside({ applies }: Policy, outside: Outside): boolean {
  return applies !== null && includes(applies.from, outside);
}

function includes(names: readonly string[] | null, outside: Outside): boolean {
  return names === null ? outside.size > 0 : names.some((name) => outside.has(name));
}
