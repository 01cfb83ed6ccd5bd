import fc from 'fast-check';
import { type Parts, type Turn, together, turned, type Way } from '../../support/planted.js';
import { octet } from '../../support/strangers.js';
import { entry, iface, inner, policy, setting } from './planter.js';

/** Whom a FortiGate tells, asks and obeys, who owns it, and tunnels. */

const TURNS: readonly Turn[] = [
  ['syslog', 'FWA-EXF-001', (ip) => setting('log syslogd setting', { status: 'enable', server: `"${ip}"` })],
  [
    'third syslog',
    'FWA-EXF-001',
    (ip) => setting('log syslogd3 setting', { status: 'enable', server: `"${ip}"` }),
  ],
  [
    'FortiAnalyzer',
    'FWA-EXF-001',
    (ip) => setting('log fortianalyzer setting', { status: 'enable', server: `"${ip}"` }),
  ],
  ['NetFlow', 'FWA-EXF-001', (ip) => setting('system netflow', { 'collector-ip': ip })],
  ['sFlow', 'FWA-EXF-001', (ip) => setting('system sflow', { 'collector-ip': ip })],
  [
    'traps',
    'FWA-EXF-001',
    (ip) =>
      together(
        setting('system snmp sysinfo', { status: 'enable' }),
        entry('system snmp community', 1, {
          name: '"n0t-guessed"',
          hosts: [inner(1, { ip: `${ip} 255.255.255.255`, 'host-type': 'trap' })],
        }),
      ),
  ],
  ['RADIUS', 'FWA-IDN-008', (ip) => entry('user radius', 'dir', { server: `"${ip}"`, secret: 'ENC made=' })],
  [
    'LDAP',
    'FWA-IDN-008',
    (ip) =>
      entry('user ldap', 'dir', { server: `"${ip}"`, cnid: '"uid"', dn: '"dc=example"', secure: 'ldaps' }),
  ],
  ['TACACS+', 'FWA-IDN-008', (ip) => entry('user tacacs+', 'dir', { server: `"${ip}"`, key: 'ENC made=' })],
  [
    'single sign-on',
    'FWA-IDN-008',
    (ip) => entry('user fsso', 'dir', { server: `"${ip}"`, password: 'ENC made=' }),
  ],
  ['DNS', 'FWA-NET-001', (ip) => setting('system dns', { primary: ip })],
  ['second DNS', 'FWA-NET-001', (ip) => setting('system dns', { primary: '192.168.1.53', secondary: ip })],
  [
    'DNS by DHCP',
    'FWA-NET-003',
    (ip) =>
      entry('system dhcp server', 1, {
        'dns-server1': ip,
        interface: '"internal"',
        'default-gateway': '192.168.1.1',
        netmask: '255.255.255.0',
      }),
  ],
  [
    'time',
    'FWA-NET-008',
    (ip) =>
      setting('system ntp', {
        ntpsync: 'enable',
        type: 'custom',
        ntpserver: [inner(1, { server: `"${ip}"` })],
      }),
  ],
];

/** What opens the appliance without a packet that is let in, and what is like it and opens nothing. */
const SWITCHES: readonly (readonly [name: string, finds: readonly string[], parts: Parts, twin: Parts])[] = [
  [
    'administrator',
    ['FWA-IDN-001'],
    entry('system admin', 'j.roe', { accprofile: '"super_admin"', vdom: '"root"', password: 'ENC made=' }),
    entry('user local', 'j.roe', { type: 'password', passwd: 'ENC made=' }),
  ],
  [
    'group of a directory',
    ['FWA-IDN-009'],
    together(
      entry('user ldap', 'dir', {
        server: '"192.168.1.9"',
        cnid: '"uid"',
        dn: '"dc=example"',
        secure: 'ldaps',
      }),
      entry('user group', 'it', { member: '"dir"' }),
      entry('system admin', 'staff', {
        'remote-auth': 'enable',
        accprofile: '"super_admin"',
        vdom: '"root"',
        wildcard: 'enable',
        'remote-group': '"it"',
      }),
    ),
    entry('user group', 'it', {}),
  ],
  [
    "tunnels of the vendor's cloud",
    ['FWA-VPN-001'],
    setting('vpn ocvpn', { status: 'enable', role: 'spoke', 'wan-interface': '"wan1"' }),
    setting('vpn ocvpn', { status: 'disable' }),
  ],
  [
    'script by itself',
    ['FWA-AUT-001'],
    entry('system auto-script', 'nightly', {
      interval: '60',
      repeat: '0',
      start: 'auto',
      script: '"execute ping 192.168.1.9"',
    }),
    {},
  ],
];

/** Whose orders it takes; who may push configurations may do everything. */
const manager: Way = {
  name: 'FortiManager',
  planted: fc.tuple(octet, fc.boolean()).map(([last, mayPush]) => ({
    parts: setting('system central-management', {
      type: 'fortimanager',
      fmg: `"203.0.113.${last}"`,
      ...(mayPush ? {} : PUSHES_NOTHING),
    }),
    twin: setting('system central-management', { type: 'none' }),
    finds: mayPush ? ['FWA-CLD-001', 'FWA-CLD-006'] : ['FWA-CLD-001'],
    doors: [],
  })),
};

const PUSHES_NOTHING = {
  'allow-push-configuration': 'disable',
  'allow-push-firmware': 'disable',
  'allow-remote-firmware-upgrade': 'disable',
  'schedule-config-restore': 'disable',
  'schedule-script-restore': 'disable',
};

const switches: readonly Way[] = SWITCHES.map(([name, finds, parts, twin]) => ({
  name,
  planted: fc.constant({ parts, twin, finds, doors: [] }),
}));

function tunnel(last: number): Parts {
  return together(
    iface('far', { vdom: '"root"', type: 'tunnel', interface: '"wan1"' }),
    entry('vpn ipsec phase1-interface', 'far', {
      interface: '"wan1"',
      'remote-gw': `203.0.113.${last}`,
      peertype: 'any',
      proposal: 'aes256-sha256',
      dhgrp: '14',
      psksecret: 'ENC made=',
    }),
    entry('vpn ipsec phase2-interface', 'far', {
      phase1name: '"far"',
      proposal: 'aes256-sha256',
      'src-subnet': '192.168.1.0 255.255.255.0',
      'dst-subnet': '10.7.0.0 255.255.0.0',
    }),
  );
}

const tunnels: readonly Way[] = [
  {
    name: 'tunnel',
    planted: octet.map((last) => ({ parts: tunnel(last), twin: {}, finds: ['FWA-VPN-001'], doors: [] })),
  },
  {
    name: 'box ticked for a tunnel',
    planted: fc.tuple(octet, fc.constantFrom('https', 'ssh')).map(([last, word]) => ({
      parts: together(tunnel(last), iface('far', { allowaccess: word })),
      twin: iface('internal', { allowaccess: `ping ${word}` }),
      finds: ['FWA-VPN-001', 'FWA-VPN-002'],
      doors: null,
    })),
  },
  {
    name: 'policy from a tunnel',
    planted: octet.map((last) => ({
      parts: together(tunnel(last), policy({ srcintf: '"far"', dstaddr: '"LAN"' })),
      twin: policy({ srcintf: '"internal"', dstintf: '"internal"', srcaddr: '"LAN"', dstaddr: '"LAN"' }),
      finds: ['FWA-ADM-002', 'FWA-VPN-001', 'FWA-VPN-005'],
      doors: null,
    })),
  },
];

export const SERVER_WAYS: readonly Way[] = [...turned(TURNS), manager, ...switches, ...tunnels];
