import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../src/checks/candidates.js';
import { conditionProblem } from '../../src/checks/cel.js';
import { fieldsOf, RECORDS, type RecordName, SUBJECTS } from '../../src/checks/fields.js';
import { type CelRecord, RECORD_CLASSES } from '../../src/checks/records.js';
import { CHECK_SUBJECTS } from '../../src/model/check.js';
import type { FirewallConfig } from '../../src/model/firewall-config.js';
import type { NatRule } from '../../src/model/policy.js';
import { IpSet } from '../../src/sets/ip-set.js';
import { ServiceSet } from '../../src/sets/service-set.js';
import { accessRule, capture, config, device, dormant, exposure, policy, world } from './worlds.js';

/** What a configuration leaves out is null in the model; both ways of saying things are here. */

const location = { file: 'a', line: 1 };
const some = { any: false, objects: ['Support'], literal: IpSet.of('203.0.113.7'), negated: true };
const something = { any: false, objects: ['SSH'], literal: ServiceSet.parse('tcp/22'), negated: false };
const every = { any: true, objects: [], negated: false };

const natRule: NatRule = {
  name: 'NAT 1',
  number: 1,
  enabled: true,
  family: 'ipv4',
  inInterfaces: null,
  outInterfaces: null,
  source: every,
  destination: some,
  service: something,
  translatedSource: null,
  translatedDestination: some,
  translatedService: something,
  origin: 'automatic',
  comment: 'c',
  location,
};

const full: FirewallConfig = config({
  policies: [
    policy([
      accessRule({
        source: some,
        service: something,
        conditions: [{ kind: 'schedule', description: 'at night' }],
        purpose: 'management',
        comment: 'c',
        logged: false,
        created: 1_700_000_000.5,
        updated: Number.NaN,
        lastUsed: Number.POSITIVE_INFINITY,
        number: 1e300,
      }),
      accessRule({ logged: true }),
    ]),
    { ...policy([accessRule()]), applies: null },
  ],
  natRules: [natRule, { ...natRule, translatedDestination: null, translatedService: null, comment: null }],
  administrators: [
    { name: 'a', kind: 'user', groups: ['g'], privilege: '16', enabled: true, origin: 'user', location },
  ],
  listeners: [
    {
      service: 'ssh-management',
      services: ServiceSet.parse('tcp/22'),
      interfaces: ['X1'],
      addresses: IpSet.of('198.51.100.2'),
      sources: some,
      name: 'SSH',
      location,
      approximate: ['doubt'],
    },
    {
      service: 'nothing-known',
      services: ServiceSet.EMPTY,
      interfaces: null,
      addresses: null,
      sources: null,
      name: '',
      location,
      approximate: [],
    },
  ],
  tunnels: [
    {
      name: 't',
      kind: 'site-to-site',
      enabled: true,
      peers: ['p'],
      remoteNetworks: ['10.0.0.0/8'],
      management: ['ssh-management'],
      location,
    },
  ],
  managers: [
    { kind: 'gms', address: '203.0.113.9', enabled: true, location },
    { kind: 'nsm', address: null, enabled: false, location },
  ],
  settings: [
    { name: 'web-authentication', value: 'v2c', location },
    { name: 'login-lockout-attempts', value: 5, location },
    { name: 'rest-api', value: true, location },
  ],
  interfaces: [
    {
      name: 'X1',
      zone: 'WAN',
      routingInstance: 'main',
      ipv4: { kind: 'static', cidrs: ['198.51.100.2/24'] },
      ipv6: { kind: 'dynamic', method: 'DHCPv6', last: null },
      plane: 'data',
      enabled: true,
      gateways: [],
      role: { value: 'untrusted', evidence: 'zone type' },
      managementFlags: ['https-management'],
      comment: null,
      location,
    },
  ],
  routes: [
    {
      destination: '203.0.113.99/32',
      routingInstance: 'main',
      interface: null,
      gateway: '198.51.100.1',
      location,
    },
  ],
  secrets: [{ kind: 'psk', protection: 'reversible', location }],
});

