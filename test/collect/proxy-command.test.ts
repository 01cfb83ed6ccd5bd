import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectDevice, type Surroundings } from '../../src/collect/collect-device.js';
import type { CollectError } from '../../src/collect/collect-error.js';
import type { Device } from '../../src/collect/device.js';
import { readSshConfig } from '../../src/collect/ssh/ssh-config.js';
import type { SessionScript } from '../../src/model/session-script.js';
import { sessions } from '../../src/platforms/sessions.js';
import { builtProgram } from '../cli/program.js';
import { deviceFor, later, noSignal, scratch, surroundingsFor } from './build.js';
import { recordedSession } from './recorded.js';
import { type Appliance, type Misbehaviour, startAppliance } from './simulator.js';

const program = builtProgram();
const pfsense = recordedSession('pfsense/session.yaml');
const fortigate = recordedSession('fortigate/session.yaml');
const script = sessions.get('pfsense') as SessionScript;

/** A program that carries a connection, writes down its process, and what it started with. */
const CARRY = `
import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
const [folder, host, port, ...rest] = process.argv.slice(2);
appendFileSync(folder + '/pids', process.pid + '\\n');
appendFileSync(folder + '/told', [host, port, ...rest].join(' ') + '\\n');
const socket = connect(Number(port), host);
process.stdin.pipe(socket).pipe(process.stdout);
socket.on('error', () => process.exit(9));
socket.on('close', () => process.exit(0));
`;

interface World {
  readonly folder: string;
  readonly appliance: Appliance;
  readonly device: Device;
  /** Surroundings with this text as ~/.ssh/config. */
  readonly configured: (text: string) => Promise<Surroundings>;
}

/** An appliance that is known as `fw`, and reached by a program alone. */
async function world(recorded = pfsense, misbehaves?: Misbehaviour): Promise<World> {
  const folder = scratch();
  writeFileSync(join(folder, 'carry.mjs'), CARRY);
  const appliance = await startAppliance(recorded, misbehaves === undefined ? {} : { misbehaves });
  later(() => appliance.stop());
  const device = { ...deviceFor(recorded, appliance), host: 'fw', port: null };
  const configured = async (text: string) => {
    writeFileSync(join(folder, 'config'), text);
    return { ...surroundingsFor(pfsense), sshConfig: await readSshConfig(join(folder, 'config'), folder) };
  };
  return { folder, appliance, device, configured };
}

const carry = (folder: string) => `${process.execPath} ${folder}/carry.mjs ${folder}`;

function running(folder: string): readonly number[] {
  if (!existsSync(join(folder, 'pids'))) return [];
  const pids = readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number);
  return pids.filter((pid) => {
    // What has ended, and nobody has taken note of yet, runs no more.
    const status = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : 'Z';
    return !/\) Z |^Z$/.test(status);
  });
}

async function failure(promise: Promise<unknown>): Promise<CollectError> {
  return promise.then(
    () => {
      throw new Error('it was collected');
    },
    (error: CollectError) => error,
  );
}

