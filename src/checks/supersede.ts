import type { RawFinding } from './finding.js';
import { subjectId } from './identity.js';

/**
 * One cause, one finding: drops each finding whose check is superseded by that of another finding on
 * the same subject. An explained finding takes none with it that is open: explaining who may come in
 * does not explain, say, that passwords cross the network in the clear.
 */
export function dropSuperseded(findings: readonly RawFinding[]): readonly RawFinding[] {
  const open = new Set<string>();
  const explained = new Set<string>();
  for (const { check, subject, device, explained: covered } of findings) {
    if (check.supersedes.length === 0) continue;
    const about = subjectId(subject, device);
    for (const id of check.supersedes) (covered ? explained : open).add(`${id} ${about}`);
  }
  if (open.size + explained.size === 0) return findings;
  const superseded = new Set(findings.flatMap(({ check }) => check.supersedes));
  return findings.filter((finding) => {
    if (!superseded.has(finding.check.id)) return true;
    const name = `${finding.check.id} ${subjectId(finding.subject, finding.device)}`;
    return !open.has(name) && !(finding.explained && explained.has(name));
  });
}
