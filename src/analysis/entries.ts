import type { ZoneOverride } from '../model/explanation.js';
import type { Entry } from '../model/exposure.js';
import type { FirewallConfig, Interface, Role, Zone } from '../model/firewall-config.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { connectedNetworks } from './resolve.js';
import { tunnelEntries } from './tunnel-entries.js';

/** What the register says about a zone or an interface of this device, over all other evidence. */
export type RoleOverrides = ReadonlyMap<string, ZoneOverride['role']>;

/**
 * Where packets come in that are not trusted: every zone or zoneless interface whose role is untrusted, or
 * not known, and those that are trusted less than inside. Zones without an enabled interface are kept: what
 * they admit is dormant. Then what comes out of tunnels.
 */
export function findEntries(config: FirewallConfig, overrides: RoleOverrides): readonly Entry[] {
  const zones = config.zones.flatMap((zone) => zoneEntries(config, zone, overrides));
  const bare = config.interfaces.flatMap((iface): readonly Entry[] => {
    if (iface.zone !== null || !iface.enabled) return [];
    const role = roleOf(iface, iface.role, overrides);
    if (!isOutside(role) && !isLessTrusted({ role })) return [];
    const { name, location } = iface;
    return [withNetworks({ kind: 'interface', name, interfaces: [name], role, location }, config)];
  });
  const entries = [...zones, ...bare];
  return [...entries, ...tunnelEntries(config, entries)];
}

/** One entry for the interfaces of a zone that strangers stand behind, one for those trusted less than inside. */
function zoneEntries(config: FirewallConfig, zone: Zone, overrides: RoleOverrides): readonly Entry[] {
  const members = config.interfaces
    .filter((iface) => iface.zone === zone.name)
    .map((iface) => ({ iface, role: roleOf(iface, zone.role, overrides) }));
  const zoneRole = overridden(zone.name, zone.role, overrides);
  return [isOutside, (role: Role) => isLessTrusted({ role })].flatMap((holds): readonly Entry[] => {
    const inside = members.filter(({ role }) => holds(role));
    const [first] = inside;
    if (first === undefined && (members.length > 0 || !holds(zoneRole))) return [];
    const interfaces = inside.filter(({ iface }) => iface.enabled).map(({ iface }) => iface.name);
    const { name, location } = zone;
    return [
      withNetworks({ kind: 'zone', name, interfaces, role: first?.role ?? zoneRole, location }, config),
    ];
  });
}

/** Whether one's own hosts, or guests, come in by an entry, and no strangers: a DMZ, a wireless zone. */
export function isLessTrusted({ role }: Pick<Entry, 'role'>): boolean {
  return role.value === 'public';
}

/** What stands behind the interfaces of such an entry. A default route names nobody. */
function withNetworks(entry: Entry, config: FirewallConfig): Entry {
  if (!isLessTrusted(entry)) return entry;
  const by = new Set(entry.interfaces);
  const connected = config.interfaces.filter(({ name }) => by.has(name)).map(connectedNetworks);
  const routed = config.routes
    .filter(({ interface: name, destination }) => by.has(name ?? '') && !destination.endsWith('/0'))
    .map(({ destination }) => parseIpSet(destination) ?? IpSet.EMPTY);
  return { ...entry, networks: IpSet.unionOf([...connected, ...routed]) };
}

/** Whether an entry is meant by a name: its own, that of an interface, or of what a tunnel ends in. */
export function isNamed({ name, interfaces, tunnel }: Entry, wanted: string): boolean {
  return name === wanted || interfaces.includes(wanted) || (tunnel?.from.includes(wanted) ?? false);
}

/** An interface's own override, else its zone's, else what the platform found: of the zone, or of an uplink in it. */
function roleOf(iface: Interface, fallback: Role, overrides: RoleOverrides): Role {
  const own = overridden(iface.name, iface.role, overrides);
  if (own !== iface.role) return own;
  if (iface.zone === null) return own;
  const zone = overridden(iface.zone, fallback, overrides);
  // An uplink that somebody put into a zone of hosts inside.
  const inner = zone.value === 'trusted' || zone.value === 'public';
  return inner && zone === fallback && own.value === 'untrusted' ? own : zone;
}

function overridden(name: string, role: Role, overrides: RoleOverrides): Role {
  const value = overrides.get(name);
  return value === undefined ? role : { value, evidence: 'the register says so' };
}

function isOutside(role: Role): boolean {
  return role.value === 'untrusted' || role.value === 'unknown';
}
