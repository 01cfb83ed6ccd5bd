import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCase } from '../../../fixtures/encode.js';
import { cliText, restAnswers } from '../../../fixtures/printed.js';
import type { Parsed } from '../../../src/platforms/platform.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { codesOf, ifaceOf, named, objectOf, only, ruleOf } from './exports.js';

/** The text of the command line and answers of the API: what is in them, and what happens to the rest. */

function parse(text: string, file = 'box.log'): Parsed {
  return sonicwall.parse([{ file, bytes: Buffer.from(text, 'utf8') }]);
}

const TEXT = cliText(readCase('sonicwall/nsa-240-reseller'));
const HEAD = 'firmware-version "SonicOS Enhanced 6.5.4.15-117n"\nmodel "TZ 300"\n';
const LAST_RULE =
  'access-rule ipv4 from WAN to LAN action deny\n    from WAN\n    to LAN\n    action deny\n    exit\n';

/** The zones of that rule, with their types. */
const ZONES = [
  ['LAN', 'trusted'],
  ['WAN', 'untrusted'],
];

function block(lines: string): Parsed {
  return parse(`${HEAD}\n${lines}\n${LAST_RULE}`);
}

describe('the text of the command line', () => {
  it('is recognised by its header, by its rules, and not by its name', () => {
    const detect = (text: string) => sonicwall.detect({ file: 'x', bytes: Buffer.from(text) });
    expect(detect(TEXT)).toBe(1);
    expect(detect(TEXT.slice(TEXT.indexOf('access-rule')))).toBeGreaterThan(0);
    expect(detect('interface X1\n ip address 192.0.2.1 255.255.255.0\n')).toBe(0);
  });

  it('says who decides who logs in, and what is sent away, as 6.2 and 6.5 write it', () => {
    const settings = (lines: string) =>
      Object.fromEntries(only(block(lines).devices).settings.map(({ name, value }) => [name, value]));
    expect(
      settings(
        [
          'user radius\n    default-user-group "Limited Administrators"\n',
          '    server primary\n        host 203.0.113.26\n        port 1812\n        exit\n',
          '    server secondary\n        no host\n        exit\n    exit\n',
          'tsr secure-backup interval 1440\ntime\n    use-ntp\n    exit\n',
          'packet-monitor\n    no ftp server\n    ftp automatic\n    exit\n',
          'log syslog\n    id firewall\n    server 203.0.113.8 port 514\n    exit\n',
        ].join(''),
      ),
    ).toMatchObject({
      'authentication-server': '203.0.113.26',
      'directory-users-administer': true,
      'remote-backup': true,
      'time-synchronised': true,
      'packet-capture-upload': true,
      'log-server': '203.0.113.8',
    });
    expect(settings('no tsr secure-backup\n')).toMatchObject({ 'remote-backup': false });
    expect(settings('tech-support-report options\n    no secure-backup\n    exit\n')).toMatchObject({
      'remote-backup': false,
    });
    expect(settings('user ldap\n    no default-user-group\n    exit\n')).not.toHaveProperty(
      'directory-default-group',
    );
  });

  it('knows a built-in group whose members a place in a directory decides', () => {
    const { administrators } = only(
      block(
        'user local\n    group "SonicWALL Administrators" domain any\n        memberships-by-ldap-location example.net/IT\n        exit\n    exit\n',
      ).devices,
    );
    expect(administrators).toMatchObject([
      { name: 'SonicWALL Administrators', kind: 'group', marks: ['full-rights', 'wildcard', 'remote'] },
    ]);
  });

  it('reads interfaces of tunnels: of IPsec policies, in clear text, and wireless ones', () => {
    const zones = [...ZONES, ['VPN', 'encrypted']].map(
      ([name, type]) => `zone ${name}\n    security-type ${type}\n    exit\n`,
    );
    const assigned = (zone: string, ip: string) =>
      `    ip-assignment ${zone} static\n        ip ${ip}\n        netmask 255.255.255.0\n        exit\n`;
    const text = `${zones.join('')}tunnel-interface vpn TI1\n    policy Branch\n${assigned('VPN', '10.255.0.1')}    management https\n    exit
tunnel-interface ipv6 Partner\n    zone LAN\n    type gre\n        ip 2001:db8:9::1\n        prefix-length 64\n        remote ipv4-address 203.0.113.66\n        exit\n    management ssh\n    exit
tunnel-interface ipv6 6to4 Auto\n    zone LAN\n    type 6to4\n        enable\n        exit\n    exit
interface X0\n${assigned('LAN', '192.168.1.1')}    exit
interface X0 tunnel 1\n${assigned('LAN', '172.16.31.1')}    management https\n    exit\n`;
    for (const lines of [text, text.replace(/^ +/gm, '')]) {
      const { devices, diagnostics } = block(lines);
      const device = only(devices);
      expect(diagnostics).toEqual([]);
      expect(ifaceOf(device, 'TI1')).toMatchObject({
        zone: 'VPN',
        ipv4: { cidrs: ['10.255.0.1/24'] },
        managementFlags: ['https-management'],
      });
      expect(ifaceOf(device, 'Partner')).toMatchObject({
        zone: 'LAN',
        ipv6: { cidrs: ['2001:db8:9::1/64'] },
        managementFlags: ['ssh-management'],
      });
      expect(device.tunnels).toMatchObject([
        { name: 'Partner', peers: ['203.0.113.66'], marks: ['clear-text'] },
        { name: 'Auto', peers: [], marks: ['clear-text'] },
      ]);
      expect(ifaceOf(device, 'Auto').ipv6.kind).toBe('unknown');
      expect(ifaceOf(device, 'X0:T1')).toMatchObject({ ipv4: { cidrs: ['172.16.31.1/24'] } });
      expect(ifaceOf(device, 'X0').ipv6).toEqual({ kind: 'none' });
    }
  });

  it('tells of a tunnel that it does not understand, and of an interface that stands twice', () => {
    const twice = (second: string, name = 'X0') =>
      `interface ${name}\n    management ssh\n    exit\ninterface ${name}\n    management ${second}\n    exit\n`;
    const codes = (lines: string) =>
      codesOf(block(lines).diagnostics).filter((code) => code !== 'dangling-reference');
    expect(codes(twice('https'))).toEqual(['missing-value']);
    expect(codes(twice('ssh'))).toEqual([]);
    const four = 'interface X0\n    exit\n';
    expect(codes(four + twice('https', 'ipv6 X0'))).toEqual(['missing-value']);
    expect(codes(four + twice('ssh', 'ipv6 X0'))).toEqual([]);
    expect(codes('tunnel-interface vpn A\n    unheard-of\n    exit\n')).toEqual(['unclassified']);
  });

  it('knows whether a GroupVPN asks its clients who they are', () => {
    const marks = (line: string) =>
      only(only(block(`vpn policy group-vpn G\n    enable\n    ${line}\n    exit\n`).devices).tunnels).marks;
    expect(marks('no require-xauth')).toEqual(['one-factor']);
    expect(marks('client-authentication unauthenticated-access name "X0 Subnet"')).toEqual(['one-factor']);
    expect(marks('client-authentication require-xauth "Trusted Users"')).toEqual([]);
    expect(marks('no management https')).toEqual([]);
  });

  it('says what SNMP answers to, who a TACACS+ server is, and where the units of a pair are administered', () => {
    const address =
      'interface X1\n    ip-assignment LAN static\n        ip 10.0.0.1\n        netmask 255.255.255.0\n        exit\n    exit\n';
    const pair = `${address}high-availability\n    monitoring interface X1\n        primary 10.0.0.5\n        allow-management\n        exit\n    exit\n`;
    const snmp = (line: string) => `snmp\n    enable\n    get-community-name public\n    ${line}\n    exit\n`;
    const tacacs = 'user tacacs\n    server 203.0.113.9\n        host 203.0.113.9\n        exit\n    exit\n';
    const device = only(block(`${pair}${snmp('no mandatory-snmpv3')}${tacacs}`).devices);
    expect(ifaceOf(device, 'X1').ipv4).toEqual({ kind: 'static', cidrs: ['10.0.0.1/24', '10.0.0.5/32'] });
    const settings = Object.fromEntries(device.settings.map(({ name, value }) => [name, value]));
    expect(settings).toMatchObject({
      snmp: true,
      'snmp-default-community': true,
      'authentication-server': '203.0.113.9',
    });
    const strict = only(block(snmp('mandatory-snmpv3')).devices);
    expect(strict.settings).not.toContainEqual(expect.objectContaining({ name: 'snmp-default-community' }));
    const bare = only(block(pair.replace(/^ +/gm, '')).devices);
    expect(ifaceOf(bare, 'X1').ipv4).toMatchObject({ cidrs: ['10.0.0.1/24', '10.0.0.5/32'] });
  });

  it('points at lines and gives no keys', () => {
    const device = only(parse(TEXT).devices);
    const lines = TEXT.split('\n');
    const rule = device.policies.flatMap(({ rules }) => rules).find(({ origin }) => origin === 'user');
    expect(rule?.location).toEqual({ file: 'box.log', line: expect.any(Number) });
    expect(lines[(rule?.location.line ?? 0) - 1]).toMatch(/^access-rule /);
  });

  it('has the product, the version and the name', () => {
    expect(only(parse(TEXT).devices)).toMatchObject({
      id: 'fw-paris-1',
      product: 'NSA 240',
      firmware: '5.9.0.7-17o',
    });
  });

  it('keeps addresses that are written into a rule', () => {
    const rule = [
      'access-rule ipv4 from WAN to WAN action allow source address host 203.0.113.7',
      '    enable',
      '    from WAN',
      '    to WAN',
      '    action allow',
      '    source address host 203.0.113.7',
      '    service any',
      '    destination address network 198.51.100.0 255.255.255.0',
      '    exit',
    ];
    const device = only(block(rule.join('\n')).devices);
    expect(ruleOf(device, 'WAN to WAN 1').source.objects).toEqual(['host 203.0.113.7']);
    expect(objectOf(device, 'host 203.0.113.7')).toMatchObject({ origin: 'implied' });
    expect(ruleOf(device, 'WAN to WAN 1').destination.any).toBe(false);
  });

  it('reads a rule by its header where its body leaves something out', () => {
    const header =
      'access-rule from "Zone A" to LAN action deny service name "from" destination address group to';
    const device = only(block(`${header}\n    id 7\n    exit\n`).devices);
    expect(device.policies.map(({ name }) => name)).toContain('Zone A to LAN');
    expect(device.policies.flatMap(({ rules }) => rules)[0]).toMatchObject({
      service: { objects: ['from'] },
      destination: { objects: ['to'] },
    });
  });

  it('knows VLANs, and interfaces without an address of their own', () => {
    const device = only(
      block(
        [
          'zone LAN\n    security-type trusted\n    exit',
          'interface X0 vlan 10\n    ip-assignment LAN static\n        ip 10.0.0.1\n        netmask 255.255.255.0\n        exit\n    exit',
          'interface X2\n    ip-assignment LAN portshield X0\n    exit',
          'interface X3\n    no ip-assignment\n    exit',
          'interface X4\n    ip-assignment LAN something-new\n        ip 10.0.1.1 netmask 255.255.255.0\n        exit\n    exit',
        ].join('\n'),
      ).devices,
    );
    expect(ifaceOf(device, 'X0:V10').ipv4).toEqual({ kind: 'static', cidrs: ['10.0.0.1/24'] });
    expect(ifaceOf(device, 'X2').ipv4).toEqual({ kind: 'none' });
    expect(ifaceOf(device, 'X3').zone).toBeNull();
    expect(ifaceOf(device, 'X4').ipv4.kind).not.toBe('none');
  });

  it('knows the other port of a bridge by the name of its interface', () => {
    const port = (settings: string) => {
      const text = `interface X1\n    exit\ninterface X2\n    ${settings}\n    exit`;
      return only(block(text).devices).interfaces.map(({ name, bridge }) => [name, bridge]);
    };
    const tied = [
      ['X1', '0'],
      ['X2', '0'],
    ];
    expect(port('ip-assignment LAN layer2-bridge\n        bridge-to X1\n        exit')).toEqual(tied);
    expect(port('ip-assignment LAN wire-mode X1')).toEqual(tied);
    expect(port('native-bridge X1')).toEqual(tied);
    expect(port('no native-bridge')).toEqual([
      ['X1', undefined],
      ['X2', undefined],
    ]);
    expect(port('ip-assignment LAN layer2-bridge')).toEqual([
      ['X1', undefined],
      ['X2', 'slot 1'],
    ]);
  });

  it('says that a quotation or the end is missing', () => {
    expect(codesOf(block('address-object ipv4 "open host 203.0.113.7 zone WAN').diagnostics)).toContain(
      'malformed-value',
    );
    expect(codesOf(parse(TEXT.slice(0, TEXT.lastIndexOf('    exit'))).diagnostics)).toContain('truncated');
  });

  it('finds a keyword that it does not know, and never passes over it', () => {
    const lines = TEXT.split('\n');
    const tried = new Set<string>();
    let head = '';
    for (const [at, line] of lines.entries()) {
      if (/^\S/.test(line)) head = line.split(' ')[0] ?? '';
      const match = /^(\s*(?:no )?)([a-z-]+)/.exec(line);
      const known = match === null ? '' : `${head} ${match[2]}`;
      if (match === null || tried.has(known) || match[2] === 'exit' || /^(?:cli|rom|system)/.test(line))
        continue;
      tried.add(known);
      const renamed = lines.with(at, line.replace(/^(\s*(?:no )?)/, '$1zz')).join('\n');
      const unknown = parse(renamed).coverage[0]?.unknown ?? 0;
      expect([known, unknown > 0]).toEqual([known, true]);
    }
    expect(tried.size).toBeGreaterThan(40);
  });

  it('never throws, whatever is cut out or typed over', () => {
    fc.assert(
      fc.property(fc.nat(TEXT.length), fc.nat(400), fc.string(), (at, length, text) => {
        parse(TEXT.slice(0, at) + text + TEXT.slice(at + length));
      }),
      { numRuns: 60 },
    );
  });

  it('takes no longer for a hostile text than for another of its size', () => {
    const key = new Uint8Array(32);
    for (const text of [
      '\n'.repeat(300_000),
      `${HEAD}${'password '.repeat(100_000)}`,
      `${HEAD}"${'a '.repeat(300_000)}`,
    ]) {
      const capture = { file: 'x', bytes: Buffer.from(text) };
      const start = performance.now();
      sonicwall.detect(capture);
      sonicwall.parse([capture]);
      sonicwall.redact(capture, key);
      expect(performance.now() - start).toBeLessThan(5000);
    }
  });

  it('keeps names that objects of this program have, too', () => {
    const device = only(
      block(
        'address-object ipv4 __proto__ host 203.0.113.7 zone WAN\nuser local\n    user constructor\n        member-of "SonicWALL Administrators"\n        exit\n    exit',
      ).devices,
    );
    expect(objectOf(device, '__proto__').content.kind).toBe('addresses');
    expect(named(device.administrators, 'constructor').privilege).toBe('administrator');
  });
});

