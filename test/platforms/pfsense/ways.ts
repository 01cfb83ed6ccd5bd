import fc from 'fast-check';
import { doorText, type Parts, together, type Way } from '../../support/planted.js';
import {
  hostService,
  idlePort,
  octet,
  strangerOfSix,
  strangerOrAnyone,
  toHost,
  toSelf,
} from '../../support/strangers.js';
import { forwardRule, rule } from './build.js';
import { port, source } from './planter.js';
import { INSIDE_WAYS } from './ways-inside.js';
import { SERVER_WAYS } from './ways-servers.js';

/** Ways into pfSense and to the hosts behind it. */

type Fields = Readonly<Record<string, string | null>>;

const own = fc.constantFrom(['https-management', 443] as const, ['ssh-management', 22] as const);

/** Where rules say that packets come from outside. */
const outside: fc.Arbitrary<{ readonly fields: Fields; readonly parts: Parts }> = fc.constantFrom<{
  readonly fields: Fields;
  readonly parts: Parts;
}>(
  { fields: { interface: 'wan' }, parts: {} },
  { fields: { interface: 'wan', floating: 'yes', quick: 'yes', direction: 'in' }, parts: {} },
  { fields: { interface: 'wan', floating: 'yes', direction: 'any' }, parts: {} },
  { fields: { interface: null, floating: 'yes', quick: 'yes', direction: 'any' }, parts: {} },
  { fields: { interface: 'lan,wan', floating: 'yes', quick: 'yes', direction: 'any' }, parts: {} },
  {
    fields: { interface: 'UPLINKS' },
    parts: {
      more: [
        '<ifgroups><ifgroupentry><ifname>UPLINKS</ifname><members>wan</members></ifgroupentry></ifgroups>',
      ],
    },
  },
);

/** How rules are made to let nobody in. */
const closing: fc.Arbitrary<(rules: readonly Fields[]) => readonly string[]> = fc.constantFrom<
  (rules: readonly Fields[]) => readonly string[]
>(
  (rules) => rules.map((each) => rule({ ...each, type: 'block' })),
  (rules) => rules.map((each) => rule({ ...each, type: 'reject' })),
  (rules) => rules.map((each) => rule({ ...each, type: 'match', floating: 'yes' })),
  (rules) => [
    rule({
      floating: 'yes',
      quick: 'yes',
      direction: 'in',
      interface: 'wan',
      type: 'block',
      protocol: null,
      destination: '<any/>',
    }),
    ...rules.map((each) => rule(each)),
  ],
  (rules) =>
    rules.map((each) =>
      rule({ ...each, floating: 'yes', direction: 'out', source: '<network>lan</network>' }),
    ),
  () => [],
);

const itself = fc.constantFrom<{ readonly parts: Parts; readonly text: string }>(
  { parts: {}, text: '<network>wanip</network>' },
  { parts: {}, text: '<network>(self)</network>' },
  { parts: {}, text: '<address>198.51.100.2</address>' },
  { parts: {}, text: '<network>wan</network>' },
  {
    parts: { aliases: ['<alias><name>me</name><type>host</type><address>198.51.100.2</address></alias>'] },
    text: '<address>me</address>',
  },
);

const ruleOfTab: Way = {
  name: 'rule',
  planted: fc.tuple(strangerOrAnyone, own).chain(([who, [id, number]]) =>
    fc.tuple(source(who), port(number), itself, outside, closing).map(([from, wanted, at, by, close]) => {
      const rules = from.texts.map((text) => ({
        ...by.fields,
        source: text,
        destination: `${at.text}${wanted.text}`,
      }));
      const around = together(from.parts, wanted.parts, at.parts, by.parts);
      return {
        parts: together(around, { filter: rules.map((each) => rule(each)) }),
        twin: together(around, { filter: close(rules) }),
        finds: [toSelf(who)],
        doors: [doorText(id, who.sources, 'self')],
      };
    }),
  ),
};

