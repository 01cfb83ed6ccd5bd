import type { CollectedDevice, CollectedFile, CollectNote, Surroundings } from '../collect-device.js';
import { CollectError } from '../collect-error.js';
import type { Device } from '../device.js';
import { type DigestChallenge, digestAnswer, digestChallenge } from './digest.js';
import { type HttpsServer, httpsServer, type Response } from './request.js';

const API = '/api/sonicos';
const EXPORT = `${API}/export/current-config/exp`;

/**
 * Where a firmware does not hand over its settings export: what doors are made of, one answer a file.
 * Without the first three no door can be told. The paths are those of the SonicOS API reference.
 */
const NEEDED = ['access-rules/ipv4', 'zones', 'interfaces/ipv4'] as const;
const ANSWERS = [
  ...NEEDED,
  'version',
  'access-rules/ipv6',
  'nat-policies/ipv4',
  'nat-policies/ipv6',
  'interfaces/ipv6',
  'address-objects/ipv4',
  'address-objects/ipv6',
  'address-objects/fqdn',
  'address-objects/mac',
  'address-groups/ipv4',
  'address-groups/ipv6',
  'service-objects',
  'service-groups',
  'administration/global',
  'snmp/base',
  'ssl-vpn/server/base',
  'vpn/policies/ipv4/site-to-site',
  'user/local/users',
  'user/local/groups',
] as const;

const AUTH = `${API}/auth`;

/**
 * Collects a SonicWall over its HTTPS API (SonicOS 6.5.1 and later; in 6.5 the API has to be switched
 * on): the settings export, in which the automatic rules stand that CLI text hides, or else answers
 * that hold them too. Nothing is asked for but these, the login and the logout; another administrator
 * is never pushed out, and the session is ended whatever happens.
 *
 * @throws CollectError
 */
export async function collectHttps(
  device: Device,
  { secrets, interactive }: Pick<Surroundings, 'secrets' | 'interactive'>,
  signal: AbortSignal,
): Promise<CollectedDevice> {
  const { user } = device;
  const password = device.password ?? (interactive ? ({ kind: 'prompt' } as const) : null);
  if (user === null || password === null) {
    throw new CollectError('settings', 'the HTTPS API needs a user and a source of the password');
  }
  const server = await httpsServer(device, signal);
  const secret = await secrets.read(password, `the password of ${user}@${device.host}`);
  const api = new ApiSession(server, user, secret);
  await api.login();
  try {
    const exported = await api.send('GET', EXPORT, '*/*');
    const { files, notes } =
      exported.status === 200 && isSettingsExport(exported.body)
        ? { files: [{ file: 'config.exp', command: `GET ${EXPORT}`, bytes: exported.body }], notes: [] }
        : await readAnswers(api, exported.status);
    const { fingerprint, trust } = server;
    const hostKey = { type: 'x509-sha256', fingerprint, trust };
    const address = `${device.host} port ${device.port ?? 443}`;
    return { files, hostKey, address, oldAlgorithms: [], notes };
  } finally {
    await api.logout();
  }
}

async function readAnswers(
  api: ApiSession,
  exportStatus: number,
): Promise<{ readonly files: readonly CollectedFile[]; readonly notes: readonly CollectNote[] }> {
  const files: CollectedFile[] = [];
  const missing: string[] = [];
  for (const what of ANSWERS) {
    const path = `${API}/${what}`;
    const { status, body } = await api.send('GET', path, 'application/json');
    if (status === 200 && isAnswer(body)) {
      files.push({ file: `${what.replaceAll('/', '-')}.json`, command: `GET ${path}`, bytes: body });
    } else if ((NEEDED as readonly string[]).includes(what)) {
      throw new CollectError(
        'not-a-configuration',
        `the API gives neither a settings export (status ${exportStatus}) nor ${what} (status ${status})`,
        { hint: 'may this account read the configuration?' },
      );
    } else {
      missing.push(what);
    }
  }
  const message = `the API gives no settings export (status ${exportStatus}), but answers`;
  const without = missing.length === 0 ? '' : `; it does not give ${missing.join(', ')}`;
  return { files, notes: [{ code: 'not-offered', message: `${message}${without}` }] };
}

/** A login with the API, from the challenge to the logout. */
class ApiSession {
  readonly #server: HttpsServer;
  readonly #user: string;
  readonly #password: string;
  #digest: DigestChallenge | null = null;
  #basic = false;
  #count = 0;
  readonly #cookies = new Map<string, string>();

  constructor(server: HttpsServer, user: string, password: string) {
    this.#server = server;
    this.#user = user;
    this.#password = password;
  }

  /** Asks how to log in, and logs in, once: a second attempt could lock the account. */
  async login(): Promise<void> {
    const asked = await this.send('POST', AUTH, 'application/json');
    if (asked.status === 200) return;
    this.#digest = digestChallenge(asked.challenges);
    this.#basic = this.#digest === null && asked.challenges.some((each) => /\bBasic\b/i.test(each));
    if (asked.status !== 401 || (this.#digest === null && !this.#basic)) {
      throw new CollectError(
        'authentication',
        `the API offers no login that fwaudit knows (status ${asked.status})`,
        {
          hint: 'is the SonicOS API on, with HTTP Digest or Basic authentication?',
        },
      );
    }
    const { status } = await this.send('POST', AUTH, 'application/json');
    if (status === 200) return;
    throw new CollectError('authentication', `the API refuses the login of ${this.#user} (status ${status})`);
  }

  async send(method: 'GET' | 'POST' | 'DELETE', path: string, accept: string): Promise<Response> {
    const response = await this.#server.send({
      method,
      path,
      headers: { accept, ...this.#credentials(method, path) },
    });
    for (const cookie of response.cookies) {
      const [, name, value] = /^([^=;\s]+)=([^;\r\n]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value);
    }
    // A nonce lasts for some requests only.
    const fresh = response.status === 401 ? digestChallenge(response.challenges) : null;
    if (this.#digest === null || fresh === null || fresh.nonce === this.#digest.nonce || path === AUTH)
      return response;
    [this.#digest, this.#count] = [fresh, 0];
    return this.#server.send({ method, path, headers: { accept, ...this.#credentials(method, path) } });
  }

  /** Never fails: what was collected is good, and the session ends by itself some time later. */
  async logout(): Promise<void> {
    await this.send('DELETE', AUTH, 'application/json').catch(() => null);
  }

  #credentials(method: string, path: string): Readonly<Record<string, string>> {
    const [user, password] = [this.#user, this.#password];
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const cookie = cookies === '' ? {} : { cookie: cookies };
    if (this.#digest !== null) {
      this.#count += 1;
      const authorization = digestAnswer(this.#digest, { user, password }, { method, path }, this.#count);
      return { authorization, ...cookie };
    }
    if (!this.#basic) return cookie;
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`, ...cookie };
  }
}

/** Base64 of the settings, in which nothing else stands but line ends and the end marks. */
function isSettingsExport(body: Uint8Array): boolean {
  return body.length > 64 && /^[A-Za-z0-9+/=&\s]+$/.test(Buffer.from(body).toString('latin1'));
}

/** A JSON object that is not the report of a failure. */
function isAnswer(body: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return (value as { status?: { success?: unknown } }).status?.success !== false;
  } catch {
    return false;
  }
}
