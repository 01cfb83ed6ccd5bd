import fc from 'fast-check';
import { fortigate } from '../../../src/platforms/fortigate/index.js';
import { type Parts, type Planter, together } from '../../support/planted.js';
import { isAnyone, octet, type Piece, type Whom } from '../../support/strangers.js';
import { HEADER } from './support.js';

/** How configurations of FortiGate are put together; places are tables. */

/** Attributes of an entry; a list is what stands in a table inside it. */
export interface Fields {
  readonly [attribute: string]: string | readonly string[];
}

function settings(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) =>
      typeof value === 'string' ? `set ${name} ${value}` : `config ${name}\n${value.join('\n')}\nend`,
    )
    .join('\n');
}

/** Settings of a table that has no entries. */
export function setting(table: string, fields: Fields): Parts {
  return { [table]: [settings(fields)] };
}

export function inner(key: string | number, fields: Fields): string {
  return `edit ${typeof key === 'number' ? key : `"${key}"`}\n${settings(fields)}\nnext`;
}

export function entry(table: string, key: string | number, fields: Fields): Parts {
  return { [table]: [inner(key, fields)] };
}

export function iface(name: string, fields: Fields): Parts {
  return entry('system interface', name, fields);
}

/** Policies without a number of their own get one. */
export function policy(fields: Fields): Parts {
  return entry('firewall policy', 0, {
    srcintf: '"wan1"',
    dstintf: '"internal"',
    action: 'accept',
    srcaddr: '"all"',
    dstaddr: '"all"',
    schedule: '"always"',
    service: '"ALL"',
    logtraffic: 'all',
    ...fields,
  });
}

const base: Parts = together(
  setting('system global', { admintimeout: '10', hostname: '"fw"' }),
  iface('wan1', {
    vdom: '"root"',
    ip: '198.51.100.2 255.255.255.248',
    allowaccess: 'ping',
    type: 'physical',
    role: 'wan',
  }),
  iface('internal', {
    vdom: '"root"',
    ip: '192.168.1.1 255.255.255.0',
    allowaccess: 'ping https ssh',
    type: 'hard-switch',
    role: 'lan',
  }),
  entry('system admin', 'admin', {
    accprofile: '"super_admin"',
    vdom: '"root"',
    password: 'ENC SH2placeholderplaceholder=',
  }),
  setting('system snmp sysinfo', {}),
  entry('firewall address', 'all', {}),
  entry('firewall address', 'LAN', { subnet: '192.168.1.0 255.255.255.0' }),
  entry('firewall address6', 'all', {}),
  entry('firewall service custom', 'ALL', { protocol: 'IP' }),
  entry('firewall service custom', 'HTTP', { 'tcp-portrange': '80' }),
  entry('firewall service custom', 'HTTPS', { 'tcp-portrange': '443' }),
  entry('firewall service custom', 'SSH', { 'tcp-portrange': '22' }),
  entry('firewall service custom', 'DNS', { 'tcp-portrange': '53', 'udp-portrange': '53' }),
  policy({
    srcintf: '"internal"',
    dstintf: '"wan1"',
    srcaddr: '"LAN"',
    service: '"HTTP" "HTTPS" "DNS"',
    nat: 'enable',
  }),
  entry('router static', 1, { gateway: '198.51.100.1', device: '"wan1"' }),
);

function write(parts: Parts, name: string): string {
  const tables = Object.entries(parts).map(([table, some]) => `config ${table}\n${some.join('\n')}\nend`);
  return [HEADER, '#global_vdom=1', ...tables, ''].join('\n').replace('hostname "fw"', `hostname "${name}"`);
}

