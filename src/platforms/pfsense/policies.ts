import type { Route } from '../../model/firewall-config.js';
import type { AccessRule, Policy } from '../../model/policy.js';
import type { XmlElement } from '../shared/xml.js';
import { at, isSet, locationOf } from './config-tree.js';
import type { ImpliedContext } from './implied-rules.js';
import { builtIn, earlyRules, ipsecRules, rulesBefore } from './implied-rules.js';
import type { InterfaceRow } from './interfaces.js';
import type { NatBook } from './nat.js';
import { OVER_BRIDGE, UNFILTERED } from './remedy.js';
import type { RuleRow } from './rules.js';

/** What the rules of every interface are put together from. */
export interface PolicyContext extends ImpliedContext {
  readonly rules: readonly RuleRow[];
  readonly passes: NatBook['passes'];
  readonly relayed: NatBook['relayed'];
  readonly routes: readonly Route[];
}

/** The parts that are the same for every interface, worked out once. */
interface Common {
  readonly first: readonly AccessRule[];
  readonly early: readonly AccessRule[];
  readonly ipsec: ReturnType<typeof ipsecRules>;
}

/**
 * One policy an interface for packets that come in by it, and one for packets that leave by it where
 * a floating rule asks for that. Rules of interfaces that are not in the file come last: pfSense does
 * not load them, and they are not lost here.
 */
export function toPolicies(context: PolicyContext): readonly Policy[] {
  const common: Common = {
    first: filterOff(context),
    early: earlyRules(context),
    ipsec: ipsecRules(context),
  };
  const inward = context.interfaces.rows.flatMap((row) => inboundPolicies(context, common, row));
  const outward = context.interfaces.rows.flatMap((row) => outboundPolicy(context, common, row));
  return [...inward, ...outward, ...unfilteredPolicies(context), ...unloaded(context)];
}

/** With packet filtering switched off everything passes, and nothing is translated. */
function filterOff({ root, file }: PolicyContext): readonly AccessRule[] {
  const system = at(root, 'system');
  if (system === undefined || !isSet(system, 'disablefilter')) return [];
  const location = locationOf(at(system, 'disablefilter') as XmlElement, file);
  return [
    builtIn({ name: 'Packet filtering is disabled', action: 'permit', purpose: 'filter-off', location }),
  ];
}

/** Whether the rules of a key are those of an interface: its own, or those of a group that it is in. */
export function isOn(row: InterfaceRow, keys: readonly string[] | null): boolean {
  return keys === null || keys.includes(row.key) || row.groups.some((group) => keys.includes(group));
}

/**
 * pf's order, made first match: the first quick rule decides wherever it stands, so quick rules come
 * first, in their order: built-in ones, floating ones, those of groups, those of the interface. Of
 * the others the last that matches decides: they follow in reverse.
 */
function inboundRules(context: PolicyContext, common: Common, row: InterfaceRow): readonly AccessRule[] {
  const here = context.rules.filter(({ on, direction }) => direction !== 'out' && isOn(row, on));
  const quick = here.filter((each) => each.quick);
  const floating = quick.filter((each) => each.floating);
  const own = quick.filter(({ floating: floats, on }) => !floats && on?.[0] === row.key);
  const ofGroups = quick.filter(({ floating: floats, on }) => !floats && on?.[0] !== row.key);
  const late = here.filter((each) => !each.quick);
  return [
    ...context.passes.filter(({ keys }) => keys.includes(row.key)).map(({ rule }) => rule),
    ...common.early,
    ...rulesBefore(context, row),
    ...[...floating, ...ofGroups, ...own].map(({ rule }) => rule),
    ...bypass(context, row),
    ...common.ipsec
      .filter(({ key }) => key === row.key)
      .map(({ rule }) => rule)
      .reverse(),
    ...late.map(({ rule }) => rule).reverse(),
  ];
}

/** The policy of an interface; and, where it is on a bridge, its rules once more for what comes in by another port. */
function inboundPolicies(context: PolicyContext, common: Common, row: InterfaceRow): readonly Policy[] {
  const { name, bridge } = row.interface;
  const written = inboundRules(context, common, row);
  const own = [...context.relayed(written), ...written];
  const policy = {
    stage: 1,
    sees: { address: 'translated', port: 'translated' },
    default: { action: 'deny', source: 'pfSense blocks what no rule of the interface passes' },
  } as const;
  const crossed =
    bridge === undefined ? [] : [{ ...policy, name: overBridge(name), applies: null, rules: own }];
  const rules = [...common.first, ...unfiltered(row), ...acrossBridge(context, row), ...own];
  return [{ ...policy, name, applies: { from: [name], to: null, covers: 'both' }, rules }, ...crossed];
}

/** What crosses a bridge that filters nowhere meets no rule, on its way in or out: if_bridge(4), PACKET FILTERING. */
function unfiltered({
  interface: { location },
  unfiltered: ports = [],
}: InterfaceRow): readonly AccessRule[] {
  if (ports.length === 0) return [];
  const crossing = builtIn({ name: UNFILTERED, action: 'permit', purpose: 'bridge', location });
  return [{ ...crossing, action: { kind: 'jump', policy: UNFILTERED }, outInterfaces: ports }];
}

