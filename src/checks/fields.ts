import type { CheckSubject } from '../model/check.js';

/** A field as a condition sees it: its CEL type, and what it says. */
export interface Field {
  readonly type: string;
  readonly about: string;
}

/** The fields of one record type, in the order in which rules/README.md prints them. */
export type RecordFields = Readonly<Record<string, Field>>;

const device = { type: 'string', about: 'id of the device' };
const platform = { type: 'string', about: 'id of the platform: `sonicwall`' };
const origin = { type: 'bool', about: 'made, or implied, by the appliance, not by a person' };
const comment = { type: 'string', about: 'comment in the configuration; empty without one' };
const enabled = { type: 'bool', about: 'switched on' };
const family = { type: 'string', about: '`ipv4`, `ipv6` or `both`' };

/**
 * Every record that a condition can reach, with its fields: the one list behind the type check of
 * conditions, the placeholders of messages and rules/README.md. Nothing is ever absent: text that a
 * configuration does not hold is empty, a number is 0, a list has no items.
 */
export const RECORDS = {
  Entry: {
    kind: { type: 'string', about: '`zone`, `interface`, `tunnel`, `remote-access` or `manager`' },
    name: { type: 'string', about: 'name of the zone, interface, tunnel …' },
    role: { type: 'string', about: '`untrusted`, `public`, `tunnel`, `unknown` …' },
    interfaces: { type: 'list<string>', about: 'names of its interfaces' },
  },
  Target: {
    self: { type: 'bool', about: 'the appliance itself; false: a host behind it' },
    kind: { type: 'string', about: '`self` or `host`' },
    addresses: { type: 'list<string>', about: 'addresses that packets are sent to; empty when unknown' },
    dynamic: { type: 'string', about: 'why the address is not in the file: `DHCP`; empty when it is' },
    interfaces: { type: 'list<string>', about: 'interfaces that hold the addresses' },
    label: { type: 'string', about: 'all of it for a message: `X1 198.51.100.2`' },
  },
  Service: {
    id: { type: 'string', about: 'canonical id: `https-management`' },
    name: { type: 'string', about: 'name in English' },
    nameFr: { type: 'string', about: 'name in French' },
    class: { type: 'string', about: '`administration`, `login`, `vpn`, `redirect` or `diagnostic`' },
    administration: { type: 'bool', about: 'changes or reads the configuration' },
    clearText: { type: 'bool', about: 'credentials cross the network in the clear' },
    protocol: { type: 'string', about: '`tcp`, `udp`, `icmp` …' },
    ports: { type: 'list<string>', about: 'ports or ranges' },
    label: { type: 'string', about: 'protocol and ports for a message: `tcp/443`' },
  },
  Exposure: {
    device,
    platform,
    entry: { type: 'Entry', about: 'where the packets come in' },
    party: {
      type: 'string',
      about: '`own`, `private`, `undeclared`, `domain` or the id of a declared party',
    },
    domain: { type: 'string', about: 'of the party `domain`: the name that its sources hold; else empty' },
    thirdParty: { type: 'bool', about: 'a declared other party, or undeclared' },
    anyone: { type: 'bool', about: 'a large part of the Internet' },
    private: { type: 'bool', about: 'private addresses (RFC 1918, 6598, 4193, loopback, link-local)' },
    own: { type: 'bool', about: 'the organisation; such exposures are not checked, so always false' },
    status: { type: 'string', about: '`unexplained`, `partly` or `explained`' },
    lessTrusted: {
      type: 'bool',
      about:
        'hosts of a zone that is trusted less than inside (a DMZ, guests), and no third party named by address',
    },
    wholeZone: { type: 'bool', about: 'and every host of the zone is meant, none by itself' },
    inside: { type: 'bool', about: 'the target is a host behind an interface that is trusted' },
    target: { type: 'Target', about: 'what the packets reach' },
    service: { type: 'Service', about: 'the service they reach there' },
    sources: { type: 'list<string>', about: 'all source addresses, as CIDRs' },
    remainder: { type: 'list<string>', about: 'sources that no explanation covers, as CIDRs' },
    who: { type: 'list<string>', about: 'for a message: the remainder, or all sources when it is empty' },
    named: { type: 'list<string>', about: 'named sources that a wider rule swallows' },
    rules: { type: 'list<string>', about: 'access rules that let them in' },
    automatic: { type: 'bool', about: 'every one of these rules was made, or is implied, by the appliance' },
    userMade: { type: 'bool', about: 'one of these rules was made by a person' },
    fromAny: { type: 'bool', about: 'one of these rules has Any as its source' },
    automaticAny: { type: 'bool', about: 'and each that has was made, or is implied, by the appliance' },
    purposes: { type: 'list<string>', about: "the appliance's own words for why it made the rules" },
    logged: { type: 'bool', about: 'every one of these rules is known to log' },
    unlogged: { type: 'bool', about: 'one of these rules is known not to log' },
    conditional: { type: 'bool', about: 'a schedule, users or the like must also fit' },
    conditions: { type: 'list<string>', about: 'what must also fit' },
    approximate: { type: 'bool', about: 'the set may be wider than what the appliance admits' },
    size: { type: 'int', about: 'how many addresses the remainder has; 2⁶⁴ of IPv6, a /64, count as one' },
    families: { type: 'list<string>', about: '`ipv4`, `ipv6`: which addresses come in' },
    alreadyOpen: {
      type: 'bool',
      about: 'it comes out of a tunnel, to where anyone comes from outside too',
    },
    onlyIpv6: { type: 'bool', about: 'IPv6 comes in, and no IPv4 of a third party by any door like it' },
    throughGroup: { type: 'bool', about: 'a source stands inside a group, not in the rule itself' },
    byName: { type: 'bool', about: 'a source is a name or a feed, which somebody else can change' },
    commented: { type: 'bool', about: 'every rule of a person’s has a comment' },
  },
  Dormant: {
    device,
    platform,
    entry: { type: 'Entry', about: 'where packets would come in' },
    target: { type: 'Target', about: 'what they would reach' },
    service: { type: 'Service', about: 'the service they would reach there' },
    sources: { type: 'list<string>', about: 'whom the rule would admit, as CIDRs; empty when it lacks that' },
    outsiders: { type: 'bool', about: 'the rule names a public address that is not your own' },
    fromAny: { type: 'bool', about: 'the rule has Any as its source' },
    reasons: { type: 'list<string>', about: '`disabled`, `empty-source`, `no-address` …' },
    subject: { type: 'string', about: 'what explanations name' },
    rule: { type: 'string', about: 'name of the access rule' },
    automatic: origin,
  },
  RuleSide: {
    any: { type: 'bool', about: 'everything' },
    objects: { type: 'list<string>', about: 'names of address or service objects' },
    literals: { type: 'list<string>', about: 'addresses (as CIDRs) or services written into the rule' },
    negated: { type: 'bool', about: 'everything but these' },
    unresolved: { type: 'list<string>', about: 'objects whose content is not in the file: names, feeds' },
    empty: { type: 'bool', about: 'it names address objects, and none of them holds an address' },
    groups: { type: 'bool', about: 'nothing but multicast and broadcast addresses' },
  },
  AccessRule: {
    device,
    platform,
    policy: { type: 'string', about: 'name of its policy' },
    name: { type: 'string', about: 'how an engineer finds it: `WAN to WAN 31`' },
    number: { type: 'int', about: 'position in its policy' },
    enabled,
    action: { type: 'string', about: '`permit`, `deny`, `jump`, `goto`, `return` or `continue`' },
    family,
    from: { type: 'list<string>', about: 'zones or interfaces of its policy; empty: any' },
    to: { type: 'list<string>', about: 'zones or interfaces of its policy; empty: any' },
    source: { type: 'RuleSide', about: 'whom it matches' },
    destination: { type: 'RuleSide', about: 'where to' },
    service: { type: 'RuleSide', about: 'what for' },
    conditions: { type: 'list<string>', about: 'schedule, users … that must also fit' },
    automatic: origin,
    purpose: { type: 'string', about: "the appliance's own words for why it made the rule" },
    comment,
    logged: { type: 'bool', about: 'known to log' },
    unlogged: { type: 'bool', about: 'known not to log' },
    created: { type: 'int', about: 'seconds since 1970; 0 when the format does not say' },
    updated: { type: 'int', about: 'as `created`' },
    lastUsed: { type: 'int', about: 'as `created`' },
    fromOutside: { type: 'bool', about: 'packets of an untrusted zone or interface come by it' },
    toSelf: { type: 'bool', about: 'it decides what reaches the appliance itself' },
    preliminary: {
      type: 'bool',
      about: 'what it permits is decided on again elsewhere: it opens nothing by itself',
    },
  },
  NatRule: {
    device,
    platform,
    name: { type: 'string', about: 'how an engineer finds it' },
    number: { type: 'int', about: "position in the platform's order" },
    enabled,
    family,
    source: { type: 'RuleSide', about: 'original source' },
    destination: { type: 'RuleSide', about: 'original destination' },
    service: { type: 'RuleSide', about: 'original service' },
    translatesSource: { type: 'bool', about: 'the source is replaced' },
    translatesDestination: { type: 'bool', about: 'the destination is replaced: a port forward' },
    translatesService: { type: 'bool', about: 'the port is replaced' },
    newDestinations: { type: 'list<string>', about: 'objects and addresses that packets are sent on to' },
    newAddresses: { type: 'list<string>', about: 'the same as CIDRs, where the file holds them' },
    leavesAgain: {
      type: 'bool',
      about: 'packets are sent on to a public address that no interface of the appliance has to do with',
    },
    automatic: origin,
    comment,
  },
  Administrator: {
    device,
    platform,
    name: { type: 'string', about: 'account or group' },
    kind: { type: 'string', about: '`user` or `group`' },
    groups: { type: 'list<string>', about: 'groups it belongs to' },
    privilege: { type: 'string', about: "the vendor's word for what it may do" },
    enabled,
    automatic: origin,
    marks: { type: 'list<string>', about: 'what else is known of it: see "Marks" below' },
    created: { type: 'int', about: 'seconds since 1970; 0 when the format does not say' },
    bornWith: { type: 'list<string>', about: 'rules of persons that were made within ten minutes of it' },
  },
  Listener: {
    device,
    platform,
    service: { type: 'Service', about: 'what it offers' },
    name: { type: 'string', about: "the vendor's name for it" },
    everyInterface: { type: 'bool', about: 'offered on every interface' },
    interfaces: { type: 'list<string>', about: 'interfaces that offer it' },
    addresses: { type: 'list<string>', about: 'addresses that offer it; empty: all of the interfaces' },
    everySource: { type: 'bool', about: 'no trusted hosts of its own' },
    sources: { type: 'RuleSide', about: 'trusted hosts' },
    approximate: { type: 'bool', about: 'the file leaves a doubt whether it is there' },
  },
  Tunnel: {
    device,
    platform,
    name: { type: 'string', about: 'name of the tunnel' },
    kind: { type: 'string', about: '`site-to-site` or `remote-access`' },
    enabled,
    peers: { type: 'list<string>', about: 'peer addresses or names; empty when anyone may dial in' },
    remoteNetworks: { type: 'list<string>', about: 'networks behind the peer' },
    management: { type: 'list<string>', about: 'ids of services that the tunnel may administer' },
    administers: {
      type: 'list<string>',
      about:
        'ids of the services of the appliance that its far end reaches, but for those explained or reported as a door of a third party',
    },
    addresses: { type: 'list<string>', about: 'those of its peers that are addresses' },
    ends: { type: 'string', about: 'its peers, in words if the file names none' },
    endsFr: { type: 'string', about: 'the same in French' },
    marks: { type: 'list<string>', about: 'what else is known of it: see "Marks" below' },
  },
  Manager: {
    device,
    platform,
    kind: { type: 'string', about: 'the product: `gms`' },
    address: { type: 'string', about: 'where it is; empty when the file does not say' },
    addresses: { type: 'list<string>', about: 'the same as a list, if it is an address and not a name' },
    where: { type: 'string', about: 'where it is, in words if the file does not say' },
    whereFr: { type: 'string', about: 'the same in French' },
    enabled,
  },
  Setting: {
    device,
    platform,
    name: { type: 'string', about: 'stable name of the fact: see "Settings" below' },
    text: { type: 'string', about: 'its value as text' },
    number: { type: 'int', about: 'its value as a whole number; 0 when it is none' },
    on: { type: 'bool', about: 'its value is true' },
    off: { type: 'bool', about: 'its value is false' },
    addresses: { type: 'list<string>', about: 'its value as a list, if it is an address' },
    server: { type: 'string', about: 'what it names, or `a server` if it names none' },
    serverFr: { type: 'string', about: 'the same in French' },
  },
  Interface: {
    device,
    platform,
    name: { type: 'string', about: 'name of the interface' },
    zone: { type: 'string', about: 'its zone; empty when unassigned' },
    role: { type: 'string', about: '`untrusted`, `trusted` …' },
    plane: { type: 'string', about: '`data` or `management`' },
    enabled,
    addresses: { type: 'list<string>', about: 'static addresses, with their prefix' },
    dynamic: { type: 'bool', about: 'an address by DHCP, PPPoE …' },
    managementFlags: { type: 'list<string>', about: 'ids of administration services ticked on it' },
    outside: { type: 'bool', about: 'strangers come in by it, or nobody knows whether they do' },
    comment,
  },
  Route: {
    device,
    platform,
    destination: { type: 'string', about: 'where to, as a CIDR' },
    addresses: { type: 'list<string>', about: 'the same as a list, if it can be read' },
    host: { type: 'bool', about: 'it is for one address only' },
    interface: { type: 'string', about: 'the interface that packets leave by; empty when not stated' },
    gateway: { type: 'string', about: 'next hop; empty without one' },
  },
  Address: {
    device,
    platform,
    address: { type: 'string', about: 'one public address, or the name of a host, that the file names' },
    addresses: { type: 'list<string>', about: 'the same as a list, if it is an address' },
    places: {
      type: 'list<string>',
      about: 'what it is there: `object`, `rule`, `peer`, `manager`, `server`, `gateway`',
    },
  },
  Secret: {
    kind: { type: 'string', about: 'what it protects' },
    protection: { type: 'string', about: '`clear`, `reversible`, `hashed` or `unknown`' },
  },
  Device: {
    id: { type: 'string', about: 'id of the device' },
    platform,
    product: { type: 'string', about: 'model' },
    firmware: { type: 'string', about: 'version' },
    interfaces: { type: 'list<Interface>', about: 'its interfaces' },
    administrators: { type: 'list<Administrator>', about: 'accounts and groups that administer it' },
    tunnels: { type: 'list<Tunnel>', about: 'its VPN tunnels' },
    managers: { type: 'list<Manager>', about: 'its central managers' },
    settings: { type: 'list<Setting>', about: 'facts of its management plane' },
    secrets: { type: 'list<Secret>', about: 'secrets in the configuration, never their values' },
    accessRules: { type: 'int', about: 'how many access rules it has' },
    permitsByDefault: {
      type: 'list<string>',
      about: 'policies that let in from outside what no rule is about',
    },
    openServices: {
      type: 'list<string>',
      about: 'ids of its own services that anyone on the Internet reaches',
    },
  },
  Capture: {
    file: { type: 'string', about: 'as the user named it' },
    platform: { type: 'string', about: 'id of the platform; empty when not recognised' },
    recognised: { type: 'bool', about: 'a platform took it' },
    read: { type: 'int', about: 'keys or lines that were used' },
    ignored: { type: 'int', about: 'keys or lines passed over for a listed reason' },
    unknown: { type: 'int', about: 'keys or lines that nobody knows' },
    unknownThatMatter: {
      type: 'int',
      about: 'those of rules, objects, NAT, interfaces, administration, VPN',
    },
    incomplete: { type: 'bool', about: 'a diagnostic says that a door may have been missed' },
    gaps: { type: 'list<string>', about: 'for a message: what was not understood' },
    limits: { type: 'list<string>', about: 'ids of what its format can never show' },
  },
  Explanation: {
    id: { type: 'string', about: 'id in the register' },
    status: {
      type: 'string',
      about: '`used`, `stale`, `expired`, `not-yet-valid`, `too-wide`, `too-long` or `incomplete`',
    },
    message: { type: 'string', about: 'how it fared, in one sentence' },
    until: { type: 'string', about: 'its last day' },
  },
} as const satisfies Readonly<Record<string, RecordFields>>;

