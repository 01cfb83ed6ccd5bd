// Measures whole processes against `node -e 0` in the same run, so that the ratios mean the same on
// any machine. `--strict` exits 1 over budget; `--runs N` measures each command N times; `--small` leaves
// out configurations of more than 10,000 rules.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  fortigateBackup,
  fortigateOfInterfaces,
  fortigateOfVirtualIps,
  intricateRuleset,
  sonicwallExport,
} from './generate.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin/fwaudit.js');
const realExport = join(root, '../shared/corpus/sonicwall/nsa4600-6.2.2.1-14n.exp');
const realDump = join(
  root,
  '../shared/corpus/iptables/diekmann__net-network__configs_chair_for_Network_Architectures_and_Services_iptables-save-2016-06-27_16-29-01',
);
const maxRss = fileURLToPath(new URL('max-rss.cjs', import.meta.url));

const warmUps = 2;

try {
  main();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}

function main() {
  const { values } = parseArgs({
    options: {
      strict: { type: 'boolean', default: false },
      small: { type: 'boolean', default: false },
      runs: { type: 'string', default: '15' },
    },
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
  const large = inScratchFolder((folder) => measureLarge(folder, values.small));
  printLarge(large);
  const collecting = spawnSync(process.execPath, [join(root, 'test/bench/collect.js')], { stdio: 'inherit' });
  const over = collecting.status !== 0 || [...rows, ...large].some((row) => !row.ok);
  if (values.strict && over) process.exitCode = 1;
}

function inScratchFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'fwaudit-bench-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Generated configurations of many rules, each against a budget of its own: the best of three runs. */
function measureLarge(folder, small) {
  const write = (name, text) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const rows = [];
  const scan = (name, file, budget) => rows.push(largeRow(name, ['scan', file], folder, budget));
  const export10k = write('10000.exp', sonicwallExport(10_000));
  scan('scan of 10,000 rules, SonicWall', export10k, { seconds: 1, megabytes: 300 });
  scan('scan of 10,000 rules, FortiGate', write('10000.conf', fortigateBackup(10_000)), {
    seconds: 1,
    megabytes: 300,
  });
  rows.push(beyondOneCheck('all checks over 10,000 rules', export10k, folder, 0.3));
  rows.push(beyondOneCheck('start with all checks', join(root, 'fixtures/iptables/closed'), folder, 0.03));
  const trace = ['trace', export10k, '--from', '203.0.113.7', '--to', '198.51.100.2:443/tcp'];
  const start = best(['-e', '0'], folder).seconds;
  rows.push(largeRow('trace in 10,000 rules', trace, folder, { seconds: 8 * start }));
  if (existsSync(realDump)) scan('scan of the real ruleset of 5,556 lines', realDump, { seconds: 1 });
  scan('a ruleset made to explode, 2,000 rules', write('intricate.rules', intricateRuleset(2000)), {
    seconds: 10,
  });
  scan('400 interfaces that each answer, FortiGate', write('interfaces.conf', fortigateOfInterfaces(400)), {
    seconds: 5,
  });
  scan('4,000 port forwards, FortiGate', write('forwards.conf', fortigateOfVirtualIps(4000)), { seconds: 6 });
  if (!small) rows.push(...doublings(write, folder));
  return rows;
}

/** What twice the rules cost, from 12,500 to 100,000. */
function doublings(write, folder) {
  let before = null;
  return [12_500, 25_000, 50_000, 100_000].flatMap((count) => {
    const file = write(`${count}.exp`, sonicwallExport(count));
    const budget = before === null ? {} : { seconds: 2.3 * before };
    const row = largeRow(
      `scan of ${count.toLocaleString('en')} rules, SonicWall`,
      ['scan', file],
      folder,
      budget,
    );
    before = row.seconds;
    return [row];
  });
}

/** What all checks cost more than one of them does, in a whole run. */
function beyondOneCheck(name, file, folder, budget) {
  const all = best([program, 'scan', file], folder);
  const one = best([program, 'scan', '--only', 'FWA-ADM-001', file], folder);
  const seconds = all.seconds - one.seconds;
  return {
    name: `${name}, more than one check`,
    seconds,
    megabytes: all.megabytes,
    budget: { seconds: budget },
    ok: seconds <= budget,
  };
}

function largeRow(name, argv, folder, budget) {
  const { seconds, megabytes } = best([program, ...argv], folder);
  const ok = seconds <= (budget.seconds ?? Infinity) && megabytes <= (budget.megabytes ?? Infinity);
  return { name, seconds, megabytes, budget, ok };
}

/** The fastest of three runs, and the most memory that any of them held. */
function best(argv, folder) {
  const report = join(folder, 'max-rss');
  const runs = Array.from({ length: 3 }, () => {
    const started = performance.now();
    const { status, error } = spawnSync(process.execPath, ['--require', maxRss, ...argv], {
      cwd: root,
      stdio: 'ignore',
      env: { ...process.env, FWAUDIT_MAX_RSS: report },
    });
    const seconds = (performance.now() - started) / 1000;
    if (error) throw error;
    if (![0, 1, 3].includes(status)) throw new Error(`${argv.join(' ')}: exit code ${status}`);
    return { seconds, megabytes: Number(readFileSync(report, 'utf8')) / 1000 };
  });
  return {
    seconds: Math.min(...runs.map((each) => each.seconds)),
    megabytes: Math.max(...runs.map((each) => each.megabytes)),
  };
}

function printLarge(rows) {
  const width = Math.max(...rows.map((row) => row.name.length));
  console.log(`\n${''.padEnd(width)}      time    memory  budget`);
  for (const { name, seconds, megabytes, budget, ok } of rows) {
    const limits = [
      budget.seconds === undefined ? '' : `${budget.seconds.toFixed(budget.seconds < 1 ? 2 : 1)} s`,
      budget.megabytes === undefined ? '' : `${budget.megabytes} MB`,
    ].filter((each) => each !== '');
    const verdict = limits.length === 0 ? '' : `${limits.join(', ')}  ${ok ? 'ok' : 'OVER'}`;
    const time = `${seconds.toFixed(2)} s`.padStart(8);
    console.log(`${name.padEnd(width)}  ${time}  ${`${megabytes.toFixed(0)} MB`.padStart(8)}  ${verdict}`);
  }
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
