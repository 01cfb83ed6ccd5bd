import type { Location } from './location.js';

/** A part of a configuration in which nothing may go unread without the scan being incomplete. */
export type Section = 'access-rules' | 'objects' | 'nat' | 'interfaces' | 'administration' | 'vpn' | 'other';

/** What became of every line (or key) of one capture. `read + ignored + unknown` is all of them. */
export interface Coverage {
  readonly file: string;
  readonly unit: 'keys' | 'lines';
  readonly read: number;
  /** Knowingly passed over, each for a listed reason. */
  readonly ignored: number;
  readonly unknown: number;
  /** The unknown ones by family, most first. Families, never values: a value may be a secret. */
  readonly unknownFamilies: readonly UnknownFamily[];
}

export interface UnknownFamily {
  readonly name: string;
  readonly count: number;
  readonly section: Section;
  readonly location: Location;
}

/**
 * Something to tell about an input. `incomplete` means that a door may have been missed because of
 * it: the scan is then never complete. Messages never quote a value that may be a secret.
 */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly location?: Location;
  readonly hint?: string;
  readonly incomplete: boolean;
}

export type DiagnosticCode =
  | 'unreadable-input'
  | 'empty-input'
  | 'unrecognised-input'
  | 'ambiguous-platform'
  | 'no-configuration-found'
  | 'passed-over'
  | 'unsupported-format'
  | 'truncated'
  | 'malformed-value'
  | 'duplicate-key'
  | 'missing-value'
  | 'unclassified'
  | 'dangling-reference'
  | 'reference-cycle'
  | 'set-limit'
  | 'check-failed';

/** What a format or a platform can never show. Listed until the register accepts it by name. */
export interface Limit {
  /** Kebab-case, stable: `sonicwall-exp-registration-not-in-file`. */
  readonly id: string;
  readonly message: string;
}
