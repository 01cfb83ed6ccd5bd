import { describe, expect, it } from 'vitest';
import { collectDevice } from '../../src/collect/collect-device.js';
import type { CollectError } from '../../src/collect/collect-error.js';
import type { Device } from '../../src/collect/device.js';
import { digestAnswer, digestChallenge } from '../../src/collect/https/digest.js';
import { Secrets } from '../../src/collect/secrets.js';
import { session } from '../../src/platforms/sonicwall/session.js';
import {
  type Api,
  type ApiOptions,
  type Certificate,
  makeCertificate,
  noCertificates,
  startApi,
  TOKEN,
} from './api.js';
import { deviceFor, noSignal, surroundingsFor } from './build.js';
import { beside, recordedSession } from './recorded.js';

const recorded = recordedSession('sonicwall/session.yaml');
const settings = beside('sonicwall', 'nsa-240-reseller/config.exp');
const exportOnly = { '/api/sonicos/export/current-config/exp': settings };
const jsons = {
  '/api/sonicos/access-rules/ipv4':
    '{"access_rules":[{"ipv4":{"name":"Default Access Rule","management":true}}]}',
  '/api/sonicos/zones': '{"zones":[]}',
  '/api/sonicos/interfaces/ipv4': '{"interfaces":[]}',
  '/api/sonicos/nat-policies/ipv4': '{"nat_policies":[]}',
};

function device(api: Api, certificate: Certificate, changes: Partial<Device> = {}): Device {
  const plain = deviceFor(recorded, { port: api.port, hostKey: { fingerprint: '' } as never });
  return { ...plain, method: 'https', certificate: certificate.fingerprint, ...changes };
}

function api(certificate: Certificate, options: Partial<ApiOptions> = {}): Promise<Api> {
  const { user, password } = recorded;
  return startApi({ certificate, method: 'digest-sha256', user, password, answers: exportOnly, ...options });
}

const collect = (what: Device, password = recorded.password) =>
  collectDevice(what, session, surroundingsFor({ ...recorded, password }), noSignal());

