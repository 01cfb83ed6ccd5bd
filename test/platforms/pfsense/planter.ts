import fc from 'fast-check';
import { pfsense } from '../../../src/platforms/pfsense/index.js';
import { type Parts, type Planter, together } from '../../support/planted.js';
import { idlePort, isAnyone, octet, pieceText, type Whom } from '../../support/strangers.js';
import { alias, config, LAN, rule } from './build.js';

/** How configurations of pfSense are put together; places are what `config` takes, and `wan`, inside the uplink. */

const base: Parts = {
  nat: ['<outbound><mode>automatic</mode></outbound>'],
  system: ['<ssh><enable>enabled</enable></ssh>'],
  filter: [
    rule({ interface: 'lan', protocol: null, source: '<network>lan</network>', destination: '<any/>' }),
  ],
};

function write(parts: Parts, name: string): string {
  // The same element twice would be a mistake of the file.
  const text = (place: string) => [...new Set(parts[place])].join('\n');
  const wan = `<wan><enable/><if>em0</if><descr>WAN</descr><ipaddr>198.51.100.2</ipaddr><subnet>29</subnet>
<gateway>GW</gateway>${text('wan')}</wan>`;
  return config({
    webgui: `<webgui><protocol>https</protocol>${text('webgui')}</webgui>`,
    system: text('system'),
    interfaces: [wan, LAN, text('interfaces')].join('\n'),
    aliases: text('aliases'),
    nat: text('nat'),
    filter: text('filter'),
    more: text('more'),
  }).replace('<hostname>fw</hostname>', `<hostname>${name}</hostname>`);
}

/** What such appliances hold besides: nothing of it lets anybody in to administer. */
const harmless: fc.Arbitrary<Parts> = fc.oneof(
  octet.map((last) => ({
    filter: [
      rule({
        type: 'block',
        protocol: null,
        source: `<address>192.0.2.${last}</address>`,
        destination: '<any/>',
      }),
    ],
  })),
  octet.map((last) => ({ aliases: [alias(`spare${last}`, 'host', `203.0.113.${last}`)] })),
  fc.constantFrom<Parts>(
    { filter: [rule({ protocol: 'icmp', icmptype: 'echoreq', destination: '<network>wanip</network>' })] },
    { filter: [rule({ protocol: 'udp', destination: '<network>wanip</network><port>1194</port>' })] },
    { filter: [rule({ disabled: '', source: '<network>lan</network>' })] },
    { filter: [rule({ interface: 'lan', type: 'reject', destination: '<any/><port>25</port>' })] },
    {
      filter: [
        rule({
          floating: 'yes',
          direction: 'out',
          interface: 'wan',
          type: 'match',
          protocol: null,
          destination: '<any/>',
        }),
      ],
    },
    {
      filter: [
        rule({
          floating: 'yes',
          quick: 'yes',
          direction: 'in',
          interface: 'wan',
          type: 'block',
          destination: '<any/><port>445</port>',
        }),
      ],
    },
    { aliases: [alias('web', 'port', '80 443')] },
  ),
);

export const planter: Omit<Planter, 'ways'> = {
  platform: pfsense,
  file: (n) => `box-${n}.xml`,
  write,
  base,
  surroundings: fc
    .uniqueArray(harmless, { maxLength: 3, selector: (parts) => JSON.stringify(Object.keys(parts)) })
    .map((some) => together(...some)),
};

/** One end of rules, and the aliases that it needs. */
export interface End {
  readonly parts: Parts;
  /** What stands in the element, one a rule. */
  readonly texts: readonly string[];
}

/** Somebody as rules name them: themselves, or by aliases. */
export function source(who: Whom): fc.Arbitrary<End> {
  if (isAnyone(who)) return everybody;
  const each = who.pieces.map(pieceText);
  const listed = (name: string, words: readonly string[]) => alias(name, 'network', words.join(' '));
  return fc.constantFrom<End>(
    ...(who.pieces.every(({ bits }) => bits !== null)
      ? [{ parts: {}, texts: each.map((text) => `<address>${text}</address>`) }]
      : []),
    { parts: { aliases: [listed('staff', each)] }, texts: ['<address>staff</address>'] },
    {
      parts: { aliases: [listed('outer', ['inner']), listed('inner', each)] },
      texts: ['<address>outer</address>'],
    },
    {
      parts: { aliases: each.map((text, n) => listed(`p${n}`, [text])) },
      texts: each.map((_, n) => `<address>p${n}</address>`),
    },
    {
      parts: { aliases: [listed('both', ['half', ...each.slice(1)]), listed('half', each.slice(0, 1))] },
      texts: ['<address>both</address>'],
    },
  );
}

const everybody: fc.Arbitrary<End> = fc.constantFrom<End>(
  { parts: {}, texts: ['<any/>'] },
  { parts: {}, texts: ['<network>lan</network><not/>'] },
  {
    parts: { aliases: [alias('world', 'network', '0.0.0.0/1 128.0.0.0/1')] },
    texts: ['<address>world</address>'],
  },
);

/** A port as rules name it, and an alias where they need one. */
export function port(wanted: number): fc.Arbitrary<{ readonly parts: Parts; readonly text: string }> {
  return idlePort.chain((idle) =>
    fc.constantFrom(
      { parts: {}, text: `<port>${wanted}</port>` },
      { parts: {}, text: `<port>${wanted}-${wanted}</port>` },
      { parts: { aliases: [alias('kit', 'port', `${idle} ${wanted}`)] }, text: '<port>kit</port>' },
      {
        parts: {
          aliases: [alias('kits', 'port', `tools ${idle}`), alias('tools', 'port', `${wanted}:${wanted}`)],
        },
        text: '<port>kits</port>',
      },
    ),
  );
}
