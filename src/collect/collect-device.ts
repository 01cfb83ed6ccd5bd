import { isIP } from 'node:net';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { CaptureCommand, SessionScript } from '../model/session-script.js';
import { CollectError } from './collect-error.js';
import type { Device } from './device.js';
import { collectHttps } from './https/sonicos.js';
import type { Secrets } from './secrets.js';
import { type Identity, usualKeyFiles } from './ssh/authentication.js';
import { connectThrough, type Hop } from './ssh/connect.js';
import { type CommandOutput, runDialogue } from './ssh/dialogue.js';
import { runCommands } from './ssh/exec.js';
import type { KnownHosts } from './ssh/host-key.js';
import { filledProxyCommand } from './ssh/proxy-command.js';
import { type HostSettings, parseTarget, type SshConfig } from './ssh/ssh-config.js';

/** What the devices of a run share. */
export interface Surroundings {
  readonly secrets: Secrets;
  readonly knownHosts: KnownHosts;
  readonly sshConfig: SshConfig;
  /** known_hosts files, of which the first takes new keys; null: as ~/.ssh/config says, else ssh's own. */
  readonly knownHostsFiles: readonly string[] | null;
  /** Socket of the SSH agent; null: none. */
  readonly agent: string | null;
  /** Whether somebody can be asked for a password that no source gives. */
  readonly interactive: boolean;
}

/** What an appliance handed over. */
export interface CollectedDevice {
  readonly files: readonly CollectedFile[];
  /** The key or the certificate by which it was recognised. */
  readonly hostKey: { readonly type: string; readonly fingerprint: string; readonly trust: string };
  /** Where it was reached: `192.0.2.1 port 22`. */
  readonly address: string;
  /** Algorithms of the session that are no longer safe. */
  readonly oldAlgorithms: readonly string[];
  readonly notes: readonly CollectNote[];
}

export interface CollectedFile {
  readonly file: string;
  readonly command: string;
  readonly bytes: Uint8Array;
}

/** Something to know about a capture that is good all the same. */
export interface CollectNote {
  readonly code: 'old-algorithm' | 'host-key-accepted' | 'nothing-to-tell' | 'not-offered';
  readonly message: string;
}

/**
 * Collects one device: connects, lets the platform's script run, and checks that what came is a whole
 * configuration.
 *
 * @throws CollectError
 */
export async function collectDevice(
  device: Device,
  script: SessionScript,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<CollectedDevice> {
  if (device.method === 'https') return collectHttps(device, surroundings, signal);
  const hops = hopsTo(device, script, surroundings);
  const connection = await connectThrough(hops, surroundings.knownHosts, device.limits.connect, signal);
  const target = hops.at(-1) as Hop;
  const settings = {
    script,
    limits: device.limits,
    sudo: device.sudo,
    hasEnablePassword: device.enablePassword !== null,
    secret: (kind: 'password' | 'enable-password') => sessionSecret(kind, device, target, surroundings),
    signal,
  };
  try {
    const outputs =
      script.channel === 'exec'
        ? await runCommands(connection.client, settings)
        : await runDialogue(await openShell(connection.client, device), settings);
    const { files, notes } = checkOutputs(outputs, script);
    return {
      files,
      hostKey: connection.hostKey,
      address: `${target.host} port ${target.port}`,
      oldAlgorithms: connection.old,
      notes: [...connectionNotes(connection), ...notes],
    };
  } finally {
    await connection.close();
  }
}

function openShell(
  client: Awaited<ReturnType<typeof connectThrough>>['client'],
  { limits }: Device,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const refuse = () =>
      reject(new CollectError('command-refused', 'the appliance opens no shell for this account'));
    const timer = setTimeout(refuse, limits.connect);
    // Wide, so that nothing is wrapped; high, so that a pager has little to do.
    client.shell({ term: 'vt100', cols: 511, rows: 1000 }, (error, channel) => {
      clearTimeout(timer);
      if (error === undefined) resolve(channel);
      else refuse();
    });
  });
}

function connectionNotes(connection: Awaited<ReturnType<typeof connectThrough>>): readonly CollectNote[] {
  const { hostKey, old } = connection;
  const accepted: readonly CollectNote[] =
    hostKey.trust === 'accepted-new'
      ? [
          {
            code: 'host-key-accepted',
            message: `its host key was accepted unseen: ${hostKey.type} ${hostKey.fingerprint}`,
          },
        ]
      : [];
  const weak = old.map((name) => ({
    code: 'old-algorithm' as const,
    message: `the session was protected by ${name}, which is no longer safe: update the appliance`,
  }));
  return [...accepted, ...weak];
}

/** Whatever came is a configuration, or the device has failed: half a file would look like few rules. */
function checkOutputs(
  outputs: readonly CommandOutput[],
  script: SessionScript,
): { readonly files: readonly CollectedFile[]; readonly notes: readonly CollectNote[] } {
  const notes: CollectNote[] = [];
  const files: CollectedFile[] = [];
  for (const [index, { file, command, text }] of outputs.entries()) {
    const { expects, mayBeEmpty } = script.commands[index] as CaptureCommand;
    if (text.trim() === '' && mayBeEmpty === true) {
      notes.push({
        code: 'nothing-to-tell',
        message: `“${command}” printed nothing, so there is no ${file}`,
      });
      continue;
    }
    if (!expects.holds.test(text) || expects.ends?.test(text.slice(-LAST_LINES)) === false) {
      const what = text.trim() === '' ? 'printed nothing' : 'did not print a whole configuration';
      throw new CollectError('not-a-configuration', `“${command}” ${what}`, {
        hint: `is it ${script.name}, and may this account read the configuration?`,
      });
    }
    files.push({ file, command, bytes: Buffer.from(text, 'latin1') });
  }
  if (files.length > 0) return { files, notes };
  throw new CollectError('not-a-configuration', 'no command printed anything');
}