describe('SonicOS 7 in policy mode', () => {
  it.each([
    [
      'the command line',
      'box.log',
      `${HEAD}security-policy ipv4 name "Allow all"\n    action allow\n    exit\n`,
    ],
    ['the REST API', 'box/x.json', '{"security_policies":[{"ipv4":{"name":"all","action":"allow"}}]}'],
  ])('is refused in one line, from %s', (_, file, text) => {
    const { devices, diagnostics } = parse(text, file);
    expect(devices).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: 'unsupported-format', incomplete: true }]);
    expect(only([...diagnostics]).message).toContain('policy mode');
  });
});

describe('answers of the REST API', () => {
  const answers = Object.entries(restAnswers(readCase('sonicwall/nsa-240-reseller'))).map(
    ([name, answer]) => ({ file: `box/${name}`, bytes: Buffer.from(JSON.stringify(answer)) }),
  );

  it('make one device a folder', () => {
    const elsewhere = answers.map(({ file, bytes }) => ({ file: file.replace('box/', 'other/'), bytes }));
    expect(sonicwall.parse(answers).devices).toHaveLength(1);
    expect(sonicwall.parse([...answers, ...elsewhere]).devices).toHaveLength(2);
    expect(sonicwall.parse(answers).coverage).toHaveLength(answers.length);
  });

  it('are told by the names at their top, and not by those further in', () => {
    for (const { file, bytes } of answers) {
      const confidence = (text: string) => sonicwall.detect({ file, bytes: Buffer.from(text) });
      const text = bytes.toString();
      expect(confidence(text)).toBeGreaterThanOrEqual(0.6);
      expect(confidence(`\n${JSON.stringify(JSON.parse(text), null, 2)}`)).toBe(confidence(text));
      expect(confidence(text.slice(0, -3))).toBe(confidence(text));
      expect(confidence(`{"status":{"success":true},"text":"\\"}]","odd":[{"a":"["}],${text.slice(1)}`)).toBe(
        confidence(text),
      );
      expect(confidence(JSON.stringify({ platform: 'SonicWALL', device: JSON.parse(text) }))).toBe(0);
      expect(confidence(JSON.stringify({ platform: 'SonicWALL', text }))).toBe(0);
    }
  });

  it('may hold their one thing a level deeper', () => {
    const text = JSON.stringify({ ssl_vpn: { server: { port: 4433, management: { web: true } } } });
    const files = answers.filter(({ file }) => !/ssl-vpn/.test(file));
    const zones = files.map((each) => ({
      ...each,
      bytes: Buffer.from(each.bytes.toString().replace('"sslvpn_access":false', '"sslvpn_access":true')),
    }));
    const parsed = sonicwall.parse([...zones, { file: 'box/ssl-vpn.json', bytes: Buffer.from(text) }]);
    expect(named(only(parsed.devices).tunnels, 'SSL VPN').management).toEqual(['https-management']);
  });

  it('say what was not collected', () => {
    const rules = answers.filter(({ file }) => /access-rules/.test(file));
    const parsed = sonicwall.parse(rules);
    expect(codesOf(parsed.diagnostics)).toContain('missing-value');
    expect(parsed.limits.map(({ id }) => id)).toContain('sonicwall-rest-as-far-as-collected');
  });

  it('find a name that nobody knows', () => {
    const text = (answers.find(({ file }) => /access-rules/.test(file))?.bytes ?? '').toString();
    const parsed = parse(text.replace('"logging":', '"zzlogging":'), 'box/rules.json');
    expect(only(parsed.coverage).unknownFamilies).toMatchObject([
      { name: 'access-rule zzlogging', section: 'access-rules', count: 1 },
    ]);
  });

  it('never throw on what is no whole JSON', () => {
    const text = (answers.find(({ file }) => /interfaces/.test(file))?.bytes ?? '').toString();
    fc.assert(
      fc.property(fc.nat(text.length), fc.string(), (at, other) => {
        parse(text.slice(0, at) + other, 'box/x.json');
        parse(`${'['.repeat(at)}`, 'box/x.json');
      }),
      { numRuns: 40 },
    );
    expect(codesOf(parse(text.slice(0, -3), 'box/x.json').diagnostics)).toEqual(['malformed-value']);
  });
});
