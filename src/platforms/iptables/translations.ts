import type { AddressMatch, ServiceMatch } from '../../model/objects.js';
import { IpSet } from '../../sets/ip-set.js';
import { PortSet } from '../../sets/port-set.js';
import type { ServiceSet } from '../../sets/service-set.js';
import { parseAddressList, parseAddressRange } from './addresses.js';
import type { Family } from './dump.js';
import { literalAddresses, toServiceMatch } from './packet-match.js';
import type { TargetUse } from './rule-syntax.js';
import { PORT_PROTOCOLS, portServices } from './services.js';

/** What a target of the nat table changes; null: left as it is. */
export interface Translated {
  readonly source: AddressMatch | null;
  readonly destination: AddressMatch | null;
  readonly service: ServiceMatch | null;
  readonly approximate: readonly string[];
}

const NOTHING: Translated = { source: null, destination: null, service: null, approximate: [] };
const ANYWHERE: AddressMatch = { any: true, objects: [], negated: false };

/**
 * Reads a target of the nat table.
 *
 * @param before the services that the rule matches; a new port belongs to one of their protocols
 * @returns null for a target that translates nothing
 */
export function translationOf(
  { name, options }: TargetUse,
  family: Family,
  before: ServiceSet | null,
): Translated | null {
  const values = options.filter((use) => /^to(?:-|$)/.test(use.option)).map((use) => use.values[0] ?? '');
  switch (name) {
    case 'DNAT':
      return destinationTo(values, family, before);
    case 'REDIRECT':
      return redirect(values, before);
    case 'NETMAP':
      return netmap(values, family);
    case 'SNAT':
    case 'SAME':
      return { ...NOTHING, source: sourceTo(values, family) };
    case 'MASQUERADE':
      return { ...NOTHING, source: ANYWHERE };
    default:
      return null;
  }
}

/** Several `--to-destination`, as old kernels took them, are a choice. */
function destinationTo(values: readonly string[], family: Family, before: ServiceSet | null): Translated {
  const parsed = values.map((value) => parseTarget(value, family));
  const read = parsed.flatMap((each) => (each === null ? [] : [each]));
  if (values.length === 0 || read.length < parsed.length) {
    return { ...NOTHING, destination: ANYWHERE, approximate: ['a new destination that could not be read'] };
  }
  const addresses = read.map((each) => each.addresses).filter((each) => each !== null);
  const ports = read.map((each) => each.ports).filter((each) => each !== null);
  return {
    ...NOTHING,
    destination: addresses.length === 0 ? null : literalAddresses(IpSet.unionOf(addresses)),
    service: ports.length === 0 ? null : newPorts(PortSet.unionOf(ports), before),
  };
}

/** To the appliance itself, whose address the file does not hold: the port is all that is known. */
function redirect(values: readonly string[], before: ServiceSet | null): Translated {
  const [value] = values;
  if (value === undefined) return NOTHING;
  const ports = parsePortRange(value);
  if (ports !== null) return { ...NOTHING, service: newPorts(ports, before) };
  return {
    ...NOTHING,
    service: newPorts(PortSet.ALL, before),
    approximate: ['a new port that could not be read'],
  };
}

/** One network onto another, address by address; in PREROUTING the destination, else the source. */
function netmap(values: readonly string[], family: Family): Translated {
  const parsed = parseAddressList(values[0] ?? '', family);
  const network = parsed === null ? ANYWHERE : literalAddresses(parsed.addresses);
  return {
    ...NOTHING,
    source: network,
    destination: network,
    approximate: ['each address becomes one of the new network'],
  };
}

function sourceTo(values: readonly string[], family: Family): AddressMatch {
  const read = values.map((value) => parseTarget(value, family)?.addresses ?? null);
  const [first] = read;
  return first === undefined || first === null ? ANYWHERE : literalAddresses(first);
}

function newPorts(ports: PortSet, before: ServiceSet | null): ServiceMatch {
  const matched = (before?.protocols() ?? []).filter((protocol) => PORT_PROTOCOLS.includes(protocol));
  return toServiceMatch(portServices(matched.length === 0 ? PORT_PROTOCOLS : matched, ports));
}

const TARGET_V4 = /^([\d.]+(?:-[\d.]+)?)?(?::(\d{1,5}(?:-\d{1,5})?)(?:\/\d{1,5})?)?$/;
const TARGET_V6 = /^(?:\[([\da-fA-F:.-]+)\])?(?::(\d{1,5}(?:-\d{1,5})?)(?:\/\d{1,5})?)?$/;

/** `10.0.0.5-10.0.0.9:80-90`, `[2001:db8::5]:80`, `:8080`. */
function parseTarget(
  value: string,
  family: Family,
): { readonly addresses: IpSet | null; readonly ports: PortSet | null } | null {
  if (value === '' || value.length > 200) return null;
  const bare = family === 'ipv6' && !value.startsWith('[') ? parseAddressRange(value, family) : null;
  if (bare !== null) return { addresses: bare, ports: null };
  const match = (family === 'ipv4' ? TARGET_V4 : TARGET_V6).exec(value);
  if (match === null) return null;
  const [, address, port] = match;
  const addresses = address === undefined ? null : parseAddressRange(address, family);
  const ports = port === undefined ? null : parsePortRange(port);
  if ((address !== undefined && addresses === null) || (port !== undefined && ports === null)) return null;
  return { addresses, ports };
}

function parsePortRange(text: string): PortSet | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  return first <= last && last <= 65_535 ? PortSet.of([first, last]) : null;
}
