import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtProgram } from './program.js';

/** A change under review that would silence what is found in it, in a scratch repository. */

const program = builtProgram();
const fixture = resolve('fixtures/sonicwall/nsa-240-reseller/config.exp');
let place = '';

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...identity, ...args], { cwd: join(place, 'repository'), stdio: 'pipe' });
}

function write(name: string, text: string): void {
  mkdirSync(dirname(join(place, 'repository', name)), { recursive: true });
  writeFileSync(join(place, 'repository', name), text);
}

function check(id: string, when: string, more = ''): string {
  return `id: ${id}
title: { en: ${id} }
severity: high
severityReason: a test
over: exposure
when: ${when}
message: { en: "{target.label}" }
explainable: fact
why: { en: a test }
fix: { en: none }
references: [a test]
tags: []
examples: { finds: [a], passes: [b] }
${more}`;
}

const WATCHED = ['ACME-ADM-001', 'ACME-ADM-002', 'FWA-ADM-002', 'FWA-FWV-004'];

/** What is open of the checks that a change might silence: `ACME-ADM-001 high`. */
async function found(args = '', from = '.'): Promise<readonly string[]> {
  const line = `fwaudit scan --at 2026-11-22 -f json ${args}`;
  const { stdout, stderr } = await program.shell(line, join(place, 'repository', from));
  expect(stderr).toBe('');
  const { findings } = JSON.parse(stdout) as {
    findings: { check: string; severity: string; status: string }[];
  };
  const open = findings.filter(({ check, status }) => WATCHED.includes(check) && status === 'open');
  return [...new Set(open.map(({ check, severity }) => `${check} ${severity}`))].sort();
}

const AS_IT_WAS = ['ACME-ADM-001 high', 'FWA-ADM-002 critical', 'FWA-FWV-004 high'];
const SILENT = ['ACME-ADM-002 info', 'FWA-FWV-004 low'];
const SSH_KEPT = 'exposure.target.self && unlogged';

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'register-from-'));
});
beforeEach(() => {
  rmSync(join(place, 'repository'), { recursive: true, force: true });
  mkdirSync(join(place, 'repository'));
  git('init', '-q', '-b', 'main');
  write('fwaudit.yaml', 'checks: { folders: [own], severity: { FWA-FWV-004: high } }\n');
  write('own/a.yaml', check('ACME-ADM-001', SSH_KEPT));
  write('own/shared.yaml', 'macros: { unlogged: { about: a, over: exposure, when: exposure.unlogged } }\n');
  mkdirSync(join(place, 'repository/sites'));
  cpSync(fixture, join(place, 'repository/sites/config.exp'));
  git('add', '.');
  git('commit', '-q', '-m', 'as it was');
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** What somebody would do who wants his own door overlooked. */
function silence(): void {
  const severity = 'severity: { FWA-FWV-004: low, ACME-ADM-002: info }';
  write('fwaudit.yaml', `checks: { folders: [own], skip: [ACME-ADM-001], ${severity} }\n`);
  write('own/a.yaml', check('ACME-ADM-001', '1 == 2'));
  write('own/b.yaml', check('ACME-ADM-002', 'exposure.target.self', 'supersedes: [FWA-ADM-002]\n'));
  write('own/shared.yaml', 'macros: { unlogged: { about: a, over: exposure, when: 1 == 2 } }\n');
}

describe('a change that silences its own finding', () => {
  beforeEach(silence);

  it('does so in the working tree, or once it is the base', async () => {
    expect(await found('sites')).toEqual(SILENT);
    git('add', '.');
    git('commit', '-q', '-m', 'silenced');
    expect(await found('--register-from HEAD sites')).toEqual(SILENT);
    expect(await found('--register-from HEAD~1 sites')).toEqual(AS_IT_WAS);
  });

  it.each([
    ['--register-from HEAD sites', '.'],
    ['--register-from HEAD config.exp', 'sites'],
    ['--register-from HEAD --config ../fwaudit.yaml config.exp', 'sites'],
  ])('does not with %s in %s', async (args, from) => {
    expect(await found(args, from)).toEqual(AS_IT_WAS);
  });

  it.each([
    ['--checks own sites', '.'],
    ['--checks ./own/ sites', '.'],
    ['--checks ../own config.exp', 'sites'],
    [`--checks "$PWD/own" sites`, '.'],
  ])('does not when the command line names the folder: %s in %s', async (args, from) => {
    git('rm', '-q', '--cached', 'fwaudit.yaml');
    git('commit', '-q', '-m', 'no register');
    expect(await found(`--register-from HEAD ${args}`, from)).toEqual([
      'ACME-ADM-001 high',
      'FWA-ADM-002 critical',
      'FWA-FWV-004 medium',
    ]);
  });

  it('does not by putting a link to elsewhere in the place of the folder', async () => {
    const elsewhere = mkdtempSync(join(place, 'elsewhere-'));
    cpSync(join(place, 'repository/own'), elsewhere, { recursive: true });
    rmSync(join(place, 'repository/own'), { recursive: true });
    symlinkSync(elsewhere, join(place, 'repository/own'));
    expect(await found('--register-from HEAD sites')).toEqual(AS_IT_WAS);
    expect(await found('--register-from HEAD --only ACME-ADM-001 sites')).toEqual(['ACME-ADM-001 high']);
  });

  it('does not by removing the folder', async () => {
    rmSync(join(place, 'repository/own'), { recursive: true });
    expect(await found('--register-from HEAD sites')).toEqual(AS_IT_WAS);
  });
});

it('reads a folder outside the repository as it stands', async () => {
  const elsewhere = mkdtempSync(join(place, 'elsewhere-'));
  writeFileSync(join(elsewhere, 'b.yaml'), check('ACME-ADM-002', 'exposure.target.self'));
  const named = `--register-from HEAD --checks '${elsewhere}' --only ACME-ADM-002 sites`;
  expect(await found(named)).toEqual(['ACME-ADM-002 high']);
});

it('takes a folder that the revision does not have for a mistake', async () => {
  write('new/b.yaml', check('ACME-ADM-002', 'exposure.target.self', 'supersedes: [FWA-ADM-002]\n'));
  const line = 'fwaudit scan --register-from HEAD --checks new sites';
  const { status, stdout, stderr } = await program.shell(line, join(place, 'repository'));
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    'fwaudit: new holds no checks in HEAD\n  --register-from reads checks of your own from that revision too\n',
  );
});
