import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sessions } from '../../src/platforms/sessions.js';
import { builtProgram } from '../cli/program.js';
import { root } from '../package/project.js';
import { later, NOBODY_LISTENS, scratch } from './build.js';
import { type Recorded, recordedSession } from './recorded.js';
import {
  type Appliance,
  type HostKeyPair,
  type Misbehaviour,
  makeHostKey,
  sharedHostKey,
  startAppliance,
} from './simulator.js';

const program = builtProgram();

/** How many appliances; `FWAUDIT_NIGHT=1000` for a whole night. */
const COUNT = Number(process.env.FWAUDIT_NIGHT ?? '200');
const JOBS = 20;
/** What the program may hold, in MiB, however many appliances there are. */
const MEMORY = 250;
/** For starting, reading the inventory and ending, in seconds. */
const AROUND = 5;

/** How every twentieth appliance fails, and the reason that has to be told. */
const FAULTS = [
  ['hangs', 'unreachable'],
  ['refused', 'unreachable'],
  ['drops', 'connection-lost'],
  ['changed-key', 'host-key-changed'],
  ['garbage', 'not-a-configuration'],
  ['refuses-login', 'authentication'],
  ['asks', 'unexpected-question'],
] as const;

const KINDS = ['sonicwall', 'fortigate', 'pfsense', 'iptables', 'cisco-asa', 'vyos'].map((platform) =>
  recordedSession(`${platform}/session.yaml`),
);
const SHELLS = KINDS.filter(
  (each) =>
    sessions.get(each.platform)?.channel === 'shell' &&
    each.platform !== 'vyos' &&
    each.platform !== 'cisco-asa',
);

interface Simulated {
  readonly name: string;
  readonly site: string;
  readonly recorded: Recorded;
  readonly port: number;
  /** null: nobody listens there. */
  readonly appliance: Appliance | null;
  /** Why it can't be collected; null: it can. */
  readonly reason: string | null;
}

async function simulate(index: number, stranger: HostKeyPair): Promise<Simulated> {
  const fault = index % 20 === 7 ? FAULTS[Math.floor(index / 20) % FAULTS.length] : undefined;
  // `asks` and `drops` need a terminal, and a text that is long enough to break.
  const kinds = fault === undefined ? KINDS : SHELLS;
  const recorded = kinds[index % kinds.length] as Recorded;
  const about = { name: `fw-${index}`, site: `site-${index % 7}`, recorded, reason: fault?.[1] ?? null };
  if (fault?.[0] === 'refused') return { ...about, port: NOBODY_LISTENS, appliance: null };
  const misbehaves =
    fault === undefined || fault[0] === 'changed-key' ? {} : { misbehaves: fault[0] as Misbehaviour };
  const appliance = await startAppliance(recorded, {
    ...misbehaves,
    hostKey: fault?.[0] === 'changed-key' ? stranger : sharedHostKey(),
  });
  later(() => appliance.stop());
  return { ...about, port: appliance.port, appliance };
}

function inventoryOf(all: readonly Simulated[]): string {
  const rows = all.map(({ name, site, recorded, port }) =>
    JSON.stringify({
      name,
      site,
      platform: recorded.platform,
      host: '127.0.0.1',
      port,
      user: recorded.user,
      'password-env': `PASSWORD_${recorded.platform.replaceAll('-', '_')}`,
      sudo: recorded.sudo === true,
      ...(recorded['enable-password'] === undefined ? {} : { 'enable-password-env': 'ENABLE' }),
    }),
  );
  const limits = 'agent: false, connect-timeout: 4, step-timeout: 20, timeout: 60';
  return `defaults: { ${limits} }\ndevices:\n${rows.map((row) => `  - ${row}\n`).join('')}`;
}

/** Makes an appliance well: another one in its place, at a port of its own. */
async function repair(bad: Simulated): Promise<Simulated> {
  const appliance = await startAppliance(bad.recorded, { hostKey: sharedHostKey() });
  later(() => appliance.stop());
  return { ...bad, port: appliance.port, appliance, reason: null };
}

/** Writes the inventory, and the host keys that whoever wrote it knows. */
function describeAll(place: string, all: readonly Simulated[]): void {
  const { type, base64 } = sharedHostKey();
  const known = all.map(({ port }) => `[127.0.0.1]:${port} ${type} ${base64}\n`);
  writeFileSync(join(place, '.ssh/known_hosts'), known.join(''));
  writeFileSync(join(place, 'inventory.yaml'), inventoryOf(all));
}

function environment(place: string): Record<string, string> {
  const passwords = KINDS.map((each) => [`PASSWORD_${each.platform.replaceAll('-', '_')}`, each.password]);
  const enable = KINDS.find((each) => each['enable-password'] !== undefined)?.['enable-password'] ?? '';
  return {
    ...Object.fromEntries(passwords),
    ENABLE: enable,
    NODE_OPTIONS: `--require=${join(root, 'test/bench/max-rss.cjs')}`,
    FWAUDIT_MAX_RSS: join(place, 'max-rss'),
  };
}

interface Summary {
  readonly run: string;
  readonly devices: readonly {
    readonly device: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
    readonly attempts: number;
    readonly milliseconds: number;
  }[];
  readonly summary: {
    readonly collected: number;
    readonly alreadyCollected: number;
    readonly failed: number;
    readonly complete: boolean;
  };
}

interface Night {
  readonly status: number;
  readonly summary: Summary;
  readonly seconds: number;
  readonly megabytes: number;
}

