import { findEntries, isNamed, type RoleOverrides } from '../analysis/entries.js';
import { onDay } from '../analysis/lapsed.js';
import { overridesFor } from '../audit.js';
import { collectFiles } from '../collect/files.js';
import type { Diagnostic } from '../model/coverage.js';
import { FwauditError } from '../model/error.js';
import type { FirewallConfig } from '../model/firewall-config.js';
import { parseInputs } from '../parse.js';
import { platforms } from '../platforms/index.js';
import { inert } from '../report/inert.js';
import type { OptionTable } from './arguments.js';
import { readPack } from './pack.js';
import { findRegister } from './register.js';
import { readStdin, today } from './surroundings.js';

/** A device to ask about, with what the register says of its zones. */
export interface AskedDevice {
  readonly config: FirewallConfig;
  readonly overrides: RoleOverrides;
}

/** `--platform`, of every command that reads configurations. */
export const PLATFORM_OPTION = {
  type: 'string',
  choices: platforms.map((platform) => platform.id),
  requiresArg: true,
  describe: 'Do not detect the platform',
} as const satisfies OptionTable[string];

/** `--config` and `--no-register`, of every command that looks at the register. */
export const REGISTER_OPTIONS = {
  config: {
    type: 'string',
    requiresArg: true,
    describe: 'The register; else fwaudit.yaml is looked for upwards',
  },
  register: { type: 'boolean', default: true, describe: 'Use a register (--no-register: none)' },
} as const satisfies OptionTable;

/** What the options above come out as. */
interface ReadOptions {
  readonly platform: string | undefined;
  readonly config: string | undefined;
  readonly register: boolean;
}

/** Reads the devices of configurations; what went wrong is told on standard error. */
export async function readDevices(
  inputs: readonly string[],
  { platform, config, register }: ReadOptions,
): Promise<{ readonly devices: readonly AskedDevice[]; readonly incomplete: boolean }> {
  const known = await findRegister(register ? config : null, await readPack());
  const collected = await collectFiles(inputs, readStdin);
  const parsed = parseInputs(collected, platforms, platform ?? null);
  const diagnostics = [
    ...collected.diagnostics,
    ...parsed.diagnostics,
    ...parsed.captures.flatMap((capture) => capture.diagnostics),
  ];
  tellDiagnostics(diagnostics);
  return {
    devices: parsed.captures
      .flatMap((capture) => capture.devices)
      .map((device) => ({ config: onDay(device, today()), overrides: overridesFor(device.id, known) })),
    incomplete: diagnostics.some((each) => each.incomplete),
  };
}

/** Refuses the name of an entry that no device has: the answer would be nobody, whoever can get in. */
export function checkEntry(name: string, devices: readonly AskedDevice[]): void {
  const entries = devices.flatMap(({ config, overrides }) => findEntries(config, overrides));
  const used = entries.filter(({ interfaces, networks }) => networks === undefined || interfaces.length > 0);
  const names = new Set(used.flatMap((entry) => [entry.name, ...entry.interfaces]));
  if (devices.length === 0 || entries.some((entry) => isNamed(entry, name))) return;
  throw new FwauditError('usage', `--entry ${name} is no entry from outside`, {
    hint: `entries are ${[...names].join(', ') || 'missing in this configuration'}`,
  });
}

/** One line each on standard error, for commands without a report to say it in. */
export function tellDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const { location, message } of diagnostics) {
    const key = location?.key === undefined ? '' : ` ${inert(location.key)}`;
    process.stderr.write(
      `fwaudit: ${inert(location?.file ?? '', { max: 1000 })}${key}: ${inert(message, { max: 1000 })}\n`,
    );
  }
}
