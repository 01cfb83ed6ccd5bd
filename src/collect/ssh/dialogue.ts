import type { Duplex } from 'node:stream';
import type { Answer, SessionScript } from '../../model/session-script.js';
import { CollectError } from '../collect-error.js';
import { type Limits, MAX_OUTPUT } from '../device.js';
import { maskLines } from './mask.js';
import { shownLine } from './screen.js';

/** What a dialogue needs to know of its device. */
export interface DialogueSettings {
  readonly script: SessionScript;
  readonly limits: Limits;
  readonly sudo: boolean;
  /** null: there is none. */
  readonly secret: (kind: 'password' | 'enable-password') => Promise<string | null>;
  readonly hasEnablePassword: boolean;
  readonly signal: AbortSignal;
}

/** What one command answered; each character is one byte. */
export interface CommandOutput {
  readonly file: string;
  readonly command: string;
  readonly text: string;
}

/** How long the first prompt has to stand still before it counts: a banner may look like one. */
const SETTLE_FIRST_MS = 80;
/** The same for the prompt that is known by then. */
const SETTLE_MS = 10;
/** A prompt without any echo before it may be left over from before. */
const SETTLE_UNECHOED_MS = 500;
const FINISH_MS = 100;
/** Lines that an appliance may print when it is left. */
const LONGEST_GOODBYE = 10;
const LONGEST_QUESTION = 2_000;

/**
 * Runs a platform's script over a shell: waits for the prompt, sends one line after the other, and
 * answers what the script knows how to answer. Anything else that is asked ends it.
 *
 * @throws CollectError
 */
export async function runDialogue(
  stream: Duplex,
  settings: DialogueSettings,
): Promise<readonly CommandOutput[]> {
  const { script } = settings;
  const session = new ShellSession(stream, settings);
  try {
    await session.waitForLogin();
    for (const step of script.prepare) {
      if (step.needs === 'enable-password' && !settings.hasEnablePassword) continue;
      await session.run(step.send, step.changesPrompt === true);
    }
    const outputs: CommandOutput[] = [];
    for (const { send, elevated, file } of script.commands) {
      const command = settings.sudo && elevated !== undefined ? elevated : send;
      const lines = await session.run(command, false);
      outputs.push({ file, command, text: lines.map((line) => `${line}\n`).join('') });
    }
    await session.finish(script.finish);
    return outputs;
  } finally {
    session.close();
  }
}

/** One terminal, from the login to its end. Lives as long as the channel. */
class ShellSession {
  readonly #stream: Duplex;
  readonly #settings: DialogueSettings;
  readonly #sent: string[] = [];
  readonly #answered = new Set<string>();
  #lines: string[] = [];
  #partial = '';
  #bytes = 0;
  #closed = false;
  /** Whether anything but the last line has come since the last command or answer. */
  #heard = false;
  #prompt: string | null = null;
  #doing = 'waiting for the prompt';
  #wake: () => void = () => {};

