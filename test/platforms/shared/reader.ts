import type { Language } from '../../../src/model/check.js';
import type { FirewallConfig } from '../../../src/model/firewall-config.js';
import type { RemedyContext } from '../../../src/platforms/platform.js';

const EMPTY: FirewallConfig = {
  id: 'fw-paris-1',
  platform: 'sonicwall',
  product: null,
  firmware: null,
  serial: null,
  zones: [],
  interfaces: [],
  routes: [],
  addressObjects: [],
  serviceObjects: [],
  policies: [],
  defaults: [],
  natRules: [],
  listeners: [],
  administrators: [],
  tunnels: [],
  managers: [],
  settings: [],
  secrets: [],
  location: { file: 'fw-paris-1', line: 1 },
};

/** For whom a remedy is written: somebody who reads a language, before a device of which some is known. */
export function reader(language: Language = 'en', config: Partial<FirewallConfig> = {}): RemedyContext {
  return { language, config: { ...EMPTY, ...config } };
}
