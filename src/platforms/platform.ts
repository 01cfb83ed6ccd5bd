import type { Capture } from '../model/capture.js';
import type { Language } from '../model/check.js';
import type { Coverage, Diagnostic, Limit } from '../model/coverage.js';
import type { SettingName } from '../model/facts.js';
import type { Administrator, FirewallConfig, Setting } from '../model/firewall-config.js';
import type { Location } from '../model/location.js';
import type { AccessRule } from '../model/policy.js';
import type { Disguise } from './shared/disguise.js';
import type { RedactionKey } from './shared/placeholders.js';

/** How sure a platform is that a capture is its own: 0 (no) to 1 (certain). */
export type Confidence = number;

/** Everything that a platform makes of its captures. */
export interface Parsed {
  readonly devices: readonly FirewallConfig[];
  readonly coverage: readonly Coverage[];
  readonly diagnostics: readonly Diagnostic[];
  readonly limits: readonly Limit[];
}

/** One change to a configuration that closes a door, in the model's terms. */
export type ModelChange =
  | {
      readonly kind: 'delete-access-rule';
      readonly policy: string;
      readonly rule: number;
      readonly name: string;
    }
  | {
      readonly kind: 'disable-management';
      readonly interface: string;
      /** The tunnel whose own switch it is, where packets come out of one. */
      readonly tunnel?: string;
      readonly service: string;
      readonly policy: string;
      readonly rule: number;
    }
  | {
      readonly kind: 'restrict-source';
      readonly policy: string;
      readonly rule: number;
      readonly name: string;
    }
  /** Members of a zone reach each other by a setting of the zone's, which stands as a rule of the policy. */
  | {
      readonly kind: 'disable-intrazone';
      readonly zone: string;
      readonly policy: string;
      readonly rule: number;
    };

/** One change that mends what is no open door, in the model's terms: what checks ask for by `remedy`. */
export type Mending =
  /** `value`: what stands there today; null: nothing does, and it should. */
  | {
      readonly kind: 'change-setting';
      readonly setting: SettingName;
      readonly value: Setting['value'] | null;
    }
  | { readonly kind: 'upgrade-firmware' }
  | { readonly kind: 'remove-manager'; readonly manager: string; readonly address: string | null }
  | {
      readonly kind: 'remove-administrator';
      readonly name: string;
      readonly account: Administrator['kind'];
    }
  | { readonly kind: 'remove-tunnel'; readonly tunnel: string }
  /** `services`: canonical ids of what the tunnel's own switches let its far end administer. */
  | {
      readonly kind: 'close-tunnel-management';
      readonly tunnel: string;
      readonly services: readonly string[];
    }
  /** `services`: canonical ids of what is ticked on the interface. */
  | {
      readonly kind: 'untick-management';
      readonly interface: string;
      readonly services: readonly string[];
    }
  | {
      readonly kind: 'delete-access-rule' | 'narrow-access-rule' | 'log-access-rule' | 'comment-access-rule';
      readonly policy: string;
      readonly rule: number;
      readonly name: string;
    }
  | { readonly kind: 'delete-nat-rule'; readonly rule: number; readonly name: string };

/** What a remedy may depend on besides the change: what runs there, and who reads it. */
export interface RemedyContext {
  readonly config: FirewallConfig;
  readonly language: Language;
}

/** In which order a vendor wants secrets changed once an export was stolen. */
export interface RotationGuide {
  /** As the vendor calls it. */
  readonly title: string;
  /** Where the vendor says so. */
  readonly source: string;
  /** What has to be known or done before the first step. */
  readonly notes: readonly string[];
  /** Secrets whose kind no step names come last. */
  readonly steps: readonly {
    readonly title: string;
    /** What else has to change with them; null: nothing. */
    readonly elsewhere: string | null;
    /** Kinds of secrets, as `SecretRef` names them. */
    readonly kinds: readonly string[];
  }[];
}

/**
 * A family of appliances with one export format. Adding one means: a folder that exports this, its
 * fixtures, and a line in `index.ts`.
 */
export interface Platform {
  /** The folder's name. */
  readonly id: string;
  /** As a person writes it: `SonicWall SonicOS`. */
  readonly name: string;
  /** What it reads, for `fwaudit platforms`. */
  readonly formats: readonly string[];
  /** Cheap, and decided by the bytes alone; the highest wins, a tie asks for `--platform`. */
  detect(capture: Capture): Confidence;
  /** Total: never throws on bad input. What it cannot use becomes a diagnostic. */
  parse(captures: readonly Capture[]): Parsed;
  /**
   * The same capture with a placeholder for each secret, in the export's own encoding: equal secrets have
   * equal placeholders under one key, and whatever is parsed from it is parsed from the original. Null when
   * the capture can't be gone through: nothing of it is handed on then.
   */
  redact(capture: Capture, key: RedactionKey): Capture | null;
  /**
   * The same capture with other names and addresses and without its secrets: what is parsed from it has the
   * same shape. Null as above.
   */
  anonymise(capture: Capture, disguise: Disguise): Capture | null;
  /** Absent: the vendor has published none, and secrets are listed by how badly they are kept. */
  readonly rotation?: RotationGuide;
  /** How to make one change on this platform: clicks or commands, one step a string. */
  remedy(change: ModelChange, about: RemedyContext): readonly string[];
  /**
   * How to mend what is no open door on this platform: clicks or commands, one step a string, printed
   * behind the check's own words. None where nothing is known for it. Absent: for none of them.
   */
  mend?(mending: Mending, about: RemedyContext): readonly string[];
  /** What is left to do once all changes of a remedy are made; absent: nothing. */
  afterRemedy?(change: ModelChange, about: RemedyContext): readonly string[];
}

/**
 * What the shared conformance suite needs to try a platform's parser: the export of
 * `conformance.ts` in the platform's folder. Only tests load it.
 */
export interface PlatformConformance {
  /** The capture as lines of text that the suite may edit, and back to the export's own encoding. */
  decode(capture: Capture): readonly string[];
  encode(lines: readonly string[], like: Capture): Capture;
  /** The key or keyword of one decoded line that the parser reads, or null if it reads none there. */
  keyword(line: string): string | null;
  /** Counts access rules in the decoded text without the parser. */
  countAccessRules(lines: readonly string[]): number;
  /**
   * Whether the file writes a rule down. Absent: every rule but those that the parser implies in doubt.
   */
  readonly isWritten?: (rule: AccessRule) => boolean;
  /** Decoded text around a location, in which the object's name must stand. */
  textAt(lines: readonly string[], location: Location): string;
}
