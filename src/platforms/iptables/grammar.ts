import type { Condition } from '../../model/policy.js';

/** How many words follow an option. `optional`: one, unless the next word is an option. */
export type Arity = number | 'optional';

export interface OptionGrammar {
  /** Without dashes; one of several spellings. */
  readonly name: string;
  readonly arity: Arity;
}

export interface ModuleGrammar {
  readonly name: string;
  /** What its options are when nothing better is known of them: a condition of this kind. */
  readonly kind: Condition['kind'];
  readonly options: ReadonlyMap<string, OptionGrammar>;
}

/**
 * What a target does. `program`: a program outside the rules may accept the packet.
 * `translate`: the nat table's own.
 */
export type TargetKind = 'permit' | 'deny' | 'return' | 'continue' | 'program' | 'translate';

export interface TargetGrammar {
  readonly name: string;
  readonly kind: TargetKind;
  readonly options: ReadonlyMap<string, OptionGrammar>;
}

/** Options of every rule. iptables(8), "PARAMETERS"; spellings with the one used here last. */
const CORE = `source|src|s=1 destination|dst|d=1 protocol|proto|p=1 in-interface|i=1 out-interface|o=1 fragment|f
  jump|j=1 goto|g=1 match|m=1 set-counters|c=2 ipv4|4 ipv6|6`;

/**
 * Match extensions, one a line: the kind of condition that they make, name, options with the number of
 * words behind them. iptables-extensions(8), xtables-addons(8); older ones from former versions.
 */
