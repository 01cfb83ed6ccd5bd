import { describe, expect, it } from 'vitest';
import { deviceOf, HEADER } from './support.js';

/** The settings of a name that a text comes to. */
function told(name: string, text: string, header = HEADER): readonly unknown[] {
  const { settings } = deviceOf(`${header}\n${text}`);
  return settings.filter((setting) => setting.name === name).map(({ value }) => value);
}

describe('where logs and flows go', () => {
  it.each([
    ['log syslogd setting', '203.0.113.1'],
    ['log syslogd4 override-setting', '203.0.113.1'],
    ['log fortianalyzer override-setting', '203.0.113.1'],
    ['log fortianalyzer-cloud setting', 'FortiAnalyzer Cloud'],
    ['log fortiguard setting', 'FortiCloud'],
  ])('config %s', (path, value) => {
    const on = `config ${path}\nset status enable\nset server "203.0.113.1"\nend\n`;
    expect(told('log-server', on)).toEqual([value]);
    expect(told('log-server', on.replace('enable', 'disable'))).toEqual([]);
  });

  it('is not known of a part of a file that does not say so', () => {
    const names = 'config system dns\nset primary 192.0.2.1\nend\n';
    const off = 'config log syslogd setting\nset status disable\nend\n';
    expect(told('logs-not-in-file', names, '')).toEqual([true]);
    expect(told('logs-not-in-file', names + off, '')).toEqual([]);
    expect(told('logs-not-in-file', names)).toEqual([]);
  });

  it('flows, of a domain and to several collectors too', () => {
    const several = 'config collectors\nedit 1\nset collector-ip "203.0.113.2"\nnext\nend\n';
    expect(told('flow-collector', `config system netflow\n${several}end\n`)).toEqual(['203.0.113.2']);
    const one = 'set collector-ip 203.0.113.3\nend\n';
    expect(told('flow-collector', `config system sflow\n${one}`)).toEqual(['203.0.113.3']);
    expect(told('flow-collector', `config system vdom-netflow\n${one}`)).toEqual(['203.0.113.3']);
    expect(told('flow-collector', 'config system sflow\nset collector-ip 0.0.0.0\nend\n')).toEqual([]);
  });

  it('traps', () => {
    const host = (more: string) =>
      `config system snmp community\nedit 1\nconfig hosts\nedit 1\nset ip 203.0.113.4 255.255.255.255\n${more}next\nend\nnext\nend\n`;
    const on = 'config system snmp sysinfo\nset status enable\nend\n';
    expect(told('trap-receiver', on + host(''))).toEqual(['203.0.113.4']);
    expect(told('trap-receiver', on + host('set host-type query\n'))).toEqual([]);
    expect(told('trap-receiver', host(''))).toEqual([]);
    const user = 'config system snmp user\nedit "u"\nset notify-hosts 203.0.113.5 0.0.0.0\nnext\nend\n';
    expect(told('trap-receiver', on + user)).toEqual(['203.0.113.5']);
  });

  it('copies of traffic', () => {
    const bridge = 'config system switch-interface\nedit "s"\nset span enable\nnext\nend\n';
    expect(told('traffic-mirroring', bridge)).toEqual([true]);
    expect(told('traffic-mirroring', bridge.replace('enable', 'disable'))).toEqual([]);
    const sniffer = 'config switch-controller traffic-sniffer\nset erspan-ip 203.0.113.6\nend\n';
    expect(told('traffic-mirroring', sniffer)).toEqual([true]);
    expect(told('traffic-mirroring', sniffer.replace('203.0.113.6', '0.0.0.0'))).toEqual([]);
    const policy = 'config firewall policy\nedit 1\nset decrypted-traffic-mirror "m"\nnext\nend\n';
    expect(told('traffic-mirroring', policy)).toEqual([true]);
  });
});

describe('who is asked', () => {
  it('for the time, unless it is the vendor', () => {
    const ntp =
      'config system ntp\nset type custom\nconfig ntpserver\nedit 1\nset server "203.0.113.7"\nnext\nend\nend\n';
    expect(told('time-server', ntp)).toEqual(['203.0.113.7']);
    expect(told('time-server', ntp.replace('custom', 'fortiguard'))).toEqual([]);
  });

  it('for names, by hosts inside', () => {
    const lease = (more: string) =>
      `config system dhcp server\nedit 1\n${more}set dns-server1 203.0.113.8\nnext\nend\n`;
    expect(told('dhcp-name-server', lease(''))).toEqual(['203.0.113.8']);
    expect(told('dhcp-name-server', lease('set dns-service local\n'))).toEqual([]);
    expect(told('dhcp-name-server', lease('set status disable\n'))).toEqual([]);
  });

  it('who an administrator is, by single sign-on', () => {
    const saml = (url: string, status = 'enable') =>
      `config system saml\nset status ${status}\nset idp-single-sign-on-url "${url}"\nend\n`;
    const asked = (text: string) => told('authentication-server', text);
    expect(asked(saml('https://203.0.113.9:8443/sso'))).toEqual(['203.0.113.9']);
    expect(asked(saml('https://[2001:db8::9]/sso'))).toEqual(['2001:db8::9']);
    expect(asked(saml('https://idp.example.com/sso'))).toEqual(['idp.example.com']);
    expect(asked(saml('https://203.0.113.9/sso', 'disable'))).toEqual([]);
  });

  it('who somebody is, by collectors and mail servers', () => {
    const agent =
      'config user fsso\nedit "f"\nset server "203.0.113.10"\nset server5 "203.0.113.11"\nnext\nend\n';
    expect(told('authentication-server', agent)).toEqual(['203.0.113.10', '203.0.113.11']);
  });
});
