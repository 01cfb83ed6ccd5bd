import fc from 'fast-check';
import { AUTOMATIC, group, host, iface, member, type Pairs, rule, SYSTEM, zone } from './exports.js';
import { AT, octet, own, type Plant, place, publicHost } from './plant-parts.js';
import { tunnel } from './plants-tunnels.js';

/** Whom the appliance tells, asks and obeys, who owns it, and the ways in that no rule for strangers makes. */

/** What makes the appliance turn to a server, and the check that finds it there. */
type Turn = readonly [way: string, check: string, pairs: (server: string) => Pairs];

const LOGS: readonly Turn[] = [
  ['syslog', 'FWA-EXF-001', (ip) => ({ syslogServerName: ip })],
  [
    'syslog by an object',
    'FWA-EXF-001',
    (ip) => ({
      auxSyslogName_0: 'collector',
      auxSyslogAddrAo_0: 'collector',
      auxSyslogEnabled_0: 'on',
      ...host(AT, 'collector', ip),
    }),
  ],
  ['logs by FTP', 'FWA-EXF-001', (ip) => ({ logFtpOn: 'on', logFtpServerAddr: ip })],
  ['SNMP traps', 'FWA-EXF-001', (ip) => ({ snmp_Enable: 'on', Snmp3_Mand_Required: 'on', snmp_HostIP2: ip })],
  ['flows', 'FWA-EXF-001', (ip) => ({ gmsServerEnable: 'on', gmsServerAddr: ip })],
  ['logs for where GMS is restored', 'FWA-EXF-001', (ip) => ({ gmsSyslogToDrs: 'on', gmsDrsIpName: ip })],
  ['NetFlow', 'FWA-EXF-001', (ip) => ({ swFlowExternal: 'on', swFlowServerAddress: ip })],
  ['AppFlow', 'FWA-EXF-001', (ip) => ({ vizServerEnable: 'on', vizServerAddr: ip })],
  [
    'AppFlow by an object',
    'FWA-EXF-001',
    (ip) => ({
      vizServerEnable: 'on',
      vizServerAddr: '0.0.0.0',
      vizServer2Addr: '0.0.0.0',
      vizServer2AddrObj: 'collector',
      ...host(AT, 'collector', ip),
    }),
  ],
];

const DIRECTORIES: readonly Turn[] = [
  ['RADIUS', 'FWA-IDN-008', (ip) => ({ Rad_prm_IP: ip })],
  ['second RADIUS', 'FWA-IDN-008', (ip) => ({ Rad_sec_IP: ip })],
  ['LDAP', 'FWA-IDN-008', (ip) => ({ ldapServerName: ip, ldapUseTls: 'on' })],
  [
    'LDAP of 6.5',
    'FWA-IDN-008',
    (ip) => ({ ldapSrvrHostName_0: ip, ldapSrvrEnabled_0: 'on', ldapSrvrUseTls_0: 'on' }),
  ],
  ['single sign-on', 'FWA-IDN-008', agent],
  [
    'single sign-on of older firmware',
    'FWA-IDN-008',
    (ip) => ({ ciaAuthEnabled: 'on', ciaAuthAgentIP_0: ip, ciaAuthDisabled_0: 'off' }),
  ],
];

/** The appliance's own group of agents for single sign-on, with one in it. */
function agent(ip: string): Pairs {
  return {
    ...host(AT, 'agent', ip),
    ...group(AT + 1, 'SonicWALL SSO Agents', SYSTEM),
    ...member(AT, 'agent', 'SonicWALL SSO Agents'),
  };
}

