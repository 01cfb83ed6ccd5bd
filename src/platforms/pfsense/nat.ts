import type { Location } from '../../model/location.js';
import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import type { AccessRule, NatRule } from '../../model/policy.js';
import { parseIpSet } from '../../sets/ip-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { XmlElement } from '../shared/xml.js';
import type { AddressBook, Side } from './addresses.js';
import { at, child, children, isSet, label, locationOf, value } from './config-tree.js';
import { builtIn } from './implied-rules.js';
import type { InterfaceBook, InterfaceRow } from './interfaces.js';
import { virtualServers } from './load-balancer.js';
import type { Reading } from './reading.js';
import type { Reflection } from './reflection.js';
import { PROXIED, REFLECTED, reflectingKeys, reflectionOf } from './reflection.js';
import type { RelayedHosts } from './relayed-hosts.js';
import { readRelayedHosts } from './relayed-hosts.js';
import type { ServiceBook } from './services.js';
import { protocolsOf } from './services.js';

/** What translations are read with. */
export interface NatContext extends Reading {
  readonly interfaces: InterfaceBook;
  readonly rows: readonly InterfaceRow[];
  readonly addresses: AddressBook;
  readonly services: ServiceBook;
}

/** Translations, and the rules that come with some of them. */
export interface NatBook {
  /** In pf's order for packets that come in: load balancers, port forwards, 1:1, then relays; outbound ones for their way out. */
  readonly rules: readonly NatRule[];
  /** Forwards that let their packets pass without an access rule, by the key of the interface. */
  readonly passes: readonly { readonly keys: readonly string[]; readonly rule: AccessRule }[];
  /** What rules decide of packets to programs that connect to hosts for whoever reaches them. */
  readonly relayed: RelayedHosts['decided'];
}

const ANY_SERVICE: ServiceMatch = { any: true, objects: [], negated: false };

export function readNat(context: NatContext): NatBook {
  const nat = at(context.root, 'nat');
  const forwards = children(nat, 'rule').flatMap((element, index) => {
    const forward = portForward(context, element, index + 1);
    return [forward, ...reflected(context, element, forward.rule)];
  });
  const relayed = readRelayedHosts(
    context,
    forwards.map(({ rule }) => rule),
  );
  return {
    rules: [
      ...virtualServers(context),
      ...relayed.forwarded,
      ...forwards.map(({ rule }) => rule),
      ...children(nat, 'onetoone').map((element, index) => oneToOne(context, element, index + 1)),
      ...children(nat, 'npt').map((element, index) => prefixTranslation(context, element, index + 1)),
      ...relayed.rules,
      ...outbound(context, child(nat, 'outbound')),
    ],
    passes: forwards.flatMap(({ pass }) => (pass === null ? [] : [pass])),
    relayed: relayed.decided,
  };
}

/** Keys of the interfaces that a rule stands on: one, or the members of a group. */
function keysOf(rows: readonly InterfaceRow[], element: XmlElement): readonly string[] {
  const key = value(element, 'interface').toLowerCase() || 'wan';
  const members = rows.filter((row) => row.key === key || row.groups.includes(key));
  return members.length === 0 ? [key] : members.map((row) => row.key);
}

function namesOf(rows: readonly InterfaceRow[], keys: readonly string[]): readonly string[] {
  return keys.map((key) => rows.find((row) => row.key === key)?.interface.name ?? key);
}

function familyOf(element: XmlElement): NatRule['family'] {
  const family = value(element, 'ipprotocol');
  if (family === 'inet46') return 'both';
  return family === 'inet6' ? 'ipv6' : 'ipv4';
}

/** A port forward with the rule by which its packets pass without another, if it has one. */
interface Forward {
  readonly rule: NatRule;
  readonly pass: NatBook['passes'][number] | null;
}

/** The same from inside: one that a proxy relays passes as if it said so, for rules never see its target. */
function reflected({ root, rows }: NatContext, element: XmlElement, rule: NatRule): readonly Forward[] {
  const { translatedDestination: target, translatedService: ports } = rule;
  const found = reflectionOf(root, element);
  const keys = found === null ? [] : reflectingKeys(root, rows, rule);
  if (found === null || keys.length === 0 || target === null || !rule.enabled) return [];
  const again: NatRule = {
    ...rule,
    name: `${rule.name} (reflection)`,
    inInterfaces: namesOf(rows, keys),
    approximate: [...(rule.approximate ?? []), REFLECTED],
    origin: 'implied',
  };
  const passes = found === 'proxy' || value(element, 'associated-rule-id') === 'pass';
  return [{ rule: again, pass: passes ? { keys, rule: reflectedPass(again, target, ports, found) } : null }];
}

