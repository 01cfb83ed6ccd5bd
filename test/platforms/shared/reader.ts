import type { Language } from '../../../src/model/check.js';
import type { FirewallConfig } from '../../../src/model/firewall-config.js';
import type { RemedyContext } from '../../../src/platforms/platform.js';
import { config } from '../../checks/worlds.js';

/** For whom a remedy is written: somebody who reads a language, before a device of which some is known. */
export function reader(language: Language = 'en', known: Partial<FirewallConfig> = {}): RemedyContext {
  return { language, config: config({ product: null, firmware: null, ...known }) };
}
