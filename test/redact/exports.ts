import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditReport } from '../../src/model/audit-report.js';
import type { Capture } from '../../src/model/capture.js';
import { detectPlatform, platforms } from '../../src/platforms/index.js';
import type { Platform } from '../../src/platforms/platform.js';
import { auditCaptures, fixtureCases } from '../support/run.js';

/** The exports that redaction and anonymisation are tried on, and the audit that has to come out. */

/** One export, or the files that make one device. */
export interface Sample {
  readonly name: string;
  readonly platform: Platform;
  readonly captures: readonly Capture[];
}

const corpus = '../shared/corpus';

function captureOf(file: string): Capture {
  return { file, bytes: readFileSync(file) };
}

/** Every fixture of every platform. */
export function fixtureSamples(): readonly Sample[] {
  return fixtureCases().flatMap(({ platform: id, name, configs }) => {
    const platform = platforms.find((each) => each.id === id);
    return platform === undefined
      ? []
      : [{ name: `${id}/${name}`, platform, captures: configs.map(captureOf) }];
  });
}

/** Every file of the corpus that a platform recognises; none where the corpus is not at hand. */
export function corpusSamples(): readonly Sample[] {
  if (!existsSync(corpus)) return [];
  return platforms.flatMap(({ id }) => {
    const folder = join(corpus, id);
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap((name): readonly Sample[] => {
      const capture = captureOf(join(folder, name));
      const found = detectPlatform(capture);
      return found.kind === 'one'
        ? [{ name: `${id}/${name}`, platform: found.platform, captures: [capture] }]
        : [];
    });
  });
}

/** What `fwaudit scan -f json` would say of them. */
export function auditOf(captures: readonly Capture[], platform: Platform): AuditReport {
  return auditCaptures(captures, { platform: platform.id });
}