const MATCHES = `
other account: aaddr=1 aname=1 ashort
other addrtype: src-type=1 dst-type=1 limit-iface-in limit-iface-out
other ah: ahspi=1 ahlen=1 ahres
other asn: src-asn|source-asn=1 dst-asn|destination-asn=1
application bpf: object-pinned=1 bytecode=1
users cgroup: path=1 cgroup=1
other cluster: cluster-total-nodes=1 cluster-local-node=1 cluster-local-nodemask=1 cluster-hash-seed=1
other comment: comment=1
other condition: condition=1
other connbytes: connbytes=1 connbytes-dir=1 connbytes-mode=1
other connlabel: label=1 set
rate connlimit: connlimit-upto=1 connlimit-above=1 connlimit-mask=1 connlimit-saddr connlimit-daddr
other connmark: mark=1
state conntrack: ctstate=1 ctproto=1 ctorigsrc=1 ctorigdst=1 ctreplsrc=1 ctrepldst=1 ctorigsrcport=1 ctorigdstport=1 ctreplsrcport=1 ctrepldstport=1 ctstatus=1 ctexpire=1 ctdir=1
other cpu: cpu=1
other dccp: source-port|sport=1 destination-port|dport=1 dccp-types=1 dccp-option=1
other devgroup: src-group=1 dst-group=1
other dhcpmac: mac=1
other dscp: dscp=1 dscp-class=1
other dst: dst-len=1 dst-opts=1
other ecn: ecn-tcp-cwr ecn-tcp-ece ecn-ip-ect=1
other esp: espspi=1
other eui64:
other frag: fragid=1 fraglen=1 fragres fragfirst fragmore fraglast
rate fuzzy: lower-limit=1 upper-limit=1
other geoip: src-cc|source-country=1 dst-cc|destination-country=1
rate hashlimit: hashlimit|hashlimit-upto=1 hashlimit-above=1 hashlimit-burst=1 hashlimit-mode=1 hashlimit-srcmask=1 hashlimit-dstmask=1 hashlimit-name=1 hashlimit-htable-size=1 hashlimit-htable-max=1 hashlimit-htable-expire=1 hashlimit-htable-gcinterval=1 hashlimit-rate-match hashlimit-rate-interval=1
other hbh: hbh-len=1 hbh-opts=1
state helper: helper=1
other hl: hl-eq=1 hl-lt=1 hl-gt=1
other icmp: icmp-type=1
other icmp6: icmp6-type|icmpv6-type=1
other iface: iface=1 dev-in dev-out up down broadcast loopback pointtopoint pointopoint running noarp arp promisc multicast dynamic lower-up dormant
other ipcomp: ipcompspi=1 compres
application ipp2p: edk dc kazaa gnu bit apple winmx soulseek ares mute waste xdcc debug
other iprange: src-range=1 dst-range=1
other ipv4options: flags=1 any
other ipv6header: soft header=1
other ipvs: ipvs vproto=1 vaddr=1 vport=1 vdir=1 vmethod=1 vportctl=1
application layer7: l7proto=1 l7dir=1
other length: length=1
other length2: length=1 layer3 layer4 layer5 layer7
rate limit: limit=1 limit-burst=1
other lscan: stealth synscan cnscan grscan mirai
other mac: mac-source=1
other mark: mark=1
other mh: mh-type=1
other multiport: source-ports|sports=1 destination-ports|dports=1 ports=1
application ndpi: proto=1 all
other nfacct: nfacct-name=1
rate nth: every=1 counter=1 start=1 packet=1
application osf: genre=1 ttl=1 log=1
users owner: uid-owner=1 gid-owner=1 suppl-groups socket-exists pid-owner=1 sid-owner=1 cmd-owner=1
other physdev: physdev-in=1 physdev-out=1 physdev-is-in physdev-is-out physdev-is-bridged
other pkttype: pkt-type=1
users pknock: name=1 opensecret=1 closesecret=1 knockports=1 autoclose=1 strict time=1 checkip
other policy: dir=1 pol=1 strict reqid=1 spi=1 proto=1 mode=1 tunnel-src=1 tunnel-dst=1 next
rate psd: psd-weight-threshold=1 psd-delay-threshold=1 psd-lo-ports-weight=1 psd-hi-ports-weight=1
rate quota: quota=1
rate quota2: quota=1 name=1 grow no-change packets
rate random: average=1
rate rateest: rateest-delta rateest-lt rateest-gt rateest-eq rateest=1 rateest1=1 rateest2=1 rateest-bps=optional rateest-pps=optional rateest-bps1=optional rateest-pps1=optional rateest-bps2=optional rateest-pps2=optional
other realm: realm=1
other recent: set rcheck update remove seconds=1 hitcount=1 reap rttl name=1 rsource rdest mask=1
other rpfilter: loose validmark accept-local invert
other rt: rt-type=1 rt-segsleft=1 rt-len=1 rt-0-res rt-0-addrs=1 rt-0-not-strict
other sctp: source-port|sport=1 destination-port|dport=1 chunk-types=2
other set: set|match-set=2 return-nomatch update-counters update-subcounters packets-eq=1 packets-lt=1 packets-gt=1 bytes-eq=1 bytes-lt=1 bytes-gt=1
other socket: transparent nowildcard restore-skmark
other srh: srh-next-hdr=1 srh-hdr-len-eq=1 srh-hdr-len-gt=1 srh-hdr-len-lt=1 srh-segs-left-eq=1 srh-segs-left-gt=1 srh-segs-left-lt=1 srh-last-entry-eq=1 srh-last-entry-gt=1 srh-last-entry-lt=1 srh-tag=1 srh-psid=1 srh-nsid=1 srh-lsid=1
state state: state=1
rate statistic: mode=1 probability=1 every=1 packet=1
application string: algo=1 from=1 to=1 string=1 hex-string=1 icase
other tcp: source-port|sport=1 destination-port|dport=1 tcp-flags=2 syn tcp-option=1
other tcpmss: mss=1
schedule time: datestart=1 datestop=1 timestart=1 timestop=1 monthdays=1 weekdays=1 days=1 contiguous kerneltz localtz utc
other tos: tos=1
other ttl: ttl-eq=1 ttl-gt=1 ttl-lt=1 ttl=1
application u32: u32=1
other udp: source-port|sport=1 destination-port|dport=1
other udplite: source-port|sport=1 destination-port|dport=1
application webstr: url=1 host=1 content=1
`;