/** What such appliances hold besides: nothing of it lets anybody in to administer. */
const harmless: fc.Arbitrary<Parts> = fc.oneof(
  octet.map((last) =>
    together(
      entry('firewall address', `bad${last}`, { subnet: `192.0.2.${last} 255.255.255.255` }),
      policy({ srcaddr: `"bad${last}"`, action: 'deny' }),
    ),
  ),
  octet.map((last) =>
    entry('firewall address', `spare${last}`, {
      type: 'iprange',
      'start-ip': `203.0.113.${last}`,
      'end-ip': `203.0.113.${last}`,
    }),
  ),
  fc.constantFrom(
    policy({ srcintf: '"internal"', dstintf: '"wan1"', srcaddr: '"LAN"', nat: 'enable' }),
    policy({ srcaddr: '"LAN"', status: 'disable' }),
    policy({ action: 'deny', dstaddr: '"LAN"', service: '"HTTP"' }),
    entry('firewall vip', 'unused', {
      extip: '198.51.100.6',
      mappedip: '"192.168.1.250"',
      extintf: '"wan1"',
    }),
    entry('firewall local-in-policy', 0, {
      intf: '"wan1"',
      srcaddr: '"LAN"',
      dstaddr: '"all"',
      service: '"HTTP"',
      schedule: '"always"',
      action: 'deny',
    }),
    entry('firewall schedule recurring', 'nights', { start: '20:00', end: '06:00', day: 'monday' }),
    entry('firewall addrgrp', 'empty', { comment: '"edit 1"' }),
    entry('firewall address', 'old', { subnet: '192.0.2.0 255.255.255.0' }),
  ),
);

export const planter: Omit<Planter, 'ways'> = {
  platform: fortigate,
  file: (n) => `box-${n}.conf`,
  write,
  base,
  surroundings: fc.array(harmless, { maxLength: 3 }).map((some) => together(...some)),
};

function mask(bits: number): string {
  return [0, 8, 16, 24].map((from) => 256 - 2 ** (8 - Math.min(8, Math.max(0, bits - from)))).join('.');
}

function address(name: string, { first, last, bits }: Piece): Parts {
  const fields =
    bits === null || bits === 32
      ? { type: 'iprange', 'start-ip': first, 'end-ip': last }
      : { subnet: `${first} ${mask(bits)}` };
  return entry('firewall address', name, fields);
}

/** Somebody, as a policy names them. */
export interface Named {
  readonly parts: Parts;
  /** In quotes, as after `set srcaddr`. */
  readonly names: string;
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(' ');

/** Objects for somebody, in groups or not. */
export function named(who: Whom): fc.Arbitrary<Named> {
  if (isAnyone(who)) return everybody;
  const names = who.pieces.map((_, n) => `p${n}`);
  const objects = together(...who.pieces.map((piece, n) => address(`p${n}`, piece)));
  const group = (name: string, members: readonly string[], more: Fields = {}) =>
    entry('firewall addrgrp', name, { member: quoted(members), ...more });
  return fc.constantFrom<Named>(
    { parts: objects, names: quoted(names) },
    { parts: together(objects, group('some', names)), names: '"some"' },
    { parts: together(group('outer', ['some']), group('some', names), objects), names: '"outer"' },
    {
      parts: together(
        objects,
        entry('firewall address', 'doc', { subnet: '192.0.2.0 255.255.255.0' }),
        group('but', [...names, 'doc'], { exclude: 'enable', 'exclude-member': '"doc"' }),
      ),
      names: '"but"',
    },
    { parts: together(objects, group('some', names.slice(1).concat('p0'))), names: quoted(['some', 'p0']) },
  );
}

const everybody: fc.Arbitrary<Named> = fc.constantFrom<Named>(
  { parts: {}, names: '"all"' },
  { parts: entry('firewall address', 'world', { subnet: '0.0.0.0 0.0.0.0' }), names: '"world"' },
  { parts: entry('firewall addrgrp', 'every', { member: '"all"' }), names: '"LAN" "every"' },
  {
    parts: together(
      entry('firewall address', 'low', { subnet: '0.0.0.0 128.0.0.0' }),
      entry('firewall address', 'high', {
        type: 'iprange',
        'start-ip': '128.0.0.0',
        'end-ip': '255.255.255.255',
      }),
    ),
    names: '"high" "low"',
  },
);

/** A port over TCP, as a policy names it. */
export function service(port: number): fc.Arbitrary<Named> {
  const custom = (ports: string) => entry('firewall service custom', 'wanted', { 'tcp-portrange': ports });
  return fc.constantFrom<Named>(
    { parts: custom(`${port}`), names: '"wanted"' },
    { parts: custom(`45001-45009 ${port}`), names: '"wanted"' },
    { parts: custom(`${port}:1-65535`), names: '"wanted"' },
    { parts: custom(`${port}-${port}`), names: '"DNS" "wanted"' },
    {
      parts: together(
        custom(`${port}`),
        entry('firewall service group', 'kit', { member: '"DNS" "wanted"' }),
      ),
      names: '"kit"',
    },
    { parts: {}, names: '"ALL"' },
  );
}
