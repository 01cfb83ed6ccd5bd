import type { CheckConfidence, Outcome, Severity } from './check.js';
import type { Section } from './coverage.js';
import type { Location, Origin } from './location.js';

/**
 * The result of an audit, exactly as `-f json` prints it: the public contract that
 * `src/report/report.schema.json` describes. Sets are minimal CIDR lists.
 */
export interface AuditReport {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'fwaudit'; readonly version: string };
  /** The day on which explanations were held valid. */
  readonly at: string;
  /** The register that was used, or null. */
  readonly register: string | null;
  readonly captures: readonly ReportCapture[];
  readonly devices: readonly ReportDevice[];
  /** The checks that ran, by id: what a format needs to explain a finding without the rules. */
  readonly checks: readonly ReportCheck[];
  readonly exposures: readonly ReportExposure[];
  readonly dormant: readonly ReportDormant[];
  readonly findings: readonly ReportFinding[];
  readonly explanations: readonly ReportExplanation[];
  readonly diagnostics: readonly ReportDiagnostic[];
  /** The report whose open findings do not count for the exit code (`--baseline`), or null. */
  readonly baseline: ReportBaseline | null;
  /** The report that the findings were followed from (`--previous`), or null. */
  readonly previous: ReportPrevious | null;
  readonly summary: ReportSummary;
}

export interface ReportCapture {
  readonly file: string;
  /** null: not recognised. */
  readonly platform: string | null;
  readonly devices: readonly string[];
  readonly coverage: {
    readonly unit: 'keys' | 'lines';
    readonly read: number;
    readonly ignored: number;
    readonly unknown: number;
    readonly unknownFamilies: readonly {
      readonly name: string;
      readonly count: number;
      readonly section: Section;
    }[];
  } | null;
  readonly limits: readonly { readonly id: string; readonly message: string; readonly accepted: boolean }[];
}

