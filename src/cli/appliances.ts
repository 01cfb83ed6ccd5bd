import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Surroundings } from '../collect/collect-device.js';
import { CollectError } from '../collect/collect-error.js';
import type { Device } from '../collect/device.js';
import { type RawSettings, toDevice } from '../collect/device-settings.js';
import { loadInventory } from '../collect/inventory.js';
import { reasonOf } from '../collect/reason.js';
import { Secrets } from '../collect/secrets.js';
import { OLD_ALGORITHMS } from '../collect/ssh/algorithms.js';
import { KnownHosts } from '../collect/ssh/host-key.js';
import { NO_SSH_CONFIG, parseTarget, readSshConfig } from '../collect/ssh/ssh-config.js';
import { readYaml } from '../explanations/yaml-document.js';
import { FwauditError } from '../model/error.js';
import { sessions } from '../platforms/sessions.js';
import { askSecret, isInteractive } from './ask-secret.js';
import { type SshArguments, settingsOf } from './ssh-options.js';

/** The inventory's own name, where none is given. */
const USUAL_INVENTORY = 'inventory.yaml';

/** The appliances that a command line means, and the inventory that it means them by. */
export interface Asked {
  readonly devices: readonly Device[];
  readonly surroundings: Surroundings;
}

/**
 * Finds out which appliances are meant: by their name in the inventory, or as user@host.
 *
 * @param useUsual whether `inventory.yaml` of this folder is read without being named: an inventory
 * may run commands, so a folder from elsewhere must not bring one along
 * @throws FwauditError `usage`
 */
export async function askedAppliances(
  targets: readonly string[],
  argv: SshArguments & { readonly site?: string | undefined; readonly platform?: string | undefined },
  useUsual: boolean,
): Promise<Asked> {
  const below = settingsOf(argv, argv.platform, OLD_ALGORITHMS);
  const file = argv.inventory ?? (useUsual && existsSync(USUAL_INVENTORY) ? USUAL_INVENTORY : null);
  const known = file === null ? [] : await readInventory(file, below);
  const meant =
    targets.length === 0
      ? chosenDevices(known, file, argv.site)
      : targets.map((target) => oneDevice(target, known, file, below));
  // Named twice, collected once.
  const devices = meant.filter(
    (each, index) => meant.findIndex(({ name, site }) => name === each.name && site === each.site) === index,
  );
  return { devices, surroundings: await surroundingsOf(argv) };
}

async function readInventory(file: string, below: RawSettings): Promise<readonly Device[]> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw new FwauditError('usage', `the inventory ${file} can't be read: ${reasonOf(error)}`);
  });
  const options = { file, platforms: [...sessions.keys()], below };
  return loadInventory(readYaml(text), options).devices;
}

function chosenDevices(
  known: readonly Device[],
  file: string | null,
  site: string | undefined,
): readonly Device[] {
  if (file === null) {
    throw new FwauditError('usage', 'nothing to collect', {
      hint: `name an appliance (user@host), or an inventory with --inventory; ${USUAL_INVENTORY} is not here`,
    });
  }
  const chosen = site === undefined ? known : known.filter((each) => each.site === site);
  if (chosen.length > 0) return chosen;
  const sites = [...new Set(known.map((each) => each.site))].join(', ');
  throw new FwauditError('usage', `${file} has no device of the site ${site}`, {
    hint: `sites are ${sites}`,
  });
}

function oneDevice(text: string, known: readonly Device[], file: string | null, below: RawSettings): Device {
  const named = known.find((each) => each.name === text);
  if (named !== undefined) return named;
  const target = parseTarget(text);
  if (target === null) throw new FwauditError('usage', `${text} is neither a name nor user@host:port`);
  const { user, host, port } = target;
  const meant = known.filter((each) => each.name === host || each.host === host);
  const [only] = meant;
  if (only !== undefined && meant.length === 1 && (port === null || port === only.port)) {
    return { ...only, user: user ?? only.user };
  }
  if (below.platform === undefined) {
    const inventory =
      file === null ? 'name the inventory that it stands in with --inventory' : `add it to ${file}`;
    throw new FwauditError('usage', `what is ${host}? Its platform has to be known before it is asked`, {
      hint: `say it with --platform (${[...sessions.keys()].join(', ')}), or ${inventory}`,
    });
  }
  const name = host.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^[^A-Za-z0-9]/, 'h');
  return toDevice({ name, host, user: user ?? undefined, port: port ?? undefined }, [below], '.');
}

async function surroundingsOf(argv: SshArguments): Promise<Surroundings> {
  const home = homedir();
  const file = argv.sshConfig ?? join(home, '.ssh/config');
  try {
    return {
      secrets: new Secrets({ environment: process.env, ask: askSecret }),
      knownHosts: new KnownHosts(),
      sshConfig: file === 'none' ? NO_SSH_CONFIG : await readSshConfig(file, home),
      knownHostsFiles: argv.knownHosts === undefined ? null : [argv.knownHosts],
      agent: process.env.SSH_AUTH_SOCK ?? null,
      interactive: isInteractive(),
    };
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    throw new FwauditError('usage', error.message, error.hint === null ? {} : { hint: error.hint });
  }
}

/** Runs something that Ctrl-C ends in an orderly way; a second one ends the program. */
export async function interruptible<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await run(controller.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
