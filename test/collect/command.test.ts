import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { describe, expect, it } from 'vitest';
import { builtProgram } from '../cli/program.js';
import { makeCertificate, noCertificates, startApi } from './api.js';
import { later, NOBODY_LISTENS, scratch } from './build.js';
import { beside, recordedSession } from './recorded.js';
import { type Appliance, makeHostKey, sharedHostKey, startAppliance } from './simulator.js';

const program = builtProgram();
const pfsense = recordedSession('pfsense/session.yaml');
const fortigate = recordedSession('fortigate/session.yaml');
const iptables = recordedSession('iptables/session.yaml');

/** An inventory of appliances on this machine, each with its password in the environment. */
function inventory(
  rows: readonly { name: string; site?: string; appliance: Appliance; more?: string }[],
  platform = 'pfsense',
): string {
  const lines = rows.map(
    ({ name, site = 'paris', appliance, more = '' }) =>
      `  - { name: ${name}, site: ${site}, host: 127.0.0.1, port: ${appliance.port}, host-key: "${appliance.hostKey.fingerprint}"${more} }`,
  );
  return `defaults: { platform: ${platform}, user: audit, password-env: PASSWORD, agent: false, connect-timeout: 5 }\ndevices:\n${lines.join('\n')}\n`;
}

async function appliance(...args: Parameters<typeof startAppliance>): Promise<Appliance> {
  const started = await startAppliance(...args);
  later(() => started.stop());
  return started;
}

function known({ port, hostKey }: Appliance): string {
  return `[127.0.0.1]:${port} ${hostKey.type} ${hostKey.base64}\n`;
}

/** A home with a known_hosts file, which is also where the program runs. */
function home(knownHosts: string): string {
  const folder = scratch();
  mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
  writeFileSync(join(folder, '.ssh/known_hosts'), knownHosts);
  return folder;
}

