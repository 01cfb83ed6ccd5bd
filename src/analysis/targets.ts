import type { Target } from '../model/exposure.js';
import type { FirewallConfig, Interface, InterfaceAddress } from '../model/firewall-config.js';
import { IpSet, parseIpSet } from '../sets/ip-set.js';
import { familyAddresses } from './family.js';
import type { ResolvedAddresses } from './resolve.js';

/** One address of the appliance itself, or an interface whose address the file does not hold. */
export interface SelfTarget {
  readonly target: Target;
  readonly interface: Interface;
  readonly family: 'ipv4' | 'ipv6';
}

/** Every address at which the appliance itself can be reached, one target each. */
export function selfTargets(config: FirewallConfig): readonly SelfTarget[] {
  return config.interfaces.flatMap((iface) =>
    iface.enabled ? [...addressTargets(iface, 'ipv4'), ...addressTargets(iface, 'ipv6')] : [],
  );
}

function addressTargets(iface: Interface, family: 'ipv4' | 'ipv6'): readonly SelfTarget[] {
  const address: InterfaceAddress = iface[family];
  const build = (addresses: IpSet, dynamic: string | null): SelfTarget => ({
    target: { kind: 'self', addresses, dynamic, interfaces: [iface.name] },
    interface: iface,
    family,
  });
  switch (address.kind) {
    case 'none':
      return [];
    case 'dynamic':
      return [
        build(
          IpSet.EMPTY,
          address.last === null ? address.method : `${address.method}, ${address.last} at export`,
        ),
      ];
    case 'unknown':
      return [build(IpSet.EMPTY, address.reason)];
    case 'static':
      return address.cidrs.map((cidr) => build(parseIpSet(cidr.replace(/\/.*/, '')) ?? IpSet.EMPTY, null));
  }
}

/** Whether a rule's destination takes in a target: surely, perhaps, or not. */
export type Match = 'certain' | 'possible' | 'no';

/**
 * @param known every address and connected network that the file does hold. An address that the
 *   file does not hold is none of these, so a destination that names only these cannot mean it.
 */
export function matchTarget(destination: ResolvedAddresses, self: SelfTarget, known: IpSet): Match {
  if (self.target.dynamic === null) {
    if (destination.must.contains(self.target.addresses)) return 'certain';
    return destination.may.contains(self.target.addresses) ? 'possible' : 'no';
  }
  if (destination.excluded.has(self.interface.name)) return 'no';
  const universe = familyAddresses(self.family);
  if (destination.dynamic.has(self.interface.name) || destination.must.contains(universe)) return 'certain';
  const elsewhere = destination.may.intersect(universe).subtract(known);
  return elsewhere.isEmpty() ? 'no' : 'possible';
}
