import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Section } from '../../../src/model/coverage.js';
import { readExport } from '../../../src/platforms/sonicwall/exp.js';
import { coverageOf } from '../../../src/platforms/sonicwall/keys.js';
import { READ_FAMILIES } from '../../../src/platforms/sonicwall/read-families.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const seenFamilies = join(root, '../shared/formats/sonicwall-keys.tsv');
const corpus = join(root, '../shared/corpus/sonicwall');

/** The most of a full export that may be unknown. */
const UNKNOWN_SHARE = 0.03;

/** Every section of the model: the type makes sure that none is missing or misspelt. */
const SECTIONS = {
  'access-rules': true,
  objects: true,
  nat: true,
  interfaces: true,
  administration: true,
  vpn: true,
  other: true,
} satisfies Record<Section, true>;

interface Row {
  readonly family: string;
  readonly kind: string;
  readonly section: string;
  readonly reason: string;
}

/** The file itself, not what the parser makes of it: the parser forgives, this test does not. */
const lines = readFileSync(join(root, 'src/platforms/sonicwall/keys.tsv'), 'utf8').split('\n');
const rows = lines.filter((line) => line !== '' && !line.startsWith('#')).map(rowOf);
const reasons = lines.flatMap((line) => {
  const match = /^# reason ([a-z-]+): (\S.*\.)$/.exec(line);
  return match === null ? [] : [match[1] ?? ''];
});

function rowOf(line: string): Row {
  const [family = '', kind = '', section = '', reason = '', ...rest] = line.split('\t');
  if (rest.length > 0) throw new Error(`more than four columns: ${line}`);
  return { family, kind, section, reason };
}

function familiesOf(kind: string): string[] {
  return rows.filter((row) => row.kind === kind).map((row) => row.family);
}

describe('keys.tsv', () => {
  it('names every family once, in order', () => {
    const families = rows.map((row) => row.family);
    expect(families.filter((family) => !/^[A-Za-z][\w.-]*$/.test(family))).toEqual([]);
    expect(families).toEqual([...new Set(families)].sort());
  });

  it('knows three classes and the sections of the model', () => {
    const kinds = new Set(['read', 'ignored', 'unknown']);
    expect(rows.filter((row) => !kinds.has(row.kind))).toEqual([]);
    expect(rows.filter((row) => !Object.hasOwn(SECTIONS, row.section))).toEqual([]);
  });

  it('gives a reason for what is ignored, and only for that', () => {
    const explained = new Set(reasons);
    const wrong = rows.filter((row) =>
      row.kind === 'ignored' ? !explained.has(row.reason) : row.reason !== '-',
    );
    expect(wrong).toEqual([]);
  });

  it('explains every reason once, and none that is not used', () => {
    const used = new Set(rows.filter((row) => row.kind === 'ignored').map((row) => row.reason));
    expect([...reasons].sort()).toEqual([...used].sort());
    expect(reasons.length).toBeGreaterThanOrEqual(8);
    expect(reasons.length).toBeLessThanOrEqual(20);
  });

  it('calls read exactly what the parser reads', () => {
    expect(familiesOf('read')).toEqual([...new Set(READ_FAMILIES)].sort());
  });

  it('leaves nothing unknown in a section that makes a scan incomplete', () => {
    expect(rows.filter((row) => row.kind === 'unknown' && row.section !== 'other')).toEqual([]);
  });
});

describe.skipIf(!existsSync(seenFamilies))('the families of real exports', () => {
  it('are all classified', () => {
    const known = new Set(rows.map((row) => row.family));
    const [, ...seen] = readFileSync(seenFamilies, 'utf8').trimEnd().split('\n');
    const families = seen.map((line) => line.split('\t', 1)[0] ?? '');
    expect(families.length).toBeGreaterThan(4000);
    expect(families.filter((family) => !known.has(family))).toEqual([]);
  });
});

const exports = existsSync(corpus) ? readdirSync(corpus).filter((file) => file.endsWith('.exp')) : [];

describe.skipIf(exports.length === 0)('coverage of the corpus', () => {
  it.each(exports.filter((file) => file.startsWith('full-shape-')))('%s is nearly all known', (file) => {
    const coverage = coverageOfExport(file);
    const pairs = coverage.read + coverage.ignored + coverage.unknown;
    expect(pairs).toBeGreaterThan(17_000);
    expect(coverage.unknown / pairs).toBeLessThanOrEqual(UNKNOWN_SHARE);
  });

  it.each(exports)('%s has no unknown key outside other', (file) => {
    const outside = coverageOfExport(file).unknownFamilies.filter(({ section }) => section !== 'other');
    expect(outside.map(({ name }) => name)).toEqual([]);
  });
});

function coverageOfExport(file: string): ReturnType<typeof coverageOf> {
  const document = readExport({ file, bytes: readFileSync(join(corpus, file)) });
  if (document === null) throw new Error(`${file} is no export`);
  return coverageOf(document.pairs);
}
