import fc from 'fast-check';
import { doorText, type Parts, together, type Way } from '../../support/planted.js';
import { hostService, idlePort, octet, strangerOrAnyone, toHost } from '../../support/strangers.js';
import { forwardRule, rule } from './build.js';
import { source } from './planter.js';

/** Ways that lead inside by something beside rules and port forwards: relays, bridges, dial-in servers, prefixes. */

function haproxy(on: string, port: number, host: string, to: number, status: string): string {
  return `<installedpackages><haproxy><enable/><ha_backends><item><name>fe</name><a_extaddr><item><extaddr>${on}</extaddr>
<extaddr_port>${port}</extaddr_port></item></a_extaddr><backend_serverpool>p</backend_serverpool></item></ha_backends>
<ha_pools><item><name>p</name><ha_servers><item><address>${host}</address><port>${to}</port><status>${status}</status></item>
</ha_servers></item></ha_pools></haproxy></installedpackages>`;
}

const relayedHost: Way = {
  name: 'relay to a host',
  planted: fc.tuple(strangerOrAnyone, hostService, idlePort, octet).chain(([who, host, number, last]) =>
    fc.tuple(source(who), fc.constantFrom('wan_ipv4', 'any_ipv4')).map(([from, on]) => {
      const target = `192.168.1.${last}`;
      const filter = from.texts.map((text) =>
        rule({ source: text, destination: `<network>wanip</network><port>${number}</port>` }),
      );
      const relay = (status: string): Parts => ({
        more: [haproxy(on, number, target, host.port, status)],
      });
      const around = together(from.parts, { filter });
      return {
        parts: together(around, relay('active')),
        twin: together(around, relay('inactive')),
        finds: [toHost(who)],
        doors: [doorText(host.id, who.sources, `${target}/32`)],
      };
    }),
  ),
};

/** A relay that listens where nobody from outside comes, but for a port forward. */
const relayOnLoopback: Way = {
  name: 'relay on the loopback',
  planted: fc.tuple(strangerOrAnyone, hostService, idlePort, octet).chain(([who, host, number, last]) =>
    fc.tuple(source(who), fc.boolean()).map(([from, off]) => {
      const target = `192.168.1.${last}`;
      const here = 20_000;
      const filter = from.texts.map((text) =>
        rule({ source: text, destination: `<address>127.0.0.1</address><port>${here}</port>` }),
      );
      const forward = forwardRule({
        destination: `<network>wanip</network><port>${number}</port>`,
        target: '127.0.0.1',
        'local-port': `${here}`,
      });
      const around = together(from.parts, { filter });
      const relay = (status: string): Parts => ({
        more: [haproxy('localhost_ipv4', here, target, host.port, status)],
      });
      return {
        parts: together(around, relay('active'), { nat: [forward] }),
        twin: off
          ? together(around, relay('inactive'), { nat: [forward] })
          : together(around, relay('active')),
        finds: [toHost(who)],
        doors: [doorText(host.id, who.sources, `${target}/32`)],
      };
    }),
  ),
};

const translatedPrefix: Way = {
  name: 'prefix given to hosts',
  planted: fc.tuple(hostService, fc.integer({ min: 2, max: 0xffff })).map(([host, last]) => {
    const target = `fd00:1::${last.toString(16)}`;
    const around: Parts = {
      wan: ['<ipaddrv6>2001:db8:1::2</ipaddrv6><subnetv6>64</subnetv6>'],
      interfaces: [
        '<opt1><enable/><if>em3</if><descr>SIX</descr><ipaddrv6>fd00:1::1</ipaddrv6><subnetv6>64</subnetv6></opt1>',
      ],
      filter: [
        rule({ ipprotocol: 'inet6', destination: `<address>${target}</address><port>${host.port}</port>` }),
      ],
    };
    const npt = (more: string) =>
      `<npt>${more}<interface>wan</interface><source><address>fd00:1::/64</address></source><destination><address>2001:db8:2::/64</address></destination></npt>`;
    return {
      parts: together(around, { nat: [npt('')] }),
      twin: { ...around, filter: [rule({ ipprotocol: 'inet6', type: 'block', destination: '<any/>' })] },
      finds: ['FWA-NAT-001'],
      doors: [doorText(host.id, ['anyone'], `${target}/128`)],
    };
  }),
};

/** Members of a bridge whose own address a rule, or the anti-lockout rule, opens. */
const bridged: Way = {
  name: 'LAN that is bridged with an uplink',
  planted: fc.constantFrom('dhcp', 'pppoe').map((address) => {
    const uplink: Parts = {
      interfaces: [`<opt1><enable/><if>em2</if><descr>FIBRE</descr><ipaddr>${address}</ipaddr></opt1>`],
    };
    const bridge = (members: string): Parts => ({
      more: [
        `<bridges><bridged><members>${members}</members><bridgeif>bridge0</bridgeif></bridged></bridges>`,
      ],
    });
    return {
      parts: together(uplink, bridge('lan,opt1')),
      twin: together(uplink, bridge('lan,opt2')),
      finds: ['FWA-ADM-001'],
      doors: null,
    };
  }),
};

const DIAL_IN = [
  [
    'l2tp',
    '<l2tp><mode>MODE</mode><interface>wan</interface><remoteip>10.9.0.16</remoteip><l2tp_subnet>28</l2tp_subnet><localip>10.9.0.1</localip></l2tp>',
  ],
  [
    'pppoe',
    '<pppoes><pppoe><mode>MODE</mode><interface>lan</interface><remoteip>10.9.0.16</remoteip><pppoe_subnet>28</pppoe_subnet><localip>10.9.0.1</localip></pppoe></pppoes>',
  ],
] as const;

const dialIn: Way = {
  name: 'rule from a dial-in server',
  planted: fc.tuple(fc.constantFrom(...DIAL_IN), fc.constantFrom(443, 22)).map(([[tab, server], number]) => {
    const filter = [rule({ interface: tab, destination: `<network>lanip</network><port>${number}</port>` })];
    return {
      parts: { filter, more: [server.replace('MODE', 'server')] },
      twin: { filter, more: [server.replace('MODE', 'off')] },
      finds: ['FWA-VPN-002'],
      doors: null,
    };
  }),
};

export const INSIDE_WAYS: readonly Way[] = [relayedHost, relayOnLoopback, translatedPrefix, bridged, dialIn];
