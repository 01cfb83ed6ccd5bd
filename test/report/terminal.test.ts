import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { AuditReport } from '../../src/model/audit-report.js';
import type { RenderOptions } from '../../src/report/format.js';
import { inert } from '../../src/report/inert.js';
import { terminal } from '../../src/report/terminal.js';
import { capture, device, exposure, finding, report, rule } from './build.js';
import * as samples from './samples.js';

const PLAIN: RenderOptions = { width: 100, colour: false, verbosity: 0, unicode: true };

const reports = Object.entries(samples).filter(
  (entry): entry is [string, AuditReport] => typeof entry[1] === 'object',
);

function render(report: AuditReport, options: Partial<RenderOptions> = {}): string {
  return terminal.render(report, { ...PLAIN, ...options });
}

describe('the terminal report reads as its golden', () => {
  const goldens: readonly (readonly [string, AuditReport, Partial<RenderOptions>])[] = [
    ['reseller', samples.reseller, {}],
    ['reseller-v', samples.reseller, { verbosity: 1 }],
    ['reseller-narrow', samples.reseller, { width: 60 }],
    ['reseller-ascii', samples.reseller, { unicode: false }],
    ['anyone', samples.anyone, {}],
    ['anyone-v', samples.anyone, { verbosity: 1 }],
    ['explained', samples.explained, {}],
    ['explained-v', samples.explained, { verbosity: 1 }],
    ['partly', samples.partly, {}],
    ['dormant', samples.dormantDoors, {}],
    ['clean', samples.clean, {}],
    ['truncated', samples.truncated, {}],
    ['truncated-vv', samples.truncated, { verbosity: 2 }],
    ['several', samples.several, {}],
    ['unrecognised', samples.unrecognised, {}],
    ['hostile', samples.hostile, {}],
    ['hostile-v', samples.hostile, { verbosity: 1 }],
    ['full', samples.full, {}],
    ['full-vv', samples.full, { verbosity: 2 }],
  ];

  test.each(goldens)('%s', async (name, report, options) => {
    await expect(render(report, options)).toMatchFileSnapshot(`goldens/${name}.txt`);
  });
});