export interface ReportDevice {
  readonly id: string;
  readonly file: string;
  readonly platform: string;
  readonly platformName: string;
  readonly product: string | null;
  readonly firmware: string | null;
  readonly accessRules: number;
  readonly entries: readonly {
    readonly kind: string;
    readonly name: string;
    readonly interfaces: readonly string[];
    readonly role: string;
    readonly evidence: string;
  }[];
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

/** One check that ran. */
export interface ReportCheck {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Why this severity and not another. */
  readonly severityReason: string;
  /** How sure the check is that what it finds is wrong. */
  readonly confidence: CheckConfidence;
  /** Ids of the platforms it applies to; null: all. */
  readonly platforms: readonly string[] | null;
  readonly why: string;
  /** What to do, in words that fit every platform. */
  readonly fix: string;
  /** The same for platforms whose menus or commands differ. */
  readonly platformFixes: readonly { readonly platform: string; readonly fix: string }[];
  readonly references: readonly string[];
  readonly tags: readonly string[];
}

export interface ReportPathStep {
  readonly kind: string;
  readonly part: 'rule' | 'source' | 'destination' | 'service' | 'listener' | 'translation';
  readonly depth: number;
  readonly name: string;
  readonly detail: string;
  readonly origin: Origin;
  readonly comment: string | null;
  readonly location: Location;
}

export interface ReportTarget {
  readonly kind: 'self' | 'host';
  readonly addresses: readonly string[];
  readonly dynamic: string | null;
  readonly interfaces: readonly string[];
}

export interface ReportService {
  readonly id: string;
  readonly name: string;
  readonly protocol: string;
  readonly ports: readonly string[];
}

/** Where a door opens to. */
export interface ReportEntry {
  readonly kind: string;
  readonly name: string;
  readonly interfaces: readonly string[];
  /** Of a tunnel: addresses or names of its peers. */
  readonly peers?: readonly string[];
}

export interface ReportExposure {
  readonly key: string;
  readonly hash: string;
  readonly device: string;
  readonly entry: ReportEntry;
  readonly party: string;
  /** Of the party `domain`: the name; else null. */
  readonly domain: string | null;
  readonly partyName: string | null;
  readonly thirdParty: boolean;
  readonly anyone: boolean;
  readonly sources: readonly string[];
  readonly named: readonly { readonly name: string; readonly sources: readonly string[] }[];
  readonly target: ReportTarget;
  readonly service: ReportService;
  readonly path: readonly ReportPathStep[];
  readonly approximate: readonly string[];
  readonly conditions: readonly string[];
  readonly status: 'unexplained' | 'partly' | 'explained' | 'own';
  /** What no explanation covers. */
  readonly remainder: readonly string[];
  /** Ids of the explanations that cover some of it, and of those that would but have lapsed. */
  readonly explainedBy: readonly string[];
  readonly lapsed: readonly { readonly explanation: string; readonly why: string }[];
}

export interface ReportDormant {
  readonly key: string;
  readonly device: string;
  readonly entry: ReportEntry;
  readonly target: ReportTarget;
  readonly service: ReportService;
  readonly sources: readonly string[];
  readonly fromAny: boolean;
  readonly reasons: readonly string[];
  readonly subject: string;
  readonly path: readonly ReportPathStep[];
}

export interface ReportFinding {
  readonly check: string;
  readonly severity: Severity;
  /** Names the finding across runs. The first eight characters are enough to say it aloud. */
  readonly key: string;
  /** What exactly was found: same key, other hash, the finding changed. */
  readonly hash: string;
  readonly device: string | null;
  readonly status: 'open' | 'explained';
  /** Whether the baseline holds it: it is open, and does not count for the exit code. */
  readonly known: boolean;
  /** What became of it since the previous report; null: there is none to compare with. */
  readonly change: FindingChange | null;
  readonly title: string;
  readonly message: string;
  readonly why: string;
  /** Key of the exposure or dormant door it is about. */
  readonly exposure: string | null;
  /** What a fact explanation has to name. */
  readonly subject: string | null;
  readonly remainder: readonly string[];
  readonly locations: readonly Location[];
  /** Steps that close it, on this platform. */
  readonly fix: readonly string[];
  /** Lines for fwaudit.yaml that would explain it; null when nothing can. */
  readonly explain: string | null;
  /** Ids of the explanations that cover it. */
  readonly explanation: readonly string[] | null;
}

/**
 * What became of a finding from one report to the next.
 * - `new`: the previous report did not know it;
 * - `open`: it stands as it stood;
 * - `changed`: the same key with another hash;
 * - `resolved`: it is explained now, or not found any more;
 * - `reopened`: it was resolved, and is open again.
 */
export type FindingChange = 'new' | 'open' | 'changed' | 'resolved' | 'reopened';

/** The report that `--baseline` named. */
export interface ReportBaseline {
  readonly file: string;
  /** The day of that audit. */
  readonly at: string;
}

/** The report that `--previous` named. */
export interface ReportPrevious {
  readonly file: string;
  /** The day of that audit. */
  readonly at: string;
  /** Findings that were open, or resolved, before and are not among the findings of this report. */
  readonly absent: readonly ReportAbsent[];
}

/** A finding of an earlier report that this one does not hold. */
export interface ReportAbsent {
  readonly check: string;
  readonly severity: Severity;
  readonly key: string;
  readonly hash: string;
  readonly device: string | null;
  readonly title: string;
  readonly message: string;
  /** `open`: nothing shows that it is gone. */
  readonly change: 'open' | 'resolved';
  /** Why nothing shows it; null: it is resolved. */
  readonly reason: 'device-not-audited' | 'check-not-run' | 'scan-incomplete' | null;
  /** The day of the last report that found it. */
  readonly lastSeen: string;
}

/** How one explanation of the register fared. */
export interface ReportExplanation {
  readonly id: string;
  /** `stale`: matches nothing any more. `not-audited`: none of its devices is in this run. */
  readonly status:
    | 'used'
    | 'stale'
    | 'not-audited'
    | 'expired'
    | 'not-yet-valid'
    | 'too-wide'
    | 'too-long'
    | 'incomplete';
  readonly message: string;
  /** What the register gives as its reason. */
  readonly reason: string;
  readonly owner: string | null;
  readonly ticket: string | null;
  readonly until: string;
  readonly location: Location;
}

export interface ReportDiagnostic {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly location: Location | null;
  readonly incomplete: boolean;
}

export interface ReportSummary {
  /** Open findings by severity; severities without any are absent. */
  readonly open: Readonly<Partial<Record<Severity, number>>>;
  /** How many of the open ones the baseline holds. */
  readonly known: number;
  readonly explained: number;
  readonly dormant: number;
  readonly devices: number;
  readonly captures: number;
  /** False when a door may have been missed: see the diagnostics that say `incomplete`. */
  readonly complete: boolean;
  /** Exit code of the run under the `--fail-on` that was asked for. */
  readonly exitCode: 0 | 1 | 3;
}
