import type { AuditReport } from '../model/audit-report.js';

/** What a report may depend on besides the audit itself. */
export interface RenderOptions {
  /** Columns of the page. Formats that are not laid out in columns ignore it. */
  readonly width: number;
  /** Whether terminal colours may be used. */
  readonly colour: boolean;
  /** 0: what has to be done; 1 (`-v`): everything in full; 2 (`-vv`): what was not understood, too. */
  readonly verbosity: 0 | 1 | 2;
  /** Whether the page may hold anything but ASCII. */
  readonly unicode: boolean;
}

/**
 * One way of writing an audit down: a pure function, without clock, files or process. A format is
 * one file that exports this, and one line in `index.ts`.
 */
export interface ReportFormat {
  /** What `-f` takes. */
  readonly id: string;
  /** One line, for `--help`. */
  readonly name: string;
  /** The whole report, ending in a newline. Text from a configuration is inert in it. */
  render(report: AuditReport, options: RenderOptions): string;
}
