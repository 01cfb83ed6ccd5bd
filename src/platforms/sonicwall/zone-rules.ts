import type { AccessRule } from '../../model/policy.js';
import { IpSet } from '../../sets/ip-set.js';
import type { RuleRow } from './rules.js';
import type { ServiceBook } from './service-objects.js';
import type { ZoneRow } from './zones.js';

/**
 * Marks the rules of DMZ, guest and wireless zones that are for what passes through: without "Enable
 * Management" a rule for web traffic, or for everything, is no way to the appliance's own administration,
 * though its destination takes in an address of the appliance. A rule that names a service as the appliance
 * calls its own is kept, and its doors say that the switch is off. The same holds of trusted zones that a tunnel
 * in clear text ends in.
 *
 * @param shared names of zones that such a tunnel ends in
 */
export function withZoneRules(
  rows: readonly RuleRow[],
  zones: readonly ZoneRow[],
  services: ServiceBook,
  shared: ReadonlySet<string>,
): readonly RuleRow[] {
  const lessTrusted = new Set(
    zones.flatMap(({ name, role: { value } }) =>
      value === 'public' || (value === 'trusted' && shared.has(name)) ? [name] : [],
    ),
  );
  return rows.map((row) => {
    const { rule, from } = row;
    if (from === null || !lessTrusted.has(from) || rule.action.kind !== 'permit') return row;
    return asksForManagement(rule, services) ? row : { ...row, rule: { ...rule, transitOnly: true } };
  });
}

/** Where the switch is not in the file, only what the appliance wrote for every service is known not to ask. */
function asksForManagement(rule: AccessRule, services: ServiceBook): boolean {
  if (rule.management === true) return true;
  if (rule.purpose === 'catch-all' || rule.purpose === 'interface-trust') return false;
  return rule.management === undefined || rule.service.objects.some((name) => services.isManagement(name));
}

/** Type of the zone that stands for groups of hosts: RFC 5771, RFC 4291 section 2.7. */
const MULTICAST = '6';
const GROUPS = IpSet.of('224.0.0.0/4', 'ff00::/8');

/** What a person lets into the zone of multicast goes to groups, and to nobody's own address. */
export function toGroups(rows: readonly RuleRow[], zones: readonly ZoneRow[]): readonly RuleRow[] {
  const groups = new Set(zones.filter(({ type }) => type === MULTICAST).map(({ name }) => name));
  return rows.map((row) => {
    const { rule, to } = row;
    const whole = rule.action.kind === 'permit' && rule.origin !== 'implied' && rule.destination.any;
    if (to === null || !groups.has(to) || !whole) return row;
    return { ...row, rule: { ...rule, destination: { ...rule.destination, any: false, literal: GROUPS } } };
  });
}
