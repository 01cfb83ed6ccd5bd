import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { Disguise } from '../shared/disguise.js';
import { vocabularyOf } from '../shared/vocabulary.js';
import { CORE_OPTIONS, MATCH_MODULES, TARGET_GRAMMARS } from './grammar.js';
import { decodeText, splitLines } from './lines.js';
import { redactOptions } from './redact.js';
import { mendTerminalBreaks } from './terminal-breaks.js';

/** Values of options, ICMP messages and services that a ruleset may name (RFC 792, /etc/services). */
const VALUES = `
  new established related invalid untracked none all fin syn rst psh ack urg ece cwr local unicast broadcast
  anycast multicast blackhole unreachable prohibit throw nat xresolve expected assured seen reply confirmed
  original second minute hour day sec min echo request reply destination network host protocol port
  fragmentation needed source quench route failed unknown tos redirect router advertisement solicitation
  ttl zero during transit reassembly time exceeded parameter problem ip header bad required option missing
  timestamp address mask pong ping prohibited adm tcp reset icmp icmp6 igmp ipv6 udp udplite sctp dccp esp ah
  gre ipencap ipcomp ipv6-icmp neighbour neighbor srcip dstip srcport dstport bm kmp random prandom low
  domain bootps bootpc tftp www http https kerberos pop pop2 pop3 sunrpc auth nntp ntp netbios ns dgm ssn imap
  imap2 snmp snmptrap bgp irc ldap microsoft ds imaps pop3s submission smtp smtps ssh telnet ftp ftps data
  isakmp rsync nfs mysql postgresql openvpn radius acct socks x11 svn git distcc xmpp sip tls mdns syslog
  mountd rpcbind webmin cups ipp amanda bacula sane zabbix munin puppet
  generated completed by save restore xtables nft table packets iptables ip6tables legacy raw filter nat
  mangle security prerouting postrouting forward input output accept drop reject return queue commit
  debug info notice warning err crit alert emerg weekstart kerneltz uid gid
  ufw ufw6 before after user
`;

const OPTIONS: ReadonlySet<string> = new Set([
  ...CORE_OPTIONS.keys(),
  ...[...MATCH_MODULES.values(), ...TARGET_GRAMMARS.values()].flatMap(({ options }) => [...options.keys()]),
  ...['A', 'I', 'D', 'N', 'X', 'P', 'F', 'append', 'insert', 'delete', 'policy', 'new-chain', 'flush'],
]);

let words: ReadonlySet<string> | undefined;

function vocabulary(): ReadonlySet<string> {
  words ??= vocabularyOf(VALUES, [...MATCH_MODULES.keys(), ...TARGET_GRAMMARS.keys()].join(' '));
  return words;
}

/** The same ruleset with other names and addresses: options, tables and counters stay. */
export function anonymiseRuleset(capture: Capture, disguise: Disguise): Capture {
  const lines = mendTerminalBreaks(splitLines(redactOptions(decodeText(capture.bytes), disguise.key)));
  const text = lines
    .map((line) =>
      /^\s*(?:#\s*(?:Generated|Completed) |COMMIT\s*$)/.test(line) ? line : anonymiseLine(line, disguise),
    )
    .map((line) => `${line}\n`)
    .join('');
  return { file: capture.file, bytes: Buffer.from(text, 'utf8') };
}

/** A known option is kept where it stands for one; the same word in a comment is a word of the comment. */
function anonymiseLine(line: string, disguise: Disguise): string {
  return line
    .split(/("(?:[^"\\]|\\.)*"|\s+|\[\d+:\d+\])/)
    .map((piece) => {
      const option = /^--?([A-Za-z][\w-]*)$/.exec(piece)?.[1];
      const isKept = piece.trim() === '' || /^\[\d+:\d+\]$/.test(piece) || isNumber(piece);
      return isKept || (option !== undefined && OPTIONS.has(option))
        ? piece
        : disguise.text(piece, vocabulary());
    })
    .join('');
}

/** Ports, marks, limits: `1024:65535`, `0x1/0xffffffff`, `22,80,443`. */
function isNumber(piece: string): boolean {
  return /^!?(?:0x[0-9a-f]+|\d{1,10})(?:[:,/-](?:0x[0-9a-f]+|\d{1,10}))*$/i.test(piece);
}
