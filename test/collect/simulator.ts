import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthContext, Connection, ServerChannel, ServerConfig } from 'ssh2';
import ssh2 from 'ssh2';
import { fingerprintOf } from '../../src/collect/ssh/known-hosts.js';
import { listenHere } from './build.js';
import { printedBy, type Recorded, type RecordedStep } from './recorded.js';

/** A host key pair: what a server presents, and how it stands in known_hosts. */
export interface HostKeyPair {
  readonly secret: string;
  readonly type: string;
  readonly base64: string;
  readonly fingerprint: string;
}

/** Makes a host key with ssh-keygen where it is there, else with ssh2, whose Ed25519 keys are not always good. */
export function makeHostKey(type: 'ed25519' | 'rsa' | 'ecdsa' = 'ed25519'): HostKeyPair {
  const { secret, publicKey } = keygenPair(type) ?? ownPair(type);
  const [keyType = '', base64 = ''] = publicKey.trim().split(' ');
  const fingerprint = fingerprintOf(Buffer.from(base64, 'base64'));
  return { secret, type: keyType, base64, fingerprint };
}

interface Pair {
  readonly secret: string;
  readonly publicKey: string;
}

function keygenPair(type: string): Pair | null {
  const folder = mkdtempSync(join(tmpdir(), 'fwaudit-key-'));
  try {
    const file = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', file]);
    return { secret: readFileSync(file, 'utf8'), publicKey: readFileSync(`${file}.pub`, 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownPair(type: 'ed25519' | 'rsa' | 'ecdsa'): Pair {
  const { generateKeyPairSync } = ssh2.utils;
  const pair =
    type === 'rsa' ? generateKeyPairSync('rsa', { bits: 2048 }) : generateKeyPairSync('ecdsa', { bits: 256 });
  return { secret: pair.private, publicKey: pair.public };
}

let shared: HostKeyPair | null = null;

/** One key for all appliances of which the key does not matter. */
export function sharedHostKey(): HostKeyPair {
  shared ??= makeHostKey();
  return shared;
}

let sharedRsa: HostKeyPair | null = null;

function hostKeyFor({ algorithms }: Recorded): HostKeyPair {
  if (algorithms?.serverHostKey?.includes('ssh-rsa') !== true) return sharedHostKey();
  sharedRsa ??= makeHostKey('rsa');
  return sharedRsa;
}

/** How an appliance misbehaves. */
export type Misbehaviour = 'hangs' | 'drops' | 'garbage' | 'refuses-login' | 'silent-shell' | 'asks';

/** An appliance on this machine. */
export interface Appliance {
  readonly port: number;
  readonly hostKey: HostKeyPair;
  /** Everything that was sent to it in channels, but for the keys that a pager was given. */
  readonly heard: string[];
  /** What did not fit the recorded session. */
  readonly problems: string[];
  readonly stats: { connections: number; open: number; mostOpen: number; passwords: number };
  stop(): Promise<void>;
}

export interface ApplianceOptions {
  readonly hostKey?: HostKeyPair;
  readonly misbehaves?: Misbehaviour;
}

/** Starts an appliance that replays a recorded session to whoever logs in. */
export async function startAppliance(
  recorded: Recorded,
  { hostKey = hostKeyFor(recorded), misbehaves }: ApplianceOptions = {},
): Promise<Appliance> {
  const heard: string[] = [];
  const problems: string[] = [];
  const stats = { connections: 0, open: 0, mostOpen: 0, passwords: 0 };
  const sockets = new Set<Socket>();
  const config: ServerConfig = {
    hostKeys: [hostKey.secret],
    ...(recorded.algorithms === undefined
      ? {}
      : { algorithms: recorded.algorithms as unknown as NonNullable<ServerConfig['algorithms']> }),
  };
  const ssh = new ssh2.Server(config, (connection) =>
    serve(connection, recorded, misbehaves, heard, problems, stats),
  );
  const server = createServer((socket) => {
    stats.connections += 1;
    stats.open += 1;
    stats.mostOpen = Math.max(stats.mostOpen, stats.open);
    sockets.add(socket);
    socket.on('close', () => {
      stats.open -= 1;
      sockets.delete(socket);
    });
    socket.on('error', () => {});
    if (misbehaves !== 'hangs') ssh.injectSocket(socket as never);
  });
  return {
    port: await listenHere(server),
    hostKey,
    heard,
    problems,
    stats,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function serve(
  connection: Connection,
  recorded: Recorded,
  misbehaves: Misbehaviour | undefined,
  heard: string[],
  problems: string[],
  stats: Appliance['stats'],
): void {
  connection.on('error', () => {});
  connection.on('authentication', (context) => login(context, recorded, misbehaves, stats));
  connection.on('ready', () => {
    let next = 0;
    connection.on('session', (accept) => {
      const session = accept();
      session.on('pty', (acceptPty) => acceptPty?.());
      session.on('shell', (acceptShell) => {
        const channel = acceptShell();
        if (misbehaves === 'silent-shell') return;
        replayTerminal(channel, recorded, misbehaves, heard, problems);
      });
      session.on('exec', (acceptExec, _reject, { command }) => {
        const step = recorded.steps[next];
        next += 1;
        heard.push(command);
        replayCommand(acceptExec(), recorded, step, command, misbehaves, problems);
      });
    });
  });
}

function login(
  context: AuthContext,
  { user, password, login: method, banner }: Recorded,
  misbehaves: Misbehaviour | undefined,
  stats: Appliance['stats'],
): void {
  const good = context.username === user && misbehaves !== 'refuses-login';
  if (context.method === method && method === 'none' && good) {
    context.accept();
    return;
  }
  if (context.method === 'password' && method === 'password') {
    stats.passwords += 1;
    if (good && context.password === password) context.accept();
    else context.reject(['password']);
    return;
  }
  if (context.method === 'keyboard-interactive' && method === 'keyboard-interactive') {
    stats.passwords += 1;
    const ask = () =>
      context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
        if (good && answers[0] === password) context.accept();
        else context.reject(['keyboard-interactive']);
      });
    if (banner === undefined) ask();
    else {
      context.prompt([{ prompt: banner, echo: true }], (answers) => {
        if (answers[0] === 'yes') ask();
        else context.reject(['keyboard-interactive']);
      });
    }
    return;
  }
  context.reject(method === 'none' ? [] : [method]);
}

function replayCommand(
  channel: ServerChannel,
  { platform }: Recorded,
  step: RecordedStep | undefined,
  command: string,
  misbehaves: Misbehaviour | undefined,
  problems: string[],
): void {
  if (step === undefined || step.hears !== command) {
    problems.push(`not in the session: ${command}`);
    channel.exit(127);
    channel.end();
    return;
  }
  const text = Buffer.from(printedBy(platform, step, false), 'latin1');
  if (misbehaves === 'drops') {
    channel.write(text.subarray(0, text.length / 2), () => channel.destroy());
    return;
  }
  if (step.complains !== undefined) channel.stderr.write(step.complains);
  channel.write(misbehaves === 'garbage' ? Buffer.from('what?\n') : text, () => {
    channel.exit(step.exit ?? 0);
    channel.end();
  });
}

function replayTerminal(
  channel: ServerChannel,
  recorded: Recorded,
  misbehaves: Misbehaviour | undefined,
  heard: string[],
  problems: string[],
): void {
  let [at, buffer] = [0, ''];
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  let paging: ((key: string) => void) | null = null;
  channel.on('error', () => {});
  channel.write(recorded.opens ?? '');
  channel.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    if (paging !== null) {
      paging(text);
      return;
    }
    heard.push(text);
    buffer += text;
    for (;;) {
      const step = recorded.steps[at];
      if (step === undefined) return;
      const wanted = step.key === true ? step.hears : `${step.hears}\n`;
      if (!buffer.startsWith(wanted)) {
        if (!wanted.startsWith(buffer))
          problems.push(`expected ${JSON.stringify(wanted)}, heard ${JSON.stringify(buffer)}`);
        return;
      }
      buffer = buffer.slice(wanted.length);
      at += 1;
      if (step.key !== true && step.echo !== false) channel.write(`${step.hears}\r\n`);
      answer(step);
    }
  });

  function answer(step: RecordedStep): void {
    const text = printedBy(recorded.platform, step, true);
    const more = (step.more ?? '').replace(/\r?\n/g, '\r\n');
    const main = text.length > 200;
    if (misbehaves === 'drops' && main) {
      channel.write(bytes(text.slice(0, text.length / 2)), () => channel.destroy());
      return;
    }
    if (misbehaves === 'garbage' && main) {
      channel.write(bytes(`all your base\r\n${more}`));
      return;
    }
    if (misbehaves === 'asks' && main) {
      channel.write(bytes(`${text.slice(0, 120)}\r\nThe trial has ended. Enter your licence key (y/n)? `));
      return;
    }
    if (step.pager !== undefined) {
      page(text, step.pager, more);
      return;
    }
    if (step.pauses === undefined) {
      channel.write(bytes(text + more));
    } else {
      channel.write(bytes(text.slice(0, text.length / 2)));
      setTimeout(() => channel.write(bytes(text.slice(text.length / 2) + more)), step.pauses);
    }
    if (step.closes === true) {
      channel.exit(0);
      channel.end();
    }
  }

  function page(text: string, pager: NonNullable<RecordedStep['pager']>, more: string): void {
    const lines = text.split('\r\n');
    const next = (first: boolean) => {
      const part = lines.splice(0, pager.lines);
      const start = first ? '' : pager.erases;
      if (lines.length === 0) {
        paging = null;
        channel.write(bytes(start + part.join('\r\n') + more));
        return;
      }
      channel.write(bytes(`${start}${part.join('\r\n')}\r\n${pager.asks}`));
    };
    paging = (key) => {
      if (key === pager.key) next(false);
      else problems.push(`the pager heard ${JSON.stringify(key)}`);
    };
    next(true);
  }
}
