import type { ServiceMatch } from '../../model/objects.js';
import type { AccessRule, Action, Condition, Policy } from '../../model/policy.js';
import type { InterfaceRow, Membership } from './interfaces.js';
import { ownInternetServices } from './internet-services.js';
import type { DestinationNat } from './nat.js';
import { readConditions } from './rule-conditions.js';
import type { FamilySide, RuleContext, Side } from './rule-sides.js';
import { readInterfaces, readService, readSide } from './rule-sides.js';
import { isPolicyBased } from './scope.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, valuesOf } from './tree.js';
import { sslVpnEnd } from './tunnels.js';
import { integer, isOn } from './values.js';
import { withoutVirtualIps } from './virtual-ip-policies.js';

/** A table of forward policies: how it calls its sides, and which families it is for. */
interface PolicyTable {
  readonly path: string;
  readonly label: string;
  readonly ipv4: { readonly source: string; readonly destination: string } | null;
  readonly ipv6: { readonly source: string; readonly destination: string } | null;
}

const OWN4 = { source: 'srcaddr', destination: 'dstaddr' } as const;
const OWN6 = { source: 'srcaddr6', destination: 'dstaddr6' } as const;

/** From 6.4 one table holds both families; before, each family has its own, or `consolidated policy` both. */
const FORWARD: readonly PolicyTable[] = [
  { path: 'firewall policy', label: 'policy', ipv4: OWN4, ipv6: OWN6 },
  { path: 'firewall policy6', label: 'policy6', ipv4: null, ipv6: OWN4 },
  {
    path: 'firewall consolidated policy',
    label: 'consolidated policy',
    ipv4: { source: 'srcaddr4', destination: 'dstaddr4' },
    ipv6: OWN6,
  },
];

/** In a policy-based domain these decide, behind the forward policies. */
const SECURITY: PolicyTable = {
  path: 'firewall security-policy',
  label: 'security-policy',
  ipv4: OWN4,
  ipv6: OWN6,
};

/** Names for `Policy.name`; `remedy` finds the table again by them. */
export const OWN_ADDRESSES = 'own addresses';

export interface PolicyContext extends RuleContext {
  readonly nat: DestinationNat;
  readonly membership: Membership;
  readonly interfaces: readonly InterfaceRow[];
}

/**
 * Forward policies, first match in the order of the file, which ends in the implicit deny (policy 0).
 * They also decide on packets that come in by one interface for the address of another: those need a
 * forward policy from one to the other (Fortinet community 369268). A packet for the address of the
 * interface by which it comes in needs none: that is what the implied rules say.
 */
export function readForwardPolicies(context: PolicyContext): readonly Policy[] {
  const { scope, nat } = context;
  const sees = nat.central
    ? ({ address: 'translated', port: 'translated' } as const)
    : ({ address: 'original', port: 'translated' } as const);
  const read = FORWARD.map((table) => ({ table, rules: readTable(context, table) }));
  const tables = read.filter(({ rules }) => rules.length > 0);
  const policyBased = isPolicyBased(scope);
  const forward = (tables.length > 0 ? tables : read.slice(0, 1)).map(
    ({ table, rules }): Policy => ({
      name: table.path,
      applies: { from: null, to: null, covers: policyBased ? 'transit' : 'both' },
      ...(table.ipv4 === null ? { family: 'ipv6' } : {}),
      stage: 0,
      ...(policyBased ? { preliminary: true } : {}),
      sees,
      rules: [...intrazoneRules(context, table), ...rules],
      default: { action: 'deny', source: 'the implicit deny, policy 0' },
    }),
  );
  const security: Policy = {
    name: SECURITY.path,
    applies: { from: null, to: null, covers: 'both' },
    stage: SECURITY_STAGE,
    sees,
    rules: policyBased ? readTable(context, SECURITY) : [],
    default: { action: 'deny', source: 'the implicit deny of the security policies' },
  };
  return [
    ...ownPolicies(context, sees, policyBased ? SECURITY_STAGE : 0),
    ...forward,
    ...(policyBased ? [security] : []),
  ];
}

/** Behind the policies that send packets on, and local-in policies. */
const SECURITY_STAGE = 2;

function ownPolicies(context: PolicyContext, sees: Policy['sees'], stage: number): readonly Policy[] {
  const rules = ownRules(context);
  if (rules.length === 0) return [];
  const source = 'from another interface, a forward policy has to admit it';
  const applies = { from: null, to: null, covers: 'self' } as const;
  return [{ name: OWN_ADDRESSES, applies, stage, sees, rules, default: { action: 'deny', source } }];
}

const ANY_ADDRESS = { any: true, objects: [], negated: false } as const;