async function night(place: string, options: string): Promise<Night> {
  const started = performance.now();
  const line = `fwaudit collect --jobs ${JOBS} --retries 1 -f json ${options}`;
  const ended = await program.shell(line, place, environment(place));
  const seconds = (performance.now() - started) / 1000;
  expect(ended.stderr).toBe('');
  const megabytes = Number(readFileSync(join(place, 'max-rss'), 'utf8')) / 1024;
  if (process.env.FWAUDIT_NIGHT !== undefined) {
    const text = `${COUNT} in ${seconds.toFixed(1)} s, ${Math.round(megabytes)} MiB at most`;
    process.stderr.write(`\nnight ${options}: ${text}\n`);
  }
  return { status: ended.status, summary: JSON.parse(ended.stdout), seconds, megabytes };
}

/**
 * No more than what the jobs need for all of them together, and behind that the slowest one: nothing waits
 * for anything but a free job.
 */
function longest({ devices }: Summary): number {
  const times = devices.map(({ milliseconds }) => (milliseconds ?? 0) / 1000);
  return times.reduce((sum, each) => sum + each, 0) / JOBS + Math.max(...times) + AROUND;
}

function checkKept(place: string, run: string, { name, site }: Simulated): void {
  const folder = join(place, 'configs', site, name);
  const provenance = JSON.parse(readFileSync(join(folder, '.provenance.json'), 'utf8'));
  expect(provenance).toMatchObject({ run, device: name });
  for (const { file, bytes } of provenance.files) expect(statSync(join(folder, file)).size).toBe(bytes);
}

it(`a night's run: ${COUNT} appliances, one in twenty bad`, { timeout: 900_000 }, async () => {
  const stranger = makeHostKey();
  const all: Simulated[] = [];
  for (let index = 0; index < COUNT; index += 1) all.push(await simulate(index, stranger));
  const bad = all.filter((each) => each.reason !== null);
  expect(bad).toHaveLength(Math.ceil((COUNT - 7) / 20));
  const place = scratch();
  mkdirSync(join(place, '.ssh'), { mode: 0o700 });
  describeAll(place, all);
  let mostOpen = 0;
  const watch = setInterval(() => {
    mostOpen = Math.max(
      mostOpen,
      all.reduce((sum, { appliance }) => sum + (appliance?.stats.open ?? 0), 0),
    );
  }, 20);
  later(() => clearInterval(watch));

  const first = await night(place, '');
  clearInterval(watch);
  expect(first.status).toBe(3);
  expect(first.summary.devices.map((each) => [each.device, each.reason ?? null])).toEqual(
    all.map((each) => [each.name, each.reason]),
  );
  expect(first.summary.summary).toEqual({
    collected: COUNT - bad.length,
    alreadyCollected: 0,
    failed: bad.length,
    complete: false,
  });
  // An appliance learns a moment later that a session has ended.
  expect(mostOpen).toBeLessThanOrEqual(JOBS * 2);
  for (const [index, each] of all.entries()) {
    // A login that was refused, or anything but the connection, is never tried again.
    expect(first.summary.devices[index]?.attempts).toBe(each.reason === 'unreachable' ? 2 : 1);
    if (each.reason === null) {
      expect(each.appliance?.problems).toEqual([]);
      checkKept(place, first.summary.run, each);
    } else {
      expect(readdirSync(join(place, 'configs', each.site))).not.toContain(each.name);
    }
  }
  expect(first.megabytes).toBeLessThan(MEMORY);
  expect(first.seconds).toBeLessThan(longest(first.summary));
  const secrets = KINDS.map(({ password }) => password);
  expect(secrets.filter((each) => JSON.stringify(first.summary).includes(each))).toEqual([]);

  // The next morning all of them are well, and only those that were not are asked.
  const asked = all.map(({ appliance }) => appliance?.stats.connections ?? 0);
  const well = await Promise.all(all.map((each) => (each.reason === null ? each : repair(each))));
  describeAll(place, well);
  const second = await night(place, '--resume');
  expect(second.status).toBe(0);
  expect(second.summary.run).toBe(first.summary.run);
  expect(second.summary.summary).toEqual({
    collected: bad.length,
    alreadyCollected: COUNT - bad.length,
    failed: 0,
    complete: true,
  });
  for (const each of all) checkKept(place, first.summary.run, each);
  expect(all.map(({ appliance }) => appliance?.stats.connections ?? 0)).toEqual(asked);
});

const noTerminal = ((): string | null => {
  try {
    execFileSync('python3', ['-c', 'import pty'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'python3 is not there to make a terminal';
  }
})();

if (noTerminal !== null) process.stderr.write(`\nSKIPPED, progress on a terminal: ${noTerminal}\n`);

it.skipIf(noTerminal !== null)(
  'progress is told on a terminal, in one line that goes at the end',
  async () => {
    const recorded = recordedSession('pfsense/session.yaml');
    const place = scratch();
    mkdirSync(join(place, '.ssh'), { mode: 0o700 });
    const all: Simulated[] = [];
    for (let index = 0; index < 3; index += 1) {
      const misbehaves = index === 2 ? { misbehaves: 'refuses-login' as const } : {};
      const appliance = await startAppliance(recorded, misbehaves);
      later(() => appliance.stop());
      all.push({
        name: `fw-${index}`,
        site: 'paris',
        recorded,
        port: appliance.port,
        appliance,
        reason: null,
      });
    }
    describeAll(place, all);
    const spawn = 'import pty, os, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
    const line = `python3 -c '${spawn}' node "$FWAUDIT" collect --jobs 1`;
    const ended = await program.shell(line, place, environment(place));
    expect(ended.status).toBe(3);
    expect(ended.stdout).toContain('\r1 of 3\u001b[K\r2 of 3\u001b[K\r3 of 3 · 1 failed\u001b[K\r\u001b[K');
    expect(ended.stdout).toContain('2 collected · 1 failed');
    const piped = await program.shell('fwaudit collect', place, environment(place));
    expect(piped.stderr).toBe('');
  },
);
