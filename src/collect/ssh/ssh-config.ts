import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import SSHConfig from 'ssh-config';
import { glob } from 'tinyglobby';
import { CollectError } from '../collect-error.js';
import { reasonOf } from '../reason.js';

/** What ~/.ssh/config says of one host, as far as fwaudit follows it. */
export interface HostSettings {
  readonly host: string;
  readonly port: number | null;
  readonly user: string | null;
  readonly identities: readonly string[];
  readonly identitiesOnly: boolean;
  /** The agent's socket, `none`, or `SSH_AUTH_SOCK` or `$NAME` for a variable; null: the usual one. */
  readonly identityAgent: string | null;
  /** The name under which its key is known; null: its own. */
  readonly hostKeyAlias: string | null;
  readonly knownHosts: readonly string[] | null;
  /** `user@host:port`, in order. */
  readonly jump: readonly string[];
  /** What carries the connection, its tokens not filled in yet; null: nothing, or jump hosts. */
  readonly proxyCommand: string | null;
}

/** ~/.ssh/config, read once a run. */
export interface SshConfig {
  /**
   * @param user whom the session is for, where that is known already
   * @throws CollectError `settings` when it asks for what fwaudit can't do, so that nothing is bypassed
   */
  of(host: string, user: string | null): HostSettings;
}

/** No file, or none wanted. */
export const NO_SSH_CONFIG: SshConfig = { of: (host) => plainSettings(host) };

/**
 * Reads a file like ~/.ssh/config, and those that it includes. A file that is not there says nothing.
 *
 * @param home what `~` and `%d` stand for
 * @throws CollectError `settings` when it is there and can't be read
 */
export async function readSshConfig(file: string, home: string): Promise<SshConfig> {
  const text = await withIncludes(file, home, 0);
  if (text === null) return NO_SSH_CONFIG;
  const unknown = text
    .split('\n')
    .map(unknownIn)
    .find((each) => each !== null);
  if (unknown !== undefined && unknown !== null) {
    throw new CollectError('settings', `${file} says ${unknown}`, {
      hint: 'name another file with --ssh-config, or none',
    });
  }
  return { of: (host, user) => settingsOf(SSHConfig.parse(spelled(text, host)), host, user, home, file) };
}

/** Conditions that can be told without running anything. */
const CRITERIA: ReadonlySet<string> = new Set(['all', 'final', 'host', 'originalhost', 'user', 'localuser']);

/** What a line asks for that fwaudit does not do, and that can't be left out; null: nothing. */
function unknownIn(line: string): string | null {
  const [, keyword = '', rest = ''] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*)$/.exec(line) ?? [];
  const words = rest.match(/"[^"]*"|[^\s"]+/g) ?? [];
  switch (keyword.toLowerCase()) {
    case 'match': {
      const other = criteriaOf(words).find((each) => !CRITERIA.has(each.toLowerCase()));
      if (other === undefined) return null;
      return other.toLowerCase() === 'exec'
        ? 'Match exec: fwaudit runs no program to decide'
        : `Match ${other}, which fwaudit does not follow`;
    }
    case 'canonicalizehostname':
      return words[0]?.toLowerCase() === 'no' ? null : 'CanonicalizeHostname, which fwaudit does not follow';
    case 'proxyusefdpass':
      return words[0]?.toLowerCase() === 'no' ? null : 'ProxyUseFdpass, which fwaudit can’t do';
    case 'revokedhostkeys':
      return 'RevokedHostKeys, which fwaudit does not read: mark the keys @revoked in known_hosts';
    default:
      return null;
  }
}

/** Every criterion but `all`, `final` and `canonical` has one word behind it. */
function criteriaOf(words: readonly string[]): readonly string[] {
  const criteria: string[] = [];
  for (let at = 0; at < words.length; at += /^!?(?:all|final|canonical)$/i.test(words[at] ?? '') ? 1 : 2)
    criteria.push(words[at] ?? '');
  return criteria;
}

/**
 * The text as the library expects it: two keywords in their usual spelling, and no %h in a HostName. A
 * ProxyCommand is everything up to the end of its line, of which the library would take something away.
 */
function spelled(text: string, host: string): string {
  return text
    .replace(/^(\s*)proxycommand[ \t=]+(.*)$/gim, (_, indent: string, command: string) => {
      return `${indent}ProxyCommand ${Buffer.from(command.trim()).toString('base64url')}`;
    })
    .replace(/^(\s*)user(?=[\s=])/gim, '$1User')
    .replace(/^(\s*)hostname(?=[\s=])(.*)$/gim, (_, indent: string, rest: string) => {
      return `${indent}HostName${rest.replace(/%[h%]/g, (token) => (token === '%h' ? host : '%'))}`;
    });
}

/** As deep as ssh follows. */
const MAX_INCLUDES = 16;

