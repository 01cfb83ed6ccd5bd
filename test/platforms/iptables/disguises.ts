import fc from 'fast-check';
import { idlePort } from '../../support/strangers.js';

/** The many ways to write in iptables that somebody may come to a port. */

/** Words by which a rule asks for a port over TCP, none of which asks for another that is used. */
export function portWords(port: number): fc.Arbitrary<string> {
  return idlePort.chain((idle) =>
    fc.constantFrom(
      `-p tcp -m tcp --dport ${port} `,
      `-p tcp --dport ${port} `,
      `-p 6 -m tcp --dport ${port}:${port} `,
      `-p tcp -m multiport --dports ${port} `,
      `-p tcp -m multiport --dports ${idle},${port} `,
      `-p tcp -m multiport --dports ${idle}:${idle + 5},${port}:${port} `,
      `-p tcp -m multiport --destination-ports ${port},${idle} `,
    ),
  );
}

/** Words that are true of every first packet. */
export const empty: fc.Arbitrary<string> = fc.constantFrom(
  '',
  '',
  '-m conntrack --ctstate NEW ',
  '-m state --state NEW,ESTABLISHED ',
  '-m conntrack ! --ctstate INVALID,ESTABLISHED ',
  '-m comment --comment "asked for by mail, see -j DROP" ',
  '-p tcp --syn ',
  '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN ',
);

/** Words by which packets come from outside, or from anywhere. */
export const fromOutside: fc.Arbitrary<string> = fc.constantFrom(
  '',
  '-i eth0 ',
  '-i eth+ ',
  '! -i br0 ',
  '! -i lo ',
);

/** What lets packets through, written out: lines of a chain that end in a target. */
type Form = (chain: string, words: string, sources: readonly string[], target: string) => readonly string[];

const flat: Form = (chain, words, sources, target) =>
  sources.map((source) => `-A ${chain} ${source}${words}-j ${target}`);

const bySource: Form = (chain, words, sources, target) => [
  `-A ${chain} ${words}-j staff`,
  ...sources.map((source) => `-A staff ${source}-j ${target}`),
  '-A staff -j RETURN',
];

const byService: Form = (chain, words, sources, target) => [
  ...sources.map((source) => `-A ${chain} ${source}-j staff`),
  `-A staff ${words}-j ${target}`,
];

const byJumpAway: Form = (chain, words, sources, target) => [
  ...sources.map((source) => `-A ${chain} ${source}${words}-g staff`),
  `-A staff -j ${target}`,
];

const deep: Form = (chain, words, sources, target) => [
  `-A ${chain} -j staff`,
  `-A staff ${words}-j far`,
  '-A staff -j RETURN',
  ...sources.map((source) => `-A far ${source}-j ${target}`),
];

/** All others go back first. */
const byExclusion: Form = (chain, words, sources, target) =>
  sources.flatMap((source, n) => [
    `-A ${chain} ${words}-j staff${n}`,
    ...(source === ''
      ? []
      : [`-A staff${n} ${source.replace(/^-s/, '! -s').replace('--src', '! --src')}-j RETURN`]),
    `-A staff${n} -j ${target}`,
  ]);

const inserted: Form = (chain, words, sources, target) =>
  sources.map((source) => `-I ${chain} ${source}${words}-j ${target}`);

export const form: fc.Arbitrary<Form> = fc.constantFrom(
  flat,
  bySource,
  byService,
  byJumpAway,
  deep,
  byExclusion,
  inserted,
);

/** How lines that let somebody in are made to let nobody in. */
export type Closing = (lines: readonly string[]) => readonly string[];

/** `chain`, `words`: what is decided before; `-I` comes before that, so that it stands behind. */
export function closings(chain: string, words: string): fc.Arbitrary<Closing> {
  return fc.constantFrom<Closing>(
    (lines) => lines.map((line) => line.replace(/-j ACCEPT$/, '-j DROP')),
    (lines) =>
      lines.map((line) => line.replace(/-j ACCEPT$/, '-j REJECT --reject-with icmp-port-unreachable')),
    (lines) => lines.map((line) => line.replace(/-j ACCEPT$/, '-j RETURN')),
    (lines) =>
      lines.map((line) => line.replace(/-j ACCEPT$/, '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT')),
    (lines) => [`-A ${chain} ${words}-j DROP`, ...lines.map((line) => line.replace(/^-I/, '-A'))],
    (lines) => [...lines, `-I ${chain} 1 ${words}-j DROP`],
    (lines) => lines.filter((line) => !line.startsWith(`-A ${chain}`) && !line.startsWith(`-I ${chain}`)),
  );
}
