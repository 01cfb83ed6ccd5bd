import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { audit } from '../../src/audit.js';
import { compilePack } from '../../src/checks/pack.js';
import type { CollectedCapture } from '../../src/collect/files.js';
import { collectionFacts, provenanceBeside } from '../../src/collect/provenance.js';
import { emptyRegister, loadRegister } from '../../src/explanations/register.js';
import type { AuditReport } from '../../src/model/audit-report.js';
import type { AuditInput } from '../../src/pipeline.js';
import { platforms } from '../../src/platforms/index.js';

/** What the conformance suites run: the whole pipeline, from files, without the command line. */

const rulesFolder = 'rules';

function readRules(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }));
}

export const pack = compilePack(readRules(rulesFolder));

const services = new Set(pack.services.map((service) => service.id));

/** Audits files as `fwaudit scan` would. */
export function auditFiles(
  files: readonly string[],
  { register = null, ...more }: Partial<Omit<AuditInput, 'register'>> & { register?: string | null } = {},
): AuditReport {
  return auditCaptures(files.map(captureOf), {
    ...(register === null
      ? {}
      : { register: loadRegister(readFileSync(register, 'utf8'), register, { services }) }),
    ...more,
  });
}

/** The same of what a test made itself. */
export function auditCaptures(
  captures: readonly Omit<CollectedCapture, 'folder'>[],
  more: Partial<AuditInput> = {},
): AuditReport {
  return audit({
    captures: captures.map((capture) => ({ folder: null, ...capture })),
    folders: [],
    diagnostics: [],
    register: emptyRegister(),
    pack,
    platforms,
    platform: null,
    at: '2026-11-22',
    failOn: 'high',
    version: '0.0.0',
    ...more,
  });
}

/** A file as `fwaudit scan` reads it, with what the provenance beside it says. */
function captureOf(file: string): CollectedCapture {
  const capture = { file, bytes: readFileSync(file), folder: null };
  const place = provenanceBeside(file);
  const facts = existsSync(place)
    ? collectionFacts(readFileSync(place, 'utf8'), place, basename(file))
    : null;
  return facts === null ? capture : { ...capture, collection: facts };
}

export interface FixtureCase {
  readonly platform: string;
  readonly name: string;
  readonly folder: string;
  /** The export itself: `config.<ext>`, encoded. */
  readonly configs: readonly string[];
}

/** Every fixture of every platform. */
export function fixtureCases(): readonly FixtureCase[] {
  return platforms.flatMap(({ id }) =>
    readdirSync(join('fixtures', id))
      .map((name) => join('fixtures', id, name))
      .filter((folder) => statSync(folder).isDirectory())
      .map((folder) => ({ platform: id, name: basename(folder), folder, configs: configsOf(folder) }))
      .filter((each) => each.configs.length > 0),
  );
}

/** The exports of one case. A `config.txt` beside a `config.exp` is what the export is made from. */
function configsOf(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => /^config\b.*\./.test(name));
  const encoded = names.filter((name) => !name.endsWith('.txt'));
  return (encoded.length > 0 ? encoded : names).sort().map((name) => join(folder, name));
}

/** A register of a case, by its file name, or null. */
export function registerOf(folder: string, name: string | null): string | null {
  return name === null ? null : join(folder, name);
}
