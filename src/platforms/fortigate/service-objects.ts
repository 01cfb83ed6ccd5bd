import type { ServiceContent, ServiceObject } from '../../model/objects.js';
import { PortSet, ServiceSet } from '../../sets/index.js';
import { PREDEFINED_SERVICE_GROUPS, PREDEFINED_SERVICES } from './predefined-services.js';
import type { DeviceScope } from './scope.js';
import type { ConfigNode } from './tree.js';
import { firstValue, lineOf, valuesOf } from './tree.js';
import { integer, isZero, portRange } from './values.js';

/** The names that policies use for services. */
export interface ServiceBook {
  /** Those of the file, and the predefined ones that `use` was asked for. */
  objects(): readonly ServiceObject[];
  /** Whether a name means every service. */
  isAll(name: string): boolean;
  /** Notes that a line names a service: a predefined one that the file does not print joins the objects. */
  use(name: string, line: number): void;
  /** What a rule with this service cannot be sure of: addresses, ICMP codes. */
  doubts(name: string): readonly string[];
  /** Everything that a name may mean. */
  widest(name: string): ServiceSet;
}

interface Draft {
  readonly object: ServiceObject;
  readonly doubt: string | null;
}

/** Reads services and service groups; they share one namespace. */
export function readServices(scope: DeviceScope): ServiceBook {
  const drafts = new Map<string, Draft>();
  const add = (node: ConfigNode, content: ServiceContent, doubt: string | null): void => {
    if (drafts.has(node.name)) return;
    const location = scope.locate(node.line);
    drafts.set(node.name, {
      object: { name: node.name, label: node.name, content, origin: 'user', location },
      doubt,
    });
  };
  for (const node of scope.allEntries('firewall service custom'))
    add(node, serviceContent(scope, node), doubtOf(node));
  for (const node of scope.allEntries('firewall service group')) {
    add(node, { kind: 'group', members: valuesOf(node, 'member') }, null);
  }
  for (const node of scope.allEntries('firewall service group')) {
    for (const member of valuesOf(node, 'member')) use(member, lineOf(node, 'member'));
  }
  function use(name: string, line: number): void {
    if (drafts.has(name)) return;
    const content = predefinedContent(name);
    if (content === null) return;
    const object: ServiceObject = {
      name,
      label: name,
      content,
      origin: 'implied',
      location: scope.locate(line),
    };
    drafts.set(name, { object, doubt: null });
    if (content.kind === 'group') for (const member of content.members) use(member, line);
  }
  const leaves = leafReader(drafts);
  return {
    objects: () => [...drafts.values()].map(({ object }) => object),
    isAll: (name) => (name === 'ALL' || name === 'ANY') && isEverything(drafts.get(name)),
    use,
    doubts: (name) => [...new Set(leaves(name).flatMap((leaf) => leaf?.doubt ?? []))],
    widest: (name) => ServiceSet.unionOf(leaves(name).map(widestOf)),
  };
}

function isEverything(draft: Draft | undefined): boolean {
  const content = draft?.object.content;
  return content === undefined || (content.kind === 'services' && content.services.equals(ServiceSet.ALL));
}

function widestOf(draft: Draft | undefined): ServiceSet {
  const content = draft?.object.content;
  if (content?.kind === 'services') return content.services;
  return content?.kind === 'group' ? ServiceSet.EMPTY : ServiceSet.ALL;
}

/** What stands below a name, groups opened; undefined for what the file does not hold. */
function leafReader(drafts: ReadonlyMap<string, Draft>): (name: string) => readonly (Draft | undefined)[] {
  const cache = new Map<string, readonly (Draft | undefined)[]>();
  return (name) => {
    const known = cache.get(name);
    if (known !== undefined) return known;
    const seen = new Set([name]);
    const found: (Draft | undefined)[] = [];
    for (const next of seen) {
      const draft = drafts.get(next);
      if (draft?.object.content.kind === 'group')
        for (const member of draft.object.content.members) seen.add(member);
      else found.push(draft);
    }
    cache.set(name, found);
    return found;
  };
}

function predefinedContent(name: string): ServiceContent | null {
  const texts = PREDEFINED_SERVICES.get(name);
  if (texts !== undefined) {
    return { kind: 'services', services: ServiceSet.unionOf(texts.map((text) => ServiceSet.parse(text))) };
  }
  const members = PREDEFINED_SERVICE_GROUPS.get(name);
  return members === undefined ? null : { kind: 'group', members };
}

