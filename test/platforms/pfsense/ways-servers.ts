import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { type Parts, type Turn, turned, type Way } from '../../support/planted.js';
import { octet } from '../../support/strangers.js';
import { rule } from './build.js';

/** Whom a pfSense tells, asks and obeys, who owns it, and tunnels. */

const TURNS: readonly Turn[] = [
  [
    'syslog',
    'FWA-EXF-001',
    (ip) => ({ more: [`<syslog><enable/><remoteserver>${ip}</remoteserver></syslog>`] }),
  ],
  [
    'third syslog',
    'FWA-EXF-001',
    (ip) => ({ more: [`<syslog><enable/><remoteserver3>${ip}:5514</remoteserver3></syslog>`] }),
  ],
  [
    'traps',
    'FWA-EXF-001',
    (ip) => ({
      more: [
        `<snmpd><enable/><rocommunity>n0t-guessed</rocommunity><trapenable/><trapserver>${ip}</trapserver><trapstring>made</trapstring></snmpd>`,
      ],
    }),
  ],
  [
    'RADIUS',
    'FWA-IDN-008',
    (ip) => ({ system: [`<authserver><name>dir</name><type>radius</type><host>${ip}</host></authserver>`] }),
  ],
  [
    'LDAP',
    'FWA-IDN-008',
    (ip) => ({
      system: [
        `<authserver><name>dir</name><type>ldap</type><host>${ip}</host><ldap_urltype>SSL/TLS Encrypted</ldap_urltype></authserver>`,
      ],
    }),
  ],
  [
    'DNS',
    'FWA-NET-001',
    (ip) => ({ system: [`<dnsserver>192.168.1.53</dnsserver><dnsserver>${ip}</dnsserver>`] }),
  ],
  ['time', 'FWA-NET-008', (ip) => ({ system: [`<timeservers>2.pfsense.pool.ntp.org ${ip}</timeservers>`] })],
  [
    'DNS by DHCP',
    'FWA-NET-003',
    (ip) => ({
      more: [
        `<dhcpd><lan><enable/><range><from>192.168.1.100</from><to>192.168.1.199</to></range><dnsserver>${ip}</dnsserver></lan></dhcpd>`,
      ],
    }),
  ],
  [
    'boot server by DHCP',
    'FWA-NET-003',
    (ip) => ({ more: [`<dhcpd><lan><enable/><netboot/><nextserver>${ip}</nextserver></lan></dhcpd>`] }),
  ],
  [
    'option of DHCP',
    'FWA-NET-003',
    (ip) => ({
      more: [
        `<dhcpd><lan><enable/><numberoptions><item><number>150</number><type>ip-address</type><value>${base64(ip)}</value></item></numberoptions></lan></dhcpd>`,
      ],
    }),
  ],
  [
    'flows',
    'FWA-EXF-001',
    (ip) => packages(`<softflowd><config><interface>lan</interface><host>${ip}</host></config></softflowd>`),
  ],
  [
    'syslog-ng',
    'FWA-EXF-001',
    (ip) =>
      packages(
        `<syslogng><config><enable>on</enable></config></syslogng><syslogngadvanced><config><objecttype>destination</objecttype><objectparameters>${base64(`{ network("${ip}" port(6514)); };`)}</objectparameters></config></syslogngadvanced>`,
      ),
  ],
  [
    'server that an agent obeys',
    'FWA-CLD-001',
    (ip) =>
      packages(
        `<zabbixagent6><config><agentenabled>on</agentenabled><listenip>127.0.0.1</listenip><serveractive>${ip}:10051</serveractive><userparams>${base64('AllowKey=system.run[*]')}</userparams></config></zabbixagent6>`,
      ),
  ],
];

