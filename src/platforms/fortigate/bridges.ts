import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { firstValue, valuesOf } from './tree.js';

/** In a transparent domain packets are bridged, not routed. FortiOS CLI reference, config system settings. */
export function isTransparent(scope: DeviceScope): boolean {
  return firstValue(scope.node('system settings'), 'opmode') === 'transparent';
}

/**
 * Which bridge an interface is a port of, if any: packets cross it by the same policies, and no route leads them. In a
 * transparent domain these are the interfaces with one `forward-domain`; elsewhere virtual wire pairs, and software
 * switches that ask policies about what stays inside.
 */
export function readBridges(scope: DeviceScope): (node: ConfigNode) => string | null {
  const bridges = new Map<string, string>();
  const add = (bridge: ConfigNode): void => {
    for (const name of valuesOf(bridge, 'member')) bridges.set(name, bridge.name);
  };
  for (const pair of scope.allEntries('system virtual-wire-pair')) add(pair);
  for (const one of scope.allEntries('system switch-interface')) {
    if (firstValue(one, 'intra-switch-policy') !== 'explicit') continue;
    add(one);
    // The interface that stands for it has its addresses: hosts of its network are behind its ports.
    bridges.set(one.name, one.name);
  }
  const transparent = isTransparent(scope);
  return (node) =>
    bridges.get(node.name) ??
    (transparent ? `forward-domain ${firstValue(node, 'forward-domain') ?? '0'}` : null);
}
