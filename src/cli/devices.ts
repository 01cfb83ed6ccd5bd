import type { Argv } from 'yargs';
import type { RoleOverrides } from '../analysis/entries.js';
import { overridesFor } from '../audit.js';
import { collectFiles } from '../collect/files.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import { parseInputs } from '../parse.js';
import { platforms } from '../platforms/index.js';
import { inert } from '../report/inert.js';
import { readPack } from './pack.js';
import { findRegister } from './register.js';
import { readStdin } from './surroundings.js';

/** A device to ask about, with what the register says of its zones. */
export interface AskedDevice {
  readonly config: FirewallConfig;
  readonly overrides: RoleOverrides;
}

/** The options of every command that reads configurations. */
export function configOptions(
  yargs: Argv,
): Argv<{ inputs: string[]; platform: string | undefined; config: string | undefined }> {
  return yargs
    .positional('inputs', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'Configurations to read',
    })
    .option('platform', {
      type: 'string',
      choices: platforms.map((platform) => platform.id),
      describe: 'Do not detect the platform',
    })
    .option('config', {
      type: 'string',
      describe: 'The register; else fwaudit.yaml is looked for upwards',
    }) as unknown as Argv<{
    inputs: string[];
    platform: string | undefined;
    config: string | undefined;
  }>;
}

/** Reads the devices of configurations; what went wrong is told on standard error. */
export async function readDevices(
  inputs: readonly string[],
  platform: string | undefined,
  register: string | undefined,
): Promise<{ readonly devices: readonly AskedDevice[]; readonly incomplete: boolean }> {
  const known = await findRegister(register, await readPack());
  const collected = await collectFiles(inputs, readStdin);
  const parsed = parseInputs(collected, platforms, platform ?? null);
  const diagnostics = [
    ...collected.diagnostics,
    ...parsed.diagnostics,
    ...parsed.captures.flatMap((capture) => capture.diagnostics),
  ];
  for (const { location, message } of diagnostics) {
    process.stderr.write(`fwaudit: ${inert(location?.file ?? '')}: ${inert(message)}\n`);
  }
  return {
    devices: parsed.captures
      .flatMap((capture) => capture.devices)
      .map((config) => ({ config, overrides: overridesFor(config.id, known) })),
    incomplete: diagnostics.some((each) => each.incomplete),
  };
}
