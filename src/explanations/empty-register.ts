import type { Register, RegisterPolicy } from '../model/explanation.js';
import { IpSet } from '../sets/ip-set.js';

/**
 * What holds where the register's `policy` says nothing: an explanation lasts a year and a day at
 * most, covers no source network wider than a /24 (IPv4) or a /48 (IPv6), and needs no optional
 * field.
 */
export const DEFAULT_POLICY: RegisterPolicy = {
  maxLifetimeDays: 366,
  maxPrefix: { ipv4: 24, ipv6: 48 },
  require: [],
};

/** What stands when there is no `fwaudit.yaml`: nobody is declared and nothing is explained. */
export function emptyRegister(): Register {
  return {
    file: null,
    organisation: { name: null, networks: IpSet.EMPTY },
    parties: [],
    explanations: [],
    zones: [],
    acceptLimits: [],
    policy: DEFAULT_POLICY,
  };
}
