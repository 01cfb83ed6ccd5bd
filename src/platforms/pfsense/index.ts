import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { Limit } from '../../model/coverage.js';
import type { Confidence, Parsed, Platform } from '../platform.js';
import { anonymiseConfig } from './anonymise.js';
import { isEncrypted, parseConfiguration } from './normalise.js';
import { redactConfig } from './redact.js';
import { remedySteps } from './remedy.js';

/** pfSense, from config.xml. What the format means is in README.md. */
export const pfsense: Platform = {
  id: 'pfsense',
  name: 'pfSense',
  formats: ['configuration backup (config.xml), pfSense 2.3 to 2.8 and Plus'],
  detect: ({ bytes }) => confidence(bytes),
  parse: parseAll,
  redact: redactConfig,
  anonymise: anonymiseConfig,
  remedy: remedySteps,
};

/** How far the root element is looked for: only declarations and comments stand before it. */
const HEAD = 65_536;

/** Certain when the root element says so; OPNsense and partial backups have other roots. */
function confidence(bytes: Uint8Array): Confidence {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD)).toString('latin1');
  if (isEncrypted(head)) return /pfSense/i.test(head.slice(0, 400)) ? 0.9 : 0;
  return rootName(head) === 'pfsense' ? 1 : 0;
}

/** The name of the first element behind declarations and comments, in lower case. */
function rootName(head: string): string | null {
  let at = head.indexOf('<');
  while (at >= 0) {
    const name = /^<([A-Za-z_][\w.-]*)/.exec(head.slice(at, at + 80))?.[1];
    if (name !== undefined) return name.toLowerCase();
    const end = head.startsWith('<!--', at) ? head.indexOf('-->', at) : head.indexOf('>', at);
    at = end < 0 ? -1 : head.indexOf('<', end);
  }
  return null;
}

/** One device a capture; a limit that several captures share is listed once. */
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
