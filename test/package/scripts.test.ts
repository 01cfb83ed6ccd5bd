import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, root, run, writeFiles } from './project.js';

describe('scripts/count-reporter.js', () => {
  function lastLine(tests: string): { readonly status: number | null; readonly line: string | undefined } {
    const folder = emptyFolder();
    writeFiles(folder, { 'a.test.js': tests });
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const reporter = join(root, 'scripts/count-reporter.js');
    const args = [
      vitest,
      'run',
      '--globals',
      '--root',
      folder,
      '--reporter',
      'default',
      '--reporter',
      reporter,
    ];
    const { status, stdout } = run('node', args, folder);
    return { status, line: stdout.trimEnd().split('\n').at(-1) };
  }

  it('ends the output with what passed', () => {
    expect(lastLine("it('a', () => {}); it('b', () => {});")).toEqual({
      status: 0,
      line: '2 passed, 0 failed',
    });
  });

  it('counts what failed and what was skipped', () => {
    const tests = "it('a', () => {}); it('b', () => { throw new Error('b'); }); it.skip('c', () => {});";
    expect(lastLine(tests)).toEqual({ status: 1, line: '1 passed, 1 failed, 1 skipped' });
  });

  it.each([
    ['a file that does not load', "import './nowhere.js';", '0 passed, 1 failed'],
    [
      'a suite whose set-up fails',
      "describe('s', () => { beforeAll(() => { throw new Error('s'); }); it('a', () => {}); });",
      '0 passed, 1 failed, 1 skipped',
    ],
    [
      'an error outside any test',
      "it('a', () => { setTimeout(() => { throw new Error('later'); }); return new Promise((r) => setTimeout(r, 20)); });",
      '1 passed, 1 failed',
    ],
  ])('counts %s as failed', (_, tests, line) => {
    expect(lastLine(tests)).toEqual({ status: 1, line });
  });
});

describe('scripts/readme-commands.js', () => {
  function runReadme(readme: string) {
    const folder = emptyFolder();
    writeFiles(folder, { 'README.md': readme });
    return run('node', [join(root, 'scripts/readme-commands.js')], folder);
  }

  it('runs every line of the sh blocks and of no other', () => {
    const result = runReadme(
      '```sh\necho one\n\n# a remark\necho two \\\n  three\n```\n\n```yaml\necho: four\n```\n',
    );
    expect(result).toEqual({
      status: 0,
      stdout: '\n$ echo one\none\n\n$ echo two   three\ntwo three\n',
      stderr: '',
    });
  });

  it('takes the exit code that the README promises', () => {
    expect(runReadme('```sh\n(exit 1)   # exit 1: a door is open\n```\n').status).toBe(0);
  });

  it('says which promise is broken', () => {
    const result = runReadme('# x\n\n```sh\ntrue # exit 1\nfalse\n```\n');
    expect(result.status).toBe(1);
    expect(result.stderr).toBe(
      'README.md:4: exit code 0, and the README promises 1: true\nREADME.md:5: exit code 1, and the README promises 0: false\n',
    );
  });

  it('refuses a README without a command', () => {
    expect(runReadme('# x\n').status).toBe(1);
  });
});
