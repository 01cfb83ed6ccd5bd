import type { Interface } from '../../model/firewall-config.js';
import type { AddressObject, ServiceMatch } from '../../model/objects.js';
import type { AccessRule } from '../../model/policy.js';
import { PortSet } from '../../sets/port-set.js';
import { ServiceSet } from '../../sets/service-set.js';
import type { InterfaceRow, ManagementFlag } from './interfaces.js';
import { destinationReader, serviceSetOf } from './listeners.js';
import type { RuleRow } from './rules.js';
import type { ServiceBook } from './service-objects.js';

/** Rules that the flags stand for, and the objects that these rules name. */
export interface ImpliedRules {
  readonly rules: readonly RuleRow[];
  readonly objects: readonly AddressObject[];
}

const TCP = 6;

/** What the appliance writes into the rule of a ticked box, and its factory ports. */
const SERVICES: ReadonlyMap<string, readonly [string, ServiceSet]> = new Map([
  ['https-management', ['HTTPS Management', ServiceSet.of(TCP, PortSet.of(443))]],
  ['http-management', ['HTTP Management', ServiceSet.of(TCP, PortSet.of(80))]],
  ['http-redirect', ['HTTP Management', ServiceSet.of(TCP, PortSet.of(80))]],
  ['ssh-management', ['SSH Management', ServiceSet.of(TCP, PortSet.of(22))]],
  ['snmp', ['SNMP', ServiceSet.of(17, PortSet.of([161, 162]))]],
  ['ping', ['Ping', ServiceSet.of(1, PortSet.of(8)).union(ServiceSet.of(58, PortSet.of(128)))]],
]);

/**
 * A whole export holds the rule that the appliance wrote for each ticked box, and that rule decides.
 * When it holds no automatic rule at all, somebody took them out: every box is then taken as open to
 * everybody, unless the file shows a rule for it all the same.
 */
export function impliedRules(
  interfaces: readonly InterfaceRow[],
  rules: readonly RuleRow[],
  addressObjects: readonly AddressObject[],
  services: ServiceBook,
): ImpliedRules {
  if (rules.some(({ rule }) => rule.origin === 'automatic')) return { rules: [], objects: [] };
  const shown = shownRules(rules, addressObjects, services);
  const implied: RuleRow[] = [];
  const objects: AddressObject[] = [];
  for (const row of interfaces) {
    const { zone } = row.interface;
    if (zone === null) continue;
    const missing = row.flags.filter((flag) => !shown(row.interface, zone, flag));
    if (missing.length === 0) continue;
    const object = addressOf(row.interface, addressObjects);
    if (!addressObjects.includes(object)) objects.push(object);
    for (const flag of missing) {
      implied.push({
        rule: impliedRule(row, zone, flag, object, services),
        from: zone,
        to: zone,
        priority: -1,
      });
    }
  }
  return { rules: implied, objects };
}

/** Without property masks, automatic rules cannot be told by their mask; by what they say they can. */
function shownRules(
  rules: readonly RuleRow[],
  addressObjects: readonly AddressObject[],
  services: ServiceBook,
): (iface: Interface, zone: string, flag: ManagementFlag) => boolean {
  const byZone = new Map<string, { rule: AccessRule; services: ServiceSet }[]>();
  for (const { rule, from, to } of rules) {
    if (rule.origin !== 'unknown' || rule.action.kind !== 'permit' || from === null || from !== to) continue;
    if (rule.destination.any || rule.service.any) continue;
    const entry = { rule, services: serviceSetOf(rule, services) };
    byZone.set(from, [...(byZone.get(from) ?? []), entry]);
  }
  const means = destinationReader(addressObjects);
  return (iface, zone, flag) => {
    const wanted = serviceSetOf({ service: serviceOf(flag, services) }, services);
    return (byZone.get(zone) ?? []).some(
      (shown) =>
        shown.rule.family === flag.family && shown.services.overlaps(wanted) && means(shown.rule, iface),
    );
  };
}

function serviceOf(flag: ManagementFlag, services: ServiceBook): ServiceMatch {
  const login = flag.plain ? 'http-management' : 'https-management';
  const known = SERVICES.get(flag.service === 'user-login' ? login : flag.service);
  const [name, factory] = known ?? ['', ServiceSet.ALL];
  if (services.setOf(name) !== null) return { any: false, objects: [name], negated: false };
  return { any: false, objects: [], literal: factory, negated: false };
}

function addressOf(iface: Interface, addressObjects: readonly AddressObject[]): AddressObject {
  const existing = addressObjects.find(
    ({ content }) =>
      content.kind === 'interface' && content.interface === iface.name && content.part === 'address',
  );
  if (existing !== undefined) return existing;
  const taken = new Set(addressObjects.map(({ name }) => name));
  let name = `${iface.name} IP`;
  while (taken.has(name)) name = `${name} (interface)`;
  return {
    name,
    label: name,
    zone: iface.zone,
    content: { kind: 'interface', interface: iface.name, part: 'address' },
    origin: 'implied',
    location: iface.location,
  };
}

function impliedRule(
  row: InterfaceRow,
  zone: string,
  flag: ManagementFlag,
  object: AddressObject,
  services: ServiceBook,
): AccessRule {
  return {
    name: `${zone} to ${zone}, ${flag.service} ticked on ${row.interface.name}`,
    number: row.number ?? 0,
    enabled: true,
    action: { kind: 'permit' },
    family: flag.family,
    source: { any: true, objects: [], negated: false },
    destination: { any: false, objects: [object.name], negated: false },
    service: serviceOf(flag, services),
    inInterfaces: null,
    outInterfaces: null,
    conditions: [],
    origin: 'implied',
    purpose: 'management',
    comment: null,
    logged: null,
    created: null,
    updated: null,
    lastUsed: null,
    approximate: ['the automatic rule is not in the file: taken from the interface flag'],
    location: flag.location,
  };
}