describe('fwaudit collect', () => {
  it('keeps what an appliance handed over, with where it came from, and nobody else may read it', async () => {
    const one = await appliance(pfsense);
    const place = home(known(one));
    const ended = await program.shell(
      `fwaudit collect audit@127.0.0.1:${one.port} --platform pfsense --password-env PASSWORD`,
      place,
      { PASSWORD: pfsense.password },
    );
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).toMatch(/collected 127\.0\.0\.1 {2}configs\/default\/127\.0\.0\.1\/: config\.xml/);
    const folder = join(place, 'configs/default/127.0.0.1');
    expect(readFileSync(join(folder, 'config.xml'), 'latin1')).toBe(
      beside('pfsense', 'reseller-alias/config.xml'),
    );
    for (const file of ['config.xml', '.normalised/config.xml', '.provenance.json']) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
    const provenance = JSON.parse(readFileSync(join(folder, '.provenance.json'), 'utf8'));
    expect(provenance).toMatchObject({
      platform: 'pfsense',
      address: `127.0.0.1 port ${one.port}`,
      hostKey: { fingerprint: one.hostKey.fingerprint, trust: 'known' },
      files: [{ file: 'config.xml', command: 'cat /conf/config.xml' }],
      tool: { name: 'fwaudit' },
    });
    expect(JSON.stringify(provenance)).not.toContain(pfsense.password);
  });

  it('says what it does not know of an appliance before it asks it anything', async () => {
    const one = await appliance(pfsense);
    const place = home('');
    const unknown = await program.shell(`fwaudit collect audit@127.0.0.1:${one.port}`, place);
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain('Its platform has to be known');
    expect(one.stats.connections).toBe(0);
    const untrusted = await program.shell(
      `fwaudit collect audit@127.0.0.1:${one.port} --platform pfsense --password-env PASSWORD`,
      place,
      { PASSWORD: pfsense.password },
    );
    expect(untrusted.status).toBe(3);
    expect(untrusted.stdout).toContain('host-key-unknown');
    expect(untrusted.stdout).toContain(one.hostKey.fingerprint);
    expect(one.stats.passwords).toBe(0);
    expect(existsSync(join(place, 'configs/default/127.0.0.1/config.xml'))).toBe(false);
  });

  it('takes the password from a command or a file descriptor, once, and shows it nowhere', async () => {
    const one = await appliance(pfsense);
    const place = home(known(one));
    writeFileSync(join(place, 'secret'), `${pfsense.password}\nanother line\n`);
    const target = `audit@127.0.0.1:${one.port} --platform pfsense`;
    for (const source of ['--password-command "cat secret"', '--password-fd 3 3<secret']) {
      const ended = await program.shell(`fwaudit collect ${target} ${source}`, place);
      expect(ended).toMatchObject({ status: 0, stderr: '' });
      expect(ended.stdout).not.toContain(pfsense.password);
    }
    const failing = await program.shell(
      `fwaudit collect ${target} --password-command 'echo ${pfsense.password} >&2; false'`,
      place,
    );
    expect(failing.status).toBe(3);
    expect(failing.stdout + failing.stderr).toContain('ended with exit code 1');
    expect(failing.stdout + failing.stderr).not.toContain(pfsense.password);
  });

  it('collects an inventory, a site, a name; one that fails is told with its reason', async () => {
    const [one, two, three] = await Promise.all([
      appliance(pfsense),
      appliance(pfsense, { misbehaves: 'refuses-login' }),
      appliance(pfsense),
    ]);
    const place = home('');
    writeFileSync(
      join(place, 'inventory.yaml'),
      inventory([
        { name: 'fw-paris-1', appliance: one },
        { name: 'fw-paris-2', appliance: two },
        { name: 'fw-lyon-1', site: 'lyon', appliance: three },
      ]),
    );
    const environment = { PASSWORD: pfsense.password };
    const all = await program.shell('fwaudit collect', place, environment);
    expect(all.status).toBe(3);
    expect(all.stdout).toContain('FAILED    fw-paris-2');
    expect(all.stdout).toContain('(authentication)');
    expect(all.stdout).toContain('2 collected · 1 failed');
    expect(two.stats).toMatchObject({ connections: 1, passwords: 1 });
    const site = await program.shell('fwaudit collect --site lyon -f json', place, environment);
    expect(site).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(site.stdout)).toMatchObject({
      schemaVersion: '1.0',
      devices: [{ device: 'fw-lyon-1', site: 'lyon', status: 'collected', attempts: 1 }],
      summary: { collected: 1, failed: 0, complete: true },
    });
    const name = await program.shell('fwaudit collect fw-paris-1', place, environment);
    expect(name.stdout).toContain('1 collected · 0 failed');
    const none = await program.shell('fwaudit collect --site nice', place, environment);
    expect(none).toMatchObject({ status: 2, stdout: '' });
    expect(none.stderr).toContain('sites are paris, lyon');
  });

  it('one appliance under two names, or named twice, has one session at a time', async () => {
    const one = await appliance(pfsense);
    const place = home('');
    const rows = Array.from({ length: 6 }, (_, index) => ({ name: `fw-${index}`, appliance: one }));
    writeFileSync(join(place, 'inventory.yaml'), inventory(rows));
    const all = await program.shell('fwaudit collect', place, { PASSWORD: pfsense.password });
    expect(all).toMatchObject({ status: 0, stderr: '' });
    expect(one.stats).toMatchObject({ connections: 6, mostOpen: 1 });
    const twice = await program.shell('fwaudit collect fw-1 fw-1', place, { PASSWORD: pfsense.password });
    expect(twice.stdout).toContain('1 collected · 0 failed');
  });

  it('goes on with a run that was not complete', async () => {
    const [one, two] = await Promise.all([appliance(pfsense), appliance(pfsense)]);
    const place = home('');
    const name = (of: Appliance) =>
      writeFileSync(
        join(place, 'inventory.yaml'),
        inventory([
          { name: 'fw-1', appliance: one },
          { name: 'fw-2', appliance: of },
        ]),
      );
    name({ ...two, port: NOBODY_LISTENS });
    const environment = { PASSWORD: pfsense.password };
    const first = await program.shell('fwaudit collect --retries 0', place, environment);
    expect(first.stdout).toContain('1 collected · 1 failed');
    expect(first.stdout).toContain('--resume');
    name(two);
    const second = await program.shell('fwaudit collect --resume', place, environment);
    expect(second.status).toBe(0);
    expect(second.stdout).toContain('1 collected · 1 collected before · 0 failed');
    expect(one.stats.connections).toBe(1);
    const third = await program.shell('fwaudit collect --resume', place, environment);
    expect(third.stdout).toContain('2 collected · 0 failed');
  });

  it('a run by names leaves that of the inventory as it is', async () => {
    const [one, two] = await Promise.all([
      appliance(pfsense),
      appliance(pfsense, { misbehaves: 'refuses-login' }),
    ]);
    const place = home('');
    const rows = [one, two].map((each, index) => ({ name: `fw-${index + 1}`, appliance: each }));
    writeFileSync(join(place, 'inventory.yaml'), inventory(rows));
    const environment = { PASSWORD: pfsense.password };
    expect((await program.shell('fwaudit collect', place, environment)).status).toBe(3);
    expect((await program.shell('fwaudit collect fw-1', place, environment)).status).toBe(0);
    const resumed = await program.shell('fwaudit collect --resume', place, environment);
    // fw-1 was collected by another run since: it is collected again rather than taken for this one's.
    expect(resumed.stdout).toContain('1 failed');
    expect((await program.shell('fwaudit collect fw-1 --resume', place, environment)).status).toBe(2);
  });

  it('what is kept is one device for a scan of the folder, by its name in the inventory', async () => {
    const one = await appliance(iptables);
    const place = home('');
    const rows = [{ name: 'gw-paris-1', appliance: one, more: ', sudo: true' }];
    writeFileSync(join(place, 'inventory.yaml'), inventory(rows, 'iptables'));
    await program.shell('fwaudit collect', place, { PASSWORD: iptables.password });
    const scan = await program.shell('fwaudit scan configs -f json', place);
    const report = JSON.parse(scan.stdout);
    expect(report.devices.map((device: { id: string }) => device.id)).toEqual(['gw-paris-1']);
    expect(report.captures.map((capture: { file: string }) => capture.file)).toEqual([
      'configs/paris/gw-paris-1/ip6tables-save.rules',
      'configs/paris/gw-paris-1/iptables-save.rules',
    ]);
  });

  it.skipIf(noCertificates !== null)('asks the API of a SonicWall where the inventory says so', async () => {
    const certificate = makeCertificate('IP:127.0.0.1');
    const answers = {
      '/api/sonicos/export/current-config/exp': beside('sonicwall', 'nsa-240-reseller/config.exp'),
    };
    const login = { user: 'audit', password: 'Api-Secret-1' };
    const api = await startApi({ certificate, method: 'digest-sha256', ...login, answers });
    const place = home('');
    const more = `method: https, certificate: "${certificate.fingerprint}", password-env: PASSWORD`;
    writeFileSync(
      join(place, 'inventory.yaml'),
      `devices:\n  - { name: fw-1, host: 127.0.0.1, port: ${api.port}, platform: sonicwall, user: audit, ${more} }\n`,
    );
    const ended = await program.shell('fwaudit collect', place, { PASSWORD: login.password });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    const scan = await program.shell('fwaudit scan configs -f json', place);
    expect(JSON.parse(scan.stdout).devices).toMatchObject([{ id: 'fw-paris-1', product: 'NSA 240' }]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends the sessions in an orderly way', async (signal) => {
    const one = await appliance(fortigate, { misbehaves: 'silent-shell' });
    const place = home(known(one));
    const args = [
      'collect',
      `audit@127.0.0.1:${one.port}`,
      '--platform',
      'fortigate',
      '--password-env',
      'PASSWORD',
    ];
    const child = spawn('node', [program.path('bin/fwaudit.js'), ...args], {
      cwd: place,
      env: { PATH: process.env.PATH ?? '', HOME: place, PASSWORD: fortigate.password },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const text = new Response(Readable.toWeb(child.stdout) as ReadableStream).text();
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await expect.poll(() => one.stats.passwords, { timeout: 10_000 }).toBe(1);
    child.kill(signal);
    expect(await ended).toBe(3);
    expect(await text).toContain('(interrupted)');
    await expect.poll(() => one.stats.open).toBe(0);
  });

  it('refuses an inventory that is wrong, with each place', async () => {
    const place = home('');
    writeFileSync(
      join(place, 'inventory.yaml'),
      `devices:
  - { name: ../../etc, host: 192.0.2.1, platform: pfsense }
  - { name: fw-2, host: 192.0.2.2, platform: pfsens }
  - { name: fw-3, host: 192.0.2.3, platform: pfsense, password: hunter2-in-clear }
  - { name: fw-4, host: 192.0.2.4, platform: pfsense, host-key: "MD5:00" }
`,
    );
    const ended = await program.shell('fwaudit collect', place);
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toContain('inventory.yaml:2:13: "name" is not written as it should be');
    expect(ended.stderr).toContain('inventory.yaml:4:55: unknown field "password"');
    expect(ended.stderr).toContain('inventory.yaml:5:65: "host-key"');
    expect(ended.stderr).not.toContain('hunter2');
    expect(existsSync(join(place, 'configs'))).toBe(false);
  });
});

describe('fwaudit scan ssh://', () => {
  it('audits what an appliance hands over as it audits its file, and writes nothing', async () => {
    const one = await appliance(fortigate);
    const place = home(known(one));
    const options = '--platform fortigate --password-env PASSWORD -f json --no-register';
    const live = await program.shell(`fwaudit scan ssh://audit@127.0.0.1:${one.port} ${options}`, place, {
      PASSWORD: fortigate.password,
    });
    writeFileSync(
      join(place, 'config.conf'),
      beside('fortigate', 'reseller-trusthost/config.conf'),
      'latin1',
    );
    const file = await program.shell('fwaudit scan config.conf -f json --no-register', place);
    expect(live.stderr).toBe('');
    expect(live.status).toBe(file.status);
    expect(JSON.parse(live.stdout.replaceAll('ssh://127.0.0.1/show.conf', 'config.conf'))).toEqual(
      JSON.parse(file.stdout),
    );
    expect(existsSync(join(place, 'configs'))).toBe(false);
  });

  it('knows an appliance by its name in an inventory', async () => {
    const one = await appliance(fortigate);
    const place = home('');
    writeFileSync(join(place, 'fleet.yaml'), inventory([{ name: 'fw-lyon', appliance: one }], 'fortigate'));
    const ended = await program.shell('fwaudit scan ssh://fw-lyon --inventory fleet.yaml -f json', place, {
      PASSWORD: fortigate.password,
    });
    expect(JSON.parse(ended.stdout).captures).toMatchObject([{ file: 'ssh://fw-lyon/show.conf' }]);
  });

  it('makes one device of the two families of a Linux machine', async () => {
    const one = await appliance(iptables);
    const place = home(known(one));
    const ended = await program.shell(
      `fwaudit scan ssh://audit@127.0.0.1:${one.port} --sudo --platform iptables --password-env PASSWORD -f json`,
      place,
      { PASSWORD: iptables.password },
    );
    const report = JSON.parse(ended.stdout);
    expect(report.devices).toHaveLength(1);
    expect(report.captures).toHaveLength(2);
  });

  it('is incomplete when the appliance can’t be trusted or does not finish', async () => {
    const [one, two] = await Promise.all([
      appliance(fortigate, { hostKey: makeHostKey() }),
      appliance(fortigate, { misbehaves: 'drops' }),
    ]);
    const place = home(known({ ...one, hostKey: sharedHostKey() }) + known(two));
    for (const [{ port }, reason] of [
      [one, 'another one is known'],
      [two, 'the appliance closed the session'],
    ] as const) {
      const ended = await program.shell(
        `fwaudit scan ssh://audit@127.0.0.1:${port} --platform fortigate --password-env PASSWORD`,
        place,
        { PASSWORD: fortigate.password },
      );
      expect(ended.status).toBe(3);
      expect(ended.stdout.replace(/\s+/g, ' ')).toContain(reason);
    }
    expect(one.stats.passwords).toBe(0);
  });

  it('does not read an inventory that it was not told of', async () => {
    const place = home('');
    writeFileSync(join(place, 'inventory.yaml'), 'devices: not even a list');
    const ended = await program.shell('fwaudit scan ssh://audit@127.0.0.1', place);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain('Its platform has to be known');
  });
});
