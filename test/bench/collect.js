// Measures what collecting adds to the time of an appliance: `node test/bench/collect.js`, part of
// `npm run bench`. Appliances of this machine take a known time for their answer; a client that knows everything
// beforehand and checks nothing shows their own time. Exits 1 over budget.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ssh2 from 'ssh2';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin/fwaudit.js');
const configuration = readFileSync(join(root, 'fixtures/pfsense/clean/config.xml'));
const login = { username: 'audit', password: 'correct horse' };

/** Milliseconds that collecting may add to one appliance's own. */
const BUDGET = 150;
const ALONE = { count: 9, thinks: 200 };
const TOGETHER = { count: 20, thinks: 3_000 };

const folder = mkdtempSync(join(tmpdir(), 'fwaudit-bench-'));
const key = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
const servers = [];
try {
  const rows = [await measureAlone(), await measureTogether()];
  print(rows);
  if (rows.some(({ time, limit }) => time > limit)) process.exitCode = 1;
} finally {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
}

/** One session after the other, each held against the same without fwaudit. */
async function measureAlone() {
  const ports = await startAppliances(ALONE);
  const own = [];
  for (const port of ports) own.push(await blindly(port));
  const { devices } = await collect('alone', ports, 1, []);
  const added = median(devices.map((each) => each.milliseconds)) - median(own);
  const name = `collecting adds to the ${median(own).toFixed(0)} ms of an appliance`;
  return { name, time: added, limit: BUDGET };
}

/** All at the same time, by one core, where the system lets that be asked for. */
async function measureTogether() {
  const ports = await startAppliances(TOGETHER);
  const oneCore = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0'] : [];
  const { devices } = await collect('together', ports, TOGETHER.count, oneCore);
  const where = oneCore.length === 0 ? '' : ', on one core';
  return {
    name: `${TOGETHER.count} sessions of ${TOGETHER.thinks} ms at a time${where}`,
    time: Math.max(...devices.map((each) => each.milliseconds)),
    limit: TOGETHER.thinks + TOGETHER.count * BUDGET,
  };
}

function startAppliances({ count, thinks }) {
  return Promise.all(Array.from({ length: count }, () => startAppliance(thinks)));
}

function startAppliance(thinks) {
  const server = new ssh2.Server({ hostKeys: [key.private] }, (connection) => {
    connection.on('error', () => {});
    // As OpenSSH does it.
    connection.setNoDelay(true);
    connection.on('authentication', (context) => {
      if (context.method === 'password' && context.password === login.password) context.accept();
      else context.reject(['password']);
    });
    connection.on('session', (accept) =>
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        setTimeout(() => {
          channel.write(configuration);
          channel.exit(0);
          channel.end();
        }, thinks);
      }),
    );
  });
  servers.push(server);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

function blindly(port) {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('error', reject);
    client.on('ready', () =>
      client.exec('cat /conf/config.xml', (error, channel) => {
        if (error) reject(error);
        else
          channel.resume().on('close', () => {
            client.end();
            resolve(performance.now() - started);
          });
      }),
    );
    client.connect({ host: '127.0.0.1', port, ...login });
    client.setNoDelay(true);
  });
}

/** A run of the program over an inventory: what it says of it. */
async function collect(name, ports, jobs, before) {
  const place = join(folder, name);
  mkdirSync(join(place, '.ssh'), { recursive: true });
  const hostKey = key.public.trim().split(' ').slice(0, 2).join(' ');
  writeFileSync(
    join(place, '.ssh/known_hosts'),
    ports.map((port) => `[127.0.0.1]:${port} ${hostKey}\n`).join(''),
  );
  const devices = ports.map((port, index) => ({ name: `fw-${index}`, host: '127.0.0.1', port }));
  const defaults = { platform: 'pfsense', user: login.username, agent: false, 'password-env': 'PASSWORD' };
  writeFileSync(join(place, 'inventory.yaml'), JSON.stringify({ defaults, devices }));
  const line = [...before, process.execPath, program, 'collect', '--jobs', `${jobs}`, '-f', 'json'];
  const child = spawn(line[0], line.slice(1), {
    cwd: place,
    env: { PATH: process.env.PATH, HOME: place, PASSWORD: login.password },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  const summary = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (!summary.summary.complete) throw new Error(`not all of ${name} were collected`);
  return summary;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function print(rows) {
  const width = Math.max(...rows.map((row) => row.name.length));
  console.log(`\n${''.padEnd(width)}      time   budget`);
  for (const { name, time, limit } of rows) {
    const verdict = time <= limit ? 'ok' : 'OVER';
    console.log(
      `${name.padEnd(width)}  ${`${time.toFixed(0)} ms`.padStart(8)}  ${`${limit} ms`.padStart(7)}  ${verdict}`,
    );
  }
}
