import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { deviceOf, encodeText, only, type Pairs, pairsText, parsePairs, SMALL } from './exports.js';

function account(index: number, name: string, mask = 0): Pairs {
  return {
    [`userObjId_${index}`]: name,
    [`userObjType_${index}`]: 1,
    [`userObjProperties_${index}`]: 14,
    [`userObjPrivMask_${index}`]: mask,
  };
}

function userGroup(index: number, name: string, mask: number, properties = 157): Pairs {
  return {
    [`userGroupObjId_${index}`]: name,
    [`userGroupObjType_${index}`]: 2,
    [`userGroupObjProperties_${index}`]: properties,
    [`userGroupObjPrivMask_${index}`]: mask,
  };
}

function inGroup(index: number, name: string, of: string): Pairs {
  return { [`uo_atomToGrp_${index}`]: name, [`uo_grpToGrp_${index}`]: of };
}

function administratorsOf(pairs: Pairs): readonly string[] {
  return deviceOf({ ...SMALL, ...pairs }).administrators.map(
    ({ name, kind, privilege, origin }) => `${kind} ${name}: ${privilege} (${origin})`,
  );
}

describe('administrators', () => {
  it('are the members of the groups that may administer', () => {
    const pairs = {
      ...account(0, 'dupont'),
      ...account(1, 'martin'),
      ...userGroup(0, 'SonicWALL Administrators', 16),
      ...userGroup(1, 'Everyone', 0),
      ...inGroup(0, 'dupont', 'SonicWALL Administrators'),
      ...inGroup(1, 'martin', 'Everyone'),
    };
    expect(administratorsOf(pairs)).toEqual([
      'user dupont: administrator (user)',
      'group SonicWALL Administrators: administrator (automatic)',
    ]);
    expect(deviceOf({ ...SMALL, ...pairs }).administrators[0]).toMatchObject({
      groups: ['SonicWALL Administrators'],
      location: { key: 'userObjId_0' },
    });
  });

  it('may be so by their own mask, or through groups in groups', () => {
    const pairs = {
      ...account(0, 'own', 32),
      ...account(1, 'nested'),
      ...userGroup(0, 'Staff', 0, 14),
      ...userGroup(1, 'Limited Administrators', 2),
      ...inGroup(0, 'nested', 'Staff'),
      ...inGroup(1, 'Staff', 'Limited Administrators'),
      ...inGroup(2, 'Limited Administrators', 'Staff'),
    };
    expect(administratorsOf(pairs)).toEqual([
      'user own: read-only administrator (user)',
      'user nested: limited administrator (user)',
      'group Staff: limited administrator (user)',
      'group Limited Administrators: limited administrator (automatic)',
    ]);
  });

  it('are known by the name of a built-in group when the export leaves the groups out', () => {
    const pairs = { ...account(0, 'dupont'), ...inGroup(0, 'dupont', 'SonicWALL Administrators') };
    expect(administratorsOf(pairs)).toEqual(['user dupont: administrator (user)']);
  });

  it('are not those who only use SSL VPN or guest services', () => {
    const pairs = {
      ...account(0, 'vpn'),
      ...userGroup(0, 'SSLVPN Services', 4096),
      ...userGroup(1, 'Guest Services', 1032),
      ...inGroup(0, 'vpn', 'SSLVPN Services'),
    };
    expect(administratorsOf(pairs)).toEqual([]);
  });
});

describe('tunnels', () => {
  const SITE: Pairs = {
    ipsecName_0: 'Lyon',
    ipsecGwAddr_0: '203.0.113.40',
    ipsecSecGwAddr_0: '0.0.0.0',
    ipsecSaDisabled_0: 'off',
    ipsecClientPolicy_0: 'off',
    ipsecRemoteNetwork_0: 'Lyon LAN',
    ipsecHttpsMgmt_0: 'on',
    ipsecSshMgmt_0: 'off',
  };

  it('have peers and the services that they may administer', () => {
    expect(only(deviceOf({ ...SMALL, ...SITE }).tunnels)).toMatchObject({
      name: 'Lyon',
      kind: 'site-to-site',
      enabled: true,
      peers: ['203.0.113.40'],
      remoteNetworks: ['Lyon LAN'],
      management: ['https-management'],
    });
  });

  it('may be off, for clients, or SSL VPN', () => {
    const group = { ...SITE, ipsecClientPolicy_0: 'on', ipsecGwAddr_0: '0.0.0.0', ipsecSaDisabled_0: 'on' };
    expect(only(deviceOf({ ...SMALL, ...group }).tunnels)).toMatchObject({
      kind: 'remote-access',
      enabled: false,
      peers: [],
    });
    expect(only(deviceOf({ ...SMALL, ...SITE, ipsecEnable: 'off' }).tunnels).enabled).toBe(false);
    const sslVpn = { zoneObjSslVpnProfile_1: 1, sslvpnWebMgmt: 1, sslvpnSshMgmt: 0 };
    expect(only(deviceOf({ ...SMALL, ...sslVpn }).tunnels)).toMatchObject({
      name: 'SSL VPN',
      kind: 'remote-access',
      management: ['https-management'],
    });
  });
});

