import type { AuditReport } from '../model/audit-report.js';
import type { Language } from '../model/check.js';

/** What a report may depend on besides the audit itself. */
export interface RenderOptions {
  /** Columns of the page. Formats that are not laid out in columns ignore it. */
  readonly width: number;
  /** Whether terminal colours may be used. */
  readonly colour: boolean;
  /** 0: what has to be done; 1 (`-v`): everything in full; 2 (`-vv`): what was not understood, too. */
  readonly verbosity: 0 | 1 | 2;
  /** Whether the page may hold anything but ASCII. Formats for machines are UTF-8 all the same. */
  readonly unicode: boolean;
  /** Of what a format says about a check beside the check's own texts; absent: English. */
  readonly language?: Language;
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
  /** True for text that a person reads where it is printed: it is ASCII when `unicode` is false. */
  readonly ascii?: true;
  /** What ends a line where it is not `\n`. */
  readonly newline?: '\r\n';
  /** The whole report, ending in a newline. Text from a configuration is inert in it. */
  render(report: AuditReport, options: RenderOptions): string;
}
