import { describe, expect, it } from 'vitest';
import { evaluateChecks } from '../../src/checks/evaluate.js';
import type { World } from '../../src/checks/world.js';
import type { ReportExplanation } from '../../src/model/audit-report.js';
import type { Diagnostic, UnknownFamily } from '../../src/model/coverage.js';
import { IpSet } from '../../src/sets/ip-set.js';
import {
  AT,
  anyone,
  builtInPack,
  capture,
  contribution,
  device,
  dormant,
  exposure,
  world,
} from './worlds.js';

const whole = builtInPack();

/** The checks of doors, of what was not understood, and of the register; facts have fixtures. */
const ABOUT_DOORS = [
  'FWA-ADM-001 critical sets',
  'FWA-ADM-002 critical sets',
  'FWA-ADM-004 high fact',
  'FWA-ADM-016 medium fact',
  'FWA-ADM-017 high sets',
  'FWA-EXP-001 low no',
  'FWA-NAT-001 critical sets',
  'FWA-PRV-003 medium no',
  'FWA-RUL-004 medium fact',
  'FWA-SWL-001 critical sets',
];
const pack = {
  ...whole,
  checks: whole.checks.filter(({ id }) => ABOUT_DOORS.some((each) => each.startsWith(id))),
};

function doors(...exposures: ReturnType<typeof exposure>[]): World {
  return world({ devices: [device({ exposures })] });
}

function sleeping(fields: Parameters<typeof dormant>[0]): World {
  return world({ devices: [device({ dormant: [dormant(fields)], own: IpSet.of('192.0.2.0/24') })] });
}

function explained(status: ReportExplanation['status']): World {
  const message = 'it ended on 2026-01-01';
  const location = { file: 'fwaudit.yaml', line: 7 };
  const about = { reason: 'on-call support', owner: 'j.dupont', ticket: null };
  const until = '2026-01-01';
  return world({ explanations: [{ id: 'acme-on-call', status, message, ...about, until, location }] });
}

function captured(family: Partial<UnknownFamily> | null, diagnostic: Partial<Diagnostic> | null): World {
  const unknownFamilies =
    family === null
      ? []
      : [
          {
            name: 'policyOddity',
            count: 2,
            section: 'access-rules',
            location: { file: 'a', line: 1 },
            ...family,
          } as const,
        ];
  const coverage = {
    file: 'a',
    unit: 'keys',
    read: 9,
    ignored: 0,
    unknown: unknownFamilies.length,
    unknownFamilies,
  } as const;
  const diagnostics =
    diagnostic === null
      ? []
      : [{ code: 'truncated', message: 'm', incomplete: true, ...diagnostic } as const];
  return world({ captures: [capture({ coverage, diagnostics })] });
}

const service = (id: string) => ({ id, protocol: 'tcp', ports: ['80'] });
const automatic = contribution({
  origin: 'automatic',
  purpose: 'management',
  fromAny: true,
  sources: IpSet.IPV4,
});
const acme = { party: 'acme', thirdParty: true };
const inside = { party: 'private', thirdParty: false, sources: IpSet.of('10.20.30.40') };

/** What is found in a world, as `id: message` or `(explained) id: message`. */
function found(about: World): string[] {
  const { findings, diagnostics } = evaluateChecks(about, pack, AT);
  expect(diagnostics).toEqual([]);
  return findings.map((each) => `${each.explained ? '(explained) ' : ''}${each.check.id}: ${each.message}`);
}

