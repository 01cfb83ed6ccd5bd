import { createHash, randomBytes } from 'node:crypto';

/** What a server asks for in `WWW-Authenticate` (RFC 7616). */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: string;
  readonly opaque: string | null;
  /** Whether it knows `qop=auth`; a server of 1997 does not. */
  readonly qop: boolean;
}

const HASHES: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA-256', 'sha256'],
]);

/** The best challenge that is understood, SHA-256 before MD5; null: none. */
export function digestChallenge(headers: readonly string[]): DigestChallenge | null {
  const challenges = headers
    .flatMap((header) => header.split(/(?<=.)(?=\bDigest )/i))
    .flatMap((header) => parseChallenge(header) ?? []);
  return challenges.find((each) => each.algorithm.startsWith('SHA-256')) ?? challenges[0] ?? null;
}

function parseChallenge(header: string): DigestChallenge | null {
  if (!/^Digest /i.test(header.trim())) return null;
  const fields = new Map<string, string>();
  for (const [, name = '', quoted, plain] of header.matchAll(/([a-z]+)=(?:"([^"]*)"|([^\s,"]+))/gi)) {
    fields.set(name.toLowerCase(), quoted ?? plain ?? '');
  }
  const [realm, nonce] = [fields.get('realm'), fields.get('nonce')];
  const algorithm = (fields.get('algorithm') ?? 'MD5').toUpperCase();
  if (realm === undefined || nonce === undefined || !HASHES.has(algorithm.replace(/-SESS$/, ''))) return null;
  const methods = fields
    .get('qop')
    ?.split(',')
    .map((each) => each.trim());
  if (methods !== undefined && !methods.includes('auth')) return null;
  return { realm, nonce, algorithm, opaque: fields.get('opaque') ?? null, qop: methods !== undefined };
}

/** The value of `Authorization` for one request; `count` is how often the nonce was used, this one included. */
export function digestAnswer(
  { realm, nonce, algorithm, opaque, qop }: DigestChallenge,
  { user, password }: { readonly user: string; readonly password: string },
  { method, path }: { readonly method: string; readonly path: string },
  count: number,
  cnonce: string = randomBytes(12).toString('hex'),
): string {
  const hash = HASHES.get(algorithm.replace(/-SESS$/, '')) ?? 'md5';
  const h = (text: string) => createHash(hash).update(text).digest('hex');
  const plain = h(`${user}:${realm}:${password}`);
  const secret = algorithm.endsWith('-SESS') ? h(`${plain}:${nonce}:${cnonce}`) : plain;
  const request = h(`${method}:${path}`);
  const nc = count.toString(16).padStart(8, '0');
  const response = qop
    ? h(`${secret}:${nonce}:${nc}:${cnonce}:auth:${request}`)
    : h(`${secret}:${nonce}:${request}`);
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;
  return [
    `Digest username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(path)}`,
    `algorithm=${algorithm}`,
    `response="${response}"`,
    ...(qop ? ['qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`] : []),
    ...(opaque === null ? [] : [`opaque=${quoted(opaque)}`]),
  ].join(', ');
}
