import type { Capture } from '../../model/capture.js';
import type { Limit } from '../../model/coverage.js';
import type { Parsed, Platform } from '../platform.js';
import { anonymiseConfiguration } from './anonymise.js';
import { configurationConfidence } from './detect.js';
import { parseConfiguration } from './normalise.js';
import { redactConfiguration } from './redact.js';
import { remedySteps } from './remedy.js';

/** Fortinet FortiGate, from the text of its command line. What the format means is in README.md. */
export const fortigate: Platform = {
  id: 'fortigate',
  name: 'Fortinet FortiGate',
  formats: [
    'backup without a password (.conf), FortiOS 5.0 to 7.6, with or without virtual domains',
    'show and show full-configuration, whole or in part',
  ],
  detect: (capture) => configurationConfidence(capture.bytes),
  parse: parseAll,
  redact: (capture, key) =>
    configurationConfidence(capture.bytes) > 0 ? redactConfiguration(capture, key) : null,
  anonymise: (capture, disguise) =>
    configurationConfidence(capture.bytes) > 0 ? anonymiseConfiguration(capture, disguise) : null,
  remedy: remedySteps,
};

/** A limit that several captures share is listed once. */
function parseAll(captures: readonly Capture[]): Parsed {
  const each = captures.map(parseConfiguration);
  const limits = new Map<string, Limit>();
  for (const { limits: found } of each) for (const limit of found) limits.set(limit.id, limit);
  return {
    devices: each.flatMap(({ devices }) => devices),
    coverage: each.flatMap(({ coverage }) => coverage),
    diagnostics: each.flatMap(({ diagnostics }) => diagnostics),
    limits: [...limits.values()],
  };
}