const ASKED: readonly Turn[] = [
  ['NTP', 'FWA-NET-008', (ip) => ({ ntp_useNtp: 'on', addCustomNTPServer_0: ip })],
  ['DNS', 'FWA-NET-001', (ip) => ({ dns_use_static_servers: 1, dns_server_two: ip })],
  ['DNS of an uplink', 'FWA-NET-001', (ip) => ({ dns_use_static_servers: 0, iface_static_dns2_1: ip })],
  ['DNS by DHCP', 'FWA-NET-003', (ip) => ({ prefs_dhdynscopeactive_0: 'on', prefs_dhdyndns1_0: ip })],
  [
    'DNS by DHCP of one host',
    'FWA-NET-003',
    (ip) => ({ prefs_dhstaticscopeactive_0: 'on', prefs_dhstaticdns0_0: ip }),
  ],
  [
    'boot server of one host',
    'FWA-NET-003',
    (ip) => ({ prefs_dhstaticscopeactive_0: 'on', prefs_dhstaticnextsvr_0: ip }),
  ],
  ['DNS of SSL VPN', 'FWA-NET-003', (ip) => ({ zoneObjSslVpnProfile_1: 1, SslvpnsDnsServer1: ip })],
  ['DNS of SSL VPN clients', 'FWA-NET-003', (ip) => ({ zoneObjSslVpnProfile_1: 1, nacAttrDns2_0: ip })],
  ['DNS of L2TP', 'FWA-NET-003', (ip) => ({ L2TPServerEnabled: 'on', L2TPsDnsServer2: ip })],
  [
    'DNS of VPN clients',
    'FWA-NET-003',
    (ip) => ({
      ...tunnel({ ClientPolicy: 'on' }),
      vpn_propagateSettings: 0,
      vpn_dns_server_one: ip,
    }),
  ],
  ['boot server', 'FWA-NET-003', (ip) => ({ prefs_dhdynscopeactive_0: 'on', prefs_dhdynnextsvr_0: ip })],
  [
    'DHCP option',
    'FWA-NET-003',
    (ip) => ({
      prefs_dhdynscopeactive_0: 'on',
      prefs_dhdynDhcpOptGrp_0: 'phones',
      dhcpOptionObjTagValue_0: ip,
    }),
  ],
];

/** Objected to wherever it goes, because of what goes there. */
const UPLOADS: readonly Turn[] = [
  ['settings by FTP', 'FWA-EXF-003', (ip) => ({ actionPrefsFtp: 'on', tsrFtpServerAddr: ip })],
  ['reports by FTP', 'FWA-SUP-002', (ip) => ({ actionFtp: 'on', ftpServerAddr: ip })],
  ['report by FTP', 'FWA-SUP-002', (ip) => ({ actionTsrFtp: 'on', tsrFtpServerAddr: ip })],
  [
    'captured packets, to the second server',
    'FWA-SUP-002',
    (ip) => ({ pktCapTraceAutoFtpOn_0: 'on', pktCapTraceBkupFtpServerIp_0: ip }),
  ],
  [
    'captured packets',
    'FWA-SUP-002',
    (ip) => ({ pktCapTraceAutoFtpOn_0: 'on', pktCapTraceFtpServerIp_0: ip }),
  ],
];

const turned = fc
  .tuple(fc.constantFrom(...LOGS, ...DIRECTORIES, ...ASKED, ...UPLOADS), publicHost)
  .map(([[way, check, pairs], server]) => own(way, pairs(server), check));

const ADMINISTRATORS: Pairs = {
  userGroupObjId_0: 'SonicWALL Administrators',
  userGroupObjPrivMask_0: 16,
  userGroupObjProperties_0: 157,
};

function account(name: string, ...groups: readonly string[]): Pairs {
  return Object.assign(
    { userObjId_7: name, userObjType_7: 1, userObjPrivMask_7: 0, userObjProperties_7: 14 },
    ...groups.map((group, n) => ({ [`uo_atomToGrp_${n}`]: name, [`uo_grpToGrp_${n}`]: group })),
  );
}

/** Accounts and groups, the history of firmware and settings, and what the vendor's cloud holds. */
const owned = fc.constantFrom<Plant>(
  own('administrator', account('j.roe', 'SonicWALL Administrators'), 'FWA-IDN-001'),
  own('limited administrator', account('j.roe', 'Limited Administrators'), 'FWA-IDN-001'),
  own('administrator of nobody', account('support', 'SonicWALL Read-Only Admins'), 'FWA-IDN-004'),
  own(
    'administrator who dials in',
    account('j.roe', 'SonicWALL Administrators', 'SSLVPN Services'),
    'FWA-IDN-001',
    'FWA-IDN-012',
  ),
  own('place in a directory', { ...ADMINISTRATORS, userGroupObjLdapLocn_0: 'example.net/IT' }, 'FWA-IDN-009'),
  own(
    'everybody administers',
    { ...ADMINISTRATORS, uo_atomToGrp_0: 'Everyone', uo_grpToGrp_0: 'SonicWALL Administrators' },
    'FWA-IDN-009',
  ),
  own(
    'account that stands nowhere',
    { uo_atomToGrp_0: 'j.doe', uo_grpToGrp_0: 'SonicWALL Administrators' },
    'FWA-IDN-001',
  ),
  own('directory users dial in', { radiusDfltUserGroup: 'SSLVPN Services' }, 'FWA-VPN-004'),
  own('firmware gone back', { firmwareHistoryBuildNum_0: '5.9.1.13-5o' }, 'FWA-FWV-005'),
  own(
    'settings of another appliance',
    { prefsHistorySerialNumber_0: '00005E005399', prefsHistoryShortProdName_0: 'TZ 210' },
    'FWA-PRV-001',
  ),
  own('import', { lastImportedUser: 'integrator', lastImportedTime: 1_600_000_000 }, 'FWA-PRV-005'),
  own('cloud backup', { cloudBkupEnable: 'on' }, 'FWA-CLD-005'),
  own(
    'backups to another cloud',
    { cloudBkupEnable: 'on', cloudBkupServiceStaticIp: '203.0.113.70' },
    'FWA-CLD-005',
    'FWA-EXF-003',
  ),
  own('reports to the vendor', { remote_backup_enable: 'on' }, 'FWA-CLD-005'),
  own('dynamic DNS', { ddnssEnabled_0: 'on', ddnssDomainName_0: 'fw.example.net' }, 'FWA-NET-005'),
  own('mirrored traffic', { pktMonMirrorOn: 'on' }, 'FWA-EXF-002'),
  own('SNMP that everybody knows', { snmp_Enable: 'on' }, 'FWA-ADM-007'),
  own('programming interface', { sonicOsApi_enable: 'on' }, 'FWA-ADM-008'),
);

