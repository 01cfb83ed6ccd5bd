import type { FirewallConfig } from '../model/firewall-config.js';
import type { AccessRule, Policy } from '../model/policy.js';

/**
 * A configuration as it is on a day, `YYYY-MM-DD`: a rule whose time is over is in the file and matches nothing, as if
 * somebody had switched it off. Its last day still counts, because the clock of the appliance is in a zone of its own.
 * What has not begun yet stays what it is: it will.
 */
export function onDay(config: FirewallConfig, day: string): FirewallConfig {
  const isOver = (rule: AccessRule): boolean =>
    rule.enabled && rule.conditions.some(({ until }) => until !== undefined && until < day);
  if (!config.policies.some((policy) => policy.rules.some(isOver))) return config;
  const policies = config.policies.map(
    (policy): Policy => ({
      ...policy,
      rules: policy.rules.map((rule) => (isOver(rule) ? { ...rule, enabled: false, lapsed: true } : rule)),
    }),
  );
  return { ...config, policies };
}
