import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fingerprintOf,
  judgeHostKey,
  knownKeyTypes,
  parseKnownHosts,
} from '../../src/collect/ssh/known-hosts.js';
import { scratch } from './build.js';
import { unavailable } from './sshd.js';

const KEY = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIJ0i1yX0n1wL2pHc3cJr0aWm0s8m1m2y7fFh2kq0T5aB', 'base64');
const OTHER = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'base64');

const line = (hosts: string, key = KEY, marker = '') =>
  `${marker}${hosts} ssh-ed25519 ${key.toString('base64')} comment\n`;

function verdict(text: string, host: string, port = 22, key = KEY): string {
  return judgeHostKey(parseKnownHosts(text, 'known_hosts'), host, port, key).kind;
}

describe('known_hosts', () => {
  it.each([
    ['a name', 'fw-paris-1', 'fw-paris-1', 22, 'known'],
    ['a name in another case', 'FW-Paris-1', 'fw-PARIS-1', 22, 'known'],
    ['one of several names', 'a,fw-paris-1,192.0.2.1', '192.0.2.1', 22, 'known'],
    ['another name', 'fw-paris-1', 'fw-paris-10', 22, 'unknown'],
    ['a port', '[192.0.2.1]:2222', '192.0.2.1', 2222, 'known'],
    ['another port', '[192.0.2.1]:2222', '192.0.2.1', 2223, 'unknown'],
    ['port 22 is no other port', '192.0.2.1', '192.0.2.1', 2222, 'unknown'],
    ['another port is not port 22', '[192.0.2.1]:2222', '192.0.2.1', 22, 'unknown'],
    ['IPv6', '2001:db8::1', '2001:db8::1', 22, 'known'],
    ['IPv6 and a port', '[2001:db8::1]:2222', '2001:db8::1', 2222, 'known'],
    ['any run of characters', 'fw-*', 'fw-paris-1', 22, 'known'],
    ['any one character', 'fw-paris-?', 'fw-paris-1', 22, 'known'],
    ['not two characters', 'fw-paris-?', 'fw-paris-10', 22, 'unknown'],
    ['a pattern and a port', '[fw-*]:2222', 'fw-paris-1', 2222, 'known'],
    ['an exception', 'fw-*,!fw-lyon-*', 'fw-lyon-1', 22, 'unknown'],
    ['an exception first', '!fw-lyon-*,fw-*', 'fw-paris-1', 22, 'known'],
    ['nothing but an exception', '!fw-lyon-1', 'fw-paris-1', 22, 'unknown'],
  ] as const)('%s', (_what, hosts, host, port, expected) => {
    expect(verdict(line(hosts), host, port)).toBe(expected);
  });

  it('another key is a changed key, also one of another type', () => {
    expect(verdict(line('fw', OTHER), 'fw')).toBe('changed');
    const rsa = Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from('ssh-rsa'), Buffer.alloc(20)]);
    expect(verdict(`fw ssh-rsa ${rsa.toString('base64')}\n`, 'fw')).toBe('changed');
    expect(verdict(line('fw', OTHER) + line('fw'), 'fw')).toBe('known');
  });

  it('a changed key says where the other one stands', () => {
    const known = parseKnownHosts(`# mine\n\n${line('fw', OTHER)}`, 'known_hosts');
    expect(judgeHostKey(known, 'fw', 22, KEY)).toEqual({ kind: 'changed', places: ['known_hosts:3'] });
  });

  it('a revoked key stays revoked, whatever else is written', () => {
    const revoked = line('*', KEY, '@revoked ');
    expect(verdict(revoked, 'fw')).toBe('revoked');
    expect(verdict(line('fw') + revoked, 'fw')).toBe('revoked');
    expect(verdict(line('fw') + line('*', OTHER, '@revoked '), 'fw')).toBe('known');
    expect(verdict(line('fw', OTHER) + revoked, 'fw')).toBe('revoked');
  });

  it('a certificate authority is not a key of the host', () => {
    const known = parseKnownHosts(line('*.example', KEY, '@cert-authority '), 'known_hosts');
    expect(judgeHostKey(known, 'fw.example', 22, KEY)).toEqual({ kind: 'unknown', certAuthority: true });
    expect(judgeHostKey(known, 'fw', 22, KEY)).toEqual({ kind: 'unknown', certAuthority: false });
    expect(knownKeyTypes(known, 'fw.example', 22)).toEqual([]);
  });

  it('what is no line of it is passed over', () => {
    const odd = `\u0000\n@unknown ${line('fw', OTHER)}fw\nfw ssh-ed25519\n|1|x|y ssh-ed25519 AAAA\n|9|a|b ssh-ed25519 AAAA\n`;
    expect(verdict(odd + line('fw'), 'fw')).toBe('known');
    expect(verdict(odd, 'fw')).toBe('unknown');
  });

  it('a hostile pattern takes no time', () => {
    const started = performance.now();
    expect(verdict(line(`${'*a'.repeat(2_000)}b`), 'a'.repeat(2_000))).toBe('unknown');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('patterns mean what a regular expression would say', () => {
    const part = fc.constantFrom('a', 'b', '*', '?', '.', '-');
    const pattern = fc.array(part, { maxLength: 8 }).map((parts) => `x${parts.join('')}`);
    const host = fc
      .array(fc.constantFrom('a', 'b', '.', '-'), { maxLength: 8 })
      .map((parts) => `x${parts.join('')}`);
    fc.assert(
      fc.property(pattern, host, (wanted, name) => {
        const source = wanted.replace(/[.-]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
        const expected = new RegExp(`^${source}$`).test(name) ? 'known' : 'unknown';
        expect(verdict(line(wanted), name)).toBe(expected);
      }),
    );
  });
});

describe.skipIf(unavailable !== null)('known_hosts as ssh-keygen writes it', () => {
  it('hashed names are recognised, with and without a port', () => {
    const file = join(scratch(), 'known_hosts');
    writeFileSync(file, line('fw-paris-1') + line('[192.0.2.1]:2222', OTHER));
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('fw-paris-1');
    expect(verdict(text, 'fw-paris-1')).toBe('known');
    expect(verdict(text, 'FW-PARIS-1')).toBe('known');
    expect(verdict(text, '192.0.2.1', 2222, OTHER)).toBe('known');
    expect(verdict(text, '192.0.2.1', 2222)).toBe('changed');
    expect(verdict(text, 'fw-paris-2')).toBe('unknown');
  });

  it('fingerprints are those that it prints', () => {
    const file = join(scratch(), 'key.pub');
    writeFileSync(file, `ssh-ed25519 ${KEY.toString('base64')}\n`);
    expect(execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' })).toContain(
      ` ${fingerprintOf(KEY)} `,
    );
  });
});
