import fc from 'fast-check';
import { AUTOMATIC, address, host, type Pairs, rule, service } from './exports.js';
import { AT, hostPort, octet, own, ownService, type Plant, place, publicHost } from './plant-parts.js';

/** Doors to whoever comes out of a tunnel, or dials in. */

export function tunnel(fields: Pairs): Pairs {
  const all: Pairs = {
    Name: 'far',
    GwAddr: '0.0.0.0',
    SecGwAddr: '0.0.0.0',
    SaDisabled: 'off',
    ClientPolicy: 'off',
    RemoteNetwork: '',
    HttpsMgmt: 'off',
    HttpMgmt: 'off',
    SshMgmt: 'off',
    SnmpMgmt: 'off',
    ...fields,
  };
  return Object.fromEntries(Object.entries(all).map(([field, value]) => [`ipsec${field}_7`, value]));
}

/** What is behind a tunnel: the networks that its policy names, or, of a routed one, nobody knows what. */
const behind: fc.Arbitrary<Pairs> = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 0, max: 254 }).map((net) => ({
    ...address(AT, 'far net', 4, `10.${net}.0.0`, '255.255.0.0', { Zone: 'VPN' }),
    ...address(AT + 1, 'near net', 4, '192.168.1.0', '255.255.255.0', { Zone: 'LAN' }),
    ipsecRemoteNetwork_7: 'far net',
    ipsecLocalNetwork_7: 'near net',
  })),
);

/** The rules that SonicOS writes for every tunnel, ticked boxes or not: a box decides for its own tunnel. */
export const managementRules: fc.Arbitrary<Pairs> = fc.boolean().map((written) =>
  written
    ? Object.assign(
        {},
        ...['HTTPS Management', 'SSH Management', 'SNMP'].map((wanted, n) =>
          rule(60 + n, 'VPN', 'LAN', {
            ...AUTOMATIC,
            Props: 16_777_213,
            Comment: 'Auto added for VPN enabled management via this SA',
            DstNet: 'LAN Primary IP',
            DstSvc: wanted,
          }),
        ),
      )
    : {},
);

export const onOff = fc.constantFrom('on', 'off');
const siteToSite = fc
  .tuple(publicHost, onOff, onOff, behind, managementRules)
  .map(([peer, https, ssh, networks, rules]) => {
    const managed = https === 'on' || ssh === 'on';
    return own(
      managed ? 'tunnel with management' : 'tunnel',
      { ...tunnel({ GwAddr: peer, HttpsMgmt: https, SshMgmt: ssh }), ...networks, ...rules },
      'FWA-VPN-001',
      ...(managed ? ['FWA-ADM-002'] : []),
    );
  });

const tunnelToAnyone = behind.map((networks) =>
  own('tunnel to whoever has its key', { ...tunnel({}), ...networks }, 'FWA-VPN-001'),
);

/** A rule made by a person for what comes out of a tunnel: to the appliance itself, or to a host. */
const ruleForTunnel = fc
  .tuple(publicHost, behind, fc.boolean(), ownService, hostPort, octet, place)
  .map(([peer, networks, toSelf, wanted, port, last, at]) => {
    const source = 'ipsecRemoteNetwork_7' in networks ? 'far net' : '';
    return own(
      toSelf ? 'rule from a tunnel to the appliance' : 'rule from a tunnel to a host',
      {
        ...tunnel({ GwAddr: peer }),
        ...networks,
        ...host(AT + 5, 'inside', `192.168.1.${Math.max(2, last)}`, { Zone: 'LAN' }),
        ...service(AT, 'port', 6, port, port, { Properties: 14 }),
        ...rule(at, 'VPN', 'LAN', {
          SrcNet: source,
          DstNet: toSelf ? 'LAN Primary IP' : 'inside',
          DstSvc: toSelf ? wanted : 'port',
          Management: toSelf ? 1 : 0,
        }),
      },
      'FWA-VPN-001',
      toSelf ? 'FWA-ADM-002' : 'FWA-VPN-005',
    );
  });

/** Users who dial in, and a rule made by a person that lets them administer. */
const ruleForUsers = fc.tuple(fc.boolean(), ownService, place).map(([ssl, wanted, at]) =>
  own(
    'rule from users who dial in',
    {
      ...(ssl ? { zoneObjSslVpnProfile_0: 1 } : tunnel({ ClientPolicy: 'on' })),
      ...rule(at, ssl ? 'SSLVPN' : 'VPN', 'LAN', { DstNet: 'LAN Primary IP', DstSvc: wanted, Management: 1 }),
    },
    'FWA-VPN-002',
  ),
);
const groupVpn = fc
  .constantFrom<Pairs>({ HttpsMgmt: 'on' }, { SshMgmt: 'on' }, { HttpsMgmt: 'on', SshMgmt: 'on' })
  .map((boxes) => own('GroupVPN with management', tunnel({ ClientPolicy: 'on', ...boxes }), 'FWA-VPN-002'));
const sslVpn = fc
  .constantFrom<Pairs>({ sslvpnWebMgmt: 1 }, { sslvpnSshMgmt: 1 })
  .map((box) => own('management from SSL VPN', { ...box, zoneObjSslVpnProfile_0: 1 }, 'FWA-VPN-002'));

/** Whoever has the shared key of a GroupVPN dials in, where nobody asks who it is. */
const groupVpnByKey = fc.constant(
  own('GroupVPN by its key', tunnel({ ClientPolicy: 'on', XauthClient: 'off' }), 'FWA-VPN-003'),
);

/** A door from a tunnel by any way. */
export const DOORS_BY_TUNNEL: fc.Arbitrary<Plant> = fc.oneof(
  { weight: 2, arbitrary: siteToSite },
  { weight: 1, arbitrary: tunnelToAnyone },
  { weight: 2, arbitrary: ruleForTunnel },
  { weight: 1, arbitrary: ruleForUsers },
  { weight: 1, arbitrary: groupVpn },
  { weight: 1, arbitrary: groupVpnByKey },
  { weight: 1, arbitrary: sslVpn },
);
