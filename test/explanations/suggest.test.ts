import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainExposure, explainFact } from '../../src/explanations/explain.js';
import { suggestAccess, suggestFact } from '../../src/explanations/suggest.js';
import type { Register } from '../../src/model/explanation.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { DMZ, namedContribution, WAN, X1 } from '../parties/build.js';
import { exposureOf, load } from './build.js';

const AT = '2026-11-22';
const NOBODY = load('');
const ACME = 'parties: [{ id: acme, name: ACME, role: reseller, networks: [203.0.113.0/24] }]\n';

/** What a person does with a suggestion: paste it and answer every question. */
function pasted(suggestion: string | null, head = ''): Register {
  if (suggestion === null) throw new Error('nothing was suggested');
  const filled = suggestion
    .replace('<id of a party declared under parties>', 'acme')
    .replace(/<[a-z][^>"]*>$/gm, 'J. Dupont');
  return load(`${head}explanations:\n${filled}`);
}

describe('the lines that explain a door', () => {
  it.each(['10.20.30.5', '10.20.30.0/24', '0.0.0.0/0', '::/0', '0.0.0.0/0 2001:db8::/32'])(
    'explain %s from a zone of one’s own, in few words',
    (sources) => {
      const exposure = exposureOf(sources, NOBODY, { entry: DMZ });
      const suggestion = suggestAccess(exposure, AT);
      expect(suggestion).toContain(
        `      sources: [${sources.replace(' ', ', ').replaceAll(/[0-9a-f:]*::[^,]*/g, '"$&"')}]`,
      );
      expect(explainExposure(exposure, pasted(suggestion), AT).status).toBe('explained');
    },
  );

  it.each([
    ['Support.Vendor.Example', 'support.vendor.example'],
    ['*.vendor.example', '"*.vendor.example"'],
  ])('name whoever holds %s', (domain, source) => {
    const exposure = exposureOf(IpSet.ALL, NOBODY, { contributions: [namedContribution(domain)] });
    const suggestion = suggestAccess(exposure, AT);
    expect(suggestion).toContain(`      sources: [${source}]\n`);
    expect(explainExposure(exposure, pasted(suggestion), AT).status).toBe('explained');
  });

  it('are none for a name that is no domain name', () => {
    const exposure = exposureOf(IpSet.ALL, NOBODY, { contributions: [namedContribution('ven dor')] });
    expect(suggestAccess(exposure, AT)).toBeNull();
  });

  it('are few', () => {
    const exposure = exposureOf('203.0.113.7', NOBODY);
    expect(suggestAccess(exposure, AT)).toBe(`  - id: https-management-c3b5569c
    # party: <its id, once it is declared under parties>
    devices: [fw-paris-1]
    access:
      via: [WAN]
      sources: [203.0.113.7]
      targets: [self]
      services: [https-management]
    reason: <why they need it>
    owner: <who answers for it>
    until: 2027-05-22
`);
  });

  it('name a declared party, many networks one a line, and what YAML would misread in quotes', () => {
    const register = load(ACME);
    const sources = '203.0.113.1 203.0.113.3 203.0.113.5 203.0.113.7 203.0.113.16/28';
    const exposure = exposureOf(sources, register, {
      device: 'fw: "paris"',
      entry: { ...WAN, name: 'on' },
      target: { ...X1, kind: 'host', addresses: IpSet.of('2001:db8::7', '192.0.2.8/31') },
    });
    expect(suggestAccess(exposure, AT)?.replace(/-[0-9a-f]{8}$/m, '-ID')).toBe(`  - id: https-management-ID
    party: acme
    devices: ["fw: \\"paris\\""]
    access:
      via: ["on"]
      sources:
        - 203.0.113.1
        - 203.0.113.3
        - 203.0.113.5
        - 203.0.113.7
        - 203.0.113.16/28
      targets: [192.0.2.8/31, "2001:db8::7"]
      services: [https-management]
    reason: <why they need it>
    owner: <who answers for it>
    until: 2027-05-22
`);
  });

  it('do not load before somebody has answered', () => {
    const suggestion = suggestAccess(exposureOf('203.0.113.7', NOBODY), AT);
    expect(() => load(`explanations:\n${suggestion}`)).toThrow(
      '"<why they need it>" is a placeholder: fill it in',
    );
  });

  it('keep to the policy of the register', () => {
    const head = `policy: { max-lifetime: 30d, require: [owner, ticket, party] }\n${ACME}`;
    const { policy } = load(head);
    const exposure = exposureOf('203.0.113.7', NOBODY);
    const suggestion = suggestAccess(exposure, AT, { policy });
    expect(suggestion).toContain('until: 2026-12-22\n');
    expect(explainExposure(exposure, pasted(suggestion, head), AT).status).toBe('explained');
  });

  it('may be for the rest of a door', () => {
    const exposure = exposureOf('203.0.113.0/24', NOBODY);
    const remainder = IpSet.of('203.0.113.9');
    const register = pasted(suggestAccess(exposure, AT, { remainder }));
    expect(explainExposure(exposure, register, AT)).toMatchObject({ status: 'partly' });
    expect(suggestAccess(exposure, AT, { remainder: IpSet.EMPTY })).toBeNull();
  });

  it('have an id of their own for another set and another day', () => {
    const exposure = exposureOf('203.0.113.0/24', NOBODY);
    const ids = [
      suggestAccess(exposure, AT),
      suggestAccess(exposure, '2026-11-23'),
      suggestAccess(exposure, AT, { remainder: IpSet.of('203.0.113.9') }),
    ].map((text) => text?.split('\n')[0]);
    expect(new Set(ids).size).toBe(3);
    expect(suggestAccess(exposure, AT)?.split('\n')[0]).toBe(ids[0]);
  });

  it.each([
    ['anyone', exposureOf('0.0.0.0/0', NOBODY)],
    ['a network that the policy finds too wide', exposureOf('203.0.112.0/23', NOBODY)],
    [
      'a host without an address',
      exposureOf('203.0.113.7', NOBODY, { target: { ...X1, kind: 'host', addresses: IpSet.EMPTY } }),
    ],
    [
      'a host whose address may change',
      exposureOf('203.0.113.7', NOBODY, { target: { ...X1, kind: 'host', dynamic: 'DHCP' } }),
    ],
    ['a device without a name', exposureOf('203.0.113.7', NOBODY, { device: ' ' })],
  ])('are not printed for %s, which nothing could explain', (_, exposure) => {
    expect(suggestAccess(exposure, AT)).toBeNull();
  });

  it('never widen to all devices because one calls itself *', () => {
    const exposure = exposureOf('203.0.113.7', NOBODY, { device: '*' });
    const register = pasted(suggestAccess(exposure, AT));
    expect(explainExposure(exposure, register, AT).status).toBe('explained');
    expect(explainExposure(exposureOf('203.0.113.7', NOBODY), register, AT).status).toBe('unexplained');
  });

  it('hold nothing that a terminal obeys', () => {
    const exposure = exposureOf('203.0.113.7', NOBODY, { device: 'a\u001b[31m\u009b\u202eb' });
    expect(suggestAccess(exposure, AT)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('for any names and sets', () => {
  const name = fc
    .oneof(
      fc.string({ minLength: 1, maxLength: 12 }),
      fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
      fc.constantFrom(
        'null',
        'yes',
        '~',
        '- a',
        '#x',
        'a: b',
        '<x>',
        '*',
        '&a',
        '!t',
        '1e3',
        '0x1',
        '2026-01-01',
        '::',
        '@',
        '%Y',
      ),
    )
    .filter((text) => text.trim() !== '');
  const network = fc.oneof(
    fc.integer({ min: 0, max: 255 }).map((host) => `203.0.113.${host}`),
    fc.integer({ min: 0, max: 15 }).map((part) => `203.0.113.${part * 16}/28`),
    fc.integer({ min: 0, max: 65_535 }).map((part) => `2001:db8::${part.toString(16)}`),
  );
  const sources = fc.array(network, { minLength: 1, maxLength: 12 }).map((all) => IpSet.of(...all));

  it('the lines for a door load, and explain it whole', () => {
    fc.assert(
      fc.property(sources, name, name, fc.boolean(), fc.boolean(), (set, device, via, self, declared) => {
        const head = declared ? `${ACME.replace('203.0.113.0/24', '203.0.113.0/24, "2001:db8::/64"')}` : '';
        const exposure = exposureOf(set, load(head), {
          device,
          entry: { ...WAN, name: via },
          target: { ...X1, kind: self ? 'self' : 'host' },
        });
        const register = pasted(suggestAccess(exposure, AT), head);
        expect(explainExposure(exposure, register, AT)).toMatchObject({ status: 'explained', lapsed: [] });
      }),
      { numRuns: 300 },
    );
  });

  it('the lines for a fact load, and explain it', () => {
    fc.assert(
      fc.property(name, name, (subject, device) => {
        const register = pasted(suggestFact('FWA-VPN-001', subject, device, AT));
        expect(explainFact('FWA-VPN-001', subject, device, register, AT).explainedBy).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the lines that explain a fact', () => {
  it('are few', () => {
    expect(
      suggestFact('FWA-VPN-001', '203.0.113.40', 'fw-paris-1', AT)?.replace(/-[0-9a-f]{8}$/m, '-ID'),
    ).toBe(
      `  - id: fwa-vpn-001-ID
    devices: [fw-paris-1]
    fact:
      check: FWA-VPN-001
      subject: "203.0.113.40"
    reason: <why they need it>
    owner: <who answers for it>
    until: 2027-05-22
`,
    );
  });

  it('are not printed for what has no name', () => {
    expect(suggestFact('FWA-VPN-001', ' ', 'fw-paris-1', AT)).toBeNull();
    expect(suggestFact('FWA-VPN-001', 's', '', AT)).toBeNull();
  });
});
