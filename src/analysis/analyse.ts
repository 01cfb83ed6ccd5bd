import type { Diagnostic } from '../model/coverage.js';
import type { DormantDoor, Entry, Reach } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import { IpSet } from '../sets/ip-set.js';
import { MAX_PIECES, SetLimitError } from '../sets/steps.js';
import { asleepOnce, findDormant } from './dormant.js';
import type { RoleOverrides } from './entries.js';
import { findEntries, isLessTrusted } from './entries.js';
import { MAX_OPENED } from './flow-rules.js';
import type { Ground } from './ground.js';
import { coarseOf, groundOf } from './ground.js';
import { type HostService, wantedOn } from './host-services.js';
import { mergeAlike, mergeTargets, withoutTwins } from './merge-reaches.js';
import { reachSelf } from './reach.js';
import { connectedNetworks, ownAddresses } from './resolve.js';
import { type SelfTarget, selfTargets } from './targets.js';
import { reachHosts, reachTranslatedSelf, reachUnknownSelf } from './transit.js';
import { mayBeFor } from './tunnel-entries.js';
import { waysIn } from './ways-in.js';

/** What one device lets in, before anybody asks who they are. */
export interface Analysis {
  readonly entries: readonly Entry[];
  readonly reaches: readonly Reach[];
  readonly dormant: readonly DormantDoor[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Computes every way in from an entry that is not trusted: to the appliance's own services, and to what
 * administers the hosts behind it.
 *
 * @param services the services by which hosts are administered; an appliance whose format does not say
 *   what listens on it is such a host
 */
export function analyse(
  config: FirewallConfig,
  overrides: RoleOverrides,
  services: readonly HostService[] = [],
): Analysis {
  const ground = groundOf(config);
  const hosts = wantedOn(config, services);
  const entries = findEntries(config, overrides);
  const targets = selfTargets(config);
  const direct = targets.filter((self) => self.interface.loopback !== true);
  const limits: Diagnostic[] = [];
  const reaches = entries.flatMap((entry) => {
    if (entry.interfaces.length === 0) return [];
    const managed = isManaged(config, entry);
    const own = targets.filter(({ interface: { plane, name } }) =>
      managed ? entry.interfaces.includes(name) : plane === 'data',
    );
    const found = within(ground, entry, limits, (on) => {
      const behind = managed ? [] : toHosts(on, entry, hosts);
      const self = toSelf(on, entry, own, hosts);
      return [...(config.silence?.addresses === true ? withoutTwins(self, behind) : self), ...behind];
    });
    return withDoubts(entry, found);
  });
  const dormant = asleepOnce(entries.flatMap((entry) => findDormant(ground, entry, direct)));
  // Appliances leave the factory with a DMZ that nothing is connected to.
  const told = entries.filter(
    (entry) =>
      !isLessTrusted(entry) || entry.interfaces.length > 0 || dormant.some((door) => door.entry === entry),
  );
  return { entries: told, reaches, dormant, diagnostics: [...ground.resolver.diagnostics(), ...limits] };
}

/** Whether packets come in by a management plane, which leads to nothing but itself. */
function isManaged({ interfaces }: FirewallConfig, entry: Entry): boolean {
  const by = interfaces.filter(({ name }) => entry.interfaces.includes(name));
  return by.length > 0 && by.every(({ plane }) => plane === 'management');
}

/** What is not known of the far end of a tunnel is not known of its doors. */
function withDoubts({ tunnel }: Entry, reaches: readonly Reach[]): readonly Reach[] {
  if (tunnel === undefined || tunnel.approximate.length === 0) return reaches;
  return reaches.map((each) => ({
    ...each,
    approximate: [...new Set([...each.approximate, ...tunnel.approximate])],
  }));
}

/** How often a policy may turn out to be too intricate before nobody tries any more. */
const PATIENCE = 2;

const COARSE = 'too intricate to follow exactly: what rules deny is not taken away';

/**
 * The reach of an entry, exactly; or wider, and saying so, where its rules make sets of more than
 * `MAX_PIECES`, or come to more than `MAX_OPENED`.
 */
function within(
  ground: Ground,
  entry: Entry,
  limits: Diagnostic[],
  reach: (ground: Ground) => readonly Reach[],
): readonly Reach[] {
  if (limits.length < PATIENCE) {
    try {
      return reach(ground);
    } catch (error) {
      if (!(error instanceof SetLimitError)) throw error;
    }
  }
  limits.push({
    code: 'set-limit',
    message: `the rules for packets from ${entry.name} make sets of more than ${MAX_PIECES.toLocaleString('en')} pieces, or come to more than ${MAX_OPENED.toLocaleString('en')} where jumps are followed; what they deny was not taken away`,
    location: entry.location,
    incomplete: true,
  });
  try {
    return reach(coarseOf(ground)).map((each) => ({
      ...each,
      approximate: [...each.approximate, COARSE],
    }));
  } catch (error) {
    if (!(error instanceof SetLimitError)) throw error;
  }
  limits.push({
    code: 'set-limit',
    message: `what the rules let in from ${entry.name} could not be followed at all: its doors are not told`,
    location: entry.location,
    incomplete: true,
  });
  return [];
}

function toSelf(
  ground: Ground,
  entry: Entry,
  targets: readonly SelfTarget[],
  hosts: readonly HostService[],
): readonly Reach[] {
  if (ground.config.silence?.addresses === true) {
    return byEachWay(ground, entry, (way) => reachUnknownSelf(ground, way, hosts));
  }
  const found = targets.flatMap((self) => {
    if (!mayBeFor(entry, self, ground.known)) return [];
    // What comes in for a loopback address is thrown away, unless NAT sent it there.
    const direct = self.interface.loopback !== true;
    return byEachWay(ground, entry, (way) =>
      mergeAlike([
        ...(direct ? reachSelf(ground, way, self) : []),
        ...reachTranslatedSelf(ground, way, self),
      ]),
    );
  });
  return entry.tunnel === undefined && !isLessTrusted(entry) ? found : mergeTargets(found);
}

function toHosts(ground: Ground, entry: Entry, hosts: readonly HostService[]): readonly Reach[] {
  const found = byEachWay(ground, entry, (way) => reachHosts(ground, way, hosts));
  return isLessTrusted(entry) ? mergeTargets(found) : found;
}

/** The reach of an entry: that of each of its ways in, together. */
function byEachWay(ground: Ground, entry: Entry, reach: (way: Entry) => readonly Reach[]): readonly Reach[] {
  const ways = waysIn(ground, entry);
  if (ways.length === 1) return reach(ways[0] as Entry);
  return mergeAlike(ways.flatMap((way) => reach(way).map((each) => ({ ...each, entry }))));
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
