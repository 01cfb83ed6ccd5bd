import { query } from '../../src/analysis/query.js';
import type { Reach } from '../../src/model/exposure.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';

type Services = Parameters<typeof query>[2]['services'];

/** Who can reach what, without any narrowing: every service of the appliance's own, and these of hosts. */
export function everything(config: FirewallConfig, services: Services): readonly Reach[] {
  const anything = { sources: null, destinations: null, listeners: () => true, entry: null };
  return query(config, new Map(), { ...anything, services }).reaches;
}
