import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { matchesGlob } from '../../text/glob.js';

/** One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly marker: 'revoked' | 'cert-authority' | null;
  /** Patterns, or `|1|salt|hash`. */
  readonly hosts: string;
  readonly type: string;
  readonly key: Uint8Array;
  readonly place: string;
}

/** What known_hosts says of the key that a host presents. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  /** Nothing is known of this host; `certAuthority`: but of an authority that certifies it. */
  | { readonly kind: 'unknown'; readonly certAuthority: boolean }
  /** Other keys are known, and this one is not: where they stand. */
  | { readonly kind: 'changed'; readonly places: readonly string[] }
  | { readonly kind: 'revoked'; readonly place: string };

/** The lines of a known_hosts file. A line that is none is passed over, as ssh does it. */
export function parseKnownHosts(text: string, file: string): readonly KnownHost[] {
  return text.split('\n').flatMap((line, index) => parseLine(line, `${file}:${index + 1}`) ?? []);
}

function parseLine(line: string, place: string): KnownHost | null {
  const fields = line.trim().split(/[ \t]+/);
  if (fields[0] === undefined || fields[0] === '' || fields[0].startsWith('#')) return null;
  const marker = fields[0].startsWith('@') ? fields.shift() : undefined;
  if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') return null;
  const [hosts, type, base64] = fields;
  if (hosts === undefined || type === undefined || base64 === undefined) return null;
  const key = Buffer.from(base64, 'base64');
  if (key.length === 0) return null;
  const named = marker === undefined ? null : marker === '@revoked' ? 'revoked' : 'cert-authority';
  return { marker: named, hosts, type, key, place };
}

/**
 * Judges the key that a host presents. A revoked key stays revoked whatever else is written; a host
 * of which other keys are known, of whatever type, has changed its key.
 */
export function judgeHostKey(
  known: readonly KnownHost[],
  host: string,
  port: number,
  key: Uint8Array,
): HostKeyVerdict {
  const here = known.filter((each) => matchesHost(each.hosts, host, port));
  const revoked = here.find((each) => each.marker === 'revoked' && sameKey(each.key, key));
  if (revoked !== undefined) return { kind: 'revoked', place: revoked.place };
  const plain = here.filter((each) => each.marker === null);
  if (plain.some((each) => sameKey(each.key, key))) return { kind: 'known' };
  if (plain.length > 0) return { kind: 'changed', places: plain.map((each) => each.place) };
  return { kind: 'unknown', certAuthority: here.some((each) => each.marker === 'cert-authority') };
}

/** The types of the keys that are known of a host, so that it is asked for one of these. */
export function knownKeyTypes(known: readonly KnownHost[], host: string, port: number): readonly string[] {
  return known
    .filter((each) => each.marker === null && matchesHost(each.hosts, host, port))
    .map((each) => each.type);
}

/** How a host stands in known_hosts: `[host]:port` for every port but 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** A key's fingerprint as ssh-keygen -l prints it: `SHA256:` and base64 without padding. */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function matchesHost(hosts: string, host: string, port: number): boolean {
  const name = knownHostName(host, port);
  if (hosts.startsWith('|')) return matchesHash(hosts, name);
  const patterns = hosts.toLowerCase().split(',');
  if (patterns.some((each) => each.startsWith('!') && matchesGlob(each.slice(1), name))) return false;
  return patterns.some((each) => !each.startsWith('!') && matchesGlob(each, name));
}

function matchesHash(hosts: string, name: string): boolean {
  const [, magic, salt = '', hash = ''] = hosts.split('|');
  if (magic !== '1') return false;
  const wanted = Buffer.from(hash, 'base64');
  const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

function sameKey(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.from(a).equals(b);
}
