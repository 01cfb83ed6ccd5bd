import { readFile } from 'node:fs/promises';
import type { IdentityCallback, ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';

/** An agent of which one key alone is used: a server counts every key that it refuses. */
class OneKeyAgent extends ssh2.OpenSSHAgent {
  readonly #key: ParsedKey;

  constructor(socket: string, key: ParsedKey) {
    super(socket);
    this.#key = key;
  }

  override getIdentities(cb: IdentityCallback<ParsedKey>): void {
    cb(undefined, [this.#key]);
  }
}

/**
 * The agent, for the key of one key file: the file's `.pub` says which one it is, so that an encrypted
 * file need not be opened. null: there is no such file, the agent does not answer, or does not hold it.
 */
export async function agentForKey(socket: string, keyFile: string): Promise<OneKeyAgent | null> {
  const text = await readFile(`${keyFile}.pub`).catch(() => null);
  const key = text === null ? null : ssh2.utils.parseKey(text);
  if (key === null || key instanceof Error) return null;
  const wanted = ([key].flat() as ParsedKey[])[0]?.getPublicSSH();
  const found = (await identitiesOf(socket)).find((each) => wanted?.equals(each.getPublicSSH()) === true);
  return found === undefined ? null : new OneKeyAgent(socket, found);
}

function identitiesOf(socket: string): Promise<readonly ParsedKey[]> {
  return new Promise((resolve) => {
    new ssh2.OpenSSHAgent(socket).getIdentities((error, keys) => {
      resolve(error || keys === undefined ? [] : (keys as readonly ParsedKey[]));
    });
  });
}
