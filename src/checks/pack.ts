import type { Check } from '../model/check.js';
import { FwauditError } from '../model/error.js';
import type { ServiceInfo } from '../model/service-catalogue.js';
import { loadChecks, type RuleFile } from './load.js';
import { loadShared } from './load-shared.js';
import { loadServices } from './services.js';
import type { Shared } from './shared.js';

/** The checks, what they share and the services that they know, as plain data: it is kept as JSON. */
export interface Pack {
  /** By id. */
  readonly checks: readonly Check[];
  readonly services: readonly ServiceInfo[];
  /** Absent: nothing. */
  readonly shared?: Shared;
  /** Ids of checks that are not built in: they have a budget. Absent: none. */
  readonly own?: readonly string[];
}

const DATA = /(^|\/)data\//;
const SERVICES = /(^|\/)data\/services\.yaml$/;
/** In a folder of one's own, what its checks share. */
const SHARED = /(^|\/)shared\.yaml$/;

/**
 * Compiles the folder of rules: `*.yaml`, one check each, `data/services.yaml`, and lists and macros in
 * the other files of `data/`.
 * @throws FwauditError of code `check`, with line and column, for the first thing that is wrong.
 */
export function compilePack(files: readonly RuleFile[]): Pack {
  const services = files.find((file) => SERVICES.test(file.path));
  if (services === undefined) throw new FwauditError('check', 'the rules have no data/services.yaml');
  const shared = loadShared(files.filter(({ path }) => DATA.test(path) && !SERVICES.test(path)));
  const checks = loadChecks(
    files.filter((file) => !DATA.test(file.path)),
    [],
    shared,
  );
  return { checks: checks.sort(byId), services: loadServices(services.text, services.path), shared };
}

/**
 * A pack and the checks of a folder of one's own: `*.yaml`, one check each, and `shared.yaml`. They see
 * the lists and macros of the pack, and may supersede its checks.
 * @throws FwauditError of code `check`, as `compilePack`; an id or a name that is taken is one.
 */
export function extendPack(pack: Pack, files: readonly RuleFile[]): Pack {
  const shared = loadShared(
    files.filter(({ path }) => SHARED.test(path)),
    pack.shared,
  );
  const own = loadChecks(
    files.filter(({ path }) => !SHARED.test(path)),
    pack.checks,
    shared,
  );
  const ids = [...(pack.own ?? []), ...own.map(({ id }) => id)];
  return { ...pack, checks: [...pack.checks, ...own].sort(byId), shared, own: ids };
}

function byId(a: Check, b: Check): number {
  return a.id < b.id ? -1 : 1;
}
