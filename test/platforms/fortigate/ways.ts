import fc from 'fast-check';
import { doorText, type Parts, together, type Way } from '../../support/planted.js';
import {
  anyone,
  hostService,
  idlePort,
  octet,
  strangerOfSix,
  strangerOrAnyone,
  toHost,
  toSelf,
} from '../../support/strangers.js';
import { entry, type Fields, iface, inner, named, policy, service, setting } from './planter.js';
import { ADDRESS_WAYS } from './ways-addresses.js';
import { SERVER_WAYS } from './ways-servers.js';

/** Ways into a FortiGate and to the hosts behind it. */

/** What an interface ticks, and the service that answers then. */
const ticked = fc.constantFrom(
  ['https', 'https-management'] as const,
  ['ssh', 'ssh-management'] as const,
  ['telnet', 'telnet-management'] as const,
  ['fgfm', 'fgfm'] as const,
);

/** Interfaces that lead outside, with what they tick. */
const outer: fc.Arbitrary<(access: string) => Parts> = fc.constantFrom<(access: string) => Parts>(
  (access) => iface('wan1', { allowaccess: access }),
  (access) =>
    iface('wan2', { vdom: '"root"', mode: 'dhcp', allowaccess: access, type: 'physical', role: 'wan' }),
  (access) => iface('wan2', { vdom: '"root"', mode: 'pppoe', allowaccess: access, type: 'physical' }),
  (access) =>
    iface('fibre', {
      vdom: '"root"',
      ip: '198.51.100.66 255.255.255.192',
      allowaccess: access,
      role: 'wan',
      interface: '"wan1"',
      vlanid: '835',
    }),
  (access) =>
    iface('wan1', {
      'secondary-IP': 'enable',
      secondaryip: [inner(1, { ip: '198.51.100.3 255.255.255.248', allowaccess: access })],
    }),
);

const box: Way = {
  name: 'box ticked outside',
  planted: fc.tuple(outer, ticked, fc.boolean()).map(([on, [word, id], alone]) => ({
    parts: on(alone ? word : `ping ${word}`),
    twin: on('ping'),
    finds: ['FWA-ADM-001'],
    doors: [doorText(id, ['anyone'], 'self')],
  })),
};

const boxOfSix: Way = {
  name: 'box ticked for IPv6',
  planted: ticked.map(([word, id]) => {
    const on = (access: string) =>
      iface('wan1', { ipv6: ['set ip6-address 2001:db8:1::2/64', `set ip6-allowaccess ${access}`] });
    return {
      parts: on(`ping ${word}`),
      twin: on('ping'),
      finds: ['FWA-ADM-001'],
      doors: [doorText(id, ['anyone'], 'self')],
    };
  }),
};

/** Trusted hosts of administrators let in together; the account that nobody looks at opens the login. */
const trustedHost: Way = {
  name: 'trusted host',
  planted: fc
    .tuple(octet, fc.constantFrom('https', 'ssh'), fc.integer({ min: 2, max: 10 }), fc.boolean())
    .map(([last, word, slot, ofProgram]) => {
      const around = together(
        iface('wan1', { allowaccess: `ping ${word}` }),
        entry('system admin', 'admin', { trusthost1: '192.168.1.0 255.255.255.0' }),
      );
      const host = `203.0.113.${last} 255.255.255.255`;
      const opening = ofProgram
        ? entry('system api-user', 'ansible-lyon', {
            accprofile: '"prof"',
            trusthost: [inner(1, { 'ipv4-trusthost': host })],
          })
        : entry('system admin', 'admin', { [`trusthost${slot}`]: host });
      return {
        parts: together(around, opening),
        twin: around,
        finds: ofProgram ? ['FWA-ADM-002', 'FWA-IDN-001'] : ['FWA-ADM-002'],
        // Whoever may log in to the web interface may use its programming interface.
        doors: [...(ofProgram && word === 'https' ? ['api'] : []), `${word}-management`].map((id) =>
          doorText(id, [`203.0.113.${last}/32`], 'self'),
        ),
      };
    }),
};

function localIn(fields: Fields): Parts {
  return entry('firewall local-in-policy', 0, {
    intf: '"wan1"',
    srcaddr: '"all"',
    dstaddr: '"all"',
    service: '"ALL"',
    schedule: '"always"',
    ...fields,
  });
}

const localInPolicy: Way = {
  name: 'local-in policy',
  planted: strangerOrAnyone.chain((who) =>
    fc
      .tuple(
        named(who),
        fc.constantFrom('https', 'ssh'),
        fc.constantFrom<Fields>({ action: 'deny' }, { srcaddr: '"LAN"' }),
        fc.constantFrom('"wan1"', '"any"'),
      )
      .map(([{ parts, names }, word, closed, intf]) => {
        const accept: Fields = { intf, action: 'accept', srcaddr: names, service: `"${word.toUpperCase()}"` };
        const around = together(parts, iface('wan1', { allowaccess: `ping ${word}` }));
        const rest = localIn({ action: 'deny' });
        return {
          parts: together(around, localIn(accept), rest),
          twin: together(around, localIn({ ...accept, ...closed }), rest),
          finds: [toSelf(who)],
          doors: [doorText(`${word}-management`, who.sources, 'self')],
        };
      }),
  ),
};

