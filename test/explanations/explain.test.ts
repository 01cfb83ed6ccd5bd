import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRegister } from '../../src/explanations/empty-register.js';
import type { Explained } from '../../src/explanations/explain.js';
import { explainExposure, explainFact } from '../../src/explanations/explain.js';
import type { Register } from '../../src/model/explanation.js';
import type { Reach } from '../../src/model/exposure.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { DMZ, namedContribution, WAN, X1 } from '../parties/build.js';
import { exposureOf, load } from './build.js';

const AT = '2026-06-15';

interface Written {
  readonly id?: string;
  readonly devices?: string;
  readonly via?: string;
  readonly sources?: string;
  readonly targets?: string;
  readonly services?: string;
  readonly until?: string;
  readonly more?: string;
}

function access(written: Written = {}): string {
  const { id = 'on-call', devices = 'fw-paris-*', via = 'WAN', sources = '203.0.113.7' } = written;
  const { targets = 'self', services = 'https-management', until = '2026-12-31', more = '' } = written;
  return `  - id: ${id}
    devices: [${devices}]
    access: { via: [${via}], sources: [${sources}], targets: [${targets}], services: [${services}] }
    reason: On call
    until: ${until}
${more}`;
}

function registerOf(explanations: readonly string[], head = ''): Register {
  return load(`${head}explanations:\n${explanations.join('')}`);
}

function explain(sources: string, register: Register, changes: Partial<Reach> = {}, at = AT): Explained {
  return explainExposure(exposureOf(sources, register, changes), register, at);
}

function brief(explained: Explained): unknown {
  return { ...explained, remainder: explained.remainder.toCidrs() };
}

