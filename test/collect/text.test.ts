import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { maskLines } from '../../src/collect/ssh/mask.js';
import { filledProxyCommand } from '../../src/collect/ssh/proxy-command.js';
import { shownLine } from '../../src/collect/ssh/screen.js';
import { parseTarget, readSshConfig } from '../../src/collect/ssh/ssh-config.js';
import { scratch } from './build.js';

describe('what a terminal shows of a line', () => {
  it.each([
    ['as it is, trailing blanks included', 'set name "a"  ', 'set name "a"  '],
    ['without the carriage return of the line end', 'abc\r', 'abc'],
    ['a pager rubbed out with blanks', '--MORE--\r        \rserial', 'serial'],
    ['a pager rubbed out with backspaces', `--MORE--${'\b'.repeat(8)}        ${'\b'.repeat(8)}x`, 'x'],
    ['a pager rubbed out by cursor movement', '--More--\u001b[8D\u001b[Kx', 'x'],
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['a window title', '\u001b]0;fw\u0007prompt>', 'prompt>'],
    ['bytes above ASCII', 'caf\u00c3\u00a9 \u009b1', 'caf\u00c3\u00a9 \u009b1'],
  ])('%s', (_what, line, shown) => {
    expect(shownLine(line)).toBe(shown);
  });
});

