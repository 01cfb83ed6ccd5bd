import type { NatRule } from '../../model/policy.js';
import type { XmlElement } from '../shared/xml.js';
import { at, isSet, value } from './config-tree.js';
import type { InterfaceRow } from './interfaces.js';

/** How a port forward works from inside. */
export type Reflection = 'nat' | 'proxy';

/** Whoever comes in from inside may be served without the forward: it hides nothing from them. */
export const REFLECTED = 'it is reflected to the inner interfaces';

export const PROXIED =
  'a proxy of the appliance connects to the target, unless a rule blocks connections to 127.0.0.1';

/**
 * "NAT Reflection mode for port forwards": a forward says so itself, else the system does; silence is the proxy, which
 * listens on 127.0.0.1 and connects to the target itself (`filter_generate_reflection_proxy`). Rules of the interface then
 * see 127.0.0.1, and none that protects the target is asked. Pure NAT is the same translation. null: neither.
 */
export function reflectionOf(root: XmlElement, element: XmlElement): Reflection | null {
  const own = value(element, 'natreflection');
  if (own === 'purenat') return 'nat';
  if (own === 'enable') return 'proxy';
  const system = at(root, 'system');
  if (own === 'disable' || isSet(system, 'disablenatreflection')) return null;
  return isSet(system, 'enablenatreflectionpurenat') ? 'nat' : 'proxy';
}

/** Other interfaces than the forward's own, by which no gateway is reached (`filter_get_reflection_interfaces`). */
export function reflectingKeys(
  root: XmlElement,
  rows: readonly InterfaceRow[],
  { inInterfaces }: NatRule,
): readonly string[] {
  const configured = new Set(at(root, 'interfaces')?.children ?? []);
  return rows
    .filter((row) => configured.has(row.element) && leadsNowhere(row))
    .filter((row) => inInterfaces?.includes(row.interface.name) === false)
    .map(({ key }) => key);
}

function leadsNowhere({ element, interface: iface }: InterfaceRow): boolean {
  const gateway = value(element, 'gateway');
  return iface.role.value !== 'untrusted' && (gateway === '' || gateway === 'none');
}
