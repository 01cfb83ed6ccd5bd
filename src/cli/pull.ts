import { CollectError } from '../collect/collect-error.js';
import type { Collected, CollectedCapture } from '../collect/files.js';
import { collectWithRetries } from '../collect/run.js';
import type { Diagnostic } from '../model/coverage.js';
import { sessions } from '../platforms/sessions.js';
import { inert } from '../report/inert.js';
import { askedAppliances, interruptible } from './appliances.js';
import type { SshArguments } from './ssh-options.js';

const RETRIES = 2;

/**
 * Pulls the configurations of appliances, one after the other.
 *
 * @param targets `ssh://user@host`, or `ssh://` and a name of the inventory
 */
export async function pull(
  targets: readonly string[],
  argv: SshArguments & { readonly platform?: string | undefined },
): Promise<Pick<Collected, 'captures' | 'diagnostics'>> {
  const { devices, surroundings } = await askedAppliances(targets, argv, false);
  const captures: CollectedCapture[] = [];
  const diagnostics: Diagnostic[] = [];
  await interruptible(async (signal) => {
    for (const [index, device] of devices.entries()) {
      const name = `ssh://${device.name}`;
      try {
        const script = sessions.get(device.platform);
        if (script === undefined)
          throw new CollectError('settings', `nothing is known of ${device.platform}`);
        const settings = { surroundings, signal, retries: RETRIES };
        const collected = await collectWithRetries(device, script, settings);
        const { files, oldAlgorithms } = collected;
        for (const { file: end, bytes } of files) {
          const file = `${name}/${end}`;
          const collection = { oldAlgorithms, location: { file, line: 1 } };
          captures.push({ file, bytes, folder: null, ...(oldAlgorithms.length === 0 ? {} : { collection }) });
        }
        for (const note of collected.notes) tell(name, note.message);
      } catch (error) {
        if (!(error instanceof CollectError)) throw error;
        diagnostics.push(notCollected(targets[index] ?? name, error));
      }
    }
  });
  return { captures, diagnostics };
}

function notCollected(target: string, { message, hint }: CollectError): Diagnostic {
  return {
    code: 'unreadable-input',
    message: `not collected: ${message}`,
    location: { file: target, line: 1 },
    incomplete: true,
    ...(hint === null ? {} : { hint }),
  };
}

function tell(name: string, message: string): void {
  process.stderr.write(`fwaudit: ${inert(name)}: ${inert(message, { max: 1000 })}\n`);
}