const everything = world({
  devices: [
    device({
      config: full,
      exposures: [
        exposure(),
        exposure({ target: { kind: 'host', addresses: IpSet.EMPTY, dynamic: null, interfaces: [] } }),
        exposure({ contributions: [], service: { id: 'unheard-of', protocol: 'esp', ports: [] } }),
      ],
      dormant: [dormant(), dormant({ sources: IpSet.EMPTY, path: [] })],
      own: IpSet.of('192.0.2.0/24'),
    }),
  ],
  captures: [
    capture({ limits: [{ id: 'a-limit', message: 'm' }] }),
    capture({
      platform: null,
      coverage: null,
      diagnostics: [{ code: 'truncated', message: 'm', incomplete: true }],
    }),
  ],
  explanations: [
    {
      id: 'acme',
      status: 'expired',
      message: 'm',
      reason: 'r',
      owner: null,
      ticket: null,
      until: '2026-01-01',
      location,
    },
  ],
});

/** Says what in a record is not as the table of fields has it; records inside it included. */
function faults(name: string, value: CelRecord): string[] {
  const fields = fieldsOf(name) ?? {};
  const classes = new Map<unknown, string>(
    [...RECORD_CLASSES].map(([key, recordClass]) => [recordClass, key]),
  );
  const wrongClass = classes.get(value.constructor) === name ? [] : [`not a ${name}`];
  const missing = Object.keys(fields).filter((field) => value[field] === undefined);
  const extra = Object.keys(value).filter((field) => !Object.hasOwn(fields, field));
  const wrong = Object.entries(fields).flatMap(([field, { type }]) =>
    wrongType(type, value[field], `${name}.${field}`),
  );
  return [...wrongClass, ...missing.map((each) => `missing ${name}.${each}`), ...extra, ...wrong];
}

function wrongType(type: string, value: unknown, where: string): string[] {
  const list = /^list<(.+)>$/.exec(type);
  if (list !== null) {
    if (!Array.isArray(value)) return [`${where} is no list`];
    return value.flatMap((item: unknown) => wrongType(list[1] ?? '', item, `${where}[]`));
  }
  if (fieldsOf(type) !== null) return faults(type, value as CelRecord);
  const expected = { string: 'string', bool: 'boolean', int: 'bigint' }[type];
  return typeof value === expected ? [] : [`${where} is ${typeof value}, not ${type}`];
}

describe('the table of fields', () => {
  it.each(CHECK_SUBJECTS)('has what the projection of %s gives, and nothing else', (over) => {
    const candidates = candidatesOf(over, everything, new Map());
    expect(candidates.length).toBeGreaterThan(0);
    for (const { record } of candidates) expect(faults(SUBJECTS[over].record, record)).toEqual([]);
  });

  it.each(CHECK_SUBJECTS)('lets a check over %s use each of its fields', (over) => {
    const { variable, record } = SUBJECTS[over];
    const uses = Object.entries(fieldsOf(record) ?? {}).flatMap(([field, { type }]) =>
      use(`${variable}.${field}`, type),
    );
    for (const condition of uses)
      expect([condition, conditionProblem(condition, over)]).toEqual([condition, null]);
  });

  it('names only types that there are', () => {
    const known = new Set<string>(['string', 'bool', 'int', 'list<string>', ...Object.keys(RECORDS)]);
    for (const name of Object.keys(RECORDS) as RecordName[]) {
      for (const { type } of Object.values(fieldsOf(name) ?? {})) {
        expect(known).toContain(type.replace(/^list<([A-Z].*)>$/, '$1'));
      }
    }
  });

  it('has no fields for names that JavaScript objects have', () => {
    expect(fieldsOf('constructor')).toBeNull();
    expect(fieldsOf('__proto__')).toBeNull();
  });
});

/** Conditions that use a field of a type. */
function use(path: string, type: string): string[] {
  if (type === 'bool') return [path];
  if (type === 'string') return [`${path} != ""`];
  if (type === 'int') return [`${path} > 0`];
  if (type === 'list<string>') return [`${path}.exists(x, x == "")`];
  if (type.startsWith('list<')) return [`${path}.size() > 0`];
  return Object.entries(fieldsOf(type) ?? {}).flatMap(([field, inner]) =>
    use(`${path}.${field}`, inner.type),
  );
}

