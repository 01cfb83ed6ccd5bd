import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { collectDevice } from '../../src/collect/collect-device.js';
import { CollectError } from '../../src/collect/collect-error.js';
import type { Device } from '../../src/collect/device.js';
import { collectWithRetries } from '../../src/collect/run.js';
import type { SessionScript } from '../../src/model/session-script.js';
import { sessions } from '../../src/platforms/sessions.js';
import { deviceFor, later, listenHere, NOBODY_LISTENS, noSignal, surroundingsFor } from './build.js';
import { type Recorded, recordedSession } from './recorded.js';
import { type Appliance, type ApplianceOptions, makeHostKey, startAppliance } from './simulator.js';

const sonicwall = recordedSession('sonicwall/session.yaml');
const fortigate = recordedSession('fortigate/session.yaml');
const iptables = recordedSession('iptables/session.yaml');
const asa = recordedSession('cisco-asa/session.yaml');

async function appliance(recorded: Recorded, options: ApplianceOptions = {}): Promise<Appliance> {
  const started = await startAppliance(recorded, options);
  later(() => started.stop());
  return started;
}

function scriptOf({ platform }: Recorded): SessionScript {
  return sessions.get(platform) as SessionScript;
}

async function failure(
  recorded: Recorded,
  options: ApplianceOptions = {},
  changes: Partial<Device> = {},
  signal: AbortSignal = noSignal(),
): Promise<CollectError> {
  const started = await appliance(recorded, options);
  const device = { ...deviceFor(recorded, started), ...changes };
  try {
    await collectDevice(device, scriptOf(recorded), surroundingsFor(recorded), signal);
  } catch (error) {
    if (error instanceof CollectError) return error;
    throw error;
  }
  throw new Error('it was collected');
}

function limits(changes: Partial<Device['limits']>): Partial<Device> {
  const { limits: usual } = deviceFor(sonicwall, { port: 1, hostKey: { fingerprint: '' } as never });
  return { limits: { ...usual, ...changes } };
}

describe('a session that does not go as it should', () => {
  it('something unexpected is asked: it is left, with the question and without secrets', async () => {
    const error = await failure(fortigate, { misbehaves: 'asks' });
    expect(error.reason).toBe('unexpected-question');
    expect(error.message).toMatch(/lines into “show”/);
    expect(error.hint).toContain('The trial has ended. Enter your licence key');
    expect(error.hint).not.toMatch(/\d/);
  });

  it('a pager that nobody expected is not answered', async () => {
    const step = { hears: 'show', prints: '#config-version=1\r\nPress any key to continue:', more: '' };
    const error = await failure({ ...fortigate, steps: [...fortigate.steps.slice(0, 1), step] });
    expect(error.reason).toBe('unexpected-question');
    expect(error.hint).toContain('Press any key');
  });

  it('the connection breaks in the middle', async () => {
    expect(await failure(fortigate, { misbehaves: 'drops' })).toMatchObject({ reason: 'connection-lost' });
    expect(await failure(iptables, { misbehaves: 'drops' })).toMatchObject({ reason: 'connection-lost' });
  });

  it('what comes is no configuration', async () => {
    expect(await failure(sonicwall, { misbehaves: 'garbage' })).toMatchObject({
      reason: 'not-a-configuration',
    });
    expect(await failure(iptables, { misbehaves: 'garbage' })).toMatchObject({
      reason: 'not-a-configuration',
    });
  });

  it('half a configuration is none', async () => {
    const half = fortigate.steps.map((step) =>
      step.hears === 'show'
        ? {
            hears: 'show',
            prints: '#config-version=FGT\nconfig system global\n    set hostname x\n',
            more: 'fw-lyon-1 $ ',
          }
        : step,
    );
    expect(await failure({ ...fortigate, steps: half })).toMatchObject({ reason: 'not-a-configuration' });
  });

  it('no prompt comes', async () => {
    const error = await failure(fortigate, { misbehaves: 'silent-shell' }, limits({ step: 200 }));
    expect(error).toMatchObject({ reason: 'timeout', message: expect.stringContaining('at the login') });
  });

  it('the password is wrong in the terminal: it is sent once', async () => {
    const [banner, password] = sonicwall.steps;
    const again = { ...password, hears: sonicwall.password, echo: false, prints: '\r\nPassword:' };
    const steps = [banner, again].flatMap((step) => step ?? []);
    const started = await appliance({ ...sonicwall, steps });
    const device = deviceFor(sonicwall, started);
    const collecting = collectDevice(device, scriptOf(sonicwall), surroundingsFor(sonicwall), noSignal());
    await expect(collecting).rejects.toMatchObject({ reason: 'authentication' });
    expect(started.heard.join('').split(sonicwall.password)).toHaveLength(2);
  });

  it('the terminal refuses the login', async () => {
    const [banner, password] = sonicwall.steps;
    const refusal = {
      ...password,
      hears: sonicwall.password,
      echo: false,
      prints: '\r\nAccess denied\r\n',
      closes: true,
    };
    const error = await failure({ ...sonicwall, steps: [banner, refusal].flatMap((step) => step ?? []) });
    expect(error).toMatchObject({
      reason: 'authentication',
      message: expect.stringContaining('Access denied'),
    });
  });

  it('a password is asked for and there is none', async () => {
    expect(await failure(sonicwall, {}, { password: null })).toMatchObject({ reason: 'authentication' });
  });

  it('a command is refused', async () => {
    const step = {
      hears: 'show running-config',
      prints: "        ^\r\nERROR: % Invalid input detected at '^' marker.\r\n",
      more: 'fw-brest-1# ',
    };
    const steps = asa.steps.map((each) => (each.hears === 'show running-config' ? step : each));
    expect(await failure({ ...asa, steps })).toMatchObject({
      reason: 'command-refused',
      message: expect.stringContaining('show running-config'),
    });
  });

  it('the login is refused: one password, one attempt, and nothing of it in the error', async () => {
    const started = await appliance(fortigate, { misbehaves: 'refuses-login' });
    const device = deviceFor(fortigate, started);
    const surroundings = surroundingsFor(fortigate);
    const settings = { surroundings, signal: noSignal(), retries: 3 };
    const error = await collectWithRetries(device, scriptOf(fortigate), settings).catch((thrown) => thrown);
    expect(error).toMatchObject({ reason: 'authentication' });
    expect(`${error.message} ${error.hint}`).not.toContain(fortigate.password);
    expect(started.stats).toMatchObject({ connections: 1, passwords: 1 });
  });

  it('what is asked before the password and is no banner that the script knows is not answered', async () => {
    const banner = 'Do you want to change your password (yes/no)? ';
    const error = await failure({ ...fortigate, banner });
    expect(error).toMatchObject({
      reason: 'authentication',
      message: expect.stringContaining('more than a password'),
    });
  });

  it('an old appliance is refused unless its algorithms are allowed by name', async () => {
    const old = recordedSession('sonicwall/session-pager.yaml');
    const error = await failure(old, {}, { oldAlgorithms: [] });
    expect(error.reason).toBe('no-common-algorithm');
    expect(error.hint).toContain('diffie-hellman-group14-sha1');
    expect(await failure(old, {}, { oldAlgorithms: ['diffie-hellman-group14-sha1'] })).toMatchObject({
      reason: 'no-common-algorithm',
      hint: expect.stringContaining('ssh-rsa'),
    });
  });

  it('the key is another one: no password is sent', async () => {
    const started = await appliance(iptables, { hostKey: makeHostKey() });
    const pinned = deviceFor(iptables, { port: started.port, hostKey: makeHostKey() });
    const collecting = collectDevice(pinned, scriptOf(iptables), surroundingsFor(iptables), noSignal());
    await expect(collecting).rejects.toMatchObject({ reason: 'host-key-changed' });
    expect(started.stats.passwords).toBe(0);
  });
});

