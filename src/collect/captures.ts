import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Replacement } from '../model/session-script.js';
import type { CollectedDevice, CollectedFile } from './collect-device.js';
import { CollectError } from './collect-error.js';
import type { Device } from './device.js';
import { normalisedCopy } from './normalised-copy.js';
import { PROVENANCE, type Provenance } from './provenance.js';
import { reasonOf } from './reason.js';

/** Hidden as well. */
const NORMALISED = '.normalised';

/** `configs/<site>/<device>`. Both names are checked where they are read: neither leaves the folder. */
export function captureFolder(into: string, { site, name }: Pick<Device, 'site' | 'name'>): string {
  return join(into, site, name);
}

/**
 * Writes the captures of a device, mode 0600 in folders 0700. Each file is old or new, never half;
 * the provenance comes last, with the checksums of what belongs to it.
 *
 * @throws CollectError `not-written`
 */
export async function writeCaptures(
  folder: string,
  device: Device,
  collected: CollectedDevice,
  volatile: readonly Replacement[],
  about: Pick<Provenance, 'run' | 'at' | 'redacted'> & { readonly version: string },
): Promise<void> {
  try {
    await mkdir(join(folder, NORMALISED), { recursive: true, mode: 0o700 });
    await removeLeftovers(folder);
    const before = await readProvenance(folder);
    for (const { file, bytes } of collected.files) {
      await writeWhole(join(folder, file), bytes);
      await writeWhole(join(folder, NORMALISED, file), normalisedCopy(bytes, volatile));
    }
    const provenance = provenanceOf(device, collected, about);
    await removeStale(folder, before, provenance);
    await writeWhole(join(folder, PROVENANCE), Buffer.from(`${JSON.stringify(provenance, null, 2)}\n`));
  } catch (error) {
    const reason = reasonOf(error);
    throw new CollectError('not-written', `${folder} can't be written: ${reason}`, { cause: error });
  }
}

/** Whether the captures of a device are whole, of this run, and with or without their secrets as is wanted. */
export async function isCollected(folder: string, run: string, redacted: boolean): Promise<boolean> {
  try {
    const provenance = await readProvenance(folder);
    if (provenance?.run !== run || provenance.redacted !== redacted) return false;
    for (const { file, sha256 } of provenance.files) {
      if (hashOf(await readFile(join(folder, file))) !== sha256) return false;
    }
    return true;
  } catch {
    return false;
  }
}

async function readProvenance(folder: string): Promise<Provenance | null> {
  try {
    return JSON.parse(await readFile(join(folder, PROVENANCE), 'utf8')) as Provenance;
  } catch {
    return null;
  }
}

/**
 * Removes captures of an earlier collection that this one has no new ones of (another way to collect,
 * a table that is gone): they would be audited as if the appliance still said so.
 */
async function removeStale(folder: string, before: Provenance | null, now: Provenance): Promise<void> {
  if (!Array.isArray(before?.files)) return;
  const kept = new Set(now.files.map((each) => each.file));
  for (const { file } of before.files) {
    if (kept.has(file) || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(file)) continue;
    await rm(join(folder, file), { force: true });
    await rm(join(folder, NORMALISED, file), { force: true });
  }
}

/**
 * Writes a file whole or not at all, also when the machine stops in the middle: beside it, to the disk,
 * then in its place.
 */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const beside = join(dirname(file), `.${randomBytes(6).toString('hex')}${LEFTOVER}`);
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

const LEFTOVER = '.fwaudit-part';

/** What a run that was killed has left behind. One session a device: nobody else is writing here. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const place of [folder, join(folder, NORMALISED)]) {
    const names = await readdir(place);
    for (const name of names.filter((each) => each.endsWith(LEFTOVER))) await rm(join(place, name));
  }
}

function provenanceOf(
  device: Device,
  { address, hostKey, oldAlgorithms, files, notes }: CollectedDevice,
  { run, at, version, redacted }: Parameters<typeof writeCaptures>[4],
): Provenance {
  return {
    schemaVersion: '1.0',
    run,
    device: device.name,
    site: device.site,
    platform: device.platform,
    method: device.method,
    at,
    address,
    hostKey: { type: hostKey.type, fingerprint: hostKey.fingerprint, trust: hostKey.trust },
    oldAlgorithms,
    redacted,
    files: files.map(({ file, command, bytes }: CollectedFile) => ({
      file,
      command,
      bytes: bytes.length,
      sha256: hashOf(bytes),
    })),
    notes,
    tool: { name: 'fwaudit', version },
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