/** A policy of its own, so that what closes it can be told from what closes an interface. */
function unfilteredPolicies({ interfaces }: PolicyContext): readonly Policy[] {
  const row = interfaces.rows.find((each) => each.unfiltered !== undefined);
  if (row === undefined) return [];
  const { location } = row.interface;
  const crossing = builtIn({ name: UNFILTERED, action: 'permit', purpose: 'bridge', location });
  return [
    {
      name: UNFILTERED,
      applies: null,
      stage: 1,
      sees: { address: 'translated', port: 'translated' },
      rules: [{ ...crossing, transitOnly: true }],
      default: { action: 'return', source: 'what is for pfSense itself crosses no bridge' },
    },
  ];
}

/** The rules of an interface, for packets that come in by another port of its bridge. */
function overBridge(name: string): string {
  return `${name}${OVER_BRIDGE}`;
}

/**
 * What a port takes in for the appliance itself is filtered where the address is, on the bridge or on another port:
 * "on the interface with the MAC address equal to the packet's destination", if_bridge(4), PACKET FILTERING.
 */
function acrossBridge({ interfaces, addresses }: PolicyContext, row: InterfaceRow): readonly AccessRule[] {
  const { bridge, name } = row.interface;
  if (bridge === undefined || bridge === name) return [];
  return interfaces.rows
    .filter((each) => each !== row && each.interface.bridge === bridge && hasAddress(each))
    .map((each) => ({
      ...builtIn({
        name: `For ${each.interface.name}, over ${bridge}`,
        action: 'permit',
        purpose: 'bridge',
        destination: addresses.everyAddressOf(each),
        location: each.interface.location,
        approximate: [
          'which port of a bridge filters a packet is decided by the MAC address that it is sent to',
        ],
      }),
      action: { kind: 'goto', policy: overBridge(each.interface.name) },
    }));
}

function hasAddress({ interface: { ipv4, ipv6 }, virtual }: InterfaceRow): boolean {
  return ipv4.kind !== 'none' || ipv6.kind !== 'none' || virtual.length > 0;
}

/** Packets that leave: pfSense lets everything out that no floating rule blocks. */
function outboundPolicy(context: PolicyContext, common: Common, row: InterfaceRow): readonly Policy[] {
  const here = context.rules.filter(({ on, direction }) => direction !== 'in' && isOn(row, on));
  if (here.length === 0) return [];
  const written = [...here.filter((each) => each.quick), ...here.filter((each) => !each.quick).reverse()];
  const ipv6 = common.early.filter(({ purpose }) => purpose === 'ipv6' || purpose === 'icmpv6');
  const { name, role } = row.interface;
  const hides = role.value === 'untrusted';
  return [
    {
      name: `${name} (out)`,
      applies: { from: null, to: [name], covers: 'transit' },
      stage: 2,
      sees: { address: 'translated', port: 'translated' },
      rules: [
        ...common.first,
        ...unfiltered(row).map(asItLeaves),
        ...ipv6,
        ...written.map(({ rule }) => (hides ? behindNat(rule) : rule)),
      ],
      default: { action: 'permit', source: 'pfSense lets out what no floating rule blocks' },
    },
  ];
}

function asItLeaves(rule: AccessRule): AccessRule {
  return { ...rule, inInterfaces: rule.outInterfaces, outInterfaces: null };
}

/** Rules on the way out see the source that outbound NAT has put in place of the packet's own. */
function behindNat(rule: AccessRule): AccessRule {
  if (rule.source.any && !rule.source.negated) return rule;
  return { ...rule, approximate: [...rule.approximate, 'its source is the one that outbound NAT gives'] };
}

/** Packets between an interface and the networks that are routed behind it pass, where a box says so. */
function bypass({ root, file, addresses, routes }: PolicyContext, row: InterfaceRow): readonly AccessRule[] {
  const filter = at(root, 'filter');
  if (filter === undefined || !isSet(filter, 'bypassstaticroutes')) return [];
  const subnet = addresses.word(row.key, row.interface.location, 'network');
  return routes
    .filter((route) => route.interface === row.interface.name && !route.destination.endsWith('/0'))
    .flatMap((route) => {
      const network = addresses.word(route.destination, route.location);
      const pass = { name: 'Static route bypass', action: 'permit', purpose: 'static-route' } as const;
      return [
        builtIn({ ...pass, source: subnet, destination: network, location: locationOf(filter, file) }),
        builtIn({ ...pass, source: network, destination: subnet, location: locationOf(filter, file) }),
      ];
    });
}

/** Rules on an interface that the file does not hold, by that interface. */
function unloaded({ rules, interfaces }: PolicyContext): readonly Policy[] {
  const orphans = new Map<string, AccessRule[]>();
  for (const { rule, on } of rules) {
    if (interfaces.rows.some((row) => isOn(row, on))) continue;
    const key = on?.[0] ?? '';
    orphans.set(key, [...(orphans.get(key) ?? []), rule]);
  }
  return [...orphans].map(([key, found]) => ({
    name: `${key} (not an interface)`,
    applies: { from: [key], to: null, covers: 'both' },
    stage: 1,
    sees: { address: 'translated', port: 'translated' },
    rules: found,
    default: { action: 'deny', source: 'pfSense does not load rules of an interface that it does not have' },
  }));
}
