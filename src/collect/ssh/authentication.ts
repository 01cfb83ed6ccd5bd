import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyAuthMethod, AuthHandlerMiddleware, ParsedKey, Prompt } from 'ssh2';
import ssh2 from 'ssh2';
import { CollectError } from '../collect-error.js';
import { reasonOf } from '../reason.js';
import { agentForKey } from './agent.js';

/** By what a user may be recognised, in the order in which it is tried. */
export interface Identity {
  readonly user: string;
  /** Where the user logs in, for messages: there may be hosts on the way. */
  readonly host: string;
  /** Key files that were named; each has to be readable. */
  readonly keyFiles: readonly string[];
  /** Key files that ssh would try; one that is not there is passed over. */
  readonly usualKeyFiles: readonly string[];
  /** Socket of an agent; null: none. */
  readonly agent: string | null;
  /** Of the agent's keys only those of `keyFiles`. */
  readonly namedOnly: boolean;
  /** null: there is none. */
  readonly password: (() => Promise<string>) | null;
  readonly passphrase: ((file: string) => Promise<string>) | null;
  /** A banner that is accepted with `yes`; null: none is. */
  readonly banner: RegExp | null;
}

/** The key files that ssh tries by itself. */
export function usualKeyFiles(home: string): readonly string[] {
  return ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(home, '.ssh', name));
}

/** One way to be recognised. */
interface Attempt {
  readonly by: 'key' | 'secret';
  /** null: there turned out to be none. */
  make(offered: readonly string[]): Promise<AnyAuthMethod | null>;
}

/**
 * Tries keys first, then the agent's, then the password, each once, as far as the appliance offers it.
 * What is not needed is never asked for: a password command does not run when a key was enough.
 *
 * @param fail is told what stopped it, because ssh2 has no way to
 */
export function authenticate(identity: Identity, fail: (error: CollectError) => void): AuthHandlerMiddleware {
  const left: Attempt[] = [
    ...identity.keyFiles.flatMap((file) => namedKeyAttempts(identity, file)),
    ...(identity.agent === null || identity.namedOnly ? [] : [agentAttempt(identity.user, identity.agent)]),
    ...identity.usualKeyFiles.map((file) => keyAttempt(identity, file, false, () => false)),
    ...(identity.password === null ? [] : [secretAttempt(identity, identity.password, fail)]),
  ];
  const tried: string[] = [];
  return (offered, partial, next) => {
    if (offered === null || offered === undefined) {
      next({ type: 'none', username: identity.user });
      return;
    }
    if (partial) tried.push('and was asked for more');
    nextMethod(left, offered, tried).then(
      (method) => {
        if (method !== null) return next(method);
        fail(refused(identity, offered, tried));
        next(false as never);
      },
      (error: unknown) => {
        fail(error instanceof CollectError ? error : new CollectError('authentication', 'no way to log in'));
        next(false as never);
      },
    );
  };
}

/** The next attempt that is offered. One that is not may be later: a server may ask for two. */
async function nextMethod(
  left: Attempt[],
  offered: readonly string[],
  tried: string[],
): Promise<AnyAuthMethod | null> {
  const secrets = offered.includes('password') || offered.includes('keyboard-interactive');
  for (;;) {
    const at = left.findIndex(({ by }) => (by === 'key' ? offered.includes('publickey') : secrets));
    const [attempt] = at < 0 ? [] : left.splice(at, 1);
    if (attempt === undefined) return null;
    const method = await attempt.make(offered);
    if (method === null) continue;
    tried.push(WORDS.get(method.type) ?? method.type);
    return method;
  }
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['publickey', 'a key file'],
  ['agent', 'the agent’s keys'],
  ['password', 'the password'],
  ['keyboard-interactive', 'the password'],
]);

