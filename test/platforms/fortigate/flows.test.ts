import { Buffer } from 'node:buffer';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePacket } from '../../../src/analysis/packet.js';
import { trace } from '../../../src/analysis/trace.js';
import { fortigate } from '../../../src/platforms/fortigate/index.js';
import { beside } from './support.js';

/** A peer's answers about flows: source and destination network, service, ALLOW or DENY, deciding policy. */

const { folder, missing } = beside('oracles/fortigate-rule-parser');

/** Their policies name no interfaces: packets come in by one and leave by the other. */
const INTERFACES = `config system interface
    edit "out"
        set vdom "root"
        set ip 198.51.100.2 255.255.255.0
        set type physical
        set role wan
    next
    edit "in"
        set vdom "root"
        set ip 192.0.2.1 255.255.255.0
        set type physical
        set role lan
    next
end
config router static
    edit 1
        set dst 0.0.0.0 128.0.0.0
        set device "in"
    next
    edit 2
        set dst 128.0.0.0 128.0.0.0
        set device "in"
    next
end
`;

const cases = missing
  ? []
  : [...found(folder), ...found(join(folder, 'main_branch'))].filter((path) =>
      existsSync(join(path, 'expected')),
    );

function found(path: string): readonly string[] {
  return readdirSync(path)
    .filter((name) => /^case\d/.test(name))
    .map((name) => join(path, name));
}

/** The rows of their table, as they answer it when schedules are not asked about. */
function answers(path: string): readonly ReadonlyMap<string, string>[] {
  const [name = ''] = readdirSync(join(path, 'expected')).filter((each) => !each.includes('ignore'));
  const [head = '', ...rows] = readFileSync(join(path, 'expected', name), 'utf8')
    .trim()
    .split(/\r?\n/);
  const columns = head.split(',');
  return rows.map((row) => new Map(row.split(',').map((cell, at) => [columns[at] ?? '', cell])));
}

function decide(path: string, row: ReadonlyMap<string, string>) {
  const file = join(path, 'rules/fortigate.conf');
  const bytes = Buffer.from(INTERFACES + readFileSync(file, 'utf8'));
  const [device] = fortigate.parse([{ file: 'fortigate.conf', bytes }]).devices;
  const cell = (name: string) => (row.get(name) ?? '').replace(/\/.*/, '');
  const to = `${cell('dst_network_segment')}:${cell('port')}/${cell('protocol')}`;
  const packet = parsePacket(cell('src_network_segment'), to);
  if (device === undefined || typeof packet === 'string') throw new Error(`${path}: ${String(packet)}`);
  const [traced] = trace(device, new Map(), packet, 'out');
  const deciding = traced?.steps.find((step) => step.kind === 'rule' && step.matched !== 'no');
  return { verdict: traced?.verdict, policy: /policy (\d+)/.exec(deciding?.text ?? '')?.[1] ?? '' };
}

const VERDICTS = new Map([
  ['ALLOW', 'permitted'],
  ['DENY', 'denied'],
  ['UNKNOWN', 'perhaps'],
]);

describe.skipIf(missing)('flows through policies, as a peer answers them', () => {
  it('has the cases', () => expect(cases.length).toBeGreaterThanOrEqual(8));

  it.each(cases.map((path) => [path.slice(folder.length), path]))('%s', (_, path) => {
    const rows = answers(path);
    expect(rows.length).toBeGreaterThan(0);
    const theirs = rows.map((row) => ({
      verdict: VERDICTS.get(row.get('decision') ?? ''),
      policy: row.get('matched_policy_id') ?? '',
    }));
    expect(rows.map((row) => decide(path, row))).toEqual(theirs);
  });
});
