import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Device } from '../../src/collect/device.js';
import { collectAll, type DeviceOutcome } from '../../src/collect/run.js';
import { Secrets } from '../../src/collect/secrets.js';
import { sessions } from '../../src/platforms/sessions.js';
import { deviceFor, later, noSignal, scratch, surroundingsFor } from './build.js';
import { recordedSession } from './recorded.js';
import {
  type Appliance,
  type Misbehaviour,
  makeHostKey,
  sharedHostKey,
  startAppliance,
} from './simulator.js';
import { freePort } from './sshd.js';

/** How many appliances; `FWAUDIT_NIGHT=1000` for a whole night. */
const COUNT = Number(process.env.FWAUDIT_NIGHT ?? '200');
const JOBS = 20;

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
  readonly device: Device;
  readonly appliance: Appliance | null;
  readonly reason: string | null;
}

async function simulate(index: number, stranger: Appliance['hostKey']): Promise<Simulated> {
  const fault = index % 20 === 7 ? FAULTS[Math.floor(index / 20) % FAULTS.length] : undefined;
  // `asks` and `drops` need a terminal, and a text that is long enough to break.
  const kinds = fault === undefined ? KINDS : SHELLS;
  const recorded = kinds[index % kinds.length] as (typeof KINDS)[number];
  const secret = `PASSWORD_${recorded.platform}`;
  const named = (device: Device): Device => ({
    ...device,
    name: `fw-${index}`,
    site: `site-${index % 7}`,
    password: { kind: 'environment', name: secret },
    enablePassword: device.enablePassword === null ? null : { kind: 'environment', name: 'ENABLE' },
    limits: { connect: 4_000, step: 20_000, total: 60_000, quiet: 2_000 },
  });
  if (fault?.[0] === 'refused') {
    const port = await freePort();
    return {
      device: named(deviceFor(recorded, { port, hostKey: sharedHostKey() })),
      appliance: null,
      reason: fault[1],
    };
  }
  const misbehaves =
    fault === undefined || fault[0] === 'changed-key' ? {} : { misbehaves: fault[0] as Misbehaviour };
  const hostKey = fault?.[0] === 'changed-key' ? { hostKey: stranger } : {};
  const appliance = await startAppliance(recorded, { ...misbehaves, ...hostKey });
  later(() => appliance.stop());
  const device = named(deviceFor(recorded, { port: appliance.port, hostKey: sharedHostKey() }));
  // The pin is left out where the change has to come out of known_hosts.
  return {
    device: { ...device, hostKeys: { pins: [], mode: 'strict' } },
    appliance,
    reason: fault?.[1] ?? null,
  };
}

function environment(): Record<string, string> {
  const passwords = KINDS.map((each) => [`PASSWORD_${each.platform}`, each.password]);
  const enable = KINDS.find((each) => each['enable-password'] !== undefined)?.['enable-password'] ?? '';
  return { ...Object.fromEntries(passwords), ENABLE: enable };
}

it(`a night's run: ${COUNT} appliances, one in twenty bad`, { timeout: 600_000 }, async () => {
  const stranger = makeHostKey();
  const all: Simulated[] = [];
  for (let index = 0; index < COUNT; index += 1) all.push(await simulate(index, stranger));
  const key = sharedHostKey();
  const known = all.map(({ device }) => `[127.0.0.1]:${device.port} ${key.type} ${key.base64}\n`).join('');
  const into = scratch();
  let [open, mostOpen, before] = [0, 0, 0];
  const memory = setInterval(() => {
    open = all.reduce((sum, { appliance }) => sum + (appliance?.stats.open ?? 0), 0);
    mostOpen = Math.max(mostOpen, open);
    before = Math.max(before, process.memoryUsage().heapUsed);
  }, 20);
  later(() => clearInterval(memory));
  const started = performance.now();
  const outcomes = await collectAll(
    all.map((each) => each.device),
    {
      sessions,
      surroundings: {
        ...surroundingsFor({}, known),
        secrets: new Secrets({ environment: environment(), ask: async () => null }),
      },
      into,
      run: 'night',
      resume: false,
      redaction: null,
      jobs: JOBS,
      retries: 1,
      version: '0.0.0',
      signal: noSignal(),
      progress: () => {},
    },
  );
  const seconds = (performance.now() - started) / 1000;
  clearInterval(memory);
  if (process.env.FWAUDIT_NIGHT !== undefined) {
    process.stderr.write(
      `night: ${COUNT} in ${seconds.toFixed(1)} s, heap ${Math.round(before / 2 ** 20)} MiB, rss ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB\n`,
    );
  }

  expect(outcomes.map(reasonOf)).toEqual(all.map((each) => each.reason));
  // An appliance learns a moment later that a session has ended.
  expect(mostOpen).toBeLessThanOrEqual(JOBS * 2);
  for (const [index, { device, appliance, reason }] of all.entries()) {
    // A login that was refused, or anything but the connection, is never tried again.
    const attempts = (outcomes[index] as { attempts: number }).attempts;
    expect(attempts).toBe(reason === 'unreachable' ? 2 : 1);
    if (reason === null) {
      expect(appliance?.problems).toEqual([]);
      const folder = join(into, device.site, device.name);
      const provenance = JSON.parse(readFileSync(join(folder, '.provenance.json'), 'utf8'));
      expect(provenance).toMatchObject({ run: 'night', device: device.name });
      for (const { file, bytes } of provenance.files) expect(statSync(join(folder, file)).size).toBe(bytes);
    } else {
      expect(
        readdirSync(join(into)).includes(device.site) &&
          readdirSync(join(into, device.site)).includes(device.name),
      ).toBe(false);
    }
  }
  const bad = all.filter((each) => each.reason !== null).length;
  expect(bad).toBe(Math.ceil((COUNT - 7) / 20));
  // Bounded by what the slowest take (two attempts and the wait between them), shared by the jobs.
  expect(seconds).toBeLessThan(25 + COUNT * 0.25);
});

function reasonOf(outcome: DeviceOutcome): string | null {
  return outcome.status === 'failed' ? outcome.error.reason : null;
}