function packages(text: string): Parts {
  return { more: [`<installedpackages>${text}</installedpackages>`] };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function renewed(command: string): string {
  return `<acme><certificates><item><name>www</name><status>active</status><a_actionlist><item><status>active</status><command>${command}</command><method>shellcommand</method></item></a_actionlist></item></certificates></acme>`;
}

function user(name: string, more: string): string {
  return `<user><name>${name}</name><scope>user</scope><uid>2001</uid>${more}</user>`;
}

const SWITCHES: readonly (readonly [name: string, finds: readonly string[], parts: Parts, twin: Parts])[] = [
  [
    'administrator',
    ['FWA-IDN-001'],
    { system: [user('j.roe', '<priv>page-all</priv>')] },
    { system: [user('j.roe', '<priv>user-services-captiveportal-login</priv>')] },
  ],
  [
    'administrator by a group',
    ['FWA-IDN-001'],
    {
      system: [
        '<group><name>it</name><scope>system</scope><gid>2002</gid><member>2001</member><priv>page-all</priv></group>',
        user('j.roe', ''),
      ],
    },
    {
      system: [
        '<group><name>it</name><scope>system</scope><gid>2002</gid><priv>page-all</priv></group>',
        user('j.roe', ''),
      ],
    },
  ],
  [
    'key of somebody',
    ['FWA-IDN-001', 'FWA-IDN-007'],
    { system: [user('j.roe', '<priv>user-shell-access</priv><authorizedkeys>bWFkZQ==</authorizedkeys>')] },
    { system: [user('j.roe', '<authorizedkeys>bWFkZQ==</authorizedkeys>')] },
  ],
  [
    'commands at the start',
    ['FWA-AUT-001'],
    { system: ['<shellcmd>/root/open.sh</shellcmd>'] },
    { system: ['<shellcmd></shellcmd>'] },
  ],
  [
    'timed commands',
    ['FWA-AUT-001'],
    { more: ['<cron><item><minute>1</minute><who>root</who><command>/root/open.sh</command></item></cron>'] },
    {
      more: [
        '<cron><item><minute>1</minute><who>root</who><command>/usr/bin/nice -n20 adjkerntz -a</command></item></cron>',
      ],
    },
  ],
  [
    'commands after a renewal',
    ['FWA-AUT-001'],
    packages(renewed('/root/open.sh')),
    packages(renewed('/etc/rc.restart_webgui')),
  ],
  [
    'SNMP that everybody knows',
    ['FWA-ADM-007'],
    { more: ['<snmpd><enable/><rocommunity>public</rocommunity></snmpd>'] },
    { more: ['<snmpd><rocommunity>public</rocommunity></snmpd>'] },
  ],
  ['packet filter off', ['FWA-ADM-001', 'FWA-NAT-001'], { system: ['<disablefilter/>'] }, {}],
];

const switches: readonly Way[] = SWITCHES.map(([name, finds, parts, twin]) => ({
  name,
  planted: fc.constant({ parts, twin, finds, doors: null }),
}));

const pair: Way = {
  name: 'other half of a pair',
  planted: octet.map((last) => ({
    parts: {
      more: [
        `<hasync><synchronizetoip>203.0.113.${last}</synchronizetoip><username>admin</username></hasync>`,
      ],
    },
    twin: { more: ['<hasync><synchronizetoip></synchronizetoip></hasync>'] },
    finds: ['FWA-CLD-007'],
    doors: [],
  })),
};

const OPENVPN = `<openvpn><openvpn-server><vpnid>1</vpnid><mode>server_tls_user</mode><authmode>Local Database</authmode>
<protocol>UDP4</protocol><dev_mode>tun</dev_mode><interface>wan</interface><local_port>1194</local_port>
<tunnel_network>10.77.0.0/24</tunnel_network></openvpn-server></openvpn>`;

const dialledIn: Way = {
  name: 'rule from users who dial in',
  planted: fc.constantFrom(443, 22).map((number) => {
    const opened = (type: string) =>
      rule({ type, interface: 'openvpn', destination: `<network>lanip</network><port>${number}</port>` });
    return {
      parts: { more: [OPENVPN], filter: [opened('pass')] },
      twin: { more: [OPENVPN], filter: [opened('block')] },
      finds: ['FWA-VPN-002'],
      doors: null,
    };
  }),
};

function ipsec(last: number): string {
  return `<ipsec><phase1><ikeid>1</ikeid><iketype>ikev2</iketype><interface>wan</interface><remote-gateway>203.0.113.${last}</remote-gateway>
<authentication_method>pre_shared_key</authentication_method><pre-shared-key>made</pre-shared-key></phase1>
<phase2><ikeid>1</ikeid><uniqid>a2</uniqid><mode>tunnel</mode><localid><type>lan</type></localid>
<remoteid><type>network</type><address>10.8.0.0</address><netbits>16</netbits></remoteid></phase2></ipsec>`;
}

const tunnel: Way = {
  name: 'rule from a tunnel',
  planted: fc.tuple(octet, fc.constantFrom(443, 22)).map(([last, number]) => ({
    parts: {
      more: [ipsec(last)],
      filter: [rule({ interface: 'enc0', destination: `<network>lanip</network><port>${number}</port>` })],
    },
    twin: {
      filter: [rule({ interface: 'enc0', destination: `<network>lanip</network><port>${number}</port>` })],
    },
    finds: ['FWA-ADM-002', 'FWA-VPN-001'],
    doors: null,
  })),
};

const community: Way = {
  name: 'SNMP for a stranger',
  planted: octet.map((last) => {
    const opened = rule({
      protocol: 'udp',
      source: `<address>203.0.113.${last}</address>`,
      destination: '<network>wanip</network><port>161</port>',
    });
    const daemon = (on: string) => `<snmpd>${on}<rocommunity>n0t-guessed</rocommunity></snmpd>`;
    return {
      parts: { more: [daemon('<enable/>')], filter: [opened] },
      twin: { more: [daemon('')], filter: [opened] },
      finds: ['FWA-ADM-002'],
      doors: null,
    };
  }),
};

export const SERVER_WAYS: readonly Way[] = [
  ...turned(TURNS),
  ...switches,
  pair,
  dialledIn,
  tunnel,
  community,
];
