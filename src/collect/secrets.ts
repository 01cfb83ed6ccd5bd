import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CollectError } from './collect-error.js';
import { reasonOf } from './reason.js';

/** Where a secret comes from. The secret itself never stands in an inventory or on a command line. */
export type SecretSource =
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file-descriptor'; readonly number: number }
  /** A line of shell whose first line of output is the secret: `pass show fw/paris`. */
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'prompt' };

/** What the secrets of a run are read with. */
export interface SecretSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks a person without echo; null: nobody is there. */
  readonly ask: (question: string) => Promise<string | null>;
}

const COMMAND_MS = 60_000;

/** Reads secrets, each source once in a run (what is good only once apart), one after the other: two prompts at once can't be answered. */
export class Secrets {
  readonly #surroundings: SecretSurroundings;
  readonly #read = new Map<string, Promise<string>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(surroundings: SecretSurroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * @param what whose secret it is, in words: `the password of admin@192.0.2.1`
   * @throws CollectError `secret-unavailable`
   */
  read(source: SecretSource, what: string): Promise<string> {
    const id = JSON.stringify(source.kind === 'prompt' ? [what] : source);
    const before = this.#read.get(id);
    if (before !== undefined) return before;
    const reading = this.readOnce(source, what);
    this.#read.set(id, reading);
    return reading;
  }

  /** As `read`, for what is good only once: never remembered. */
  readOnce(source: SecretSource, what: string): Promise<string> {
    const reading = this.#turn.then(() => this.#now(source, what));
    this.#turn = reading.catch(() => {});
    return reading;
  }

  async #now(source: SecretSource, what: string): Promise<string> {
    const secret = await this.#from(source, what);
    if (secret !== '') return secret;
    throw new CollectError('secret-unavailable', `${what} is empty`);
  }

  async #from(source: SecretSource, what: string): Promise<string> {
    switch (source.kind) {
      case 'environment':
        return fromEnvironment(this.#surroundings.environment, source.name, what);
      case 'file-descriptor':
        return fromDescriptor(source.number, what);
      case 'command':
        return fromCommand(source.command, what);
      case 'prompt': {
        const answer = await this.#surroundings.ask(what);
        if (answer !== null) return answer;
        throw new CollectError('secret-unavailable', `there is no answer for ${what}`, {
          hint: 'without a terminal, name an environment variable, a file descriptor or a command for it',
        });
      }
    }
  }
}

function fromEnvironment(environment: SecretSurroundings['environment'], name: string, what: string): string {
  const value = environment[name];
  if (value !== undefined) return value;
  throw new CollectError('secret-unavailable', `the environment variable ${name}, for ${what}, is not set`);
}

function fromDescriptor(number: number, what: string): string {
  try {
    return firstLine(readFileSync(number, 'utf8'));
  } catch (error) {
    const reason = reasonOf(error);
    throw new CollectError('secret-unavailable', `file descriptor ${number}, for ${what}: ${reason}`);
  }
}

/** What the command writes to standard error is not shown: it may be anything. */
function fromCommand(command: string, what: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(
        new CollectError('secret-unavailable', `the command for ${what} ${why}`, {
          hint: 'run it yourself to see what it says',
        }),
      );
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'ignore'], timeout: COMMAND_MS });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', () => fail('could not be started'));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(firstLine(Buffer.concat(chunks).toString('utf8')));
      else fail(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
    });
  });
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}
