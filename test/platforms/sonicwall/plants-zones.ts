import fc from 'fast-check';
import {
  AUTOMATIC,
  address,
  host,
  iface,
  type Pairs,
  rule,
  rule6,
  SYSTEM,
  service,
  zone,
} from './exports.js';
import {
  AT,
  anyone,
  FLAGS,
  octet,
  own,
  ownService,
  type Plant,
  place,
  type Source,
  stranger,
} from './plant-parts.js';

/** Doors, and what is none, from zones that are trusted less than inside. */

/** A zone with an interface that is trusted less than inside: DMZ, wireless, guests, a public one of somebody's own. */
interface Lower {
  readonly zone: string;
  readonly pairs: Pairs;
}

const lower: fc.Arbitrary<Lower> = fc
  .constantFrom<readonly [string, Pairs]>(
    ['DMZ', {}],
    ['WLAN', {}],
    ['Guests', { ...zone(9, 'Guests', 1, { Properties: 14 }), zoneObjEnableGuestServices_9: 1 }],
    ['Kiosks', zone(9, 'Kiosks', 2, { Properties: 14 })],
  )
  .map(([name, pairs]) => ({
    zone: name,
    pairs: {
      ...pairs,
      ...iface(3, 'X3', name, { type: 7, lan_ip: '10.20.30.1' }),
      ...host(4, 'X3 IP', '10.20.30.1', { ...SYSTEM, Zone: name }),
    },
  }));

const wholeZone: fc.Arbitrary<Source> = fc.constant({
  name: 'p',
  pairs: address(AT, 'p', 4, '10.20.30.0', '255.255.255.0', { Zone: 'DMZ' }),
  anyone: false,
});

/** Whom a rule from such a zone lets in: a host there, all of it, anybody. */
const there: fc.Arbitrary<Source> = fc.oneof(
  octet.map((last) => ({
    name: 'p',
    pairs: host(AT, 'p', `10.20.30.${last}`, { Zone: 'DMZ' }),
    anyone: false,
  })),
  wholeZone,
  anyone,
);

/** A rule made by a person, to the address of the zone or to that of the LAN; asked for management or not. */
const ruleFromLower = fc
  .tuple(lower, there, ownService, fc.boolean(), fc.boolean(), place)
  .map(([{ zone: from, pairs }, source, wanted, far, asks, at]) =>
    own(
      'rule from a DMZ or guests',
      {
        ...pairs,
        ...source.pairs,
        ...rule(at, from, far ? 'LAN' : from, {
          SrcNet: source.name,
          DstNet: far ? 'LAN Primary IP' : 'X3 IP',
          DstSvc: wanted,
          Management: asks ? 1 : 0,
        }),
      },
      'FWA-RUL-011',
    ),
  );

/** A ticked box there, with the rule that the appliance writes for it, limited by somebody or not. */
const boxOfLower = fc
  .tuple(lower, there, ownService, place)
  .map(([{ zone: from, pairs }, source, wanted, at]) =>
    own(
      'box ticked in a DMZ or for guests',
      {
        ...pairs,
        ...source.pairs,
        [`iface_${FLAGS.get(wanted)}_3`]: 1,
        ...rule(at, from, from, {
          ...AUTOMATIC,
          SrcNet: source.name,
          DstNet: 'All X3 Management IP',
          DstSvc: wanted,
        }),
      },
      'FWA-RUL-011',
    ),
  );

/** In IPv6 alone. */
const sixFromLower = fc
  .tuple(lower, fc.integer({ min: 2, max: 65_535 }), ownService, place)
  .map(([{ zone: from, pairs }, last, wanted, at]) =>
    own(
      'IPv6 rule from a DMZ or guests',
      {
        ...pairs,
        addrObjV6Id_0: 'six',
        addrObjV6Type_0: 512,
        addrObjV6Zone_0: from,
        addrObjV6Properties_0: 14,
        addrObjV6Ip1_0: `2001:db8:30::${last.toString(16)}`,
        iface_name6_3: 'X3',
        iface_ifnum6_3: 3,
        iface_static6_ip_3: '2001:db8:30::1',
        iface_static6_prefixlen_3: 64,
        ...rule6(at, from, from, { SrcNet: 'six', DstSvc: wanted, Management: 1 }),
      },
      'FWA-RUL-011',
    ),
  );

