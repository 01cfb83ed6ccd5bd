import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CollectError } from '../collect-error.js';
import { reasonOf } from '../reason.js';
import {
  fingerprintOf,
  judgeHostKey,
  type KnownHost,
  knownHostName,
  knownKeyTypes,
  parseKnownHosts,
} from './known-hosts.js';

/** Which keys a host may present. */
export interface HostKeyPolicy {
  /** Fingerprints (`SHA256:…`); when there are any, no other key is accepted. */
  readonly pins: readonly string[];
  /** `accept-new`: a host of which nothing is known is accepted and written down. */
  readonly mode: 'strict' | 'accept-new';
  /** known_hosts files; new keys go into the first. */
  readonly files: readonly string[];
}

/** The key by which a host was recognised. */
export interface HostKey {
  readonly type: string;
  readonly fingerprint: string;
  readonly trust: 'known' | 'pinned' | 'accepted-new';
}

/** Known hosts of a run, read once for each set of files. */
export class KnownHosts {
  readonly #read = new Map<string, Promise<readonly KnownHost[]>>();
  readonly #added: KnownHost[] = [];
  #writing: Promise<void> = Promise.resolve();

  /**
   * @throws CollectError `known-hosts-unreadable`: a file that is there and can't be read would hide
   * that a key has changed or was revoked
   */
  async of(files: readonly string[]): Promise<readonly KnownHost[]> {
    const lists = await Promise.all(files.map((file) => this.#file(file)));
    return [...lists.flat(), ...this.#added];
  }

  /** Appends one line, in one write; one after the other. */
  async add(host: KnownHost, file: string): Promise<void> {
    this.#added.push(host);
    const line = `${host.hosts} ${host.type} ${Buffer.from(host.key).toString('base64')}\n`;
    const write = this.#writing.then(() => appendLine(file, line));
    this.#writing = write.catch(() => {});
    await write;
  }

  #file(file: string): Promise<readonly KnownHost[]> {
    const before = this.#read.get(file);
    if (before !== undefined) return before;
    const reading = readKnownHosts(file);
    this.#read.set(file, reading);
    return reading;
  }
}

async function readKnownHosts(file: string): Promise<readonly KnownHost[]> {
  try {
    return parseKnownHosts(await readFile(file, 'utf8'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CollectError('known-hosts-unreadable', `${file} can't be read: ${reasonOf(error)}`, {
      hint: 'without it nobody can tell whether a key has changed',
      cause: error,
    });
  }
}

async function appendLine(file: string, line: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const before = await readFile(file, 'utf8').catch(() => '');
    const start = before === '' || before.endsWith('\n') ? '' : '\n';
    await appendFile(file, `${start}${line}`, { mode: 0o600 });
  } catch (error) {
    throw new CollectError('known-hosts-unreadable', `${file} can't be written: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** The types of keys to ask a host for, best first; empty: any. */
export function wantedKeyTypes(known: readonly KnownHost[], host: string, port: number): readonly string[] {
  return [...new Set(knownKeyTypes(known, host, port))];
}

/**
 * Decides whether the key that a host presents is its own. A revoked or changed key refuses in every
 * mode, a pinned one included.
 *
 * @throws CollectError with both fingerprints or places, and what to do
 */
export async function checkHostKey(
  store: KnownHosts,
  policy: HostKeyPolicy,
  host: string,
  port: number,
  key: Uint8Array,
): Promise<HostKey> {
  const type = keyType(key);
  const fingerprint = fingerprintOf(key);
  const shown = `${type} ${fingerprint}`;
  const name = knownHostName(host, port);
  const verdict = judgeHostKey(await store.of(policy.files), host, port, key);
  if (verdict.kind === 'revoked') {
    throw new CollectError(
      'host-key-revoked',
      `the host key of ${name}, ${shown}, is revoked by ${verdict.place}`,
    );
  }
  if (policy.pins.length > 0 && !policy.pins.includes(fingerprint)) {
    throw new CollectError('host-key-changed', `the host key of ${name} is ${shown}, not the pinned one`, {
      hint: 'somebody may be in between: find out on the appliance itself before you change host-key',
    });
  }
  if (verdict.kind === 'changed') {
    throw new CollectError(
      'host-key-changed',
      `the host key of ${name} is ${shown}, and another one is known`,
      {
        hint: `somebody may be in between; the known key stands at ${verdict.places.join(', ')}`,
      },
    );
  }
  if (policy.pins.length > 0) return { type, fingerprint, trust: 'pinned' };
  if (verdict.kind === 'known') return { type, fingerprint, trust: 'known' };
  const [file] = policy.files;
  if (policy.mode === 'strict' || file === undefined) throw unknownHost(name, shown, verdict.certAuthority);
  await store.add({ marker: null, hosts: name, type, key: Uint8Array.from(key), place: file }, file);
  return { type, fingerprint, trust: 'accepted-new' };
}

function unknownHost(name: string, shown: string, certAuthority: boolean): CollectError {
  const authority = certAuthority
    ? '; known_hosts names a certificate authority for it, which fwaudit does not check'
    : '';
  return new CollectError(
    'host-key-unknown',
    `nothing is known of ${name}, whose key is ${shown}${authority}`,
    {
      hint: 'compare it on the appliance, then add it to known_hosts, pin it as host-key, or ask for accept-new',
    },
  );
}

/** The type stands at the beginning of a key, behind its length (RFC 4253, 6.6). */
function keyType(key: Uint8Array): string {
  const bytes = Buffer.from(key);
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  const text = bytes.subarray(4, 4 + length).toString('latin1');
  return /^[a-z0-9@.-]{1,64}$/i.test(text) ? text : 'unknown';
}
