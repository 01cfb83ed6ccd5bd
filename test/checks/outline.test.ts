import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileCondition, conditionOutline, partsUnder } from '../../src/checks/cel.js';
import { decide } from '../../src/checks/outline.js';
import { record } from '../../src/checks/records.js';
import type { Shared } from '../../src/checks/shared.js';
import { ABOUT } from './worlds.js';

const shared: Shared = {
  lists: [{ name: 'names', about: 'names', values: ['upnp'] }],
  macros: [
    {
      name: 'switchedOn',
      about: 'it is on',
      over: 'setting',
      when: 'setting.on && !setting.off',
      location: { file: 'shared.yaml', line: 1 },
    },
  ],
};

const ON = { kind: 'is', path: ['on'], oneOf: [true] };
const OFF = { kind: 'is', path: ['off'], oneOf: [true] };
const open = (when: string) => ({ kind: 'open', when });
const named = (...oneOf: readonly string[]) => ({ kind: 'is', path: ['name'], oneOf });

it.each([
  ['setting.on', ON],
  ['!setting.on', { kind: 'not', of: ON }],
  ['setting.name == "upnp" && setting.on', { kind: 'all', of: [named('upnp'), ON] }],
  ['setting.name != "upnp"', { kind: 'not', of: named('upnp') }],
  ['setting.name in ["a", "b"]', named('a', 'b')],
  ['"a" in setting.addresses', { kind: 'has', path: ['addresses'], value: 'a' }],
  ['setting.addresses.size() > 0', { kind: 'some', path: ['addresses'] }],
  ['setting.addresses.size() != 0', { kind: 'some', path: ['addresses'] }],
  ['setting.addresses.size() == 0', { kind: 'not', of: { kind: 'some', path: ['addresses'] } }],
  ['setting.addresses.size() > 1', open('setting.addresses.size() > 1')],
  ['setting.name in setting.addresses', open('setting.name in setting.addresses')],
  ['switchedOn', { kind: 'all', of: [ON, { kind: 'not', of: OFF }] }],
  ['switchedOn && setting.on', { kind: 'all', of: [ON, { kind: 'not', of: OFF }, ON] }],
  ['setting.number == 3', open('setting.number == 3')],
  [
    'setting.number == 3 && setting.on && setting.number < 9',
    { kind: 'all', of: [ON, open('(setting.number == 3) && (setting.number < 9)')] },
  ],
  ['setting.on || setting.number > 3', { kind: 'any', of: [ON, open('setting.number > 3')] }],
  ['!(setting.number > 3)', open('!(setting.number > 3)')],
  ['setting.name in names', open('setting.name in names')],
  ['setting.name == setting.text', open('setting.name == setting.text')],
  ['setting.on ? setting.off : true', open('setting.on ? setting.off : true')],
])('the parts of %s are %j', (when, outline) => {
  expect(conditionOutline(when, 'setting', shared)).toEqual(outline);
});

const text = fc.constantFrom('a', 'b', 'upnp');
const leaf = fc.oneof(
  fc.constantFrom(
    'setting.on',
    'setting.off',
    'setting.number > 1',
    'setting.addresses.size() == 0',
    'setting.addresses.exists(address, address == setting.name || address == "b")',
    'switchedOn',
    'setting.name in names',
  ),
  text.map((value) => `setting.name == "${value}"`),
  text.map((value) => `setting.name != "${value}"`),
  text.map((value) => `"${value}" in setting.addresses`),
  fc.array(text, { maxLength: 2 }).map((values) => `setting.text in ${JSON.stringify(values)}`),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    leaf,
    tie('condition').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
  ),
}));
const subject = fc.record({
  device: fc.constant('fw'),
  platform: fc.constant('sonicwall'),
  name: text,
  text,
  number: fc.bigInt(0n, 3n),
  on: fc.boolean(),
  off: fc.boolean(),
  addresses: fc.array(text, { maxLength: 2 }),
});

it('the parts together say what the condition says; what plain fields decide needs no evaluation', () => {
  let decided = 0;
  const evaluate = partsUnder(ABOUT, shared);
  fc.assert(
    fc.property(condition, fc.array(subject, { minLength: 1, maxLength: 20 }), (when, subjects) => {
      const holds = compileCondition(when, 'setting', ABOUT, shared);
      const outline = conditionOutline(when, 'setting', shared);
      for (const fields of subjects) {
        const setting = record('Setting', { ...fields });
        const expected = holds(setting);
        expect(decide(outline, setting, (part) => evaluate(part, 'setting', setting))).toBe(expected);
        const verdict = decide(outline, setting);
        if (verdict === null) continue;
        decided += 1;
        expect(verdict).toBe(expected);
      }
    }),
    { numRuns: 500 },
  );
  expect(decided).toBeGreaterThan(1000);
});
