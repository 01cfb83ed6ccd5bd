import { readFileSync } from 'node:fs';
import type { Plugin } from 'vitest/config';
import { defineConfig } from 'vitest/config';

/** Imports a .tsv file as its text, as the build does. */
function tsvAsText(): Plugin {
  return {
    name: 'tsv-as-text',
    enforce: 'pre',
    load(id) {
      const file = id.split('?', 1)[0] ?? id;
      if (!file.endsWith('.tsv')) return null;
      this.addWatchFile(file);
      return { code: `export default ${JSON.stringify(readFileSync(file, 'utf8'))};`, map: null };
    },
  };
}

export default defineConfig({
  plugins: [tsvAsText()],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Threads share one process: half the start-up of forks on a small machine.
    pool: 'threads',
    maxWorkers: 2,
    reporters: ['default', './scripts/count-reporter.js'],
  },
});