describe('a connection that can’t be made', () => {
  const device = (port: number) => ({
    ...deviceFor(iptables, { port, hostKey: { fingerprint: `SHA256:${'A'.repeat(43)}` } as never }),
    ...limits({ connect: 150, total: 10_000 }),
  });
  const settings = (signal: AbortSignal, retries: number) => ({
    surroundings: surroundingsFor(iptables),
    signal,
    retries,
  });

  it('is tried again, as often as was asked for', async () => {
    let attempts = 0;
    const refusing = device(NOBODY_LISTENS);
    const collecting = collectWithRetries(refusing, scriptOf(iptables), settings(noSignal(), 1), () => {
      attempts += 1;
    });
    await expect(collecting).rejects.toMatchObject({ reason: 'unreachable' });
    expect(attempts).toBe(2);
  });

  it('is given up when nobody answers', async () => {
    const server = createServer(() => {});
    const port = await listenHere(server);
    later(() => server.close());
    const started = performance.now();
    const collecting = collectWithRetries(device(port), scriptOf(iptables), settings(noSignal(), 0));
    await expect(collecting).rejects.toMatchObject({ reason: 'unreachable' });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('what answers is no SSH server', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const port = await listenHere(server);
    later(() => server.close());
    const collecting = collectWithRetries(device(port), scriptOf(iptables), settings(noSignal(), 0));
    await expect(collecting).rejects.toMatchObject({ reason: 'unreachable' });
  });
});

describe('Ctrl-C', () => {
  it('ends a session at once, and leaves no connection open', async () => {
    const started = await appliance(fortigate, { misbehaves: 'silent-shell' });
    const controller = new AbortController();
    const settings = { surroundings: surroundingsFor(fortigate), signal: controller.signal, retries: 3 };
    const collecting = collectWithRetries(deviceFor(fortigate, started), scriptOf(fortigate), settings);
    const ended = expect(collecting).rejects.toMatchObject({ reason: 'interrupted' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(started.stats.open).toBe(1);
    controller.abort();
    await ended;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(started.stats).toMatchObject({ open: 0, connections: 1 });
  });

  it('ends a session that takes longer than the device may', async () => {
    const started = await appliance(fortigate, { misbehaves: 'silent-shell' });
    const device = { ...deviceFor(fortigate, started), ...limits({ total: 500 }) };
    const settings = { surroundings: surroundingsFor(fortigate), signal: noSignal(), retries: 3 };
    await expect(collectWithRetries(device, scriptOf(fortigate), settings)).rejects.toMatchObject({
      reason: 'timeout',
    });
  });
});