function refused(
  { user, host }: Identity,
  offered: readonly string[],
  tried: readonly string[],
): CollectError {
  const what = tried.length === 0 ? 'there was nothing to try' : `tried ${tried.join(', ')}`;
  const hint =
    tried.length === 0
      ? 'name a key file, a password source, or start an agent'
      : 'see whether the account may log in by SSH, and with which key or password';
  const accepts = offered.filter((each) => /^[a-z-]{1,40}$/.test(each)).join(', ');
  return new CollectError(
    'authentication',
    `the login of ${user} on ${host} is refused; ${what}; accepted: ${accepts}`,
    {
      hint,
    },
  );
}

/** A key file that was named: by the agent where that holds its key, else by the file itself. */
function namedKeyAttempts(identity: Identity, file: string): readonly Attempt[] {
  const { user, agent: socket } = identity;
  let held = false;
  const byAgent = async (): Promise<AnyAuthMethod | null> => {
    const agent = socket === null ? null : await agentForKey(socket, file);
    held = agent !== null;
    return agent === null ? null : { type: 'agent', username: user, agent };
  };
  return [{ by: 'key', make: byAgent }, keyAttempt(identity, file, true, () => held)];
}

/** `held`: whether the agent has tried the same key already. */
function keyAttempt(identity: Identity, file: string, named: boolean, held: () => boolean): Attempt {
  const make = async (): Promise<AnyAuthMethod | null> => {
    if (held()) return null;
    const key = await readKey(identity, file, named);
    return key === null ? null : { type: 'publickey', username: identity.user, key };
  };
  return { by: 'key', make };
}

async function readKey(identity: Identity, file: string, named: boolean): Promise<ParsedKey | null> {
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (error) {
    if (!named) return null;
    throw new CollectError('settings', `the key file ${file} can't be read: ${reasonOf(error)}`);
  }
  const plain = parsed(text, undefined);
  if (plain !== null) return plain;
  // Encrypted, or no key at all: only a passphrase tells.
  if (identity.passphrase === null || (!named && !looksEncrypted(text))) {
    if (!named) return null;
    throw new CollectError('settings', `the key file ${file} is encrypted or is no private key`, {
      hint: 'name where its passphrase comes from, or add the key to an agent',
    });
  }
  const opened = parsed(text, await identity.passphrase(file));
  if (opened !== null) return opened;
  throw new CollectError('authentication', `the passphrase does not open the key file ${file}`);
}

function looksEncrypted(text: Buffer): boolean {
  const result = ssh2.utils.parseKey(text);
  return result instanceof Error && /encrypted|passphrase/i.test(result.message);
}

function parsed(text: Buffer, passphrase: string | undefined): ParsedKey | null {
  const result = ssh2.utils.parseKey(text, passphrase);
  if (result instanceof Error) return null;
  return ([result].flat() as ParsedKey[]).find((each) => each.isPrivateKey()) ?? null;
}

function agentAttempt(user: string, agent: string): Attempt {
  return { by: 'key', make: async () => ({ type: 'agent', username: user, agent }) };
}

/** By one of two ways: an appliance that offers both would count the same wrong password twice. */
function secretAttempt(
  { user, banner }: Identity,
  password: () => Promise<string>,
  fail: (error: CollectError) => void,
): Attempt {
  const make = async (offered: readonly string[]): Promise<AnyAuthMethod> => {
    const secret = await password();
    if (offered.includes('password')) return { type: 'password', username: user, password: secret };
    let given = 0;
    const answer = ({ prompt, echo }: Prompt): string | null => {
      if (banner?.test(prompt) === true) return 'yes';
      if (echo === true) return null;
      given += 1;
      return given === 1 ? secret : null;
    };
    return {
      type: 'keyboard-interactive',
      username: user,
      prompt: (_name, _instructions, _language, prompts, finish) => {
        const answers = prompts.flatMap((each) => answer(each) ?? []);
        if (answers.length < prompts.length) {
          fail(new CollectError('authentication', 'the appliance asks for more than a password to log in'));
        }
        finish(answers.length < prompts.length ? [] : answers);
      },
    };
  };
  return { by: 'secret', make };
}
