import { describe, expect, it } from 'vitest';
import { fortigate } from '../../../src/platforms/fortigate/index.js';
import { auditFiles } from '../../support/run.js';
import { reader } from '../shared/reader.js';
import { deviceOf, HEADER, parse } from './support.js';

const ADMINISTRATORS = `config system accprofile
    edit "everything"
        set scope global
    next
end
config system admin
    edit "admin"
        set accprofile "super_admin"
        set vdom "root"
        set password ENC SH2VALUE
    next
    edit "directory"
        set remote-auth enable
        set accprofile "prof_admin"
        set vdom "b"
        set wildcard enable
        set remote-group "admins"
    next
    edit "all"
        set accprofile "everything"
        set vdom "b"
    next
end
config system api-user
    edit "job"
        set accprofile "read"
        set api-key ENC VALUE
    next
end
config system sso-admin
    edit "cloud@example.net"
        set accprofile "super_admin"
        set vdom "root"
    next
end
`;

describe('administrators', () => {
  it('are local, remote, of the API and of single sign-on', () => {
    const { administrators } = deviceOf(`${HEADER}\n${ADMINISTRATORS}`);
    expect(
      administrators.map(({ name, kind, privilege, groups }) => [name, kind, privilege, groups]),
    ).toEqual([
      ['admin', 'user', 'super_admin', []],
      ['directory', 'group', 'prof_admin, remote, wildcard', ['admins']],
      ['all', 'user', 'everything', []],
      ['job', 'user', 'read, REST API', []],
      ['cloud@example.net', 'user', 'super_admin, single sign-on', []],
    ]);
  });

  it('of another virtual domain are left to it, unless they administer all', () => {
    const text = `${HEADER}\nconfig global\n${ADMINISTRATORS}end\nconfig vdom\nedit a\nconfig firewall policy\nend\nend\nconfig vdom\nedit b\nconfig firewall policy\nend\nend\n`;
    const names = parse(text).devices.map(({ administrators }) => administrators.map(({ name }) => name));
    expect(names[0]).toEqual(['admin', 'all', 'job', 'cloud@example.net']);
    expect(names[1]).toContain('directory');
  });
});

const FABRIC =
  'config trusted-list\nedit "a"\nset serial "FGT1"\nnext\nedit "b"\nset serial "FGT2"\nset action deny\nnext\nend\n';

describe('managers', () => {
  it.each([
    [
      'config system central-management\nset type fortimanager\nset fmg "203.0.113.40" "203.0.113.41"\nend',
      [
        ['fortimanager', '203.0.113.40'],
        ['fortimanager', '203.0.113.41'],
      ],
    ],
    ['config system central-management\nset fmg "203.0.113.40"\nend', [['fortimanager', '203.0.113.40']]],
    ['config system central-management\nset type fortiguard\nend', [['forticloud', null]]],
    ['config system central-management\nset type none\nend', []],
    ['config system csf\nset status enable\nset upstream "10.0.0.1"\nend', [['security-fabric', '10.0.0.1']]],
    [
      `config system csf\nset status enable\nset downstream-access enable\n${FABRIC}end`,
      [['security-fabric', 'FGT1']],
    ],
    [`config system csf\nset status enable\n${FABRIC}end`, []],
    [`config system csf\nset downstream-access enable\n${FABRIC}end`, []],
    [
      'config system csf\nset status enable\nconfig fabric-connector\nedit "FMG1"\nset configuration-write-access enable\nnext\nedit "FAZ1"\nnext\nend\nend',
      [['security-fabric', 'FMG1']],
    ],
    ['config system ntp\nend', []],
  ])('%j', (text, expected) => {
    expect(deviceOf(`${HEADER}\n${text}\n`).managers.map(({ kind, address }) => [kind, address])).toEqual(
      expected,
    );
  });
});

it('mailboxes are those of alerts and of automation', () => {
  const text = `${HEADER}\nconfig alertemail setting\nset mailto1 "a@example.com"\nend\nconfig system automation-action\nedit "tell"\nset action-type email\nset email-to "b@example.com" "c@example.com"\nnext\nedit "run"\nset action-type cli-script\nset script "x"\nnext\nend\n`;
  const found = deviceOf(text).settings.filter(({ name }) => name === 'mail-recipient');
  expect(found.map(({ value }) => value)).toEqual(['a@example.com', 'b@example.com', 'c@example.com']);
});

