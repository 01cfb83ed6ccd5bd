import type { Layout } from './layout.js';
import type { Random } from './random.js';

/** What random rulesets of one kind are made of. */
export interface Profile {
  readonly name: string;
  readonly family: 'ipv4' | 'ipv6';
  /** nat PREROUTING translates. */
  readonly nat: boolean;
  /** raw, mangle and security have rules too. */
  readonly everyTable: boolean;
  /** Matches that a saved ruleset cannot decide, and targets that depend on the state of the kernel. */
  readonly beyond: boolean;
  /** Rules mark packets, and others ask for marks. */
  readonly marks?: boolean;
}

/** What parts of a ruleset are made with. */
export interface Maker {
  readonly random: Random;
  readonly layout: Layout;
  readonly profile: Profile;
  /** Rules ask for the port that a packet comes from. */
  readonly sourcePorts: boolean;
}

/** Where a rule stands: that decides on what may stand in it. */
export interface Place {
  readonly table: string;
  readonly chain: string;
  readonly builtIn: boolean;
  /** Chains that may be jumped to. */
  readonly below: readonly string[];
}