function impliedRule(
  context: PolicyContext,
  fields: Pick<AccessRule, 'name' | 'number' | 'inInterfaces' | 'outInterfaces' | 'purpose'>,
  line: number,
): AccessRule {
  return {
    ...fields,
    enabled: true,
    action: { kind: 'permit' },
    family: 'both',
    source: ANY_ADDRESS,
    destination: ANY_ADDRESS,
    service: ANY_ADDRESS,
    conditions: [],
    origin: 'implied',
    comment: null,
    logged: null,
    created: null,
    updated: null,
    lastUsed: null,
    approximate: [],
    location: context.scope.locate(line),
  };
}

/** One an interface: what comes in by it for its own address needs no forward policy. */
function ownRules(context: PolicyContext): readonly AccessRule[] {
  return context.interfaces.map(({ interface: { name, location } }, index) =>
    impliedRule(
      context,
      {
        name: `${name} answers on its own address`,
        number: index + 1,
        inInterfaces: [name],
        outInterfaces: [name],
        purpose: 'management',
      },
      location.line,
    ),
  );
}

/** `set intrazone allow`: no policy is asked between members of the zone. In the first table only. */
function intrazoneRules(context: PolicyContext, table: PolicyTable): readonly AccessRule[] {
  if (table !== FORWARD[0]) return [];
  return context.membership.zones.flatMap(({ name, members, intrazone, line }, index) =>
    intrazone === 'deny'
      ? []
      : [
          impliedRule(
            context,
            {
              name: `zone ${name} lets its members reach each other`,
              number: index + 1,
              inInterfaces: members,
              outInterfaces: members,
              purpose: 'intrazone',
            },
            line,
          ),
        ],
  );
}

function readTable(context: PolicyContext, table: PolicyTable): readonly AccessRule[] {
  return context.scope.allEntries(table.path).flatMap((node) => {
    const rules = withoutVirtualIps(context, node, readPolicy(context, table, node));
    return [...rules, ...rules.flatMap((rule) => comingBack(context, node, rule))];
  });
}

/** What `isWritten` of the shared suite tells apart: the second rule of one policy. */
export const INBOUND = 'inbound';

/**
 * A policy for IPsec by policies leads into its tunnel; with `inbound enable` what comes out of the tunnel goes the
 * other way by it (CLI reference, config firewall policy, inbound and vpntunnel).
 */
function comingBack(context: PolicyContext, node: ConfigNode, rule: AccessRule): readonly AccessRule[] {
  if (firstValue(node, 'action') !== 'ipsec' || isOn(firstValue(node, 'inbound')) !== true) return [];
  return [
    {
      ...rule,
      name: `${rule.name}, inbound`,
      source: rule.destination,
      destination: rule.source,
      inInterfaces: valuesOf(node, 'vpntunnel'),
      outInterfaces: readInterfaces(context, node, 'srcintf'),
      conditions: rule.conditions.filter((condition) => condition !== THROUGH_TUNNEL),
      purpose: INBOUND,
    },
  ];
}

const THROUGH_TUNNEL: Condition = { kind: 'other', description: 'only through an IPsec tunnel' };

function sidesOf(
  table: PolicyTable,
  node: ConfigNode,
  side: 'source' | 'destination',
  version: number | null,
): readonly FamilySide[] {
  const { ipv4, ipv6 } = table;
  const four =
    ipv4 === null
      ? []
      : [{ family: 'ipv4' as const, attribute: ipv4[side], negated: isNegated(node, side, 'ipv4', version) }];
  const six =
    ipv6 === null
      ? []
      : [{ family: 'ipv6' as const, attribute: ipv6[side], negated: isNegated(node, side, 'ipv6', version) }];
  return [...four, ...six];
}

/** `srcaddr6-negate` came with 7.2; before, `srcaddr-negate` was for both families. */
function isNegated(
  node: ConfigNode,
  side: 'source' | 'destination',
  family: 'ipv4' | 'ipv6',
  version: number | null,
): boolean {
  const stem = side === 'source' ? 'srcaddr' : 'dstaddr';
  const both = isOn(firstValue(node, `${stem}-negate`)) === true;
  if (family === 'ipv4') return both;
  const own = isOn(firstValue(node, `${stem}6-negate`));
  if (own !== null) return own;
  return both && (version === null || version < 702 || valuesOf(node, `${stem}6`).length === 0);
}

function readPolicy(context: PolicyContext, table: PolicyTable, node: ConfigNode): AccessRule {
  const { scope } = context;
  const family = familyOf(table, node);
  const partsOf = (side: 'source' | 'destination'): readonly FamilySide[] =>
    sidesOf(table, node, side, scope.version).filter((part) => family === 'both' || part.family === family);
  const { source, destination, service, conditions } = readMatch(context, node, family, partsOf);
  const dialsIn = firstValue(node, 'action') === 'ssl-vpn';
  const action = actionOf(node, table !== SECURITY && isPolicyBased(scope));
  const name = firstValue(node, 'name');
  return {
    name: `${table.label} ${node.name}${name === undefined ? '' : ` "${name}"`}`,
    number: integer(node.name) ?? 0,
    enabled: firstValue(node, 'status') !== 'disable',
    action: action.kind,
    family,
    source: dialsIn ? ANY_ADDRESS : source.match,
    destination: destination.match,
    service: service.match,
    inInterfaces: dialsIn ? [sslVpnEnd(scope)] : readInterfaces(context, node, 'srcintf'),
    outInterfaces: readInterfaces(context, node, 'dstintf'),
    conditions: action.conditions.length === 0 ? conditions : [...action.conditions, ...conditions],
    origin: 'user',
    purpose: null,
    comment: firstValue(node, 'comments') ?? null,
    logged: loggedOf(node),
    created: null,
    updated: null,
    lastUsed: null,
    approximate: [...source.approximate, ...destination.approximate, ...service.approximate],
    location: scope.locate(node.line),
  };
}