describe('an explanation of a door', () => {
  it('covers its sources', () => {
    expect(brief(explain('203.0.113.7', registerOf([access()])))).toEqual({
      status: 'explained',
      remainder: [],
      explainedBy: ['on-call'],
      lapsed: [],
    });
  });

  it.each([
    ['Support.Vendor.Example', 'explained'],
    ['"*.vendor.example"', 'unexplained'],
    ['203.0.113.7', 'partly'],
  ])('that names %s leaves whoever holds support.vendor.example %s', (sources, status) => {
    const contributions = [namedContribution('support.vendor.example')];
    const exposure = exposureOf(IpSet.IPV4, emptyRegister(), { contributions });
    expect(explainExposure(exposure, registerOf([access({ sources })]), AT).status).toBe(status);
  });

  it('leaves 255 addresses of a /24', () => {
    const explained = explain('203.0.113.0/24', registerOf([access()]));
    expect(explained.status).toBe('partly');
    expect(explained.remainder.size().ipv4).toBe(255);
    expect(explained.remainder.toCidrs()).toEqual([
      '203.0.113.0/30',
      '203.0.113.4/31',
      '203.0.113.6/32',
      '203.0.113.8/29',
      '203.0.113.16/28',
      '203.0.113.32/27',
      '203.0.113.64/26',
      '203.0.113.128/25',
    ]);
  });

  it('adds up with others', () => {
    const register = registerOf([
      access({ id: 'a', sources: '203.0.113.0/25' }),
      access({ id: 'b', sources: '203.0.113.128/25' }),
      access({ id: 'c', sources: '192.0.2.1' }),
    ]);
    expect(brief(explain('203.0.113.0/24', register))).toMatchObject({
      status: 'explained',
      explainedBy: ['a', 'b'],
    });
  });

  it.each<[string, Written, Partial<Reach>]>([
    ['another device', { devices: 'fw-lyon-*' }, {}],
    ['another entry', { via: 'vpn-lyon' }, {}],
    ['another service', { services: 'ssh-management' }, {}],
    ['another source', { sources: '203.0.113.8' }, {}],
    ['another target', { targets: '198.51.100.3' }, {}],
    [
      'part of a target',
      { targets: '198.51.100.2' },
      { target: { ...X1, addresses: IpSet.of('198.51.100.2/31') } },
    ],
    ['an address that may change', { targets: '198.51.100.2' }, { target: { ...X1, dynamic: 'DHCP' } }],
    [
      'an address that nobody knows',
      { targets: '198.51.100.2' },
      { target: { ...X1, addresses: IpSet.EMPTY } },
    ],
    ['a host behind the appliance', {}, { target: { ...X1, kind: 'host' } }],
  ])('says nothing of %s', (_, written, changes) => {
    expect(brief(explain('203.0.113.7', registerOf([access(written)]), changes))).toEqual({
      status: 'unexplained',
      remainder: ['203.0.113.7/32'],
      explainedBy: [],
      lapsed: [],
    });
  });

  it.each<[string, Written, Partial<Reach>]>([
    ['one of several devices', { devices: 'x, fw-?aris-1' }, {}],
    ['one of several entries', { via: 'LAN, WAN' }, {}],
    ['one of several services', { services: 'snmp, https-management' }, {}],
    ['the address of the appliance', { targets: '198.51.100.0/24' }, {}],
    ['the appliance by DHCP', {}, { target: { ...X1, dynamic: 'DHCP', addresses: IpSet.EMPTY } }],
    ['a host by its address', { targets: 'self, 198.51.100.2' }, { target: { ...X1, kind: 'host' } }],
  ])('may name %s', (_, written, changes) => {
    expect(explain('203.0.113.7', registerOf([access(written)]), changes).status).toBe('explained');
  });

  it('by a tunnel does not explain the same addresses on WAN, nor the other way round', () => {
    const tunnel = { ...WAN, kind: 'tunnel' as const, name: 'vpn-lyon' };
    const register = registerOf([access({ id: 'lyon', via: 'vpn-lyon', sources: '10.0.0.0/24' })]);
    expect(explain('10.0.0.0/24', register).status).toBe('unexplained');
    expect(explain('10.0.0.0/24', register, { entry: tunnel }).status).toBe('explained');
    const wan = registerOf([access({ sources: '10.0.0.0/24' })]);
    expect(explain('10.0.0.0/24', wan, { entry: tunnel }).status).toBe('unexplained');
  });
});

describe('an explanation by a zone of one’s own', () => {
  it('may be for all of the zone, however wide, and is none for WAN', () => {
    const register = registerOf([access({ via: 'DMZ', sources: '10.20.30.0/24' })]);
    expect(explain('10.20.30.0/24', register, { entry: DMZ }).status).toBe('explained');
    expect(explain('10.20.30.0/24', register).status).toBe('unexplained');
    const left = explain('10.20.30.0/23', register, { entry: DMZ });
    expect(brief(left)).toMatchObject({ status: 'partly', remainder: ['10.20.31.0/24'] });
  });
});

describe('a party', () => {
  const acme = 'parties: [{ id: acme, name: ACME, role: reseller, networks: [203.0.113.0/28] }]\n';
  const ofAcme = (sources: string, via = 'WAN'): Register =>
    registerOf([access({ sources, via, more: '    party: acme\n' })], acme);

  it('answers for its own networks only', () => {
    expect(explain('203.0.113.7', ofAcme('203.0.113.0/24')).status).toBe('explained');
    expect(explain('203.0.113.99', ofAcme('203.0.113.0/24')).status).toBe('unexplained');
  });

  it('answers for whatever comes out of its tunnel', () => {
    const entry = { ...WAN, kind: 'tunnel' as const, name: 'vpn-acme' };
    expect(explain('10.9.0.1', ofAcme('10.9.0.1', 'vpn-acme'), { entry }).status).toBe('explained');
  });
});

