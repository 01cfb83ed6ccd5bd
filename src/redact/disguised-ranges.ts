import type { FirewallConfig } from '../model/firewall-config.js';
import type { AddressMatch } from '../model/objects.js';
import type { DisguisedRange } from '../platforms/shared/address-disguise.js';
import { type IpSet, parseIpSet } from '../sets/ip-set.js';

/**
 * Every run of addresses that a device speaks of: objects, rules, listeners, networks behind interfaces,
 * routes and tunnels. What was a range, or a network, has to be one when addresses are replaced.
 */
export function rangesOf(config: FirewallConfig): readonly DisguisedRange[] {
  const runs = new Map<string, DisguisedRange>();
  for (const set of setsOf(config)) {
    const ends = [...pairs(set.cuts4, 32), ...pairs(set.cuts6.map(BigInt), 128)];
    for (const run of ends) runs.set(`${run.bits}:${run.first}:${run.last}`, run);
  }
  return [...runs.values()];
}

function pairs(cuts: readonly (number | bigint)[], bits: 32 | 128): readonly DisguisedRange[] {
  const runs: DisguisedRange[] = [];
  for (let at = 0; at + 1 < cuts.length; at += 2) {
    runs.push({ bits, first: BigInt(cuts[at] ?? 0), last: BigInt(cuts[at + 1] ?? 1) - 1n });
  }
  return runs;
}

function* setsOf(config: FirewallConfig): Generator<IpSet> {
  for (const { content } of config.addressObjects) {
    if (content.kind === 'addresses') yield content.addresses;
  }
  for (const { source, destination } of config.policies.flatMap(({ rules }) => rules)) {
    yield* literalsOf(source, destination);
  }
  for (const rule of config.natRules) {
    yield* literalsOf(rule.source, rule.destination, rule.translatedSource, rule.translatedDestination);
  }
  for (const { addresses, sources } of config.listeners) {
    if (addresses !== null) yield addresses;
    yield* literalsOf(sources);
  }
  for (const { ingress } of config.tunnels) if (ingress?.sources) yield ingress.sources;
  const texts = [
    ...config.interfaces.flatMap(({ ipv4, ipv6 }) =>
      [ipv4, ipv6].flatMap((address) => (address.kind === 'static' ? address.cidrs : [])),
    ),
    ...config.routes.map(({ destination }) => destination),
    ...config.tunnels.flatMap(({ remoteNetworks }) => remoteNetworks),
  ];
  for (const text of texts) {
    const set = parseIpSet(text);
    if (set !== null) yield set;
  }
}

function* literalsOf(...sides: readonly (AddressMatch | null)[]): Generator<IpSet> {
  for (const side of sides) if (side?.literal !== undefined) yield side.literal;
}
