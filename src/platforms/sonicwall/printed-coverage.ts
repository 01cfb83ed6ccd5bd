import type { Coverage, Section, UnknownFamily } from '../../model/coverage.js';
import type { Statement, StatementBook } from './statement.js';

/** Which part of the configuration a block at the top belongs to; others can open nothing. */
const SECTIONS: ReadonlyMap<string, Section> = new Map<string, Section>([
  ['access-rule', 'access-rules'],
  ['nat-policy', 'nat'],
  ['address-object', 'objects'],
  ['address-group', 'objects'],
  ['dynamic-external-object', 'objects'],
  ['service-object', 'objects'],
  ['service-group', 'objects'],
  ['interface', 'interfaces'],
  ['tunnel-interface', 'interfaces'],
  ['zone', 'interfaces'],
  ['administration', 'administration'],
  ['user', 'administration'],
  ['snmp', 'administration'],
  ['vpn', 'vpn'],
  ['ssl-vpn', 'vpn'],
]);

/** First words of a block's statements that choose how traffic is inspected, measured or named, not whose. */
const PASSED_OVER: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'access-rule',
    words(`uuid name id fragments flow-reporting botnet-filter geo-ip-filter block packet-monitoring
      max-connections tcp udp connection-limit dpi dpi-ssl dpi-ssl-client dpi-ssl-server sip h323 reflexive
      redirect-unauthenticated-users-to-log-in quality-of-service bandwidth-management single-sign-on
      ticket priority cfs web-proxy tls optimize block-traffic-for-single-sign-on saml-authentication
      saml-profile`),
  ],
  [
    'nat-policy',
    words('uuid name id ticket dns-doctoring source-port-remap high-availability nat-method reflexive'),
  ],
  ['address-object', words('uuid name')],
  ['address-group', words('uuid name')],
  [
    'dynamic-external-object',
    words(`uuid name type zone fqdn enable-periodic-download periodic-download download-interval protocol server login password
      directory directory-path file filename url url-name`),
  ],
  ['service-object', words('uuid name')],
  ['service-group', words('uuid name')],
  [
    'interface',
    words(`uuid name vlan mtu mac flow-reporting multicast exclude-route asymmetric-route fragment-packets
      ignore-df-bit send-icmp-fragmentation bandwidth-management link-speed auto-negotiate cos-8021p dns lldp
      duplex speed native-vlan port redundancy-aggregation routed-mode default-gateway one-arm-mode
      management gateway netmask ip ip-assignment user-login sonicpoint wlan-settings hostname
      initiate-renewals-with-discover force-discover username password schedule inactivity-disconnect
      server-protocol idle-disconnect native-bridge auto-discovery shutdown-port default-8021p-cos advertise
      router-advertisement listen-router-advertisement duplicate-address-detection-transmits reachable-time max
      ipv6-traffic connection-profile tunnel management-traffic-only`),
  ],
  [
    'tunnel-interface',
    words(`uuid name policy bound-to mtu multicast exclude-route asymmetric-route fragment-packets ignore-df-bit
      send-icmp-fragmentation flow-reporting comment enable remote router-advertisement ipv6-traffic management
      user-login ip netmask prefix-length gateway`),
  ],
  [
    'zone',
    words(`uuid name auto-generate-access-rules gateway-anti-virus intrusion-prevention anti-spyware
      app-control ssl-control dpi-ssl-client dpi-ssl-server create-group-vpn content-filter client-anti-virus
      client-content-filtering guest-services wireless enforce-content-filter local-radius-server
      websense-content-filtering client content-filtering`),
  ],
  [
    'vpn',
    words(`uuid name proposal keep-alive netbios anti-replay multicast bound-to suppress-trigger-packet
      suppress-auto-add-rule accept-hash send-hash apply-nat translated-network network default-lan-gateway
      allow-sonicpointn-l3 allow-sonicpointn-layer3 wxa-group permit-acceleration preempt-secondary-gateway ocsp-checking responder-url transport-mode accept-multiple-proposals client
      client-authentication ike-mode-configuration auth-method ike-id certificate advanced preempt-secondary
      gateway shared-secret primary-ip-address allow-acceleration require-xauth policy enable keep-alive wins ip-pool
      user-group firewall-identifier use-radius nat-traversal frag-packets ignore-df-bit ikev2 send-cookie`),
  ],
  [
    'ssl-vpn',
    words(`certificate user-domain ciphers enforce-cipher-methods netextender inactivity-check
      use-self-signed-certificate session-timeout radius-mschap profile portal routes client access
      sslvpn-access management port virtual-office bookmark auto-logout`),
  ],
  [
    'user',
    words(`uuid comment name domain password force-password-change one-time-password expiration vpn-client-access
      bookmark quota display-name email guest-login-uniqueness local guest account-lifetime radius ldap sso tacacs
      authentication login-page web-login session limit privileges member member-of user group memberships
      apply-password-constraints prune-account-upon-expiration case-sensitive-names prune-on-expiry email-address
      quota-cycle session-lifetime to-management-on-login content-filtering-policy inactivity-timeout
      prune-on-inactive domain-name-display-format guest-idle-timeout restrict-until-password-reset`),
  ],
  [
    'administration',
    words(`admin-name admin idle-logout-time password apply-password-constraints user-lockout
      inter-admin-messaging preempt-action preempt-inactivity-timeout multiple-admin-role
      enhanced-audit-logging web-management delete-cookies certificate table-size tooltip download-url ssh
      language default-table-size refresh-interval firewall-name firewall-domain-name auto-append-suffix
      sonicos-api out-of-band-management https-port http-port client-certificate-check domain-name
      override-ui-language one-time-password switch-mode cli-idle-timeout wireless-controller dynamic-tooltip
      enforce-http-host-check wireless-lan ipv6 wireless-controller-mode dashboard-as-starting-page tls-and-above
      override-download-url override-sonicpointn-download override-sonicpointnv-download
      override-sonicpointndr-download language-override admin-preempt-action admin-preempt-inactivity-timeout
      local-user-lockout log-without-lockout max-login-attempts-cli force-through uuid`),
  ],
  [
    'time',
    words(
      'uuid time date time-zone daylight-savings universal international-format only-custom-ntp ntp-update-interval',
    ),
  ],
  [
    'snmp',
    words(`enable system contact location get-community-name trap-community-name host asset-number mandatory-snmpv3
      engine-id view user group access system-name system-contact system-location snmp3
      host-1 host-2 host-3 host-4`),
  ],
]);