/** All but somebody harmless is denied, or nobody but a stranger is not. */
const localInNegated: Way = {
  name: 'local-in policy, negated',
  planted: octet.map((last) => {
    const around = together(
      iface('wan1', { allowaccess: 'https' }),
      entry('firewall address', 'p', { subnet: `203.0.113.${last} 255.255.255.255` }),
    );
    return {
      parts: together(
        around,
        localIn({ action: 'deny', srcaddr: '"p"', 'srcaddr-negate': 'enable', service: '"HTTPS"' }),
      ),
      twin: together(around, localIn({ action: 'deny', service: '"HTTPS"' })),
      finds: ['FWA-ADM-002'],
      doors: [doorText('https-management', [`203.0.113.${last}/32`], 'self')],
    };
  }),
};

/** How a policy is made to let nobody in. */
const closing: fc.Arbitrary<(fields: Fields) => Parts> = fc.constantFrom<(fields: Fields) => Parts>(
  (fields) => policy({ ...fields, status: 'disable' }),
  (fields) => policy({ ...fields, action: 'deny' }),
  (fields) => together(policy({ ...fields, action: 'deny' }), policy(fields)),
  (fields) => policy({ ...fields, srcintf: '"internal"', dstintf: '"wan1"', srcaddr: '"LAN"' }),
  () => ({}),
);

/** Where policies say that packets come from outside. */
const outside: fc.Arbitrary<readonly [string, Parts]> = fc.constantFrom<readonly [string, Parts]>(
  ['"wan1"', {}],
  ['"any"', {}],
  ['"internal" "wan1"', {}],
  ['"uplinks"', entry('system zone', 'uplinks', { interface: '"wan1"' })],
  [
    '"lines"',
    setting('system sdwan', {
      status: 'enable',
      zone: [inner('lines', {})],
      members: [inner(1, { interface: '"wan1"', zone: '"lines"' })],
    }),
  ],
);

const forward: Way = {
  name: 'port forward',
  planted: strangerOrAnyone.chain((who) =>
    hostService.chain((host) =>
      fc
        .tuple(
          named(who),
          service(host.port),
          idlePort,
          octet,
          fc.tuple(closing, outside, fc.boolean(), fc.boolean()),
        )
        .map(([source, wanted, hidden, last, [close, [srcintf, zone], inGroup, leased]]) => {
          const at = leased ? '0.0.0.0' : '198.51.100.2';
          const vip = entry('firewall vip', 'to host', {
            extip: at,
            mappedip: `"192.168.1.${last}"`,
            extintf: leased ? '"wan1"' : '"any"',
            portforward: 'enable',
            extport: `${hidden}`,
            mappedport: `${host.port}`,
          });
          const group = entry('firewall vipgrp', 'hosts', { interface: '"wan1"', member: '"to host"' });
          const around = together(zone, source.parts, wanted.parts, vip, inGroup ? group : {});
          const fields: Fields = {
            srcintf,
            srcaddr: source.names,
            dstaddr: inGroup ? '"hosts"' : '"to host"',
            service: wanted.names,
          };
          return {
            parts: together(around, policy(fields)),
            twin: together(around, close(fields)),
            finds: [toHost(who)],
            doors: [doorText(host.id, who.sources, `192.168.1.${last}/32`)],
          };
        }),
    ),
  ),
};

const wholeHost: Way = {
  name: 'address given to a host',
  planted: strangerOrAnyone.chain((who) =>
    fc.tuple(named(who), octet, closing, outside).map(([source, last, close, [srcintf, zone]]) => {
      const vip = entry('firewall vip', 'server', {
        extip: '198.51.100.5',
        mappedip: `"192.168.1.${last}"`,
        extintf: '"wan1"',
      });
      const around = together(zone, source.parts, vip);
      const fields: Fields = { srcintf, srcaddr: source.names, dstaddr: '"server"' };
      return {
        parts: together(around, policy(fields)),
        twin: together(around, close(fields)),
        finds: [toHost(who)],
        doors: [doorText('any-service', who.sources, `192.168.1.${last}/32`)],
      };
    }),
  ),
};

const DMZ = iface('dmz', { vdom: '"root"', ip: '192.0.2.1 255.255.255.240', type: 'physical', role: 'dmz' });

