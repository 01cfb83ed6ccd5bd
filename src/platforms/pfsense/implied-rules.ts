import type { Location } from '../../model/location.js';
import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import type { AccessRule, Action } from '../../model/policy.js';
import { IpSet, parseIpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { XmlElement } from '../shared/xml.js';
import type { AddressBook } from './addresses.js';
import { at, child, children, isSet, locationOf, portOf, saysNo, value, words } from './config-tree.js';
import type { InterfaceBook, InterfaceRow } from './interfaces.js';
import type { Offers } from './listeners.js';
import type { Reading } from './reading.js';
import { BOGONS } from './system-aliases.js';

/** What a built-in rule is made of; everything that is not named is any. */
interface Built {
  readonly name: string;
  readonly action: Action['kind'] & ('permit' | 'deny');
  readonly location: Location;
  readonly purpose: string;
  readonly family?: AccessRule['family'];
  readonly source?: AddressMatch;
  readonly destination?: AddressMatch;
  readonly service?: ServiceSet;
  readonly approximate?: readonly string[];
}

const TCP = 6;
const UDP = 17;
const ICMP_V6 = 58;

const ANY_ADDRESS: AddressMatch = { any: true, objects: [], negated: false };
const ANY_SERVICE: ServiceMatch = { any: true, objects: [], negated: false };

function literal(...networks: readonly string[]): AddressMatch {
  return { any: false, objects: [], literal: IpSet.of(...networks), negated: false };
}

/** A rule that no line of the file writes down, and that pfSense loads all the same. */
export function builtIn(built: Built): AccessRule {
  return {
    name: built.name,
    number: 0,
    enabled: true,
    action: { kind: built.action },
    family: built.family ?? 'both',
    source: built.source ?? ANY_ADDRESS,
    destination: built.destination ?? ANY_ADDRESS,
    service:
      built.service === undefined
        ? ANY_SERVICE
        : { any: false, objects: [], literal: built.service, negated: false },
    inInterfaces: null,
    outInterfaces: null,
    conditions: [],
    origin: 'implied',
    purpose: built.purpose,
    comment: null,
    logged: null,
    created: null,
    updated: null,
    lastUsed: null,
    approximate: built.approximate ?? [],
    location: built.location,
  };
}

/** What rules are built in from. */
export interface ImpliedContext extends Reading {
  readonly interfaces: InterfaceBook;
  readonly addresses: AddressBook;
  readonly offers: Offers;
}

/** Rules for every interface that come before all others, in both directions. */
export function earlyRules({ root, file }: Reading): readonly AccessRule[] {
  const system = at(root, 'system');
  const location = locationOf(system ?? root, file);
  const rules: AccessRule[] = [];
  const add = (built: Omit<Built, 'location'>) => rules.push(builtIn({ location, ...built }));
  if (!isSet(system, 'ipv6allow')) {
    add({ name: 'Block all IPv6', action: 'deny', family: 'ipv6', purpose: 'ipv6' });
  }
  if (!isSet(system, 'no_apipa_block')) {
    const link = literal('169.254.0.0/16');
    add({ name: 'Block IPv4 link-local', action: 'deny', purpose: 'link-local', source: link });
    add({ name: 'Block IPv4 link-local', action: 'deny', purpose: 'link-local', destination: link });
  }
  const needed = ServiceSet.of(ICMP_V6, PortSet.of(1, 2, 135, 136));
  add({ name: 'Needed ICMPv6', action: 'permit', family: 'ipv6', purpose: 'icmpv6', service: needed });
  return rules;
}

/** Rules of one interface that come before those that people write. */
export function rulesBefore(context: ImpliedContext, row: InterfaceRow): readonly AccessRule[] {
  return [...captivePortal(context, row), ...blockedNetworks(context, row), ...antiLockout(context, row)];
}

/** RFC 1918, loopback and unique local: what the box about private networks blocks. */
const PRIVATE = ['10.0.0.0/8', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'] as const;

function blockedNetworks({ root, file }: ImpliedContext, row: InterfaceRow): readonly AccessRule[] {
  const { element } = row;
  const rules: AccessRule[] = [];
  const doubt = (name: string): readonly string[] =>
    saysNo(element, name) ? [`<${name}> is there and says no`] : [];
  const bogons = child(element, 'blockbogons');
  if (bogons !== undefined) {
    rules.push(
      builtIn({
        name: 'Block bogon networks',
        action: 'deny',
        purpose: 'bogons',
        source: { any: false, objects: [BOGONS], negated: false },
        location: locationOf(bogons, file),
      }),
    );
  }
  const privates = child(element, 'blockpriv');
  // On a member of a bridge, pfSense leaves these rules out.
  if (privates !== undefined && !isBridged(root, row.key)) {
    rules.push(
      builtIn({
        name: 'Block private networks',
        action: 'deny',
        purpose: 'private-networks',
        source: literal(...PRIVATE),
        location: locationOf(privates, file),
        approximate: doubt('blockpriv'),
      }),
    );
  }
  return rules;
}

function isBridged(root: XmlElement, key: string): boolean {
  return children(at(root, 'bridges'), 'bridged').some((bridge) =>
    value(bridge, 'members').toLowerCase().includes(key),
  );
}

/** Access to the portal's own pages for those who are not logged in yet. */
function captivePortal({ root, file, addresses }: ImpliedContext, row: InterfaceRow): readonly AccessRule[] {
  return portals(root).flatMap((portal) => {
    if (!portal.keys.includes(row.key)) return [];
    return [
      builtIn({
        name: 'Captive portal',
        action: 'permit',
        purpose: 'captive-portal',
        destination: addresses.everyAddressOf(row),
        service: ServiceSet.of(TCP, PortSet.of(...portal.ports)),
        location: locationOf(portal.element, file),
      }),
    ];
  });
}

/** A captive portal that is on. */
export interface Portal {
  readonly element: XmlElement;
  readonly keys: readonly string[];
  readonly ports: readonly number[];
}

export function portals(root: XmlElement): readonly Portal[] {
  return (at(root, 'captiveportal')?.children ?? []).flatMap((element) => {
    if (!isSet(element, 'enable')) return [];
    const base = 8000 + portOf(value(element, 'zoneid'), 2);
    const ports = [
      portOf(value(element, 'listenporthttp'), base),
      portOf(value(element, 'listenporthttps'), base + 1),
    ];
    return [{ element, keys: words(value(element, 'interface').toLowerCase()), ports }];
  });
}

/**
 * The web interface and SSH stay open to whoever is on the LAN, or on the only interface that there
 * is, unless the box about it is ticked.
 */
function antiLockout(
  { root, file, interfaces, addresses, offers }: ImpliedContext,
  row: InterfaceRow,
): readonly AccessRule[] {
  const gui = at(root, 'system', 'webgui');
  if (gui === undefined || isSet(gui, 'noantilockout')) return [];
  const configured = child(root, 'interfaces')?.children.length ?? 0;
  const lan = interfaces.rows.some(({ key, interface: iface }) => key === 'lan' && iface.enabled);
  const here = configured === 1 ? row.key === 'wan' : lan && row.key === 'lan';
  if (!here) return [];
  return [
    builtIn({
      name: 'Anti-lockout rule',
      action: 'permit',
      purpose: 'management',
      destination: addresses.everyAddressOf(row),
      service: offers.lockoutPorts,
      location: locationOf(gui, file),
    }),
  ];
}

/** Peers that may call from anywhere (`filter_generate_ipsec_rules`). */
export const ANY_PEER: ReadonlySet<string> = new Set(['', '0.0.0.0', '::']);

/** Rules without `quick` that pfSense adds for IPsec peers: they count only where no other rule matches. */
export function ipsecRules({ root, file, addresses, interfaces }: ImpliedContext): {
  readonly key: string;
  readonly rule: AccessRule;
}[] {
  if (isSet(at(root, 'system'), 'disablevpnrules')) return [];
  const ipsec = at(root, 'ipsec');
  const services = ServiceSet.of(
    UDP,
    PortSet.of(portOf(value(ipsec, 'port'), 500), portOf(value(ipsec, 'port_nat_t'), 4500)),
  ).union(ServiceSet.of(50));
  return children(ipsec, 'phase1').flatMap((phase1) => {
    if (isSet(phase1, 'disabled')) return [];
    const location = locationOf(phase1, file);
    const peer = value(phase1, 'remote-gateway');
    const mobile = isSet(phase1, 'mobile') || ANY_PEER.has(peer);
    const address = mobile ? null : parseIpSet(peer);
    const source: AddressMatch =
      address === null ? ANY_ADDRESS : { any: false, objects: [], literal: address, negated: false };
    return interfacesOf(value(phase1, 'interface').toLowerCase(), interfaces).map((key) => ({
      key,
      rule: builtIn({
        name: 'IPsec peers',
        action: 'permit',
        purpose: 'ike',
        source,
        destination: addresses.word('(self)', location, 'network'),
        service: services,
        location,
        approximate: mobile || address !== null ? [] : ['its peer is a name whose address is looked up'],
      }),
    }));
  });
}

/** A phase 1 stands on an interface; on a virtual address or a gateway group it may be any of them. */
function interfacesOf(key: string, { rows }: InterfaceBook): readonly string[] {
  if (rows.some((row) => row.key === key)) return [key];
  return rows.filter((row) => row.interface.role.value === 'untrusted').map((row) => row.key);
}
