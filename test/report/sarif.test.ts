import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sarif } from '../../src/report/sarif.js';
import { root } from '../package/project.js';
import { auditFiles } from '../support/run.js';
import { at, check, finding, report, rule } from './build.js';
import { rendered, reports } from './formats.js';
import * as samples from './samples.js';
import schema from './schemas/sarif-2.1.0.json' with { type: 'json' };

const fixtures = ['nsa-240-reseller', 'secrets-and-escapes', 'truncated', 'open-to-any', 'unknown-keys'].map(
  (name) => [`fixture-${name}`, auditFiles([`fixtures/sonicwall/${name}/config.exp`])] as const,
);
const all = [...reports, ...fixtures];

interface SarifLocation {
  readonly id?: number;
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly index?: number };
    readonly region: { readonly startLine: number };
  };
  readonly logicalLocations?: readonly { readonly name: string; readonly fullyQualifiedName: string }[];
  readonly message?: { readonly text: string };
}

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
  readonly relatedLocations?: readonly SarifLocation[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions: readonly { readonly kind: string; readonly justification: string }[];
  readonly baselineState?: string;
}

interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly help: { readonly text: string; readonly markdown: string };
  readonly helpUri?: string;
  readonly defaultConfiguration: { readonly level: string };
  readonly properties: { readonly tags: readonly string[]; readonly 'security-severity'?: string };
}

interface SarifRun {
  readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly SarifRule[] } };
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly exitCode: number;
    readonly toolExecutionNotifications: readonly {
      readonly level: string;
      readonly descriptor: { readonly id: string };
    }[];
  }[];
  readonly artifacts: readonly { readonly location: { readonly uri: string } }[];
  readonly results: readonly SarifResult[];
  readonly columnKind: string;
}

function runOf(audit: Parameters<typeof sarif.render>[0]): SarifRun {
  const [run] = (JSON.parse(rendered(sarif, audit)) as { runs: readonly [SarifRun] }).runs;
  return run;
}

describe('the schema of OASIS', () => {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  ajv.addFormat('uri', (text: string) => /^[a-z]+:[!-~]+$/i.test(text) && URL.canParse(text));
  ajv.addFormat(
    'uri-reference',
    (text: string) =>
      /^(?:[\w.~:/?#@!$&'()*+,;=-]|%[0-9A-F]{2})*$/.test(text) && URL.canParse(text, 'file:///'),
  );
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT/);
  ajv.addFormat('uuid', /^[\da-f-]{36}$/i);
  const validate = ajv.compile(schema);

  test.each(all)('accepts %s', (_name, audit) => {
    validate(JSON.parse(rendered(sarif, audit)));
    expect(validate.errors).toBeNull();
  });

  test('is one that refuses what is not in it', () => {
    const log = JSON.parse(rendered(sarif, samples.full)) as { runs: { results: { level: string }[] }[] };
    const [result] = log.runs[0]?.results ?? [];
    if (result !== undefined) result.level = 'critical';
    expect(validate(log)).toBe(false);
  });
});

/** Where the validator of the format's makers is, once somebody has installed it: it weighs 95 MB. */
function findMultitool(): string | null {
  const folders = [join(root, 'node_modules/.bin'), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, 'sarif-multitool')).find((file) => existsSync(file)) ?? null;
}

const multitool = findMultitool();

test.skipIf(multitool === null)(
  'sarif-multitool has no error to tell (runs after `npm install --no-save @microsoft/sarif-multitool`)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'fwaudit-sarif-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const [name, audit] of all) writeFileSync(join(folder, `${name}.sarif`), rendered(sarif, audit));
    const output = join(folder, 'validation.json');
    // It hands its arguments to a shell: none may hold a `;`. Its default levels are error and warning.
    const args = ['validate', join(folder, '*.sarif'), '--log', 'ForceOverwrite', '--output', output];
    const { status, stdout } = spawnSync(multitool ?? '', args, { encoding: 'utf8' });
    expect(status, stdout).toBe(0);
    // Where the project lives is not in the program, so that each file has this one warning: it was read.
    const said = stdout.split('\n').filter((line) => /\b(error|warning)\b/.test(line));
    expect(said.filter((line) => !line.includes("does not provide 'informationUri'"))).toEqual([]);
    expect(said).toHaveLength(all.length);

    const wrong = rendered(sarif, samples.full).replace('"ruleIndex": 1,', '"ruleIndex": 100,');
    writeFileSync(join(folder, 'full.sarif'), wrong);
    expect(spawnSync(multitool ?? '', args, { encoding: 'utf8' }).stdout).toMatch(/full\.sarif.* error /);
  },
  300_000,
);

