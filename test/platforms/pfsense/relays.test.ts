import { describe, expect, it } from 'vitest';
import { alias, config, deviceOf, policyOf, rule } from './build.js';

const WEB = '<webgui><protocol>https</protocol><port>8443</port><disablehttpredirect/></webgui>';

/** Listeners of the web interface and SSH beside their own. */
function relays(more: string, system = ''): unknown {
  return deviceOf(config({ webgui: WEB, system, more }))
    .listeners.filter(({ name }) => /OpenVPN port-share|HAProxy|stunnel|Squid/.test(name))
    .map(({ service, services, interfaces }) => [service, ...services.toTexts(), interfaces]);
}

function openVpn(options: string): string {
  return `<openvpn><openvpn-server><vpnid>1</vpnid><protocol>TCP4</protocol><local_port>443</local_port>
    <custom_options>${options}</custom_options></openvpn-server></openvpn>`;
}

describe('a port that hands connections to the appliance’s own services is one of theirs', () => {
  const gui = [['https-management', 'tcp/443', null]];

  it('with port-share of OpenVPN', () => {
    expect(relays(openVpn('port-share 127.0.0.1 8443'))).toEqual(gui);
    expect(relays(openVpn('verb 3;\r\n  port-share localhost 8443 /tmp;'))).toEqual(gui);
    expect(relays(openVpn('port-share 192.168.1.1 8443'))).toEqual(gui);
    expect(relays(openVpn('port-share 127.0.0.1 8080'))).toEqual([]);
    expect(relays(openVpn('port-share 192.168.1.10 8443'))).toEqual([]);
    expect(relays(openVpn('# port-share 127.0.0.1 8443'))).toEqual([]);
    const off = openVpn('port-share 127.0.0.1 8443').replace('<vpnid>', '<disable/><vpnid>');
    expect(relays(off)).toEqual([]);
  });

  it('with a frontend of HAProxy, by default or by an action', () => {
    const haproxy = (enable: string, frontend: string) =>
      `<installedpackages><haproxy>${enable}<ha_backends><item><name>fe</name><a_extaddr><item>
      <extaddr>wan_ipv4</extaddr><extaddr_port>443</extaddr_port></item></a_extaddr>${frontend}</item></ha_backends>
      <ha_pools><item><name>shell</name><ha_servers><item><address>127.0.0.1</address><port>22</port></item></ha_servers>
      </item></ha_pools></haproxy></installedpackages>`;
    const ssh = '<ssh><enable>enabled</enable></ssh>';
    const action =
      '<a_actionitems><item><use_backendbackend>shell</use_backendbackend></item></a_actionitems>';
    const named = '<backend_serverpool>shell</backend_serverpool>';
    const found = [['ssh-management', 'tcp/443', ['WAN']]];
    expect(relays(haproxy('<enable/>', named), ssh)).toEqual(found);
    expect(relays(haproxy('<enable/>', action), ssh)).toEqual(found);
    expect(relays(haproxy('<enable/>', named))).toEqual([]);
    expect(relays(haproxy('', named), ssh)).toEqual([]);
    expect(relays(haproxy('<enable/>', `${named}<status>disabled</status>`), ssh)).toEqual([]);
  });

  it('with stunnel, and with the reverse proxy of Squid', () => {
    const stunnel = `<installedpackages><stunnel><config><localport>4443</localport><redirectip>127.0.0.1</redirectip>
      <redirectport>8443</redirectport></config></stunnel></installedpackages>`;
    expect(relays(stunnel)).toEqual([['https-management', 'tcp/4443', null]]);
    const squid = `<installedpackages><squidreversegeneral><config><reverse_https>on</reverse_https></config>
      </squidreversegeneral><squidreversepeer><config><enable>on</enable><ip>192.168.1.1</ip><port>8443</port></config>
      </squidreversepeer></installedpackages>`;
    expect(relays(squid)).toEqual(gui);
  });
});

