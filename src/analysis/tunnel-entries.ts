import type { Entry } from '../model/exposure.js';
import type { FirewallConfig, Tunnel } from '../model/firewall-config.js';
import { IpSet } from '../sets/ip-set.js';
import { PacketSet } from '../sets/packet-set.js';
import { ServiceSet } from '../sets/service-set.js';
import { familyAddresses } from './family.js';
import type { SelfTarget } from './targets.js';

/**
 * What comes out of tunnels to somebody else, and from users who dial in: an entry each. One that is
 * switched off has no interface: what it admits is dormant. Of remote access that is switched off nothing
 * is told: appliances leave the factory with some.
 */
export function tunnelEntries(config: FirewallConfig, others: readonly Entry[]): readonly Entry[] {
  // An explanation for a zone must never cover a tunnel that somebody gave the same name.
  const taken = new Set([...config.zones, ...others].map(({ name }) => name));
  return config.tunnels.flatMap((tunnel): readonly Entry[] => {
    const { ingress } = tunnel;
    if (ingress === undefined || (!tunnel.enabled && tunnel.kind === 'remote-access')) return [];
    const name = freeName(tunnel.name, taken);
    taken.add(name);
    return [
      {
        kind: tunnel.kind === 'site-to-site' ? 'tunnel' : 'remote-access',
        name,
        interfaces: tunnel.enabled ? [ingress.interface] : [],
        role: { value: 'tunnel', evidence: evidenceOf(tunnel) },
        location: tunnel.location,
        tunnel: {
          peers: tunnel.peers,
          from: [...ingress.from, ingress.interface],
          sources: ingress.sources,
          destinations: ingress.destinations,
          approximate: ingress.approximate,
        },
      },
    ];
  });
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  let name = `${wanted} (tunnel)`;
  for (let number = 2; taken.has(name); number++) name = `${wanted} (tunnel ${number})`;
  return name;
}

function evidenceOf({ kind, peers, enabled }: Tunnel): string {
  const off = enabled ? '' : '; it is switched off';
  if (kind === 'remote-access') return `users dial in${off}`;
  return `its far end is ${peers.length === 0 ? 'not named' : peers.join(', ')}${off}`;
}

/** Everything that may come in by an entry. */
export function packetsFrom({ tunnel }: Entry): PacketSet {
  const { sources = null, destinations = null } = tunnel ?? {};
  if (sources === null && destinations === null) return PacketSet.ALL;
  return PacketSet.of(sources ?? IpSet.ALL, destinations ?? IpSet.ALL, ServiceSet.ALL);
}

/**
 * Whether packets from an entry may be for an address of the appliance: a tunnel takes in only what it was
 * made for.
 *
 * @param known every address and connected network that the file holds: an address that it does not hold is
 *   none of these
 */
export function mayBeFor(entry: Entry, { target, family }: SelfTarget, known: IpSet): boolean {
  if (!sendsFamily(entry, family)) return false;
  const destinations = entry.tunnel?.destinations ?? null;
  if (destinations === null) return true;
  if (target.dynamic === null) return destinations.overlaps(target.addresses);
  return !destinations.subtract(known).isEmpty();
}

/** Whether packets of a family may come in by an entry. */
export function sendsFamily({ tunnel }: Entry, family: 'ipv4' | 'ipv6' | 'both'): boolean {
  if (tunnel === undefined || family === 'both') return true;
  const all = familyAddresses(family);
  return [tunnel.sources, tunnel.destinations].every((set) => !set || set.overlaps(all));
}
