import { isAbsolute, relative } from 'node:path';
import { CollectError } from '../collect/collect-error.js';
import type { DeviceOutcome } from '../collect/run.js';
import { collectAll } from '../collect/run.js';
import { beginRun, endRun, type Run, singleRun } from '../collect/run-mark.js';
import { FwauditError } from '../model/error.js';
import { platforms } from '../platforms/index.js';
import { sessions } from '../platforms/sessions.js';
import { redactionWith } from '../redact/redact-collected.js';
import { inert, inertJson } from '../report/inert.js';
import { askedAppliances, interruptible } from './appliances.js';
import type { CollectArguments } from './collect.js';
import { readKey } from './redaction-key.js';
import { wholeNumber } from './ssh-options.js';
import { version } from './version.js';

/**
 * Collects what a command line asks for, and tells how each appliance fared.
 *
 * @returns the exit code: 0 all collected, 3 one was not
 */
export async function runCollect(argv: CollectArguments): Promise<0 | 3> {
  const jobs = wholeNumber('--jobs', argv.jobs, 1) ?? 1;
  const retries = wholeNumber('--retries', argv.retries, 0) ?? 0;
  const targets = argv._.slice(1).map(String);
  if (targets.length > 0 && argv.site !== undefined) {
    throw new FwauditError('usage', 'either appliances by name or a whole site, not both');
  }
  const { into } = argv;
  checkKeyFile(argv);
  const { devices, surroundings } = await askedAppliances(targets, argv, true);
  const site = argv.site ?? null;
  const whole = targets.length === 0;
  if (!whole && argv.resume) throw new FwauditError('usage', '--resume is for an inventory, not for names');
  const redaction = argv.redact ? redactionWith(platforms, await readKey(argv.keyFile)) : null;
  const run = whole ? await begin(into, site, argv.resume) : singleRun();
  const progress = progressLine(devices.length);
  const outcomes = await interruptible((signal) => {
    const kept = { into, run: run.id, resume: run.resumed, redaction, version: version() };
    return collectAll(devices, { sessions, surroundings, ...kept, jobs, retries, signal, progress });
  });
  const complete = outcomes.every((each) => each.status !== 'failed');
  if (complete && whole) await endRun(into, site);
  process.stdout.write(
    argv.format === 'json'
      ? summaryJson(outcomes, run.id, into, argv.redact)
      : summaryText(outcomes, whole, argv.redact),
  );
  return complete ? 0 : 3;
}

/** Without a key of its own a file would change with every run; beside the captures it would undo itself. */
function checkKeyFile({ redact, keyFile, into }: CollectArguments): void {
  if (!redact && keyFile !== undefined) throw new FwauditError('usage', '--key-file is for --redact');
  if (!redact) return;
  const hint = 'name a file elsewhere; it is made when it is not there';
  if (keyFile === undefined) throw new FwauditError('usage', '--redact needs --key-file', { hint });
  const path = relative(into, keyFile);
  if (path === '' || (!path.startsWith('..') && !isAbsolute(path)))
    throw new FwauditError('usage', `the key ${keyFile} would stand beside what it protects`, { hint });
}

async function begin(into: string, site: string | null, resume: boolean): Promise<Run> {
  try {
    return await beginRun(into, site, resume, new Date().toISOString());
  } catch (error) {
    const message = error instanceof CollectError ? error.message : `can't write ${into}`;
    throw new FwauditError('output', message, { cause: error });
  }
}

/** One line on standard error, written over, and only on a terminal. */
function progressLine(all: number): (done: number, outcome: DeviceOutcome) => void {
  let failed = 0;
  return (done, { status }) => {
    if (status === 'failed') failed += 1;
    if (process.stderr.isTTY !== true || all < 2) return;
    const bad = failed === 0 ? '' : ` · ${failed} failed`;
    process.stderr.write(`\r${done} of ${all}${bad}\u001b[K${done === all ? '\r\u001b[K' : ''}`);
  };
}

function summaryJson(
  outcomes: readonly DeviceOutcome[],
  run: string,
  into: string,
  redacted: boolean,
): string {
  const count = (status: DeviceOutcome['status']) => outcomes.filter((each) => each.status === status).length;
  const summary = {
    schemaVersion: '1.0',
    tool: { name: 'fwaudit', version: version() },
    run,
    into,
    redacted,
    devices: outcomes.map(({ device, ...outcome }) => ({
      device: device.name,
      site: device.site,
      platform: device.platform,
      host: device.host,
      status: outcome.status,
      ...(outcome.status === 'failed'
        ? { reason: outcome.error.reason, message: outcome.error.message, hint: outcome.error.hint }
        : { folder: outcome.folder }),
      ...(outcome.status === 'collected' ? { files: outcome.files, notes: outcome.notes } : {}),
      ...(outcome.status === 'already-collected'
        ? {}
        : { attempts: outcome.attempts, milliseconds: outcome.ms }),
    })),
    summary: {
      collected: count('collected'),
      alreadyCollected: count('already-collected'),
      failed: count('failed'),
      complete: count('failed') === 0,
    },
  };
  return `${inertJson(JSON.stringify(summary, null, 2))}\n`;
}

const LONG = { max: 1000 };

function summaryText(outcomes: readonly DeviceOutcome[], whole: boolean, redacted: boolean): string {
  const width = Math.min(40, Math.max(...outcomes.map(({ device }) => device.name.length)));
  const lines = outcomes.flatMap((outcome) => outcomeLines(outcome, width));
  const count = (status: DeviceOutcome['status']) => outcomes.filter((each) => each.status === status).length;
  const before = count('already-collected');
  const parts = [
    `${count('collected')} collected${redacted ? ' without their secrets' : ''}`,
    ...(before === 0 ? [] : [`${before} collected before`]),
    `${count('failed')} failed`,
  ];
  const resume = count('failed') === 0 || !whole ? [] : ['   again for those alone: --resume'];
  return `${[...lines, '', ` ${parts.join(' · ')}`, ...resume].join('\n')}\n`;
}

function outcomeLines(outcome: DeviceOutcome, width: number): readonly string[] {
  const name = inert(outcome.device.name, { max: 100 }).padEnd(width);
  const indent = ' '.repeat(12 + width);
  if (outcome.status === 'already-collected') return [` kept      ${name}  ${inert(outcome.folder, LONG)}`];
  if (outcome.status === 'failed') {
    const { message, reason, hint } = outcome.error;
    const more = hint === null ? [] : [`${indent} ${inert(hint, LONG)}`];
    return [` FAILED    ${name}  ${inert(message, LONG)} (${reason})`, ...more];
  }
  const files = outcome.files.map(({ file, bytes }) => `${file} (${bytes.toLocaleString('en')} bytes)`);
  const notes = outcome.notes.map(({ message }) => `${indent} note: ${inert(message, LONG)}`);
  const where = `${inert(outcome.folder, LONG)}/: ${files.map((each) => inert(each)).join(', ')}`;
  return [` collected ${name}  ${where}`, ...notes];
}
