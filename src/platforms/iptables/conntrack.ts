import type { BeforeNat, Condition } from '../../model/policy.js';
import type { IpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import { everyAddress, parseAddressList } from './addresses.js';
import { ALWAYS, type Constraint, NEVER, type RuleContext } from './constraints.js';
import type { OptionUse } from './rule-syntax.js';
import { parsePorts, parseProtocol, portServices } from './services.js';

/** Packets that one rule of raw PREROUTING exempts from tracking, unless one before it takes them. */
export interface ExemptPackets {
  readonly services: ServiceSet;
  /** null: any, as for the destinations and for where they come in. */
  readonly sources: IpSet | null;
  readonly destinations: IpSet | null;
  readonly inInterfaces: readonly string[] | null;
  /** All packets of the services are, whatever other rules say. */
  readonly sure: boolean;
}

/** What connection tracking and translation do before the rules that ask about them. */
export interface Tracking {
  /** The services of what nat PREROUTING may translate, as it leaves them; null when it translates nothing. */
  readonly translated: ServiceSet | null;
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
      return stateConstraint(value, use.negated, context);
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
/** True of what is surely exempt. */
export const UNTRACKED = stateCondition('only packets that are exempt from connection tracking');

function stateConstraint(list: string, negated: boolean, context: RuleContext): Constraint | null {
  const states = new Set(list.toUpperCase().split(','));
  if (![...states].every((state) => STATES.has(state))) return null;
  if (negated) return negatedStates(states, context);
  const { tracking } = context;
  const untracked = states.has('UNTRACKED') ? tracking.untracked : ServiceSet.EMPTY;
  if (states.has('NEW')) return states.has('UNTRACKED') ? ALWAYS : { tracked: true };
  const translated = states.has('DNAT') && !comesFirst(context) ? tracking.translated : null;
  if (translated !== null && untracked.isEmpty()) return beforeNat({ translated: true }, context);
  const services = untracked.union(translated ?? ServiceSet.EMPTY);
  if (services.isEmpty()) return NEVER;
  if (translated === null) return { services, conditions: [UNTRACKED], exempt: true };
  return { services, conditions: [UNTRACKED, TRANSLATED] };
}

function negatedStates(states: ReadonlySet<string>, context: RuleContext): Constraint {
  const { translated, untracked } = context.tracking;
  if (states.has('NEW')) {
    if (states.has('UNTRACKED') || untracked.isEmpty()) return NEVER;
    return { services: untracked, conditions: [UNTRACKED], exempt: true };
  }
  const tracked = states.has('UNTRACKED');
  const asks = states.has('DNAT') && translated !== null && !comesFirst(context);
  return asks ? { ...beforeNat({ translated: false }, context), tracked } : { tracked };
}

/** Whether a rule is met before nat PREROUTING alone: nothing is translated yet. */
function comesFirst({ hooks }: RuleContext): boolean {
  return hooks.size === 1 && hooks.has('PREROUTING');
}

const BOTH_SIDES = stateCondition('the chain is met both before and behind translation');

/** What is asked of packets before translation: the way that they take tells. */
function beforeNat(asked: BeforeNat, { hooks }: RuleContext): Constraint {
  return hooks.has('PREROUTING') ? { beforeNat: asked, conditions: [BOTH_SIDES] } : { beforeNat: asked };
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

/** Before translation; where nothing is translated yet, or ever, that is what the packet has. */
function originalDestination(use: OptionUse, value: string, context: RuleContext): Constraint | null {
  const plain = addresses(use, value, context, 'destination');
  if (plain?.destination === undefined || !translates(context)) return plain;
  const { destination, ...rest } = plain;
  return { ...rest, ...beforeNat({ destination }, context) };
}

function originalPort(use: OptionUse, value: string, context: RuleContext): Constraint | null {
  const parsed = parsePorts(value);
  if (parsed === null) return null;
  const service = portServices(context.protocols, use.negated ? parsed.complement() : parsed);
  if (!translates(context)) return { services: service, tracked: true };
  return { ...beforeNat({ service }, context), tracked: true };
}

function translates(context: RuleContext): boolean {
  return context.tracking.translated !== null && !comesFirst(context);
}
