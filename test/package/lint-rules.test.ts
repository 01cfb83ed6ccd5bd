import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyFromProject, emptyFolder, root, run, writeFiles } from './project.js';

/** What the linter says of one file, in the project's own configuration. */
function lint(path: string, text: string): string {
  const folder = emptyFolder();
  copyFromProject(folder, ['biome.json', 'scripts/lint']);
  writeFiles(folder, { [path]: text });
  const { stdout, stderr } = run(join(root, 'node_modules/.bin/biome'), ['lint', path], folder);
  return stdout + stderr;
}

describe('the linter', () => {
  it.each([
    ['the clock', 'export const now = Date.now();', 'A stage is a pure function'],
    ['today', 'export const today = new Date();', 'A stage is a pure function'],
    ['chance', 'export const chance = Math.random();', 'A stage is a pure function'],
    ['the process', 'export const path = process.env.PATH;', 'Only src/cli touches the process'],
    ['the terminal', "console.log('x');", 'Only src/cli writes to the terminal'],
    ['the network', "export const page = fetch('http://192.0.2.1');", 'Only src/collect talks'],
    ['timers', 'setTimeout(() => {}, 1);', 'no timers'],
  ])('keeps %s out of the stages, and lets the command line have it', (_, text, message) => {
    expect(lint('src/analysis/a.ts', text)).toContain(message);
    expect(lint('src/cli/a.ts', text)).not.toContain(message);
  });

  it('lets a stage reckon with days that it was given', () => {
    expect(
      lint('src/explanations/a.ts', "export const day = new Date('2026-01-01').getTime() + Date.UTC(2026);"),
    ).not.toContain('A stage is a pure function');
  });

  it.each([
    ['an enum', 'export enum Colour { Red }', 'noEnum'],
    ['a default export', 'export default 1;', 'noDefaultExport'],
    ['a type alias of an object', 'export type T = { a: 1 };', 'useConsistentTypeDefinitions'],
    [
      'a function over forty lines',
      `export function long() {\n${'  long();\n'.repeat(45)}}`,
      'noExcessiveLinesPerFunction',
    ],
    ['a file over 400 lines', 'export const a = 1;\n'.repeat(401), 'noExcessiveLinesPerFile'],
  ])('refuses %s', (_, text, rule) => {
    expect(lint('src/analysis/a.ts', text)).toContain(rule);
  });

  it('refuses a file name that is not kebab-case', () => {
    expect(lint('src/analysis/fileName.ts', 'export const a = 1;')).toContain('useFilenamingConvention');
  });
});
