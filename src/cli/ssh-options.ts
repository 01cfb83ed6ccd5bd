import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs';
import type { RawSettings } from '../collect/device-settings.js';
import { FwauditError } from '../model/error.js';
import type { OptionTable } from './arguments.js';

/** How appliances are reached, for every command that collects. A secret is never among them. */
export const SSH_OPTIONS = {
  inventory: { type: 'string', requiresArg: true, describe: 'The appliances, and how each is reached' },
  identity: { type: 'string', requiresArg: true, describe: 'Private key file' },
  agent: { type: 'boolean', default: true, describe: 'Use the SSH agent (--no-agent: do not)' },
  'password-env': { type: 'string', requiresArg: true, describe: 'Environment variable with the password' },
  'password-fd': { type: 'string', requiresArg: true, describe: 'File descriptor to read the password from' },
  'password-command': { type: 'string', requiresArg: true, describe: 'Command that prints the password' },
  'passphrase-env': {
    type: 'string',
    requiresArg: true,
    describe: 'Environment variable with the passphrase of the key',
  },
  'enable-password-env': {
    type: 'string',
    requiresArg: true,
    describe: 'Environment variable with the enable password',
  },
  'known-hosts': { type: 'string', requiresArg: true, describe: 'In place of ~/.ssh/known_hosts' },
  'host-key': {
    type: 'string',
    requiresArg: true,
    describe: 'Fingerprint (SHA256:…) that the host key must have',
  },
  'accept-new': {
    type: 'boolean',
    default: false,
    describe: 'Accept, and write down, the key of a host of which nothing is known',
  },
  'ssh-config': { type: 'string', requiresArg: true, describe: 'In place of ~/.ssh/config; none: no file' },
  jump: { type: 'string', requiresArg: true, describe: 'Jump hosts, in order: user@host:port,…' },
  'old-algorithm': {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Allow an old algorithm, by name, for appliances that know no other',
  },
  sudo: { type: 'boolean', default: false, describe: 'Send the commands with sudo' },
  timeout: { type: 'string', requiresArg: true, describe: 'Seconds for one appliance (default 900)' },
} as const satisfies OptionTable;

export type SshArguments = ArgumentsCamelCase<InferredOptionTypes<typeof SSH_OPTIONS>>;

/**
 * What the command line says of every device; an inventory says it better.
 *
 * @throws FwauditError `usage`
 */
export function settingsOf(
  argv: SshArguments,
  platform: string | undefined,
  known: readonly string[],
): RawSettings {
  const pin = argv.hostKey;
  if (pin !== undefined && !/^SHA256:[A-Za-z0-9+/]{43}$/.test(pin)) {
    throw new FwauditError('usage', '--host-key is no fingerprint', {
      hint: 'SHA256: and 43 characters, as ssh-keygen -l prints it',
    });
  }
  const old = argv.oldAlgorithm ?? [];
  const wrong = old.find((each) => !known.includes(each));
  if (wrong !== undefined) {
    throw new FwauditError('usage', `--old-algorithm ${wrong} is none that fwaudit knows`, {
      hint: `old algorithms are ${known.join(', ')}`,
    });
  }
  return {
    platform,
    identity: argv.identity,
    agent: argv.agent,
    'password-env': argv.passwordEnv,
    'password-fd': wholeNumber('--password-fd', argv.passwordFd, 0),
    'password-command': argv.passwordCommand,
    'passphrase-env': argv.passphraseEnv,
    'enable-password-env': argv.enablePasswordEnv,
    'host-key': pin,
    'host-keys': argv.acceptNew ? 'accept-new' : undefined,
    'old-algorithms': old.length === 0 ? undefined : old,
    jump: argv.jump,
    sudo: argv.sudo ? true : undefined,
    timeout: wholeNumber('--timeout', argv.timeout, 1),
  };
}

/** @throws FwauditError `usage` when it is no whole number, or below the lowest */
export function wholeNumber(option: string, text: string | undefined, lowest: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d{1,6}$/.test(text) && number >= lowest) return number;
  throw new FwauditError('usage', `${option} ${text} is no whole number from ${lowest} on`);
}
