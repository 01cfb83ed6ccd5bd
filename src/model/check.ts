import type { SettingName } from './facts.js';
import type { Location } from './location.js';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
/** Ordered from least to most severe by `SEVERITIES`. */
export type Severity = (typeof SEVERITIES)[number];

/** What a check looks at, one at a time. */
export const CHECK_SUBJECTS = [
  'exposure',
  'dormant',
  'access-rule',
  'nat-rule',
  'administrator',
  'listener',
  'tunnel',
  'manager',
  'setting',
  'interface',
  'route',
  'address',
  'device',
  'capture',
  'explanation',
] as const;
export type CheckSubject = (typeof CHECK_SUBJECTS)[number];

/** How sure a check is that what it finds is wrong; what a name only suggests is `low`. */
export const CONFIDENCES = ['low', 'medium', 'high'] as const;
export type CheckConfidence = (typeof CONFIDENCES)[number];

/** What a check may ask its platform for, beside closing a door, and of which subjects. */
export const REMEDIES = {
  'change-setting': ['setting', 'device'],
  'upgrade-firmware': ['device'],
  'remove-manager': ['manager'],
  'remove-administrator': ['administrator'],
  'remove-tunnel': ['tunnel'],
  'close-tunnel-management': ['tunnel'],
  'untick-management': ['interface'],
  'delete-access-rule': ['access-rule'],
  'narrow-access-rule': ['access-rule', 'exposure'],
  'log-access-rule': ['access-rule', 'exposure'],
  'comment-access-rule': ['access-rule', 'exposure'],
  'delete-nat-rule': ['nat-rule'],
} as const satisfies Readonly<Record<string, readonly CheckSubject[]>>;
export type RemedyName = keyof typeof REMEDIES;

export type Outcome = 'fail' | 'pass' | 'not-applicable' | 'unknown';

/** One check: a validated `rules/*.yaml`. Plain data, so that the built-in ones ship as JSON. */
export interface Check {
  readonly id: string;
  readonly title: Texts;
  readonly severity: Severity;
  /** Why this severity and not another. */
  readonly severityReason: string | Texts;
  /** Absent: `high`. */
  readonly confidence?: CheckConfidence;
  readonly over: CheckSubject;
  /** Platforms it applies to; absent: all. */
  readonly platforms?: readonly string[];
  /** CEL, over a variable named as `over` in camel case. */
  readonly when: string;
  /** `when`, in parts, most of which plain fields decide. Absent: it is one part, to be evaluated. */
  readonly outline?: Outline;
  /** One sentence with `{placeholders}` that are fields of the subject. */
  readonly message: Texts;
  readonly explainable: 'sets' | 'fact' | 'no';
  /** False: what it finds is mended without closing the door that it is about. Absent: by closing it. */
  readonly closes?: boolean;
  /**
   * What the platform is asked to spell out in its own clicks and commands, behind the check's own words.
   * Absent: how to close the door that it is about; of anything else there are its own words alone.
   */
  readonly remedy?: RemedyName;
  /** The setting that `change-setting` is about, where the subject is the whole device. */
  readonly setting?: SettingName;
  /** Ids of checks whose finding on the same subject this one replaces. */
  readonly supersedes: readonly string[];
  readonly why: Texts;
  /** By language, and by platform for steps that name its menus. */
  readonly fix: Texts & Readonly<Record<string, string | Texts>>;
  readonly references: readonly string[];
  readonly tags: readonly string[];
  readonly examples: { readonly finds: readonly string[]; readonly passes: readonly string[] };
  /** Where the check stands. */
  readonly location: Location;
}

/**
 * A condition in parts: a field is one of some values, a list has a value or any at all, or these put
 * together. `open`: what only an evaluation tells, in CEL. Paths are names of fields, from the subject on.
 */
export type Outline =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Outline[] }
  | { readonly kind: 'not'; readonly of: Outline }
  | { readonly kind: 'is'; readonly path: readonly string[]; readonly oneOf: readonly (string | boolean)[] }
  | { readonly kind: 'has'; readonly path: readonly string[]; readonly value: string }
  | { readonly kind: 'some'; readonly path: readonly string[] }
  | { readonly kind: 'open'; readonly when: string };

/** Languages that texts are written in; `en` is always there. */
export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Texts {
  readonly en: string;
  readonly fr?: string;
}
