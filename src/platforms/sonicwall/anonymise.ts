import { Buffer } from 'node:buffer';
import type { Capture } from '../../model/capture.js';
import type { Disguise } from '../shared/disguise.js';
import { vocabularyOf } from '../shared/vocabulary.js';
import { BUILT_IN_ADDRESSES, BUILT_IN_SERVICE_GROUPS, BUILT_IN_SERVICES } from './built-in.js';
import { stringOf } from './json-text.js';
import { keyClasses } from './keys.js';
import { redactValue } from './redact.js';
import { redactCli, redactRest } from './redact-printed.js';
import { rewriteExport } from './rewrite.js';
import { secretOf } from './secrets.js';

/**
 * Words of built-in objects, rules and groups that the lists of this folder do not hold, and of the command
 * line: what SonicOS calls things by itself, whoever owns the appliance.
 */
const BUILT_IN_WORDS = `
  access accounting acl active ad added addr agent agents anti anywhere api apple bad beacon bearshare bgp
  black bonjour botnet call capture certification cfs chat citrix comm commu communication connect console
  contain conversion cu datagram dce desktop dgm dial direct directory discovery done dpi drp dstination
  echo edonkey empty encount endpoint enforcement enhanced excluded exclusion fasttrack firewalled fmipv
  fragment frgm ftp gatekeeper generated geo gms gopher groupvpn gsctrace header iana ident imesh in inbound
  information inverse ipcomp ipfix irc isakmp kaspersky kazaa layer leave length license list listener lotus
  lpr mcafee media megaco membership message messages messenger mgcp missing mobile msn neighbor netflow news
  next nntp notes operation option packet parameter party path pc pna points possible prefix problem qtype
  quake quench query ras rbl rd reassembly redir redr refuses registration reliability remoteaccess remotely
  renumbering reply report request required reset responder response result retrieve rogue rpc rpl sample
  seeme sentinelone sequence shoretel signaling skinny social solicitation sonicpoint sonicpointn
  sonicpoints sonicwall sonicwave spam squid sso ssn streaming subnets svc svcs termination text timbuktu
  timestamp tivo too traffic traversal ts tv unreachable unrecg utilized white whiteboard winmx yahoo
  zebtelnet readonly guest system audit cryptographic sslvpn vpn wlan multicast mgmt encrypted management
  firmware sonicos rom safemode serial model uuid exit included excluded discard manual echo enable
  nsa nsv nssp tz soho pro supermassive wireless asymmetric dual radio
  advanced advertisement ah allow alone antivirus apart api assignment assistance availability bandwidth
  banner based bridge cli comment community config content custom dhcpv doctoring eigrp exceeded failover
  far fqdn free gateway icmpv idle inspected intrusion keyword layer lockout login management mask
  meeting multiple need netmask object order pimsm prevention problem quench range refer reflexive remap
  renumbering routing schedule sctp security shared shield side site so sp spam spyware static statement
  suspicious tap ticket top translated typed ups voip wire gms ssh ssl vpn vlan via
  administration always auto automatic bound central change code count day days default deny diag discover
  dynamic-dns edit exclude flow get given general generic global group-vpn guest hidden high ike import info
  initial initiate inspection interface-trust ip-assignment issue last leaf limited locked
  match member members menu minimum mismatch mode modified monday month name network never nopreempt
  number once out-of-band override password phase policies preempt preferences probe prompt proposal recur
  relay remote required restrict retry reverse routed scope secret secondary server session sessions site-to-site
  sni stateful sync tag term terminal timeout translated-destination translated-service translated-source
  this tunnel-interface unlimited unit upload usage web-management week weekday wins year zones
  original admins nt 6over4 4over6 signaling
  uptime domain priority portshield hop fragments botnet geo dscp preserve
  time zone use custom international daylight savings rebinding inherit tertiary trust unauthenticated isatap tacacs
  monitoring xauth profile mandatory
`;

let words: ReadonlySet<string> | undefined;

function vocabulary(): ReadonlySet<string> {
  words ??= vocabularyOf(
    BUILT_IN_WORDS,
    [...keyClasses().keys()].join(' '),
    [...BUILT_IN_SERVICES, ...BUILT_IN_SERVICE_GROUPS].map(([name]) => name).join(' '),
    [...BUILT_IN_ADDRESSES].join(' '),
  );
  return words;
}

/** What names the firmware and the model, and what a version number would take for an address. */
const KEPT_FAMILY = /^(?:checksum|checksumVersion|localeVersionStr)$|buildNum|ShortProdName/i;

/** The same export with other names and addresses; null when it is no export. */
export function anonymiseExport(capture: Capture, disguise: Disguise): Capture | null {
  return rewriteExport(capture, (entry, value) => {
    if (KEPT_FAMILY.test(entry.family)) return value;
    if (secretOf(entry.family, value) !== null) return redactValue(entry, value, disguise.key);
    return isPlainNumber(value) ? value : disguise.text(value, vocabulary());
  });
}

/** Numbers that count or point: telephones begin with a zero or are longer. */
function isPlainNumber(value: string): boolean {
  return /^(?:-?0|-?[1-9]\d{0,9})$/.test(value);
}

/** Lines that name the firmware and the model. */
const KEPT_LINE = /^\s*(?:firmware-version|rom-version|safemode-version|model|system-(?:time|uptime))\b/;

/** The same text of the command line with other names and addresses. */
export function anonymiseCli(capture: Capture, disguise: Disguise): Capture {
  const redacted = textOf(redactCli(capture, disguise.key));
  const text = redacted.replace(/[^\r\n]+/g, (line) =>
    KEPT_LINE.test(line) ? line : anonymiseLine(line, disguise),
  );
  return { file: capture.file, bytes: Buffer.from(text, 'utf8') };
}

/** The word with which a line begins is one of the command line, and so are those with a value behind them. */
function anonymiseLine(line: string, disguise: Disguise): string {
  const keyword = /^\s*(?:--\s?MORE\s?--\s*)?(?:no )?[a-z]+(?:-[a-z0-9]+)*(?=\s|$)/.exec(line)?.[0] ?? '';
  return keyword + disguise.text(line.slice(keyword.length), vocabulary());
}

/** The same answers of the API with other names and addresses: names of members stay. */
export function anonymiseRest(capture: Capture, disguise: Disguise): Capture {
  const redacted = textOf(redactRest(capture, disguise.key));
  const text = redacted.replace(
    /("(?:[^"\\\r\n]|\\.)*")(\s*:)?/g,
    (whole: string, written: string, colon?: string) => {
      const value = colon === undefined ? stringOf(written) : null;
      if (value === null || /^SonicOS /.test(value)) return whole;
      return JSON.stringify(disguise.text(value, vocabulary()));
    },
  );
  return { file: capture.file, bytes: Buffer.from(text, 'utf8') };
}

function textOf({ bytes }: Capture): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
