import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { platforms } from '../../src/platforms/index.js';
import { root } from '../package/project.js';
import { builtProgram } from './program.js';
import { layOut } from './scenario.js';

/** README.md shows what the program prints, and nothing else. */

const program = builtProgram();
const readme = readFileSync(join(root, 'README.md'), 'utf8');

interface Shown {
  readonly command: string;
  readonly output: string;
}

/** Commands with a block of output right below. */
const shown: readonly Shown[] = [...readme.matchAll(/^ {4}(\S.*)\n\n```\n([\s\S]*?)\n```$/gm)].map(
  ([, command = '', output = '']) => ({ command, output }),
);

/** The command as a shell runs it: this program, without the installation and what is written beside. */
function runnable(command: string): string {
  return command
    .replace(/\s+#.*$/, '')
    .replace('npm ci && ', '')
    .replace('node bin/fwaudit.js', 'fwaudit');
}

/** The day on which the README's runs were printed: what would explain a door, and its id, go by the day. */
const PRINTED = '2026-11-22';

/** What is printed, without the lines that the README leaves out for `…`: they change with every check. */
function shortened(printed: string, output: string): string {
  const [before = '', behind] = output.split('\n …\n');
  if (behind === undefined || !printed.startsWith(before) || !printed.endsWith(behind)) return printed;
  return `${before}\n …\n${behind}`;
}

describe('README.md', () => {
  it.for(shown)('shows what this prints: $command', async ({ command, output }) => {
    const that = runnable(command);
    const dayless = that.startsWith('fwaudit scan ') && !that.includes('--at ');
    const onTheDay = dayless ? `${that} --at ${PRINTED}` : that;
    const { status, stdout, stderr } = await program.shell(onTheDay, root);
    const [printed, expected] = [stdout.trimEnd(), output.trimEnd()];
    expect({ stderr, stdout: shortened(printed, expected) }).toEqual({ stderr: '', stdout: expected });
    expect(status).toBe(Number(/# exit (\d)/.exec(command)?.[1] ?? 0));
  });

  it('shows the first run, the explained one, a trace and a query', () => {
    const commands = shown.map(({ command }) => runnable(command).split(' ').slice(0, 2).join(' '));
    expect(commands).toEqual(['fwaudit scan', 'fwaudit scan', 'fwaudit trace', 'fwaudit query']);
    expect(shown[0]?.output).not.toContain('\n …\n');
  });

  it('shows a register that explains what it names', async ({ onTestFinished }) => {
    const [, register = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    const copies = {
      'a.exp': 'sonicwall/nsa-240-reseller/config.exp',
      'b.exp': 'sonicwall/private-source-on-wan/config.exp',
    };
    const folder = layOut({ copies, files: { 'fwaudit.yaml': register } }, onTestFinished);
    const { status, stdout } = await program.shell('fwaudit scan . --at 2026-12-01 -f json', folder);
    const report = JSON.parse(stdout) as AuditReport;
    expect(report.explanations.map(({ id, status: fare }) => [id, fare])).toEqual([
      ['acme-on-call', 'used'],
      ['monitoring', 'used'],
    ]);
    expect(report.summary).toMatchObject({ open: {}, complete: true });
    expect(status).toBe(0);
  });

  it('prints lines that explain the door once somebody has filled them in', async ({ onTestFinished }) => {
    const lines = /under explanations:\n([\s\S]*?)\n\n/.exec(shown[0]?.output ?? '')?.[1] ?? '';
    const folder = layOut(
      {
        copies: { 'config.exp': 'sonicwall/nsa-240-reseller/config.exp' },
        files: { 'fwaudit.yaml': `explanations:\n${lines.replaceAll(/<.*>$/gm, 'somebody')}\n` },
      },
      onTestFinished,
    );
    const { status, stdout } = await program.shell('fwaudit scan config.exp --at 2026-12-01', folder);
    expect(stdout).toMatch(/^ explained HTTPS management on X1 from 203\.0\.113\.7 by https-management-/m);
    expect(status).toBe(0);
  });

  it('names the options of the commands as they are', async () => {
    const named = new Set([...readme.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option));
    const texts = ['secrets', 'redact', 'anonymise', 'convert'];
    const commands = ['scan', 'trace', 'query', 'checks', 'collect', ...texts];
    const help = await Promise.all(
      commands.map((command) => program.shell(`fwaudit ${command} --help`, root)),
    );
    const printed = help.map(({ stdout }) => stdout).join('\n');
    const known = new Set([...printed.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option));
    const others = ['--no-register', '--global'];
    expect([...named].filter((option) => !known.has(option) && !others.includes(option))).toEqual([]);
  });

  it('lists the platforms as the registry has them, each with its page', () => {
    const rows = platforms.map(({ id, name, formats }) => {
      expect(existsSync(join(root, 'src/platforms', id, 'README.md'))).toBe(true);
      return `| [${name}](src/platforms/${id}/README.md) | ${formats.join('; ')} |`;
    });
    const table = ['| platform | reads |', '| --- | --- |', ...rows].join('\n');
    const [, found] = /<!-- platforms -->\n([\s\S]*?)\n<!-- \/platforms -->/.exec(readme) ?? [];
    expect(found).toBe(table);
  });

  it('points at pages that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
    const pages = links.filter((target) => !/^[a-z]+:/.test(target));
    expect(pages.length).toBeGreaterThan(platforms.length);
    expect(pages.filter((target) => !existsSync(join(root, target)))).toEqual([]);
    const others = links.filter((target) => !pages.includes(target));
    expect(others.filter((target) => !/^https?:\/\/[\w.-]+\.[a-z]+(?:\/\S*)?$/.test(target))).toEqual([]);
  });
});