const standby = fc
  .tuple(publicHost, fc.constantFrom(1, 2, 3), fc.constantFrom('standby_sgms_HostIPGMS', 'globalMgtSlIpName'))
  .map(([ip, mode, key]) => own('standby of GMS', { paramGmsMode: mode, [key]: ip }, 'FWA-CLD-001'));

/** Ways in by the appliance's own services: a login page, the units of a failover pair, L2TP, the port apart. */
const services = fc.oneof(
  fc
    .constantFrom('https_mgmt', 'ssh_mgmt')
    .map((box) => own('box without its rule', { [`iface_${box}_2`]: 1 }, 'FWA-SWL-001')),
  place.map((at) =>
    own(
      'user login on WAN',
      {
        iface_https_usrLogin_1: 1,
        ...rule(at, 'WAN', 'WAN', {
          ...AUTOMATIC,
          Comment: 'Auto-added user login rule',
          DstNet: 'All WAN Management IP',
          DstSvc: 'HTTPS Management',
        }),
      },
      'FWA-ADM-013',
    ),
  ),
  fc.tuple(publicHost, place).map(([ip, at]) =>
    own(
      'user login for a stranger',
      {
        iface_https_usrLogin_1: 1,
        ...host(AT, 'p', ip),
        ...rule(at, 'WAN', 'WAN', {
          ...AUTOMATIC,
          Management: 0,
          Comment: 'Auto-added user login rule',
          SrcNet: 'p',
          DstNet: 'All WAN Management IP',
          DstSvc: 'HTTPS Management',
        }),
      },
      'FWA-ADM-019',
    ),
  ),
  fc.tuple(octet, place).map(([unit, at]) =>
    own(
      'unit of a failover pair',
      {
        haIfNum_0: 1,
        haIfIsMgmtAllowed_0: 'on',
        haPrimaryIp_0: `198.51.100.${3 + (unit % 2)}`,
        iface_ssh_mgmt_1: 1,
        ...rule(at, 'WAN', 'WAN', {
          ...AUTOMATIC,
          DstNet: 'All WAN Management IP',
          DstSvc: 'SSH Management',
        }),
      },
      'FWA-SWL-001',
    ),
  ),
  fc.tuple(publicHost, place).map(([ip, at]) =>
    own(
      'SNMP for a stranger',
      {
        snmp_Enable: 'on',
        Snmp3_Mand_Required: 'on',
        ...host(AT, 'p', ip),
        ...rule(at, 'WAN', 'WAN', { SrcNet: 'p', DstNet: 'WAN Primary IP', DstSvc: 'SNMP' }),
      },
      'FWA-ADM-002',
    ),
  ),
  place.map((at) =>
    own(
      'management from L2TP',
      {
        L2TPServerEnabled: 'on',
        L2TPsPPPStartIp: '192.168.50.10',
        L2TPsPPPEndIp: '192.168.50.20',
        ...rule(at, 'VPN', 'LAN', { DstNet: 'LAN Primary IP', DstSvc: 'HTTPS Management', Management: 1 }),
      },
      'FWA-VPN-002',
    ),
  ),
  octet.map((last) =>
    own(
      'management port outside',
      {
        ...zone(9, 'MGMT', 9),
        ...iface(3, 'MGMT', 'MGMT', {
          type: 17,
          mgmt_ip: `198.51.100.${128 + (last % 64)}`,
          mgmt_netmask: '255.255.255.192',
          https_mgmt: 1,
        }),
      },
      'FWA-OOB-001',
    ),
  ),
);

