import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CollectedFile } from '../../src/collect/collect-device.js';
import { normalisedCopy } from '../../src/collect/normalised-copy.js';
import type { Capture } from '../../src/model/capture.js';
import { platforms } from '../../src/platforms/index.js';
import type { Platform } from '../../src/platforms/platform.js';
import { sessions } from '../../src/platforms/sessions.js';
import { redactionWith } from '../../src/redact/redact-collected.js';
import { builtProgram } from '../cli/program.js';
import { later, scratch } from './build.js';
import { beside, type RecordedStep, recordedSession } from './recorded.js';
import { type Appliance, startAppliance } from './simulator.js';

const program = builtProgram();
const plain = recordedSession('fortigate/session.yaml');
/** An appliance whose configuration is full of secrets. */
const fortigate = {
  ...plain,
  steps: plain.steps.map(
    (step): RecordedStep =>
      step['prints-file'] === undefined ? step : { ...step, 'prints-file': 'secrets/config.conf' },
  ),
};
const asa = recordedSession('cisco-asa/session.yaml');

interface Row {
  readonly name: string;
  readonly platform: string;
  readonly appliance: Appliance;
}

/** A folder with an inventory of appliances on this machine. */
function place(rows: readonly Row[]): string {
  const folder = scratch();
  const lines = rows.map(
    ({ name, platform, appliance: { port, hostKey } }) =>
      `  - { name: ${name}, host: 127.0.0.1, port: ${port}, platform: ${platform}, user: audit, agent: false, password-env: PASSWORD, host-key: "${hostKey.fingerprint}" }\n`,
  );
  writeFileSync(join(folder, 'inventory.yaml'), `devices:\n${lines.join('')}`);
  return folder;
}

async function appliance(...args: Parameters<typeof startAppliance>): Promise<Appliance> {
  const started = await startAppliance(...args);
  later(() => started.stop());
  return started;
}

/** Everything below a folder, as one text. */
function everything(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name), 'latin1'))
    .join('\n');
}

const environment = { PASSWORD: fortigate.password };

describe('fwaudit collect --redact', () => {
  it('keeps no secret; its audit is that of the original; the same again the next day', async () => {
    const folder = place([{ name: 'fw-1', platform: 'fortigate', appliance: await appliance(fortigate) }]);
    const run = (line: string) => program.shell(line, folder, environment);
    expect((await run('fwaudit collect --into open')).status).toBe(0);
    expect(everything(join(folder, 'open'))).toContain('PLANTED-SECRET');
    const first = await run('fwaudit collect --redact --key-file key');
    expect(first.status).toBe(0);
    expect(first.stdout).toContain('1 collected without their secrets');
    expect(first.stderr).toContain('a new key was made');
    expect(statSync(join(folder, 'key')).mode & 0o777).toBe(0o600);
    const kept = everything(join(folder, 'configs'));
    expect(kept).not.toMatch(/PLANTED/);
    expect(kept).not.toContain(fortigate.password);
    expect(
      JSON.parse(readFileSync(join(folder, 'configs/default/fw-1/.provenance.json'), 'utf8')),
    ).toMatchObject({ redacted: true });
    const audited = async (of: string) =>
      (await run(`fwaudit scan ${of} -f json`)).stdout.replaceAll(`${of}/`, '');
    expect(await audited('configs')).toBe(await audited('open'));
    const capture = () => readFileSync(join(folder, 'configs/default/fw-1/show.conf'), 'latin1');
    const before = capture();
    expect((await run('fwaudit collect --redact --key-file key')).status).toBe(0);
    expect(capture()).toBe(before);
  });

  it('does not even ask an appliance whose configuration it can’t go through', async () => {
    const stranger = await appliance(asa);
    const folder = place([
      { name: 'fw-1', platform: 'fortigate', appliance: await appliance(fortigate) },
      { name: 'asa-1', platform: 'cisco-asa', appliance: stranger },
    ]);
    const ended = await program.shell('fwaudit collect --redact --key-file key', folder, environment);
    expect(ended.status).toBe(3);
    expect(ended.stdout).toContain('1 collected without their secrets · 1 failed');
    expect(ended.stdout).toContain('(not-redacted)');
    expect(stranger.stats.connections).toBe(0);
  });

  it('goes on with a run, but not with what was kept with its secrets', async () => {
    const one = await appliance(fortigate);
    const folder = place([
      { name: 'fw-1', platform: 'fortigate', appliance: one },
      {
        name: 'fw-2',
        platform: 'fortigate',
        appliance: await appliance(fortigate, { misbehaves: 'refuses-login' }),
      },
    ]);
    const run = (line: string) => program.shell(line, folder, environment);
    expect((await run('fwaudit collect')).stdout).toContain('1 collected · 1 failed');
    const resumed = await run('fwaudit collect --resume --redact --key-file key');
    expect(resumed.stdout).toContain('1 collected without their secrets · 1 failed');
    expect(everything(join(folder, 'configs'))).not.toMatch(/PLANTED/);
    const again = await run('fwaudit collect --resume --redact --key-file key');
    expect(again.stdout).toContain('1 collected before');
    expect(one.stats.connections).toBe(2);
  });

  it.each([
    ['--redact', '--redact needs --key-file'],
    ['--key-file key', '--key-file is for --redact'],
    ['--redact --key-file configs/key', 'would stand beside what it protects'],
    ['--redact --into . --key-file key', 'would stand beside what it protects'],
  ])('%s is refused before anything is asked', async (options, message) => {
    const one = await appliance(fortigate);
    const folder = place([{ name: 'fw-1', platform: 'fortigate', appliance: one }]);
    const ended = await program.shell(`fwaudit collect ${options}`, folder, environment);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(one.stats.connections).toBe(0);
    expect(readdirSync(folder)).toEqual(['inventory.yaml']);
  });
});