describe('FWA-ADM-001', () => {
  it('finds the Internet on an administration service', () => {
    expect(found(doors(anyone()))).toEqual([
      'FWA-ADM-001: Anyone may reach HTTPS management, tcp/443, on X1 198.51.100.2, from WAN',
    ]);
  });

  it('finds it where the platform lets it in by default, or by its catch-all', () => {
    const catchAll = contribution({ origin: 'implied', purpose: 'catch-all', fromAny: true });
    expect(found(doors(anyone({ contributions: [] })))[0]).toMatch(/^FWA-ADM-001/);
    expect(found(doors(anyone({ contributions: [catchAll] })))[0]).toMatch(/^FWA-ADM-001/);
  });

  it('finds it among automatic rules when one of them is a person’s', () => {
    expect(found(doors(anyone({ contributions: [automatic, contribution({ fromAny: true })] })))[0]).toMatch(
      /^FWA-ADM-001/,
    );
  });

  it.each(['ike', 'ping', 'ssl-vpn', 'user-login', 'http-redirect'])('passes over %s', (id) => {
    expect(found(doors(anyone({ service: service(id) })))).toEqual([]);
  });

  it('leaves a host behind the appliance to another check', () => {
    expect(found(doors(anyone({ target: { ...exposure().target, kind: 'host' } })))).toEqual([
      'FWA-NAT-001: Anyone may reach HTTPS management, tcp/443, on X1 198.51.100.2, from WAN',
    ]);
  });
});

describe('FWA-SWL-001', () => {
  it('finds the automatic rule with source Any, and nothing else there', () => {
    expect(found(doors(anyone({ contributions: [automatic] })))).toEqual([
      'FWA-SWL-001: Anyone may reach HTTPS management, tcp/443, on X1 198.51.100.2, from WAN: the rule that SonicOS made for the ticked box admits any source',
    ]);
  });

  it('finds it when the rule is only implied by the ticked box', () => {
    const implied = { ...automatic, origin: 'implied' } as const;
    expect(found(doors(anyone({ contributions: [implied] })))[0]).toMatch(/^FWA-SWL-001/);
  });

  it('finds it beside a rule for one address, above or below', () => {
    const named = contribution();
    expect(found(doors(anyone({ contributions: [named, automatic] })))[0]).toMatch(/^FWA-SWL-001/);
    expect(found(doors(anyone({ contributions: [automatic, named] })))[0]).toMatch(/^FWA-SWL-001/);
  });

  it('passes over an automatic rule whose source was edited', () => {
    const edited = { ...automatic, fromAny: false };
    expect(found(doors(exposure({ contributions: [edited] })))[0]).toMatch(/^FWA-ADM-002/);
    expect(found(doors(anyone({ contributions: [edited] })))[0]).toMatch(/^FWA-ADM-001/);
  });

  it('shows an explained door once', () => {
    const door = anyone({ contributions: [automatic], status: 'explained', remainder: IpSet.EMPTY });
    expect(found(doors(door))).toEqual([expect.stringMatching(/^\(explained\) FWA-SWL-001/)]);
  });
});

describe('FWA-ADM-002', () => {
  it('finds an undeclared address, and a declared other party', () => {
    const undeclared = exposure({ key: 'a' });
    expect(found(doors(undeclared, exposure({ key: 'b', ...acme })))).toEqual([
      'FWA-ADM-002: 203.0.113.7 (undeclared) may reach HTTPS management, tcp/443, on X1 198.51.100.2, from WAN',
      'FWA-ADM-002: 203.0.113.7 (acme) may reach HTTPS management, tcp/443, on X1 198.51.100.2, from WAN',
    ]);
  });

  it('finds what an explanation leaves over, and says so', () => {
    const sources = IpSet.of('203.0.113.0/24');
    const remainder = sources.subtract(IpSet.of('203.0.113.128/25'));
    expect(found(doors(exposure({ sources, remainder, status: 'partly' })))).toEqual([
      'FWA-ADM-002: 203.0.113.0/25 (undeclared) may reach HTTPS management, tcp/443, on X1 198.51.100.2, from WAN',
    ]);
  });

  it('keeps an explained door in sight', () => {
    expect(found(doors(exposure({ ...acme, status: 'explained', remainder: IpSet.EMPTY })))).toEqual([
      '(explained) FWA-ADM-002: 203.0.113.7 (acme) may reach HTTPS management, tcp/443, on X1 198.51.100.2, from WAN',
    ]);
  });

  it('finds a door whose service the catalogue does not know', () => {
    expect(found(doors(exposure({ service: service('console-proxy') })))[0]).toContain(
      'may reach console-proxy',
    );
  });

  it('passes over the organisation itself', () => {
    expect(found(doors(exposure({ party: 'own', thirdParty: false, status: 'own' })))).toEqual([]);
  });
});