  constructor(stream: Duplex, settings: DialogueSettings) {
    this.#stream = stream;
    this.#settings = settings;
    stream.on('data', this.#take);
    for (const event of ['end', 'close', 'error']) stream.on(event, this.#end);
    settings.signal.addEventListener('abort', this.#end);
  }

  close(): void {
    this.#settings.signal.removeEventListener('abort', this.#end);
    this.#stream.off('data', this.#take);
    // What still comes is read and thrown away, so that the channel can close.
    this.#stream.resume();
  }

  async waitForLogin(): Promise<void> {
    await this.#untilPrompt(true);
    this.#refuseIfRefused(this.#lines);
  }

  /** Sends one line and returns what it printed, without its echo. */
  async run(command: string, changesPrompt: boolean): Promise<readonly string[]> {
    this.#doing = command;
    this.#lines = [];
    this.#partial = '';
    this.#heard = false;
    this.#answered.clear();
    if (changesPrompt) this.#prompt = null;
    this.#stream.write(`${command}\n`);
    await this.#untilPrompt(false);
    const lines = this.#lines;
    this.#lines = [];
    const echoed = lines[0]?.trimEnd().endsWith(command) === true;
    const output = echoed ? lines.slice(1) : lines;
    this.#refuseIfRefused(output);
    return output;
  }

  /** Says goodbye, and does not wait long for an answer. */
  async finish(lines: readonly string[]): Promise<void> {
    this.#lines = [];
    this.#partial = '';
    for (const line of lines) if (!this.#closed) this.#stream.write(`${line}\n`);
    const until = performance.now() + FINISH_MS;
    while (!this.#closed && performance.now() < until) await this.#sleep(until - performance.now());
    // What looked like the prompt was a line of the configuration, and the rest of it comes now.
    if (this.#lines.length > LONGEST_GOODBYE) {
      const message = `the appliance went on printing behind its prompt, after ${quoted(this.#doing)}`;
      throw new CollectError('not-a-configuration', message);
    }
  }

  readonly #take = (chunk: Buffer): void => {
    this.#bytes += chunk.length;
    const [first = '', ...others] = chunk.toString('latin1').split('\n');
    this.#partial += first;
    for (const part of others) {
      this.#lines.push(shownLine(this.#partial));
      this.#partial = part;
      this.#heard = true;
    }
    this.#wake();
  };

  readonly #end = (): void => {
    this.#closed = true;
    this.#wake();
  };

  /** A prompt or a question is short; what is longer is output, and not worth looking at. */
  #lastLine(): string {
    return this.#partial.length > LONGEST_QUESTION ? '' : shownLine(this.#partial);
  }

  async #untilPrompt(login: boolean): Promise<void> {
    const { limits } = this.#settings;
    const deadline = performance.now() + limits.step;
    let [stood, since, seen] = ['', performance.now(), this.#bytes];
    for (;;) {
      this.#refuseEnd(deadline);
      const shown = this.#lastLine();
      if (shown !== stood || this.#bytes !== seen) {
        [stood, since, seen] = [shown, performance.now(), this.#bytes];
      }
      const stable = performance.now() - since;
      const settle = this.#settleOf(shown, login);
      if (settle !== null && stable >= settle) {
        if (this.#isPrompt(shown)) {
          this.#prompt ??= shown.trimEnd();
          return;
        }
        await this.#answer(shown, login);
        since = performance.now();
        continue;
      }
      if (settle === null && stable >= limits.quiet && looksLikeQuestion(shown))
        throw this.#unexpected(shown);
      await this.#sleep(Math.min((settle ?? limits.quiet) - stable, deadline - performance.now()));
    }
  }

  /** How long the last line has to stand before it is what it looks like; null: it is nothing yet. */
  #settleOf(shown: string, login: boolean): number | null {
    if (this.#isPrompt(shown)) {
      if (this.#prompt === null) return SETTLE_FIRST_MS;
      return this.#heard ? SETTLE_MS : SETTLE_UNECHOED_MS;
    }
    return this.#questionOf(shown, login) === null ? null : SETTLE_MS;
  }

  #isPrompt(shown: string): boolean {
    if (this.#prompt !== null) return shown.trimEnd() === this.#prompt;
    return this.#settings.script.prompt.test(shown) && this.#questionOf(shown, true) === null;
  }

  #questionOf(shown: string, login: boolean): Answer | null {
    if (shown === '') return null;
    const { questions } = this.#settings.script;
    const found = questions.find((each) => (login || each.when === 'always') && each.asks.test(shown));
    return found?.answer ?? null;
  }

  async #answer(shown: string, login: boolean): Promise<void> {
    const answer = this.#questionOf(shown, login);
    if (answer === null) return;
    if (answer.kind === 'key') {
      // A pager: its line is not part of the output.
      this.#partial = '';
      this.#stream.write(answer.text);
      return;
    }
    this.#partial = '';
    if (answer.kind === 'line') {
      if (this.#answered.has(shown)) throw this.#unexpected(shown);
      this.#answered.add(shown);
      this.#stream.write(`${answer.text}\n`);
      return;
    }
    if (this.#answered.has(answer.kind)) {
      throw new CollectError('authentication', `the appliance does not accept the ${words(answer.kind)}`);
    }
    this.#answered.add(answer.kind);
    const secret = await this.#settings.secret(answer.kind);
    if (secret === null) {
      throw new CollectError(
        'authentication',
        `the appliance asks for the ${words(answer.kind)}, and there is none`,
        {
          hint: 'name where it comes from: an environment variable, a file descriptor, a command or a prompt',
        },
      );
    }
    this.#sent.push(secret);
    this.#stream.write(`${secret}\n`);
  }

  #refuseEnd(deadline: number): void {
    if (this.#settings.signal.aborted) throw this.#settings.signal.reason;
    if (this.#bytes > MAX_OUTPUT)
      throw new CollectError('too-large', `more than ${MAX_OUTPUT >> 20} MiB came`);
    if (this.#closed) {
      this.#refuseIfRefused([...this.#lines, this.#lastLine()]);
      throw new CollectError('connection-lost', `the appliance closed the session: ${this.#progress()}`);
    }
    if (performance.now() < deadline) return;
    const seconds = Math.round(this.#settings.limits.step / 1000);
    throw new CollectError('timeout', `no prompt within ${seconds} s: ${this.#progress()}`, {
      hint: this.#shownEnd(this.#lastLine()),
    });
  }

  /** Beginning and end of an output, where refusals stand; a configuration may hold such a line inside. */
  #refuseIfRefused(lines: readonly string[]): void {
    const { refusals } = this.#settings.script;
    const ends = lines.length <= 12 ? lines : [...lines.slice(0, 6), ...lines.slice(-6)];
    const refusal = ends.find((line) => refusals.some((each) => each.test(line)));
    if (refusal === undefined) return;
    const [masked = ''] = maskLines([refusal], this.#sent);
    const login = this.#prompt === null;
    const what = login ? 'the appliance refuses the login' : `the appliance refuses ${quoted(this.#doing)}`;
    throw new CollectError(login ? 'authentication' : 'command-refused', `${what}: ${masked}`);
  }

  #unexpected(shown: string): CollectError {
    return new CollectError(
      'unexpected-question',
      `the appliance asks something unexpected: ${this.#progress()}`,
      {
        hint: this.#shownEnd(shown),
      },
    );
  }

  #shownEnd(shown: string): string | null {
    const last = maskLines([...this.#lines.slice(-2), shown], this.#sent);
    return last.length === 0 ? null : `its last lines, without what may be secret: ${last.join(' ⏎ ')}`;
  }

  #progress(): string {
    if (this.#prompt === null) return 'at the login';
    return `${this.#lines.length} lines into ${quoted(this.#doing)}`;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Whether a line that stands still waits for somebody. Output that is slow stands still too. */
function looksLikeQuestion(shown: string): boolean {
  return /[?:>\])#$%]\s*$/.test(shown);
}

function words(kind: 'password' | 'enable-password'): string {
  return kind === 'password' ? 'password' : 'enable password';
}

function quoted(command: string): string {
  return `“${command}”`;
}
