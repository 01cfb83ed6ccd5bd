import type { IpSet } from '../sets/ip-set.js';
import type { ServiceSet } from '../sets/service-set.js';
import type { Location, Origin } from './location.js';

/**
 * What an address object stands for.
 * - `addresses`: exactly this set (host, range, network; empty when the object holds none);
 * - `interface`: the address, or the subnet, of an interface, whatever it is today;
 * - `group`: the union of its members;
 * - `unknown`: the file cannot tell (MAC, geography, feed); any address may be meant. With a `domain`: the few
 *   that whoever holds this domain name lets it stand for.
 */
export type AddressContent =
  | { readonly kind: 'addresses'; readonly addresses: IpSet }
  | { readonly kind: 'interface'; readonly interface: string; readonly part: 'address' | 'subnet' }
  | { readonly kind: 'group'; readonly members: readonly string[] }
  | { readonly kind: 'unknown'; readonly reason: string; readonly domain?: string };

export interface AddressObject {
  /** What references use; unique in a configuration. */
  readonly name: string;
  /** What the administrator sees, when it differs. */
  readonly label: string;
  readonly zone: string | null;
  readonly content: AddressContent;
  readonly origin: Origin;
  /** When it was changed last, in seconds since 1970-01-01 UTC; absent when the format does not say. */
  readonly updated?: number;
  readonly location: Location;
}

export type ServiceContent =
  | { readonly kind: 'services'; readonly services: ServiceSet }
  | { readonly kind: 'group'; readonly members: readonly string[] }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface ServiceObject {
  readonly name: string;
  readonly label: string;
  readonly content: ServiceContent;
  readonly origin: Origin;
  /** As of an address object. */
  readonly updated?: number;
  readonly location: Location;
}

/**
 * One side of a rule: the union of the terms, or everything but that union when negated.
 * `any` with no terms is everything of the rule's address family.
 */
export interface AddressMatch {
  readonly any: boolean;
  /** Names of address objects. */
  readonly objects: readonly string[];
  /** Addresses written into the rule itself. */
  readonly literal?: IpSet;
  readonly negated: boolean;
  readonly location?: Location;
}

export interface ServiceMatch {
  readonly any: boolean;
  /** Names of service objects. */
  readonly objects: readonly string[];
  /** Services written into the rule itself. */
  readonly literal?: ServiceSet;
  readonly negated: boolean;
  readonly location?: Location;
}
