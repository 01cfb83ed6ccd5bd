import type { Entry } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import type { Policy } from '../model/policy.js';
import { familyAddresses } from './family.js';
import type { Exit } from './routing.js';
import type { SelfTarget } from './targets.js';
import { sendsFamily } from './tunnel-entries.js';

/** From where to where packets go; no exit: to the appliance itself. */
export interface Direction {
  readonly entry: Entry;
  readonly exit: Exit | null;
}

/** Policies by stage: every stage has to permit. */
type Stages = readonly (readonly Policy[])[];

/** The policies that decide on packets of a direction, by stage. */
export function stagesOf(config: FirewallConfig, { entry, exit }: Direction): Stages {
  if (exit === null) return stagesTo(config, entry, [], 'transit');
  const stages = stagesTo(config, entry, [...exit.interfaces, exit.zone], 'self');
  return entry.tunnel === undefined ? stages : ofFamilies(stages, entry, exit);
}

/** Without policies for a family that does not come out of a tunnel, or has nothing behind the exit. */
function ofFamilies(stages: Stages, entry: Entry, exit: Exit): Stages {
  return only(
    stages,
    ({ family }) =>
      family === undefined ||
      (sendsFamily(entry, family) && exit.destinations.overlaps(familyAddresses(family))),
  );
}

/** The policies of stages for which something holds; a stage without any is none. */
function only(stages: Stages, holds: (policy: Policy) => boolean): Stages {
  return stages.map((policies) => policies.filter(holds)).filter((policies) => policies.length > 0);
}

/** The policies that decide on packets from an entry to one address of the appliance itself, by stage. */
export function selfStages(config: FirewallConfig, entry: Entry, self: SelfTarget): Stages {
  const stages = stagesTo(config, entry, [self.interface.name, self.interface.zone], 'transit');
  return only(stages, ({ family }) => family === undefined || family === self.family);
}

/** @param without what policies must not be for alone: packets to the appliance itself, or in transit */
function stagesTo(
  config: FirewallConfig,
  entry: Entry,
  to: readonly (string | null)[],
  without: 'self' | 'transit',
): Stages {
  const stages = new Map<number, Policy[]>();
  for (const policy of policiesFrom(config, entry)) {
    const { applies, stage } = policy;
    if (applies === null || applies.covers === without || !names(applies.to, to)) continue;
    const before = stages.get(stage);
    if (before === undefined) stages.set(stage, [policy]);
    else before.push(policy);
  }
  return [...stages.entries()].sort(([a], [b]) => a - b).map(([, policies]) => policies);
}

const fromEntry = new WeakMap<Entry, readonly Policy[]>();

/** The policies that apply to packets from an entry, wherever they go. Found once: they are asked for often. */
function policiesFrom({ policies }: FirewallConfig, entry: Entry): readonly Policy[] {
  let found = fromEntry.get(entry);
  if (found === undefined) {
    const from = originsOf(entry);
    found = policies.filter(({ applies }) => applies !== null && names(applies.from, from));
    fromEntry.set(entry, found);
  }
  return found;
}

/** What policies may call the place that packets from an entry come from: zones and interfaces. */
export function originsOf({ name, interfaces, tunnel }: Entry): readonly string[] {
  return tunnel?.from ?? [name, ...interfaces];
}

function names(listed: readonly string[] | null, wanted: readonly (string | null)[]): boolean {
  return listed === null || listed.some((name) => wanted.includes(name));
}
