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
  /** The name under which its key is known; null: its own. */
  readonly hostKeyAlias: string | null;
  readonly knownHosts: readonly string[] | null;
  /** `user@host:port`, in order. */
  readonly jump: readonly string[];
}

/** ~/.ssh/config, read once a run. */
export interface SshConfig {
  /** @throws CollectError `settings` when it asks for what fwaudit can't do, so that nothing is bypassed */
  of(host: string): HostSettings;
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
  if (/^\s*Match\s.*\bexec\b/im.test(text)) {
    throw new CollectError(
      'settings',
      `${file} runs programs to decide (Match exec), which fwaudit does not`,
      {
        hint: 'name another file with --ssh-config, or none',
      },
    );
  }
  const parsed = SSHConfig.parse(text);
  return { of: (host) => settingsOf(parsed, host, home, file) };
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
    hostKeyAlias: null,
    knownHosts: null,
    jump: [],
  };
}

function settingsOf(parsed: SSHConfig, host: string, home: string, file: string): HostSettings {
  const said = new Map(
    Object.entries(parsed.compute(host, { ignoreCase: true })).map(([name, value]) => [
      name.toLowerCase(),
      [value].flat().filter((each) => typeof each === 'string'),
    ]),
  );
  const one = (name: string) => said.get(name)?.[0] ?? null;
  const proxy = one('proxycommand');
  if (proxy !== null && proxy.toLowerCase() !== 'none') {
    throw new CollectError(
      'settings',
      `${file} sets a ProxyCommand for ${host}, which fwaudit does not run`,
      {
        hint: 'say it with ProxyJump, or with jump in the inventory',
      },
    );
  }
  const name = (one('hostname') ?? host).replaceAll('%h', host).replaceAll('%%', '%');
  const path = (text: string) => text.replace(/^~(?=\/)|%d/g, home).replaceAll('%h', name);
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
    hostKeyAlias: one('hostkeyalias'),
    knownHosts: files ?? null,
    jump: jumpsOf(one('proxyjump')),
  };
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
