import type { IpSet } from '../sets/ip-set.js';
import type { ServiceSet } from '../sets/service-set.js';
import type { AdministratorMark, SettingName, TunnelMark } from './facts.js';
import type { Location, Origin } from './location.js';
import type { AddressObject, ServiceObject } from './objects.js';
import type { Listener, NatRule, Policy } from './policy.js';

/** Whether strangers stand behind a zone or an interface, and how that is known. */
export interface Role {
  /**
   * `public`: hosts of one's own, or guests, that are trusted less than those inside: a DMZ, a wireless zone.
   * They come in too, and are told apart from strangers. `unknown` is treated as an entry, and marked.
   */
  readonly value: 'untrusted' | 'trusted' | 'public' | 'management' | 'tunnel' | 'unknown';
  readonly evidence: string;
}

export interface Zone {
  readonly name: string;
  readonly role: Role;
  /** What happens between two interfaces of this zone when no rule says; null: the platform's table. */
  readonly intrazone: 'permit' | 'deny' | null;
  readonly origin: Origin;
  readonly location: Location;
}

/** The addresses that an interface has in one family. */
export type InterfaceAddress =
  | { readonly kind: 'static'; readonly cidrs: readonly string[] }
  /** By DHCP, PPPoE …: there is one, and the file does not hold it. `last`: what it was at export. */
  | { readonly kind: 'dynamic'; readonly method: string; readonly last: string | null }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Interface {
  readonly name: string;
  readonly zone: string | null;
  /** It stands for several interfaces that the file does not tell apart, and packets may pass between these. */
  readonly several?: boolean;
  /** It leads nowhere but to the appliance itself. */
  readonly loopback?: boolean;
  /**
   * The bridge that it is a port of: packets from one port to another cross it without being routed. An interface that
   * stands for a bridge itself has its own name here.
   */
  readonly bridge?: string;
  /** Addresses that are not behind it, by what rules say of them, where the file holds no routes; absent: none is known. */
  readonly notBehind?: IpSet;
  readonly routingInstance: string;
  readonly ipv4: InterfaceAddress;
  readonly ipv6: InterfaceAddress;
  /** A management plane bypasses the policies. */
  readonly plane: 'data' | 'management';
  readonly enabled: boolean;
  /** Next hops of default routes on this interface. */
  readonly gateways: readonly string[];
  readonly role: Role;
  /** Administration services ticked on the interface, as canonical ids, whatever the rules say. */
  readonly managementFlags: readonly string[];
  readonly comment: string | null;
  readonly location: Location;
}

export interface Route {
  readonly destination: string;
  readonly routingInstance: string;
  readonly interface: string | null;
  readonly gateway: string | null;
  /** A policy route: it leads some packets alone, of these interfaces (null: of any), and others go elsewhere. */
  readonly policy?: { readonly from: readonly string[] | null };
  readonly location: Location;
}

/** A secret that the configuration holds. Its value is never kept. */
export interface SecretRef {
  readonly kind: string;
  readonly protection: 'clear' | 'reversible' | 'hashed' | 'unknown';
  readonly location: Location;
}

export interface Administrator {
  readonly name: string;
  readonly kind: 'user' | 'group';
  readonly groups: readonly string[];
  /** The vendor's own word for what the account may do. */
  readonly privilege: string;
  readonly enabled: boolean;
  readonly origin: Origin;
  /** What else is known of it; absent: nothing. */
  readonly marks?: readonly AdministratorMark[];
  /** Seconds since 1970-01-01 UTC; absent when the format does not say. */
  readonly created?: number | null;
  readonly location: Location;
}

