import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileCondition, conditionNeeds } from '../../src/checks/cel.js';
import { mayHold } from '../../src/checks/needs.js';
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

it.each([
  ['setting.on', ['on=true'], true],
  ['!setting.on', ['on=false'], true],
  ['setting.name == "upnp" && setting.on', ['name=upnp', 'on=true'], true],
  ['setting.name in ["a", "b"]', ['name=a|b'], true],
  ['switchedOn', ['on=true', 'off=false'], true],
  ['setting.name == "a" || setting.name in ["b", "c"]', ['name=a|b|c'], true],
  ['(setting.name == "a" && setting.on) || (setting.name == "b" && setting.off)', ['name=a|b'], false],
  ['setting.on && setting.number == 3', ['on=true'], false],
  ['setting.on || setting.off', [], false],
  ['!switchedOn', [], false],
  ['!(setting.on && setting.off)', [], false],
  ['setting.name in names', [], false],
  ['setting.name == setting.text', [], false],
  ['setting.on ? setting.off : true', [], false],
])('%s needs %j, and nothing else: %s', (text, needs, decisive) => {
  const found = conditionNeeds(text, 'setting', shared);
  expect(found.needs.map(({ path, oneOf }) => `${path.join('.')}=${oneOf.join('|')}`)).toEqual(needs);
  expect(found.decisive).toBe(decisive);
});

const text = fc.constantFrom('a', 'b', 'upnp');
const leaf = fc.oneof(
  fc.constantFrom('setting.on', 'setting.off', 'setting.number > 1', 'switchedOn', 'setting.name in names'),
  text.map((value) => `setting.name == "${value}"`),
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
  addresses: fc.constant([]),
});

it('whatever a condition is true of meets its needs; where they decide, nothing else does', () => {
  fc.assert(
    fc.property(condition, fc.array(subject, { minLength: 1, maxLength: 20 }), (when, subjects) => {
      const holds = compileCondition(when, 'setting', ABOUT, shared);
      const { needs, decisive } = conditionNeeds(when, 'setting', shared);
      for (const fields of subjects) {
        const setting = record('Setting', { ...fields });
        if (decisive || holds(setting)) expect(mayHold(needs, setting)).toBe(holds(setting));
      }
    }),
    { numRuns: 500 },
  );
});
