import type { IpSet } from '../sets/ip-set.js';
import type { Role } from './firewall-config.js';
import type { Location, Origin } from './location.js';

/** Where packets come in from outside. */
export interface Entry {
  readonly kind: 'zone' | 'interface' | 'tunnel' | 'remote-access' | 'manager';
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly role: Role;
  readonly location: Location;
  /** Of a tunnel, or of users who dial in: who is at its far end, and what comes out of it. */
  readonly tunnel?: TunnelEnd;
  /** Of a zone that is trusted less than inside (role `public`): the networks there that the file holds. */
  readonly networks?: IpSet;
}

/** What is known of the far end of a tunnel. */
export interface TunnelEnd {
  /** Whose tunnel it is: addresses or names of its peers; empty when the file names none. */
  readonly peers: readonly string[];
  /** Zones and interfaces as policies call what comes out of the tunnel. */
  readonly from: readonly string[];
  /** Addresses that come out of it; null: any. */
  readonly sources: IpSet | null;
  /** Addresses that they may be for; null: any. */
  readonly destinations: IpSet | null;
  /** Why these may be more than what really comes. */
  readonly approximate: readonly string[];
}

/** What a door opens on. */
export interface Target {
  readonly kind: 'self' | 'host';
  /** The addresses that packets are sent to; empty when the address is not in the file. */
  readonly addresses: IpSet;
  /** Why `addresses` is empty though there is one: `DHCP`, `PPPoE`; or null. */
  readonly dynamic: string | null;
  readonly interfaces: readonly string[];
}

export interface ExposedService {
  /** Canonical id. */
  readonly id: string;
  /** `tcp`, `udp`, `icmp` … or the protocol's number. */
  readonly protocol: string;
  /** Ports or ranges, `443` or `5900-5903`; ICMP types; empty where the protocol has none. */
  readonly ports: readonly string[];
}

/** One object on the way in, in the order in which an engineer would follow it. */
export interface PathStep {
  readonly kind: 'access-rule' | 'nat-rule' | 'address-object' | 'service-object' | 'interface' | 'listener';
  /** What it is on this path. `rule` decides; the others say whom, where and for what. */
  readonly part: 'rule' | 'source' | 'destination' | 'service' | 'listener' | 'translation';
  /** Nesting: a member of a group is one deeper than the group. */
  readonly depth: number;
  readonly name: string;
  /** What it stands for, in a few words: `203.0.113.7`, `tcp/443`, `permit, made by a user`. */
  readonly detail: string;
  readonly origin: Origin;
  readonly comment: string | null;
  readonly location: Location;
}

/** What one access rule lets in, on its own. */
export interface Contribution {
  readonly rule: PathStep;
  /** The sources that this rule, and none before it, admits. */
  readonly sources: IpSet;
  /** Rule first, then its objects. */
  readonly path: readonly PathStep[];
  readonly origin: Origin;
  /** The appliance's own words for why it made the rule. */
  readonly purpose: string | null;
  readonly policy: string;
  readonly number: number;
  /** True when the rule's own source is Any. */
  readonly fromAny: boolean;
  readonly logged: boolean | null;
  readonly conditions: readonly string[];
  readonly approximate: readonly string[];
  /** Where its source is domain names as well. */
  readonly domains?: Domains;
}

/** Domain names that a rule admits: whoever holds them decides which addresses these are. */
export interface Domains {
  readonly names: readonly string[];
  /** What the rule names besides. */
  readonly besides: IpSet;
  /** What is in doubt for their sake alone. */
  readonly doubts: readonly string[];
}

/** Everybody who reaches one service of one target from one entry, before asking who they are. */
export interface Reach {
  readonly device: string;
  readonly entry: Entry;
  readonly target: Target;
  readonly service: ExposedService;
  readonly sources: IpSet;
  readonly contributions: readonly Contribution[];
  /** Rules with a source of their own, admitted here, though a wider rule may admit them too. */
  readonly named: readonly NamedSource[];
  /** Why the set may be wider than what the appliance really admits. */
  readonly approximate: readonly string[];
  /**
   * Of `sources`, those who get in only under a condition of a contribution: no other way in is open to them
   * without one. Absent: wherever a contribution has one, it is told.
   */
  readonly conditional?: IpSet;
}

export interface NamedSource {
  readonly name: string;
  readonly sources: IpSet;
}

/** A reach of one party: what checks judge and explanations cover. */
export interface Exposure {
  /** Names the door across runs. */
  readonly key: string;
  /** The exact set behind the door: same key, other hash, the door changed. */
  readonly hash: string;
  readonly device: string;
  readonly entry: Entry;
  /** `own`, `private`, `undeclared`, `domain`, `remote-users`, `zone-hosts`, or the id of a declared party. */
  readonly party: string;
  /** Of the party `domain`: the name whose holder decides which of `sources` gets in. Else null. */
  readonly domain: string | null;
  readonly thirdParty: boolean;
  readonly anyone: boolean;
  readonly sources: IpSet;
  readonly named: readonly NamedSource[];
  readonly target: Target;
  readonly service: ExposedService;
  readonly contributions: readonly Contribution[];
  readonly approximate: readonly string[];
  readonly conditions: readonly string[];
}

/** A rule that would open a door but admits nobody today. */
export interface DormantDoor {
  readonly key: string;
  readonly device: string;
  readonly entry: Entry;
  readonly target: Target;
  readonly service: ExposedService;
  /** Whom it would admit; empty when that is what it lacks. */
  readonly sources: IpSet;
  readonly reasons: readonly DormantReason[];
  /** What explanations name: `Support > All X1 Management IP > HTTPS Management`. */
  readonly subject: string;
  readonly path: readonly PathStep[];
  readonly origin: Origin;
  readonly policy: string;
  readonly number: number;
  readonly fromAny: boolean;
}

export type DormantReason =
  | 'disabled'
  /** Its schedule is over, or never applies. */
  | 'lapsed'
  | 'empty-source'
  | 'empty-destination'
  | 'no-address'
  | 'interface-down'
  | 'tunnel-off';
