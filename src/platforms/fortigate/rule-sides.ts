import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import { IpSet } from '../../sets/index.js';
import type { AddressBook, Family } from './address-objects.js';
import type { DeviceScope } from './scope.js';
import type { ServiceBook } from './service-objects.js';
import type { ConfigNode } from './tree.js';
import { firstValue, lineOf, valuesOf } from './tree.js';
import { isOn } from './values.js';

/** What rules are read with. */
export interface RuleContext {
  readonly scope: DeviceScope;
  readonly addresses: AddressBook;
  readonly services: ServiceBook;
  /** Interfaces by the name that a rule uses: an interface, or the members of a zone. */
  expand(name: string): readonly string[];
}

/** One family's part of one side of a rule. */
export interface FamilySide {
  readonly family: Family;
  /** Attribute with the names of address objects. */
  readonly attribute: string;
  readonly negated: boolean;
}

export interface Side {
  readonly match: AddressMatch;
  readonly approximate: readonly string[];
}

const ANYBODY: Side = { match: { any: true, objects: [], negated: false }, approximate: [] };
const UNIVERSE = { ipv4: IpSet.IPV4, ipv6: IpSet.IPV6 } as const;

/**
 * One side of a rule from the names of one family or of both. Names of both families stand in one
 * union: packets of a family only ever meet addresses of their own.
 */
export function readSide(
  { scope, addresses }: RuleContext,
  node: ConfigNode,
  parts: readonly FamilySide[],
): Side {
  const stated = parts.filter(
    ({ attribute }) => node.settings.has(attribute) && valuesOf(node, attribute).length > 0,
  );
  const [first] = stated;
  if (first === undefined) return ANYBODY;
  const location = scope.locate(lineOf(node, first.attribute));
  const all = stated.every(
    (part) => !part.negated && namesOf(node, part).some((name) => addresses.isAll(name, part.family)),
  );
  if (all && stated.length === parts.length)
    return { match: { any: true, objects: [], negated: false, location }, approximate: [] };
  const [only] = stated.length === 1 ? stated : [];
  if (only !== undefined) {
    return { match: { negated: only.negated, location, ...union(addresses, node, [only]) }, approximate: [] };
  }
  const plain = stated.filter(({ negated }) => !negated);
  const complements = stated
    .filter(({ negated }) => negated)
    .map((part) => complement(addresses, node, part));
  const match = union(addresses, node, plain);
  const literal = IpSet.unionOf([match.literal ?? IpSet.EMPTY, ...complements.map(({ set }) => set)]);
  return {
    match: { ...match, ...(literal.isEmpty() ? {} : { literal }), negated: false, location },
    approximate: complements.flatMap(({ doubt }) => doubt),
  };
}

function namesOf(node: ConfigNode, { attribute }: FamilySide): readonly string[] {
  return valuesOf(node, attribute);
}

/** Names as objects; `all`, and names that another object has in the model, as addresses. */
function union(
  addresses: AddressBook,
  node: ConfigNode,
  parts: readonly FamilySide[],
): Omit<AddressMatch, 'negated'> {
  const objects: string[] = [];
  const literals: IpSet[] = [];
  for (const part of parts) {
    for (const name of namesOf(node, part)) {
      if (addresses.isAll(name, part.family)) literals.push(UNIVERSE[part.family]);
      else if (addresses.isShared(name, part.family)) objects.push(name);
      else {
        const exact = addresses.exact(name, part.family);
        if (exact === null) objects.push(name);
        else literals.push(exact);
      }
    }
  }
  const literal = IpSet.unionOf(literals);
  const distinct = objects.length < 2 ? objects : [...new Set(objects)];
  return literal.isEmpty() ? { any: false, objects: distinct } : { any: false, objects: distinct, literal };
}

/** Everything of a family but what is named, where only one of two families is negated. */
function complement(
  addresses: AddressBook,
  node: ConfigNode,
  part: FamilySide,
): { readonly set: IpSet; readonly doubt: readonly string[] } {
  const sets = namesOf(node, part).map((name) => addresses.exact(name, part.family));
  const known = sets.filter((set) => set !== null);
  const universe = UNIVERSE[part.family];
  if (known.length === sets.length) return { set: universe.subtract(IpSet.unionOf(known)), doubt: [] };
  return { set: universe, doubt: [`${part.attribute} is negated, and the file does not hold what it names`] };
}

/** The service side, with what cannot be sure about it. */
export function readService(
  { scope, services }: RuleContext,
  node: ConfigNode,
): { readonly match: ServiceMatch; readonly approximate: readonly string[] } {
  const names = valuesOf(node, 'service');
  const negated = isOn(firstValue(node, 'service-negate')) === true;
  if (names.length === 0) return { match: { any: true, objects: [], negated: false }, approximate: [] };
  const line = lineOf(node, 'service');
  const location = scope.locate(line);
  for (const name of names) services.use(name, line);
  if (names.some((name) => services.isAll(name))) {
    return { match: { any: true, objects: [], negated, location }, approximate: [] };
  }
  const approximate = [...new Set(names.flatMap((name) => services.doubts(name)))];
  return { match: { any: false, objects: names, negated, location }, approximate };
}

/** Interfaces of a rule, zones opened; null is any. */
export function readInterfaces(
  { expand }: RuleContext,
  node: ConfigNode,
  attribute: string,
): readonly string[] | null {
  const names = valuesOf(node, attribute);
  if (names.length === 0 || names.includes('any')) return null;
  return [...new Set(names.flatMap((name) => expand(name)))];
}
