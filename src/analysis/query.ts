import type { Diagnostic } from '../model/coverage.js';
import type { Reach } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import type { Listener } from '../model/policy.js';
import { IpSet } from '../sets/ip-set.js';
import { analyse } from './analyse.js';
import { isNamed, type RoleOverrides } from './entries.js';
import type { HostService } from './host-services.js';

/** What is asked: everything that is null is everything. */
export interface Question {
  readonly sources: IpSet | null;
  readonly destinations: IpSet | null;
  /** The services of hosts to look for, by name. */
  readonly services: readonly HostService[];
  /** Which of the appliance's own services to look for. */
  readonly listeners: (listener: Listener) => boolean;
  /** A zone or an interface. */
  readonly entry: string | null;
}

/** What could be told, and why that may not be all, or is more than the truth. */
export interface Answer {
  readonly reaches: readonly Reach[];
  readonly incomplete: readonly Diagnostic[];
}

/** Who can reach what: every reach, cut down to what is asked. */
export function query(config: FirewallConfig, overrides: RoleOverrides, question: Question): Answer {
  const listeners = config.listeners.filter(question.listeners);
  const { reaches, diagnostics } = analyse({ ...config, listeners }, overrides, question.services);
  return {
    reaches: reaches.flatMap((reach) => asked(reach, question)),
    incomplete: diagnostics.filter(({ incomplete }) => incomplete),
  };
}

/** A reach, as far as it is asked for. */
function asked(reach: Reach, question: Question): readonly Reach[] {
  const { entry, target } = reach;
  if (question.entry !== null && !isNamed(entry, question.entry)) return [];
  const wanted = question.destinations;
  const addresses = wanted === null ? target.addresses : target.addresses.intersect(wanted);
  if (wanted !== null && target.dynamic === null && addresses.isEmpty()) return [];
  const sources = question.sources === null ? reach.sources : reach.sources.intersect(question.sources);
  return sources.isEmpty() ? [] : byCondition({ ...reach, sources, target: { ...target, addresses } });
}

/** Who gets in anyway, and who only under a condition, as two answers. */
function byCondition(reach: Reach): readonly Reach[] {
  const conditional = reach.conditional?.intersect(reach.sources);
  const anyway = reach.sources.subtract(conditional ?? IpSet.EMPTY);
  if (conditional === undefined || conditional.isEmpty() || anyway.isEmpty()) {
    return [conditional === undefined ? reach : { ...reach, conditional }];
  }
  return [onlyFrom(reach, anyway, IpSet.EMPTY), onlyFrom(reach, conditional, conditional)];
}

function onlyFrom(reach: Reach, sources: IpSet, conditional: IpSet): Reach {
  const contributions = reach.contributions.filter((each) => each.sources.overlaps(sources));
  return { ...reach, sources, conditional, contributions };
}
