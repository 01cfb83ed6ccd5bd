import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectionFacts } from '../../src/collect/provenance.js';
import { builtProgram } from '../cli/program.js';
import { later, scratch } from './build.js';
import { recordedSession } from './recorded.js';
import { startAppliance } from './simulator.js';

const program = builtProgram();
const old = recordedSession('sonicwall/session-pager.yaml');
const names = old['old-algorithms'] ?? [];

interface Found {
  readonly check: string;
  readonly message: string;
  readonly change: string | null;
  readonly locations: readonly { readonly file: string; readonly line: number }[];
}

function foundIn(stdout: string): readonly Found[] {
  const { findings } = JSON.parse(stdout) as { findings: readonly Found[] };
  return findings.filter((each) => each.check === 'FWA-ADM-018');
}

describe('old algorithms', () => {
  it('are a finding: of what was kept, of a live scan, and of an earlier revision', {
    timeout: 30_000,
  }, async () => {
    const appliance = await startAppliance(old);
    later(() => appliance.stop());
    const place = scratch();
    const target = `${old.user}@127.0.0.1:${appliance.port}`;
    const options = [
      '--platform sonicwall --password-env PASSWORD --ssh-config none',
      `--host-key ${appliance.hostKey.fingerprint}`,
      ...names.map((name) => `--old-algorithm ${name}`),
    ].join(' ');
    const run = (line: string) => program.shell(line, place, { PASSWORD: old.password });

    const kept = await run(`fwaudit collect ${target} ${options}`);
    expect(kept).toMatchObject({ status: 0, stderr: '' });
    for (const name of names) expect(kept.stdout).toContain(`protected by ${name}`);
    const file = 'configs/default/127.0.0.1/.provenance.json';
    const lines = readFileSync(join(place, file), 'utf8').split('\n');
    const ofFolder = foundIn((await run('fwaudit scan configs -f json')).stdout);
    expect(ofFolder).toMatchObject([{ locations: [{ file }] }]);
    expect(lines[(ofFolder[0]?.locations[0]?.line ?? 0) - 1]).toContain('oldAlgorithms');
    for (const name of names) expect(ofFolder[0]?.message).toContain(name);

    const live = foundIn((await run(`fwaudit scan ssh://${target} ${options} -f json`)).stdout);
    expect(live.map(({ message }) => message)).toEqual(ofFolder.map(({ message }) => message));

    await run('git init -q && git add -A && git -c user.name=a -c user.email=a@example.com commit -qm one');
    const since = foundIn((await run('fwaudit scan configs --since HEAD -f json')).stdout);
    expect(since).toMatchObject([{ change: 'open' }]);
  });

  it('that were not needed are none', async () => {
    const today = recordedSession('pfsense/session.yaml');
    const appliance = await startAppliance(today);
    later(() => appliance.stop());
    const place = scratch();
    const ended = await program.shell(
      `fwaudit collect ${today.user}@127.0.0.1:${appliance.port} --platform pfsense --password-env PASSWORD --ssh-config none --host-key ${appliance.hostKey.fingerprint} --old-algorithm ssh-rsa && fwaudit scan configs -f json -o report.json --exit-zero`,
      place,
      { PASSWORD: today.password },
    );
    expect(ended.status).toBe(0);
    expect(foundIn(readFileSync(join(place, 'report.json'), 'utf8'))).toEqual([]);
  });
});

describe('a provenance', () => {
  const good = { files: [{ file: 'a.rules' }], oldAlgorithms: ['ssh-rsa'] };
  const facts = (value: unknown, name = 'a.rules') =>
    collectionFacts(typeof value === 'string' ? value : JSON.stringify(value, null, 1), 'p', name);

  it('speaks of the captures that it lists', () => {
    expect(facts(good)).toEqual({ oldAlgorithms: ['ssh-rsa'], location: { file: 'p', line: 7 } });
    expect(facts(good, 'b.rules')).toBe(null);
  });

  it.each([
    '',
    '{"files',
    'null',
    '7',
    '[]',
    '{}',
    '{"files":[null],"oldAlgorithms":["ssh-rsa"]}',
    '{"files":{"some":1},"oldAlgorithms":["ssh-rsa"]}',
    '{"files":[{"file":"a.rules"}]}',
    '{"files":[{"file":"a.rules"}],"oldAlgorithms":"ssh-rsa"}',
    '{"files":[{"file":"a.rules"}],"oldAlgorithms":[]}',
    '{"files":[{"file":"a.rules"}],"oldAlgorithms":["rm -rf /", 7, null, {"ssh-rsa":1}]}',
  ])('that is none says nothing: %s', (text) => {
    expect(facts(text)).toBe(null);
  });

  it('beside a capture that somebody else wrote never stops a scan', async () => {
    const place = scratch();
    writeFileSync(join(place, '.provenance.json'), '{"files":');
    writeFileSync(join(place, 'a.rules'), readFileSync('fixtures/iptables/closed/config.rules'));
    const ended = await program.shell('fwaudit scan a.rules', place);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
  });
});
