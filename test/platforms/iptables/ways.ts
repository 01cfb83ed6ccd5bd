import fc from 'fast-check';
import { doorText, type Planted, type Way } from '../../support/planted.js';
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
import { closings, empty, form, fromOutside, portWords } from './disguises.js';
import { sourceWords } from './planter.js';

/** Ways into a machine that iptables protects, and to the hosts behind it. */

const rule: Way = {
  name: 'rule of INPUT',
  planted: fc
    .tuple(strangerOrAnyone, hostService, form, fromOutside, empty)
    .chain(([who, service, written, by, more]) =>
      fc
        .tuple(portWords(service.port), closings('INPUT', `-p tcp --dport ${service.port} `))
        .map(([port, close]) => {
          const lines = written('INPUT', `${by}${port}${more}`, sourceWords(who), 'ACCEPT');
          return {
            parts: { filter: lines },
            twin: { filter: close(lines) },
            finds: [toSelf(who)],
            doors: [doorText(service.id, who.sources, 'self')],
          };
        }),
    ),
};

const ruleOfSix: Way = {
  name: 'rule of ip6tables',
  planted: fc.tuple(strangerOfSix, hostService, form).chain(([who, service, written]) =>
    fc
      .tuple(portWords(service.port), closings('INPUT', `-p tcp --dport ${service.port} `))
      .map(([port, close]) => {
        const lines = written('INPUT', port, sourceWords(who), 'ACCEPT');
        return {
          parts: { filter6: lines },
          twin: { filter6: close(lines) },
          finds: ['FWA-ADM-002'],
          doors: [doorText(service.id, who.sources, 'self')],
        };
      }),
  ),
};

/** A port forward with the rule that lets it through. */
const forward: Way = {
  name: 'port forward',
  planted: fc
    .tuple(strangerOrAnyone, hostService, form, idlePort, octet, fc.boolean())
    .chain(([who, service, written, hidden, last, byState]) => {
      const host = `192.168.1.${last}`;
      const match = byState
        ? '-m conntrack --ctstate DNAT '
        : `-d ${host}/32 -p tcp -m tcp --dport ${service.port} `;
      return closings('FORWARD', `-d ${host}/32 `).map((close) => {
        const nat = [
          `-A PREROUTING -i eth0 -p tcp -m tcp --dport ${hidden} -j DNAT --to-destination ${host}:${service.port}`,
        ];
        const lines = written('FORWARD', match, sourceWords(who), 'ACCEPT');
        return {
          parts: { nat, filter: lines },
          twin: { nat, filter: close(lines) },
          finds: [toHost(who)],
          doors: [doorText(service.id, who.sources, `${host}/32`)],
        };
      });
    }),
};

/** The source is asked for where the port is translated, and the rule of FORWARD is for everybody. */
const forwardBySource: Way = {
  name: 'port forward for its source alone',
  planted: fc
    .tuple(strangerOrAnyone, hostService, idlePort, octet, fc.boolean())
    .map(([who, service, hidden, last, first]) => {
      const host = `192.168.1.${last}`;
      const filter = [`-A FORWARD -i eth0 -d ${host}/32 -m conntrack --ctstate DNAT -j ACCEPT`];
      const nat = sourceWords(who).map(
        (source) =>
          `-A PREROUTING ${source}-p tcp --dport ${hidden} -j DNAT --to-destination ${host}:${service.port}`,
      );
      const spare = [`-A PREROUTING -p tcp --dport ${hidden} -j ${first ? 'ACCEPT' : 'RETURN'}`];
      return {
        parts: { nat, filter },
        twin: { nat: [...spare, ...nat], filter },
        finds: [toHost(who)],
        doors: [doorText(service.id, who.sources, `${host}/32`)],
      };
    }),
};

const redirect: Way = {
  name: 'redirected port',
  planted: fc
    .tuple(strangerOrAnyone, hostService, idlePort, form, fc.boolean())
    .chain(([who, service, hidden, written, byHidden]) =>
      closings('INPUT', `-p tcp --dport ${service.port} `).map((close) => {
        const nat = [`-A PREROUTING -p tcp -m tcp --dport ${hidden} -j REDIRECT --to-ports ${service.port}`];
        const asked = byHidden
          ? `-p tcp -m conntrack --ctorigdstport ${hidden} `
          : `-p tcp --dport ${service.port} `;
        const filter = written('INPUT', asked, sourceWords(who), 'ACCEPT');
        return {
          parts: { nat, filter },
          twin: { nat, filter: close(filter) },
          finds: [toSelf(who)],
          doors: [doorText(service.id, who.sources, 'self')],
        };
      }),
    ),
};