/** Blocks and lines at the top that open nothing, or that this parser knows not to judge. */
const PASSED_OVER_AT_TOP: ReadonlySet<string> =
  words(`rom-version safemode-version system-time system-uptime cli
  log routing route-policy schedule schedules dhcp-server dns dns-proxy ntp content-filter anti-spam
  anti-spyware anti-virus gateway-antivirus gateway-anti-virus intrusion-prevention app-control app-rules
  match-object action-object email-object bandwidth-object geo-ip botnet dpi-ssl dpi-ssh ssl-control
  bandwidth-management voip multicast igmp high-availability wan-failover failover-lb load-balancing
  sonicpoint sonicpointn sonicwave wireless guest-services guest-profile virtual-access-point switch
  switch-shield firewall flood-protection qos-mapping flow-reporting appflow packet-monitor dynamic-dns arp
  mac-ip-anti-spoof ndp neighbor-discovery network-monitor web-proxy ip-helper diag certificates syslog
  rbl capture-atp endpoint-security client-enforcement dynamic-external-objects wan-acceleration
  status uuid license-info product-code serial reboot geoip ips gav banner alert snmp vpn ssl-vpn user zone
  checksum end fips ndpp license security-services dns-security icmp udp tcp tech-support-report tsr virtual-assist
  interfaces default-gateway radius ldap tacacs sso country portshield-group vlan-translation last-modified-by cloud-secure-edge`);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Counts what became of every statement. */
export function printedCoverage(
  file: string,
  unit: Coverage['unit'],
  statements: readonly Statement[],
  book: StatementBook,
  counted: { readonly read: number; readonly ignored: number },
): Coverage {
  const tally = { read: counted.read, ignored: counted.ignored, unknown: 0 };
  const families = new Map<
    string,
    { count: number; section: Section; location: UnknownFamily['location'] }
  >();
  for (const statement of statements) classify(statement, '', statement.words[0] ?? '');
  return {
    file,
    unit,
    ...tally,
    unknownFamilies: [...families]
      .map(([name, rest]) => ({ name, ...rest }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
  };

  /** @param head the word that opens the block at the top in which the statement stands; '' at the top */
  function classify(statement: Statement, head: string, block: string): void {
    const weight = unit === 'keys' && statement.body.length > 0 ? 0 : 1;
    const [first = ''] = statement.words;
    if (book.isRead(statement)) tally.read += weight;
    else if (passedOver(first, head)) {
      const all = sizeOf(statement);
      tally.ignored += all;
      return;
    } else {
      tally.unknown += weight;
      const name = head === '' ? first : `${head} ${first}`;
      const section = SECTIONS.get(block) ?? 'other';
      const before = families.get(name);
      if (before === undefined) families.set(name, { count: 1, section, location: statement.location });
      else before.count += 1;
    }
    for (const each of statement.body) classify(each, block, block);
  }

  function passedOver(first: string, head: string): boolean {
    return head === '' ? PASSED_OVER_AT_TOP.has(first) : PASSED_OVER.get(head)?.has(first) === true;
  }

  function sizeOf({ body }: Statement): number {
    const own = unit === 'keys' && body.length > 0 ? 0 : 1;
    return body.reduce((sum, each) => sum + sizeOf(each), own);
  }
}