describe('the day', () => {
  it.each([
    ['2026-12-31', 'explained', []],
    ['2027-01-01', 'unexplained', [{ explanation: 'on-call', why: 'expired on 2026-12-31' }]],
    ['2026-02-01', 'explained', []],
    ['2026-01-31', 'unexplained', [{ explanation: 'on-call', why: 'is not valid before 2026-02-01' }]],
  ])('on %s: %s', (at, status, lapsed) => {
    const register = registerOf([access({ more: '    from: 2026-02-01\n' })]);
    expect(explain('203.0.113.7', register, {}, at)).toMatchObject({ status, lapsed });
  });

  it('an expired explanation is no news once another one covers the same', () => {
    const register = registerOf([access({ id: 'old', until: '2026-01-31' }), access({ id: 'new' })]);
    expect(brief(explain('203.0.113.7', register))).toMatchObject({ explainedBy: ['new'], lapsed: [] });
    const { lapsed } = explain('203.0.113.8', register);
    expect(lapsed).toEqual([]);
  });
});

describe('the policy', () => {
  it.each([
    [
      'policy: { max-lifetime: 30d }\n',
      {},
      'lasts 199 days from today to 2026-12-31, and the policy allows 30',
    ],
    [
      'policy: { max-lifetime: 100d }\n',
      { more: '    from: 2026-06-01\n' },
      'lasts 213 days from 2026-06-01 to 2026-12-31, and the policy allows 100',
    ],
    [
      '',
      { sources: '203.0.112.0/23' },
      'names 203.0.112.0/23, and the policy allows nothing wider than a /24',
    ],
    [
      '',
      { sources: '203.0.112.0/24, 203.0.113.0/24' },
      'names 203.0.112.0/23, and the policy allows nothing wider than a /24',
    ],
    [
      'policy: { max-prefix: { ipv4: 32 } }\n',
      { sources: '203.0.113.6/31' },
      'names 203.0.113.6/31, and the policy allows nothing wider than a /32',
    ],
    ['policy: { require: [owner, ticket] }\n', {}, 'has no owner and no ticket, which the policy requires'],
    ['policy: { require: [party] }\n', {}, 'has no party, which the policy requires'],
    [
      'policy: { require: [owner], max-lifetime: 30d }\n',
      { until: '2026-05-01' },
      'expired on 2026-05-01; has no owner, which the policy requires',
    ],
  ])('%s%j: %s', (head, written, why) => {
    expect(brief(explain('203.0.113.7', registerOf([access(written)], head)))).toEqual({
      status: 'unexplained',
      remainder: ['203.0.113.7/32'],
      explainedBy: [],
      lapsed: [{ explanation: 'on-call', why }],
    });
  });

  it.each([
    ['policy: { max-lifetime: 199d }\n', {}],
    ['policy: { max-prefix: { ipv4: 31 } }\n', { sources: '203.0.113.6/31' }],
    ['policy: { require: [owner, ticket] }\n', { more: '    owner: j.dupont\n    ticket: NET-1\n' }],
  ])('%s%j is within it', (head, written) => {
    expect(explain('203.0.113.7', registerOf([access(written)], head)).status).toBe('explained');
  });

  it('counts IPv6 by its own length', () => {
    const register = registerOf([access({ sources: '"2001:db8::/47"' })]);
    const { lapsed } = explain('2001:db8::7', register);
    expect(lapsed[0]?.why).toBe('names 2001:db8::/47, and the policy allows nothing wider than a /48');
  });
});

