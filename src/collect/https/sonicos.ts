import type { CollectedDevice, CollectedFile, CollectNote, Surroundings } from '../collect-device.js';
import { CollectError } from '../collect-error.js';
import type { Device } from '../device.js';
import type { SecretSource } from '../secrets.js';
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
  'ssl-vpn/server/accesses',
  'vpn/policies/ipv4/site-to-site',
  'vpn/policies/ipv4/group-vpn',
  'vpn/policies/ipv4/tunnel-interface',
  'vpn/policies/ipv6/site-to-site',
  'user/local/users',
  'user/local/groups',
  'user/ldap/base',
  'user/ldap/servers',
  'user/radius/base',
  'user/radius/servers',
  'user/tacacs/base',
  'user/tacacs/servers',
  'user/sso/agents',
  'user/sso/terminal-services-agents',
  'log/syslog/syslog-servers',
  'high-availability/monitoring/ipv4',
  'high-availability/monitoring/ipv6',
  'cloud-secure-edge/base',
] as const;

const AUTH = `${API}/auth`;
const TWO_FACTOR = `${API}/tfa`;

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
  if (device.oneTimeCode === null) await api.login();
  else await api.loginWithCode(await oneTimeCode(device, user, device.oneTimeCode, { secrets, interactive }));
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

/** Asked for at the last moment: it is good for half a minute. */
async function oneTimeCode(
  { host }: Device,
  user: string,
  source: SecretSource,
  { secrets, interactive }: Pick<Surroundings, 'secrets' | 'interactive'>,
): Promise<string> {
  if (source.kind === 'prompt' && !interactive) {
    throw new CollectError('settings', 'two-factor needs a source of the code, or somebody to ask', {
      hint: 'one-time-code-command, or one-time-code-env',
    });
  }
  return secrets.readOnce(source, `the one-time code of ${user}@${host}`);
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

/** How much of the answer to a login is looked at, in bytes. */
const LONGEST_LOGIN = 65_536;

/** A login with the API, from the challenge to the logout. */
class ApiSession {
  readonly #server: HttpsServer;
  readonly #user: string;
  readonly #password: string;
  #digest: DigestChallenge | null = null;
  #basic = false;
  #token: string | null = null;
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
          hint: 'is the SonicOS API on, with HTTP Digest or Basic authentication? Where it asks for a code: two-factor',
        },
      );
    }
    const { status } = await this.send('POST', AUTH, 'application/json');
    if (status === 200) return;
    throw new CollectError('authentication', `the API refuses the login of ${this.#user} (status ${status})`);
  }

  /**
   * Logs in with a one-time code, once; the answer holds a token, by which the session is known from then on.
   * As the vendor's guide has it: to `tfa` in place of `auth`, for the built-in administrator and local users.
   * https://www.sonicwall.com/support/technical-documentation/docs/sonicos-7-0-0-0-api//Content/SonicOS_API_Guide/API_Authentication/two-factor-authentication.htm
   * That the token stands behind `BearToken:` is known from programs that log in so.
   */
  async loginWithCode(code: string): Promise<void> {
    const [user, password] = [this.#user, this.#password];
    const { status, body } = await this.#server.send({
      method: 'POST',
      path: TWO_FACTOR,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ user, password, tfa: code, override: false }),
    });
    const answer = Buffer.from(body.subarray(0, LONGEST_LOGIN)).toString('latin1');
    const token = /\bBear(?:er)?[ _]?Token"?\s*:\s*"?([\w.~+/=-]+)/i.exec(answer)?.[1];
    if (status === 200 && token !== undefined) {
      this.#token = token;
      return;
    }
    const what =
      status === 200 ? 'answers without a token' : `refuses the login of ${user} (status ${status})`;
    throw new CollectError('authentication', `the API ${what}`, {
      hint: 'is two-factor and bearer token authentication on, and was the code still good?',
    });
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
    if (this.#token !== null) return { authorization: `Bearer ${this.#token}`, ...cookie };
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
