import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectDevice, type Surroundings } from '../../src/collect/collect-device.js';
import { CollectError } from '../../src/collect/collect-error.js';
import type { Device } from '../../src/collect/device.js';
import { Secrets } from '../../src/collect/secrets.js';
import { readSshConfig } from '../../src/collect/ssh/ssh-config.js';
import { session as script } from '../../src/platforms/iptables/session.js';
import { builtProgram } from '../cli/program.js';
import { deviceFor, noSignal, scratch, surroundingsFor } from './build.js';
import { beside } from './recorded.js';
import {
  addKey,
  type KeyType,
  keygen,
  noPasswords,
  type Sshd,
  startAgent,
  startSshd,
  unavailable,
} from './sshd.js';

const program = builtProgram();

const commands = {
  'iptables-save': beside('iptables', 'ipv6-forgotten/config.v4.rules'),
  'ip6tables-save': beside('iptables', 'ipv6-forgotten/config.v6.rules'),
};

const recorded = {
  platform: 'iptables',
  user: '',
  password: '',
  login: 'none',
  steps: [],
  expects: {},
} as const;

/** A key of one type that may log in, and a server that knows it. */
async function world(type: KeyType = 'ed25519', passphrase = '', hostKeys: readonly KeyType[] = ['ed25519']) {
  const identity = join(scratch(), 'id');
  const authorised = keygen(identity, type, passphrase);
  const server = await startSshd({ hostKeys, authorised, commands });
  return { identity, server };
}

function device(server: Sshd, changes: Partial<Device> = {}): Device {
  const plain = deviceFor(recorded, { port: server.port, hostKey: { fingerprint: '' } as never });
  return {
    ...plain,
    user: server.user,
    password: null,
    hostKeys: { pins: [], mode: 'strict' },
    ...changes,
  };
}

async function outcome(what: Device, surroundings: Surroundings): Promise<string> {
  try {
    const { files } = await collectDevice(what, script, surroundings, noSignal());
    return files.map((each) => each.file).join(' ');
  } catch (error) {
    if (error instanceof CollectError) return error.reason;
    throw error;
  }
}

const BOTH = 'iptables-save.rules ip6tables-save.rules';

