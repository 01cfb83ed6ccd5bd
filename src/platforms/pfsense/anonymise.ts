import type { Capture } from '../../model/capture.js';
import type { Disguise } from '../shared/disguise.js';
import { vocabularyOf } from '../shared/vocabulary.js';
import { rewriteXml } from '../shared/xml-rewrite.js';
import table from './keywords.tsv';
import { anonymousOptions } from './package-listeners.js';
import { captureOf, readableText, redactText } from './redact.js';
import { secretNamed } from './secrets.js';

/** Values of elements, network cards of FreeBSD, and what pfSense calls things by itself. */
const VALUES = `
  acb advanced aggressive alias any apinger aquantia bge bce bnxt bogon bogons both carp cc cxgbe cxl dcd
  dhcp dhcp6 dpinger em enc ena enum gif gre hn hybrid igb igc inet inet46 inet6 ipalias ipencap isc ix ixl
  jailed jme kea keep l2tp lagg lancache le listlevel loc lo localdatabase mce mobile mve mvneta mvpp mxge
  nfe nooverride opt oce others ovpn ovpns ovpnc pfsense pfsync photuris pppoe pptp proxyarp pureNAT pure nat
  purenat qlnxe re reflection rl rsa sk slaac sfxge synproxy sloppy sticky track track6 tun tls_only tun_wg
  urltable url_ports urltable_ports url vmx vr vtnet wanip lanip wg xl xn zoneid
  echoreq echorep squench redir althost routeradv routersol timex paramprob timereq timerep inforeq inforep
  maskreq maskrep unreach toobig neighbrsol neighbradv groupqry grouprep groupterm listqry listenrep
  server_tls server_user server_tls_user p2p_tls p2p_shared_key peer2peer wireguard unbound dnsmasq
  page all admins nobody system shell access webcfg radvd filterdns automatic created rule easyrule
  created_by anti lockout anti-lockout web configurator webconfigurator gui nogui
  usr bin sbin local etc nice n20 php cgi rc update dyndns pkg metadata urltables periodic reset daily weekly
  monthly adjkerntz expiretable virusprot sshguard snort2c newsyslog configure sync sh
  haproxy squid stunnel nut ntopng zabbix nrpe checkmk mk snmp telegraf exporter apcupsd tailscale zerotier
  freeradius rest faux filer nginx acme pfblocker pfblockerng miniupnpd mosh suricata snort lightsquid
  vti transport tunnel assigned unassigned none xmlrpc ha sync patches api restapi fauxapi pkg
  vpnv vtiv tunnelv null slaac ppp rd to standard tcp starttls ssl encrypted ldap radius remote
  port share up down plugin management script security root ssh authorized keys localhost enable disable
  fin syn rst psh ack urg ece cwr net link bridge pfil member custom
`;

/** How rules call the addresses of optional interfaces: a word, a number and a word. */
const ADDRESSES = Array.from({ length: 200 }, (_, index) => `opt${index + 1}ip`).join(' ');

let words: ReadonlySet<string> | undefined;

function vocabulary(): ReadonlySet<string> {
  words ??= vocabularyOf(VALUES, ADDRESSES, table.replace(/^#.*$/gm, ''));
  return words;
}

/** The same config.xml with other names and addresses; null when it can't be read. */
export function anonymiseConfig(capture: Capture, disguise: Disguise): Capture | null {
  const source = readableText(capture);
  if (source === null) return null;
  const text = rewriteXml(source, (each) => {
    const name = (each.attribute ?? each.path.at(-1) ?? '').toLowerCase();
    if (secretNamed(name, each.text) !== null) return redactText(each, disguise.key);
    if (name === 'userparams') return anonymousOptions(each.text);
    const redacted = redactText(each, disguise.key);
    if (redacted !== each.text) return redacted;
    return isNumber(each.text) ? each.text : disguise.text(each.text, vocabulary());
  });
  return captureOf(capture, text);
}

/** What counts or names ports and versions: `1.1e9` is none, `21.7`, `5060-5061` and `80,443` are. */
function isNumber(text: string): boolean {
  return /^[\d\s,:-]{1,200}$/.test(text)
    ? !/(?:^|\D)(?:0\d{7,}|\d{11,})/.test(text)
    : /^\d{1,3}(?:\.\d{1,4}){0,2}$/.test(text);
}
