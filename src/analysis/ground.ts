import type { Entry, Target } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import type { AccessRule, NatRule, Policy } from '../model/policy.js';
import { IpSet } from '../sets/ip-set.js';
import { ServiceSet } from '../sets/service-set.js';
import type { SelfRules } from './candidates.js';
import type { FlowRule } from './flow.js';
import type { PolicyFlow } from './flow-rules.js';
import { changesDestination, type NatMatch, type Translated } from './nat.js';
import type { Passage } from './passage.js';
import { connectedNetworks, createResolver, ownAddresses, type Resolver } from './resolve.js';
import { selfTargets } from './targets.js';
import type { Told } from './to-reach.js';
import type { SelfAlike } from './transit.js';

/** What everything about one device is computed from. */
export interface Ground {
  readonly config: FirewallConfig;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly resolver: Resolver;
  /** Every address and connected network of the appliance that the file holds. */
  readonly known: IpSet;
  /** Its own addresses alone; null where the file does not hold one of them. */
  readonly own: IpSet | null;
  /** The rules of each policy that may be for the appliance itself, once they were asked for. */
  readonly rulesForSelf: Map<Policy, SelfRules>;
  /** Every service of the appliance's own. */
  readonly offered: ServiceSet;
  /** The rules of each policy as packet sets, once they were asked for. */
  readonly policyFlows: Map<string, PolicyFlow>;
  /** Each of these rules by itself: chains are opened once for every jump to them. */
  readonly flowRules: Map<AccessRule, FlowRule>;
  /** The NAT rules, of those switched on, that send packets elsewhere than where they were sent. */
  readonly redirections: readonly NatRule[];
  /** NAT rules as packet sets, once they were asked for. */
  readonly natMatches: Map<NatRule, NatMatch>;
  /** Those that bear on what comes in by an entry, once they were asked for. */
  readonly natRulesFor: Map<Entry, readonly NatMatch[]>;
  /** What NAT makes of all that comes in by an entry, once it was asked for, and where it goes on from there. */
  readonly translated: Map<Entry, Translated>;
  /** The same for all entries that NAT rules treat alike. */
  readonly translatedAlike: Map<string, Translated>;
  readonly passages: Map<Translated, readonly Passage[]>;
  /** What reaches the appliance itself, where its addresses are not known, from entries that nothing tells apart. */
  readonly selfAlike: SelfAlike[];
  /** Hosts that something leads to, by the interfaces that they are behind and their addresses. */
  readonly targets: Map<string, Map<string, Target>>;
  /** What proofs say of each rule that lets something of a passage in, once one was asked for. */
  readonly told: Map<Passage, Map<FlowRule, Told>>;
  /** Rules take nothing away from those behind them: wider than the truth, and always small. */
  readonly coarse: boolean;
}

/** Prepares one configuration for questions. */
export function groundOf(config: FirewallConfig): Ground {
  return {
    config,
    policies: new Map(config.policies.map((policy) => [policy.name, policy])),
    resolver: createResolver(config),
    known: IpSet.unionOf(
      config.interfaces.flatMap((iface) => [ownAddresses(iface), connectedNetworks(iface)]),
    ),
    own: ownOf(config),
    rulesForSelf: new Map(),
    offered: ServiceSet.unionOf(config.listeners.map((listener) => listener.services)),
    redirections: config.natRules.filter((rule) => rule.enabled && changesDestination(rule)),
    natMatches: new Map(),
    natRulesFor: new Map(),
    ...nothingKnown(),
    coarse: false,
  };
}

function ownOf(config: FirewallConfig): IpSet | null {
  const targets = selfTargets(config).map(({ target }) => target);
  if (targets.some(({ dynamic }) => dynamic !== null)) return null;
  return IpSet.unionOf(targets.map(({ addresses }) => addresses));
}

/** The same for answers that are wider than the truth, and always small: nothing exact is remembered. */
export function coarseOf(ground: Ground): Ground {
  return { ...ground, ...nothingKnown(), coarse: true };
}

type Known =
  | 'policyFlows'
  | 'flowRules'
  | 'translated'
  | 'translatedAlike'
  | 'passages'
  | 'selfAlike'
  | 'targets'
  | 'told';

function nothingKnown(): Pick<Ground, Known> {
  return {
    policyFlows: new Map(),
    flowRules: new Map(),
    translated: new Map(),
    translatedAlike: new Map(),
    passages: new Map(),
    selfAlike: [],
    targets: new Map(),
    told: new Map(),
  };
}