describe('a relay to a host', () => {
  const haproxy = (extaddr: string, status = 'active') =>
    `<installedpackages><haproxy><enable/><ha_backends><item><name>fe</name><a_extaddr><item>${extaddr}
    <extaddr_port>8443</extaddr_port></item></a_extaddr><backend_serverpool>p</backend_serverpool></item></ha_backends>
    <ha_pools><item><name>p</name><ha_servers><item><address>192.168.1.20</address><port>3389</port>
    <status>${status}</status></item></ha_servers></item></ha_pools></haproxy></installedpackages>`;
  const WAN_ONLY = '<extaddr>wan_ipv4</extaddr>';
  const letIn = (filter: string, more = haproxy(WAN_ONLY), aliases = '') =>
    policyOf(deviceOf(config({ filter, more, aliases })))
      .rules.filter(({ beforeNat, origin }) => beforeNat?.translated === true && origin === 'user')
      .map(({ action, destination, service }) => [
        action.kind,
        ...(destination.literal?.toCidrs() ?? []),
        ...(service.literal?.toTexts() ?? []),
      ]);
  const to = (destination: string, port: string, more = {}) =>
    rule({ destination: `${destination}<port>${port}</port>`, ...more });
  const host = ['permit', '192.168.1.20/32', 'tcp/3389'];

  it.each([
    ['the address', to('<network>wanip</network>', '8443')],
    ['the appliance', to('<network>(self)</network>', '8443')],
    ['everything', rule({ protocol: null, destination: '<any/>' })],
    ['an alias', to('<address>me</address>', 'kit')],
    ['everything else', to('<address>192.168.1.9</address><not/>', '8443')],
  ])('is reached by a rule for %s', (_, filter) => {
    const aliases = alias('me', 'host', '198.51.100.2') + alias('kit', 'port', '80 8443');
    expect(letIn(filter, haproxy(WAN_ONLY), aliases)).toEqual([host]);
  });

  it.each([
    ['another port', to('<network>wanip</network>', '443')],
    ['another address', to('<address>198.51.100.5</address>', '8443')],
    ['the host itself', to('<address>192.168.1.20</address>', '3389')],
    ['everything but the address', to('<network>wanip</network><not/>', '8443')],
    ['IPv6', to('<network>wanip</network>', '8443', { ipprotocol: 'inet6' })],
  ])('is not reached by a rule for %s', (_, filter) => {
    expect(letIn(filter)).toEqual([]);
  });

  it('is blocked by what blocks the whole relay', () => {
    const block = to('<network>wanip</network>', '8443', { type: 'block' });
    expect(letIn(block)).toEqual([['deny', '192.168.1.20/32', 'tcp/3389']]);
    expect(letIn(block, haproxy('<extaddr>any_ipv4</extaddr>'))).toEqual([]);
  });

  it('listens where it is told, and leaves out servers that are off', () => {
    const custom = haproxy('<extaddr>custom</extaddr><extaddr_custom>198.51.100.4</extaddr_custom>');
    expect(letIn(to('<address>198.51.100.4</address>', '8443'), custom)).toEqual([host]);
    expect(letIn(to('<network>wanip</network>', '8443'), custom)).toEqual([]);
    expect(letIn(to('<network>wanip</network>', '8443'), haproxy(WAN_ONLY, 'disabled'))).toEqual([]);
  });
});

describe('what runs by itself', () => {
  const commands = (more: string) =>
    deviceOf(config({ more })).settings.find(({ name }) => name === 'shell-commands')?.value;
  const packages = (text: string) => `<installedpackages>${text}</installedpackages>`;

  it.each([
    [openVpn('script-security 2;up /tmp/x.sh'), 1],
    [openVpn('management 0.0.0.0 7505'), 1],
    [openVpn('management 127.0.0.1 7505;verb 4'), undefined],
    [packages('<filer><config><file>/root/.ssh/authorized_keys</file></config></filer>'), 1],
    [packages('<filer><config><file>/usr/local/etc/rc.d/x.sh</file></config></filer>'), 1],
    [packages('<filer><config><file>/etc/motd</file></config></filer>'), undefined],
    [packages('<systempatches><config><autoapply></autoapply></config></systempatches>'), 1],
    [packages('<systempatches><item><descr>x</descr></item></systempatches>'), undefined],
  ])('%s counts as %s', (more, count) => {
    expect(commands(more)).toBe(count);
  });

  it.each(['RESTAPI', 'pfSense-pkg-API', 'FauxAPI'])('%s is a programming interface', (name) => {
    const more = packages(`<package><name>${name}</name></package>`);
    expect(deviceOf(config({ more })).settings).toContainEqual(expect.objectContaining({ name: 'rest-api' }));
  });
});