describe('managers', () => {
  it('are GMS, zero-touch and a flow server, when they are on', () => {
    const pairs: Pairs = {
      ...SMALL,
      paramGmsMode: 3,
      snmp_HostIPGMS: '203.0.113.50',
      zeroTouchEnable: 'on',
      zeroTouchServerIp: '0.0.0.0',
      zeroTouchTTFqdn: 'manager.example.com',
      gmsServerEnable: 'on',
      gmsServerAddr: '203.0.113.51',
    };
    expect(deviceOf(pairs).managers.map(({ kind, address }) => [kind, address])).toEqual([
      ['gms', '203.0.113.50'],
      ['zero-touch', 'manager.example.com'],
      ['gms-flow-server', '203.0.113.51'],
    ]);
    expect(deviceOf({ ...SMALL, gmsServerEnable: 'on', gmsServerAddr: '0.0.0.0' }).managers).toEqual([]);
    const named = { ...SMALL, gmsServerAddr: '0.0.0.0', gmsServerAddrObj: 'Support' };
    expect(deviceOf(named).managers.map(({ address }) => address)).toEqual(['203.0.113.7']);
  });

  it.each([
    ['by its name', { globalMgtIpName: 'gms.example.com' }, ['gms.example.com']],
    ['told twice', { snmp_HostIPGMS: '203.0.113.50', globalMgtIpName: '203.0.113.50' }, ['203.0.113.50']],
    [
      'with its standby',
      { snmp_HostIPGMS: '203.0.113.50', globalMgtSlIpName: '203.0.113.60' },
      ['203.0.113.50', '203.0.113.60'],
    ],
    [
      'with its standby, told twice',
      { globalMgtSlIpName: '203.0.113.60', standby_sgms_HostIPGMS: '203.0.113.60' },
      [null, '203.0.113.60'],
    ],
    ['by nothing', {}, [null]],
  ])('name GMS %s', (_, pairs, addresses) => {
    const managers = (mode: number) => deviceOf({ ...SMALL, ...pairs, paramGmsMode: mode }).managers;
    expect(managers(3).map(({ address }) => address)).toEqual(addresses);
    expect(managers(0)).toEqual([]);
  });
});

describe('settings', () => {
  it('have names that checks may rely on', () => {
    const settings = deviceOf({
      ...SMALL,
      enableRemoteAssistance: 'on',
      loginFailMaxRate: 5,
      registrationCode: 'ABCD1234',
      prefsHistorySerialNumber_0: '0017C5000009',
    }).settings;
    const values = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({
      'allow-http-management': false,
      'remote-assistance': true,
      'administrator-idle-timeout-minutes': 5,
      'login-lockout-attempts': 5,
      registered: true,
      'imported-configurations': 1,
    });
  });
});