const key = new Uint8Array(32).fill(7);

function fileOf(text: string, file = 'show.conf'): CollectedFile {
  return { file, command: 'show', bytes: Buffer.from(text, 'latin1') };
}

describe('redaction of what was collected', () => {
  it('hands nothing on whose audit would be another, or that can’t be gone through', () => {
    const fortiOs = platforms.find(({ id }) => id === 'fortigate') as Platform;
    const files = [fileOf(beside('fortigate', 'secrets/config.conf'))];
    const redactedBy = (platform: Platform) => redactionWith([platform], key).redact('fortigate', files);
    expect(redactedBy(fortiOs)).toMatchObject([{ file: 'show.conf', command: 'show' }]);
    const halved = (capture: Capture) => ({ ...capture, bytes: capture.bytes.slice(0, 2_000) });
    expect(redactedBy({ ...fortiOs, redact: halved })).toBe(null);
    expect(redactedBy({ ...fortiOs, redact: () => null })).toBe(null);
    expect(redactionWith([fortiOs], key).redact('fortigate', [fileOf('nothing of the kind')])).toBe(null);
    expect(redactionWith([fortiOs], key).redact('panos', files)).toBe(null);
  });

  it.each([
    [
      'fortigate',
      'secrets/config.conf',
      /( ENC )(\S+)/g,
      (secret: string) => `${[...secret].reverse().join('')}x`,
    ],
    ['sonicwall', 'cli-text-6.5/config.log', /(\d,)([0-9a-fA-F]{6,})/g, (secret: string) => `${secret}a1`],
  ] as const)(
    '%s: secrets that were encrypted anew change no normalised copy',
    (id, file, secrets, renew) => {
      const text = beside(id, file);
      let renewed = 0;
      const tomorrow = text.replace(secrets, (_, scheme: string, secret: string) => {
        renewed += 1;
        return `${scheme}${renew(secret)}`;
      });
      expect(renewed).toBeGreaterThan(0);
      const copy = (each: string) => {
        const [redacted] = redactionWith(platforms, key).redact(id, [fileOf(each)]) ?? [];
        return Buffer.from(
          normalisedCopy(redacted?.bytes as Uint8Array, sessions.get(id)?.volatile ?? []),
        ).toString('latin1');
      };
      expect(copy(tomorrow)).toBe(copy(text));
    },
  );
});
