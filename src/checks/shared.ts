import type { CheckSubject } from '../model/check.js';
import type { Location } from '../model/location.js';

/** Texts that several conditions compare with: `address.address in intruderAddresses`. */
export interface SharedList {
  readonly name: string;
  readonly about: string;
  readonly values: readonly string[];
}

/** A condition that several conditions are made of: `thirdPartyDoor && exposure.unlogged`. */
export interface SharedMacro {
  readonly name: string;
  readonly about: string;
  readonly over: CheckSubject;
  readonly when: string;
  readonly location: Location;
}

/** What checks share: `data/*.yaml` of the built-in rules, `shared.yaml` of a folder of one's own. */
export interface Shared {
  readonly lists: readonly SharedList[];
  readonly macros: readonly SharedMacro[];
}

export const NO_SHARED: Shared = { lists: [], macros: [] };
