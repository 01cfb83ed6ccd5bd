import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fortigate } from '../../src/platforms/fortigate/index.js';
import { iptables } from '../../src/platforms/iptables/index.js';
import { pfsense } from '../../src/platforms/pfsense/index.js';
import type { Platform } from '../../src/platforms/platform.js';
import { echoReplacer, placeholderFor, tokenOf } from '../../src/platforms/shared/placeholders.js';
import { sonicwall } from '../../src/platforms/sonicwall/index.js';

const key = Buffer.from('a key of the tests, long enough');

function redact(platform: Platform, text: string, with_: Uint8Array = key): string {
  const redacted = platform.redact({ file: 'x', bytes: Buffer.from(text) }, with_);
  return Buffer.from(redacted?.bytes ?? []).toString('utf8');
}

describe('a placeholder', () => {
  it('is the same for the same secret and key, and different for anything else', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, other) => {
        expect(tokenOf(one, key) === tokenOf(other, key)).toBe(one === other);
        expect(tokenOf(one, Buffer.from('another key of the tests'))).not.toBe(tokenOf(one, key));
      }),
    );
  });

  it('is written as the secret was', () => {
    expect(placeholderFor('3,00ff', 'reversible', key)).toMatch(/^3,[0-9a-f]{50}$/);
    expect(placeholderFor('$2y$10$abcdefgh', 'hashed', key)).toMatch(/^\$2y\$10\$redacted-[0-9a-f]{16}$/);
    expect(placeholderFor('$6$salt$hash', 'hashed', key)).toMatch(/^\$6\$redacted-/);
    expect(placeholderFor('LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t', 'clear', key)).toMatch(
      /^cmVkYWN0ZWQt[A-Za-z0-9+/=]+$/,
    );
    expect(
      placeholderFor(
        '-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd\n-----END RSA PRIVATE KEY-----',
        'clear',
        key,
      ),
    ).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\nredacted-\w+\nredacted-\w+\n-----END RSA PRIVATE KEY-----$/);
    expect(placeholderFor('-----BEGIN hunter2 hidden here', 'clear', key)).not.toContain('hunter2');
    expect(placeholderFor('$hunter2$hunter2', 'clear', key)).not.toContain('hunter2');
  });

  it('leaves what everybody knows, and what is empty', () => {
    for (const value of ['public', 'private', 'admin', 'password', ''])
      expect(placeholderFor(value, 'clear', key)).toBe(value);
    expect(placeholderFor('public', 'hashed', key)).not.toBe('public');
  });

  it('stays when it is met again', () => {
    for (const value of ['hunter2', '3,00ff', '$2y$10$abcdefgh', 'LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t']) {
      const once = placeholderFor(value, 'clear', key);
      expect(placeholderFor(once, 'clear', Buffer.from('another key of the tests'))).toBe(once);
    }
  });

  it('keeps the number of lines', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '-', 'B', ' ') }), (value) => {
        expect(placeholderFor(value, 'clear', key).split('\n')).toHaveLength(value.split('\n').length);
      }),
    );
  });
});

describe('a secret that stands once more', () => {
  it('is replaced there too, unless it is short, plain, or an address', () => {
    const replace = echoReplacer(['s3cret-of-2019', 'abc1', 'management', '192.0.2.10'], key);
    expect(replace?.('psk s3cret-of-2019, ask bob')).toMatch(/^psk redacted-[0-9a-f]{16}, ask bob$/);
    expect(replace?.('abc1 management 192.0.2.10')).toBe('abc1 management 192.0.2.10');
    expect(echoReplacer(['abc1'], key)).toBeNull();
  });

  it('is replaced in a comment of each platform', () => {
    const fields = 'checksumVersion=1\nbuildNum=6.5.4.4-44n\nshortProdName=TZ 300\n';
    expect(
      redact(
        sonicwall,
        `${fields}ftpPwd=hunter2%20hunter2\npolicyComment_0=the%20password%20is%20hunter2%20hunter2\n`,
      ),
    ).not.toContain('hunter2');
    expect(
      redact(
        fortigate,
        'config system interface\n    edit "wan1"\n        set ppp-password "hunter2 hunter2"\n        set description "is hunter2 hunter2"\n    next\nend\n',
      ),
    ).not.toContain('hunter2');
    expect(
      redact(
        pfsense,
        '<pfsense><snmpd><rocommunity>hunter2-2</rocommunity></snmpd><x><descr>so hunter2-2</descr></x></pfsense>',
      ),
    ).not.toContain('hunter2');
  });
});

describe('iptables', () => {
  const rules = (secret: string) =>
    `*filter\n:INPUT DROP [0:0]\n-A INPUT -p udp -m pknock --knockports 2000 --name SSH --opensecret ${secret} --closesecret "two words" -j ACCEPT\nCOMMIT\n`;

  it('loses the words that open a port, and keeps its rules', () => {
    const before = rules('open-sesame');
    const after = redact(iptables, before);
    expect(after).toMatch(
      /--opensecret redacted-[0-9a-f]{16} --closesecret "redacted-[0-9a-f]{16}" -j ACCEPT/,
    );
    const parse = (text: string) => iptables.parse([{ file: 'x', bytes: Buffer.from(text) }]);
    expect(parse(after)).toEqual(parse(before));
    expect(parse(before).devices[0]?.secrets).toEqual([
      { kind: 'port-knocking-secret', protection: 'clear', location: { file: 'x', line: 3 } },
      { kind: 'port-knocking-secret', protection: 'clear', location: { file: 'x', line: 3 } },
    ]);
  });
});

