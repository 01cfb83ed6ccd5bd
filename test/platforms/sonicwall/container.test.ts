import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { detectPlatform } from '../../../src/platforms/index.js';
import { exportConfidence, readExport } from '../../../src/platforms/sonicwall/exp.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { decodeValue } from '../../../src/platforms/sonicwall/pair.js';
import {
  codesOf,
  deviceOf,
  encodeText,
  host,
  only,
  type Pairs,
  pairsText,
  parsePairs,
  parseText,
  rule,
  ruleOf,
  SMALL,
} from './exports.js';

const TEXT = pairsText(SMALL);
const ENCODED = encodeText(TEXT);

function confidence(text: string | Buffer): number {
  return exportConfidence(Buffer.from(text as string, 'latin1'));
}

describe('the container', () => {
  it.each([
    ['one line with its end marker', ENCODED],
    ['without the end marker', ENCODED.slice(0, -2)],
    ['wrapped', ENCODED.replace(/.{76}/g, '$&\n')],
    ['wrapped with CRLF and a last line break', `${ENCODED.replace(/.{64}/g, '$&\r\n')}\r\n`],
    ['with a byte order mark', `\u00EF\u00BB\u00BF${ENCODED}`],
    ['decoded, separated by ampersands', TEXT],
    ['decoded, one pair a line', TEXT.replaceAll('&', '\n')],
    ['decoded, one pair a line, CRLF', TEXT.replaceAll('&', '\r\n')],
  ])('reads an export %s', (_, text) => {
    const parsed = parseText(text);
    expect(parsed.diagnostics).toEqual([]);
    const device = only(parsed.devices);
    expect(device).toMatchObject({
      id: 'fw-paris-1',
      product: 'NSA 240',
      firmware: '5.9.0.7-17o',
      serial: '0017C5000001',
    });
    expect(confidence(text)).toBe(1);
    expect(device.policies.flatMap((policy) => policy.rules)).toHaveLength(3);
  });

  it('gives real lines to decoded text and line 1 to encoded text', () => {
    const lines = TEXT.replaceAll('&', '\n').split('\n');
    const device = only(parseText(TEXT.replaceAll('&', '\n')).devices);
    const location = ruleOf(device, 'WAN to WAN 2').location;
    expect(lines[location.line - 1]).toBe('policyAction_2=2');
    expect(ruleOf(only(parseText(ENCODED).devices), 'WAN to WAN 2').location).toEqual({
      file: 'box.exp',
      line: 1,
      key: 'policyAction_2',
    });
  });

  it('splits before it decodes: values hold %26 and %3d', () => {
    const comment = 'R&D = 100% + tax?';
    const device = only(parsePairs({ ...SMALL, ...rule(2, 'WAN', 'WAN', { Comment: comment }) }).devices);
    expect(ruleOf(device, 'WAN to WAN 2').comment).toBe(comment);
  });

  it('keeps a plain ampersand in a value that has a line of its own', () => {
    const text = TEXT.replaceAll('&', '\n').replace('policyComment_0=IPv4', 'policyComment_0=R&D IPv4');
    const device = only(parseText(text).devices);
    expect(ruleOf(device, 'LAN to WAN 0').comment).toMatch(/^R&D IPv4/);
  });

  it.each([
    ['a plus sign stays a plus sign', 'a+b', 'a+b'],
    ['UTF-8', 'caf%c3%a9', 'café'],
    ['Latin-1 where the bytes are not UTF-8', 'caf%e9', 'café'],
    ['a percent sign that encodes nothing', '100%zz%', '100%zz%'],
    ['a real replacement character', '%ef%bf%bd', '\uFFFD'],
    ['a zero byte', 'a%00b', 'a\u0000b'],
  ])('decodes %s', (_, raw, text) => {
    expect(decodeValue(raw)).toBe(text);
  });

  it('takes only plain decimal indices', () => {
    const document = readExport({
      file: 'x',
      bytes: Buffer.from(
        'policyAction_7=2&policyAction_007=2&policyAction_12345678901=2&policyActionV6_0=2&checksum=1&',
      ),
    });
    const counts = [...(document?.pairs.counts() ?? [])];
    expect(counts.map(({ name, first }) => [name, first().key])).toEqual([
      ['policyAction_N', 'policyAction_7'],
      ['policyAction_007', 'policyAction_007'],
      ['policyAction_12345678901', 'policyAction_12345678901'],
      ['policyActionV6_N', 'policyActionV6_0'],
      ['checksum', 'checksum'],
    ]);
  });

  it('reads objects whose indices have gaps', () => {
    const device = only(parsePairs({ ...SMALL, ...host(4711, 'Far', '203.0.113.9') }).devices);
    expect(device.addressObjects.map(({ name }) => name)).toContain('Far');
  });
});

