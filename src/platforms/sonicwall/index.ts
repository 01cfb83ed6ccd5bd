import type { Capture } from '../../model/capture.js';
import type { Limit } from '../../model/coverage.js';
import type { Parsed, Platform } from '../platform.js';
import type { Disguise } from '../shared/disguise.js';
import type { RedactionKey } from '../shared/placeholders.js';
import { anonymiseCli, anonymiseExport, anonymiseRest } from './anonymise.js';
import { cliConfidence } from './cli.js';
import { exportConfidence } from './exp.js';
import { parseExport } from './export.js';
import { mendingSteps } from './mend.js';
import { parseCli, parseRest } from './printed.js';
import { redactExport } from './redact.js';
import { redactCli, redactRest } from './redact-printed.js';
import { remedySteps } from './remedy.js';
import { restConfidence } from './rest.js';
import { ROTATION } from './secrets-rotation.js';

/** SonicWall SonicOS, in every form in which an appliance shows its configuration. See README.md. */
export const sonicwall: Platform = {
  id: 'sonicwall',
  name: 'SonicWall SonicOS',
  formats: [
    'settings export (.exp), SonicOS 5.6 to 6.5',
    'settings export (.exp), SonicOS 7 in classic mode, unverified',
    'settings export of SonicOS Standard (PRO series): access rules and services',
    'command line text (show current-config), SonicOS 6.2 and later',
    'REST API answers (.json, side by side in one folder), SonicOS 6.5.1 and later',
  ],
  detect: ({ bytes }) => Math.max(exportConfidence(bytes), cliConfidence(bytes), restConfidence(bytes)),
  parse: parseAll,
  redact: redactAny,
  anonymise: anonymiseAny,
  remedy: remedySteps,
  mend: mendingSteps,
  rotation: ROTATION,
};

/** One device a capture, answers of the API in one folder together; a limit is listed once. */
function parseAll(captures: readonly Capture[]): Parsed {
  const answers = new Map<string, Capture[]>();
  const each: Parsed[] = [];
  for (const capture of captures) {
    const form = formOf(capture);
    if (form === 'exp') each.push(parseExport(capture));
    else if (form === 'cli') each.push(parseCli(capture));
    else {
      const folder = folderOf(capture.file);
      answers.set(folder, [...(answers.get(folder) ?? []), capture]);
    }
  }
  for (const together of answers.values()) each.push(parseRest(together));
  const limits = new Map<string, Limit>();
  for (const { limits: found } of each) for (const limit of found) limits.set(limit.id, limit);
  return {
    devices: each.flatMap(({ devices }) => devices),
    coverage: each.flatMap(({ coverage }) => coverage),
    diagnostics: each.flatMap(({ diagnostics }) => diagnostics),
    limits: [...limits.values()],
  };
}

/** The part of a path before its file, however its folders are separated. */
function folderOf(file: string): string {
  return file.replace(/[^\\/]*$/, '');
}

/** Which of the forms a capture has; what is none of them is refused as an export. */
function formOf({ bytes }: Capture): 'exp' | 'cli' | 'rest' {
  const exp = exportConfidence(bytes);
  const cli = cliConfidence(bytes);
  const rest = restConfidence(bytes);
  if (exp >= cli && exp >= rest) return 'exp';
  return cli >= rest ? 'cli' : 'rest';
}

function redactAny(capture: Capture, key: RedactionKey): Capture | null {
  const form = formOf(capture);
  if (form === 'exp') return redactExport(capture, key);
  return form === 'cli' ? redactCli(capture, key) : redactRest(capture, key);
}

function anonymiseAny(capture: Capture, disguise: Disguise): Capture | null {
  const form = formOf(capture);
  if (form === 'exp') return anonymiseExport(capture, disguise);
  return form === 'cli' ? anonymiseCli(capture, disguise) : anonymiseRest(capture, disguise);
}
