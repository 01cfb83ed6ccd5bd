import { describe, expect, it } from 'vitest';
import { analyse } from '../../../src/analysis/analyse.js';
import {
  AUTOMATIC,
  CATCH_ALL,
  deviceOf,
  iface,
  type Pairs,
  rule,
  ruleOf,
  SMALL,
  service,
  zone,
} from './exports.js';

/** Rules of DMZ, guest and wireless zones: what is a way to the appliance's own administration, and what not. */

const DMZ: Pairs = iface(3, 'X3', 'DMZ', { type: 7, lan_ip: '10.20.30.1' });

/** Whether rule 9, from DMZ to LAN unless told otherwise, may be a way to the appliance itself. */
function leadsToSelf(fields: Pairs, [from, to] = ['DMZ', 'LAN'], more: Pairs = {}): boolean {
  const device = deviceOf({ ...SMALL, ...DMZ, ...rule(9, from, to, fields), ...more });
  return ruleOf(device, `${from} to ${to} 9`).transitOnly !== true;
}

describe('a rule from a zone that is trusted less than inside', () => {
  it('leads to administration when it asks for management', () => {
    expect(leadsToSelf({ Management: 1 })).toBe(true);
    expect(leadsToSelf({ Management: 1, DstSvc: 'HTTPS Management' })).toBe(true);
  });

  it.each(['HTTPS Management', 'SSH Management', 'SNMP'])('leads there when it names %s', (wanted) => {
    expect(leadsToSelf({ DstSvc: wanted })).toBe(true);
  });

  it('leads there when a group of its own holds such a service, or the file does not hold it', () => {
    const group = {
      ...service(40, 'Both', 0, 0, 0, { Type: 2, Properties: 14 }),
      so_atomToGrp_40: 'SSH Management',
      so_grpToGrp_40: 'Both',
    };
    expect(leadsToSelf({ DstSvc: 'Both' }, undefined, group)).toBe(true);
    expect(leadsToSelf({ DstSvc: 'Nobody has it' })).toBe(true);
  });

  it('is for what passes through when it is for everything, or for a service of no management', () => {
    expect(leadsToSelf({})).toBe(false);
    const web = service(40, 'Web', 6, 443, 443, { Properties: 14 });
    expect(leadsToSelf({ DstSvc: 'Web' }, undefined, web)).toBe(false);
    const forged = service(2, 'SSH Management', 6, 22, 22, { Properties: 14, Management: 0 });
    expect(leadsToSelf({ DstSvc: 'SSH Management' }, undefined, forged)).toBe(false);
  });

  it('is for what passes through when the appliance wrote it for every service', () => {
    const trust = { ...AUTOMATIC, Management: 0, Comment: 'Auto-added Interface Trust rule', Props: 4095 };
    expect(leadsToSelf(trust, ['DMZ', 'DMZ'])).toBe(false);
    expect(leadsToSelf({ ...CATCH_ALL, Action: 2, Management: undefined }, ['DMZ', 'WAN'])).toBe(false);
  });

  it('is taken at its widest where the file does not hold the switch', () => {
    expect(leadsToSelf({ Management: undefined })).toBe(true);
  });

  it('is told by the type of its zone', () => {
    const types = [0, 1, 2, 4].map((type) =>
      leadsToSelf({}, ['Own', 'LAN'], zone(7, 'Own', type, { Properties: 14 })),
    );
    expect(types).toEqual([true, true, false, false]);
    const guests = { ...zone(7, 'Own', 1), zoneObjEnableGuestServices_7: 1 };
    expect(leadsToSelf({}, ['Own', 'LAN'], guests)).toBe(false);
  });

  it('opens administration where only user login is ticked, when a person wrote it', () => {
    const services = (fields: Pairs) =>
      analyse(
        deviceOf({
          ...SMALL,
          ...DMZ,
          iface_https_usrLogin_3: 1,
          ...rule(9, 'DMZ', 'DMZ', { DstSvc: 'HTTPS Management', Management: 1, ...fields }),
        }),
        new Map(),
      ).reaches.flatMap(({ entry, service: { id } }) => (entry.name === 'DMZ' ? [id] : []));
    expect(services(AUTOMATIC)).toEqual(['user-login']);
    expect(services({})).toContain('https-management');
  });
});