describe('servers', () => {
  function namesOf(pairs: Pairs, name: string): readonly unknown[] {
    const { settings } = deviceOf({ ...SMALL, ...pairs });
    return settings.filter((each) => each.name === name).map(({ value }) => value);
  }

  it('set the clock only while NTP is on', () => {
    const servers = { addCustomNTPServer_0: '203.0.113.9', addCustomNTPServer_1: 'time.example' };
    const asked = ['203.0.113.9', 'time.example'];
    expect(namesOf(servers, 'time-server')).toEqual(asked);
    expect(namesOf({ ...servers, ntp_useNtp: 'on' }, 'time-server')).toEqual(asked);
    expect(namesOf({ ...servers, ntp_useNtp: 'off' }, 'time-server')).toEqual([]);
  });

  it('of names are those entered, else those of the uplinks', () => {
    const both = {
      dns_server_one: '203.0.113.1',
      dns_server_two: '0.0.0.0',
      iface_static_dns1_1: '203.0.113.2',
      iface_static_dns1_0: '203.0.113.3',
      iface_static_dns1_3: '203.0.113.4',
    };
    expect(namesOf({ ...both, dns_use_static_servers: 1 }, 'dns-server')).toEqual(['203.0.113.1']);
    expect(namesOf({ ...both, dns_use_static_servers: 0 }, 'dns-server')).toEqual(['203.0.113.2']);
    expect(namesOf({ ...both, iface_port_disabled_1: 1 }, 'dns-server')).toEqual([]);
    const own = {
      iface_type_1: 5,
      iface_pppoe_static_dns1_1: '203.0.113.5',
      iface_static_dns1_1: '203.0.113.2',
    };
    expect(namesOf({ ...own, iface_pppoe_dyn_dns_1: 0 }, 'dns-server')).toEqual(['203.0.113.5']);
    expect(namesOf({ ...own, iface_pppoe_dyn_dns_1: 1 }, 'dns-server')).toEqual([]);
    const six = {
      v6dns_server_one: '2001:db8::53',
      v6dns_server_two: '00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00',
    };
    expect(namesOf({ ...six, v6dns_use_static_srvs: 1 }, 'dns-server')).toEqual(['2001:db8::53']);
    expect(namesOf({ ...six, v6dns_use_static_srvs: 0 }, 'dns-server')).toEqual([]);
  });
});

describe('the history of the firmware', () => {
  it.each([
    ['5.9.1.7-2o', '5.9.1.7-2o'],
    ['5.9.0.7-18o', '5.9.0.7-18o'],
    ['5.9.0.10-1o--HF139012-3o', '5.9.0.10-1o--HF139012-3o'],
    ['5.9.0.7-17o', null],
    ['5.9.0.7-9o', null],
    ['5.8.4.10-99o', null],
    ['6.5.4.4-44n', null],
    ['sample', null],
    ['', null],
    ['999999999999.1-1o', null],
  ])('tells that %s ran before', (build, newer) => {
    const { settings } = deviceOf({
      ...SMALL,
      firmwareHistoryBuildNum_0: build,
      firmwareHistoryTimeStamp_0: '',
    });
    expect(settings.find(({ name }) => name === 'firmware-before')?.value ?? null).toBe(newer);
  });

  it('names the newest, with its moment as it is written', () => {
    const { settings } = deviceOf({
      ...SMALL,
      firmwareHistoryBuildNum_0: '5.9.1.3-1o',
      firmwareHistoryBuildNum_4: '5.9.1.7-2o',
      firmwareHistoryTimeStamp_4: '01/02/2016 03:04:05',
    });
    const [first, ...more] = settings.filter(({ name }) => name === 'firmware-before');
    expect([first?.value, first?.location.key]).toEqual([
      '5.9.1.7-2o 01/02/2016 03:04:05',
      'firmwareHistoryBuildNum_4',
    ]);
    expect(more).toEqual([]);
  });
});

describe('secrets', () => {
  const PLANTED: Pairs = {
    ipsecESPKey_0: '3,0011aabb',
    userObjCryptPass_0: '4,0011aabb',
    snmp_GetCommunity: 'PLANTED-SECRET-1',
    ftpPwd: 'PLANTED-SECRET-2',
    registrationCode: 'PLANTED-SECRET-3',
    upgradeKey_3: 'PLANTED-SECRET-4',
    sslSpySpoofCertkeyPEM: 'PLANTED-SECRET-5',
    snmp_TrapCommunity: '',
  };

  it('are where they stand and how they are kept, and never what they are', () => {
    const parsed = parsePairs({ ...SMALL, ...PLANTED });
    const refs = only(parsed.devices).secrets.map(({ kind, protection, location }) => [
      location.key,
      kind,
      protection,
    ]);
    expect(refs).toEqual([
      ['snmp_GetCommunity', 'snmp-community', 'clear'],
      ['ipsecESPKey_0', 'ipsec-pre-shared-key', 'reversible'],
      ['userObjCryptPass_0', 'user-password', 'reversible'],
      ['ftpPwd', 'ftp-password', 'clear'],
      ['registrationCode', 'registration-code', 'clear'],
      ['upgradeKey_3', 'licence-key', 'clear'],
      ['sslSpySpoofCertkeyPEM', 'private-key', 'clear'],
    ]);
    expect(JSON.stringify(parsed)).not.toMatch(/PLANTED|0011aabb/);
  });
});