export interface Tunnel {
  readonly name: string;
  readonly kind: 'site-to-site' | 'remote-access';
  readonly enabled: boolean;
  /** Peer addresses or names; empty when anyone may dial in. */
  readonly peers: readonly string[];
  readonly remoteNetworks: readonly string[];
  /** Canonical ids of the services that the tunnel may administer. */
  readonly management: readonly string[];
  /** What else is known of it; absent: nothing. */
  readonly marks?: readonly TunnelMark[];
  /** Where what comes out of it comes in; absent: nobody knows, and it is followed nowhere. */
  readonly ingress?: TunnelIngress;
  readonly location: Location;
}

/** How packets from the far end of a tunnel come in. */
export interface TunnelIngress {
  /** Zones and interfaces as policies call what comes out of the tunnel. */
  readonly from: readonly string[];
  /** The interface by which they come in; where a platform has none, a name that no interface has. */
  readonly interface: string;
  /** Addresses that they may have; null: any. */
  readonly sources: IpSet | null;
  /** Addresses that they may be for; null: any. */
  readonly destinations: IpSet | null;
  /** Why these may be more than what really comes. */
  readonly approximate: readonly string[];
}

/** A service at a port that is not its usual one, by what a rule says of it. */
export interface NamedService {
  /** Canonical id of a service by which hosts are administered. */
  readonly id: string;
  readonly services: ServiceSet;
  /** Whether the appliance itself may offer it. */
  readonly self: boolean;
  /** The hosts behind that may. */
  readonly hosts: IpSet;
  /** Why it may be another one, in words. */
  readonly doubt: string;
}

/** A central manager that the appliance obeys or reports to. */
export interface Manager {
  readonly kind: string;
  readonly address: string | null;
  readonly enabled: boolean;
  readonly location: Location;
}

/** One fact of the management plane that a check may ask for, by a stable name. */
export interface Setting {
  readonly name: SettingName;
  readonly value: string | number | boolean;
  readonly location: Location;
}

/** What happens between two zones when no policy is written for them. The first row that fits decides. */
export interface DefaultRow {
  readonly from: Role['value'] | '*';
  readonly to: Role['value'] | 'self' | 'same-zone' | '*';
  readonly action: 'permit' | 'deny';
  readonly source: string;
}

/** The normalised, vendor-neutral model of one device. Plain data: it prints as JSON. */
export interface FirewallConfig {
  /** The device's own name; made unique over an audit by the pipeline. */
  readonly id: string;
  readonly platform: string;
  readonly product: string | null;
  readonly firmware: string | null;
  readonly serial: string | null;
  readonly zones: readonly Zone[];
  readonly interfaces: readonly Interface[];
  readonly routes: readonly Route[];
  readonly addressObjects: readonly AddressObject[];
  readonly serviceObjects: readonly ServiceObject[];
  readonly policies: readonly Policy[];
  readonly defaults: readonly DefaultRow[];
  readonly natRules: readonly NatRule[];
  readonly listeners: readonly Listener[];
  readonly administrators: readonly Administrator[];
  readonly tunnels: readonly Tunnel[];
  readonly managers: readonly Manager[];
  readonly settings: readonly Setting[];
  readonly secrets: readonly SecretRef[];
  /**
   * What the file leaves out about the appliance itself. Without its addresses any address may be its own;
   * without its listeners every administration service may be offered; without its routes, which a protocol
   * brings, a host that NAT sends packets to may be behind any interface. Absent: nothing.
   */
  readonly silence?: {
    readonly addresses?: boolean;
    readonly listeners?: boolean;
    readonly routes?: boolean;
    /** Addresses that the file shows to be its own all the same, where it leaves out `addresses`. */
    readonly own?: IpSet;
    /** Services that words of the rules name at ports of their own, where it leaves out `listeners`. */
    readonly named?: readonly NamedService[];
  };
  /**
   * Whether NAT takes packets away from the appliance's own services. Absent: it does; `unknown`: which
   * of the two comes first is not established, so a door may be one or not.
   */
  readonly natBeforeSelf?: 'unknown';
  /** The device's own identity line, for findings that concern the whole device. */
  readonly location: Location;
}
