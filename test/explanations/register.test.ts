import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/explanations/empty-register.js';
import { emptyRegister, loadRegister } from '../../src/explanations/register.js';
import schema from '../../src/explanations/register.schema.json' with { type: 'json' };
import { load, problemsOf } from './build.js';

const COMPLETE = `organisation: { name: Exemple SA, networks: [192.0.2.0/24, "2001:db8::/32"] }
parties:
  - { id: acme, name: ACME Intégration SARL, role: reseller, networks: [203.0.113.0/28], contract: C-2024-17, contact: noc@acme.example }
explanations:
  - id: acme-on-call
    party: acme
    devices: [fw-paris-*]
    access: { via: [WAN], sources: [203.0.113.7], targets: [self, 198.51.100.2], services: [https-management] }
    reason: On-call support, contract C-2024-17 §4
    owner: j.dupont
    ticket: NET-42
    from: 2026-01-01
    until: 2026-12-31
  - id: paris-lyon
    devices: [fw-paris-*]
    fact: { check: FWA-VPN-001, subject: "203.0.113.40" }
    reason: Site-to-site with the Lyon office
    until: 2027-06-30
zones:
  fw-paris-*: { X3: untrusted, X4: trusted }
  "2": { 1: trusted }
accept-limits: [sonicwall-cli-hides-automatic-rules]
policy: { max-lifetime: 90d, max-prefix: { ipv4: 28, ipv6: 64 }, require: [owner, ticket] }
`;

/** A register with one explanation, whose \`access\` and other lines are given. */
function explained(access: string, more = ''): string {
  return `explanations:
  - id: e1
    devices: ["*"]
    reason: On call
    until: 2026-12-31
    access: ${access}
${more}`;
}

const ACCESS = '{ via: [WAN], sources: [203.0.113.7], targets: [self], services: [https-management] }';