describe('FWA-ADM-004', () => {
  const http = service('http-management');

  it.each(['http-management', 'telnet-management', 'snmp', 'routeros-api'])(
    'finds %s that is explained',
    (id) => {
      const door = exposure({ ...acme, service: service(id), status: 'explained', remainder: IpSet.EMPTY });
      expect(found(doors(door)).map((each) => each.split(':')[0])).toEqual([
        '(explained) FWA-ADM-002',
        'FWA-ADM-004',
      ]);
    },
  );

  it('says which, and what a fact explanation names', () => {
    const door = exposure({ ...acme, service: http, status: 'explained', remainder: IpSet.EMPTY });
    const [, finding] = evaluateChecks(doors(door), pack, AT).findings;
    expect([finding?.message, finding?.factSubject]).toEqual([
      'HTTP management, tcp/80, on X1 198.51.100.2 takes logins in clear text from WAN',
      'WAN 203.0.113.7 > X1 198.51.100.2 > http-management',
    ]);
  });

  it('finds it for private addresses', () => {
    expect(found(doors(exposure({ ...inside, service: http }))).map((each) => each.slice(0, 11))).toEqual([
      'FWA-ADM-004',
      'FWA-ADM-016',
    ]);
  });

  it.each([
    ['FWA-ADM-001', anyone({ service: http })],
    ['FWA-SWL-001', anyone({ service: http, contributions: [automatic] })],
    ['FWA-ADM-002', exposure({ service: http })],
    ['FWA-ADM-002', exposure({ service: http, status: 'partly' })],
  ])('leaves an open door to %s', (id, door) => {
    expect(found(doors(door)).map((each) => each.slice(0, 11))).toEqual([id]);
  });

  it.each(['http-redirect', 'https-management', 'ssh-management'])('passes over %s', (id) => {
    const door = exposure({ ...acme, service: service(id), status: 'explained', remainder: IpSet.EMPTY });
    expect(found(doors(door)).some((each) => each.startsWith('FWA-ADM-004'))).toBe(false);
  });
});

describe('FWA-ADM-016', () => {
  it('finds private addresses on the outside', () => {
    expect(found(doors(exposure(inside)))).toEqual([
      'FWA-ADM-016: 10.20.30.40 may reach HTTPS management, tcp/443, on X1 198.51.100.2, from WAN: private addresses on the outside',
    ]);
  });

  it('passes over services that administer nothing', () => {
    expect(found(doors(exposure({ ...inside, service: service('ping') })))).toEqual([]);
  });
});

describe('FWA-RUL-004', () => {
  it.each([
    ['a disabled rule for an outsider', {}],
    ['an empty group', { sources: IpSet.EMPTY, reasons: ['empty-source'] }],
    ['Any on an interface without address', { sources: IpSet.ALL, fromAny: true, reasons: ['no-address'] }],
  ] as const)('finds %s', (_, fields) => {
    expect(found(sleeping(fields))).toEqual([
      `FWA-RUL-004: WAN to WAN 13 would open HTTPS management, tcp/443, on X1 198.51.100.2 to WAN; it sleeps for now: ${(fields as { reasons?: readonly string[] }).reasons?.join(', ') ?? 'disabled'}`,
    ]);
  });

  it.each([
    ['a disabled rule for the organisation itself', { sources: IpSet.of('192.0.2.9') }],
    ['a disabled rule for private addresses', { sources: IpSet.of('10.0.0.1') }],
    ['a service that administers nothing', { service: service('ping') }],
  ])('passes over %s', (_, fields) => {
    expect(found(sleeping(fields))).toEqual([]);
  });
});