describe('detection', () => {
  it.each([
    ['nothing', ''],
    ['white space', ' \n '],
    ['a PNG', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    ['UTF-16', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').toString('latin1')],
    ['plain words', 'hello world'],
    ['one word', 'hello'],
    ['a shell script', 'PATH=/usr/bin\nexport PATH\n'],
    ['base64 of something else', Buffer.from('another secret').toString('base64')],
    ['base64 of binary data', Buffer.from([0, 255, 3, 200, 61, 61]).toString('base64')],
    ["another vendor's .exp", '####sysconfig####\n[VERSION]\nversion=1.2\n'],
    ['pairs of something else', 'name=box&model=9&'],
  ])('does not take %s for its own', (_, text) => {
    expect(confidence(text)).toBe(0);
    expect(detectPlatform({ file: 'x', bytes: Buffer.from(text, 'latin1') })).toEqual({ kind: 'none' });
    const parsed = parseText(text);
    expect(parsed.devices).toEqual([]);
    expect(only(parsed.diagnostics).incomplete).toBe(true);
  });

  it('takes an export without its header by its keys', () => {
    const { checksumVersion: _, ...rest } = SMALL;
    expect(confidence(encodeText(pairsText(rest)))).toBeGreaterThan(0.5);
  });

  it('asks when two platforms are equally sure, whatever their order', () => {
    const twin = { ...sonicwall, id: 'twin' };
    const capture = { file: 'x', bytes: Buffer.from(ENCODED) };
    for (const list of [
      [sonicwall, twin],
      [twin, sonicwall],
    ]) {
      expect(detectPlatform(capture, list)).toMatchObject({ kind: 'ambiguous', confidence: 1 });
    }
    const shy = { ...twin, detect: () => 0.2 };
    expect(detectPlatform(capture, [shy, sonicwall])).toMatchObject({
      kind: 'one',
      platform: { id: 'sonicwall' },
    });
  });
});

describe('the end of the file', () => {
  it('says nothing when only the checksum is missing', () => {
    expect(parsePairs({ ...SMALL, checksum: undefined }).diagnostics).toEqual([]);
  });

  it('says so when there is neither checksum nor end marker', () => {
    const text = encodeText(pairsText({ ...SMALL, checksum: undefined })).slice(0, -2);
    const [diagnostic] = parseText(text).diagnostics;
    expect(diagnostic).toMatchObject({ code: 'truncated', incomplete: true });
    expect(diagnostic?.message).toContain('no end marker');
  });

  it.each([
    [
      'the encoding stops in the middle',
      (text: string) => encodeText(text).slice(0, 4001),
      /middle of a character/,
    ],
    ['the encoding is damaged', (text: string) => encodeText(text).replace(/^(.{4000})./, '$1*'), /damaged/],
    ['something stands behind the end', (text: string) => `${encodeText(text)}Y2hl`, /damaged/],
    ['the last key has no value', (text: string) => encodeText(`${text}policyAct`), /last key has no value/],
    ['the last value stops', (text: string) => encodeText(`${text}policyComment_9=a%2`), /last value stops/],
  ])('says so when %s', (_, cut, words) => {
    const truncated = parseText(cut(TEXT)).diagnostics.filter(({ code }) => code === 'truncated');
    expect(only(truncated)).toMatchObject({ incomplete: true, message: expect.stringMatching(words) });
  });

  it('says so when the last access rule lacks keys', () => {
    const { diagnostics } = parsePairs({ ...SMALL, policyEnabled_2: undefined, policyProps_2: undefined });
    expect(diagnostics.find(({ code }) => code === 'truncated')?.message).toContain(
      'access rule 2 lacks keys',
    );
  });
});

describe('keys that repeat', () => {
  it('reads the first, and is incomplete when they differ', () => {
    const parsed = parseText(encodeText(`${TEXT}policyEnabled_2=0&`));
    expect(ruleOf(only(parsed.devices), 'WAN to WAN 2').enabled).toBe(true);
    expect(parsed.diagnostics).toEqual([
      expect.objectContaining({
        code: 'duplicate-key',
        incomplete: true,
        location: { file: 'box.exp', line: 1, key: 'policyEnabled_2' },
      }),
    ]);
    const coverage = only(parsed.coverage);
    expect(coverage.read + coverage.ignored + coverage.unknown).toBe(TEXT.split('&').length);
  });

  it('mentions it only when they do not', () => {
    const { diagnostics } = parseText(encodeText(`${TEXT}policyEnabled_2=1&`));
    expect(diagnostics).toEqual([expect.objectContaining({ code: 'duplicate-key', incomplete: false })]);
  });
});

describe('an export of SonicOS Standard', () => {
  const PRO: Pairs = {
    buildNum: '3.1.0.15',
    shortProdName: 'PRO 230',
    ipAddr: '192.168.168.168',
    ipSubnetMask: '255.255.255.0',
    prefs_svcName_0: 'Terminal Services',
    prefs_svcIPType_0: 6,
    prefs_svcPortNum_0: 3389,
    prefs_svcPortEnd_0: 3389,
    prefs_ruleAction_0: 'allow',
    prefs_ruleEnabled_0: 1,
    prefs_ruleSrcEnet_0: 'WAN',
    prefs_ruleDstEnet_0: 'LAN',
    prefs_ruleSrcBegin_0: '203.0.113.7',
    prefs_ruleSrcEnd_0: '203.0.113.9',
    prefs_ruleDstBegin_0: '192.168.168.30',
    prefs_ruleDstEnd_0: '192.168.168.30',
    serviceNameInRule_0: 'Terminal Services',
    prefs_ruleAction_1: 'deny',
    prefs_ruleSrcEnet_1: '*',
    prefs_ruleDstEnet_1: 'LAN',
    checksum: 1,
  };

  it('has rules between interfaces, with addresses written into them', () => {
    const device = deviceOf(PRO);
    expect(device.interfaces.map(({ name, role }) => [name, role.value])).toEqual([
      ['WAN', 'untrusted'],
      ['LAN', 'trusted'],
    ]);
    expect(ruleOf(device, 'WAN to LAN 0')).toMatchObject({
      action: { kind: 'permit' },
      source: { objects: ['203.0.113.7-203.0.113.9'] },
      service: { objects: ['Terminal Services'] },
      location: { key: 'prefs_ruleAction_0' },
    });
    expect(ruleOf(device, 'any to LAN 1').action).toEqual({ kind: 'deny' });
  });

  it('says what nobody knows of it', () => {
    const { limits, coverage, diagnostics } = parsePairs(PRO);
    expect(limits.map(({ id }) => id)).toContain('sonicwall-standard-management-not-read');
    expect(only(coverage).unknown).toBe(0);
    expect(diagnostics).toEqual([]);
  });

  it('takes an action that is not known for a permit, and says so', () => {
    const { devices, diagnostics } = parsePairs({ ...PRO, prefs_ruleAction_0: 'forward' });
    expect(ruleOf(only(devices), 'WAN to LAN 0').action).toEqual({ kind: 'permit' });
    expect(codesOf(diagnostics)).toEqual(['malformed-value']);
  });
});

describe('exports that are recognised and refused', () => {
  it('SonicOS 7 in policy mode', () => {
    const pairs = {
      checksumVersion: 1,
      buildNum: '7.0.1-5030',
      shortProdName: 'NSa 2700',
      ...host(0, 'a', '203.0.113.1'),
    };
    const parsed = parsePairs(pairs);
    expect(parsed.devices).toEqual([]);
    expect(codesOf(parsed.diagnostics)).toEqual(['unsupported-format']);
  });

  it('an export without access rules is kept, and incomplete', () => {
    const { policyAction_0: _a, ...rest } = Object.fromEntries(
      Object.entries(SMALL).filter(([key]) => !key.startsWith('policy') || key === 'policyAction_0'),
    );
    const parsed = parsePairs(rest);
    expect(parsed.devices).toHaveLength(1);
    expect(codesOf(parsed.diagnostics)).toContain('missing-value');
  });
});
