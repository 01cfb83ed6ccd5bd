import { isBuiltInAdministration } from './administration.js';
import { putFlowServers } from './printed-flows.js';
import type { PrintedContext } from './printed-keys.js';
import type { ReadFamily } from './read-families.js';
import { type Statement, startsWith } from './statement.js';

/**
 * What the printed configuration says of servers, uploads and the clock, under the keys of an export. The words
 * are those of real texts of 6.2.3.1 and 6.5.4.15; a syslog server stands in neither, and is taken from any
 * `server` of its block.
 */
export function putSettings(context: PrintedContext): void {
  putDefaultGroup(context);
  putRadius(context);
  putDirectories(context);
  putDeciding(context);
  putLogServers(context);
  const { book, sink, top } = context;
  putClock(context);
  putNameServers(context);
  for (const { body, location } of blocksOf(top, 'packet-monitor')) {
    const automatic = book.flag(body, 'ftp', 'automatic');
    if (automatic === null) continue;
    sink.put('pktCapTraceAutoFtpOn_N', 0, automatic ? 'on' : 'off', location);
    sink.putWord('pktCapTraceFtpServerIp_N', 0, book.word(body, 'ftp', 'server'));
  }
  putReports(context);
  putFlowServers(context);
}

/** `ntp-server NAME no-auth` in the block of the clock; in an answer the name stands behind `name`. */
function putClock(context: PrintedContext): void {
  const { book, sink, top } = context;
  for (const { body, location } of book.all(top, 'time')) {
    putFlag(context, 'ntp_useNtp', book.flag(body, 'use-ntp'), location);
    for (const { words, negated, location: place } of book.all(body, 'ntp-server')) {
      const [, first, second] = words;
      const name = first === 'name' ? second : first;
      if (negated || name === undefined || NTP_OPTIONS.has(name)) continue;
      sink.put('addCustomNTPServer_N', sink.next('addCustomNTPServer'), name, place);
    }
  }
}

/** Words of an answer that stand where a name could: how the server proves who it is. */
const NTP_OPTIONS: ReadonlySet<string> = new Set(['no-auth', 'md5', 'name']);

const NAME_SERVERS = [
  ['primary', 'dns_server_one'],
  ['secondary', 'dns_server_two'],
  ['tertiary', 'dns_server_three'],
] as const;

/** `dns server inherit`, or the servers by rank behind `dns server static`. */
function putNameServers(context: PrintedContext): void {
  const { book, sink, top } = context;
  const lines = blocksOf(top, 'dns').flatMap((line) => within(line, 1));
  const entered = book.all(lines, 'server', 'static').filter(({ negated }) => !negated);
  const ranks = entered.flatMap((line) => within(line, 2));
  const [first] = entered;
  if (first !== undefined) sink.put('dns_use_static_servers', null, '1', first.location);
  for (const [rank, family] of NAME_SERVERS) sink.putWord(family, null, book.word(ranks, rank));
}

/** What stands behind the first words of a line, be it on the line itself or in its block. */
function within(line: Statement, words: number): readonly Statement[] {
  return line.words.length > words ? [{ ...line, words: line.words.slice(words) }] : line.body;
}

/** Blocks of which a few statements are read: the others say nothing about who gets in. */
function blocksOf(top: readonly Statement[], ...words: readonly string[]): readonly Statement[] {
  return top.filter((statement) => startsWith(statement.words, words));
}

function putFlag(
  { sink }: PrintedContext,
  family: ReadFamily,
  on: boolean | null,
  location: Statement['location'],
): void {
  if (on !== null) sink.put(family, null, on ? 'on' : 'off', location);
}

/**
 * RADIUS, LDAP and TACACS+ name a group each; where several do, the first one that administers counts. In an answer
 * the name stands behind `group-name`.
 */
