import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldsOf, RECORDS, SUBJECTS } from '../../src/checks/fields.js';
import { FUNCTIONS } from '../../src/checks/functions.js';
import { loadCheck } from '../../src/checks/load.js';
import { builtInPack } from './worlds.js';

/** rules/README.md says what the code does: its tables are those that the code gives. */

const readme = readFileSync('rules/README.md', 'utf8');

function section(name: string): string {
  const [, text] = new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)\n<!-- /${name} -->`).exec(readme) ?? [];
  return text ?? `no section ${name}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}

function recordTable(name: string): string {
  const rows = Object.entries(fieldsOf(name) ?? {}).map(([field, { type, about }]) => [
    `\`${field}\``,
    type,
    about,
  ]);
  return table(['field', 'type', 'what it says'], rows);
}

function subjectsSection(): string {
  const subjects = Object.entries(SUBJECTS).map(([over, { variable, record }]) => {
    return `### over: ${over}\n\nThe variable is \`${variable}\`.\n\n${recordTable(record)}`;
  });
  const own = new Set<string>(Object.values(SUBJECTS).map(({ record }) => record));
  const parts = Object.keys(RECORDS)
    .filter((name) => !own.has(name))
    .map((name) => `### ${name}\n\n${recordTable(name)}`);
  return [...subjects, ...parts].join('\n\n');
}

function functionsSection(): string {
  const rows = FUNCTIONS.map(({ signatures, about }) => [
    signatures.map((each) => `\`${each}\``).join(', '),
    about,
  ]);
  return table(['function', 'true when, or what it gives'], rows);
}

function checksSection(): string {
  const rows = builtInPack().checks.map((check) => [
    `[${check.id}](${check.id}.yaml)`,
    check.severity,
    check.title.en,
    check.over,
    check.supersedes.join(', ') || '–',
  ]);
  return table(['id', 'severity', 'finds', 'over', 'supersedes'], rows);
}

describe('rules/README.md', () => {
  it('lists the built-in checks', () => {
    expect(section('checks')).toBe(checksSection());
  });

  it('lists the fields', () => {
    expect(section('fields')).toBe(subjectsSection());
  });

  it('lists the functions', () => {
    expect(section('functions')).toBe(functionsSection());
  });

  it('shows an example that loads', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(loadCheck(example, 'rules/README.md').id).toBe('ACME-ADM-001');
  });

  it('and docs/checks are as scripts/rule-docs.js writes them', () => {
    const { status, stderr } = spawnSync('node', ['scripts/rule-docs.js', '--check'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
