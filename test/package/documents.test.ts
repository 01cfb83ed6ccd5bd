import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './project.js';

const { scripts, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
  version: string;
};

/** Paths that a document names in code spans: `src/report/index.ts`; not those with a placeholder in them. */
function namedPaths(text: string): readonly string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return spans.filter((span) => /^(\.ci|bin|fixtures|rules|scripts|src|test)\/[\w./-]*$/.test(span));
}

describe.each(['README.md', 'CONTRIBUTING.md'])('%s', (name) => {
  const text = readFileSync(join(root, name), 'utf8');

  it('names only files and folders that exist', () => {
    expect(namedPaths(text).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names only scripts that package.json has', () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
    expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  it('points at the contracts', () => {
    const paths = namedPaths(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));
    expect(paths).toEqual(
      expect.arrayContaining([
        'src/platforms/platform.ts',
        'src/report/format.ts',
        'rules/schema.json',
        'test/conformance/',
      ]),
    );
  });
});

describe('CHANGELOG.md', () => {
  it('has a heading for this version', () => {
    const headings = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').match(/^## .*$/gm) ?? [];
    expect(headings.some((heading) => heading.includes(version) || /unreleased/i.test(heading))).toBe(true);
  });
});
