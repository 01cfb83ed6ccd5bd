import { describe, expect, it } from 'vitest';
import type { TunnelIngress } from '../../../src/model/firewall-config.js';
import { deviceOf, named, type Pairs } from './exports.js';

/** Where users who dial in may go: what the access lists of users and groups name, if that is certain. */

const BOX: Pairs = {
  checksumVersion: 1,
  buildNum: '6.5.4.4-44n',
  shortProdName: 'TZ 300',
  zoneObjId_0: 'LAN',
  zoneObjZoneType_0: 1,
  zoneObjId_1: 'WAN',
  zoneObjZoneType_1: 0,
  zoneObjSslVpnProfile_1: 1,
  iface_ifnum_0: 0,
  iface_name_0: 'X0',
  iface_type_0: 6,
  interface_Zone_0: 'LAN',
  iface_lan_ip_0: '192.168.1.1',
  iface_lan_mask_0: '255.255.255.0',
  iface_ifnum_1: 1,
  iface_name_1: 'X1',
  iface_type_1: 1,
  interface_Zone_1: 'WAN',
  iface_static_ip_1: '198.51.100.2',
  iface_static_mask_1: '255.255.255.0',
  addrObjId_0: 'Files',
  addrObjType_0: 1,
  addrObjZone_0: 'LAN',
  addrObjIp1_0: '192.168.1.40',
  addrObjIp2_0: '255.255.255.255',
  addrObjProperties_0: 14,
  addrObjId_1: 'Nothing',
  addrObjType_1: 8,
  addrObjProperties_1: 14,
  ipsecName_0: 'WAN GroupVPN',
  ipsecClientPolicy_0: 'on',
  ipsecSaDisabled_0: 'off',
  userObjId_0: 'c.faure',
  userObjPrivMask_0: 0,
  userGroupObjId_0: 'Everyone',
  userGroupObjPrivMask_0: 0,
  sslvpnSvcPort: 4433,
};

const OWN = ['192.168.1.1/32', '198.51.100.2/32'];

function ingressOf(tunnel: string, more: Pairs): TunnelIngress {
  const { ingress } = named(deviceOf({ ...BOX, ...more }).tunnels, tunnel);
  if (ingress === undefined) throw new Error(`${tunnel} comes in nowhere`);
  return ingress;
}

function reachable(tunnel: string, more: Pairs): readonly string[] | null {
  return ingressOf(tunnel, more).destinations?.toCidrs() ?? null;
}

describe('users of SSL VPN', () => {
  it('go as far as a list of theirs, or of a group, and to the appliance itself', () => {
    expect(reachable('SSL VPN', { userObjVpnDestNet_0: 'Files' })).toEqual([
      '192.168.1.1/32',
      '192.168.1.40/32',
      '198.51.100.2/32',
    ]);
    expect(reachable('SSL VPN', { userObjVpnDestNet_0: '', userGroupObjVpnDestNet_0: 'Files' })).toContain(
      '192.168.1.40/32',
    );
  });

  it.each([
    ['the file holds no lists', {}, 0],
    ['no list names a network', { userObjVpnDestNet_0: '', userGroupObjVpnDestNet_0: '' }, 1],
    ['one names what is not there', { userObjVpnDestNet_0: 'Files', userGroupObjVpnDestNet_0: 'gone' }, 1],
    ['one names a group without members', { userObjVpnDestNet_0: 'Nothing' }, 1],
    [
      'an address of the appliance is not in the file',
      { userObjVpnDestNet_0: 'Files', iface_type_1: 2, iface_dhcp_enable_1: 'on' },
      1,
    ],
  ])('may go anywhere where %s', (_, more, marks) => {
    const { destinations, approximate } = ingressOf('SSL VPN', more);
    expect(destinations).toBeNull();
    expect(approximate.filter((each) => each.includes('VPN access list'))).toHaveLength(marks);
  });
});

describe('users of a GroupVPN', () => {
  it('are held to the lists where the policy says so, and nowhere else', () => {
    expect(reachable('WAN GroupVPN', { userObjVpnDestNet_0: 'Files' })).toBeNull();
    expect(
      reachable('WAN GroupVPN', { userObjVpnDestNet_0: 'Files', ipsecClientApplyVpnAcl_0: 'on' }),
    ).toEqual(expect.arrayContaining([...OWN, '192.168.1.40/32']));
  });
});