const routedHost: Way = {
  name: 'routed public host',
  planted: strangerOrAnyone.chain((who) =>
    hostService.chain((host) =>
      fc
        .tuple(
          named(who),
          service(host.port).filter(({ names }) => names !== '"ALL"'),
          fc.integer({ min: 2, max: 14 }),
          closing,
        )
        .map(([source, wanted, last, close]) => {
          const target = entry('firewall address', 'routed', { subnet: `192.0.2.${last} 255.255.255.255` });
          const around = together(DMZ, target, source.parts, wanted.parts);
          const fields: Fields = {
            dstintf: '"dmz"',
            srcaddr: source.names,
            dstaddr: '"routed"',
            service: wanted.names,
          };
          return {
            parts: together(around, policy(fields)),
            twin: together(around, close(fields)),
            finds: [toHost(who)],
            doors: [doorText(host.id, who.sources, `192.0.2.${last}/32`)],
          };
        }),
    ),
  ),
};

const hostOfSix: Way = {
  name: 'host of IPv6',
  planted: fc
    .tuple(strangerOfSix, hostService, fc.integer({ min: 2, max: 0xfff }), fc.boolean())
    .chain(([who, host, last, older]) =>
      service(host.port)
        .filter(({ names }) => names !== '"ALL"')
        .map((wanted) => {
          const at = `2001:db8:1:1::${last.toString(16)}`;
          const around = together(
            iface('wan1', { ipv6: ['set ip6-address 2001:db8:1::2/64'] }),
            iface('internal', { ipv6: ['set ip6-address 2001:db8:1:1::1/64'] }),
            entry('router static6', 1, { gateway: '2001:db8:1::1', device: '"wan1"' }),
            entry('firewall address6', 'p', { ip6: `${who.pieces[0]?.first}/128` }),
            entry('firewall address6', 'host', { ip6: `${at}/128` }),
            wanted.parts,
          );
          const names: Fields = older
            ? { srcaddr: '"p"', dstaddr: '"host"' }
            : { srcaddr6: '"p"', dstaddr6: '"host"' };
          const fields: Fields = {
            srcintf: '"wan1"',
            dstintf: '"internal"',
            ...names,
            schedule: '"always"',
            service: wanted.names,
          };
          const rule = (action: string) =>
            entry(older ? 'firewall policy6' : 'firewall policy', 0, { ...fields, action });
          return {
            parts: together(around, rule('accept')),
            twin: together(around, rule('deny')),
            finds: ['FWA-ADM-017'],
            doors: [doorText(host.id, who.sources, `${at}/128`)],
          };
        }),
    ),
};

/** A policy that leads from outside to the address of an inner interface, which offers its administration. */
const crossing: Way = {
  name: 'policy to an inner address',
  planted: strangerOrAnyone.chain((who) =>
    fc.tuple(named(who), closing, fc.boolean()).map(([source, close, byLoopback]) => {
      const at = byLoopback ? '10.99.0.1' : '192.168.1.1';
      const around = together(
        source.parts,
        iface('lo', {
          vdom: '"root"',
          ip: '10.99.0.1 255.255.255.255',
          allowaccess: 'ssh',
          type: 'loopback',
        }),
        entry('firewall address', 'itself', { subnet: `${at} 255.255.255.255` }),
        entry('firewall vip', 'manage', {
          extip: '198.51.100.5',
          mappedip: `"${at}"`,
          extintf: '"wan1"',
          portforward: 'enable',
          extport: '40022',
          mappedport: '22',
        }),
      );
      const fields: Fields = {
        dstintf: byLoopback ? '"lo"' : '"internal"',
        srcaddr: source.names,
        dstaddr: '"manage"',
        service: '"SSH"',
      };
      return {
        parts: together(around, policy(fields)),
        twin: together(around, close(fields)),
        finds: [toSelf(who)],
        doors: [doorText('ssh-management', who.sources, 'self')],
      };
    }),
  ),
};

const community: Way = {
  name: 'community of SNMP',
  planted: fc.tuple(octet, fc.boolean()).map(([last, everybody]) => {
    const hosts = (ip: string) => ({ hosts: [inner(1, { ip, 'host-type': 'query' })] });
    const snmp = (ip: string | null) =>
      together(
        iface('wan1', { allowaccess: 'ping snmp' }),
        setting('system snmp sysinfo', { status: 'enable' }),
        entry('system snmp community', 1, { name: '"n0t-guessed"', ...(ip === null ? {} : hosts(ip)) }),
      );
    return {
      parts: snmp(everybody ? '0.0.0.0 0.0.0.0' : `203.0.113.${last} 255.255.255.255`),
      twin: snmp('192.168.1.0 255.255.255.0'),
      finds: [everybody ? 'FWA-ADM-001' : 'FWA-ADM-002'],
      doors: [doorText('snmp', everybody ? anyone.sources : [`203.0.113.${last}/32`], 'self')],
    };
  }),
};

export const WAYS: readonly Way[] = [
  box,
  boxOfSix,
  trustedHost,
  localInPolicy,
  localInNegated,
  forward,
  wholeHost,
  routedHost,
  hostOfSix,
  crossing,
  community,
  ...ADDRESS_WAYS,
  ...SERVER_WAYS,
];
