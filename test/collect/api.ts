import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { later, listenHere, scratch } from './build.js';

/** Why certificates can't be made on this machine, or null. Whoever skips a test for it says so. */
export const noCertificates = ((): string | null => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'openssl is not installed';
  }
})();

if (noCertificates !== null) process.stderr.write(`\nSKIPPED, the HTTPS API: ${noCertificates}\n`);

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** As `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string;
  readonly file: string;
}

/** A certificate of its own authority, for names or addresses. */
export function makeCertificate(names: string): Certificate {
  const folder = scratch();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=fw', '-addext', `subjectAltName=${names}`, '-days', '2'];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', [...args, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  const print = execFileSync('openssl', ['x509', '-in', cert, '-noout', '-fingerprint', '-sha256'], {
    encoding: 'utf8',
  });
  const fingerprint = print.slice(print.indexOf('=') + 1).trim();
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8'), fingerprint, file: cert };
}

export interface Api {
  readonly port: number;
  /** `GET /path`, in order. */
  readonly requests: string[];
  readonly credentials: string[];
  readonly stats: { loggedIn: boolean; refused: number };
}

export interface ApiOptions {
  readonly certificate: Certificate;
  readonly method: 'digest-md5' | 'digest-sha256' | 'basic' | 'two-factor' | 'unknown';
  /** The one-time codes that are good, each once. */
  readonly codes?: readonly string[];
  /** What a login with a code is answered with, where it is not the usual. */
  readonly tokenAnswer?: string;
  readonly user: string;
  readonly password: string;
  readonly answers: Readonly<Record<string, string | Uint8Array>>;
  /** How often one nonce may be used. */
  readonly nonceUses?: number;
}

/** What a session with two factors is known by. */
export const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhdWRpdCJ9.c2lnbmF0dXJl-_';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** An API like SonicOS's on this machine, until the test is over. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const requests: string[] = [];
  const credentials: string[] = [];
  const stats = { loggedIn: false, refused: 0 };
  let [nonce, uses, made] = ['', 0, 0];
  const codes = new Set(options.codes);
  const good = (authorization: string, method: string, path: string): boolean => {
    if (options.method === 'basic') {
      return (
        authorization === `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`
      );
    }
    if (options.method === 'two-factor') return authorization === `Bearer ${TOKEN}`;
    const hash = options.method === 'digest-sha256' ? sha256 : md5;
    const field = (name: string) => new RegExp(`\\b${name}="?([^",]*)"?`).exec(authorization)?.[1] ?? '';
    uses += 1;
    const inTime = field('nonce') === nonce && uses <= (options.nonceUses ?? 100);
    const secret = hash(`${options.user}:SonicOS:${options.password}`);
    const wanted = hash(
      `${secret}:${nonce}:${field('nc')}:${field('cnonce')}:auth:${hash(`${method}:${path}`)}`,
    );
    return inTime && Number.parseInt(field('nc'), 16) === uses && field('response') === wanted;
  };
  const challenge = () => {
    made += 1;
    [nonce, uses] = [`nonce${made}`, 0];
    if (options.method === 'basic') return 'Basic realm="SonicOS"';
    if (options.method === 'unknown' || options.method === 'two-factor') return 'Bearer';
    const algorithm = options.method === 'digest-sha256' ? 'SHA-256' : 'MD5';
    return `Digest realm="SonicOS", qop="auth", algorithm=${algorithm}, nonce="${nonce}", opaque="o"`;
  };
  const server = createServer(
    { key: options.certificate.key, cert: options.certificate.cert },
    async (request, response) => {
      const { method = '', url = '' } = request;
      requests.push(`${method} ${url}`);
      const sent = await new Response(Readable.toWeb(request) as ReadableStream).text();
      if (url === '/api/sonicos/tfa' && method === 'POST' && options.method === 'two-factor') {
        const { user, password, tfa, override } = JSON.parse(sent);
        const known = user === options.user && password === options.password && override === false;
        if (known && codes.delete(tfa)) {
          stats.loggedIn = true;
          response.writeHead(200).end(options.tokenAnswer ?? `INFO: Success. BearToken: ${TOKEN}\n`);
        } else {
          stats.refused += 1;
          response.writeHead(401).end('{"status":{"success":false}}');
        }
        return;
      }
      const { authorization } = request.headers;
      if (authorization !== undefined) credentials.push(authorization);
      if (authorization === undefined || !good(authorization, method, url)) {
        if (authorization !== undefined) stats.refused += 1;
        response.writeHead(401, { 'www-authenticate': challenge() }).end();
        return;
      }
      if (url === '/api/sonicos/auth') {
        stats.loggedIn = method === 'POST';
        response.writeHead(200, { 'set-cookie': 'SMGR=abc; Secure' }).end('{"status":{"success":true}}');
        return;
      }
      const remembered = options.method === 'two-factor' || request.headers.cookie === 'SMGR=abc';
      const answer = stats.loggedIn && remembered ? options.answers[url] : undefined;
      if (answer === undefined) response.writeHead(404).end('{"status":{"success":false}}');
      else response.writeHead(200).end(answer);
    },
  );
  const port = await listenHere(server);
  later(() => server.close());
  return {
    port,
    requests,
    credentials,
    stats,
  };
}
