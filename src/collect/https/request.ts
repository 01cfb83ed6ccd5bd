import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { CollectError } from '../collect-error.js';
import { type Device, MAX_OUTPUT } from '../device.js';
import { reasonOf } from '../reason.js';

/** One request, whose path and headers are ours. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; it may hold secrets, and is never told. */
  readonly body?: string;
}

export interface Response {
  readonly status: number;
  /** Values of `WWW-Authenticate`. */
  readonly challenges: readonly string[];
  readonly cookies: readonly string[];
  readonly body: Uint8Array;
}

/** A server whose certificate is checked before the first byte is sent to it. */
export interface HttpsServer {
  readonly fingerprint: string;
  readonly trust: 'pinned' | 'verified';
  send(request: Request): Promise<Response>;
}

/**
 * Opens connections to one server. Each one's certificate is checked: it is the pinned one, or it is
 * valid for the name and signed by an authority of the device's file, or of the system's.
 *
 * @throws CollectError
 */
export async function httpsServer(device: Device, signal: AbortSignal): Promise<HttpsServer> {
  const ca = device.certificateAuthority === null ? null : await authorities(device.certificateAuthority);
  const open = () => secureSocket(device, ca, signal);
  const first = await open();
  const { fingerprint256: fingerprint } = first.getPeerCertificate();
  let waiting: TLSSocket | null = first;
  return {
    fingerprint,
    trust: device.certificate === null ? 'verified' : 'pinned',
    send: async (request) => {
      const socket = waiting ?? (await open());
      waiting = null;
      return exchange(socket, device, request, signal);
    },
  };
}

async function authorities(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CollectError('certificate', `the authorities in ${file} can't be read: ${reasonOf(error)}`);
  }
}

function secureSocket(device: Device, ca: string | null, signal: AbortSignal): Promise<TLSSocket> {
  const { host, certificate, limits } = device;
  const port = device.port ?? 443;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === null ? {} : { ca }),
      // Without a pin an invalid certificate ends the handshake; with one, the pin alone counts.
      rejectUnauthorized: certificate === null,
    });
    const timer = setTimeout(
      () => end(new CollectError('unreachable', `${host} port ${port} does not answer`)),
      limits.connect,
    );
    const aborted = () => end(signal.reason);
    function end(error: unknown): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      if (error === null) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(error);
    }
    signal.addEventListener('abort', aborted);
    socket.on('error', (error: NodeJS.ErrnoException) => end(connectError(error, host, port)));
    socket.on('secureConnect', () =>
      end(pinProblem(certificate, socket.getPeerCertificate().fingerprint256)),
    );
  });
}

function pinProblem(pin: string | null, fingerprint: string): CollectError | null {
  if (pin === null || pin.toUpperCase() === fingerprint) return null;
  return new CollectError('certificate', `the certificate is ${fingerprint}, not the pinned one`, {
    hint: 'somebody may be in between: find out on the appliance itself before you change certificate',
  });
}

function connectError(error: NodeJS.ErrnoException, host: string, port: number): CollectError {
  const code = error.code ?? '';
  const where = `${host} port ${port}`;
  if (/^(?:ECONN|EHOST|ENET|ETIMEDOUT|ENOTFOUND|EAI_)/.test(code)) {
    return new CollectError('unreachable', `${where}: no connection (${code})`);
  }
  const cause = /^[A-Z0-9_]{1,60}$/.test(code) ? ` (${code})` : '';
  return new CollectError('certificate', `the certificate of ${where} is not trusted${cause}`, {
    hint: 'pin it as certificate, or name its authority as certificate-authority',
  });
}

function exchange(
  socket: TLSSocket,
  { host, limits }: Device,
  { method, path, headers, body = '' }: Request,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(new CollectError('timeout', `no answer to ${method} ${path}`)),
      limits.step,
    );
    const aborted = () => fail(signal.reason);
    signal.addEventListener('abort', aborted);
    const lost = () =>
      fail(new CollectError('connection-lost', `the connection was lost during ${method} ${path}`));
    socket.on('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    });
    const request = httpRequest(
      {
        method,
        path,
        headers: { host, 'content-length': `${Buffer.byteLength(body)}`, connection: 'close', ...headers },
        createConnection: () => socket,
      },
      (response) => {
        read(response).then(
          (answer) => {
            socket.destroy();
            resolve(answer);
          },
          (error) => (error instanceof CollectError ? fail(error) : lost()),
        );
      },
    );
    request.on('error', lost);
    request.end(body);
  });
}

async function read(response: IncomingMessage): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_OUTPUT) throw new CollectError('too-large', `more than ${MAX_OUTPUT >> 20} MiB came`);
    chunks.push(chunk);
  }
  const challenges = response.headersDistinct['www-authenticate'] ?? [];
  const cookies = response.headers['set-cookie'] ?? [];
  return { status: response.statusCode ?? 0, challenges, cookies, body: Buffer.concat(chunks) };
}
