import type { BeforeNat, Condition } from '../../model/policy.js';
import type { IpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import { everyAddress, parseAddressList, parseAddressRange } from './addresses.js';
import type { Tracking } from './conntrack.js';
import type { Family, Hook } from './dump.js';
import type { MarkedNot, MarkedOnly, Marks } from './marks.js';
import { protocolOf } from './names.js';
import type { OptionUse } from './rule-syntax.js';
import {
  matchesSyn,
  OTHER_PACKETS,
  PORT_PROTOCOLS,
  parseIcmp,
  parsePorts,
  parseProtocol,
  portServices,
} from './services.js';

/** A list of addresses that the file names and does not hold. */
export interface ListReference {
  /** As it is written in the rule, so that it can be found there. */
  readonly name: string;
  readonly label: string;
  readonly reason: string;
  readonly negated: boolean;
}

/** What an option asks of the first packet of a connection: all of it must hold. */
export interface Constraint {
  readonly services?: ServiceSet;
  readonly source?: IpSet;
  readonly destination?: IpSet;
  /** Names of interface parts that the packet may come in by. */
  readonly inInterfaces?: readonly string[];
  readonly sourceList?: ListReference;
  readonly destinationList?: ListReference;
  readonly conditions?: readonly Condition[];
  /**
   * What packets meet unless somebody makes them so that they don't: who is let in by it needs nothing special, and
   * who is stopped by it may get past.
   */
  readonly ordinary?: readonly Condition[];
  readonly beforeNat?: BeforeNat;
  /** Why the constraint is wider than what is meant. */
  readonly approximate?: readonly string[];
  /** True only of packets that connection tracking sees. */
  readonly tracked?: boolean;
  /** True only of packets that connection tracking does not see. */
  readonly exempt?: boolean;
  /** True only of packets that other rules marked. */
  readonly marked?: MarkedOnly;
  /** True of all packets but some that other rules marked. */
  readonly unmarked?: MarkedNot;
}

/** The option and its first value as they stand in the rule: `--match-set friends`. */
export function asWritten({ text }: OptionUse): string {
  return text.replace(/^! /, '').split(' ', 2).join(' ').slice(0, 200);
}

/** No constraint at all. */
export const ALWAYS: Constraint = {};
/** Nothing that opens a connection is matched. */
export const NEVER: Constraint = { services: ServiceSet.EMPTY };

/** What decides on the meaning of an option besides itself. */
export interface RuleContext {
  readonly family: Family;
  /** The built-in chains from which the rule's chain is reached. */
  readonly hooks: ReadonlySet<Hook>;
  readonly tracking: Tracking;
  /** What gives packets a mark; null: that cannot be followed. */
  readonly marks: Marks | null;
  /** The protocols that ports of this rule belong to. */
  readonly protocols: readonly number[];
}

const SINGLE_PROTOCOLS: readonly (readonly number[])[] = PORT_PROTOCOLS.map((protocol) => [protocol]);

/** Protocols by the ports that options of one rule speak of; all with ports when it names none. */
export function protocolsOf(matches: readonly OptionUse[]): readonly number[] {
  for (const { module, option, negated, values } of matches) {
    if (negated || (option !== 'ctproto' && (module !== 'core' || option !== 'p'))) continue;
    const protocol = protocolOf(values[0] ?? '');
    const single = PORT_PROTOCOLS.indexOf(protocol === null || protocol === 'all' ? -1 : protocol);
    if (single >= 0) return SINGLE_PROTOCOLS[single] ?? PORT_PROTOCOLS;
  }
  return PORT_PROTOCOLS;
}

/**
 * What an option of the packet itself asks: addresses, protocol, ports, flags, types. Null when its
 * value cannot be read, `undefined` when the option is none of these.
 */
export function packetConstraint(use: OptionUse, context: RuleContext): Constraint | null | undefined {
  const [value = ''] = use.values;
  switch (use.module) {
    case 'core':
      return coreConstraint(use, value, context);
    case 'tcp':
      if (use.option === 'syn') return use.negated ? NEVER : ALWAYS;
      if (use.option === 'tcp-flags') return flagConstraint(use);
      return portConstraint(use, value, context);
    case 'udp':
    case 'udplite':
    case 'sctp':
    case 'dccp':
    case 'multiport':
      return portConstraint(use, value, context);
    case 'icmp':
    case 'icmp6':
      return icmpConstraint(use, value, context.family);
    case 'iprange':
      return rangeConstraint(use, value, context.family);
    case 'comment':
      return ALWAYS;
    default:
      return undefined;
  }
}

function coreConstraint(
  use: OptionUse,
  value: string,
  { family }: RuleContext,
): Constraint | null | undefined {
  switch (use.option) {
    case 's':
      return addressConstraint(use, value, family, 'source');
    case 'd':
      return addressConstraint(use, value, family, 'destination');
    case 'p':
      return protocolConstraint(use, value);
    case 'f':
      return use.negated ? ALWAYS : NEVER;
    case '4':
      return family === 'ipv4' ? ALWAYS : NEVER;
    case '6':
      return family === 'ipv6' ? ALWAYS : NEVER;
    default:
      return undefined;
  }
}

const HOST_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*\.?$/;

function addressConstraint(
  use: OptionUse,
  value: string,
  family: Family,
  side: 'source' | 'destination',
): Constraint | null {
  const { negated } = use;
  const parsed = parseAddressList(value, family);
  if (parsed !== null) {
    if (!negated) return onSide(side, parsed.addresses, parsed.exact, family);
    return parsed.exact ? onSide(side, everyAddress(family).subtract(parsed.addresses), true, family) : HOLES;
  }
  if (!HOST_NAME.test(value) || !/[A-Za-z]/.test(value)) return null;
  const reason = 'a host name: its addresses are not in the file';
  const list: ListReference = { name: asWritten(use), label: value, reason, negated };
  return side === 'source' ? { sourceList: list } : { destinationList: list };
}

const HOLES: Constraint = { approximate: ['a netmask with holes'] };

function onSide(
  side: 'source' | 'destination',
  addresses: IpSet,
  exact: boolean,
  family: Family,
): Constraint {
  if (addresses.equals(everyAddress(family))) return exact ? ALWAYS : HOLES;
  const constraint = side === 'source' ? { source: addresses } : { destination: addresses };
  return exact ? constraint : { ...constraint, ...HOLES };
}

function protocolConstraint({ negated }: OptionUse, value: string): Constraint | null {
  const services = parseProtocol(value);
  if (services === null) return null;
  if (negated) return { services: services.complement() };
  return services === ServiceSet.ALL ? ALWAYS : { services };
}

function flagConstraint({ negated, text, values: [mask = '', wanted = ''] }: OptionUse): Constraint | null {
  const matched = matchesSyn(mask, wanted);
  if (matched === null) return null;
  const condition: Condition = { kind: 'other', description: `-m tcp ${text}`.slice(0, 120) };
  switch (negated ? OTHER_PACKETS[matched] : matched) {
    case 'all':
      return ALWAYS;
    case 'none':
      return NEVER;
    case 'ordinary':
      return { ordinary: [condition] };
    case 'crafted':
      return { conditions: [condition] };
  }
}

const PORT_NAMES = /^[\w.,:+-]+$/;

function portConstraint(
  use: OptionUse,
  value: string,
  { protocols }: RuleContext,
): Constraint | null | undefined {
  if (!/^[sd]?ports?$/.test(use.option)) return undefined;
  const ports = parsePorts(value);
  if (ports === null) {
    // A service name that is not in the table: /etc/services of the appliance knows it.
    const named = PORT_NAMES.test(value) && /[A-Za-z]/.test(value);
    return named ? { approximate: ['a port by a name that is not in the file'] } : null;
  }
  const matched = use.negated ? ports.complement() : ports;
  if (use.option.startsWith('d')) return { services: portServices(protocols, matched) };
  const fromPorts = portServices(protocols, PortSet.ALL, matched);
  if (use.option.startsWith('s')) return { services: fromPorts };
  // `--ports`: either side; negated, neither.
  const toPorts = portServices(protocols, matched);
  return { services: use.negated ? toPorts.intersect(fromPorts) : toPorts.union(fromPorts) };
}

function icmpConstraint(use: OptionUse, value: string, family: Family): Constraint | null {
  const parsed = parseIcmp(value, family);
  if (parsed === null) return null;
  const all = ServiceSet.of(family === 'ipv4' ? 1 : 58);
  if (parsed.exact) return { services: use.negated ? all.subtract(parsed.services) : parsed.services };
  return { services: use.negated ? all : parsed.services, approximate: ['an ICMP code'] };
}

function rangeConstraint(use: OptionUse, value: string, family: Family): Constraint | null {
  const parsed = parseAddressRange(value, family);
  if (parsed === null) return null;
  const addresses = use.negated ? everyAddress(family).subtract(parsed) : parsed;
  return onSide(use.option === 'src-range' ? 'source' : 'destination', addresses, true, family);
}
