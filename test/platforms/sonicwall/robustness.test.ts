import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Parsed } from '../../../src/platforms/platform.js';
import { createDiagnosticLog } from '../../../src/platforms/shared/diagnostic-log.js';
import { readExport } from '../../../src/platforms/sonicwall/exp.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { createKeyReader } from '../../../src/platforms/sonicwall/key-reader.js';
import { coverageOf, guessSection } from '../../../src/platforms/sonicwall/keys.js';
import { normalise } from '../../../src/platforms/sonicwall/normalise.js';
import { PairList } from '../../../src/platforms/sonicwall/pairs.js';
import { READ_FAMILIES } from '../../../src/platforms/sonicwall/read-families.js';
import {
  encodeText,
  group,
  iface,
  member,
  only,
  type Pairs,
  pairsText,
  parsePairs,
  parseText,
  percentEncode,
  rule,
  rule6,
  SMALL,
} from './exports.js';

/** An export in which every family that the parser reads has its place. */
const RICH: Pairs = {
  ...SMALL,
  ...rule6(0, 'WAN', 'WAN', { SrcNet: 'v6', Props: 16773117 }),
  ...rule6(1, 'WAN', 'LAN', { Action: 0, DefaultRule: undefined, PriType: 1 }),
  ...iface(7, 'MGMT', 'LAN', { type: 17, mgmt_ip: '10.0.3.254' }),
  ...rule(9, 'WAN', 'WAN', { SrcSvc: 'SNMP', DstNet: 'inner' }),
  pbrObjDst_0: 'inner',
  pbrObjGw_0: 'outer',
  pbrObjIface_0: 0,
  pbrObjIfaceName_0: '',
  pbrObjSrc_0: '',
  pbrObjSvc_0: '',
  ...Object.fromEntries(
    [2, 3, 4].flatMap((hop) => [
      [`pbrObjGw${hop}_0`, ''],
      [`pbrObjIface${hop}_0`, -1],
      [`pbrObjIfaceName${hop}_0`, ''],
    ]),
  ),
  ...group(20, 'outer'),
  ...group(21, 'inner'),
  ...member(20, 'inner', 'outer'),
  ...member(21, 'outer', 'inner'),
  ...iface(4, 'X4', 'WAN', { type: 2, dhcp_enable: 'on' }),
  ...iface(5, 'X5', 'WAN', { type: 5, pppoe_dyn_ip: 0, pppoe_dyn_dns: 0 }),
  ...iface(6, 'X6', '', { https_mgmt: 'x' }),
  iface_name6_6: 'X6',
  iface_ifnum6_6: 6,
  interface_Zone6_6: 'WAN',
  iface_static6_ip_6: '2001:db8::6',
  iface_https6_mgmt_6: 1,
  iface_name6_7: 'MGMT',
  iface_pppoe6_dyn_ip_7: 1,
  iface_type6_7: 2,
  firmwareHistoryBuildNum_0: '5.9.1.7-2o',
  firmwareHistoryTimeStamp_0: '01/02/2016 03:04:05',
  haIfNum_0: 1,
  haIfIsMgmtAllowed_0: 'on',
  haPrimaryIp_0: '198.51.100.3',
  haIfNumV6_0: 1,
  haIfIsMgmtAllowedV6_0: 'on',
  haPrimaryIpV6_0: '2001:db8::3',
  addrObjV6Id_0: 'v6',
  addrObjV6Type_0: 2048,
  addrObjV6Ip1_0: '2001:db8::',
  addrObjV6PrefixLen_0: 32,
  addrObjV6Id_1: 'v6 host',
  addrObjV6Type_1: 512,
  addrObjV6Ip1_1: '2001:db8::9',
  addrObjFqdnId_0: 'name',
  addrObjFqdn_0: 'a.example',
  addrObjMacId_0: 'mac',
  natPolicyOrigSrc_0: '',
  natPolicyOrigSrcV6_0: '',
  userObjId_0: 'dupont',
  userObjPrivMask_0: 16,
  userGroupObjId_0: 'SonicWALL Administrators',
  ipsecName_0: 'Lyon',
  paramGmsMode: 3,
  zeroTouchEnable: 'on',
  gmsServerAddr: '203.0.113.51',
  zoneObjSslVpnProfile_1: 1,
  iface_wire_mode_6: 'on',
  iface_wm_type_6: 'secure',
  ciaAuthEnabled: 'on',
  ciaAuthAgentIP_0: '192.168.1.9',
  gmsSyslogToDrs: 'on',
  prefs_dhstaticscopeactive_0: 'on',
  L2TPServerEnabled: 'on',
  vpn_propagateSettings: 0,
  ldapRelayEnable: 'on',
  registrationCode: 'ABCD1234',
  prefsHistorySerialNumber_0: '0017C5000009',
  ipsecName_1: 'WAN GroupVPN',
  ipsecClientPolicy_1: 'on',
  userGroupObjPrivMask_0: 16,
  userGroupObjLdapLocn_0: 'example.net/IT',
  lastImportedUser: 'dupont',
  snmp_Enable: 'on',
  ldapServerName: '192.168.1.25',
  ldapSrvrHostName_0: '192.168.1.26',
  logFtpOn: 'on',
  pktCapTraceAutoFtpOn_0: 'on',
  prefs_dhdynscopeactive_0: 'on',
  prefs_dhdynDhcpOptGrp_0: '',
  prefs_dhstaticDhcpOptGrp_0: 'telephones',
};