/** The text of a file, with the text of those that it includes in their place; null: it is not there. */
async function withIncludes(file: string, home: string, depth: number): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error) {
    if (text.code === 'ENOENT') return null;
    throw new CollectError('settings', `${file} can't be read: ${reasonOf(text)}`);
  }
  if (depth > MAX_INCLUDES) throw new CollectError('settings', `${file} is included too deep`);
  const lines: string[] = [];
  let block: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (BLOCK.test(line)) block = line;
    const included = /^\s*Include(?:\s+|\s*=\s*)(.+)$/i.exec(line)?.[1];
    if (included === undefined) {
      lines.push(line);
      continue;
    }
    const inside = await includedText(included, home, depth);
    // A block inside a block holds for hosts that fit both: this can't be written in its place.
    if (block !== null && inside.split('\n').some((each) => BLOCK.test(each))) {
      throw new CollectError(
        'settings',
        `${file} includes blocks inside a block, which fwaudit does not follow`,
        {
          hint: 'name another file with --ssh-config, or none',
        },
      );
    }
    lines.push(inside, block ?? 'Host *');
  }
  return lines.join('\n');
}

const BLOCK = /^\s*(?:Host|Match)[\s=]/i;

async function includedText(patterns: string, home: string, depth: number): Promise<string> {
  const texts: (string | null)[] = [];
  for (const quoted of patterns.match(/"[^"]*"|\S+/g) ?? []) {
    const pattern = quoted.replace(/^"|"$/g, '').replace(/^~(?=\/)/, home);
    const files = await glob(pattern, {
      cwd: join(home, '.ssh'),
      absolute: true,
      dot: true,
      onlyFiles: true,
    });
    for (const file of files.toSorted()) texts.push(await withIncludes(file, home, depth + 1));
  }
  return texts.filter((each) => each !== null).join('\n');
}

function plainSettings(host: string): HostSettings {
  return {
    host,
    port: null,
    user: null,
    identities: [],
    identitiesOnly: false,
    identityAgent: null,
    hostKeyAlias: null,
    knownHosts: null,
    jump: [],
    proxyCommand: null,
  };
}

function settingsOf(
  parsed: SSHConfig,
  host: string,
  user: string | null,
  home: string,
  file: string,
): HostSettings {
  const target = user === null ? { Host: host } : { Host: host, User: user };
  // The library runs programs where it is let; none can be left in the text, and this is to be sure.
  const computed = parsed.compute(target, { ignoreCase: true, matchExec: false });
  const said = new Map(
    Object.entries(computed).map(([name, value]) => [
      name.toLowerCase(),
      [value].flat().filter((each) => typeof each === 'string'),
    ]),
  );
  const one = (name: string) => said.get(name)?.[0] ?? null;
  const name = one('hostname') ?? host;
  if (!/^[^\s@/]+$/.test(name))
    throw new CollectError('settings', `${file} gives ${host} no usable HostName`);
  const path = (text: string) => text.replace(/^~(?=\/)|%d/g, home).replaceAll('%h', name);
  const agent = one('identityagent');
  const files = said
    .get('userknownhostsfile')
    ?.flatMap((each) => each.split(/\s+/))
    .map(path);
  return {
    host: name,
    port: portOf(one('port')),
    user: one('user'),
    identities: (said.get('identityfile') ?? []).map(path),
    identitiesOnly: one('identitiesonly')?.toLowerCase() === 'yes',
    identityAgent: agent === null ? null : path(agent),
    hostKeyAlias: one('hostkeyalias'),
    knownHosts: files ?? null,
    ...wayOf([...said.keys()], one),
  };
}

/**
 * Of ProxyJump and ProxyCommand the one that stands first counts. A ProxyCommand says `none` to both, a
 * ProxyJump to itself alone.
 */
function wayOf(
  order: readonly string[],
  one: (name: string) => string | null,
): Pick<HostSettings, 'jump' | 'proxyCommand'> {
  const jump = jumpsOf(one('proxyjump'));
  const first = order.find((each) => each === 'proxycommand' || (each === 'proxyjump' && jump.length > 0));
  if (first === 'proxyjump') return { jump, proxyCommand: null };
  const command = Buffer.from(one('proxycommand') ?? '', 'base64url').toString('utf8');
  return { jump: [], proxyCommand: /^(?:none)?$/i.test(command) ? null : command };
}

function portOf(text: string | null): number | null {
  const port = Number(text ?? Number.NaN);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : null;
}

function jumpsOf(text: string | null): readonly string[] {
  if (text === null || text.toLowerCase() === 'none') return [];
  return text.split(',').map((each) => each.trim());
}

/** One hop, or one target: `[ssh://][user@]host[:port]`; null: it is none. */
export function parseTarget(
  text: string,
): { readonly user: string | null; readonly host: string; readonly port: number | null } | null {
  const found =
    /^(?:ssh:\/\/)?(?:([^@\s/:]+)@)?(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/@[\]-][^\s:/@[\]]*))(?::(\d{1,5}))?\/?$/.exec(
      text,
    );
  if (found === null) return null;
  const [, user, bracketed, plain, port] = found;
  const number = port === undefined ? null : portOf(port);
  if (port !== undefined && number === null) return null;
  return { user: user ?? null, host: bracketed ?? plain ?? '', port: number };
}
