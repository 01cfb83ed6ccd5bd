import { describe, expect, it } from 'vitest';
import type { Language } from '../../../src/model/check.js';
import { SETTINGS, type SettingName } from '../../../src/model/facts.js';
import type { FirewallConfig } from '../../../src/model/firewall-config.js';
import type { Mending } from '../../../src/platforms/platform.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { auditFiles, fixtureCases } from '../../support/run.js';
import { reader } from '../shared/reader.js';

/** What mends a finding that is no open door: on the screens of the firmware, and by commands that it has. */

const FIRMWARES = [null, '5.9.0.7-17o', '6.2.5.1-26n', '6.5.4.4-44n', '7.0.1-5083'] as const;

function steps(
  mending: Mending,
  firmware: string | null,
  known: Partial<FirewallConfig> = {},
  language: Language = 'en',
): readonly string[] {
  return sonicwall.mend?.(mending, reader(language, { ...known, firmware })) ?? [];
}

function change(setting: SettingName, value: string | null = null): Mending {
  return { kind: 'change-setting', setting, value };
}

/** The commands of the last step, without the login and the commit; none where it is a click. */
function commandsOf(found: readonly string[]): string {
  const last = found.at(-1) ?? '';
  return /^or on the command line: configure; (.*); commit$/.exec(last)?.[1] ?? '';
}

describe('the commands of a setting', () => {
  it.each<[SettingName, string, string, string]>([
    ['snmp-default-community', 'no snmp', 'no snmp', 'no snmp'],
    [
      'rest-api',
      '',
      'administration; no sonicos-api; exit',
      'administration; sonicos-api; no enable; exit; exit',
    ],
    ['remote-backup', 'no tsr secure-backup', 'tech-support-report options; no secure-backup; exit', ''],
    ['remote-assistance', 'diag no advanced remote-assistance', '', ''],
    ['login-lockout', 'administration; user-lockout; exit', 'administration; user-lockout; exit', ''],
    [
      'packet-capture-upload',
      'packet-monitor; no ftp automatic; exit',
      'packet-monitor; no ftp automatic; exit',
      '',
    ],
    ['scheduled-settings-export', '', '', 'ftp; no send-settings; exit'],
    ['time-synchronised', 'time; use-ntp; exit', 'time; use-ntp; exit', 'time; use-ntp; exit'],
    ['cloud-backup', '', '', ''],
    ['log-server', '', '', ''],
  ])('%s is mended as 6.2, 6.5 and 7 spell it', (setting, of62, of65, of7) => {
    const found = FIRMWARES.map((firmware) => commandsOf(steps(change(setting), firmware)));
    expect(found).toEqual(['', '', of62, of65, of7]);
  });

  it.each<[SettingName, string, string | null]>([
    ['scheduled-settings-export', 'actionPrefsFtp', 'System > Settings > Scheduled Reports'],
    ['scheduled-settings-export', 'cloudBkupServiceStaticIp', 'System > Settings > Cloud Backup'],
    ['scheduled-settings-export', 'remoteBkupServiceStaticIp', 'System > Diagnostics'],
    ['scheduled-report-upload', 'actionTsrFtp', 'System > Settings > Scheduled Reports'],
    ['scheduled-report-upload', 'ftpServerAddr', null],
    ['log-server', 'auxSyslogName_0', 'Log > Syslog'],
    ['log-server', 'gmsDrsIpName', null],
    ['authentication-server', 'Rad_prm_IP', 'Users > Settings > Configure RADIUS'],
    ['authentication-server', 'addrObjId_40', 'Users > Settings > Configure SSO'],
    ['authentication-server', 'ciaAuthAgentIP_0', 'Users > Settings > Configure SSO'],
    ['flow-collector', 'gmsServerAddrObj', 'AppFlow > Flow Reporting > GMSFlow Server'],
    ['flow-collector', 'vizServerAddr', 'AppFlow > Flow Reporting > AppFlow Server'],
    ['flow-collector', 'swFlowServerAddress', 'AppFlow > Flow Reporting > External Collector'],
  ])('%s of %s stands on its own screen', (name, key, screen) => {
    const value = '203.0.113.61';
    const settings = [{ name, value, location: { file: 'box.exp', line: 1, key } }];
    const found = steps(change(name, value), '5.9.0.7-17o', { settings });
    expect(found.map((step) => step.startsWith(screen ?? '?'))).toEqual(screen === null ? [] : [true]);
  });

  it('names the server that is to be replaced, in each language', () => {
    expect(steps(change('log-server', '203.0.113.61'), '6.5.4.4-44n')).toEqual([
      'Log > Syslog (Log > Automation, for logs by FTP): replace 203.0.113.61 by a server of your own',
    ]);
    expect(steps(change('log-server'), '7.0.1-5083', {}, 'fr')).toEqual([
      'Device > Log > Syslog : ajouter un serveur à vous',
    ]);
  });

  it('is left to the words of the check where nothing is known', () => {
    expect(steps(change('imported-configurations', '1'), '6.5.4.4-44n')).toEqual([]);
  });

  it('is told in two languages, on every firmware, wherever it is told', () => {
    for (const setting of Object.keys(SETTINGS) as SettingName[]) {
      for (const firmware of FIRMWARES) {
        const [en = '', ...more] = steps(change(setting, 'x'), firmware);
        const [fr = '', ...plus] = steps(change(setting, 'x'), firmware, {}, 'fr');
        expect(fr === '').toBe(en === '');
        if (en !== '') expect(fr).not.toBe(en);
        expect(plus.length).toBe(more.length);
        expect(en.startsWith('Device > ')).toBe(en !== '' && en.includes('Device > '));
      }
    }
  });
});

