import type { Entry } from '../model/exposure.js';
import type { FirewallConfig, Interface, Role } from '../model/firewall-config.js';
import { tunnelEntries } from './tunnel-entries.js';

/** What the register says about a zone or an interface of this device, over all other evidence. */
export type RoleOverrides = ReadonlyMap<string, 'untrusted' | 'trusted'>;

/**
 * Where strangers' packets come in: every zone or zoneless interface whose role is untrusted, or
 * not known. Zones without an enabled interface are kept: what they admit is dormant. Then what comes out of
 * tunnels.
 */
export function findEntries(config: FirewallConfig, overrides: RoleOverrides): readonly Entry[] {
  const entries: Entry[] = [];
  for (const zone of config.zones) {
    const members = config.interfaces.filter((iface) => iface.zone === zone.name);
    const outside = members.filter((iface) => isEntry(roleOf(iface, zone.role, overrides)));
    const zoneRole = overridden(zone.name, zone.role, overrides);
    const [first] = outside;
    if (first === undefined && (members.length > 0 || !isEntry(zoneRole))) continue;
    const role = first === undefined ? zoneRole : roleOf(first, zone.role, overrides);
    entries.push({
      kind: 'zone',
      name: zone.name,
      interfaces: outside.filter((iface) => iface.enabled).map((iface) => iface.name),
      role,
      location: zone.location,
    });
  }
  for (const iface of config.interfaces) {
    if (iface.zone !== null || !iface.enabled) continue;
    const role = roleOf(iface, iface.role, overrides);
    if (!isEntry(role)) continue;
    entries.push({
      kind: 'interface',
      name: iface.name,
      interfaces: [iface.name],
      role,
      location: iface.location,
    });
  }
  return [...entries, ...tunnelEntries(config, entries)];
}

/** Whether an entry is meant by a name: its own, that of an interface, or of what a tunnel ends in. */
export function isNamed({ name, interfaces, tunnel }: Entry, wanted: string): boolean {
  return name === wanted || interfaces.includes(wanted) || (tunnel?.from.includes(wanted) ?? false);
}

/** An interface's own override, else its zone's, else what the platform found. */
function roleOf(iface: Interface, fallback: Role, overrides: RoleOverrides): Role {
  const own = overridden(iface.name, iface.role, overrides);
  if (own !== iface.role) return own;
  return iface.zone === null ? own : overridden(iface.zone, fallback, overrides);
}

function overridden(name: string, role: Role, overrides: RoleOverrides): Role {
  const value = overrides.get(name);
  return value === undefined ? role : { value, evidence: 'the register says so' };
}

function isEntry(role: Role): boolean {
  return role.value === 'untrusted' || role.value === 'unknown';
}
