import { describe, expect, it } from 'vitest';
import type { AccessRule } from '../../../src/model/policy.js';
import {
  AUTOMATIC,
  CATCH_ALL,
  codesOf,
  deviceOf,
  named,
  only,
  type Pairs,
  parsePairs,
  rule,
  rule6,
  ruleOf,
  SMALL,
  service,
} from './exports.js';

/** Rule 9 of WAN to WAN, made of some fields. */
function nine(fields: Pairs, more: Pairs = {}): AccessRule {
  return ruleOf(deviceOf({ ...SMALL, ...rule(9, 'WAN', 'WAN', fields), ...more }), 'WAN to WAN 9');
}

function diagnosticsOf(fields: Pairs): readonly string[] {
  return codesOf(
    parsePairs({ ...SMALL, ...rule(9, 'WAN', 'WAN', fields), ...rule(10, 'LAN', 'DMZ') }).diagnostics,
  );
}

describe('policies', () => {
  it('are one for each pair of zones, and cover the appliance itself', () => {
    const policy = named(deviceOf(SMALL).policies, 'WAN to WAN');
    expect(policy).toMatchObject({
      applies: { from: ['WAN'], to: ['WAN'], covers: 'both' },
      stage: 1,
      sees: { address: 'original', port: 'original' },
      default: { action: 'deny' },
    });
  });

  it('keep IPv6 apart', () => {
    const device = deviceOf({ ...SMALL, ...rule6(2, 'WAN', 'WAN', { Action: 0 }) });
    expect(
      named(device.policies, 'WAN to WAN (IPv6)').rules.map(({ name, family }) => [name, family]),
    ).toEqual([['WAN to WAN IPv6 2', 'ipv6']]);
    expect(named(device.policies, 'WAN to WAN').rules.map(({ family }) => family)).toEqual(['ipv4']);
    expect(ruleOf(device, 'WAN to WAN IPv6 2').location.key).toBe('policyActionV6_2');
  });

  it('are in the order of the index while there is no priority', () => {
    const device = deviceOf({ ...SMALL, ...rule(11, 'WAN', 'WAN'), ...rule(9, 'WAN', 'WAN') });
    expect(named(device.policies, 'WAN to WAN').rules.map(({ number }) => number)).toEqual([2, 9, 11]);
  });

  it('are in the order of the priority when every rule of the pair has one', () => {
    const pairs = { ...SMALL, ...rule(9, 'WAN', 'WAN', { Priority: 1 }), policyPriority_2: 2 };
    expect(named(deviceOf(pairs).policies, 'WAN to WAN').rules.map(({ number }) => number)).toEqual([9, 2]);
    const partly = { ...SMALL, ...rule(9, 'WAN', 'WAN', { Priority: 1 }) };
    expect(named(deviceOf(partly).policies, 'WAN to WAN').rules.map(({ number }) => number)).toEqual([2, 9]);
  });

  it('drop no rule', () => {
    const many = Object.assign(
      {},
      ...Array.from({ length: 40 }, (_, index) => rule(index, `Z${index % 7}`, 'WAN')),
    );
    const pairs = { ...SMALL, ...many, ...rule(40, 'WAN', 'WAN', AUTOMATIC), ...rule6(3, 'WAN', 'WAN') };
    const count = deviceOf(pairs).policies.reduce((sum, policy) => sum + policy.rules.length, 0);
    expect(count).toBe(42);
  });
});