const LYON = { name: 'Lyon', kind: 'site-to-site', remoteNetworks: ['10.20.0.0/16'] } as const;

function tunnels(...found: readonly object[]): Partial<FirewallConfig> {
  return { tunnels: found as FirewallConfig['tunnels'] };
}

describe('a tunnel', () => {
  it('is deleted by the line that begins it', () => {
    const mending = { kind: 'remove-tunnel', tunnel: 'Lyon' } as const;
    expect(steps(mending, '5.9.0.7-17o', tunnels(LYON))).toEqual(['VPN > Settings: delete Lyon']);
    expect(commandsOf(steps(mending, '6.2.5.1-26n', tunnels(LYON)))).toBe('no vpn policy site-to-site Lyon');
  });

  it('may be a routed one, whose line is another, where it names no network', () => {
    const routed = tunnels({ ...LYON, remoteNetworks: [] });
    expect(steps({ kind: 'remove-tunnel', tunnel: 'Lyon' }, '6.5.4.4-44n', routed)).toHaveLength(1);
  });

  it.each([
    [
      'Lyon',
      LYON,
      '6.5.4.4-44n',
      'vpn policy site-to-site Lyon; no management https; no management ssh; exit',
    ],
    [
      'WAN GroupVPN',
      { name: 'WAN GroupVPN', kind: 'remote-access', remoteNetworks: [] },
      '6.2.5.1-26n',
      'vpn policy group-vpn "WAN GroupVPN"; no management https; no management ssh; exit',
    ],
    [
      'SSL VPN',
      { name: 'SSL VPN', kind: 'remote-access', remoteNetworks: [] },
      '6.5.4.4-44n',
      'ssl-vpn server; no management web; no management ssh; exit',
    ],
    ['SSL VPN', { name: 'SSL VPN', kind: 'remote-access', remoteNetworks: [] }, '6.2.5.1-26n', ''],
    ['gone', LYON, '6.5.4.4-44n', ''],
  ])('loses its management where that stands: %s', (tunnel, known, firmware, expected) => {
    const services = ['https-management', 'ssh-management'];
    const found = steps({ kind: 'close-tunnel-management', tunnel, services }, firmware, tunnels(known));
    expect(found[0]).toMatch(
      tunnel === 'SSL VPN' ? /^SSL VPN > Server Settings: / : /> Management via this SA: /,
    );
    expect(commandsOf(found)).toBe(expected);
  });
});

describe('accounts, managers and interfaces', () => {
  it('an account goes, a group loses members', () => {
    const account = { kind: 'remove-administrator', name: 'helper', account: 'user' } as const;
    expect(steps(account, '6.5.4.4-44n')).toEqual([
      'Users > Local Users: delete helper',
      'or on the command line: configure; user local; no user helper; exit; commit',
    ]);
    expect(steps({ ...account, name: 'Ops', account: 'group' }, '6.5.4.4-44n')).toEqual([
      'Users > Local Groups > Ops > Members: take out whom you cannot name',
    ]);
  });

  it('a hostile name stands in no command', () => {
    const account = { kind: 'remove-administrator', name: 'a"\nno x', account: 'user' } as const;
    expect(steps(account, '6.5.4.4-44n')).toHaveLength(1);
  });

  it('GMS is switched off; of zero-touch no command is known', () => {
    const gms = { kind: 'remove-manager', manager: 'gms', address: null } as const;
    expect(commandsOf(steps(gms, '6.2.5.1-26n'))).toBe('administration; no gms-management; exit');
    expect(steps({ ...gms, manager: 'zero-touch' }, '6.5.4.4-44n')).toHaveLength(1);
    expect(steps({ ...gms, manager: 'gms-flow-server' }, '6.5.4.4-44n')).toEqual([]);
  });

  it('boxes of an interface are unticked together, but for ping', () => {
    const services = ['ping', 'https-management', 'user-login'];
    const mending = { kind: 'untick-management', interface: 'X2', services } as const;
    expect(commandsOf(steps(mending, '6.2.5.1-26n'))).toBe(
      'interface X2; no management https; no user-login http; no user-login https; exit',
    );
    expect(commandsOf(steps(mending, '6.5.4.4-44n'))).toBe(
      'interface X2; no management https; no user-login https; exit',
    );
    expect(steps({ ...mending, services: ['ping'] }, '6.5.4.4-44n')).toEqual([]);
  });
});

describe('findings on the fixtures', () => {
  const cases = fixtureCases().filter(({ platform }) => platform === 'sonicwall');
  const asking = cases.map(({ name, configs }) => ({ name, findings: auditFiles(configs).findings }));

  it.each(asking)('say what to do, and then how: $name', ({ findings }) => {
    for (const { fix } of findings) {
      expect(fix.length).toBeGreaterThan(0);
      for (const step of fix) expect(step).not.toMatch(/undefined|…| {2}/);
    }
  });

  it('name clicks for every check that is about something to be clicked', () => {
    const words = new Map<string, boolean>();
    for (const { check, fix } of asking.flatMap(({ findings }) => findings)) {
      words.set(
        check,
        (words.get(check) ?? false) || fix.some((step) => / > .*:/.test(step) || step.includes('diag.html')),
      );
    }
    const without = [...words].filter(([, clicks]) => !clicks).map(([check]) => check);
    // To be judged, not clicked: whose configuration it was, who holds the file, who changed it.
    expect(without.sort()).toEqual(['FWA-PRV-001', 'FWA-PRV-004', 'FWA-PRV-005', 'FWA-PRV-006']);
  });
});
