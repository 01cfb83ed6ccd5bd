import { describe, expect, it } from 'vitest';
import { evaluateChecks } from '../../src/checks/evaluate.js';
import type { World } from '../../src/checks/world.js';
import type { Check, Outcome } from '../../src/model/check.js';
import { IpSet } from '../../src/sets/ip-set.js';
import {
  AT,
  accessRule,
  anyone,
  capture,
  check,
  config,
  device,
  dormant,
  exposure,
  policy,
  world,
} from './worlds.js';

function run(about: World, ...checks: readonly Check[]) {
  return evaluateChecks(about, { checks, services: [] }, AT);
}

function withExposures(...exposures: Parameters<typeof exposure>[0][]): World {
  return world({ devices: [device({ exposures: exposures.map((each) => exposure(each)) })] });
}

describe('a finding', () => {
  it('says what, on which device, and where', () => {
    const named = check({
      title: { en: 'A door', fr: 'Une porte' },
      message: { en: '{who} ({party}) may reach {service.label} on {target.label}, from {entry.name}' },
    });
    const door = exposure();
    const { findings } = run(world({ devices: [device({ exposures: [door] })] }), named);
    expect(findings).toEqual([
      {
        check: named,
        device: 'fw-paris-1',
        subject: { kind: 'exposure', exposure: door },
        title: 'A door',
        message: '203.0.113.7 (undeclared) may reach tcp/443 on X1 198.51.100.2, from WAN',
        factSubject: null,
        locations: [{ file: 'fw-paris-1.exp', line: 1, key: 'policyAction_31' }],
        explained: false,
        key: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    ]);
  });

  it('shortens long lists', () => {
    const sources = IpSet.of(...Array.from({ length: 9 }, (_, index) => `203.0.113.${index * 2 + 1}`));
    const { findings } = run(
      withExposures({ sources, remainder: sources }),
      check({ message: { en: '{who}' } }),
    );
    expect(findings[0]?.message).toBe(
      '203.0.113.1, 203.0.113.3, 203.0.113.5, 203.0.113.7, 203.0.113.9, 203.0.113.11 … (+3)',
    );
  });

  it('puts values in as they are, whatever they hold', () => {
    const entry = { ...exposure().entry, name: '{device} $& $1 \u001b[31m' };
    const { findings } = run(withExposures({ entry }), check({ message: { en: '{entry.name}' } }));
    expect(findings[0]?.message).toBe('{device} $& $1 \u001b[31m');
  });

  it('comes in the order of the checks, then of the world', () => {
    const about = withExposures({ key: 'a' }, { key: 'b' });
    const { findings } = run(about, check({ id: 'TST-ADM-002' }), check());
    expect(
      findings.map(({ check: { id }, subject }) => [id, 'exposure' in subject && subject.exposure.key]),
    ).toEqual([
      ['TST-ADM-002', 'a'],
      ['TST-ADM-002', 'b'],
      ['TST-ADM-001', 'a'],
      ['TST-ADM-001', 'b'],
    ]);
  });

  it('is the same when it is looked for twice', () => {
    const about = withExposures({ key: 'a' }, { key: 'b' });
    expect(run(about, check()).findings).toEqual(run(about, check()).findings);
  });
});

describe('the key of a finding', () => {
  const keysOf = (about: World, each: Check) => run(about, each).findings.map(({ key }) => key);

  it('is that of its check and door, whatever set stands behind it', () => {
    const [key] = keysOf(withExposures({ key: 'a' }), check());
    expect(
      keysOf(withExposures({ key: 'a', sources: IpSet.of('203.0.113.9'), hash: 'other' }), check()),
    ).toEqual([key]);
    expect(keysOf(withExposures({ key: 'b' }), check())).not.toEqual([key]);
    expect(keysOf(withExposures({ key: 'a' }), check({ id: 'TST-ADM-002' }))).not.toEqual([key]);
  });

  it('is that of the device and the fact where there is no door', () => {
    const rules = (id: string, name: string) =>
      world({ devices: [device({ config: config({ id, policies: [policy([accessRule({ name })])] }) })] });
    const fact = check({ over: 'access-rule', explainable: 'fact' });
    const [key] = keysOf(rules('a', 'WAN to WAN 1'), fact);
    expect(keysOf(rules('a', 'WAN to WAN 1'), fact)).toEqual([key]);
    expect(keysOf(rules('b', 'WAN to WAN 1'), fact)).not.toEqual([key]);
    expect(keysOf(rules('a', 'WAN to WAN 2'), fact)).not.toEqual([key]);
  });

  it('is never shared by two findings of one run', () => {
    const twins = policy([
      accessRule({ name: 'same' }),
      accessRule({ name: 'same' }),
      accessRule({ name: 'same' }),
    ]);
    const about = world({ devices: [device({ config: config({ policies: [twins] }) })] });
    expect(new Set(keysOf(about, check({ over: 'access-rule' }))).size).toBe(3);
  });
});

describe('what a fact explanation has to name', () => {
  const factOf = (fields: Parameters<typeof exposure>[0]) =>
    run(withExposures(fields), check({ explainable: 'fact' })).findings[0]?.factSubject;

  it('is the door with its sources', () => {
    expect(factOf({})).toBe('WAN 203.0.113.7 > X1 198.51.100.2 > https-management');
    expect(factOf({ sources: IpSet.of('10.0.0.0/8', '192.168.1.0/24'), party: 'private' })).toBe(
      'WAN 10.0.0.0/8, 192.168.1.0/24 > X1 198.51.100.2 > https-management',
    );
  });

  it('is anyone, not the list of the Internet', () => {
    expect(factOf({ anyone: true, sources: IpSet.IPV4.subtract(IpSet.of('10.0.0.0/8')) })).toBe(
      'WAN anyone > X1 198.51.100.2 > https-management',
    );
  });

  it('is the hash of the exact set when there are many', () => {
    const many = IpSet.of(...Array.from({ length: 6 }, (_, index) => `203.0.113.${index * 2}`));
    expect(factOf({ sources: many, hash: '0123456789abcdef' })).toBe(
      'WAN undeclared 0123456789abcdef > X1 198.51.100.2 > https-management',
    );
  });

  it('is null for a check that no fact explains', () => {
    expect(run(withExposures({}), check({ explainable: 'sets' })).findings[0]?.factSubject).toBeNull();
    expect(run(withExposures({}), check({ explainable: 'no' })).findings[0]?.factSubject).toBeNull();
  });

  it('is the subject of a dormant door, as the analysis calls it', () => {
    const about = world({ devices: [device({ dormant: [dormant()] })] });
    const [finding] = run(about, check({ over: 'dormant', explainable: 'fact' })).findings;
    expect(finding?.factSubject).toBe('Support > All X1 Management IP > HTTPS Management');
  });
});

describe('explanations', () => {
  it.each<['sets' | 'fact' | 'no', 'unexplained' | 'partly' | 'explained', boolean]>([
    ['sets', 'unexplained', false],
    ['sets', 'partly', false],
    ['sets', 'explained', true],
    ['fact', 'explained', false],
    ['no', 'explained', false],
  ])(
    'a check that %s explain, on an exposure that is %s: explained is %s',
    (explainable, status, explained) => {
      const { findings } = run(withExposures({ status }), check({ explainable }));
      expect(findings.map((finding) => finding.explained)).toEqual([explained]);
    },
  );

  it('nothing is found of the organisation itself', () => {
    const { findings, outcomes } = run(
      withExposures({ status: 'own', party: 'own', thirdParty: false }),
      check(),
    );
    expect(findings).toEqual([]);
    expect(outcomes.get('fw-paris-1')).toEqual({ 'TST-ADM-001': 'pass' });
  });
});

describe('superseding', () => {
  const ids = (about: World, ...checks: readonly Check[]) =>
    run(about, ...checks).findings.map((each) => each.check.id);
  const wide = check({ id: 'TST-ADM-002', when: 'exposure.anyone', supersedes: ['TST-ADM-001'] });
  const fact = check({ explainable: 'fact' });

  it('drops the finding that another tells better, on the same subject only', () => {
    const about = world({ devices: [device({ exposures: [anyone({ key: 'a' }), exposure({ key: 'b' })] })] });
    const { findings } = run(about, check(), wide);
    expect(
      findings.map(({ check: { id }, subject }) => [id, 'exposure' in subject && subject.exposure.key]),
    ).toEqual([
      ['TST-ADM-001', 'b'],
      ['TST-ADM-002', 'a'],
    ]);
  });

  it.each<['unexplained' | 'partly' | 'explained', readonly string[]]>([
    ['unexplained', ['TST-ADM-002']],
    ['partly', ['TST-ADM-002']],
    ['explained', ['TST-ADM-001', 'TST-ADM-002']],
  ])('of a fact that stays open, by a door that is %s', (status, expected) => {
    expect(ids(withExposures({ anyone: true, status }), fact, wide)).toEqual(expected);
  });

  it('of one explained finding by another leaves one of them', () => {
    expect(ids(withExposures({ anyone: true, status: 'explained' }), check(), wide)).toEqual(['TST-ADM-002']);
  });

  it('reaches through a check that is superseded itself', () => {
    const widest = check({ id: 'TST-ADM-003', supersedes: ['TST-ADM-002'] });
    expect(ids(withExposures({ anyone: true }), check(), wide, widest)).toEqual(['TST-ADM-003']);
  });

  it('does not confuse devices', () => {
    const rules = policy([accessRule({ name: 'same' })]);
    const about = world({
      devices: ['a', 'b'].map((id) => device({ config: config({ id, policies: [rules] }) })),
    });
    const onA = check({
      id: 'TST-RUL-002',
      over: 'access-rule',
      when: 'accessRule.device == "a"',
      supersedes: ['TST-RUL-001'],
    });
    const { findings } = run(about, check({ id: 'TST-RUL-001', over: 'access-rule' }), onA);
    expect(findings.map((each) => [each.check.id, each.device])).toEqual([
      ['TST-RUL-001', 'b'],
      ['TST-RUL-002', 'a'],
    ]);
  });
});

describe('outcomes', () => {
  const outcome = (about: World, ...checks: readonly Check[]): Outcome | undefined => {
    const [first] = checks;
    return run(about, ...checks).outcomes.get('fw-paris-1')?.[first?.id ?? ''];
  };

  it('fail when something is open', () => {
    expect(outcome(withExposures({}), check())).toBe('fail');
    expect(outcome(withExposures({ status: 'partly' }), check())).toBe('fail');
  });

  it('fail when another check tells it', () => {
    expect(
      outcome(withExposures({}), check(), check({ id: 'TST-ADM-002', supersedes: ['TST-ADM-001'] })),
    ).toBe('fail');
  });

  it('pass when nothing is found, or all is explained', () => {
    expect(outcome(withExposures(), check())).toBe('pass');
    expect(outcome(withExposures({}), check({ when: 'exposure.anyone' }))).toBe('pass');
    expect(outcome(withExposures({ status: 'explained' }), check())).toBe('pass');
  });

  it('not-applicable on another platform, without an object, and for the register', () => {
    expect(outcome(withExposures({}), check({ platforms: ['fortigate'] }))).toBe('not-applicable');
    expect(outcome(withExposures({}), check({ over: 'tunnel' }))).toBe('not-applicable');
    expect(outcome(withExposures({}), check({ over: 'explanation' }))).toBe('not-applicable');
  });

  it('unknown when the condition cannot be evaluated, unless something was found', () => {
    const broken = check({ when: 'exposure.rules[1] == "x"' });
    expect(outcome(withExposures({}), broken)).toBe('unknown');
    const half = check({ when: 'exposure.anyone || exposure.rules[1] == "x"' });
    expect(outcome(withExposures({}, { anyone: true }), half)).toBe('fail');
  });

  it('unknown when part of the configuration was not understood', () => {
    const incomplete = capture({ diagnostics: [{ code: 'truncated', message: 'm', incomplete: true }] });
    const family = { name: 'f', count: 1, section: 'vpn', location: { file: 'a', line: 1 } } as const;
    const unread = capture({
      coverage: { file: 'a', unit: 'keys', read: 0, ignored: 0, unknown: 1, unknownFamilies: [family] },
    });
    for (const doubtful of [incomplete, unread]) {
      const about = { ...withExposures({}), captures: [doubtful] };
      expect(outcome(about, check({ when: 'exposure.anyone' }))).toBe('unknown');
      expect(outcome(about, check())).toBe('fail');
      expect(outcome(about, check({ over: 'capture', when: 'false' }))).toBe('pass');
    }
  });

  it('not troubled by what does not matter', () => {
    const family = { name: 'f', count: 1, section: 'other', location: { file: 'a', line: 1 } } as const;
    const noise = capture({
      coverage: { file: 'a', unit: 'keys', read: 0, ignored: 0, unknown: 1, unknownFamilies: [family] },
      diagnostics: [{ code: 'duplicate-key', message: 'm', incomplete: false }],
    });
    expect(outcome({ ...withExposures(), captures: [noise] }, check())).toBe('pass');
  });

  it('of a capture are those of every device in it', () => {
    const about = world({
      devices: ['a', 'b', 'c'].map((id) =>
        device({
          config: config({ id, location: { file: id === 'c' ? 'x.exp' : `many.exp#${id}`, line: 1 } }),
        }),
      ),
      captures: [capture({ file: 'many.exp' })],
    });
    const { outcomes, findings } = run(about, check({ over: 'capture', when: 'capture.file == "many.exp"' }));
    expect([...outcomes].map(([id, each]) => [id, each['TST-ADM-001']])).toEqual([
      ['a', 'fail'],
      ['b', 'fail'],
      ['c', 'pass'],
    ]);
    expect(findings.map((each) => each.device)).toEqual([null]);
  });
});

describe('a condition that cannot be evaluated', () => {
  it('is one diagnostic that makes the scan incomplete, and no finding', () => {
    const broken = check({
      when: 'exposure.rules[1] == "x"',
      location: { file: 'rules/mine.yaml', line: 3 },
    });
    const { findings, diagnostics } = run(withExposures({}, {}, {}), broken);
    expect(findings).toEqual([]);
    expect(diagnostics).toEqual([
      {
        code: 'check-failed',
        message:
          'TST-ADM-001 could not be evaluated on 3 of 3: No such key: index out of bounds, index 1 >= size 1',
        location: { file: 'rules/mine.yaml', line: 3 },
        hint: 'correct the condition under "when"',
        incomplete: true,
      },
    ]);
  });

  it('costs no finding of other checks or subjects', () => {
    const broken = check({ when: 'exposure.rules[1] == "x" || exposure.anyone' });
    const { findings, diagnostics } = run(
      withExposures({ anyone: true }, {}),
      broken,
      check({ id: 'TST-ADM-002' }),
    );
    expect(findings.map((each) => each.check.id)).toEqual(['TST-ADM-001', 'TST-ADM-002', 'TST-ADM-002']);
    expect(diagnostics[0]?.message).toMatch(/^TST-ADM-001 could not be evaluated on 1 of 2:/);
  });

  it.each(['exposure.nothing', 'exposure.', 'exposure.party', 'tunnel.enabled'])(
    'is told even when it was never checked: %s',
    (when) => {
      const { findings, diagnostics, outcomes } = run(withExposures({}), check({ when }));
      expect([findings.length, diagnostics.length, diagnostics[0]?.incomplete]).toEqual([0, 1, true]);
      expect(outcomes.get('fw-paris-1')).toEqual({ 'TST-ADM-001': 'unknown' });
    },
  );
});

describe('checks of one platform', () => {
  it('look at its devices and captures only', () => {
    const other = config({ id: 'other', platform: 'fortigate' });
    const about = world({
      devices: [device({ exposures: [exposure()] }), device({ config: other, exposures: [exposure()] })],
    });
    const { findings, outcomes } = run(about, check({ platforms: ['fortigate'] }));
    expect(findings.map((each) => each.device)).toEqual(['other']);
    expect([...outcomes.values()]).toEqual([{ 'TST-ADM-001': 'not-applicable' }, { 'TST-ADM-001': 'fail' }]);
  });
});
