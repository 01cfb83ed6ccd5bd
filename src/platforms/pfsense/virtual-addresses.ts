import type { Interface } from '../../model/firewall-config.js';
import type { IpSet } from '../../sets/ip-set.js';
import { parseIpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import { at, child, children, label, locationOf, value } from './config-tree.js';
import type { Reading } from './reading.js';

/** A CARP or alias address, as an interface of its own: the one it stands on may have DHCP. */
export interface VirtualAddress {
  readonly interface: Interface;
  /** The address itself. */
  readonly host: IpSet;
  /** The network that it brings with it. */
  readonly network: IpSet;
}

/** Own virtual addresses by the key of the interface that they stand on; `lo0` is the loopback. */
export function readVirtualAddresses(
  { root, file, log }: Reading,
  taken: ReadonlySet<string>,
): ReadonlyMap<string, readonly VirtualAddress[]> {
  const names = new Set(taken);
  const found = new Map<string, VirtualAddress[]>();
  for (const { element, key, address, bits } of virtualRows(root)) {
    const name = names.has(address) ? `${address} (${key})` : address;
    names.add(name);
    const made = virtualAddress(name, address, bits, key, element, file);
    if (made !== null) found.set(key, [...(found.get(key) ?? []), made]);
    else log.note('malformed-value', 'a virtual address cannot be read', locationOf(element, file));
  }
  return found;
}

interface VirtualRow {
  readonly element: XmlElement;
  readonly key: string;
  readonly address: string;
  readonly bits: string;
}

function virtualRows(root: XmlElement): readonly VirtualRow[] {
  const vips = children(at(root, 'virtualip'), 'vip');
  // An alias may stand on a CARP address, which it names by that address's own id.
  const carriers = new Map(vips.map((vip) => [`_vip${value(vip, 'uniqid')}`, value(vip, 'interface')]));
  const virtual = vips.flatMap((element): readonly VirtualRow[] => {
    const mode = value(element, 'mode');
    // Proxy ARP and "other" addresses are there for NAT: nothing of the appliance answers on them.
    if (mode !== 'carp' && mode !== 'ipalias') return [];
    const on = value(element, 'interface');
    const key = (carriers.get(on) ?? on).toLowerCase();
    return [{ element, key, address: value(element, 'subnet'), bits: value(element, 'subnet_bits') }];
  });
  return [...virtual, ...besideDhcp(root)];
}

/** The fixed second address that an interface may have beside one by DHCP. */
function besideDhcp(root: XmlElement): readonly VirtualRow[] {
  return (child(root, 'interfaces')?.children ?? []).flatMap((element) => {
    const address = value(element, 'alias-address');
    const found = child(element, 'alias-address');
    if (address === '' || found === undefined || value(element, 'ipaddr') !== 'dhcp') return [];
    const bits = value(element, 'alias-subnet');
    return [{ element: found, key: element.name.toLowerCase(), address, bits }];
  });
}

function virtualAddress(
  name: string,
  address: string,
  bits: string,
  on: string,
  element: XmlElement,
  file: string,
): VirtualAddress | null {
  const host = parseIpSet(address);
  if (host === null || address.includes('-') || address.includes('/')) return null;
  const own = { kind: 'static', cidrs: host.toCidrs() } as const;
  const none = { kind: 'none' } as const;
  const wide = address.includes(':');
  return {
    host,
    network: parseIpSet(`${address}/${bits}`) ?? host,
    interface: {
      name,
      zone: null,
      routingInstance: 'main',
      ipv4: wide ? none : own,
      ipv6: wide ? own : none,
      plane: 'data',
      enabled: true,
      gateways: [],
      role: { value: 'trusted', evidence: `a virtual address of ${on}: no packet comes in by it` },
      managementFlags: [],
      comment: label(element, 'descr') || null,
      location: locationOf(element, file),
    },
  };
}
