import { setMaxListeners } from 'node:events';
import type { SessionScript } from '../model/session-script.js';
import { captureFolder, isCollected, writeCaptures } from './captures.js';
import {
  type CollectedDevice,
  type CollectedFile,
  type CollectNote,
  collectDevice,
  type Surroundings,
} from './collect-device.js';
import { CollectError } from './collect-error.js';
import type { Device } from './device.js';

/** How one device fared. */
export type DeviceOutcome =
  | {
      readonly device: Device;
      readonly status: 'collected';
      readonly folder: string;
      readonly files: readonly { readonly file: string; readonly bytes: number }[];
      readonly notes: readonly CollectNote[];
      readonly attempts: number;
      readonly ms: number;
    }
  /** An earlier part of the run has collected it (`--resume`). */
  | { readonly device: Device; readonly status: 'already-collected'; readonly folder: string }
  | {
      readonly device: Device;
      readonly status: 'failed';
      readonly error: CollectError;
      readonly attempts: number;
      readonly ms: number;
    };

/** Takes the secrets out of what an appliance hands over. */
export interface Redaction {
  /** The platforms whose configurations can be gone through. */
  readonly platforms: ReadonlySet<string>;
  /** null: these can't be gone through, and nothing of them may be kept */
  redact(platform: string, files: readonly CollectedFile[]): readonly CollectedFile[] | null;
}

export interface RunSettings {
  readonly sessions: ReadonlyMap<string, SessionScript>;
  readonly surroundings: Surroundings;
  /** The folder of all captures. */
  readonly into: string;
  readonly run: string;
  readonly resume: boolean;
  /** null: captures are kept as they come, with their secrets. */
  readonly redaction: Redaction | null;
  /** Devices at a time. */
  readonly jobs: number;
  /** How often a connection that fails is tried again. */
  readonly retries: number;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly progress: (done: number, outcome: DeviceOutcome) => void;
}

/** Waiting before the second attempt, in milliseconds; doubled for each further one. */
const FIRST_WAIT_MS = 1_000;

/**
 * Collects many devices, some at a time, and never throws for one of them. What an appliance handed
 * over is written and forgotten: memory holds as many configurations as there are jobs.
 *
 * @returns one outcome a device, in the order of the devices
 */
export async function collectAll(
  devices: readonly Device[],
  settings: RunSettings,
): Promise<readonly DeviceOutcome[]> {
  const outcomes: DeviceOutcome[] = [];
  const busy = new Map<string, Promise<unknown>>();
  let [next, done] = [0, 0];
  // One listener a job.
  setMaxListeners(settings.jobs + 1, settings.signal);
  async function work(): Promise<void> {
    for (let index = next++; index < devices.length; index = next++) {
      const device = devices[index] as Device;
      // Two names of one appliance wait for each other: it may allow one session only.
      const address = `${device.host.toLowerCase()} ${device.port}`;
      const before = busy.get(address) ?? Promise.resolve();
      const collecting = before.then(() => collectAndKeep(device, settings));
      busy.set(address, collecting);
      const outcome = await collecting;
      outcomes[index] = outcome;
      done += 1;
      settings.progress(done, outcome);
    }
  }
  await Promise.all(Array.from({ length: Math.min(settings.jobs, devices.length) }, work));
  return outcomes;
}

async function collectAndKeep(device: Device, settings: RunSettings): Promise<DeviceOutcome> {
  const folder = captureFolder(settings.into, device);
  const redacted = settings.redaction !== null;
  if (settings.resume && (await isCollected(folder, settings.run, redacted))) {
    return { device, status: 'already-collected', folder };
  }
  const started = performance.now();
  const took = () => Math.round(performance.now() - started);
  let attempts = 0;
  try {
    const script = settings.sessions.get(device.platform);
    if (script === undefined) throw new CollectError('settings', `nothing is known of ${device.platform}`);
    refuseUnredactable(script, settings.redaction);
    const handed = await collectWithRetries(device, script, settings, () => {
      attempts += 1;
    });
    const collected = { ...handed, files: withoutSecrets(device, handed.files, settings.redaction) };
    const at = new Date().toISOString();
    const { run, version } = settings;
    await writeCaptures(folder, device, collected, script.volatile, { run, at, version, redacted });
    const files = collected.files.map(({ file, bytes }) => ({ file, bytes: bytes.length }));
    return { device, status: 'collected', folder, files, notes: collected.notes, attempts, ms: took() };
  } catch (error) {
    return { device, status: 'failed', error: asCollectError(error), attempts, ms: took() };
  }
}

/** Before anything is said to the appliance: what could not be kept need not be fetched. */
function refuseUnredactable({ platform, name }: SessionScript, redaction: Redaction | null): void {
  if (redaction === null || redaction.platforms.has(platform)) return;
  throw new CollectError('not-redacted', `fwaudit can't take the secrets out of a configuration of ${name}`, {
    hint: 'collect it without --redact, into a folder that is not handed on',
  });
}

function withoutSecrets(
  { platform }: Device,
  files: readonly CollectedFile[],
  redaction: Redaction | null,
): readonly CollectedFile[] {
  const redacted = redaction === null ? files : redaction.redact(platform, files);
  if (redacted !== null) return redacted;
  throw new CollectError(
    'not-redacted',
    'its secrets can’t be taken out without changing its audit, so nothing of it was kept',
  );
}

/**
 * Collects one device. Only a connection that could not be made is tried again: a login that was
 * refused would be refused again, and may lock the account.
 *
 * @throws CollectError
 */
export async function collectWithRetries(
  device: Device,
  script: SessionScript,
  { surroundings, signal, retries }: Pick<RunSettings, 'surroundings' | 'signal' | 'retries'>,
  attempt: () => void = () => {},
): Promise<CollectedDevice> {
  const own = new AbortController();
  const stop = () => own.abort(new CollectError('interrupted', 'interrupted'));
  const seconds = Math.round(device.limits.total / 1000);
  const timer = setTimeout(
    () => own.abort(new CollectError('timeout', `not finished within ${seconds} s`)),
    device.limits.total,
  );
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    for (let tried = 0; ; tried += 1) {
      own.signal.throwIfAborted();
      attempt();
      try {
        return await collectDevice(device, script, surroundings, own.signal);
      } catch (error) {
        const again = error instanceof CollectError && error.reason === 'unreachable' && tried < retries;
        if (!again || own.signal.aborted) throw own.signal.aborted ? own.signal.reason : error;
      }
      await pause(FIRST_WAIT_MS * 2 ** tried * (0.5 + Math.random()), own.signal);
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
    signal.addEventListener('abort', end);
  });
}

/** A defect of ours is a failure of this device alone; its message may quote anything, and is not told. */
function asCollectError(error: unknown): CollectError {
  if (error instanceof CollectError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new CollectError('connection-lost', `the session ended in a way that is not foreseen (${name})`, {
    cause: error,
  });
}
