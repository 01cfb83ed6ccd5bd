import type { Check } from '../model/check.js';
import { FwauditError } from '../model/error.js';
import type { ServiceInfo } from '../model/service-catalogue.js';
import { loadChecks, type RuleFile } from './load.js';
import { loadServices } from './services.js';

/** The checks and the services that they know, as plain data: it is kept as JSON. */
export interface Pack {
  /** By id. */
  readonly checks: readonly Check[];
  readonly services: readonly ServiceInfo[];
}

const SERVICES = /(^|\/)data\/services\.yaml$/;

/**
 * Compiles the folder of rules: `*.yaml`, one check each, and `data/services.yaml`.
 * @throws FwauditError of code `check`, with line and column, for the first thing that is wrong.
 */
export function compilePack(files: readonly RuleFile[]): Pack {
  const services = files.find((file) => SERVICES.test(file.path));
  if (services === undefined) throw new FwauditError('check', 'the rules have no data/services.yaml');
  const checks = loadChecks(files.filter((file) => !/(^|\/)data\//.test(file.path)));
  return {
    checks: checks.sort((a, b) => (a.id < b.id ? -1 : 1)),
    services: loadServices(services.text, services.path),
  };
}
