import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FirewallConfig } from '../../../src/model/firewall-config.js';
import type { ModelChange } from '../../../src/platforms/platform.js';
import { sonicwall } from '../../../src/platforms/sonicwall/index.js';
import { auditFiles, fixtureCases } from '../../support/run.js';
import { reader } from '../shared/reader.js';

/** What closes a door: on the screens that the firmware has, and by commands where it has those. */

const untick = {
  kind: 'disable-management',
  interface: 'X1',
  service: 'ssh-management',
  policy: 'WAN to WAN',
  rule: 27,
} as const;

function steps(change: ModelChange, firmware: string | null = null): readonly string[] {
  return sonicwall.remedy(change, reader('en', { firmware }));
}

describe('the box of an interface', () => {
  it.each([
    ['5.9.0.7-17o', ['Network > Interfaces > X1 > Configure > General: untick SSH under Management']],
    [null, ['Network > Interfaces > X1 > Configure > General: untick SSH under Management']],
    [
      '6.2.5.1-26n',
      [
        'Network > Interfaces > X1 > Configure > General: untick SSH under Management',
        'or on the command line: configure; interface X1; no management ssh; exit; commit',
      ],
    ],
    [
      '7.0.1-5083',
      [
        'Network > System > Interfaces > X1 > Configure > General: untick SSH under Management',
        'or on the command line: configure; interface X1; no management ssh; exit; commit',
      ],
    ],
  ])('of %s', (firmware, expected) => {
    expect(steps(untick, firmware)).toEqual(expected);
  });

  it('of a VLAN and of IPv6 stands in a block of its own', () => {
    const change = { ...untick, interface: 'X0:V10', policy: 'WAN to WAN (IPv6)', rule: -1 };
    expect(steps(change, '6.5.4.4-44n')[1]).toContain(
      '; interface ipv6 X0 vlan 10; no management ssh; exit;',
    );
  });

  it('of a tunnel is unticked at the tunnel', () => {
    const change = { ...untick, tunnel: 'Branch', policy: 'VPN to LAN' };
    expect(steps(change, '6.2.5.1-26n')).toEqual([
      'VPN > Settings > Branch > Advanced > Management via this SA: untick SSH',
    ]);
    expect(steps(change, '7.0.1-5083')[0]).toMatch(/^Network > IPSec VPN > Rules and Settings > Branch > /);
  });

  it('is told in French', () => {
    expect(sonicwall.remedy(untick, reader('fr', { firmware: '6.5.4.4-44n' }))).toEqual([
      'Network > Interfaces > X1 > Configure > General : décocher SSH sous Management',
      'ou en ligne de commande : configure; interface X1; no management ssh; exit; commit',
    ]);
  });

  it.each(['ssl-vpn', 'ike', 'user-login', 'http-redirect', 'ping', 'snmp'])(
    'says something for %s',
    (service) => {
      for (const firmware of [null, '5.9.0.7-17o', '6.5.4.4-44n', '7.0.1-5083']) {
        const text = steps({ ...untick, service, rule: -1 }, firmware).join('\n');
        expect(text.length).toBeGreaterThan(0);
        expect(text).not.toMatch(/undefined|-1|calls|…/);
      }
    },
  );

  it('gives no command with a name that could be another', () => {
    const change = { ...untick, interface: 'X1; no access-rule', policy: 'WAN to WAN' };
    expect(steps(change, '6.5.4.4-44n')).toHaveLength(1);
  });
});

const FIXTURES = fixtureCases().filter(({ platform }) => platform === 'sonicwall');

function devicesOf(configs: readonly string[]): readonly FirewallConfig[] {
  return sonicwall.parse(configs.map((file) => ({ file, bytes: readFileSync(file) }))).devices;
}

/** The deletion of every permit of a device. */
function deletions(config: FirewallConfig): readonly (readonly string[])[] {
  return config.policies.flatMap(({ name: policy, rules }) =>
    rules
      .filter(({ action, number }) => action.kind === 'permit' && number >= 0)
      .map(({ number: rule, name }) =>
        sonicwall.remedy({ kind: 'delete-access-rule', policy, rule, name }, { config, language: 'en' }),
      ),
  );
}

const command = /^or on the command line: configure; no (access-rule .*); commit$/;