describe('the projection of', () => {
  const [first] = candidatesOf('exposure', everything, new Map());

  it('an exposure says who, where and what for in plain words', () => {
    const { record } = first as NonNullable<typeof first>;
    expect(record).toMatchObject({
      who: ['203.0.113.7'],
      sources: ['203.0.113.7/32'],
      target: { label: 'X1 198.51.100.2' },
      service: { label: 'tcp/443' },
      rules: ['WAN to WAN 31'],
    });
  });

  it('an exposure of a service that the catalogue does not know is administration', () => {
    const unknown = candidatesOf('exposure', everything, new Map()).at(2);
    expect(unknown?.record).toMatchObject({
      service: { id: 'unheard-of', name: 'unheard-of', administration: true, label: 'esp' },
    });
  });

  it('a partly explained exposure names what remains', () => {
    const partly = exposure({
      sources: IpSet.of('203.0.113.0/30'),
      remainder: IpSet.of('203.0.113.0', '203.0.113.2/31'),
      status: 'partly',
    });
    const [projected] = candidatesOf(
      'exposure',
      world({ devices: [device({ exposures: [partly] })] }),
      new Map(),
    );
    expect(projected?.record.who).toEqual(['203.0.113.0', '203.0.113.2/31']);
  });

  it('an address by DHCP says so', () => {
    const door = exposure({
      target: { kind: 'self', addresses: IpSet.EMPTY, dynamic: 'DHCP', interfaces: ['X1', 'X2'] },
    });
    const [projected] = candidatesOf(
      'exposure',
      world({ devices: [device({ exposures: [door] })] }),
      new Map(),
    );
    expect(projected?.record.target).toMatchObject({
      dynamic: 'DHCP',
      label: 'X1, X2 (DHCP)',
      addresses: [],
    });
  });

  it.each([
    [['203.0.113.7'], true],
    [['192.0.2.9'], false],
    [['10.0.0.1', '224.0.0.1'], false],
    [['192.0.2.9', '203.0.113.7'], true],
    [[], false],
  ])('a dormant door for %j has outsiders: %s', (sources, outsiders) => {
    const door = dormant({ sources: IpSet.of(...sources) });
    const own = IpSet.of('192.0.2.0/24');
    const [projected] = candidatesOf(
      'dormant',
      world({ devices: [device({ dormant: [door], own })] }),
      new Map(),
    );
    expect(projected?.record.outsiders).toBe(outsiders);
  });

  it('a number that is none, or too large, stays a whole number of 64 bits', () => {
    const [rule] = candidatesOf('access-rule', everything, new Map());
    expect(rule?.record).toMatchObject({ created: 1_700_000_000n, updated: 0n, lastUsed: 0n });
    const number = rule?.record.number as bigint;
    expect(BigInt.asIntN(64, number)).toBe(number);
  });

  it('a capture counts what matters, and names families before the diagnostic that sums them up', () => {
    const family = { name: 'policyOddity', count: 3, section: 'access-rules', location } as const;
    const other = { ...family, name: 'wlanOddity', section: 'other' } as const;
    const unread = capture({
      coverage: {
        file: 'a',
        unit: 'keys',
        read: 1,
        ignored: 0,
        unknown: 6,
        unknownFamilies: [family, other],
      },
      diagnostics: [
        { code: 'unclassified', message: 'm', incomplete: true },
        { code: 'truncated', message: 'm', incomplete: true },
        { code: 'duplicate-key', message: 'm', incomplete: false },
      ],
    });
    const [projected] = candidatesOf('capture', world({ captures: [unread] }), new Map());
    expect(projected?.record).toMatchObject({
      unknown: 6n,
      unknownThatMatter: 3n,
      incomplete: true,
      gaps: ['policyOddity (3 keys)', 'truncated'],
    });
  });
});
