import type { Analysis } from './analysis/analyse.js';
import type { Budget, RawFinding } from './checks/evaluate.js';
import type { Pack } from './checks/pack.js';
import type { CollectedCapture } from './collect/files.js';
import type { Explained } from './explanations/explain.js';
import type { ReportExplanation } from './model/audit-report.js';
import type { Language, Outcome, Severity } from './model/check.js';
import type { Coverage, Diagnostic, Limit } from './model/coverage.js';
import type { Register } from './model/explanation.js';
import type { Exposure } from './model/exposure.js';
import type { FirewallConfig } from './model/firewall-config.js';
import type { Platform } from './platforms/platform.js';
import type { IpSet } from './sets/ip-set.js';

/** Everything an audit depends on. There is no clock, no file and no environment but this. */
export interface AuditInput {
  readonly captures: readonly CollectedCapture[];
  /** Folders that were asked for. */
  readonly folders: readonly string[];
  /** What went wrong before: inputs that could not be read. */
  readonly diagnostics: readonly Diagnostic[];
  readonly register: Register;
  readonly pack: Pack;
  readonly platforms: readonly Platform[];
  /** Skip detection and take every capture for this platform. */
  readonly platform: string | null;
  /** The day, `YYYY-MM-DD`, on which explanations have to be valid. */
  readonly at: string;
  /** Open findings of this severity and above make the exit code 1. */
  readonly failOn: Severity;
  readonly version: string;
  /** Of the texts of checks; absent: English. */
  readonly language?: Language | undefined;
  /** For each check that is not built in; absent: none is set. */
  readonly budget?: Budget | undefined;
}

/** One capture after parsing. */
export interface ParsedCapture {
  readonly file: string;
  /** null: no platform recognises it. */
  readonly platform: Platform | null;
  readonly coverage: Coverage | null;
  readonly limits: readonly Limit[];
  readonly devices: readonly FirewallConfig[];
  readonly diagnostics: readonly Diagnostic[];
}

/** One device, its ways in, and whose they are. */
export interface AnalysedDevice {
  readonly config: FirewallConfig;
  readonly platform: Platform;
  readonly file: string;
  readonly analysis: Analysis;
  readonly exposures: readonly Exposure[];
  /** What counts as the organisation's own on this device. */
  readonly own: IpSet;
}

/** A finding with what the register says of it. */
export interface JudgedFinding {
  readonly raw: RawFinding;
  readonly status: 'open' | 'explained';
  readonly explainedBy: readonly string[];
}

export interface Judgement {
  readonly explained: ReadonlyMap<Exposure, Explained>;
  readonly findings: readonly JudgedFinding[];
  readonly outcomes: ReadonlyMap<string, Readonly<Record<string, Outcome>>>;
  readonly explanations: readonly ReportExplanation[];
  readonly diagnostics: readonly Diagnostic[];
}