describe('the command that deletes a rule', () => {
  it.each(FIXTURES)('is whole, or is not offered: $name', ({ configs }) => {
    for (const config of devicesOf(configs)) {
      for (const [click, byCommand, ...more] of deletions(config)) {
        expect(click).toMatch(/ > Access Rules > .+: delete the rule that the export calls \d+$/);
        expect(more).toEqual([]);
        if (byCommand === undefined) continue;
        expect(byCommand).toMatch(command);
        expect(byCommand).not.toContain('…');
      }
    }
  });

  it.each([
    ['5.9.0.7-17o', 0, ''],
    ['3.1.0.15-95s', 0, ''],
    [null, 0, ''],
    ['6.2.5.1-26n', 1, 'no access-rule from '],
    ['6.5.4.4-44n', 1, 'no access-rule ipv4 from '],
    ['7.0.1-5083', 1, 'no access-rule ipv4 from '],
  ])('is that of the firmware: %s', (firmware, most, start) => {
    const [config] = devicesOf(['fixtures/sonicwall/nsa-240-reseller/config.exp']);
    if (config === undefined) throw new Error('no device');
    const commands = deletions({ ...config, firmware }).flatMap((each) => each.slice(1));
    expect(commands.length > 0 ? 1 : 0).toBe(most);
    const ofIpv4 = commands.filter((each) => !each.includes(' ipv6 '));
    for (const each of ofIpv4) expect(each).toContain(`configure; ${start}`);
  });

  it('is the line by which the appliance prints the rule', () => {
    const folder = 'fixtures/sonicwall/cli-text-6.5';
    const [file = ''] = readdirSync(folder).filter((name) => name.startsWith('config.'));
    const text = readFileSync(join(folder, file), 'utf8').split('\n');
    const [config] = devicesOf([join(folder, file)]);
    if (config === undefined) throw new Error('no device');
    const commands = deletions({ ...config, firmware: '6.5.4.4-44n' }).flatMap((each) => each.slice(1));
    expect(commands.length).toBeGreaterThan(5);
    for (const each of commands) expect(text).toContain(command.exec(each)?.[1]);
  });

  it('is not offered for two rules that begin alike', () => {
    const [config] = devicesOf(['fixtures/sonicwall/nsa-240-reseller/config.exp']);
    const policies = config?.policies.map((policy) => ({
      ...policy,
      rules: policy.rules.flatMap((rule) => [rule, { ...rule, number: rule.number + 1000 }]),
    }));
    if (config === undefined || policies === undefined) throw new Error('no device');
    const commands = deletions({ ...config, policies, firmware: '6.5.4.4-44n' });
    expect(commands.flatMap((each) => each.slice(1))).toEqual([]);
  });

  it('quotes no name that would end the line', () => {
    const [config] = devicesOf(['fixtures/sonicwall/nsa-240-reseller/config.exp']);
    if (config === undefined) throw new Error('no device');
    const addressObjects = config.addressObjects.map((each) => ({ ...each, label: 'a" action deny\nno x' }));
    const hostile = deletions({ ...config, addressObjects, firmware: '6.5.4.4-44n' })
      .flat()
      .join('|');
    expect(hostile).not.toMatch(/no x|"/);
  });
});

describe('a rule whose source is too wide', () => {
  it('is opened by its line where a user made it, and on the screen where the appliance did', () => {
    const [config] = devicesOf(['fixtures/sonicwall/nsa-240-reseller/config.exp']);
    if (config === undefined) throw new Error('no device');
    const about = { config: { ...config, firmware: '6.5.4.4-44n' }, language: 'en' } as const;
    for (const { name: policy, rules } of config.policies) {
      for (const { number: rule, name, origin, action } of rules) {
        const [click, , ...commands] = sonicwall.remedy(
          { kind: 'restrict-source', policy, rule, name },
          about,
        );
        expect(click).toContain(': edit the rule');
        if (origin !== 'user' || action.kind !== 'permit') expect(commands).toEqual([]);
        for (const each of commands) {
          expect(each).toMatch(/configure; access-rule .*; source address group <[^>]+>; exit; commit$/);
        }
      }
    }
  });
});

it.each(FIXTURES)('no step of a finding is cut short: $name', ({ configs }) => {
  for (const { fix } of auditFiles(configs).findings) {
    for (const step of fix) expect(step).not.toContain('…');
  }
});
