import type { AccessRule, Action, Condition } from '../../model/policy.js';
import { IpSet } from '../../sets/ip-set.js';
import type { XmlElement } from '../shared/xml.js';
import type { AddressBook, Side } from './addresses.js';
import { at, child, children, integer, isSet, label, locationOf, value, words } from './config-tree.js';
import type { Reading } from './reading.js';
import type { ServiceBook } from './services.js';

/** One access rule with where pfSense puts it in pf's list. */
export interface RuleRow {
  readonly rule: AccessRule;
  /** Keys of interfaces or groups; null: every interface. */
  readonly on: readonly string[] | null;
  readonly floating: boolean;
  /** The first quick rule that matches decides; without one, the last of the others that matches. */
  readonly quick: boolean;
  readonly direction: 'in' | 'out' | 'any';
  /** The gateway, or the group of gateways, to which it sends what it passes; null: none. */
  readonly gateway: string | null;
}

/** What rules are read with. */
export interface RuleContext extends Reading {
  readonly addresses: AddressBook;
  readonly services: ServiceBook;
  /** Whether an interface or group of that key is in the file. */
  readonly hasInterface: (key: string) => boolean;
  /** Whether nothing of the file comes in by an interface or group, and somebody may all the same. */
  readonly isLost: (key: string) => boolean;
  /** Whether whoever comes in by some interfaces or groups, or by every one, is trusted. */
  readonly isInside: (keys: readonly string[] | null) => boolean;
  /** Whether what is sent to a gateway, or to a group of them, leaves to strangers. */
  readonly leadsOut: (gateway: string) => boolean;
  /** The tab of the screen on which the rules of an interface or group stand. */
  readonly tabOf: (interfaceName: string) => string;
}

/** Every rule in the order of the file, numbered as on its tab. */
export function readRules(context: RuleContext): readonly RuleRow[] {
  const counts = new Map<string, number>();
  const schedules = scheduleNames(context.root);
  return children(at(context.root, 'filter'), 'rule').map((element) => {
    const tab = isSet(element, 'floating') ? 'Floating' : context.tabOf(value(element, 'interface'));
    const number = (counts.get(tab) ?? 0) + 1;
    counts.set(tab, number);
    return readRule(context, element, schedules, tab, number);
  });
}

function readRule(
  context: RuleContext,
  element: XmlElement,
  schedules: ReadonlySet<string>,
  tab: string,
  number: number,
): RuleRow {
  const floating = isSet(element, 'floating');
  const place = placeOf(context, element, floating);
  const family = familyOf(element);
  const on = value(element, 'interface').toLowerCase();
  const source = context.addresses.filterSide(child(element, 'source'), 'source', on);
  const destination = destinationOf(context, element, on);
  const service = context.services.ofRule(element, family);
  const associated = value(element, 'associated-rule-id') !== '';
  const { created, updated } = timesOf(element);
  const rule: AccessRule = {
    name: `${tab} ${number}`,
    number,
    enabled: !isSet(element, 'disabled'),
    action: actionOf(element),
    family,
    source: source.match,
    destination: destination.match,
    service: service.match,
    inInterfaces: null,
    outInterfaces: null,
    conditions: [...conditionsOf(element, schedules), ...gatewayConditions(context, element)],
    // One that a port forward keeps is of the person who made the forward.
    origin: 'user',
    purpose: associated ? 'port-forward' : null,
    comment: label(element, 'descr') || null,
    logged: isSet(element, 'log'),
    created,
    updated,
    lastUsed: null,
    approximate: [...place.doubts, ...source.doubts, ...destination.doubts, ...service.doubts],
    location: locationOf(element, context.file),
  };
  if (place.on?.every(context.isLost) === true) noteLost(context, rule);
  if (isNat64(element) && !context.isInside(place.on)) noteNat64(context, rule);
  return {
    rule,
    floating,
    quick: !floating || isSet(element, 'quick'),
    on: place.on,
    direction: place.direction,
    gateway: gatewayOf(element),
  };
}

/** The prefix of RFC 6052 that stands for all of IPv4. */
const WELL_KNOWN = IpSet.of('64:ff9b::/96');

/** A rule with NAT64 is loaded for the well-known prefix, whatever it says, unless a box says otherwise. */
function destinationOf({ root, addresses }: RuleContext, element: XmlElement, on: string): Side {
  const stated = addresses.filterSide(child(element, 'destination'), 'destination', on);
  if (!isNat64(element) || isSet(at(root, 'system'), 'allow_nat64_prefix_override')) return stated;
  return { match: { any: false, objects: [], literal: WELL_KNOWN, negated: false }, doubts: [] };
}

/** Only a rule that passes IPv6 is loaded with it. */
function isNat64(element: XmlElement): boolean {
  return isSet(element, 'nat') && actionOf(element).kind === 'permit' && familyOf(element) === 'ipv6';
}

/** From inside, it is a way out; from elsewhere, one to hosts that are not followed from one family to the other. */
function noteNat64({ log }: RuleContext, { enabled, location }: AccessRule): void {
  if (!enabled) return;
  const trouble = 'a rule translates IPv6 from outside into IPv4 (NAT64): whom that reaches is not followed';
  log.note('unclassified', trouble, location);
}

