import type { IpSet } from '../sets/ip-set.js';
import type { ServiceSet } from '../sets/service-set.js';
import type { Location, Origin } from './location.js';
import type { AddressMatch, ServiceMatch } from './objects.js';

/** What a rule does with a packet that it matches. */
export type Action =
  | { readonly kind: 'permit' }
  | { readonly kind: 'deny' }
  /** Evaluate a policy of `FirewallConfig.policies` and come back if it decides nothing. */
  | { readonly kind: 'jump'; readonly policy: string }
  /** As jump, but what is left does not come back here: it returns to the caller's caller. */
  | { readonly kind: 'goto'; readonly policy: string }
  /** Leave this policy; the caller goes on behind its jump. */
  | { readonly kind: 'return' }
  /** Nothing is decided (log, count, mark). */
  | { readonly kind: 'continue' };

/** What a rule also asks for, which the file cannot decide. It makes a permit conditional. */
export interface Condition {
  readonly kind: 'schedule' | 'users' | 'application' | 'rate' | 'state' | 'other';
  readonly description: string;
  /** The last day, `YYYY-MM-DD`, on which it may hold; absent: it may on any. */
  readonly until?: string;
}

/** What a rule asks of packets as they were before NAT, beside what its policy sees of them. */
export interface BeforeNat {
  /** true: only those whose destination NAT changed; false: only others. Absent: both. */
  readonly translated?: boolean;
  /** Where they were sent to; absent: anywhere. */
  readonly destination?: IpSet;
  /** For which service; absent: any. */
  readonly service?: ServiceSet;
}

export interface AccessRule {
  /** How an engineer finds it again: `WAN to WAN 31`, `INPUT 4`. */
  readonly name: string;
  /** A further part of the rule before it: what is written as one rule is more than one box of packets. */
  readonly continued?: true;
  /** Position in the policy's own numbering, as the appliance or the export shows it. */
  readonly number: number;
  readonly enabled: boolean;
  /** It is switched on, and its time is over: `enabled` is then false. The analysis says so, no platform does. */
  readonly lapsed?: true;
  readonly action: Action;
  readonly family: 'ipv4' | 'ipv6' | 'both';
  readonly source: AddressMatch;
  readonly destination: AddressMatch;
  readonly service: ServiceMatch;
  /** Interfaces the packet must come in by; null: any. */
  readonly inInterfaces: readonly string[] | null;
  /** Interfaces the packet must leave by; null: any. */
  readonly outInterfaces: readonly string[] | null;
  readonly conditions: readonly Condition[];
  /** Decided on the way, where both are known: no condition. Absent: it asks nothing of the kind. */
  readonly beforeNat?: BeforeNat;
  readonly origin: Origin;
  /** What the appliance made this rule for, in its own words, when it made it. */
  readonly purpose: string | null;
  readonly comment: string | null;
  readonly logged: boolean | null;
  /** The rule's own switch for administration of the appliance, on platforms that have one. */
  readonly management?: boolean;
  /** It is for packets in transit: what is for the appliance itself it lets in nowhere. */
  readonly transitOnly?: true;
  /** Seconds since 1970-01-01 UTC; null when the format does not say. */
  readonly created: number | null;
  readonly updated: number | null;
  readonly lastUsed: number | null;
  /** What the parser could not be sure of: the rule is then taken at its widest. */
  readonly approximate: readonly string[];
  readonly location: Location;
}

/** An ordered list of access rules with a default action: the first rule that matches decides. */
export interface Policy {
  readonly name: string;
  /**
   * Which packets come here by themselves. `from` and `to` name zones or interfaces; null is every
   * one. A policy that is only jumped to has `applies: null`.
   */
  readonly applies: {
    readonly from: readonly string[] | null;
    readonly to: readonly string[] | null;
    readonly covers: 'self' | 'transit' | 'both';
  } | null;
  /**
   * Whose packets come here at all, default action included; absent: both. A stage may hold one policy
   * for each family.
   */
  readonly family?: 'ipv4' | 'ipv6';
  /** Policies of different stages must all permit; lower ones come first. */
  readonly stage: number;
  /** What it permits is decided on again, by another policy or by what an interface answers: it opens nothing by itself. */
  readonly preliminary?: true;
  /** Whether rules match what the packet was addressed to, or what NAT made of it. */
  readonly sees: {
    readonly address: 'original' | 'translated';
    readonly port: 'original' | 'translated';
  };
  readonly rules: readonly AccessRule[];
  /** What happens to what no rule matched. `source` says how that is known. */
  readonly default: {
    readonly action: 'permit' | 'deny' | 'return';
    readonly source: string;
    /** The same as a rule, number 0, where somebody wrote it down: what it lets in has it as its proof. */
    readonly rule?: AccessRule;
  };
}

/** One translation, in the platform's order of evaluation. */
export interface NatRule {
  readonly name: string;
  readonly number: number;
  readonly enabled: boolean;
  readonly family: 'ipv4' | 'ipv6' | 'both';
  readonly inInterfaces: readonly string[] | null;
  readonly outInterfaces: readonly string[] | null;
  readonly source: AddressMatch;
  readonly destination: AddressMatch;
  readonly service: ServiceMatch;
  /** null: left as it is. */
  readonly translatedSource: AddressMatch | null;
  readonly translatedDestination: AddressMatch | null;
  readonly translatedService: ServiceMatch | null;
  /**
   * The destination becomes the appliance itself: an address of the interface by which the packet came
   * in. `translatedDestination` is then null. Absent: no.
   */
  readonly toSelf?: boolean;
  /**
   * Why it may not translate all that it matches: then packets go on both translated and as they
   * were. Absent or empty: it translates them for certain.
   */
  readonly approximate?: readonly string[];
  readonly origin: Origin;
  readonly comment: string | null;
  readonly location: Location;
}

/**
 * A service that the appliance itself offers, before any access rule.
 * `addresses` and `sources` null: every address of `interfaces`, every source.
 */
export interface Listener {
  /** Canonical id: `https-management`, `ssh-management` … */
  readonly service: string;
  readonly services: ServiceSet;
  /** null: every interface. */
  readonly interfaces: readonly string[] | null;
  /** Interfaces by which packets have to come in; absent: any. */
  readonly via?: readonly string[];
  readonly addresses: IpSet | null;
  /** Trusted hosts and the like; null: no restriction of its own. */
  readonly sources: AddressMatch | null;
  readonly name: string;
  readonly location: Location;
  /** Why this listener may not be there, when the file leaves a doubt. */
  readonly approximate: readonly string[];
}