/** How far from its end a configuration has to end, in characters. */
const LAST_LINES = 1_000;

/** Every host on the way, the appliance last. */
function hopsTo(device: Device, script: SessionScript, surroundings: Surroundings): readonly Hop[] {
  const settings = surroundings.sshConfig.of(device.host, device.user);
  const jumps = (device.jump ?? settings.jump).map((text, index) =>
    jumpHop(text, index, device, surroundings),
  );
  const port = device.port ?? settings.port ?? 22;
  const user = device.user ?? settings.user ?? userInfo().username;
  const target: Hop = {
    host: settings.host,
    port,
    keyName: settings.hostKeyAlias ?? settings.host,
    oldAlgorithms: device.oldAlgorithms,
    hostKeys: { ...device.hostKeys, files: knownHostsOf(settings, surroundings) },
    identity: { ...identityOf(device, settings, user, surroundings), banner: script.banner ?? null },
    // An inventory that names the way, or says that there is none, is followed.
    proxyCommand: device.jump === null ? proxyOf(settings, { name: device.host, port, user }) : null,
  };
  return [...jumps, target];
}

function proxyOf(
  { host, proxyCommand }: HostSettings,
  target: { readonly name: string; readonly port: number; readonly user: string },
): string | null {
  return proxyCommand === null ? null : filledProxyCommand(proxyCommand, { ...target, host });
}

function identityOf(
  device: Device,
  settings: HostSettings,
  user: string,
  { secrets, agent, interactive }: Surroundings,
): Identity {
  const keyFiles = device.identity === null ? settings.identities : [device.identity];
  const at = isIP(settings.host) === 6 ? `[${settings.host}]` : settings.host;
  const source = device.password ?? (interactive ? ({ kind: 'prompt' } as const) : null);
  const passphrase = device.passphrase ?? (interactive ? ({ kind: 'prompt' } as const) : null);
  return {
    user,
    host: at,
    keyFiles,
    usualKeyFiles: keyFiles.length > 0 || settings.identitiesOnly ? [] : usualKeyFiles(homedir()),
    agent: device.agent ? agentOf(settings, agent) : null,
    namedOnly: settings.identitiesOnly,
    banner: null,
    password: source === null ? null : () => secrets.read(source, `the password of ${user}@${at}`),
    passphrase: passphrase === null ? null : (file) => secrets.read(passphrase, `the passphrase of ${file}`),
  };
}

/** The socket of the agent that ~/.ssh/config names, else the usual one. */
function agentOf({ identityAgent }: HostSettings, usual: string | null): string | null {
  if (identityAgent === null || identityAgent === 'SSH_AUTH_SOCK') return usual;
  if (identityAgent.toLowerCase() === 'none') return null;
  return identityAgent.startsWith('$')
    ? (process.env[identityAgent.replace(/^\$\{?|\}$/g, '')] ?? null)
    : identityAgent;
}

/** A jump host has no password of the device's: its key, or the agent's, has to be enough. */
function jumpHop(text: string, index: number, device: Device, surroundings: Surroundings): Hop {
  const target = parseTarget(text);
  if (target === null) throw new CollectError('settings', `the jump host ${text} is not user@host:port`);
  const settings = surroundings.sshConfig.of(target.host, target.user);
  if (settings.jump.length > 0 && device.jump === null) {
    throw new CollectError('settings', `the jump host ${text} is itself behind a jump host`, {
      hint: 'write all of them, in order, as jump in the inventory',
    });
  }
  const user = target.user ?? settings.user ?? userInfo().username;
  const port = target.port ?? settings.port ?? 22;
  const plain: Device = { ...device, identity: null, password: null };
  return {
    host: settings.host,
    port,
    // A later one is reached through the one before it.
    proxyCommand: index === 0 ? proxyOf(settings, { name: target.host, port, user }) : null,
    keyName: settings.hostKeyAlias ?? settings.host,
    oldAlgorithms: [],
    hostKeys: {
      pins: [],
      mode: device.hostKeys.mode,
      files: knownHostsOf(settings, surroundings),
    },
    identity: identityOf(
      settings.identities.length === 0 ? { ...plain, identity: device.identity } : plain,
      settings,
      user,
      surroundings,
    ),
  };
}

async function sessionSecret(
  kind: 'password' | 'enable-password',
  device: Device,
  { host, identity }: Hop,
  { secrets }: Surroundings,
): Promise<string | null> {
  if (kind === 'password') return identity.password === null ? null : identity.password();
  if (device.enablePassword === null) return null;
  return secrets.read(device.enablePassword, `the enable password of ${host}`);
}

function knownHostsOf({ knownHosts }: HostSettings, { knownHostsFiles }: Surroundings): readonly string[] {
  return knownHostsFiles ?? knownHosts ?? usualKnownHosts();
}

/** The known_hosts files of ssh: the user's, which takes new keys, and the system's. */
function usualKnownHosts(): readonly string[] {
  return [join(homedir(), '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'];
}
