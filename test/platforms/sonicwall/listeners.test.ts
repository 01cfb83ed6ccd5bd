import { describe, expect, it } from 'vitest';
import type { Listener } from '../../../src/model/policy.js';
import { AUTOMATIC, deviceOf, named, objectOf, type Pairs, rule, ruleOf, SMALL, service } from './exports.js';

function listenersOf(pairs: Pairs, serviceId: string): readonly Listener[] {
  return deviceOf({ ...SMALL, ...pairs }).listeners.filter((listener) => listener.service === serviceId);
}

/** What answers at an interface, by listener name. */
function answers(pairs: Pairs, name: string, iface: string): readonly string[] {
  return deviceOf({ ...SMALL, ...pairs })
    .listeners.filter(
      (each) => each.name === name && (each.interfaces === null || each.interfaces.includes(iface)),
    )
    .map((each) => each.service);
}

/** The port as users see it. */
function portsOf(listeners: readonly Listener[]): readonly string[] {
  return listeners.flatMap((listener) => listener.services.toTexts());
}

const FOR_X1: Pairs = { DstNet: 'All WAN Management IP' };

describe('listeners', () => {
  it('have the ports of the service objects', () => {
    const moved = { svcObjPort1_1: 8443, svcObjPort2_1: 8443, svcObjPort1_2: 2022, svcObjPort2_2: 2022 };
    expect(portsOf(listenersOf(moved, 'https-management'))).toEqual(['tcp/8443']);
    expect(portsOf(listenersOf(moved, 'ssh-management'))).toEqual(['tcp/2022']);
    expect(listenersOf(moved, 'https-management')[0]).toMatchObject({
      location: { key: 'svcObjId_1' },
      approximate: [],
    });
  });

  it('fall back to the factory port, and say so', () => {
    const [https] = listenersOf({ svcObjId_1: undefined, svcObjType_1: undefined }, 'https-management');
    expect(portsOf(https === undefined ? [] : [https])).toEqual(['tcp/443']);
    expect(https?.approximate).toEqual([expect.stringContaining('factory port 443')]);
  });

  it('do not take the port of an object that a person named alike', () => {
    const forged = { ...service(1, 'HTTPS Management', 6, 9, 9, { Properties: 14 }) };
    expect(portsOf(listenersOf(forged, 'https-management'))).toEqual(['tcp/443']);
  });

  it('are on every interface: a rule made by a person needs no ticked box', () => {
    expect(listenersOf({}, 'ssh-management')[0]?.interfaces).toBeNull();
    expect(answers({}, 'HTTPS Management', 'X2')).toEqual(['https-management']);
  });

  it('for SNMP are there while SNMP is on, at port 161 alone', () => {
    expect(listenersOf({}, 'snmp')).toEqual([]);
    expect(portsOf(listenersOf({ snmp_Enable: 'on' }, 'snmp'))).toEqual(['udp/161']);
    expect(listenersOf({ snmp_Enable: undefined }, 'snmp')[0]?.approximate).toHaveLength(1);
  });

  it('for SSL VPN are on the interfaces of zones that offer it', () => {
    expect(listenersOf({}, 'ssl-vpn')).toEqual([]);
    const [offered, ...others] = listenersOf({ zoneObjSslVpnProfile_1: 1, sslvpnSvcPort: 4444 }, 'ssl-vpn');
    expect(others).toEqual([]);
    expect(offered).toMatchObject({ interfaces: ['X1', 'X2'], approximate: [] });
    expect(portsOf(offered === undefined ? [] : [offered])).toEqual(['tcp/4444']);
    const [general] = listenersOf({ SSLVPNServerEnabled: 'on' }, 'ssl-vpn');
    expect(general).toMatchObject({ interfaces: ['X0', 'X1', 'X2'], approximate: [expect.any(String)] });
  });

  it('for IKE have the ports of its group, unless IPsec is off', () => {
    expect(portsOf(listenersOf({}, 'ike'))).toEqual(['udp/500', 'udp/4500']);
    expect(listenersOf({ ipsecEnable: 'off' }, 'ike')).toEqual([]);
  });
});

