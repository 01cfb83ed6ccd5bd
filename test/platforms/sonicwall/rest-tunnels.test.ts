import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import type { FirewallConfig } from '../../../src/model/firewall-config.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { only } from './exports.js';

const ZONES = [
  ['LAN', 'trusted'],
  ['WAN', 'untrusted'],
  ['VPN', 'encrypted'],
].map(([name, type]) => ({ name, security_type: type }));

const UPLINK = {
  ipv4: {
    name: 'X1',
    ip_assignment: {
      zone: 'WAN',
      mode: { static: { ip: '198.51.100.2', netmask: '255.255.255.0', gateway: '198.51.100.1' } },
    },
  },
};

const RULE = {
  ipv4: {
    enable: true,
    from: 'LAN',
    to: 'WAN',
    action: 'allow',
    source: { address: { any: true } },
    service: { any: true },
    destination: { address: { any: true } },
    comment: 'Auto-added management rule',
    management: false,
  },
};

function deviceOf(tunnel: object): FirewallConfig {
  const answer = { zones: ZONES, interfaces: [UPLINK], access_rules: [RULE], tunnel_interfaces: [tunnel] };
  return only(
    sonicwall.parse([{ file: 'box.json', bytes: Buffer.from(JSON.stringify(answer, null, 1)) }]).devices,
  );
}

test.each([
  [{ ipv6: '2001:db8:77::9' }, ['2001:db8:77::9']],
  [{ dynamic: true }, []],
])('IPv4 over IPv6 is in clear text, by the interface that it is bound to: %j', (remote, peers) => {
  const gre = { bound_to: { interface: 'X1' }, ip: '10.9.9.1', netmask: '255.255.255.0', remote };
  const { tunnels } = deviceOf({ '4to6': { name: 'Partner', type: { gre4to6: gre } } });
  expect(tunnels).toMatchObject([{ name: 'Partner', enabled: true, peers, marks: ['clear-text'] }]);
});

function boxOf(https: boolean): readonly string[] {
  const ip = { static: { ip: '10.9.9.1', netmask: '255.255.255.0' } };
  const management = { https, ping: true, snmp: false, ssh: false };
  const { policies } = deviceOf({
    vpn: { name: 'VTI', ip_assignment: { zone: 'VPN', mode: ip }, policy: 'Support', management },
  });
  return policies
    .flatMap(({ rules }) => rules.map(({ name }) => name))
    .filter((name) => name.includes('VTI'));
}

test('a box of a numbered tunnel interface counts, also where no rule stands for it', () => {
  expect(boxOf(true)).toEqual(['VPN to VPN, https-management ticked on VTI']);
  expect(boxOf(false)).toEqual([]);
});