describe('own and anyone', () => {
  const head = 'organisation: { networks: [192.0.2.0/24] }\n';

  it('the organisation needs no explanation', () => {
    expect(brief(explain('192.0.2.7', registerOf([access()], head)))).toEqual({
      status: 'own',
      remainder: [],
      explainedBy: [],
      lapsed: [],
    });
  });

  it('the organisation is no part of what remains of anyone', () => {
    const { status, remainder } = explain('0.0.0.0/0', registerOf([access({ via: 'LAN' })], head));
    expect(status).toBe('unexplained');
    expect(remainder.overlaps(IpSet.of('192.0.2.0/24'))).toBe(false);
    expect(remainder.overlaps(IpSet.of('203.0.113.7'))).toBe(true);
  });

  it('an explanation takes its addresses out of anyone', () => {
    const { status, remainder, explainedBy } = explain('0.0.0.0/0', registerOf([access()], head));
    expect([status, explainedBy]).toEqual(['partly', ['on-call']]);
    expect(remainder.overlaps(IpSet.of('203.0.113.7'))).toBe(false);
    expect(remainder.contains(IpSet.of('203.0.113.8'))).toBe(true);
  });
});

describe('an explanation of a fact', () => {
  const register = registerOf([
    '  - { id: lyon, devices: [fw-paris-*], reason: r, until: 2026-12-31, fact: { check: FWA-VPN-001, subject: "203.0.113.40" } }\n',
    '  - { id: nice, devices: [fw-paris-*], reason: r, until: 2026-05-31, fact: { check: FWA-VPN-001, subject: "203.0.113.50" } }\n',
  ]);

  it.each([
    ['FWA-VPN-001', '203.0.113.40', 'fw-paris-1', ['lyon']],
    ['FWA-VPN-001', '203.0.113.4', 'fw-paris-1', []],
    ['FWA-VPN-001', '203.0.113.40 ', 'fw-paris-1', []],
    ['FWA-VPN-002', '203.0.113.40', 'fw-paris-1', []],
    ['FWA-VPN-001', '203.0.113.40', 'fw-lyon-1', []],
  ])('%s about %j on %s: %j', (check, subject, device, explainedBy) => {
    expect(explainFact(check, subject, device, register, AT)).toEqual({ explainedBy, lapsed: [] });
  });

  it('lapses like any other', () => {
    expect(explainFact('FWA-VPN-001', '203.0.113.50', 'fw-paris-1', register, AT)).toEqual({
      explainedBy: [],
      lapsed: [{ explanation: 'nice', why: 'expired on 2026-05-31' }],
    });
  });
});

describe('for any door and any register', () => {
  const hosts = fc.uniqueArray(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 16 });
  const written = fc.record({
    hosts,
    via: fc.constantFrom('WAN', 'LAN'),
    service: fc.constantFrom('https-management', 'snmp'),
    device: fc.constantFrom('fw-*', 'fw-paris-?', 'other'),
    until: fc.constantFrom('2026-06-14', '2026-06-15', '2026-12-31', '2029-01-01'),
  });
  const address = (host: number): string => `203.0.113.${host}`;

  it('what remains is the sources without those of valid explanations, one by one', () => {
    fc.assert(
      fc.property(hosts, fc.array(written, { minLength: 1, maxLength: 4 }), (sources, all) => {
        const register = registerOf(
          all.map((each, index) =>
            access({
              id: `e${index}`,
              sources: each.hosts.map(address).join(', '),
              via: each.via,
              services: each.service,
              devices: each.device,
              until: each.until,
            }),
          ),
        );
        const valid = all.filter(
          (each) =>
            each.via === 'WAN' &&
            each.service === 'https-management' &&
            each.device !== 'other' &&
            ['2026-06-15', '2026-12-31'].includes(each.until),
        );
        const left = sources.filter((host) => !valid.some((each) => each.hosts.includes(host)));
        const explained = explain(sources.map(address).join(' '), register);
        const expected = Array.from({ length: 16 }, (_, host) => left.includes(host));
        const actual = expected.map((_, host) => explained.remainder.overlaps(IpSet.of(address(host))));
        expect(actual).toEqual(expected);
        expect(explained.remainder.size().ipv4).toBe(left.length);
        const status =
          left.length === 0 ? 'explained' : left.length < sources.length ? 'partly' : 'unexplained';
        expect(explained.status).toBe(status);
      }),
      { numRuns: 150 },
    );
  });
});
