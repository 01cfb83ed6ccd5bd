import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compilePack } from '../../src/checks/pack.js';
import { loadServices } from '../../src/checks/services.js';
import { ServiceSet } from '../../src/sets/service-set.js';
import { builtInPack } from './worlds.js';
import { CHECK, problemOf, shown } from './yaml.js';

const SERVICES = `services:
  - id: ssh-management
    name: { en: SSH, fr: SSH }
    scope: appliance
    class: administration
    clearText: false
    services: [tcp/22]
    source: IANA
`;

describe('compilePack', () => {
  const services = { path: 'rules/data/services.yaml', text: SERVICES };
  const file = (id: string) => ({ path: `rules/${id}.yaml`, text: CHECK.replace('ACM-ADM-001', id) });

  it('takes checks and services, and orders the checks', () => {
    const pack = compilePack([file('ACM-ADM-002'), services, file('ACM-ADM-001')]);
    expect(pack.checks.map((check) => check.id)).toEqual(['ACM-ADM-001', 'ACM-ADM-002']);
    expect(pack.services.map((service) => service.id)).toEqual(['ssh-management']);
  });

  it('needs the services', () => {
    expect(problemOf(() => compilePack([file('ACM-ADM-001')])).message).toBe(
      'the rules have no data/services.yaml',
    );
  });

  it('refuses a check that is wrong', () => {
    const wrong = { ...file('ACM-ADM-001'), text: CHECK.replace('exposure.anyone', 'exposure.anyon') };
    expect(problemOf(() => compilePack([services, wrong])).location).toEqual({
      file: 'rules/ACM-ADM-001.yaml',
      line: 6,
      column: 16,
    });
  });
});

describe('loadServices', () => {
  const problem = (text: string) => shown(problemOf(() => loadServices(text, 'services.yaml')));

  it.each([
    [
      'an id twice',
      `${SERVICES}${SERVICES.split('\n').slice(1).join('\n')}`,
      '9:9 the id ssh-management stands twice',
    ],
    [
      'a port that is none',
      SERVICES.replace('tcp/22', 'tcp/70000'),
      '7:16 tcp/70000 is no service such as tcp/22 or icmp/8',
    ],
    [
      'a range that runs backwards',
      SERVICES.replace('tcp/22', 'tcp/22, tcp/30-20'),
      '7:24 tcp/30-20 is no service such as tcp/22 or icmp/8',
    ],
    [
      'a protocol that is none',
      SERVICES.replace('tcp/22', 'tpc/22'),
      '7:16 tpc/22 is no service such as tcp/22 or icmp/8',
    ],
    [
      'an unknown class',
      SERVICES.replace('administration', 'admin'),
      '5:12 "class" must be one of administration, login, vpn, redirect, diagnostic',
    ],
    [
      'a misspelt field',
      SERVICES.replace('clearText', 'cleartext'),
      '6:5 unknown field "cleartext" [did you mean "clearText"?]',
    ],
    [
      'an id of another form',
      SERVICES.replace('ssh-management', 'SSH_management'),
      '2:9 "id" is not written as it must be [small letters, digits and hyphens; stable, because registers name it]',
    ],
  ])('refuses %s', (_, text, expected) => {
    expect(problem(text)).toBe(expected);
  });
});

describe('the built-in services', () => {
  const { services } = builtInPack();
  const byId = new Map(services.map((service) => [service.id, service]));

  it.each([
    ['https-management', 'administration', false, ['tcp/443']],
    ['http-management', 'administration', true, ['tcp/80']],
    ['http-redirect', 'redirect', false, ['tcp/80']],
    ['ssh-management', 'administration', false, ['tcp/22']],
    ['telnet-management', 'administration', true, ['tcp/23']],
    ['snmp', 'administration', true, ['udp/161']],
    ['api', 'administration', false, ['tcp/443']],
    ['user-login', 'login', false, ['tcp/80', 'tcp/443']],
    ['ssl-vpn', 'vpn', false, ['tcp/4433']],
    ['ike', 'vpn', false, ['udp/500', 'udp/4500']],
    ['ping', 'diagnostic', false, ['icmp/8', 'icmpv6/128']],
    ['gms', 'administration', false, []],
    ['fgfm', 'administration', false, ['tcp/541-542']],
    ['panorama', 'administration', false, ['tcp/3978']],
    ['winbox', 'administration', false, ['tcp/8291']],
    ['routeros-api', 'administration', true, ['tcp/8728']],
  ])('of the appliance: %s is %s', (id, kind, clearText, ports) => {
    const { scope, class: found, clearText: clear, services: where } = byId.get(id) ?? {};
    expect({ scope, found, clear, where }).toEqual({
      scope: 'appliance',
      found: kind,
      clear: clearText,
      where: ports,
    });
  });

  it('of hosts are no web server', () => {
    const web = ServiceSet.unionOf(
      ['tcp/80', 'tcp/443', 'tcp/8000', 'tcp/8080', 'tcp/8443'].map((each) => ServiceSet.parse(each)),
    );
    // One door to all of them is no service of its own.
    const hosts = services.filter(({ id, scope }) => scope === 'host' && id !== 'any-service');
    expect(hosts.length).toBeGreaterThan(40);
    for (const { id, services: where } of hosts) {
      expect([id, where.length]).not.toEqual([id, 0]);
      for (const each of where) expect([id, ServiceSet.parse(each).overlaps(web)]).toEqual([id, false]);
    }
  });

  it('take port 22 on a host for SSH', () => {
    const ssh = services.filter(
      (service) =>
        service.scope === 'host' &&
        service.id !== 'any-service' &&
        service.services.some((each) => ServiceSet.parse(each).overlaps(ServiceSet.parse('tcp/22'))),
    );
    expect(ssh.map((service) => service.id)).toEqual(['ssh']);
  });

  it('are named once and have a source each', () => {
    expect(byId.size).toBe(services.length);
    expect(readFileSync('rules/data/services.yaml', 'utf8').match(/^ {4}source: \S/gm)).toHaveLength(
      services.length,
    );
  });
});
