import fc from 'fast-check';
import { doorText, type Way } from '../../support/planted.js';
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
import { closings, form, portWords } from './disguises.js';
import { sourceWords } from './planter.js';

/** More ways in: of IPv6 behind translation, of chains that do not come back, of policies, of names that say a port. */

const forwardOfSix: Way = {
  name: 'port forward of IPv6',
  planted: fc
    .tuple(strangerOfSix, hostService, form, idlePort, octet)
    .chain(([who, service, written, hidden, last]) => {
      const host = `fd00:1::${last.toString(16)}`;
      return closings('FORWARD', `-d ${host}/128 `).map((close) => {
        const nat6 = [
          `-A PREROUTING -i eth0 -p tcp -m tcp --dport ${hidden} -j DNAT --to-destination [${host}]:${service.port}`,
        ];
        const words = `-i eth0 -o br0 -d ${host}/128 -p tcp -m tcp --dport ${service.port} `;
        const lines = written('FORWARD', words, sourceWords(who), 'ACCEPT');
        return {
          parts: { nat6, filter6: lines },
          twin: { nat6, filter6: close(lines) },
          finds: [toHost(who)],
          doors: [doorText(service.id, who.sources, `${host}/128`)],
        };
      });
    }),
};

const redirectOfSix: Way = {
  name: 'redirected port of IPv6',
  planted: fc.tuple(strangerOfSix, hostService, idlePort, form).chain(([who, service, hidden, written]) =>
    closings('INPUT', `-p tcp --dport ${service.port} `).map((close) => {
      const nat6 = [`-A PREROUTING -p tcp -m tcp --dport ${hidden} -j REDIRECT --to-ports ${service.port}`];
      const lines = written('INPUT', `-p tcp --dport ${service.port} `, sourceWords(who), 'ACCEPT');
      return {
        parts: { nat6, filter6: lines },
        twin: { nat6, filter6: close(lines) },
        finds: [toSelf(who)],
        doors: [doorText(service.id, who.sources, 'self')],
      };
    }),
  ),
};

/** After a goto, the end of the chain goes back behind the jump before it, not behind the goto. */
const farAway: Way = {
  name: 'rule behind several gotos',
  planted: fc.tuple(strangerOrAnyone, hostService).chain(([who, service]) =>
    portWords(service.port).map((port) => {
      const sources = sourceWords(who);
      const chains = (last: string) => [
        '-A INPUT -j one',
        ...sources.map((source) => `-A one ${source}-g two`),
        '-A one -j DROP',
        '-A two -p udp -j RETURN',
        `-A two ${port}-g three`,
        '-A two -j DROP',
        last,
      ];
      // What chain three does not decide goes back behind the jump to chain one, into the policy.
      return {
        parts: { filter: chains('-A three -j ACCEPT') },
        twin: { filter: chains('-A three -p udp -j ACCEPT') },
        finds: [toSelf(who)],
        doors: [doorText(service.id, who.sources, 'self')],
      };
    }),
  ),
};

/** A policy that accepts, with drops for some things alone, or for all but one. */
const lateDrop: Way = {
  name: 'policy that accepts what no drop is for',
  planted: fc.tuple(hostService, fc.constantFrom('-i eth0 ', '! -i br0 ', '')).map(([service, by]) => {
    const policies = ['filter INPUT ACCEPT'];
    const spared = `-A INPUT ${by}-p tcp -m tcp ! --dport ${service.port} -j DROP`;
    const rest = ['-A INPUT ! -p tcp -j DROP', '-A INPUT -i br0 -j DROP', '-A INPUT ! -i eth0 -j DROP'];
    return {
      parts: { policies, filter: [spared, ...rest] },
      twin: { policies, filter: [spared, ...rest, '-A INPUT -j DROP'] },
      finds: ['FWA-ADM-001', 'FWA-ADM-012'],
      doors: [doorText(service.id, anyone.sources, 'self')],
    };
  }),
};

/** SSH elsewhere than at its usual port: a word says so. */
const elsewhere: Way = {
  name: 'SSH at a port of its own',
  planted: fc
    .tuple(
      strangerOrAnyone,
      idlePort,
      fc.constantFrom(
        '-m comment --comment "SSH of the firm" ',
        '-m hashlimit --hashlimit-upto 9/min --hashlimit-name ssh ',
      ),
    )
    .chain(([who, port, word]) =>
      closings('INPUT', `-p tcp --dport ${port} `).map((close) => {
        const lines = sourceWords(who).map(
          (source) => `-A INPUT ${source}-p tcp -m tcp --dport ${port} ${word}-j ACCEPT`,
        );
        return {
          parts: { filter: lines },
          twin: { filter: close(lines) },
          finds: [toSelf(who)],
          doors: [doorText('ssh', who.sources, 'self')],
        };
      }),
    ),
};

export const MORE_WAYS: readonly Way[] = [forwardOfSix, redirectOfSix, farAway, lateDrop, elsewhere];
