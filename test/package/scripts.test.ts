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

  const say = (text: string) => `node -e "console.log('${text}')"`;

  it('runs the commands of its code blocks, without what is written beside them', () => {
    const readme = `${say('in the text')}\n\n    ${say('one')}   says one\n    fwaudit scan x\n\n\`\`\`sh\n${say('two')} # says two\n\`\`\`\n\n\`\`\`yaml\n${say('three')}\n\`\`\`\n`;
    expect(runReadme(readme)).toEqual({
      status: 0,
      stdout: `\n$ ${say('one')}\none\n\n$ ${say('two')}\ntwo\n`,
      stderr: '',
    });
  });

  it('leaves the checks and the tests to .ci/run', () => {
    expect(runReadme('    npm ci && npm test     the tests\n    npm run check\n')).toEqual({
      status: 0,
      stdout: '\n$ npm ci && npm test\n(run at the end)\n\n$ npm run check\n(run at the end)\n',
      stderr: '',
    });
  });

  it('takes the exit code that the README promises', () => {
    expect(runReadme('    node -e "process.exit(1)"   # exit 1: a door is open\n').status).toBe(0);
  });

  it('says which promise is broken', () => {
    const result = runReadme('# x\n\n    node -e 0 # exit 1\n    node -e "process.exit(3)"\n');
    expect(result.status).toBe(1);
    expect(result.stderr).toBe(
      'README.md:3: exit code 0, and the README promises 1: node -e 0\n' +
        'README.md:4: exit code 3, and the README promises 0: node -e "process.exit(3)"\n',
    );
  });

  it('compares the output that the README shows, whatever the day', () => {
    const command = `    ${say('a\\\\nuntil 2026-01-01\\\\nb\\\\nc')}`;
    const shown = (text: string) => runReadme(`${command}\n\n\`\`\`\n${text}\n\`\`\`\n`);
    expect(shown('a\nuntil 2030-12-31\n…\nc').status).toBe(0);
    expect(shown('c\na')).toMatchObject({
      status: 1,
      stderr: 'README.md:1: the command does not print, or not here: a\n',
    });
    expect(shown('d').status).toBe(1);
    const suggested = `    ${say('- id: ssh-management-0123abcd')}`;
    const id = (text: string) => runReadme(`${suggested}\n\n\`\`\`\n- id: ${text}\n\`\`\`\n`).status;
    expect(['ssh-management-89ef4567', 'telnet-management-0123abcd'].map(id)).toEqual([0, 1]);
    expect(runReadme(`${command}\n\nThis shows another:\n\n\`\`\`\nd\n\`\`\`\n`).status).toBe(0);
  });

  it('refuses a README without a command', () => {
    expect(runReadme('# x\n').status).toBe(1);
  });
});