/** Targets, in the same form, with what becomes of the packet. Those of the nat table translate. */
const TARGETS = `
permit ACCEPT:
deny DROP:
return RETURN:
program QUEUE:
continue ACCOUNT: addr=1 tname=1
continue AUDIT: type=1
deny CHAOS: delude tarpit
continue CHECKSUM: checksum-fill
continue CLASSIFY: set-class=1
continue CLUSTERIP: new hashmode=1 clustermac=1 total-nodes=1 local-node=1 hash-init=1
continue CONNMARK: set-xmark=1 save-mark restore-mark nfmask=1 ctmask=1 and-mark=1 or-mark=1 xor-mark=1 set-mark=1 mask=1
continue CONNSECMARK: save restore
continue CT: notrack helper=1 ctevents=1 expevents=1 zone=1 zone-orig=1 zone-reply=1 timeout=1
deny DELUDE:
translate DNAT: to-destination=1 random persistent to=1
translate DNPT: src-pfx=1 dst-pfx=1
continue DSCP: set-dscp=1 set-dscp-class=1
continue ECN: ecn-tcp-remove
continue FLOWOFFLOAD: hw
continue HL: hl-set=1 hl-dec=1 hl-inc=1
continue HMARK: hmark-tuple=1 hmark-mod=1 hmark-offset=1 hmark-src-prefix=1 hmark-dst-prefix=1 hmark-sport-mask=1 hmark-dport-mask=1 hmark-spi-mask=1 hmark-proto-mask=1 hmark-rnd=1
continue IDLETIMER: timeout=1 label=1 alarm
continue IMQ: todev=1
continue IPMARK: addr=1 and-mask=1 or-mask=1 shift=1
continue LED: led-trigger-id=1 led-delay=1 led-always-blink
continue LOG: log-level=1 log-prefix=1 log-tcp-sequence log-tcp-options log-ip-options log-uid log-macdecode
continue LOGMARK: log-level=1 log-prefix=1
continue MARK: set-xmark=1 set-mark=1 and-mark=1 or-mark=1 xor-mark=1
translate MASQUERADE: to-ports=1 random random-fully
deny MIRROR:
translate NETMAP: to=1
continue NFLOG: nflog-group=1 nflog-prefix=1 nflog-range=1 nflog-size=1 nflog-threshold=1
program NFQUEUE: queue-num=1 queue-balance=1 queue-bypass queue-cpu-fanout
continue NOTRACK:
continue RATEEST: rateest-name=1 rateest-interval=1 rateest-ewmalog=1
translate REDIRECT: to-ports|to-port=1 random
deny REJECT: reject-with=1
translate SAME: to=1 nodst random
continue SECMARK: selctx=1
continue SET: add-set=2 del-set=2 map-set=2 timeout=1 exist map-mark map-prio map-queue
translate SNAT: to-source=1 random random-fully persistent to=1
translate SNPT: src-pfx=1 dst-pfx=1
program SYNPROXY: mss=1 wscale=1 sack-perm timestamp timestamps ecn
deny TARPIT: tarpit honeypot reset
continue TCPMSS: set-mss=1 clamp-mss-to-pmtu
continue TCPOPTSTRIP: strip-options=1
continue TEE: gateway=1 oif=1
continue TOS: set-tos=1 and-tos=1 or-tos=1 xor-tos=1
program TPROXY: on-port=1 on-ip=1 tproxy-mark=1
continue TRACE:
program TRIGGER: trigger-type=1 trigger-proto=1 trigger-match=1 trigger-relate=1
continue TTL: ttl-set=1 ttl-dec=1 ttl-inc=1
continue ULOG: ulog-nlgroup=1 ulog-prefix=1 ulog-cprange=1 ulog-qthreshold=1
`;

export const CORE_OPTIONS: ReadonlyMap<string, OptionGrammar> = optionsOf(CORE);

export const MATCH_MODULES: ReadonlyMap<string, ModuleGrammar> = new Map(
  rows(MATCHES).map(({ kind, name, options }) => [name, { name, kind: kind as Condition['kind'], options }]),
);

export const TARGET_GRAMMARS: ReadonlyMap<string, TargetGrammar> = new Map(
  rows(TARGETS).map(({ kind, name, options }) => [name, { name, kind: kind as TargetKind, options }]),
);

/** The match whose options a protocol brings along. */
const PROTOCOL_MODULES: ReadonlyMap<string, string> = new Map([
  ...['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'icmp', 'esp', 'ah', 'mh'].map(
    (name) => [name, name] as const,
  ),
  ...['ipv6-icmp', 'icmpv6', 'icmp6', '58'].map((name) => [name, 'icmp6'] as const),
  ...([
    ['6', 'tcp'],
    ['17', 'udp'],
    ['1', 'icmp'],
    ['132', 'sctp'],
  ] as const),
]);

/** The match that `-p NAME` makes available without an `-m`. */
export function moduleOfProtocol(protocol: string): ModuleGrammar | undefined {
  return MATCH_MODULES.get(PROTOCOL_MODULES.get(protocol.toLowerCase()) ?? '');
}

interface Row {
  readonly kind: string;
  readonly name: string;
  readonly options: ReadonlyMap<string, OptionGrammar>;
}

function rows(table: string): readonly Row[] {
  return table
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [head = '', rest = ''] = line.split(':');
      const [kind = '', name = ''] = head.split(' ');
      return { kind, name, options: optionsOf(rest) };
    });
}

function optionsOf(text: string): ReadonlyMap<string, OptionGrammar> {
  const options = new Map<string, OptionGrammar>();
  for (const item of text.split(/\s+/).filter((each) => each !== '')) {
    const [spellings = '', count = '0'] = item.split('=');
    const names = spellings.split('|');
    const arity: Arity = count === 'optional' ? 'optional' : Number(count);
    for (const each of names) options.set(each, { name: names.at(-1) ?? each, arity });
  }
  return options;
}
