import type { Duplex } from 'node:stream';
import type { Client, ConnectConfig } from 'ssh2';
import ssh2 from 'ssh2';
import { CollectError } from '../collect-error.js';
import { algorithmsFor, type Negotiated, OLD_ALGORITHMS, oldAmong } from './algorithms.js';
import { authenticate, type Identity } from './authentication.js';
import { forwardedSocket } from './forwarded.js';
import {
  checkHostKey,
  type HostKey,
  type HostKeyPolicy,
  type KnownHosts,
  wantedKeyTypes,
} from './host-key.js';
import { ProxyProgram } from './proxy-command.js';

/** One host to connect to: the appliance, or a hop on the way. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  /** The name under which its key is known. */
  readonly keyName: string;
  readonly identity: Identity;
  readonly hostKeys: HostKeyPolicy;
  readonly oldAlgorithms: readonly string[];
  /** A line of shell that carries the connection; only before the first hop. */
  readonly proxyCommand: string | null;
}

/** A connection that stands, through however many hops. */
export interface Connection {
  readonly client: Client;
  readonly hostKey: HostKey;
  /** Old algorithms that were agreed on. */
  readonly old: readonly string[];
  /** Says goodbye to every hop, the appliance first, and waits until they have gone. */
  readonly close: () => Promise<void>;
}

/**
 * Connects hop by hop; each one's key is checked before anything is said to it.
 *
 * @param hops the last one is the appliance
 * @throws CollectError
 */
export async function connectThrough(
  hops: readonly Hop[],
  known: KnownHosts,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Connection> {
  const open: Client[] = [];
  const gone = new Set<Client>();
  const command = hops[0]?.proxyCommand ?? null;
  const proxy = command === null ? null : new ProxyProgram(command);
  const close = async () => {
    for (const client of open.toReversed()) if (!gone.has(client)) await closeClient(client);
    await proxy?.close();
  };
  try {
    let socket: Duplex | null = proxy?.socket ?? null;
    for (const [index, hop] of hops.entries()) {
      const via = hops[index - 1];
      const last = open.at(-1);
      if (last !== undefined && via !== undefined) socket = await forward(last, via, hop);
      const { client, hostKey, old } = await connect(hop, socket, known, timeoutMs, signal);
      open.push(client);
      client.on('close', () => gone.add(client));
      if (index === hops.length - 1) return { client, hostKey, old, close };
    }
    throw new CollectError('settings', 'there is no host to connect to');
  } catch (error) {
    await close();
    throw proxyError(error, proxy, hops[0]?.host ?? '');
  }
}

/** Where the program between the two has ended, that is the reason, whatever it looked like from here. */
function proxyError(error: unknown, proxy: ProxyProgram | null, host: string): unknown {
  const ending = proxy?.ending ?? null;
  if (ending === null || !(error instanceof CollectError) || error.reason !== 'unreachable') return error;
  return new CollectError('unreachable', `the ProxyCommand for ${host} has ended: ${ending}`, {
    hint: 'run it yourself to see what it says; it is given no terminal to ask at',
    cause: error,
  });
}

/** How long an appliance may take to go, in milliseconds. */
const GOODBYE_MS = 250;

function closeClient(client: Client): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, GOODBYE_MS);
    function end(): void {
      clearTimeout(timer);
      client.destroy();
      resolve();
    }
    client.on('close', end);
    client.end();
  });
}

function forward(client: Client, via: Hop, { host, port }: Hop): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      if (error === undefined) resolve(forwardedSocket(channel));
      else reject(new CollectError('unreachable', `${via.host} does not connect to ${host} port ${port}`));
    });
  });
}

interface Connected {
  readonly client: Client;
  readonly hostKey: HostKey;
  readonly old: readonly string[];
}

