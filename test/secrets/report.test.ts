import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { SecretsReport } from '../../src/model/secrets-report.js';
import { parseInputs } from '../../src/parse.js';
import { platforms } from '../../src/platforms/index.js';
import { listSecrets } from '../../src/redact/list-secrets.js';
import { secretsMarkdown } from '../../src/report/secrets-markdown.js';
import { secretsText } from '../../src/report/secrets-text.js';
import { fixtureCases } from '../support/run.js';

const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('src/report/secrets.schema.json', 'utf8')),
);

function reportOf(files: readonly string[]): SecretsReport {
  const captures = files.map((file) => ({ file, bytes: readFileSync(file), folder: null }));
  const { captures: parsed, diagnostics } = parseInputs({ captures, folders: [] }, platforms, null);
  return listSecrets(parsed, diagnostics, '0.0.0');
}

describe.each(fixtureCases())('$platform $name', ({ configs }) => {
  const report = reportOf(configs);

  it('has the shape of the published schema', () => {
    const plain: unknown = JSON.parse(JSON.stringify(report));
    expect(validate(plain) ? [] : validate.errors).toEqual([]);
  });

  it('holds no secret, in any format', () => {
    const all = [
      JSON.stringify(report),
      secretsText(report, { unicode: true }),
      secretsMarkdown(report),
    ].join('\n');
    expect(all).not.toMatch(/PLANTED/);
    expect(secretsText(report, { unicode: false })).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('tells each secret once, with its count', () => {
    for (const { steps, protections } of report.devices) {
      const places = steps.flatMap(({ secrets }) => secrets.map((each) => JSON.stringify(each)));
      const total = Object.values(protections).reduce((sum, count) => sum + count, 0);
      expect(places).toHaveLength(total);
    }
  });
});

describe('the order', () => {
  const [sonicwall] = reportOf(['fixtures/sonicwall/secrets-and-escapes/config.exp']).devices;
  const [fortigate] = reportOf(['fixtures/fortigate/secrets/config.conf']).devices;

  it('is the vendor’s for SonicWall: accounts, tunnels and uplinks, then services', () => {
    const kinds = sonicwall?.steps.map(({ secrets }) => secrets[0]?.kind) ?? [];
    const order = [
      'user-password',
      'administrator-one-time-password-seed',
      'radius-secret',
      'ipsec-pre-shared-key',
      'provider-password',
      'snmp-community',
    ];
    expect(kinds.slice(0, order.length)).toEqual(order);
    expect(sonicwall?.guide?.source).toContain('kA1VN0000000RzV0AU');
    expect(sonicwall?.steps.at(-1)?.title).toBe('Others');
  });

  it('is from the worst kept to the best elsewhere', () => {
    expect(fortigate?.guide).toBeNull();
    expect(fortigate?.steps.map(({ secrets }) => secrets[0]?.protection)).toEqual([
      'clear',
      'reversible',
      'hashed',
    ]);
  });

  it('names no kind twice, and every kind that there is', () => {
    const kinds = platforms.flatMap(({ rotation }) => rotation?.steps.flatMap((step) => step.kinds) ?? []);
    expect(new Set(kinds).size).toBe(kinds.length);
  });
});

describe('an input that is none', () => {
  it('makes the list incomplete', () => {
    const report = reportOf(['fixtures/bad-input/image.png']);
    expect(report).toMatchObject({ complete: false, devices: [] });
    expect(secretsText(report, { unicode: true })).toContain('no configuration was read');
    expect(secretsMarkdown(report)).toContain('no configuration was read');
  });
});
