import type { ReportDiagnostic } from './audit-report.js';
import type { SecretRef } from './firewall-config.js';

/** What `fwaudit secrets -f json` prints: the public contract of `src/report/secrets.schema.json`. */
export interface SecretsReport {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'fwaudit'; readonly version: string };
  readonly devices: readonly SecretsDevice[];
  readonly diagnostics: readonly ReportDiagnostic[];
  /** False when an input could not be read or understood: secrets may be missing then. */
  readonly complete: boolean;
}

export interface SecretsDevice {
  readonly id: string;
  readonly file: string;
  readonly platform: string;
  readonly platformName: string;
  readonly product: string | null;
  readonly firmware: string | null;
  /** Whose order the steps follow; null: how badly the secrets are kept. */
  readonly guide: {
    readonly title: string;
    readonly source: string;
    readonly notes: readonly string[];
  } | null;
  /** In the order in which the secrets have to be changed; a step without any is left out. */
  readonly steps: readonly SecretsStep[];
  /** How many secrets are kept in each way. */
  readonly protections: Readonly<Record<SecretRef['protection'], number>>;
}

export interface SecretsStep {
  readonly title: string;
  /** What else has to change with them. */
  readonly elsewhere: string | null;
  readonly secrets: readonly SecretRef[];
}