async function connect(
  hop: Hop,
  socket: Duplex | null,
  known: KnownHosts,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Connected> {
  const types = wantedKeyTypes(await known.of(hop.hostKeys.files), hop.keyName, hop.port);
  signal.throwIfAborted();
  // Of a way there that ended before anybody listened to it, nothing more is ever heard.
  if (socket?.destroyed === true) throw connectionError(null, hop, []);
  const client = new ssh2.Client();
  const found: Found = { failure: null, hostKey: null, old: [], offered: [], agreed: false };
  const late = new AbortController();
  const clock = new Clock(timeoutMs, () => {
    found.failure ??= noAnswer(hop, found.agreed);
    late.abort(found.failure);
  });
  client.on('handshake', (negotiated) => {
    found.old = oldAmong(negotiated as unknown as Negotiated);
    found.agreed = true;
    clock.start();
  });
  const config = connectConfig(hop, socket, types, known, found, clock);
  clock.start();
  try {
    await ready(
      client,
      config,
      AbortSignal.any([signal, late.signal]),
      (error) => found.failure ?? connectionError(error, hop, found.offered),
    );
  } finally {
    clock.stop();
  }
  if (found.hostKey === null) throw new CollectError('host-key-unknown', 'the host key was not checked');
  return { client, hostKey: found.hostKey, old: found.old };
}

/** What comes out on the way; ssh2 tells it by callbacks. */
interface Found {
  failure: CollectError | null;
  hostKey: HostKey | null;
  old: readonly string[];
  readonly offered: string[];
  agreed: boolean;
}

function connectConfig(
  hop: Hop,
  socket: Duplex | null,
  types: readonly string[],
  known: KnownHosts,
  found: Found,
  clock: Clock,
): ConnectConfig {
  const handler = authenticate(hop.identity, (error) => {
    found.failure ??= error;
  });
  return {
    host: hop.host,
    port: hop.port,
    username: hop.identity.user,
    ...(socket === null ? {} : { sock: socket }),
    algorithms: algorithmsFor(hop.oldAlgorithms, types),
    // The clock is ours: it stands still while a person looks for a password.
    readyTimeout: 0,
    hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
      checkHostKey(known, hop.hostKeys, hop.keyName, hop.port, key).then(
        (accepted) => {
          found.hostKey = accepted;
          verify(true);
        },
        (error: CollectError) => {
          found.failure ??= error;
          verify(false);
        },
      );
    },
    authHandler: (methods, partial, next) => {
      clock.stop();
      handler(methods, partial, (method) => {
        clock.start();
        next(method);
      });
    },
    debug: (message) => {
      if (message.startsWith('Handshake: (remote)')) found.offered.push(message);
    },
  };
}

/** A time-out that can stand still. */
class Clock {
  readonly #ms: number;
  readonly #expire: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(ms: number, expire: () => void) {
    this.#ms = ms;
    this.#expire = expire;
  }

  start(): void {
    this.stop();
    this.#timer = setTimeout(this.#expire, this.#ms);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Before the two have agreed nothing was tried yet, and it may be tried again. */
function noAnswer({ host, port }: Hop, agreed: boolean): CollectError {
  const where = `${host} port ${port}`;
  return agreed
    ? new CollectError('timeout', `${where} does not answer the login`)
    : new CollectError('unreachable', `${where} does not answer`);
}

function ready(
  client: Client,
  config: ConnectConfig,
  signal: AbortSignal,
  explain: (error: (Error & { level?: string }) | null) => CollectError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => end(signal.reason);
    function end(error: unknown): void {
      signal.removeEventListener('abort', aborted);
      if (error === null) {
        resolve();
        return;
      }
      client.destroy();
      reject(error);
    }
    signal.addEventListener('abort', aborted);
    client.on('ready', () => end(null));
    // Stays, so that a late error of a client that is thrown away does not end the program.
    client.on('error', (error) => end(explain(error)));
    client.on('close', () => end(explain(null)));
    client.connect(config);
    // Questions and answers are short: none waits for the other side to say that it has the last one.
    client.setNoDelay(true);
  });
}

function connectionError(
  error: (Error & { level?: string; code?: string }) | null,
  { host, port }: Hop,
  offered: readonly string[],
): CollectError {
  const where = `${host} port ${port}`;
  if (error === null) return new CollectError('unreachable', `${where} closed the connection`);
  if (/no matching/.test(error.message)) return noCommonAlgorithm(where, offered);
  if (error.level === 'client-socket') {
    const why = SOCKET_ERRORS.get(error.code ?? '') ?? error.code ?? 'no connection';
    return new CollectError('unreachable', `${where}: ${why}`);
  }
  if (error.level === 'agent') return new CollectError('authentication', 'the SSH agent does not answer');
  return new CollectError('unreachable', `${where} does not speak SSH as expected`);
}

const SOCKET_ERRORS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EHOSTUNREACH', 'no route to it'],
  ['ENETUNREACH', 'no route to it'],
  ['ETIMEDOUT', 'no answer'],
  ['ENOTFOUND', 'no such name'],
  ['EAI_AGAIN', 'its name can’t be looked up'],
]);

/** Names the old algorithms that the appliance offers where the two could not agree. */
function noCommonAlgorithm(where: string, offered: readonly string[]): CollectError {
  const last = offered.at(-1) ?? '';
  const names = last.slice(last.indexOf(':', 'Handshake: (remote)'.length) + 1).split(',');
  const old = names.map((each) => each.trim()).filter((each) => OLD_ALGORITHMS.includes(each));
  const hint =
    old.length === 0
      ? null
      : `it offers ${old.join(', ')}: weak, and allowed for this device alone by name, under old-algorithms`;
  return new CollectError('no-common-algorithm', `${where} knows no algorithm that is still safe`, { hint });
}
