import { describe, expect, test } from 'vitest';
import type { FindingSubject } from '../../src/checks/finding.js';
import { findingHash } from '../../src/checks/finding-hash.js';
import type { Check } from '../../src/model/check.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { auditFiles } from '../support/run.js';
import { accessRule, builtInPack, capture, device, dormant, exposure } from './worlds.js';

const [bySets] = builtInPack().checks.filter(({ explainable }) => explainable === 'sets');
const [byFact] = builtInPack().checks.filter(({ explainable }) => explainable === 'fact');

function hash(subject: FindingSubject, check: Check | undefined = bySets): string {
  if (check === undefined) throw new Error('no such check');
  return findingHash({ check, subject });
}

function door(fields: Parameters<typeof exposure>[0] = {}, check = bySets): string {
  return hash({ kind: 'exposure', exposure: exposure(fields) }, check);
}

function rule(fields: Parameters<typeof accessRule>[0] = {}): string {
  const policy = { name: 'WAN to WAN' } as Extract<FindingSubject, { kind: 'access-rule' }>['policy'];
  return hash({ kind: 'access-rule', accessRule: accessRule(fields), policy });
}

describe('a door has another hash', () => {
  test('when its set, what is left unexplained of it, or a condition is another', () => {
    const hashes = [
      door(),
      door({ hash: '00000000000000cc' }),
      door({ remainder: IpSet.of('203.0.113.8') }),
      door({ conditions: ['schedule "Work Hours"'] }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('and not when only explanations change that cannot cover it', () => {
    expect(door({ remainder: IpSet.EMPTY }, byFact)).toBe(door({}, byFact));
  });

  test('and not when rules, names, places or doubts change', () => {
    expect(door({ contributions: [], named: [], approximate: ['a name'], device: 'renamed' })).toBe(door());
  });
});

test('a dormant door has another hash when it would admit others, or sleeps for another reason', () => {
  const of = (fields: Parameters<typeof dormant>[0]) => hash({ kind: 'dormant', dormant: dormant(fields) });
  const hashes = [
    of({}),
    of({ sources: IpSet.of('203.0.113.8') }),
    of({ reasons: ['no-address'] }),
    of({ service: { id: 'ssh-management', protocol: 'tcp', ports: ['22'] } }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(of({ path: [], number: 99, subject: 'renamed' })).toBe(of({}));
});

describe('a rule', () => {
  test('has another hash when it matches or does something else', () => {
    const other = { any: true, objects: [], negated: false } as const;
    const hashes = [
      rule(),
      rule({ source: { ...other, literal: IpSet.of('203.0.113.0/24') } }),
      rule({ source: { ...other, literal: IpSet.of('203.0.113.0/25') } }),
      rule({ action: { kind: 'deny' } }),
      rule({ enabled: false }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('keeps it when it moved, was used, or was touched', () => {
    const location = { file: 'elsewhere.exp', line: 99, key: 'policyAction_99' };
    expect(rule({ location, number: 99, lastUsed: 1, updated: 2, created: 3 })).toBe(rule());
  });
});

test('an input has another hash when something else in it is not understood', () => {
  const family = {
    name: 'policyOddity',
    count: 2,
    section: 'access-rules',
    location: { file: 'a', line: 1 },
  } as const;
  const coverage = (count: number) =>
    ({
      file: 'a',
      unit: 'keys',
      read: 9,
      ignored: 0,
      unknown: count,
      unknownFamilies: [{ ...family, count }],
    }) as const;
  const of = (count: number) => hash({ kind: 'capture', capture: capture({ coverage: coverage(count) }) });
  expect(of(2)).not.toBe(of(3));
});

test('a device as a whole is itself, whatever changes on it', () => {
  const of = (fields: object) => {
    const { config } = device({ config: { ...device().config, ...fields } });
    return hash({ kind: 'device', device: config });
  };
  expect(of({ firmware: '9.9' })).toBe(of({}));
});

test('any other subject is what it holds', () => {
  const setting = (value: boolean, line: number): FindingSubject => ({
    kind: 'setting',
    setting: { name: 'https-redirect', value, location: { file: 'a', line } },
  });
  expect(hash(setting(true, 1))).toBe(hash(setting(true, 2)));
  expect(hash(setting(true, 1))).not.toBe(hash(setting(false, 1)));
});

test('the findings of an audit have the same hashes every time', () => {
  const file = 'fixtures/sonicwall/nsa-240-reseller/config.exp';
  const hashes = () => auditFiles([file]).findings.map(({ key, hash: each }) => [key, each]);
  expect(hashes()).toEqual(hashes());
  for (const [key, each] of hashes())
    expect([key, each]).toEqual([key, expect.stringMatching(/^[0-9a-f]{16}$/)]);
});
