import { loadRegister } from '../../src/explanations/register.js';
import { FwauditError } from '../../src/model/error.js';
import type { Register } from '../../src/model/explanation.js';
import type { Exposure, Reach } from '../../src/model/exposure.js';
import { splitByParty } from '../../src/parties/split-by-party.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { reachOf } from '../parties/build.js';

const SERVICES: ReadonlySet<string> = new Set(['https-management', 'ssh-management', 'snmp']);

export function load(text: string): Register {
  return loadRegister(text, 'fwaudit.yaml', { services: SERVICES });
}

/** Every problem of a register as `line:column: message`, and fails when there is none. */
export function problemsOf(text: string): string[] {
  try {
    load(text);
  } catch (error) {
    if (!(error instanceof FwauditError) || error.code !== 'register') throw error;
    const { file, line, column } = error.location ?? {};
    if (file !== 'fwaudit.yaml') throw new Error('the error does not say which file', { cause: error });
    const [first, ...others] = error.message.split('\n');
    return [`${line}:${column}: ${first}`, ...others.map((other) => other.replace(/^fwaudit\.yaml:/, ''))];
  }
  throw new Error('the register was accepted');
}

/** The one exposure of HTTPS management of fw-paris-1 on X1 to these sources, from WAN. */
export function exposureOf(
  sources: string | IpSet,
  register: Register,
  changes: Partial<Reach> = {},
): Exposure {
  const set = typeof sources === 'string' ? IpSet.of(...sources.split(' ')) : sources;
  const [exposure, ...others] = splitByParty(reachOf(set, changes), register, IpSet.EMPTY);
  if (exposure === undefined || others.length > 0) throw new Error('not one exposure');
  return exposure;
}