const wholeHost: Way = {
  name: 'address given to a host',
  planted: fc.tuple(strangerOrAnyone, octet, form).chain(([who, last, written]) =>
    closings('FORWARD', `-d 192.168.1.${last}/32 `).map((close) => {
      const nat = [`-A PREROUTING -d 198.51.100.5/32 -j DNAT --to-destination 192.168.1.${last}`];
      const filter = written('FORWARD', `-i eth0 -d 192.168.1.${last} `, sourceWords(who), 'ACCEPT');
      return {
        parts: { nat, filter },
        twin: { nat, filter: close(filter) },
        finds: [toHost(who)],
        doors: [doorText('any-service', who.sources, `192.168.1.${last}/32`)],
      };
    }),
  ),
};

/** Whatever a rule asks that the file does not answer, it may be answered yes. */
const doubtful: Way = {
  name: 'rule with a condition',
  planted: fc
    .tuple(
      hostService,
      fc.constantFrom(
        '-m time --timestart 08:00 --timestop 18:00 ',
        '-m mark --mark 0x7 ',
        '-m limit --limit 3/min ',
        '-m owner --uid-owner 0 ',
        '-m string --string "open" --algo bm ',
        '-m set --match-set staff src ',
        '-m geoip --source-country FR ',
      ),
      fc.boolean(),
    )
    .map(([service, condition, before]) => {
      const line = `-A INPUT -i eth0 -p tcp --dport ${service.port} ${condition}-j ACCEPT`;
      const drop = `-A INPUT -p tcp --dport ${service.port} -j DROP`;
      return {
        parts: { filter: before ? [line, drop] : [line] },
        twin: { filter: [drop, line] },
        // Who is in a list, somebody else decides.
        finds: /set|geoip/.test(condition) ? ['FWA-ADM-001', 'FWA-RUL-005'] : ['FWA-ADM-001'],
        doors: [doorText(service.id, anyone.sources, 'self')],
      };
    }),
};

/** What a condition stops, it stops for nobody for certain. */
const doubtfulDenial: Way = {
  name: 'denial with a condition',
  planted: fc
    .tuple(
      hostService,
      fc.constantFrom(
        '-m set --match-set bad src ',
        '-m recent --name knock --rcheck ',
        '-m connlimit --connlimit-above 3 ',
        '-m geoip ! --source-country FR ',
        '-m mark ! --mark 0x7 ',
      ),
    )
    .map(([service, condition]) => {
      const words = `-A INPUT -i eth0 -p tcp --dport ${service.port} `;
      return {
        parts: { filter: [`${words}${condition}-j DROP`, `${words}-j ACCEPT`] },
        twin: { filter: [`${words}${condition}-j DROP`, `${words}-j DROP`, `${words}-j ACCEPT`] },
        finds: ['FWA-ADM-001'],
        doors: [doorText(service.id, anyone.sources, 'self')],
      };
    }),
};

function openTo(entry: string, sources: string): Planted {
  return {
    parts: { filter: [`-A INPUT ${entry}${sources}-j ACCEPT`] },
    twin: { filter: [`-A INPUT ${entry}${sources}-j DROP`] },
    finds: ['FWA-ADM-001'],
    doors: null,
  };
}

const everything: Way = {
  name: 'rule for everything',
  planted: fc
    .tuple(
      fc.constantFrom('-i eth0 ', '', '! -i br0 '),
      fc.constantFrom('', '! -s 192.168.0.0/16 ', '-p tcp ', '-m conntrack --ctstate NEW '),
    )
    .map(([entry, sources]) => openTo(entry, sources)),
};

const byPolicy: Way = {
  name: 'policy that accepts',
  planted: fc.constantFrom<Planted>(
    {
      parts: { policies: ['filter INPUT ACCEPT'] },
      twin: {
        policies: ['filter INPUT ACCEPT'],
        filter: ['-A INPUT -j REJECT --reject-with icmp-host-prohibited'],
      },
      finds: ['FWA-ADM-001', 'FWA-ADM-012'],
      doors: null,
    },
    {
      parts: { policies: ['filter6 INPUT ACCEPT'] },
      twin: { policies: ['filter6 INPUT ACCEPT'], filter6: ['-A INPUT -j DROP'] },
      finds: ['FWA-ADM-001', 'FWA-ADM-012'],
      doors: null,
    },
  ),
};

