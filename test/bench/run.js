// Measures whole processes against `node -e 0` in the same run, so that the ratios mean the same on
// any machine. `--strict` exits 1 over budget; `--runs N` measures each command N times.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin/fwaudit.js');
const realExport = join(root, '../shared/corpus/sonicwall/nsa4600-6.2.2.1-14n.exp');

const warmUps = 2;

try {
  main();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}

function main() {
  const { values } = parseArgs({
    options: { strict: { type: 'boolean', default: false }, runs: { type: 'string', default: '15' } },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) {
    console.error(`--runs takes a whole number from 1, not ${values.runs}`);
    process.exitCode = 2;
    return;
  }
  const baseline = { name: 'node -e 0', argv: ['-e', '0'], exits: [0] };
  const subjects = [
    { name: 'fwaudit --version', argv: [program, '--version'], exits: [0], budget: 2 },
    scanSubject(),
  ];
  const measured = measure([baseline, ...subjects], runs);
  const rows = subjects.map((subject) => toRow(subject, measured));
  print(measured.get(baseline.name), rows, runs);
  if (values.strict && rows.some((row) => !row.ok)) process.exitCode = 1;
}

function scanSubject() {
  const file = existsSync(realExport) ? realExport : biggestFixture();
  if (file !== realExport) {
    console.log(
      `skipped: the real export is not here; scanning the biggest fixture, ${relative(root, file)}\n`,
    );
  }
  const size = Math.round(statSync(file).size / 1000);
  // A finding (1) or an incomplete scan (3) is a whole scan too; 2 would be a refusal.
  return {
    name: `fwaudit scan ${basename(file)}, ${size} kB`,
    argv: [program, 'scan', file],
    exits: [0, 1, 3],
    budget: 5,
  };
}

function biggestFixture() {
  const fixtures = join(root, 'fixtures');
  const configurations = readdirSync(fixtures, { recursive: true })
    .filter((path) => /^config\./.test(basename(path)))
    .map((path) => join(fixtures, path));
  if (configurations.length === 0) throw new Error('fixtures/ holds no configuration to scan');
  return configurations.reduce((a, b) => (statSync(b).size > statSync(a).size ? b : a));
}

/** Milliseconds by name. The subjects take turns, so that a slow moment of the machine meets them all. */
function measure(subjects, runs) {
  const times = new Map(subjects.map((subject) => [subject.name, []]));
  for (let round = -warmUps; round < runs; round += 1) {
    for (const subject of subjects) {
      const milliseconds = runOnce(subject);
      if (round >= 0) times.get(subject.name).push(milliseconds);
    }
  }
  return times;
}

function runOnce({ name, argv, exits }) {
  const started = performance.now();
  const { status, stderr, error } = spawnSync(process.execPath, argv, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const milliseconds = performance.now() - started;
  if (error) throw error;
  if (!exits.includes(status)) throw new Error(`${name}: exit code ${status}\n${stderr}`);
  return milliseconds;
}

/** The ratio is the median of the rounds' own ratios: each round is compared with its own baseline. */
function toRow({ name, budget }, measured) {
  const baseline = measured.get('node -e 0');
  const times = measured.get(name);
  const ratio = median(times.map((time, round) => time / baseline[round]));
  return { name, milliseconds: median(times), ratio, budget, ok: ratio <= budget };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function print(baseline, rows, runs) {
  const width = Math.max(...rows.map((row) => row.name.length));
  console.log(
    `${cpus().length} CPUs, Node ${process.versions.node}, medians of ${runs} runs after ${warmUps}\n`,
  );
  if (process.env.NODE_EXTRA_CA_CERTS !== undefined) {
    console.log('NODE_EXTRA_CA_CERTS is set: every start of node reads it, which lowers the ratios\n');
  }
  console.log(`${''.padEnd(width)}  ${'time'.padStart(8)}  ${'ratio'.padStart(7)}  ${'budget'.padStart(7)}`);
  console.log(`${'node -e 0'.padEnd(width)}  ${`${median(baseline).toFixed(0)} ms`.padStart(8)}`);
  for (const { name, milliseconds, ratio, budget, ok } of rows) {
    const time = `${milliseconds.toFixed(0)} ms`.padStart(8);
    const limit = `${budget} ×`.padStart(7);
    console.log(
      `${name.padEnd(width)}  ${time}  ${`${ratio.toFixed(2)} ×`.padStart(7)}  ${limit}  ${ok ? 'ok' : 'OVER'}`,
    );
  }
}
