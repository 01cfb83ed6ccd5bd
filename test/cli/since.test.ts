import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtProgram, type Ended } from './program.js';

/** `--since` and `--register-from`, in a scratch repository. */

const fixtures = resolve('fixtures/sonicwall');
const text = (name: string) => readFileSync(join(fixtures, name), 'utf8');
let folder = '';

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });
}

const program = builtProgram();

function run(...args: readonly string[]): Promise<Ended> {
  return program.shell(`fwaudit scan --at 2026-11-22 ${args.join(' ')}`, folder);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'since-'));
  git('init', '-q', '-b', 'main');
  mkdirSync(join(folder, 'paris'));
  cpSync(join(fixtures, 'head-office-own/config.exp'), join(folder, 'paris/config.exp'));
  cpSync(join(fixtures, 'clean/config.exp'), join(folder, 'lyon.exp'));
  git('add', '.');
  git('commit', '-q', '-m', 'as it was');
  cpSync(join(fixtures, 'nsa-240-reseller/config.exp'), join(folder, 'paris/config.exp'));
  writeFileSync(join(folder, 'fwaudit.yaml'), text('nsa-240-reseller/explained.yaml'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('says what a change opens, and counts nothing else', async () => {
  const {
    status: code,
    stderr,
    stdout,
  } = await run('--since', 'HEAD', '--no-register', 'paris', '-f', 'json');
  expect(stderr).toMatch(
    /^fwaudit: since HEAD, this opens \d+, changes \d+, closes \d+ and leaves \d+ findings\n$/,
  );
  const report = JSON.parse(stdout) as { findings: { check: string; change: string; known: boolean }[] };
  const door = report.findings.find(({ check }) => check === 'FWA-ADM-002');
  expect([code, door?.change, door?.known]).toEqual([1, 'changed', false]);
  const left = report.findings.find(({ check }) => check === 'FWA-FWV-004');
  expect([left?.change, left?.known]).toEqual(['open', true]);
});

it('looks at what changed when nothing is named', async () => {
  const { stdout, status } = await run('--since', 'HEAD', '--no-register', '-f', 'json');
  expect(status).toBe(1);
  const report = JSON.parse(stdout) as {
    captures: { file: string; platform: string | null }[];
    summary: { complete: boolean };
  };
  expect(report.summary.complete).toBe(true);
  const read = report.captures.filter(({ platform }) => platform !== null).map(({ file }) => file);
  expect(read).toEqual(['paris/config.exp']);
});

it('finds nothing new where nothing changed', async () => {
  const { status: code, stderr } = await run(
    '--since',
    'HEAD',
    '--no-register',
    'lyon.exp',
    '--fail-on',
    'low',
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining('opens 0, changes 0, closes 0')]);
});

it('takes the register of a revision, so that one change cannot open a door and explain it', async () => {
  const mine = await run('paris', '--only', 'FWA-ADM-002');
  const theirs = await run('--register-from', 'HEAD', 'paris', '--only', 'FWA-ADM-002');
  expect([mine.status, theirs.status]).toEqual([0, 1]);
});

it.each([
  [['--since', 'nowhere', 'paris'], 'git knows no revision nowhere'],
  [['--since', '--output=x', 'paris'], ''],
  [
    ['--register-from', 'HEAD', '--config', 'other.yaml', 'paris'],
    "can't read other.yaml: it is not in HEAD",
  ],
  [['--since', 'HEAD', '--previous', 'a.json', 'paris'], '--since and --previous exclude each other'],
])('%j is wrong usage', async (args, message) => {
  const { status: code, stderr, stdout } = await run(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});
