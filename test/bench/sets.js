// Measures the representation of packet sets against the ones it was chosen from (src/sets/README.md):
// node test/bench/sets.js [--rules 1000,10000] [--candidate PacketSet] [--runs 3] [--seconds 120]
// Each run is a process of its own; the one that took the least processor time counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';

const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: '1000,2000,5000,10000,50000' },
    candidate: { type: 'string' },
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '120' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'fwaudit-bench-'));
const bundle = join(folder, 'first-match.mjs');
try {
  buildSync({
    entryPoints: [fileURLToPath(new URL('sets/first-match.ts', import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const candidates = values.candidate === undefined ? run([]).result : [values.candidate];
  for (const rules of values.rules.split(',')) {
    for (const candidate of candidates) print(candidate, rules, fastest([candidate, rules]));
  }
} finally {
  rmSync(folder, { recursive: true });
}

function fastest(args) {
  const [first, ...others] = Array.from({ length: Number(values.runs) }, (_, i) => i);
  return others.reduce(
    (best) => {
      if (best.failure !== undefined) return best;
      const next = run(args);
      return next.result?.milliseconds < best.result.milliseconds ? next : best;
    },
    first === undefined ? { failure: 'not run' } : run(args),
  );
}

/** What one process printed, or why it printed nothing. */
function run(args) {
  const { stdout, stderr, error, status } = spawnSync(
    process.execPath,
    ['--max-old-space-size=3000', bundle, ...args],
    { encoding: 'utf8', timeout: 1000 * Number(values.seconds) },
  );
  if (status === 0) return { result: JSON.parse(stdout) };
  if (error?.code === 'ETIMEDOUT') return { failure: `more than ${values.seconds} s` };
  if (/heap/.test(stderr)) return { failure: 'more than 3 GB' };
  return { failure: /^RangeError: (.*)$/m.exec(stderr)?.[1] ?? stderr };
}

function print(candidate, rules, { result, failure }) {
  const outcome =
    failure ??
    `${result.milliseconds} ms of processor, ${result.megabytes} MB, ${result.pieces} pieces, ${result.shadowed} shadowed`;
  console.log(`${rules.padStart(7)} rules  ${candidate.padEnd(22)} ${outcome}`);
}
