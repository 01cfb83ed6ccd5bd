import { type ChildProcess, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { CollectError } from '../collect-error.js';

/** What the tokens of a ProxyCommand stand for (ssh_config(5), TOKENS). */
export interface ProxyTarget {
  /** `%h`: the name that is connected to. */
  readonly host: string;
  /** `%n`: the name that was asked for. */
  readonly name: string;
  /** `%p` */
  readonly port: number;
  /** `%r` */
  readonly user: string;
}

/**
 * A ProxyCommand with its tokens filled in, as ssh does it.
 *
 * @throws CollectError `settings` when a shell could take a name for something else, or for a token that
 * there is not
 */
export function filledProxyCommand(command: string, target: ProxyTarget): string {
  const values = new Map([
    ['%', '%'],
    ['h', harmless(target.host)],
    ['n', harmless(target.name)],
    ['p', `${target.port}`],
    ['r', harmless(target.user)],
  ]);
  return command.replace(/%(.?)/gs, (token, letter: string) => {
    const value = values.get(letter);
    if (value !== undefined && value !== null) return value;
    const why = values.has(letter) ? 'would be read by the shell' : 'stands for nothing';
    throw new CollectError('settings', `${token} of the ProxyCommand for ${target.name} ${why}`);
  });
}

/** A name comes from an inventory, and goes to a shell: null when it could say more than itself there. */
function harmless(name: string): string | null {
  return /^[A-Za-z0-9_.:@%+][A-Za-z0-9_.:@%+-]*$/.test(name) ? name : null;
}

/** A program of the user's that carries a connection. Lives as long as that. */
export class ProxyProgram {
  /** What the program reads and writes. */
  readonly socket: Duplex;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  /** How it ended by itself, in words. */
  #ending: string | null = null;
  #closing = false;

  /**
   * Starts it as ssh does: by the user's shell. Its group is its own, so that Ctrl-C comes to fwaudit alone,
   * which ends all of it; it has no terminal, and what it complains of is not shown.
   */
  constructor(command: string) {
    const shell = process.env.SHELL || '/bin/sh';
    const child = spawn(shell, ['-c', `exec ${command}`], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        if (!this.#closing) this.#ending = signal === null ? `exit code ${code}` : signal;
        resolve();
      });
      child.on('error', () => {
        this.#ending = 'it can’t be started';
        resolve();
      });
    });
    this.socket = Duplex.from({ readable: child.stdout, writable: child.stdin });
    // Whoever uses the socket hears of its end; without a listener an error would end fwaudit.
    this.socket.on('error', () => {});
  }

  /** Ends it with everything that it started, and waits until it has gone. */
  async close(): Promise<void> {
    // What has ended already says so in a moment.
    if (this.socket.readableEnded || this.socket.destroyed) await this.#goneWithin(GOODBYE_MS);
    this.#closing = true;
    this.socket.destroy();
    this.#signal('SIGTERM');
    if (!(await this.#goneWithin(GOODBYE_MS))) this.#signal('SIGKILL');
    await this.#gone;
    // Something that it left behind it.
    this.#signal('SIGKILL');
  }

  /** How it ended by itself: `exit code 1`; null: it did not. Known once it was closed. */
  get ending(): string | null {
    return this.#ending;
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Nobody of the group is there any more.
    }
  }

  async #goneWithin(ms: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ms, false);
    });
    const gone = await Promise.race([this.#gone.then(() => true), late]);
    clearTimeout(timer);
    return gone;
  }
}

/** How long it may take to go, in milliseconds. */
const GOODBYE_MS = 250;