/** Ports of a protocol, and the attribute that holds them. */
const PORT_ATTRIBUTES: readonly (readonly [string, number])[] = [
  ['tcp-portrange', 6],
  ['udp-portrange', 17],
  ['sctp-portrange', 132],
  ['udplite-portrange', 136],
];

function serviceContent(scope: DeviceScope, node: ConfigNode): ServiceContent {
  if (
    firstValue(node, 'app-service-type') !== undefined &&
    firstValue(node, 'app-service-type') !== 'disable'
  ) {
    return { kind: 'unknown', reason: 'an application, not ports' };
  }
  const numbered = firstValue(node, 'protocol-number') !== undefined;
  const protocol = firstValue(node, 'protocol') ?? (numbered ? 'IP' : 'TCP/UDP/SCTP');
  switch (protocol.toUpperCase()) {
    case 'ICMP':
      return { kind: 'services', services: ServiceSet.of(1, typeOf(node)) };
    case 'ICMP6':
      return { kind: 'services', services: ServiceSet.of(58, typeOf(node)) };
    case 'IP':
      return byNumber(scope, node);
    case 'TCP/UDP/SCTP':
    case 'TCP/UDP/UDP-LITE/SCTP':
    case 'TCP/UDP':
      return byPorts(scope, node);
    case 'ALL':
      return { kind: 'services', services: ServiceSet.ALL };
    default:
      return { kind: 'unknown', reason: 'a service of the explicit proxy' };
  }
}

function typeOf(node: ConfigNode): PortSet {
  const type = integer(firstValue(node, 'icmptype'));
  return type !== null && type < 256 ? PortSet.of(type) : PortSet.ALL;
}

/** Protocol 0, the default, is every protocol. */
function byNumber(scope: DeviceScope, node: ConfigNode): ServiceContent {
  const text = firstValue(node, 'protocol-number') ?? '0';
  const number = integer(text);
  if (number === null || number > 255) return malformed(scope, node, 'protocol-number');
  return { kind: 'services', services: number === 0 ? ServiceSet.ALL : ServiceSet.of(number) };
}

/** `80 8080-8090:1024-65535`: destination ports, and behind a colon the source ports. */
function byPorts(scope: DeviceScope, node: ConfigNode): ServiceContent {
  const parts: ServiceSet[] = [];
  for (const [attribute, protocol] of PORT_ATTRIBUTES) {
    for (const text of valuesOf(node, attribute)) {
      const [destination = '', source] = text.split(':', 2);
      const to = portRange(destination);
      const from = source === undefined || source === '' ? PortSet.ALL : portsOf(source);
      if (to === null || from === null) return malformed(scope, node, attribute);
      parts.push(ServiceSet.of(protocol, PortSet.of(to), from));
    }
  }
  if (parts.length > 0) return { kind: 'services', services: ServiceSet.unionOf(parts) };
  if (firstValue(node, 'protocol') === undefined)
    return { kind: 'unknown', reason: 'a service without protocol and ports' };
  return {
    kind: 'services',
    services: ServiceSet.unionOf(PORT_ATTRIBUTES.map(([, protocol]) => ServiceSet.of(protocol))),
  };
}

function portsOf(text: string): PortSet | null {
  const range = portRange(text);
  return range === null ? null : PortSet.of(range);
}

function malformed(scope: DeviceScope, node: ConfigNode, attribute: string): ServiceContent {
  scope.log.note(
    'malformed-value',
    'a service that cannot be read: taken as any',
    scope.locate(lineOf(node, attribute)),
  );
  return { kind: 'unknown', reason: 'its ports cannot be read' };
}

/** What a service asks for beyond protocol and ports: then it is narrower than it looks. */
function doubtOf(node: ConfigNode): string | null {
  if (!isZero(firstValue(node, 'iprange')?.replace(/-.*/, '')))
    return `service ${node.name} is for some addresses only`;
  if (firstValue(node, 'fqdn') !== undefined) return `service ${node.name} is for one domain name only`;
  if (firstValue(node, 'icmpcode') !== undefined) return `service ${node.name} is for one ICMP code only`;
  return null;
}
