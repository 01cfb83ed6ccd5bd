import type { PrintedContext } from './printed-keys.js';
import type { ReadFamily } from './read-families.js';
import type { Statement } from './statement.js';

/** A block of `appflow`, by the keys that an export has for it: its switch, and of each server the address and the object. */
interface FlowBlock {
  readonly on: ReadFamily;
  readonly servers: Readonly<Record<string, readonly [address: ReadFamily, object: ReadFamily]>>;
}

/**
 * `appflow`, `gmsflow-server`, `server-ip`, `ip ADDRESS`; in an answer `server`, `ip`, `value`, or `address`, `name` of
 * an object; a collector of NetFlow has its `ip` in its own block (the vendor's tests of both).
 */
const BLOCKS: Readonly<Record<string, FlowBlock>> = {
  'gmsflow-server': {
    on: 'gmsServerEnable',
    servers: {
      'server-ip': ['gmsServerAddr', 'gmsServerAddrObj'],
      'server-2-ip': ['gmsServer2Addr', 'gmsServer2AddrObj'],
    },
  },
  'appflow-server': {
    on: 'vizServerEnable',
    servers: {
      'server-ip': ['vizServerAddr', 'vizServerAddrObj'],
      'server-2-ip': ['vizServer2Addr', 'vizServer2AddrObj'],
    },
  },
  'external-collector': {
    on: 'swFlowExternal',
    servers: { '': ['swFlowServerAddress', 'swFlowServerAddrObjSel'] },
  },
};

/** A statement with the words of the blocks that it stands in before its own. */
interface Leaf {
  readonly path: readonly string[];
  readonly statement: Statement;
}

function leavesOf(statement: Statement, before: readonly string[]): readonly Leaf[] {
  const path = [...before, ...statement.words];
  if (statement.body.length === 0) return [{ path, statement }];
  return statement.body.flatMap((each) => leavesOf(each, path));
}

/** Whom records of all traffic are sent to, under the keys of an export. */
export function putFlowServers({ sink, top }: PrintedContext): void {
  const leaves = top
    .filter(({ words }) => words[0] === 'appflow')
    .flatMap((statement) => leavesOf(statement, []));
  for (const [name, block] of Object.entries(BLOCKS)) {
    const inside = leaves
      .filter(({ path }) => path[1] === name)
      .map(({ path, statement }) => ({ path: path.slice(2), statement }));
    const [first] = inside;
    if (first === undefined) continue;
    const switches = inside.filter(({ path }) => path.length === 1 && SENT.has(path[0] ?? ''));
    if (switches.length > 0) {
      const on = switches.some(({ statement }) => !statement.negated);
      sink.put(block.on, null, on ? 'on' : 'off', first.statement.location);
    }
    for (const [rank, families] of Object.entries(block.servers)) putServer(sink, inside, rank, families);
  }
}

/** What is sent: a server that gets neither gets nothing. */
const SENT: ReadonlySet<string> = new Set(['flows', 'real-time']);

/** Words before an address: of the server, and not of the tunnel that leads to it. */
const BY_ADDRESS = /^(?:server )?ip (?:value )?(\S+)$/;
const BY_OBJECT = /^(?:server )?address (?:name )?(.+)$/;

function putServer(
  sink: PrintedContext['sink'],
  inside: readonly Leaf[],
  rank: string,
  [address, object]: readonly [ReadFamily, ReadFamily],
): void {
  for (const { path, statement } of inside) {
    if (statement.negated || (rank !== '' && path[0] !== rank)) continue;
    const words = (rank === '' ? path : path.slice(1)).join(' ');
    const [, ip] = BY_ADDRESS.exec(words) ?? [];
    const [, name] = BY_OBJECT.exec(words) ?? [];
    if (ip !== undefined) sink.put(address, null, ip, statement.location);
    else if (name !== undefined) sink.put(object, null, name, statement.location);
  }
}
