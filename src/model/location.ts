/** Where something stands in a capture: the proof that every statement of fwaudit carries. */
export interface Location {
  /** The capture's origin as the user named it: a path, `-`, or `file#device`. */
  readonly file: string;
  /** 1-based. A format without lines (one long encoded line) says 1 and gives a key. */
  readonly line: number;
  /** The key that holds the value, in formats made of keys: `policyAction_31`. */
  readonly key?: string;
}

/** Who put something there: the vendor's factory, the appliance by itself, or a person. */
export type Origin = 'user' | 'automatic' | 'implied' | 'unknown';

/** A value with how it is known. Silence is a value too: a platform says which. */
export type Known<T> =
  | { readonly known: 'stated'; readonly value: T; readonly location: Location }
  | { readonly known: 'default'; readonly value: T; readonly source: string }
  | { readonly known: 'unknown'; readonly reason: string };