it('ports that hosts inside may open are a fact', () => {
  const text = `${HEADER}\nconfig system pcp-server\nset status enable\nend\n`;
  expect(deviceOf(text).settings.map(({ name, value }) => [name, value])).toContainEqual(['upnp', true]);
});

it('settings are what the file states', () => {
  const text =
    'config system global\nset admintimeout 30\nset admin-forticloud-sso-login enable\nset hostname "x"\nend\nconfig system automation-stitch\nedit "a"\nnext\nedit "b"\nset status disable\nnext\nend\nconfig log syslogd setting\nset status enable\nset server "10.0.0.9"\nend\n';
  expect(deviceOf(`${HEADER}\n${text}`).settings.map(({ name, value }) => [name, value])).toEqual([
    ['forticloud-sso-login', true],
    ['administrator-idle-timeout-minutes', 30],
    ['automation-stitches', 1],
    ['log-server', '10.0.0.9'],
  ]);
});

describe('secrets', () => {
  const text = `${HEADER}
config system admin
    edit "admin"
        set password ENC SH2PLANTED
        set ssh-public-key1 "ssh-ed25519 AAAA"
    next
end
config system snmp community
    edit 1
        set name "PLANTED"
    next
end
config vpn ipsec phase1-interface
    edit "t"
        set psksecret "PLANTED
 PLANTED"
    next
end
config wireless-controller vap
    edit "guests"
        set passphrase ENC PLANTED
    next
end
config user ldap
    edit "dc"
        set password ENC PLANTED
        set password-renewal enable
    next
end
config nothing known
    set PLANTED PLANTED
    PLANTED
end
`;

  it('are places, never values', () => {
    const parsed = parse(text);
    expect(
      parsed.devices[0]?.secrets.map(({ kind, protection, location }) => [kind, protection, location.line]),
    ).toEqual([
      ['system-admin-password', 'hashed', 4],
      ['snmp-community', 'clear', 10],
      ['vpn-ipsec-phase1-interface-psksecret', 'clear', 15],
      ['wireless-controller-vap-passphrase', 'reversible', 21],
      ['user-ldap-password', 'reversible', 26],
    ]);
    const { coverage, ...rest } = parsed;
    expect(JSON.stringify(rest)).not.toContain('PLANTED');
    expect(JSON.stringify(coverage)).not.toContain('PLANTED PLANTED');
  });
});

describe('identity', () => {
  it.each([
    ['FGT60F-7.4.5-FW-build2702-240807:opmode=0', 'FortiGate 60F', '7.4.5 build2702'],
    ['FGVM64-6.0.3-FW-build0200-181009:opmode=0', 'FortiGate-VM64', '6.0.3 build0200'],
    ['FWF61E-5.6.4-FW-build1575-180425:opmode=0', 'FortiWiFi 61E', '5.6.4 build1575'],
    ['FG100D-5.02-FW-build670-150318:opmode=0', 'FortiGate 100D', '5.02 build670'],
  ])('%s', (header, product, firmware) => {
    const device = deviceOf(`#config-version=${header}\nconfig system global\nset hostname "fw"\nend\n`);
    expect(device).toMatchObject({ id: 'fw', product, firmware, platform: 'fortigate' });
  });

  it('is the file without a name in it', () => {
    expect(deviceOf('config firewall policy\nedit 1\nnext\nend\n').id).toBe('fw.conf');
  });
});

describe('limits', () => {
  const ids = (text: string) => parse(text).limits.map(({ id }) => id);

  it('of a backup, of a fragment, of what is not judged', () => {
    expect(ids(`${HEADER}\nconfig system global\nend\n`)).toEqual([
      'fortigate-registration-not-in-file',
      'fortigate-learned-routes-not-in-file',
      'fortigate-show-omits-defaults',
    ]);
    expect(ids('config firewall policy64\nedit 1\nnext\nend\n')).toContain(
      'fortigate-nat46-nat64-not-judged',
    );
    expect(ids('config firewall policy\nedit 1\nnext\nend\n')).toContain('fortigate-fragment');
  });

  it('a full configuration omits nothing', () => {
    const many = Array.from({ length: 100 }, (_, index) => `set a${index} enable`).join('\n');
    expect(ids(`${HEADER}\nconfig system global\n${many}\nend\n`)).not.toContain(
      'fortigate-show-omits-defaults',
    );
  });
});

