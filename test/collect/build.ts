import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Surroundings } from '../../src/collect/collect-device.js';
import { DEFAULT_LIMITS, type Device } from '../../src/collect/device.js';
import { Secrets } from '../../src/collect/secrets.js';
import { KnownHosts } from '../../src/collect/ssh/host-key.js';
import { NO_SSH_CONFIG } from '../../src/collect/ssh/ssh-config.js';
import type { Recorded } from './recorded.js';
import type { Appliance } from './simulator.js';

const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** Undoes something behind the test. */
export function later(action: () => unknown): void {
  undo.push(action);
}

/** A port that refuses connections: no system hands it out, and nobody offers tcpmux any more. */
export const NOBODY_LISTENS = 1;

/** Makes a server listen on a port of this machine that is free, and returns the port. */
export async function listenHere(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A folder that goes when the test is finished. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fwaudit-collect-'));
  later(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A device on this machine, as an inventory would describe it. */
export function deviceFor(
  recorded: Recorded,
  { port, hostKey }: Pick<Appliance, 'port' | 'hostKey'>,
): Device {
  return {
    name: `${recorded.platform}-${port}`,
    site: 'paris',
    platform: recorded.platform,
    method: 'ssh',
    host: '127.0.0.1',
    port,
    user: recorded.user,
    identity: null,
    agent: false,
    password: { kind: 'environment', name: 'PASSWORD' },
    passphrase: null,
    enablePassword:
      recorded['enable-password'] === undefined ? null : { kind: 'environment', name: 'ENABLE' },
    oneTimeCode: null,
    hostKeys: { pins: [hostKey.fingerprint], mode: 'strict' },
    oldAlgorithms: recorded['old-algorithms'] ?? [],
    jump: null,
    sudo: recorded.sudo === true,
    certificate: null,
    certificateAuthority: null,
    limits: { ...DEFAULT_LIMITS, connect: 10_000, step: 15_000, total: 60_000, quiet: 1_000 },
  };
}

/** Surroundings of a test: known hosts in a file of its own, no agent, nobody to ask. */
export function surroundingsFor(recorded: Partial<Recorded>, knownHosts = ''): Surroundings {
  const file = join(scratch(), 'known_hosts');
  if (knownHosts !== '') writeFileSync(file, knownHosts);
  return {
    secrets: new Secrets({
      environment: { PASSWORD: recorded.password, ENABLE: recorded['enable-password'] },
      ask: async () => null,
    }),
    knownHosts: new KnownHosts(),
    sshConfig: NO_SSH_CONFIG,
    knownHostsFiles: [file],
    agent: null,
    interactive: false,
  };
}

/** A signal that is never given. */
export function noSignal(): AbortSignal {
  return new AbortController().signal;
}
