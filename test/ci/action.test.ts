import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { builtProgram } from '../cli/program.js';
import { emptyFolder } from '../package/project.js';
import type { Action, Step } from './steps.js';
import { rootYaml, scratchRepository, writeProgram } from './steps.js';

const program = builtProgram();
const action = rootYaml('action.yml') as Action;
const { steps } = action.runs;
const reseller = 'fixtures/sonicwall/nsa-240-reseller/config.exp';
const clean = 'fixtures/sonicwall/clean/config.exp';

function stepNamed(name: string): Step {
  const step = steps.find((each) => each.name === name);
  if (step === undefined) throw new Error(`action.yml has no step ${name}`);
  return step;
}

interface StepRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs the shell of a step as the runner does, with the inputs of the action. */
function runStep(
  name: string,
  cwd: string,
  inputs: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
): StepRun {
  const { env = {}, run = '' } = stepNamed(name);
  const given = Object.entries(env).map(([variable, value]) => {
    const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1] ?? '';
    return [variable, inputs[input] ?? action.inputs[input]?.default ?? ''];
  });
  const files = emptyFolder();
  const surroundings = {
    PATH: process.env.PATH ?? '',
    HOME: files,
    GITHUB_ACTION_PATH: program.path(''),
    GITHUB_OUTPUT: join(files, 'output'),
    GITHUB_STEP_SUMMARY: join(files, 'summary'),
    ...Object.fromEntries(given),
    ...more,
  };
  // How the runner starts `shell: bash`.
  const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run];
  const { status, stdout, stderr } = spawnSync('bash', args, { cwd, env: surroundings, encoding: 'utf8' });
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const outputs = read(surroundings.GITHUB_OUTPUT)
    .trimEnd()
    .split('\n')
    .map((line) => line.split('=', 2));
  return {
    status,
    stdout,
    stderr,
    outputs: Object.fromEntries(outputs) as Readonly<Record<string, string>>,
    summary: read(surroundings.GITHUB_STEP_SUMMARY),
  };
}

describe('action.yml', () => {
  it('is a composite action whose inputs and outputs are described', () => {
    expect(action.runs.using).toBe('composite');
    for (const each of [...Object.values(action.inputs), ...Object.values(action.outputs)]) {
      expect(each.description).toMatch(/\w/);
    }
    for (const { default: value } of Object.values(action.inputs)) expect(typeof value).toBe('string');
  });

  it('uses every input, and none that there is not', () => {
    const used = new Set(
      [...JSON.stringify(steps).matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name ?? ''),
    );
    expect([...used].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it('hands inputs to the shell as variables, never as text of the script', () => {
    const scripts = steps.flatMap(({ run }) => run ?? []);
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).not.toContain('${{');
    for (const { run, shell } of steps) if (run !== undefined) expect(shell).toBe('bash');
  });

  it('names a version of each action that it uses', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used).toEqual([
      expect.stringMatching(/^actions\/setup-node@v\d+$/),
      expect.stringMatching(/^github\/codeql-action\/upload-sarif@v\d+$/),
    ]);
  });

  it('hands the report to code scanning only when asked, also when the job fails', () => {
    const { if: condition, with: given } = stepNamed('Upload to code scanning');
    expect(condition).toContain("inputs.upload-sarif == 'true'");
    expect(condition).toContain('!cancelled()');
    expect(given?.sarif_file).toBe(action.outputs.sarif?.value);
  });
});

describe('the installation', () => {
  it('builds what is not built', () => {
    const folder = emptyFolder();
    writeProgram(folder, 'bin/npm', `echo "npm $*"`);
    const place = join(folder, 'action');
    const run = runStep(
      'Install fwaudit',
      folder,
      {},
      {
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        GITHUB_ACTION_PATH: place,
      },
    );
    expect(run).toMatchObject({ status: 0, stdout: `npm ci --prefix ${place} --no-audit --no-fund\n` });
  });

  it('does nothing when it is', () => {
    expect(runStep('Install fwaudit', emptyFolder())).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });
});

