import { readFile } from 'node:fs/promises';
import { reasonOf } from '../collect/reason.js';
import type { EarlierReport } from '../compare/earlier-report.js';
import type { AuditReport } from '../model/audit-report.js';
import type { Severity } from '../model/check.js';
import { FwauditError } from '../model/error.js';
import type { OptionTable } from './arguments.js';

/** The options that hold a run against the JSON report of an earlier one. */
export const COMPARE_OPTIONS = {
  baseline: {
    type: 'string',
    requiresArg: true,
    describe: 'A JSON report: only what is new since counts for the exit code',
  },
  previous: {
    type: 'string',
    requiresArg: true,
    describe: 'A JSON report: say what is new, changed, resolved or reopened since',
  },
} as const satisfies OptionTable;

/** Marks a report by what earlier ones hold. */
export type Comparison = (report: AuditReport, failOn: Severity) => AuditReport;

/**
 * Reads the reports to compare with, before anything is audited.
 *
 * @throws FwauditError of code `usage` when one can't be read, or is no report of fwaudit
 */
export async function readComparison(
  baseline: string | undefined,
  previous: string | undefined,
): Promise<Comparison> {
  if (baseline === undefined && previous === undefined) return (report) => report;
  const { withBaseline, withPrevious } = await import('../compare/compare.js');
  const before = baseline === undefined ? null : await readEarlier(baseline);
  const last = previous === undefined ? null : await readEarlier(previous);
  return (report, failOn) => {
    const followed = last === null ? report : withPrevious(report, last);
    return before === null ? followed : withBaseline(followed, before, failOn);
  };
}

async function readEarlier(file: string): Promise<EarlierReport> {
  const { readEarlierReport } = await import('../compare/earlier-report.js');
  return readEarlierReport(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new FwauditError('usage', `can't read ${file}: ${reasonOf(error)}`, { cause: error });
  }
}