describe('the HTTP port', () => {
  it('redirects while HTTP management is off for the appliance', () => {
    expect(answers({ iface_http_mgmt_1: 1 }, 'HTTP Management', 'X1')).toEqual(['http-redirect']);
  });

  it('administers where it is ticked and switched on', () => {
    const on = { allowHttpMgmt: 'on', iface_http_mgmt_1: 1 };
    expect(answers(on, 'HTTP Management', 'X1')).toEqual(['http-management']);
    expect(answers(on, 'HTTP Management', 'X2')).toEqual(['http-redirect']);
  });

  it('administers where it is ticked on 5.6, which has no switch', () => {
    expect(answers({ allowHttpMgmt: undefined, iface_http_mgmt_1: 1 }, 'HTTP Management', 'X1')).toEqual([
      'http-management',
    ]);
  });

  it('may administer where a person admits it from outside', () => {
    const on = { allowHttpMgmt: 'on', ...rule(9, 'WAN', 'WAN', { ...FOR_X1, DstSvc: 'HTTP Management' }) };
    const [listener] = listenersOf(on, 'http-management');
    expect(listener).toMatchObject({
      interfaces: ['X1'],
      approximate: [expect.stringContaining('not ticked')],
    });
    expect(answers({ ...on, policyEnabled_9: 0 }, 'HTTP Management', 'X1')).toEqual(['http-redirect']);
    expect(answers({ ...on, policyAction_9: 0 }, 'HTTP Management', 'X1')).toEqual(['http-redirect']);
  });

  it('is not opened by a rule for traffic that goes out, or by an automatic one', () => {
    const out = { allowHttpMgmt: 'on', ...rule(9, 'LAN', 'WAN') };
    expect(answers(out, 'HTTP Management', 'X1')).toEqual(['http-redirect']);
    const own = {
      allowHttpMgmt: 'on',
      ...rule(9, 'WAN', 'WAN', { ...AUTOMATIC, ...FOR_X1, DstSvc: 'HTTP Management' }),
    };
    expect(answers(own, 'HTTP Management', 'X1')).toEqual(['http-redirect']);
  });

  it('shows the login page where only that is ticked', () => {
    expect(answers({ iface_http_usrLogin_1: 1 }, 'HTTP Management', 'X1')).toEqual(['user-login']);
  });
});

describe('the HTTPS port', () => {
  const login = { iface_https_usrLogin_1: 1 };

  it('shows the login page where only that is ticked', () => {
    expect(answers(login, 'HTTPS Management', 'X1')).toEqual(['user-login']);
    expect(answers({ ...login, iface_https_mgmt_1: 1 }, 'HTTPS Management', 'X1')).toEqual([
      'https-management',
    ]);
  });

  it.each([
    ['a person', {}],
    ['GMS', { ...AUTOMATIC, Props: 16773119, Comment: 'Auto-added GMS rule' }],
  ])('administers where a rule for %s admits it', (_, fields) => {
    const opened = {
      ...login,
      ...rule(9, 'WAN', 'WAN', { ...fields, ...FOR_X1, DstSvc: 'HTTPS Management' }),
    };
    expect(answers(opened, 'HTTPS Management', 'X1')).toEqual(['https-management']);
  });

  it('is not opened by a rule for another interface', () => {
    const other = rule(9, 'WAN', 'WAN', { DstNet: 'All X2 Management IP', DstSvc: 'HTTPS Management' });
    expect(answers({ ...login, ...other }, 'HTTPS Management', 'X1')).toEqual(['user-login']);
  });
});

describe('a service object that somebody called like one of the appliance’s own', () => {
  it('does not move what the appliance offers', () => {
    const namesake = service(40, 'HTTPS Management', 6, 8443, 8443, { Properties: 14 });
    const device = deviceOf({ ...SMALL, ...namesake, iface_https_mgmt_1: 1 });
    const https = device.listeners.find((each) => each.service === 'https-management');
    expect(https?.services.toTexts()).toEqual(['tcp/443']);
    expect(https?.approximate).toEqual([]);
  });
});

