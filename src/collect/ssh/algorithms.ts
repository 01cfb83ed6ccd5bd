import type { Algorithms, CipherAlgorithm, KexAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
] as const satisfies readonly KexAlgorithm[];

const HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const satisfies readonly ServerHostKeyAlgorithm[];

const CIPHERS = [
  'chacha20-poly1305@openssh.com',
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
] as const satisfies readonly CipherAlgorithm[];

/** What only old appliances need, and what each is wrong for. Never used unless the device names it. */
const OLD_KEX = [
  'diffie-hellman-group-exchange-sha1',
  'diffie-hellman-group14-sha1',
  'diffie-hellman-group1-sha1',
] as const satisfies readonly KexAlgorithm[];
const OLD_HOST_KEYS = ['ssh-rsa', 'ssh-dss'] as const satisfies readonly ServerHostKeyAlgorithm[];
const OLD_CIPHERS = [
  'aes256-cbc',
  'aes192-cbc',
  'aes128-cbc',
  '3des-cbc',
] as const satisfies readonly CipherAlgorithm[];

/** The old algorithms that a device may allow by name. */
export const OLD_ALGORITHMS: readonly string[] = [...OLD_KEX, ...OLD_HOST_KEYS, ...OLD_CIPHERS];

/**
 * What a connection may agree on: today's algorithms, and the old ones that the device names.
 *
 * @param old names of `OLD_ALGORITHMS`
 * @param keyTypes types of the host keys that are known, which are asked for before any other
 */
export function algorithmsFor(old: readonly string[], keyTypes: readonly string[]): Algorithms {
  const wanted = (name: string) => keyTypes.includes(name) || (isRsa(name) && keyTypes.includes('ssh-rsa'));
  const hostKeys = [...HOST_KEYS, ...OLD_HOST_KEYS.filter((each) => old.includes(each))];
  return {
    kex: [...KEX, ...OLD_KEX.filter((each) => old.includes(each))],
    serverHostKey: [...hostKeys.filter(wanted), ...hostKeys.filter((each) => !wanted(each))],
    cipher: [...CIPHERS, ...OLD_CIPHERS.filter((each) => old.includes(each))],
  };
}

/** An RSA key is `ssh-rsa` in known_hosts, whatever signs with it (RFC 8332). */
function isRsa(name: string): boolean {
  return name.startsWith('rsa-sha2-');
}

/** What ssh2 tells of an agreement. */
export interface Negotiated {
  readonly kex: string;
  readonly serverHostKey: string;
  readonly cs: { readonly cipher: string };
  readonly sc: { readonly cipher: string };
}

/** The old algorithms among those that were agreed on. */
export function oldAmong({ kex, serverHostKey, cs, sc }: Negotiated): readonly string[] {
  const used = new Set([kex, serverHostKey, cs.cipher, sc.cipher]);
  return OLD_ALGORITHMS.filter((each) => used.has(each));
}
