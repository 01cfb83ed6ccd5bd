import { describe, expect, it } from 'vitest';
import { load, problemsOf } from './build.js';

/** Ten copies of ten copies of … : 10²⁵ values from thirty lines. */
function aliasBomb(): string {
  const names = Array.from('abcdefghijklmnopqrstuvwxyz');
  const lines = names.map((name, index) => {
    const inner = index === 0 ? 'x' : `*${names[index - 1]}`;
    return `  ${name}: &${name} [${Array(10).fill(inner).join(', ')}]`;
  });
  return `zones:\n${lines.join('\n')}\n`;
}

describe('hostile YAML is refused with its place', () => {
  it.each([
    ['an alias bomb', aliasBomb(), ['5:38: aliases repeat more than 10000 values: write them out']],
    ['an anchor that contains itself', 'zones: &z\n  fw: *z\n', ['2:7: the anchor "&z" contains itself']],
    ['an alias of nothing', 'zones: *z\n', ['1:8: no anchor "&z" stands before this alias']],
    ['brackets without end', `parties: ${'['.repeat(100_000)}`, ['1:59: nested more than 50 deep']],
    [
      'brackets within brackets',
      `parties: ${'['.repeat(5000)}${']'.repeat(5000)}`,
      ['1:59: nested more than 50 deep'],
    ],
    ['lists within lists', `${'- '.repeat(100_000)}x`, ['1:100: nested more than 50 deep']],
    [
      'a tab for indentation',
      'policy:\n\tmax-lifetime: 3d\n',
      ['2:1: not valid YAML: Tabs are not allowed as indentation'],
    ],
    [
      'a tag of code',
      'zones: !!js/function "x"\n',
      ['1:8: not valid YAML: Unresolved tag: tag:yaml.org,2002:js/function'],
    ],
    ['a tag of its own', 'zones: !x {}\n', ['1:8: not valid YAML: Unresolved tag: !x']],
    [
      'a date that is tagged',
      'accept-limits: [!!timestamp 2026-12-31]\n',
      ['1:17: not valid YAML: Unresolved tag: tag:yaml.org,2002:timestamp'],
    ],
    [
      'a second document',
      'zones: {}\n---\nzones: {}\n',
      ['2:1: a second YAML document begins here: a register is one'],
    ],
    [
      'a field that stands twice',
      'zones: {}\npolicy: {}\nzones: {}\n',
      ['3:1: the field "zones" stands twice'],
    ],
    ['a field that is a list', '? [a]\n: 1\n', ['1:3: the name of a field must be plain text']],
    [
      'a merge of fields',
      'policy: &p {}\nzones: {}\n<<: *p\n',
      [
        '3:1: unknown field "<<"; known here: organisation, parties, explanations, zones, accept-limits, policy, checks',
      ],
    ],
    ['a quote without end', 'zones: "x\n', ['2:1: not valid YAML: Missing closing "quote']],
    [
      'a prototype',
      '__proto__: { policy: {} }\n',
      [
        '1:1: unknown field "__proto__"; known here: organisation, parties, explanations, zones, accept-limits, policy, checks',
      ],
    ],
    [
      'a field of every object',
      'policy: { constructor: {}, toString: 1 }\n',
      [
        '1:11: unknown field "constructor"; known here: max-lifetime, max-prefix, require',
        '1:28: unknown field "toString"; known here: max-lifetime, max-prefix, require',
      ],
    ],
    [
      'a prototype instead of a field',
      'parties:\n  - __proto__: { id: a, name: A, role: r, networks: [192.0.2.1] }\n',
      [
        '2:5: the field "id" is missing',
        '2:5: the field "name" is missing: what people call it',
        '2:5: the field "role" is missing: reseller, managed service, carrier, vendor …',
        '2:5: the field "networks" is missing: the addresses it comes from',
        '2:5: unknown field "__proto__"; known here: id, name, role, networks, contract, contact',
      ],
    ],
    [
      'huge numbers',
      'policy: { max-prefix: { ipv4: 1e999, ipv6: 99999999999999999999999999 } }\n',
      [
        '1:31: "ipv4" must be a whole number, not "Infinity"',
        '1:44: "ipv6" must be at most 128, not "1e+26"',
      ],
    ],
    [
      'no number',
      'policy: { max-prefix: { ipv4: .nan } }\n',
      ['1:31: "ipv4" must be a whole number, not "NaN"'],
    ],
    [
      'what a terminal would obey',
      '"\\e]0;x\\a\\u202e": 1\n',
      [
        '1:1: unknown field "\\u001b]0;x\\u0007\\u202e"; known here: organisation, parties, explanations, zones, accept-limits, policy, checks',
      ],
    ],
    [
      'an endless name',
      `${'x'.repeat(1000)}: 1\n`,
      [
        `1:1: unknown field "${'x'.repeat(80)}…"; known here: organisation, parties, explanations, zones, accept-limits, policy, checks`,
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it('without ever touching what every object inherits', () => {
    expect(() =>
      load('__proto__: { polluted: yes }\nconstructor: { prototype: { polluted: yes } }\n'),
    ).toThrow();
    expect('polluted' in {}).toBe(false);
  });
});

describe('what looks hostile and is not', () => {
  it('a device called __proto__', () => {
    const { zones } = load(
      'zones: { __proto__: { __proto__: untrusted }, constructor: { toString: trusted } }\n',
    );
    expect(zones.map(({ devices, zone, role }) => [devices, zone, role])).toEqual([
      ['__proto__', '__proto__', 'untrusted'],
      ['constructor', 'toString', 'trusted'],
    ]);
  });

  it('YAML 1.1, in which dates were no text', () => {
    const text = `%YAML 1.1
---
explanations:
  - { id: a, devices: [x], reason: r, until: 2026-12-31, fact: { check: C, subject: s } }
`;
    expect(load(text).explanations.map((each) => each.until)).toEqual(['2026-12-31']);
  });

  it('a byte order mark', () => {
    expect(load('\uFEFFaccept-limits: [a]\n').acceptLimits).toEqual(['a']);
    expect(problemsOf('\uFEFFx: 1\n')[0]).toMatch(/^1:1: /);
  });

  it('Windows line ends', () => {
    expect(problemsOf('zones: {}\r\nx: 1\r\n')[0]).toMatch(/^2:1: /);
  });

  it('a register of thousands of lines', () => {
    const one = (index: number): string =>
      `  - { id: e${index}, devices: [x], reason: r, until: 2026-12-31, fact: { check: C, subject: s${index} } }\n`;
    const text = `explanations:\n${Array.from({ length: 3000 }, (_, index) => one(index)).join('')}`;
    expect(load(text).explanations).toHaveLength(3000);
  });
});
