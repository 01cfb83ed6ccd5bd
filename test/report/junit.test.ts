import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { junit } from '../../src/report/junit.js';
import { auditFiles } from '../support/run.js';
import { capture, device, finding, report } from './build.js';
import { rendered, reports, sampleNamed } from './formats.js';
import * as samples from './samples.js';

/**
 * What Jenkins (jenkins-junit.xsd) and GitLab read, element by element: the attributes that there may
 * be, those that there have to be, and the children in their order.
 */
const STRUCTURE = new Map([
  ['testsuites', { attributes: ['name', 'tests', 'failures', 'errors'], children: ['testsuite'] }],
  [
    'testsuite',
    { attributes: ['name', 'tests', 'failures', 'errors', 'skipped'], children: ['properties', 'testcase'] },
  ],
  ['properties', { attributes: [], children: ['property'] }],
  ['property', { attributes: ['name', 'value'], children: [] }],
  [
    'testcase',
    { attributes: ['name', 'classname'], children: ['skipped', 'error', 'failure', 'system-out'] },
  ],
  ['skipped', { attributes: ['message'], children: [] }],
  ['error', { attributes: ['type', 'message'], children: ['#text'] }],
  ['failure', { attributes: ['type', 'message'], children: ['#text'] }],
  ['system-out', { attributes: [], children: ['#text'] }],
]);

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

type Raw = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
});

function toElement(raw: Raw): Element {
  const name = Object.keys(raw).find((key) => key !== ':@') ?? '';
  if (name === '#text') return { name, attributes: {}, children: [], text: String(raw[name]) };
  const children = (raw[name] as readonly Raw[]).map(toElement);
  return {
    name,
    attributes: (raw[':@'] as Readonly<Record<string, string>> | undefined) ?? {},
    children: children.filter((each) => each.name !== '#text' || each.text.trim() !== ''),
    text: children.map(({ text }) => text).join(''),
  };
}

function parse(audit: AuditReport): Element {
  const text = rendered(junit, audit);
  expect(XMLValidator.validate(text)).toBe(true);
  const root = (parser.parse(text) as readonly Raw[])
    .map(toElement)
    .find(({ name }) => name === 'testsuites');
  if (root === undefined) throw new Error('no <testsuites>');
  return root;
}

/** What is not as the structure has it. */
function misfits({ name, attributes, children }: Element): readonly string[] {
  const expected = STRUCTURE.get(name);
  if (expected === undefined) return [`<${name}>`];
  const order = children.map((child) => expected.children.indexOf(child.name));
  return [
    ...(Object.keys(attributes).join() === expected.attributes.join() ? [] : [`attributes of <${name}>`]),
    ...(order.includes(-1) || order.some((each, index) => each < (order[index - 1] ?? 0))
      ? [`children of <${name}>: ${children.map((child) => child.name).join()}`]
      : []),
    ...children.filter((child) => child.name !== '#text').flatMap(misfits),
  ];
}

function all(root: Element, name: string): readonly Element[] {
  return root.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);
}

/** The test cases of one suite: the check, and what it came to. */
function cases(audit: AuditReport, suite: string): Readonly<Record<string, string>> {
  const found = all(parse(audit), 'testsuite').find(({ attributes }) => attributes.name === suite);
  return Object.fromEntries(
    (found?.children ?? [])
      .filter(({ name }) => name === 'testcase')
      .map(({ attributes, children }) => [
        attributes.name?.split(' ')[0] ?? '',
        children.map((child) => `${child.name} ${child.attributes.message ?? child.text}`.trim()).join('; '),
      ]),
  );
}

const fixtures = ['nsa-240-reseller', 'secrets-and-escapes', 'truncated', 'open-to-any'].map(
  (name) => [`fixture-${name}`, auditFiles([`fixtures/sonicwall/${name}/config.exp`])] as const,
);

describe('the structure', () => {
  test.each([...reports, ...fixtures])('of %s is what JUnit readers know', (_name, audit) => {
    expect(misfits(parse(audit))).toEqual([]);
  });

  test.each([...reports, ...fixtures])('of %s counts its test cases right', (_name, audit) => {
    const root = parse(audit);
    for (const element of [root, ...all(root, 'testsuite')]) {
      const { tests, failures, errors, skipped } = element.attributes;
      expect(Number(tests)).toBe(all(element, 'testcase').length);
      expect(Number(failures)).toBe(all(element, 'failure').length);
      expect(Number(errors)).toBe(all(element, 'error').length);
      if (skipped !== undefined) expect(Number(skipped)).toBe(all(element, 'skipped').length);
    }
  });

  test.each(['full', 'several', 'hostile'] as const)('reads as its golden: %s', async (name) => {
    await expect(rendered(junit, sampleNamed(name))).toMatchFileSnapshot(`goldens/${name}.junit.xml`);
  });
});