describe('ProxyCommand', () => {
  it('carries the session, is told what ssh would tell it, and ends with the session', async () => {
    const { folder, appliance, device, configured } = await world();
    const surroundings = await configured(
      `Host fw\n  HostName 127.0.0.1\n  Port ${appliance.port}\n  ProxyCommand ${carry(folder)} %h %p %n %r 100%% "a b" # said to nobody\n`,
    );
    const { files, address } = await collectDevice(device, script, surroundings, noSignal());
    expect(files.map(({ file }) => file)).toEqual(['config.xml']);
    expect(address).toBe(`127.0.0.1 port ${appliance.port}`);
    expect(readFileSync(join(folder, 'told'), 'utf8')).toBe(
      `127.0.0.1 ${appliance.port} fw ${pfsense.user} 100% a b\n`,
    );
    expect(running(folder)).toEqual([]);
  });

  it('carries the first of the jump hosts, as its own block says', async () => {
    const { folder, appliance, device, configured } = await world();
    const surroundings = await configured(
      `Host fw\n  HostName 127.0.0.1\n  Port ${appliance.port}\n  ProxyJump bastion\nHost bastion\n  HostName 127.0.0.1\n  Port ${appliance.port}\n  User ${pfsense.user}\n  ProxyCommand ${carry(folder)} %h %p %n\n`,
    );
    // The appliance is no jump host: it takes no password of one. The way to it is what is looked at.
    const error = await failure(collectDevice(device, script, surroundings, noSignal()));
    expect(error.reason).toBe('host-key-unknown');
    expect(readFileSync(join(folder, 'told'), 'utf8')).toContain(' bastion\n');
    expect(running(folder)).toEqual([]);
  });

  it('is not asked where the inventory names another way', async () => {
    const { folder, appliance, device, configured } = await world();
    const surroundings = await configured(
      `Host fw\n  HostName 127.0.0.1\n  Port ${appliance.port}\n  ProxyCommand false\n`,
    );
    const direct = await collectDevice({ ...device, jump: [] }, script, surroundings, noSignal());
    expect(direct.files).toHaveLength(1);
    expect(running(folder)).toEqual([]);
  });

  it.each([
    ['exit 3', 'exit code 3'],
    ['/nowhere/at/all', 'exit code 127'],
    ['kill -KILL $$', 'SIGKILL'],
  ])('that ends by itself says how: %s', async (command, how) => {
    const { device, configured } = await world();
    const surroundings = await configured(`ProxyCommand sh -c '${command}'\n`);
    const error = await failure(collectDevice(device, script, surroundings, noSignal()));
    expect(error).toMatchObject({ reason: 'unreachable' });
    expect(error.message).toBe(`the ProxyCommand for fw has ended: ${how}`);
  });

  it('that is no connection at all is left, with all that it has started', async () => {
    const { folder, device, configured } = await world();
    const stubborn = join(folder, 'stubborn');
    writeFileSync(
      stubborn,
      `#!/bin/sh\ntrap '' TERM HUP INT PIPE\necho $$ >>${folder}/pids\nsleep 600 & echo $! >>${folder}/pids\nwait\nsleep 600\n`,
    );
    chmodSync(stubborn, 0o755);
    const surroundings = await configured(`ProxyCommand ${stubborn}\n`);
    const hurried = { ...device, limits: { ...device.limits, connect: 700 } };
    const error = await failure(collectDevice(hurried, script, surroundings, noSignal()));
    expect(error).toMatchObject({ reason: 'unreachable', message: 'fw port 22 does not answer' });
    expect(readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n')).toHaveLength(2);
    await expect.poll(() => running(folder)).toEqual([]);
  });

  it('that talks nonsense, without end, is left as well', async () => {
    const { device, configured } = await world();
    const surroundings = await configured('ProxyCommand yes no\n');
    const error = await failure(collectDevice(device, script, surroundings, noSignal()));
    expect(error.reason).toBe('unreachable');
  });

  it('goes when somebody presses Ctrl-C in the middle', async () => {
    const { folder, appliance } = await world(fortigate, 'silent-shell');
    mkdirSync(join(folder, '.ssh'));
    writeFileSync(
      join(folder, '.ssh/config'),
      `Host fw\n  HostName 127.0.0.1\n  Port ${appliance.port}\n  ProxyCommand ${carry(folder)} %h %p\n`,
    );
    const args = `collect ${fortigate.user}@fw --platform fortigate --password-env PASSWORD --host-key ${appliance.hostKey.fingerprint}`;
    const child = spawn('node', [program.path('bin/fwaudit.js'), ...args.split(' ')], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder, PASSWORD: fortigate.password },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await expect.poll(() => appliance.stats.passwords, { timeout: 10_000 }).toBe(1);
    expect(running(folder)).toHaveLength(1);
    child.kill('SIGINT');
    expect(await ended).toBe(3);
    expect(running(folder)).toEqual([]);
    await expect.poll(() => appliance.stats.open).toBe(0);
  });
});
