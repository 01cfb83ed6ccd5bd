/**
 * Words that name nobody: what administrators of every vendor call things, protocols, the ends of domain
 * names. Names of interfaces as systems give them are made of such a word and a number.
 */
const COMMON = `
  accept access account action active add address adm admin administration administrator administrators
  aggr aggregate alert alias all allow allowed and any app application arp as asn at auth auto automatic
  backup bad ban bgp block blocked bond bootp bootpc bootps br branch bridge broadcast by cert certificate
  chain client clients cloud com comment config conn connected connection control corp cpu customer data
  database db default deny description destination dev device dhcp dhcpv disable disabled discard dmz dnat dns
  docker domain down drop dst dummy dyn dynamic edge egress email enable enabled end ens enp eno err error esp
  established eth ether ethernet example exception external fallback fast file filter firewall for forward
  forwarding from fw gate gateway gif gigabit global gre group groups guest ha head high home host hosts hq
  http https icmp id igmp ike imap imaps in inbound incoming inet info input inside install int interface
  interfaces internal internet invalid ip ipsec iptables is isakmp kerberos key keepalive krb lag lan lagg
  ldap ldaps level limit limited link lo local localdomain localhost log logging login loopback low mac mail
  manage management mangle manual map mark master match max mdns medium member mgmt mgt min mobike mode modem
  monitor monitoring ms mtu multicast mysql name nat net netbios netmask network networks new nfs no node none
  normal not ns ntp null object objects of off office ok old on open openvpn opt or order org originate ospf
  other out outbound outgoing outside output ovpn pass peer permit phase phone physical pim ping pki policy
  pool pop port portal ports postrouting ppp pppoe pptp prerouting primary print printer priority private
  profile prohibited prod protect proto protocol proxy psk public qos radius range raw rdp read readonly
  recent redirect reject related relay remote request restrict return rip role root route router routing rtp
  rtsp rule rules sa schedule sec secondary secure security self send server servers service services session
  set sctp shared sip site smb smtp smtps snat snmp source spoof spoofed sql src ssh ssl sslvpn standard start
  state static status stop storage stun subnet super support switch syn sync syslog system table tables tacacs
  tag tap target tcp teamviewer telnet temp test tftp the time tls to traceroute traffic transit translate
  translated transparent trap true false trunk trust trusted tun tunnel tunnels type udp undef unix unknown
  unlimited untrust untrusted up update upnp uplink upstream user users utm value version veth video virbr
  virtual vlan vm vnc voip vpn vrrp vti wan web webserver wg whitelist wifi winrm wireguard wireless with wlan
  wlp wpa write www xauth yes zone zones redacted removed
  com net org edu gov int arpa local localhost home lan invalid example test internal
  more mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday always
  jan feb mar apr may jun jul aug sep oct nov dec gmt utc cet
  database cat txt iptables ip tables legacy sudo bin usr sbin etc
  aes cbc gcm des sha md rsa dh ecdsa dsa ecp modp hmac pfs ikev tlsv
`;

const CAMEL = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g;

/** The common words, and those of a platform's own keywords and built-in names. All in lower case. */
export function vocabularyOf(...texts: readonly string[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const text of [COMMON, ...texts]) {
    for (const [word] of text.matchAll(/[A-Za-z0-9]+/g)) words.add(word.toLowerCase());
    for (const [word] of text.matchAll(/[A-Za-z]+/g)) {
      words.add(word.toLowerCase());
      for (const [part] of word.matchAll(CAMEL)) words.add(part.toLowerCase());
    }
  }
  return words;
}
