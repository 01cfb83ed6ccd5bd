import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { collectDevice } from '../../src/collect/collect-device.js';
import type { SessionScript } from '../../src/model/session-script.js';
import { sessions } from '../../src/platforms/sessions.js';
import { deviceFor, later, noSignal, surroundingsFor } from './build.js';
import { type Recorded, recordedSession } from './recorded.js';
import { type Appliance, startAppliance } from './simulator.js';

const ROUNDS = 7;

/** What fwaudit may add to the time that an appliance itself takes, in milliseconds. */
const BUDGET = 150;

/** The appliance's own time: a client that knows every answer beforehand, and checks nothing. */
function blindly({ port }: Appliance, recorded: Recorded): Promise<number> {
  const started = performance.now();
  const waits = recorded.steps.map(({ hears, key }) => (key === true ? hears : `${hears}\n`));
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('error', reject);
    client.on('ready', () =>
      client.shell((error, channel) => {
        if (error) return reject(error);
        let [text, at] = ['', 0];
        channel.on('data', (chunk: Buffer) => {
          text += chunk.toString('latin1');
          if (!/[#$>] $|accept\):$/.test(text)) return;
          text = '';
          const next = waits[at];
          at += 1;
          if (next !== undefined) channel.write(next);
        });
        channel.on('close', () => {
          client.destroy();
          resolve(performance.now() - started);
        });
      }),
    );
    client.connect({ host: '127.0.0.1', port, username: recorded.user, password: recorded.password });
  });
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

it.each(['junos', 'vyos'])(
  `collecting adds at most ${BUDGET} ms to the time of the appliance (%s)`,
  async (platform) => {
    const recorded = recordedSession(`${platform}/session.yaml`);
    const appliance = await startAppliance(recorded);
    later(() => appliance.stop());
    const script = sessions.get(platform) as SessionScript;
    const own: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      own.push(await blindly(appliance, recorded));
      const started = performance.now();
      await collectDevice(deviceFor(recorded, appliance), script, surroundingsFor(recorded), noSignal());
      ours.push(performance.now() - started);
    }
    expect(median(ours) - median(own)).toBeLessThan(BUDGET);
  },
);