describe('an access rule', () => {
  it('names its objects by the names that references use', () => {
    const read = nine({ SrcNet: 'Support', DstNet: 'All WAN Management IP', DstSvc: 'HTTPS Management' });
    expect(read).toMatchObject({
      number: 9,
      enabled: true,
      action: { kind: 'permit' },
      family: 'ipv4',
      source: { any: false, objects: ['Support'], location: { key: 'policySrcNet_9' } },
      destination: { any: false, objects: ['All WAN Management IP'] },
      service: { any: false, objects: ['HTTPS Management'] },
      origin: 'user',
      approximate: [],
      location: { file: 'box.exp', line: 1, key: 'policyAction_9' },
    });
  });

  it('takes an empty side as any', () => {
    expect(nine({})).toMatchObject({
      source: { any: true },
      destination: { any: true },
      service: { any: true },
    });
  });

  it('permits with 2 alone', () => {
    expect(nine({ Action: 2 }).action.kind).toBe('permit');
    expect(nine({ Action: 0 }).action.kind).toBe('deny');
    expect(nine({ Action: 1 }).action.kind).toBe('deny');
  });

  it.each([3, '', 'allow'])('with the action %s is taken as a permit, and marked', (action) => {
    const read = nine({ Action: action });
    expect(read.action.kind).toBe('permit');
    expect(read.approximate).toEqual(['its action cannot be read: taken as allow']);
    expect(diagnosticsOf({ Action: action })).toEqual(['malformed-value']);
  });

  it.each([
    ['Action', 'its action is not in the file: taken as allow'],
    ['SrcNet', 'its source is not in the file: taken as any'],
    ['DstNet', 'its destination is not in the file: taken as any'],
    ['DstSvc', 'its service is not in the file: taken as any'],
    ['SrcSvc', 'its source service is not in the file: taken as any'],
    ['Enabled', 'its switch is not in the file: taken as on'],
    ['SrcIf', 'its source interface is not in the file: taken as any'],
    ['Time', 'its schedule is not in the file: taken as always'],
  ])('without %s is taken at its widest, and marked', (field, words) => {
    expect(nine({ SrcNet: 'Support', [field]: undefined }).approximate).toEqual([words]);
    expect(diagnosticsOf({ [field]: undefined })).toEqual(['missing-value']);
  });

  it('of a version without a field has its default', () => {
    const later = ['SrcSvc', 'SrcIf', 'DstIf', 'WhomExcl'];
    const old = Object.fromEntries(
      Object.entries(SMALL).filter(([key]) => !later.some((field) => key.startsWith(`policy${field}_`))),
    );
    const parsed = parsePairs({ ...old, buildNum: '5.6.0.11-61o' });
    expect(parsed.diagnostics).toEqual([]);
    expect(ruleOf(only(parsed.devices), 'WAN to WAN 2')).toMatchObject({
      approximate: [],
      inInterfaces: null,
    });
  });

  it('without a zone stands in every pair, and first', () => {
    const device = deviceOf({ ...SMALL, ...rule(9, 'WAN', 'WAN', { SrcZone: undefined }) });
    expect(device.policies[0]).toMatchObject({ name: 'any to WAN', applies: { from: null, to: ['WAN'] } });
    expect(ruleOf(device, 'any to WAN 9').approximate).toHaveLength(1);
    const seven = deviceOf({ ...SMALL, ...rule(9, 'any', 'WAN') });
    expect(seven.policies[0]?.applies?.from).toBeNull();
  });

  it('holds interfaces by their number', () => {
    expect(nine({ SrcIf: 1, DstIf: -1 })).toMatchObject({ inInterfaces: ['X1'], outInterfaces: null });
    const lost = nine({ SrcIf: 77 });
    expect(lost.inInterfaces).toBeNull();
    expect(lost.approximate).toHaveLength(1);
  });

  it('keeps schedules and users as conditions', () => {
    expect(nine({ Time: 'Work Hours' }).conditions).toEqual([
      { kind: 'schedule', description: 'only during "Work Hours"' },
    ]);
    expect(nine({ Whom: 5 }).conditions.map(({ kind }) => kind)).toEqual(['users']);
    expect(nine({ WhomExcl: 5 }).conditions.map(({ kind }) => kind)).toEqual(['users']);
    expect(nine({}).conditions).toEqual([]);
  });

  it('keeps what 6.5 adds: times, and the switch for administration', () => {
    const read = nine({
      TimeCreated: 1500014240,
      TimeUpdated: 1500014250,
      TimeLastHit: 0,
      Management: 1,
      Log: 0,
    });
    expect(read).toMatchObject({
      created: 1500014240,
      updated: 1500014250,
      lastUsed: null,
      management: true,
      logged: false,
    });
  });

  it('asks for source ports by a service', () => {
    const high = service(60, 'High', 6, 1024, 65535);
    const read = nine({ SrcSvc: 'High', DstSvc: 'HTTPS Management' }, high);
    expect(read.service.literal?.toTexts()).toEqual(['tcp/443 from 1024-65535']);
    expect(nine({ SrcSvc: 'High' }, high).service.literal?.toTexts()).toEqual(['tcp from 1024-65535']);
    const lost = nine({ SrcSvc: 'Gone', DstSvc: 'HTTPS Management' });
    expect(lost.service).toMatchObject({ objects: ['HTTPS Management'] });
    expect(lost.approximate).toEqual(['its source ports are not known: taken as any']);
  });
});

describe('who made a rule', () => {
  it('is said by its mask, not by its comment', () => {
    const written = { ...AUTOMATIC, DstNet: 'X2 IP' };
    expect(nine(written)).toMatchObject({ origin: 'automatic', purpose: 'management' });
    expect(nine({ ...written, Props: 0 })).toMatchObject({
      origin: 'user',
      purpose: null,
      comment: 'Auto-added management rule',
    });
    expect(nine({ ...written, Props: 14 }).origin).toBe('user');
    expect(nine({ ...written, Props: undefined }).origin).toBe('unknown');
  });

  it.each([
    ['Auto-added GMS rule', 16773119, 'gms'],
    ['Auto added for VPN enabled management via this SA', 16777213, 'vpn-management'],
    ['Auto-added inbound IKE rule', 16773117, 'ike'],
    ['Auto added for inbound SSL VPN Traffic', 2063, 'ssl-vpn'],
    ['Auto added for outbound VPN - Lyon', 6159, 'vpn'],
    ['Auto-added Interface Trust rule', 4095, 'interface-trust'],
    ['Auto generated Multicast Policy', 1, 'multicast'],
    ['', 6159, 'vpn'],
    ['', 4093, 'management'],
    ['', 8213, null],
  ])('%s (%s) is %s', (comment, mask, purpose) => {
    expect(nine({ Props: mask, Comment: comment, DstNet: 'X2 IP' })).toMatchObject({
      origin: 'automatic',
      purpose,
    });
  });

  it('the last rule of a pair is implied', () => {
    expect(nine({ ...CATCH_ALL })).toMatchObject({ origin: 'implied', purpose: 'catch-all' });
    expect(nine({ DefaultRule: 2, PriType: 0 }).origin).toBe('implied');
    expect(nine({ DefaultRule: 2, Props: 1 }).origin).toBe('implied');
    expect(nine({ Props: 1073741825 }).origin).toBe('implied');
  });

  it('a forged catch-all is not', () => {
    const comment = 'IPv4:From Any to Any for Any service';
    expect(nine({ Comment: comment }).origin).toBe('user');
    expect(nine({ Comment: comment, DefaultRule: 1 }).origin).toBe('user');
    expect(nine({ ...CATCH_ALL, SrcNet: 'Support' }).origin).toBe('user');
    expect(nine({ DefaultRule: 2, SrcNet: 'Support' }).origin).toBe('user');
  });

  it('interface trust is automatic, though it ends the pair', () => {
    const trust = { DefaultRule: 2, Props: 16773119, Comment: 'Auto-added Interface Trust rule' };
    expect(nine(trust)).toMatchObject({ origin: 'automatic', purpose: 'interface-trust' });
  });
});