describe.skipIf(unavailable !== null)(
  `OpenSSH's server${unavailable === null ? '' : ` (skipped: ${unavailable})`}`,
  () => {
    it.each(['ed25519', 'ecdsa', 'rsa'] as const)(
      'is recognised by its %s key, the user by one of the same type',
      async (type) => {
        const { identity, server } = await world(type, '', [type]);
        const surroundings = surroundingsFor({}, server.known(type));
        const { files, hostKey } = await collectDevice(
          device(server, { identity }),
          script,
          surroundings,
          noSignal(),
        );
        expect(files.map((each) => Buffer.from(each.bytes).toString('latin1'))).toEqual(
          Object.values(commands),
        );
        expect(hostKey).toMatchObject({ fingerprint: server.fingerprint(type), trust: 'known' });
      },
    );

    it('is asked for the key that is known, whatever else it has', async () => {
      const { identity, server } = await world('ed25519', '', ['ed25519', 'ecdsa', 'rsa']);
      for (const type of ['rsa', 'ecdsa', 'ed25519'] as const) {
        expect(await outcome(device(server, { identity }), surroundingsFor({}, server.known(type)))).toBe(
          BOTH,
        );
      }
    });

    it('opens an encrypted key with its passphrase, and not with another', async () => {
      const { identity, server } = await world('ed25519', 'six of nine');
      const at = (passphrase: string) => ({
        ...surroundingsFor({}, server.known('ed25519')),
        secrets: new Secrets({ environment: { P: passphrase }, ask: async () => null }),
      });
      const passphrase = { kind: 'environment', name: 'P' } as const;
      expect(await outcome(device(server, { identity, passphrase }), at('six of nine'))).toBe(BOTH);
      expect(await outcome(device(server, { identity, passphrase }), at('seven of nine'))).toBe(
        'authentication',
      );
      expect(await outcome(device(server, { identity }), at(''))).toBe('settings');
    });

    it('lets the agent in', async () => {
      const { identity, server } = await world();
      const agent = startAgent(identity);
      const surroundings = { ...surroundingsFor({}, server.known('ed25519')), agent };
      expect(await outcome(device(server, { agent: true }), surroundings)).toBe(BOTH);
      expect(await outcome(device(server, { agent: false }), surroundings)).toBe('authentication');
    });

    it('lets in the agent that ~/.ssh/config names', async () => {
      const { identity, server } = await world();
      const agent = startAgent(identity);
      const file = join(scratch(), 'config');
      const say = async (line: string) => {
        writeFileSync(file, `IdentityAgent ${line}\n`);
        const known = surroundingsFor({}, server.known('ed25519'));
        return { ...known, agent, sshConfig: await readSshConfig(file, '/nowhere') };
      };
      const what = device(server, { agent: true });
      expect(await outcome(what, await say('SSH_AUTH_SOCK'))).toBe(BOTH);
      expect(await outcome(what, await say('none'))).toBe('authentication');
      expect(await outcome(what, { ...(await say(`"${agent}"`)), agent: null })).toBe(BOTH);
      expect(await outcome(what, await say('$FWAUDIT_NO_SUCH_AGENT'))).toBe('authentication');
    });

    it('lets in the agent’s key that a key file names, though the file is encrypted and others are held', async () => {
      const { identity, server } = await world('ed25519', 'six of nine');
      const others = Array.from({ length: 7 }, (_, index) => join(scratch(), `other${index}`));
      for (const other of others) keygen(other, 'ed25519', '');
      const agent = startAgent(...others);
      addKey(agent, identity, 'six of nine');
      const surroundings = { ...surroundingsFor({}, server.known('ed25519')), agent };
      expect(await outcome(device(server, { agent: true, identity }), surroundings)).toBe(BOTH);
      // Tried one by one, the server has had enough of them before the right one comes.
      expect(await outcome(device(server, { agent: true }), surroundings)).not.toBe(BOTH);
    });

    it('refuses a key that it does not know', async () => {
      const { server } = await world();
      const other = join(scratch(), 'other');
      keygen(other, 'ed25519', '');
      const surroundings = surroundingsFor({}, server.known('ed25519'));
      expect(await outcome(device(server, { identity: other }), surroundings)).toBe('authentication');
    });

    it('is refused when nothing is known of it, and written down when that was asked for', async () => {
      const { identity, server } = await world();
      const surroundings = surroundingsFor({});
      const file = surroundings.knownHostsFiles?.[0] ?? '';
      expect(await outcome(device(server, { identity }), surroundings)).toBe('host-key-unknown');
      const accepting = device(server, { identity, hostKeys: { pins: [], mode: 'accept-new' } });
      expect(await outcome(accepting, surroundings)).toBe(BOTH);
      expect(readFileSync(file, 'utf8').split(' ').slice(0, 3).join(' ').trim()).toBe(
        server.known('ed25519').split(' ').slice(0, 3).join(' ').trim(),
      );
      // A new run reads what was written.
      expect(
        await outcome(device(server, { identity }), surroundingsFor({}, readFileSync(file, 'utf8'))),
      ).toBe(BOTH);
    });

    it('is refused in every mode when its key has changed, or was revoked', async () => {
      const { identity, server } = await world();
      const { server: other } = await world();
      const changed = other.known('ed25519').replace(String(other.port), String(server.port));
      const revoked = server.known('ed25519').replace(/^\S+/, '@revoked *') + server.known('ed25519');
      for (const [known, reason] of [
        [changed, 'host-key-changed'],
        [revoked, 'host-key-revoked'],
      ] as const) {
        for (const mode of ['strict', 'accept-new'] as const) {
          for (const pins of [[], [server.fingerprint('ed25519')]]) {
            const what = device(server, { identity, hostKeys: { pins, mode } });
            expect(await outcome(what, surroundingsFor({}, known))).toBe(reason);
          }
        }
      }
      expect(server.log()).not.toMatch(/Accepted/);
    });

    it('is refused when its key is not the pinned one', async () => {
      const { identity, server } = await world();
      const wrong = device(server, {
        identity,
        hostKeys: { pins: [`SHA256:${'A'.repeat(43)}`], mode: 'strict' },
      });
      expect(await outcome(wrong, surroundingsFor({}, server.known('ed25519')))).toBe('host-key-changed');
      const right = device(server, {
        identity,
        hostKeys: { pins: [server.fingerprint('ed25519')], mode: 'strict' },
      });
      expect(await outcome(right, surroundingsFor({}))).toBe(BOTH);
    });

    it('is refused when known_hosts is there and can’t be read', async () => {
      const { identity, server } = await world();
      const surroundings = { ...surroundingsFor({}), knownHostsFiles: [scratch()] };
      for (const mode of ['strict', 'accept-new'] as const) {
        const what = device(server, { identity, hostKeys: { pins: [server.fingerprint('ed25519')], mode } });
        expect(await outcome(what, surroundings)).toBe('known-hosts-unreadable');
      }
    });

    it('is reached through a jump host, whose key is checked too', async () => {
      const { identity, server } = await world();
      const jump = await startSshd({ authorised: readFileSync(`${identity}.pub`, 'utf8'), commands: {} });
      const what = device(server, { identity, jump: [`${jump.user}@127.0.0.1:${jump.port}`] });
      const both = server.known('ed25519') + jump.known('ed25519');
      expect(await outcome(what, surroundingsFor({}, both))).toBe(BOTH);
      await expect.poll(() => jump.log()).toMatch(/Accepted publickey/);
      expect(await outcome(what, surroundingsFor({}, server.known('ed25519')))).toBe('host-key-unknown');
      expect(await outcome(what, surroundingsFor({}, jump.known('ed25519')))).toBe('host-key-unknown');
    });

    it('is reached through two jump hosts by the program as it is built', async () => {
      const { identity, server } = await world();
      const authorised = readFileSync(`${identity}.pub`, 'utf8');
      const jumps = [
        await startSshd({ authorised, commands: {} }),
        await startSshd({ authorised, commands: {} }),
      ];
      const place = scratch();
      writeFileSync(join(place, 'known'), [server, ...jumps].map((each) => each.known('ed25519')).join(''));
      const via = jumps.map(({ user, port }) => `${user}@127.0.0.1:${port}`).join(',');
      const options = `--platform iptables --identity ${identity} --known-hosts known --no-agent --timeout 20`;
      const ended = await program.shell(
        `fwaudit collect ${server.user}@127.0.0.1:${server.port} --jump ${via} ${options}`,
        place,
      );
      expect(ended.stdout).toContain('1 collected · 0 failed');
    });

    it('is reached as ~/.ssh/config says', async () => {
      const { identity, server } = await world();
      const jump = await startSshd({ authorised: readFileSync(`${identity}.pub`, 'utf8'), commands: {} });
      const file = join(scratch(), 'config');
      writeFileSync(
        file,
        `Host fw-*
  HostName 127.0.0.1
  Port ${server.port}
  User ${server.user}
  IdentityFile ${identity}
  ProxyJump bastion
Host bastion
  HostName 127.0.0.1
  Port ${jump.port}
  User ${jump.user}
  IdentityFile ${identity}
`,
      );
      const surroundings = {
        ...surroundingsFor({}, server.known('ed25519') + jump.known('ed25519')),
        sshConfig: await readSshConfig(file, '/nowhere'),
      };
      const what = device(server, { host: 'fw-paris-1', port: null, user: null, identity: null });
      expect(await outcome(what, surroundings)).toBe(BOTH);
      await expect.poll(() => jump.log()).toMatch(/Accepted publickey/);
    });

    it('tells when the command is not there, or fails', async () => {
      const identity = join(scratch(), 'id');
      const authorised = keygen(identity, 'ed25519', '');
      const server = await startSshd({
        authorised,
        commands: { 'iptables-save': commands['iptables-save'] },
      });
      const surroundings = surroundingsFor({}, server.known('ed25519'));
      expect(await outcome(device(server, { identity }), surroundings)).toBe('command-refused');
      chmodSync(join(server.folder, 'bin/iptables-save'), 0o600);
      expect(await outcome(device(server, { identity }), surroundings)).toBe('command-refused');
    });
  },
);

