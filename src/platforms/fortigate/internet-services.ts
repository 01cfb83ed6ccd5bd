import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import { IpSet, PortSet, ServiceSet } from '../../sets/index.js';
import { type RuleContext, readSide } from './rule-sides.js';
import type { ConfigNode } from './tree.js';
import { entriesOf, firstValue, valuesOf } from './tree.js';
import { integer, isOn, portRange } from './values.js';

/** What somebody's own internet services put in place of one side of a rule. */
export interface OwnService {
  readonly match: AddressMatch;
  /** Of the destination: what is asked for there. */
  readonly service: ServiceMatch;
  readonly approximate: readonly string[];
}

/** A side that internet services stand for, by the attributes of one family. */
export interface ServiceSide {
  readonly side: 'source' | 'destination';
  readonly family: 'ipv4' | 'ipv6' | 'both';
  readonly denies: boolean;
}

const ANY_SERVICE: ServiceMatch = { any: true, objects: [], negated: false };

/**
 * Internet services that somebody defined (CLI reference, config firewall internet-service-custom): unlike the vendor's,
 * the file holds their addresses, and for a destination their ports. Null where the rule also asks for services that it
 * does not hold. What cannot be told exactly stays a condition of a rule that denies: it must not be taken wider.
 */
export function ownInternetServices(
  context: RuleContext,
  node: ConfigNode,
  { side, family, denies }: ServiceSide,
): OwnService | null {
  if (family === 'both') return null;
  const stem = `${family === 'ipv4' ? 'internet-service' : 'internet-service6'}${side === 'source' ? '-src' : ''}`;
  if (isOn(firstValue(node, stem)) !== true) return null;
  if (VENDORS.some((part) => valuesOf(node, `${stem}-${part}`).length > 0)) return null;
  const entries = entriesNamed(context, node, stem);
  if (entries === null) return null;
  const sides = entries.map((entry) => addressesOf(context, entry, family));
  const services = entries.map(servicesOf);
  const negated = isOn(firstValue(node, `${stem}-negate`)) === true;
  // An entry without addresses, or for the other family, says nothing of this one.
  if (sides.some(({ any }) => any)) return null;
  const alike = entries.length === 1 || services.every((each) => each.equals(services[0] ?? ServiceSet.ALL));
  const doubtful = side === 'source' ? services.some((each) => !each.equals(ServiceSet.ALL)) : !alike;
  if ((doubtful && (denies || negated)) || (negated && side === 'destination')) return null;
  const doubt = 'its internet services pair addresses with ports: each address is taken with each port';
  return {
    match: { ...unionOf(sides), negated },
    service:
      side === 'source' ? ANY_SERVICE : { ...ANY_SERVICE, any: false, literal: ServiceSet.unionOf(services) },
    approximate: doubtful && side === 'destination' ? [doubt] : [],
  };
}

/** Attributes that name what only the vendor's database holds. */
const VENDORS: readonly string[] = ['name', 'id', 'group', 'fortiguard'];

/** Null where a service, or an entry of one, is not in the file. */
function entriesNamed({ scope }: RuleContext, node: ConfigNode, stem: string): readonly ConfigNode[] | null {
  const groups = new Map(
    scope.allEntries('firewall internet-service-custom-group').map((group) => [group.name, group]),
  );
  const services = new Map(
    scope.allEntries('firewall internet-service-custom').map((service) => [service.name, service]),
  );
  const names = valuesOf(node, `${stem}-custom-group`).flatMap((name) =>
    groups.has(name) ? valuesOf(groups.get(name), 'member') : [''],
  );
  const found = [...valuesOf(node, `${stem}-custom`), ...names].map((name) => {
    const service = services.get(name);
    return BUILT_ON.some((each) => service?.settings.has(each) || service?.tables.has(each))
      ? []
      : entriesOf(service, 'entry');
  });
  return found.length === 0 || found.some((entries) => entries.length === 0) ? null : found.flat();
}

/** Up to 6.0 a service may be one of the vendor's, with what is added to it and left out of it. */
const BUILT_ON: readonly string[] = ['master-service-id', 'disable-entry'];

/** `dst` and `dst6` name address objects. */
function addressesOf(context: RuleContext, entry: ConfigNode, family: 'ipv4' | 'ipv6'): AddressMatch {
  const attribute = family === 'ipv4' ? 'dst' : 'dst6';
  return readSide(context, entry, [{ family, attribute, negated: false }]).match;
}

function unionOf(sides: readonly AddressMatch[]): Omit<AddressMatch, 'negated'> {
  const objects = [...new Set(sides.flatMap((each) => each.objects))];
  const sets = sides.flatMap(({ literal }) => literal ?? []);
  return { any: false, objects, ...(sets.length === 0 ? {} : { literal: IpSet.unionOf(sets) }) };
}

/** Protocol 0, the default, is every protocol; without ranges every port. */
function servicesOf(entry: ConfigNode): ServiceSet {
  const protocol = integer(firstValue(entry, 'protocol')) ?? 0;
  if (protocol < 1 || protocol > 255) return ServiceSet.ALL;
  const ranges = entriesOf(entry, 'port-range').map((range) => {
    const [start, end] = [firstValue(range, 'start-port') ?? '1', firstValue(range, 'end-port') ?? '65535'];
    const ports = portRange(`${start}-${end}`);
    return ports === null ? PortSet.ALL : PortSet.of(ports);
  });
  return ranges.length === 0 ? ServiceSet.of(protocol) : ServiceSet.of(protocol, PortSet.unionOf(ranges));
}
