import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { fixturePath, readExpectedBadInput } from '../fixtures/expected.js';
import { builtProgram } from './program.js';
import { layOut } from './scenario.js';

/** What the program is handed by mistake ends as `fixtures/bad-input/expected.json` says. */

const program = builtProgram();
const { inputs, registers } = readExpectedBadInput();

const good = {
  copies: {
    'clean.exp': 'sonicwall/clean/config.exp',
    'reseller.exp': 'sonicwall/nsa-240-reseller/config.exp',
  },
};

/** The good inputs, with one bad one beside them under its own name. */
function place(path: string, onFinished: (remove: () => void) => void): string {
  const folder = layOut(good, onFinished);
  const from = fixturePath('bad-input', path);
  if (existsSync(from)) cpSync(from, join(folder, path), { recursive: true });
  return folder;
}

function reportOf(text: string): AuditReport {
  return JSON.parse(text) as AuditReport;
}

/** Diagnostics about one input: its own, or those of what stands in it. */
function codesOf(report: AuditReport, path: string): readonly string[] {
  return report.diagnostics.filter(({ location }) => location?.file === path).map(({ code }) => code);
}

describe.each(inputs)('$path', ({ path, exit, codes }) => {
  it('is one clear line, and its exit code', async ({ onTestFinished }) => {
    const folder = place(path, onTestFinished);
    const { status, stdout, stderr } = await program.shell(`fwaudit scan ${path} -o.json out.json`, folder);
    expect({ status, stderr }).toEqual({ status: exit, stderr: '' });
    expect(stdout).toMatch(/^ scan incomplete: \d+ (input|problem)/m);
    const report = reportOf((await program.shell('cat out.json', folder)).stdout);
    expect(codesOf(report, path)).toEqual(expect.arrayContaining([...codes]));
    const told = stdout.split('\n').filter((line) => /^ (unread|problem) /.test(line));
    expect(told).toHaveLength(new Set(report.diagnostics.map(({ code }) => code)).size);
    expect(stdout).not.toMatch(/^ +at .*\(/m);
  });

  it('leaves a clean appliance beside it audited, and the scan incomplete', async ({ onTestFinished }) => {
    const folder = place(path, onTestFinished);
    const { status, stdout } = await program.shell(`fwaudit scan ${path} clean.exp -f json`, folder);
    const report = reportOf(stdout);
    expect({ status, complete: report.summary.complete }).toEqual({ status: 3, complete: false });
    expect(report.devices.find((device) => device.file === 'clean.exp')?.outcomes['FWA-ADM-002']).toBe(
      'pass',
    );
  });

  it('leaves a door beside it found', async ({ onTestFinished }) => {
    const folder = place(path, onTestFinished);
    const { status, stdout } = await program.shell(`fwaudit scan reseller.exp ${path} -f json`, folder);
    const report = reportOf(stdout);
    expect({ status, complete: report.summary.complete }).toEqual({ status: 1, complete: false });
    expect(report.findings.map(({ check }) => check)).toContain('FWA-ADM-002');
    expect(codesOf(report, path)).toEqual(expect.arrayContaining([...codes]));
  });
});

describe.each(['image.png', 'no-such-file.exp'])('%s', (path) => {
  it('stops no other command', async ({ onTestFinished }) => {
    const folder = place(path, onTestFinished);
    const run = (line: string) => program.shell(`fwaudit ${line}`, folder);
    const converted = await run(`convert clean.exp ${path}`);
    expect(converted).toMatchObject({ status: 3, stdout: expect.stringContaining('"id": "fw-metz-1"') });
    const asked = await run(`query reseller.exp ${path} --admin`);
    expect(asked).toMatchObject({ status: 3, stdout: expect.stringContaining('from 203.0.113.7') });
    const traced = await run(`trace reseller.exp ${path} --from 203.0.113.7 --to 198.51.100.2:443/tcp`);
    expect(traced).toMatchObject({ status: 3, stdout: expect.stringContaining('permitted') });
    for (const { stderr } of [converted, asked, traced]) expect(stderr).toContain(`fwaudit: ${path}`);
  });
});

describe.each(registers)('$path', ({ path, exit, line, column, says }) => {
  it.for([
    'scan clean.exp',
    'scan clean.exp -vv --debug',
    'query clean.exp',
    'trace clean.exp --from 203.0.113.7 --to 198.51.100.2:443/tcp',
  ])('stops fwaudit %s, with its place', async (command, { onTestFinished }) => {
    const folder = place(path, onTestFinished);
    const { status, stdout, stderr } = await program.shell(`fwaudit ${command} --config ${path}`, folder);
    expect({ status, stdout }).toEqual({ status: exit, stdout: '' });
    const [first = '', ...rest] = stderr.trimEnd().split('\n');
    expect(first.startsWith(`fwaudit: ${path}:${line}:${column}: `)).toBe(true);
    expect(first).toContain(says);
    expect(rest.filter((each) => !each.startsWith('    at '))).toEqual([]);
  });
});

describe('all of it in one folder', () => {
  it('is told, each by name, and the good ones are audited', async ({ onTestFinished }) => {
    const folder = layOut({ copies: { ...good.copies, bad: 'bad-input' } }, onTestFinished);
    const { status, stdout, stderr } = await program.shell('fwaudit scan .', folder);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    for (const name of ['empty.exp', 'foreign.exp', 'utf-16.exp']) {
      expect(stdout).toMatch(new RegExp(`^ unread    bad/${name}: `, 'm'));
    }
    expect(stdout).toMatch(/^ problem {3}bad\/truncated-base64\.exp /m);
    expect(stdout).toContain('clean.exp   TZ 300');
    expect(stdout).toContain('203.0.113.7 (undeclared) may reach HTTPS management');
  });
});