function reflectedPass(
  rule: NatRule,
  target: AddressMatch,
  ports: ServiceMatch | null,
  found: Reflection,
): AccessRule {
  const pass = passRule(rule, target, ports);
  const doubts = found === 'proxy' ? [...pass.approximate, PROXIED] : pass.approximate;
  return { ...pass, name: rule.name, origin: 'implied', approximate: doubts };
}

function portForward(context: NatContext, element: XmlElement, number: number): Forward {
  const { file, rows, addresses, services } = context;
  const location = locationOf(element, file);
  const keys = keysOf(rows, element);
  const family = familyOf(element);
  const on = value(element, 'interface').toLowerCase() || 'wan';
  const source = addresses.filterSide(child(element, 'source'), 'source', on);
  const destination = addresses.filterSide(child(element, 'destination'), 'destination', on);
  const service = services.ofRule(element, family);
  const none = isSet(element, 'nordr');
  const target = targetOf(context, element, location);
  const ports = translatedPorts(context, element, family, service.match);
  const rule: NatRule = {
    name: `Port Forward ${number}`,
    number,
    enabled: !isSet(element, 'disabled'),
    family,
    inInterfaces: namesOf(rows, keys),
    outInterfaces: null,
    source: source.match,
    destination: destination.match,
    service: service.match,
    translatedSource: null,
    translatedDestination: none ? null : target,
    translatedService: none ? null : ports,
    approximate: [...source.doubts, ...destination.doubts, ...service.doubts],
    origin: 'user',
    comment: label(element, 'descr') || null,
    location,
  };
  const passes = value(element, 'associated-rule-id') === 'pass' && !none && rule.enabled;
  return { rule, pass: passes ? { keys, rule: passRule(rule, target, ports) } : null };
}

function targetOf({ addresses, file }: NatContext, element: XmlElement, location: Location): AddressMatch {
  const text = value(element, 'target');
  const stated = child(element, 'target');
  if (text === '' || stated === undefined) return { any: true, objects: [], negated: false, location };
  return addresses.word(text, locationOf(stated, file));
}

/** The ports that packets are sent on to. A range keeps its width and starts at the local port. */
function translatedPorts(
  { services }: NatContext,
  element: XmlElement,
  family: NatRule['family'],
  matched: ServiceMatch,
): ServiceMatch | null {
  const protocols = protocolsOf(value(element, 'protocol'), family) ?? [];
  const local = value(element, 'local-port');
  const translated = services.ofPorts(
    rangeFrom(local, value(child(element, 'destination'), 'port')),
    protocols,
  );
  if (translated === null || local === '') return null;
  return same(translated.match, matched) ? null : translated.match;
}

function rangeFrom(local: string, original: string): string {
  const range = /^(\d{1,5})[-:](\d{1,5})$/.exec(original);
  if (range === null || !/^\d{1,5}$/.test(local)) return local;
  const width = Number(range[2]) - Number(range[1]);
  const last = Number(local) + width;
  return width > 0 && last < 65_536 ? `${local}-${last}` : local;
}

function same(a: ServiceMatch, b: ServiceMatch): boolean {
  const [left, right] = [a.literal ?? ServiceSet.EMPTY, b.literal ?? ServiceSet.EMPTY];
  return a.objects.length === 0 && b.objects.length === 0 && left.equals(right);
}

/** `rdr pass`: the packets that it translates meet no access rule at all, as whoever wrote the forward chose. */
function passRule(rule: NatRule, target: AddressMatch, ports: ServiceMatch | null): AccessRule {
  const made = builtIn({
    name: `${rule.name} (pass)`,
    action: 'permit',
    purpose: 'port-forward',
    family: rule.family,
    source: rule.source,
    destination: target,
    location: rule.location,
    approximate: ['it counts only for packets that the port forward translates'],
  });
  return {
    ...made,
    number: rule.number,
    origin: 'user',
    comment: rule.comment,
    service: ports ?? rule.service,
    // What came in for the target itself is for other rules.
    beforeNat: { translated: true },
  };
}

/** 1:1, as packets come in: what is sent to the outer address goes to the inner one. */
function oneToOne(context: NatContext, element: XmlElement, number: number): NatRule {
  const { file, rows, addresses } = context;
  const inner = addresses.side(child(element, 'source'), 'inner address');
  const remote = addresses.side(child(element, 'destination'), 'destination');
  const location = locationOf(element, file);
  const external = value(element, 'external');
  const stated = child(element, 'external') ?? element;
  const wide = value(element, 'ipprotocol') === 'inet6' || external.includes(':');
  return {
    name: `1:1 ${number}`,
    number,
    enabled: !isSet(element, 'disabled'),
    family: wide ? 'ipv6' : 'ipv4',
    inInterfaces: namesOf(rows, keysOf(rows, element)),
    outInterfaces: null,
    source: remote.match,
    destination: outerRange(addresses, external, inner.match, locationOf(stated, file)),
    service: ANY_SERVICE,
    translatedSource: null,
    translatedDestination: isSet(element, 'nobinat') ? null : inner.match,
    translatedService: null,
    approximate: [...inner.doubts, ...remote.doubts],
    origin: 'user',
    comment: label(element, 'descr') || null,
    location,
  };
}