/** A stranger's address, where none of one's own is expected. */
const strangerFromLower = fc
  .tuple(lower, stranger, ownService, place)
  .map(([{ zone: from, pairs }, source, wanted, at]) =>
    own(
      'stranger from a DMZ or guests',
      {
        ...pairs,
        ...source.pairs,
        ...rule(at, from, from, { SrcNet: source.name, DstNet: 'X3 IP', DstSvc: wanted, Management: 1 }),
      },
      'FWA-ADM-002',
    ),
  );

/** Everything inside, open to the whole zone. */
const insideFromLower = fc
  .tuple(lower, fc.oneof(wholeZone, anyone), place)
  .map(([{ zone: from, pairs }, source, at]) =>
    own(
      'everything inside from a DMZ or guests',
      { ...pairs, ...source.pairs, ...rule(at, from, 'LAN', { SrcNet: source.name }) },
      'FWA-RUL-013',
    ),
  );

/** A door from such a zone by any way. */
export const DOORS_BY_ZONE: fc.Arbitrary<Plant> = fc.oneof(
  { weight: 3, arbitrary: ruleFromLower },
  { weight: 3, arbitrary: boxOfLower },
  { weight: 1, arbitrary: sixFromLower },
  { weight: 1, arbitrary: strangerFromLower },
  { weight: 2, arbitrary: insideFromLower },
);

/** What such zones are for, and what opens nothing. */
export const HARMLESS_BY_ZONE: fc.Arbitrary<Plant> = fc.oneof(
  fc
    .tuple(lower, fc.constantFrom('ping_mgmt', 'https_usrLogin'), place)
    .map(([{ zone: from, pairs }, box, at]) =>
      own('ping and user login in a DMZ or for guests', {
        ...pairs,
        [`iface_${box}_3`]: 1,
        ...rule(at, from, from, {
          ...AUTOMATIC,
          DstNet: 'All X3 Management IP',
          DstSvc: box === 'ping_mgmt' ? 'Ping' : 'HTTPS Management',
        }),
      }),
    ),
  fc
    .tuple(lower, there, fc.constantFrom('', 'web'), place)
    .map(([{ zone: from, pairs }, source, wanted, at]) =>
      own('way out of a DMZ or for guests', {
        ...pairs,
        ...source.pairs,
        ...service(AT, 'web', 6, 443, 443, { Properties: 14 }),
        ...rule(at, from, 'WAN', { SrcNet: source.name, DstSvc: wanted }),
      }),
    ),
  fc.tuple(lower, there, octet, place).map(([{ zone: from, pairs }, source, last, at]) =>
    own('mail from a DMZ or guests', {
      ...pairs,
      ...source.pairs,
      ...host(AT + 5, 'inside', `192.168.1.${Math.max(2, last)}`, { Zone: 'LAN' }),
      ...service(AT, 'mail', 6, 25, 25, { Properties: 14 }),
      ...rule(at, from, 'LAN', { SrcNet: source.name, DstNet: 'inside', DstSvc: 'mail' }),
    }),
  ),
  fc
    .tuple(lower, there, ownService, fc.boolean(), place)
    .map(([{ zone: from, pairs }, source, wanted, denied, at]) =>
      own('rule from a DMZ or guests that is off, or denies', {
        ...pairs,
        ...source.pairs,
        ...rule(at, from, 'LAN', {
          SrcNet: source.name,
          DstNet: 'LAN Primary IP',
          DstSvc: wanted,
          Management: 1,
          ...(denied ? { Action: 0 } : { Enabled: 0 }),
        }),
      }),
    ),
  fc.tuple(there, ownService, fc.constantFrom('DMZ', 'WLAN'), place).map(([source, wanted, from, at]) =>
    own('rule from a DMZ that nobody is in', {
      ...source.pairs,
      ...rule(at, from, 'LAN', {
        SrcNet: source.name,
        DstNet: 'LAN Primary IP',
        DstSvc: wanted,
        Management: 1,
      }),
    }),
  ),
);
