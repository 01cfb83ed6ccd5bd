import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { Collected } from '../collect/files.js';
import { capturesAtCommit, changedSince, filesAtCommit, resolveRevision } from '../collect/git.js';
import { readEarlierReport } from '../compare/earlier-report.js';
import type { AuditReport, ReportFinding } from '../model/audit-report.js';
import type { Severity } from '../model/check.js';
import type { OptionTable } from './arguments.js';
import type { Comparison } from './compare.js';

/** Options that look at another revision of the same git repository. */
export const GIT_OPTIONS = {
  since: {
    type: 'string',
    requiresArg: true,
    describe: 'A git revision: what changed since, and only that counts for the exit code',
  },
  'register-from': {
    type: 'string',
    requiresArg: true,
    describe: 'Read the register, and checks of your own, as they stand in this git revision',
  },
} as const satisfies OptionTable;

/** Without inputs, `--since` looks at every file below this folder that changed. */
export async function changedInputs(revision: string): Promise<readonly string[]> {
  const changed = await changedSince(await resolveRevision(revision));
  return changed.filter((file) => existsSync(file));
}

/** As if the captures had been met in this folder: one that no platform recognises is passed over. */
export function metInFolder(collected: Collected): Collected {
  const captures = collected.captures.map((capture) => ({ ...capture, folder: '.' }));
  return { ...collected, captures, folders: [] };
}

/**
 * Audits the same inputs as they stood at a revision, and marks a report by it: what is known from then
 * does not count for the exit code.
 *
 * @param auditThen audits captures under the circumstances of this run
 * @throws FwauditError of code `usage` when git does not know the revision
 */
export async function sinceRevision(
  revision: string,
  inputs: readonly string[],
  collected: Collected,
  auditThen: (collected: Collected) => AuditReport,
): Promise<Comparison> {
  const commit = await resolveRevision(revision);
  const now = collected.captures
    .filter(({ file }) => file !== '-')
    .map(({ file, folder }) => ({ file, folder }));
  const captures = await capturesAtCommit(commit, [...now, ...(await goneSince(commit, inputs, now))]);
  const then = auditThen({ captures, folders: collected.folders, diagnostics: [] });
  const { withBaseline, withPrevious } = await import('../compare/compare.js');
  const earlier = readEarlierReport(JSON.stringify(then), revision);
  return (report, failOn: Severity) => {
    const marked = withBaseline(withPrevious(report, earlier), earlier, failOn);
    process.stderr.write(`${changeText(revision, marked)}\n`);
    return marked;
  };
}

/** Files that stood below the inputs and are there no more. */
async function goneSince(
  commit: string,
  inputs: readonly string[],
  now: readonly { readonly file: string }[],
): Promise<readonly { readonly file: string; readonly folder: string | null }[]> {
  const known = new Set(now.map(({ file }) => relative('.', file)));
  const gone: { file: string; folder: string | null }[] = [];
  for (const input of inputs.filter((each) => each !== '-' && !each.includes('://'))) {
    for (const file of await filesAtCommit(commit, input)) {
      if (!known.has(file) && !existsSync(file)) gone.push({ file, folder: input });
    }
  }
  return gone;
}

/** What a change opens, closes and leaves, in one line. */
function changeText(revision: string, { findings, previous, summary }: AuditReport): string {
  const counted = (...changes: readonly ReportFinding['change'][]) =>
    findings.filter(({ status, change }) => status === 'open' && changes.includes(change)).length;
  const closed =
    findings.filter(({ change }) => change === 'resolved').length +
    (previous?.absent ?? []).filter(({ change }) => change === 'resolved').length;
  const text = `since ${revision}, this opens ${counted('new', 'reopened')}, changes ${counted('changed')}, closes ${closed} and leaves ${counted('open')} findings`;
  return `fwaudit: ${text}${summary.complete ? '' : '; the scan is incomplete'}`;
}