describe('the page', () => {
  test('of six doors open to anyone fits one screen', () => {
    expect(render(samples.anyone).trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });

  test.each(reports)('of %s has no line that is too long or ends in spaces', (_name, report) => {
    const paste = new Set(
      report.findings.flatMap(({ explain }) => explain?.split('\n').map((line) => inert(line).trim()) ?? []),
    );
    for (const width of [60, 72, 100, 120]) {
      for (const verbosity of [0, 1, 2] as const) {
        const lines = render(report, { width, verbosity }).split('\n');
        const wide = lines.filter((line) => line.length > width && !paste.has(line.trim()));
        expect(wide).toEqual([]);
        expect(lines.filter((line) => /\s$/.test(line))).toEqual([]);
      }
    }
  });

  test.each(reports)('of %s ends in exactly one newline and has no two empty lines', (_name, report) => {
    const text = render(report);
    expect(text.endsWith('\n')).toBe(true);
    expect(text).not.toContain('\n\n\n');
    expect(text.trimEnd()).toBe(text.slice(0, -1));
  });

  test.each(reports)('of %s says whether the scan was complete', (_name, report) => {
    const said = render(report)
      .split('\n')
      .filter((line) => /^ scan (in)?complete: /.test(line));
    expect(said).toHaveLength(1);
    expect(said[0]?.startsWith(report.summary.complete ? ' scan complete: ' : ' scan incomplete: ')).toBe(
      true,
    );
  });

  test.each(reports)('of %s says the same with and without colours', (_name, report) => {
    for (const verbosity of [0, 2] as const) {
      const coloured = render(report, { colour: true, verbosity });
      expect(stripVTControlCharacters(coloured)).toBe(render(report, { verbosity }));
      expect(coloured).toContain('\u001b[');
    }
  });

  test.each(reports)('of %s is plain ASCII when asked', (_name, report) => {
    for (const verbosity of [0, 2] as const) {
      expect(render(report, { unicode: false, verbosity })).toMatch(/^[\n\x20-\x7e]*$/);
    }
  });

  test.each(reports)('of %s loses nothing with more verbosity', (_name, report) => {
    const checks = report.findings.filter(({ status }) => status === 'open').map(({ message }) => message);
    const text = render(report, { verbosity: 1, width: 120 }).replace(/\s+/g, ' ');
    for (const message of checks) {
      if (message.startsWith(samples.EVIL)) continue;
      expect(text).toContain(message);
    }
  });
});

describe('findings are ordered by severity, then by who can get in', () => {
  const who = [
    { name: 'own', parts: { party: 'own', thirdParty: false } },
    { name: 'private', parts: { party: 'private', thirdParty: false } },
    { name: 'third', parts: { thirdParty: true } },
    { name: 'anyone', parts: { anyone: true } },
  ] as const;
  const exposures = who.map(({ name, parts }) => exposure({ key: name, ...parts }));
  const byWho = who.map(({ name }) =>
    finding({ check: `CHECK-${name}`, message: `door of ${name}`, exposure: name }),
  );
  const fact = finding({ check: 'CHECK-fact', message: 'a fact', exposure: null });
  const low = finding({ check: 'CHECK-low', severity: 'low', message: 'a trifle', exposure: 'anyone' });

  test('whatever their order in the report', () => {
    const text = render(
      report({ captures: [capture()], devices: [device()], exposures, findings: [low, fact, ...byWho] }),
    );
    const checks = text.match(/CHECK-\w+/g);
    expect(checks).toEqual([
      'CHECK-anyone',
      'CHECK-third',
      'CHECK-private',
      'CHECK-own',
      'CHECK-fact',
      'CHECK-low',
    ]);
  });
});

describe('what must never be left unsaid', () => {
  test('a device is not called clean when its own file is in doubt', () => {
    expect(render(samples.truncated)).not.toMatch(/^ clean/m);
    expect(render(samples.truncated)).toMatch(/^ unsure /m);
  });

  test('another input that was not read does not make a clean device doubtful', () => {
    expect(render(samples.several).match(/^ clean/gm)).toHaveLength(2);
  });

  test('nothing is clean when the scan is incomplete and nobody says why', () => {
    const base = report({ captures: [capture()], devices: [device()] });
    const text = render({ ...base, summary: { ...base.summary, complete: false } });
    expect(text).not.toMatch(/^ clean/m);
    expect(text).toContain('scan incomplete: the reason was not recorded');
  });

  test('every door of a long list is counted, if not named', () => {
    const keys = Array.from({ length: 60 }, (_, index) => `door-${index}`);
    const many = report({
      captures: [capture()],
      devices: [device()],
      exposures: keys.map((key, index) => exposure({ key, path: [rule(index)] })),
      findings: keys.map((key) => finding({ exposure: key, fix: [`close ${key}`] })),
    });
    const text = render(many);
    expect(text).toContain('and 39 more (-v)');
    expect(text).toContain('likewise for the other 59 (-v)');
    expect(text).toContain('60 doors open to third parties');
    expect(render(many, { verbosity: 1 }).match(/close door-/g)).toHaveLength(60);
  });

  test('doors from many sources: three in full, the others in a line each with their source', () => {
    const hosts = Array.from({ length: 6 }, (_, index) => `203.0.113.${index + 1}`);
    const text = render(
      report({
        captures: [capture()],
        devices: [device()],
        exposures: hosts.map((host) => exposure({ key: host, sources: [`${host}/32`] })),
        findings: hosts.map((host) =>
          finding({ exposure: host, message: `${host} gets in`, remainder: [`${host}/32`] }),
        ),
      }),
    );
    expect(text.match(/gets in$/gm)).toHaveLength(3);
    expect(text).toMatch(
      /also {4}203\.0\.113\.4 {2}HTTPS management {2}tcp\/443 {2}X1 {2}198\.51\.100\.2 {2}WAN to WAN 31/,
    );
    expect(text).toContain('203.0.113.6  HTTPS');
  });
});

test('rendering the same report twice gives the same text and leaves the report alone', () => {
  const before = JSON.stringify(samples.full);
  expect(render(samples.full, { verbosity: 2 })).toBe(render(samples.full, { verbosity: 2 }));
  expect(JSON.stringify(samples.full)).toBe(before);
});