describe('identity and limits', () => {
  it('falls back from the name to the serial number to the file', () => {
    expect(deviceOf(SMALL)).toMatchObject({ id: 'fw-paris-1', serial: '0017C5000001' });
    expect(deviceOf({ ...SMALL, firewallName: '' }).id).toBe('0017C5000001');
    expect(
      deviceOf({ ...SMALL, firewallName: undefined, serialNumber: undefined, serial: '0017C5000002' }),
    ).toMatchObject({
      id: '0017C5000002',
      serial: '0017C5000002',
    });
    expect(deviceOf({ ...SMALL, firewallName: undefined, serialNumber: undefined }).id).toBe('box.exp');
  });

  it('lists every limit once, whatever the number of captures', () => {
    const bytes = Buffer.from(encodeText(pairsText(SMALL)));
    const parsed = sonicwall.parse([
      { file: 'a.exp', bytes },
      { file: 'b.exp', bytes },
    ]);
    expect(parsed.devices).toHaveLength(2);
    expect(parsed.coverage.map(({ file }) => file)).toEqual(['a.exp', 'b.exp']);
    expect(parsed.limits.map(({ id }) => id)).toEqual([
      'sonicwall-exp-registration-not-in-file',
      'sonicwall-exp-built-in-administrator-not-in-file',
      'sonicwall-exp-vpn-users-not-told-apart',
      'sonicwall-exp-probes-of-route-policies-not-read',
    ]);
  });
});

describe('NAT', () => {
  function nat(index: number, fields: Pairs, mark = ''): Pairs {
    const all: Pairs = {
      OrigSrc: '',
      OrigDst: '',
      OrigSvc: '',
      TransSrc: '',
      TransDst: '',
      TransSvc: '',
      SrcIface: -1,
      DstIface: -1,
      Enabled: 1,
      NonDeletable: 0,
      Comment: '',
      ...fields,
    };
    return Object.fromEntries(
      Object.entries(all).map(([key, value]) => [`natPolicy${key}${mark}_${index}`, value]),
    );
  }

  it('is in the order of its priority', () => {
    const pairs = {
      ...SMALL,
      ...nat(0, { Priority: 2 }),
      ...nat(1, { Priority: 1 }),
      ...nat(0, { Priority: 1 }, 'V6'),
    };
    expect(deviceOf(pairs).natRules.map(({ name }) => name)).toEqual(['NAT 1', 'NAT 0', 'NAT IPv6 0']);
    const old = { ...SMALL, ...nat(1, {}), ...nat(0, {}) };
    expect(deviceOf(old).natRules.map(({ name }) => name)).toEqual(['NAT 0', 'NAT 1']);
  });

  it('takes an empty original as any and an empty translation as none', () => {
    const pairs = nat(3, {
      OrigDst: 'WAN Primary IP',
      OrigSvc: 'HTTPS Management',
      TransDst: 'Support',
      SrcIface: 1,
      NonDeletable: 1,
    });
    expect(only(deviceOf({ ...SMALL, ...pairs }).natRules)).toMatchObject({
      name: 'NAT 3',
      number: 3,
      enabled: true,
      family: 'ipv4',
      inInterfaces: ['X1'],
      outInterfaces: null,
      source: { any: true },
      destination: { any: false, objects: ['WAN Primary IP'] },
      service: { objects: ['HTTPS Management'] },
      translatedSource: null,
      translatedDestination: { objects: ['Support'] },
      translatedService: null,
      origin: 'automatic',
      location: { key: 'natPolicyOrigDst_3' },
    });
  });

  it('that lost a side is incomplete', () => {
    const { diagnostics } = parsePairs({ ...SMALL, ...nat(0, { TransDst: undefined }) });
    expect(only(diagnostics)).toMatchObject({ code: 'missing-value', incomplete: true });
  });
});