describe('recognition', () => {
  const sure = (text: string) => fortigate.detect({ file: 'x', bytes: new TextEncoder().encode(text) });

  it.each([
    [`${HEADER}\nconfig system global\nend\n`, 1],
    [`\ufeff${HEADER}\r\nconfig system global\r\nend\r\n`, 1],
    ['#FGBK|4|FGT60F|7|04|2702|', 0.9],
    ['config firewall policy\n    edit 1\n    next\nend\n', 0.8],
    ['config global\nconfig system ntp\nset ntpsync enable\nend\nend\n', 0.6],
    ['#config-version=FWB_VM-7.2.0-FW-build0200:opmode=0\nconfig system global\nset hostname x\nend\n', 0],
    ["config interface 'lan'\n\toption proto 'static'\n", 0],
    ['set system host-name x\nedit interfaces\n', 0],
    ['', 0],
    ['config firewall policy', 0],
    ['{"config": "firewall policy"}', 0],
    ['config system interface\0\nset x', 0],
  ])('%j', (text, expected) => {
    expect(sure(text)).toBe(expected);
  });

  it.each([
    ['', 'empty-input'],
    ['#FGBK|4|FGT60F|7|04|2702|', 'unsupported-format'],
    [`${HEADER}\nsystem_global:\n  hostname: x\n`, 'unsupported-format'],
    [
      '#config-version=FWB_VM-7.2.0-FW-build0200:opmode=0\nconfig system global\nset hostname x\nend\n',
      'unsupported-format',
    ],
    ['nothing of the kind', 'unrecognised-input'],
    ['a\0b', 'unrecognised-input'],
  ])('refuses %j as %s', (text, code) => {
    const parsed = parse(text);
    expect(parsed.devices).toEqual([]);
    expect(parsed.diagnostics).toMatchObject([{ code, incomplete: true }]);
  });
});

describe('remedies', () => {
  it.each([
    [
      { kind: 'delete-access-rule', policy: 'firewall local-in-policy', rule: 3, name: 'x' } as const,
      ['config firewall local-in-policy', '    delete 3', 'end'],
    ],
    [
      {
        kind: 'disable-management',
        interface: 'wan "1"',
        service: 'ssh-management',
        policy: 'own addresses',
        rule: 1,
      } as const,
      [
        'config system interface',
        String.raw`    edit "wan \"1\""`,
        '        unselect allowaccess ssh',
        '        config ipv6',
        '            unselect ip6-allowaccess ssh',
        '        end',
        '    next',
        'end',
      ],
    ],
    [
      {
        kind: 'disable-management',
        interface: 'wan1',
        service: 'ssl-vpn',
        policy: 'own addresses',
        rule: 1,
      } as const,
      ['config vpn ssl settings', '    unselect source-interface "wan1"', 'end'],
    ],
    [
      { kind: 'disable-intrazone', zone: 'branch offices', policy: 'firewall policy', rule: 1 } as const,
      ['config system zone', '    edit "branch offices"', '        set intrazone deny', '    next', 'end'],
    ],
  ])('%j', (change, expected) => {
    expect(fortigate.remedy(change, reader())).toEqual(expected);
  });

  it('of a zone whose members reach each other is a setting of the zone, and no policy', () => {
    const { findings } = auditFiles(['fixtures/fortigate/intrazone-allow/config.conf']);
    const steps = findings.filter(({ check }) => check === 'FWA-NAT-001').map(({ fix }) => fix);
    expect(steps).toHaveLength(2);
    for (const each of steps) expect(each).toContain('        set intrazone deny');
  });

  it('restrict logins by trusted hosts, and rules by their source', () => {
    const change = { kind: 'restrict-source', rule: 2, name: 'x' } as const;
    expect(fortigate.remedy({ ...change, policy: 'own addresses' }, reader())[0]).toBe('config system admin');
    expect(fortigate.remedy({ ...change, policy: 'firewall policy' }, reader())[1]).toBe('    edit 2');
    expect(fortigate.remedy({ ...change, policy: 'firewall policy' }, reader('fr'))[2]).toContain(
      '<un groupe',
    );
  });
});
