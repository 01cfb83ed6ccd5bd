import type { ServiceMatch, ServiceObject } from '../../model/objects.js';
import { PortSet } from '../../sets/port-set.js';
import { protocolNumber } from '../../sets/protocols.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { XmlElement } from '../shared/xml.js';
import type { AliasBook, PortAlias } from './aliases.js';
import { parsePorts } from './aliases.js';
import { child, locationOf, value } from './config-tree.js';
import { EVERY_TYPE, icmpTypes } from './icmp-types.js';

/** What a rule is for, and what could not be made sure of. */
export interface Service {
  readonly match: ServiceMatch;
  readonly doubts: readonly string[];
}

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMP_V6 = 58;

/** pf's names that differ from IANA's short ones, or have no name of their own here. */
const PROTOCOLS: ReadonlyMap<string, readonly number[]> = new Map([
  ['tcp/udp', [TCP, UDP]],
  ['ipv6-icmp', [ICMP_V6]],
  ['icmp6', [ICMP_V6]],
  ['ipencap', [4]],
  ['carp', [112]],
  ['pfsync', [240]],
]);

/** The protocol numbers that a rule's word names; null: not known. ICMP is that of the rule's family. */
export function protocolsOf(word: string, family: 'ipv4' | 'ipv6' | 'both'): readonly number[] | null {
  const text = word.toLowerCase();
  if (text === 'icmp') {
    if (family === 'both') return [ICMP, ICMP_V6];
    return [family === 'ipv6' ? ICMP_V6 : ICMP];
  }
  const known = PROTOCOLS.get(text);
  if (known !== undefined) return known;
  const number = protocolNumber(text);
  return number === null ? null : [number];
}

/** The protocols of which pfSense looks at ports. */
const WITH_PORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'tcp/udp']);

const ANY: ServiceMatch = { any: true, objects: [], negated: false };

/** Ports of one end of a rule. */
interface Ports {
  readonly ports: PortSet;
  /** The alias that holds them, where exactly one does. */
  readonly alias: string | null;
  readonly doubts: readonly string[];
  /** A name that is neither a port nor an alias. */
  readonly dangling: string | null;
}

const ALL_PORTS: Ports = { ports: PortSet.ALL, alias: null, doubts: [], dangling: null };

/** Turns protocols, ports and ICMP types of rules into matches, and keeps the objects that they name. */
export class ServiceBook {
  readonly #aliases: AliasBook;
  readonly #file: string;
  readonly #objects: Map<string, ServiceObject>;

  constructor(aliases: AliasBook, file: string) {
    this.#aliases = aliases;
    this.#file = file;
    this.#objects = new Map(
      [...aliases.ports].map(([name, alias]) => [name, aliasObject(name, alias, [TCP, UDP])]),
    );
  }

  objects(): readonly ServiceObject[] {
    return [...this.#objects.values()];
  }

  /** What a rule of the given family is for. */
  ofRule(rule: XmlElement, family: 'ipv4' | 'ipv6' | 'both'): Service {
    const word = value(rule, 'protocol').toLowerCase();
    if (word === '' || word === 'any') return withoutProtocol(rule);
    const protocols = protocolsOf(word, family);
    const location = locationOf(child(rule, 'protocol') ?? rule, this.#file);
    if (protocols === null) {
      return { match: { ...ANY, location }, doubts: ['its protocol is not known: taken as any'] };
    }
    if (WITH_PORTS.has(word)) return this.#withPorts(rule, protocols);
    const types = word === 'icmp' ? icmpTypes(value(rule, 'icmptype'), protocols) : EVERY_TYPE;
    const literal = types.services ?? ServiceSet.unionOf(protocols.map((each) => ServiceSet.of(each)));
    return { match: { any: false, objects: [], literal, negated: false, location }, doubts: types.doubts };
  }

  /** Ports of a translation, in the protocols of its rule; null when there are none. */
  ofPorts(text: string, protocols: readonly number[]): Service | null {
    if (text === '' || protocols.length === 0) return null;
    const { ports, doubts, dangling } = this.#ports(text, 'ports');
    if (dangling !== null) return { match: { any: false, objects: [dangling], negated: false }, doubts };
    const literal = ServiceSet.unionOf(protocols.map((protocol) => ServiceSet.of(protocol, ports)));
    return { match: { any: false, objects: [], literal, negated: false }, doubts };
  }

  #withPorts(rule: XmlElement, protocols: readonly number[]): Service {
    const location = locationOf(child(rule, 'destination') ?? rule, this.#file);
    const to = this.#ports(value(child(rule, 'destination'), 'port'), 'destination ports');
    const from = this.#ports(value(child(rule, 'source'), 'port'), 'source ports');
    const doubts = [...to.doubts, ...from.doubts];
    const named = (name: string): Service => ({
      match: { any: false, objects: [name], negated: false, location },
      doubts,
    });
    const dangling = to.dangling ?? from.dangling;
    if (dangling !== null) return named(dangling);
    if (to.alias !== null && from.ports === PortSet.ALL) return named(this.#alias(to.alias, protocols));
    const literal = ServiceSet.unionOf(
      protocols.map((protocol) => ServiceSet.of(protocol, to.ports, from.ports)),
    );
    return { match: { any: false, objects: [], literal, negated: false, location }, doubts };
  }

  #ports(text: string, what: string): Ports {
    if (text === '' || text === 'any') return ALL_PORTS;
    const alias = this.#aliases.ports.get(text);
    if (alias === undefined) {
      const ports = parsePorts(text);
      return ports === null ? { ...ALL_PORTS, dangling: text } : { ...ALL_PORTS, ports };
    }
    if (alias.ports !== null) return { ...ALL_PORTS, ports: alias.ports, alias: text };
    return { ...ALL_PORTS, doubts: [`its ${what} are a list that is not in the file: taken as any`] };
  }

  /** The alias as one protocol sees it: an alias of ports says nothing of protocols. */
  #alias(name: string, protocols: readonly number[]): string {
    const alias = this.#aliases.ports.get(name);
    if (alias === undefined || protocols.length === 2) return name;
    const narrowed = `${name} (${protocols[0] === TCP ? 'tcp' : 'udp'})`;
    if (!this.#objects.has(narrowed)) {
      this.#objects.set(narrowed, { ...aliasObject(narrowed, alias, protocols), origin: 'implied' });
    }
    return narrowed;
  }
}

/** Ports without a protocol: pfSense writes `proto tcp` for them, and no ports. */
function withoutProtocol(rule: XmlElement): Service {
  const ports = ['source', 'destination'].some((side) => value(child(rule, side), 'port') !== '');
  if (!ports) return { match: ANY, doubts: [] };
  const literal = ServiceSet.of(TCP);
  return {
    match: { any: false, objects: [], literal, negated: false },
    doubts: ['it has ports and no protocol: taken as every port of TCP'],
  };
}

function aliasObject(
  name: string,
  { ports, location }: PortAlias,
  protocols: readonly number[],
): ServiceObject {
  const content: ServiceObject['content'] =
    ports === null
      ? { kind: 'unknown', reason: 'a list of ports that is fetched from a URL' }
      : {
          kind: 'services',
          services: ServiceSet.unionOf(protocols.map((protocol) => ServiceSet.of(protocol, ports))),
        };
  return { name, label: name, content, origin: 'user', location };
}