describe('the last lines of a session, without what may be secret', () => {
  it.each([
    ['a question stays', 'Do you wish to preempt them (yes/no)?', 'Do you wish to preempt them (yes/no)?'],
    ['a question for a password stays', 'Password:', 'Password:'],
    ['what stands behind a word for a secret goes', 'snmp-server community letmein RO', 'snmp-server …'],
    ['so does a password of letters', ' set psksecret hunter', 'set psksecret …'],
    ['and what is no plain word', 'key-string 4,9f2c77aa01bb34cd', 'key-string …'],
    ['between tags', '<note>letmein</note>', '…'],
    ['a private key', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw', '…'],
    ['names of users', 'username admin', 'username …'],
    ['the password itself', 'you typed Tr0ub4dor today', 'you typed … today'],
  ])('%s', (_what, line, shown) => {
    expect(maskLines([line], ['Tr0ub4dor'])).toEqual([shown]);
  });

  it('no more than three, and none of them long', () => {
    const lines = maskLines(
      Array.from({ length: 9 }, () => 'word '.repeat(500)),
      [],
    );
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThan(200);
  });
});

describe('targets', () => {
  it.each([
    ['fw-paris-1', null, 'fw-paris-1', null],
    ['admin@192.0.2.1', 'admin', '192.0.2.1', null],
    ['ssh://admin@fw:2222', 'admin', 'fw', 2222],
    ['ssh://admin@fw/', 'admin', 'fw', null],
    ['admin@[2001:db8::1]:22', 'admin', '2001:db8::1', 22],
  ])('%s', (text, user, host, port) => {
    expect(parseTarget(text)).toEqual({ user, host, port });
  });

  it.each([
    '',
    '@fw',
    'a b',
    '-oProxyCommand=x',
    'admin@-x',
    'fw:0',
    'fw:70000',
    'user:secret@fw',
    'fw/etc',
    '2001:db8::1',
  ])('%j is none', (text) => {
    expect(parseTarget(text)).toBeNull();
  });
});

describe('~/.ssh/config', () => {
  async function settings(text: string, host: string) {
    const file = join(scratch(), 'config');
    writeFileSync(file, text);
    return (await readSshConfig(file, '/home/audit')).of(host, null);
  }

  it('the first value that fits counts, patterns and exceptions included', async () => {
    const text = `Host fw-* !fw-lyon-1
  HostName %h.example
  Port 2222
  IdentityFile ~/.ssh/fw
  HostKeyAlias the-fw
Host *
  Port 22
  User audit
  ProxyJump one@a:2200,b
`;
    expect(await settings(text, 'fw-paris-1')).toMatchObject({
      host: 'fw-paris-1.example',
      port: 2222,
      user: 'audit',
      identities: ['/home/audit/.ssh/fw'],
      hostKeyAlias: 'the-fw',
      jump: ['one@a:2200', 'b'],
    });
    expect(await settings(text, 'fw-lyon-1')).toMatchObject({
      host: 'fw-lyon-1',
      port: 22,
      hostKeyAlias: null,
    });
  });

  it('what it asks for and fwaudit does not do is refused, never passed by', async () => {
    for (const line of [
      'Match exec "touch /tmp/no"',
      'Match host fw exec "touch /tmp/no"',
      'match originalhost "fw" EXEC /tmp/no',
      'Match !host fw',
      'Match canonical',
      'Match tagged x',
      'Match localnetwork 192.0.2.0/24',
      'CanonicalizeHostname yes',
      'ProxyUseFdpass yes',
      'RevokedHostKeys /etc/ssh/revoked',
    ]) {
      await expect(settings(`Host *\n  Port 22\n${line}\n  User x\n`, 'fw'), line).rejects.toMatchObject({
        reason: 'settings',
        message: expect.stringContaining(
          line.split(/[ =]/)[0]?.toLowerCase() === 'match' ? 'Match' : `${line.split(' ')[0]}`,
        ),
      });
    }
  });

  it('ProxyJump none says nothing of a ProxyCommand', async () => {
    const text = 'Host fw\n  ProxyJump none\nHost *\n  ProxyCommand nc %h %p\n';
    expect(await settings(text, 'fw')).toMatchObject({ jump: [], proxyCommand: 'nc %h %p' });
  });

  it('a name with which a shell could be told something is refused', () => {
    const target = { host: '192.0.2.1', name: 'fw', port: 2222, user: 'audit' };
    expect(filledProxyCommand('nc -x %%%r@%n [%h] %p', target)).toBe('nc -x %audit@fw [192.0.2.1] 2222');
    expect(filledProxyCommand('nc %h', { ...target, host: '2001:db8::1%eth0' })).toBe('nc 2001:db8::1%eth0');
    for (const name of [
      'fw;id',
      '$(id)',
      '`id`',
      '-oProxyCommand=id',
      'a b',
      "a'b",
      'a\nb',
      'a|b',
      'a&b',
      '',
    ])
      for (const [token, field] of [
        ['%h', 'host'],
        ['%n', 'name'],
        ['%r', 'user'],
      ] as const)
        expect(() => filledProxyCommand(`nc ${token}`, { ...target, [field]: name })).toThrow(
          /read by the shell/,
        );
    // What is not used does no harm.
    expect(filledProxyCommand('nc %h %p', { ...target, user: 'DOM\\audit' })).toBe('nc 192.0.2.1 2222');
    for (const command of ['nc %q', 'nc %', 'nc %C'])
      expect(() => filledProxyCommand(command, target)).toThrow(/stands for nothing/);
  });

  it('included files are read in their place', async () => {
    const home = scratch();
    mkdirSync(join(home, '.ssh/config.d'), { recursive: true });
    const write = (name: string, text: string) => writeFileSync(join(home, '.ssh', name), text);
    write(
      'config',
      'Include config.d/*\nUser late\nHost fw-*\n  Port 2222\n  Include inner\n  HostKeyAlias mine\n',
    );
    write('config.d/10', 'Host fw-paris-1\n  User early\n');
    write('config.d/20', 'Host fw-lyon-1\n  User other\n');
    write('inner', 'HostName 192.0.2.1\n');
    const config = await readSshConfig(join(home, '.ssh/config'), home);
    const expected = { host: '192.0.2.1', port: 2222, hostKeyAlias: 'mine' };
    expect(config.of('fw-paris-1', null)).toMatchObject({ ...expected, user: 'early' });
    expect(config.of('fw-nice-1', null)).toMatchObject({ ...expected, user: 'late' });
    expect(config.of('other', null)).toMatchObject({ host: 'other', port: null, user: 'late' });
    write('inner', 'Host fw-paris-1\n  User x\n');
    await expect(readSshConfig(join(home, '.ssh/config'), home)).rejects.toMatchObject({
      reason: 'settings',
    });
    write('inner', 'Include inner\n');
    await expect(readSshConfig(join(home, '.ssh/config'), home)).rejects.toMatchObject({
      reason: 'settings',
    });
  });

  it('a file that is not there says nothing, one that can’t be read is told', async () => {
    expect((await readSshConfig('/nowhere/config', '/home/audit')).of('fw', null)).toMatchObject({
      host: 'fw',
      jump: [],
    });
    await expect(readSshConfig(scratch(), '/home/audit')).rejects.toMatchObject({ reason: 'settings' });
  });
});