describe('a register', () => {
  it('is read whole', () => {
    const register = load(COMPLETE);
    expect(JSON.parse(JSON.stringify(register))).toEqual({
      file: 'fwaudit.yaml',
      organisation: { name: 'Exemple SA', networks: ['192.0.2.0/24', '2001:db8::/32'] },
      parties: [
        {
          id: 'acme',
          name: 'ACME Intégration SARL',
          role: 'reseller',
          networks: ['203.0.113.0/28'],
          contract: 'C-2024-17',
          contact: 'noc@acme.example',
          location: { file: 'fwaudit.yaml', line: 3 },
        },
      ],
      explanations: [
        {
          kind: 'access',
          id: 'acme-on-call',
          party: 'acme',
          devices: ['fw-paris-*'],
          via: ['WAN'],
          sources: ['203.0.113.7/32'],
          domains: [],
          targets: { self: true, addresses: ['198.51.100.2/32'] },
          services: ['https-management'],
          reason: 'On-call support, contract C-2024-17 §4',
          owner: 'j.dupont',
          ticket: 'NET-42',
          from: '2026-01-01',
          until: '2026-12-31',
          location: { file: 'fwaudit.yaml', line: 5 },
        },
        {
          kind: 'fact',
          id: 'paris-lyon',
          party: null,
          devices: ['fw-paris-*'],
          check: 'FWA-VPN-001',
          subject: '203.0.113.40',
          reason: 'Site-to-site with the Lyon office',
          owner: null,
          ticket: null,
          from: null,
          until: '2027-06-30',
          location: { file: 'fwaudit.yaml', line: 14 },
        },
      ],
      zones: [
        {
          devices: 'fw-paris-*',
          zone: 'X3',
          role: 'untrusted',
          location: { file: 'fwaudit.yaml', line: 20 },
        },
        { devices: 'fw-paris-*', zone: 'X4', role: 'trusted', location: { file: 'fwaudit.yaml', line: 20 } },
        { devices: '2', zone: '1', role: 'trusted', location: { file: 'fwaudit.yaml', line: 21 } },
      ],
      acceptLimits: ['sonicwall-cli-hides-automatic-rules'],
      policy: { maxLifetimeDays: 90, maxPrefix: { ipv4: 28, ipv6: 64 }, require: ['owner', 'ticket'] },
    });
  });

  it('takes domain names among the sources, however they are written', () => {
    const names = '[203.0.113.7, Support.Vendor.Example., "*.vendor.example", xn--mgbh0fb.xn--kgbechtv]';
    const access = ACCESS.replace('[203.0.113.7]', names);
    expect(load(explained(access)).explanations).toMatchObject([
      { domains: ['support.vendor.example', '*.vendor.example', 'xn--mgbh0fb.xn--kgbechtv'] },
    ]);
  });

  it.each(['vendor', '203.0.113.x', '1.2.3', 'a..example', 'vendor.example/24'])(
    'takes %j for no domain name',
    (text) => {
      const access = ACCESS.replace('[203.0.113.7]', `["${text}"]`);
      expect(problemsOf(explained(access))).toEqual([`6:37: "${text}" is not an IP address or network`]);
    },
  );

  it.each(['', '# nothing yet\n', '---\n', '{}'])('may be empty: %j', (text) => {
    expect(load(text)).toEqual({ ...emptyRegister(), file: 'fwaudit.yaml' });
  });

  it('has a policy where it states none, the one that its schema documents', () => {
    const { policy } = schema.definitions;
    expect(DEFAULT_POLICY).toEqual({ maxLifetimeDays: 366, maxPrefix: { ipv4: 24, ipv6: 48 }, require: [] });
    expect(policy.properties['max-lifetime'].default).toBe('366d');
    expect(policy.properties['max-prefix'].properties.ipv4.default).toBe(24);
    expect(policy.properties['max-prefix'].properties.ipv6.default).toBe(48);
    expect(policy.properties.require.default).toEqual([]);
    expect(load('policy: { max-prefix: { ipv4: 30 } }').policy).toEqual({
      ...DEFAULT_POLICY,
      maxPrefix: { ipv4: 30, ipv6: 48 },
    });
  });

  it('takes a date with quotes and one without for the same', () => {
    const [bare, quoted] = ['2026-12-31', '"2026-12-31"'].map(
      (until) => load(explained(ACCESS).replace('2026-12-31', until)).explanations[0]?.until,
    );
    expect([bare, quoted]).toEqual(['2026-12-31', '2026-12-31']);
  });

  it('lets a text be written once and used again', () => {
    const register = load(`explanations:
  - { id: a, devices: &paris [fw-paris-*], reason: x, until: 2026-12-31, fact: { check: C, subject: s } }
  - { id: b, devices: *paris, reason: x, until: 2026-12-31, fact: { check: C, subject: t } }
`);
    expect(register.explanations.map((each) => each.devices)).toEqual([['fw-paris-*'], ['fw-paris-*']]);
  });

  it('accepts any service as long as nobody says which there are', () => {
    const text = explained(ACCESS.replace('https-management', 'my-own'));
    expect(loadRegister(text, 'fwaudit.yaml').explanations).toHaveLength(1);
  });

  it('has a schema that knows every field and lets no other pass', () => {
    const open = objectsOf(schema).filter(
      (each) => each.properties !== undefined && each.additionalProperties !== false,
    );
    expect(open).toEqual([]);
    expect(objectsOf(schema).filter((each) => each.additionalProperties === false).length).toBeGreaterThan(7);
  });
});

function objectsOf(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  if (typeof value !== 'object' || value === null) return [];
  const record = Object.fromEntries(Object.entries(value));
  return [...(record.type === 'object' ? [record] : []), ...Object.values(record).flatMap(objectsOf)];
}

