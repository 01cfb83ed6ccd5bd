import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './captures.js';
import { CollectError } from './collect-error.js';
import { reasonOf } from './reason.js';

/**
 * Stands in the folder of captures while a run is not complete, so that the next one can go on with it:
 * one for the whole inventory, one for each site. The names of sites are checked where they are read.
 */
function markOf(into: string, site: string | null): string {
  return join(into, site === null ? '.run.json' : `.run-${site}.json`);
}

/** A run: the devices that it has collected carry its id. */
export interface Run {
  readonly id: string;
  /** Whether it goes on with one that was not complete. */
  readonly resumed: boolean;
}

/**
 * Begins a run, or goes on with the last one.
 *
 * @throws CollectError `not-written`
 */
export async function beginRun(
  into: string,
  site: string | null,
  resume: boolean,
  startedAt: string,
): Promise<Run> {
  const mark = markOf(into, site);
  const before = resume ? await readMark(mark) : null;
  if (before !== null) return { id: before, resumed: true };
  const id = randomBytes(8).toString('hex');
  try {
    await mkdir(into, { recursive: true, mode: 0o700 });
    await writeWhole(mark, Buffer.from(`${JSON.stringify({ schemaVersion: '1.0', run: id, startedAt })}\n`));
  } catch (error) {
    throw new CollectError('not-written', `${into} can't be written: ${reasonOf(error)}`, { cause: error });
  }
  return { id, resumed: false };
}

/** A run of a few appliances by name: it neither begins nor ends that of the whole inventory. */
export function singleRun(): Run {
  return { id: randomBytes(8).toString('hex'), resumed: false };
}

/** Ends a run in which every device was collected: there is nothing to go on with. */
export async function endRun(into: string, site: string | null): Promise<void> {
  await rm(markOf(into, site), { force: true });
}

async function readMark(mark: string): Promise<string | null> {
  try {
    const { run } = JSON.parse(await readFile(mark, 'utf8')) as { run?: unknown };
    return typeof run === 'string' && /^[0-9a-f]{16}$/.test(run) ? run : null;
  } catch {
    return null;
  }
}
