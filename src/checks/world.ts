import type { ReportExplanation } from '../model/audit-report.js';
import type { Coverage, Diagnostic, Limit } from '../model/coverage.js';
import type { DormantDoor, Exposure } from '../model/exposure.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import type { IpSet } from '../sets/ip-set.js';

/** Everything that checks look at. */
export interface World {
  readonly devices: readonly WorldDevice[];
  readonly captures: readonly WorldCapture[];
  readonly explanations: readonly ReportExplanation[];
}

export interface WorldDevice {
  readonly config: FirewallConfig;
  readonly exposures: readonly JudgedExposure[];
  readonly dormant: readonly DormantDoor[];
  /** The organisation's own addresses: who of a dormant door's sources is an outsider. Absent: none. */
  readonly own?: IpSet;
  /** Zones and interfaces by which strangers come in. Absent: by what the configuration says of each. */
  readonly outside?: ReadonlySet<string>;
  /** Zones and interfaces that are trusted less than inside, though no strangers come in by them. Absent: none. */
  readonly lessTrusted?: ReadonlySet<string>;
}

export interface WorldCapture {
  /** As in `Capture`; a device belongs to it when its location names this file, or `file#device`. */
  readonly file: string;
  readonly platform: string | null;
  readonly coverage: Coverage | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly limits: readonly Limit[];
}

/** An exposure, and what the register says of it. */
export interface JudgedExposure extends Exposure {
  readonly status: 'unexplained' | 'partly' | 'explained' | 'own';
  /** The sources that no explanation covers. */
  readonly remainder: IpSet;
}