export type RecordName = keyof typeof RECORDS;

/** What a check over each kind of subject sees: the name of its variable, and that variable's record. */
export const SUBJECTS = {
  exposure: { variable: 'exposure', record: 'Exposure' },
  dormant: { variable: 'dormant', record: 'Dormant' },
  'access-rule': { variable: 'accessRule', record: 'AccessRule' },
  'nat-rule': { variable: 'natRule', record: 'NatRule' },
  administrator: { variable: 'administrator', record: 'Administrator' },
  listener: { variable: 'listener', record: 'Listener' },
  tunnel: { variable: 'tunnel', record: 'Tunnel' },
  manager: { variable: 'manager', record: 'Manager' },
  setting: { variable: 'setting', record: 'Setting' },
  interface: { variable: 'interface', record: 'Interface' },
  route: { variable: 'route', record: 'Route' },
  address: { variable: 'address', record: 'Address' },
  device: { variable: 'device', record: 'Device' },
  capture: { variable: 'capture', record: 'Capture' },
  explanation: { variable: 'explanation', record: 'Explanation' },
} as const satisfies Readonly<
  Record<CheckSubject, { readonly variable: string; readonly record: RecordName }>
>;

/** The fields of a record, or null when there is no record of that name. */
export function fieldsOf(record: string): RecordFields | null {
  return Object.hasOwn(RECORDS, record) ? RECORDS[record as RecordName] : null;
}