function putDefaultGroup({ book, sink, top }: PrintedContext): void {
  const named = ['radius', 'ldap', 'tacacs'].flatMap((kind) =>
    blocksOf(top, 'user', kind).flatMap(({ body }) =>
      book
        .all(body, 'default-user-group')
        .filter(({ words, negated }) => !negated && words.length > 1)
        .map(({ words, location }) => ({ text: words.at(-1) ?? '', location })),
    ),
  );
  sink.putWord(
    'radiusDfltUserGroup',
    null,
    named.find(({ text }) => isBuiltInAdministration(text)) ?? named[0],
  );
}

/** `server primary` with its `host` before 6.5, `server NAME` from then on. An export has keys for two alone. */
function putRadius({ book, sink, top }: PrintedContext): void {
  const hosts = blocksOf(top, 'user', 'radius').flatMap(({ body }) =>
    book
      .all(body, 'server')
      .filter(({ negated }) => !negated)
      .flatMap((server) =>
        book.flag(server.body, 'enable') === false ? [] : (book.word(server.body, 'host') ?? []),
      ),
  );
  sink.putWord('Rad_prm_IP', null, hosts[0]);
  sink.putWord('Rad_sec_IP', null, hosts[1]);
  for (const host of hosts.slice(2)) sink.putWord('ldapSrvrHostName_N', sink.next('ldapSrvr'), host);
}

function putDirectories({ book, sink, top }: PrintedContext): void {
  for (const { body } of blocksOf(top, 'user', 'ldap')) {
    for (const server of book.all(body, 'server')) {
      const host = book.word(server.body, 'host');
      if (server.negated || host === undefined) continue;
      const index = sink.next('ldapSrvr');
      sink.putWord('ldapSrvrHostName_N', index, host);
      const enabled = book.flag(server.body, 'enable');
      if (enabled !== null) sink.put('ldapSrvrEnabled_N', index, enabled ? 'on' : 'off', server.location);
      const encrypted = book.flag(server.body, 'use-tls');
      if (encrypted !== null) sink.put('ldapSrvrUseTls_N', index, encrypted ? 'on' : 'off', server.location);
    }
  }
}

/** Whoever says who somebody is beside RADIUS and LDAP: servers of TACACS+, and agents of single sign-on. */
const DECIDING: readonly (readonly [string, string])[] = [
  ['tacacs', 'server'],
  ['sso', 'agent'],
  ['sso', 'terminal-services-agent'],
];

/** Each decides who logs in as a directory does; the keys of an export for TACACS+ no real one showed. */
function putDeciding({ book, sink, top }: PrintedContext): void {
  const servers = DECIDING.flatMap(([kind, each]) =>
    blocksOf(top, 'user', kind).flatMap(({ body }) => book.all(body, each)),
  );
  for (const { words, negated, body, location } of servers) {
    const host = book.word(body, 'host')?.text ?? words[1];
    if (negated || host === undefined || book.flag(body, 'enable') === false) continue;
    sink.put('ldapSrvrHostName_N', sink.next('ldapSrvr'), host, location);
  }
}

/** An answer has the address of a server, or the object that names it, in its `address`. */
function putLogServers({ book, sink, top }: PrintedContext): void {
  const servers = blocksOf(top, 'log', 'syslog').flatMap(({ body }) => book.all(body, 'server'));
  for (const { words, negated, body, location } of servers) {
    if (negated || book.flag(body, 'enabled') === false) continue;
    const [address] = book.all(body, 'address');
    const written = address === undefined ? words : address.words;
    const host = written.find((word) => /^\d+(?:\.\d+){3}$/.test(word)) ?? written.at(-1);
    if (written.length < 2 || host === undefined) continue;
    sink.put('auxSyslogName_N', sink.next('auxSyslog'), host, address?.location ?? location);
  }
}

/** Reports to the vendor: a line of its own before 6.5, a block from then on. */
function putReports(context: PrintedContext): void {
  const { book, top } = context;
  const blocks = blocksOf(top, 'tech-support-report', 'options').flatMap(({ body }) => body);
  const [found] = [...blocksOf(top, 'tsr', 'secure-backup'), ...book.all(blocks, 'secure-backup')];
  if (found !== undefined) putFlag(context, 'remote_backup_enable', !found.negated, found.location);
}
