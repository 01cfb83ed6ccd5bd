import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface as LineReader } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Layout } from './layout.js';

/** The first packet of a connection, put on the link of an interface. */
export interface Probe {
  /** The interface of the firewall by which it comes in. */
  readonly entry: string;
  readonly source: string;
  readonly destination: string;
  readonly protocol: 'tcp' | 'udp';
  readonly sourcePort: number;
  readonly port: number;
}

/** Where a packet came out, and what it was addressed to by then. */
export interface Arrival {
  /** `self`, or the interface by which it left. */
  readonly where: string;
  readonly destination: string;
  readonly port: number;
}

export type Backend = 'legacy' | 'nft';

/** What the kernel made of a ruleset and packets. */
export type Trial =
  | { readonly save: string; readonly arrivals: readonly (Arrival | null)[] }
  /** `iptables-restore` did not take the ruleset. */
  | { readonly rejected: string };

/** A process with network namespaces of its own. */
export interface Lab {
  /** @param ruleset text for `iptables-restore` */
  attempt(backend: Backend, layout: Layout, ruleset: string, probes: readonly Probe[]): Promise<Trial>;
  close(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('network-lab.py', import.meta.url));
/** Where Debian keeps the tools of root, whoever runs the tests. */
const ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
const TOOLS = [
  ...[
    'python3',
    'ip',
    'iptables-legacy-restore',
    'iptables-legacy-save',
    'iptables-nft-restore',
    'iptables-nft-save',
  ],
  ...['ip6tables-legacy-restore', 'ip6tables-legacy-save', 'ip6tables-nft-restore', 'ip6tables-nft-save'],
];

/** Why the kernel cannot be asked here, or null when it can. */
export async function whyNot(layout: Layout): Promise<string | null> {
  if (process.platform !== 'linux') return 'it takes Linux';
  if (process.getuid?.() !== 0) return 'it takes root, for network namespaces';
  const missing = TOOLS.filter(
    (tool) => spawnSync('sh', ['-c', 'command -v "$0"', tool], { env: ENVIRONMENT }).status !== 0,
  );
  if (missing.length > 0)
    return `${missing.join(', ')} not found (apt-get install iproute2 iptables python3)`;
  const lab = openLab();
  try {
    for (const backend of ['legacy', 'nft'] as const) {
      const trial = await lab.attempt(backend, layout, '*filter\n:INPUT DROP [0:0]\nCOMMIT\n', []);
      if ('rejected' in trial) return `this kernel takes no rules of iptables-${backend}: ${trial.rejected}`;
    }
    return null;
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  } finally {
    await lab.close();
  }
}

export function openLab(): Lab {
  const child = spawn('python3', [PROGRAM], { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout });
  const complaints: string[] = [];
  // A lab that ended says so by itself.
  child.stdin.on('error', () => undefined);
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  return {
    async attempt(backend, layout, ruleset, probes) {
      const answer = await ask(child, lines, complaints, requestOf(backend, layout, ruleset, probes));
      if (answer.error !== undefined) throw new Error(answer.error);
      if (answer.rejected !== undefined) return { rejected: answer.rejected };
      return { save: answer.save ?? '', arrivals: (answer.arrivals ?? []).map(toArrival) };
    },
    async close() {
      if (child.exitCode !== null) return;
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

interface Answer {
  readonly error?: string;
  readonly rejected?: string;
  readonly save?: string;
  readonly arrivals?: readonly (readonly [where: string, destination: string, port: number] | null)[];
}

function requestOf(backend: Backend, layout: Layout, ruleset: string, probes: readonly Probe[]): string {
  return JSON.stringify({
    backend,
    family: layout.family === 'ipv4' ? 4 : 6,
    restore: ruleset,
    interfaces: layout.interfaces,
    routes: layout.routes,
    packets: probes.map(({ entry, source, destination, protocol, sourcePort, port }) => [
      ...[entry, source, destination, protocol, sourcePort, port],
    ]),
  });
}

/** One line there and one back; a lab that ends instead says why on standard error. */
async function ask(
  child: ChildProcessWithoutNullStreams,
  lines: LineReader,
  complaints: readonly string[],
  request: string,
): Promise<Answer> {
  const given = new AbortController();
  const answered = once(lines, 'line', { signal: given.signal });
  const ended = once(child, 'close', { signal: given.signal }).then(() => {
    throw new Error(`the lab ended: ${complaints.join('').trim()}`);
  });
  child.stdin.write(`${request}\n`);
  try {
    const [line] = (await Promise.race([answered, ended])) as [string];
    return JSON.parse(line) as Answer;
  } finally {
    given.abort();
    // Whichever of the two did not come is aborted now, and nobody waits for it.
    await Promise.allSettled([answered, ended]);
  }
}

function toArrival(arrival: readonly [string, string, number] | null): Arrival | null {
  if (arrival === null) return null;
  const [where, destination, port] = arrival;
  return { where, destination, port };
}
