import { describe, expect, it } from 'vitest';
import { isAlreadyOpen } from '../../src/checks/project-doors.js';
import type { Entry, Target } from '../../src/model/exposure.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { anyone, exposure } from './worlds.js';

const FROM_TUNNEL: Entry = {
  kind: 'tunnel',
  name: 'to-branch',
  interfaces: ['X1'],
  role: { value: 'unknown', evidence: 'a tunnel' },
  tunnel: { peers: ['203.0.113.9'], from: ['VPN'], sources: null, destinations: null, approximate: [] },
  location: { file: 'fw-paris-1.exp', line: 1 },
};

const UNKNOWN: Target = {
  kind: 'self',
  addresses: IpSet.EMPTY,
  dynamic: 'address not in the file',
  interfaces: [],
};
const KNOWN: Target = { ...UNKNOWN, addresses: IpSet.of('192.0.2.9'), dynamic: null };
const X1: Target = { ...KNOWN, interfaces: ['X1'] };
const SSH = { id: 'ssh-management', protocol: 'tcp', ports: ['22'] };

describe('what comes out of a tunnel to a target', () => {
  it.each<[string, Target, Parameters<typeof anyone>[0] | null, boolean]>([
    ['without an interface, with no other door', UNKNOWN, null, false],
    ['without an interface, which anyone reaches', UNKNOWN, { target: UNKNOWN }, true],
    [
      'without an interface, where anyone has another service',
      UNKNOWN,
      { target: UNKNOWN, service: SSH },
      false,
    ],
    ['without an interface, where anyone has an address', UNKNOWN, { target: KNOWN }, false],
    ['at an address that anyone reaches', KNOWN, { target: KNOWN }, true],
    ['at an address, where anyone has an interface', KNOWN, { target: X1 }, false],
    ['at an interface that anyone reaches', X1, { target: X1 }, true],
    ['at an interface, where anyone has another one', X1, { target: { ...X1, interfaces: ['X2'] } }, false],
  ])('%s', (_, target, other, expected) => {
    const door = exposure({ entry: FROM_TUNNEL, target });
    expect(isAlreadyOpen(door, other === null ? [door] : [door, anyone(other)])).toBe(expected);
  });
});
