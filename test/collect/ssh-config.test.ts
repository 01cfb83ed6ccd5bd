import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSshConfig } from '../../src/collect/ssh/ssh-config.js';
import { scratch } from './build.js';

/** What `~/.ssh/config` says is what OpenSSH itself makes of it (`ssh -G`). */

const missing = ((): string | null => {
  try {
    execFileSync('ssh', ['-V'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'ssh is not installed';
  }
})();

if (missing !== null) process.stderr.write(`\nSKIPPED, ~/.ssh/config as OpenSSH reads it: ${missing}\n`);

/** What ssh says of a host, as fwaudit would. */
function asked(file: string, host: string, user: string | null) {
  const target = user === null ? [host] : ['-l', user, host];
  const lines = execFileSync('ssh', ['-G', '-F', file, ...target], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).split('\n');
  const one = (name: string) =>
    lines.find((each) => each.startsWith(`${name} `))?.slice(name.length + 1) ?? null;
  const none = (value: string | null) => (value === 'none' ? null : value);
  return {
    host: one('hostname'),
    port: Number(one('port')),
    user: one('user'),
    jump: none(one('proxyjump')),
    proxyCommand: none(one('proxycommand')),
    hostKeyAlias: none(one('hostkeyalias')),
    identitiesOnly: one('identitiesonly') === 'yes',
  };
}

async function ours(file: string, host: string, user: string | null) {
  const found = (await readSshConfig(file, '/home/audit')).of(host, user);
  return {
    host: found.host,
    port: found.port ?? 22,
    user: found.user ?? userInfo().username,
    jump: found.jump.length === 0 ? null : found.jump.join(','),
    proxyCommand: found.proxyCommand,
    hostKeyAlias: found.hostKeyAlias,
    identitiesOnly: found.identitiesOnly,
  };
}

const CONFIGS = [
  'Host *\n  ProxyCommand none\n',
  'Host fw\n  ProxyCommand nc -X 5 -x 127.0.0.1:1080 %h %p\nHost *\n  ProxyJump bastion\n',
  'Host fw\n  ProxyJump bastion\nHost *\n  ProxyCommand nc %h %p\n',
  'Host fw\n  ProxyCommand none\nHost *\n  ProxyJump bastion\n',
  'ProxyCommand  ssh -W "[%h]:%p" -o "Send Env=a b"   bastion 2>/dev/null\n',
  "proxycommand=sh -c 'nc %h %p' | cat\n",
  'Host fw fv\n  proxycommand nc %h %p # not a comment\n  HOSTNAME 192.0.2.7\n',
  'Match host 192.0.2.7\n  Port 1\nHost fw\n  hostname 192.0.2.7\nMatch host 192.0.2.7\n  Port 2222\n',
  'Host fw\n  HostName %h.example\nMatch host fw.example\n  HostKeyAlias expanded\nMatch host fw\n  Port 99\n',
  'Match originalhost fw\n  Port 2200\nMatch originalhost other\n  Port 2201\n',
  'Match user audit\n  Port 2200\nMatch user root\n  Port 2201\n',
  'Host fw\n  user nobody\nMatch user nobody\n  Port 2200\n',
  'Match localuser root host f*\n  HostKeyAlias as-root\nMatch all\n  IdentitiesOnly yes\n',
  'Match host fw,f? user audit\n  Port 2200\n',
  'Match final host fw\n  Port 2200\nHost *\n  User late\n',
  'Host "fw"\n  User "audit"\n  Port = 2022\n',
  'Host !fw *\n  User somebody\n',
];

describe.skipIf(missing !== null)(`~/.ssh/config${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  it.each(CONFIGS)('is read as ssh reads it: %j', async (text) => {
    const file = join(scratch(), 'config');
    writeFileSync(file, text);
    for (const host of ['fw', 'fv', 'other']) {
      for (const user of [null, 'audit', 'nobody']) {
        expect([host, user, await ours(file, host, user)]).toEqual([host, user, asked(file, host, user)]);
      }
    }
  });
});
