import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyFromProject, emptyFolder, root, run, writeFiles } from './project.js';

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

/** What may not stand in a stage, and which rule says so. The command line may do all of it. */
const impure: Readonly<Record<string, readonly [text: string, rule: string]>> = {
  clock: ['export const now = Date.now();', 'plugin'],
  today: ['export const today = new Date();', 'plugin'],
  stopwatch: ['export const start = performance.now();', 'plugin'],
  chance: ['export const chance = Math.random();', 'plugin'],
  process: ['export const path = process.env;', 'lint/style/noRestrictedGlobals'],
  terminal: ["console.log('x');", 'lint/style/noRestrictedGlobals'],
  network: ["export const page = fetch('http://192.0.2.1');", 'lint/style/noRestrictedGlobals'],
  timer: ['setTimeout(() => {}, 1);', 'lint/style/noRestrictedGlobals'],
};

/** What may not stand anywhere. */
const refused: Readonly<Record<string, readonly [text: string, rule: string]>> = {
  'an-enum': ['export enum Colour { Red }', 'lint/style/noEnum'],
  'a-default-export': ['export default 1;', 'lint/style/noDefaultExport'],
  'an-object-type': ['export type T = { a: 1 };', 'lint/style/useConsistentTypeDefinitions'],
  'a-long-function': [
    `export function long() {\n${'  long();\n'.repeat(45)}}`,
    'lint/complexity/noExcessiveLinesPerFunction',
  ],
  'a-long-file': [`export const list = [\n${'  1,\n'.repeat(400)}];\n`, 'lint/style/noExcessiveLinesPerFile'],
  badName: ['export const a = 1;', 'lint/style/useFilenamingConvention'],
};

/** Days that were handed in may be reckoned with. */
const allowed = "export const day = new Date('2026-01-01').getTime() + Date.UTC(2026);";

function lint(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = emptyFolder();
  copyFromProject(folder, ['biome.json', 'scripts/lint']);
  writeFiles(folder, files);
  const { stdout, stderr } = run(
    join(root, 'node_modules/.bin/biome'),
    ['lint', '--reporter=json', 'src'],
    folder,
  );
  if (stdout === '') throw new Error(stderr);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] };
  return diagnostics.map(({ category, location }) => `${location.path}: ${category}`).sort();
}

describe('the linter', () => {
  it('keeps the stages pure, and the style as it is, and refuses nothing else', () => {
    const inFolder = (folder: string, cases: typeof impure) =>
      Object.fromEntries(Object.entries(cases).map(([name, [text]]) => [`src/${folder}/${name}.ts`, text]));
    const expected = Object.entries({ ...impure, ...refused }).map(
      ([name, [, rule]]) => `src/report/${name}.ts: ${rule}`,
    );
    expect(
      lint({
        ...inFolder('report', { ...impure, ...refused }),
        ...inFolder('cli', impure),
        'src/report/day.ts': allowed,
      }),
    ).toEqual(expected.sort());
  });
});