const virtualAddress: Way = {
  name: 'rule to a virtual address',
  planted: fc
    .tuple(strangerOrAnyone, own, fc.constantFrom('ipalias', 'carp'))
    .chain(([who, [id, number], mode]) =>
      fc.tuple(source(who), closing).map(([from, close]) => {
        const address = `<virtualip><vip><mode>${mode}</mode><interface>wan</interface><uniqid>a1</uniqid><vhid>1</vhid><type>single</type><subnet_bits>29</subnet_bits><subnet>198.51.100.4</subnet></vip></virtualip>`;
        const rules = from.texts.map((text) => ({
          source: text,
          destination: `<address>198.51.100.4</address><port>${number}</port>`,
        }));
        const around = together(from.parts, { more: [address] });
        return {
          parts: together(around, { filter: rules.map((each) => rule(each)) }),
          twin: together(around, { filter: close(rules) }),
          finds: [toSelf(who)],
          doors: [doorText(id, who.sources, 'self')],
        };
      }),
    ),
};

const otherPort: Way = {
  name: 'port of its own',
  planted: fc.tuple(strangerOrAnyone, idlePort).chain(([who, number]) =>
    fc.tuple(source(who), closing).map(([from, close]) => {
      const rules = from.texts.map((text) => ({
        source: text,
        destination: `<network>wanip</network><port>${number}</port>`,
      }));
      const around = together(from.parts, { webgui: [`<port>${number}</port>`] });
      return {
        parts: together(around, { filter: rules.map((each) => rule(each)) }),
        twin: together(around, { filter: close(rules) }),
        finds: [toSelf(who)],
        doors: [doorText('https-management', who.sources, 'self')],
      };
    }),
  ),
};

/** The rule for a port alone is harmless: nothing listens there, until something leads on to SSH. */
const relayed: Way = {
  name: 'port that leads to SSH',
  planted: fc.tuple(strangerOrAnyone, idlePort).chain(([who, number]) =>
    source(who).map((from) => {
      const filter = from.texts.map((text) =>
        rule({ source: text, destination: '<address>127.0.0.1</address><port>22</port>' }),
      );
      const nat = forwardRule({
        destination: `<network>wanip</network><port>${number}</port>`,
        target: '127.0.0.1',
        'local-port': '22',
      });
      const around = together(from.parts, { filter });
      return {
        parts: together(around, { nat: [nat] }),
        twin: around,
        finds: [toSelf(who)],
        doors: [doorText('ssh-management', who.sources, 'self')],
      };
    }),
  ),
};

const forward: Way = {
  name: 'port forward',
  planted: fc.tuple(strangerOrAnyone, hostService).chain(([who, host]) =>
    fc
      .tuple(source(who), idlePort, octet, outside, closing, port(host.port))
      .map(([from, hidden, last, by, close, wanted]) => {
        const target = `192.168.1.${last}`;
        const nat = forwardRule({
          destination: `<network>wanip</network><port>${hidden}</port>`,
          target,
          'local-port': `${host.port}`,
        });
        const rules = from.texts.map((text) => ({
          ...by.fields,
          source: text,
          destination: `<address>${target}</address>${wanted.text}`,
        }));
        const around = together(from.parts, by.parts, wanted.parts, { nat: [nat] });
        return {
          parts: together(around, { filter: rules.map((each) => rule(each)) }),
          twin: together(around, { filter: close(rules) }),
          finds: [toHost(who)],
          doors: [doorText(host.id, who.sources, `${target}/32`)],
        };
      }),
  ),
};