describe('FWA-PRV-003', () => {
  it('finds a key that nobody knows, and a file that is cut short', () => {
    expect(found(captured({}, null))).toEqual([
      'FWA-PRV-003: Not everything in fw-paris-1.exp that decides who gets in was understood: policyOddity (2 keys)',
    ]);
    expect(found(captured({}, {}))).toEqual([
      'FWA-PRV-003: Not everything in fw-paris-1.exp that decides who gets in was understood: policyOddity (2 keys), truncated',
    ]);
    expect(found(captured(null, {}))).toHaveLength(1);
  });

  it('belongs to the device of the capture', () => {
    const { findings } = evaluateChecks(captured(null, {}), pack, AT);
    expect(findings.map((each) => each.device)).toEqual(['fw-paris-1']);
  });

  it('passes over what decides nothing', () => {
    expect(found(captured({ section: 'other' }, null))).toEqual([]);
    expect(found(captured(null, { code: 'duplicate-key', incomplete: false }))).toEqual([]);
  });

  it('leaves an input that nobody recognised to its diagnostic', () => {
    const diagnostic = { code: 'unrecognised-input', message: 'm', incomplete: true } as const;
    const about = world({
      devices: [],
      captures: [capture({ platform: null, coverage: null, diagnostics: [diagnostic] })],
    });
    expect(found(about)).toEqual([]);
  });
});

describe('FWA-EXP-001', () => {
  it.each(['expired', 'stale', 'too-wide', 'too-long', 'incomplete'] as const)(
    'finds one that is %s',
    (status) => {
      expect(found(explained(status))).toEqual([
        `FWA-EXP-001: Explanation acme-on-call (${status}): it ended on 2026-01-01`,
      ]);
    },
  );

  it.each(['used', 'not-yet-valid', 'not-audited'] as const)('passes over one that is %s', (status) => {
    expect(found(explained(status))).toEqual([]);
  });

  it('stands in the register', () => {
    const [finding] = evaluateChecks(explained('stale'), pack, AT).findings;
    expect([finding?.device, finding?.locations]).toEqual([null, [{ file: 'fwaudit.yaml', line: 7 }]]);
  });
});

describe('the built-in checks', () => {
  it('are these', () => {
    expect(pack.checks.map(({ id, severity, explainable }) => `${id} ${severity} ${explainable}`)).toEqual(
      ABOUT_DOORS,
    );
  });

  it('are many', () => {
    expect(whole.checks.length).toBeGreaterThanOrEqual(70);
  });

  it.each(whole.checks.map((check) => ({ id: check.id, check })))(
    '$id speaks English and French',
    ({ check }) => {
      const { en, fr, ...platformFixes } = check.fix;
      const { severityReason } = check;
      expect(severityReason).toBeTypeOf('object');
      const reason = typeof severityReason === 'string' ? { en: severityReason } : severityReason;
      for (const texts of [check.title, check.message, check.why, check.fix, reason]) {
        expect(texts.fr).toBeTruthy();
        expect(texts.fr).not.toBe(texts.en);
      }
      // Of menus and commands alone, both may be the same.
      for (const fix of Object.values(platformFixes)) expect(fix).toHaveProperty('fr', expect.any(String));
    },
  );

  it('name services in both languages', () => {
    for (const { id, name } of whole.services) {
      expect([id, name.en, name.fr]).toEqual([id, expect.any(String), expect.any(String)]);
    }
  });

  it.each(whole.checks.map((check) => ({ id: check.id, check })))(
    '$id stands in a file of its name',
    ({ id, check }) => {
      expect(check.location.file).toBe(`rules/${id}.yaml`);
    },
  );

  it('find nothing in a device without doors, and pass', () => {
    const { findings, outcomes } = evaluateChecks(world(), pack, AT);
    expect(findings).toEqual([]);
    const { 'FWA-EXP-001': register, ...others } = outcomes.get('fw-paris-1') ?? {};
    expect([register, ...new Set(Object.values(others))]).toEqual(['not-applicable', 'pass']);
  });

  it('give the same answers from JSON', () => {
    const about = doors(anyone(), exposure({ key: 'b' }));
    const shipped = JSON.parse(JSON.stringify(pack)) as typeof pack;
    expect(shipped).toEqual(pack);
    expect(evaluateChecks(about, shipped, AT)).toEqual(evaluateChecks(about, pack, AT));
  });
});
