import type { Diagnostic } from '../model/coverage.js';
import type { DormantDoor, Entry, Reach } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import { IpSet } from '../sets/ip-set.js';
import { findDormant } from './dormant.js';
import type { RoleOverrides } from './entries.js';
import { findEntries } from './entries.js';
import type { Ground } from './reach.js';
import { reachSelf } from './reach.js';
import { connectedNetworks, createResolver, ownAddresses } from './resolve.js';
import { selfTargets } from './targets.js';

/** What one device lets in, before anybody asks who they are. */
export interface Analysis {
  readonly entries: readonly Entry[];
  readonly reaches: readonly Reach[];
  readonly dormant: readonly DormantDoor[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Computes every way from an untrusted entry to a service of the appliance itself. */
export function analyse(config: FirewallConfig, overrides: RoleOverrides): Analysis {
  const resolver = createResolver(config);
  const known = IpSet.unionOf(
    config.interfaces.flatMap((iface) => [ownAddresses(iface), connectedNetworks(iface)]),
  );
  const policies = new Map(config.policies.map((policy) => [policy.name, policy]));
  const ground: Ground = { config, policies, resolver, known };
  const entries = findEntries(config, overrides);
  const targets = selfTargets(config);
  const reaches = entries.flatMap((entry) =>
    entry.interfaces.length === 0 ? [] : targets.flatMap((self) => reachSelf(ground, entry, self)),
  );
  const dormant = entries.flatMap((entry) => findDormant(ground, entry, targets));
  return { entries, reaches, dormant, diagnostics: resolver.diagnostics() };
}

/**
 * What a device takes for the organisation's own when no register says: the public networks behind
 * its trusted interfaces, and its own addresses. The networks on its WAN side also hold neighbours.
 */
export function ownNetworksOf(config: FirewallConfig): IpSet {
  return IpSet.unionOf(
    config.interfaces.flatMap((iface) =>
      iface.role.value === 'trusted'
        ? [ownAddresses(iface), connectedNetworks(iface)]
        : [ownAddresses(iface)],
    ),
  );
}
