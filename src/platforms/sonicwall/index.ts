import type { Capture } from '../../model/capture.js';
import type { Limit } from '../../model/coverage.js';
import type { Parsed, Platform } from '../platform.js';
import { exportConfidence } from './exp.js';
import { parseExport } from './normalise.js';
import { remedySteps } from './remedy.js';

/** SonicWall SonicOS, from settings exports. What the format means is in README.md. */
export const sonicwall: Platform = {
  id: 'sonicwall',
  name: 'SonicWall SonicOS',
  formats: [
    'settings export (.exp), SonicOS 5.6 to 6.5',
    'settings export (.exp), SonicOS 7 in classic mode, unverified',
  ],
  detect: (capture) => exportConfidence(capture.bytes),
  parse: parseAll,
  remedy: remedySteps,
};

/** One device a capture; a limit that several captures share is listed once. */
function parseAll(captures: readonly Capture[]): Parsed {
  const each = captures.map(parseExport);
  const limits = new Map<string, Limit>();
  for (const { limits: found } of each) for (const limit of found) limits.set(limit.id, limit);
  return {
    devices: each.flatMap(({ devices }) => devices),
    coverage: each.flatMap(({ coverage }) => coverage),
    diagnostics: each.flatMap(({ diagnostics }) => diagnostics),
    limits: [...limits.values()],
  };
}
