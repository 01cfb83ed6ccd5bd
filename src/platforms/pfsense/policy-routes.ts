import type { Route } from '../../model/firewall-config.js';
import type { AddressMatch } from '../../model/objects.js';
import type { XmlElement } from '../shared/xml.js';
import { at, children, isSet, value } from './config-tree.js';
import type { GatewayPlace } from './gateways.js';
import { gatewayItem, placeOfGateway } from './gateways.js';
import type { InterfaceRow } from './interfaces.js';
import type { RuleRow } from './rules.js';

/**
 * The places of a gateway, or of the members of a gateway group: none where pfSense loads the rule without it, because
 * there is no such gateway, or it is off or marked as down (`filter_generate_gateways`, `filter_generate_user_rule`).
 */
function placesOf(root: XmlElement, rows: readonly InterfaceRow[], name: string): readonly GatewayPlace[] {
  const groups = children(at(root, 'gateways'), 'gateway_group');
  const group = groups.find((each) => value(each, 'name') === name);
  const members =
    group === undefined ? [name] : children(group, 'item').map(({ text }) => text.trim().replace(/\|.*/, ''));
  return members
    .filter((member) => !isOff(gatewayItem(root, member)))
    .flatMap((member) => placeOfGateway(root, rows, member) ?? []);
}

function isOff(item: XmlElement | undefined): boolean {
  return isSet(item, 'disabled') || isSet(item, 'force_down');
}

function isUplink(rows: readonly InterfaceRow[], place: GatewayPlace): boolean {
  const row = rows.find((each) => each.interface.name === place.interface);
  return row?.interface.role.value === 'untrusted';
}

/** Whether a rule with this gateway sends its packets out to strangers, whomever they are for. */
export function leadsOut(root: XmlElement, rows: readonly InterfaceRow[], gateway: string): boolean {
  const places = placesOf(root, rows, gateway);
  return places.length > 0 && places.every((place) => isUplink(rows, place));
}

/**
 * Rules with a gateway route what they pass (pf's `route-to`), whatever the routing table says: to hosts behind another
 * router or at the far end of a tunnel too, to which no route of the file leads. Whoever stands behind an uplink is a
 * stranger; and a rule for any destination names nobody.
 *
 * @param addressesOf the addresses of an alias; null: the file does not hold them
 */
export function policyRoutes(
  root: XmlElement,
  rules: readonly RuleRow[],
  rows: readonly InterfaceRow[],
  addressesOf: (name: string) => readonly string[] | null,
): readonly Route[] {
  return rules.flatMap(({ rule, gateway, on, direction }): readonly Route[] => {
    if (gateway === null || !rule.enabled || direction === 'out') return [];
    const places = placesOf(root, rows, gateway).filter((place) => !isUplink(rows, place));
    const from = on === null ? null : rows.filter((row) => isAmong(row, on)).map((row) => row.interface.name);
    return places.flatMap((place) =>
      destinationsOf(rule.destination, addressesOf).map((destination) => ({
        destination,
        routingInstance: 'main',
        interface: place.interface,
        gateway: place.address,
        policy: { from },
        location: rule.location,
      })),
    );
  });
}

function isAmong(row: InterfaceRow, keys: readonly string[]): boolean {
  return keys.includes(row.key) || row.groups.some((group) => keys.includes(group));
}

function destinationsOf(
  { any, literal, objects, negated }: AddressMatch,
  addressesOf: (name: string) => readonly string[] | null,
): readonly string[] {
  if (any || negated) return [];
  return [...(literal?.toCidrs() ?? []), ...objects.flatMap((name) => addressesOf(name) ?? [])];
}
