import type { IpSet } from '../sets/ip-set.js';
import type { Language, Severity } from './check.js';
import type { Location } from './location.js';

/** Days are `YYYY-MM-DD`, inclusive on both sides, compared as text. */
export type Day = string;

export interface Party {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly networks: IpSet;
  readonly contract: string | null;
  readonly contact: string | null;
  readonly location: Location;
}

interface ExplanationBase {
  readonly id: string;
  readonly party: string | null;
  /** Globs over device ids. */
  readonly devices: readonly string[];
  readonly reason: string;
  readonly owner: string | null;
  readonly ticket: string | null;
  readonly from: Day | null;
  readonly until: Day;
  readonly location: Location;
}

/** Covers a set of packets; what it covers is subtracted. */
export interface AccessExplanation extends ExplanationBase {
  readonly kind: 'access';
  /** Names of entries: an explanation for a tunnel never covers WAN. */
  readonly via: readonly string[];
  readonly sources: IpSet;
  /** Domain names: whoever holds them is covered where a rule admits that very name. In lower case. */
  readonly domains: readonly string[];
  /** `self`, and addresses. */
  readonly targets: { readonly self: boolean; readonly addresses: IpSet };
  /** Canonical ids. */
  readonly services: readonly string[];
}

/** Covers one fact, by the check that reports it and its exact subject. */
export interface FactExplanation extends ExplanationBase {
  readonly kind: 'fact';
  readonly check: string;
  readonly subject: string;
}

export type Explanation = AccessExplanation | FactExplanation;

export interface RegisterPolicy {
  /** Days from `from` (or today) to `until` at most. */
  readonly maxLifetimeDays: number;
  /** The widest source prefix that an explanation may name. */
  readonly maxPrefix: { readonly ipv4: number; readonly ipv6: number };
  readonly require: readonly ('owner' | 'ticket' | 'party')[];
}

/** `fwaudit.yaml`, validated. */
export interface Register {
  /** null: no register was found; the defaults stand. */
  readonly file: string | null;
  readonly organisation: { readonly name: string | null; readonly networks: IpSet };
  readonly parties: readonly Party[];
  readonly explanations: readonly Explanation[];
  /** Device glob → interface or zone → role. */
  readonly zones: readonly ZoneOverride[];
  readonly acceptLimits: readonly string[];
  readonly policy: RegisterPolicy;
  /** What it asks of the checks; absent: nothing. */
  readonly checks?: RegisterChecks;
}

/** The `checks` of `fwaudit.yaml`. */
export interface RegisterChecks {
  /** Folders of checks of one's own, as written. */
  readonly folders: readonly string[];
  /** Ids; empty: all. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly severity: Readonly<Record<string, Severity>>;
  readonly language: Language | null;
}

export interface ZoneOverride {
  readonly devices: string;
  readonly zone: string;
  readonly role: 'untrusted' | 'public' | 'trusted';
  readonly location: Location;
}

/** Why an explanation explains nothing today. */
export type Lapse = 'expired' | 'not-yet-valid' | 'too-wide' | 'too-long' | 'incomplete';
