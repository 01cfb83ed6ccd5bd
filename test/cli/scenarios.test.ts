import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { fixturePath, readExpected } from '../fixtures/expected.js';
import { builtProgram, type Ended } from './program.js';
import { filesIn, layOut, readScenarios, type Scenario } from './scenario.js';

/** The whole command line, as somebody at a terminal uses it: `scenarios/*.yaml`. */

const program = builtProgram();
const scenarios = readScenarios();
let validate: ValidateFunction;

beforeAll(() => {
  const schema = readFileSync(program.path('dist/report.schema.json'), 'utf8');
  validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(schema));
});

/** Strings of the fixtures at hand that may be in no output. */
function secretsOf({ copies = {} }: Scenario): readonly string[] {
  return Object.values(copies).flatMap((path) => {
    const folder = path.endsWith('.exp') ? dirname(path) : path;
    if (!folder.includes('/') || !existsSync(fixturePath(folder, 'expected.json'))) return [];
    return readExpected(folder).runs.flatMap(({ notIn, notInTerminal = [] }) => [...notIn, ...notInTerminal]);
  });
}

function expectText(actual: string, expected: string | readonly string[] | undefined): void {
  if (typeof expected === 'string') {
    expect(actual).toBe(expected);
    return;
  }
  let rest = actual;
  for (const fragment of expected ?? []) {
    expect(rest).toContain(fragment);
    rest = rest.slice(rest.indexOf(fragment) + fragment.length);
  }
}

/** Nothing acts on a terminal but the colours that were asked for, and nothing is a secret. */
function expectHarmless(text: string, scenario: Scenario): void {
  const plain = scenario.colour === true ? text.replace(/\u001b\[\d+m/g, '') : text;
  expect(plain).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  for (const secret of secretsOf(scenario)) expect(plain).not.toContain(secret);
}

function reportIn(text: string): AuditReport | null {
  if (!text.startsWith('{') || !text.endsWith('}\n')) return null;
  const json = JSON.parse(text) as AuditReport;
  // What `collect` and `secrets` print has a tool, too.
  return json.tool?.name === 'fwaudit' && 'captures' in json ? json : null;
}

function expectValid(report: AuditReport | null): void {
  if (report === null) return;
  expect(validate(report) ? [] : validate.errors).toEqual([]);
}

/** A scan that prints for a terminal also writes its JSON, so that one run shows both. */
function lineOf({ run, rest = '', exit }: Scenario, json: string): string {
  const plain =
    run.startsWith('scan ') && exit !== 2 && !/\s(-f|-o|-h|--format|--output|--version)\b/.test(run);
  return `fwaudit ${plain ? run.replace('scan ', `scan -o.json ${json} `) : run} ${rest}`;
}

/** The JSON of such a run is valid, harmless, and of the same opinion as the exit code. */
function expectSameAsJson(scenario: Scenario, json: string, { status, stderr }: Ended): void {
  if (!existsSync(json)) return;
  const text = readFileSync(json, 'utf8');
  const report = reportIn(text);
  expect(report).not.toBeNull();
  expectValid(report);
  expectHarmless(text, { ...scenario, colour: false });
  if (stderr === '' && !scenario.run.includes('--exit-zero')) expect(report?.summary.exitCode).toBe(status);
}

function expectLeft(place: string, before: readonly string[], { leaves = {}, ...scenario }: Scenario): void {
  const expected = Object.keys(leaves).filter((name) => !before.includes(name));
  expect(filesIn(place).filter((name) => !before.includes(name))).toEqual(expected.sort());
  for (const [name, fragments] of Object.entries(leaves)) {
    const text = readFileSync(join(place, name), 'utf8');
    expectText(text, fragments);
    expectHarmless(text, { ...scenario, colour: false });
    expectValid(reportIn(text));
  }
}

async function play(scenario: Scenario, onFinished: (remove: () => void) => void): Promise<void> {
  const { env, exit, stdout, stderr = '', not = [] } = scenario;
  const place = layOut(scenario, onFinished);
  const json = `${place}.json`;
  onFinished(() => rmSync(json, { force: true }));
  if (scenario.before !== undefined) await program.shell(scenario.before, place);
  const before = filesIn(place);
  const ended = await program.shell(lineOf(scenario, json), place, env);
  expect(ended).toMatchObject({ status: exit });
  expectText(ended.stderr, stderr);
  expectText(ended.stdout, stdout);
  for (const text of not) expect(ended.stdout + ended.stderr).not.toContain(text);
  for (const text of [ended.stdout, ended.stderr]) expectHarmless(text, scenario);
  if (exit === 2) expect(ended.stdout).toBe('');
  expectValid(reportIn(ended.stdout));
  expectLeft(place, before, scenario);
  expectSameAsJson(scenario, json, ended);
}

for (const scenario of scenarios) {
  it.concurrent(`${scenario.file}: ${scenario.name}`, ({ onTestFinished }) => play(scenario, onTestFinished));
}

const COMMANDS = [
  'scan',
  'trace',
  'query',
  'convert',
  'collect',
  'secrets',
  'redact',
  'anonymise',
  'checks',
  'platforms',
];

function uses(run: string, letter: string | undefined, names: readonly (string | undefined)[]): boolean {
  const words = run.split(/[ =.]/);
  const short = letter !== undefined && words.some((word) => new RegExp(`^-\\w*${letter}`).test(word));
  return (
    short ||
    names.some(
      (name) => name !== undefined && words.some((word) => word === `--${name}` || word === `--no-${name}`),
    )
  );
}

describe('the scenarios', () => {
  it('use every command and every exit code', () => {
    const commands = new Set(scenarios.map(({ run }) => run.split(' ')[0]));
    expect([...commands]).toEqual(expect.arrayContaining([...COMMANDS, '--help', '--version']));
    expect([...new Set(scenarios.map(({ exit }) => exit))].sort()).toEqual([0, 1, 2, 3]);
  });

  it.each(COMMANDS)('use every option of %s', async (command) => {
    const { stdout } = await program.shell(`fwaudit ${command} --help`, program.path('.'));
    const options = [...stdout.matchAll(/^ +(?:-(\w), )*--([\w-]+)(?:, --([\w-]+))?/gm)];
    expect(options.length).toBeGreaterThan(2);
    const runs = scenarios.filter(({ run }) => run.split(' ')[0] === command).map(({ run }) => run);
    const unused = options.filter(([, letter, ...names]) => !runs.some((run) => uses(run, letter, names)));
    expect(unused.map(([, , name]) => name)).toEqual([]);
  });

  it('have names of their own', () => {
    const names = scenarios.map(({ file, name }) => `${file}: ${name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
