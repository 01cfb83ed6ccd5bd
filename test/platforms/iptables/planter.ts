import fc from 'fast-check';
import { iptables } from '../../../src/platforms/iptables/index.js';
import { type Parts, type Planter, together } from '../../support/planted.js';
import { isAnyone, octet, pieceText, type Whom } from '../../support/strangers.js';
import { table } from './build.js';

/** How rulesets of iptables are put together; places are tables, and `policy` holds policies other than usual. */

const CHAINS: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING ACCEPT'],
  mangle: ['PREROUTING ACCEPT', 'INPUT ACCEPT', 'FORWARD ACCEPT', 'OUTPUT ACCEPT', 'POSTROUTING ACCEPT'],
  nat: ['PREROUTING ACCEPT', 'INPUT ACCEPT', 'OUTPUT ACCEPT', 'POSTROUTING ACCEPT'],
  nat6: ['PREROUTING ACCEPT', 'INPUT ACCEPT', 'OUTPUT ACCEPT', 'POSTROUTING ACCEPT'],
  filter: ['INPUT DROP', 'FORWARD DROP', 'OUTPUT ACCEPT'],
  filter6: ['INPUT DROP', 'FORWARD DROP', 'OUTPUT ACCEPT'],
};

/** A gateway: eth0 outside, br0 inside. Nobody gets in. */
const base: Parts = {
  nat: ['-A POSTROUTING -o eth0 -j MASQUERADE'],
  filter: [
    '-A INPUT -i lo -j ACCEPT',
    '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A INPUT -i br0 -p udp -m udp --dport 67 -j ACCEPT',
    '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A FORWARD -i br0 -o eth0 -p tcp -m tcp --dport 443 -j ACCEPT',
  ],
  filter6: ['-A INPUT -i lo -j ACCEPT', '-A INPUT -p ipv6-icmp -j ACCEPT'],
};

/** Lines of the chains of a table, with the policies that are stated for it: `filter INPUT ACCEPT`. */
function chainsOf(place: string, parts: Parts): readonly string[] {
  const builtIn = new Map((CHAINS[place] ?? []).map((line) => line.split(' ') as [string, string]));
  for (const line of parts.policies ?? []) {
    const [table, chain = '', policy = ''] = line.split(' ');
    if (table === place) builtIn.set(chain, policy);
  }
  const named = (parts[place] ?? []).map((line) => /^-A (\S+)/.exec(line)?.[1] ?? '');
  const own = [...new Set(named)].filter((chain) => chain !== '' && !builtIn.has(chain));
  return [
    ...[...builtIn].map(([chain, policy]) => `:${chain} ${policy} [0:0]`),
    ...own.map((chain) => `:${chain} - [0:0]`),
  ];
}

function write(parts: Parts): string {
  return Object.keys(CHAINS)
    .filter((place) => (parts[place] ?? []).length > 0)
    .map((place) =>
      table(
        place.replace('6', ''),
        [...chainsOf(place, parts), ...(parts[place] ?? [])],
        place.endsWith('6') ? 6 : 4,
      ),
    )
    .join('');
}

/** What gateways hold besides: nothing of it lets anybody in to administer. */
const harmless: fc.Arbitrary<Parts> = fc.oneof(
  octet.map((last) => ({ filter: [`-A INPUT -s 192.0.2.${last}/32 -j DROP`] })),
  fc.constantFrom<Parts>(
    { filter: ['-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT'] },
    { filter: ['-A INPUT -m limit --limit 5/min -j LOG --log-prefix "in: " --log-level 4'] },
    { filter: ['-A INPUT -p udp -m udp --dport 1194 -j ACCEPT'] },
    { filter: ['-A FORWARD -s 192.168.1.0/24 -i br0 -o eth0 -j ACCEPT'] },
    { filter: ['-A INPUT -m conntrack --ctstate INVALID -j DROP'] },
    { filter: ['-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu'] },
    { filter: ['-A INPUT -i eth0 -p tcp -m tcp --dport 445 -j DROP'] },
    { mangle: ['-A PREROUTING -i br0 -p tcp -m tcp --dport 5060 -j DSCP --set-dscp 0x2e'] },
    { filter: ['-A unused -p tcp -m tcp --dport 22 -j ACCEPT'] },
    { nat: ['-A PREROUTING -i br0 -p udp -m udp --dport 53 -j REDIRECT --to-ports 5353'] },
  ),
);

export const planter: Omit<Planter, 'ways'> = {
  platform: iptables,
  file: (n) => `box-${n}.rules`,
  write,
  base,
  surroundings: fc.array(harmless, { maxLength: 3 }).map((some) => together(...some)),
};

/** Words that narrow a rule to somebody: one rule for each way to write a piece. */
export function sourceWords(who: Whom): readonly string[] {
  if (isAnyone(who)) return [''];
  return who.pieces.map((piece) =>
    piece.bits === null ? `-m iprange --src-range ${pieceText(piece)} ` : `-s ${pieceText(piece)} `,
  );
}
