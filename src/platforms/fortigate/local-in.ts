import type { AccessRule, Policy } from '../../model/policy.js';
import { ownInternetServices } from './internet-services.js';
import { loggedOf, type PolicyContext } from './policies.js';
import { readConditions } from './rule-conditions.js';
import { readInterfaces, readService, readSide } from './rule-sides.js';
import type { ConfigNode } from './tree.js';
import { firstValue, valuesOf } from './tree.js';
import { integer, isOn } from './values.js';

const TABLES = [
  { path: 'firewall local-in-policy', family: 'ipv4' },
  { path: 'firewall local-in-policy6', family: 'ipv6' },
] as const;

/**
 * Local-in policies: first match in the order of the file, deny by default (CLI reference, config
 * firewall local-in-policy, action). What none matches is for the interface to answer.
 *
 * @param reserved interfaces that high availability sets aside, for `ha-mgmt-intf-only`.
 */
export function readLocalInPolicies(
  context: PolicyContext,
  reserved: ReadonlySet<string>,
): readonly Policy[] {
  return TABLES.flatMap(({ path, family }): readonly Policy[] => {
    const rules = context.scope.allEntries(path).map((node) => readRule(context, family, node, reserved));
    if (rules.length === 0) return [];
    return [
      {
        name: path,
        applies: { from: null, to: null, covers: 'self' },
        family,
        stage: 1,
        preliminary: true,
        sees: { address: 'original', port: 'original' },
        rules,
        default: { action: 'permit', source: 'what no local-in policy matches is for allowaccess to decide' },
      },
    ];
  });
}

const SOURCE: ReadonlySet<'source'> = new Set(['source']);
const ANYBODY = { match: { any: true, objects: [], negated: false }, approximate: [] } as const;

function readRule(
  context: PolicyContext,
  family: 'ipv4' | 'ipv6',
  node: ConfigNode,
  reserved: ReadonlySet<string>,
): AccessRule {
  const side = (attribute: string) =>
    readSide(context, node, [
      { family, attribute, negated: isOn(firstValue(node, `${attribute}-negate`)) === true },
    ]);
  const denies = firstValue(node, 'action') !== 'accept';
  const own = ownInternetServices(context, node, { side: 'source', family, denies });
  const { conditions, replaced } = readConditions(context.scope, node, own === null ? undefined : SOURCE);
  const source = own ?? (replaced.source ? ANYBODY : side('srcaddr'));
  const destination = side('dstaddr');
  const service = readService(context, node);
  const label = family === 'ipv4' ? 'local-in-policy' : 'local-in-policy6';
  const only = isOn(firstValue(node, 'ha-mgmt-intf-only')) === true;
  return {
    name: `${label} ${node.name}`,
    number: integer(node.name) ?? 0,
    enabled: firstValue(node, 'status') !== 'disable',
    action: { kind: denies ? 'deny' : 'permit' },
    family,
    source: source.match,
    destination: destination.match,
    service: service.match,
    inInterfaces: only ? reservedOf(context, node, reserved) : othersOf(context, node, reserved),
    outInterfaces: null,
    conditions,
    origin: 'user',
    purpose: null,
    comment: firstValue(node, 'comments') ?? null,
    logged: loggedOf(node),
    created: null,
    updated: null,
    lastUsed: null,
    approximate: [...source.approximate, ...destination.approximate, ...service.approximate],
    location: context.scope.locate(node.line),
  };
}

/** With `ha-mgmt-intf-only`: the reserved interfaces that it names; all where it names none of them. */
function reservedOf(
  context: PolicyContext,
  node: ConfigNode,
  reserved: ReadonlySet<string>,
): readonly string[] {
  const named = (interfacesOf(context, node) ?? []).filter((name) => reserved.has(name));
  return named.length > 0 ? named : [...reserved];
}

/** Without it: all but these, which have policies of their own (Fortinet community 222005). */
function othersOf(
  context: PolicyContext,
  node: ConfigNode,
  reserved: ReadonlySet<string>,
): readonly string[] | null {
  const named = interfacesOf(context, node);
  if (named !== null || reserved.size === 0) return named;
  return context.interfaces.map((row) => row.interface.name).filter((name) => !reserved.has(name));
}

/** `intf`, from 7.4.2 with several names; `interface` in some of those versions. */
function interfacesOf(context: PolicyContext, node: ConfigNode): readonly string[] | null {
  return valuesOf(node, 'intf').length > 0
    ? readInterfaces(context, node, 'intf')
    : readInterfaces(context, node, 'interface');
}
