import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { later, listenHere, scratch } from './build.js';

/** OpenSSH's server as Debian installs it. */
const SSHD = '/usr/sbin/sshd';

/** Why OpenSSH's server can't be asked on this machine, or null. Whoever skips a test for it says so. */
export const unavailable = ((): string | null => {
  if (!existsSync(SSHD)) return `${SSHD} is not installed`;
  try {
    execFileSync('ssh-keygen', ['-Q', 'key'], { stdio: 'ignore' });
    execFileSync('ssh-agent', ['-h'], { stdio: 'ignore' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'ssh-keygen or ssh-agent is not installed';
  }
  return null;
})();

/** Why passwords can't be tried: they need an account of our own, in a mount namespace. */
export const noPasswords = ((): string | null => {
  if (unavailable !== null) return unavailable;
  if (userInfo().uid !== 0) return 'only root can make an account for the test';
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'no mount namespace can be made';
  }
})();

if (unavailable !== null) process.stderr.write(`\nSKIPPED, OpenSSH's server is not asked: ${unavailable}\n`);
else if (noPasswords !== null) process.stderr.write(`\nSKIPPED, passwords for OpenSSH: ${noPasswords}\n`);

export interface Sshd {
  readonly port: number;
  readonly folder: string;
  readonly user: string;
  /** The lines of known_hosts for its keys, `[127.0.0.1]:port`. */
  readonly known: (type: KeyType) => string;
  readonly fingerprint: (type: KeyType) => string;
  readonly log: () => string;
}

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SshdOptions {
  readonly hostKeys?: readonly KeyType[];
  /** A public key that may log in, as a line of authorized_keys. */
  readonly authorised?: string;
  /** Commands that it offers: what each prints. */
  readonly commands: Readonly<Record<string, string>>;
  readonly lines?: readonly string[];
  /** An account that logs in with a password. */
  readonly account?: { readonly user: string; readonly password: string };
}

/** Starts OpenSSH's server on this machine, with keys and commands of its own, until the test is over. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const folder = scratch();
  const types = options.hostKeys ?? ['ed25519'];
  for (const type of types) keygen(join(folder, `host_${type}`), type, '');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, prints] of Object.entries(options.commands)) {
    writeFileSync(join(folder, `${name}.out`), prints, 'latin1');
    writeFileSync(join(bin, name), `#!/bin/sh\ncat '${join(folder, `${name}.out`)}'\n`);
    chmodSync(join(bin, name), 0o755);
  }
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'authorized_keys'), `${options.authorised ?? ''}\n`);
  const config = [
    ...types.map((type) => `HostKey ${join(folder, `host_${type}`)}`),
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'StrictModes no',
    'PidFile none',
    'LogLevel VERBOSE',
    'PermitRootLogin yes',
    ...(options.lines ?? ['UsePAM no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no']),
    `SetEnv PATH=${bin}:/usr/bin:/bin`,
  ];
  // Where OpenSSH keeps an empty folder for itself; the package makes it when the machine starts.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  const { port, log } = await runSomewhere(folder, config, options.account);
  const publicKey = (type: KeyType) => readFileSync(join(folder, `host_${type}.pub`), 'utf8').trim();
  return {
    port,
    folder,
    user: options.account?.user ?? userInfo().username,
    known: (type) => `[127.0.0.1]:${port} ${publicKey(type)}\n`,
    fingerprint: (type) =>
      execFileSync('ssh-keygen', ['-lf', join(folder, `host_${type}.pub`)], { encoding: 'utf8' }).split(
        ' ',
      )[1] ?? '',
    log,
  };
}

/** Makes a key pair, and returns the public half. */
export function keygen(file: string, type: KeyType, passphrase: string): string {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'fwaudit-test', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

/** Starts an agent that holds some keys; returns its socket. */
export function startAgent(...keys: readonly string[]): string {
  const socket = join(scratch(), 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  later(() => agent.kill());
  for (let tries = 0; !existsSync(socket); tries += 1) {
    if (tries > 100) throw new Error('ssh-agent does not start');
    execFileSync('sleep', ['0.05']);
  }
  for (const key of keys) addKey(socket, key, '');
  return socket;
}

/** Hands a key over to an agent. */
export function addKey(socket: string, key: string, passphrase: string): void {
  const asks = join(scratch(), 'askpass');
  writeFileSync(asks, `#!/bin/sh\necho '${passphrase}'\n`);
  chmodSync(asks, 0o700);
  const env = { ...process.env, SSH_AUTH_SOCK: socket, SSH_ASKPASS: asks, SSH_ASKPASS_REQUIRE: 'force' };
  execFileSync('ssh-add', ['-q', key], { env, stdio: 'ignore' });
}

/** Runs it on a port that is free. Between asking for one and listening, somebody else may take it. */
async function runSomewhere(
  folder: string,
  config: readonly string[],
  account: SshdOptions['account'],
): Promise<Pick<Sshd, 'port' | 'log'>> {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    const lines = [`ListenAddress 127.0.0.1:${port}`, ...config];
    writeFileSync(join(folder, 'sshd_config'), `${lines.join('\n')}\n`);
    try {
      return { port, log: await run(folder, account) };
    } catch (error) {
      if (tries === 5 || !String(error).includes('Address already in use')) throw error;
    }
  }
}

async function run(folder: string, account: SshdOptions['account']): Promise<() => string> {
  const args = ['-D', '-e', '-f', join(folder, 'sshd_config')];
  const [command, all] = account === undefined ? [SSHD, args] : inNamespace(folder, account, args);
  const server = spawn(command, all, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  later(
    () =>
      new Promise((resolve) => {
        if (server.exitCode !== null) resolve(null);
        server.on('exit', resolve);
        server.kill();
      }),
  );
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8');
      if (log.includes('Server listening')) resolve();
    });
    server.on('exit', () => reject(new Error(`sshd ended: ${log}`)));
    server.on('error', reject);
  });
  return () => log;
}

/** An account of our own, which only this server sees: /etc/passwd and /etc/shadow are bound over. */
function inNamespace(
  folder: string,
  { user, password }: NonNullable<SshdOptions['account']>,
  args: readonly string[],
): [string, string[]] {
  const hash = execFileSync('openssl', ['passwd', '-6', password], { encoding: 'utf8' }).trim();
  const line = (file: string, more: string) =>
    writeFileSync(join(folder, file), `${readFileSync(`/etc/${file}`, 'utf8')}${more}\n`);
  line('passwd', `${user}:x:65533:65534:test:/tmp:/bin/sh`);
  line('shadow', `${user}:${hash}:20000:0:99999:7:::`);
  writeFileSync(
    join(folder, 'pam'),
    'auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n',
  );
  const binds = ['passwd', 'shadow'].map((file) => `mount --bind ${join(folder, file)} /etc/${file}`);
  const pam = `if [ -e /etc/pam.d/sshd ]; then mount --bind ${join(folder, 'pam')} /etc/pam.d/sshd; fi`;
  const script = `${binds.join(' && ')} && ${pam} && exec ${[SSHD, ...args].join(' ')}`;
  return ['unshare', ['--mount', 'sh', '-c', script]];
}

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenHere(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
