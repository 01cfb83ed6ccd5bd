import { describe, expect, it } from 'vitest';
import { ServiceSet } from '../../../src/sets/service-set.js';
import { everything } from '../../support/everything.js';
import { deviceOf, HEADER } from './support.js';

/** Who may open a connection to what, over small configurations whose first reading is wrong. */

const SERVICES = [
  { id: 'ssh', services: ServiceSet.parse('tcp/22') },
  { id: 'rdp', services: ServiceSet.parse('tcp/3389') },
];

const ADMIN = 'config system admin\nedit "admin"\nset trusthost1 198.51.100.0 255.255.255.0\nnext\nend\n';
const BASE = `${HEADER}
config system interface
edit "wan1"
set ip 203.0.113.2 255.255.255.0
set allowaccess https ssh
set role wan
next
edit "lan"
set ip 192.168.1.99 255.255.255.0
set allowaccess ssh
set role lan
next
end
${ADMIN}config firewall address
edit "reseller"
set subnet 198.51.100.7 255.255.255.255
next
edit "france"
set type geography
set country "FR"
next
edit "server"
set subnet 192.168.1.10 255.255.255.255
next
end
`;

/** `wan1 > 203.0.113.2/32 ssh-management from …`; `~`: at most that. */
function answers(text: string): readonly string[] {
  return everything(deviceOf(BASE + text), SERVICES)
    .filter(({ service }) => !/^(?:ping|http-redirect|ike)$/.test(service.id))
    .map(({ entry, target, service, sources, approximate }) => {
      const who = `${sources.toCidrs().join(',')}${approximate.length > 0 ? ' ~' : ''}`;
      return `${entry.name} > ${target.addresses.toCidrs().join(',')} ${service.id} from ${who}`;
    });
}

function localIn(...rules: readonly string[]): string {
  const entries = rules.map((rule, i) => {
    const words = ['set dstaddr "all"', 'set service "ALL"', 'set schedule "always"'];
    return [`edit ${i + 1}`, ...words, rule.replaceAll('; ', '\n'), 'next'].join('\n');
  });
  return `config firewall local-in-policy\n${entries.join('\n')}\nend\n`;
}

const BOTH = (sources: string) => [
  `wan1 > 203.0.113.2/32 https-management from ${sources}`,
  `wan1 > 203.0.113.2/32 ssh-management from ${sources}`,
];

describe('local-in policies', () => {
  it.each([
    [
      'deny everybody but one',
      'set intf "wan1"; set srcaddr "reseller"; set srcaddr-negate enable',
      '198.51.100.7/32',
    ],
    ['are off', 'set intf "wan1"; set srcaddr "all"; set status disable', '198.51.100.0/24'],
    ['are for another interface', 'set intf "lan"; set srcaddr "all"', '198.51.100.0/24'],
    [
      'deny whom the file does not know',
      'set intf "wan1"; set srcaddr "france"; set srcaddr-negate enable',
      '198.51.100.0/24 ~',
    ],
  ])('that %s', (_, rule, sources) => {
    expect(answers(localIn(rule))).toEqual(BOTH(sources));
  });
});

describe('interfaces for management', () => {
  const cluster = `config system interface
edit "mgmt"
set ip 192.0.2.9 255.255.255.0
set allowaccess https
next
end
config system ha
set ha-mgmt-status enable
config ha-mgmt-interfaces
edit 1
set interface "mgmt"
set gateway 192.0.2.1
next
end
end
`;
  const door = 'mgmt > 192.0.2.9/32 https-management from 198.51.100.0/24';

  it('are outside with a public address', () => {
    expect(answers(cluster)).toEqual([...BOTH('198.51.100.0/24'), door]);
  });

  it('are not closed by local-in policies for all the others', () => {
    expect(answers(cluster + localIn('set intf "any"; set srcaddr "all"'))).toEqual([door]);
  });

  it('are closed by those that are for them', () => {
    const only = 'set ha-mgmt-intf-only enable; set intf "mgmt"; set srcaddr "all"';
    expect(answers(cluster + localIn(only))).toEqual(BOTH('198.51.100.0/24'));
  });

  it('lead nowhere, and nobody leaves by them', () => {
    const all =
      'config firewall policy\nedit 1\nset srcintf "any"\nset dstintf "any"\nset srcaddr "all"\nset dstaddr "all"\nset action accept\nset schedule "always"\nset service "ALL"\nnext\nend\n';
    const found = answers(cluster + all);
    expect(found.filter((each) => each.startsWith('mgmt'))).toEqual([door]);
    expect(found.filter((each) => each.includes('192.0.2.'))).toEqual([door]);
  });
});

describe('tunnels whose interface a part of a file leaves out', () => {
  const policy = (from: string) =>
    `config firewall policy\nedit 1\nset srcintf "${from}"\nset dstintf "lan"\nset srcaddr "all"\nset dstaddr "server"\nset action accept\nset schedule "always"\nset service "RDP"\nnext\nend\n`;

  it('lead where policies say: IPsec', () => {
    const tunnel =
      'config vpn ipsec phase1-interface\nedit "branch"\nset interface "wan1"\nset remote-gw 192.0.2.77\nnext\nend\nconfig vpn ipsec phase2-interface\nedit "p2"\nset phase1name "branch"\nset dst-subnet 10.9.0.0 255.255.0.0\nnext\nend\n';
    expect(answers(tunnel + policy('branch'))).toContain('branch > 192.168.1.10/32 rdp from 10.9.0.0/16');
  });

  it('lead where policies say: SSL VPN', () => {
    const settings = 'config vpn ssl settings\nset source-interface "wan1"\nend\n';
    expect(answers(settings + policy('ssl.root'))).toContain(
      'SSL VPN > 192.168.1.10/32 rdp from 0.0.0.0/0 ~',
    );
  });
});
