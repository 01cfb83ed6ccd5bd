import type { Membership } from './interfaces.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { firstValue, valuesOf } from './tree.js';
import { isOn } from './values.js';

export const FORWARD_POLICIES = [
  'firewall policy',
  'firewall policy6',
  'firewall consolidated policy',
] as const;

const CENTRAL = 'firewall central-snat-map';

/**
 * The policy that hides behind an interface whoever goes anywhere by it, where no policy hides what comes in by it:
 * behind such an interface is the Internet. Null where there is none. An entry of the central table is one of these.
 */
export function hidingPolicies(scope: DeviceScope, { zones }: Membership): (name: string) => string | null {
  const members = new Map(zones.map((zone) => [zone.name, zone.members]));
  const behind = new Map<string, string>();
  const before = new Set<string>();
  const hiding = [...FORWARD_POLICIES, CENTRAL].flatMap((path) =>
    scope
      .allEntries(path)
      .filter((node) => (path === CENTRAL ? hidesCentrally(node) : hidesEverything(node))),
  );
  for (const node of hiding) {
    const names = (side: string) => valuesOf(node, side).flatMap((name) => members.get(name) ?? [name]);
    for (const name of names('dstintf')) behind.set(name, behind.get(name) ?? node.name);
    for (const name of names('srcintf')) before.add(name);
  }
  return (name) => (before.has(name) ? null : (behind.get(name) ?? null));
}

/** Whether a policy lets through to everywhere, with the appliance's own address as the source. */
function hidesEverything(node: ConfigNode): boolean {
  const towards = ['dstaddr', 'dstaddr4'].flatMap((attribute) => valuesOf(node, attribute));
  return (
    firstValue(node, 'action') === 'accept' &&
    firstValue(node, 'status') !== 'disable' &&
    isOn(firstValue(node, 'nat')) === true &&
    towards.includes('all')
  );
}

/** `nat` of the central table is on unless it says otherwise. */
function hidesCentrally(node: ConfigNode): boolean {
  return (
    firstValue(node, 'status') !== 'disable' &&
    isOn(firstValue(node, 'nat')) !== false &&
    valuesOf(node, 'dst-addr').includes('all')
  );
}