describe.skipIf(noCertificates !== null)('the SonicOS API', () => {
  it.each(['digest-sha256', 'digest-md5', 'basic'] as const)(
    'is read after a login by %s, and left',
    async (method) => {
      const certificate = makeCertificate('IP:127.0.0.1');
      const server = await api(certificate, { method });
      const { files, hostKey, notes } = await collect(device(server, certificate));
      expect(files.map((each) => each.file)).toEqual(['config.exp']);
      expect(Buffer.from(files[0]?.bytes ?? []).toString('latin1')).toBe(settings);
      expect(hostKey).toEqual({ type: 'x509-sha256', fingerprint: certificate.fingerprint, trust: 'pinned' });
      expect(notes).toEqual([]);
      expect(server.stats.loggedIn).toBe(false);
      expect(server.requests).toEqual([
        'POST /api/sonicos/auth',
        'POST /api/sonicos/auth',
        'GET /api/sonicos/export/current-config/exp',
        'DELETE /api/sonicos/auth',
      ]);
    },
  );

  it('a nonce that is used up is replaced', async () => {
    const certificate = makeCertificate('IP:127.0.0.1');
    const server = await api(certificate, { nonceUses: 2, answers: jsons });
    expect((await collect(device(server, certificate))).files).toHaveLength(4);
  });

  it('a certificate that an authority of the device has signed is accepted for its name', async () => {
    const certificate = makeCertificate('IP:127.0.0.1');
    const server = await api(certificate);
    const trusted = device(server, certificate, {
      certificate: null,
      certificateAuthority: certificate.file,
    });
    expect((await collect(trusted)).hostKey).toMatchObject({ trust: 'verified' });
    const foreign = makeCertificate('DNS:fw.example');
    const other = await api(foreign);
    const wrong = device(other, foreign, { certificate: null, certificateAuthority: foreign.file });
    await expect(collect(wrong)).rejects.toMatchObject({ reason: 'certificate' });
  });

  it('another certificate, or one that nobody vouches for, hears no password', async () => {
    const certificate = makeCertificate('IP:127.0.0.1');
    const server = await api(certificate, { method: 'basic' });
    const other = makeCertificate('IP:127.0.0.1');
    for (const changes of [{ certificate: other.fingerprint }, { certificate: null }]) {
      await expect(collect(device(server, certificate, changes))).rejects.toMatchObject({
        reason: 'certificate',
      });
    }
    expect(server.requests).toEqual([]);
  });

  it('a wrong password is tried once', async () => {
    const certificate = makeCertificate('IP:127.0.0.1');
    const server = await api(certificate);
    await expect(collect(device(server, certificate), 'wrong')).rejects.toMatchObject({
      reason: 'authentication',
    });
    expect(server.stats.refused).toBe(1);
  });

  it.each([undefined, '{"status":{"info":[{"code":"E_OK","message":"Success. BearToken: TOKEN"}]}}'])(
    'is read with a one-time code, asked for at the last moment and used once',
    async (answer) => {
      const certificate = makeCertificate('IP:127.0.0.1');
      const codes = ['111111', '222222'];
      const server = await api(certificate, {
        method: 'two-factor',
        codes,
        ...(answer === undefined ? {} : { tokenAnswer: answer.replace('TOKEN', TOKEN) }),
      });
      const asked: string[] = [];
      const surroundings = {
        ...surroundingsFor(recorded),
        interactive: true,
        secrets: new Secrets({
          environment: { PASSWORD: recorded.password },
          ask: async (what) => codes[asked.push(what) - 1] ?? null,
        }),
      };
      const what = device(server, certificate, { oneTimeCode: { kind: 'prompt' } });
      for (let round = 0; round < 2; round += 1) {
        const { files } = await collectDevice(what, session, surroundings, noSignal());
        expect(files.map((each) => each.file)).toEqual(['config.exp']);
        expect(server.stats.loggedIn).toBe(false);
      }
      expect(asked).toEqual(Array(2).fill(`the one-time code of ${recorded.user}@127.0.0.1`));
      expect(server.requests.slice(0, 3)).toEqual([
        'POST /api/sonicos/tfa',
        'GET /api/sonicos/export/current-config/exp',
        'DELETE /api/sonicos/auth',
      ]);
      expect(new Set(server.credentials)).toEqual(new Set([`Bearer ${TOKEN}`]));
    },
  );

  it('a code that is wrong, missing, or answered without a token ends it, and nothing is told of it', async () => {
    const certificate = makeCertificate('IP:127.0.0.1');
    const server = await api(certificate, {
      method: 'two-factor',
      codes: ['111111'],
      tokenAnswer: 'INFO: ok',
    });
    const failing = async (oneTimeCode: Device['oneTimeCode'], environment: Record<string, string>) => {
      const surroundings = {
        ...surroundingsFor(recorded),
        secrets: new Secrets({
          environment: { PASSWORD: recorded.password, ...environment },
          ask: async () => null,
        }),
      };
      const what = device(server, certificate, { oneTimeCode });
      return collectDevice(what, session, surroundings, noSignal()).then(
        () => null,
        (error: CollectError) => error,
      );
    };
    const code = { kind: 'environment', name: 'CODE' } as const;
    const wrong = await failing(code, { CODE: '999999' });
    expect(wrong).toMatchObject({ reason: 'authentication' });
    expect(`${wrong?.message} ${wrong?.hint}`).not.toMatch(/999999/);
    expect(server.stats.refused).toBe(1);
    expect(await failing(code, { CODE: '111111' })).toMatchObject({
      message: 'the API answers without a token',
    });
    expect(await failing(code, {})).toMatchObject({ reason: 'secret-unavailable' });
    expect(await failing({ kind: 'prompt' }, {})).toMatchObject({ reason: 'settings' });
  });

  it('a login that is not known is not tried', async () => {
    const certificate = makeCertificate('IP:127.0.0.1');
    const server = await api(certificate, { method: 'unknown' });
    await expect(collect(device(server, certificate))).rejects.toMatchObject({ reason: 'authentication' });
    expect(server.credentials).toEqual([]);
  });

  it('answers are taken where there is no settings export, and only those that doors are made of are needed', async () => {
    const certificate = makeCertificate('IP:127.0.0.1');
    const some = await api(certificate, { answers: jsons });
    const { files, notes } = await collect(device(some, certificate));
    expect(files.map((each) => each.file)).toEqual([
      'access-rules-ipv4.json',
      'zones.json',
      'interfaces-ipv4.json',
      'nat-policies-ipv4.json',
    ]);
    expect(Buffer.from(files[0]?.bytes ?? []).toString('utf8')).toBe(jsons['/api/sonicos/access-rules/ipv4']);
    expect(notes).toMatchObject([
      { code: 'not-offered', message: expect.stringContaining('service-objects') },
    ]);
    for (const kind of ['ipv4/site-to-site', 'ipv4/group-vpn', 'ipv4/tunnel-interface', 'ipv6/site-to-site'])
      expect(some.requests).toContain(`GET /api/sonicos/vpn/policies/${kind}`);
    const page = '<html>Please log in</html>';
    const pages = Object.fromEntries(
      [...Object.keys(exportOnly), ...Object.keys(jsons)].map((path) => [path, page]),
    );
    const none = await api(certificate, { answers: pages });
    await expect(collect(device(none, certificate))).rejects.toMatchObject({ reason: 'not-a-configuration' });
    expect(none.stats.loggedIn).toBe(false);
    expect(none.requests.at(-1)).toBe('DELETE /api/sonicos/auth');
  });
});

describe('HTTP Digest', () => {
  it('answers the examples of RFC 7616', () => {
    const realm = 'http-auth@example.org';
    const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
    const opaque = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS';
    const header = (algorithm: string) =>
      `Digest realm="${realm}", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}"`;
    const who = { user: 'Mufasa', password: 'Circle of Life' };
    const what = { method: 'GET', path: '/dir/index.html' };
    const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
    for (const [algorithm, response] of [
      ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
      ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    ] as const) {
      const challenge = digestChallenge([header(algorithm)]);
      expect(challenge).toMatchObject({ algorithm, qop: true });
      if (challenge === null) continue;
      expect(digestAnswer(challenge, who, what, 1, cnonce)).toContain(`response="${response}"`);
    }
  });

  it('takes the better of two, in one header or in two', () => {
    const [md5, sha] = [
      'Digest realm="a", nonce="b", algorithm=MD5',
      'Digest realm="a", nonce="c", algorithm=SHA-256',
    ];
    expect(digestChallenge([`${md5}, ${sha}`])).toMatchObject({ nonce: 'c' });
    expect(digestChallenge([md5, sha])).toMatchObject({ nonce: 'c' });
    expect(digestChallenge(['Basic realm="a"', md5])).toMatchObject({ nonce: 'b' });
    expect(digestChallenge(['Digest realm="a", nonce="b", algorithm=SHA-512-256'])).toBeNull();
  });
});