/** The forward lets its packets through by itself, whatever rules say. */
const forwardThatPasses: Way = {
  name: 'port forward that passes',
  planted: fc.tuple(strangerOrAnyone, hostService).chain(([who, host]) =>
    fc.tuple(source(who), idlePort, octet, fc.boolean()).map(([from, hidden, last, excepted]) => {
      const target = `192.168.1.${last}`;
      const rules = (more: Fields) =>
        from.texts.map((text) =>
          forwardRule({
            source: text,
            destination: `<network>wanip</network><port>${hidden}</port>`,
            target,
            'local-port': `${host.port}`,
            'associated-rule-id': 'pass',
            ...more,
          }),
        );
      const block = rule({ type: 'block', protocol: null, destination: '<any/>' });
      const none = forwardRule({ destination: `<network>wanip</network><port>${hidden}</port>`, nordr: '' });
      return {
        parts: together(from.parts, { nat: rules({}), filter: [block] }),
        twin: together(from.parts, { nat: excepted ? [none, ...rules({})] : rules({ disabled: '' }) }),
        finds: [toHost(who)],
        doors: [doorText(host.id, who.sources, `${target}/32`)],
      };
    }),
  ),
};

const wholeHost: Way = {
  name: 'address given to a host',
  planted: strangerOrAnyone.chain((who) =>
    fc.tuple(source(who), octet, closing, outside).map(([from, last, close, by]) => {
      const target = `192.168.1.${last}`;
      const nat = `<onetoone><external>198.51.100.5</external><interface>wan</interface><source><address>${target}</address></source><destination><any/></destination></onetoone>`;
      const rules = from.texts.map((text) => ({
        ...by.fields,
        protocol: null,
        source: text,
        destination: `<address>${target}</address>`,
      }));
      const around = together(from.parts, by.parts, { nat: [nat] });
      return {
        parts: together(around, { filter: rules.map((each) => rule(each)) }),
        twin: together(around, { filter: close(rules) }),
        finds: [toHost(who)],
        doors: [doorText('any-service', who.sources, `${target}/32`)],
      };
    }),
  ),
};

const six: Way = {
  name: 'rule for IPv6',
  planted: fc
    .tuple(strangerOfSix, own, fc.constantFrom('inet6', 'inet46'))
    .map(([who, [id, number], family]) => {
      const around: Parts = { wan: ['<ipaddrv6>2001:db8:1::2</ipaddrv6><subnetv6>64</subnetv6>'] };
      const written = (type: string) =>
        rule({
          type,
          ipprotocol: family,
          source:
            family === 'inet6' ? `<address>${who.pieces[0]?.first}</address>` : '<address>six</address>',
          destination: `<network>wanip</network><port>${number}</port>`,
        });
      const named: Parts = {
        aliases: [
          `<alias><name>six</name><type>host</type><address>${who.pieces[0]?.first}</address></alias>`,
        ],
      };
      return {
        parts: together(around, named, { filter: [written('pass')] }),
        twin: together(around, named, { filter: [written('block')] }),
        finds: ['FWA-ADM-002'],
        doors: [doorText(id, who.sources, 'self')],
      };
    }),
};

const secondUplink: Way = {
  name: 'second uplink',
  planted: fc
    .tuple(strangerOrAnyone, own, fc.constantFrom('dhcp', 'pppoe', '198.51.100.66'))
    .chain(([who, [id, number], address]) =>
      fc.tuple(source(who), closing).map(([from, close]) => {
        const gateway = address.includes('.') ? '<subnet>26</subnet><gateway>GW2</gateway>' : '';
        const uplink = `<opt1><enable/><if>em2</if><descr>FIBRE</descr><ipaddr>${address}</ipaddr>${gateway}</opt1>`;
        const rules = from.texts.map((text) => ({
          interface: 'opt1',
          source: text,
          destination: `<network>opt1ip</network><port>${number}</port>`,
        }));
        const around = together(from.parts, { interfaces: [uplink] });
        return {
          parts: together(around, { filter: rules.map((each) => rule(each)) }),
          twin: together(around, { filter: close(rules.map((each) => ({ ...each, interface: 'wan' }))) }),
          finds: [toSelf(who)],
          doors: [doorText(id, who.sources, 'self')],
        };
      }),
    ),
};

export const WAYS: readonly Way[] = [
  ruleOfTab,
  virtualAddress,
  otherPort,
  relayed,
  forward,
  forwardThatPasses,
  wholeHost,
  six,
  secondUplink,
  ...INSIDE_WAYS,
  ...SERVER_WAYS,
];