describe('the audit', () => {
  it('fails the job over an open door, with annotations, a summary and SARIF', () => {
    const place = scratchRepository({ 'sites/paris/config.exp': reseller, 'README.md': 'ours' });
    const run = runStep('Audit', place);
    expect(run).toMatchObject({
      status: 1,
      stderr: '',
      outputs: { 'exit-code': '1', sarif: 'fwaudit.sarif' },
    });
    expect(run.stdout).toMatch(/^::error file=sites\/paris\/config\.exp,line=1,title=FWA-ADM-002/);
    expect(run.summary).toMatch(/^### fwaudit: \d+ open findings, at worst critical\n/);
    const [first = '', ...others] = run.summary.match(/^\| \*\*.*$/gm) ?? [];
    expect(first).toContain('203.0.113.7 (undeclared) may reach HTTPS management, tcp/443, on X1');
    expect(first).toContain('`FWA-ADM-002`');
    expect(others.filter((row) => /critical|high|FWA-ADM/.test(row))).toEqual([]);
    const sarif = JSON.parse(readFileSync(join(place, 'fwaudit.sarif'), 'utf8')) as { version: string };
    expect(sarif.version).toBe('2.1.0');
  });

  it('passes a repository without doors, and names what else is to be said of it', () => {
    const run = runStep('Audit', scratchRepository({ 'sites/metz/config.exp': clean }));
    expect(run).toMatchObject({ status: 0, outputs: { 'exit-code': '0', sarif: 'fwaudit.sarif' } });
    expect(run.summary).toMatch(/^### fwaudit: \d+ open findings, at worst low\n/);
    expect(run.summary).toMatch(/; the scan is complete\.\n$/);
    expect(run.stdout).toMatch(/^::notice file=sites\/metz\/config\.exp/);
    expect(run.stdout).not.toMatch(/^::(?:error|warning)/m);
  });

  it('has nothing to say of a clean repository where everything is explained', () => {
    const facts = [
      ['FWA-CLD-005', 'cloud-backup'],
      ['FWA-CLD-005', 'remote-backup'],
      ['FWA-IDN-001', 'c.faure'],
      ['FWA-IDN-006', 'fw-metz-1'],
      ['FWA-OBS-001', 'fw-metz-1'],
      ['FWA-PRV-004', 'fw-metz-1'],
    ];
    const explanations = facts.map(([check, subject], at) => ({
      id: `metz-${at}`,
      devices: ['fw-metz-1'],
      fact: { check, subject },
      reason: 'Agreed with the site',
      owner: 'j.dupont',
      until: '2026-12-31',
    }));
    const files = { 'sites/metz/config.exp': clean, 'fwaudit.yaml': stringify({ explanations }) };
    const place = scratchRepository(files);
    const run = runStep('Audit', place, { args: '--at=2026-11-22', 'fail-on': 'info' });
    expect(run).toMatchObject({ status: 0, stderr: '', outputs: { 'exit-code': '0' } });
    expect(run.stdout).not.toMatch(/^::/m);
    expect(run.summary).toMatch(/^### fwaudit: nothing open\n/);
    const late = runStep('Audit', place, { args: '--at=2027-01-01', 'fail-on': 'info' });
    expect(late).toMatchObject({ status: 1, outputs: { 'exit-code': '1' } });
  });

  it('finds the register of the repository, or takes the one that it is given', () => {
    const register = readFileSync('fixtures/sonicwall/nsa-240-reseller/explained.yaml', 'utf8');
    const day = { args: '--at=2026-11-22' };
    const found = scratchRepository({ 'sites/config.exp': reseller, 'fwaudit.yaml': register });
    expect(runStep('Audit', found, day).status).toBe(0);
    const named = scratchRepository({ 'sites/config.exp': reseller, 'etc/register.yaml': register });
    expect(runStep('Audit', named, day).status).toBe(1);
    expect(runStep('Audit', named, { ...day, config: 'etc/register.yaml' }).status).toBe(0);
  });

  it('takes several paths, with spaces and dashes, one a line', () => {
    const place = scratchRepository({ 'my site/config.exp': clean, '-dash/config.exp': reseller });
    const run = runStep('Audit', place, { paths: 'my site/config.exp\n-dash\n', sarif: 'out.sarif' });
    expect(run).toMatchObject({ status: 1, stderr: '', outputs: { sarif: 'out.sarif' } });
    expect(run.stdout).toContain('file=-dash/config.exp');
    expect(runStep('Audit', place, { paths: 'my site' }).status).toBe(0);
  });

  it('counts only what is new when there is a baseline', () => {
    const place = scratchRepository({ 'config.exp': reseller });
    const fwaudit = [program.path('bin/fwaudit.js'), 'scan', '.', '-f', 'json', '-o', 'base.json'];
    expect(spawnSync('node', fwaudit, { cwd: place }).status).toBe(1);
    expect(runStep('Audit', place, { baseline: 'base.json' })).toMatchObject({
      status: 0,
      summary: expect.stringMatching(/^### fwaudit: nothing new\n/),
    });
  });

  it('fails from the severity that is asked for', () => {
    const place = scratchRepository({ 'config.exp': 'fixtures/sonicwall/private-source-on-wan/config.exp' });
    const [high, medium] = ['high', 'medium'].map((severity) =>
      runStep('Audit', place, { 'fail-on': severity }),
    );
    expect([high?.status, medium?.status]).toEqual([0, 1]);
  });

  it('tells wrong usage apart, and then leaves neither report nor summary', () => {
    const place = scratchRepository({ 'config.exp': clean });
    const run = runStep('Audit', place, { config: 'nowhere.yaml' });
    expect(run).toMatchObject({ status: 2, outputs: { 'exit-code': '2' }, summary: '' });
    expect(run.outputs.sarif).toBeUndefined();
    expect(run.stderr).toContain("fwaudit: can't read nowhere.yaml");
    expect(existsSync(join(place, 'fwaudit.sarif'))).toBe(false);
  });

  it('says that a scan was incomplete', () => {
    const run = runStep(
      'Audit',
      scratchRepository({ 'config.exp': 'fixtures/sonicwall/truncated/config.exp' }),
    );
    expect(run.outputs['exit-code']).toBe('3');
    expect(run.stdout).toContain('title=The scan is incomplete');
  });

  it('takes no input for a command', () => {
    const place = scratchRepository({ 'config.exp': clean });
    const evil = '$(touch pwned); `touch pwned`; "; touch pwned #';
    for (const input of ['paths', 'config', 'baseline', 'fail-on', 'args', 'sarif']) {
      runStep('Audit', place, { [input]: evil });
    }
    expect(existsSync(join(place, 'pwned'))).toBe(false);
  });
});
