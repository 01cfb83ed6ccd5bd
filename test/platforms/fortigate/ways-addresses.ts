import fc from 'fast-check';
import { doorText, type Parts, together, type Way } from '../../support/planted.js';
import { hostService, octet, strangerOfSix, strangerOrAnyone, toHost } from '../../support/strangers.js';
import { entry, type Fields, iface, inner, named, policy } from './planter.js';

/** Ways that turn on which address, family or entry of somebody's own list a policy means. */

function vip(name: string, fields: Fields): Parts {
  return entry('firewall vip', name, {
    extip: '198.51.100.5',
    extintf: '"wan1"',
    portforward: 'enable',
    ...fields,
  });
}

/** Two hosts behind one public address: the policy of the one does not close the other. */
const oneAddress: Way = {
  name: 'forwards at one address',
  planted: strangerOrAnyone.chain((who) =>
    fc
      .tuple(named(who), hostService, fc.integer({ min: 2, max: 120 }), fc.boolean(), fc.boolean())
      .map(([source, host, last, grouped, mixed]) => {
        const forward = (name: string, at: number, outside: number) =>
          vip(name, { mappedip: `"192.168.1.${at}"`, extport: `${outside}`, mappedport: `${host.port}` });
        const group = entry('firewall vipgrp', 'closed ones', { interface: '"wan1"', member: '"one"' });
        const around = together(
          source.parts,
          forward('one', last, 40_001),
          forward('other', last + 1, 40_002),
          grouped ? group : {},
        );
        const accept = policy({ srcaddr: source.names, dstaddr: '"other"' });
        const deny = (name: string) => policy({ action: 'deny', dstaddr: mixed ? `${name} "LAN"` : name });
        return {
          parts: together(around, deny(grouped ? '"closed ones"' : '"one"'), accept),
          twin: together(around, deny('"other"'), accept),
          finds: [toHost(who)],
          doors: [doorText(host.id, who.sources, `192.168.1.${last + 1}/32`)],
        };
      }),
  ),
};

/** In by the uplink, and out again by it. */
const oneArmed: Way = {
  name: 'forward beside the uplink',
  planted: strangerOrAnyone.chain((who) =>
    fc.tuple(named(who), hostService, fc.constantFrom('disable', 'enable')).map(([source, host, hides]) => {
      const forward = vip('beside', {
        mappedip: '"198.51.100.4"',
        extport: '40001',
        mappedport: `${host.port}`,
      });
      const accept = (dstintf: string) =>
        policy({ dstintf, srcaddr: source.names, dstaddr: '"beside"', nat: hides });
      return {
        parts: together(source.parts, forward, accept('"wan1"')),
        twin: together(source.parts, forward, accept('"internal"')),
        finds: [toHost(who)],
        doors: [doorText(host.id, who.sources, '198.51.100.4/32')],
      };
    }),
  ),
};

/** Internet services of somebody's own stand for a host and its ports, or for a stranger. */
const ownInternetService: Way = {
  name: 'internet service of its own',
  planted: fc.tuple(octet, octet, hostService, fc.boolean()).map(([last, host, { id, port }, grouped]) => {
    const ports = (from: number) => [
      inner(1, {
        protocol: '6',
        dst: '"inner host"',
        'port-range': [inner(1, { 'start-port': `${from}`, 'end-port': `${from}` })],
      }),
    ];
    const group = entry('firewall internet-service-custom-group', 'kit', { member: '"them"' });
    const around = together(
      entry('firewall address', 'inner host', { subnet: `192.168.1.${host} 255.255.255.255` }),
      entry('firewall address', 'far host', { subnet: `203.0.113.${last} 255.255.255.255` }),
      entry('firewall internet-service-custom', 'them', { entry: [inner(1, { dst: '"far host"' })] }),
      grouped ? group : {},
      entry('firewall policy', 0, {
        srcintf: '"wan1"',
        dstintf: '"internal"',
        action: 'accept',
        schedule: '"always"',
        logtraffic: 'all',
        'internet-service': 'enable',
        'internet-service-custom': '"it"',
        'internet-service-src': 'enable',
        ...(grouped
          ? { 'internet-service-src-custom-group': '"kit"' }
          : { 'internet-service-src-custom': '"them"' }),
      }),
    );
    const service = (at: number) => entry('firewall internet-service-custom', 'it', { entry: ports(at) });
    return {
      parts: together(around, service(port)),
      twin: together(around, service(25)),
      finds: ['FWA-ADM-017'],
      doors: [doorText(id, [`203.0.113.${last}/32`], `192.168.1.${host}/32`)],
    };
  }),
};

const SIX = iface('wan1', { ipv6: ['set ip6-address 2001:db8:1::2/64', 'set ip6-allowaccess ping https'] });

/** What is ticked for IPv6 is closed by local-in policies of IPv6, but for somebody. */
const localInOfSix: Way = {
  name: 'local-in policy for IPv6',
  planted: strangerOfSix.map((who) => {
    const rule = (action: string, srcaddr: string) =>
      entry('firewall local-in-policy6', 0, {
        intf: '"wan1"',
        srcaddr,
        dstaddr: '"all"',
        service: '"HTTPS"',
        schedule: '"always"',
        action,
      });
    const around = together(SIX, entry('firewall address6', 'p', { ip6: `${who.pieces[0]?.first}/128` }));
    return {
      parts: together(around, rule('accept', '"p"'), rule('deny', '"all"')),
      twin: together(around, rule('deny', '"p"'), rule('deny', '"all"')),
      finds: ['FWA-ADM-002'],
      doors: [doorText('https-management', who.sources, 'self')],
    };
  }),
};

/** Trusted hosts of IPv6 are a list of their own. */
const trustedHostOfSix: Way = {
  name: 'trusted host of IPv6',
  planted: fc.tuple(strangerOfSix, fc.integer({ min: 2, max: 10 })).map(([who, slot]) => {
    const around = together(SIX, entry('system admin', 'admin', { 'ip6-trusthost1': '2001:db8:1:1::/64' }));
    // The network of trusted hosts is the one inside.
    const inside = iface('internal', { ipv6: ['set ip6-address 2001:db8:1:1::1/64'] });
    const host = entry('system admin', 'admin', { [`ip6-trusthost${slot}`]: `${who.pieces[0]?.first}/128` });
    return {
      parts: together(around, inside, host),
      twin: together(around, inside),
      finds: ['FWA-ADM-002'],
      doors: [doorText('https-management', who.sources, 'self')],
    };
  }),
};

export const ADDRESS_WAYS: readonly Way[] = [
  oneAddress,
  oneArmed,
  ownInternetService,
  localInOfSix,
  trustedHostOfSix,
];
