import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formats } from '../../src/report/index.js';
import type { Expected } from '../fixtures/expected.js';
import { fixtureCases } from '../support/run.js';
import { builtProgram } from './program.js';
import { layOut } from './scenario.js';

/** What the fixtures plant as secrets appears in no output of any command. */

const program = builtProgram();

const commands = [
  'scan -vv --debug INPUT',
  `scan -vv INPUT ${formats.map(({ id }) => `-o.${id} out.${id}`).join(' ')}; cat out.*`,
  'convert --debug INPUT',
  'secrets INPUT',
  'secrets -f json INPUT',
  'redact INPUT',
  'anonymise INPUT',
  'query --debug INPUT',
  'query -f json INPUT',
  'trace -v --debug INPUT --from 203.0.113.7 --to 198.51.100.2:443/tcp',
  'trace -f json INPUT --from 203.0.113.7 --to 198.51.100.2:443/tcp',
];

function expectedOf(folder: string): Expected {
  return JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
}

const planted = fixtureCases()
  .map((each) => ({ ...each, secrets: expectedOf(each.folder).runs.flatMap(({ notIn }) => notIn) }))
  .filter(({ secrets }) => secrets.length > 0);

describe.each(planted)('$platform $name', ({ platform, name, configs, secrets }) => {
  it.for(commands)('fwaudit %s', async (command, { onTestFinished }) => {
    const names = configs.map((config) => basename(config));
    const copies = names.map((config) => [config, `${platform}/${name}/${config}`] as const);
    const place = layOut({ copies: Object.fromEntries(copies) }, onTestFinished);
    const line = `fwaudit ${command.replace('INPUT', names.join(' '))} 2>&1`;
    const { stdout } = await program.shell(line, place);
    expect(stdout).not.toBe('');
    for (const secret of secrets) expect(stdout).not.toContain(secret);
  });
});

describe('the fixtures', () => {
  it('plant secrets', () => {
    expect(planted.map(({ name }) => name)).toContain('secrets-and-escapes');
  });
});
