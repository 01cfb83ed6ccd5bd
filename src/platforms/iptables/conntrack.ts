import type { Condition } from '../../model/policy.js';
import { IpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import { everyAddress, parseAddressList } from './addresses.js';
import { ALWAYS, type Constraint, NEVER, type RuleContext } from './constraints.js';
import type { OptionUse } from './rule-syntax.js';
import { parsePorts, parseProtocol, portServices } from './services.js';

/** Packets whose destination is translated, as they go on. */
export interface TranslatedPackets {
  readonly services: ServiceSet;
  readonly sources: IpSet;
  readonly destinations: IpSet;
  /** Where they may come in; null: anywhere. */
  readonly inInterfaces: readonly string[] | null;
}

/** Packets that one rule of raw PREROUTING exempts from tracking, unless one before it takes them. */
export interface ExemptPackets {
  readonly services: ServiceSet;
  /** null: any, as for the destinations and for where they come in. */
  readonly sources: IpSet | null;
  readonly destinations: IpSet | null;
  readonly inInterfaces: readonly string[] | null;
}

/** What connection tracking and translation do before the rules that ask about them. */
export interface Tracking {
  /** What nat PREROUTING may translate, as it leaves it; null when it translates nothing. */
  readonly translated: TranslatedPackets | null;
  /** What raw PREROUTING may exempt from tracking. */
  readonly exempt: readonly ExemptPackets[];
  /** All services of these. */
  readonly untracked: ServiceSet;
}

/** Neither translates nor exempts anything. */
export const PLAIN_TRACKING: Tracking = { translated: null, exempt: [], untracked: ServiceSet.EMPTY };

const STATES: ReadonlySet<string> = new Set([
  ...['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'SNAT', 'DNAT'],
]);

/** What an option of `conntrack` or `state` asks of the first packet of a connection; null: unreadable. */
export function trackingConstraint(use: OptionUse, context: RuleContext): Constraint | null {
  const [value = ''] = use.values;
  switch (use.option) {
    case 'state':
    case 'ctstate':
      return stateConstraint(value, use.negated, context.tracking);
    case 'ctproto':
      return protocolConstraint(value, use.negated);
    case 'ctdir':
      return directionConstraint(value, use.negated);
    case 'ctorigsrc':
    case 'ctrepldst':
      return addresses(use, value, context, 'source');
    case 'ctreplsrc':
      return addresses(use, value, context, 'destination');
    case 'ctorigdst':
      return originalDestination(use, value, context);
    case 'ctorigsrcport':
    case 'ctrepldstport':
    case 'ctreplsrcport':
      return ports(use, value, context);
    case 'ctorigdstport':
      return originalPort(use, value, context);
    default:
      return { conditions: [stateCondition(use.text)] };
  }
}

function stateCondition(description: string): Condition {
  return { kind: 'state', description: description.slice(0, 120) };
}

const TRANSLATED = stateCondition('only connections whose destination was translated');
const NOT_TRANSLATED = stateCondition('not connections whose destination was translated');
const UNTRACKED = stateCondition('only packets that are exempt from connection tracking');

function stateConstraint(list: string, negated: boolean, tracking: Tracking): Constraint | null {
  const states = new Set(list.toUpperCase().split(','));
  if (![...states].every((state) => STATES.has(state))) return null;
  if (negated) return negatedStates(states, tracking);
  const untracked = states.has('UNTRACKED') ? tracking.untracked : ServiceSet.EMPTY;
  if (states.has('NEW')) return states.has('UNTRACKED') ? ALWAYS : { tracked: true };
  const translated = states.has('DNAT') ? tracking.translated : null;
  const services = untracked.union(translated?.services ?? ServiceSet.EMPTY);
  if (services.isEmpty()) return NEVER;
  const conditions = [
    ...(untracked.isEmpty() ? [] : [UNTRACKED]),
    ...(translated === null ? [] : [TRANSLATED]),
  ];
  if (translated === null) return { services, conditions, exempt: true };
  if (!untracked.isEmpty()) return { services, conditions };
  const { sources, destinations, inInterfaces } = translated;
  const packets = { services, source: sources, destination: destinations, conditions };
  return inInterfaces === null ? packets : { ...packets, inInterfaces };
}

function negatedStates(states: ReadonlySet<string>, { translated, untracked }: Tracking): Constraint {
  if (states.has('NEW')) {
    if (states.has('UNTRACKED') || untracked.isEmpty()) return NEVER;
    return { services: untracked, conditions: [UNTRACKED], exempt: true };
  }
  const conditions = states.has('DNAT') && translated !== null ? [NOT_TRANSLATED] : [];
  return { conditions, tracked: states.has('UNTRACKED') };
}

function protocolConstraint(value: string, negated: boolean): Constraint | null {
  const services = parseProtocol(value);
  if (services === null) return null;
  return { services: negated ? services.complement() : services, tracked: true };
}

/** The first packet goes in the original direction. */
function directionConstraint(value: string, negated: boolean): Constraint | null {
  const direction = value.toUpperCase();
  if (direction !== 'ORIGINAL' && direction !== 'REPLY') return null;
  return (direction === 'ORIGINAL') === negated ? NEVER : { tracked: true };
}

function addresses(
  { negated }: OptionUse,
  value: string,
  { family }: RuleContext,
  side: 'source' | 'destination',
): Constraint | null {
  const parsed = parseAddressList(value, family);
  if (parsed === null) return null;
  if (!parsed.exact && negated) return { approximate: ['a netmask with holes'], tracked: true };
  const set = negated ? everyAddress(family).subtract(parsed.addresses) : parsed.addresses;
  return {
    [side]: set,
    approximate: parsed.exact ? [] : ['a netmask with holes'],
    tracked: true,
  };
}

function ports({ option, negated }: OptionUse, value: string, { protocols }: RuleContext): Constraint | null {
  const parsed = parsePorts(value);
  if (parsed === null) return null;
  const matched = negated ? parsed.complement() : parsed;
  // Of the reply, the source is what the first packet was sent to.
  const toPort = option === 'ctreplsrcport';
  const services = toPort ? portServices(protocols, matched) : portServices(protocols, PortSet.ALL, matched);
  return { services, tracked: true };
}

/** Before translation: what is not translated has it still, what is translated may have had it. */
function originalDestination(use: OptionUse, value: string, context: RuleContext): Constraint | null {
  const plain = addresses(use, value, context, 'destination');
  const { translated } = context.tracking;
  if (plain === null || translated === null) return plain;
  const destination = IpSet.unionOf([plain.destination ?? IpSet.ALL, translated.destinations]);
  return { ...plain, destination, conditions: [stateCondition(`before translation: ${use.text}`)] };
}

function originalPort(use: OptionUse, value: string, context: RuleContext): Constraint | null {
  const parsed = parsePorts(value);
  if (parsed === null) return null;
  const plain = portServices(context.protocols, use.negated ? parsed.complement() : parsed);
  const { translated } = context.tracking;
  if (translated === null) return { services: plain, tracked: true };
  const services = plain.union(translated.services);
  return { services, tracked: true, conditions: [stateCondition(`before translation: ${use.text}`)] };
}