export const DOORS_BY_SERVER: fc.Arbitrary<Plant> = fc.oneof(
  { weight: 6, arbitrary: turned },
  { weight: 5, arbitrary: owned },
  { weight: 1, arbitrary: standby },
  { weight: 4, arbitrary: services },
);

const inside = octet.map((last) => `192.168.1.${last}`);

export const HARMLESS_BY_SERVER: fc.Arbitrary<Plant> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...LOGS, ...DIRECTORIES, ...ASKED), inside)
    .map(([[way, , pairs], server]) => own(`${way} inside`, pairs(server))),
  fc
    .tuple(fc.constantFrom('0.fr.pool.ntp.org', 'time.cloudflare.com', 'dc1.office.lan', 'dc1'), fc.boolean())
    .map(([name, on]) =>
      own('time from the pool, or from a host inside', {
        ...(on ? { ntp_useNtp: 'on' } : {}),
        addCustomNTPServer_0: name,
      }),
    ),
  fc.constantFrom('8.8.8.8', '1.1.1.1', '9.9.9.9').map((ip) =>
    own('well-known name server', {
      dns_use_static_servers: 1,
      dns_server_one: ip,
      prefs_dhdynscopeactive_0: 'on',
      prefs_dhdyndns0_0: ip,
    }),
  ),
  publicHost.map((ip) =>
    own('servers that are not asked', {
      dns_use_static_servers: 0,
      dns_server_one: ip,
      logFtpOn: 'off',
      logFtpServerAddr: ip,
      snmp_HostIP0: ip,
      gmsServerEnable: 'off',
      gmsServerAddr: ip,
      tsrFtpServerAddr: ip,
      cloudBkupServiceStaticIp: ip,
      swFlowExternal: 'off',
      swFlowServerAddress: ip,
      vizServerEnable: 'off',
      vizServerAddr: ip,
      actionFtp: 'off',
      ftpServerAddr: ip,
      actionPrefsFtp: 'off',
      actionTsrFtp: 'off',
      pktCapTraceAutoFtpOn_0: 'off',
      pktCapTraceFtpServerIp_0: ip,
      prefs_dhdynscopeactive_0: 'off',
      prefs_dhdyndns0_0: ip,
      paramGmsMode: 0,
      snmp_HostIPGMS: ip,
      zeroTouchEnable: 'off',
      zeroTouchServerIp: ip,
      ciaAuthEnabled: 'off',
      ciaAuthAgentIP_0: ip,
      gmsSyslogToDrs: 'off',
      gmsDrsIpName: ip,
      prefs_dhstaticscopeactive_0: 'off',
      prefs_dhstaticdns0_0: ip,
      SslvpnsDnsServer1: ip,
      nacAttrDns1_0: ip,
      L2TPServerEnabled: 'off',
      L2TPsDnsServer1: ip,
      vpn_propagateSettings: 1,
      vpn_dns_server_one: ip,
      pktCapTraceBkupFtpServerIp_0: ip,
    }),
  ),
  fc.constantFrom('5.9.0.7-17o', '5.9.0.6-99o', '5.8.1.15-71o', '6.5.4.4-44n').map((build) =>
    own('older firmware, or another line', {
      firmwareHistoryBuildNum_0: build,
      firmwareHistoryTimeStamp_0: '01/02/2016 03:04:05',
    }),
  ),
  fc.constant(own('backup of its own', { prefsHistorySerialNumber_0: '0017C5000001', lastImportedUser: '' })),
  place.map((at) =>
    own('box limited to an address of its own, and a box inside', {
      iface_ssh_mgmt_0: 1,
      iface_https_mgmt_1: 1,
      ...rule(at, 'WAN', 'WAN', {
        ...AUTOMATIC,
        SrcNet: 'WAN Primary IP',
        DstNet: 'All WAN Management IP',
        DstSvc: 'HTTPS Management',
      }),
    }),
  ),
  fc
    .constantFrom('SSLVPN Services', 'Trusted Users', 'Guest Services', 'Everyone')
    .map((group) => own('user without rights', account('j.roe', group))),
  fc.constant(own('group without a place', { ...ADMINISTRATORS, userGroupObjLdapLocn_0: '' })),
);
