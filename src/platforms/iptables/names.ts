/** Protocols by the names of /etc/protocols and iptables; numbers by IANA. */
const PROTOCOLS: ReadonlyMap<string, number> = new Map(
  pairs(`icmp 1 igmp 2 ggp 3 ipencap 4 ip-encap 4 st 5 tcp 6 egp 8 igp 9 pup 12 udp 17 hmp 20 xns-idp 22 rdp 27
    iso-tp4 29 dccp 33 xtp 36 ddp 37 idpr-cmtp 38 ipv6 41 ipv6-route 43 ipv6-frag 44 idrp 45 rsvp 46 gre 47
    esp 50 ipv6-crypt 50 ah 51 ipv6-auth 51 skip 57 ipv6-icmp 58 icmpv6 58 icmp6 58 ipv6-nonxt 59 ipv6-opts 60
    rspf 73 vmtp 81 eigrp 88 ospf 89 ospfigp 89 ax.25 93 ipip 94 etherip 97 encap 98 pim 103 ipcomp 108 vrrp 112
    l2tp 115 isis 124 sctp 132 fc 133 mobility-header 135 ipv6-mh 135 mh 135 udplite 136 mpls-in-ip 137 hip 139
    shim6 140 wesp 141 rohc 142`),
);

/** Ports by IANA service name, and the aliases of /etc/services; for rules that people wrote. */
const PORTS: ReadonlyMap<string, number> = new Map(
  pairs(`ftp-data 20 ftp 21 ssh 22 telnet 23 smtp 25 mail 25 time 37 whois 43 tacacs 49 domain 53 bootps 67 bootpc 68
    tftp 69 gopher 70 finger 79 http 80 www 80 kerberos 88 pop2 109 pop3 110 pop-3 110 sunrpc 111 portmapper 111
    auth 113 ident 113 nntp 119 ntp 123 epmap 135 netbios-ns 137 netbios-dgm 138 netbios-ssn 139 imap 143 imap2 143
    snmp 161 snmptrap 162 snmp-trap 162 xdmcp 177 bgp 179 irc 194 ldap 389 svrloc 427 https 443 snpp 444
    microsoft-ds 445 kpasswd 464 submissions 465 smtps 465 ssmtp 465 urd 465 isakmp 500 ike 500 exec 512 login 513
    shell 514 syslog 514 printer 515 route 520 router 520 rip 520 ripng 521 rtsp 554 nntps 563 submission 587 ipp 631
    ldaps 636 domain-s 853 rsync 873 ftps-data 989 ftps 990 telnets 992 imaps 993 pop3s 995 socks 1080 openvpn 1194
    ms-sql-s 1433 ms-sql-m 1434 l2f 1701 l2tp 1701 pptp 1723 radius 1812 radius-acct 1813 nfs 2049 cvspserver 2401
    mysql 3306 ms-wbt-server 3389 svn 3690 iax 4569 epmd 4369 ipsec-nat-t 4500 sip 5060 sips 5061 xmpp-client 5222
    xmpp-server 5269 mdns 5353 postgresql 5432 amqp 5672 x11 6000 ircd 6667 ircs-u 6697 bacula-dir 9101
    bacula-fd 9102 bacula-sd 9103 http-alt 8080 webcache 8080 webmin 10000 zabbix-agent 10050 zabbix-trapper 10051
    munin 4949 git 9418 nut 3493 distcc 3632 redis 6379 memcache 11211`),
);

/** ICMP message types, `type` or `type/code`, by the names that iptables accepts. IANA, ICMP Parameters. */
const ICMP: ReadonlyMap<string, string> = new Map(
  texts(`echo-reply 0 pong 0 destination-unreachable 3 network-unreachable 3/0 host-unreachable 3/1
    protocol-unreachable 3/2 port-unreachable 3/3 fragmentation-needed 3/4 source-route-failed 3/5
    network-unknown 3/6 host-unknown 3/7 network-prohibited 3/9 host-prohibited 3/10 TOS-network-unreachable 3/11
    TOS-host-unreachable 3/12 communication-prohibited 3/13 host-precedence-violation 3/14 precedence-cutoff 3/15
    source-quench 4 redirect 5 network-redirect 5/0 host-redirect 5/1 TOS-network-redirect 5/2
    TOS-host-redirect 5/3 echo-request 8 ping 8 router-advertisement 9 router-solicitation 10 time-exceeded 11
    ttl-exceeded 11 ttl-zero-during-transit 11/0 ttl-zero-during-reassembly 11/1 parameter-problem 12
    ip-header-bad 12/0 required-option-missing 12/1 timestamp-request 13 timestamp-reply 14
    address-mask-request 17 address-mask-reply 18`),
);

/** The same for ICMPv6. */
const ICMP6: ReadonlyMap<string, string> = new Map(
  texts(`destination-unreachable 1 no-route 1/0 communication-prohibited 1/1 beyond-scope 1/2
    address-unreachable 1/3 port-unreachable 1/4 failed-policy 1/5 reject-route 1/6 packet-too-big 2
    time-exceeded 3 ttl-exceeded 3 ttl-zero-during-transit 3/0 ttl-zero-during-reassembly 3/1
    parameter-problem 4 bad-header 4/0 unknown-header-type 4/1 unknown-option 4/2 echo-request 128 ping 128
    echo-reply 129 pong 129 mld-listener-query 130 mld-listener-report 131 mld-listener-done 132
    mld-listener-reduction 132 router-solicitation 133 router-advertisement 134 neighbour-solicitation 135
    neighbor-solicitation 135 neighbour-advertisement 136 neighbor-advertisement 136 redirect 137`),
);

/**
 * The number of a protocol that is written as a number or a name.
 *
 * @returns `all` for every protocol, null when the text is neither
 */
export function protocolOf(text: string): number | 'all' | null {
  const name = text.toLowerCase();
  if (/^\d{1,5}$/.test(name)) {
    const number = Number(name);
    if (number > 255) return null;
    return number === 0 ? 'all' : number;
  }
  if (name === 'all' || name === 'any' || name === 'ip') return 'all';
  return PROTOCOLS.get(name) ?? null;
}

/** A port, written as a number or a name; null when it is neither. */
export function portOf(text: string): number | null {
  if (/^\d{1,6}$/.test(text)) return Number(text) <= 65_535 ? Number(text) : null;
  return PORTS.get(text.toLowerCase()) ?? null;
}

/** An ICMP type, and a code if one is meant; `any`; null when the text is neither number nor name. */
export function icmpTypeOf(
  text: string,
  family: 'ipv4' | 'ipv6',
): { readonly type: number; readonly code: boolean } | 'any' | null {
  if (text === 'any') return 'any';
  const numbers = (family === 'ipv4' ? ICMP : ICMP6).get(text) ?? text;
  const match = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(numbers);
  if (match === null) return null;
  const type = Number(match[1]);
  if (type > 255) return null;
  // In IPv4 the match itself takes type 255 for any.
  if (type === 255 && family === 'ipv4') return 'any';
  return { type, code: match[2] !== undefined };
}

function texts(table: string): [string, string][] {
  const cells = table.split(/\s+/).filter((cell) => cell !== '');
  return Array.from({ length: cells.length / 2 }, (_, i) => [cells[2 * i] ?? '', cells[2 * i + 1] ?? '']);
}

function pairs(table: string): [string, number][] {
  return texts(table).map(([name, number]) => [name, Number(number)]);
}