describe.skipIf(noPasswords !== null)(
  `OpenSSH's server and passwords${noPasswords === null ? '' : ` (skipped: ${noPasswords})`}`,
  () => {
    const account = { user: 'fwaudit-test', password: 'Correct-Horse 9' };
    const at = (server: Sshd, password: string): Surroundings => ({
      ...surroundingsFor({}, server.known('ed25519')),
      secrets: new Secrets({ environment: { P: password }, ask: async () => null }),
    });
    const withPassword = { password: { kind: 'environment', name: 'P' } } as const;

    it.each([
      ['password', ['UsePAM no', 'PasswordAuthentication yes', 'KbdInteractiveAuthentication no']],
      [
        'keyboard-interactive',
        ['UsePAM yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication yes'],
      ],
    ] as const)('by %s, and a wrong one is tried once', async (method, lines) => {
      const server = await startSshd({ commands, lines, account });
      expect(await outcome(device(server, withPassword), at(server, account.password))).toBe(BOTH);
      await expect.poll(() => server.log()).toContain(`Accepted ${method}`);
      expect(await outcome(device(server, withPassword), at(server, 'wrong'))).toBe('authentication');
      const failed = () => server.log().match(/Failed (?:password|keyboard-interactive)/g)?.length ?? 0;
      // The server writes its log in its own time.
      await expect.poll(failed, { timeout: 5_000 }).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(failed()).toBe(1);
    });

    it('by a key and a password, where both are asked for', async () => {
      const identity = join(scratch(), 'id');
      const authorised = keygen(identity, 'ed25519', '');
      const lines = [
        'UsePAM no',
        'PasswordAuthentication yes',
        'KbdInteractiveAuthentication no',
        'AuthenticationMethods publickey,password',
      ];
      const server = await startSshd({ commands, lines, account, authorised });
      const both = device(server, { ...withPassword, identity });
      expect(await outcome(both, at(server, account.password))).toBe(BOTH);
      expect(await outcome({ ...both, password: null }, at(server, ''))).toBe('authentication');
      expect(await outcome({ ...both, identity: null }, at(server, account.password))).toBe('authentication');
    });
  },
);