/** The checksum comes last, as it does in every export. */
const RICH_TEXT = `${pairsText({ ...RICH, checksum: undefined })}${pairsText({ checksum: SMALL.checksum })}`;

/** What must hold of anything that comes out of the parser. */
function checkShape({ devices, coverage, diagnostics }: Parsed): void {
  if (devices.length === 0) expect(diagnostics.some(({ incomplete }) => incomplete)).toBe(true);
  for (const device of devices) {
    const names = device.addressObjects.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(device.id).not.toBe('');
    const zones = new Set(device.zones.map(({ name }) => name));
    for (const { zone } of device.interfaces) expect(zone === null || zones.has(zone)).toBe(true);
    expect(() => JSON.stringify(device)).not.toThrow();
  }
  for (const each of coverage) {
    const unknown = each.unknownFamilies.reduce((sum, { count }) => sum + count, 0);
    expect(each.unknown).toBe(unknown);
  }
}

describe('bad input never throws', () => {
  it('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const capture = { file: 'x', bytes };
        expect(sonicwall.detect(capture)).toBeLessThan(1);
        checkShape(sonicwall.parse([capture]));
      }),
      { numRuns: 300 },
    );
  });

  it('random bytes in place of some of an encoded export', () => {
    const whole = Buffer.from(encodeText(RICH_TEXT));
    const at = fc.nat({ max: whole.length - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [index, value] of changes) bytes[index] = value;
        checkShape(sonicwall.parse([{ file: 'x', bytes }]));
      }),
      { numRuns: 60 },
    );
  });

  it('an export that stops anywhere is incomplete', () => {
    const whole = encodeText(RICH_TEXT);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 20 }), (length) => {
        const parsed = parseText(whole.slice(0, length));
        checkShape(parsed);
        expect(parsed.diagnostics.some(({ incomplete }) => incomplete)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('values, keys and pairs replaced, removed and repeated', () => {
    const pairs = RICH_TEXT.split('&').filter((pair) => pair !== '');
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '',
        '-1',
        '99999999999999999999',
        '1e9',
        '0x10',
        '::',
        '0.0.0.0',
        '255.255.255.255',
        '__proto__',
        'X1 IP',
        '\u001b[31m',
      ),
    );
    const change = fc.record({
      at: fc.nat({ max: pairs.length - 1 }),
      how: fc.constantFrom('value', 'key', 'remove', 'repeat', 'index'),
      text: nasty,
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const edited = [...pairs];
        for (const { at, how, text } of changes) edited[at] = edit(edited[at] ?? '', how, text);
        checkShape(parseText(encodeText(edited.join('&'))));
      }),
      { numRuns: 120 },
    );
  });

  it('huge indices, deep groups and long names', () => {
    const deep = Object.assign({}, ...Array.from({ length: 3000 }, (_, index) => chainLink(index)));
    const long = `${'A'.repeat(100_000)} IPv6 IP`;
    const parsed = parsePairs({
      ...SMALL,
      ...deep,
      ...group(9999, long, { Properties: 793 }),
      policyAction_999999999: 2,
    });
    checkShape(parsed);
    expect(only(parsed.devices).addressObjects.length).toBeGreaterThan(3000);
  });

  it('runs of ampersands and white space, in no more than linear time', () => {
    const started = performance.now();
    checkShape(parseText(`${'&'.repeat(300_000)}x`));
    checkShape(parseText(`a=1${'&'.repeat(300_000)}x`));
    checkShape(parseText(`a=1&${' '.repeat(300_000)}x`));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

function edit(pair: string, how: string, text: string): string {
  const [key = '', value = ''] = pair.split('=', 2);
  switch (how) {
    case 'value':
      return `${key}=${percentEncode(text)}`;
    case 'key':
      return `${percentEncode(text)}=${value}`;
    case 'repeat':
      return `${pair}&${key}=${percentEncode(text)}`;
    case 'index':
      return `${key.replace(/_\d+$/, `_${text.length}`)}=${value}`;
    default:
      return '';
  }
}

function chainLink(index: number): Pairs {
  return { ...group(100 + index, `g${index}`), ...member(100 + index, `g${index + 1}`, `g${index}`) };
}

describe('the parser', () => {
  it('gives the same result twice', () => {
    const capture = { file: 'x', bytes: Buffer.from(encodeText(RICH_TEXT)) };
    expect(JSON.stringify(sonicwall.parse([capture]))).toBe(JSON.stringify(sonicwall.parse([capture])));
  });

  it('asks for every family that it declares', () => {
    const document = readExport({ file: 'x', bytes: Buffer.from(encodeText(RICH_TEXT)) });
    const reader = createKeyReader(document?.pairs ?? PairList.of('x', []));
    normalise(reader, createDiagnosticLog());
    expect(READ_FAMILIES.filter((family) => !reader.asked().has(family))).toEqual([]);
  });
});

describe('coverage', () => {
  it('counts every pair once', () => {
    const parsed = parsePairs({
      ...SMALL,
      policyAction_x: 1,
      somethingNew: 'PLANTED-SECRET',
      somethingNew_7: 1,
    });
    const coverage = only(parsed.coverage);
    expect(coverage.read + coverage.ignored + coverage.unknown).toBe(Object.keys(SMALL).length + 3);
    expect(coverage.unknownFamilies.map(({ name, count, section }) => [name, count, section])).toEqual([
      ['policyAction_x', 1, 'access-rules'],
      ['somethingNew', 1, 'other'],
      ['somethingNew_N', 1, 'other'],
    ]);
    expect(JSON.stringify(parsed)).not.toContain('PLANTED');
  });

  it('an unknown key outside other makes the scan incomplete, once a section', () => {
    const { diagnostics } = parsePairs({
      ...SMALL,
      policyNew_0: 1,
      policyNew_1: 1,
      policyNewer_0: 1,
      natPolicyNew_0: 1,
      odd: 1,
    });
    expect(diagnostics.map(({ code, incomplete }) => [code, incomplete])).toEqual([
      ['unclassified', true],
      ['unclassified', true],
    ]);
    expect(diagnostics[0]?.message).toContain('3 keys among access-rules');
  });

  it('a renamed key is unknown, and its place is missed', () => {
    const { policyEnabled_2: value, ...rest } = SMALL;
    const { diagnostics } = parsePairs({ ...rest, policyEnabledX_2: value });
    expect(diagnostics.map(({ code }) => code).sort()).toEqual([
      'missing-value',
      'truncated',
      'unclassified',
    ]);
  });

  it.each([
    ['policyFoo_N', 'access-rules'],
    ['addrObjFoo_N', 'objects'],
    ['svcObjFoo', 'objects'],
    ['natPolicyFoo_N', 'nat'],
    ['iface_foo_N', 'interfaces'],
    ['zoneObjFoo_N', 'interfaces'],
    ['ipsecFoo_N', 'vpn'],
    ['sslvpnFoo', 'vpn'],
    ['userFoo', 'administration'],
    ['snmp_Foo', 'administration'],
    ['toString', 'other'],
  ])('guesses the section of %s', (family, section) => {
    expect(guessSection(family)).toBe(section);
    const entry = { family: `${family}Q`, index: null, raw: '', line: 1 };
    const [unknown] = coverageOf(PairList.of('x', [entry])).unknownFamilies;
    expect(unknown?.section).toBe(section);
  });
});