test.skipIf(multitool === null)('our copy of the schema is that of sarif-multitool', () => {
  const script = "process.stdout.write(require.resolve('@microsoft/sarif-multitool-linux/package.json'))";
  const from = join(multitool ?? '', '../../..');
  const file = execFileSync('node', ['-e', script], { cwd: from, encoding: 'utf8' });
  expect(readFileSync(join(root, 'test/report/schemas/sarif-2.1.0.json'), 'utf8')).toBe(
    readFileSync(join(file, '../sarif-2.1.0.json'), 'utf8'),
  );
});

test.each([
  ['reseller', samples.reseller],
  ['full', samples.full],
  ['hostile', samples.hostile],
] as const)('reads as its golden: %s', async (name, audit) => {
  await expect(rendered(sarif, audit)).toMatchFileSnapshot(`goldens/${name}.sarif`);
});

describe('the rules', () => {
  const { driver } = runOf(samples.full).tool;

  test('are all the checks that ran, each once', () => {
    expect(driver.rules.map(({ id }) => id)).toEqual(samples.full.checks.map(({ id }) => id));
  });

  test('say why and what to do, with and without markup, and link only where an address is given', () => {
    const help = driver.rules.find(({ id }) => id === 'FWA-ADM-002')?.help;
    for (const text of [help?.text, help?.markdown]) {
      expect(text).toContain('Whoever sits at that address');
      expect(text).toContain('Delete the rule, or explain it.');
      expect(text).toContain('Firewall > Access Rules: delete the rule.');
      expect(text).toContain('PCI DSS 4.0, 1.2.5');
    }
    expect(help?.markdown).toContain('CISA BOD 23-02 <https://www.cisa.gov/');
    expect(help?.text).not.toMatch(/[*`#<]/);
    expect(driver.rules.filter(({ helpUri }) => helpUri !== undefined)).toEqual([]);
  });

  test.each([
    ['critical', 'error', '9.5'],
    ['high', 'error', '8.0'],
    ['medium', 'warning', '5.5'],
    ['low', 'note', '2.5'],
    ['info', 'note', undefined],
  ] as const)('of severity %s are of level %s and score %s', (severity, level, score) => {
    const { rules } = runOf(report({ checks: [check({ severity })], findings: [finding({ severity })] })).tool
      .driver;
    expect(rules[0]?.defaultConfiguration.level).toBe(level);
    expect(rules[0]?.properties['security-severity']).toBe(score);
  });

  test('carry their tags, and weaknesses by the name that code scanning knows', () => {
    const { rules } = runOf(report({ checks: [check({ tags: ['attack:T1133', 'cwe:284'] })] })).tool.driver;
    expect(rules[0]?.properties.tags).toEqual([
      'security',
      'attack:T1133',
      'cwe:284',
      'external/cwe/cwe-284',
    ]);
    const many = Array.from({ length: 40 }, (_, index) => `cwe:${index}`);
    const long = runOf(report({ checks: [check({ tags: many })] })).tool.driver.rules[0];
    expect(long?.properties.tags).toHaveLength(20);
  });

  test('exist for a finding of a check that the report does not list', () => {
    const run = runOf(report({ checks: [], findings: [finding({ check: 'ACME-001', title: 'Ours' })] }));
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(['ACME-001']);
    expect(run.results[0]).toMatchObject({ ruleId: 'ACME-001', ruleIndex: 0 });
  });
});

describe('the results', () => {
  test.each(all)('of %s point at their rule, at an input, and at each step once', (_name, audit) => {
    const { tool, artifacts, results } = runOf(audit);
    expect(results).toHaveLength(audit.findings.length);
    for (const { ruleId, ruleIndex, locations, relatedLocations = [], partialFingerprints } of results) {
      expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
      expect(partialFingerprints['fwaudit/key/v1']).toBeTruthy();
      expect(locations.length).toBeGreaterThan(0);
      for (const { physicalLocation } of [...locations, ...relatedLocations]) {
        const { uri, index } = physicalLocation.artifactLocation;
        if (index !== undefined) expect(artifacts[index]?.location.uri).toBe(uri);
        expect(physicalLocation.region.startLine).toBeGreaterThan(0);
      }
      const ids = relatedLocations.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test('keep their fingerprint when the text, the place and the sources change, and only then', () => {
    const first = runOf(report({ findings: [finding()] })).results[0]?.partialFingerprints;
    const moved = finding({ message: 'other words', locations: [at('policyAction_9')], remainder: [] });
    expect(runOf(report({ findings: [moved] })).results[0]?.partialFingerprints).toEqual(first);
    const other = runOf(report({ findings: [finding({ key: 'another' })] })).results[0]?.partialFingerprints;
    expect(other).not.toEqual(first);
    expect(first?.primaryLocationLineHash).toBe('7f3a9c01d2e4:1');
  });

  test('say what was found in the first sentence, then what to do; nothing to do when explained', () => {
    const [open, explained] = runOf(samples.full).results;
    expect(open?.message.text).toBe(
      '203.0.113.6/31 (undeclared) may reach HTTPS management, tcp/443, on X5 198.51.100.130. To close it: Firewall > Access Rules > WAN to WAN: delete rule 31.',
    );
    expect(explained?.message.text).not.toContain('To close it');
  });

  test('tell the way in as related locations, with the key that holds each object', () => {
    const [result] = runOf(samples.reseller).results;
    expect(result?.relatedLocations?.map(({ message }) => message?.text)).toEqual([
      'rule "WAN to WAN 31": permit · made by a user · not logged',
      'source "Support": 203.0.113.7',
      'destination "All X1 Management IP": 198.51.100.2',
      'service "HTTPS Management": tcp/443',
    ]);
    expect(result?.relatedLocations?.[1]?.logicalLocations).toEqual([
      { name: 'addrObjId_93', fullyQualifiedName: 'fw-paris-1/addrObjId_93', kind: 'property' },
    ]);
  });

  test('hold a hundred steps of a way in at most', () => {
    const path = Array.from({ length: 3000 }, (_, index) => rule(index));
    const [exposure] = samples.reseller.exposures;
    const long = { ...samples.reseller, exposures: exposure === undefined ? [] : [{ ...exposure, path }] };
    expect(runOf(long).results[0]?.relatedLocations).toHaveLength(100);
  });

  test('are suppressed where they are explained, for the reason in the register, and nowhere else', () => {
    const suppressions = runOf(samples.explained).results.map((each) => each.suppressions);
    expect(suppressions).toMatchObject([
      [
        {
          kind: 'external',
          status: 'accepted',
          justification:
            'acme-on-call: On-call support, contract C-2024-17 (owner j.dupont, ticket NET-42, until 2026-12-31)',
        },
      ],
      [
        {
          kind: 'external',
          justification: 'paris-lyon: Site-to-site with the Lyon office (until 2027-06-30)',
        },
      ],
    ]);
    expect(runOf(samples.partly).results.map((each) => each.suppressions)).toEqual([[], []]);
  });

  test.each([
    ['new', 'new'],
    ['open', 'unchanged'],
    ['changed', 'updated'],
    ['resolved', 'unchanged'],
    ['reopened', 'new'],
  ] as const)('that are %s since the previous report are %s', (change, state) => {
    expect(runOf(report({ findings: [finding({ change })] })).results[0]?.baselineState).toBe(state);
  });

  test('say whether a baseline holds them, and nothing where there is none to compare with', () => {
    const states = runOf(samples.againstBaseline).results.map(({ baselineState }) => baselineState);
    expect(states).toEqual(['new', 'unchanged', 'unchanged', 'unchanged']);
    expect(runOf(samples.reseller).results[0]).not.toHaveProperty('baselineState');
  });
});

describe('hostile texts', () => {
  function messageOf(message: string): string | undefined {
    return runOf(report({ findings: [finding({ message, fix: [] })] })).results[0]?.message.text;
  }

  test.each([
    ['[free money](https://evil.example)', '[free money] (https://evil.example).'],
    ['[see](1)', '[see] (1).'],
    ['{0} and {1}', '{{0}} and {{1}}.'],
    ['\u202egpj.exe', '\\u{{202e}}gpj.exe.'],
    ['line\nbreak', 'line\\nbreak.'],
  ])('%j shows as %s: no link, no placeholder, nothing active', (message, text) => {
    expect(messageOf(message)).toBe(text);
  });

  test('in the texts of checks are no HTML and no links in the help', () => {
    const evil = '<img src=x onerror=alert(1)> [x](https://evil.example) @everyone #1';
    const hostile = check({ why: evil, fix: evil, severityReason: evil, references: [evil], tags: [evil] });
    const [rule] = runOf(report({ checks: [hostile] })).tool.driver.rules;
    const outside = rule?.help.markdown.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
    expect(outside).not.toMatch(/[<[\]@]/);
    expect(rule?.help.text).not.toContain('](');
  });
});

describe('places', () => {
  test.each([
    ['./sites/fw 1.exp', 'sites/fw%201.exp'],
    ['-', 'stdin'],
    ['/srv/exports/fw.exp', 'file:///srv/exports/fw.exp'],
    ['C:\\exports\\fw.exp', 'file:///C:/exports/fw.exp'],
    ['sites\\paris\\fw.exp', 'sites/paris/fw.exp'],
    ['a:b?c#d%.exp', 'a%3Ab%3Fc%23d%25.exp'],
    ['caf\u00e9\ud800.exp', 'caf%C3%A9%EF%BF%BD.exp'],
    ['../fw.exp', '../fw.exp'],
  ])('%j is %s', (file, uri) => {
    const audit = report({
      captures: samples.reseller.captures.map((each) => ({ ...each, file })),
      findings: [finding({ locations: [{ file: `${file}#vdom1`, line: 7 }] })],
    });
    const { artifacts, results } = runOf(audit);
    expect(artifacts.map(({ location }) => location.uri)).toEqual([uri]);
    expect(results[0]?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri, index: 0 },
      region: { startLine: 7 },
    });
  });

  test('a finding without one stands at the head of its device, or of the first input', () => {
    const audit = report({
      captures: samples.several.captures,
      devices: samples.several.devices,
      findings: [
        finding({ device: 'fw-nice', locations: [] }),
        finding({ device: null, key: 'b', locations: [] }),
      ],
    });
    const uris = runOf(audit).results.map((each) => each.locations[0]?.physicalLocation.artifactLocation.uri);
    expect(uris).toEqual(['fw-nice/config.exp', 'fw-paris-1/config.exp']);
  });
});

describe('the invocation', () => {
  test.each(reports)(
    'of %s has its exit code, and is successful if the scan was complete',
    (_name, audit) => {
      const [invocation] = runOf(audit).invocations;
      expect(invocation?.exitCode).toBe(audit.summary.exitCode);
      expect(invocation?.executionSuccessful).toBe(audit.summary.complete);
      const errors = invocation?.toolExecutionNotifications.filter(({ level }) => level === 'error');
      expect(errors).toHaveLength(audit.diagnostics.filter(({ incomplete }) => incomplete).length);
    },
  );

  test('tells the limits of a format until they are accepted', () => {
    const ids = (audit: Parameters<typeof runOf>[0]) =>
      runOf(audit).invocations[0]?.toolExecutionNotifications.map(({ descriptor }) => descriptor.id);
    expect(ids(samples.clean)).toEqual([
      'sonicwall-exp-admin-not-in-file',
      'sonicwall-exp-registration-not-in-file',
    ]);
    expect(ids(samples.full)).toEqual(['malformed-value']);
  });
});