describe('FortiGate', () => {
  const settings = (lines: readonly string[]) =>
    `config vpn ipsec phase1-interface\n    edit "a"\n${lines.map((line) => `        ${line}\n`).join('')}    next\nend\n`;

  it.each([
    ['a quoted secret', ['set psksecret "pass word \\"x\\" 12"']],
    ['a bare secret', ['set psksecret hunter2-hunter2']],
    ['an encrypted secret', ['set psksecret ENC aGVsbG8gd29ybGQgaGVsbG8=']],
    ['an appended secret', ['append psksecret "hunter2-hunter2"']],
    [
      'a secret over several lines',
      [
        'set psksecret "-----BEGIN PRIVATE KEY-----',
        'MIIEvQIBADANBgkqhkiG9w0BAQ',
        '-----END PRIVATE KEY-----"',
      ],
    ],
    ['a secret whose quote is never closed', ['set psksecret "hunter2-hunter2', 'set interface wan1']],
    ['a commented secret', ['#set psksecret hunter2-hunter2', 'set interface wan1']],
    ['a secret in single quotes', ["set psksecret 'hunter2 hunter2'"]],
  ])('%s goes, and the parse stays', (_, lines) => {
    const before = settings(lines);
    const after = redact(fortigate, before);
    expect(after).not.toMatch(/hunter2|pass word|aGVsbG8|MIIE/);
    const parse = (text: string) => fortigate.parse([{ file: 'x', bytes: Buffer.from(text) }]);
    expect(parse(after)).toEqual(parse(before));
  });

  it('tells words of a session, line ends and everything else as they were', () => {
    const text = settings(['set interface "wan1"', "set comments 'it''s \\\\ here'"]).replaceAll(
      '\n',
      '\r\n',
    );
    expect(redact(fortigate, text)).toBe(text);
  });
});

describe('pfSense', () => {
  const wrap = (body: string) => `<?xml version="1.0"?>\n<pfsense>\n${body}\n</pfsense>\n`;

  it.each([
    '<ipsec><phase1><pre-shared-key>hunter2 &amp; hunter2</pre-shared-key></phase1></ipsec>',
    '<ipsec><phase1><pre-shared-key><![CDATA[hunter2 ]] hunter2]]></pre-shared-key></phase1></ipsec>',
    '<ipsec><phase1><pre-shared-key>\n  hunter2\n  hunter2\n</pre-shared-key></phase1></ipsec>',
    '<ipsec><phase1><pre-shared-key>&#104;unter2<!-- hunter2\n --></pre-shared-key></phase1></ipsec>',
    '<ipsec><phase1><PRE-SHARED-KEY>hunter2</PRE-SHARED-KEY></phase1></ipsec>',
    '<x password="hunter2"><!-- <password>hunter2</password> --></x>',
    '<x><password>hunter2<b>x</b> hunter2</password></x>',
  ])('%s loses its secret and keeps its lines', (body) => {
    const before = wrap(body);
    const after = redact(pfsense, before);
    expect(after).not.toMatch(/hunter2|104;unter2/);
    expect(after.split('\n')).toHaveLength(before.split('\n').length);
    const parse = (text: string) => pfsense.parse([{ file: 'x', bytes: Buffer.from(text) }]);
    expect(parse(after)).toEqual(parse(before));
  });

  it('drops half a secret at the end of a document that is cut', () => {
    const after = redact(pfsense, '<pfsense>\n<ipsec>\n<phase1>\n<pre-shared-key>hunter2-hun');
    expect(after).not.toContain('hunter2');
    expect(after.split('\n')).toHaveLength(4);
  });

  it('hands on nothing of a document that is broken or encrypted', () => {
    const broken = [
      '<pfsense><a></b></pfsense>',
      '---- BEGIN config.xml ----\nAAAA\n---- END config.xml ----\n',
    ];
    for (const text of broken)
      expect(pfsense.redact({ file: 'x', bytes: Buffer.from(text) }, key)).toBeNull();
  });
});

describe('SonicWall', () => {
  const pairs =
    'checksumVersion=1&buildNum=6.5.4.4-44n&shortProdName=TZ%20300&ftpPwd=hunter2%25&x y=hunter2&iface_name_0=X0&';
  const parse = (bytes: Uint8Array) => sonicwall.parse([{ file: 'x', bytes }]);

  it.each([
    ['whole', (text: string) => `${text}&&`],
    ['without its marker', (text: string) => text],
    ['in lines', (text: string) => `${text.replace(/.{64}/g, '$&\r\n')}\r\n`],
    ['cut inside a character', (text: string) => text.replace(/=+$/, '').slice(0, 61)],
    ['cut after two', (text: string) => text.replace(/=+$/, '').slice(0, 62)],
    ['cut inside its secret', (text: string) => text.slice(0, 92)],
    ['damaged, with more behind', (text: string) => `${text.slice(0, 100)}#${text.slice(100)}&&`],
  ])('%s: the same container, the same damage', (_, pack) => {
    const bytes = Buffer.from(pack(Buffer.from(pairs).toString('base64')), 'latin1');
    const redacted = sonicwall.redact({ file: 'x', bytes }, key);
    const inner = Buffer.from(
      Buffer.from(redacted?.bytes ?? [])
        .toString('latin1')
        .replace(/[\s&]/g, ''),
      'base64',
    );
    expect(inner.toString('latin1')).not.toMatch(/hunt/);
    expect(parse(redacted?.bytes ?? new Uint8Array())).toEqual(parse(bytes));
  });
});