/** The forward is in chains of its own, as container engines write them; what comes from inside is let alone. */
const published: Way = {
  name: 'port forward in a chain',
  planted: fc.tuple(strangerOrAnyone, hostService, idlePort, octet).chain(([who, service, hidden, last]) => {
    const host = `192.168.1.${last}`;
    return closings('FORWARD', `-d ${host}/32 `).map((close) => {
      const nat = [
        '-A PREROUTING -m addrtype --dst-type LOCAL -j engine',
        '-A engine -i docker0 -j RETURN',
        `-A engine ! -i docker0 -p tcp -m tcp --dport ${hidden} -j DNAT --to-destination ${host}:${service.port}`,
      ];
      const filter = sourceWords(who).map(
        (source) =>
          `-A FORWARD ${source}-d ${host}/32 ! -i br0 -o br0 -p tcp --dport ${service.port} -j ACCEPT`,
      );
      return {
        parts: { nat, filter },
        twin: { nat, filter: close(filter) },
        finds: [toHost(who)],
        doors: [doorText(service.id, who.sources, `${host}/32`)],
      };
    });
  }),
};

/** What is exempt from connection tracking has the state UNTRACKED, and nothing else has. */
const untracked: Way = {
  name: 'rule for what is not tracked',
  planted: fc.tuple(strangerOrAnyone, hostService).map(([who, service]) => {
    const port = `-p tcp -m tcp --dport ${service.port} `;
    const filter = sourceWords(who).map(
      (source) => `-A INPUT ${source}${port}-m conntrack --ctstate UNTRACKED -j ACCEPT`,
    );
    return {
      parts: { raw: [`-A PREROUTING ${port}-j CT --notrack`], filter },
      twin: { filter },
      finds: [toSelf(who)],
      doors: [doorText(service.id, who.sources, 'self')],
    };
  }),
};

/** What is stopped early comes to no later table, and what is let through early is not let in yet. */
const earlier: Way = {
  name: 'rule behind earlier tables',
  planted: fc
    .tuple(strangerOrAnyone, hostService, fc.constantFrom('raw', 'mangle'))
    .map(([who, service, table]) => {
      const port = `-p tcp -m tcp --dport ${service.port} `;
      const filter = sourceWords(who).map((source) => `-A INPUT ${source}${port}-j ACCEPT`);
      return {
        parts: { [table]: [`-A PREROUTING ${port}-j ACCEPT`], filter },
        twin: { [table]: [`-A PREROUTING ! -i lo ${port}-j DROP`], filter },
        finds: [toSelf(who)],
        doors: [doorText(service.id, who.sources, 'self')],
      };
    }),
};

/** Several ports go to as many of a host, or one to any of several hosts. */
const spread: Way = {
  name: 'port forward to a range of hosts',
  planted: fc
    .tuple(strangerOrAnyone, hostService, idlePort, fc.integer({ min: 1, max: 40 }))
    .chain(([who, service, hidden, net]) =>
      closings('FORWARD', '').map((close) => {
        const nat = [
          `-A PREROUTING -i eth0 -p tcp -m tcp --dport ${hidden} -j DNAT --to-destination 192.168.1.${net * 4}-192.168.1.${net * 4 + 3}:${service.port}`,
        ];
        const filter = sourceWords(who).map(
          (source) =>
            `-A FORWARD -i eth0 ${source}-p tcp -m multiport --dports 80,${service.port} -m conntrack --ctstate DNAT -j ACCEPT`,
        );
        return {
          parts: { nat, filter },
          twin: { nat, filter: close(filter) },
          finds: [toHost(who)],
          doors: [doorText(service.id, who.sources, `192.168.1.${net * 4}/30`)],
        };
      }),
    ),
};

export const WAYS: readonly Way[] = [
  rule,
  ruleOfSix,
  forward,
  forwardBySource,
  redirect,
  wholeHost,
  doubtful,
  doubtfulDenial,
  everything,
  byPolicy,
  published,
  untracked,
  earlier,
  spread,
];
