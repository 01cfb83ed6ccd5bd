import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pfsense } from '../../../src/platforms/pfsense/index.js';
import { alias, config, parse, rule } from './build.js';

function codes(text: string | Uint8Array): readonly string[] {
  const { diagnostics } = parse(text);
  expect(diagnostics.some(({ incomplete }) => incomplete)).toBe(true);
  return diagnostics.map(({ code }) => code);
}

function detect(text: string): number {
  return pfsense.detect({ file: 'x', bytes: new TextEncoder().encode(text) });
}

describe('recognition', () => {
  it.each([
    ['<?xml version="1.0"?>\n<pfsense><version>1</version></pfsense>', 1],
    ['\ufeff<?xml version="1.0"?><!-- <opnsense> --><pfsense/>', 1],
    ['<!DOCTYPE pfsense><pfsense>', 1],
    ['<PFSENSE>', 1],
    ['---- BEGIN config.xml ----\nVersion: pfSense 2.7\nAAAA', 0.9],
    ['---- BEGIN config.xml ----\nVersion: OPNsense 24\nAAAA', 0],
    ['<?xml version="1.0"?><opnsense><pfsense/></opnsense>', 0],
    ['<filter><rule/></filter>', 0],
    ['<!-- <pfsense>', 0],
    ['pfsense', 0],
    ['', 0],
  ])('%j is %d', (text, sure) => {
    expect(detect(text)).toBe(sure);
  });
});

describe('what is no configuration', () => {
  it.each([
    ['', 'empty-input'],
    ['not xml', 'unreadable-input'],
    ['<opnsense></opnsense>', 'unrecognised-input'],
    ['---- BEGIN config.xml ----\nVersion: pfSense 2.7\nAAAA', 'unsupported-format'],
    ['<pfsense><a></b></pfsense>', 'unreadable-input'],
    ['<pfsense><__proto__/></pfsense>', 'unreadable-input'],
    ['<pfsense><constructor>1</constructor></pfsense>', 'unreadable-input'],
    [`<pfsense>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</pfsense>`, 'unreadable-input'],
  ])('%j: %s', (text, code) => {
    expect(codes(text)).toEqual([code]);
    expect(parse(text).devices).toEqual([]);
  });
});

describe('what is only odd', () => {
  it('says where it is cut off, and reads what stands before', () => {
    const whole = config({ filter: rule() });
    const text = whole.slice(0, whole.indexOf('</filter>'));
    const { devices, diagnostics } = parse(text);
    expect(diagnostics.map(({ code }) => code)).toContain('truncated');
    expect(devices[0]?.policies[0]?.rules.some(({ name }) => name === 'WAN 1')).toBe(true);
  });

  it('expands no entity, and says that there may be some', () => {
    const text = config({ filter: rule({ source: '<address>&host;</address>' }) });
    const found = codes(
      text.replace('<pfsense>', '<!DOCTYPE pfsense [<!ENTITY host "203.0.113.9">]>\n<pfsense>'),
    );
    expect(found).toContain('malformed-value');
  });

  it('says when it is no whole configuration', () => {
    expect(codes('<pfsense><version>1</version></pfsense>')).toEqual([
      'missing-value',
      'missing-value',
      'missing-value',
    ]);
  });

  it('reads bytes that are no UTF-8', () => {
    const bytes = Buffer.from(config({ filter: rule({ descr: 'R\u00e9seau' }) }), 'latin1');
    const { devices, diagnostics } = parse(bytes);
    expect(diagnostics).toEqual([]);
    expect(JSON.stringify(devices[0]?.policies[0]?.rules.map(({ comment }) => comment))).toContain('Réseau');
  });

  it('tells of an element that stands twice, and reads the first', () => {
    const twice = rule().replace('<type>pass</type>', '<type>block</type><type>pass</type>');
    const { devices } = parse(config({ filter: twice }));
    expect(codes(config({ filter: twice }))).toEqual(['duplicate-key']);
    expect(devices[0]?.policies[0]?.rules.at(-1)?.action.kind).toBe('deny');
  });

  it('takes no time over many aliases of aliases', () => {
    const aliases = Array.from({ length: 2000 }, (_, i) =>
      alias(`A${i}`, 'host', `A${i + 1} A${(i * 7) % 2000}`),
    );
    const ports = Array.from({ length: 300 }, (_, i) =>
      alias(`P${i}`, 'port', `P${i + 1} P${(i * 7) % 300}`),
    );
    const start = performance.now();
    parse(config({ aliases: [...aliases, ...ports].join('') }));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('damage', () => {
  const whole = readFileSync('fixtures/pfsense/secrets-and-escapes/config.xml');

  it('anywhere never throws, and a cut is never taken for a whole file', () => {
    const last = whole.length - '</pfsense>\n'.length;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: last }), (length) => {
        const { diagnostics } = parse(whole.subarray(0, length));
        expect([length, diagnostics.some(({ incomplete }) => incomplete)]).toEqual([length, true]);
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Uint8Array.from(whole);
        bytes[at] = byte;
        parse(bytes);
      }),
      { numRuns: 60 },
    );
  });

  it('never brings a secret into what is told of it', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.constantFrom('<', '>', '&', '"', '/'), (at, character) => {
        const text = `${whole.subarray(0, at)}${character}${whole.subarray(at + 1)}`;
        const { devices, diagnostics, coverage } = parse(text);
        expect(JSON.stringify([diagnostics, coverage])).not.toContain('PLANTED-SECRET');
        expect(
          JSON.stringify(
            devices.map(({ settings, tunnels, administrators }) => [settings, tunnels, administrators]),
          ),
        ).not.toContain('PLANTED-SECRET');
      }),
      { numRuns: 60 },
    );
  });
});
