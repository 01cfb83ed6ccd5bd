import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import { github } from '../../src/report/github.js';
import { capture, device, finding, report } from './build.js';
import { rendered, reports, sampleNamed } from './formats.js';
import * as samples from './samples.js';

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** The commands that the runner finds in a line, of both forms, as actions/runner (ActionCommand.cs) reads them. */
function commandIn(line: string): Command | null {
  const trimmed = line.trimStart();
  const end = trimmed.indexOf('::', 2);
  if (trimmed.startsWith('::') && end >= 0) {
    const info = trimmed.slice(2, end);
    const space = info.indexOf(' ');
    const name = space < 0 ? info : info.slice(0, space);
    const pairs = space < 0 ? [] : info.slice(space + 1).split(',');
    const properties = pairs.map((pair): [string, string] => {
      const [key = '', ...value] = pair.split('=');
      return [key, unescaped(value.join('='), ['%0D', '%0A', '%3A', '%2C', '%25'])];
    });
    const message = unescaped(trimmed.slice(end + 2), ['%0D', '%0A', '%25']);
    return { name, properties: Object.fromEntries(properties), message };
  }
  const old = /##\[([^\]\s]*)[^\]]*\](.*)/.exec(line);
  return old === null ? null : { name: `##${old[1]}`, properties: {}, message: old[2] ?? '' };
}

function unescaped(text: string, codes: readonly string[]): string {
  return codes.reduce((each, code) => each.replaceAll(code, decodeURIComponent(code)), text);
}

function commandsOf(audit: AuditReport): readonly Command[] {
  return rendered(github, audit)
    .split('\n')
    .flatMap((line) => commandIn(line) ?? []);
}

function one(message: string, title = 'Title'): readonly Command[] {
  return commandsOf(
    report({
      captures: [capture()],
      devices: [device()],
      findings: [finding({ message, title, fix: [], locations: [] })],
    }),
  );
}

describe('the annotations', () => {
  test.each(['full', 'truncated', 'againstBaseline', 'hostile'] as const)(
    'read as their golden: %s',
    async (name) => {
      await expect(rendered(github, sampleNamed(name))).toMatchFileSnapshot(`goldens/${name}.github.txt`);
    },
  );

  test('stand at the place, under the check, with what to do', () => {
    expect(commandsOf(samples.reseller)).toEqual([
      {
        name: 'error',
        properties: {
          file: 'fw-paris-1/config.exp',
          line: '1',
          title: 'FWA-ADM-002 A third party can administer this firewall',
        },
        message:
          '203.0.113.7 (undeclared) may reach HTTPS management, tcp/443, on X1 198.51.100.2, coming in from WAN (policyAction_31)\nTo close it: Firewall > Access Rules > WAN to WAN: delete rule 31',
      },
    ]);
  });

  test.each([
    ['critical', 'error'],
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'notice'],
    ['info', 'notice'],
  ] as const)('of severity %s are of kind %s', (severity, name) => {
    expect(commandsOf(report({ findings: [finding({ severity })] }))[0]?.name).toBe(name);
  });

  test('tell neither what is explained nor what the baseline knows, and count both', () => {
    expect(commandsOf(samples.explained)).toEqual([]);
    expect(commandsOf(samples.againstBaseline)).toHaveLength(1);
    const [summary] = rendered(github, samples.againstBaseline).trimEnd().split('\n').slice(-1);
    expect(summary).toBe(
      'fwaudit: 3 critical, 1 high open, 3 of them in the baseline and not counted, 0 explained, 0 dormant; the scan is complete',
    );
  });

  test.each(reports)('of %s are as many as open findings and reasons for doubt', (_name, audit) => {
    const open = audit.findings.filter(({ status, known }) => status === 'open' && !known);
    const doubts = audit.diagnostics.filter(({ incomplete }) => incomplete);
    expect(commandsOf(audit).filter(({ name }) => !name.startsWith('##'))).toHaveLength(
      open.length + doubts.length,
    );
  });

  test('have the path that the repository has', () => {
    const file = './sites/fw.exp';
    const [command] = commandsOf(
      report({
        captures: [capture({ file })],
        findings: [finding({ locations: [{ file: `${file}#vdom1`, line: 12 }] })],
      }),
    );
    expect(command?.properties).toMatchObject({ file: 'sites/fw.exp', line: '12' });
  });
});

describe('hostile texts', () => {
  test.each([
    ['::error::mine'],
    ['\n::set-env name=PATH::/tmp'],
    ['x\r\n::stop-commands::token'],
    ['##[set-env name=PATH]/tmp'],
    ['##[add-mask]x'],
    ['100% %0A::warning::mine'],
    ['%0D%0A::error::mine'],
  ])('%j begins no command of its own', (text) => {
    for (const commands of [one(text), one('message', text)]) {
      expect(commands.map(({ name }) => name)).toEqual(['error']);
      expect(Object.keys(commands[0]?.properties ?? {})).toEqual(['title']);
    }
  });

  test.each([['a,file=/etc/passwd,line=1'], ['a::b'], ['a: b, c'], ['50%, or more']])(
    '%j stays within its property',
    (title) => {
      expect(one('message', title)[0]?.properties).toEqual({ title: `FWA-ADM-002 ${title}` });
    },
  );

  test('whatever they are, one finding is one command, and its text comes back', () => {
    const text = fc.string({ unit: fc.constantFrom(...':,%\r\n#[]=02DA5 ad'), maxLength: 40 });
    fc.assert(
      fc.property(text, text, (message, title) => {
        const commands = one(message, title);
        expect(commands).toHaveLength(1);
        const shown = (each: string) =>
          each.replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('##[', '##\\x5b');
        expect(commands[0]?.message).toBe(shown(message));
        expect(commands[0]?.properties.title).toBe(`FWA-ADM-002 ${shown(title)}`);
      }),
    );
  });
});
