import type { ReportExplanation } from '../model/audit-report.js';
import { type CelRecord, record } from './records.js';
import type { WorldCapture } from './world.js';

/** A capture as conditions see it. */
export function projectCapture(capture: WorldCapture): CelRecord {
  const { coverage, diagnostics } = capture;
  const matter = (coverage?.unknownFamilies ?? []).filter((family) => family.section !== 'other');
  const incomplete = diagnostics.filter((each) => each.incomplete);
  // The families say it better.
  const codes = incomplete
    .map((each) => each.code)
    .filter((code) => code !== 'unclassified' || matter.length === 0);
  return record('Capture', {
    file: capture.file,
    platform: capture.platform ?? '',
    recognised: capture.platform !== null,
    read: BigInt(coverage?.read ?? 0),
    ignored: BigInt(coverage?.ignored ?? 0),
    unknown: BigInt(coverage?.unknown ?? 0),
    unknownThatMatter: BigInt(matter.reduce((sum, family) => sum + family.count, 0)),
    incomplete: incomplete.length > 0,
    gaps: [
      ...matter.map(({ name, count }) => (count === 1 ? name : `${name} (${count} ${coverage?.unit ?? ''})`)),
      ...new Set(codes),
    ],
    limits: capture.limits.map((limit) => limit.id),
  });
}

/** An explanation of the register as conditions see it. */
export function projectExplanation({ id, status, message, until }: ReportExplanation): CelRecord {
  return record('Explanation', { id, status, message, until });
}