describe('a check on a device', () => {
  test('is one test case, whatever it came to', () => {
    expect(Object.keys(cases(samples.clean, 'fw-paris-1'))).toEqual(
      Object.keys(samples.clean.devices[0]?.outcomes ?? {}).sort(),
    );
    expect(cases(samples.clean, 'fw-paris-1')).toMatchObject({
      'FWA-ADM-001': '',
      'FWA-ADM-004': 'error it came to no answer: part of the configuration was not understood',
      'FWA-SWL-001': 'skipped not applicable',
    });
  });

  test('fails with all that it found, once', () => {
    const both = ['203.0.113.7 gets in', '203.0.113.9 gets in'].map((message, index) =>
      finding({ key: `${index}f3a9c01d2e4`, message }),
    );
    const audit = report({ captures: [capture()], devices: [device()], findings: both });
    const [failure, ...others] = all(parse(audit), 'failure');
    expect(others).toEqual([]);
    expect(failure?.attributes).toEqual({ type: 'critical', message: '203.0.113.7 gets in (and 1 more)' });
    expect(failure?.text.split('\n')).toEqual([
      '0f3a9c01 203.0.113.7 gets in',
      '  at fw-paris-1/config.exp:1 policyAction_31',
      '  close Firewall > Access Rules > WAN to WAN: delete rule 31',
      '1f3a9c01 203.0.113.9 gets in',
      '  at fw-paris-1/config.exp:1 policyAction_31',
      '  close Firewall > Access Rules > WAN to WAN: delete rule 31',
    ]);
  });

  test('passes when all is explained, and says by what', () => {
    const { 'FWA-ADM-002': result } = cases(samples.explained, 'fw-paris-1');
    expect(result).toMatch(/^system-out explained by acme-on-call: 203\.0\.113\.7/);
  });

  test('is skipped when the baseline knows all that is open, and fails when something is new', () => {
    expect(cases(samples.allKnown, 'fw-paris-1')['FWA-ADM-002']).toBe(
      'skipped known to reports/baseline.json',
    );
    const { 'FWA-ADM-002': result, 'FWA-ADM-004': other } = cases(samples.againstBaseline, 'fw-paris-1');
    expect(result).toMatch(/^failure 203\.0\.113\.7 .*WAN$/);
    expect(other).toBe('skipped known to reports/baseline.json');
  });

  test('that failed under the name of another is skipped here', () => {
    const outcomes = { 'FWA-ADM-004': 'fail' } as const;
    const audit = report({ captures: [capture()], devices: [device({ outcomes })] });
    expect(cases(audit, 'fw-paris-1')).toEqual({
      'FWA-ADM-004': 'skipped told by a check that supersedes this one',
    });
  });
});

describe('the inputs', () => {
  test('are one test case each, in error when they were not read', () => {
    expect(cases(samples.several, 'inputs')).toMatchObject({
      'fw-nice/config.exp': '',
      'exports/photo.png':
        'error not a firewall configuration that fwaudit knows: it begins like a PNG image',
    });
  });

  test('have one more for what is wrong nowhere in particular', () => {
    expect(cases(samples.unrecognised, 'inputs').the).toBe('error no such file: missing.exp');
  });

  test('and findings about no device stand beside them', () => {
    expect(cases(samples.full, 'inputs')['FWA-PRV-003']).toMatch(/^failure 47 keys/);
  });

  test.each(reports)('of %s are without error only if the scan was complete', (_name, audit) => {
    const suite = all(parse(audit), 'testsuite').at(-1);
    expect(suite?.attributes.name).toBe('inputs');
    expect(suite?.attributes.errors === '0').toBe(audit.summary.complete);
  });
});

test('any text is well-formed and comes back as it shows', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const message = `${text}<b>&"'\ufffe\uffff\u0000]]>`;
      const audit = report({ captures: [capture()], devices: [device()], findings: [finding({ message })] });
      const output = rendered(junit, audit);
      expect(XMLValidator.validate(output)).toBe(true);
      // XML 1.0, production 2: what may stand in a document.
      expect(output).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
      expect(all(parse(audit), 'failure')).toHaveLength(1);
    }),
  );
});
