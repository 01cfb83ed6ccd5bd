import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyFromProject, emptyFolder, root, run, writeFiles } from './project.js';

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** A file that a rule refuses, and the rule. */
interface Offence {
  readonly rule: string;
  readonly file: string;
  readonly text: string;
}

const offences: readonly Offence[] = [
  { rule: 'ground', file: 'src/sets/a.ts', text: "import '../parties/fine.js';" },
  {
    rule: 'ground',
    file: 'src/model/a.ts',
    text: "import type { T } from '../report/fine.js'; export type U = T;",
  },
  { rule: 'parties', file: 'src/parties/a.ts', text: "import '../analysis/fine.js';" },
  { rule: 'stages', file: 'src/analysis/a.ts', text: "import '../checks/fine.js';" },
  { rule: 'stages', file: 'src/report/a.ts', text: "import '../platforms/platform.js';" },
  { rule: 'stages', file: 'src/collect/a.ts', text: "import '../audit.js';" },
  { rule: 'pipeline', file: 'src/other.ts', text: "import './cli/fine.js';" },
  { rule: 'platforms', file: 'src/platforms/sonicwall/a.ts', text: "import '../fortigate/index.js';" },
  { rule: 'platforms', file: 'src/platforms/sonicwall/b.ts', text: "import '../index.js';" },
  { rule: 'platforms', file: 'src/platforms/shared/a.ts', text: "import '../fortigate/index.js';" },
  { rule: 'conformance', file: 'src/cli/a.ts', text: "import '../platforms/fortigate/conformance.js';" },
  {
    rule: 'purity',
    file: 'src/report/b.ts',
    text: "import { readFileSync } from 'node:fs'; readFileSync('x');",
  },
  { rule: 'purity', file: 'src/sets/b.ts', text: "import { env } from 'node:process'; env;" },
  { rule: 'purity', file: 'src/checks/c.ts', text: "import('fs/promises');" },
  { rule: 'connections', file: 'src/cli/b.ts', text: "import { connect } from 'node:net'; connect(22);" },
  {
    rule: 'connections',
    file: 'src/cli/c.ts',
    text: "import { execSync } from 'node:child_process'; execSync('x');",
  },
  { rule: 'command-line-library', file: 'src/collect/b.ts', text: "import yargs from 'yargs'; yargs();" },
  {
    rule: 'expression-language',
    file: 'src/analysis/b.ts',
    text: "import { parse } from '@marcbachmann/cel-js'; parse('1');",
  },
  { rule: 'tools', file: 'src/checks/a.ts', text: "import { expect } from 'vitest'; expect(1);" },
  { rule: 'tools', file: 'src/checks/b.ts', text: "import '../../scripts/tool.js';" },
  { rule: 'unlisted', file: 'src/explanations/a.ts', text: "import { x } from 'stranger'; x;" },
  { rule: 'unresolvable', file: 'src/explanations/b.ts', text: "import './nowhere.js';" },
  { rule: 'circular', file: 'src/model/b.ts', text: "import { c } from './c.js'; export const b = () => c;" },
];

/** What is allowed: it stands beside the offences and must not be reported. */
const fine = {
  'src/model/fine.ts': "import type { S } from '../sets/fine.js'; export interface M { s: S }",
  'src/sets/fine.ts': "import type { M } from '../model/fine.js'; export interface S { m?: M }",
  'src/parties/fine.ts':
    "import type { M } from '../model/fine.js'; import type { S } from '../sets/fine.js'; export type P = M | S;",
  'src/analysis/fine.ts':
    "import type { P } from '../parties/fine.js'; import { createHash } from 'node:crypto'; export type A = P; createHash('sha256');",
  'src/checks/fine.ts': "import { parse } from '@marcbachmann/cel-js'; parse('1');",
  'src/report/fine.ts': 'export interface T { t: 1 }',
  'src/platforms/platform.ts': 'export interface Platform { id: string }',
  'src/platforms/shared/fine.ts': 'export const shared = 1;',
  'src/platforms/fortigate/index.ts':
    "import type { Platform } from '../platform.js'; import { shared } from '../shared/fine.js'; export const fortigate: Platform = { id: String(shared) };",
  'src/platforms/fortigate/conformance.ts':
    "import { fortigate } from './index.js'; export const conformance = fortigate;",
  'src/platforms/index.ts':
    "import { fortigate } from './fortigate/index.js'; export const platforms = [fortigate];",
  'src/collect/fine.ts':
    "import { connect } from 'node:net'; import { readFileSync } from 'node:fs'; connect(22); readFileSync('x');",
  'src/audit.ts': "import './analysis/fine.js'; import './platforms/index.js';",
  'src/cli/fine.ts':
    "import '../audit.js'; import yargs from 'yargs'; import { argv } from 'node:process'; yargs(argv);",
  'src/model/c.ts': "import { b } from './b.js'; export const c = () => b;",
  'scripts/tool.js': '',
};

const installed = ['yargs', '@marcbachmann/cel-js', 'vitest', 'stranger'];

function violations(): readonly Violation[] {
  const folder = emptyFolder();
  copyFromProject(folder, ['package.json', 'tsconfig.json', '.dependency-cruiser.js']);
  writeFiles(folder, fine);
  writeFiles(folder, Object.fromEntries(offences.map(({ file, text }) => [file, text])));
  for (const name of installed) {
    const manifest = { name, version: '1.0.0', type: 'module', exports: './index.js' };
    writeFiles(folder, {
      [`node_modules/${name}/package.json`]: JSON.stringify(manifest),
      [`node_modules/${name}/index.js`]: 'export default {};',
    });
  }
  const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout, stderr } = run('node', [tool, '--output-type', 'json', 'src'], folder);
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

describe('the rules on imports', () => {
  it('refuse each offence, by name, and nothing else', () => {
    const found = violations().map(({ rule, from }) => `${rule.name}: ${from}`);
    const expected = offences.map(({ rule, file }) => `${rule}: ${file}`);
    expect([...new Set(found)].sort()).toEqual(expected.sort());
  });

  it('are all among those that were tried', () => {
    const text = readFileSync(join(root, '.dependency-cruiser.js'), 'utf8');
    const names = [...text.matchAll(/^ {6}name: '(.+)',$/gm)].map((match) => match[1]);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(offences.map(({ rule }) => rule))).toEqual(new Set(names));
  });
});
