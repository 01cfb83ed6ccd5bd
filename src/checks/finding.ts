import type { ReportExplanation } from '../model/audit-report.js';
import type { Check, Outcome } from '../model/check.js';
import type { Diagnostic } from '../model/coverage.js';
import type { DormantDoor } from '../model/exposure.js';
import type {
  Administrator,
  FirewallConfig,
  Interface,
  Manager,
  Route,
  Setting,
  Tunnel,
} from '../model/firewall-config.js';
import type { Location } from '../model/location.js';
import type { AccessRule, Listener, NatRule, Policy } from '../model/policy.js';
import type { NamedAddress } from './named-addresses.js';
import type { JudgedExposure, WorldCapture } from './world.js';

/** What a finding is about. */
export type FindingSubject =
  | { readonly kind: 'exposure'; readonly exposure: JudgedExposure }
  | { readonly kind: 'dormant'; readonly dormant: DormantDoor }
  | { readonly kind: 'access-rule'; readonly accessRule: AccessRule; readonly policy: Policy }
  | { readonly kind: 'nat-rule'; readonly natRule: NatRule }
  | { readonly kind: 'administrator'; readonly administrator: Administrator }
  | { readonly kind: 'listener'; readonly listener: Listener }
  | { readonly kind: 'tunnel'; readonly tunnel: Tunnel }
  | { readonly kind: 'manager'; readonly manager: Manager }
  | { readonly kind: 'setting'; readonly setting: Setting }
  | { readonly kind: 'interface'; readonly interface: Interface }
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'address'; readonly address: NamedAddress }
  | { readonly kind: 'device'; readonly device: FirewallConfig }
  | { readonly kind: 'capture'; readonly capture: WorldCapture }
  | { readonly kind: 'explanation'; readonly explanation: ReportExplanation };

/** A finding before fact explanations are held against it. */
export interface RawFinding {
  readonly check: Check;
  /** null: it is about no single device (a capture of several or none, an explanation). */
  readonly device: string | null;
  readonly subject: FindingSubject;
  readonly title: string;
  readonly message: string;
  /** What a fact explanation has to name; null when none can cover this finding. */
  readonly factSubject: string | null;
  /** Where it stands in the captures (or in the register), the deciding place first. */
  readonly locations: readonly Location[];
  /** Explanations cover all of its sources: only for checks that sets explain. */
  readonly explained: boolean;
  /** Names the finding across runs: 16 hexadecimal digits. */
  readonly key: string;
}

export interface Evaluation {
  /** In the order of the pack's checks, then of the world's items. */
  readonly findings: readonly RawFinding[];
  /** By device id; each holds every check of the pack by its id. */
  readonly outcomes: ReadonlyMap<string, Readonly<Record<string, Outcome>>>;
  /** Conditions that could not be evaluated: the scan is then incomplete. */
  readonly diagnostics: readonly Diagnostic[];
}