interface PolicyMatch {
  readonly source: Side;
  readonly destination: Side;
  readonly service: { readonly match: ServiceMatch; readonly approximate: readonly string[] };
  readonly conditions: readonly Condition[];
}

const ANYTHING: Side = { match: ANY_ADDRESS, approximate: [] };

/** Addresses and services, or the internet services in their place. */
function readMatch(
  context: PolicyContext,
  node: ConfigNode,
  family: AccessRule['family'],
  partsOf: (side: 'source' | 'destination') => readonly FamilySide[],
): PolicyMatch {
  const denies = (firstValue(node, 'action') ?? 'deny') === 'deny';
  const from = ownInternetServices(context, node, { side: 'source', family, denies });
  const to = ownInternetServices(context, node, { side: 'destination', family, denies });
  const held = [
    ...(from === null ? [] : (['source'] as const)),
    ...(to === null ? [] : (['destination'] as const)),
  ];
  const { conditions, replaced } = readConditions(context.scope, node, new Set(held));
  return {
    source: from ?? (replaced.source ? ANYTHING : readSide(context, node, partsOf('source'))),
    destination: to ?? (replaced.destination ? ANYTHING : readSide(context, node, partsOf('destination'))),
    service:
      to === null ? serviceOf(context, node, replaced.destination) : { match: to.service, approximate: [] },
    conditions,
  };
}

function serviceOf(context: PolicyContext, node: ConfigNode, replaced: boolean): PolicyMatch['service'] {
  return replaced ? { match: ANY_ADDRESS, approximate: [] } : readService(context, withRulesOfUsers(node));
}

/** Up to 5.0, users and services of a policy that asks for a login stand in entries of its own, which narrow it. */
function withRulesOfUsers(node: ConfigNode): ConfigNode {
  const rules = entriesOf(node, 'identity-based-policy');
  const named = rules.map((rule) => valuesOf(rule, 'service'));
  if (node.settings.has('service') || rules.length === 0 || named.some((names) => names.length === 0))
    return node;
  const values = [...new Set(named.flat())];
  return { ...node, settings: new Map([...node.settings, ['service', { values, line: node.line }]]) };
}

/** Without addresses of one family a rule is for the other; without any it is for all its table is for. */
function familyOf(table: PolicyTable, node: ConfigNode): AccessRule['family'] {
  if (table.ipv4 === null) return 'ipv6';
  const has = (names: PolicyTable['ipv4']): boolean =>
    names !== null &&
    (valuesOf(node, names.source).length > 0 || valuesOf(node, names.destination).length > 0);
  const services = (...names: readonly string[]): boolean =>
    names.some((name) => isOn(firstValue(node, name)) === true);
  const four = has(table.ipv4) || services('internet-service', 'internet-service-src');
  const six = has(table.ipv6) || services('internet-service6', 'internet-service6-src');
  if (four === six) return 'both';
  return four ? 'ipv4' : 'ipv6';
}

/**
 * Deny is the default (CLI reference, config firewall policy). Where security policies decide, what a policy matches
 * goes on to them, and it has no action (FortiOS 6.2 new features, NGFW policy mode).
 */
function actionOf(
  node: ConfigNode,
  sendsOn: boolean,
): { readonly kind: Action; readonly conditions: readonly Condition[] } {
  const action = firstValue(node, 'action') ?? (sendsOn ? 'accept' : 'deny');
  switch (action) {
    case 'deny':
      return { kind: { kind: 'deny' }, conditions: [] };
    case 'accept':
    case 'learn':
      return { kind: { kind: 'permit' }, conditions: [] };
    case 'ipsec':
      return {
        kind: { kind: 'permit' },
        conditions: [THROUGH_TUNNEL],
      };
    case 'ssl-vpn':
      return {
        kind: { kind: 'permit' },
        conditions: [{ kind: 'users', description: 'only for SSL VPN users' }],
      };
    default:
      return {
        kind: { kind: 'permit' },
        conditions: [{ kind: 'other', description: 'its action is not known' }],
      };
  }
}

/** `utm`, the default of what is accepted, logs what a profile finds, not the session. */
export function loggedOf(node: ConfigNode): boolean | null {
  const value = firstValue(node, 'logtraffic');
  if (value === 'all' || value === 'enable') return true;
  return value === 'disable' ? false : null;
}
