import type { Platform } from '../platform.js';
import { anonymiseRuleset } from './anonymise.js';
import { saveConfidence } from './detect.js';
import { parseCaptures } from './normalise.js';
import { redactRuleset } from './redact.js';
import { keptSteps, remedySteps } from './remedy.js';

/** Linux iptables and ip6tables, from saved rulesets. What the format means is in README.md. */
export const iptables: Platform = {
  id: 'iptables',
  name: 'Linux iptables',
  formats: ['iptables-save and ip6tables-save, with or without counters', 'files for iptables-restore'],
  detect: (capture) => saveConfidence(capture.bytes),
  parse: parseCaptures,
  redact: (capture, key) => (saveConfidence(capture.bytes) > 0 ? redactRuleset(capture, key) : null),
  anonymise: (capture, disguise) =>
    saveConfidence(capture.bytes) > 0 ? anonymiseRuleset(capture, disguise) : null,
  remedy: remedySteps,
  afterRemedy: keptSteps,
};
