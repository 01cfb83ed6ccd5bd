import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { builtProgram } from './program.js';

/** `fwaudit checks`, and checks of one's own. */

const program = builtProgram();
const fixtures = resolve('fixtures');
let folder = '';

function check(id: string, fields: Readonly<Record<string, string>> = {}): string {
  const all = {
    id,
    title: '{ en: A rule without a log }',
    severity: 'medium',
    severityReason: a('test'),
    over: 'exposure',
    when: 'exposure.target.self && exposure.unlogged',
    message: '{ en: "{rules} does not log" }',
    explainable: 'fact',
    why: '{ en: a test }',
    fix: '{ en: switch it on }',
    references: '[a test]',
    tags: '[]',
    examples: `{ finds: ["${fixtures}/sonicwall/nsa-240-reseller"], passes: ["${fixtures}/fortigate/hardened"] }`,
    ...fields,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

function a(text: string): string {
  return JSON.stringify(text);
}

/** A folder of checks of its own, by the names of its files. */
function pack(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  return name;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'checks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (line: string, env: Readonly<Record<string, string>> = {}) => program.shell(line, folder, env);

it('lists every check on a line', async () => {
  const { stdout, status } = await run('fwaudit checks list');
  expect(status).toBe(0);
  expect(stdout.trimEnd().split('\n').length).toBeGreaterThanOrEqual(70);
  expect(stdout).toContain('FWA-ADM-002  critical  A third party can administer the firewall\n');
});

it('explains one, in the language that is asked for', async () => {
  const english = await run('fwaudit checks show fwa-adm-002');
  const french = await run('fwaudit checks show FWA-ADM-002 --lang fr');
  const around = await run('fwaudit checks show FWA-ADM-002', { LANG: 'fr_FR.UTF-8' });
  expect(english.stdout).toMatch(/^FWA-ADM-002: A third party can administer the firewall\n/);
  expect(french.stdout).toMatch(/^FWA-ADM-002: Un tiers peut administrer le pare-feu\n/);
  expect(around.stdout).toBe(french.stdout);
});

it('holds the examples of a folder', async () => {
  const good = pack('good', { 'a.yaml': check('ACME-LOG-001') });
  const { stdout, status } = await run(`fwaudit checks test ${good}`);
  expect([status, stdout.match(/^ok/gm)?.length]).toEqual([0, 2]);
});

it('breaks a check off that takes too long, and says that the scan is incomplete', async () => {
  const numbers = Array.from({ length: 4000 }, (_, n) => String(n)).join(', ');
  const slow = pack('slow', {
    'a.yaml': check('ACME-LOG-001', {
      when: 'numbers.exists(a, numbers.exists(b, a + b == exposure.device))',
    }),
    'shared.yaml': `lists: { numbers: { about: many, values: ["${numbers.replaceAll(', ', '", "')}"] } }\n`,
  });
  const clean = `${fixtures}/sonicwall/clean/config.exp`;
  const fine = await run(`fwaudit scan --no-register --fail-on critical ${clean}`);
  const { status, stdout } = await run(
    `fwaudit scan --no-register --fail-on critical ${clean} --checks ${slow} -f json`,
  );
  const report = JSON.parse(stdout) as AuditReport;
  expect([fine.status, status, report.summary.complete]).toEqual([0, 3, false]);
  expect(report.diagnostics.filter(({ incomplete }) => incomplete).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^ACME-LOG-001 could not be evaluated on \d+ of \d+: it took longer than 1000 ms$/),
  ]);
  expect(report.devices.map(({ outcomes }) => outcomes['ACME-LOG-001'])).toEqual(['unknown']);
});

it('runs them with the built-in ones, selects and grades', async () => {
  const mine = pack('mine', { 'a.yaml': check('ACME-LOG-001') });
  const config = `${fixtures}/sonicwall/nsa-240-reseller/config.exp`;
  const { stdout } = await run(
    `fwaudit scan --no-register ${config} --checks ${mine} --only ACME-LOG-001 --severity ACME-LOG-001=info -f json`,
  );
  const { findings } = JSON.parse(stdout) as { findings: { check: string; severity: string }[] };
  expect(findings.map((each) => [each.check, each.severity])).toEqual([['ACME-LOG-001', 'info']]);
});

it('does the same from the register', async () => {
  pack('rules', { 'a.yaml': check('ACME-LOG-001') });
  const register =
    'checks: { folders: [rules], skip: [FWA-ADM-002], severity: { ACME-LOG-001: critical } }\n';
  writeFileSync(join(folder, 'fwaudit.yaml'), register);
  const config = `${fixtures}/sonicwall/nsa-240-reseller/config.exp`;
  const { stdout } = await run(`fwaudit scan --config fwaudit.yaml ${config} -f json`);
  const { findings } = JSON.parse(stdout) as { findings: { check: string; severity: string }[] };
  const ids = findings.map(({ check: id }) => id);
  expect([
    ids.includes('FWA-ADM-002'),
    findings.find(({ check: id }) => id === 'ACME-LOG-001')?.severity,
  ]).toEqual([false, 'critical']);
  rmSync(join(folder, 'fwaudit.yaml'));
});

const LOOP = `macros:
  one: { over: exposure, about: a, when: two }
  two: { over: exposure, about: b, when: one }
`;

it.each<[string, Readonly<Record<string, string>>, string]>([
  [
    'an unknown field',
    { 'a.yaml': `${check('ACME-LOG-001')}sevrity: low\n` },
    'a.yaml:14:1: unknown field "sevrity"',
  ],
  [
    'a type error',
    { 'a.yaml': check('ACME-LOG-001', { when: 'exposure.party' }) },
    'a.yaml:6:7: the condition must be true or false',
  ],
  ['a misspelt field', { 'a.yaml': check('ACME-LOG-001', { when: 'exposure.anyon' }) }, '^'],
  [
    'a misspelt setting',
    {
      'a.yaml': check('ACME-LOG-001', {
        over: 'setting',
        when: "setting.name == 'log-sever'",
        message: '{ en: x }',
      }),
    },
    'did you mean log-server?',
  ],
  [
    'a catastrophic pattern',
    { 'a.yaml': check('ACME-LOG-001', { when: 'exposure.party.matches("^(a+)+$")' }) },
    'matches() can run for minutes',
  ],
  [
    'a circle of macros',
    { 'a.yaml': check('ACME-LOG-001'), 'shared.yaml': LOOP },
    'shared.yaml:2:42: macros lead in a circle: one → two → one',
  ],
  ['an id that is taken', { 'a.yaml': check('FWA-ADM-002') }, 'the id FWA-ADM-002 is taken by'],
  [
    'an example that is not there',
    { 'a.yaml': check('ACME-LOG-001', { examples: '{ finds: [nowhere], passes: [nowhere] }' }) },
    'a.yaml:13:21: ACME-LOG-001: there is no such example\n',
  ],
  [
    'an example that does not hold',
    { 'a.yaml': check('ACME-LOG-001', { when: 'exposure.anyone' }) },
    'ACME-LOG-001: an example does not hold\n',
  ],
])('%s is exit code 2, with its place', async (name, files, message) => {
  const bad = pack(name.replaceAll(' ', '-'), files);
  const { stderr, status } = await run(`fwaudit checks test ${bad}`);
  expect(stderr).toContain(message);
  expect(stderr).toMatch(/^fwaudit: [\w/-]+\.yaml:\d+:\d+: .+\n {2}\s*\S.*\n +\^(\n {2}\S.*)*\n$/);
  expect(status).toBe(2);
});

it.each([
  ['fwaudit checks', 'checks needs list, show ID or test'],
  ['fwaudit checks show', 'checks show needs an id'],
  ['fwaudit checks show FWA-ADM-020', 'there is no check FWA-ADM-020'],
  ['fwaudit checks list more', 'checks needs list, show ID or test'],
  ['fwaudit checks test nowhere', "can't read nowhere: no such file or folder"],
  ['fwaudit checks test', 'no folder of checks to test'],
])('%s is wrong usage', async (line, message) => {
  const { stderr, stdout, status } = await run(line);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});