/** The outer addresses are as many as the inner ones, and begin where the rule says. */
function outerRange(
  addresses: AddressBook,
  external: string,
  inner: AddressMatch,
  location: Location,
): AddressMatch {
  const [cidr = ''] = inner.literal?.toCidrs() ?? [];
  const bits = /\/(\d+)$/.exec(cidr)?.[1];
  const single = bits === undefined || bits === '32' || bits === '128' || /[^\d.:a-fA-F]/.test(external);
  return addresses.word(single ? external : `${external}/${bits}`, location, 'network');
}

/** IPv6 prefixes one for one, as packets come in. */
function prefixTranslation(context: NatContext, element: XmlElement, number: number): NatRule {
  const { file, rows, addresses } = context;
  const inner = addresses.side(child(element, 'source'), 'inner prefix');
  const outer = outerPrefix(context, child(element, 'destination'));
  return {
    name: `NPt ${number}`,
    number,
    enabled: !isSet(element, 'disabled'),
    family: 'ipv6',
    inInterfaces: namesOf(rows, keysOf(rows, element)),
    outInterfaces: null,
    source: { any: true, objects: [], negated: false },
    destination: outer.match,
    service: ANY_SERVICE,
    translatedSource: null,
    translatedDestination: inner.match,
    translatedService: null,
    approximate: [...inner.doubts, ...outer.doubts],
    origin: 'user',
    comment: label(element, 'descr') || null,
    location: locationOf(element, file),
  };
}

/** `lan/60` is the prefix that an interface was given, with its length (`filter_nat_rules_generate`). */
function outerPrefix({ addresses, file }: NatContext, element: XmlElement | undefined): Side {
  const given = /^([a-z]\w*)\/\d+$/i.exec(value(element, 'network'))?.[1];
  if (given === undefined || element === undefined) return addresses.side(element, 'outer prefix');
  return { match: addresses.word(given, locationOf(element, file), 'network'), doubts: [] };
}

/** Rules for the way out, where people write them; the automatic ones of silence are not listed. */
function outbound(context: NatContext, element: XmlElement | undefined): readonly NatRule[] {
  const mode = value(element, 'mode');
  if (mode !== 'advanced' && mode !== 'hybrid') return [];
  return children(element, 'rule').map((rule, index) => outboundRule(context, rule, index + 1));
}

function outboundRule(context: NatContext, element: XmlElement, number: number): NatRule {
  const { file, rows, addresses, services } = context;
  const family = value(element, 'ipprotocol') === '' ? 'both' : familyOf(element);
  const protocols = protocolsOf(value(element, 'protocol'), family) ?? [];
  const source = addresses.side(child(element, 'source'), 'source');
  const destination = addresses.side(child(element, 'destination'), 'destination');
  return {
    name: `Outbound ${number}`,
    number,
    enabled: !isSet(element, 'disabled'),
    family,
    inInterfaces: null,
    outInterfaces: namesOf(rows, keysOf(rows, element)),
    source: source.match,
    destination: destination.match,
    service: services.ofPorts(value(element, 'dstport'), protocols)?.match ?? ANY_SERVICE,
    translatedSource: isSet(element, 'nonat') ? null : outboundTarget(context, element),
    translatedDestination: null,
    translatedService: null,
    approximate: [...source.doubts, ...destination.doubts],
    origin: 'user',
    comment: label(element, 'descr') || null,
    location: locationOf(element, file),
  };
}

/** Without a target, the address of the interface. */
function outboundTarget({ addresses, file }: NatContext, element: XmlElement): AddressMatch {
  const stated = child(element, 'target') ?? element;
  const location = locationOf(stated, file);
  const target = value(element, 'target');
  if (target === 'other-subnet') {
    return addresses.word(`${value(element, 'targetip')}/${value(element, 'targetip_subnet')}`, location);
  }
  // In newer versions the prefix length stands beside the address.
  const bits = value(element, 'target_subnet');
  if (bits !== '' && parseIpSet(`${target}/${bits}`) !== null) {
    return addresses.word(`${target}/${bits}`, location);
  }
  const key = value(element, 'interface').toLowerCase() || 'wan';
  return target === ''
    ? addresses.word(`${key}ip`, location, 'network')
    : addresses.word(target, location, 'network');
}