/** A rule that lets somebody in, of whom the file does not say where they come in. */
function noteLost({ log }: RuleContext, { enabled, action, location }: AccessRule): void {
  if (!enabled || action.kind !== 'permit') return;
  const trouble =
    'a rule stands on an interface, or a group, of which the file holds none: who comes in by it is not known';
  log.note('dangling-reference', trouble, location);
}

interface Place {
  readonly on: readonly string[] | null;
  readonly direction: RuleRow['direction'];
  readonly doubts: readonly string[];
}

/** A floating rule names any number of interfaces and a direction; any other one interface, inbound. */
function placeOf({ hasInterface }: RuleContext, element: XmlElement, floating: boolean): Place {
  const keys = words(value(element, 'interface').toLowerCase());
  if (!floating) return { on: keys, direction: 'in', doubts: [] };
  const direction = value(element, 'floating') === 'yes' ? directionOf(element) : 'in';
  if (keys.length === 0 || keys.includes('any')) return { on: null, direction, doubts: [] };
  const known = keys.filter(hasInterface);
  if (known.length > 0) return { on: known, direction, doubts: [] };
  // Without one interface that exists, versions up to 2.5 load the rule for all of them.
  return { on: null, direction, doubts: ['none of its interfaces is in the file: taken as every interface'] };
}

function directionOf(element: XmlElement): RuleRow['direction'] {
  const direction = value(element, 'direction');
  return direction === 'in' || direction === 'out' ? direction : 'any';
}

/** IPv4 unless the rule says otherwise. */
function familyOf(element: XmlElement): AccessRule['family'] {
  const family = value(element, 'ipprotocol');
  if (family === 'inet46') return 'both';
  return family === 'inet6' ? 'ipv6' : 'ipv4';
}

/** Anything that is neither block, reject nor match passes, and so does silence. */
function actionOf(element: XmlElement): Action {
  // Before 2.3, lines between rules on the screen were rules too.
  if (isSet(element, 'separator')) return { kind: 'continue' };
  const type = value(element, 'type');
  if (type === 'block' || type === 'reject') return { kind: 'deny' };
  return type === 'match' ? { kind: 'continue' } : { kind: 'permit' };
}

function scheduleNames(root: XmlElement): ReadonlySet<string> {
  return new Set(children(at(root, 'schedules'), 'schedule').map((schedule) => value(schedule, 'name')));
}

/** What else must hold, which the file cannot decide. A schedule that does not exist is none. */
function conditionsOf(element: XmlElement, schedules: ReadonlySet<string>): readonly Condition[] {
  const conditions: Condition[] = [];
  const add = (kind: Condition['kind'], description: string) => conditions.push({ kind, description });
  const schedule = value(element, 'sched');
  if (schedules.has(schedule)) add('schedule', `only during "${schedule}"`);
  const tag = value(element, 'tagged');
  const not = isSet(element, 'nottagged') ? 'not ' : '';
  if (tag !== '') add('other', `only packets ${not}tagged "${tag}" by another rule`);
  const system = value(element, 'os');
  const protocol = value(element, 'protocol').toLowerCase();
  if (system !== '' && protocol === 'tcp') add('other', `only from systems that look like ${system}`);
  const mark = value(element, 'dscp');
  if (mark !== '') add('other', `only packets marked ${mark}`);
  const priority = value(element, 'vlanprio');
  if (priority !== '' && priority !== 'none') add('other', `only frames of VLAN priority ${priority}`);
  if (protocol === 'tcp' && !opensConnections(element)) add('state', 'only packets with certain TCP flags');
  return conditions;
}

/** A gateway counts on rules that pass. */
function gatewayOf(element: XmlElement): string | null {
  const gateway = value(element, 'gateway');
  return gateway === '' || actionOf(element).kind !== 'permit' ? null : gateway;
}

/**
 * A gateway takes what is for the appliance itself, or for hosts inside, out with the rest: that comes there only while the
 * gateway is down, for then pfSense loads the rule without it, or not at all (documentation, "Bypassing Policy Routing"
 * and "Skip rules when gateway is down").
 */
function gatewayConditions({ root, leadsOut }: RuleContext, element: XmlElement): readonly Condition[] {
  const gateway = gatewayOf(element);
  if (gateway === null) return [];
  const state = (description: string): readonly Condition[] => [{ kind: 'state', description }];
  const system = at(root, 'system');
  if (isSet(system, 'skip_rules_gw_down')) return state(`only while gateway ${gateway} is up`);
  if (!leadsOut(gateway)) return [];
  // For any destination, networks of VPNs are left to the routing table.
  const spared = isSet(child(element, 'destination'), 'any') && !isSet(system, 'disablenegate');
  const also = spared ? ' or for networks of its VPNs' : '';
  return state(`only while gateway ${gateway} is down${also}: else its packets are sent there`);
}

/** A rule about flags that the first packet of a connection has, or about none. */
function opensConnections(element: XmlElement): boolean {
  const asked = words(value(element, 'tcpflags2'));
  if (asked.length === 0 || isSet(element, 'tcpflags_any')) return true;
  const set = words(value(element, 'tcpflags1'));
  return set.every((flag) => flag === 'syn') && (set.length === 1 || !asked.includes('syn'));
}

function timesOf(element: XmlElement): Pick<AccessRule, 'created' | 'updated'> {
  return {
    created: integer(value(child(element, 'created'), 'time')),
    updated: integer(value(child(element, 'updated'), 'time')),
  };
}
