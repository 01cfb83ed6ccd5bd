import type { Interface, Tunnel } from '../../model/firewall-config.js';
import type { AddressObject } from '../../model/objects.js';
import { IpSet } from '../../sets/ip-set.js';
import type { InterfaceRow } from './interfaces.js';
import type { KeyReader, Value } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { distinct, integer, isOn, isSet, resolved } from './values.js';
import type { ZoneRow } from './zones.js';

/** What the tunnels of interfaces are worked out from. */
export interface ClearTunnelContext {
  readonly reader: KeyReader;
  readonly interfaceRows: readonly InterfaceRow[];
  readonly addressObjects: readonly AddressObject[];
  readonly zones: readonly ZoneRow[];
}

/** What sort of tunnel carries IPv6 over IPv4, and IPv4 over IPv6; 0 is none. */
const KINDS: readonly ReadFamily[] = ['iface_tunnel_type_N', 'iface_tunnel6_type_N'];

/** The far ends of the sorts: an address, or the name of an address object. */
const FAR_ENDS: readonly ReadFamily[] = [
  'iface_tunnel_gre_dst_addr_N',
  'iface_tunnel_gif_dst_addr_N',
  'iface_tunnel_6rd_dst_addr_N',
  'iface_gre4to6_remote_v6ip_N',
  'iface_softwire_remote_v6ip_N',
];

/** Whether an interface is a tunnel of its own: a sort, a far end, or 6to4. */
export function isClearTunnel(reader: KeyReader, slot: number): boolean {
  const sort = KINDS.some((family) => (integer(reader.at(family, slot)?.text) ?? 0) > 0);
  return (
    sort || isOn(reader.at('iface_tunnel_6to4_enable_N', slot)) === true || farEnds(reader, slot).length > 0
  );
}

function farEnds(reader: KeyReader, slot: number): readonly Value[] {
  const values = FAR_ENDS.map((family) => reader.at(family, slot));
  return distinct(values.filter((value) => isSet(value) && !/^[0:]*$/.test(value?.text ?? '')));
}

/**
 * Interfaces that carry packets to a far end by GRE, 6in4, 6to4, 6rd or ISATAP, which neither encrypt nor ask who
 * is there. Behind one in a zone of one's own stands whoever holds the far end; out of a zone of strangers come
 * strangers anyhow. No real export has one set, so that the numbers of the sorts are not established.
 */
export function readClearTunnels(context: ClearTunnelContext): readonly Tunnel[] {
  const { reader, interfaceRows, addressObjects, zones } = context;
  const outside = new Set(
    zones
      .filter(({ role: { value } }) => value === 'untrusted' || value === 'unknown')
      .map(({ name }) => name),
  );
  return interfaceRows.flatMap(({ interface: iface, slot }): readonly Tunnel[] => {
    if (slot === null || !isClearTunnel(reader, slot)) return [];
    const followed = iface.enabled && iface.zone !== null && !outside.has(iface.zone);
    const ends = farEnds(reader, slot).map((end) => resolved([end], addressObjects)?.text ?? end.text);
    return [
      {
        name: iface.name,
        kind: 'site-to-site',
        enabled: iface.enabled,
        peers: ends,
        remoteNetworks: [],
        management: iface.managementFlags,
        marks: ['clear-text'],
        ...(followed
          ? {
              ingress: {
                from: [iface.zone ?? ''],
                interface: iface.name,
                sources: carried(iface),
                destinations: null,
                approximate: ['the file does not say which addresses are behind the tunnel: any is taken'],
              },
            }
          : {}),
        location: iface.location,
      },
    ];
  });
}

/** Zones that such an interface is in. */
export function zonesOfTunnels(reader: KeyReader, rows: readonly InterfaceRow[]): ReadonlySet<string> {
  const tunnels = rows.filter(({ slot }) => slot !== null && isClearTunnel(reader, slot));
  return new Set(tunnels.flatMap((row) => row.interface.zone ?? []));
}

/** A tunnel brings packets of the families that it has addresses of; one without any may bring both. */
function carried({ ipv4, ipv6 }: Interface): IpSet | null {
  if (ipv4.kind === 'none' && ipv6.kind !== 'none') return IpSet.IPV6;
  return ipv6.kind === 'none' && ipv4.kind !== 'none' ? IpSet.IPV4 : null;
}