describe('an export without its automatic rules', () => {
  const stripped: Pairs = { policyProps_2: 0, iface_https_mgmt_1: 1, iface_ssh_mgmt_1: 1 };
  /** Some tools write no masks at all. */
  const unmarked: Pairs = { policyProps_0: undefined, policyProps_1: undefined, policyProps_2: undefined };

  it('has one rule a ticked box, marked, before all others', () => {
    const device = deviceOf({ ...SMALL, ...stripped });
    const rules = named(device.policies, 'WAN to WAN').rules;
    expect(rules.map(({ name }) => name)).toEqual([
      'WAN to WAN, https-management ticked on X1',
      'WAN to WAN, ssh-management ticked on X1',
      'WAN to WAN, ping ticked on X1',
      'WAN to WAN, http-redirect ticked on X1',
      'WAN to WAN 2',
    ]);
    expect(rules[0]).toMatchObject({
      origin: 'implied',
      action: { kind: 'permit' },
      source: { any: true },
      destination: { objects: ['WAN Primary IP'] },
      service: { objects: ['HTTPS Management'] },
      approximate: ['the automatic rule is not in the file: taken from the interface flag'],
      location: { key: 'iface_https_mgmt_1' },
    });
  });

  it('takes a box from its flag while other automatic rules are there, where others than those inside can come', () => {
    const namesOf = (more: Pairs) =>
      deviceOf({ ...SMALL, ...more })
        .policies.flatMap(({ rules }) => rules)
        .map(({ name }) => name)
        .filter((name) => name.includes('ticked'));
    const ticked = { iface_https_mgmt_1: 1, iface_snmp_mgmt_1: 1, iface_ping_mgmt_2: 1, iface_ssh_mgmt_0: 1 };
    expect(namesOf(ticked)).toEqual([
      'WAN to WAN, https-management ticked on X1',
      'WAN to WAN, snmp ticked on X1',
    ]);
    // Limited to a source, or switched off, the rule of a box decides.
    const limited = { ...AUTOMATIC, SrcNet: 'Support', ...FOR_X1, DstSvc: 'HTTPS Management' };
    expect(namesOf({ iface_https_mgmt_1: 1, ...rule(9, 'WAN', 'WAN', limited) })).toEqual([]);
    const off = rule(9, 'WAN', 'WAN', { ...limited, Enabled: 0 });
    expect(namesOf({ iface_https_mgmt_1: 1, ...off })).toEqual([]);
    // A rule of a person's for the same does not stand for the box.
    const own = rule(9, 'WAN', 'WAN', { ...limited, Props: 0 });
    expect(namesOf({ iface_https_mgmt_1: 1, ...own })).toHaveLength(1);
    // Without an address there is no door.
    expect(namesOf({ iface_https_mgmt_3: 1, interface_Zone_3: 'WAN' })).toEqual([]);
  });

  it('believes a rule that the file shows for the box', () => {
    const shown = {
      ...unmarked,
      ...rule(9, 'WAN', 'WAN', { Props: undefined, SrcNet: 'Support', ...FOR_X1, DstSvc: 'SSH Management' }),
    };
    const names = named(
      deviceOf({ ...SMALL, ...shown, iface_ssh_mgmt_1: 1, iface_https_mgmt_1: 1 }).policies,
      'WAN to WAN',
    );
    expect(names.rules.map(({ name }) => name)).toEqual([
      'WAN to WAN, https-management ticked on X1',
      'WAN to WAN, http-redirect ticked on X1',
      'WAN to WAN 2',
      'WAN to WAN 9',
    ]);
  });

  it('names the address of the interface even when no object does', () => {
    const bare = Object.fromEntries(Object.entries(SMALL).filter(([key]) => !key.startsWith('addr')));
    const device = deviceOf({ ...bare, ...stripped });
    const [name] = ruleOf(device, 'WAN to WAN, ssh-management ticked on X1').destination.objects;
    expect(objectOf(device, name ?? '')).toMatchObject({
      content: { kind: 'interface', interface: 'X1', part: 'address' },
      origin: 'implied',
    });
  });
});