describe('what is wrong is told with its place', () => {
  it.each([
    [
      'a field that does not exist',
      'organization: {}',
      ['1:1: unknown field "organization"; did you mean "organisation"?'],
    ],
    [
      'a field within a field',
      explained(
        '{ via: [WAN], sorces: [203.0.113.7], sources: [203.0.113.7], targets: [self], services: [snmp] }',
      ),
      ['6:27: unknown field "sorces"; did you mean "sources"?'],
    ],
    [
      'a field like none',
      'policy:\n  colour: blue',
      ['2:3: unknown field "colour"; known here: max-lifetime, max-prefix, require'],
    ],
    ['a wrong type', 'parties: acme', ['1:10: "parties" must be a list, not "acme"']],
    [
      'a number for a text',
      'organisation: { name: 42 }',
      ['1:23: "name" must be text: put quotes around the value'],
    ],
    [
      'an IPv6 network without quotes',
      'organisation: { networks: [2001:db8::] }',
      [
        '1:28: each of "networks" must be an address or a network, such as 203.0.113.0/28: put quotes around text that holds colons',
      ],
    ],
    ['a field without a value', 'organisation:\n  name:\n', ['2:8: "name" has no value']],
    [
      'a bad octet',
      'organisation:\n  networks:\n    - 192.0.2.0/24\n    - 10.0.0.300/8\n',
      ['4:7: "10.0.0.300/8" is not an IP address or network'],
    ],
    [
      'a bad prefix',
      'organisation: { networks: [10.0.0.0/33] }',
      ['1:28: "10.0.0.0/33" is not an IP address or network'],
    ],
    [
      'leading zeros',
      'organisation: { networks: [010.0.0.0/08] }',
      ['1:28: "010.0.0.0/08" is not an IP address or network'],
    ],
    [
      'host bits',
      'organisation: { networks: [203.0.113.7/28, "2001:db8::1/32"] }',
      [
        '1:28: "203.0.113.7/28" is an address within a network: write 203.0.113.0/28 for the network, or 203.0.113.7',
        '1:44: "2001:db8::1/32" is an address within a network: write 2001:db8::/32 for the network, or 2001:db8::1',
      ],
    ],
    [
      'any as a source',
      explained(ACCESS.replace('203.0.113.7', 'any')),
      ['6:37: "any" is not an IP address or network: everybody is 0.0.0.0/0 and ::/0'],
    ],
    [
      'no sources',
      explained(ACCESS.replace('203.0.113.7', '')),
      ['6:36: "sources" is empty: at least one is needed'],
    ],
    [
      'a target that is neither',
      explained(ACCESS.replace('self', 'fw')),
      ['6:61: "fw" is neither "self" nor an IP address or network'],
    ],
    [
      'a day that is none',
      explained(ACCESS).replace('2026-12-31', '2026-02-30'),
      ['5:12: "2026-02-30" is not a day of the calendar'],
    ],
    [
      'another way to write a day',
      explained(ACCESS).replace('2026-12-31', '31/12/2026'),
      ['5:12: "31/12/2026" is not a date: write it as YYYY-MM-DD, such as 2026-12-31'],
    ],
    [
      'a number for a day',
      explained(ACCESS).replace('2026-12-31', '20261231'),
      ['5:12: "until" must be a date, such as 2026-12-31: put quotes around the value'],
    ],
    [
      'days in the wrong order',
      explained(ACCESS, '    from: 2027-01-01\n'),
      ['5:12: "until" (2026-12-31) comes before "from" (2027-01-01)'],
    ],
    [
      'no last day',
      explained(ACCESS).replace('    until: 2026-12-31\n', ''),
      ['2:5: the field "until" is missing: the last day on which it holds, such as 2026-12-31'],
    ],
    [
      'the same party twice',
      'parties:\n  - { id: a, name: A, role: r, networks: [192.0.2.1] }\n  - { id: a, name: A, role: r, networks: [192.0.2.2] }\n',
      ['3:11: the party id "a" is taken on line 2'],
    ],
    [
      'the same explanation twice',
      `${explained(ACCESS)}  - { id: e1, devices: [x], reason: r, until: 2026-12-31, fact: { check: C, subject: s } }\n`,
      ['7:11: the explanation id "e1" is taken on line 2'],
    ],
    [
      'a party that nobody declared',
      `parties: [{ id: acme, name: A, role: r, networks: [192.0.2.1] }]\n${explained(ACCESS, '    party: acne\n')}`,
      ['8:12: no party "acne" is declared under "parties"; did you mean "acme"?'],
    ],
    [
      'a party with a reserved name',
      'parties: [{ id: undeclared, name: A, role: r, networks: [192.0.2.1] }]',
      ['1:17: "undeclared" has a meaning of its own in reports: choose another id'],
    ],
    [
      'an id with a space',
      'parties: [{ id: a b, name: A, role: r, networks: [192.0.2.1] }]',
      ['1:17: "a b" is not an id: letters and digits, with ".", "_" and "-" between them, 64 at most'],
    ],
    [
      'a service that does not exist',
      explained(ACCESS.replace('https-management', 'https-managment')),
      ['6:79: "https-managment" is not the id of a service; did you mean "https-management"?'],
    ],
    [
      'a fact without its subject',
      'explanations:\n  - { id: a, devices: [x], reason: r, until: 2026-12-31, fact: { check: C } }\n',
      ['2:64: the field "subject" is missing: its subject, exactly as the finding prints it'],
    ],
    [
      'a fact with an empty check',
      'explanations:\n  - { id: a, devices: [x], reason: r, until: 2026-12-31, fact: { check: "", subject: s } }\n',
      ['2:73: the text is empty'],
    ],
    [
      'neither access nor fact',
      'explanations:\n  - { id: a, devices: [x], reason: r, until: 2026-12-31 }\n',
      ['2:5: an explanation needs either "access" or "fact"'],
    ],
    [
      'access and fact',
      explained(ACCESS, '    fact: { check: C, subject: s }\n'),
      ['2:5: an explanation has either "access" or "fact", not both'],
    ],
    [
      'a suggestion that was not filled in',
      explained(ACCESS, '    owner: <who answers for it>\n'),
      ['7:12: "<who answers for it>" is a placeholder: fill it in'],
    ],
    [
      'a lifetime in years',
      'policy: { max-lifetime: 1y }',
      ['1:25: "1y" is not a number of days from 1d to 36525d, such as 366d'],
    ],
    [
      'a lifetime without end',
      'policy: { max-lifetime: 999999d }',
      ['1:25: "999999d" is not a number of days from 1d to 36525d, such as 366d'],
    ],
    [
      'a prefix beyond its family',
      'policy: { max-prefix: { ipv4: 33, ipv6: -1 } }',
      ['1:31: "ipv4" must be at most 32, not "33"', '1:41: "ipv6" must be at least 0, not "-1"'],
    ],
    [
      'a field that cannot be required',
      'policy: { require: [tickets] }',
      ['1:21: "tickets" is none of owner, ticket, party; did you mean "ticket"?'],
    ],
    [
      'a role that is none',
      'zones: { fw: { X1: outside } }',
      ['1:20: "outside" is none of untrusted, public, trusted'],
    ],
    [
      'two parties with one address',
      'parties:\n  - { id: a, name: A, role: r, networks: [203.0.113.0/28] }\n  - { id: b, name: B, role: r, networks: [192.0.2.1, 203.0.113.8/29] }\n',
      [
        '3:54: 203.0.113.8/29 of party "b" belongs to party "a" too (line 2): an address belongs to one party',
      ],
    ],
    [
      "a party with the organisation's address",
      'organisation: { networks: ["2001:db8::/32"] }\nparties:\n  - { id: b, name: B, role: r, networks: ["2001:db8:1::/48"] }\n',
      [
        '3:43: 2001:db8:1::/48 of party "b" belongs to the organisation too (line 1): an address belongs to one party',
      ],
    ],
    ['no register at all', '- a\n- b\n', ['1:1: the register must be a mapping of fields, not a list']],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it('all at once, in the order of the document', () => {
    const text = `${explained(ACCESS.replace('self', 'selv'), '    party: nobody\n')}policy: { requires: [owner] }\nparties: [{ id: 1 }]\n`;
    expect(problemsOf(text).map((problem) => problem.split(': ')[0])).toEqual([
      '6:61',
      '7:12',
      '8:11',
      '9:11',
      '9:11',
      '9:11',
      '9:17',
    ]);
  });

  it('but not more than anybody reads', () => {
    const text = Array.from({ length: 100 }, (_, index) => `field${index}: 1\n`).join('');
    const problems = problemsOf(text);
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toBe('and 80 more');
  });
});
